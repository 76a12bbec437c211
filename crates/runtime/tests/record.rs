//! What may begin, what comes of it, and the way back.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use clearway_plan::PathKind;
use clearway_runtime::Answer;
use clearway_runtime::ledger::{Ending, Subject};
use clearway_runtime::record::{About, adopt, begin, close, end};
use common::{Shop, about, plan_json, subjects};
use proptest::prelude::*;
use serde_json::json;

fn deploying(service: &str) -> About {
    about(&format!("deploy-production-{service}"), PathKind::Release, &subjects())
}

fn deploys(shop: &Shop, run: &str, service: &str) -> Answer {
    begin(&shop.call(run), &deploying(service)).unwrap()
}

fn ends(shop: &Shop, run: &str, service: &str, result: Ending) {
    assert!(end(&shop.call(run), &deploying(service), result).unwrap().holds);
}

fn goes_back(shop: &Shop, run: &str, path: PathKind, service: &str) -> Answer {
    if path == PathKind::Release {
        shop.pass(run, path, &subjects());
    }
    begin(&shop.call(run), &back(path, service)).unwrap()
}

fn back(path: PathKind, service: &str) -> About {
    About { service: Some(service.to_owned()), ..about("rollback-production", path, &[]) }
}

fn output<'a>(answer: &'a Answer, key: &str) -> Option<&'a str> {
    answer.outputs.iter().find(|(name, _)| *name == key).map(|(_, value)| value.as_str())
}

/// A stop that says all of these.
fn stops(answer: &Answer, parts: &[&str]) {
    let told = answer.to_string();
    assert!(!answer.holds, "{told}");
    assert!(!answer.notes.is_empty(), "{told}");
    for part in parts {
        assert!(told.contains(part), "without `{part}`: {told}");
    }
}

#[test]
fn a_release_goes_wave_by_wave_and_the_ledger_follows() {
    let shop = Shop::adopted();
    shop.pass("1", PathKind::Release, &subjects());
    let answer = deploys(&shop, "1", "ledger");
    assert!(answer.holds, "{answer}");
    assert_eq!((output(&answer, "go"), output(&answer, "version")), (Some("true"), Some("2.0.0")));
    assert_eq!(output(&answer, "digest").unwrap(), format!("sha256:{}", "a".repeat(64)));
    assert_eq!(shop.live()["ledger"], "1.0.0+2.0.0");
    ends(&shop, "1", "ledger", Ending::Success);
    assert!(deploys(&shop, "1", "checkout").holds);
    ends(&shop, "1", "checkout", Ending::Success);
    let state = shop.ledger.state("production").unwrap().unwrap();
    let expected = json!({
        "ledger": {"version": "2.0.0", "digest": format!("sha256:{}", "a".repeat(64)), "provides": {"api": ["2.0.0"]}, "requires": []},
        "checkout": {"version": "3.0.0", "digest": format!("sha256:{}", "b".repeat(64)), "provides": {"api": ["3.0.0"]}, "requires": []},
        "mail": {"version": "5.0.0"},
    });
    assert_eq!(state["services"], expected);
    // What has been said once may be said again, and not otherwise.
    ends(&shop, "1", "checkout", Ending::Success);
    let other = end(&shop.call("1"), &deploying("checkout"), Ending::Failure).unwrap();
    stops(&other, &["ended before: success"]);
}

#[test]
fn a_wave_waits_for_the_one_before() {
    let shop = Shop::adopted();
    shop.pass("1", PathKind::Release, &subjects());
    stops(&deploys(&shop, "1", "checkout"), &["wave 1 is not done", "`ledger` is 1.0.0"]);
    assert!(deploys(&shop, "1", "ledger").holds);
    stops(&deploys(&shop, "1", "checkout"), &["wave 1 is not done"]);
    ends(&shop, "1", "ledger", Ending::Failure);
    stops(&deploys(&shop, "1", "checkout"), &["wave 1 is not done", "1.0.0 or 2.0.0"]);
    // A run after it goes on where this one stopped.
    shop.pass("2", PathKind::Release, &subjects());
    assert!(deploys(&shop, "2", "ledger").holds);
    ends(&shop, "2", "ledger", Ending::Success);
    assert!(deploys(&shop, "2", "checkout").holds);
    ends(&shop, "2", "checkout", Ending::Success);
    // What is done may be done again.
    shop.pass("3", PathKind::Release, &subjects());
    assert!(deploys(&shop, "3", "ledger").holds);
}

