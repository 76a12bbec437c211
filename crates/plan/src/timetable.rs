//! When the stages of a release may start: the plan, its windows and a time.

use std::time::Duration;

use clearway_schedule::{
    Calendar, CommonSlot, Conflict, DEFAULT_HORIZON, Decision, Deployment, Lead, LeadTime, Origin, Schedule,
    Stage as Slot, Timing, Zone, common_slot, schedule,
};
use jiff::Timestamp;

use crate::approval::{ApprovalStep, Within};
use crate::ir::{Environment, Plan, Release, Stage};

/// The earliest start of each stage of a release, from a time on: when the stage before is accepted, people have had the time that their
/// steps give them, and a deployment may start there. A milestone is met by the last stage.
///
/// # Errors
///
/// A stage has no start within a year: the answer says what excludes it, and what would help.
pub fn timetable(plan: &Plan, release: &Release, now: Timestamp) -> Result<Schedule, Box<Conflict>> {
    let mut stages: Vec<Slot> = release
        .stages
        .iter()
        .filter_map(|stage| Some(slot(plan, stage, plan.environments.get(&stage.environment)?)))
        .collect();
    if let Some(last) = stages.last_mut() {
        last.milestones.extend(release.milestone.clone());
    }
    schedule(&stages, now, DEFAULT_HORIZON)
}

/// The next time in which a deployment may start in all environments that a release wants one in common for. `None` where it wants none.
///
/// # Errors
///
/// There is none within a year: the answer says which environments exclude each other, and what would help.
pub fn common(plan: &Plan, release: &Release, now: Timestamp) -> Option<Result<CommonSlot, Box<Conflict>>> {
    let stages = release.common_slot.iter().filter_map(|name| release.stage(name));
    let deployments: Vec<Deployment> = stages
        .filter_map(|stage| {
            let environment = plan.environments.get(&stage.environment)?.opening.clone();
            Some(Deployment { environment, timing: timing(stage) })
        })
        .collect();
    (!deployments.is_empty()).then(|| common_slot(&deployments, now, DEFAULT_HORIZON))
}

/// Whether a deployment of a stage may start at a time. `None` where the plan does not know the environment.
pub fn may_start(plan: &Plan, stage: &Stage, now: Timestamp) -> Option<Decision> {
    let environment = plan.environments.get(&stage.environment)?.opening.clone();
    Some(Deployment { environment, timing: timing(stage) }.check(now, DEFAULT_HORIZON))
}

/// How long the parts of a stage's deployment take, as far as the plan says: each wave holds its shares, and the services of a wave
/// move at once. Going back is not held at any share.
pub fn timing(stage: &Stage) -> Timing {
    let waves = u32::try_from(stage.waves.len()).unwrap_or(u32::MAX);
    Timing {
        rollout: Duration::from_secs(stage.rollout.held()).saturating_mul(waves),
        rollback: Duration::ZERO,
        bake: Duration::from_secs(stage.bake),
        bake_in_window: stage.bake_in_window,
    }
}

fn slot(plan: &Plan, stage: &Stage, place: &Environment) -> Slot {
    let zone = place.opening.windows.first().map_or_else(Zone::utc, |window| window.zone.clone());
    let chain = stage.approval.as_ref().and_then(|name| plan.approvals.get(name));
    let leads = chain.into_iter().flat_map(|chain| &chain.steps).filter_map(|step| lead(step, &zone));
    Slot {
        name: place.opening.name.clone(),
        origin: Origin::default(),
        deployments: vec![Deployment { environment: place.opening.clone(), timing: timing(stage) }],
        leads: leads.collect(),
        milestones: Vec::new(),
    }
}

/// The time that a step of a chain gives its people. One that is asked only sometimes is waited for too.
fn lead(step: &ApprovalStep, zone: &Zone) -> Option<Lead> {
    let time = match step.within.as_ref()? {
        Within::Seconds(seconds) => LeadTime::Elapsed(Duration::from_secs(*seconds)),
        Within::Period(period) => {
            LeadTime::Counted { period: *period, zone: zone.clone(), calendar: Calendar::default() }
        }
    };
    Some(Lead { name: step.name.as_str().into(), origin: Origin::default(), time })
}
