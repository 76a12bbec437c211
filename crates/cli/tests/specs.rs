//! `clearway test` on the built binary: what is tried, and what is told of it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "the tests write the files that the binary reads")]

use std::fs;
use std::process::Command;

use serde_json::Value;

const SPEC: &str = r#"team payments { members = [ana, ben] }
environment production {
  tier    = production
  windows = [office-hours]
}
window office-hours { days = Mon..Thu  hours = 09:00..16:00  timezone = "Europe/Berlin" }
gate checked { evidence = junit("r.xml")  require tests.failed == 0 }
approval standard { step peer { from = payments } }
service ledger { version = 2.0.0  owner = payments  provides api 2.0.0; at 1.9.0 { provides api 1.9.0 } }
service checkout { version = 3.4.0  owner = payments  requires ledger.api ^2 }
release r {
  ship checkout
  ship ledger
  stage production { gates = [checked]  approval = standard }
}
"#;

fn tried(tests: &str, format: &str) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("clearway.toml"), "[project]\nname = \"shop\"\n").unwrap();
    fs::write(folder.path().join("main.cw"), SPEC).unwrap();
    fs::write(folder.path().join("tests.cw"), tests).unwrap();
    let state = r#"{"clearway": 1, "environment": "production", "services": {
        "ledger": {"version": "2.0.0", "provides": {"api": ["2.0.0"]}, "requires": []},
        "checkout": {"version": "3.4.0", "provides": {}, "requires": []}}}"#;
    fs::write(folder.path().join("new.json"), state).unwrap();
    let arguments = ["test", folder.path().to_str().unwrap(), "--format", format];
    let output = Command::new(env!("CARGO_BIN_EXE_clearway")).args(arguments).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn tests_that_hold_are_a_line_each() {
    let tests = r#"
test "as it is" { expect clean  expect order [ledger, checkout] }
test "the old ledger" { ship ledger 1.9.0  expect error CW0402 about "ledger.api" }
test "monday" { timezone = "Europe/Berlin"  at 2026-11-02T10:00  expect open production }
test "sunday" { at 2026-11-01T10:00Z  expect closed production }
"#
    .replace("  expect", "; expect");
    let (code, text) = tried(&tests, "text");
    assert_eq!(
        (code, text.as_str()),
        (0, "ok      as it is\nok      the old ledger\nok      monday\nok      sunday\n")
    );
}

#[test]
fn what_does_not_come_as_expected_is_told_with_its_place() {
    let tests = "test \"an order\" { expect order [checkout, ledger] }\n\
                 test \"an error\" { expect error CW0402 }\n\
                 test \"only one of two\" { ship ledger 1.9.0; expect warning CW0502 }\n\
                 test \"nothing moves\" { deployed production from state(\"new.json\"); expect order [ledger, checkout] }\n\
                 test \"an hour\" { at 2026-11-01T10:00Z; expect open production }\n\
                 test \"a surprise\" { ship ledger 1.9.0; expect closed production; at 2026-11-01T10:00Z }\n";
    let (code, text) = tried(tests, "text");
    assert_eq!(code, 1);
    let says = |line: &str| assert!(text.contains(line), "{line}\n{text}");
    says("FAILED  an order\n          expected the order checkout, ledger (tests.cw:1)");
    says("found    in `production` of `r`: `checkout` in wave 2, `ledger` in wave 1");
    says(
        "expected error CW0402 (unmet-requirement) (tests.cw:2)\n          found    neither an error nor a warning",
    );
    says("expected warning CW0502 (no-owner) (tests.cw:3)\n          found    error CW0402");
    says(
        "FAILED  nothing moves\n          expected the order ledger, checkout (tests.cw:4)\n          found    no release moves all of them",
    );
    says("expected `production` is open (tests.cw:5)");
    says("FAILED  a surprise");
}

#[test]
fn an_error_that_nothing_expects_fails_a_test() {
    let (code, json) =
        tried("test \"x\" { ship ledger 1.9.0; expect error no-safe-order; expect error CW0402 }\n", "json");
    let told: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(code, 1);
    assert_eq!(told["tests"][0]["failures"][0]["expected"], "error CW0407 (no-safe-order)");
    assert_eq!(told["tests"][0]["place"]["line"], 1);
}

#[test]
fn junit_is_read_by_what_reads_junit() {
    let (code, xml) = tried(
        "test \"a < b & \\\"c\\\"\" { expect error CW0402 }\ntest \"fine\" { expect clean }\n",
        "junit",
    );
    assert_eq!(code, 1);
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>"), "{xml}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.xml");
    fs::write(&path, &xml).unwrap();
    let arguments = ["evidence", "show", path.to_str().unwrap(), "--format", "json"];
    let output = Command::new(env!("CARGO_BIN_EXE_clearway")).args(arguments).output().unwrap();
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(shown[0]["reader"], "junit");
    assert_eq!(
        (&shown[0]["metrics"]["tests.total"], &shown[0]["metrics"]["tests.failed"]),
        (&2.into(), &1.into())
    );
}
