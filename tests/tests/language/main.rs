//! The language, as literate tests: `tests/language/*.md` say in prose what holds, and their blocks show it.
//!
//! A heading is a test; the blocks under it are one project. A block's first line names its language and, unless it is `main.cw`
//! or `clearway.toml`, its file: `cw file=services.cw`, `json file=state.json`. What must be told stands at the end of the line where
//! the primary label starts, and is taken off before the text is read:
//!
//! ```text
//! owner = paymnts // error: CW0201 "did you mean `payments`"
//! ```
//!
//! Every error must be expected, and every expectation met; in a test that expects a warning, every warning too. A quoted text must
//! stand in the message, a label, the help or a fix. Three more blocks say what a text comes to: `tree` (how it is read), `values`
//! (what it means), and `cw fixed` (the text with every fix applied, which must hold). A `now` block says the time of the check. `INSTA_UPDATE=always` writes these three
//! anew; read them before they are committed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "the tests read the repository they are in")]

mod meaning;
mod outline;
mod page;
mod shown;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use clearway_diagnostics::{Report, Severity};
use clearway_tests::{Fixture, line, repository};

use crate::page::{Block, Case, Expected, Form};

/// The stack that the command line gives its threads.
const STACK: usize = 32 * 1024 * 1024;

macro_rules! pages {
    ($($test:ident $page:literal,)*) => {
        const PAGES: &[&str] = &[$($page),*];
        $(
            #[test]
            fn $test() {
                run($page);
            }
        )*
    };
}

pages! {
    approvals "approvals.md",
    binding "binding.md",
    alerts "alerts.md",
    clauses "clauses.md",
    comments "comments.md",
    conditions "conditions.md",
    deployed "deployed.md",
    extension "extension.md",
    forms "forms.md",
    gates "gates.md",
    habits "habits.md",
    libraries "libraries.md",
    learning "learning.md",
    lists "lists.md",
    manifest "manifest.md",
    literals "literals.md",
    names "names.md",
    naming "naming.md",
    operators "operators.md",
    order "order.md",
    protected "protected.md",
    policies "policies.md",
    packages "packages.md",
    parity "parity.md",
    promises "promises.md",
    ranges "ranges.md",
    recovery "recovery.md",
    releases "releases.md",
    requirements "requirements.md",
    resources "resources.md",
    running "running.md",
    sense "sense.md",
    shapes "shapes.md",
    statements "statements.md",
    templates "templates.md",
    texts "texts.md",
    times "times.md",
    totality "totality.md",
    types "types.md",
    units "units.md",
    values "values.md",
    versions "versions.md",
}

fn folder() -> PathBuf {
    repository().join("tests/language")
}

#[test]
fn every_page_is_run() {
    let there: BTreeSet<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    let run: BTreeSet<String> = PAGES.iter().map(|page| (*page).to_owned()).collect();
    assert_eq!(there, run);
}

fn run(page: &'static str) {
    let judged =
        std::thread::Builder::new().stack_size(STACK).spawn(move || judge_page(page)).unwrap().join();
    let failures = judged.unwrap_or_else(|_| vec![format!("{page}: the compiler panicked")]);
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n\n"));
}

/// What is wrong with the tests of a page.
fn judge_page(page: &str) -> Vec<String> {
    let path = folder().join(page);
    let text = fs::read_to_string(&path).unwrap();
    let cases = match page::read(page, &text) {
        Ok(cases) if !cases.is_empty() => cases,
        Ok(_) => return vec![format!("{page} has no test")],
        Err(wrong) => return vec![wrong],
    };
    let mut failures = Vec::new();
    let mut anew: Vec<(&Block, String)> = Vec::new();
    for case in &cases {
        let wrong = judge(case, &mut anew);
        if !wrong.is_empty() {
            failures.push(format!("── {page}:{}: {}\n{}", case.line, case.heading, wrong.join("\n")));
        }
    }
    if std::env::var("INSTA_UPDATE").is_ok_and(|value| value == "always") {
        fs::write(&path, page::rewritten(&text, &anew)).unwrap();
    }
    failures
}

