//! Whole projects with what each stage makes of them beside them: each folder of `tests/cases` is checked; `expected.txt` in it is its
//! order, wave by wave, or what a user reads instead; `verdicts.json`, where there is one, says of states whether they are supported.
//! `INSTA_UPDATE=always` writes the orders anew; read them before they are committed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]
#![allow(clippy::disallowed_methods, reason = "the tests read the repository they are in")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use clearway_analysis::proof::Move;
use clearway_diagnostics::render::termcolor::NoColor;
use clearway_diagnostics::{Report, render};
use clearway_tests::{Fixture, repository};
use serde_json::{Value, json};

fn folders() -> Vec<PathBuf> {
    let cases = repository().join("tests/cases");
    let mut found: Vec<PathBuf> = fs::read_dir(cases)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}

/// A move in a line.
fn line(step: &Move) -> String {
    let group = step.group.as_ref().map_or_else(String::new, |group| format!("[{group}]"));
    let from = if step.from.is_empty() { "nothing".to_owned() } else { step.from.join(" and ") };
    let to = step.to.as_deref().unwrap_or("nothing");
    let together = step.together.as_ref().map_or_else(String::new, |name| format!(", together as {name}"));
    let undo = match step.undo_until {
        None => ", for good".to_owned(),
        Some(wave) => format!(", may be undone alone until wave {}", wave + 1),
    };
    format!("  {}{group}: {from} -> {to}{together}{undo}\n", step.service)
}

/// The orders of a project's releases, or what is told in their stead.
fn told(fixture: &Fixture) -> String {
    let workspace = fixture.workspace();
    let outcome = clearway_analysis::check(&workspace);
    let mut out = String::new();
    for release in outcome.checked.iter().flat_map(|checked| checked.releases()) {
        for stage in &release.stages {
            for (at, wave) in stage.waves.iter().enumerate() {
                let mark = if stage.no_return == Some(at) { ", the point of no return" } else { "" };
                let _ = writeln!(out, "wave {} in {}{mark}", at + 1, stage.environment);
                wave.iter().for_each(|step| out += &line(step));
            }
        }
    }
    if outcome.checked.is_none() {
        let sources = workspace.sources(&fixture.manifest);
        let errors: Vec<_> = outcome.diagnostics.into_iter().filter(|one| one.is_error()).collect();
        let reports = Report::all(&errors, &sources);
        let mut terminal = NoColor::new(Vec::new());
        render::human::write(&mut terminal, &reports, &sources).unwrap();
        let text = String::from_utf8(terminal.into_inner()).unwrap();
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        out = format!("{}\n", lines.join("\n").trim_end());
    }
    out
}

#[test]
fn each_case_comes_to_what_is_expected() {
    let update = std::env::var("INSTA_UPDATE").is_ok_and(|value| value == "always");
    let mut wrong = Vec::new();
    let mut count = 0;
    for project in folders() {
        count += 1;
        let actual = told(&Fixture::folder(&project));
        let path = project.join("expected.txt");
        if update {
            fs::write(&path, &actual).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if actual != expected {
            wrong.push(format!("== {}\n-- expected\n{expected}-- actual\n{actual}", project.display()));
        }
    }
    assert!(count >= 10, "only {count} cases were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether what is deployed breaks no rule between versions.
fn is_supported(project: &Path, state: &BTreeMap<String, Vec<String>>) -> bool {
    let versions = |versions: &Vec<String>| -> Vec<Value> {
        versions.iter().map(|version| json!({ "version": version })).collect()
    };
    let services: BTreeMap<&String, Vec<Value>> =
        state.iter().map(|(name, live)| (name, versions(live))).collect();
    let mut fixture = Fixture::folder(project);
    let text = json!({ "clearway": 1, "services": services }).to_string();
    fixture.system.files.insert("production.json".to_owned(), text);
    let found = clearway_analysis::check(&fixture.workspace()).diagnostics;
    !found.iter().any(|one| one.code.name() == "standing-violation")
}

/// States with whether they are supported.
fn verdicts(cases: &Value) -> Vec<(BTreeMap<String, Vec<String>>, bool)> {
    let texts = |value: &Value| match value {
        Value::Array(items) => items.iter().map(|item| item.as_str().unwrap().to_owned()).collect(),
        one => vec![one.as_str().unwrap().to_owned()],
    };
    let verdict = |case: &Value| {
        let state = case["state"].as_object().unwrap().iter().filter(|(name, _)| *name != "via");
        (
            state.map(|(name, live)| (name.clone(), texts(live))).collect(),
            case["supported"].as_bool().unwrap(),
        )
    };
    cases.as_array().unwrap().iter().map(verdict).collect()
}

#[test]
fn states_are_supported_where_the_documents_say_so() {
    let mut count = 0;
    for project in folders() {
        let Ok(text) = fs::read_to_string(project.join("verdicts.json")) else { continue };
        for (state, expected) in verdicts(&serde_json::from_str(&text).unwrap()) {
            assert_eq!(is_supported(&project, &state), expected, "{}: {state:?}", project.display());
            count += 1;
        }
    }
    assert!(count >= 20, "only {count} verdicts were found");
    // The public case is read where it lies beside the repository.
    let public = repository().parent().map(|root| root.join("shared/cases/skew_kubernetes.json"));
    let Some(text) = public.and_then(|path| fs::read_to_string(path).ok()) else { return };
    let case: Value = serde_json::from_str(&text).unwrap();
    let project = repository().join("tests/cases/skew-kubernetes");
    let all = verdicts(&case["worked_examples"]);
    assert!(all.len() >= 40);
    for (state, expected) in all {
        assert_eq!(is_supported(&project, &state), expected, "{state:?}");
    }
}
