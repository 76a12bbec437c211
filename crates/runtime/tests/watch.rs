//! Watches: what was deployed is looked at for as long as the plan says.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::cell::RefCell;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clearway_plan::PathKind;
use clearway_runtime::{Answer, Http, watch};
use common::gates::http;
use common::server::{Server, vector};
use common::{Memory, Shop, compare, plan_file, plan_json};
use serde_json::{Value, json};

/// Watches one service by a plan, for so long; gives the answer and what was waited. The record says the same again, and nobody is asked.
fn watched(plan: &Value, server: &Server, seconds: u64, validates: bool) -> (Answer, Vec<u64>) {
    let waited = RefCell::new(Vec::new());
    let asked = watch::Asked {
        release: "train",
        environment: "production",
        services: &["ledger".to_owned()],
        seconds,
        validates,
    };
    let shop = Shop::of(plan);
    let wait = |time: Duration| waited.borrow_mut().push(time.as_secs());
    let answer = watch::look(&shop.call("1"), PathKind::Release, &asked, &http(), &wait).unwrap();
    let asked_before = server.asked();
    shop.replays(&Memory::default());
    assert_eq!(server.asked(), asked_before, "nobody is asked again");
    (answer, waited.into_inner())
}

/// Watches a plan whose Prometheus is this one; gives the answer and what was waited.
fn watches(server: &Server, breach: &str, seconds: u64) -> (Answer, Vec<u64>) {
    let mut plan = plan_json();
    plan["environments"]["production"]["monitoring"] = json!(server.address);
    let rollout = &mut plan["releases"][0]["stages"][0]["rollout"];
    rollout["on-breach"] = json!(breach);
    let condition =
        compare("http.error-rate", "<=", "1", "%", json!({"query": "errors{service=\"$service\"}[$over]"}));
    rollout["watches"] =
        json!([{"require": {"text": "http.error-rate <= 1%", "condition": condition}, "over": 300}]);
    watched(&plan, server, seconds, false)
}

#[test]
fn what_was_deployed_is_watched_for_the_whole_time() {
    let (answer, waited) = watches(&Server::start(|_, _| Some((200, vector("0.2")))), "rollback", 70);
    assert!(answer.holds, "{answer}");
    assert_eq!(waited, [30, 30, 10]);
}

#[test]
fn a_breach_ends_it_at_once() {
    for (breach, word) in [("rollback", "goes back"), ("pause", "until a person decides")] {
        let (answer, waited) =
            watches(&Server::start(|at, _| Some((200, vector(if at > 0 { "5" } else { "0" })))), breach, 600);
        assert!(!answer.holds && answer.to_string().contains(word), "{answer}");
        assert_eq!(waited, [30]);
    }
}

#[test]
fn silence_is_borne_for_a_while_and_is_no_pass() {
    let silent = || Server::start(|_, _| Some((200, vector("NaN"))));
    let (answer, waited) = watches(&silent(), "rollback", 600);
    assert!(!answer.holds && answer.to_string().contains("nobody can tell"), "{answer}");
    assert_eq!(waited, [30, 30, 30]);
    // A short silence passes, and one at the end does not.
    let (answer, _) = watches(
        &Server::start(|at, _| Some((200, vector(if at == 1 { "NaN" } else { "0" })))),
        "rollback",
        90,
    );
    assert!(answer.holds, "{answer}");
    let (answer, _) = watches(
        &Server::start(|at, _| Some((200, vector(if at == 3 { "NaN" } else { "0" })))),
        "rollback",
        90,
    );
    assert!(!answer.holds, "{answer}");
    let (answer, _) = watches(&Server::nowhere("http://127.0.0.1:1"), "rollback", 0);
    assert!(!answer.holds, "{answer}");
}

