//! Milestones: days of the business that a release must meet.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::bound::Bound;
use crate::interval::{Interval, STEP, earlier, later};
use crate::name::{Named, Origin};
use crate::zone::Zone;

/// A day of the business that a release must meet, in the strictest sense of each word:
///
/// - *before* a day or moment: rollout and bake time are over when it begins, so that nothing of the release can still be rolled back;
/// - *after* a day or moment: no rollout starts before that day, or before that moment;
/// - *on* a day: the rollout starts and is complete on that day; the bake time may run on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// Its name.
    pub name: SmolStr,
    /// Where it is declared.
    #[serde(default)]
    pub origin: Origin,
    /// The zone in which its days and times are meant.
    pub zone: Zone,
    /// Everything is over before this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Bound>,
    /// Nothing starts before this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Bound>,
    /// The rollout is on this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
}

impl Milestone {
    /// Its name and place.
    pub fn named(&self) -> Named {
        Named::new(self.name.clone(), self.origin)
    }

    /// The instant at which everything must be over, for `before`.
    pub fn due(&self) -> Option<Timestamp> {
        self.before.map(|bound| bound.begins(&self.zone))
    }

    /// The first instant at which a rollout may start, for `after`. Of a time that the clock shows twice, the second.
    pub fn not_before(&self) -> Option<Timestamp> {
        self.after.map(|bound| match bound {
            Bound::Day(day) => self.zone.start_of(day),
            moment => moment.ends(&self.zone),
        })
    }

    /// The day, for `on`.
    pub fn day(&self) -> Option<Interval> {
        self.on.map(|day| Interval::new(self.zone.start_of(day), self.zone.end_of(day)))
    }

    /// The starts that meet it, for what takes so long until it is rolled out and until it is accepted. Empty where its own words
    /// contradict each other.
    pub fn starts(&self, rollout: Duration, accepted: Duration) -> Interval {
        let mut starts = Interval::new(Timestamp::MIN, Timestamp::MAX);
        if let Some(due) = self.due() {
            starts = starts.intersect(Interval::new(Timestamp::MIN, last_start(due, accepted)));
        }
        if let Some(first) = self.not_before() {
            starts.start = starts.start.max(first);
        }
        if let Some(day) = self.day() {
            starts = starts.intersect(Interval::new(day.start, last_start(day.end, rollout)));
        }
        starts
    }
}

/// The end of the starts from which what takes `length` is over by an instant. What takes no time starts before it.
fn last_start(by: Timestamp, length: Duration) -> Timestamp {
    later(earlier(by, length.max(STEP)), STEP)
}

/// What it is, for a reader: `milestone black-friday before 2026-11-27 (Europe/Berlin)`.
impl fmt::Display for Milestone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "milestone {}", self.name)?;
        if let Some(bound) = self.after {
            write!(f, " after {bound}")?;
        }
        if let Some(day) = self.on {
            write!(f, " on {day}")?;
        }
        if let Some(bound) = self.before {
            write!(f, " before {bound}")?;
        }
        write!(f, " ({})", self.zone)
    }
}
