//! The search for an order within one entangled set: A* over the configurations at rest, fewest moves first, then most moves before
//! the first that cannot be undone; of equal orders the one whose names come first.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, VecDeque};

use rustc_hash::FxHashMap;

use crate::game::Game;

/// One step of one actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Taken {
    pub actor: usize,
    pub from: usize,
    /// The index of the step among those from there.
    pub step: usize,
}

/// What a search comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// The steps in order, and whether none could be fewer whatever the rules between actors.
    Order(Vec<Taken>, bool),
    /// There is no order.
    None,
    /// The budget was not enough.
    Beyond,
}

/// How many steps each configuration is from the goal, left to itself.
fn distances(game: &Game<'_>, actor: usize) -> Vec<Option<u32>> {
    let actor = &game.actors[actor];
    let mut back: Vec<Vec<usize>> = vec![Vec::new(); actor.configs.len()];
    for (from, steps) in actor.steps.iter().enumerate() {
        steps.iter().for_each(|step| back[step.to].push(from));
    }
    let mut far = vec![None; actor.configs.len()];
    let mut queue = VecDeque::new();
    if let Some(goal) = actor.goal {
        far[goal] = Some(0);
        queue.push_back(goal);
    }
    while let Some(at) = queue.pop_front() {
        let next = far[at].map_or(0, |far: u32| far + 1);
        for from in &back[at] {
            if far[*from].is_none() {
                far[*from] = Some(next);
                queue.push_back(*from);
            }
        }
    }
    far
}

/// Where everyone is, and whether a move that cannot be undone was made.
type State = (Box<[u16]>, bool);

struct Node {
    places: Box<[u16]>,
    /// A move that cannot be undone was made.
    returned_no_more: bool,
    moves: u32,
    /// The moves that count as made after the point of no return.
    late: u32,
    parent: Option<(usize, Taken)>,
}

#[derive(PartialEq, Eq)]
struct Waiting {
    moves: u32,
    late: u32,
    depth: Reverse<u32>,
    /// Of equal ones the last that was put in comes first, so that one order is followed to its end.
    number: Reverse<usize>,
    node: usize,
}

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        // A binary heap gives the greatest first.
        let key = |waiting: &Self| (waiting.moves, waiting.late, waiting.depth, waiting.number);
        key(other).cmp(&key(self))
    }
}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The best order of some actors, all others away.
pub(crate) fn search(game: &Game<'_>, set: &[usize], budget: usize) -> Found {
    Search::new(game, set).run(budget)
}

struct Search<'s, 'a> {
    game: &'s Game<'a>,
    set: &'s [usize],
    far: Vec<Vec<Option<u32>>>,
    /// For each actor of the set those it is in some rule with: their places in the set, and the tables.
    near: Vec<Vec<(usize, usize)>>,
    /// For each actor the rules over more than two that it is in with others of the set alone.
    wides: Vec<Vec<usize>>,
    /// Whether each actor has to make a move that cannot be undone, whatever it does.
    surely_final: Vec<bool>,
}

impl<'s, 'a> Search<'s, 'a> {
    fn new(game: &'s Game<'a>, set: &'s [usize]) -> Self {
        let near = |actor: &usize| {
            let others = game.neighbours[*actor].iter();
            others.filter_map(|(other, table)| Some((set.binary_search(other).ok()?, *table))).collect()
        };
        let wides = |actor: &usize| {
            let within =
                |wide: &&usize| game.wides[**wide].1.iter().all(|other| set.binary_search(other).is_ok());
            game.wides_of[*actor].iter().filter(within).copied().collect()
        };
        let surely_final = |actor: &usize| {
            let actor = &game.actors[*actor];
            !actor.steps.iter().flatten().any(|step| !step.is_final)
        };
        Self {
            game,
            set,
            far: set.iter().map(|actor| distances(game, *actor)).collect(),
            near: set.iter().map(near).collect(),
            wides: set.iter().map(wides).collect(),
            surely_final: set.iter().map(surely_final).collect(),
        }
    }

