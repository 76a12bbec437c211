//! What a spec says of its gates, in the plan that the runtime reads.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

use clearway_tests::Fixture;
use serde_json::{Value, json};

const SPEC: &str = r#"
team shop { members = [ana, ben] }
role product { members = [olga] }
environment staging { tier = staging }
vendor fraudco {
  version = 1.0.0
  status  = statuspage("https://status.fraudco.example/api/v2/summary.json")
}
service checkout { version = 1.0.0  owner = shop  requires fraudco ^1; deploy with kubernetes("deploy/checkout") }

quarantine slow {
  test   = ["LoginTest::*"]
  owner  = shop
  until  = 2026-12-01
  reason = "the directory answers late"
}
journey pay { critical = true  tag = "pay" }
triage launch {
  blocker when finding.severity >= high
  defect when finding.label == "cosmetic" owner ana within 2 business-days
  agreed-by = product
}
gate e2e {
  evidence        = junit("e2e.xml")
  covers          = [pay]
  quarantines     = [slow]
  max-quarantined = 2.5%
  require tests.failed == 0
}
gate peak {
  evidence = k6("peak.json")
  baseline = k6("before.json")
  require latency.growth <= 10%
  load { rate = 12000 rpm  duration = 10 m  users = 500 }
}
gate issues {
  evidence = table(
    "issues.json", rows = issues, id = "key", status = "fields.status", path = "data.issues",
    closed-states = ["Done"], critical = ["P0"], high = ["P1", "P2"],
  )
  triage = launch
}
checklist ready {
  item "It stands the peak" gate peak
  item "The runbook was read" attested-by product within 30 d
}
gate pentest {
  evidence = sarif("pentest.sarif")
  max-age  = 26 w
  scope    = [checkout]
  require findings.count(severity = high) == 0
}
approval standard { step review { from = product  requires = [pentest] } }
approval fast { step review { from = product } }
waiver outage {
  gates         = [e2e]
  environments  = [staging]
  incident      = "INC-7"
  approver      = olga
  expires       = 2026-11-02
  timezone      = "Europe/Berlin"
  retrospective = 2026-11-09
  reason        = "customers cannot pay"
}
release train {
  ship checkout
  stage staging { gates = [e2e, peak, issues]  checklist = ready  approval = standard  emergency = fast }
}
"#;

fn plan() -> Value {
    let workspace = Fixture::of(SPEC).workspace();
    let compiled = clearway_compile::plan(&workspace);
    let told: Vec<&str> = compiled.diagnostics.iter().map(|told| told.message.as_str()).collect();
    assert_eq!(told, [""; 0]);
    serde_json::to_value(compiled.plan.unwrap()).unwrap()
}

