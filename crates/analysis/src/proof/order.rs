//! The moves of a release in an environment, providers before those that require them.

use std::collections::{BTreeMap, BTreeSet};

use clearway_model::views::{self, Rollout, Stage};
use clearway_model::{Db, Item, deployable, lower, release};
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use smol_str::SmolStr;

use super::{Finality, Move, MoveKind, ProvedStage};
use crate::query::{needs, shipment};
use crate::world::{Live, World, declared, declared_item};

/// The stages of a release, each with the order in its environment.
pub(crate) fn stages(db: &dyn Db, item: Item) -> Vec<ProvedStage> {
    let stages = release(db, item).view.stages.iter();
    stages
        .filter_map(|stage| {
            let environment = stage.environment.as_ref()?.value.item;
            let moves = moves(db, item, environment, stage)?;
            let waves = waves(db, moves);
            let no_return = waves.iter().position(|wave| wave.iter().any(|step| step.finality.is_some()));
            Some(ProvedStage { environment: environment.name(db).clone(), waves, no_return })
        })
        .collect()
}

/// What moves, by name. `None` when nothing can be said of the environment.
fn moves(db: &dyn Db, release: Item, environment: Item, stage: &Stage) -> Option<BTreeMap<SmolStr, Move>> {
    let (before, after) = (World::of(db, environment, None)?, World::of(db, environment, Some(release))?);
    let shipment = shipment(db, release);
    let rollout = rollout_kind(db, stage);
    let mut moves = BTreeMap::new();
    for name in shipment.names() {
        let from: Vec<String> =
            before.deployed_versions(name).iter().map(|live| live.version.to_string()).collect();
        let to = after.live(name).and_then(|lives| lives.into_iter().find(|live: &Live<'_>| live.moved));
        let to = to.map(|live| live.version.to_string());
        let same =
            |from: &str, to: &str| declared(db, name).map_or(from == to, |owner| owner.is_same(from, to));
        let stays = match (from.as_slice(), &to) {
            ([], None) => true,
            ([one], Some(to)) => same(one, to),
            _ => false,
        };
        if stays {
            continue;
        }
        let view = declared_item(db, name).map(|item| &deployable(db, item).view);
        let word = |kind: &str| match kind {
            "recreate" => MoveKind::Recreate,
            "switch" => MoveKind::Switch,
            _ => MoveKind::Rolling,
        };
        let kind =
            view.and_then(|view| view.moves.as_ref()).map_or(rollout, |moves| word(moves.value.as_str()));
        let finality = view.and_then(|view| view.finality.as_ref()).map(|finality| {
            if finality.value == "on-start" { Finality::OnStart } else { Finality::OnCompletion }
        });
        let step = Move { service: name.clone(), group: None, from, to, kind, finality, together: None };
        moves.insert(name.clone(), step);
    }
    Some(moves)
}

/// How services move that do not say so themselves.
fn rollout_kind(db: &dyn Db, stage: &Stage) -> MoveKind {
    let overlaps = stage
        .rollout
        .as_ref()
        .is_none_or(|rollout| views::of::<Rollout>(lower(db, rollout.value.item)).overlap);
    if overlaps { MoveKind::Rolling } else { MoveKind::Switch }
}

/// The moves in waves: each as early as what it requires allows, what is taken away after those that required it. What requires one
/// another in a circle moves at once.
fn waves(db: &dyn Db, moves: BTreeMap<SmolStr, Move>) -> Vec<Vec<Move>> {
    let mut graph: DiGraph<&SmolStr, ()> = DiGraph::new();
    let nodes: BTreeMap<&SmolStr, NodeIndex> =
        moves.keys().map(|name| (name, graph.add_node(name))).collect();
    for (name, step) in &moves {
        let declared = declared_item(db, name);
        let hard = declared.iter().flat_map(|item| needs(db, *item).all()).filter(|need| need.is_hard());
        let targets: BTreeSet<&SmolStr> = hard.map(|need| &need.target).collect();
        for target in targets.into_iter().filter(|target| *target != name) {
            let Some(provider) = moves.get(target) else { continue };
            let (owner, provider_node) = (nodes[name], nodes[target]);
            // An owner that goes does so before what it required; one that comes waits for it; so does one that stays while its
            // provider does. A provider that goes waits for its owners.
            if step.to.is_none() || provider.to.is_none() {
                graph.add_edge(owner, provider_node, ());
            } else {
                graph.add_edge(provider_node, owner, ());
            }
        }
    }
    // Components come with those that others depend on last.
    let mut components = tarjan_scc(&graph);
    components.reverse();
    let mut wave_of = vec![0_usize; graph.node_count()];
    for component in &components {
        let incoming =
            component.iter().flat_map(|node| graph.neighbors_directed(*node, petgraph::Direction::Incoming));
        let wave = incoming
            .filter(|before| !component.contains(before))
            .map(|before| wave_of[before.index()] + 1)
            .max()
            .unwrap_or(0);
        for node in component {
            wave_of[node.index()] = wave;
        }
    }
    let mut waves: Vec<Vec<Move>> = Vec::new();
    let placed: Vec<usize> = nodes.values().map(|node| wave_of[node.index()]).collect();
    for (step, wave) in moves.into_values().zip(placed) {
        if waves.len() <= wave {
            waves.resize_with(wave + 1, Vec::new);
        }
        waves[wave].push(step);
    }
    waves
}
