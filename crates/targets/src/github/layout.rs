//! How a release is laid out in workflow files. What would be larger than GitHub takes is cut: steps of one kind go to workflows of their
//! own, and in their place stand the jobs that call these.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use clearway_plan::Stage;

/// What of a release stands in parts; nothing where nothing is too large.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// The steps that build and test.
    pub builds: Cut,
    /// Of an environment, the steps that move something.
    moves: BTreeMap<String, Cut>,
    /// Of an environment, what each job of its way back undoes, as places in the order of the way back.
    backs: BTreeMap<String, Vec<Range<usize>>>,
}

/// Nothing is cut.
static NOTHING: Cut = Cut { parts: Vec::new(), of: BTreeMap::new() };

impl Layout {
    /// Cuts the moves of a stage.
    pub(super) fn cut_moves(&mut self, stage: &Stage, cut: Cut) {
        self.moves.insert(stage.environment.clone(), cut);
    }

    /// Cuts the way back of a stage.
    pub(super) fn cut_back(&mut self, stage: &Stage, parts: Vec<Range<usize>>) {
        self.backs.insert(stage.environment.clone(), parts);
    }

    /// The steps of a stage that move something.
    pub(super) fn moves(&self, stage: &Stage) -> &Cut {
        self.moves.get(&stage.environment).unwrap_or(&NOTHING)
    }

    /// What each job of the way back of a stage undoes; none where one job undoes all of it.
    pub(super) fn back(&self, stage: &Stage) -> &[Range<usize>] {
        self.backs.get(&stage.environment).map_or(&[], Vec::as_slice)
    }
}

/// Steps in parts, in their order. Each step stands after all that it needs, so no part needs a later one.
#[derive(Debug, Default)]
pub(crate) struct Cut {
    parts: Vec<Vec<String>>,
    of: BTreeMap<String, usize>,
}

/// Something that stays in one part.
pub(super) struct Piece {
    /// The ids of its steps.
    pub steps: Vec<String>,
    /// How much room it takes.
    pub takes: Size,
}

/// How much room something takes, or how much there is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Size {
    /// Of the file, in bytes.
    pub bytes: usize,
    /// Of the text that its workflow gives to the one that calls it, in characters.
    pub given: usize,
    /// The expressions in that text.
    pub expressions: usize,
}

impl Size {
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            bytes: self.bytes + other.bytes,
            given: self.given + other.given,
            expressions: self.expressions + other.expressions,
        }
    }

    fn fits(self, room: Self) -> bool {
        self.bytes <= room.bytes && self.given <= room.given && self.expressions <= room.expressions
    }
}

impl Cut {
    /// Fills one part after another; a piece for which no part has the room has one for itself.
    pub(super) fn of(pieces: Vec<Piece>, room: Size) -> Self {
        let mut cut = Self::default();
        let sizes: Vec<Size> = pieces.iter().map(|piece| piece.takes).collect();
        let mut pieces = pieces.into_iter();
        for part in filled(&sizes, room) {
            let number = cut.parts.len();
            let steps: Vec<String> = pieces.by_ref().take(part.len()).flat_map(|piece| piece.steps).collect();
            cut.of.extend(steps.iter().map(|step| (step.clone(), number)));
            cut.parts.push(steps);
        }
        cut
    }

    /// The part that a step stands in.
    pub(super) fn part_of(&self, step: &str) -> Option<usize> {
        self.of.get(step).copied()
    }

    /// The steps of each part.
    pub(super) fn parts(&self) -> &[Vec<String>] {
        &self.parts
    }
}

/// Places in a row of things, so many together as there is room for.
pub(super) fn filled(sizes: &[Size], room: Size) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut taken = Size::default();
    for (place, size) in sizes.iter().enumerate() {
        match parts.last_mut() {
            Some(last) if taken.and(*size).fits(room) => {
                last.end = place + 1;
                taken = taken.and(*size);
            }
            _ => {
                parts.push(place..place + 1);
                taken = *size;
            }
        }
    }
    parts
}

/// Each once, in the order in which they come first.
pub(super) fn once(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    names.into_iter().filter(|name| seen.insert(name.clone())).collect()
}
