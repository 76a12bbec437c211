//! An order for everything: each entangled set for itself, sets in the order of their edges.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::unionfind::UnionFind;

use crate::components::Components;
use crate::game::Game;
use crate::search::{Found, Taken, search};
use crate::variation::Variation;
use crate::world::World;

/// What solving comes to.
pub(crate) enum Solved<'a> {
    /// All steps in an order in which each is safe; the first part of them needs no move that cannot be undone.
    Order { game: Game<'a>, steps: Vec<Taken>, free: usize },
    /// The services of the sets that have no order, and of those for which the budget was not enough.
    Stuck { stuck: Vec<BTreeSet<usize>>, beyond: Vec<BTreeSet<usize>> },
}

/// Looks for an order of the services in scope, or of all.
pub(crate) fn solve<'a>(
    world: &'a World,
    variation: &'a Variation,
    scope: Option<&BTreeSet<usize>>,
    budget: usize,
) -> Solved<'a> {
    let mut expanded: BTreeSet<usize> = BTreeSet::new();
    loop {
        let game = Game::new(world, variation, scope, &expanded);
        let components = Components::of(&game);
        let mut orders = Vec::new();
        let (mut stuck, mut beyond, mut wanted) = (Vec::new(), Vec::new(), BTreeSet::new());
        for set in &components.sets {
            let expandable: BTreeSet<usize> = set
                .iter()
                .filter(|actor| game.actors[**actor].expandable)
                .flat_map(|actor| parties(&game, &[*actor]))
                .collect();
            let found = order_of(&game, set, budget);
            // Versions in between are used only where there is no order, or no shorter one, without them.
            let is_best = matches!(found, Found::Order(_, true));
            if !is_best && !expandable.is_empty() {
                wanted.extend(expandable);
            }
            match found {
                Found::Order(steps, _) => orders.push(steps),
                Found::None => stuck.push(parties(&game, set)),
                Found::Beyond => beyond.push(parties(&game, set)),
            }
        }
        if wanted.is_empty() {
            if !(stuck.is_empty() && beyond.is_empty()) {
                return Solved::Stuck { stuck, beyond };
            }
            let (components, orders) = merged(&game, components, orders, budget);
            let (steps, free) = sequence(&game, &components, orders);
            return Solved::Order { game, steps, free };
        }
        expanded.extend(wanted);
    }
}

/// The services of some actors.
fn parties(game: &Game<'_>, set: &[usize]) -> BTreeSet<usize> {
    let units = set.iter().flat_map(|actor| &game.actors[*actor].units);
    units.map(|unit| game.world.units[*unit].party).collect()
}

fn order_of(game: &Game<'_>, set: &[usize], budget: usize) -> Found {
    if let [only] = set {
        let actor = &game.actors[*only];
        let direct = actor.steps[actor.start].iter().position(|step| Some(step.to) == actor.goal);
        if let Some(step) = direct {
            return Found::Order(vec![Taken { actor: *only, from: actor.start, step }], true);
        }
    } else {
        // Two that have no order between them leave none to all.
        for (at, one) in set.iter().enumerate() {
            for (other, _) in game.neighbours[*one].iter().filter(|(other, _)| set[at..].contains(other)) {
                if search(game, &[*one, *other], budget) == Found::None {
                    return Found::None;
                }
            }
        }
    }
    search(game, set, budget)
}

/// How many actors are searched at once for more moves before the point of no return.
const MOST_MERGED: usize = 12;

/// Where an entangled set has a move that cannot be undone, what waits for it or it for counts too: few of them are searched at
/// once for the most moves before that one. Of many each set is left as it is.
fn merged(
    game: &Game<'_>,
    components: Components,
    mut orders: Vec<Vec<Taken>>,
    budget: usize,
) -> (Components, Vec<Vec<Taken>>) {
    let mut linked = UnionFind::new(orders.len());
    for (set, before) in components.before.iter().enumerate() {
        for other in before {
            linked.union(set, *other);
        }
    }
    let labels = linked.into_labeling();
    let mut together: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (set, label) in labels.iter().enumerate() {
        together.entry(*label).or_default().push(set);
    }
    let mut all = Components { sets: Vec::new(), before: Vec::new() };
    let mut steps = Vec::new();
    let mut place = vec![0; orders.len()];
    for sets in together.values() {
        let mut actors: Vec<usize> = sets.iter().flat_map(|set| components.sets[*set].clone()).collect();
        actors.sort_unstable();
        let is_final = |actor: &usize| game.actors[*actor].steps.iter().flatten().any(|step| step.is_final);
        let entangled = sets.len() > 1 && sets.iter().any(|set| components.sets[*set].len() > 1);
        if entangled
            && actors.len() <= MOST_MERGED
            && actors.iter().any(is_final)
            && let Found::Order(best, _) = search(game, &actors, budget)
        {
            all.sets.push(actors);
            all.before.push(Vec::new());
            steps.push(best);
            continue;
        }
        for set in sets {
            place[*set] = all.sets.len();
            all.sets.push(components.sets[*set].clone());
            steps.push(std::mem::take(&mut orders[*set]));
        }
        for set in sets {
            all.before.push(components.before[*set].iter().map(|other| place[*other]).collect());
        }
    }
    (all, steps)
}

/// All steps one after the other: first those that need no move that cannot be undone, of those that could be next the set whose
/// name comes first.
fn sequence(game: &Game<'_>, components: &Components, orders: Vec<Vec<Taken>>) -> (Vec<Taken>, usize) {
    let count = orders.len();
    let is_final = |taken: &Taken| game.actors[taken.actor].steps[taken.from][taken.step].is_final;
    let free_of: Vec<usize> =
        orders.iter().map(|steps| steps.iter().position(is_final).unwrap_or(steps.len())).collect();
    let mut after = vec![Vec::new(); count];
    for (set, before) in components.before.iter().enumerate() {
        before.iter().for_each(|other| after[*other].push(set));
    }
    let mut missing: Vec<usize> = components.before.iter().map(Vec::len).collect();
    let name = |set: usize| components.sets[set].first().map(|actor| &game.actors[*actor].name);
    let mut ready: BTreeSet<_> =
        (0..count).filter(|set| missing[*set] == 0).map(|set| (name(set), set)).collect();
    let mut held = BTreeSet::new();
    let mut steps = Vec::new();
    let mut finish = |set: usize, ready: &mut BTreeSet<_>| {
        for next in &after[set] {
            missing[*next] -= 1;
            if missing[*next] == 0 {
                ready.insert((name(*next), *next));
            }
        }
    };
    while let Some((_, set)) = ready.pop_first() {
        steps.extend(&orders[set][..free_of[set]]);
        if free_of[set] == orders[set].len() {
            finish(set, &mut ready);
        } else {
            held.insert(set);
        }
    }
    let free = steps.len();
    let mut ready: BTreeSet<_> = held.iter().map(|set| (name(*set), *set)).collect();
    while let Some((_, set)) = ready.pop_first() {
        let done = if held.contains(&set) { free_of[set] } else { 0 };
        steps.extend(&orders[set][done..]);
        finish(set, &mut ready);
    }
    (steps, free)
}
