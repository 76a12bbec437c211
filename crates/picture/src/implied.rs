//! Which arrows follow from others: where a way leads on anyhow, one that leads there at once shows nothing new.

use petgraph::algo::toposort;
use petgraph::algo::tred::{dag_to_toposorted_adjacency_list, dag_transitive_reduction_closure};
use petgraph::graph::{DiGraph, NodeIndex};

use crate::layers::turned;

/// For each edge, whether a way of several others leads from its start to its end. Edges that close a circle are followed by nothing.
pub fn implied(count: usize, edges: &[(usize, usize)]) -> Vec<bool> {
    let turned = turned(count, edges);
    let is_straight = |at: usize| !turned[at] && edges[at].0 != edges[at].1;
    let mut graph = DiGraph::<(), (), u32>::new();
    let nodes: Vec<NodeIndex<u32>> = (0..count).map(|_| graph.add_node(())).collect();
    for (at, (from, to)) in edges.iter().enumerate() {
        if is_straight(at) {
            graph.update_edge(nodes[*from], nodes[*to], ());
        }
    }
    let Ok(order) = toposort(&graph, None) else { return vec![false; edges.len()] };
    let (sorted, place) = dag_to_toposorted_adjacency_list::<_, u32>(&graph, &order);
    let (reduced, _) = dag_transitive_reduction_closure(&sorted);
    edges
        .iter()
        .enumerate()
        .map(|(at, (from, to))| is_straight(at) && !reduced.contains_edge(place[*from], place[*to]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_longer_way_leads_to_is_implied_and_nothing_else() {
        let edges = [(0, 1), (1, 2), (0, 2), (2, 3), (0, 3), (3, 0), (4, 4), (4, 2)];
        assert_eq!(implied(5, &edges), [false, false, true, false, true, false, false, false]);
    }
}
