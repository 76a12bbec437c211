//! What the records say to those who know in-toto, DSSE and SLSA, and nothing of Clearway: read here by their specifications alone.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![allow(
    clippy::disallowed_methods,
    reason = "the tests read the ledger's files, and change them behind its back"
)]

mod common;

use std::collections::BTreeSet;
use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clearway_plan::PathKind;
use clearway_runtime::ledger::{Ending, Ledger, Signer};
use clearway_runtime::record::{begin, end};
use common::gates::decide;
use common::{Memory, NOW, Shop, about, subjects};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde_json::{Value, json};

/// The envelopes of a ledger, as they are handed to others.
fn envelopes(ledger: &Ledger) -> Vec<Value> {
    let mut lines = Vec::new();
    ledger.export_envelopes(&mut lines).unwrap();
    lines
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect()
}

/// The statement in an envelope, by the rules of DSSE and in-toto.
fn statement(envelope: &Value) -> Value {
    let keys: BTreeSet<&str> = envelope.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["payload", "payloadType", "signatures"].into());
    assert_eq!(envelope["payloadType"], "application/vnd.in-toto+json");
    let payload = STANDARD.decode(envelope["payload"].as_str().unwrap()).unwrap();
    let statement: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    assert!(is_uri(&statement["predicateType"]));
    let subjects = statement["subject"].as_array().unwrap();
    assert!(!subjects.is_empty());
    for subject in subjects {
        assert!(is_digest(&subject["digest"]), "{subject}");
    }
    statement
}

fn is_uri(value: &Value) -> bool {
    let Some((scheme, rest)) = value.as_str().and_then(|text| text.split_once(':')) else { return false };
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    scheme.bytes().all(|byte| byte.is_ascii_lowercase())
        && !rest.is_empty()
        && rest.bytes().all(is_unreserved)
}