#[test]
fn what_is_deployed_must_be_what_the_order_was_proved_with() {
    let mut plan = plan_json();
    plan["releases"][0]["stages"][0]["deployed"]["mail"] = json!({"version": "4.0.0"});
    let shop = Shop::adopted();
    let other = common::plan_file(&plan);
    shop.pass("1", PathKind::Release, &subjects());
    let call = clearway_runtime::Call { plan: &other, ..shop.call("1") };
    stops(
        &begin(&call, &deploying("ledger")).unwrap(),
        &["`mail` is 5.0.0", "proved with 4.0.0", "plan again"],
    );
    plan["releases"][0]["stages"][0]["deployed"] =
        json!({"ledger": {"version": "1.5.0"}, "checkout": {"version": "2.0.0"}});
    let other = common::plan_file(&plan);
    let call = clearway_runtime::Call { plan: &other, ..shop.call("1") };
    let answer = begin(&call, &deploying("ledger")).unwrap();
    stops(
        &answer,
        &["`ledger` is 1.0.0", "it is 1.5.0, then 2.0.0", "`mail` is 5.0.0", "proved with not deployed"],
    );
    // Facts that both know must agree, and the digest of what does not move.
    for (key, one, two) in [
        ("digest", json!("sha256:1"), json!("sha256:2")),
        ("provides", json!({"api": ["1"]}), json!({"api": ["2"]})),
    ] {
        let mut known = plan_json();
        known["releases"][0]["stages"][0]["deployed"]["mail"][key] = one;
        let shop = Shop::of(&known).adopt();
        shop.pass("1", PathKind::Release, &subjects());
        known["releases"][0]["stages"][0]["deployed"]["mail"][key] = two;
        let other = common::plan_file(&known);
        let call = clearway_runtime::Call { plan: &other, ..shop.call("1") };
        stops(&begin(&call, &deploying("ledger")).unwrap(), &["`mail`"]);
        assert!(deploys(&shop, "1", "ledger").holds);
    }
}

#[test]
fn an_environment_that_the_ledger_does_not_know_is_taken_over_first() {
    let shop = Shop::default();
    shop.pass("1", PathKind::Release, &subjects());
    stops(
        &deploys(&shop, "1", "ledger"),
        &["has nothing of `production`", "clearway record adopt production --release train"],
    );
    assert!(adopt(&shop.call("0"), "train", "production").unwrap().title.contains("3 services"));
    let again = adopt(&shop.call("0"), "train", "production").unwrap();
    assert!(again.holds && again.title.contains("already"));
    assert!(deploys(&shop, "1", "ledger").holds);
}

#[test]
fn gates_and_approvals_must_have_passed_in_this_run_for_this_artifact() {
    let shop = Shop::adopted();
    let all = ["gate `tests`", "approval `peer-review`", "approval `board`"];
    stops(&deploys(&shop, "1", "ledger"), &all);
    shop.pass("2", PathKind::Release, &subjects());
    stops(&deploys(&shop, "1", "ledger"), &all);
    let other: Vec<Subject> = vec![format!("ledger=2.0.0@sha256:{}", "c".repeat(64)).parse().unwrap()];
    shop.pass("1", PathKind::Release, &other);
    stops(
        &deploys(&shop, "1", "ledger"),
        &["was decided for `ledger 2.0.0 (sha256:cccc", "is to be deployed"],
    );
    shop.pass("1", PathKind::Release, &subjects());
    let commit = About { commit: Some("f".repeat(40)), ..deploying("ledger") };
    stops(&begin(&shop.call("1"), &commit).unwrap(), &["was decided for commit"]);
    let unknown = About { subjects: Vec::new(), ..deploying("ledger") };
    stops(&begin(&shop.call("1"), &unknown).unwrap(), &["the digest of `ledger` is not known"]);
    let wrong = About {
        subjects: vec![format!("ledger=9.0.0@sha256:{}", "a".repeat(64)).parse().unwrap()],
        ..deploying("ledger")
    };
    stops(&begin(&shop.call("1"), &wrong).unwrap(), &["the release ships 2.0.0"]);
    assert!(deploys(&shop, "1", "ledger").holds);
    // Nobody gives himself a gate.
    for step in ["gate-production-tests", "approval-production-standard-board"] {
        let step = about(step, PathKind::Release, &subjects());
        assert!(begin(&shop.call("1"), &step).is_err());
        assert!(end(&shop.call("1"), &step, Ending::Success).is_err());
    }
}

