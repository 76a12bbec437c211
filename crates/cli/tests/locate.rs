//! `clearway locate` on the built binary: a line of what was built leads to the declaration that it comes from.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "the tests change the files that the binary reads")]

use std::fs;
use std::process::Command;

use clearway_tests::specs;
use serde_json::Value;

/// A small release that has everything, built for a product.
fn built(target: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let manifest = match target {
        "github" => specs::MANIFEST,
        "gitlab" => specs::GITLAB,
        _ => specs::ARGO,
    };
    fs::write(folder.path().join("clearway.toml"), manifest).unwrap();
    fs::write(folder.path().join("main.cw"), specs::SMALL).unwrap();
    let root = folder.path().to_str().unwrap();
    assert!(run(&["build", root, "--target", target, "--out", root]).0 == 0);
    folder
}

fn run(arguments: &[&str]) -> (i32, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_clearway")).args(arguments).output().unwrap();
    (ran.status.code().unwrap(), String::from_utf8(ran.stdout).unwrap())
}

fn locate(folder: &tempfile::TempDir, file: &str, line: usize) -> Value {
    let at = format!("{}:{line}", folder.path().join(file).display());
    let (code, told) = run(&["locate", &at, "--format", "json"]);
    assert_eq!(code, 0, "{at}: {told}");
    serde_json::from_str(&told).unwrap()
}

/// The line of the first text in a file, counted from 1.
fn line_of(folder: &tempfile::TempDir, file: &str, text: &str) -> usize {
    let whole = fs::read_to_string(folder.path().join(file)).unwrap();
    1 + whole.lines().position(|line| line.contains(text)).unwrap_or_else(|| panic!("{file} has no `{text}`"))
}

#[test]
fn a_line_leads_to_the_declaration_with_its_line() {
    for (target, file, text, step, kind, name) in [
        (
            "github",
            ".github/workflows/shop.yml",
            "  gate-production-tests:",
            "gate-production-tests",
            "gate",
            "tests",
        ),
        (
            "github",
            ".github/workflows/shop.yml",
            "approval-production-board-seat-2:",
            "approval-production-board",
            "approval",
            "standard",
        ),
        (
            "github",
            ".github/workflows/shop.production.yml",
            "  deploy-production-ledger:",
            "deploy-production-ledger",
            "service",
            "ledger",
        ),
        ("gitlab", ".gitlab/shop.yml", "gate-production-tests:", "gate-production-tests", "gate", "tests"),
        (
            "gitlab",
            ".gitlab/shop.production.yml",
            "deploy-production-ledger:",
            "deploy-production-ledger",
            "service",
            "ledger",
        ),
        ("argo", "argo/shop.yaml", "name: gate-production-tests", "gate-production-tests", "gate", "tests"),
        (
            "argo",
            "argo/shop.yaml",
            "name: ask-production-board",
            "approval-production-board",
            "approval",
            "standard",
        ),
    ] {
        let folder = built(target);
        let told = locate(&folder, file, line_of(&folder, file, text));
        assert_eq!(told["step"], step, "{file}: {text}: {told:#}");
        let origin = &told["declared"][0];
        let written = line_of(&folder, "main.cw", &format!("{kind} {name} "));
        assert_eq!((origin["kind"].as_str(), origin["name"].as_str()), (Some(kind), Some(name)), "{told:#}");
        assert_eq!(
            (origin["file"].as_str(), origin["line"].as_u64()),
            (Some("main.cw"), Some(written as u64))
        );
    }
}

#[test]
fn an_edit_of_the_file_and_a_comment_in_the_spec_make_nothing_wrong() {
    let folder = built("github");
    let file = ".github/workflows/shop.yml";
    let map = fs::read(folder.path().join(".clearway/source-map.json")).unwrap();
    let text = fs::read_to_string(folder.path().join(file)).unwrap();
    fs::write(folder.path().join(file), format!("# One.\n# Two.\n{text}")).unwrap();
    fs::write(folder.path().join("main.cw"), format!("// One.\n\n{}", specs::SMALL)).unwrap();
    let told = locate(&folder, file, line_of(&folder, file, "  build-ledger:") + 1);
    assert_eq!(told["step"], "build-ledger", "{told:#}");
    let written = line_of(&folder, "main.cw", "service ledger ");
    assert_eq!(told["declared"][0]["line"].as_u64(), Some(written as u64));
    let root = folder.path().to_str().unwrap();
    assert_eq!(run(&["build", root, "--target", "github", "--out", root]).0, 0);
    assert_eq!(fs::read(folder.path().join(".clearway/source-map.json")).unwrap(), map);
}

/// Every job of every way is known by its step: none is told to come from nowhere.
#[test]
fn every_step_of_the_plan_has_its_part_of_a_file_on_every_product() {
    for target in ["github", "gitlab", "argo"] {
        let folder = built(target);
        let read = |name: &str| -> Value {
            serde_json::from_str(&fs::read_to_string(folder.path().join(name)).unwrap()).unwrap()
        };
        let (map, plan) = (read(".clearway/source-map.json"), read(".clearway/plan.json"));
        let entries: Vec<&Value> =
            map["files"].as_object().unwrap().values().flat_map(|file| file.as_array().unwrap()).collect();
        let mut count = 0;
        for path in plan["releases"][0]["paths"].as_array().unwrap() {
            for step in path["steps"].as_array().unwrap() {
                let found = entries.iter().find(|entry| entry["step"] == step["id"]);
                let found = found.unwrap_or_else(|| panic!("{target}: no part for {}", step["id"]));
                assert_eq!(found["declared"][0], step["origin"], "{target}: {}", step["id"]);
                count += 1;
            }
        }
        assert!(count > 20, "only {count} steps");
    }
}

#[test]
fn what_nothing_is_behind_is_told_and_what_is_not_there_exits_with_2() {
    let folder = built("gitlab");
    let told = locate(&folder, ".gitlab/clearway.sh", 3);
    assert_eq!((&told["declared"], &told["step"]), (&serde_json::json!([]), &Value::Null), "{told:#}");
    let at = |text: &str| format!("{}/{text}", folder.path().display());
    for wrong in [
        at(".gitlab/shop.yml:100000"),
        at(".gitlab/none.yml:1"),
        at("main.cw:1"),
        at("main.cw"),
        at("main.cw:0"),
    ] {
        assert_eq!(run(&["locate", &wrong]).0, 2, "{wrong}");
    }
    fs::write(folder.path().join(".clearway/source-map.json"), "{}").unwrap();
    assert_eq!(run(&["locate", &at(".gitlab/shop.yml:1")]).0, 2);
}
