//! Why a stage has no start: facts that exclude every start, none of them without need, and what would help.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::deployment::Deployment;
use crate::fact::{Fact, Key};
use crate::interval::{Interval, between};
use crate::knob::relaxations;
use crate::length::Length;
use crate::name::{Named, list};
use crate::relaxation::Relaxation;
use crate::stage::Stage;
use crate::timetable::Timetable;
use crate::walk::{Stuck, Timetables, walk};
use crate::zone::Zone;

/// A stage that has no start, or environments that have no common one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conflict {
    /// The stage. `None` for deployments of which only a common slot was asked for.
    pub stage: Option<Named>,
    /// The environments that it deploys to.
    pub environments: Vec<Named>,
    /// The zone in which it is told.
    pub zone: Zone,
    /// The instant that it was computed for.
    pub now: Timestamp,
    /// When everything is over that the stage waits for.
    pub ready: Timestamp,
    /// No start was looked for from here on.
    pub horizon: Timestamp,
    /// What excludes every start of this stage, earlier stages included. It is irreducible: these facts alone exclude every start within
    /// the horizon, and without any one of them the others do not. It is empty only where the horizon is.
    pub facts: Vec<Fact>,
    /// Single changes that each, alone, give this stage a start within the horizon, by the least amount that does. None where more than
    /// one thing must change.
    pub relaxations: Vec<Relaxation>,
}

/// Stages with their timetables for the whole horizon, to be asked again and again.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) stages: Vec<Stage>,
    pub(crate) within: Interval,
    timetables: Vec<Vec<Timetable>>,
}

impl Timetables for Problem {
    fn of(&self, stage: usize, deployment: usize, _range: Interval) -> Cow<'_, Timetable> {
        let found = self.timetables.get(stage).and_then(|stage| stage.get(deployment));
        found.map_or_else(|| Cow::Owned(Timetable::default()), Cow::Borrowed)
    }
}

impl Problem {
    fn new(stages: &[Stage], within: Interval) -> Self {
        let of = |deployment: &Deployment| Timetable::of(deployment, within);
        let timetables = stages.iter().map(|stage| stage.deployments.iter().map(of).collect()).collect();
        Self { stages: stages.to_vec(), within, timetables }
    }

    /// Whether every stage has a start, where only some facts hold.
    fn has_schedule(&self, holds: &dyn Fn(Key) -> bool) -> bool {
        walk(&self.stages, self.within, self, holds).is_ok()
    }

    /// Whether every stage has a start.
    pub(crate) fn is_solved(&self) -> bool {
        self.has_schedule(&|_| true)
    }

    /// The problem with changed stages; timetables are read again where a deployment changed.
    pub(crate) fn changed(&self, change: impl Fn(&mut Stage)) -> Self {
        let mut problem = self.clone();
        problem.stages.iter_mut().for_each(change);
        let stages = problem.stages.iter().zip(&self.stages).zip(&mut problem.timetables);
        for ((stage, before), timetables) in stages {
            let deployments = stage.deployments.iter().zip(&before.deployments).zip(timetables);
            for ((deployment, _), timetable) in deployments.filter(|((now, before), _)| now != before) {
                *timetable = Timetable::of(deployment, self.within);
            }
        }
        problem
    }

    /// The facts of an irreducible conflict, by QuickXplain (U. Junker, "QUICKXPLAIN: Preferred Explanations and Relaxations for
    /// Over-Constrained Problems", AAAI 2004): few walks where few of many facts are at fault. It needs that a fact less never means
    /// a start less.
    fn conflict(&self) -> BTreeSet<Key> {
        let keys = Key::all(&self.stages);
        if !self.has_schedule(&|_| false) {
            return BTreeSet::new();
        }
        self.blame(&BTreeSet::new(), false, &keys)
    }

    /// The facts among `suspects` that are needed for a conflict with the `known` ones. `grown`: the known ones are more than last time.
    fn blame(&self, known: &BTreeSet<Key>, grown: bool, suspects: &[Key]) -> BTreeSet<Key> {
        if grown && !self.has_schedule(&|key| known.contains(&key)) {
            return BTreeSet::new();
        }
        let half = suspects.len() / 2;
        let (first, second) = match suspects {
            [] => return BTreeSet::new(),
            [only] => return BTreeSet::from([*only]),
            _ => suspects.split_at(half),
        };
        let with = |more: &mut dyn Iterator<Item = Key>| known.iter().copied().chain(more).collect();
        let from_second = self.blame(&with(&mut first.iter().copied()), !first.is_empty(), second);
        let from_first = self.blame(&with(&mut from_second.iter().copied()), !from_second.is_empty(), first);
        from_first.into_iter().chain(from_second).collect()
    }
}

/// Explains why a stage cannot start; the stages after it are not looked at.
pub(crate) fn explain(stages: &[Stage], within: Interval, stuck: Stuck) -> Conflict {
    let stages = stages.get(..=stuck.stage).unwrap_or(stages);
    let problem = Problem::new(stages, within);
    let keys = problem.conflict();
    let stage = stages.last();
    let deployments = stage.map(|stage| stage.deployments.as_slice()).unwrap_or_default();
    let zone = deployments.first().map(|deployment| deployment.environment.zone_at(stuck.ready));
    Conflict {
        stage: stage.map(Stage::named),
        environments: deployments.iter().map(|deployment| deployment.environment.named()).collect(),
        zone: zone.unwrap_or_else(Zone::utc),
        now: within.start,
        ready: stuck.ready,
        horizon: within.end,
        facts: keys.iter().filter_map(|key| key.fact(stages)).collect(),
        relaxations: relaxations(&problem, &keys),
    }
}

/// What has no start, and for how long, in a line. The facts and what would help are told by their own lines.
impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let horizon = Length(between(self.now, self.horizon));
        match &self.stage {
            Some(stage) => write!(f, "`{stage}` has no start")?,
            None => {
                let names: Vec<String> = self.environments.iter().map(|name| format!("`{name}`")).collect();
                let verb = if names.len() == 1 { "has no start" } else { "have no common start" };
                write!(f, "{} {verb}", list(&names, "and"))?;
            }
        }
        if self.horizon <= self.now {
            return write!(f, ": the horizon is empty");
        }
        if self.ready >= self.horizon {
            return write!(f, " within {horizon}: what it waits for is over only after that");
        }
        let ready = self.zone.show(self.ready);
        // There are starts, and a milestone is met by none of them: how far was looked says nothing.
        if self.facts.iter().any(|fact| matches!(fact, Fact::Before { .. } | Fact::On { .. })) {
            return write!(f, " in time from {ready} on");
        }
        write!(f, " from {ready} until {} (a horizon of {horizon})", self.zone.show(self.horizon))
    }
}

impl std::error::Error for Conflict {}
