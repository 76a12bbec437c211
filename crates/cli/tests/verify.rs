//! `clearway verify` on the built binary: what a person changes in pipelines by hand is told with the guarantee that it breaks, and where.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "the tests change the files that the binary reads")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use clearway_tests::specs;
use serde_json::Value;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_clearway")).args(arguments).output().unwrap()
}

/// The pipelines of a small release that has everything, for each product.
struct Built(tempfile::TempDir);

impl Built {
    fn new() -> Self {
        Self::with("", "")
    }

    /// With another line in the manifest.
    fn with(line: &str, instead_of: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let table = |manifest: &str, name: &str| {
            let start = manifest.find(&format!("[targets.{name}]")).unwrap();
            manifest[start..].split("\n\n").next().unwrap().to_owned()
        };
        let manifest = format!(
            "{}\n{}\n\n{}\n",
            specs::MANIFEST,
            table(specs::GITLAB, "gitlab"),
            table(specs::ARGO, "argo")
        );
        let manifest = if line.is_empty() { manifest } else { manifest.replace(instead_of, line) };
        fs::write(folder.path().join("clearway.toml"), manifest).unwrap();
        fs::write(folder.path().join("main.cw"), specs::SMALL).unwrap();
        let root = folder.path().to_str().unwrap();
        let built = run(&["build", root, "--target", "all", "--out", root]);
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        Self(folder)
    }

    fn root(&self) -> &str {
        self.0.path().to_str().unwrap()
    }

    fn path(&self, file: &str) -> std::path::PathBuf {
        self.0.path().join(file)
    }

    /// What is said of one product, and the exit code.
    fn verify(&self, target: &str) -> (Value, i32) {
        let ran = run(&["verify", self.root(), "--target", target, "--format", "json"]);
        let told: Value = serde_json::from_slice(&ran.stdout).unwrap();
        (told["targets"][0].clone(), ran.status.code().unwrap())
    }

    /// Takes the lines of a file away that begin a key of a job and all that is below it. The line of the job.
    fn take(&self, file: &str, job: &str, key: &str) -> usize {
        let text = fs::read_to_string(self.path(file)).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let indent = |line: &str| line.len() - line.trim_start().len();
        let begins = |line: &&str| line.trim_start().starts_with(&format!("{job}:"));
        let at = lines.iter().position(begins).unwrap();
        let from = at
            + lines[at..].iter().position(|line| line.trim_start().starts_with(&format!("{key}:"))).unwrap();
        let deep = indent(lines[from]);
        // The items of a list may stand as deep as its key.
        let goes_on = |line: &&str| indent(line) > deep || line[deep.min(line.len())..].starts_with("- ");
        let until = from + 1 + lines[from + 1..].iter().take_while(|line| goes_on(line)).count();
        let left = [&lines[..from], &lines[until..]].concat().join("\n") + "\n";
        fs::write(self.path(file), left).unwrap();
        at + 1
    }
}

fn broken(told: &Value) -> Vec<&str> {
    let all = told["guarantees"].as_array().unwrap().iter();
    all.filter(|one| one["stands"] == "broken").map(|one| one["guarantee"].as_str().unwrap()).collect()
}

#[test]
fn what_is_built_holds_for_every_product() {
    let built = Built::new();
    let ran = run(&["verify", built.root()]);
    let told = String::from_utf8(ran.stdout).unwrap();
    assert_eq!(ran.status.code(), Some(0), "{told}");
    for product in ["github", "gitlab", "argo"] {
        assert!(told.contains(&format!("{product}: 11 of 11 guarantees hold\n")), "{told}");
    }
    // A project says the same as the plan that was built of it.
    let against = run(&["verify", built.root(), "--against", built.root()]);
    assert_eq!(String::from_utf8(against.stdout).unwrap(), told);
}

