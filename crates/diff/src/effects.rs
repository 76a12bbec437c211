//! What a change does to the order, the schedule and the people, told beside the verdicts.

use clearway_plan::{PathKind, Plan, Release, timetable};
use clearway_schedule::Zone;
use jiff::Timestamp;
use serde::Serialize;

use crate::{order, way};

/// What a change does besides letting more or less through.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Effects {
    /// Stages whose services move in another order.
    pub order: Vec<Reordered>,
    /// Stages that start at another time.
    pub schedule: Vec<Moved>,
    /// Ways into production that take more or fewer people.
    pub people: Vec<Staffed>,
}

/// The order of the services of a stage, wave by wave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reordered {
    /// The release.
    pub release: String,
    /// The environment.
    pub environment: String,
    /// The order before.
    pub old: Vec<Vec<String>>,
    /// The order now.
    pub new: Vec<Vec<String>>,
}

/// The earliest start of a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// The release.
    pub release: String,
    /// The environment.
    pub environment: String,
    /// The start before, in the zone of the environment; none where it had no time.
    pub old: Option<String>,
    /// The start now.
    pub new: Option<String>,
}

/// How few people together can go a way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Staffed {
    /// The release.
    pub release: String,
    /// The environment.
    pub environment: String,
    /// The way.
    pub path: PathKind,
    /// How few before; none where there was no such way.
    pub old: Option<u32>,
    /// How few now.
    pub new: Option<u32>,
}

impl Effects {
    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty() && self.schedule.is_empty() && self.people.is_empty()
    }

    pub(crate) fn of(old: &Plan, new: &Plan, now: Timestamp) -> Self {
        let mut effects = Self::default();
        for pair in way::releases(old, new) {
            let (Some(before), Some(after)) = pair else { continue };
            effects.order.extend(reordered(before, after));
            effects.schedule.extend(moved((old, before), (new, after), now));
            effects.people.extend(staffed(before, after));
        }
        effects
    }
}

fn reordered(old: &Release, new: &Release) -> Vec<Reordered> {
    let owned = |waves: Vec<Vec<&str>>| -> Vec<Vec<String>> {
        waves.into_iter().map(|wave| wave.into_iter().map(str::to_owned).collect()).collect()
    };
    let stages = new.stages.iter().filter_map(|stage| Some((old.stage(&stage.environment)?, stage)));
    let moved = stages.filter(|(before, after)| order::waves(before) != order::waves(after));
    moved
        .map(|(before, after)| Reordered {
            release: new.name.clone(),
            environment: after.environment.clone(),
            old: owned(order::waves(before)),
            new: owned(order::waves(after)),
        })
        .collect()
}

fn moved(
    (old_plan, old): (&Plan, &Release),
    (new_plan, new): (&Plan, &Release),
    now: Timestamp,
) -> Vec<Moved> {
    // The schedule follows from stages, places and chains alone: without a change of them it is not computed.
    let same = old.stages == new.stages
        && old.milestone == new.milestone
        && old_plan.environments == new_plan.environments
        && old_plan.approvals == new_plan.approvals;
    if same {
        return Vec::new();
    }
    let starts = |plan: &Plan, release: &Release| -> Vec<(String, Option<String>)> {
        let slots = timetable(plan, release, now).ok();
        let start = |environment: &str| {
            let slot = slots.as_ref()?.stages.iter().find(|slot| slot.stage.name == environment)?;
            let zone = slot.deployments.first().map_or_else(Zone::utc, |placed| placed.zone.clone());
            Some(zone.show(slot.start))
        };
        release.stages.iter().map(|stage| (stage.environment.clone(), start(&stage.environment))).collect()
    };
    let (before, after) = (starts(old_plan, old), starts(new_plan, new));
    let of = |starts: &[(String, Option<String>)], name: &str| {
        starts.iter().find(|(environment, _)| environment == name).map(|(_, start)| start.clone())
    };
    let changed = after.iter().filter_map(|(environment, start)| {
        let was = of(&before, environment)?;
        (was != *start).then(|| Moved {
            release: new.name.clone(),
            environment: environment.clone(),
            old: was,
            new: start.clone(),
        })
    });
    changed.collect()
}

fn staffed(old: &Release, new: &Release) -> Vec<Staffed> {
    let of = |release: &Release, environment: &str, path: PathKind| {
        let control = release.controls.iter().find(|one| one.environment == environment && one.path == path);
        control.map(|control| control.fewest)
    };
    let gone = old.controls.iter().filter(|one| of(new, &one.environment, one.path).is_none());
    new.controls
        .iter()
        .chain(gone)
        .map(|one| Staffed {
            release: new.name.clone(),
            environment: one.environment.clone(),
            path: one.path,
            old: of(old, &one.environment, one.path),
            new: of(new, &one.environment, one.path),
        })
        .filter(|staffed| staffed.old != staffed.new)
        .collect()
}
