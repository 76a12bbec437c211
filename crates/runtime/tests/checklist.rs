//! Checklists: complete by gates that passed and people who attest, and by nothing else.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use clearway_plan::PathKind;
use clearway_runtime::Answer;
use clearway_runtime::checklist::{Asked, Attesting, attest, status, verify};
use clearway_runtime::ledger::{End, Ending, Entry};
use clearway_runtime::record;
use common::{COMMIT, Memory, Shop, about, plan_json, subjects};
use serde_json::{Value, json};

/// The shop with a checklist before production: an item of the gate, one that is attested anew for each commit, one that is every 30 days.
fn plan() -> Value {
    let mut plan = plan_json();
    let people = |within: Value| json!({"people": {"group": "on-call", "within": within}});
    plan["checklists"] = json!({"ready": {
        "origin": {"kind": "checklist", "name": "ready"},
        "items": [
            {"id": "tests-pass", "text": "Tests pass", "by": {"gate": "tests"}},
            {"id": "notes", "text": "The notes are good", "by": people(Value::Null)},
            {"id": "runbook", "text": "The runbook was read", "by": people(json!({"seconds": 30 * 86400}))},
        ],
    }});
    let release = &mut plan["releases"][0];
    release["stages"][0]["checklist"] = json!("ready");
    let does = json!({"checklist": {"environment": "production", "checklist": "ready"}});
    let step = json!({"id": "checklist-production-ready", "does": does, "origin": {"kind": "checklist", "name": "ready"}, "needs": ["gate-production-tests"], "timeout": 600});
    release["paths"][0]["steps"].as_array_mut().unwrap().insert(3, step);
    plan
}

fn asked() -> Asked {
    Asked {
        release: "train".to_owned(),
        path: PathKind::Release,
        environment: "production".to_owned(),
        checklist: "ready".to_owned(),
        subjects: subjects(),
        commit: COMMIT.to_owned(),
        actor: Some("dora".to_owned()),
    }
}

fn says(item: &str, commit: Option<&str>) -> Attesting {
    Attesting {
        release: "train".to_owned(),
        checklist: "ready".to_owned(),
        item: item.to_owned(),
        person: "ole".to_owned(),
        commit: commit.map(str::to_owned),
        note: Some("read it twice".to_owned()),
    }
}

/// Looks at the checklist of a run, and that the ledger has the decision.
fn look(shop: &Shop, run: &str, now: &str) -> Answer {
    let answer = verify(&shop.at(run, now), &asked()).unwrap();
    shop.replays(&Memory::default());
    let log = shop.ledger.log().unwrap();
    let Some(End::Outcome(outcome)) = log.acts().next_back().unwrap().end else { panic!("no outcome") };
    assert_eq!(outcome.result, if answer.holds { Ending::Success } else { Ending::Failure });
    assert_eq!(outcome.decision.as_ref().unwrap(), &answer.details);
    answer
}

/// The shop after its gates passed, and nothing else.
fn gated() -> Shop {
    let shop = Shop::of(&plan()).adopt();
    shop.pass("1", PathKind::Release, &subjects());
    shop
}

#[test]
fn a_checklist_is_complete_when_each_item_is() {
    let shop = gated();
    let early = look(&shop, "1", "2026-11-02T09:00:00Z");
    assert!(!early.holds && early.to_string().contains("2 of 3 are missing"), "{early}");
    assert!(early.to_markdown().contains("clearway record attest notes --checklist ready"), "{early}");
    for item in ["notes", "The runbook was read"] {
        assert!(
            attest(&shop.at("by-hand", "2026-11-02T09:10:00Z"), &says(item, Some(COMMIT))).unwrap().holds
        );
    }
    let answer = look(&shop, "1", "2026-11-02T09:20:00Z");
    assert!(answer.holds, "{answer}");
    assert!(answer.to_string().contains("ole attested it at 2026-11-02T09:10:00Z"), "{answer}");
    let records = shop.ledger.log().unwrap();
    let attested = records
        .records()
        .iter()
        .find(|logged| matches!(&logged.record.entry, Entry::Attested(said) if said.item == "notes"));
    assert_eq!(answer.details["items"][1]["attestation"], json!(attested.unwrap().digest));
    assert!(shop.ledger.check().unwrap().is_ok());
}

