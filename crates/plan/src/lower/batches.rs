//! The moves of a wave in turn: so many at once as there is of what they take. A wave is safe in whichever order its moves are made.

use std::collections::BTreeMap;

use super::Parts;
use crate::ir::{Move, Wave};

/// How a move stands to the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn {
    /// It begins a batch: those of the batch before that take anything must be done.
    pub is_new: bool,
    /// It takes something.
    pub takes: bool,
}

/// What a batch takes, by the name of the resource.
type Taken<'p> = BTreeMap<&'p str, u32>;

/// The moves, batch by batch. Those that move as one are in the same, and each is in the first that has room for it.
pub(super) fn in_turn<'w>(wave: &'w Wave, parts: &Parts) -> Vec<(Turn, &'w Move)> {
    let mut batches: Vec<(Taken<'_>, Vec<&Move>)> = vec![Default::default()];
    for unit in units(wave) {
        let mut taken = Taken::new();
        for (resource, amount) in unit.iter().flat_map(|step| uses(parts, step)) {
            *taken.entry(resource).or_default() += amount;
        }
        let fits = |batch: &Taken<'_>| {
            taken.iter().all(|(resource, amount)| {
                let there = parts.resources.get(*resource).copied().unwrap_or_default();
                batch.get(resource).copied().unwrap_or_default() + amount <= there
            })
        };
        let at = batches.iter().position(|(batch, _)| fits(batch)).unwrap_or_else(|| {
            batches.push(Default::default());
            batches.len() - 1
        });
        let (batch, moves) = &mut batches[at];
        taken.into_iter().for_each(|(resource, amount)| *batch.entry(resource).or_default() += amount);
        moves.extend(unit);
    }
    let turns = batches.into_iter().enumerate().flat_map(|(number, (_, moves))| {
        moves.into_iter().enumerate().map(move |(at, step)| (number > 0 && at == 0, step))
    });
    turns.map(|(is_new, step)| (Turn { is_new, takes: uses(parts, step).next().is_some() }, step)).collect()
}

fn uses<'p>(parts: &'p Parts, step: &Move) -> impl Iterator<Item = (&'p str, u32)> {
    let artifact = parts.artifacts.get(&step.service);
    artifact.into_iter().flat_map(|artifact| &artifact.uses).map(|(name, amount)| (name.as_str(), *amount))
}

/// Moves that are made as one, in the order of their first.
fn units(wave: &Wave) -> Vec<Vec<&Move>> {
    let mut units: Vec<Vec<&Move>> = Vec::new();
    for step in &wave.moves {
        let as_one = |unit: &&mut Vec<&Move>| step.together.is_some() && unit[0].together == step.together;
        match units.iter_mut().find(as_one) {
            Some(unit) => unit.push(step),
            None => units.push(vec![step]),
        }
    }
    units
}
