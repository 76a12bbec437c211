//! What is remembered: which queries run again after an edit.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use clearway_model::{Change, Db, MemorySystem, Workspace};
use clearway_tests::{MANIFEST, workload};

/// The queries that ran, with how often.
type Log = Arc<Mutex<BTreeMap<String, usize>>>;

fn open(files: &[(String, String)], system: MemorySystem) -> (Workspace, Log) {
    open_with(MANIFEST, files, system)
}

fn open_with(manifest: &str, files: &[(String, String)], system: MemorySystem) -> (Workspace, Log) {
    let log: Log = Arc::default();
    let writer = Arc::clone(&log);
    let sources = files.iter().map(|(path, text)| (path.clone(), Arc::from(text.as_str()))).collect();
    let listener = move |event: salsa::Event| {
        if let salsa::EventKind::WillExecute { database_key } = event.kind {
            let name = format!("{database_key:?}");
            let name = name.split('(').next().unwrap_or_default().to_owned();
            *writer.lock().unwrap().entry(name).or_default() += 1;
        }
    };
    (Workspace::with_events(Arc::new(system), manifest, sources, Some(Box::new(listener))), log)
}

fn workspace(services: usize) -> (Workspace, Log, Vec<(String, String)>) {
    let files = workload::workspace(services);
    let (workspace, log) = open(&files, MemorySystem::default());
    (workspace, log, files)
}

/// Checks files that hold, edits one of them, checks again: what ran for the second check.
fn after_edit_of(
    files: &[(String, String)],
    system: MemorySystem,
    path: &str,
    edit: impl Fn(&str) -> String,
) -> BTreeMap<String, usize> {
    let (mut workspace, log) = open(files, system);
    let outcome = clearway_analysis::check(&workspace);
    assert!(outcome.checked.is_some(), "{:?}", outcome.diagnostics);
    let (_, text) = files.iter().find(|(other, _)| other == path).unwrap();
    let edited = edit(text);
    assert_ne!(edited, *text);
    workspace.apply(vec![Change::Source(path.to_owned(), Some(Arc::from(edited)))]);
    log.lock().unwrap().clear();
    let _ = clearway_analysis::check(&workspace);
    log.lock().unwrap().clone()
}

/// The same with 200 services, of which number 60 is edited.
fn after_edit(edit: impl Fn(&str) -> String) -> BTreeMap<String, usize> {
    after_edit_of(&workload::workspace(200), MemorySystem::default(), "services/f1.cw", edit)
}

/// Replaces something in the declaration of number 60.
fn in_60(from: &'static str, to: &'static str) -> impl Fn(&str) -> String {
    move |text| {
        let (before, after) = text.split_once("service svc-60 {").unwrap();
        format!("{before}service svc-60 {{{}", after.replacen(from, to, 1))
    }
}

/// How many of the 200 services require number 60.
fn dependents() -> usize {
    let files = workload::workspace(200);
    let dependents = files.iter().map(|(_, text)| text.matches("requires svc-60.").count()).sum();
    assert!(dependents > 1);
    dependents
}

fn count(ran: &BTreeMap<String, usize>, query: &str) -> usize {
    ran.get(query).copied().unwrap_or(0)
}

#[test]
fn nothing_runs_again_without_an_edit() {
    let (workspace, log, _) = workspace(100);
    let _ = clearway_analysis::check(&workspace);
    assert!(count(&log.lock().unwrap(), "lower") > 100, "the first check lowers every declaration");
    log.lock().unwrap().clear();
    let _ = clearway_analysis::check(&workspace);
    assert_eq!(*log.lock().unwrap(), BTreeMap::new());
}

#[test]
fn a_comment_above_a_declaration_changes_nothing_behind_its_syntax() {
    let ran = after_edit(|text| {
        text.replace("/// Service number 60.", "// Read this first.\n\n/// Service number 60.")
    });
    assert_eq!(count(&ran, "parse"), 1);
    assert!(count(&ran, "piece_tree") <= 2, "{ran:?}");
    for query in
        ["lower", "scope", "names", "file_diagnostics", "requirement_diagnostics", "project_diagnostics"]
    {
        assert_eq!(count(&ran, query), 0, "{query}: {ran:?}");
    }
}

