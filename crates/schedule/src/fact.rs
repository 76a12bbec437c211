//! Facts that a schedule is held to. Without one of them there are at least as many starts as with it.

use std::fmt;
use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly::compact::required as duration;
use serde::{Deserialize, Serialize};

use crate::deployment::{Deployment, Timing};
use crate::freeze::Freeze;
use crate::length::Length;
use crate::milestone::Milestone;
use crate::name::{Named, list};
use crate::stage::{Lead, Stage};
use crate::window::Window;

/// Something that narrows down when a stage can start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "fact")]
pub enum Fact {
    /// An environment is open only in its windows. They are one fact: with one window less there would be fewer starts.
    Windows {
        /// The environment.
        environment: Named,
        /// All of its windows.
        windows: Vec<Window>,
    },
    /// An environment is frozen.
    Freeze {
        /// The environment.
        environment: Named,
        /// The freeze.
        freeze: Freeze,
    },
    /// A milestone's `before`.
    Before {
        /// The milestone.
        milestone: Milestone,
    },
    /// A milestone's `on`.
    On {
        /// The milestone.
        milestone: Milestone,
    },
    /// A milestone's `after`.
    After {
        /// The milestone.
        milestone: Milestone,
    },
    /// A rollout takes its time.
    Rollout {
        /// The environment.
        environment: Named,
        /// How long.
        #[serde(with = "duration")]
        length: Duration,
    },
    /// There must be room for a rollback.
    Rollback {
        /// The environment.
        environment: Named,
        /// How long it takes.
        #[serde(with = "duration")]
        length: Duration,
    },
    /// There is a bake time.
    Bake {
        /// The environment.
        environment: Named,
        /// How long.
        #[serde(with = "duration")]
        length: Duration,
    },
    /// The bake time must end inside the window.
    BakeInWindow {
        /// The environment.
        environment: Named,
    },
    /// Something must be waited for.
    Lead {
        /// What.
        lead: Lead,
    },
}

/// A fact by where it stands: the stage, then the deployment, milestone or lead in it, then the freeze. What a reader looks for first
/// comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Windows(usize, usize),
    Freeze(usize, usize, usize),
    Before(usize, usize),
    On(usize, usize),
    After(usize, usize),
    Rollout(usize, usize),
    Rollback(usize, usize),
    Bake(usize, usize),
    BakeInWindow(usize, usize),
    Lead(usize, usize),
}

impl Key {
    /// Every fact of the stages, by what a reader looks for first.
    pub(crate) fn all(stages: &[Stage]) -> Vec<Self> {
        let mut keys = Vec::new();
        for (s, stage) in stages.iter().enumerate() {
            for (d, Deployment { environment, timing }) in stage.deployments.iter().enumerate() {
                keys.extend((!environment.windows.is_empty()).then_some(Self::Windows(s, d)));
                keys.extend((0..environment.freezes.len()).map(|f| Self::Freeze(s, d, f)));
                keys.extend((!timing.rollout.is_zero()).then_some(Self::Rollout(s, d)));
                keys.extend((!timing.rollback.is_zero()).then_some(Self::Rollback(s, d)));
                keys.extend((!timing.bake.is_zero()).then_some(Self::Bake(s, d)));
                keys.extend(timing.bake_in_window.then_some(Self::BakeInWindow(s, d)));
            }
            for (m, milestone) in stage.milestones.iter().enumerate() {
                keys.extend(milestone.before.map(|_| Self::Before(s, m)));
                keys.extend(milestone.on.map(|_| Self::On(s, m)));
                keys.extend(milestone.after.map(|_| Self::After(s, m)));
            }
            keys.extend((0..stage.leads.len()).map(|l| Self::Lead(s, l)));
        }
        keys.sort_unstable();
        keys
    }