/// What a comparison of a metric with a number asks for.
fn compared(condition: &Value) -> (String, String, String, String) {
    let compare = &condition["compare"];
    let amount = &compare["right"]["value"]["amount"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (
        text(&compare["left"]["metric"]["name"]),
        text(&compare["operator"]),
        text(&amount["value"]),
        text(&amount["unit"]),
    )
}

#[test]
fn a_gate_carries_its_quarantines_and_what_its_journeys_ask_for() {
    let plan = plan();
    let gate = &plan["gates"]["e2e"];
    let quarantine = json!({"name": "slow", "tests": ["LoginTest::*"], "owner": "shop", "until": "2026-12-01", "reason": "the directory answers late"});
    assert_eq!(gate["quarantines"], json!([quarantine]));
    assert_eq!(gate["max-quarantined"], json!({"percent": "2.5"}));
    let journey = &gate["requires"][1];
    assert_eq!(journey["text"], "journey pay: tests tagged `pay` pass");
    let parts = journey["condition"]["all"].as_array().unwrap();
    let asked: Vec<String> = parts
        .iter()
        .map(compared)
        .map(|(metric, operator, value, _)| format!("{metric} {operator} {value}"))
        .collect();
    assert_eq!(asked, ["tests.passed >= 1", "tests.failed == 0", "tests.errored == 0", "tests.skipped == 0"]);
    for part in parts {
        let metric = &part["compare"]["left"]["metric"];
        assert_eq!([&metric["args"]["tag"]["text"], &metric["no-data"]], ["pay", "fail"]);
    }
}

#[test]
fn a_load_profile_is_in_the_units_of_what_is_measured() {
    let plan = plan();
    let gate = &plan["gates"]["peak"];
    let assumed: Vec<_> =
        gate["assumes"].as_array().unwrap().iter().map(|it| compared(&it["condition"])).collect();
    let expected =
        [("http.request-rate", "200", "rps"), ("load.duration", "600", "s"), ("load.users", "500", "")];
    assert_eq!(assumed.len(), expected.len());
    for ((metric, operator, value, unit), expected) in assumed.iter().zip(expected) {
        assert_eq!((metric.as_str(), value.as_str(), unit.as_str()), expected);
        assert_eq!(operator, ">=");
    }
    assert_eq!(gate["assumes"][0]["text"], "http.request-rate >= 12000 rpm");
    assert_eq!(gate["baseline"], json!([{"reader": "k6", "sources": ["before.json"]}]));
}

#[test]
fn a_table_carries_its_mapping_and_a_triage_its_rules() {
    let plan = plan();
    let gate = &plan["gates"]["issues"];
    assert_eq!(
        gate["evidence"][0]["table"],
        json!({
            "rows": "issues",
            "columns": {"id": "key", "status": "fields.status"},
            "path": ["data", "issues"],
            "closed-states": ["Done"],
            "severities": {"P0": "critical", "P1": "high", "P2": "high"},
        })
    );
    let triage = &gate["triage"];
    assert_eq!([&triage["name"], &triage["agreed-by"]], ["launch", "product"]);
    assert_eq!(triage["blockers"][0]["text"], "finding.severity >= high");
    let defect = &triage["defects"][0];
    assert_eq!(defect["owner"], "ana");
    assert_eq!(defect["within"], json!({"period": {"count": 2, "unit": "business-days"}}));
    assert!(plan["groups"]["product"]["members"].as_array().unwrap().contains(&json!("olga")));
}

#[test]
fn a_checklist_is_a_step_after_the_gates_and_before_what_is_deployed() {
    let plan = plan();
    let items = &plan["checklists"]["ready"]["items"];
    assert_eq!(
        items[0],
        json!({"id": "it-stands-the-peak", "text": "It stands the peak", "by": {"gate": "peak"}})
    );
    assert_eq!(items[1]["by"], json!({"people": {"group": "product", "within": {"seconds": 2_592_000}}}));
    let steps = plan["releases"][0]["paths"][0]["steps"].as_array().unwrap();
    let step = |id: &str| steps.iter().find(|step| step["id"] == id).unwrap();
    let needs = |id: &str| step(id)["needs"].as_array().unwrap().clone();
    let needed = needs("checklist-staging-ready");
    for gate in ["gate-staging-e2e", "gate-staging-peak", "gate-staging-issues"] {
        assert!(needed.contains(&json!(gate)), "{needed:?}");
    }
    assert!(needs("deploy-staging-checkout").contains(&json!("checklist-staging-ready")));
}

#[test]
fn a_gate_that_an_approval_requires_is_decided_on_the_way_that_asks() {
    let plan = plan();
    assert_eq!(plan["approvals"]["standard"]["steps"][0]["requires"], json!(["pentest"]));
    assert_eq!(plan["gates"]["pentest"]["scope"], json!(["checkout"]));
    let ids = |at: usize| -> Vec<&str> {
        let steps = plan["releases"][0]["paths"][at]["steps"].as_array().unwrap();
        steps.iter().map(|step| step["id"].as_str().unwrap()).collect()
    };
    assert!(ids(0).contains(&"gate-staging-pentest"));
    assert!(!ids(1).contains(&"gate-staging-pentest"), "the emergency chain requires nothing");
    let steps = plan["releases"][0]["paths"][0]["steps"].as_array().unwrap();
    let asks = steps.iter().find(|step| step["id"] == "approval-staging-review").unwrap();
    assert!(asks["needs"].as_array().unwrap().contains(&json!("gate-staging-pentest")));
}

#[test]
fn a_waiver_ends_when_its_last_day_does_in_its_zone() {
    let plan = plan();
    assert_eq!(
        plan["waivers"],
        json!([{
            "name": "outage", "gates": ["e2e"], "environments": ["staging"], "incident": "INC-7", "approver": "olga",
            "expires": "2026-11-02T23:00:00Z", "retrospective": "2026-11-09", "reason": "customers cannot pay",
        }])
    );
}

#[test]
fn what_requires_a_vendor_knows_its_status_page() {
    let plan = plan();
    let page =
        json!({"reader": "statuspage", "sources": ["https://status.fraudco.example/api/v2/summary.json"]});
    assert_eq!(plan["vendors"], json!({"fraudco": page}));
    assert_eq!(plan["artifacts"]["checkout"]["vendors"], json!(["fraudco"]));
}
