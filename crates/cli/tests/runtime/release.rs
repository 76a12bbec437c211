//! A release that goes out and comes back, and the decisions on its way.

use std::fs;

use serde_json::{Value, json};

use super::pipeline::{CHECKOUT, LEDGER, Pipeline, reviews};
use crate::common::{COMMIT, plan_json, write_plan};

#[test]
fn a_release_goes_out_and_comes_back() {
    let pipeline = Pipeline::new();
    pipeline.write("authors.json", "[\"wes\"]");
    pipeline.plain("ledger verify --ledger records").passes();
    assert_eq!(pipeline.plain("ledger state production --ledger records").code, 1);
    pipeline.call("setup", "record adopt production --release train").passes();
    assert_eq!(pipeline.state()["ledger"], json!({"version": "1.0.0"}));

    // Nothing is deployed before gate and approvals.
    pipeline.step("7", "begin", "deploy-production-ledger", "").stops("has not been decided in this run");
    assert_eq!(pipeline.last_output("go").as_deref(), Some("false"));

    // The gate, on bad evidence and on good.
    pipeline.gate("7").stops("the reports cannot be listed");
    pipeline.write("evidence/other.txt", "");
    pipeline.gate("7").stops("the report is missing");
    pipeline.write(
        "evidence/reports/a.xml",
        "<testsuite name=\"s\"><testcase name=\"a\"><failure/></testcase></testsuite>",
    );
    pipeline.gate("7").stops("fails");
    pipeline.write("evidence/reports/a.xml", "<testsuite name=\"s\"><testcase name=\"a\"/></testsuite>");
    pipeline.gate("7").passes();

    // Approvals: nobody, the author, one person twice, an outsider; then the right ones.
    let file = "--approvals approvals.json";
    let no_file = pipeline.approval("7", "peer-review", &json!([]), "--approvals nowhere.json");
    assert_eq!(no_file.code, 2, "{}{}", no_file.out, no_file.err);
    let no_platform = pipeline.approval("7", "peer-review", &json!([]), "");
    assert_eq!(no_platform.code, 2);
    pipeline.approval("7", "peer-review", &json!([]), file).stops("must agree, and 0 did");
    pipeline
        .approval("7", "peer-review", &reviews(&[("fay", "peer-review-1"), ("ana", "peer-review-2")]), file)
        .stops("an author");
    pipeline
        .approval("7", "peer-review", &reviews(&[("fay", "peer-review-1"), ("pam", "peer-review-2")]), file)
        .passes();
    pipeline
        .approval("7", "board", &reviews(&[("bea", "board-1"), ("bea", "board-2")]), file)
        .stops("and 1 did");
    pipeline
        .approval("7", "board", &reviews(&[("bea", "board-1"), ("zoe", "board-2")]), file)
        .stops("not of `change-board`");
    pipeline.step("7", "begin", "deploy-production-ledger", "").stops("approval `board` of `standard`");
    pipeline.approval("7", "board", &reviews(&[("bea", "board-1"), ("robert", "board-2")]), file).passes();

    // The window, at night and by day.
    let window = "window check --release train --path release --stage production";
    pipeline
        .at("2026-11-02T22:00:00Z", "7", window)
        .stops("blocked until Tuesday 2026-11-03 09:00 Europe/Berlin");
    pipeline.call("7", window).passes();

    // The first wave, then the second, which is killed.
    pipeline.step("7", "begin", "deploy-production-checkout", "").stops("wave 1 is not done");
    pipeline.step("7", "begin", "deploy-production-ledger", "").passes();
    assert_eq!(pipeline.last_output("version").as_deref(), Some("2.0.0"));
    pipeline.step("7", "end", "deploy-production-ledger", "--result success").passes();
    assert_eq!(pipeline.state()["ledger"]["version"], "2.0.0");
    pipeline.step("7", "begin", "deploy-production-checkout", "").passes();
    let open = pipeline.plain("ledger verify --ledger records");
    open.stops("clearway record close sha256:");

    // Back, the last first.
    let back = |verb: &str, service: &str, more: &str| {
        pipeline.call("7", &format!("record {verb} --release train --path release --step rollback-production --service {service} {more}"))
    };
    back("begin", "checkout", "").stops("approval `on-call` of `rollback-fast`");
    let on_call = "approval verify --release train --path release --stage production --chain rollback-fast --step on-call --seats back --requested-by ana --deployer dora --authors authors.json --approvals approvals.json --commit";
    pipeline.write("approvals.json", &reviews(&[("ole", "back")]).to_string());
    pipeline.call("7", &format!("{on_call} {COMMIT}")).passes();
    back("begin", "ledger", "").stops("has to go back first");
    for (service, before) in [("checkout", "2.0.0"), ("ledger", "1.0.0")] {
        back("begin", service, "").passes();
        assert_eq!(pipeline.last_output("version").as_deref(), Some(before));
        back("end", service, "--result success").passes();
        assert_eq!(pipeline.state()[service], json!({"version": before}));
    }
    back("begin", "ledger", "").passes();
    assert_eq!(pipeline.last_output("go").as_deref(), Some("false"));
    pipeline.plain("ledger verify --ledger records").passes();
    let summary = fs::read_to_string(pipeline.path("summary.md")).unwrap();
    assert!(summary.contains("### ✅") && summary.contains("### ❌"));
    let log = pipeline.plain("ledger log --ledger records");
    assert!(log.passes().out.contains("rollback-production ends: success"), "{}", log.out);
    looked_back_on(&pipeline);
}

