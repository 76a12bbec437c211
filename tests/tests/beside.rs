//! What is emitted whatever runs the pipelines: rules for Prometheus, routes for Alertmanager, configuration of flagd.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use clearway_tests::{Fixture, repository, specs};
use serde_json::Value;

/// The files of a project, read: YAML and JSON alike.
fn files(fixture: &Fixture) -> BTreeMap<String, Value> {
    let compiled = clearway_compile::build(&fixture.workspace(), &[]);
    let told: Vec<&str> = compiled.diagnostics.iter().map(|told| told.message.as_str()).collect();
    let plan = compiled.plan.unwrap_or_else(|| panic!("{told:#?}"));
    let files = clearway_targets::beside(&plan).unwrap();
    files.into_iter().map(|file| (file.path, serde_saphyr::from_str(&file.text).unwrap())).collect()
}

const SPEC: &str = r#"
team shop { members = [ana, ben] }
environment staging { tier = staging  monitoring = prometheus("https://staging.example") }
environment eu { tier = production  monitoring = prometheus("https://eu.example") }
environment us { tier = production }
service cart { version = 1.0.0  owner = shop }
alert cart-fails {
  service  = cart
  when http.error-rate > 2.50% over 5 m for 10 m
  severity = critical
  group-by = [service, environment]
  runbook  = "https://runbooks.example/{{cart}}"
  notify   = shop
}
alert cart-quiet {
  service = cart
  environments = [staging]
  when not (http.request-rate >= 1 rps and 400 ms > latency.p99) or availability < 99% for 5 m
}
flag new-cart {
  owner = shop
  service = cart
  expires = 2099-01-31
  ramp {
    step 0.5% hold 1 d
    step 100%
    run = "./apply"
  }
}
flag off-switch { owner = shop  service = cart  default = true  expires = 2099-01-31 }
release r {
  ship cart
  stage eu { gates = [] }
}
"#;

#[test]
fn an_alert_is_a_rule_with_a_twin_that_tells_silence() {
    let files = files(&specs::project(SPEC));
    let alerts: Vec<&str> =
        files.keys().map(String::as_str).filter(|path| path.contains("/alerts/")).collect();
    // Nobody measures in `us`.
    assert_eq!(
        alerts,
        [".clearway/alerts/eu.yml", ".clearway/alerts/routes.yml", ".clearway/alerts/staging.yml"]
    );
    let rules = &files[".clearway/alerts/eu.yml"]["groups"][0]["rules"];
    let [fails, silent] = rules.as_array().unwrap().as_slice() else { panic!("{rules:#}") };
    assert_eq!((&fails["alert"], &silent["alert"]), (&"cart-fails".into(), &"cart-fails-no-data".into()));
    for rule in [fails, silent] {
        assert_eq!((&rule["for"], &rule["labels"]["severity"]), (&"600s".into(), &"critical".into()));
        assert_eq!(
            (&rule["labels"]["service"], &rule["labels"]["environment"]),
            (&"cart".into(), &"eu".into())
        );
        // Nothing of the spec is a template of Prometheus.
        assert_eq!(rule["annotations"]["runbook_url"], "https://runbooks.example/{{ \"{{\" }}cart}}");
    }
    let (expression, absent) = (fails["expr"].as_str().unwrap(), silent["expr"].as_str().unwrap());
    assert!(expression.contains(r#"service="cart""#) && expression.contains("[300s]"), "{expression}");
    assert!(expression.contains(") > 2.5 and on() (") && expression.contains(") >= 100"), "{expression}");
    assert!(absent.starts_with("absent(100 * (sum("), "{absent}");
}

#[test]
fn conditions_become_queries_that_give_something_while_they_hold() {
    let files = files(&specs::project(SPEC));
    let rules = &files[".clearway/alerts/staging.yml"]["groups"][0]["rules"];
    let expression = rules[0]["expr"].as_str().unwrap();
    // The opposite of both is one of the opposites; durations are in seconds, and 1 rps is what the metric's query gives.
    let (low, slow) = (expression.find(") < 1 ").unwrap(), expression.find("0.4 <= (").unwrap());
    assert!(low < slow && expression[low..slow].contains(" or on() "), "{expression}");
    assert!(expression.contains(") < 99"), "{expression}");
    let absent = rules[1]["expr"].as_str().unwrap();
    assert_eq!(absent.matches("absent(").count(), 3, "{absent}");
    for text in [expression, absent] {
        assert_eq!(text.matches('(').count(), text.matches(')').count(), "{text}");
        assert!(!text.contains('$'), "{text}");
    }
}

#[test]
fn what_a_query_tells_of_one_moment_must_be_so_all_the_while() {
    let spec = |when: &str| {
        format!(
            r#"
environment eu {{ tier = production  monitoring = prometheus("https://eu.example") }}
service cart {{ version = 1.0.0 }}
metric queue.length : number {{ query = """queue{{service="$service"}}""" }}
alert long {{ service = cart  when {when} for 5 m }}
release r {{
  ship cart
  stage eu {{ gates = [] }}
}}
"#
        )
    };
    let rule = |when: &str| {
        let files = files(&specs::project(&spec(when)));
        files[".clearway/alerts/eu.yml"]["groups"][0]["rules"][0]["expr"].as_str().unwrap().to_owned()
    };
    let query = r#"(queue{service="cart"})"#;
    assert_eq!(rule("queue.length > 100"), format!("{query} > 100"));
    let over = rule("queue.length > 100 over 10 m");
    assert_eq!(over, format!("min_over_time(({query} > bool 100)[600s:30s]) == 1"));
    // What is measured over the time by its query is asked once.
    assert!(rule("availability < 99% over 10 m").ends_with(") < 99"));
}

#[test]
fn whom_an_alert_notifies_has_a_route_for_both() {
    let files = files(&specs::project(SPEC));
    let routes = files[".clearway/alerts/routes.yml"]["routes"].as_array().unwrap();
    let expected = serde_json::json!([{
        "matchers": [r#"alertname=~"cart-fails|cart-fails-no-data""#], "receiver": "shop", "group_by": ["service", "environment"],
    }]);
    assert_eq!(Value::from(routes.clone()), expected);
}

#[test]
fn a_flag_has_a_file_for_each_share() {
    let files = files(&specs::project(SPEC));
    let at = |path: &str| &files[&format!(".clearway/flags/{path}")]["flags"];
    assert_eq!(at("new-cart/0.json")["new-cart"]["defaultVariant"], "off");
    let targeting = serde_json::json!({"fractional": [["on", 5], ["off", 995]]});
    assert_eq!(at("new-cart/0.5.json")["new-cart"]["targeting"], targeting);
    assert_eq!(at("new-cart/100.json")["new-cart"]["defaultVariant"], "on");
    let all = at("flags.json").as_object().unwrap();
    assert_eq!(all.keys().collect::<Vec<_>>(), ["new-cart", "off-switch"]);
    assert_eq!(all["off-switch"]["defaultVariant"], "on");
}

#[test]
fn the_example_has_rules_where_customers_are() {
    let files = files(&Fixture::folder(&repository().join("examples/online-boutique")));
    for environment in ["production-eu", "production-us"] {
        let rules = &files[&format!(".clearway/alerts/{environment}.yml")]["groups"][0]["rules"];
        assert_eq!(rules.as_array().unwrap().len(), 4);
    }
}