/// Looks at the end whether a stage is as it must be, with triggers watched before; gives the answer and what was waited.
fn validates(server: &Server, seconds: u64) -> (Answer, Vec<u64>) {
    let mut plan = plan_json();
    plan["environments"]["production"]["monitoring"] = json!(server.address);
    let stage = &mut plan["releases"][0]["stages"][0];
    let traffic = compare("http.request-rate", ">=", "1", "rpm", json!({"query": "traffic[$over]"}));
    stage["validates"] =
        json!([{"require": {"text": "http.request-rate >= 1 rpm", "condition": traffic}, "over": 60}]);
    let errors = compare("http.error-rate", ">", "5", "%", json!({"query": "errors"}));
    stage["triggers"] = json!([{"require": {"text": "not (http.error-rate > 5%)", "condition": {"not": errors}}, "over": 60}]);
    watched(&plan, server, seconds, true)
}

/// A Prometheus with these errors, and this traffic.
fn measuring(errors: &'static str, traffic: &'static str) -> Server {
    Server::start(move |_, asked| {
        Some((200, vector(if asked.contains("traffic") { traffic } else { errors })))
    })
}

#[test]
fn a_stage_is_validated_at_the_end() {
    let (answer, waited) = validates(&measuring("1", "90"), 40);
    assert!(answer.holds && answer.to_string().contains("http.request-rate"), "{answer}");
    assert_eq!(waited, [30, 10]);
    let (answer, waited) = validates(&measuring("1", "0.2"), 40);
    assert!(!answer.holds && answer.to_string().contains("goes back"), "{answer}");
    assert_eq!(waited, [30, 10]);
    // Silence is looked at again, and is no proof.
    let (answer, waited) = validates(&measuring("1", "NaN"), 40);
    assert!(!answer.holds && answer.to_string().contains("nobody can tell"), "{answer}");
    assert_eq!(waited, [30, 10, 30, 30, 30]);
}

#[test]
fn what_takes_the_way_back_takes_it_at_once() {
    let (answer, waited) = validates(&measuring("7", "90"), 600);
    assert!(!answer.holds && answer.to_string().contains("not (http.error-rate > 5%)"), "{answer}");
    assert!(waited.is_empty(), "{waited:?}");
    // Nobody can tell whether it must be taken: that is not taken for a reason to stay.
    let (answer, _) = validates(&measuring("NaN", "90"), 600);
    assert!(!answer.holds && answer.to_string().contains("nobody can tell"), "{answer}");
}

#[test]
fn nothing_to_watch_with_is_told() {
    let mut plan = plan_json();
    let asked = |services| watch::Asked {
        release: "train",
        environment: "production",
        services,
        seconds: 5,
        validates: false,
    };
    let (none, other): (&[String], _) = (&[], ["mail".to_owned()]);
    let watching =
        |plan: &Value, services| watch::watch(&plan_file(plan), &asked(services), &Http::default(), &|_| {});
    assert!(watching(&plan, none).unwrap().title.contains("nothing is watched"));
    assert!(watching(&plan, &other).is_err());
    let condition = compare("http.error-rate", "<=", "1", "%", json!({}));
    plan["releases"][0]["stages"][0]["rollout"]["watches"] =
        json!([{"require": {"text": "t", "condition": condition}, "over": 1}]);
    let answer = watching(&plan, none).unwrap();
    assert!(!answer.holds && answer.to_string().contains("no `monitoring`"), "{answer}");
}

/// A status page that says so.
fn page(indicator: &str) -> String {
    json!({"page": {"id": "f", "name": "FraudCo", "url": "https://f", "updated_at": "2026-11-02T08:00:00Z"}, "status": {"indicator": indicator, "description": "d"}}).to_string()
}

/// Watches a service that requires a vendor, whose page answers by how often it was asked; gives the answer and what was waited.
fn watches_with(
    rate: &'static str,
    status: impl Fn(usize) -> Option<(u16, String)> + Send + 'static,
) -> (Answer, u64) {
    let vendor = Server::start(move |at, _| status(at));
    let prometheus = Server::start(move |_, _| Some((200, vector(rate))));
    let mut plan = plan_json();
    plan["environments"]["production"]["monitoring"] = json!(prometheus.address);
    plan["vendors"] = json!({"fraudco": {"reader": "statuspage", "sources": [vendor.address]}});
    plan["artifacts"]["ledger"]["vendors"] = json!(["fraudco"]);
    let condition =
        compare("http.error-rate", "<=", "1", "%", json!({"query": "errors{service=\"$service\"}[$over]"}));
    plan["releases"][0]["stages"][0]["rollout"]["watches"] =
        json!([{"require": {"text": "http.error-rate <= 1%", "condition": condition}, "over": 300}]);
    let (answer, waited) = watched(&plan, &prometheus, 30, false);
    (answer, waited.iter().sum())
}

