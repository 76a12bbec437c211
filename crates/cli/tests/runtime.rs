//! The built binary as a pipeline calls it: from a state file to a deployment and back, and killed in the middle.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]
#![allow(clippy::disallowed_methods, reason = "the tests write the files that the binary reads")]

#[path = "../../runtime/tests/common/mod.rs"]
mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use clearway_tests::keys::{OTHER, PRIVATE, PUBLIC, public_pem};
use common::server::Server;
use common::{COMMIT, plan_json, write_plan};
use serde_json::{Value, json};

/// A Monday morning in the window.
const NOW: &str = "2026-11-02T09:00:00Z";

const LEDGER: &str = "ledger=2.0.0@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const CHECKOUT: &str =
    "checkout=3.0.0@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    fn passes(&self) -> &Self {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        self
    }

    fn stops(&self, word: &str) -> &Self {
        assert_eq!(self.code, 1, "{}{}", self.out, self.err);
        assert!(self.out.contains(word), "without `{word}`: {}{}", self.out, self.err);
        self
    }
}

/// A folder with a plan, in which a run calls the binary.
struct Pipeline {
    folder: tempfile::TempDir,
}

impl Pipeline {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_plan(&folder.path().join("plan.json"), &plan_json());
        Self { folder }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    fn command(&self, arguments: &str, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clearway"));
        command.args(arguments.split_whitespace()).args(more).current_dir(self.folder.path());
        for name in [
            "CLEARWAY_LEDGER_KEY",
            "GITLAB_CI",
            "CI_API_V4_URL",
            "CI_PROJECT_ID",
            "CI_JOB_ID",
            "CI_COMMIT_REF_NAME",
            "CLEARWAY_GITLAB_TOKEN",
            "GITHUB_RUN_ATTEMPT",
            "GITHUB_RUN_ID",
            "GITHUB_REPOSITORY",
            "GITHUB_API_URL",
            "GH_TOKEN",
            "GITHUB_TOKEN",
        ] {
            command.env_remove(name);
        }
        command
    }

    fn plain(&self, arguments: &str) -> Ran {
        ran(self.command(arguments, &[]).output().unwrap())
    }

    /// A call of a run, at a time.
    fn at(&self, now: &str, run: &str, arguments: &str) -> Ran {
        let more = [
            "--plan",
            "plan.json",
            "--ledger",
            "records",
            "--now",
            now,
            "--run",
            run,
            "--output",
            "out.txt",
            "--summary",
            "summary.md",
        ];
        ran(self.command(arguments, &more).output().unwrap())
    }

    fn call(&self, run: &str, arguments: &str) -> Ran {
        self.at(NOW, run, arguments)
    }

    fn step(&self, run: &str, verb: &str, step: &str, more: &str) -> Ran {
        self.call(run, &format!("record {verb} --release train --path release --step {step} --subject {LEDGER} --subject {CHECKOUT} --commit {COMMIT} {more}"))
    }

    fn gate(&self, run: &str) -> Ran {
        self.call(run, &format!("gate run tests --release train --path release --stage production --reports evidence --subject {LEDGER} --subject {CHECKOUT} --commit {COMMIT}"))
    }

    fn approval(&self, run: &str, step: &str, approvals: &Value, more: &str) -> Ran {
        self.write("approvals.json", &approvals.to_string());
        self.call(run, &format!(
            "approval verify --release train --path release --stage production --chain standard --step {step} --seats {step}-1,{step}-2 --subject {LEDGER} --subject {CHECKOUT} --requested-by ana --deployer dora --commit {COMMIT} --authors authors.json {more}"
        ))
    }

    fn state(&self) -> Value {
        let ran = self.plain("ledger state production --ledger records");
        serde_json::from_str::<Value>(&ran.passes().out).unwrap()["services"].clone()
    }

    fn last_output(&self, key: &str) -> Option<String> {
        let text = fs::read_to_string(self.path("out.txt")).unwrap();
        text.lines().rev().find_map(|line| line.strip_prefix(&format!("{key}=")).map(str::to_owned))
    }
}