#[test]
fn a_policy_is_met_until_what_waives_a_control_of_it_has_ended() {
    let with = |open: Value| {
        let mut plan = plan();
        plan["checklists"]["ready"]["items"] = json!([
            {"id": "house", "text": "The house rules are met", "by": {"policy": {"policy": "house", "open": open}}},
        ]);
        let shop = Shop::of(&plan).adopt();
        shop.pass("1", PathKind::Release, &subjects());
        shop
    };
    assert!(look(&with(json!({})), "1", "2026-11-02T09:00:00Z").holds);
    let advice = look(&with(json!({"H-1": null})), "1", "2026-11-02T09:00:00Z");
    assert!(!advice.holds && advice.to_string().contains("not met: H-1"), "{advice}");
    let waived = with(json!({"H-1": "2026-11-02T10:00:00Z"}));
    let early = look(&waived, "1", "2026-11-02T09:59:59Z");
    assert!(early.holds && early.to_string().contains("or waived: H-1"), "{early}");
    let late = look(&waived, "1", "2026-11-02T10:00:00Z");
    assert!(!late.holds && late.to_string().contains("H-1, waived until 2026-11-02T10:00:00Z"), "{late}");
    assert!(attest(&waived.at("by-hand", "2026-11-02T09:10:00Z"), &says("house", Some(COMMIT))).is_err());
}

#[test]
fn what_does_not_count_is_told_and_does_not_complete_it() {
    // No gate has passed in this run.
    let shop = gated();
    for item in ["notes", "runbook"] {
        attest(&shop.at("by-hand", "2026-11-02T09:10:00Z"), &says(item, Some(COMMIT))).unwrap();
    }
    let other_run = look(&shop, "2", "2026-11-02T09:20:00Z");
    assert!(
        !other_run.holds && other_run.to_string().contains("not been decided in this run"),
        "{other_run}"
    );
    // An attestation without a time holds for its commit alone.
    let shop = gated();
    attest(&shop.at("by-hand", "2026-11-02T09:10:00Z"), &says("notes", Some(&"f".repeat(40)))).unwrap();
    attest(&shop.at("by-hand", "2026-11-02T09:10:00Z"), &says("runbook", None)).unwrap();
    let other_commit = look(&shop, "1", "2026-11-02T09:20:00Z");
    assert!(!other_commit.holds && other_commit.to_string().contains("another commit"), "{other_commit}");
    assert!(other_commit.to_string().contains("1 of 3 are missing"), "{other_commit}");
    // One with a time holds for that long.
    let late = look(&shop, "1", "2026-12-02T09:10:01Z");
    assert!(late.to_string().contains("is too old"), "{late}");
    // A gate that passed for something else than what ships says nothing of it.
    let mut other = asked();
    other.subjects.truncate(1);
    let something_else = verify(&shop.call("1"), &other).unwrap();
    assert!(something_else.to_string().contains("something else"), "{something_else}");
}

#[test]
fn only_those_who_may_attest() {
    let shop = gated();
    let call = shop.call("by-hand");
    let count = || shop.ledger.log().unwrap().records().len();
    let before = count();
    let stranger = Attesting { person: "bea".to_owned(), ..says("notes", Some(COMMIT)) };
    let refused: [(Attesting, &str); 4] = [
        (stranger, "bea is not of `on-call`"),
        (says("nots", Some(COMMIT)), "has no item `nots`"),
        (says("tests-pass", Some(COMMIT)), "a gate decides"),
        (says("notes", None), "holds for one commit"),
    ];
    for (said, why) in refused {
        let trouble = attest(&call, &said).unwrap_err();
        assert!(trouble.what.contains(why), "{trouble}");
    }
    assert_eq!(count(), before);
}

#[test]
fn status_records_nothing_and_says_the_same() {
    let shop = gated();
    let before = shop.ledger.log().unwrap().records().len();
    let told = status(&shop.call("1"), &asked()).unwrap();
    assert!(!told.holds);
    assert_eq!(shop.ledger.log().unwrap().records().len(), before);
    assert_eq!(look(&shop, "1", common::NOW).table, told.table);
}

#[test]
fn nothing_is_deployed_before_the_checklist_is_complete() {
    let shop = gated();
    let begin = || {
        record::begin(&shop.call("1"), &about("deploy-production-ledger", PathKind::Release, &subjects()))
            .unwrap()
    };
    let undecided = begin();
    assert!(
        !undecided.holds && undecided.to_string().contains("checklist `ready` before `production`"),
        "{undecided}"
    );
    look(&shop, "1", common::NOW);
    assert!(!begin().holds);
    for item in ["notes", "runbook"] {
        attest(&shop.call("by-hand"), &says(item, Some(COMMIT))).unwrap();
    }
    assert!(look(&shop, "1", common::NOW).holds);
    assert!(begin().holds, "{}", begin());
}
