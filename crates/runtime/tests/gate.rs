//! Gates: good evidence passes, and nothing else does.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::time::Duration;

use clearway_plan::PathKind;
use clearway_runtime::gate::{Asked, run};
use clearway_runtime::ledger::{End, Ending};
use clearway_runtime::{Answer, Http};
use common::server::{Server, vector};
use common::{COMMIT, Memory, NOW, Shop, compare, plan_json, subjects};
use serde_json::{Value, json};

fn asked() -> Asked {
    Asked {
        release: "train".to_owned(),
        path: PathKind::Release,
        environment: "production".to_owned(),
        gate: "tests".to_owned(),
        subjects: subjects(),
        commit: COMMIT.to_owned(),
        actor: Some("dora".to_owned()),
    }
}

fn http() -> Http {
    Http::new(Duration::from_millis(400), Duration::from_millis(1))
}

/// Decides the gate, and looks that the ledger has the decision.
fn decide(shop: &Shop, files: &Memory) -> Answer {
    let answer = run(&shop.call("1"), &asked(), files, &http()).unwrap();
    let log = shop.ledger.log().unwrap();
    let act = log.acts().next_back().unwrap();
    let Some(End::Outcome(outcome)) = act.end else { panic!("no outcome") };
    assert_eq!(outcome.result, if answer.holds { Ending::Success } else { Ending::Failure });
    assert_eq!(outcome.decision.as_ref().unwrap(), &answer.details);
    answer
}

fn junit(cases: &str) -> String {
    format!("<testsuite name=\"s\">{cases}</testsuite>")
}

const GOOD_JUNIT: &str = r#"<testsuite name="s"><testcase name="a"/><testcase name="b"/></testsuite>"#;
const GOOD_LCOV: &str = "TN:\nSF:a.rs\nDA:1,1\nDA:2,1\nLF:2\nLH:2\nend_of_record\n";
const GOOD_SARIF: &str =
    r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t","rules":[]}},"results":[]}]}"#;
const GOOD_TRIVY: &str = r#"{"SchemaVersion":2,"ArtifactName":"x","ArtifactType":"container_image","Results":[{"Target":"x","Class":"os-pkgs","Type":"debian","Vulnerabilities":[]}]}"#;

/// A kind of gate: its reader, a good report, and what it requires.
fn kinds() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        ("junit", GOOD_JUNIT, compare("tests.pass-rate", ">=", "95", "%", json!({}))),
        ("lcov", GOOD_LCOV, compare("coverage.lines", ">=", "80", "%", json!({}))),
        ("sarif", GOOD_SARIF, compare("findings.count", "<=", "0", "", json!({}))),
        (
            "trivy",
            GOOD_TRIVY,
            compare(
                "vulnerabilities.count",
                "==",
                "0",
                "",
                json!({"args": {"severity": {"word": {"of": "finding-severity", "word": "high", "rank": 3}}}}),
            ),
        ),
    ]
}

fn shop_of(reader: &str, condition: &Value, more: Value) -> Shop {
    let mut plan = plan_json();
    let gate = &mut plan["gates"]["tests"];
    gate["evidence"] = json!([{"reader": reader, "sources": ["reports/*"]}]);
    gate["requires"] = json!([{"text": "required", "condition": condition}]);
    let Value::Object(more) = more else { panic!("an object") };
    gate.as_object_mut().unwrap().extend(more);
    Shop::of(&plan)
}

#[test]
fn good_evidence_of_every_kind_passes() {
    for (reader, good, condition) in kinds() {
        let shop = shop_of(reader, &condition, json!({"max-age": 3600}));
        let answer = decide(&shop, &Memory::of(&[("reports/a", good), ("other", "x")]));
        assert!(answer.holds, "{reader}: {answer}");
        assert_eq!(answer.details["evidence"][0]["file"], "reports/a");
        assert!(answer.details["evidence"][0]["digest"].as_str().unwrap().starts_with("sha256:"));
    }
}

/// What may be wrong with any report: its name, what becomes of a good one, and a word that the answer must say.
type Fault = (&'static str, fn(&str, &mut Memory), &'static str);