/// A binary comes by its image, by a download, or from the reviewed revision.
#[test]
fn every_way_to_get_the_binary_holds_and_a_download_that_nobody_compares_does_not() {
    let image = specs::MANIFEST.lines().find(|line| line.starts_with("image  =")).unwrap();
    let download = format!(
        "clearway = {{ version = \"1.0.0\", url = \"https://example.com/clearway\", sha256 = \"{}\" }}",
        "0a".repeat(32)
    );
    for binary in [image, "path = \"tools/clearway\"", &download] {
        let built = Built::with(binary, image);
        for target in ["github", "gitlab"] {
            let (told, code) = built.verify(target);
            assert_eq!(code, 0, "{target}, {binary}: {told:#}");
        }
        if binary == download {
            for (target, file) in
                [("github", ".github/actions/clearway/action.yml"), ("gitlab", ".gitlab/clearway.sh")]
            {
                let text = fs::read_to_string(built.path(file)).unwrap();
                let compares = "  ${folder}/clearway\" | sha256sum --check --strict";
                assert!(text.contains(compares), "{text}");
                fs::write(built.path(file), text.replace(compares, "\" | cat")).unwrap();
                let (told, code) = built.verify(target);
                assert_eq!((code, broken(&told)), (1, vec!["credentials"]), "{told:#}");
            }
        }
    }
}

#[test]
fn a_key_that_is_taken_away_is_told_once_with_its_guarantee_and_its_line() {
    for (target, file, job, key, guarantee) in [
        ("github", ".github/workflows/shop.yml", "approval-production-board", "needs", "approvals"),
        ("github", ".github/workflows/shop.production.yml", "rollback-production", "if", "rollback"),
        ("github", ".github/workflows/shop.yml", "deploy-production", "concurrency", "locks"),
        ("gitlab", ".gitlab/shop.yml", "deploy-production", "resource_group", "locks"),
        ("gitlab", ".gitlab/shop.production.yml", "rollback-production", "needs", "rollback"),
    ] {
        let built = Built::new();
        let line = built.take(file, job, key);
        let (told, code) = built.verify(target);
        let errors = told["errors"].as_array().unwrap();
        assert_eq!((errors.len(), code), (1, 1), "{file}: {job} without {key}: {told:#}");
        assert_eq!((errors[0]["file"].as_str(), errors[0]["line"].as_u64()), (Some(file), Some(line as u64)));
        assert!(broken(&told).contains(&guarantee), "{file}: {job} without {key}: {told:#}");
    }
}

#[test]
fn a_task_of_argo_that_waits_for_nobody_is_told() {
    let built = Built::new();
    let file = "argo/shop.yaml";
    let text = fs::read_to_string(built.path(file)).unwrap();
    let wanted = "approval-production-board.Succeeded";
    let line = text.lines().position(|line| line.contains("depends:") && line.contains(wanted)).unwrap();
    let without: String = text
        .lines()
        .enumerate()
        .map(|(number, text)| match number == line {
            true => text.replace(&format!(" && {wanted}"), "").replace(&format!("{wanted} && "), "") + "\n",
            false => format!("{text}\n"),
        })
        .collect();
    assert_ne!(text, without);
    fs::write(built.path(file), without).unwrap();
    let (told, code) = built.verify("argo");
    assert_eq!(code, 1, "{told:#}");
    assert!(broken(&told).contains(&"approvals"), "{told:#}");
    assert_eq!(told["errors"].as_array().unwrap().len(), 1, "{told:#}");
    assert_eq!(told["errors"][0]["file"], file);
    assert_eq!(told["errors"][0]["line"].as_u64(), Some(line as u64 + 1), "{told:#}");
}

/// What lets a stage start too soon is told at the job that calls the stage, and not within it.
#[test]
fn a_stage_of_github_that_waits_for_nobody_is_told_where_it_is_called() {
    let built = Built::new();
    let file = ".github/workflows/shop.yml";
    let text = fs::read_to_string(built.path(file)).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let job = lines.iter().position(|line| *line == "  deploy-production:").unwrap();
    let at = job + lines[job..].iter().position(|line| line.starts_with("    if:")).unwrap();
    let without = lines[at].replace(" && needs.approval-production-board.result == 'success'", "");
    assert_ne!(without, lines[at]);
    fs::write(built.path(file), text.replace(lines[at], &without)).unwrap();
    let (told, code) = built.verify("github");
    assert_eq!((code, broken(&told)), (1, vec!["order", "approvals"]), "{told:#}");
    assert_eq!(told["errors"].as_array().unwrap().len(), 1, "{told:#}");
    let error = &told["errors"][0];
    assert_eq!(
        (error["file"].as_str(), error["line"].as_u64()),
        (Some(file), Some(at as u64 + 1)),
        "{told:#}"
    );
}