fn ran(output: std::process::Output) -> Ran {
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn reviews(of: &[(&str, &str)]) -> Value {
    of.iter().map(|(login, seat)| json!({"state": "approved", "environments": [{"name": seat}], "user": {"login": login, "type": "User"}})).collect()
}

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
fn usage_is_told_and_nothing_is_written() {
    let pipeline = Pipeline::new();
    let step = format!(
        "record begin --release train --path release --step deploy-production-ledger --subject {LEDGER} --commit {COMMIT}"
    );
    for (arguments, more, word) in [
        (step.as_str(), vec!["--plan", "plan.json", "--run", "1"], "where the records are"),
        (&step, vec!["--plan", "plan.json", "--ledger", "records"], "the run has no name"),
        (&step, vec!["--plan", "nowhere.json", "--ledger", "records", "--run", "1"], "cannot be read"),
        (
            "record begin --release nothing --step x",
            vec!["--plan", "plan.json", "--ledger", "records", "--run", "1"],
            "there is `train`",
        ),
        (
            "record end --release train --step gate-production-tests --result success",
            vec!["--plan", "plan.json", "--ledger", "records", "--run", "1"],
            "gate run",
        ),
    ] {
        let ran = ran(pipeline.command(arguments, &more).output().unwrap());
        assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
        assert!(ran.err.replace("\n  │ ", " ").contains(word), "without `{word}`: {}", ran.err);
    }
    assert!(!pipeline.path("records/records").exists());
    pipeline.write("other.json", "{\"clearway\": 99}");
    let other = ran(pipeline
        .command(&step, &["--plan", "other.json", "--ledger", "records", "--run", "1"])
        .output()
        .unwrap());
    assert_eq!(other.code, 2);
    assert!(other.err.contains("form 99"), "{}", other.err);
}

#[test]
fn evidence_is_shown_as_a_gate_sees_it() {
    let pipeline = Pipeline::new();
    pipeline.write("a.xml", "<testsuite name=\"s\"><testcase name=\"a\"/></testsuite>");
    pipeline.write("b.json", "null");
    let shown = pipeline.plain("evidence show a.xml --format json");
    let shown: Value = serde_json::from_str(&shown.passes().out).unwrap();
    assert_eq!(
        (&shown[0]["reader"], &shown[0]["metrics"]["tests.total"], &shown[0]["refused"]),
        (&json!("junit"), &json!(1), &Value::Null)
    );
    let refused = pipeline.plain("evidence show a.xml b.json nowhere --format json");
    assert_eq!(refused.code, 1);
    let refused: Value = serde_json::from_str(&refused.out).unwrap();
    assert_eq!(
        (&refused[1]["refused"]["code"], &refused[2]["refused"]["code"]),
        (&json!("null-report"), &json!("unreadable"))
    );
    assert!(pipeline.plain("evidence show a.xml").passes().out.contains("tests.total"));
}

#[test]
fn tables_are_shown_by_a_mapping() {
    let pipeline = Pipeline::new();
    pipeline.write("issues.csv", "Key,State,Priority\nA-1,Open,High\nA-2,Shipped,Low\n");
    let refused = pipeline.plain("evidence show --reader table issues.csv");
    assert!(refused.code == 1 && refused.out.contains("`--table` and `--column`"), "{}", refused.out);
    let columns = "--column id=Key --column status=State --column severity=Priority";
    let shown = pipeline.plain(&format!("evidence show issues.csv --table issues {columns}"));
    for line in ["issues.total", "issues.open", "A-1"] {
        assert!(shown.passes().out.contains(line), "without `{line}`:\n{}", shown.out);
    }
    let figures = |arguments: &str| -> Value {
        let shown = pipeline.plain(&format!("evidence show {arguments} --format json"));
        serde_json::from_str::<Value>(&shown.passes().out).unwrap()[0]["metrics"].clone()
    };
    assert_eq!(figures(&format!("issues.csv --table issues {columns}"))["issues.open"], 2);
    let closed = format!("issues.csv --table issues {columns} --closed-state shipped");
    assert_eq!(figures(&closed)["issues.open"], 1);
    pipeline.write(
        "issues.json",
        r#"{"found": {"issues": [{"key": "A-1", "fields": {"status": {"name": "Done"}}}]}}"#,
    );
    let nested = "issues.json --table issues --rows-at found.issues --column id=key --column status=fields.status.name";
    assert_eq!(figures(nested)["issues.closed"], 1);
    // As a gate of the plan reads them.
    let mut plan = plan_json();
    let table =
        json!({"rows": "issues", "columns": {"id": "Key", "status": "State"}, "closed-states": ["Shipped"]});
    plan["gates"]["tests"]["evidence"] =
        json!([{"reader": "table", "sources": ["issues.csv"], "table": table}]);
    write_plan(&pipeline.path("tables.json"), &plan);
    assert_eq!(figures("issues.csv --gate tests --plan tables.json")["issues.open"], 1);
    for (wrong, word) in [
        ("issues.csv --gate nothing --plan plan.json", "there is `tests`"),
        ("issues.csv --gate tests --plan plan.json", "reads no table"),
        ("issues.csv --table nothing", "issues, changes, incidents, tickets, feedback"),
        ("issues.csv --table issues --column nothing=Key", "a column means one of id, title"),
        ("issues.csv --column id=Key", "--table"),
    ] {
        let ran = pipeline.plain(&format!("evidence show {wrong}"));
        assert!(
            ran.code == 2 && ran.err.replace("\n  │ ", " ").contains(word),
            "{wrong}: {}{}",
            ran.out,
            ran.err
        );
    }
}

#[test]
fn of_processes_that_want_a_lock_at_once_one_has_it() {
    let pipeline = Pipeline::new();
    let lease = |run: &str, arguments: &str| pipeline.call(run, &format!("lease {arguments}"));
    let codes: Vec<i32> = std::thread::scope(|scope| {
        let asks: Vec<_> = (0..6)
            .map(|run: u32| scope.spawn(move || lease(&run.to_string(), "acquire production --for 60").code))
            .collect();
        asks.into_iter().map(|ask| ask.join().unwrap()).collect()
    });
    assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1, "{codes:?}");
    let holder = codes.iter().position(|code| *code == 0).unwrap().to_string();
    lease("outsider", "show").passes();
    lease("outsider", "acquire production")
        .stops(&format!("run {holder} holds `production` until 2026-11-02T09:01:00Z"));
    lease(&holder, "renew production --for 120 --token 2").stops("token 1");
    lease(&holder, "renew production --for 120 --token 1").passes();
    assert_eq!(pipeline.last_output("until").as_deref(), Some("2026-11-02T09:02:00Z"));
    assert_eq!(lease("outsider", "release production --reason x").code, 2, "of whom?");
    let ended = pipeline.plain(&format!(
        "lease release production --of {holder} --reason lost --actor ole --plan plan.json --ledger records --now {NOW}"
    ));
    assert!(ended.passes().out.contains("`production` is free"), "{}", ended.out);
    lease("outsider", "acquire production").passes();
    lease("outsider", "release production").passes();
    let unknown = lease("outsider", "acquire nothing");
    assert!(unknown.code == 2 && unknown.err.contains("there is `production`"), "{}", unknown.err);
    pipeline.plain("ledger verify --ledger records").passes();
}