    fn run(&self, budget: usize) -> Found {
        let start: Box<[u16]> = self.set.iter().map(|actor| self.game.actors[*actor].start as u16).collect();
        let Some(least) = self.remaining(&start) else { return Found::None };
        let mut nodes =
            vec![Node { places: start.clone(), returned_no_more: false, moves: 0, late: 0, parent: None }];
        let mut best: FxHashMap<State, (u32, u32)> = FxHashMap::default();
        best.insert((start, false), (0, 0));
        let mut heap = BinaryHeap::new();
        heap.push(Waiting { moves: least, late: 0, depth: Reverse(0), number: Reverse(0), node: 0 });
        let mut number = 0;
        let mut looked_at = 0;
        while let Some(Waiting { node, .. }) = heap.pop() {
            let (moves, late, passed) = (nodes[node].moves, nodes[node].late, nodes[node].returned_no_more);
            let places = nodes[node].places.clone();
            if best.get(&(places.clone(), passed)).is_some_and(|found| *found < (moves, late)) {
                continue;
            }
            if self.remaining(&places) == Some(0) {
                return Found::Order(path(&nodes, node), moves == least);
            }
            looked_at += 1;
            if looked_at > budget {
                return Found::Beyond;
            }
            // The last that is put in comes first: names in reverse.
            for at in (0..self.set.len()).rev() {
                let actor = &self.game.actors[self.set[at]];
                let from = usize::from(places[at]);
                for (index, step) in actor.steps[from].iter().enumerate().rev() {
                    if !self.is_safe(&places, at, step.half, step.to) {
                        continue;
                    }
                    let mut next = places.clone();
                    next[at] = step.to as u16;
                    let Some(remaining) = self.remaining(&next) else { continue };
                    let passed = passed || step.is_final;
                    let cost = (moves + 1, late + u32::from(passed));
                    let known = best.get(&(next.clone(), passed));
                    if known.is_some_and(|found| *found <= cost) {
                        continue;
                    }
                    best.insert((next.clone(), passed), cost);
                    let still = if passed { remaining } else { self.surely_late(&next) };
                    number += 1;
                    heap.push(Waiting {
                        moves: cost.0 + remaining,
                        late: cost.1 + still,
                        depth: Reverse(cost.0),
                        number: Reverse(number),
                        node: nodes.len(),
                    });
                    nodes.push(Node {
                        places: next,
                        returned_no_more: passed,
                        moves: cost.0,
                        late: cost.1,
                        parent: Some((node, Taken { actor: self.set[at], from, step: index })),
                    });
                }
            }
        }
        Found::None
    }

    /// The fewest steps that are left. `None` when someone cannot arrive.
    fn remaining(&self, places: &[u16]) -> Option<u32> {
        places.iter().zip(&self.far).map(|(place, far)| far[usize::from(*place)]).sum()
    }

    /// The fewest moves that are left and count as late.
    fn surely_late(&self, places: &[u16]) -> u32 {
        let left = |(at, place): (usize, &u16)| {
            let far = self.far[at][usize::from(*place)].unwrap_or(0);
            if self.surely_final[at] { far } else { 0 }
        };
        places.iter().enumerate().map(left).sum()
    }

    fn is_safe(&self, places: &[u16], at: usize, half: Option<usize>, to: usize) -> bool {
        let actor = self.set[at];
        for config in half.into_iter().chain([to]) {
            for (other, table) in &self.near[at] {
                if self.game.is_bad(*table, actor, config, usize::from(places[*other])) {
                    return false;
                }
            }
            for wide in &self.wides[at] {
                let config_of = |other: usize| {
                    let place = self.set.binary_search(&other).map(|place| usize::from(places[place]));
                    if other == actor { config } else { place.unwrap_or(self.game.actors[other].start) }
                };
                if self.game.wide_is_broken(*wide, &config_of) {
                    return false;
                }
            }
        }
        true
    }
}

fn path(nodes: &[Node], last: usize) -> Vec<Taken> {
    let mut taken = Vec::new();
    let mut at = last;
    while let Some((before, step)) = nodes[at].parent {
        taken.push(step);
        at = before;
    }
    taken.reverse();
    taken
}