#[test]
fn a_changed_range_judges_its_owner_alone_again() {
    let ran = after_edit(in_60("requires svc-30.api ^1.2", "requires svc-30.api ^1.1"));
    for query in ["piece_tree", "lower", "interface", "needs", "item_diagnostics", "requirement_diagnostics"]
    {
        assert_eq!(count(&ran, query), 1, "{query}: {ran:?}");
    }
    // Nothing is wrong with it before or after: not even its file has something else to tell.
    for query in ["file_diagnostics", "names", "name_uses", "shipment", "knots", "project_diagnostics"] {
        assert_eq!(count(&ran, query), 0, "{query}: {ran:?}");
    }
}

#[test]
fn with_a_clock_a_release_is_not_judged_again_for_each_range_of_what_it_ships() {
    let (mut workspace, log, files) = workspace(200);
    workspace.apply(vec![Change::Now("2026-11-02T09:00:00Z".parse().unwrap())]);
    let _ = clearway_analysis::check(&workspace);
    let (path, text) = files.iter().find(|(path, _)| path == "services/f1.cw").unwrap();
    let edited = in_60("requires svc-30.api ^1.2", "requires svc-30.api ^1.1")(text);
    workspace.apply(vec![Change::Source(path.clone(), Some(Arc::from(edited)))]);
    log.lock().unwrap().clear();
    let _ = clearway_analysis::check(&workspace);
    assert_eq!(count(&log.lock().unwrap(), "item_diagnostics"), 1);
}

#[test]
fn what_is_wrong_with_one_file_is_found_without_a_proof_of_the_release() {
    let (mut workspace, log, files) = workspace(200);
    let _ = clearway_analysis::check(&workspace);
    let around = clearway_analysis::Around::of(&workspace);
    let (path, text) = files.iter().find(|(path, _)| path == "services/f1.cw").unwrap();
    let edited = in_60("requires svc-30.api ^1.2", "requires svc-30.api ^9")(text);
    workspace.apply(vec![Change::Source(path.clone(), Some(Arc::from(edited)))]);
    log.lock().unwrap().clear();
    let file = workspace.source(path).unwrap();
    assert_eq!(clearway_analysis::check_file(&workspace, file, &around).len(), 1);
    let ran = log.lock().unwrap().clone();
    is_quick(&ran);
    assert!(
        ran.values().all(|times| *times <= 51),
        "nothing for more than the services of the file: {ran:?}"
    );
}

/// Nothing of a project as a whole, and no proof.
fn is_quick(ran: &BTreeMap<String, usize>) {
    for query in ["asked", "excluded", "answered", "order_diagnostics", "project_diagnostics"] {
        assert_eq!(count(ran, query), 0, "{query}: {ran:?}");
    }
}

#[test]
fn what_an_edit_breaks_in_another_file_is_found_without_a_proof_of_the_release() {
    let (mut workspace, log, files) = workspace(200);
    let _ = clearway_analysis::check(&workspace);
    let around = clearway_analysis::Around::of(&workspace);
    let (path, text) = files.iter().find(|(path, _)| path == "services/f1.cw").unwrap();
    let edited = in_60("provides api 1.4.0", "provides api 9.4.0")(text);
    workspace.apply(vec![Change::Source(path.clone(), Some(Arc::from(edited)))]);
    log.lock().unwrap().clear();
    let found = clearway_analysis::check_files(&workspace, &around);
    let ran = log.lock().unwrap().clone();
    is_quick(&ran);
    assert_eq!(count(&ran, "requirement_diagnostics"), 1 + dependents(), "{ran:?}");
    assert_eq!(found.len(), dependents(), "each of them: {found:?}");
    let edited = workspace.source(path).unwrap().id(&workspace);
    assert!(found.iter().any(|told| told.primary.place.file() != edited), "some in another file");
}

#[test]
fn an_edited_release_is_told_of_without_its_proof() {
    let (mut workspace, log, files) = workspace(200);
    let _ = clearway_analysis::check(&workspace);
    let around = clearway_analysis::Around::of(&workspace);
    let (path, text) = files.iter().find(|(path, _)| path == "release.cw").unwrap();
    let edited = text.replacen("ship svc-60\n", "ship svc-60 1.4.0\n  ship nothing\n", 1);
    workspace.apply(vec![Change::Source(path.clone(), Some(Arc::from(edited)))]);
    log.lock().unwrap().clear();
    let file = workspace.source(path).unwrap();
    assert_eq!(clearway_analysis::check_file(&workspace, file, &around).len(), 1);
    is_quick(&log.lock().unwrap());
}

