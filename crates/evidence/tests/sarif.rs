//! SARIF: which results count, and how serious they are.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod common;

use clearway_evidence::{Code, Filter, ItemKind, NoteCode, Reader, Report, Severity};
use common::{code, figure, figure_of, notes, refusal, report, samples};

/// A log with one run that has these results and rules.
fn log(results: &str, rules: &str) -> String {
    format!(
        r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "T", "rules": [{rules}]}}}}, "results": [{results}]}}]}}"#
    )
}

fn sarif(results: &str, rules: &str) -> Report {
    report(Reader::Sarif, log(results, rules))
}

/// How many open findings have exactly each severity, the worst first, and how many have none.
fn by(report: &Report) -> [u64; 6] {
    let all = report.findings.as_ref().unwrap().all();
    let [info, low, medium, high, critical] = Severity::ALL.map(|severity| all.exactly(severity));
    [critical, high, medium, low, info, all.unknown]
}

#[test]
fn the_security_severity_wins_over_the_level() {
    let report = report(Reader::Sarif, samples::SARIF);
    assert_eq!(by(&report), [1, 0, 0, 1, 0, 0], "all at `warning`, and one is critical");
    assert_eq!(figure(&report, "findings.suppressed"), "1");
    assert_eq!(figure_of(&report, "findings.count", &Filter::severity(Severity::High)), "1");
    let first = &report.items.list()[0];
    assert_eq!(
        (first.id.as_str(), first.location.as_deref(), first.severity),
        ("sql-injection", Some("src/pay.rs:12"), Some(Severity::Critical))
    );
    assert_eq!(first.fingerprint.as_deref(), Some("abc:1"));
    assert!(report.items.list().iter().any(|item| matches!(item.kind, ItemKind::Suppressed(_))));
    assert_eq!(report.origin.commits.len(), 1);
    assert_eq!(report.origin.times.unwrap().0.to_string(), "2026-11-02T08:00:00Z");
    assert_eq!(report.origin.tools.iter().next().unwrap(), "Scout 2.1");
}

#[test]
fn a_level_that_is_not_written_is_that_of_the_rule_or_warning() {
    let rules = r#"{"id": "e", "defaultConfiguration": {"level": "error"}}, {"id": "n", "defaultConfiguration": {"level": "none"}}, {"id": "s", "properties": {"security-severity": 7.5}}"#;
    let results = r#"{"ruleId": "e"}, {"ruleId": "e/sub"}, {"ruleIndex": 1}, {"ruleId": "unknown"}, {"rule": {"id": "s", "index": 2}}, {"ruleId": "e", "level": "note"}, {"ruleId": "e", "properties": {"security-severity": "9.1"}}"#;
    assert_eq!(by(&sarif(results, rules)), [1, 3, 1, 1, 1, 0]);
}

#[test]
fn rules_of_extensions_and_overrides_of_the_run_are_found() {
    let text = r#"{"version": "2.1.0", "runs": [{
        "invocations": [{"executionSuccessful": true, "ruleConfigurationOverrides": [{"descriptor": {"id": "o"}, "configuration": {"level": "error"}}]}],
        "results": [{"ruleId": "x", "rule": {"index": 0, "toolComponent": {"index": 0}}}, {"ruleId": "o"}],
        "tool": {"extensions": [{"name": "pack", "rules": [{"id": "x", "properties": {"security-severity": "9.9"}}]}], "driver": {"name": "T", "rules": [{"id": "o"}]}}}]}"#;
    assert_eq!(by(&report(Reader::Sarif, text)), [1, 1, 0, 0, 0, 0]);
}

#[test]
fn what_did_not_fail_does_not_count_and_what_is_undecided_does() {
    let results = r#"{"kind": "pass"}, {"kind": "notApplicable"}, {"kind": "informational", "level": "none"}, {"kind": "open", "level": "none"}, {"kind": "review"}, {"kind": "fail", "level": "error"}"#;
    assert_eq!(by(&sarif(results, "")), [0, 1, 2, 0, 1, 0]);
}