/// What the reports say of the run that went out and came back.
fn looked_back_on(pipeline: &Pipeline) {
    pipeline.write(
        "incidents.csv",
        "id,title,status,severity,service,opened,closed\nINC-7,nobody can pay,closed,high,checkout,2026-11-02T09:30:00Z,2026-11-02T10:00:00Z\n",
    );
    let report = |kind: &str, more: &str| {
        pipeline.plain(&format!(
            "report {kind} --ledger records --plan plan.json --now 2026-11-09T09:00:00Z {more}"
        ))
    };
    let change = report("change", "--run 7");
    for line in [
        "| release | train (release) |",
        "by bea, bob",
        "checkout in production, from 2.0.0 to 3.0.0: **open**, taken back",
    ] {
        assert!(change.passes().out.contains(line), "without `{line}`:\n{}", change.out);
    }
    assert_eq!(report("change", "--run 8").code, 2);
    assert!(report("audit", "").passes().out.contains("None: each change shows its request"));
    let mut other = plan_json();
    other["project"] = json!("another");
    write_plan(&pipeline.path("another.json"), &other);
    pipeline
        .plain("report audit --ledger records --plan another.json --now 2026-11-09T09:00:00Z")
        .stops("is not at hand");
    let delivery = report("delivery", "--incidents incidents.csv --format json");
    let delivery: Value = serde_json::from_str(&delivery.passes().out).unwrap();
    assert_eq!(
        (&delivery["measured"]["changes"], &delivery["measured"]["failed"]),
        (&json!(1), &json!(["7"]))
    );
    assert_eq!(delivery["attributions"][0]["link"], "same-service");
    let postmortem = report("postmortem", "--incidents incidents.csv --incident INC-7");
    for line in [
        "# Postmortem: INC-7",
        "| lasted | 30 min |",
        "gate tests before production: fail",
        "incident INC-7 is resolved",
    ] {
        assert!(postmortem.passes().out.contains(line), "without `{line}`:\n{}", postmortem.out);
    }
    assert!(report("review", "").passes().out.contains("It did not go as it was meant."));
    assert!(
        report("lessons", "--often 1")
            .passes()
            .out
            .contains("ledger in production: failing-deployments, 1 times")
    );
    assert!(report("lessons", "").passes().out.contains("Nothing."));
    pipeline.write("own.md", "{% for change in changes %}{{ change.nothing }}{% endfor %}");
    let own = report("change", "--template own.md");
    assert!(own.code == 2 && own.err.contains("cannot be filled in"), "{}{}", own.out, own.err);
    pipeline.write("own.md", "{% for change in changes %}run {{ change.run }};{% endfor %}");
    assert_eq!(report("change", "--template own.md").passes().out, "run 7;");
}

#[test]
fn a_decision_is_a_test_report_and_is_made_again() {
    let pipeline = Pipeline::new();
    pipeline.write("evidence/reports/a.xml", r#"<testsuite name="s"><testcase name="a"/></testsuite>"#);
    let arguments = format!(
        "gate run tests --release train --stage production --reports evidence --subject {LEDGER} --subject {CHECKOUT} --commit {COMMIT} --junit shown/gate.xml"
    );
    pipeline.call("1", &arguments).passes();
    let shown = fs::read_to_string(pipeline.path("shown/gate.xml")).unwrap();
    assert!(shown.contains("<testcase") && shown.contains("failures=\"0\""), "{shown}");
    let log = pipeline.plain("ledger log --ledger records --format json");
    let log: Value = serde_json::from_str(&log.passes().out).unwrap();
    let record = log[0]["digest"].as_str().unwrap().to_owned();
    let replay = format!("ledger replay {record} --ledger records --plan plan.json --reports evidence");
    let again = pipeline.plain(&replay);
    assert!(again.passes().out.contains("replays to the same answer: pass"), "{}", again.out);
    pipeline.write("evidence/reports/a.xml", r#"<testsuite name="s"><testcase name="b"/></testsuite>"#);
    pipeline.plain(&replay).stops("does not replay to what was recorded");
    pipeline.plain(&replay.replace(&record, "")).stops("1 of 1 decisions do not replay");
}

#[test]
fn a_person_attests_what_a_checklist_asks_for() {
    let pipeline = Pipeline::new();
    let mut plan = plan_json();
    let item = json!({"id": "runbook", "text": "The runbook was read", "by": {"people": {"group": "on-call", "within": {"seconds": 86400}}}});
    plan["checklists"] =
        json!({"ready": {"origin": {"kind": "checklist", "name": "ready"}, "items": [item]}});
    write_plan(&pipeline.path("plan.json"), &plan);
    let status = format!("checklist status ready --release train --stage production --commit {COMMIT}");
    pipeline.call("1", &status).stops("clearway record attest runbook --checklist ready");
    let attest = "record attest runbook --checklist ready --release train --actor";
    let stranger = pipeline.call("by-hand", &format!("{attest} zoe"));
    assert_eq!(stranger.code, 2, "{}", stranger.out);
    pipeline.call("by-hand", &format!("{attest} ole")).passes();
    let complete = pipeline.call("1", &status);
    assert!(complete.passes().out.contains("ole attested it at 2026-11-02T09:00:00Z"), "{}", complete.out);
    let log = pipeline.plain("ledger log --ledger records");
    assert!(log.passes().out.contains("ole attests runbook of ready (train)"), "{}", log.out);
}
