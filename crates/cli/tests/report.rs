//! `clearway report` on the built binary.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "the tests write the files that the binary reads")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const SPEC: &str = r#"team payments { members = [ana, ben] }
role board { members = [carla, payments] }
role head { members = [dora] }
environment staging { tier = staging }
environment production { tier = production  credentials = oidc("deploy", ttl = 15 m) }
gate tests { evidence = junit("r.xml")  require tests.failed == 0 }
approval standard {
  step peer  { from = owner }
  step board { from = board  need = 2  within = 1 d  escalate = head }
}
approval quick { step board { from = board } separate none }
service ledger { version = 2.0.0  owner = payments }
release r {
  ship ledger
  stage staging { gates = [tests] }
  stage production { gates = [tests]  approval = standard  emergency = quick }
  rollback { approval = quick }
}
"#;

fn report(kind: &str, spec: &str, format: &str) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("clearway.toml"), "[project]\nname = \"shop\"\n").unwrap();
    fs::write(folder.path().join("main.cw"), spec).unwrap();
    run(kind, folder.path(), format)
}

fn run(kind: &str, project: &Path, format: &str) -> (i32, String) {
    let arguments = ["report", kind, project.to_str().unwrap(), "--format", format];
    let output = Command::new(env!("CARGO_BIN_EXE_clearway")).args(arguments).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn access_is_derived_for_every_person_and_path() {
    let (code, csv) = report("access", SPEC, "csv");
    assert_eq!(code, 0);
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "who,does,through,release,path,environment,by,of how many,unless,where");
    let has = |line: &str| assert!(lines.contains(&line), "{line}\n{csv}");
    has(
        "ana,approves,payments,r,release,production,\"approval standard, step peer\",1,\"author, deployer\",main.cw:7",
    );
    // A role's teams are taken apart, and a chain that keeps nobody apart excludes nothing.
    has("ana,approves,board,r,emergency,production,\"approval quick, step board\",1,,main.cw:11");
    has("carla,approves,board,r,rollback,production,\"approval quick, step board\",1,,main.cw:11");
    has(
        "dora,is asked when nobody answers,head,r,release,production,\"approval standard, step board\",,,main.cw:7",
    );
    has("the pipeline,deploys,,r,release,production,role deploy for 900 s,,,main.cw:5");
    has("the pipeline,deploys,,r,release,staging,no credentials of its own,,,main.cw:4");
    assert!(!csv.contains("dora,approves"), "who is only asked when others do not answer does not agree");

    let (_, json) = report("access", SPEC, "json");
    let data: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(data["grants"].as_array().unwrap().len(), lines.len() - 1);
    assert_eq!(data["grants"][0]["who"]["person"], "ana");
    let (_, markdown) = report("access", SPEC, "markdown");
    assert!(
        markdown.starts_with("# Who may do what in `shop`\n\n4 people take part in releases.\n"),
        "{markdown}"
    );
}

#[test]
fn a_person_who_leaves_a_group_leaves_the_report() {
    let without = SPEC.replace("members = [carla, payments]", "members = [payments]");
    assert!(report("access", SPEC, "csv").1.contains("carla"));
    assert!(!report("access", &without, "csv").1.contains("carla"));
}

#[test]
fn nothing_is_reported_of_a_spec_that_does_not_hold() {
    let (code, json) = report("access", &SPEC.replace("need = 2", "ned = 2"), "json");
    let told: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, told[0]["code"].as_str()), (1, Some("CW0302")));
}

const AUDITED: &str = r#"use std.frameworks.{ gdpr, hipaa, iso27001, nist-800-53, pci, slsa, soc2, sox }
policy compliance : gdpr, hipaa, iso27001, nist-800-53, pci, slsa, soc2, sox { }
waiver outage {
  controls      = ["SOX-CM-5"]
  incident      = "INC-1"
  approver      = ana
  expires       = 2027-01-15
  retrospective = 2027-01-20
  reason        = "the chain of emergencies is being written"
}
"#;

#[test]
fn every_framework_is_judged_and_every_control_has_a_row() {
    let (code, json) = report("control-matrix", &format!("{AUDITED}{SPEC}"), "json");
    let data: Value = serde_json::from_str(&json).unwrap();
    let controls = data["controls"].as_array().unwrap();
    assert_eq!(code, 1);
    assert!(controls.len() > 40, "{} controls", controls.len());
    let of = |id: &str| {
        controls.iter().find(|control| control["id"] == id).unwrap_or_else(|| panic!("no {id}\n{json}"))
    };
    assert_eq!(of("SOX-CM-1")["status"], "met");
    assert_eq!(of("SOX-CM-1")["constructs"][0]["what"], "stage `production` of release `r`");
    assert_eq!(of("SOX-CM-1")["constructs"][0]["place"]["line"], 26);
    assert_eq!(of("SOX-CM-6")["status"], "unmet", "nothing says how long records are kept");
    assert_eq!(of("164.312(b)")["status"], "uncovered", "nothing here holds health data");
    assert_eq!(of("CC8.1 (ownership)")["status"], "met");
    assert_eq!(of("CM-4")["status"], "unmet", "no gate counts vulnerabilities");
    for control in controls {
        let word = control["status"].as_str().unwrap();
        assert_eq!(word == "uncovered", control["constructs"].as_array().unwrap().is_empty(), "{control}");
        assert!(control["text"].as_str().unwrap().ends_with('.'), "{control}");
    }
}

#[test]
fn a_construct_that_is_taken_away_changes_the_matrix() {
    let matrix = |spec: &str| report("control-matrix", &format!("{AUDITED}{spec}"), "csv").1;
    let whole = matrix(SPEC);
    let unmet = |csv: &str, id: &str| csv.lines().any(|line| line.contains(id) && line.contains(",unmet,"));
    for (gone, control) in [
        ("gates = [tests]  approval", "SOX-CM-2"),
        ("  rollback { approval = quick }\n", "SOX-CM-7"),
        ("  credentials = oidc(\"deploy\", ttl = 15 m)", "CM-5"),
    ] {
        let without = matrix(&SPEC.replace(gone, if gone.starts_with("gates") { "approval" } else { "" }));
        assert!(!unmet(&whole, control), "{control}\n{whole}");
        assert!(unmet(&without, control), "{control}\n{without}");
    }
    let kept = matrix(&format!("{SPEC}retention archive {{ keep records for 7 years }}\n"));
    assert!(unmet(&whole, "SOX-CM-6") && !unmet(&kept, "SOX-CM-6"));
    let alone = matrix(&SPEC.replace("emergency = quick", ""));
    let waived = alone.lines().find(|line| line.contains("SOX-CM-5")).unwrap();
    assert!(waived.contains(",waived,") && waived.ends_with(",outage"), "{waived}");
}

#[test]
fn the_reference_is_written_and_the_schema_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let clearway = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_clearway")).args(arguments).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let out = folder.path().join("reference");
    assert_eq!(clearway(&["doc", "--out", out.to_str().unwrap()]).0, 0);
    let page = fs::read_to_string(out.join("kinds/waiver.md")).unwrap();
    assert!(page.contains("| `approver` | a person | required | Who allows it. |"), "{page}");
    let (code, schema) = clearway(&["doc", "--schema"]);
    let schema: Value = serde_json::from_str(&schema).unwrap();
    assert_eq!((code, schema["$defs"]["kind.waiver"]["required"][0].as_str()), (0, Some("approver")));
    assert_eq!(clearway(&["doc"]).0, 2, "one of the two is asked for");
}