#[test]
fn what_was_found_of_an_order_stands_until_it_is_proved_again() {
    let release = "release r {\n  ship a\n  ship b\n  stage production { }\n}\n";
    let service = |name: &str, other: &str| {
        format!(
            "service {name} {{\n  version = 2.0.0\n  provides api 2.0.0\n  requires {other}.api ^2\n  at 1.0.0 {{ provides api 1.0.0; requires {other}.api ^1 }}\n}}\n"
        )
    };
    let environment = "environment production { tier = production  deployed = state(\"live.json\") }\n";
    let live = r#"{"clearway": 1, "services": {"a": {"version": "1.0.0"}, "b": {"version": "1.0.0"}}}"#;
    let files = [
        ("a.cw", service("a", "b")),
        ("b.cw", service("b", "a")),
        ("environments.cw", environment.to_owned()),
        ("release.cw", release.to_owned()),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text));
    let system =
        MemorySystem { files: BTreeMap::from([("live.json".to_owned(), live.to_owned())]), tags: Vec::new() };
    let (mut workspace, _) = open(&files, system);
    let no_order = |found: &[clearway_diagnostics::Diagnostic]| {
        found.iter().filter(|told| told.code == clearway_diagnostics::catalogue::NO_SAFE_ORDER).count()
    };
    let told = no_order(&clearway_analysis::check(&workspace).diagnostics);
    assert!(told > 0);
    let around = clearway_analysis::Around::of(&workspace);
    assert_eq!(no_order(&clearway_analysis::check_files(&workspace, &around)), told);
    // What it was told at is gone, and so is it.
    for path in ["a.cw", "b.cw"] {
        workspace.apply(vec![Change::Source(path.to_owned(), Some(Arc::from("// Nothing.\n")))]);
    }
    assert_eq!(no_order(&clearway_analysis::check_files(&workspace, &around)), 0);
}

#[test]
fn a_changed_version_judges_its_owner_and_those_that_require_it_again() {
    let version = in_60("version = 1.4.0", "version = 1.4.9");
    let provides = in_60("provides api 1.4.0", "provides api 1.5.0");
    for ran in [after_edit(version), after_edit(provides)] {
        assert_eq!(count(&ran, "lower"), 1, "{ran:?}");
        assert_eq!(count(&ran, "requirement_diagnostics"), 1 + dependents(), "{ran:?}");
        assert_eq!(count(&ran, "knots"), 0, "{ran:?}");
        assert_eq!(count(&ran, "project_diagnostics"), 0, "{ran:?}");
    }
}

#[test]
fn an_order_is_proved_again_only_when_other_versions_exclude_one_another() {
    let admits_the_same = in_60("requires svc-30.api ^1.2", "requires svc-30.api ^1.1");
    let ran = after_edit(admits_the_same);
    assert_eq!((count(&ran, "excluded"), count(&ran, "answered")), (1, 0), "{ran:?}");
    // Nothing is recorded of either environment: one proof is that of both.
    let ran = after_edit(in_60("version = 1.4.0", "version = 1.4.9"));
    assert_eq!((count(&ran, "excluded"), count(&ran, "answered")), (1, 1), "{ran:?}");
}

#[test]
fn an_edge_that_comes_or_goes_judges_its_owner_and_looks_for_circles_again() {
    let added = in_60("  provides api 1.4.0\n", "  provides api 1.4.0\n  requires svc-3.api ^1.3\n");
    let removed = in_60("  requires svc-30.api ^1.2\n", "");
    for ran in [after_edit(added), after_edit(removed)] {
        for query in ["lower", "requirement_diagnostics", "hard_requirements", "knots"] {
            assert_eq!(count(&ran, query), 1, "{query}: {ran:?}");
        }
        // There is no circle before or after.
        assert_eq!(count(&ran, "requirement_cycles"), 0, "{ran:?}");
        assert_eq!(count(&ran, "project_diagnostics"), 0, "{ran:?}");
    }
}

