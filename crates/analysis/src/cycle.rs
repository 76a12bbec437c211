//! Cycles in a graph: the components that have one, and the shortest in each.

use std::collections::VecDeque;

use petgraph::algo::{greedy_feedback_arc_set, is_cyclic_directed, tarjan_scc};
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

/// A shortest cycle of a strongly connected component.
pub(crate) struct Cycle {
    /// The nodes of the component, sorted.
    pub component: Vec<NodeIndex>,
    /// The edges of the cycle, in order: the last leads back to where the first begins.
    pub edges: Vec<EdgeIndex>,
    /// Edges without which the component has no cycle: the first of the cycle that is enough alone, or several that are together.
    pub breaks: Vec<EdgeIndex>,
}

/// A shortest cycle for every strongly connected component that has one. Components, and cycles of equal length, come in the order
/// of their nodes.
pub(crate) fn cycles<N, E>(graph: &DiGraph<N, E>) -> Vec<Cycle> {
    let mut found = Vec::new();
    for mut component in tarjan_scc(graph) {
        component.sort();
        let looped = component.len() > 1 || graph.contains_edge(component[0], component[0]);
        if !looped {
            continue;
        }
        let shortest = component
            .iter()
            .filter_map(|start| shortest_through(graph, *start, &component))
            .min_by_key(Vec::len);
        if let Some(edges) = shortest {
            let alone = edges.iter().copied().find(|edge| is_acyclic_without(graph, &component, *edge));
            let breaks = alone.map_or_else(|| feedback_edges(graph, &component), |edge| vec![edge]);
            found.push(Cycle { component, edges, breaks });
        }
    }
    found.sort_by(|a, b| a.component.cmp(&b.component));
    found
}

fn shortest_through<N, E>(
    graph: &DiGraph<N, E>,
    start: NodeIndex,
    component: &[NodeIndex],
) -> Option<Vec<EdgeIndex>> {
    let mut reached: Vec<Option<EdgeIndex>> = vec![None; graph.node_count()];
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        let mut edges: Vec<_> =
            graph.edges(node).filter(|edge| component.binary_search(&edge.target()).is_ok()).collect();
        edges.sort_by_key(|edge| (edge.target(), edge.id()));
        for edge in edges {
            if edge.target() == start {
                let mut path = vec![edge.id()];
                let mut at = node;
                while at != start {
                    let before = reached[at.index()]?;
                    path.push(before);
                    at = graph.edge_endpoints(before)?.0;
                }
                path.reverse();
                return Some(path);
            }
            if reached[edge.target().index()].is_none() {
                reached[edge.target().index()] = Some(edge.id());
                queue.push_back(edge.target());
            }
        }
    }
    None
}

fn is_acyclic_without<N, E>(graph: &DiGraph<N, E>, component: &[NodeIndex], without: EdgeIndex) -> bool {
    let Some((from, to)) = graph.edge_endpoints(without) else { return false };
    let smaller = graph.filter_map(
        |node, _| component.binary_search(&node).is_ok().then_some(()),
        |edge, _| {
            // Parallel edges say the same: all of them would be made optional.
            (graph.edge_endpoints(edge) != Some((from, to))).then_some(())
        },
    );
    !is_cyclic_directed(&smaller)
}

/// Few edges without which a component has no cycle (Eades, Lin, Smyth: "A fast and effective heuristic for the feedback arc set
/// problem", 1993). None of them is there for nothing.
fn feedback_edges<N, E>(graph: &DiGraph<N, E>, component: &[NodeIndex]) -> Vec<EdgeIndex> {
    let smaller = graph
        .filter_map(|node, _| component.binary_search(&node).is_ok().then_some(()), |edge, _| Some(edge));
    let mut chosen: Vec<EdgeIndex> = greedy_feedback_arc_set(&smaller).map(|edge| *edge.weight()).collect();
    chosen.sort();
    let mut at = 0;
    while at < chosen.len() {
        let without =
            |edge: EdgeIndex| !chosen.iter().enumerate().any(|(index, other)| index != at && *other == edge);
        let rest = graph.filter_map(
            |node, _| component.binary_search(&node).is_ok().then_some(()),
            |edge, _| without(edge).then_some(()),
        );
        if is_cyclic_directed(&rest) {
            at += 1;
        } else {
            chosen.remove(at);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use petgraph::graph::DiGraph;

    use super::cycles;

    #[test]
    fn each_component_gives_its_shortest_cycle_once() {
        let graph = DiGraph::<(), ()>::from_edges([(0, 1), (1, 2), (2, 0), (2, 1), (3, 4), (5, 5)]);
        let found = cycles(&graph);
        let lengths: Vec<_> = found.iter().map(|cycle| (cycle.component.len(), cycle.edges.len())).collect();
        assert_eq!(lengths, [(3, 2), (1, 1)]);
        // 1 → 2 is on both cycles of the first component.
        let ends = graph.edge_endpoints(found[0].breaks[0]).unwrap();
        assert_eq!((ends.0.index(), ends.1.index()), (1, 2));
    }
}
