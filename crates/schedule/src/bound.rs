//! Where a freeze or a milestone stands in time: on a day, at a time of a wall clock, or at an instant.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::zone::Zone;

/// A day, a time on a wall clock, or an instant. In JSON, `{"day": "2026-12-24"}`, `{"clock": "2026-12-24T18:00:00"}` or
/// `{"instant": "2026-12-24T17:00:00Z"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// The whole of a day.
    Day(Date),
    /// A time on the wall clock of the declaration's zone.
    Clock(DateTime),
    /// An instant, written with an offset.
    Instant(Timestamp),
}

impl Bound {
    /// The instant at which what is meant to begin here begins: a day's first; of a time that the clock shows twice, the first; for one
    /// that it passes over, the moment of the change.
    pub fn begins(self, zone: &Zone) -> Timestamp {
        match self {
            Self::Day(day) => zone.start_of(day),
            Self::Clock(local) => zone.first_at(local),
            Self::Instant(instant) => instant,
        }
    }

    /// The instant at which what is meant to last until here ends, which is the first without it: a day is whole; of a time that the
    /// clock shows twice, the second counts; for one that it passes over, the moment of the change.
    pub fn ends(self, zone: &Zone) -> Timestamp {
        match self {
            Self::Day(day) => zone.end_of(day),
            Self::Clock(local) => zone.last_at(local),
            Self::Instant(instant) => instant,
        }
    }
}

/// As the language writes it.
impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pattern = |seconds: bool| if seconds { "%Y-%m-%dT%H:%M:%S" } else { "%Y-%m-%dT%H:%M" };
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::Clock(local) => write!(f, "{}", local.strftime(pattern(local.second() != 0))),
            Self::Instant(instant) => {
                let local = Zone::utc().local(*instant);
                write!(f, "{}Z", local.strftime(pattern(local.second() != 0)))
            }
        }
    }
}