#[test]
fn what_began_and_did_not_end_stops_the_next_run_until_somebody_has_looked() {
    let shop = Shop::adopted();
    shop.pass("1", PathKind::Release, &subjects());
    let first = deploys(&shop, "1", "ledger");
    let intent = output(&first, "intent").unwrap().to_owned();
    stops(&deploys(&shop, "1", "ledger"), &["nothing says how it ended"]);
    shop.pass("2", PathKind::Release, &subjects());
    stops(&deploys(&shop, "2", "ledger"), &["of run 1", &format!("clearway record close {intent} --reason")]);
    assert!(close(&shop.call("x"), "sha256:00000000", "looked", None).is_ok_and(|answer| !answer.holds));
    assert!(close(&shop.call("x"), &intent, " ", None).is_err());
    assert!(close(&shop.call("x"), &intent, "the pod runs 2.0.0", Some("ole")).unwrap().holds);
    assert!(!close(&shop.call("x"), &intent, "again", None).unwrap().holds);
    let late = end(&shop.call("1"), &deploying("ledger"), Ending::Success).unwrap();
    stops(&late, &["closed before: the pod runs 2.0.0"]);
    assert!(deploys(&shop, "2", "ledger").holds);
    let never = end(&shop.call("3"), &deploying("ledger"), Ending::Success).unwrap();
    stops(&never, &["no intent"]);
}

#[test]
fn a_run_undoes_what_it_did_and_nothing_else() {
    let shop = Shop::adopted();
    shop.pass("1", PathKind::Release, &subjects());
    let nothing = goes_back(&shop, "1", PathKind::Release, "ledger");
    assert!(nothing.holds);
    assert_eq!(output(&nothing, "go"), Some("false"));
    assert!(deploys(&shop, "1", "ledger").holds);
    ends(&shop, "1", "ledger", Ending::Success);
    assert!(deploys(&shop, "1", "checkout").holds);
    // It was killed: no outcome. The later wave goes back first.
    stops(
        &goes_back(&shop, "1", PathKind::Release, "ledger"),
        &["`checkout` was deployed", "has to go back first"],
    );
    let undo = goes_back(&shop, "1", PathKind::Release, "checkout");
    assert_eq!((output(&undo, "go"), output(&undo, "version")), (Some("true"), Some("2.0.0")));
    assert_eq!(shop.ledger.log().unwrap().open("production").len(), 2);
    assert!(end(&shop.call("1"), &back(PathKind::Release, "checkout"), Ending::Success).unwrap().holds);
    assert_eq!(shop.ledger.log().unwrap().open("production").len(), 0);
    assert_eq!(shop.live()["checkout"], "2.0.0");
    assert_eq!(output(&goes_back(&shop, "1", PathKind::Release, "checkout"), "go"), Some("false"));
    assert_eq!(output(&goes_back(&shop, "2", PathKind::Release, "ledger"), "go"), Some("false"));
    let undo = goes_back(&shop, "1", PathKind::Release, "ledger");
    assert_eq!(output(&undo, "version"), Some("1.0.0"));
}

#[test]
fn the_way_back_undoes_any_run_under_its_own_approval() {
    let shop = Shop::adopted();
    for run in ["1", "2"] {
        shop.pass(run, PathKind::Release, &subjects());
        assert!(deploys(&shop, run, "ledger").holds);
        ends(&shop, run, "ledger", if run == "1" { Ending::Failure } else { Ending::Success });
    }
    stops(&goes_back(&shop, "9", PathKind::Rollback, "ledger"), &["approval `on-call` of `rollback-fast`"]);
    shop.pass("9", PathKind::Rollback, &[]);
    let undo = goes_back(&shop, "9", PathKind::Rollback, "ledger");
    assert_eq!(output(&undo, "version"), Some("1.0.0"));
    assert!(end(&shop.call("9"), &back(PathKind::Rollback, "ledger"), Ending::Success).unwrap().holds);
    assert_eq!(shop.live()["ledger"], "1.0.0");
    // The try that failed is not undone a second time.
    assert_eq!(output(&goes_back(&shop, "9", PathKind::Rollback, "ledger"), "go"), Some("false"));
}

#[test]
fn a_first_deployment_goes_back_to_nothing() {
    let mut plan = plan_json();
    plan["releases"][0]["stages"][0]["deployed"] = json!({});
    let shop = Shop::of(&plan);
    shop.pass("1", PathKind::Release, &subjects());
    assert!(deploys(&shop, "1", "ledger").holds);
    assert_eq!(shop.live().len(), 0);
    ends(&shop, "1", "ledger", Ending::Success);
    let undo = goes_back(&shop, "1", PathKind::Release, "ledger");
    assert_eq!((output(&undo, "go"), output(&undo, "absent")), (Some("true"), Some("true")));
    assert!(end(&shop.call("1"), &back(PathKind::Release, "ledger"), Ending::Success).unwrap().holds);
    assert_eq!(shop.ledger.state("production").unwrap().unwrap()["services"], json!({}));
}

