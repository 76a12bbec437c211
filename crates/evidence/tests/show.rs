//! What a person or a script sees of files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed, and these read files of the machine"
)]

mod common;

use clearway_evidence::{Limits, Meaning, Reader, Severity, Shown, show, write_json, write_table};
use common::samples;

fn shown() -> Vec<Shown> {
    let limits = Limits::default();
    vec![
        show("reports/unit.xml", None, samples::JUNIT.as_bytes(), &limits),
        show("trivy \"1\".json", Some(Reader::Trivy), samples::TRIVY.as_bytes(), &limits),
        show("empty.json", None, &b""[..], &limits),
        show("wrong.xml", Some(Reader::Junit), &b"<coverage/>"[..], &limits),
        Shown::unreadable("gone.xml", "no such file"),
    ]
}

#[test]
fn json_is_a_list_of_files_with_four_keys() {
    let mut out = Vec::new();
    write_json(&shown(), &mut out).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
    let files = json.as_array().unwrap();
    assert_eq!(files.len(), 5);
    for file in files {
        assert_eq!(
            file.as_object().unwrap().keys().collect::<Vec<_>>(),
            ["file", "metrics", "reader", "refused"]
        );
    }
    assert_eq!(files[0]["file"], "reports/unit.xml");
    assert_eq!(files[0]["reader"], "junit");
    assert_eq!(files[0]["metrics"]["tests.total"], 7);
    assert_eq!(files[0]["metrics"]["tests.failed(tag = \"critical-journey\")"], 0);
    assert_eq!(files[0]["metrics"]["tests.pass-rate"], 66.666_666);
    assert_eq!(files[0]["refused"], serde_json::Value::Null);
    assert_eq!(files[1]["file"], "trivy \"1\".json");
    assert_eq!(files[1]["metrics"]["vulnerabilities.count(severity = critical)"], 1);
    assert_eq!(files[2]["reader"], serde_json::Value::Null);
    assert_eq!(files[2]["metrics"], serde_json::json!({}));
    assert_eq!(files[2]["refused"]["code"], "empty");
    assert_eq!(files[3]["reader"], "junit");
    assert_eq!(files[3]["refused"]["code"], "wrong-format");
    assert_eq!(files[4]["refused"]["message"], "the file cannot be read: no such file");
    let mut none = Vec::new();
    write_json(&[], &mut none).unwrap();
    assert_eq!(String::from_utf8(none).unwrap(), "[]\n");
}

#[test]
fn the_table_says_what_a_gate_would_see() {
    let mut out = Vec::new();
    write_table(&shown(), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let expected = r#"reports/unit.xml  (junit)
  tests.total                              7
  tests.total(tag = "critical-journey")    1
  tests.passed                             4
  tests.failed                             1
  tests.failed(tag = "critical-journey")   0
  tests.errored                            1
  tests.errored(tag = "critical-journey")  0
  tests.skipped                            1
  tests.flaky                              1
  tests.missing                            0
  tests.pass-rate                          66.66% (4 of 6)
  of commit: 0f1e2d3c4b5a69788796a5b4c3d2e1f001122334
  at: 2026-11-02T07:00:00Z
  - failed checkout.Pay.voucher at tests/checkout.py: expected 12.00 < 11.50
  - errored checkout.Pay.gift at tests/checkout.py: Timeout
  - flaky checkout.Pay.retry at tests/checkout.py: once

trivy "1".json  (trivy)
  findings.count           4  (critical 1, high 2, low 1)
  findings.suppressed      1  (high 1)
  vulnerabilities.count    2  (critical 1, low 1)
  misconfigurations.count  1  (high 1)
  secrets.count            1  (high 1)
"#;
    assert!(text.starts_with(expected), "{text}");
    let end = r"
empty.json
  refused: the file is empty: an absent report is not a clean one [empty]

wrong.xml  (junit)
  refused: this is not JUnit test results, which begin with `<testsuites>` or `<testsuite>`: it begins with `<coverage>`, which `cobertura` would read (line 1) [wrong-format]

gone.xml
  refused: the file cannot be read: no such file [unreadable]
";
    assert!(text.ends_with(end), "{text}");
}

#[test]
fn the_same_files_give_the_same_bytes() {
    let bytes = || {
        let mut out = Vec::new();
        write_json(&shown(), &mut out).unwrap();
        write_table(&shown(), &mut out).unwrap();
        out
    };
    assert_eq!(bytes(), bytes());
}

#[test]
fn every_figure_has_a_metric_of_the_standard_library() {
    let library = concat!(env!("CARGO_MANIFEST_DIR"), "/../../stdlib/metrics.cw");
    let library = std::fs::read_to_string(library).unwrap();
    let declared: Vec<&str> = library
        .lines()
        .filter_map(|line| line.strip_prefix("metric "))
        .filter_map(|rest| rest.split(['(', ' ']).next())
        .collect();
    let mut seen = std::collections::BTreeSet::new();
    for (reader, text) in samples::ALL {
        for (name, _) in common::report(*reader, text).figures() {
            let (metric, filter) = name.split_once('(').unwrap_or((&name, ""));
            assert!(
                declared.contains(&metric),
                "{reader} measures `{metric}`, which stdlib/metrics.cw does not declare"
            );
            let parameter = filter.split(" = ").next().unwrap_or_default();
            let line = library.lines().find(|line| line.starts_with(&format!("metric {metric}"))).unwrap();
            assert!(line.contains(parameter), "`{metric}` has no parameter `{parameter}`");
            seen.insert(metric.to_owned());
        }
    }
    assert!(seen.len() > 35, "only {} metrics are measured by the samples", seen.len());
}

#[test]
fn every_reader_of_files_is_a_function_of_the_language() {
    let library = concat!(env!("CARGO_MANIFEST_DIR"), "/../../stdlib/vocabulary/functions.cw");
    let library = std::fs::read_to_string(library).unwrap();
    // A table needs more than files: its mapping.
    for reader in Reader::all().filter(|reader| *reader != Reader::Table) {
        let function = format!("function {reader}(files: text or list(text)) : report");
        assert!(library.contains(&function), "stdlib/vocabulary/functions.cw lacks `{function}`");
    }
    let mapping = library.split_once("function table(").unwrap().1.split_once(") : report").unwrap().0;
    let words = Meaning::ALL.map(Meaning::name).into_iter();
    for parameter in words
        .map(|word| format!("{word}: text"))
        .chain(Severity::ALL.map(|word| format!("{word}: list(text)")))
    {
        assert!(mapping.contains(&parameter), "`table` lacks `{parameter}`");
    }
}

#[test]
fn codes_and_readers_have_names_in_kebab_case_of_their_own() {
    let codes = clearway_evidence::Code::ALL.iter().map(|code| code.name());
    let notes = clearway_evidence::NoteCode::ALL.iter().map(|code| code.name());
    let names: Vec<&str> = codes.chain(notes).chain(Reader::all().map(Reader::name)).collect();
    let distinct: std::collections::BTreeSet<&&str> = names.iter().collect();
    assert_eq!(distinct.len(), names.len());
    for name in names {
        assert!(
            name.split('-')
                .all(|part| !part.is_empty()
                    && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())),
            "{name}"
        );
    }
    assert_eq!("trivy".parse(), Ok(Reader::Trivy));
    assert!("nessus".parse::<Reader>().unwrap_err().contains("junit"));
}
