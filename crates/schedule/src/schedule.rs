//! The schedule of a release: each stage's earliest legal start, or why there is none.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::conflict::{Conflict, explain};
use crate::deployment::Deployment;
use crate::interval::{Interval, STEP, earlier, later};
use crate::name::{Named, Origin};
use crate::stage::Stage;
use crate::walk::{Fresh, Step, step, walk};
use crate::zone::Zone;

/// When the stages of a release start, each as early as it may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// The instant that it was computed for.
    pub now: Timestamp,
    /// Every start is before this.
    pub horizon: Timestamp,
    /// The stages in their order.
    pub stages: Vec<Slot>,
}

/// When a stage starts and ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// The stage.
    pub stage: Named,
    /// When everything is over that it waits for: the stage before, and its own leads.
    pub ready: Timestamp,
    /// Its earliest start.
    pub start: Timestamp,
    /// The last start that is possible without a break since then. `None` when there is none before the horizon.
    pub last: Option<Timestamp>,
    /// When it is accepted, if it starts at the earliest: rollout and bake time are over.
    pub accepted: Timestamp,
    /// Its deployments.
    pub deployments: Vec<Placed>,
}

/// A deployment that starts with its stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placed {
    /// The environment.
    pub environment: Named,
    /// Its windows that are open at the start; none where it has none.
    pub windows: Vec<Named>,
    /// The zone in which its times are told.
    pub zone: Zone,
    /// When its rollout is complete.
    pub rolled_out: Timestamp,
    /// When its bake time is over.
    pub accepted: Timestamp,
}

/// The earliest schedule of stages that follow each other: each starts when the one before is accepted (its rollout and its bake time
/// are over) and its own leads have passed, as soon as all of its deployments may start and its milestones are met. Every start is
/// from `now` on and before the end of the horizon.
///
/// # Errors
///
/// A stage has no start: the answer says what excludes it, and what would help.
pub fn schedule(stages: &[Stage], now: Timestamp, horizon: Duration) -> Result<Schedule, Box<Conflict>> {
    let within = Interval::lasting(now, horizon);
    match walk(stages, within, &Fresh(stages), &|_| true) {
        Ok(steps) => {
            let slots = stages.iter().zip(steps).map(|(stage, step)| slot(stage, step, within.end));
            Ok(Schedule { now, horizon: within.end, stages: slots.collect() })
        }
        Err(stuck) => Err(Box::new(explain(stages, within, stuck))),
    }
}

/// A time in which several deployments may start together: from its `start` to its `last`, each instant is legal in every environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommonSlot {
    /// The first common start.
    pub start: Timestamp,
    /// The last one without a break since then. `None` when there is none before the horizon.
    pub last: Option<Timestamp>,
    /// The deployments, started at the first.
    pub deployments: Vec<Placed>,
}

/// The next time in which all deployments may start together.
///
/// # Errors
///
/// There is none before the end of the horizon: the answer says which environments exclude each other, and what would help.
pub fn common_slot(
    deployments: &[Deployment],
    now: Timestamp,
    horizon: Duration,
) -> Result<CommonSlot, Box<Conflict>> {
    let stage = Stage {
        name: SmolStr::default(),
        origin: Origin::default(),
        deployments: deployments.to_vec(),
        leads: Vec::new(),
        milestones: Vec::new(),
    };
    let within = Interval::lasting(now, horizon);
    let stages = std::slice::from_ref(&stage);
    match step(0, &stage, within, &Fresh(stages), &|_| true) {
        Ok(step) => {
            let Slot { start, last, deployments, .. } = slot(&stage, step, within.end);
            Ok(CommonSlot { start, last, deployments })
        }
        Err(stuck) => Err(Box::new(Conflict { stage: None, ..explain(stages, within, stuck) })),
    }
}

fn slot(stage: &Stage, step: Step, horizon: Timestamp) -> Slot {
    let start = step.starts.start;
    let placed = |Deployment { environment, timing }: &Deployment| Placed {
        environment: environment.named(),
        windows: environment.windows_at(start),
        zone: environment.zone_at(start),
        rolled_out: later(start, timing.rollout),
        accepted: later(start, timing.until_accepted()),
    };
    Slot {
        stage: stage.named(),
        ready: step.ready,
        start,
        last: (step.starts.end < horizon).then(|| earlier(step.starts.end, STEP)),
        accepted: step.accepted,
        deployments: stage.deployments.iter().map(placed).collect(),
    }
}
