//! Gates: good evidence passes, and nothing else does.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use clearway_runtime::gate::{Asked, junit, run};
use clearway_runtime::replay::{From, replay};
use common::gates::{asked, decide, http, mapped, shop_of, triaged};
use common::server::{Server, vector};
use common::{COMMIT, Memory, NOW, Shop, compare, plan_json};
use serde_json::{Value, json};

fn junit_of(cases: &str) -> String {
    format!("<testsuite name=\"s\">{cases}</testsuite>")
}

const GOOD_JUNIT: &str = r#"<testsuite name="s"><testcase name="a"/><testcase name="b"/></testsuite>"#;
const GOOD_K6: &str = r#"{"metrics":{"http_reqs":{"count":120000,"rate":200.0},"vus":{"value":1,"min":1,"max":50},"http_req_duration":{"p(95)":200.0}}}"#;

/// A quarantine of tests until a day, with the cap on its gate.
fn quarantined(tests: &str, until: &str, cap: Value) -> Value {
    let quarantine =
        json!({"name": "flaky", "tests": [tests], "owner": "payments", "until": until, "reason": "races"});
    json!({"quarantines": [quarantine], "max-quarantined": cap})
}

/// What a load test must have put on.
fn profile(metric: &str, least: &str, unit: &str) -> Value {
    json!({"text": format!("{metric} >= {least}"), "condition": compare(metric, ">=", least, unit, json!({}))})
}