const FAULTS: &[Fault] = &[
    ("missing", |_, files| files.0.clear(), "missing"),
    ("elsewhere", |good, files| *files = Memory::of(&[("reports/deep/a", good)]), "no file matches"),
    ("empty", |_, files| *files = Memory::of(&[("reports/a", "")]), "[empty]"),
    ("null", |_, files| *files = Memory::of(&[("reports/a", "null")]), "refused"),
    ("white space", |_, files| *files = Memory::of(&[("reports/a", " \n")]), "[empty]"),
    ("truncated", |good, files| *files = Memory::of(&[("reports/a", &good[..good.len() / 2])]), "refused"),
    (
        "a page",
        |_, files| *files = Memory::of(&[("reports/a", "<!doctype html><html>Sign in</html>")]),
        "refused",
    ),
    (
        "another kind",
        |_, files| {
            *files = Memory::of(&[(
                "reports/a",
                r#"{"page":{"id":"x","name":"x","url":"x","updated_at":"2026-01-01T00:00:00Z"},"status":{"indicator":"none","description":"x"}}"#,
            )]);
        },
        "refused",
    ),
    (
        "one of two is bad",
        |good, files| *files = Memory::of(&[("reports/a", good), ("reports/b", "")]),
        "reports/b",
    ),
    ("bytes", |_, files| *files = Memory::of(&[("reports/a", "\u{1}\u{2}\u{3}")]), "refused"),
    (
        "stale",
        |_, files| {
            files.0.values_mut().for_each(|file| file.1 = Some("2026-11-02T07:00:00Z".parse().unwrap()));
        },
        "old",
    ),
    (
        "of tomorrow",
        |_, files| {
            files.0.values_mut().for_each(|file| file.1 = Some("2026-11-03T09:00:00Z".parse().unwrap()));
        },
        "a clock is wrong",
    ),
    ("of no time", |_, files| files.0.values_mut().for_each(|file| file.1 = None), "nothing says when"),
];

#[test]
fn no_fault_of_a_report_passes_any_kind_of_gate() {
    let mut tried = 0;
    for (reader, good, condition) in kinds() {
        let shop = shop_of(reader, &condition, json!({"max-age": 3600}));
        for (name, spoil, word) in FAULTS {
            let mut files = Memory::of(&[("reports/a", good)]);
            spoil(good, &mut files);
            let answer = decide(&shop, &files);
            let told = answer.to_string();
            assert!(!answer.holds, "{reader}, {name}: {told}");
            assert!(told.contains(word), "{reader}, {name}: {told}");
            assert_ne!(answer.details["result"], "pass");
            tried += 1;
        }
    }
    assert_eq!(tried, kinds().len() * FAULTS.len());
}

