//! Hard requirements that form a circle: nothing of it can start first.

use std::collections::BTreeMap;

use clearway_diagnostics::{Diagnostic, Severity, catalogue};
use clearway_model::{Db, deployed_state, views};
use petgraph::graph::{DiGraph, NodeIndex};
use smol_str::SmolStr;

use crate::cycle::{Cycle, cycles};
use crate::world::{Edge, requirements};

pub(crate) fn check(db: &dyn Db) -> Vec<Diagnostic> {
    let mut graph: DiGraph<SmolStr, Edge> = DiGraph::new();
    let mut nodes: BTreeMap<SmolStr, NodeIndex> = BTreeMap::new();
    let mut hard: Vec<Edge> =
        requirements(db).into_iter().filter(|edge| !edge.optional && !edge.weak).collect();
    // Nodes in the order of names, so that the same graph gives the same cycle wherever it is written.
    hard.sort_by(|a, b| (&a.from, &a.to).cmp(&(&b.from, &b.to)));
    for edge in hard.iter().flat_map(|edge| [&edge.from, &edge.to]).collect::<std::collections::BTreeSet<_>>()
    {
        nodes.insert(edge.clone(), graph.add_node(edge.clone()));
    }
    for edge in hard {
        graph.add_edge(nodes[&edge.from], nodes[&edge.to], edge);
    }
    cycles(&graph).iter().filter_map(|cycle| tell(db, &graph, cycle)).collect()
}

fn tell(db: &dyn Db, graph: &DiGraph<SmolStr, Edge>, cycle: &Cycle) -> Option<Diagnostic> {
    let (first, others) = cycle.edges.split_first()?;
    let chain: Vec<&str> = cycle.edges.iter().map(|edge| graph[*edge].from.as_str()).collect();
    let running = all_deployed(db, graph, cycle);
    let message = match chain.as_slice() {
        [one] => format!("`{one}` requires itself"),
        chain => {
            format!("these services require one another in a circle: {} → {}", chain.join(" → "), chain[0])
        }
    };
    let says = |edge: &Edge| format!("`{}` requires `{}`", edge.from, edge.to);
    // The label to change stands at the edge that would break the circle.
    let primary = cycle.edges.iter().copied().find(|edge| cycle.breaks.contains(edge)).unwrap_or(*first);
    let mut diagnostic =
        Diagnostic::new(catalogue::REQUIREMENT_CYCLE, message, graph[primary].place, says(&graph[primary]));
    let start = cycle.edges.iter().position(|edge| *edge == primary).unwrap_or(0);
    for edge in cycle.edges.iter().cycle().skip(start + 1).take(others.len()) {
        diagnostic = diagnostic.related(graph[*edge].place, says(&graph[*edge]));
    }
    if cycle.component.len() > cycle.edges.len() {
        let all: Vec<&str> = cycle.component.iter().map(|node| graph[*node].as_str()).collect();
        diagnostic = diagnostic.help(format!("in the same knot of circles: `{}`", all.join("`, `")));
    }
    let breaks: Vec<String> = cycle
        .breaks
        .iter()
        .map(|edge| format!("`requires {}` of `{}`", graph[*edge].to, graph[*edge].from))
        .collect();
    diagnostic = diagnostic.help(match breaks.as_slice() {
        [one] => format!("marking {one} `optional` or `weak` would break it"),
        [most @ .., last] => {
            format!("marking {} and {last} `optional` or `weak` would break all of them", most.join(", "))
        }
        [] => "mark one of these requirements `optional` or `weak`".to_owned(),
    });
    if running {
        diagnostic.severity = Severity::Warning;
        Some(diagnostic.help("all of them run already; a first deployment elsewhere could not start"))
    } else {
        Some(diagnostic.help("none of them could be deployed first"))
    }
}

/// Whether all services of the circle run in every environment whose state is known, and there is one.
fn all_deployed(db: &dyn Db, graph: &DiGraph<SmolStr, Edge>, cycle: &Cycle) -> bool {
    let states: Vec<_> = views::project_wide(db, &["environment"])
        .filter_map(|environment| deployed_state(db, environment))
        .collect();
    !states.is_empty()
        && states.iter().all(|file| {
            file.state.as_ref().is_ok_and(|state| {
                cycle.component.iter().all(|node| state.services.contains_key(graph[*node].as_str()))
            })
        })
}