#[test]
fn what_each_job_left_is_looked_at_and_none_hides_another() {
    let shop = Shop::default();
    let bad = junit_of(r#"<testcase name="b"><failure/></testcase>"#);
    let good = ("reports-test-ledger/reports/a.xml", GOOD_JUNIT);
    assert!(decide(&shop, &Memory::of(&[good])).holds);
    assert!(!decide(&shop, &Memory::of(&[good, ("reports-test-checkout/reports/a.xml", &bad)])).holds);
    assert!(!decide(&shop, &Memory::of(&[("other-test/reports/a.xml", GOOD_JUNIT)])).holds);
}

#[test]
fn what_is_measured_decides() {
    let shop = Shop::default();
    let bad = junit_of(r#"<testcase name="a"/><testcase name="b"><failure message="no"/></testcase>"#);
    let answer = decide(&shop, &Memory::of(&[("reports/e2e/a.xml", &bad)]));
    let told = answer.to_string();
    assert!(!answer.holds && told.contains("fails"), "{told}");
    assert!(told.contains("50% (1 of 2)") && told.contains(">= 95%"), "{told}");
    let empty = decide(&shop, &Memory::of(&[("reports/e2e/a.xml", &junit_of(""))]));
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
fn a_quarantine_sets_failures_aside_and_says_so() {
    let none_failed = compare("tests.failed", "==", "0", "", json!({}));
    let gate =
        |tests: &str, until: &str, cap: Value| shop_of("junit", &none_failed, quarantined(tests, until, cap));
    let report = r#"<testsuite name="s" tests="3" failures="1"><testcase classname="C" name="a"/><testcase classname="C" name="b"/><testcase classname="C" name="slow[1]"><failure message="late"/></testcase></testsuite>"#;
    let files = Memory::of(&[("reports/a", report)]);
    for pattern in ["slow[1]", "C.slow[1]", "C::slow*", "s::slow[1]", "s::C::slow[1]", "*slow*"] {
        let answer = decide(&gate(pattern, "2026-11-02", json!({"count": 1})), &files);
        assert!(answer.holds, "{pattern}: {answer}");
        for told in [answer.to_string(), answer.to_markdown()] {
            assert!(told.contains("C.slow") && told.contains("does not count"), "{told}");
            assert!(told.contains("until 2026-11-02") && told.contains("payments"), "{told}");
        }
        assert_eq!(answer.details["quarantines"]["set-aside"], json!(["C.slow[1]"]));
        assert_eq!(answer.details["quarantines"]["named"][0]["tests"], 1);
    }
    // What is over is not applied, and the day after its last one it is over.
    let over = decide(&gate("slow*", "2026-11-01", json!({"count": 1})), &files);
    assert!(!over.holds && over.to_string().contains("is not applied"), "{over}");
    assert_eq!(over.details["quarantines"]["named"][0]["applied"], false);
    // Above the cap the gate fails, whatever else passes.
    for cap in [json!({"count": 0}), json!({"percent": "33.3"})] {
        let many = decide(&gate("slow*", "2026-12-01", cap), &files);
        assert_eq!(many.details["result"], "fail", "{many}");
        assert!(many.to_string().contains("1 of 3"), "{many}");
    }
    assert!(decide(&gate("slow*", "2026-12-01", json!({"percent": "33.4"})), &files).holds);
    // A quarantine frees its tests alone, and never all of a gate.
    assert!(!decide(&gate("other", "2026-12-01", json!({"count": 9})), &files).holds);
    let unmet =
        decide(&gate("gone", "2026-12-01", json!({"count": 9})), &Memory::of(&[("reports/a", GOOD_JUNIT)]));
    assert!(unmet.holds && unmet.to_string().contains("meets no test"), "{unmet}");
    let only = junit_of(r#"<testcase name="slow"><failure/></testcase>"#);
    let all =
        decide(&gate("*", "2026-12-01", json!({"percent": "100"})), &Memory::of(&[("reports/a", &only)]));
    assert_eq!(all.details["result"], "inconclusive", "{all}");
}

#[test]
fn a_load_test_under_less_than_the_profile_does_not_count() {
    let fast = compare("latency.p95", "<=", "0.4", "s", json!({}));
    let shop = |profiles: Value| shop_of("k6", &fast, json!({"assumes": profiles}));
    let files = Memory::of(&[("reports/a", GOOD_K6)]);
    let all = json!([
        profile("http.request-rate", "200", "rps"),
        profile("load.duration", "600", "s"),
        profile("load.users", "50", ""),
    ]);
    let answer = decide(&shop(all), &files);
    assert!(answer.holds, "{answer}");
    for less in [
        profile("http.request-rate", "201", "rps"),
        profile("load.duration", "601", "s"),
        profile("load.users", "51", ""),
    ] {
        let answer = decide(&shop(json!([less])), &files);
        assert_eq!(answer.details["result"], "inconclusive", "{answer}");
        assert!(answer.to_string().contains("does not count"), "{answer}");
    }
}

#[test]
fn a_triage_sorts_findings_into_blockers_and_follow_ups() {
    let finding = |id: &str, level: &str| {
        format!(
            r#"{{"ruleId":"{id}","message":{{"text":"m"}},"properties":{{"security-severity":"{level}"}}}}"#
        )
    };
    let report = |findings: &[String]| {
        format!(
            r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"t","rules":[]}}}},"results":[{}]}}]}}"#,
            findings.join(",")
        )
    };
    let shop = shop_of("sarif", &json!({"constant": true}), triaged());
    let decide_on = |text: &str| decide(&shop, &Memory::of(&[("reports/a", text)]));
    let none = decide_on(&report(&[]));
    assert!(none.holds && none.to_string().contains("0 blockers, 0 follow-ups"), "{none}");
    assert!(none.to_string().contains("`change-board` has agreed on"), "{none}");
    let small = decide_on(&report(&[finding("small", "3.0")]));
    assert!(small.holds, "{small}");
    let told = "follow-up: `small` is mended by `payments` until 2026-12-02T09:00:00Z";
    assert!(small.to_string().contains(told) && small.to_markdown().contains("payments"), "{small}");
    let follow_up = &small.details["triage"]["follow-ups"][0];
    assert_eq!(
        [&follow_up["id"], &follow_up["owner"], &follow_up["due"]],
        ["small", "payments", "2026-12-02T09:00:00Z"]
    );
    let large = decide_on(&report(&[finding("small", "3.0"), finding("large", "8.5")]));
    assert_eq!(large.details["result"], "fail");
    assert!(large.to_string().contains("`large` blocks: finding.severity >= high"), "{large}");
    assert_eq!(
        large.details["triage"]["blockers"],
        json!([{"id": "large", "rule": "finding.severity >= high"}])
    );
}

