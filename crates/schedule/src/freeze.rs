//! Freezes: times in which no deployment may start.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::bound::Bound;
use crate::interval::{Interval, Intervals, STEP, earlier};
use crate::name::{Named, Origin};
use crate::recurrence::Recurrence;
use crate::zone::Zone;

/// A time in which no deployment may start, once or around the end of every month, quarter or year.
///
/// It is unbroken: where the clock shows a time twice, it lasts from the first showing of its start to the second of its end, so that a
/// change of the clocks makes it longer and never shorter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// Its name.
    pub name: SmolStr,
    /// Where it is declared.
    #[serde(default)]
    pub origin: Origin,
    /// The zone in which its days and times are meant.
    pub zone: Zone,
    /// When.
    pub when: FreezeTime,
    /// Why, in the words of who declared it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<SmolStr>,
}

/// When a freeze is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum FreezeTime {
    /// Once.
    Once {
        /// The first day or moment.
        from: Bound,
        /// The last day, which is included, or the moment it ends.
        until: Bound,
    },
    /// Around the end of every period.
    Recurring(Recurrence),
}

impl Freeze {
    /// Its name and place.
    pub fn named(&self) -> Named {
        Named::new(self.name.clone(), self.origin)
    }

    /// Every time of it that has an instant in the range, whole: it may begin before the range and end after it.
    pub fn frozen(&self, range: Interval) -> Intervals {
        match self.when {
            FreezeTime::Once { from, until } => {
                let time = Interval::new(from.begins(&self.zone), until.ends(&self.zone));
                [time].into_iter().filter(|time| time.meets(range)).collect()
            }
            FreezeTime::Recurring(recurrence) => {
                // A zone's day is at most a day away from any clock's.
                let first = self.zone.local(range.start).date();
                let last = self.zone.furthest(range.end).date();
                let times: Intervals = recurrence
                    .days(first, last)
                    .map(|(from, until)| Interval::new(self.zone.start_of(from), self.zone.end_of(until)))
                    .collect();
                times.iter().filter(|time| time.meets(range)).collect()
            }
        }
    }

    /// The time of it that an instant lies in.
    pub fn at(&self, instant: Timestamp) -> Option<Interval> {
        self.frozen(Interval::lasting(instant, STEP)).at(instant)
    }

    /// When it ends, for a reader: the last day where it ends with one, else the moment.
    pub(crate) fn show_end(&self, end: Timestamp) -> String {
        let last = self.zone.local(earlier(end, STEP)).date();
        if last != self.zone.local(end).date() { last.to_string() } else { self.zone.show(end) }
    }

    /// When it begins, for a reader: the first day where it begins with one, else the moment.
    pub(crate) fn show_start(&self, start: Timestamp) -> String {
        let first = self.zone.local(start).date();
        if first != self.zone.local(earlier(start, STEP)).date() {
            first.to_string()
        } else {
            self.zone.show(start)
        }
    }
}

/// What it is, for a reader: `freeze year-end from 2026-12-19 until 2027-01-02 (Europe/Berlin)`.
impl fmt::Display for Freeze {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.when {
            FreezeTime::Once { from, until } => {
                write!(f, "freeze {} from {from} until {until} ({})", self.name, self.zone)
            }
            FreezeTime::Recurring(recurrence) => {
                write!(f, "freeze {} {recurrence} ({})", self.name, self.zone)
            }
        }
    }
}
