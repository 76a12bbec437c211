//! `clearway report` on the built binary.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "the tests write the files that the binary reads")]

use std::fs;
use std::path::Path;
use std::process::Command;

use clearway_tests::keys::{PRIVATE, public_pem};
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

/// The payments example with its pipelines.
fn payments() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let copied = |from: &str, to: &str| {
        let from = clearway_tests::repository().join(from);
        for path in clearway_tests::files_below(&from) {
            let at = folder.path().join(to).join(path.strip_prefix(&from).unwrap());
            fs::create_dir_all(at.parent().unwrap()).unwrap();
            fs::copy(path, at).unwrap();
        }
    };
    copied("examples/shared", "shared");
    copied("examples/payments", "payments");
    // What the example names is the key of somebody: records of a test are signed with one that everybody knows.
    fs::write(folder.path().join("payments/audit/ledger-keys.pem"), public_pem()).unwrap();
    let (code, said) = ahead(&folder.path().join("payments"), &["build", "--target", "github", "--out", "."]);
    assert_eq!(code, 0, "{said}");
    folder
}

/// What the binary says in a project, errors included.
fn ahead(project: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clearway"));
    command.args(arguments).current_dir(project).env("CLEARWAY_LEDGER_KEY", PRIVATE);
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

#[test]
fn what_looks_ahead_tells_what_the_plan_says() {
    let folder = payments();
    let project = folder.path().join("payments");
    let says = |kind: &str, words: &[&str]| {
        let (code, text) = ahead(&project, &["report", kind]);
        assert_eq!(code, 0, "{kind}: {text}");
        words.iter().for_each(|word| assert!(text.contains(word), "{kind} does not say {word:?}:\n{text}"));
    };
    says(
        "board",
        &[
            "# Board record: weekly",
            "- regulated, controller: 1 of finance-controller, within 1 business-day",
            "waived until 2026-11-21",
            "## Risks",
            "Nothing is on record.",
        ],
    );
    says(
        "readiness",
        &["- [ ] gate coverage: coverage.branches >= 85%", "no longer ago than 7 d", "nothing is ticked"],
    );
    says("release-notes", &["- payment-api: 6.4.0 → 7.0.0", "in shares: 1%, 10%, 50%, 100%."]);
    says(
        "runbook",
        &["- wave 2: payment-api from 6.4.0 to 7.0.0", "alert payments-fail (critical)", "## Whom to call"],
    );
    says("rollback-plan", &["- sent-back: 1 of on-call", "- wave 2: payment-api from 7.0.0 back to 6.4.0"]);
    let (_, plan) = ahead(&project, &["report", "rollback-plan"]);
    let at = |text: &str| plan.find(text).unwrap();
    assert!(at("## production-apac") < at("## production-eu"), "what came last goes back first");
    assert!(
        at("payment-api from 7.0.0 back") < at("ledger from 4.2.0 back"),
        "waves are undone from the last"
    );
}

#[test]
fn what_looks_ahead_ticks_what_is_on_record_and_nothing_else() {
    let folder = payments();
    let project = folder.path().join("payments");
    let report = r#"<testsuites tests="1" failures="0"><testsuite name="a" tests="1" failures="0"><testcase name="b" classname="a" time="1"/></testsuite></testsuites>"#;
    fs::write(project.join("one.xml"), report).unwrap();
    // A gate of the release that asks for one report: it is decided, and recorded.
    let plan = fs::read_to_string(project.join(".clearway/plan.json")).unwrap();
    let mut plan: Value = serde_json::from_str(&plan).unwrap();
    plan["gates"]["tests"]["evidence"] = serde_json::json!([{"reader": "junit", "sources": ["one.xml"]}]);
    plan["gates"]["tests"]["requires"].as_array_mut().unwrap().truncate(1);
    fs::write(project.join(".clearway/plan.json"), plan.to_string()).unwrap();
    let subject = format!("--subject=ledger=4.2.0@sha256:{}", "5c".repeat(32));
    let commit = "0".repeat(40);
    let mut decide =
        vec!["gate", "run", "tests", "--plan", ".clearway/plan.json", "--ledger", "now", "--run", "7"];
    decide.extend(["--release", "weekly", "--stage", "staging", "--commit", &commit, &subject]);
    let (code, said) = ahead(&project, &decide);
    assert_eq!(code, 0, "{said}");
    let ticked = |arguments: &[&str]| {
        let (code, text) = ahead(&project, &[&["report", "readiness"], arguments].concat());
        assert_eq!(code, 0, "{text}");
        let ticked = text.lines().filter(|line| line.starts_with("- [x]") || line.starts_with("## "));
        ticked.map(|line| line.split(':').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let here = ticked(&["--ledger", "now"]);
    let at = here.iter().position(|line| line == "- [x] gate tests").expect("the gate is ticked");
    assert_eq!(here[at - 1], "## staging (staging)");
    assert_eq!(here.iter().filter(|line| line.starts_with("- [x]")).count(), 1, "{here:?}");
    for arguments in [&[] as &[&str], &["--ledger", "now", "--run", "8"]] {
        assert!(!ticked(arguments).iter().any(|line| line.starts_with("- [x]")), "{arguments:?}");
    }
    let (code, said) = ahead(&project, &["report", "board", "--release", "monthly"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("the releases are: weekly"), "{said}");
}

#[test]
fn a_template_of_ones_own_is_filled_in_or_told_what_it_lacks() {
    let folder = payments();
    let project = folder.path().join("payments");
    let filled = |template: &str| {
        fs::write(project.join("own.md"), template).unwrap();
        ahead(&project, &["report", "runbook", "--template", "own.md"])
    };
    let (code, text) = filled("{% for release in releases %}{{ release.name }} of {{ project }}{% endfor %}");
    assert_eq!((code, text.as_str()), (0, "weekly of payments"));
    let (code, text) = filled("{{ releases[0].nothing }}");
    assert_eq!(code, 2);
    assert!(text.contains("`--format json` prints what a template is filled in with"), "{text}");
}
