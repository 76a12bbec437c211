//! The built binary plans a run against what is deployed.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "the tests write the files that the binary reads")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

const MANIFEST: &str = "[project]\nname = \"parcels\"\n[targets.github]\nvisibility = \"public\"\n\
    [pipeline]\npath = \"bin/clearway\"\nledger = \"s3://parcels\"\n";

const STATE: &str = r#"{"clearway": 1, "environment": "staging", "services": {
  "tracking": {"version": "2.0.0", "provides": {"api": ["1.0.0"]}},
  "dispatch": {"version": "2.9.0", "requires": [{"target": "tracking.api", "range": "^1.0"}]}}}"#;

/// Once `main` is deployed, `repair` can no longer be.
const SPEC: &str = r#"
team parcels { members = [ana] }
environment staging { tier = staging  deployed = state("staging.json") }
service tracking { version = 2.1.0  provides api 1.1.0 }
service dispatch {
  version = 3.0.0
  requires tracking.api ^1.1
  at 2.9.1 { requires tracking.api ~1.0 }
}
release main { change = "CHG-7"  requested-by = ana  ship tracking 2.1.0; ship dispatch 3.0.0; stage staging }
release repair { change = "CHG-8"  requested-by = ana  ship dispatch 2.9.1; stage staging }
"#;

fn call(folder: &Path, arguments: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_clearway"))
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .output()
        .unwrap()
}

fn passes(folder: &Path, arguments: &str) {
    let output = call(folder, arguments);
    let told = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&told));
}

/// The plan of the run of a release, or nothing where it must not run.
fn basis(folder: &Path, release: &str) -> Option<Value> {
    let arguments = format!("basis --ledger records --run 2 --release {release} --out run/plan.json");
    let output = call(folder, &arguments);
    match output.status.code() {
        Some(0) => Some(serde_json::from_slice(&fs::read(folder.join("run/plan.json")).unwrap()).unwrap()),
        Some(1) => None,
        _ => unreachable!("{}", String::from_utf8_lossy(&output.stderr)),
    }
}

/// A project with what is deployed by its state file.
fn project(state: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("clearway.toml", MANIFEST), ("parcels.cw", SPEC), ("staging.json", state)] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    fs::create_dir(folder.path().join("run")).unwrap();
    folder
}

/// A project whose environment has, by the ledger, what a release ships.
fn deployed(of: Option<Value>) -> tempfile::TempDir {
    let folder = project(STATE);
    let at = folder.path();
    passes(at, "build . --target github --out .");
    let plan = fs::read(at.join(".clearway/plan.json")).unwrap();
    let mut plan: Value = serde_json::from_slice(&plan).unwrap();
    if let Some(services) = of {
        plan["releases"][0]["stages"][0]["deployed"] = services;
    }
    fs::write(at.join("adopted.json"), plan.to_string()).unwrap();
    passes(at, "record adopt staging --plan adopted.json --ledger records --run 1 --release main");
    folder
}

fn moves(plan: &Value, release: &str) -> Vec<(String, Value, Value)> {
    let releases = plan["releases"].as_array().unwrap();
    let release = releases.iter().find(|one| one["name"] == release).unwrap();
    let waves = release["stages"][0]["waves"].as_array().unwrap().iter();
    waves
        .flat_map(|wave| wave.as_array().unwrap())
        .map(|step| {
            (step["service"].as_str().unwrap().to_owned(), step["from"][0].clone(), step["to"].clone())
        })
        .collect()
}

#[test]
fn every_release_may_run_against_what_it_was_planned_for() {
    let folder = deployed(None);
    let main = basis(folder.path(), "main").unwrap();
    let expected = [("tracking", "2.0.0", "2.1.0"), ("dispatch", "2.9.0", "3.0.0")];
    let expected = expected.map(|(service, from, to)| (service.to_owned(), json!(from), json!(to)));
    assert_eq!(moves(&main, "main"), expected);
    assert!(basis(folder.path(), "repair").is_some());
}

#[test]
fn a_release_that_no_longer_holds_stops_its_own_runs_and_no_others() {
    let folder = deployed(Some(json!({
        "tracking": {"version": "2.1.0", "provides": {"api": ["1.1.0"]}},
        "dispatch": {"version": "3.0.0", "requires": [{"target": "tracking.api", "range": "^1.1"}]}
    })));
    let main = basis(folder.path(), "main").expect("`main` has nothing left to do, and may run");
    assert!(moves(&main, "main").iter().all(|(_, from, to)| from == to));
    assert_eq!(basis(folder.path(), "repair"), None, "`dispatch` 2.9.1 cannot stand `tracking` 2.1.0");
}

#[test]
fn a_pipeline_that_was_built_on_an_assumption_runs_on_it() {
    // Nobody recorded what `dispatch` 2.9.0 requires.
    let mut state: Value = serde_json::from_str(STATE).unwrap();
    state["services"]["dispatch"] = json!({"version": "2.9.0"});
    let folder = project(&state.to_string());
    let at = folder.path();
    assert!(!call(at, "build . --target github --out .").status.success(), "no order is proved without that");
    passes(at, "build . --target github --out . --assume declared");
    passes(at, "record adopt staging --ledger records --run 1 --release main");
    assert!(basis(at, "main").is_some());
}
