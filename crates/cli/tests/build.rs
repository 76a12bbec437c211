//! `clearway build` and `clearway plan` on the built binary: what is written, what is left alone, and what is told.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "the tests write the files that the binary reads")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_clearway")).args(arguments).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/online-boutique")
}

/// A copy of the example, that may be changed.
fn copy() -> tempfile::TempDir {
    fn copy_into(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
            let (from, to) = (entry.path(), to.join(entry.file_name()));
            if from.is_dir() {
                copy_into(&from, &to);
            } else {
                fs::copy(from, to).unwrap();
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    copy_into(&example(), folder.path());
    folder
}

fn build(project: &Path, out: &Path, more: &[&str]) -> Output {
    let (project, out) = (project.to_str().unwrap(), out.to_str().unwrap());
    run(&[&["build", project, "--target", "github", "--out", out], more].concat())
}

/// Every file below a folder, with its bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for path in fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

#[test]
fn the_same_project_gives_the_same_bytes_and_a_comment_changes_none() {
    let (project, out) = (copy(), tempfile::tempdir().unwrap());
    let (one, two) = (out.path().join("one"), out.path().join("two"));
    let first = build(project.path(), &one, &[]);
    assert_eq!(code(&first), 0, "{}", text(&first.stderr));
    let told = text(&first.stdout);
    assert_eq!(told.lines().count(), 12, "a line for the target and one for each guarantee\n{told}");
    assert!(one.join(".github/workflows/shop.production-eu.yml").is_file());

    let release = project.path().join("release.cw");
    let spec = fs::read_to_string(&release).unwrap();
    fs::write(&release, format!("// another comment\n{spec}")).unwrap();
    assert_eq!(code(&build(project.path(), &two, &["--now", "2031-01-01T00:00:00Z"])), 0);
    assert_eq!(files(&one), files(&two));
}

#[test]
fn check_tells_drift_and_writes_nothing() {
    let out = tempfile::tempdir().unwrap();
    let missing = build(&example(), out.path(), &["--check"]);
    assert_eq!(code(&missing), 1);
    assert!(text(&missing.stderr).contains("differs: .github/workflows/shop.yml"));
    assert!(files(out.path()).is_empty());

    assert_eq!(code(&build(&example(), out.path(), &[])), 0);
    assert_eq!(code(&build(&example(), out.path(), &["--check"])), 0);
    let workflow = out.path().join(".github/workflows/shop.yml");
    let emitted = fs::read_to_string(&workflow).unwrap();
    fs::write(&workflow, emitted.replace("needs.preflight.result == 'success'", "true")).unwrap();
    let drifted = build(&example(), out.path(), &["--check"]);
    assert_eq!(code(&drifted), 1);
    assert_eq!(text(&drifted.stderr).trim(), "differs: .github/workflows/shop.yml");
}

#[test]
fn what_is_no_longer_generated_goes_and_nothing_else_does() {
    let (project, out) = (copy(), tempfile::tempdir().unwrap());
    assert_eq!(code(&build(project.path(), out.path(), &[])), 0);
    let own = out.path().join(".github/workflows/own.yml");
    fs::write(&own, "name: own\n").unwrap();

    let release = project.path().join("release.cw");
    let spec = fs::read_to_string(&release).unwrap();
    fs::write(&release, spec.replace("release shop {", "release store {")).unwrap();
    assert_eq!(code(&build(project.path(), out.path(), &[])), 0);
    assert!(own.is_file() && out.path().join(".github/workflows/store.yml").is_file());
    assert!(!out.path().join(".github/workflows/shop.yml").exists());
}

#[test]
fn a_list_of_generated_files_that_leaves_the_folder_is_not_followed() {
    let out = tempfile::tempdir().unwrap();
    let (folder, outside) = (out.path().join("out"), out.path().join("precious"));
    fs::write(&outside, "").unwrap();
    fs::create_dir_all(folder.join(".clearway")).unwrap();
    let absolute = outside.to_str().unwrap();
    let list = format!(r#"{{"clearway": 1, "files": ["../precious", "{absolute}"]}}"#);
    fs::write(folder.join(".clearway/manifest.json"), list).unwrap();
    assert_eq!(code(&build(&example(), &folder, &[])), 0);
    assert!(outside.is_file());
}

#[test]
fn a_spec_that_does_not_hold_is_not_built() {
    let (project, out) = (copy(), tempfile::tempdir().unwrap());
    fs::write(project.path().join("wrong.cw"), "service a { version = }\n").unwrap();
    let ran = build(project.path(), &out.path().join("out"), &["--format", "json"]);
    assert_eq!(code(&ran), 1);
    let told: Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(told[0]["severity"], "error");
    assert!(!out.path().join("out").exists());
}

#[test]
fn a_loss_is_an_error_until_it_is_accepted_by_name() {
    let (project, out) = (copy(), tempfile::tempdir().unwrap());
    let manifest = project.path().join("clearway.toml");
    let text_of = fs::read_to_string(&manifest).unwrap();
    let without: String =
        text_of.lines().filter(|line| !line.starts_with("ledger")).map(|line| format!("{line}\n")).collect();
    fs::write(&manifest, without).unwrap();
    let lost = build(project.path(), out.path(), &[]);
    assert_eq!(code(&lost), 1);
    assert!(
        text(&lost.stdout)
            .contains("error[CW0602]: github would not keep `rollback`, `records` and `basis` of `shop`")
    );

    let release = project.path().join("release.cw");
    let spec = fs::read_to_string(&release).unwrap();
    let accepts = ["rollback", "records", "basis"]
        .map(|lost| format!("  accept {lost} \"a trial\" on github\n"))
        .concat();
    fs::write(&release, spec.replace("  class = normal\n", &format!("  class = normal\n{accepts}"))).unwrap();
    let accepted = build(project.path(), out.path(), &[]);
    assert_eq!(code(&accepted), 0, "{}", text(&accepted.stderr));
    assert!(text(&accepted.stdout).contains("given up by release shop: records (a trial)"));
}

#[test]
fn a_repository_that_is_taken_for_public_is_told_to_be() {
    let taken = |visibility: &str| {
        let project = copy();
        let manifest = project.path().join("clearway.toml");
        let spec = fs::read_to_string(&manifest).unwrap();
        let known = "visibility = \"private\"";
        assert!(spec.contains(known));
        fs::write(&manifest, spec.replace(known, visibility)).unwrap();
        let out = tempfile::tempdir().unwrap();
        let built = build(project.path(), out.path(), &[]);
        assert_eq!(code(&built), 0, "{}", text(&built.stderr));
        text(&built.stdout).contains("this one is taken for one")
    };
    assert!(taken("") && !taken("visibility = \"public\"") && !taken("visibility = \"private\""));
}

#[test]
fn a_plan_says_the_order_the_steps_and_the_times() {
    let project = example();
    let project = project.to_str().unwrap();
    let plan = |more: &[&str]| run(&[&["plan", project, "--now", "2026-11-02T09:00:00Z"], more].concat());
    let told: Value = serde_json::from_slice(&plan(&["--format", "json"]).stdout).unwrap();
    let order = told["order"].as_array().unwrap();
    let place = |service: &str| {
        let is_it = |entry: &&Value| entry["environment"] == "production-eu" && entry["service"] == service;
        order.iter().find(is_it).and_then(|entry| entry["wave"].as_u64()).unwrap()
    };
    assert!(
        place("paymentservice") < place("checkoutservice") && place("checkoutservice") < place("frontend")
    );
    assert_eq!(told["schedule"][0]["stages"][1]["start"], "2026-11-04T09:00:00Z");
    assert!(told["steps"].as_array().unwrap().iter().any(|step| step["id"] == "gate-production-eu-tests"));
    assert_eq!(told["guarantees"]["github"].as_array().unwrap().len(), 11);

    assert!(
        text(&plan(&[]).stdout).contains("production-us        Monday 2026-11-09 09:00 America/New_York")
    );
    let why = plan(&["--why", "paymentservice", "frontend"]);
    assert_eq!(code(&why), 0);
    assert!(text(&why.stdout).contains("`paymentservice` comes before `checkoutservice`"));
    assert_eq!(code(&plan(&["--why", "frontend", "paymentservice"])), 1);
    assert_eq!(code(&plan(&["--release", "nothing"])), 2);
}

#[test]
fn what_is_kept_is_kept_for_as_long_as_the_spec_says() {
    let (project, out) = (copy(), tempfile::tempdir().unwrap());
    let days = |spec: &str| {
        fs::write(project.path().join("retention.cw"), spec).unwrap();
        let built = build(project.path(), out.path(), &[]);
        assert_eq!(code(&built), 0, "{}", text(&built.stderr));
        let texts = files(out.path()).into_values().map(|bytes| text(&bytes)).collect::<String>();
        let texts = texts.replace(['\'', '"'], "");
        (texts.matches("retention-days: ").count(), texts, text(&built.stderr))
    };
    let (archives, texts, told) = days("retention archive { keep records for 7 years }\n");
    assert!(archives == 1 && texts.contains("retention-days: 400\n"), "each archive has what older ones had");
    assert!(!told.contains("GitHub keeps"), "the ledger is kept by who has it, not by GitHub: {told}");
    let (count, texts, _) = days("retention archive { keep evidence for 30 d }\n");
    assert!(count > 0 && texts.matches("retention-days: 30\n").count() == count, "{count}");
    let (_, texts, told) = days("retention archive { keep evidence for 2 years }\n");
    assert!(texts.contains("retention-days: 400\n"));
    assert!(told.contains("GitHub keeps the evidence of a run for 400 days, and not for 731"), "{told}");
}

#[test]
fn a_pause_asks_a_person_or_is_none() {
    let (project, out) = (copy(), tempfile::tempdir().unwrap());
    let replace = |file: &str, find: &str, by: &str| {
        let path = project.path().join(file);
        let spec = fs::read_to_string(&path).unwrap();
        assert!(spec.contains(find), "{find}");
        fs::write(path, spec.replace(find, by)).unwrap();
    };
    replace("rollouts.cw", "on-breach = rollback", "on-breach = pause");
    assert_eq!(code(&build(project.path(), out.path(), &[])), 0, "the way back has its own approval");
    replace("release.cw", "approval = rollback-fast", "");
    replace("release.cw", "rollback-fast, ", "");
    // Its policy would be the first to say that somebody must agree.
    fs::remove_file(project.path().join("policies.cw")).unwrap();
    let alone = build(project.path(), out.path(), &[]);
    let told = text(&alone.stdout) + &text(&alone.stderr);
    assert!(code(&alone) == 1 && told.contains("pauses until a person decides"), "{told}");
}
