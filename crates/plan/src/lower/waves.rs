//! The waves of a stage. In a process every service that it ships has its place, also those that do not move today: a later run may
//! move them, and its first job looks whether these waves are safe then.

use std::collections::{BTreeMap, BTreeSet};

use clearway_analysis::proof::ProvedStage;
use clearway_model::{Db, deployable};
use petgraph::algo::has_path_connecting;
use petgraph::graph::{DiGraph, NodeIndex};

use super::facts;
use super::releases::moved;
use crate::ir::{Move, MoveKind, Shipped, Wave};

/// The proved waves, as they are.
pub(super) fn proved(db: &dyn Db, proved: &ProvedStage) -> Vec<Wave> {
    let waves = proved.waves.iter().enumerate();
    waves
        .map(|(number, wave)| Wave { moves: wave.iter().map(|step| moved(db, number, step)).collect() })
        .collect()
}

/// The proved waves, with what does not move in them put beside: after what it requires, before what requires it, wherever that does not
/// contradict the proved order.
pub(super) fn of_process(db: &dyn Db, stage: &ProvedStage, ships: &[Shipped]) -> Vec<Wave> {
    let waves = proved(db, stage);
    let moving: BTreeSet<&str> =
        waves.iter().flat_map(|wave| &wave.moves).map(|step| step.service.as_str()).collect();
    let resting: Vec<&Shipped> =
        ships.iter().filter(|shipped| !moving.contains(shipped.service.as_str())).collect();
    if resting.is_empty() {
        return waves;
    }
    let mut graph: DiGraph<Move, ()> = DiGraph::new();
    let mut before: Vec<NodeIndex> = Vec::new();
    for wave in waves {
        let now: Vec<NodeIndex> = wave.moves.into_iter().map(|step| graph.add_node(step)).collect();
        for (from, to) in before.iter().flat_map(|from| now.iter().map(move |to| (*from, *to))) {
            graph.add_edge(from, to, ());
        }
        before = now;
    }
    for shipped in &resting {
        graph.add_node(rest(db, shipped));
    }
    require(db, &mut graph, &resting);
    layers(&graph)
}

/// A service that stays as it is today.
fn rest(db: &dyn Db, shipped: &Shipped) -> Move {
    Move {
        service: shipped.service.clone(),
        group: None,
        from: vec![shipped.version.clone()],
        to: Some(shipped.version.clone()),
        becomes: Some(facts::becomes(db, &shipped.service, &shipped.version)),
        kind: MoveKind::Rolling,
        is_final: false,
        proved_wave: None,
        together: None,
    }
}

/// What requires something comes after it, where one of the two does not move today.
fn require(db: &dyn Db, graph: &mut DiGraph<Move, ()>, resting: &[&Shipped]) {
    let is_resting = |name: &str| resting.iter().any(|shipped| shipped.service == name);
    let nodes: BTreeMap<String, Vec<NodeIndex>> =
        graph.node_indices().fold(BTreeMap::new(), |mut nodes, node| {
            let named: &mut Vec<NodeIndex> = nodes.entry(graph[node].service.clone()).or_default();
            named.push(node);
            nodes
        });
    for (owner, owners) in &nodes {
        let Some(item) = clearway_analysis::deployable_named(db, owner) else { continue };
        let required =
            deployable(db, item).view.requires.iter().filter(|required| !required.optional && !required.weak);
        for target in required.filter_map(|required| required.target.as_ref()) {
            let target = target.value.name.as_str();
            let Some(targets) = nodes.get(target).filter(|_| is_resting(owner) || is_resting(target)) else {
                continue;
            };
            for (from, to) in targets.iter().flat_map(|from| owners.iter().map(move |to| (*from, *to))) {
                if from != to && !has_path_connecting(&*graph, to, from, None) {
                    graph.update_edge(from, to, ());
                }
            }
        }
    }
}

/// Each in the earliest wave that its predecessors leave it, by name.
fn layers(graph: &DiGraph<Move, ()>) -> Vec<Wave> {
    let mut waves: Vec<Wave> = Vec::new();
    let mut wave_of: BTreeMap<NodeIndex, usize> = BTreeMap::new();
    // Edges that would close a circle were left out, so there is an order.
    for node in petgraph::algo::toposort(graph, None).unwrap_or_default() {
        let before = graph.neighbors_directed(node, petgraph::Direction::Incoming);
        let wave = before.filter_map(|before| wave_of.get(&before)).max().map_or(0, |wave| wave + 1);
        wave_of.insert(node, wave);
        if waves.len() <= wave {
            waves.resize(wave + 1, Wave { moves: Vec::new() });
        }
        waves[wave].moves.push(graph[node].clone());
    }
    for wave in &mut waves {
        wave.moves.sort_by(|a, b| (&a.service, &a.group).cmp(&(&b.service, &b.group)));
    }
    waves
}
