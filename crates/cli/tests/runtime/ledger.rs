//! Where records are kept: by writers that are killed, in a bucket, and signed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use clearway_tests::keys::{OTHER, PRIVATE, PUBLIC, public_pem};
use serde_json::{Value, json};

use super::pipeline::{NOW, Pipeline, ran};
use crate::common::server::Server;
use crate::common::{COMMIT, write_plan};

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
