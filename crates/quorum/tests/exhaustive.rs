//! The algebra against everything that people could do: small chains, every assignment tried, by the rules as the runtime has them. The
//! two share no code.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;

use clearway_quorum::{Chain, Name, Refusal, Seat, Separation, Step, Way, fewest, staff};
use proptest::prelude::*;

const PEOPLE: [&str; 5] = ["ana", "ben", "chloe", "dora", "eva"];
/// People of no group, who may ask and deploy.
const OUTSIDERS: [&str; 2] = ["yan", "zoe"];

fn seats() -> impl Strategy<Value = Vec<Seat>> {
    let people = proptest::sample::subsequence(PEOPLE.to_vec(), 0..=5);
    let seat = (people, 1_u32..=3)
        .prop_map(|(people, need)| Seat { people: people.into_iter().map(Name::from).collect(), need });
    proptest::collection::vec(seat, 1..=2)
}

fn ways() -> impl Strategy<Value = Way> {
    let steps = proptest::collection::vec(seats().prop_map(|seats| Step { seats }), 0..=3);
    let author = proptest::option::of(proptest::sample::select([PEOPLE.as_slice(), &OUTSIDERS].concat()));
    (steps, any::<[bool; 3]>(), author, any::<bool>()).prop_map(|(steps, apart, author, is_asked_for)| {
        let [author_apart, approver, deployer] = apart;
        Way {
            chain: Chain { steps, apart: approver },
            separation: Separation { author: author_apart, approver, deployer },
            author: author.map(Name::from),
            is_asked_for,
        }
    })
}

/// Every choice of the steps that each person agrees to: at most one where approvers are kept apart.
fn agreements(steps: usize, apart: bool) -> Vec<Vec<u8>> {
    let choices: Vec<u8> = (0..1_u8 << steps).filter(|choice| !apart || choice.count_ones() <= 1).collect();
    PEOPLE.iter().fold(vec![Vec::new()], |all, _| {
        let more = |before: Vec<u8>| {
            choices.iter().map(move |choice| before.iter().copied().chain([*choice]).collect::<Vec<u8>>())
        };
        all.into_iter().flat_map(more).collect()
    })
}

/// How many places stay open.
fn open(chain: &Chain, agreed: &[u8]) -> u32 {
    let mut open = 0;
    for (at, step) in chain.steps.iter().enumerate() {
        for seat in &step.seats {
            let who = PEOPLE.iter().zip(agreed).filter(|(name, choice)| {
                **choice & (1 << at) != 0 && seat.people.contains(&Name::from(**name))
            });
            open += seat.need.saturating_sub(u32::try_from(who.count()).unwrap());
        }
    }
    open
}

/// The fewest who go a way, and the fewest places that stay open.
fn tried(way: &Way) -> (Option<u32>, u32) {
    let Separation { author, approver, deployer } = way.separation;
    let everybody: Vec<&str> = [PEOPLE.as_slice(), &OUTSIDERS].concat();
    let authors: Vec<Option<&str>> = match (&way.author, way.is_asked_for) {
        (Some(author), _) => vec![Some(author.as_str())],
        (None, true) => everybody.iter().copied().map(Some).collect(),
        (None, false) => vec![None],
    };
    let mut best: Option<u32> = None;
    let mut least = u32::MAX;
    for agreed in agreements(way.chain.steps.len(), approver) {
        let approvers: BTreeSet<&str> =
            PEOPLE.iter().zip(&agreed).filter(|(_, choice)| **choice != 0).map(|(name, _)| *name).collect();
        for by in &authors {
            if author && approver && by.is_some_and(|by| approvers.contains(by)) {
                continue;
            }
            let open = open(&way.chain, &agreed);
            least = least.min(open);
            for deploys in everybody.iter().filter(|_| open == 0) {
                let deploys = *deploys;
                let asks = by.filter(|_| way.is_asked_for);
                if (deployer && approver && approvers.contains(deploys))
                    || (author && deployer && asks == Some(deploys))
                {
                    continue;
                }
                let mut all = approvers.clone();
                all.extend(asks);
                all.insert(deploys);
                let count = u32::try_from(all.len()).unwrap();
                best = Some(best.map_or(count, |best| best.min(count)));
            }
        }
    }
    (best, least)
}

