//! Rollouts.

use clearway_model::views::{self, At};
use clearway_model::{Db, Reference, instance};
use std::sync::Arc;

use super::seconds::seconds;
use super::{conditions, instance_name};
use crate::ir::Origin;
use crate::rollout::{Breach, Rollout, Share, Watch};

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
    let shares = view.steps.iter().filter_map(|step| {
        Some(Share {
            percent: step.share.as_ref()?.value,
            hold: seconds(step.hold.as_ref()).unwrap_or_default(),
        })
    });
    let watches = view.watches.iter().filter_map(|watch| {
        Some(Watch {
            require: conditions::requirement(db, &watch.condition.as_ref()?.value),
            over: seconds(watch.over.as_ref()).unwrap_or(DEFAULT_OVER),
        })
    });
    Rollout {
        origin: Some(Origin::new("rollout", &instance_name(reference))),
        overlap: view.overlap,
        shares: shares.collect(),
        watches: watches.collect(),
        on_breach: match &view.on_breach {
            Some(word) if word.value == "pause" => Breach::Pause,
            _ => Breach::Rollback,
        },
    }
}

/// Over how long a watch measures that does not say so.
const DEFAULT_OVER: u64 = 5 * 60;