/// How many writers are killed; the full check kills more of them.
fn kills() -> u64 {
    #[allow(clippy::disallowed_methods, reason = "the number of samples comes from the environment")]
    let given = std::env::var("CLEARWAY_KILLS");
    given.map_or(40, |count| count.parse().unwrap())
}

/// What was acknowledged is there, and the chain holds, however many writers were killed at whatever moment.
#[test]
fn a_writer_that_is_killed_loses_nothing_that_it_had_said() {
    let pipeline = Pipeline::new();
    let begin = |run: &str| {
        let more = ["--plan", "plan.json", "--ledger", "records", "--now", NOW, "--run", run];
        let mut command = pipeline.command("record begin --release train --step build-checkout", &more);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let mut said = BTreeSet::new();
    for at in 0..kills() {
        let run = at.to_string();
        let mut child = begin(&run);
        std::thread::sleep(Duration::from_millis(at % 20));
        let _ = child.kill();
        if child.wait().unwrap().success() {
            said.insert(run);
        }
    }
    let last = begin("last").wait().unwrap();
    assert!(last.success());
    said.insert("last".to_owned());
    let log = pipeline.plain("ledger log --ledger records --format json");
    let log: Value = serde_json::from_str(&log.passes().out).unwrap();
    let runs: BTreeSet<String> =
        log.as_array().unwrap().iter().map(|one| one["record"]["run"].as_str().unwrap().to_owned()).collect();
    assert!(said.is_subset(&runs), "said {said:?}, kept {runs:?}");
    let verified = pipeline.plain("ledger verify --ledger records");
    assert!(verified.out.contains("unbroken"), "{}{}", verified.out, verified.err);
    change_a_byte(&pipeline.path("records/records/000000000001.json"));
    let changed = pipeline.plain("ledger verify --ledger records");
    assert_eq!(changed.code, 1);
    assert!(changed.err.contains("000000000001.json"), "{}", changed.err);
}

fn change_a_byte(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

/// Storage that speaks as much of S3 as a ledger asks for; a name that is taken is not given again.
fn s3() -> Server {
    let mut kept: BTreeMap<String, String> = BTreeMap::new();
    Server::serving(move |_, question| {
        let (path, query) = question.path.split_once('?').unwrap_or((&question.path, ""));
        let signed = question.head.contains("authorization: aws4-hmac-sha256");
        assert!(signed && question.head.contains("credential=key/"), "{}", question.head);
        match (question.method.as_str(), query.contains("list-type=2")) {
            ("GET", true) => {
                assert!(
                    query.contains("prefix=shop%2Frecords") || query.contains("prefix=shop/records"),
                    "{query}"
                );
                let content = |(name, text): (&String, &String)| {
                    let key = name.strip_prefix("/bucket/").unwrap();
                    format!(
                        "<Contents><Key>{key}</Key><LastModified>2026-11-02T09:00:00.000Z</LastModified><ETag>\"1\"</ETag><Size>{}</Size></Contents>",
                        text.len()
                    )
                };
                let contents: String = kept.iter().map(content).collect();
                Some((
                    200,
                    format!(
                        "<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>"
                    ),
                ))
            }
            ("GET", false) => Some(kept.get(path).map_or((404, String::new()), |text| (200, text.clone()))),
            ("PUT", _) => {
                assert!(question.head.contains("if-none-match: *"), "{}", question.head);
                if kept.contains_key(path) {
                    return Some((412, String::new()));
                }
                kept.insert(path.to_owned(), String::from_utf8(question.body.clone()).unwrap());
                Some((200, String::new()))
            }
            _ => Some((400, String::new())),
        }
    })
}

#[test]
fn records_are_kept_in_a_bucket_as_in_a_folder() {
    let pipeline = Pipeline::new();
    let server = s3();
    let in_bucket = |arguments: &str| {
        let mut command = pipeline.command(arguments, &[]);
        command
            .env("AWS_ACCESS_KEY_ID", "key")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .env("AWS_REGION", "eu-central-1");
        command.env("AWS_ENDPOINT_URL", &server.address).env("AWS_ALLOW_HTTP", "true");
        ran(command.args(["--ledger", "s3://bucket/shop"]).output().unwrap())
    };
    let begin = |run: &str| {
        in_bucket(&format!(
            "record begin --release train --step build-checkout --plan plan.json --run {run} --now {NOW}"
        ))
    };
    in_bucket(&format!("record adopt production --release train --plan plan.json --run 0 --now {NOW}"))
        .passes();
    std::thread::scope(|scope| {
        for run in ["1", "2", "3", "4"] {
            let begin = &begin;
            scope.spawn(move || begin(run).passes().code);
        }
    });
    let state: Value = serde_json::from_str(&in_bucket("ledger state production").passes().out).unwrap();
    assert_eq!(state["services"]["mail"], json!({"version": "5.0.0"}));
    let verified = in_bucket("ledger verify");
    assert!(verified.out.contains("5 records, unbroken"), "{}{}", verified.out, verified.err);
    let other = pipeline.plain("ledger state production --ledger s3://");
    assert_eq!(other.code, 2);
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

#[test]
fn where_the_plan_names_keys_nothing_unsigned_is_written_or_believed() {
    let pipeline = Pipeline::new();
    let mut plan: Value =
        serde_json::from_str(&fs::read_to_string(pipeline.path("plan.json")).unwrap()).unwrap();
    let unsigned = plan.clone();
    plan["signed-by"] = json!([PUBLIC]);
    write_plan(&pipeline.path("plan.json"), &plan);
    write_plan(&pipeline.path("unsigned.json"), &unsigned);
    let call = |key: &str, arguments: &str| {
        let more = ["--ledger", "records", "--now", NOW, "--run", "7"];
        ran(pipeline.command(arguments, &more).env("CLEARWAY_LEDGER_KEY", key).output().unwrap())
    };
    let gate = format!(
        "gate run tests --release train --stage production --reports . --commit {COMMIT} --plan plan.json"
    );
    for (key, why) in
        [("", "would not be signed"), (OTHER, "is none of those"), ("x", "no Ed25519 private key")]
    {
        for command in ["record adopt production --release train --plan plan.json", gate.as_str()] {
            let refused = call(key, command);
            assert!(refused.code == 2 && refused.err.contains(why), "{command}: {}", refused.err);
            assert!(
                !refused.err.contains("MC4CAQ")
                    && !pipeline.path("records/records/000000000001.json").exists()
            );
        }
    }
    call(PRIVATE, "record adopt production --release train --plan plan.json").passes();
    // Who only reads needs none; who writes without the plan's keys is not believed.
    pipeline.write("expected.json", "{\"expectations\":[]}");
    pipeline.write("live.json", "{}");
    let look = "preflight --release train --expectations expected.json --live live.json --plan plan.json";
    call(PRIVATE, look).passes();
    let stopped = call("", look);
    assert!(stopped.code == 1 && stopped.out.contains("would not be signed"), "{}", stopped.out);
    pipeline.write("keys.pem", &public_pem());
    pipeline.plain("ledger verify --ledger records --trust keys.pem").passes();
    call("", "lease acquire production --plan unsigned.json").passes();
    let told = call(PRIVATE, "lease acquire production --plan plan.json");
    assert!(told.code == 2 && told.err.contains("no trusted key has signed it"), "{}", told.err);
    // A plan of which a key is none is no reason to believe everybody.
    plan["signed-by"] = json!(["AAAA"]);
    write_plan(&pipeline.path("plan.json"), &plan);
    let refused = call(PRIVATE, "lease show --plan plan.json");
    assert!(refused.code == 2 && refused.err.contains("no Ed25519 public key"), "{}", refused.err);
}