fn is_digest(set: &Value) -> bool {
    set["sha256"].as_str().is_some_and(|hex| {
        hex.len() == 64 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// The statements of one type.
fn of_type(ledger: &Ledger, predicate_type: &str) -> Vec<Value> {
    let all = envelopes(ledger);
    all.iter().map(statement).filter(|statement| statement["predicateType"] == predicate_type).collect()
}

const VSA: &str = "https://slsa.dev/verification_summary/v1";
const DEPLOYMENT: &str = "https://clearway.dev/deployment/v1";

/// What the specification of SLSA 1.1 requires of a verification summary.
fn is_verification_summary(predicate: &Value) {
    assert!(is_uri(&predicate["verifier"]["id"]));
    let time: jiff::Timestamp = predicate["timeVerified"].as_str().unwrap().parse().unwrap();
    assert_eq!(time, NOW.parse().unwrap());
    assert!(is_uri(&predicate["resourceUri"]));
    assert!(is_uri(&predicate["policy"]["uri"]) && is_digest(&predicate["policy"]["digest"]));
    for input in predicate["inputAttestations"].as_array().unwrap() {
        assert!(is_digest(&input["digest"]), "{input}");
    }
    let result = predicate["verificationResult"].as_str().unwrap();
    let levels = predicate["verifiedLevels"].as_array().unwrap();
    match result {
        "PASSED" => assert!(
            levels.iter().all(|level| level != "FAILED" && !level.as_str().unwrap().starts_with("SLSA_"))
        ),
        "FAILED" => assert_eq!(levels, &[json!("FAILED")]),
        other => panic!("{other}"),
    }
    // Extensions are named by URIs.
    let known = [
        "verifier",
        "timeVerified",
        "resourceUri",
        "policy",
        "inputAttestations",
        "verificationResult",
        "verifiedLevels",
        "slsaVersion",
    ];
    for key in predicate.as_object().unwrap().keys() {
        assert!(known.contains(&key.as_str()) || is_uri(&json!(key)), "{key}");
    }
}

#[test]
fn what_came_of_a_gate_is_a_verification_summary_of_slsa() {
    let shop = Shop::default();
    let report = r#"<testsuite name="s"><testcase name="a"/></testsuite>"#;
    assert!(decide(&shop, &Memory::of(&[("reports/a.xml", report)])).holds);
    assert!(!decide(&shop, &Memory::default()).holds);
    let found = of_type(&shop.ledger, VSA);
    assert_eq!(found.len(), 2);
    for one in &found {
        is_verification_summary(&one["predicate"]);
        let digests: Vec<&Value> =
            one["subject"].as_array().unwrap().iter().map(|subject| &subject["digest"]["sha256"]).collect();
        assert_eq!(digests, [&json!("a".repeat(64)), &json!("b".repeat(64))]);
        assert_eq!(one["predicate"]["resourceUri"], "clearway:environment:production");
        assert_eq!(one["predicate"]["policy"]["uri"], "clearway:gate:tests");
        assert_eq!(one["predicate"]["policy"]["digest"]["sha256"], shop.plan.digest.digits());
    }
    let (passed, failed) = (&found[0]["predicate"], &found[1]["predicate"]);
    assert_eq!(
        (&passed["verificationResult"], &failed["verificationResult"]),
        (&json!("PASSED"), &json!("FAILED"))
    );
    let digest = clearway_runtime::Digest::of(report.as_bytes());
    assert_eq!(
        passed["inputAttestations"],
        json!([{"name": "reports/a.xml", "digest": {"sha256": digest.digits()}}])
    );
    assert_eq!(failed["inputAttestations"], json!([]));
}

#[test]
fn a_summary_is_about_what_its_gate_looked_at_and_a_waiver_passes_nothing() {
    let mut plan = common::plan_json();
    plan["gates"]["tests"]["scope"] = json!(["checkout"]);
    plan["waivers"] = json!([{
        "name": "outage", "gates": ["tests"], "environments": [], "incident": "INC-7", "approver": "olga",
        "expires": "2026-11-03T00:00:00Z", "retrospective": "2026-11-09", "reason": "customers cannot pay",
    }]);
    let shop = Shop::of(&plan);
    assert!(decide(&shop, &Memory::default()).holds);
    let found = of_type(&shop.ledger, VSA);
    is_verification_summary(&found[0]["predicate"]);
    assert_eq!(found[0]["predicate"]["verificationResult"], "FAILED");
    assert_eq!(
        found[0]["subject"],
        json!([{"name": "checkout@3.0.0", "digest": {"sha256": "b".repeat(64)}}])
    );
}

#[test]
fn what_came_of_a_deployment_is_told_of_its_artifact() {
    let shop = Shop::adopted();
    shop.pass("7", PathKind::Release, &subjects());
    let step = about("deploy-production-ledger", PathKind::Release, &subjects());
    assert!(begin(&shop.call("7"), &step).unwrap().holds);
    assert!(end(&shop.call("7"), &step, Ending::Success).unwrap().holds);
    let found = of_type(&shop.ledger, DEPLOYMENT);
    let [one] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(one["subject"], json!([{"name": "ledger@2.0.0", "digest": {"sha256": "a".repeat(64)}}]));
    let predicate = &one["predicate"];
    for (key, value) in [
        ("environment", "clearway:environment:production"),
        ("service", "ledger"),
        ("version", "2.0.0"),
        ("result", "success"),
        ("startedOn", NOW),
        ("finishedOn", NOW),
    ] {
        assert_eq!(predicate[key], value, "{predicate}");
    }
}

/// The bytes that DSSE signs, written out from its specification.
fn pae(kind: &str, payload: &[u8]) -> Vec<u8> {
    [
        b"DSSEv1".as_slice(),
        kind.len().to_string().as_bytes(),
        kind.as_bytes(),
        payload.len().to_string().as_bytes(),
        payload,
    ]
    .join(&b' ')
}

#[test]
fn a_signature_is_one_of_dsse() {
    assert_eq!(
        pae("http://example.com/HelloWorld", b"hello world"),
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    );
    let seed = [7; 32];
    let der = [
        &[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20][..],
        &seed,
    ]
    .concat();
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der));
    let public = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
    let shop = Shop::default();
    let ledger = Ledger::open(shop.folder.path().to_str().unwrap())
        .unwrap()
        .signing_with(Some(Signer::read(&pem).unwrap()));
    let call = clearway_runtime::Call { ledger: &ledger, ..shop.call("7") };
    assert!(clearway_runtime::record::adopt(&call, "train", "production").unwrap().holds);
    for envelope in envelopes(&shop.ledger) {
        let payload = STANDARD.decode(envelope["payload"].as_str().unwrap()).unwrap();
        let signatures = envelope["signatures"].as_array().unwrap();
        assert_eq!(signatures.len(), 1);
        let sig = STANDARD.decode(signatures[0]["sig"].as_str().unwrap()).unwrap();
        let key = UnparsedPublicKey::new(&ED25519, public.public_key().as_ref());
        key.verify(&pae(envelope["payloadType"].as_str().unwrap(), &payload), &sig).unwrap();
    }
}

/// A record whose statement says more than it does is not believed, though each of its digests fits.
#[test]
fn a_statement_that_says_something_else_than_its_record_is_found() {
    let plan = Shop::default().plan.digest.digits().to_owned();
    let (ours, others) = ("a".repeat(64), "9".repeat(64));
    let changes = [
        ("FAILED", "FAILED"),
        (r#""verificationResult":"FAILED""#, r#""verificationResult":"PASSED""#),
        (ours.as_str(), others.as_str()),
        (plan.as_str(), others.as_str()),
        (r#""slsaVersion""#, r#""more":1,"slsaVersion""#),
    ];
    for (from, to) in changes {
        let shop = Shop::default();
        decide(&shop, &Memory::default());
        let path = shop.folder.path().join("records/000000000002.json");
        let sealed: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let payload = STANDARD.decode(sealed["envelope"]["payload"].as_str().unwrap()).unwrap();
        let payload = String::from_utf8(payload).unwrap();
        assert!(payload.contains(from), "no `{from}` in {payload}");
        let payload = STANDARD.encode(payload.replacen(from, to, 1));
        let envelope = format!(
            r#"{{"payload":"{payload}","payloadType":"application/vnd.in-toto+json","signatures":[]}}"#
        );
        let digest = clearway_runtime::Digest::of(envelope.as_bytes());
        fs::write(&path, format!("{{\"digest\":\"{digest}\",\"envelope\":{envelope}}}\n")).unwrap();
        match shop.ledger.log() {
            Ok(_) => assert_eq!(from, to, "only what is written again as it was holds"),
            Err(told) => {
                assert_ne!(from, to, "{told}");
                assert!(told.to_string().contains("something else than the record in it"), "{told}");
            }
        }
    }
}
