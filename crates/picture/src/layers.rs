//! Which layer a node stands in: edges lead from lower layers to higher ones.

use std::collections::BTreeSet;

/// Which edges must be turned round, so that none leads back: those that close a circle when the graph is walked from its first node on.
pub(crate) fn turned(count: usize, edges: &[(usize, usize)]) -> Vec<bool> {
    let out = outgoing(count, edges);
    let mut turned = vec![false; edges.len()];
    let mut is_done = vec![false; count];
    let mut is_open = vec![false; count];
    for start in 0..count {
        if is_done[start] {
            continue;
        }
        is_open[start] = true;
        // A way through the graph, with how many edges of each node were followed.
        let mut way = vec![(start, 0)];
        while let Some((node, followed)) = way.last_mut() {
            let node = *node;
            let Some(edge) = out[node].get(*followed).copied() else {
                (is_open[node], is_done[node]) = (false, true);
                way.pop();
                continue;
            };
            *followed += 1;
            let to = edges[edge].1;
            if is_open[to] {
                turned[edge] = true;
            } else if !is_done[to] {
                is_open[to] = true;
                way.push((to, 0));
            }
        }
    }
    turned
}

/// The edges that leave each node.
fn outgoing(count: usize, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut out = vec![Vec::new(); count];
    for (edge, (from, _)) in edges.iter().enumerate() {
        out[*from].push(edge);
    }
    out
}

/// The layer of each node of a graph without circles: the first one behind all that leads to it that has room for it. What is led to by
/// nothing stands right before what it leads to, where there is room.
pub(crate) fn layers(count: usize, edges: &[(usize, usize)], room: usize) -> Vec<usize> {
    let out = outgoing(count, edges);
    let mut awaited = vec![0_usize; count];
    for (_, to) in edges {
        awaited[*to] += 1;
    }
    let is_first: Vec<bool> = awaited.iter().map(|awaited| *awaited == 0).collect();
    let mut ready: BTreeSet<(usize, usize)> =
        (0..count).filter(|node| is_first[*node]).map(|node| (0, node)).collect();
    let (mut earliest, mut layer) = (vec![0_usize; count], vec![0_usize; count]);
    let mut used: Vec<usize> = Vec::new();
    while let Some((from, node)) = ready.pop_first() {
        let mut at = from;
        while used.get(at).is_some_and(|used| *used >= room) {
            at += 1;
        }
        if used.len() <= at {
            used.resize(at + 1, 0);
        }
        used[at] += 1;
        layer[node] = at;
        for edge in &out[node] {
            let to = edges[*edge].1;
            earliest[to] = earliest[to].max(at + 1);
            awaited[to] -= 1;
            if awaited[to] == 0 {
                ready.insert((earliest[to], to));
            }
        }
    }
    for node in (0..count).filter(|node| is_first[*node]) {
        let next = out[node].iter().map(|edge| layer[edges[*edge].1]).min();
        let Some(better) = next.map(|next| next - 1).filter(|better| *better > layer[node]) else { continue };
        if used[better] < room {
            used[layer[node]] -= 1;
            used[better] += 1;
            layer[node] = better;
        }
    }
    layer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_edge_leads_to_a_higher_layer_when_circles_are_cut() {
        let edges = [(0, 1), (1, 2), (2, 0), (2, 3), (3, 3), (4, 3)];
        let turned = turned(5, &edges);
        assert_eq!(turned, [false, false, true, false, true, false]);
        let straight: Vec<(usize, usize)> =
            edges.iter().zip(&turned).filter(|(_, turned)| !**turned).map(|(edge, _)| *edge).collect();
        let layers = layers(5, &straight, 9);
        assert!(straight.iter().all(|(from, to)| layers[*from] < layers[*to]), "{layers:?}");
        assert_eq!(layers, [0, 1, 2, 3, 2], "what nothing leads to stands next to what it leads to");
    }

    #[test]
    fn no_layer_holds_more_than_it_has_room_for() {
        assert_eq!(layers(5, &[(0, 4)], 2), [0, 0, 1, 1, 2]);
    }
}
