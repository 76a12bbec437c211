//! Leases: one run holds a lock, whoever comes next has a larger token, and what was lost is not relied on.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::collections::BTreeSet;
use std::time::Duration;

use clearway_plan::PathKind;
use clearway_runtime::Answer;
use clearway_runtime::lease::{Asked, Ending, acquire, release, renew, show};
use clearway_runtime::ledger::Ledger;
use clearway_runtime::record::begin;
use common::{NOW, Shop, about, subjects};
use proptest::prelude::*;

const LOCK: &str = "production";

/// For a minute.
const ASKED: Asked<'static> = Asked { lock: LOCK, lasting: Duration::from_secs(60), reason: None };

/// A moment after the time of the tests.
fn after(seconds: i64) -> String {
    let now: jiff::Timestamp = NOW.parse().unwrap();
    (now + jiff::SignedDuration::from_secs(seconds)).to_string()
}

fn token(answer: &Answer) -> Option<u64> {
    let token = answer.outputs.iter().find(|(key, _)| key == "token")?;
    Some(token.1.parse().unwrap())
}

#[test]
fn one_run_holds_a_lock_until_its_time_is_over() {
    let shop = Shop::default();
    let asks = |run: &str, seconds: i64| acquire(&shop.at(run, &after(seconds)), &ASKED).unwrap();
    let first = token(&asks("7", 0)).unwrap();
    let held = asks("8", 59);
    assert!(!held.holds, "{held}");
    for told in ["run 7 holds `production` until 2026-11-02T09:01:00Z", "from 2026-11-02T09:06:00Z"] {
        assert!(held.to_string().contains(told), "{held}");
    }
    // Who holds it may ask again: it keeps it, for longer.
    assert_eq!(token(&asks("7", 50)), Some(first));
    assert!(!asks("8", 110 + 299).holds, "another clock may be behind");
    let second = token(&asks("8", 110 + 300)).unwrap();
    assert!(second > first);
    assert!(!asks("7", 412).holds);
    // Whose time is over has lost it, even where nobody else has taken it.
    let later = after(1000);
    let lost = renew(&shop.at("8", &later), &ASKED, None).unwrap();
    assert!(!lost.holds && lost.to_string().contains("does not hold `production` any more"), "{lost}");
    assert!(token(&acquire(&shop.at("8", &later), &ASKED).unwrap()).unwrap() > second);
}

#[test]
fn a_lock_is_kept_with_its_token_alone_and_given_back() {
    let shop = Shop::default();
    let asked = Asked { reason: Some("moving the database"), ..ASKED };
    let first = token(&acquire(&shop.call("7"), &asked).unwrap()).unwrap();
    let kept = renew(&shop.at("7", &after(30)), &ASKED, Some(first)).unwrap();
    assert_eq!(token(&kept), Some(first));
    assert!(!renew(&shop.call("7"), &ASKED, Some(first + 1)).unwrap().holds);
    assert!(!renew(&shop.call("8"), &ASKED, None).unwrap().holds);
    let shown = show(&shop.at("8", &after(31)), None).unwrap();
    assert!(
        shown.to_string().contains("moving the database") && shown.table.rows[0][2] == first.to_string(),
        "{shown}"
    );
    // Another gives back nothing; who has it does.
    assert!(release(&shop.call("8"), LOCK, None).unwrap().to_string().contains("nothing is given back"));
    assert!(!acquire(&shop.call("8"), &ASKED).unwrap().holds);
    assert!(release(&shop.call("7"), LOCK, None).unwrap().holds);
    assert!(show(&shop.call("8"), Some(LOCK)).unwrap().to_string().contains("nobody holds `production`"));
    assert!(token(&acquire(&shop.call("8"), &ASKED).unwrap()).unwrap() > first);
    // A person ends the lease of a run that cannot, and says why.
    let ending = |reason| Ending { of: "8", reason, actor: Some("ole") };
    assert!(release(&shop.call("by-hand"), LOCK, Some(&ending(" "))).is_err());
    assert!(release(&shop.call("by-hand"), LOCK, Some(&ending("its runner was lost"))).unwrap().holds);
    assert!(acquire(&shop.call("9"), &ASKED).unwrap().holds);
    let mut log = Vec::new();
    shop.ledger.log().unwrap().write_text(&mut log).unwrap();
    let log = String::from_utf8(log).unwrap();
    for line in [
        "run 7 holds production until 2026-11-02T09:01:30Z: moving the database",
        "run 7 gives production back",
        "production is taken from run 8: its runner was lost",
    ] {
        assert!(log.contains(line), "without `{line}`:\n{log}");
    }
}

