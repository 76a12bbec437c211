//! The walk along the stages: each as early as it may be.
//!
//! Starting a stage earlier never makes the next one later, so the earliest start of each gives the earliest schedule, and where a stage
//! has no start after its earliest predecessors, it has none at all.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::deployment::{Timing, first_interval};
use crate::fact::{Key, milestone_of, timing_of};
use crate::interval::{Interval, Intervals, later};
use crate::stage::Stage;
use crate::timetable::Timetable;

/// Where the windows and freezes of a deployment are read.
pub(crate) trait Timetables {
    /// What there is to know of every start in a range.
    fn of(&self, stage: usize, deployment: usize, range: Interval) -> Cow<'_, Timetable>;
}

/// Read from the stages when they are asked for, and no further than that.
pub(crate) struct Fresh<'s>(pub(crate) &'s [Stage]);

impl Timetables for Fresh<'_> {
    fn of(&self, stage: usize, deployment: usize, range: Interval) -> Cow<'_, Timetable> {
        let found = self.0.get(stage).and_then(|stage| stage.deployments.get(deployment));
        Cow::Owned(found.map_or_else(Timetable::default, |deployment| Timetable::of(deployment, range)))
    }
}

/// A stage in its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// When everything before it is over.
    pub(crate) ready: Timestamp,
    /// The starts from the earliest on that are possible without a break.
    pub(crate) starts: Interval,
    /// When it is accepted, if it starts at the earliest.
    pub(crate) accepted: Timestamp,
}

/// A stage that cannot start.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stuck {
    /// Which one.
    pub(crate) stage: usize,
    /// When everything before it is over.
    pub(crate) ready: Timestamp,
}

/// Walks along the stages from an instant on, with every start before an end, where only some facts hold.
pub(crate) fn walk(
    stages: &[Stage],
    within: Interval,
    timetables: &impl Timetables,
    holds: &dyn Fn(Key) -> bool,
) -> Result<Vec<Step>, Stuck> {
    let mut at = within.start;
    let step = |(s, stage)| {
        let step = step(s, stage, Interval::new(at, within.end), timetables, holds)?;
        at = step.accepted;
        Ok(step)
    };
    stages.iter().enumerate().map(step).collect()
}

/// The earliest place of a stage within a time.
pub(crate) fn step(
    s: usize,
    stage: &Stage,
    within: Interval,
    timetables: &impl Timetables,
    holds: &dyn Fn(Key) -> bool,
) -> Result<Step, Stuck> {
    let leads = stage.leads.iter().enumerate().filter(|(l, _)| holds(Key::Lead(s, *l)));
    let ready = leads.fold(within.start, |ready, (_, lead)| lead.after(ready));
    let timings = stage.deployments.iter().enumerate();
    let timings: Vec<_> = timings.map(|(d, it)| timing_of(&it.timing, s, d, holds)).collect();
    let rollout = timings.iter().map(|timing| timing.rollout).max().unwrap_or_default();
    let accepted = timings.iter().map(Timing::until_accepted).max().unwrap_or_default();
    let milestones = stage.milestones.iter().enumerate();
    let allowed = milestones.fold(Interval::new(ready, within.end), |allowed, (m, milestone)| {
        let starts = milestone_of(milestone, s, m, holds).starts(rollout, accepted);
        allowed.intersect(starts)
    });
    let starts = |range| {
        timings.iter().enumerate().fold([range].into_iter().collect(), |starts: Intervals, (d, timing)| {
            let timetable = timetables.of(s, d, range);
            let windows = holds(Key::Windows(s, d));
            let own = timetable.starts_of(timing, range, windows, |f| holds(Key::Freeze(s, d, f)));
            starts.intersect(&own)
        })
    };
    let starts = first_interval(allowed, starts).ok_or(Stuck { stage: s, ready })?;
    Ok(Step { ready, starts, accepted: later(starts.start, accepted) })
}
