//! Which actors are entangled: strongly connected by what must come before what.

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::game::Game;

/// What two actors have to do with one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// Everything goes.
    Free,
    /// One cannot begin before the other has finished, and may do all then.
    First,
    /// The same, the other way round.
    Second,
    /// It takes a search.
    Entangled,
}

/// The entangled sets of actors, each sorted, and for each the sets that come before it. Sets come in an order in which each
/// stands behind those before it.
pub(crate) struct Components {
    pub sets: Vec<Vec<usize>>,
    pub before: Vec<Vec<usize>>,
}

impl Components {
    pub(crate) fn of(game: &Game<'_>) -> Self {
        let count = game.actors.len();
        let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(count, count);
        for _ in 0..count {
            graph.add_node(());
        }
        let mut edge = |from: usize, to: usize| {
            graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), ());
        };
        for (actor, others) in game.neighbours.iter().enumerate() {
            for (other, table) in others.iter().filter(|(other, _)| *other > actor) {
                match relation(game, *table, actor, *other) {
                    Relation::Free => {}
                    Relation::First => edge(actor, *other),
                    Relation::Second => edge(*other, actor),
                    Relation::Entangled => {
                        edge(actor, *other);
                        edge(*other, actor);
                    }
                }
            }
        }
        for (_, actors) in &game.wides {
            // A circle through all of them entangles them.
            for (at, actor) in actors.iter().enumerate() {
                edge(*actor, actors[(at + 1) % actors.len()]);
            }
        }
        let mut sets: Vec<Vec<usize>> = tarjan_scc(&graph)
            .into_iter()
            .map(|set| {
                let mut set: Vec<usize> = set.into_iter().map(NodeIndex::index).collect();
                set.sort_unstable();
                set
            })
            .collect();
        sets.reverse();
        let mut set_of = vec![0; count];
        for (at, set) in sets.iter().enumerate() {
            set.iter().for_each(|actor| set_of[*actor] = at);
        }
        let mut before = vec![Vec::new(); sets.len()];
        for edge in graph.edge_indices() {
            if let Some((from, to)) = graph.edge_endpoints(edge) {
                let (from, to) = (set_of[from.index()], set_of[to.index()]);
                if from != to {
                    before[to].push(from);
                }
            }
        }
        for sets in &mut before {
            sets.sort_unstable();
            sets.dedup();
        }
        Self { sets, before }
    }
}

fn relation(game: &Game<'_>, table: usize, one: usize, other: usize) -> Relation {
    let possible = |actor: usize| {
        let never = &game.never[actor];
        (0..never.len()).filter(move |config| !never[*config] || *config == game.actors[actor].start)
    };
    let mut bad = false;
    // Whether all that is bad has `one` unfinished and `other` begun, or the other way round.
    let (mut first, mut second) = (true, true);
    for config in possible(one) {
        for against in possible(other) {
            if game.is_bad(table, one, config, against) {
                bad = true;
                first &= Some(config) != game.actors[one].goal && against != game.actors[other].start;
                second &= Some(against) != game.actors[other].goal && config != game.actors[one].start;
            }
        }
    }
    match () {
        () if !bad => Relation::Free,
        () if first && is_forced(game, table, one, other) => Relation::First,
        () if second && is_forced(game, table, other, one) => Relation::Second,
        () => Relation::Entangled,
    }
}

/// Whether the second cannot begin while the first has not finished.
fn is_forced(game: &Game<'_>, table: usize, first: usize, second: usize) -> bool {
    let (actor, other) = (&game.actors[first], &game.actors[second]);
    let at_rest =
        (0..actor.configs.len()).filter(|config| *config == actor.start || !actor.steps[*config].is_empty());
    let mut unfinished = at_rest.filter(|config| Some(*config) != actor.goal);
    unfinished.all(|config| {
        other.steps[other.start].iter().all(|step| {
            let bad = |against: usize| game.is_bad(table, first, config, against);
            bad(step.to) || step.half.is_some_and(bad)
        })
    })
}