#[test]
fn what_cannot_be_read_exits_with_2_and_what_a_product_refuses_with_1() {
    let built = Built::new();
    fs::write(built.path(".github/workflows/shop.yml"), "jobs:\n  one:\n    steps: [\n").unwrap();
    fs::write(built.path(".gitlab-ci.yml"), "stages: [a").unwrap();
    fs::write(built.path("argo/shop.yaml"), "{").unwrap();
    for target in ["github", "gitlab", "argo"] {
        let (told, code) = built.verify(target);
        assert_eq!((code, told["readable"].as_bool()), (2, Some(false)), "{told:#}");
        assert!(told["errors"][0]["line"].as_u64().unwrap() >= 1);
    }
    let built = Built::new();
    let file = ".github/workflows/shop.yml";
    let text = fs::read_to_string(built.path(file)).unwrap();
    let renamed = text.replacen("  preflight:\n", "  first:\n", 1);
    fs::write(built.path(file), renamed).unwrap();
    let (told, code) = built.verify("github");
    assert_eq!((code, told["readable"].as_bool()), (1, Some(true)), "{told:#}");
    assert!(told["errors"][0]["message"].as_str().unwrap().contains("which is no job"), "{told:#}");
    let ran = run(&["verify", "/nowhere-at-all", "--target", "github"]);
    assert_eq!(ran.status.code(), Some(2));
}

#[test]
fn a_product_whose_settings_are_gone_is_not_passed_over() {
    let project = Built::new();
    fs::remove_dir_all(project.path(".clearway/settings/gitlab")).unwrap();
    let told = run(&["verify", project.root(), "--target", "all"]);
    let text = String::from_utf8_lossy(&told.stdout);
    assert_ne!(told.status.code(), Some(0), "{text}");
    assert!(text.contains("gitlab"), "{text}");
}

#[test]
fn no_file_is_a_panic() {
    let built = Built::new();
    let paths = [".github/workflows/shop.yml", ".gitlab-ci.yml", ".gitlab/shop.yml", "argo/shop.yaml"];
    let texts: Vec<String> = paths.iter().map(|path| fs::read_to_string(built.path(path)).unwrap()).collect();
    let deep = format!("on: push\njobs: {}", "[".repeat(50_000));
    let itself = "apiVersion: v1\nkind: WorkflowTemplate\nmetadata: { name: shop }\nspec:\n  entrypoint: a\n  templates:\n  - { name: a, dag: { tasks: [{ name: b, template: a }] } }\n";
    let calls = "stages: [a]\nx: { stage: a, trigger: { include: [{ local: /.gitlab/shop.yml }] } }\n";
    let mut bad: Vec<(usize, String)> = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        for part in [1, 3, 7] {
            let mut cut = text.len() * part / 8;
            while !text.is_char_boundary(cut) {
                cut -= 1;
            }
            bad.push((number, text[..cut].to_owned()));
        }
        for text in ["", "null", "[]", "{}", "1", "\u{0}", "a: *b", &deep, itself, calls] {
            bad.push((number, text.to_owned()));
        }
        bad.push((number, text.replace("needs:", "if:").replace("depends:", "x:")));
    }
    for (number, text) in bad {
        fs::write(built.path(paths[number]), &text).unwrap();
        let ran = run(&["verify", built.root(), "--format", "json"]);
        let code = ran.status.code();
        assert!(matches!(code, Some(0..=2)), "{}: {code:?}: {}", paths[number], &text[..text.len().min(200)]);
        fs::write(built.path(paths[number]), &texts[number]).unwrap();
    }
}

#[test]
fn every_guarantee_is_kept_by_a_claim_for_every_product() {
    for product in clearway_verify::Product::ALL {
        let kept = (product.keeps)();
        for guarantee in clearway_plan::Guarantee::ALL {
            assert!(
                kept.contains(&guarantee),
                "{}: nothing looks whether {} holds",
                product.name,
                guarantee.name()
            );
        }
    }
}

/// The binary reads files that are beside it by nothing but their names.
#[test]
fn what_else_a_repository_has_is_its_own_business() {
    let built = Built::new();
    fs::write(
        built.path(".github/workflows/lint.yml"),
        "on: push\njobs: { a: { runs-on: x, steps: [{ run: a }] } }\n",
    )
    .unwrap();
    assert!(Path::new(built.root()).is_dir());
    assert_eq!(built.verify("github").1, 0);
}
