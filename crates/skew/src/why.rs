//! Why one service comes before another.

use std::collections::{BTreeMap, VecDeque};

use smol_str::SmolStr;

use crate::answer::{Clash, Order, RuleKind};
use crate::game::Game;
use crate::problem::{Origin, Problem};
use crate::state::told_clash;
use crate::variation::Variation;
use crate::world::World;

/// One service waits for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What moves first.
    pub before: SmolStr,
    /// What waits.
    pub after: SmolStr,
    /// The rules that make it wait, with the versions that must not be live at the same time.
    pub reasons: Vec<(Origin, RuleKind, Option<Clash>)>,
}

/// Why one service comes before another in an order: a shortest chain of services that wait for one another. `None` when it does not
/// have to.
pub fn why(problem: &Problem, order: &Order, before: &str, after: &str) -> Option<Vec<Link>> {
    let world = World::of(problem);
    let variation = Variation::default();
    let expanded = (0..world.parties.len()).collect();
    let game = Game::new(&world, &variation, None, &expanded);
    let actor = |name: &str| {
        let party = world.parties.iter().find(|party| party.name == name)?;
        party.units.iter().find_map(|unit| game.actor_of[*unit])
    };
    let waves = waves(order);
    let (start, end) = (actor(before)?, actor(after)?);
    let mut reached: BTreeMap<usize, Option<usize>> = BTreeMap::from([(start, None)]);
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        if at == end {
            break;
        }
        for (next, _) in &game.neighbours[at] {
            // What moves in hops has left its old version with the first of them, and is at its new one with the last. On the way to
            // another the first counts here too: there it leaves.
            let follows = || {
                let (first, second) = (waves.get(&name(&game, at))?, waves.get(&name(&game, *next))?);
                Some(first.0 < if *next == end { second.1 } else { second.0 })
            };
            if !reached.contains_key(next) && follows() == Some(true) && !reasons(&game, at, *next).is_empty()
            {
                reached.insert(*next, Some(at));
                queue.push_back(*next);
            }
        }
    }
    let mut links = Vec::new();
    let mut at = end;
    while let Some(from) = *reached.get(&at)? {
        links.push(Link {
            before: name(&game, from),
            after: name(&game, at),
            reasons: reasons(&game, from, at),
        });
        at = from;
    }
    links.reverse();
    Some(links)
}

fn name(game: &Game<'_>, actor: usize) -> SmolStr {
    game.world.parties[game.world.units[game.actors[actor].units[0]].party].name.clone()
}

/// The first and the last wave of each service.
fn waves(order: &Order) -> BTreeMap<SmolStr, (usize, usize)> {
    let mut waves: BTreeMap<SmolStr, (usize, usize)> = BTreeMap::new();
    for (at, wave) in order.waves.iter().enumerate() {
        for step in &wave.moves {
            waves.entry(step.service.clone()).or_insert((at, at)).1 = at;
        }
    }
    waves
}

/// The rules between what an actor is before it has finished and what another is once it has begun.
fn reasons(game: &Game<'_>, before: usize, after: usize) -> Vec<(Origin, RuleKind, Option<Clash>)> {
    let world = game.world;
    let mut found = BTreeMap::new();
    for unit in &game.actors[before].units {
        for other in &game.actors[after].units {
            let (one, two) = (&world.units[*unit], &world.units[*other]);
            for bad in world.bads(one.party, two.party).filter(|bad| !bad.tolerated) {
                let old = if one.live.is_empty() {
                    bad.a == crate::world::ABSENT
                } else {
                    one.live.contains(&bad.a)
                };
                let new = two.target.map_or(bad.b == crate::world::ABSENT, |target| target == bad.b);
                let fact = &world.facts[bad.fact as usize];
                if let (true, true, Some(origin)) = (old, new, fact.origin) {
                    let clash = told_clash(world, fact.owner, (one.party, bad.a, two.party, bad.b));
                    found.insert((origin, fact.rule), clash);
                }
            }
            for rule in world
                .precedences
                .iter()
                .filter(|rule| rule.first.contains(unit) && rule.second.contains(other))
            {
                let fact = &world.facts[rule.fact as usize];
                if let Some(origin) = fact.origin {
                    found.insert((origin, fact.rule), None);
                }
            }
        }
    }
    found.into_iter().map(|((origin, rule), clash)| (origin, rule, clash)).collect()
}
