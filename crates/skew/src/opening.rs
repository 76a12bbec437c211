//! What would open an order where there is none.

use std::collections::BTreeSet;

use crate::answer::{Opening, RuleKind};
use crate::solve::{Solved, solve};
use crate::variation::Variation;
use crate::world::{ABSENT, World};

/// The steps that would open an order between services that some rules alone keep apart; each was tried.
pub(crate) fn openings(
    world: &World,
    services: &BTreeSet<usize>,
    facts: &[u32],
    scope: &BTreeSet<usize>,
    alone: &Variation,
    budget: usize,
) -> Vec<Opening> {
    let opens =
        |variation: &Variation| matches!(solve(world, variation, Some(scope), budget), Solved::Order { .. });
    let mut found = Vec::new();
    let requirements =
        || facts.iter().filter(|fact| world.facts[**fact as usize].rule == RuleKind::Requirement);
    for fact in requirements() {
        found.extend(expanded(world, *fact));
    }
    for fact in requirements() {
        found.extend(bridged(world, *fact));
    }
    let names =
        |parties: &BTreeSet<usize>| parties.iter().map(|party| world.parties[*party].name.clone()).collect();
    if services.len() > 1 && opens(&Variation { paired: services.clone(), ..alone.clone() }) {
        found.push(Opening::Together { services: names(services) });
    }
    let joined =
        || world.together.iter().any(|joined| joined.parties.iter().any(|party| services.contains(party)));
    if joined() && opens(&Variation { apart: true, ..alone.clone() }) {
        found.push(Opening::Apart { services: names(services) });
    }
    // One that stops is better than all.
    let alone_stopped = |party: &usize| {
        let stopped: BTreeSet<usize> = BTreeSet::from([*party]);
        opens(&Variation { stopped: stopped.clone(), ..alone.clone() }).then_some(stopped)
    };
    let all = || opens(&Variation { stopped: services.clone(), ..alone.clone() }).then(|| services.clone());
    if let Some(stopped) = services.iter().find_map(alone_stopped).or_else(all) {
        found.push(Opening::Stop { services: names(&stopped) });
    }
    found.dedup();
    found
}

/// Where all that a requirement forbids is what is live of its owner today beside what comes of its target: what comes could provide
/// the old beside the new. Without the requirement there is an order, as for every rule of an irreducible set.
fn expanded(world: &World, fact: u32) -> Option<Opening> {
    let told = &world.facts[fact as usize];
    let target = told.target.filter(|target| world.parties[*target].moving && *target != told.owner)?;
    let (owner, provider) = (&world.parties[told.owner], &world.parties[target]);
    let mut bads =
        world.bads(told.owner, target).filter(|bad| bad.fact == fact && !bad.tolerated && bad.b != ABSENT);
    let is_old = |version: u16| owner.today[usize::from(version)];
    let comes = |version: u16| provider.units.iter().any(|unit| world.units[*unit].target == Some(version));
    let mut some = false;
    let all = bads.all(|bad| {
        some = true;
        is_old(bad.a) && (comes(bad.b) || !provider.today[usize::from(bad.b)])
    });
    (some && all).then(|| Opening::Expand { provider: provider.name.clone(), owner: owner.name.clone() })
}

/// Where a requirement forbids what comes of its owner beside what is live of its target today: a version in between could work with
/// both.
fn bridged(world: &World, fact: u32) -> Option<Opening> {
    let told = &world.facts[fact as usize];
    let target = told.target.filter(|target| world.parties[*target].moving && *target != told.owner)?;
    let (owner, provider) = (&world.parties[told.owner], &world.parties[target]);
    let comes = |version: u16| owner.units.iter().any(|unit| world.units[*unit].target == Some(version));
    let mut bads =
        world.bads(told.owner, target).filter(|bad| bad.fact == fact && !bad.tolerated && bad.b != ABSENT);
    bads.any(|bad| comes(bad.a) && provider.today[usize::from(bad.b)] && owner.present)
        .then(|| Opening::Bridge { service: owner.name.clone(), other: provider.name.clone() })
}
