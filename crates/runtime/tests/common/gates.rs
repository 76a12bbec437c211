//! The gate of the small shop, decided on files in memory.

use std::time::Duration;

use clearway_plan::PathKind;
use clearway_runtime::gate::{Asked, run};
use clearway_runtime::ledger::{End, Ending};
use clearway_runtime::{Answer, Http};
use serde_json::{Value, json};

use super::{COMMIT, Memory, Shop, plan_json, subjects};

/// The gate before production.
pub fn asked() -> Asked {
    Asked {
        release: "train".to_owned(),
        path: PathKind::Release,
        environment: "production".to_owned(),
        gate: "tests".to_owned(),
        subjects: subjects(),
        commit: COMMIT.to_owned(),
        actor: Some("dora".to_owned()),
        change: None,
    }
}

/// A client that soon gives up.
pub fn http() -> Http {
    Http::new(Duration::from_millis(400), Duration::from_millis(1))
}

/// Decides the gate, and looks that the ledger has the decision.
pub fn decide(shop: &Shop, files: &Memory) -> Answer {
    let answer = run(&shop.call("1"), &asked(), files, &http()).unwrap();
    let log = shop.ledger.log().unwrap();
    let act = log.acts().next_back().unwrap();
    let Some(End::Outcome(outcome)) = act.end else { panic!("no outcome") };
    assert_eq!(outcome.result, if answer.holds { Ending::Success } else { Ending::Failure });
    assert_eq!(outcome.decision.as_ref().unwrap(), &answer.details);
    answer
}

/// A shop whose gate reads reports with a reader and requires a condition.
pub fn shop_of(reader: &str, condition: &Value, more: Value) -> Shop {
    let mut plan = plan_json();
    let gate = &mut plan["gates"]["tests"];
    gate["evidence"] = json!([{"reader": reader, "sources": ["reports/*"]}]);
    gate["requires"] = json!([{"text": "required", "condition": condition}]);
    let Value::Object(more) = more else { panic!("an object") };
    gate.as_object_mut().unwrap().extend(more);
    Shop::of(&plan)
}

/// What the columns of the gate's table mean.
pub fn mapped(rows: &str, columns: Value) -> Value {
    let table = json!({"rows": rows, "columns": columns});
    json!({"evidence": [{"reader": "table", "sources": ["reports/*"], "table": table}]})
}

/// A triage that blocks on what is high.
pub fn triaged() -> Value {
    let high = json!({"value": {"word": {"of": "finding-severity", "word": "high", "rank": 3}}});
    let severity = json!({"metric": {"name": "finding.severity", "unit": "finding-severity", "no-data": "inconclusive", "min-samples": 0}});
    let rule = |operator: &str| {
        let condition = json!({"compare": {"left": severity, "operator": operator, "right": high}});
        json!({"text": format!("finding.severity {operator} high"), "condition": condition})
    };
    json!({"triage": {
        "name": "launch",
        "blockers": [rule(">=")],
        "defects": [{"when": rule("<"), "owner": "payments", "within": {"seconds": 30 * 86400}}],
        "agreed-by": "change-board",
    }})
}
