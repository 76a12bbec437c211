//! The fast answer against one that looks at every state: the same instances have an order, with as few moves and as many of them
//! before the point of no return; what is returned is safe; what is told of a conflict is irreducible.
//!
//! `CLEARWAY_SAMPLES` says how many instances are tried.

#![allow(clippy::disallowed_methods, reason = "the number of samples comes from the environment")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod instance;
mod oracle;

use clearway_skew::{Answer, Budget, Order, Refusal, Step, World, prove, replay};
use instance::{Instance, name, version};
use oracle::{Cell, Oracle};

fn samples() -> u64 {
    std::env::var("CLEARWAY_SAMPLES").ok().and_then(|text| text.parse().ok()).unwrap_or(300)
}

#[derive(Debug, Default)]
struct Histogram {
    feasible: u32,
    infeasible: u32,
    /// Orders by their number of moves.
    moves: [u32; 12],
    /// Orders of four or more moves of which no two may be made at once.
    forced: u32,
    /// No order, though any two services have one.
    only_together: u32,
    /// Orders with a wave in which several move.
    several: u32,
    groups: u32,
    paired: u32,
    conflicts: [u32; 8],
}

#[test]
fn the_fast_answer_is_the_one_of_brute_force() {
    let mut seen = Histogram::default();
    let count = samples();
    for seed in 0..count {
        let instance = Instance::random(seed);
        let oracle = Oracle::of(&instance, &[]);
        let best = oracle.best();
        seen.groups += u32::from(instance.services.iter().any(|svc| svc.groups.len() > 1));
        seen.paired += u32::from(instance.together.is_some());
        match (prove(&World::of(&instance.problem(&[])), Budget::default()), best) {
            (Answer::Order(order), Some(best)) => {
                seen.feasible += 1;
                seen.moves[(best.moves as usize).min(11)] += 1;
                let waves = follow(&oracle, &order, seed);
                let free: usize = waves[..order.no_return.unwrap_or(waves.len())].iter().map(Vec::len).sum();
                let made: usize = waves.iter().map(Vec::len).sum();
                assert_eq!(
                    (made, free),
                    (best.moves as usize, best.free as usize),
                    "{seed}: {instance:?}\n{order:?}"
                );
                seen.forced += u32::from(made >= 4 && waves.iter().all(|wave| wave.len() == 1));
                seen.several += u32::from(waves.iter().any(|wave| wave.len() > 1));
                let steps = steps(&order);
                assert_eq!(replay(&instance.problem(&[]), &steps), Ok(()), "{seed}: {instance:?}\n{order:?}");
            }
            (Answer::No(refusal), None) => {
                seen.infeasible += 1;
                let services = 0..instance.services.len();
                let mut pairs =
                    services.clone().flat_map(|one| services.clone().map(move |other| (one, other)));
                seen.only_together +=
                    u32::from(pairs.all(|(one, other)| one >= other || oracle.pair_alone(one, other)));
                seen.conflicts[refusal.conflicts.len().min(7)] += 1;
                irreducible(&instance, &refusal, seed);
            }
            (answer, best) => panic!("{seed}: {instance:?}\n{answer:?}\n{best:?}"),
        }
    }
    println!("{seen:?}");
    assert!(seen.forced * 5 >= count as u32, "too few forced orders: {seen:?}");
    assert!(seen.only_together * 5 >= count as u32, "too few that only all together exclude: {seen:?}");
    assert!(seen.several > 0 && seen.groups > 0 && seen.paired > 0, "{seen:?}");
}

/// The waves of an order as moves of the oracle, each wave found safe by it.
fn follow(oracle: &Oracle<'_>, order: &Order, seed: u64) -> Vec<Vec<Vec<(usize, u8)>>> {
    let mut cells = oracle.start();
    let mut waves = Vec::new();
    for wave in &order.waves {
        let mut wanted: Vec<(usize, u8)> = Vec::new();
        for step in &wave.moves {
            let service = (0..oracle.instance.services.len()).find(|at| name(*at) == step.service).unwrap();
            let group = step.group.as_ref().map_or(0, |group| group[1..].parse::<usize>().unwrap());
            let group = (0..oracle.groups.len())
                .filter(|at| oracle.groups[*at].service == service)
                .nth(group)
                .unwrap();
            let to =
                step.to.as_ref().map_or(0, |to| 1 << (0..8).find(|minor| version(*minor) == *to).unwrap());
            wanted.push((group, to));
        }
        wanted.sort_unstable();
        // Each of the oracle's own moves that the wave contains.
        let own: Vec<Vec<(usize, u8)>> = oracle
            .moves(&cells)
            .into_iter()
            .filter(|step| {
                // A unit that moves with others and is there already takes no part.
                step.iter().all(|one| wanted.contains(one))
            })
            .collect();
        let covered: usize = own.iter().map(Vec::len).sum();
        assert_eq!(covered, wanted.len(), "{seed}: {order:?} has moves that do not exist");
        let mut services: Vec<usize> = own.iter().map(|step| oracle.groups[step[0].0].service).collect();
        services.sort_unstable();
        services.dedup();
        assert_eq!(services.len(), own.len(), "{seed}: a wave moves a service twice");
        assert!(oracle.is_safe(&cells, &own), "{seed}: {:?}\n{order:?}", oracle.instance);
        for (group, to) in &wanted {
            cells[*group] = Cell::of(*to);
        }
        waves.push(own);
    }
    assert_eq!(cells, oracle.goal(), "{seed}: {order:?} does not arrive");
    waves
}

fn steps(order: &Order) -> Vec<Vec<Step>> {
    let step = |step: &clearway_skew::Move| Step {
        service: step.service.clone(),
        group: step.group.clone(),
        to: step.to.clone(),
    };
    order.waves.iter().map(|wave| wave.moves.iter().map(step).collect()).collect()
}

/// The facts of each conflict alone exclude every order, and without any one of them the others do not.
fn irreducible(instance: &Instance, refusal: &Refusal, seed: u64) {
    let told = !refusal.conflicts.is_empty() && refusal.missing.is_empty() && refusal.beyond.is_empty();
    assert!(told, "{seed}: {instance:?}\n{refusal:?}");
    let all: Vec<u32> = (0..instance.rules.len() as u32)
        .chain((0..instance.services.len() as u32).map(|service| 1000 + service))
        .collect();
    for conflict in &refusal.conflicts {
        let core: Vec<u32> = conflict.facts.iter().map(|cause| cause.origin.0).collect();
        let without =
            |kept: &[u32]| -> Vec<u32> { all.iter().copied().filter(|fact| !kept.contains(fact)).collect() };
        let has_order = |kept: &[u32]| Oracle::of(instance, &without(kept)).best().is_some();
        assert!(!has_order(&core), "{seed}: {core:?} alone have an order\n{instance:#?}\n{conflict:#?}");
        for left_out in &core {
            let others: Vec<u32> = core.iter().copied().filter(|fact| fact != left_out).collect();
            assert!(has_order(&others), "{seed}: {left_out} is not needed in {core:?}\n{instance:#?}");
        }
    }
}
