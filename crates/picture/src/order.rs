//! In which order the nodes of a layer stand: so that few edges cross.

/// How often the layers are gone through, there and back.
const SWEEPS: usize = 8;

/// Orders the nodes of each layer by where their neighbours stand, lane by lane, and keeps the order with the fewest crossings that
/// was seen. `segments` lead from a layer to the next one.
pub(crate) fn order(layers: &mut Vec<Vec<usize>>, lane: &[usize], segments: &[(usize, usize)]) {
    let count = lane.len();
    let (mut before, mut after) = (vec![Vec::new(); count], vec![Vec::new(); count]);
    for (from, to) in segments {
        after[*from].push(*to);
        before[*to].push(*from);
    }
    let mut at = vec![0_usize; count];
    for layer in layers.iter_mut() {
        layer.sort_by_key(|node| (lane[*node], *node));
        number(layer, &mut at);
    }
    let mut best = layers.clone();
    let mut fewest = crossings(layers, &after, &at);
    for sweep in 0..SWEEPS {
        let goes_back = sweep % 2 == 1;
        let neighbours = if goes_back { &after } else { &before };
        for step in 0..layers.len() {
            let layer = if goes_back { layers.len() - 1 - step } else { step };
            let layer = &mut layers[layer];
            let mut keyed: Vec<(usize, f64, usize, usize)> = layer
                .iter()
                .map(|node| (lane[*node], middle(&neighbours[*node], &at, at[*node]), at[*node], *node))
                .collect();
            keyed.sort_by(|a, b| (a.0.cmp(&b.0)).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
            *layer = keyed.into_iter().map(|(.., node)| node).collect();
            number(layer, &mut at);
        }
        let now = crossings(layers, &after, &at);
        if now < fewest {
            (fewest, best) = (now, layers.clone());
        }
    }
    *layers = best;
}

fn number(layer: &[usize], at: &mut [usize]) {
    for (place, node) in layer.iter().enumerate() {
        at[*node] = place;
    }
}

/// Where the neighbours of a node stand on average; where it stands itself, if it has none.
#[expect(clippy::cast_precision_loss, reason = "places in a layer are small numbers")]
fn middle(neighbours: &[usize], at: &[usize], own: usize) -> f64 {
    if neighbours.is_empty() {
        return own as f64;
    }
    neighbours.iter().map(|node| at[*node] as f64).sum::<f64>() / neighbours.len() as f64
}

/// How many pairs of segments cross, counted with a tree of sums over the places of the next layer.
fn crossings(layers: &[Vec<usize>], after: &[Vec<usize>], at: &[usize]) -> usize {
    let mut count = 0;
    for pair in layers.windows(2) {
        let [layer, next] = pair else { continue };
        let mut sums = vec![0_usize; next.len() + 1];
        let mut seen = 0;
        for node in layer {
            let mut ends: Vec<usize> = after[*node].iter().map(|to| at[*to] + 1).collect();
            ends.sort_unstable();
            for end in &ends {
                let (mut below, mut place) = (0, *end);
                while place > 0 {
                    below += sums[place];
                    place &= place - 1;
                }
                count += seen - below;
            }
            for end in ends {
                seen += 1;
                let mut place = end;
                while place < sums.len() {
                    sums[place] += 1;
                    place += place & place.wrapping_neg();
                }
            }
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_that_need_not_cross_do_not() {
        let mut layers = vec![vec![0, 1, 2], vec![3, 4, 5]];
        let segments = [(0, 5), (1, 4), (2, 3)];
        order(&mut layers, &[0; 6], &segments);
        assert!(layers == [[0, 1, 2], [5, 4, 3]] || layers == [[2, 1, 0], [3, 4, 5]], "{layers:?}");
    }

    #[test]
    fn crossings_are_counted_as_pairs() {
        let after = [vec![3, 4], vec![2, 3], vec![], vec![], vec![]];
        // 0→3 and 1→2 cross, 0→4 crosses both edges of 1; edges to one place do not cross.
        assert_eq!(crossings(&[vec![0, 1], vec![2, 3, 4]], &after, &[0, 1, 0, 1, 2]), 3);
    }

    #[test]
    fn lanes_are_not_mixed() {
        let mut layers = vec![vec![0, 1], vec![2, 3]];
        order(&mut layers, &[1, 0, 0, 1], &[(0, 2), (1, 3)]);
        assert_eq!(layers, [[1, 0], [2, 3]]);
    }
}
