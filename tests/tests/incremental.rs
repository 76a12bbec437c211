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

fn workspace(services: usize) -> (Workspace, Log, Vec<(String, String)>) {
    let log: Log = Arc::default();
    let writer = Arc::clone(&log);
    let files = workload::workspace(services);
    let sources = files.iter().map(|(path, text)| (path.clone(), Arc::from(text.as_str()))).collect();
    let listener = move |event: salsa::Event| {
        if let salsa::EventKind::WillExecute { database_key } = event.kind {
            let name = format!("{database_key:?}");
            let name = name.split('(').next().unwrap_or_default().to_owned();
            *writer.lock().unwrap().entry(name).or_default() += 1;
        }
    };
    let workspace = Workspace::with_events(
        Arc::new(MemorySystem::default()),
        MANIFEST,
        sources,
        Some(Box::new(listener)),
    );
    (workspace, log, files)
}

/// Checks, edits one file, checks again: what ran for the second check.
fn after_edit(edit: impl Fn(&str) -> String) -> BTreeMap<String, usize> {
    let (mut workspace, log, files) = workspace(200);
    assert!(clearway_analysis::check(&workspace).checked.is_some());
    let (path, text) = files.iter().find(|(path, _)| path == "services/f1.cw").unwrap();
    let edited = edit(text);
    assert_ne!(edited, *text);
    workspace.apply(vec![Change::Source(path.clone(), Some(Arc::from(edited)))]);
    log.lock().unwrap().clear();
    let _ = clearway_analysis::check(&workspace);
    log.lock().unwrap().clone()
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
    assert_eq!(count(&ran, "lower"), 0, "{ran:?}");
    assert_eq!(count(&ran, "project_diagnostics"), 0, "{ran:?}");
}

#[test]
fn a_changed_range_lowers_one_declaration_and_judges_the_project_again() {
    let ran = after_edit(|text| text.replacen("requires svc-30.api ^1.2", "requires svc-30.api ^1.1", 1));
    assert_eq!(count(&ran, "piece_tree"), 1, "{ran:?}");
    assert_eq!(count(&ran, "lower"), 1, "{ran:?}");
    assert_eq!(count(&ran, "project_diagnostics"), 1, "{ran:?}");
    assert_eq!(count(&ran, "project_names"), 0, "{ran:?}");
}

#[test]
fn a_new_declaration_lowers_itself_and_nobody_else() {
    let ran =
        after_edit(|text| format!("{text}\nservice another {{\n  owner   = owners\n  version = 1.0.0\n}}\n"));
    assert_eq!(count(&ran, "lower"), 1, "{ran:?}");
    assert_eq!(count(&ran, "project_names"), 1, "{ran:?}");
}

#[test]
fn the_generated_workspace_holds() {
    let (workspace, ..) = workspace(120);
    let found = clearway_analysis::check(&workspace).diagnostics;
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(workspace.project().sources(&workspace).len(), 5);
}
