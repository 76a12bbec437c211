//! Seats and people of whom each can take one: a matching, and what stands in its way.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::maximum_matching;
use petgraph::graph::{NodeIndex, UnGraph};

/// A seat as its places: how many are open, and who may take one, by number.
#[derive(Debug, Clone)]
pub(crate) struct Open {
    /// Which seat it is.
    pub seat: usize,
    /// How many people it still needs.
    pub need: u32,
    /// Who may.
    pub people: BTreeSet<usize>,
}

/// Seats that lack people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lack {
    /// The seats that share too few people.
    pub seats: BTreeSet<usize>,
    /// How many places stay open.
    pub missing: u32,
}

/// The seats that cannot be filled together when everybody takes one place; none where all can. The places that stay open are the
/// fewest possible.
pub(crate) fn lacks(open: &[Open]) -> Vec<Lack> {
    let mut graph: UnGraph<Option<usize>, ()> = UnGraph::new_undirected();
    let everybody: BTreeSet<usize> = open.iter().flat_map(|seat| seat.people.iter().copied()).collect();
    let people: BTreeMap<usize, NodeIndex> =
        everybody.iter().map(|person| (*person, graph.add_node(None))).collect();
    for (at, seat) in open.iter().enumerate() {
        for _ in 0..seat.need {
            let place = graph.add_node(Some(at));
            for person in &seat.people {
                graph.add_edge(place, people[person], ());
            }
        }
    }
    let matching = maximum_matching(&graph);
    let unfilled =
        graph.node_indices().filter(|node| graph[*node].is_some() && matching.mate(*node).is_none());
    let mut lacks: Vec<Lack> = Vec::new();
    for place in unfilled {
        // What is reached from an open place by going over to a person and on to the place that they take is the least set of
        // places that is too large for its people.
        let mut reached = BTreeSet::from([place]);
        let mut left = vec![place];
        while let Some(place) = left.pop() {
            let taken = graph.neighbors(place).filter_map(|person| matching.mate(person));
            left.extend(taken.filter(|other| reached.insert(*other)));
        }
        let seats: BTreeSet<usize> =
            reached.iter().filter_map(|place| graph[*place]).map(|at| open[at].seat).collect();
        let mut all = Lack { seats, missing: 1 };
        // Sets that share a seat are one lack.
        lacks.retain(|lack| {
            let apart = lack.seats.is_disjoint(&all.seats);
            if !apart {
                all.seats.extend(&lack.seats);
                all.missing += lack.missing;
            }
            apart
        });
        lacks.push(all);
    }
    lacks.sort_by(|a, b| a.seats.cmp(&b.seats));
    lacks
}