proptest! {
    // A person's choice is a set of steps: at most 8 to the power of 5 for each instance.
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_fewest_are_those_that_trying_everything_finds(way in ways()) {
        let (best, least) = tried(&way);
        match fewest(&way) {
            Ok(count) => prop_assert_eq!(Some(count), best),
            Err(Refusal::Short(shortages)) => {
                prop_assert_eq!(best, None);
                let missing: u32 = shortages.iter().map(|shortage| shortage.missing).sum();
                prop_assert_eq!(missing, least);
            }
            Err(Refusal::Unknown) => prop_assert!(false, "nobody could tell"),
        }
    }

    /// Without anybody who has two seats in a step, a shortage is of seats that really share too few people, and none can be left out.
    #[test]
    fn a_shortage_is_one_and_no_smaller(way in ways()) {
        let mut chain = way.chain;
        chain.apart = true;
        for step in &mut chain.steps {
            step.seats.truncate(1);
        }
        let Err(Refusal::Short(shortages)) = staff(&chain) else { return Ok(()) };
        for shortage in shortages {
            let people = u32::try_from(shortage.people.len()).unwrap();
            prop_assert_eq!(shortage.need, people + shortage.missing);
            for left_out in &shortage.seats {
                let mut fewer = chain.clone();
                for (at, step) in fewer.steps.iter_mut().enumerate() {
                    if at == left_out.0 || !shortage.seats.contains(&(at, 0)) {
                        step.seats.clear();
                    }
                }
                let rest = staff(&fewer);
                let of_several = shortage.missing > 1;
                prop_assert!(rest.is_ok() || of_several, "{:?} is short without {:?}", shortage, left_out);
            }
        }
    }
}

fn seat(people: &[&str], need: u32) -> Seat {
    Seat { people: people.iter().copied().map(Name::from).collect(), need }
}

fn chain(steps: &[&[Seat]]) -> Chain {
    Chain { steps: steps.iter().map(|seats| Step { seats: seats.to_vec() }).collect(), apart: true }
}

#[test]
fn one_person_in_two_groups_is_counted_once() {
    let both = chain(&[&[seat(&["ana", "ben"], 1)], &[seat(&["ana", "ben"], 2)]]);
    let Err(Refusal::Short(shortages)) = staff(&both) else { panic!("three places, two people") };
    assert_eq!(shortages.len(), 1);
    assert_eq!((shortages[0].need, shortages[0].missing), (3, 1));
    assert_eq!(shortages[0].seats, [(0, 0), (1, 0)]);
    assert_eq!(staff(&Chain { apart: false, ..both }), Ok(2));
}

#[test]
fn one_owner_of_two_services_speaks_for_both() {
    let owners = chain(&[&[seat(&["ana", "ben"], 1), seat(&["ana", "eva"], 1)]]);
    assert_eq!(staff(&owners), Ok(1));
}

#[test]
fn shortages_apart_are_told_apart() {
    let two = chain(&[&[seat(&["ana"], 2)], &[seat(&["eva"], 3)], &[seat(&["ben"], 1)]]);
    let Err(Refusal::Short(shortages)) = staff(&two) else { panic!("two are short") };
    let told: Vec<_> = shortages.iter().map(|shortage| (shortage.seats.clone(), shortage.missing)).collect();
    assert_eq!(told, [(vec![(0, 0)], 1), (vec![(1, 0)], 2)]);
}

#[test]
fn a_large_chain_is_matched_at_once() {
    let crowd: Vec<String> = (0..200).map(|number| format!("p{number}")).collect();
    let crowd: Vec<&str> = crowd.iter().map(String::as_str).collect();
    let steps: Vec<Vec<Seat>> = (0..10).map(|at| vec![seat(&crowd[at * 10..at * 10 + 60], 5)]).collect();
    let steps: Vec<&[Seat]> = steps.iter().map(Vec::as_slice).collect();
    assert_eq!(staff(&chain(&steps)), Ok(50));
}