#[test]
fn what_no_rule_is_about_blocks() {
    let rows = "Key,State,Priority,Labels,Team\nA-1,Open,High,cosmetic,pay\nA-2,Open,,cosmetic,pay\nA-3,Open,Low,,ship\nA-4,Done,High,,pay\n";
    let columns = json!({"id": "Key", "status": "State", "severity": "Priority", "labels": "Labels", "service": "Team"});
    let text = |name: &str, value: &str| {
        let metric = json!({"metric": {"name": name, "no-data": "inconclusive", "min-samples": 0}});
        json!({"text": format!("{name} == {value}"), "condition": {"compare": {"left": metric, "operator": "==", "right": {"value": {"text": value}}}}})
    };
    let gate = |blockers: Value, defects: Value| {
        let defect = |when: &Value| json!({"when": when, "owner": "payments", "within": {"period": {"count": 2, "unit": "business-days"}}});
        let defects: Vec<Value> = defects.as_array().unwrap().iter().map(defect).collect();
        let mut more = mapped("issues", columns.clone());
        more["triage"] =
            json!({"name": "launch", "blockers": blockers, "defects": defects, "agreed-by": "change-board"});
        shop_of("table", &json!({"constant": true}), more)
    };
    let files = Memory::of(&[("reports/a", rows)]);
    let both = json!([text("finding.label", "cosmetic"), text("finding.component", "ship")]);
    let sorted = decide(&gate(json!([]), both.clone()), &files);
    assert!(sorted.holds && sorted.to_string().contains("0 blockers, 3 follow-ups"), "{sorted}");
    assert!(sorted.to_string().contains("until 2026-11-04T09:00:00Z"), "{sorted}");
    let unsorted = decide(&gate(json!([]), json!([text("finding.label", "cosmetic")])), &files);
    assert!(
        !unsorted.holds && unsorted.to_string().contains("`A-3` blocks: no rule is about it"),
        "{unsorted}"
    );
    let by_id = decide(&gate(json!([text("finding.id", "A-2")]), both.clone()), &files);
    assert!(!by_id.holds && by_id.to_string().contains("`A-2` blocks"), "{by_id}");
    // Of A-2 nobody knows how serious it is: it may be what blocks.
    let unknown = decide(&gate(triaged()["triage"]["blockers"].clone(), both), &files);
    assert!(unknown.to_string().contains("`A-2` blocks: nobody can tell whether"), "{unknown}");
}

#[test]
fn the_change_ticket_of_the_release_is_found_in_a_table() {
    let columns = json!({"id": "Number", "status": "State", "authorised": "Approved"});
    let state = json!({"metric": {"name": "change.state", "no-data": "inconclusive", "min-samples": 1}});
    let scheduled =
        json!({"compare": {"left": state, "operator": "==", "right": {"value": {"text": "Scheduled"}}}});
    let recently = compare("change.authorised", "<=", "86400", "s", json!({}));
    let shop = shop_of("table", &json!({"all": [scheduled, recently]}), mapped("changes", columns));
    let decide_on = |rows: &str| {
        decide(&shop, &Memory::of(&[("reports/a", &format!("Number,State,Approved\n{rows}\n"))]))
    };
    let good = decide_on("CHG-0,New,\nCHG-1,Scheduled,2026-11-01T10:00:00Z");
    assert!(good.holds && good.to_string().contains("authorised at 2026-11-01T10:00:00Z"), "{good}");
    for (rows, why) in [
        ("CHG-2,Scheduled,2026-11-01T10:00:00Z", "no table of change tickets has `CHG-1`"),
        ("CHG-1,Draft,2026-11-01T10:00:00Z", "Draft"),
        ("CHG-1,Scheduled,", "is not authorised"),
        ("CHG-1,Scheduled,2026-11-01T08:00:00Z", "fail"),
        ("CHG-1,Scheduled,2026-11-02T10:00:00Z", "it is 2026-11-02T09:00:00Z now"),
        ("CHG-1,Scheduled,yesterday", "is no time"),
    ] {
        let answer = decide_on(rows);
        assert!(!answer.holds && answer.to_string().contains(why), "{rows}: {answer}");
    }
}

#[test]
fn growth_is_measured_against_the_baseline() {
    let table = json!({"rows": "tickets", "columns": {"id": "Id", "status": "State"}});
    let evidence = |sources: &str| json!([{"reader": "table", "sources": [sources], "table": table}]);
    let grown = compare("tickets.growth", "<=", "50", "%", json!({}));
    let shop = shop_of(
        "table",
        &grown,
        json!({"evidence": evidence("now.csv"), "baseline": evidence("before.csv")}),
    );
    let rows =
        |count: usize| (0..count).fold("Id,State\n".to_owned(), |text, at| format!("{text}T-{at},Open\n"));
    let decide_on = |now: usize, before: usize| {
        decide(&shop, &Memory::of(&[("now.csv", &rows(now)), ("before.csv", &rows(before))]))
    };
    let good = decide_on(3, 2);
    assert!(good.holds && good.to_string().contains("50% (from 2 to 3)"), "{good}");
    assert_eq!(good.details["baseline"][0]["file"], "before.csv");
    assert!(!decide_on(4, 2).holds);
    assert!(decide_on(0, 0).holds);
    let from_nothing = decide_on(1, 0);
    assert_eq!(from_nothing.details["result"], "inconclusive", "{from_nothing}");
    let missing = decide(&shop, &Memory::of(&[("now.csv", &rows(1))]));
    assert!(!missing.holds && missing.to_string().contains("of the baseline: no file matches"), "{missing}");
}

