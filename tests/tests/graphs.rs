//! Dependency graphs of real systems: their documented cycles and mistakes are found, once each. The public cases are read where
//! they lie beside the repository; samples of our own making hold the same everywhere.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]
#![allow(clippy::disallowed_methods, reason = "the public cases lie outside of the repository")]

use clearway_tests::{Fixture, line, repository};
use serde_json::Value;

/// A spec with one service for each of a case's, but those left out, and one requirement for each edge.
fn spec(case: &Value, left_out: &[&str]) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let quoted =
        |name: &str| if clearway_syntax::is_name(name) { name.to_owned() } else { format!("\"{name}\"") };
    let mut spec = "team owners { members = [ana] }\n".to_owned();
    for service in case["services"].as_array().into_iter().flatten() {
        let name = text(&service["name"]);
        if left_out.contains(&name.as_str()) {
            continue;
        }
        let version = text(&service["version"]);
        let version = version.trim_start_matches('v');
        let version = if version.starts_with(|c: char| c.is_ascii_digit()) { version } else { "1.0.0" };
        spec += &format!("\nservice {} {{\n  owner   = owners\n  version = {version}\n", quoted(&name));
        for edge in case["edges"].as_array().into_iter().flatten().filter(|edge| text(&edge["from"]) == name)
        {
            spec += &format!("  requires {} any\n", quoted(&text(&edge["to"])));
        }
        spec += "}\n";
    }
    spec
}

/// A public case, where it is there.
fn case(name: &str) -> Option<Value> {
    let path = repository().parent()?.join("shared/cases").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()
}

fn lines(spec: &str) -> Vec<String> {
    Fixture::of(spec).reports().iter().map(line).collect()
}

#[test]
fn a_service_that_nothing_declares_is_one_clear_error() {
    let sample = serde_json::json!({
        "services": [{ "name": "frontend", "version": "v0.10.6" }, { "name": "cart", "version": "alpine" }],
        "edges": [{ "from": "frontend", "to": "cart" }, { "from": "frontend", "to": "shoppingassistantservice" }],
    });
    for case in [Some(sample), case("graph_online_boutique.json")].into_iter().flatten() {
        let found = lines(&spec(&case, &["shoppingassistantservice"]));
        let [only] = found.as_slice() else { panic!("{found:#?}") };
        assert!(only.contains("CW0201") && only.contains("`shoppingassistantservice`"), "{only}");
        assert_eq!(lines(&spec(&case, &["none"])).len(), usize::from(case["notes"].is_null()));
    }
}

#[test]
fn documented_cycles_are_told_once_for_each_knot() {
    let sample = serde_json::json!({
        "services": [{ "name": "seat" }, { "name": "travel" }, { "name": "travel2" }, { "name": "station" }],
        "edges": [
            { "from": "seat", "to": "travel" }, { "from": "travel", "to": "seat" }, { "from": "seat", "to": "travel2" },
            { "from": "travel2", "to": "seat" }, { "from": "travel", "to": "station" },
        ],
    });
    for (case, knot) in [
        (Some(sample), ["seat", "travel", "travel2"]),
        (case("graph_train_ticket.json"), ["ts-seat-service", "ts-travel-service", "ts-travel2-service"]),
    ] {
        let Some(case) = case else { continue };
        let reports = Fixture::of(&spec(&case, &[])).reports();
        let [only] = reports.as_slice() else {
            panic!("{:#?}", reports.iter().map(line).collect::<Vec<_>>())
        };
        assert_eq!(only.name, "requirement-cycle");
        assert_eq!(only.labels.len(), 2, "the shortest cycle has two edges");
        let help = only.help.as_deref().unwrap_or_default();
        assert!(help.contains(&format!("in the same knot of circles: `{}`", knot.join("`, `"))), "{help}");
        assert!(only.message.contains(knot[0]), "{}", only.message);
    }
}

#[test]
fn a_name_in_the_singular_gets_its_plural_suggested() {
    let sample = serde_json::json!({
        "services": [{ "name": "carts" }, { "name": "carts-db" }, { "name": "front-end" }],
        "edges": [{ "from": "front-end", "to": "carts" }, { "from": "carts", "to": "carts-db" }],
    });
    for case in [Some(sample), case("graph_sock_shop.json")].into_iter().flatten() {
        let good = spec(&case, &[]);
        assert_eq!(lines(&good), [""; 0]);
        let reports = Fixture::of(&good.replace("requires carts any", "requires cart any")).reports();
        assert!(!reports.is_empty());
        for report in reports {
            assert_eq!(report.help.as_deref(), Some("did you mean `carts`?"), "{}", line(&report));
        }
    }
}
