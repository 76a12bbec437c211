//! The kinds of gates whose evidence a server tells: whatever is wrong with it, none passes.

use std::time::Duration;

use serde_json::{Value, json};

use crate::common::gates::decide;
use crate::common::server::{Reply, Server, vector, vector_at};
use crate::common::{Memory, Shop, compare, gates, plan_json};
use crate::samples;

/// A gate whose evidence is told by a server: its name, the gate at an address, and a good answer.
type Kind = (&'static str, fn(&str) -> Shop, fn(&str) -> String);

const KINDS: &[Kind] =
    &[("a Prometheus", by_prometheus, measured), ("a status page", by_status_page, |_| page("minor"))];

fn by_prometheus(address: &str) -> Shop {
    let query = json!({"query": "errors{service=\"$service\",env=\"$environment\"}[$over]", "samples": "count($service)", "min-samples": 10});
    let mut plan = plan_json();
    plan["gates"]["tests"]["evidence"] = json!([{"reader": "prometheus", "sources": [address]}]);
    plan["gates"]["tests"]["requires"] = json!([{"text": "http.error-rate <= 1%", "condition": compare("http.error-rate", "<=", "1", "%", query)}]);
    Shop::of(&plan)
}

/// 100 samples, and half a percent of errors.
fn measured(path: &str) -> String {
    vector(if path.contains("count") { "100" } else { "0.5" })
}

fn by_status_page(address: &str) -> Shop {
    let evidence = json!([{"reader": "statuspage", "sources": [address]}]);
    let fine = compare("status.impact", "<=", "1", "", json!({}));
    gates::shop_of("statuspage", &fine, json!({"evidence": evidence}))
}

fn page(indicator: &str) -> String {
    samples::STATUSPAGE.replace(r#""indicator": "major""#, &format!(r#""indicator": "{indicator}""#))
}

/// A server that answers by a function of what is asked and of what would be good.
fn server(good: fn(&str) -> String, answer: fn(String) -> Reply) -> Server {
    Server::start(move |_, path| answer(good(path)))
}

/// What may be wrong with any server, and a word by which the answer names the cause.
type Fault = (&'static str, fn(fn(&str) -> String) -> Server, &'static str);

const FAULTS: &[Fault] = &[
    ("nobody listens", |_| Server::nowhere("http://127.0.0.1:1"), "does not answer"),
    ("no address", |_| Server::nowhere("http://"), "does not answer"),
    ("it hangs up", |good| server(good, |_| None), "does not answer"),
    (
        "it is slow",
        |good| {
            server(good, |good| {
                std::thread::sleep(Duration::from_millis(900));
                Some((200, good))
            })
        },
        "does not answer",
    ),
    ("it is down", |good| server(good, |_| Some((503, "down".to_owned()))), "503"),
    ("it wants a password", |good| server(good, |good| Some((401, good))), "401"),
    ("it says nothing", |good| server(good, |_| Some((200, String::new()))), "no JSON"),
    ("a page", |good| server(good, |_| Some((200, "<html>".to_owned()))), "no JSON"),
    ("null", |good| server(good, |_| Some((200, "null".to_owned()))), "refuse"),
    ("an empty object", |good| server(good, |_| Some((200, "{}".to_owned()))), "refuse"),
    ("cut off", |good| server(good, |good| Some((200, good[..good.len() / 2].to_owned()))), "no JSON"),
];

#[test]
fn no_fault_of_a_server_passes_any_kind_of_gate() {
    for (kind, gate, good) in KINDS {
        let sound = server(*good, |good| Some((200, good)));
        let answer = decide(&gate(&sound.address), &Memory::default());
        assert!(answer.holds, "{kind}: {answer}");
        for (fault, broken, word) in FAULTS {
            let answer = decide(&gate(&broken(*good).address), &Memory::default());
            assert!(!answer.holds, "{kind}, {fault}: {answer}");
            assert!(answer.to_string().contains(word), "{kind}, {fault}, without `{word}`: {answer}");
            assert_eq!(answer.details["result"], "inconclusive");
        }
    }
}

/// The answer of a Prometheus in which the number is this, and the samples are enough.
fn rate(value: &'static str) -> Server {
    Server::start(move |_, path| {
        Some((200, if path.contains("count") { vector("100") } else { vector(value) }))
    })
}

/// A Prometheus that answers everything with this.
fn says(answer: &Value) -> Server {
    let answer = answer.to_string();
    Server::start(move |_, _| Some((200, answer.clone())))
}

#[test]
fn what_a_prometheus_measures_decides_and_nothing_less() {
    let data = |data: Value| says(&json!({"status": "success", "data": data}));
    let series = json!({"metric": {}, "value": [1_793_610_000, "0"]});
    let faults: Vec<(Server, &str)> = vec![
        (rate("1.5"), "fail"),
        (rate("NaN"), "no data"),
        (rate("+Inf"), "no data"),
        (rate("-Inf"), "no data"),
        (rate("x"), "no number"),
        (Server::start(|_, _| Some((200, vector("9")))), "needs 10 samples"),
        (Server::start(|_, _| Some((200, vector("0")))), "no samples"),
        (data(json!({"resultType": "vector", "result": []})), "no series"),
        (data(json!({"resultType": "vector", "result": [series, series]})), "2 series"),
        (data(json!({"resultType": "matrix", "result": []})), "a number was expected"),
        (data(json!({"resultType": "scalar", "result": [1_793_610_000, 0]})), "a number was expected"),
        (data(json!({"resultType": "scalar", "result": ["now", "100"]})), "does not say for when"),
        (
            says(
                &json!({"status": "success", "warnings": ["w"], "data": {"resultType": "scalar", "result": [1_793_610_000, "0"]}}),
            ),
            "in part",
        ),
        (says(&json!({"status": "error", "error": "bad query"})), "bad query"),
        // What was measured at another time says nothing of now: a proxy that keeps answers, or a clock that is wrong.
        (Server::start(|_, _| Some((200, vector_at("1793609699", "100")))), "for another time"),
        (Server::start(|_, _| Some((200, vector_at("1793610301", "100")))), "for another time"),
    ];
    for (server, word) in faults {
        let answer = decide(&by_prometheus(&server.address), &Memory::default());
        assert!(!answer.holds && answer.to_string().contains(word), "{word}: {answer}");
    }
    let asked = Server::start(|_, path| {
        Some((
            200,
            if path.ends_with("&time=2026-11-02T09%3A00%3A00Z") { measured(path) } else { vector("NaN") },
        ))
    });
    let answer = decide(&by_prometheus(&asked.address), &Memory::default());
    assert!(answer.holds, "{answer}");
    assert_eq!(answer.table.rows.len(), 2, "each service is measured");
}

#[test]
fn a_status_page_in_trouble_is_told() {
    for (indicator, holds) in [("none", true), ("minor", true), ("major", false), ("critical", false)] {
        let text = page(indicator);
        let server = Server::start(move |_, _| Some((200, text.clone())));
        let answer = decide(&by_status_page(&server.address), &Memory::default());
        assert_eq!(answer.holds, holds, "{indicator}: {answer}");
        assert!(answer.details["evidence"][0]["digest"].as_str().unwrap().starts_with("sha256:"));
    }
}

#[test]
fn what_passes_by_itself_is_asked_again() {
    let flaky = Server::start(|at, path| (at > 0).then(|| (200, measured(path))));
    assert!(decide(&by_prometheus(&flaky.address), &Memory::default()).holds);
    assert_eq!(flaky.asked(), 5);
}
