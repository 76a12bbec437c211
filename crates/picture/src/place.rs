//! Where the nodes of a layer stand: next to their neighbours, without touching each other, inside their lanes.

/// How often the layers are gone through, there and back.
const SWEEPS: usize = 6;

/// What is placed.
pub(crate) struct Item {
    /// Its lane.
    pub lane: usize,
    /// How high it is, with the room around it.
    pub height: i64,
}

/// The top and the bottom of a lane.
pub(crate) type Band = (i64, i64);

/// The middle of each item, from the top. `layers` hold items in their order, lane by lane; each lane has room for all of a layer.
pub(crate) fn place(
    layers: &[Vec<usize>],
    items: &[Item],
    bands: &[Band],
    segments: &[(usize, usize)],
) -> Vec<i64> {
    let (mut before, mut after) = (vec![Vec::new(); items.len()], vec![Vec::new(); items.len()]);
    for (from, to) in segments {
        after[*from].push(*to);
        before[*to].push(*from);
    }
    let mut middle = vec![0; items.len()];
    let parts: Vec<Vec<&[usize]>> = layers
        .iter()
        .map(|layer| layer.chunk_by(|a, b| items[*a].lane == items[*b].lane).collect())
        .collect();
    let settle = |part: &[usize], wanted: &[i64], middle: &mut [i64]| {
        let Some(band) = part.first().and_then(|item| bands.get(items[*item].lane)) else { return };
        let heights: Vec<i64> = part.iter().map(|item| items[*item].height).collect();
        for (item, place) in part.iter().zip(spread(&heights, wanted, *band)) {
            middle[*item] = place;
        }
    };
    for part in parts.iter().flatten() {
        let centre = part.first().and_then(|item| bands.get(items[*item].lane));
        let centre = centre.map_or(0, |(top, bottom)| i64::midpoint(*top, *bottom));
        settle(part, &vec![centre; part.len()], &mut middle);
    }
    for sweep in 0..SWEEPS {
        let neighbours = |item: usize| match sweep {
            // At last, those on both sides count.
            sweep if sweep + 1 == SWEEPS => [before[item].as_slice(), after[item].as_slice()],
            sweep if sweep % 2 == 0 => [before[item].as_slice(), &[]],
            _ => [after[item].as_slice(), &[]],
        };
        for step in 0..parts.len() {
            let layer = if sweep % 2 == 1 { parts.len() - 1 - step } else { step };
            for part in &parts[layer] {
                let wanted: Vec<i64> = part
                    .iter()
                    .map(|item| {
                        mean(neighbours(*item).into_iter().flatten().map(|one| middle[*one]), middle[*item])
                    })
                    .collect();
                settle(part, &wanted, &mut middle);
            }
        }
    }
    middle
}

fn mean(values: impl Iterator<Item = i64>, otherwise: i64) -> i64 {
    let (sum, count) = values.fold((0_i64, 0_i64), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { otherwise } else { sum / count }
}

/// Places for items in their order, as near to where they are wanted as they can be (in least squares) without touching and inside a band.
/// What would touch is moved as one block, to the mean of what its items want.
fn spread(heights: &[i64], wanted: &[i64], (top, bottom): Band) -> Vec<i64> {
    let mut offsets = Vec::with_capacity(heights.len());
    let mut used = 0;
    for height in heights {
        offsets.push(used + height / 2);
        used += height;
    }
    // Without what stands above them, the places must only not decrease.
    let mut blocks: Vec<(i64, i64)> = Vec::new();
    for (wanted, offset) in wanted.iter().zip(&offsets) {
        let (mut sum, mut count) = (wanted - offset, 1);
        while let Some((above, of)) = blocks.last().copied() {
            if above / of < sum / count {
                break;
            }
            (sum, count) = (sum + above, count + of);
            blocks.pop();
        }
        blocks.push((sum, count));
    }
    let highest = (bottom - used).max(top);
    let places = blocks.into_iter().flat_map(|(sum, count)| {
        let place = (sum / count).clamp(top, highest);
        (0..count).map(move |_| place)
    });
    places.zip(offsets).map(|(place, offset)| place + offset).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_touch_is_moved_apart_and_stays_in_its_band() {
        assert_eq!(spread(&[10, 10], &[50, 50], (0, 100)), [45, 55]);
        assert_eq!(spread(&[10, 10], &[5, 80], (0, 100)), [5, 80]);
        assert_eq!(spread(&[10, 10], &[-30, 500], (0, 100)), [5, 95]);
        assert_eq!(spread(&[10, 10, 10], &[90, 10, 90], (0, 100)), [45, 55, 90]);
    }
}
