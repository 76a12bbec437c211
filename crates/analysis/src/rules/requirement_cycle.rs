//! Hard requirements that form a circle: nothing of it can start first.

use std::collections::BTreeMap;

use clearway_diagnostics::{Diagnostic, Severity, catalogue};
use clearway_model::{Db, Project, SourceFile, all_sources, deployed_state, views};
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use crate::cycle::{Cycle, cycles};
use crate::query::{self, deployables, needs};
use crate::world::{Edge, declared_item, requirements_of};

/// The declarations of a file with what each cannot do without.
pub(crate) fn hard_requirements(db: &dyn Db, file: SourceFile) -> Vec<(SmolStr, Vec<SmolStr>)> {
    let owners = deployables(db, file).map(|owner| {
        let hard = needs(db, owner).declared().iter().filter(|need| need.is_hard());
        (owner.name(db).clone(), hard.map(|need| need.target.clone()).collect())
    });
    owners.collect()
}

/// The names that require one another in circles: each knot for itself.
pub(crate) fn knots(db: &dyn Db, project: Project) -> Vec<Vec<SmolStr>> {
    let mut graph: DiGraph<&SmolStr, ()> = DiGraph::new();
    let mut nodes: FxHashMap<&SmolStr, NodeIndex> = FxHashMap::default();
    for (owner, targets) in all_sources(db, project).flat_map(|file| query::hard_requirements(db, file)) {
        for target in targets {
            let mut node = |name| *nodes.entry(name).or_insert_with(|| graph.add_node(name));
            let (from, to) = (node(owner), node(target));
            graph.add_edge(from, to, ());
        }
    }
    let mut components = tarjan_scc(&graph);
    components.retain(|component| component.len() > 1 || graph.contains_edge(component[0], component[0]));
    let mut knots: Vec<Vec<SmolStr>> = components
        .into_iter()
        .map(|component| component.into_iter().map(|node| graph[node].clone()).collect())
        .collect();
    knots.iter_mut().for_each(|knot| knot.sort());
    knots.sort();
    knots
}

/// What there is to tell about a knot.
pub(crate) fn diagnostics(db: &dyn Db, knot: &[SmolStr]) -> Vec<Diagnostic> {
    // Nodes and edges in the order of names, so that the same graph gives the same cycle wherever it is written.
    let mut graph: DiGraph<SmolStr, Edge> = DiGraph::new();
    let nodes: BTreeMap<&SmolStr, NodeIndex> =
        knot.iter().map(|name| (name, graph.add_node(name.clone()))).collect();
    for owner in knot.iter().filter_map(|name| declared_item(db, name)) {
        let mut edges = requirements_of(db, owner);
        edges.retain(|edge| !edge.optional && !edge.weak);
        edges.sort_by(|a, b| a.to.cmp(&b.to));
        for edge in edges {
            if let (Some(from), Some(to)) = (nodes.get(&edge.from), nodes.get(&edge.to)) {
                graph.add_edge(*from, *to, edge);
            }
        }
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