#[test]
fn what_makes_no_sense_is_told_and_nothing_is_recorded() {
    let shop = Shop::default();
    let unknown = Asked { lock: "nothing", ..ASKED };
    let told = acquire(&shop.call("7"), &unknown).unwrap_err();
    assert!(told.help.unwrap().contains("`production`"));
    for seconds in [0, u64::MAX] {
        assert!(acquire(&shop.call("7"), &Asked { lasting: Duration::from_secs(seconds), ..ASKED }).is_err());
    }
    assert!(shop.ledger.log().unwrap().records().is_empty());
    acquire(&shop.call("7"), &ASKED).unwrap();
    // A clock that is behind would never see the end of it, and one that is not known to be right takes nothing.
    let behind = acquire(&shop.at("8", "2026-11-02T08:54:59Z"), &ASKED).unwrap_err();
    assert!(behind.what.contains("a clock is wrong"), "{behind}");
    assert_eq!(shop.ledger.log().unwrap().records().len(), 1);
}

/// Whether the first service of the release may be deployed by a run.
fn deploys(shop: &Shop, run: &str, now: &str) -> Answer {
    begin(&shop.at(run, now), &about("deploy-production-ledger", PathKind::Release, &subjects())).unwrap()
}

#[test]
fn a_deployment_waits_for_whoever_holds_its_lock_and_the_way_back_does_not() {
    let shop = Shop::adopted();
    shop.pass("7", PathKind::Release, &subjects());
    acquire(&shop.call("maintenance"), &ASKED).unwrap();
    let held = deploys(&shop, "7", NOW);
    assert!(!held.holds && held.to_string().contains("run maintenance holds `production`"), "{held}");
    release(&shop.call("maintenance"), LOCK, None).unwrap();
    assert!(acquire(&shop.call("7"), &ASKED).unwrap().holds);
    // It held the lock and its time is over: what else was done since, nobody knows.
    let lost = deploys(&shop, "7", &after(61));
    assert!(!lost.holds && lost.to_string().contains("was not alone"), "{lost}");
    assert!(deploys(&shop, "7", NOW).holds);
    release(&shop.call("7"), LOCK, None).unwrap();
    acquire(&shop.call("8"), &ASKED).unwrap();
    let on_call = "approval-production-rollback-fast-on-call";
    assert!(shop.plan().release("train").unwrap().paths[1].steps.iter().any(|step| step.id == on_call));
    shop.pass("9", PathKind::Rollback, &[]);
    let mut back = about("rollback-production", PathKind::Rollback, &[]);
    back.service = Some("ledger".to_owned());
    let goes = begin(&shop.call("9"), &back).unwrap();
    assert!(goes.holds && goes.outputs.contains(&("go".to_owned(), "true".to_owned())), "{goes}");
}

#[test]
fn of_those_who_ask_at_once_one_has_it() {
    const RUNS: usize = 8;
    let shop = Shop::default();
    let folder = shop.folder.path().to_str().unwrap();
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let plan = &shop.plan;
        let asks: Vec<_> = (0..RUNS)
            .map(|run| {
                scope.spawn(move || {
                    let ledger = Ledger::open(folder).unwrap();
                    let run = run.to_string();
                    let now = NOW.parse().unwrap();
                    let call = clearway_runtime::Call { plan, ledger: &ledger, run: &run, build: None, now };
                    acquire(&call, &ASKED).unwrap()
                })
            })
            .collect();
        asks.into_iter().map(|ask| ask.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|answer| answer.holds).count(), 1, "{answers:?}");
    assert_eq!(shop.ledger.log().unwrap().records().len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is asked by whom and when: nobody has it while another relies on it, and tokens only grow.
    #[test]
    fn no_two_rely_on_it_at_once(calls in proptest::collection::vec((0..3_usize, 0..3_u8, 0..400_i64), 1..24)) {
        let shop = Shop::default();
        let (mut now, mut largest) = (0, 0);
        let mut relied: Option<(usize, i64)> = None;
        for (run, what, pause) in calls {
            now += pause;
            let time = after(now);
            let name = run.to_string();
            let call = shop.at(&name, &time);
            let held = match what {
                0 => acquire(&call, &ASKED).unwrap(),
                1 => renew(&call, &ASKED, None).unwrap(),
                _ => {
                    release(&call, LOCK, None).unwrap();
                    relied = relied.filter(|(by, _)| *by != run);
                    continue;
                }
            };
            if !held.holds {
                continue;
            }
            let token = token(&held).unwrap();
            let same = relied.filter(|(by, until)| *by == run && now < *until).is_some();
            prop_assert!(relied.is_none_or(|(by, until)| by == run || until <= now), "{held}");
            let fits = if same { token == largest } else { token > largest };
            prop_assert!(fits, "token {} after {}", token, largest);
            largest = token;
            relied = Some((run, now + 60));
        }
        let tokens: BTreeSet<usize> = (1..=shop.ledger.log().unwrap().records().len()).collect();
        prop_assert!(largest == 0 || tokens.contains(&usize::try_from(largest).unwrap()));
    }
}