#[test]
fn what_a_run_does_not_move_stays() {
    let mut plan = plan_json();
    let stage = &mut plan["releases"][0]["stages"][0];
    stage["deployed"]["ledger"] = json!({"version": "2.1.0"});
    stage["waves"][0][0]["from"] = json!(["2.1.0"]);
    stage["waves"][0][0]["to"] = json!("2.1.0");
    plan["releases"][0]["ships"][0] = json!({"service": "ledger", "version": "2.1.0"});
    let shop = Shop::of(&plan).adopt();
    let ships: Vec<Subject> = vec![
        format!("ledger=2.1.0@sha256:{}", "a".repeat(64)).parse().unwrap(),
        format!("checkout=3.0.0@sha256:{}", "b".repeat(64)).parse().unwrap(),
    ];
    shop.pass("1", PathKind::Release, &ships);
    let begins = |service: &str| {
        begin(&shop.call("1"), &About { subjects: ships.clone(), ..deploying(service) }).unwrap()
    };
    let stays = begins("ledger");
    assert!(stays.holds && output(&stays, "go") == Some("false"), "{stays}");
    let goes = begins("checkout");
    assert!(goes.holds && output(&goes, "go") == Some("true"), "{goes}");
}

#[test]
fn what_people_said_of_the_deployment_says_nothing_of_the_way_back() {
    let shop = Shop::adopted();
    shop.pass("1", PathKind::Release, &subjects());
    assert!(deploys(&shop, "1", "ledger").holds);
    let early = begin(&shop.call("1"), &back(PathKind::Release, "ledger")).unwrap();
    stops(&early, &["was decided before the deployment"]);
    assert_eq!(output(&goes_back(&shop, "1", PathKind::Release, "ledger"), "go"), Some("true"));
}

#[test]
fn what_cannot_be_undone_is_not() {
    let mut plan = plan_json();
    plan["releases"][0]["stages"][0]["waves"][0][0]["is-final"] = json!(true);
    let shop = Shop::of(&plan).adopt();
    shop.pass("1", PathKind::Release, &subjects());
    assert!(deploys(&shop, "1", "ledger").holds);
    stops(&goes_back(&shop, "1", PathKind::Release, "ledger"), &["cannot be undone"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever runs do in whatever order: checkout never begins its new version while ledger's is not done, and what the state says
    /// is one of the states of the path.
    #[test]
    fn no_order_of_calls_leaves_the_path(calls in proptest::collection::vec((0..3_u8, any::<bool>(), 0..4_u8), 1..14)) {
        let shop = Shop::adopted();
        for run in ["0", "1", "2"] {
            shop.pass(run, PathKind::Release, &subjects());
        }
        for (run, checkout, what) in calls {
            let run = run.to_string();
            let service = if checkout { "checkout" } else { "ledger" };
            let before = shop.live();
            match what {
                0 | 1 => {
                    let answer = deploys(&shop, &run, service);
                    prop_assert!(!(answer.holds && checkout && before["ledger"] != "2.0.0"), "{:?}", before);
                    if answer.holds && what == 1 {
                        ends(&shop, &run, service, Ending::Success);
                    }
                }
                2 => drop(end(&shop.call(&run), &deploying(service), Ending::Failure).unwrap()),
                _ => {
                    let answer = goes_back(&shop, &run, PathKind::Release, service);
                    if output(&answer, "go") == Some("true") {
                        prop_assert!(checkout || before["checkout"] == "2.0.0", "{:?}", before);
                        end(&shop.call(&run), &back(PathKind::Release, service), Ending::Success).unwrap();
                    }
                }
            }
            let live = shop.live();
            prop_assert!(live["checkout"] == "2.0.0" || live["ledger"] == "2.0.0", "{:?}", live);
        }
    }
}

#[test]
fn a_step_that_begins_once_neither_begins_again_nor_after_the_way_back() {
    let once = |shop: &Shop, run: &str, service: &str| {
        begin(&shop.call(run), &About { once: true, ..deploying(service) }).unwrap()
    };
    let shop = Shop::adopted();
    shop.pass("1", PathKind::Release, &subjects());
    assert!(once(&shop, "1", "ledger").holds);
    ends(&shop, "1", "ledger", Ending::Failure);
    stops(&once(&shop, "1", "ledger"), &["must not begin again", "has tried it before", "Start a new run"]);
    assert_eq!(output(&once(&shop, "1", "ledger"), "go"), Some("false"));
    assert!(deploys(&shop, "1", "ledger").holds, "only who asks for it is held to it");
    ends(&shop, "1", "ledger", Ending::Success);
    assert!(goes_back(&shop, "1", PathKind::Release, "ledger").holds);
    stops(&once(&shop, "1", "checkout"), &["has gone back there"]);
    let accept = About { once: true, ..about("accept-production", PathKind::Release, &subjects()) };
    stops(&begin(&shop.call("1"), &accept).unwrap(), &["has gone back there"]);
    shop.pass("2", PathKind::Release, &subjects());
    assert!(!once(&shop, "2", "checkout").to_string().contains("must not begin again"));
}
