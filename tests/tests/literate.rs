//! The language as literate tests: `tests/language/*.md`.
//!
//! A heading is a test. Its `cw` blocks are one project: each is a file (`cw file=NAME.cw` names it), and other fences with a
//! `file=` are files beside it. A comment `// error: CW0201` or `// warning: CW0502` at the end of a line expects a diagnostic that
//! starts on this line; a text in quotes after it must be part of the message, the label or the help. Every error must be expected; warnings
//! are looked at only under headings that expect one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]
#![allow(clippy::disallowed_methods, reason = "the tests read the repository they are in")]

use clearway_diagnostics::{Report, Severity};
use clearway_tests::{Fixture, MANIFEST, files_below, line, repository};

struct Case {
    heading: String,
    fixture: Fixture,
    expected: Vec<Expectation>,
}

#[derive(Debug)]
struct Expectation {
    file: String,
    line: u32,
    severity: Severity,
    code: String,
    text: Option<String>,
}

fn cases(markdown: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut fence: Option<(String, String)> = None;
    for text in markdown.lines() {
        match (&mut fence, text.strip_prefix("```")) {
            (None, Some(info)) => {
                let file = info.split_once("file=").map(|(_, file)| file.trim().to_owned());
                let count = cases.last().map_or(0, |case| case.fixture.sources.len());
                let name = if count == 0 { "main.cw".to_owned() } else { format!("main{count}.cw") };
                fence = Some((file.unwrap_or(name), String::new()));
            }
            (None, None) => {
                if let Some(heading) = text.strip_prefix('#') {
                    let heading = heading.trim_start_matches('#').trim().to_owned();
                    let fixture = Fixture { manifest: MANIFEST.to_owned(), ..Fixture::default() };
                    cases.push(Case { heading, fixture, expected: Vec::new() });
                }
            }
            (Some((file, body)), Some(_)) => {
                if let Some(case) = cases.last_mut() {
                    case.expected.extend(expectations(file, body));
                    case.fixture.add(file, body);
                }
                fence = None;
            }
            (Some((_, body)), None) => {
                body.push_str(text);
                body.push('\n');
            }
        }
    }
    cases.retain(|case| !case.fixture.sources.is_empty());
    cases
}

fn expectations(file: &str, body: &str) -> Vec<Expectation> {
    let mut found = Vec::new();
    for (index, text) in body.lines().enumerate() {
        for (word, severity) in [("// error: ", Severity::Error), ("// warning: ", Severity::Warning)] {
            for part in text.split(word).skip(1) {
                let code = part.split_whitespace().next().unwrap_or_default().to_owned();
                let message = part.split('"').nth(1).map(str::to_owned);
                found.push(Expectation {
                    file: file.to_owned(),
                    line: index as u32 + 1,
                    severity,
                    code,
                    text: message,
                });
            }
        }
    }
    found
}

fn meets(report: &Report, expected: &Expectation) -> bool {
    let at = report.primary();
    let says = |text: &String| {
        report.message.contains(text)
            || at.message.contains(text)
            || report.help.as_ref().is_some_and(|help| help.contains(text))
    };
    at.file == expected.file
        && at.start.line == expected.line
        && report.severity == expected.severity
        && report.code == expected.code
        && expected.text.as_ref().is_none_or(says)
}

#[test]
fn the_language_is_as_it_is_described() {
    let mut count = 0;
    let mut failures = Vec::new();
    for path in files_below(&repository().join("tests/language")) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for case in cases(&std::fs::read_to_string(&path).unwrap()) {
            count += 1;
            let warnings = case.expected.iter().any(|expected| expected.severity == Severity::Warning);
            let mut reports = case.fixture.reports();
            reports.retain(|report| report.severity == Severity::Error || warnings);
            let mut wrong = Vec::new();
            for expected in &case.expected {
                match reports.iter().position(|report| meets(report, expected)) {
                    Some(at) => drop(reports.remove(at)),
                    None => wrong.push(format!("expected, and not found: {expected:?}")),
                }
            }
            wrong.extend(reports.iter().map(|report| format!("found: {} ({:?})", line(report), report.help)));
            if !wrong.is_empty() {
                failures.push(format!("{name}, \"{}\":\n  {}", case.heading, wrong.join("\n  ")));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(count >= 50, "only {count} tests were found");
}