#[test]
fn a_new_declaration_lowers_itself_and_nobody_else() {
    let ran =
        after_edit(|text| format!("{text}\nservice another {{\n  owner   = owners\n  version = 1.0.0\n}}\n"));
    assert_eq!(count(&ran, "lower"), 1, "{ran:?}");
    assert_eq!(count(&ran, "requirement_diagnostics"), 1, "{ran:?}");
    assert_eq!(count(&ran, "project_names"), 1, "{ran:?}");
}

#[test]
fn another_version_in_a_release_judges_what_it_concerns_again() {
    let common = "environment test { tier = testing  deployed = state(\"test.json\") }\nteam owners { members = [ana] }\n";
    let mut files = vec![("common.cw".to_owned(), common.to_owned())];
    for (name, requires) in [("a", ""), ("b", "requires a.api ^1"), ("c", "requires b.api ^1"), ("d", "")] {
        let service = format!(
            "service {name} {{\n  owner = owners\n  version = 1.0.0\n  provides api 1.0.0\n  {requires}\n}}\n"
        );
        let release = format!("release of-{name} {{\n  ship {name} 1.0.0\n  stage test {{}}\n}}\n");
        files.push((format!("{name}.cw"), format!("use common.owners\n\n{service}")));
        files.push((format!("release/{name}.cw"), release));
    }
    let deployed =
        ["a", "b", "c", "d"].map(|name| format!("\"{name}\": {{\"version\": \"1.0.0\"}}")).join(", ");
    let state = format!("{{\"clearway\": 1, \"services\": {{{deployed}}}}}");
    let system = MemorySystem { files: BTreeMap::from([("test.json".to_owned(), state)]), tags: Vec::new() };
    let ran = after_edit_of(&files, system, "release/a.cw", |text| text.replace("1.0.0", "1.0.1"));
    assert_eq!(count(&ran, "shipment"), 1, "{ran:?}");
    // `a` itself, and `b`, which requires it; neither `c`, which rests on `b` alone, nor `d`.
    assert_eq!(count(&ran, "requirement_diagnostics"), 2, "{ran:?}");
    assert_eq!(count(&ran, "project_diagnostics"), 0, "{ran:?}");
}

#[test]
fn the_generated_workspace_holds() {
    let (workspace, ..) = workspace(120);
    let found = clearway_analysis::check(&workspace).diagnostics;
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(workspace.project().sources(&workspace).len(), 5);
}

#[test]
fn an_edit_in_a_package_runs_what_rests_on_it() {
    let manifest = format!("{MANIFEST}\n[packages]\nplatform = {{ path = \"../platform\" }}\n");
    let hours = |until: &str| {
        format!(
            "window hours {{ days = Mon..Fri  hours = 09:00..{until}  timezone = \"UTC\" }}\nwindow other : hours {{ }}\n"
        )
    };
    let package =
        [("clearway.toml", "[project]\nname = \"platform\"\n".to_owned()), ("hours.cw", hours("17:00"))];
    let files = package.map(|(path, text)| (format!("../platform/{path}"), text));
    let system = MemorySystem { files: files.into(), tags: Vec::new() };
    let mut sources = workload::workspace(100);
    let user = "use platform.hours.hours\nenvironment nightly { tier = testing  windows = [hours] }\n";
    sources.push(("nightly.cw".to_owned(), user.to_owned()));
    let (mut workspace, log) = open_with(&manifest, &sources, system);
    let _ = clearway_analysis::check(&workspace);
    let mut ran_after = |text: String| {
        workspace.apply(vec![Change::Source("../platform/hours.cw".to_owned(), Some(Arc::from(text)))]);
        log.lock().unwrap().clear();
        let _ = clearway_analysis::check(&workspace);
        log.lock().unwrap().clone()
    };
    let ran = ran_after(format!("// A comment.\n{}", hours("17:00")));
    for query in ["lower", "scope", "names", "modules", "file_diagnostics", "item_diagnostics"] {
        assert_eq!(count(&ran, query), 0, "{query}: {ran:?}");
    }
    assert_eq!(count(&ran, "package_digest"), 1, "the pin is of the text: {ran:?}");
    let ran = ran_after(hours("18:00"));
    assert_eq!(count(&ran, "lower"), 2, "the window and what extends it: {ran:?}");
    assert_eq!(count(&ran, "modules"), 0, "{ran:?}");
    assert!(count(&ran, "item_diagnostics") <= 3, "{ran:?}");
}