/// Every test of every page.
fn cases() -> Vec<Case> {
    let pages = PAGES.iter().map(|page| page::read(page, &fs::read_to_string(folder().join(page)).unwrap()));
    pages.flat_map(|cases| cases.unwrap_or_else(|wrong| panic!("{wrong}"))).collect()
}

/// The project of a test.
fn project(case: &Case) -> Fixture {
    let mut fixture = Fixture::default();
    for block in case.blocks.iter().filter(|block| block.form == Form::File) {
        fixture.add(&block.file, &block.text);
    }
    let now = case.blocks.iter().find(|block| block.form == Form::Now);
    fixture.now = now.map(|block| block.text.trim().parse().unwrap());
    fixture.sources.sort();
    fixture
}

/// What is wrong with a test; blocks that say otherwise than the compiler are added to `anew`, with what it says.
fn judge<'p>(case: &'p Case, anew: &mut Vec<(&'p Block, String)>) -> Vec<String> {
    let fixture = project(case);
    let reports = fixture.reports();
    let mut wrong = compare(case, &reports);
    for block in case.blocks.iter().filter(|block| !matches!(block.form, Form::File | Form::Now)) {
        let actual = match block.form {
            Form::Tree => outline::outline(source(&fixture, &block.file)),
            Form::Values => meaning::meaning(&fixture.workspace(), &block.file),
            Form::Fixed | Form::File | Form::Now => {
                let fixed = mended(source(&fixture, &block.file), &block.file, &reports);
                wrong.extend(remaining(&fixture, &block.file, &fixed));
                fixed
            }
        };
        if actual != block.text {
            wrong.push(format!(
                "  the block in line {} says\n{}  and this comes of it\n{}",
                block.line,
                indented(&block.text),
                indented(&actual)
            ));
            anew.push((block, actual));
        }
    }
    wrong
}

fn source<'f>(fixture: &'f Fixture, file: &str) -> &'f str {
    fixture.sources.iter().find(|(path, _)| path == file).map_or("", |(_, text)| text)
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

/// Expectations that are not met, and reports that are not expected.
fn compare(case: &Case, reports: &[Report]) -> Vec<String> {
    let mut open: Vec<&Expected> = case.blocks.iter().flat_map(|block| &block.expected).collect();
    let warnings = open.iter().any(|expected| expected.severity == Severity::Warning);
    let mut wrong = Vec::new();
    for report in reports {
        let told = report.severity == Severity::Error || (warnings && report.severity == Severity::Warning);
        match open.iter().position(|expected| expected.is_met_by(report)) {
            Some(at) => drop(open.remove(at)),
            None if told => wrong.push(format!("  not expected: {}{}", line(report), rest(report))),
            None => {}
        }
    }
    wrong.extend(open.iter().map(|expected| format!("  not reported: {expected}")));
    wrong
}

/// What a report says beside its message.
fn rest(report: &Report) -> String {
    let labels = report.labels.iter().filter(|label| !label.message.is_empty());
    let labels =
        labels.map(|label| format!("\n      {}:{}: {}", label.file, label.start.line, label.message));
    let help = report.help.iter().flat_map(|help| help.lines()).map(|help| format!("\n      help: {help}"));
    let fixes = report.fixes.iter().map(|fix| format!("\n      fix: {}", fix.title));
    labels.chain(help).chain(fixes).collect()
}

/// The text with the first fix of every report applied.
fn mended(text: &str, file: &str, reports: &[Report]) -> String {
    let fixes = reports.iter().filter_map(|report| report.fixes.first());
    let mut edits: Vec<_> = fixes.flat_map(|fix| &fix.edits).filter(|edit| edit.file == file).collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.start.offset));
    let mut text = text.to_owned();
    for edit in edits {
        text.replace_range(edit.start.offset as usize..edit.end.offset as usize, &edit.text);
    }
    text
}

/// The errors that are left when a file is mended.
fn remaining(fixture: &Fixture, file: &str, fixed: &str) -> Vec<String> {
    let mut fixture = fixture.clone();
    for (_, text) in fixture.sources.iter_mut().filter(|(path, _)| path == file) {
        fixed.clone_into(text);
    }
    let reports = fixture.reports();
    let errors = reports.iter().filter(|report| report.severity == Severity::Error);
    errors.map(|report| format!("  left when it is mended: {}", line(report))).collect()
}
