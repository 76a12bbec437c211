//! Rollouts.

use clearway_model::views::{self, At};
use clearway_model::{Db, Reference, instance};
use std::sync::Arc;

use super::seconds::seconds;
use super::{conditions, instance_name};
use crate::condition::Condition;
use crate::gate::Requirement;
use crate::ir::Origin;
use crate::rollout::{Breach, DEFAULT_OVER, Rollout, Share, Watch};

/// How new versions come in. Without a rollout replicas are replaced in turn, and old and new serve together.
pub(super) fn rollout(db: &dyn Db, reference: Option<&At<Arc<Reference>>>) -> Rollout {
    let Some(reference) = reference.map(|at| &at.value) else {
        return Rollout {
            origin: None,
            overlap: true,
            shares: Vec::new(),
            watches: Vec::new(),
            on_breach: Breach::Rollback,
        };
    };
    let view: views::Rollout = views::of(instance(db, reference));
    Rollout {
        origin: Some(Origin::new("rollout", &instance_name(reference))),
        overlap: view.overlap,
        shares: shares(&view.steps),
        watches: view.watches.iter().filter_map(|watch| self::watch(db, watch)).collect(),
        on_breach: match &view.on_breach {
            Some(word) if word.value == "pause" => Breach::Pause,
            _ => Breach::Rollback,
        },
    }
}

/// Shares of the traffic or of the users.
pub(super) fn shares(steps: &[views::RolloutStep]) -> Vec<Share> {
    let share = |step: &views::RolloutStep| {
        let percent = step.share.as_ref()?.value;
        Some(Share { percent, hold: seconds(step.hold.as_ref()).unwrap_or_default() })
    };
    steps.iter().filter_map(share).collect()
}

/// What must hold.
pub(super) fn watch(db: &dyn Db, watch: &views::Watch) -> Option<Watch> {
    Some(Watch {
        require: conditions::requirement(db, &watch.condition.as_ref()?.value),
        over: seconds(watch.over.as_ref()).unwrap_or(DEFAULT_OVER),
    })
}

/// What must not hold. Where nobody can tell whether it does, nobody can tell whether its opposite does.
pub(super) fn trigger(db: &dyn Db, when: &views::Watch) -> Option<Watch> {
    let Watch { require, over } = watch(db, when)?;
    let require = Requirement {
        text: format!("not ({})", require.text),
        condition: Condition::Not(Box::new(require.condition)),
    };
    Some(Watch { require, over })
}
