//! Windows: hours of some days of the week in which a deployment may start.

use std::fmt;
use std::time::Duration;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::calendar::Calendar;
use crate::hours::Hours;
use crate::interval::{Interval, Intervals, STEP, later};
use crate::name::{Named, Origin};
use crate::weekdays::Weekdays;
use crate::zone::Zone;

/// Hours of some days of the week on the wall clock of a zone.
///
/// It is open at an instant exactly when the clock shows one of its hours then. So on a day on which the clock is put forward it has none
/// of the time that the clock passes over: 01:00..03:00 in Berlin is an hour on 2026-03-29, and 02:00..03:00 is not open at all; a start
/// in the gap opens at the change. On a day on which the clock is put back, the time that the clock shows twice is open twice:
/// 01:00..03:00 is three hours on 2026-10-25; a window that ends in it is closed for the rest of the first showing, and opens again for
/// the second. Hours past midnight belong to the day they start on, which alone must be a day of the window; where a zone leaves that
/// day out of its calendar (Apia had no 2011-12-30), what remains of them on the next is open.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Its name.
    pub name: SmolStr,
    /// Where it is declared.
    #[serde(default)]
    pub origin: Origin,
    /// The days on which its hours start.
    pub days: Weekdays,
    /// Its hours; they may overlap.
    pub hours: Vec<Hours>,
    /// The zone of the clock.
    pub zone: Zone,
    /// The calendar whose holidays are no days of it. The calendar's working week is not asked: `days` says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<Calendar>,
}

impl Window {
    /// Its name and place.
    pub fn named(&self) -> Named {
        Named::new(self.name.clone(), self.origin)
    }

    /// Whether its hours may start on a day.
    pub fn has_day(&self, day: Date) -> bool {
        let holiday = self.calendar.as_ref().is_some_and(|calendar| calendar.holidays.contains(&day));
        self.days.contains(day.weekday()) && !holiday
    }

    /// When it is open within a range.
    pub fn open(&self, range: Interval) -> Intervals {
        let mut found = Vec::new();
        if range.is_empty() {
            return Intervals::default();
        }
        for stretch in self.zone.stretches(range) {
            // Hours of the day before may go on past midnight.
            let first = stretch.local(stretch.time.start).date();
            let last = stretch.local(stretch.time.end).date();
            let days =
                std::iter::successors(first.yesterday().ok().or(Some(first)), |day| day.tomorrow().ok());
            for day in days.take_while(|day| *day <= last).filter(|day| self.has_day(*day)) {
                let midnight = stretch.instant(day.at(0, 0, 0, 0));
                let at = |minutes: u16| {
                    midnight.checked_add(SignedDuration::from_mins(minutes.into())).unwrap_or(Timestamp::MAX)
                };
                let open = |hours: &Hours| Interval::new(at(hours.from()), at(hours.until()));
                found.extend(self.hours.iter().map(|hours| open(hours).intersect(stretch.time)));
            }
        }
        found.into()
    }

    /// Whether it is open at an instant.
    pub fn is_open(&self, instant: Timestamp) -> bool {
        !self.open(Interval::lasting(instant, STEP)).is_empty()
    }

    /// The instant by which it has been open for so long since another: how business hours are counted. `None` when it is not open for
    /// so long before `until`. What takes no time is over at once.
    pub fn after_open(&self, from: Timestamp, amount: Duration, until: Timestamp) -> Option<Timestamp> {
        /// How far it is looked ahead at a time: a business counts in weeks.
        const AHEAD: Duration = Duration::from_secs(28 * 24 * 60 * 60);
        if amount.is_zero() {
            return Some(from);
        }
        let (mut left, mut start) = (amount, from);
        while start < until {
            let range = Interval::lasting(start, AHEAD).intersect(Interval::new(start, until));
            for open in self.open(range).iter() {
                if open.length() >= left {
                    return Some(later(open.start, left));
                }
                left -= open.length();
            }
            start = range.end;
        }
        None
    }
}

/// What it is, for a reader: `window office Mon..Thu 09:00..16:00 (Europe/Berlin)`.
impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hours: Vec<String> = self.hours.iter().map(ToString::to_string).collect();
        let hours = if hours.is_empty() { "at no hour".to_owned() } else { hours.join(", ") };
        write!(f, "window {} {} {hours} ({})", self.name, self.days, self.zone)?;
        match &self.calendar {
            Some(calendar) => write!(f, " without the holidays of {}", calendar.name),
            None => Ok(()),
        }
    }
}
