//! What if: the same problem without some rules, or with other ways to move.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use crate::answer::RuleKind;
use crate::problem::{MoveKind, Origin};
use crate::world::World;

/// What is different from the problem as it was asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Variation {
    /// Rules that do not hold.
    pub off: FxHashSet<u32>,
    /// Step rules that do not hold.
    pub steps_off: FxHashSet<(usize, RuleKind, Origin)>,
    /// Services that stop before their new version starts.
    pub stopped: BTreeSet<usize>,
    /// Services that move as one, paired.
    pub paired: BTreeSet<usize>,
    /// What would move as one moves each for itself.
    pub apart: bool,
}

impl Variation {
    pub(crate) fn is_off(&self, fact: u32) -> bool {
        self.off.contains(&fact)
    }

    pub(crate) fn step_rule_is_off(&self, party: usize, rule: RuleKind, origin: Origin) -> bool {
        self.steps_off.contains(&(party, rule, origin))
    }

    pub(crate) fn kind(&self, world: &World, party: usize) -> MoveKind {
        if self.stopped.contains(&party) {
            return MoveKind::Recreate;
        }
        if self.paired.contains(&party) {
            return MoveKind::Rolling;
        }
        world.parties[party].ways.as_ref().map_or(MoveKind::Rolling, |ways| ways.kind)
    }
}
