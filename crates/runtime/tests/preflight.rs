//! Preflight and windows.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use clearway_plan::PathKind;
use clearway_runtime::preflight::{Expectations, Live, check};
use clearway_runtime::record::begin;
use clearway_runtime::{Answer, window};
use common::{Memory, Shop, about, plan_file, plan_json, subjects};
use serde_json::{Value, json};

const URL: &str = "/repos/{repository}/environments/production";

fn expectations() -> Expectations {
    let rule = |pointer: &str| json!({"url": URL, "where": {"at": "/protection_rules", "key": "type", "is": "required_reviewers"}, "pointer": pointer});
    let with = |mut one: Value, more: Value| {
        one.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        one
    };
    let file = json!({"expectations": [
        {"url": URL, "pointer": "/can_admins_bypass", "equals": false, "why": "admins must ask, too"},
        with(rule("/prevent_self_review"), json!({"equals": true, "why": "nobody approves their own"})),
        with(rule("/reviewers"), json!({"same-set": ["board", "bea"], "pick": "/reviewer/login", "why": "the board decides"})),
    ]});
    Expectations::read(&serde_json::to_vec(&file).unwrap()).unwrap()
}

fn settings() -> Value {
    json!({"can_admins_bypass": false, "protection_rules": [
        {"type": "wait_timer"},
        {"type": "required_reviewers", "prevent_self_review": true, "reviewers": [{"reviewer": {"slug": "board"}}, {"reviewer": {"login": "bea"}}]},
    ]})
}

fn looks(shop: &Shop, settings: &Value) -> Answer {
    let live = Live::Answers([(URL.to_owned(), settings.clone())].into());
    check(&shop.call("1"), "train", PathKind::Release, &expectations(), &live).unwrap()
}

#[test]
fn settings_must_be_as_expected() {
    let shop = Shop::default();
    assert!(looks(&shop, &settings()).holds);
    type Change = fn(&mut Value);
    let changes: [(Change, &str); 9] = [
        (|live| live["can_admins_bypass"] = json!(true), "admins must ask"),
        (|live| drop(live.as_object_mut().unwrap().remove("can_admins_bypass")), "nothing is there"),
        (|live| live["protection_rules"] = json!([]), "no such element"),
        (|live| live["protection_rules"] = Value::Null, "no such list"),
        (|live| live["protection_rules"][0]["type"] = json!("required_reviewers"), "2 such elements"),
        (
            |live| live["protection_rules"][1]["prevent_self_review"] = json!(false),
            "nobody approves their own",
        ),
        (
            |live| live["protection_rules"][1]["reviewers"] = json!([{"reviewer": {"slug": "board"}}]),
            "the board decides",
        ),
        (|live| live["protection_rules"][1]["reviewers"][1] = json!({"reviewer": {"login": "eve"}}), "eve"),
        (|live| live["protection_rules"][1]["reviewers"][1] = json!({"reviewer": {}}), "no name"),
    ];
    for (change, word) in changes {
        let mut live = settings();
        change(&mut live);
        let answer = looks(&shop, &live);
        let told = answer.to_string();
        assert!(!answer.holds && told.contains(word) && told.contains("apply.sh"), "{word}: {told}");
    }
    let live = Live::Answers([].into());
    assert!(!check(&shop.call("1"), "train", PathKind::Release, &expectations(), &live).unwrap().holds);
    for bad in [
        "",
        "{}",
        r#"{"expectations":[{"url":"/","why":"x"}]}"#,
        r#"{"expectations":[{"url":"/","why":"x","equals":1,"same-set":[]}]}"#,
        r#"{"expectations":[{"url":"/","why":"x","equal":1}]}"#,
    ] {
        assert!(Expectations::read(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn a_number_is_known_by_the_name_that_the_platform_has_for_it() {
    let shop = Shop::default();
    let file = json!({"expectations": [
        {"url": "/rules", "pointer": "/approval_rules", "same-set": ["acme/board"], "pick": "/group_id",
         "named-by": {"url": "/groups/{}", "pointer": "/full_path"}, "why": "the board decides"},
        {"url": "/rules", "pointer": "/levels", "same-set": ["40"], "pick": "/access_level", "why": "who deploys"},
    ]});
    let expected = Expectations::read(&serde_json::to_vec(&file).unwrap()).unwrap();
    let looks = |group: &str, level: u64| {
        let rules = json!({"approval_rules": [{"group_id": 7}], "levels": [{"access_level": level}]});
        let live =
            [("/rules".to_owned(), rules), (format!("/groups/{group}"), json!({"full_path": "acme/board"}))];
        check(&shop.call("1"), "train", PathKind::Release, &expected, &Live::Answers(live.into())).unwrap()
    };
    assert!(looks("7", 40).holds);
    assert!(looks("8", 40).to_string().contains("the board decides"));
    assert!(looks("7", 30).to_string().contains("who deploys"));
}

#[test]
fn what_is_open_stops_the_next_run_and_never_the_way_back() {
    let shop = Shop::adopted();
    shop.pass("0", PathKind::Release, &subjects());
    assert!(
        begin(&shop.call("0"), &about("deploy-production-ledger", PathKind::Release, &subjects()))
            .unwrap()
            .holds
    );
    let answer = looks(&shop, &settings());
    assert!(!answer.holds && answer.to_string().contains("clearway record close sha256:"), "{answer}");
    let live = Live::Answers([(URL.to_owned(), settings())].into());
    assert!(check(&shop.call("1"), "train", PathKind::Rollback, &expectations(), &live).unwrap().holds);
}

#[test]
fn a_deployment_starts_in_its_window_alone() {
    let plan = plan_file(&plan_json());
    let at = |now: &str| window::check(&plan, now.parse().unwrap(), "train", "production").unwrap();
    assert!(at("2026-11-02T09:00:00Z").holds);
    let night = at("2026-11-02T20:00:00Z");
    assert!(
        !night.holds && night.title.contains("blocked until Tuesday 2026-11-03 09:00 Europe/Berlin"),
        "{night}"
    );
    assert_eq!(night.outputs[0].1, "2026-11-03T08:00:00Z");
    // Two waves of ten minutes do not fit into the last quarter of an hour.
    assert!(!at("2026-11-02T14:45:00Z").holds);
    assert!(at("2026-11-02T14:39:00Z").holds);
    assert!(!at("2026-11-07T10:00:00Z").holds);
    assert!(window::check(&plan, "2026-11-02T09:00:00Z".parse().unwrap(), "train", "moon").is_err());
    // Each look is recorded, and says the same on another day.
    let shop = Shop::default();
    for now in
        ["2026-11-02T09:00:00Z", "2026-11-02T20:00:00Z", "2026-11-02T14:45:00Z", "2026-11-07T10:00:00Z"]
    {
        let looked = window::look(&shop.at("1", now), "train", PathKind::Release, "production").unwrap();
        assert_eq!(looked, at(now));
    }
    assert_eq!(shop.ledger.log().unwrap().records().len(), 4);
    shop.replays(&Memory::default());
}
