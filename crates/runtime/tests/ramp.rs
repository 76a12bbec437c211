//! Ramping a flag by the records, and secrets that should have been made anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::collections::BTreeMap;

use clearway_plan::PathKind;
use clearway_runtime::Answer;
use clearway_runtime::ledger::Ending;
use clearway_runtime::preflight::{Expectations, Live, check};
use clearway_runtime::record::{About, begin, end};
use common::{Shop, about, plan_json};
use serde_json::json;

const FLAG: &str = "flag-production-new-cart";

/// A shop whose release ramps a flag, with a stage that was accepted or not.
fn shop(is_accepted: bool) -> Shop {
    let mut plan = plan_json();
    plan["flags"] = json!({"new-cart": {
        "origin": {"kind": "flag", "name": "new-cart"}, "service": "checkout", "default": false,
        "ramp": {
            "shares": [{"percent": "5", "hold": 86400}, {"percent": "25.0", "hold": 3600}, {"percent": "100", "hold": 0}],
            "command": {"run": "./apply", "timeout": 600},
        },
    }});
    let does = json!({"flag": {"environment": "production", "flag": "new-cart"}});
    let step = json!({"id": FLAG, "does": does, "origin": {"kind": "flag", "name": "new-cart"}, "needs": [], "timeout": 600});
    plan["releases"][0]["paths"][0]["steps"].as_array_mut().unwrap().push(step);
    let shop = Shop::of(&plan);
    if is_accepted {
        let about = about("accept-production", PathKind::Release, &[]);
        assert!(begin(&shop.call("1"), &about).unwrap().holds);
        assert!(end(&shop.call("1"), &about, Ending::Success).unwrap().holds);
    }
    shop
}

fn flag() -> About {
    about(FLAG, PathKind::Release, &[])
}

/// Whether a share is given at a time, and which.
fn share(shop: &Shop, run: &str, now: &str) -> (Answer, Option<String>) {
    let answer = begin(&shop.at(run, now), &flag()).unwrap();
    let output =
        |key: &str| answer.outputs.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone());
    let share = output("share");
    assert_eq!(output("go").unwrap(), share.is_some().to_string());
    (answer, share)
}

fn ends(shop: &Shop, run: &str, now: &str, result: Ending) {
    assert!(end(&shop.at(run, now), &flag(), result).unwrap().holds);
}

#[test]
fn a_flag_goes_from_share_to_share_as_each_was_held() {
    let shop = shop(true);
    let (_, given) = share(&shop, "1", "2026-11-02T09:00:00Z");
    assert_eq!(given.as_deref(), Some("5"));
    ends(&shop, "1", "2026-11-02T09:01:00Z", Ending::Success);
    let (answer, given) = share(&shop, "2", "2026-11-03T08:59:59Z");
    assert!(
        given.is_none() && answer.holds && answer.title.contains("until 2026-11-03T09:00:00Z"),
        "{answer}"
    );
    let (_, given) = share(&shop, "3", "2026-11-03T09:00:00Z");
    assert_eq!(given.as_deref(), Some("25"));
    // What failed is tried again, not passed over.
    ends(&shop, "3", "2026-11-03T09:01:00Z", Ending::Failure);
    let (_, given) = share(&shop, "4", "2026-11-03T09:17:00Z");
    assert_eq!(given.as_deref(), Some("25"));
    ends(&shop, "4", "2026-11-03T09:18:00Z", Ending::Success);
    assert_eq!(share(&shop, "5", "2026-11-03T10:16:00Z").1, None);
    assert_eq!(share(&shop, "6", "2026-11-03T10:17:00Z").1.as_deref(), Some("100"));
    ends(&shop, "6", "2026-11-03T10:18:00Z", Ending::Success);
    // Another release of the service begins no ramp anew.
    let (answer, given) = share(&shop, "7", "2026-12-24T09:00:00Z");
    assert!(given.is_none() && answer.title.contains("end of its ramp"), "{answer}");
}

#[test]
fn nothing_is_ramped_where_no_stage_was_accepted_or_something_is_open() {
    let shop = shop(false);
    let (answer, given) = share(&shop, "1", "2026-11-02T09:00:00Z");
    assert!(given.is_none() && answer.holds && answer.title.contains("was accepted"), "{answer}");
    let shop = self::shop(true);
    assert!(share(&shop, "1", "2026-11-02T09:00:00Z").1.is_some());
    let (answer, given) = share(&shop, "2", "2026-11-09T09:00:00Z");
    assert!(given.is_none() && !answer.holds && answer.to_string().contains("record close"), "{answer}");
}

#[test]
fn a_run_does_not_start_with_a_secret_that_is_too_old() {
    let mut plan = plan_json();
    plan["artifacts"]["checkout"]["secrets"] = json!(["database"]);
    plan["secrets"] = json!({
        "database": {"from": {"vault": {"path": "kv/shop", "key": ""}}, "max-age": 90 * 86400, "rotated": "2026-08-04"},
        "unused": {"from": {"store": "X"}, "max-age": 86400, "rotated": "2020-01-01"},
    });
    let shop = Shop::of(&plan);
    let expected = Expectations::read(br#"{"expectations": []}"#).unwrap();
    let live = Live::Answers(BTreeMap::new());
    let looked = |now: &str, path| check(&shop.at("1", now), "train", path, &expected, &live).unwrap();
    assert!(looked("2026-11-02T23:59:59Z", PathKind::Release).holds);
    let late = looked("2026-11-03T00:00:00Z", PathKind::Release);
    assert!(!late.holds && late.to_string().contains("secret `database`"), "{late}");
    assert!(late.to_string().contains("by 2026-11-02"), "{late}");
    // Nobody waits for a secret who goes back.
    assert!(looked("2026-11-03T00:00:00Z", PathKind::Rollback).holds);
}