#[test]
fn only_accepted_suppressions_suppress() {
    let of = |list: &str| figure(&sarif(&format!(r#"{{"suppressions": {list}}}"#), ""), "findings.count");
    assert_eq!(of("[]"), "1");
    assert_eq!(of("null"), "1");
    assert_eq!(of(r#"[{"kind": "inSource"}]"#), "0");
    assert_eq!(of(r#"[{"kind": "external", "status": "accepted"}]"#), "0");
    assert_eq!(of(r#"[{"kind": "external", "status": "underReview"}]"#), "1");
    assert_eq!(of(r#"[{"kind": "external", "status": "rejected"}]"#), "1");
    assert_eq!(of(r#"[{"kind": "inSource"}, {"kind": "external", "status": "underReview"}]"#), "1");
}

#[test]
fn a_baseline_says_what_is_new_and_what_is_gone() {
    let results = r#"{"baselineState": "new", "level": "error"}, {"baselineState": "unchanged"}, {"baselineState": "updated"}, {"baselineState": "absent"}"#;
    let report = sarif(results, "");
    assert_eq!(
        (figure(&report, "findings.count"), figure(&report, "findings.new")),
        ("3".into(), "1".into())
    );
    assert_eq!(figure(&sarif("{}", ""), "findings.new"), "-", "without a baseline nobody knows what is new");
}

#[test]
fn a_level_that_does_not_exist_counts_at_every_severity() {
    let report = sarif(r#"{"level": "catastrophic"}"#, "");
    assert_eq!(by(&report), [0, 0, 0, 0, 0, 1]);
    assert_eq!(figure_of(&report, "findings.count", &Filter::severity(Severity::Critical)), "1");
    assert_eq!(notes(&report), [NoteCode::SeverityMissing]);
}

#[test]
fn a_log_that_says_nothing_is_no_clean_log() {
    for (text, expected) in [
        (r#"{"version": "2.1.0", "runs": []}"#, Code::NoResults),
        (r#"{"version": "2.1.0"}"#, Code::MissingField),
        (r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "T"}}}]}"#, Code::NoResults),
        (
            r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "T"}}, "results": null}]}"#,
            Code::NoResults,
        ),
        (
            r#"{"version": "2.1.0", "runs": [{"results": [], "externalPropertyFileReferences": {"results": [{"guid": "x"}]}}]}"#,
            Code::NoResults,
        ),
        (
            r#"{"version": "2.1.0", "runs": [{"results": [], "invocations": [{"executionSuccessful": false}]}]}"#,
            Code::ToolFailed,
        ),
        (r#"{"version": "1.0.0", "runs": [{"results": []}]}"#, Code::UnsupportedVersion),
        (r#"{"version": "2.1.0", "runs": [{"results": [], "results": []}]}"#, Code::DuplicateKey),
        (
            r#"{"version": "2.1.0", "runs": [{"results": [{"level": "note", "level": "error"}]}]}"#,
            Code::DuplicateKey,
        ),
        (r#"{"version": "2.1.0", "runs": [{"results": [1]}]}"#, Code::WrongFormat),
        (r#"{"version": "2.1.0", "runs": [{"results": []}]} {}"#, Code::Malformed),
        (r#"{"version": "2.1.0", "runs": [{"results": [NaN]}]}"#, Code::Malformed),
        (r#"{"results": [], "errors": []}"#, Code::WrongFormat),
        ("[]", Code::WrongFormat),
        ("null", Code::NullReport),
        (" null\n", Code::NullReport),
        ("<html>", Code::HtmlPage),
    ] {
        assert_eq!(code(Reader::Sarif, text), expected, "{text}");
    }
    let told = refusal(Reader::Sarif, r#"{"results": [], "errors": []}"#).message;
    assert!(told.contains("It looks like a report for `semgrep`"), "{told}");
}

#[test]
fn errors_of_the_tool_cast_doubt() {
    let text = r#"{"version": "2.1.0", "runs": [{"results": [], "invocations": [{"executionSuccessful": true, "toolExecutionNotifications": [{"level": "error"}, {"level": "note"}]}]}]}"#;
    let report = report(Reader::Sarif, text);
    assert_eq!((notes(&report), report.doubts().count()), (vec![NoteCode::ToolErrors], 1));
}

#[test]
fn the_worst_are_listed_wherever_they_stand() {
    let mut results: Vec<String> = (0..20_000)
        .map(|n| format!(r#"{{"ruleId": "n", "level": "note", "message": {{"text": "{n}"}}}}"#))
        .collect();
    results.push(r#"{"ruleId": "late", "level": "error"}"#.to_owned());
    let report = sarif(&results.join(","), "");
    assert_eq!(report.items.list()[0].id, "late");
    assert_eq!((report.items.list().len(), report.items.omitted), (1000, 19_001));
    assert_eq!(figure(&report, "findings.count"), "20001");
}
