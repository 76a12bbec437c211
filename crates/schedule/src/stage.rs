//! Stages of a release: what is deployed together, what must be waited for before, and which milestones it must meet.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::serde::unsigned_duration::friendly::compact::required as duration;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::calendar::Calendar;
use crate::deployment::Deployment;
use crate::interval::later;
use crate::length::Length;
use crate::milestone::Milestone;
use crate::name::{Named, Origin};
use crate::period::Period;
use crate::zone::Zone;

/// A stage: deployments that start at one time, each legal in its own environment. Most stages have one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Its name.
    pub name: SmolStr,
    /// Where it is declared.
    #[serde(default)]
    pub origin: Origin,
    /// What starts together.
    pub deployments: Vec<Deployment>,
    /// What must be waited for, one after the other, from the moment the stage before is accepted: the steps of an approval, each with
    /// the time it is given.
    #[serde(default)]
    pub leads: Vec<Lead>,
    /// What it must meet.
    #[serde(default)]
    pub milestones: Vec<Milestone>,
}

/// Something to wait for before a stage can start.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lead {
    /// Its name.
    pub name: SmolStr,
    /// Where it is declared.
    #[serde(default)]
    pub origin: Origin,
    /// How long it may take.
    pub time: LeadTime,
}

/// A time to wait.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeadTime {
    /// Elapsed time.
    Elapsed(#[serde(with = "duration")] Duration),
    /// Time counted by a calendar.
    Counted {
        /// How long.
        period: Period,
        /// The zone in which days begin and end.
        zone: Zone,
        /// The days on which people work.
        #[serde(default)]
        calendar: Calendar,
    },
}

impl Stage {
    /// Its name and place.
    pub fn named(&self) -> Named {
        Named::new(self.name.clone(), self.origin)
    }
}

impl Lead {
    /// Its name and place.
    pub fn named(&self) -> Named {
        Named::new(self.name.clone(), self.origin)
    }

    /// The instant at which it is over, when it begins at another.
    pub fn after(&self, instant: Timestamp) -> Timestamp {
        match &self.time {
            LeadTime::Elapsed(length) => later(instant, *length),
            LeadTime::Counted { period, zone, calendar } => {
                period.after(instant, zone, calendar).unwrap_or(Timestamp::MAX)
            }
        }
    }
}

/// As the language writes it.
impl fmt::Display for LeadTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Elapsed(length) => write!(f, "{}", Length(*length)),
            Self::Counted { period, .. } => write!(f, "{period}"),
        }
    }
}