/// The shop whose gate has a waiver until a moment, before these environments.
fn waived(expires: &str, environments: Value) -> Shop {
    let mut plan = plan_json();
    plan["waivers"] = json!([{
        "name": "outage", "gates": ["tests"], "environments": environments, "incident": "INC-7", "approver": "olga",
        "expires": expires, "retrospective": "2026-11-09", "reason": "customers cannot pay",
    }]);
    Shop::of(&plan)
}

#[test]
fn a_waiver_lets_through_what_does_not_pass_and_says_so() {
    let bad = junit_of(r#"<testcase name="b"><failure message="no"/></testcase>"#);
    let files = Memory::of(&[("reports/e2e/a.xml", &bad)]);
    for (environments, files) in [(json!([]), &files), (json!(["production"]), &Memory::default())] {
        let answer = decide(&waived("2026-11-02T09:00:01Z", environments), files);
        assert!(answer.holds, "{answer}");
        for told in [answer.to_string(), answer.to_markdown()] {
            for word in ["is waived", "INC-7", "olga", "customers cannot pay", "2026-11-09"] {
                assert!(told.contains(word), "without {word}: {told}");
            }
        }
        assert_eq!(answer.details["result"], "waived");
        assert_ne!(answer.details["waiver"]["verdict"], "pass");
        assert_eq!(answer.details["waiver"]["waived-by"]["name"], "outage");
    }
    let over = decide(&waived("2026-11-02T09:00:00Z", json!([])), &files);
    assert!(
        !over.holds && over.to_string().contains("expired at 2026-11-02T09:00:00Z and is not applied"),
        "{over}"
    );
    let elsewhere = decide(&waived("2026-11-03T00:00:00Z", json!(["staging"])), &files);
    assert!(!elsewhere.holds && !elsewhere.to_string().contains("waive"), "{elsewhere}");
    // What passes needs no waiver.
    let good =
        decide(&waived("2026-11-03T00:00:00Z", json!([])), &Memory::of(&[("reports/a.xml", GOOD_JUNIT)]));
    assert_eq!(good.details["result"], "pass");
    assert!(good.details.get("waiver").is_none());
}

#[test]
fn a_gate_whose_scope_nothing_shipped_is_in_shows_nothing() {
    let none = compare("tests.failed", "==", "0", "", json!({}));
    let files = Memory::of(&[("reports/a", GOOD_JUNIT)]);
    assert!(decide(&shop_of("junit", &none, json!({"scope": ["ledger", "mail"]})), &files).holds);
    let outside = decide(&shop_of("junit", &none, json!({"scope": ["mail"]})), &files);
    assert!(
        !outside.holds && outside.to_string().contains("nothing that ships is in the scope"),
        "{outside}"
    );
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
fn a_decision_is_the_same_whenever_it_is_made_again() {
    let shop = Shop::default();
    let files = Memory::of(&[("reports/a.xml", GOOD_JUNIT)]);
    assert_eq!(decide(&shop, &files), decide(&shop, &files));
    let unknown = Asked { gate: "nothing".to_owned(), ..asked() };
    assert!(run(&shop.at("1", NOW), &unknown, &files, &http()).is_err());
}

/// The record with which the last decision begins.
fn last_record(shop: &Shop) -> String {
    shop.ledger.log().unwrap().acts().next_back().unwrap().digest.to_string()
}

/// The decision that a record begins, made again.
fn again(
    shop: &Shop,
    record: &str,
    files: &Memory,
) -> Result<clearway_runtime::Answer, clearway_runtime::Trouble> {
    replay(
        From { ledger: &shop.ledger, plans: std::slice::from_ref(&shop.plan), reports: files },
        Some(record),
    )
}

#[test]
fn a_live_decision_replays_by_what_was_said_then() {
    let query = json!({"query": "errors{service=\"$service\"}[$over]", "samples": "count($service)", "min-samples": 10});
    let server =
        Server::start(|_, path| Some((200, vector(if path.contains("count") { "100" } else { "0.5" }))));
    let mut plan = plan_json();
    plan["gates"]["tests"]["evidence"] = json!([{"reader": "prometheus", "sources": [server.address]}]);
    plan["gates"]["tests"]["requires"] = json!([{"text": "http.error-rate <= 1%", "condition": compare("http.error-rate", "<=", "1", "%", query)}]);
    let shop = Shop::of(&plan);
    assert!(decide(&shop, &Memory::default()).holds);
    let asked_before = server.asked();
    let again = again(&shop, &last_record(&shop), &Memory::default()).unwrap();
    assert!(again.holds, "{again}");
    assert_eq!(server.asked(), asked_before, "nobody is asked again");
}

#[test]
fn a_status_page_replays_by_what_it_said_then() {
    let page = |indicator: &str| {
        json!({"page": {"id": "f", "name": "FraudCo", "url": "https://f", "updated_at": "2026-11-02T08:00:00Z"}, "status": {"indicator": indicator, "description": "d"}}).to_string()
    };
    // The page says something else each time it is asked, and at last nothing.
    let server =
        Server::start(move |at, _| (at < 2).then(|| (200, page(if at == 0 { "none" } else { "major" }))));
    let mut plan = plan_json();
    plan["gates"]["tests"]["evidence"] = json!([{"reader": "statuspage", "sources": [server.address]}]);
    plan["gates"]["tests"]["requires"] = json!([{"text": "status.impact <= 1", "condition": compare("status.impact", "<=", "1", "", json!({}))}]);
    let shop = Shop::of(&plan);
    let results: Vec<bool> = (0..3).map(|_| decide(&shop, &Memory::default()).holds).collect();
    assert_eq!(results, [true, false, false]);
    let asked_before = server.asked();
    shop.replays(&Memory::default());
    assert_eq!(server.asked(), asked_before, "nobody is asked again");
}

#[test]
fn what_does_not_replay_is_told() {
    let shop = Shop::default();
    let files = Memory::of(&[("reports/a.xml", GOOD_JUNIT)]);
    decide(&shop, &files);
    let record = last_record(&shop);
    let count = shop.ledger.log().unwrap().records().len();
    let other = junit_of(r#"<testcase name="a"/><testcase name="c"/>"#);
    let changed = again(&shop, &record, &Memory::of(&[("reports/a.xml", &other)])).unwrap();
    assert!(!changed.holds && changed.to_string().contains("`evidence` was"), "{changed}");
    let gone = again(&shop, &record, &Memory::default()).unwrap();
    assert!(!gone.holds && gone.to_string().contains("`result` was"), "{gone}");
    assert_eq!(shop.ledger.log().unwrap().records().len(), count, "a replay records nothing");
    assert!(again(&shop, "sha256:0000000000", &files).is_err());
    let mut plan = plan_json();
    plan["project"] = json!("another");
    let another = common::plan_file(&plan);
    let from = From { ledger: &shop.ledger, plans: &[another], reports: &files };
    let trouble = replay(from, Some(&record)).unwrap_err();
    assert!(trouble.what.contains("was decided by the plan"), "{trouble}");
}

#[test]
fn a_decision_is_a_report_of_tests_too() {
    let shop = Shop::default();
    let failing =
        junit_of(r#"<testcase name="a"/><testcase name="b"><failure message="1 &lt; 2"/></testcase>"#);
    let failed = junit(&decide(&shop, &Memory::of(&[("reports/a.xml", &failing)]))).unwrap();
    assert!(failed.contains("tests=\"2\" failures=\"2\" errors=\"0\""), "{failed}");
    assert!(failed.contains("<failure message=\"fail: measured 50% (1 of 2), wanted &gt;= 95%"), "{failed}");
    let missing = junit(&decide(&shop, &Memory::default())).unwrap();
    assert!(missing.contains("errors=\"2\"") && missing.contains("no file matches"), "{missing}");
    let good = junit(&decide(&shop, &Memory::of(&[("reports/a.xml", GOOD_JUNIT)]))).unwrap();
    assert!(good.contains("failures=\"0\" errors=\"0\" skipped=\"0\""), "{good}");
    let passed = waived("2026-11-03T00:00:00Z", json!([]));
    let skipped = junit(&decide(&passed, &Memory::of(&[("reports/a.xml", &failing)]))).unwrap();
    assert!(skipped.contains("skipped=\"2\"") && skipped.contains("INC-7"), "{skipped}");
    // What was written can be read by the reader of test reports.
    let limits = clearway_evidence::Limits::default();
    let read = clearway_evidence::read(clearway_evidence::Reader::Junit, failed.as_bytes(), &limits).unwrap();
    assert_eq!(read.tests.unwrap().all.failed, 2);
}