#[test]
fn a_release_waits_for_a_vendor_in_trouble_and_is_not_taken_back() {
    // While the vendor is in trouble nothing is judged; then it goes on as ever.
    let (answer, waited) = watches_with("0.2", |at| Some((200, page(if at < 4 { "major" } else { "none" }))));
    assert!(answer.holds && answer.to_string().contains("waited 120 s for the vendor `fraudco`"), "{answer}");
    assert_eq!(waited, 150);
    // It waits for an hour at most, and then what is measured counts.
    let (answer, waited) = watches_with("5", |_| Some((200, page("critical"))));
    assert!(!answer.holds && answer.to_string().contains("and waits no longer"), "{answer}");
    assert_eq!(waited, 3600);
    // Small trouble, and a page that says nothing, stop nothing.
    for status in [Some((200, page("minor"))), Some((503, String::new())), Some((200, "{}".to_owned()))] {
        let (answer, waited) = watches_with("0.2", move |_| status.clone());
        assert!(answer.holds, "{answer}");
        assert_eq!(waited, 30);
    }
}

/// Looks, after a bake time of ten minutes, at what must have been so for two of them, by a Prometheus that gives these values.
fn all_the_while(values: &[(i64, &str)]) -> (Answer, Vec<String>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let questions = Arc::clone(&asked);
    let values: Vec<Value> = values.iter().map(|(at, value)| json!([at, value])).collect();
    let series = json!([{"metric": {}, "values": values}]);
    let prometheus = Server::start(move |_, path| {
        questions.lock().unwrap().push(path.to_owned());
        let data = if path.contains("query_range") {
            json!({"resultType": "matrix", "result": series})
        } else {
            json!({"resultType": "scalar", "result": [1_793_610_600.5, "1793610600.5"]})
        };
        Some((200, json!({"status": "success", "data": data}).to_string()))
    });
    let mut plan = plan_json();
    plan["environments"]["production"]["monitoring"] = json!(prometheus.address);
    let condition = compare("queue.length", "<=", "5", "", json!({"query": "queue{service=\"$service\"}"}));
    plan["releases"][0]["stages"][0]["validates"] =
        json!([{"require": {"text": "queue.length <= 5", "condition": condition}, "over": 120}]);
    let (answer, _) = watched(&plan, &prometheus, 600, true);
    let questions = asked.lock().unwrap().clone();
    (answer, questions)
}

#[test]
fn what_a_query_tells_of_one_moment_must_be_so_all_the_while() {
    let end = 1_793_610_600;
    let (answer, asked) = all_the_while(&[(end - 120, "3"), (end - 60, "5"), (end, "0")]);
    assert!(answer.holds && answer.to_string().contains("0 to 5"), "{answer}");
    let range = "/api/v1/query_range?query=queue%7Bservice%3D%22ledger%22%7D&start=2026-11-02T09%3A08%3A00Z&end=2026-11-02T09%3A10%3A00Z&step=6";
    assert_eq!(asked, ["/api/v1/query?query=time%28%29", range]);
    for (values, word) in [
        (vec![(end - 120, "3"), (end - 60, "6"), (end, "0")], "was not so all the while: 0 to 6"),
        (vec![(end - 60, "9"), (end, "9")], "9 to 9"),
        (vec![(end - 60, "NaN"), (end, "0")], "NaN"),
        (vec![(end - 60, "0")], "nothing for the end"),
        (vec![(end + 60, "0")], "another time"),
        (vec![], "without values"),
    ] {
        let (answer, _) = all_the_while(&values);
        assert!(!answer.holds && answer.to_string().contains(word), "{word}: {answer}");
    }
}