    /// The fact, with all that a message needs. `None` when nothing stands there.
    pub(crate) fn fact(self, stages: &[Stage]) -> Option<Fact> {
        let deployment = |s: usize, d: usize| {
            let found: &Deployment = stages.get(s)?.deployments.get(d)?;
            Some((found.environment.named(), found))
        };
        let milestone = |s: usize, m: usize| stages.get(s)?.milestones.get(m).cloned();
        Some(match self {
            Self::Windows(s, d) => {
                let (environment, found) = deployment(s, d)?;
                Fact::Windows { environment, windows: found.environment.windows.clone() }
            }
            Self::Freeze(s, d, f) => {
                let (environment, found) = deployment(s, d)?;
                Fact::Freeze { environment, freeze: found.environment.freezes.get(f)?.clone() }
            }
            Self::Before(s, m) => Fact::Before { milestone: milestone(s, m)? },
            Self::On(s, m) => Fact::On { milestone: milestone(s, m)? },
            Self::After(s, m) => Fact::After { milestone: milestone(s, m)? },
            Self::Rollout(s, d) => {
                let (environment, found) = deployment(s, d)?;
                Fact::Rollout { environment, length: found.timing.rollout }
            }
            Self::Rollback(s, d) => {
                let (environment, found) = deployment(s, d)?;
                Fact::Rollback { environment, length: found.timing.rollback }
            }
            Self::Bake(s, d) => {
                let (environment, found) = deployment(s, d)?;
                Fact::Bake { environment, length: found.timing.bake }
            }
            Self::BakeInWindow(s, d) => Fact::BakeInWindow { environment: deployment(s, d)?.0 },
            Self::Lead(s, l) => Fact::Lead { lead: stages.get(s)?.leads.get(l)?.clone() },
        })
    }
}

/// How long a deployment's parts take, where only some facts hold.
pub(crate) fn timing_of(timing: &Timing, s: usize, d: usize, holds: &dyn Fn(Key) -> bool) -> Timing {
    let part = |key: Key, length: Duration| if holds(key) { length } else { Duration::ZERO };
    Timing {
        rollout: part(Key::Rollout(s, d), timing.rollout),
        rollback: part(Key::Rollback(s, d), timing.rollback),
        bake: part(Key::Bake(s, d), timing.bake),
        bake_in_window: timing.bake_in_window && holds(Key::BakeInWindow(s, d)),
    }
}

/// A milestone, where only some facts hold.
pub(crate) fn milestone_of(
    milestone: &Milestone,
    s: usize,
    m: usize,
    holds: &dyn Fn(Key) -> bool,
) -> Milestone {
    Milestone {
        before: milestone.before.filter(|_| holds(Key::Before(s, m))),
        on: milestone.on.filter(|_| holds(Key::On(s, m))),
        after: milestone.after.filter(|_| holds(Key::After(s, m))),
        ..milestone.clone()
    }
}

/// A fact in a line, for a reader.
impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Windows { environment, windows } => {
                write!(f, "`{environment}` is open only in {}", list(windows, "or"))
            }
            Self::Freeze { environment, freeze } => write!(f, "`{environment}` is frozen by {freeze}"),
            Self::Before { milestone } => {
                let (name, zone) = (&milestone.name, &milestone.zone);
                match &milestone.before {
                    Some(bound) => write!(f, "milestone {name}: everything is over before {bound} ({zone})"),
                    None => write!(f, "{milestone}"),
                }
            }
            Self::On { milestone } => {
                let (name, zone) = (&milestone.name, &milestone.zone);
                match &milestone.on {
                    Some(day) => write!(f, "milestone {name}: the rollout is on {day} ({zone})"),
                    None => write!(f, "{milestone}"),
                }
            }
            Self::After { milestone } => {
                let (name, zone) = (&milestone.name, &milestone.zone);
                match &milestone.after {
                    Some(bound) => write!(f, "milestone {name}: nothing starts before {bound} ({zone})"),
                    None => write!(f, "{milestone}"),
                }
            }
            Self::Rollout { environment, length } => {
                write!(f, "the rollout to `{environment}` takes {}", Length(*length))
            }
            Self::Rollback { environment, length } => {
                write!(f, "a rollback of `{environment}` takes {}", Length(*length))
            }
            Self::Bake { environment, length } => {
                write!(f, "the bake time in `{environment}` is {}", Length(*length))
            }
            Self::BakeInWindow { environment } => {
                write!(f, "the bake time in `{environment}` must end inside its windows")
            }
            Self::Lead { lead } => write!(f, "{} may take {}", lead.name, lead.time),
        }
    }
}