#[test]
fn what_each_job_left_is_looked_at_and_none_hides_another() {
    let shop = Shop::default();
    let bad = junit(r#"<testcase name="b"><failure/></testcase>"#);
    let good = ("reports-test-ledger/reports/a.xml", GOOD_JUNIT);
    assert!(decide(&shop, &Memory::of(&[good])).holds);
    assert!(!decide(&shop, &Memory::of(&[good, ("reports-test-checkout/reports/a.xml", &bad)])).holds);
    assert!(!decide(&shop, &Memory::of(&[("other-test/reports/a.xml", GOOD_JUNIT)])).holds);
}

#[test]
fn what_is_measured_decides() {
    let shop = Shop::default();
    let bad = junit(r#"<testcase name="a"/><testcase name="b"><failure message="no"/></testcase>"#);
    let answer = decide(&shop, &Memory::of(&[("reports/e2e/a.xml", &bad)]));
    let told = answer.to_string();
    assert!(!answer.holds && told.contains("fails"), "{told}");
    assert!(told.contains("50% (1 of 2)") && told.contains(">= 95%"), "{told}");
    let empty = decide(&shop, &Memory::of(&[("reports/e2e/a.xml", &junit(""))]));
    assert!(!empty.holds, "{empty}");
    let few =
        shop_of("junit", &compare("tests.pass-rate", ">=", "95", "%", json!({"min-samples": 3})), json!({}));
    let answer = decide(&few, &Memory::of(&[("reports/a", GOOD_JUNIT)]));
    assert!(answer.to_string().contains("needs 3 samples"), "{answer}");
    assert_eq!(answer.details["result"], "inconclusive");
    let tag = json!({"args": {"tag": {"text": "critical"}}});
    let tagged = shop_of("junit", &compare("tests.failed", "==", "0", "", tag), json!({}));
    assert!(!decide(&tagged, &Memory::of(&[("reports/a", GOOD_JUNIT)])).holds);
    // A report says nothing of a metric that it does not know: whatever is made of that does not pass.
    for no_data in ["inconclusive", "fail"] {
        let inner = compare("coverage.lines", ">=", "80", "%", json!({"no-data": no_data}));
        for condition in [
            inner.clone(),
            json!({"not": inner}),
            json!({"all": [inner, {"constant": true}]}),
            json!({"any": [inner, {"constant": false}]}),
            json!({"all": []}),
            json!({"any": []}),
        ] {
            let shop = shop_of("junit", &condition, json!({}));
            let answer = decide(&shop, &Memory::of(&[("reports/a", GOOD_JUNIT)]));
            assert!(!answer.holds, "{condition}: {answer}");
        }
    }
    let nothing = shop_of("junit", &json!({"constant": true}), json!({"requires": []}));
    assert!(!decide(&nothing, &Memory::of(&[("reports/a", GOOD_JUNIT)])).holds);
    let unit = shop_of("junit", &compare("tests.failed", "==", "0", "s", json!({})), json!({}));
    assert!(!decide(&unit, &Memory::of(&[("reports/a", GOOD_JUNIT)])).holds);
}

#[test]
fn reports_of_something_else_do_not_count() {
    let shop = Shop::default();
    let of = |property: &str| {
        format!("<testsuite name=\"s\"><properties>{property}</properties><testcase name=\"a\"/></testsuite>")
    };
    let decide_on = |property: &str| decide(&shop, &Memory::of(&[("reports/a.xml", &of(property))]));
    assert!(decide_on(&format!("<property name=\"git.commit\" value=\"{COMMIT}\"/>")).holds);
    assert!(decide_on(&format!("<property name=\"git.commit\" value=\"{}\"/>", &COMMIT[..9])).holds);
    let other = decide_on(&format!("<property name=\"git.commit\" value=\"{}\"/>", "f".repeat(40)));
    assert!(!other.holds && other.to_string().contains("is of commit ffff"), "{other}");
    let digest =
        |digit: &str| format!("<property name=\"image.digest\" value=\"sha256:{}\"/>", digit.repeat(64));
    assert!(decide_on(&digest("a")).holds);
    assert!(!decide_on(&digest("9")).holds);
}

#[test]
fn two_reports_that_contradict_each_other_are_no_proof() {
    let shop = shop_of("lcov", &compare("coverage.lines", ">=", "50", "%", json!({})), json!({}));
    let tests = |second: &str| {
        decide(
            &shop_of("junit", &compare("tests.failed", "==", "0", "", json!({})), json!({})),
            &Memory::of(&[
                ("reports/a", r#"<testsuite name="s"><testcase classname="c" name="a"/></testsuite>"#),
                ("reports/b", second),
            ]),
        )
    };
    let same = tests(
        r#"<testsuite name="s"><testcase classname="c" name="a"><failure message="no"/></testcase></testsuite>"#,
    );
    assert!(!same.holds, "{same}");
    assert!(decide(&shop, &Memory::of(&[("reports/a", GOOD_LCOV)])).holds);
}

#[test]
fn a_running_system_is_measured_service_by_service() {
    let metric = |more: Value| compare("http.error-rate", "<=", "1", "%", more);
    let query = json!({"query": "errors{service=\"$service\",env=\"$environment\"}[$over]", "samples": "count($service)", "min-samples": 10});
    let with = |server: &Server| {
        let mut plan = plan_json();
        plan["gates"]["tests"]["evidence"] = json!([{"reader": "prometheus", "sources": [server.address]}]);
        plan["gates"]["tests"]["requires"] =
            json!([{"text": "http.error-rate <= 1%", "condition": metric(query.clone())}]);
        Shop::of(&plan)
    };
    let errors = |rate: &'static str, samples: &'static str| {
        Server::start(move |_, path| Some((200, vector(if path.contains("count") { samples } else { rate }))))
    };
    let none = Memory::default();
    let good = errors("0.5", "100");
    let answer = decide(&with(&good), &none);
    assert!(answer.holds, "{answer}");
    assert_eq!(answer.table.rows.len(), 2);
    let faults: Vec<(Server, &str)> = vec![
        (errors("1.5", "100"), "fail"),
        (errors("NaN", "100"), "no data"),
        (errors("+Inf", "100"), "no data"),
        (errors("x", "100"), "no number"),
        (errors("0.5", "9"), "needs 10 samples"),
        (errors("0.5", "0"), "no samples"),
        (
            Server::start(|_, _| {
                Some((200, r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#.to_owned()))
            }),
            "no series",
        ),
        (
            Server::start(|_, _| {
                Some((200, r#"{"status":"success","warnings":["w"],"data":{"resultType":"scalar","result":[1,"0"]}}"#.to_owned()))
            }),
            "in part",
        ),
        (
            Server::start(|_, _| Some((200, r#"{"status":"error","error":"bad query"}"#.to_owned()))),
            "bad query",
        ),
        (Server::start(|_, _| Some((200, "<html>".to_owned()))), "no JSON"),
        (Server::start(|_, _| Some((503, "down".to_owned()))), "503"),
        (Server::start(|_, _| None), "does not answer"),
        (
            Server::start(|_, _| {
                std::thread::sleep(Duration::from_millis(900));
                None
            }),
            "does not answer",
        ),
        (Server::nowhere("http://127.0.0.1:1"), "does not answer"),
        (Server::nowhere("nowhere"), "does not answer"),
    ];
    for (server, word) in faults {
        let answer = decide(&with(&server), &none);
        let told = answer.to_string();
        assert!(!answer.holds && told.contains(word), "{word}: {told}");
    }
    // What passes by itself is asked again.
    let flaky = Server::start(|at, path| {
        (at > 0).then(|| (200, vector(if path.contains("count") { "100" } else { "0.1" })))
    });
    assert!(decide(&with(&flaky), &none).holds);
    assert_eq!(flaky.asked(), 5);
}

#[test]
fn a_decision_is_the_same_whenever_it_is_made_again() {
    let shop = Shop::default();
    let files = Memory::of(&[("reports/a.xml", GOOD_JUNIT)]);
    assert_eq!(decide(&shop, &files), decide(&shop, &files));
    let unknown = Asked { gate: "nothing".to_owned(), ..asked() };
    assert!(run(&shop.at("1", NOW), &unknown, &files, &http()).is_err());
}
