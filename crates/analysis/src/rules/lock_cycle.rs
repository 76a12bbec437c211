//! Resources that deployments take in orders which form a circle: each may hold what another waits for.

use std::collections::BTreeMap;

use clearway_diagnostics::{Diagnostic, Place, catalogue};
use clearway_model::{Db, Item, Project, all_sources};
use petgraph::graph::{DiGraph, NodeIndex};
use smol_str::SmolStr;

use crate::cycle::cycles;
use crate::query;

/// A deployment holds one resource and takes another.
struct Order {
    service: SmolStr,
    /// Where the second is taken.
    place: Place,
}

pub(crate) fn check(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    let mut graph: DiGraph<Item, Order> = DiGraph::new();
    let mut nodes: BTreeMap<&SmolStr, NodeIndex> = BTreeMap::new();
    let taken: Vec<_> = all_sources(db, project).flat_map(|file| query::taken(db, file)).collect();
    let mut names: Vec<(&SmolStr, Item)> = taken
        .iter()
        .flat_map(|(_, taken)| taken)
        .map(|taken| (taken.resource.name(db), taken.resource))
        .collect();
    // Nodes and edges in the order of names, so that the same graph gives the same cycle wherever it is written.
    names.sort_by_key(|(name, _)| *name);
    for (name, resource) in names {
        nodes.entry(name).or_insert_with(|| graph.add_node(resource));
    }
    let mut edges: Vec<(NodeIndex, NodeIndex, Order)> = Vec::new();
    for (service, taken) in taken {
        for pair in taken.windows(2) {
            let node = |at: usize| nodes.get(pair[at].resource.name(db)).copied();
            if let (Some(from), Some(to)) = (node(0), node(1))
                && from != to
            {
                edges.push((from, to, Order { service: service.clone(), place: pair[1].place }));
            }
        }
    }
    edges.sort_by(|a, b| (a.0, a.1, &a.2.service).cmp(&(b.0, b.1, &b.2.service)));
    for (from, to, order) in edges {
        // One service is example enough of who takes these two in this order.
        if graph.find_edge(from, to).is_none() {
            graph.add_edge(from, to, order);
        }
    }
    let told = cycles(&graph).into_iter().filter_map(|cycle| {
        let name = |node: NodeIndex| graph[node].name(db).as_str();
        let ends: Vec<(NodeIndex, NodeIndex)> =
            cycle.edges.iter().filter_map(|edge| graph.edge_endpoints(*edge)).collect();
        let chain: Vec<&str> = ends.iter().map(|(from, _)| name(*from)).collect();
        let first = *chain.first()?;
        let message = format!(
            "deployments that run at once can wait for one another for ever: {} → {first}",
            chain.join(" → ")
        );
        let says = |at: usize| {
            let order = &graph[cycle.edges[at]];
            let (from, to) = ends[at];
            format!("`{}` has `{}` and waits for `{}`", order.service, name(from), name(to))
        };
        let mut told = Diagnostic::new(catalogue::LOCK_CYCLE, message, graph[cycle.edges[0]].place, says(0));
        for at in 1..cycle.edges.len() {
            told = told.related(graph[cycle.edges[at]].place, says(at));
        }
        Some(
            told.help(
                "write them in the same order in every `uses`: that is the order in which they are taken",
            ),
        )
    });
    told.collect()
}
