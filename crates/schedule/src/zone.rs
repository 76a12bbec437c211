//! Time zones, and the rule by which a wall clock's time becomes an instant.
//!
//! A wall clock runs evenly between the moments at which its zone's offset changes: from one to the next it is a plain shift, and every
//! rule here is read off these [stretches](Zone::stretches). So one rule serves for all changes: an hour or half an hour, spring or
//! autumn, either hemisphere, a day left out.
//!
//! - A time that the clock *passes over* (a gap) is the moment of the change.
//! - A time that the clock *shows twice* is the first showing where something begins, and the second where something ends.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::interval::{Interval, earlier, later};

/// More than any clock is ahead of or behind UTC (jiff admits 25:59:59).
const FARTHEST: Duration = Duration::from_secs(26 * 60 * 60);

/// An IANA time zone, by the rules that are built in. In JSON, its name: a name that is unknown is refused, and never taken for UTC.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "SmolStr", into = "SmolStr")]
pub struct Zone {
    name: SmolStr,
    rules: TimeZone,
}

/// A name that no IANA time zone has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownZone(pub SmolStr);

impl fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "there is no time zone `{}`: zones are named by continent and city, as in `Europe/Berlin`",
            self.0
        )
    }
}

impl std::error::Error for UnknownZone {}

/// A time in which the clock runs evenly.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stretch {
    /// The instants of it.
    pub(crate) time: Interval,
    /// How far the clock is ahead of UTC.
    pub(crate) offset: Offset,
}

impl Stretch {
    /// What the clock shows; at the end, what it would show without the change.
    pub(crate) fn local(&self, instant: Timestamp) -> DateTime {
        self.offset.to_datetime(instant)
    }

    /// The instant at which the clock would show this, if it ran at this offset always.
    pub(crate) fn instant(&self, local: DateTime) -> Timestamp {
        let edge = if local < DateTime::ZERO { Timestamp::MIN } else { Timestamp::MAX };
        self.offset.to_timestamp(local).unwrap_or(edge)
    }
}

impl Zone {
    /// The zone with an IANA name, written as IANA writes it.
    ///
    /// # Errors
    ///
    /// No zone has this name. An abbreviation such as `PST` is none: it names several zones, each for a part of the year.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        match TimeZoneDatabase::bundled().get(name) {
            Ok(rules) if rules.iana_name() == Some(name) => Ok(Self { name: name.into(), rules }),
            _ => Err(UnknownZone(name.into())),
        }
    }

    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self { name: SmolStr::new_static("UTC"), rules: TimeZone::UTC }
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the clock shows at an instant.
    pub fn local(&self, instant: Timestamp) -> DateTime {
        self.rules.to_datetime(instant)
    }

    /// The first instant at which the clock shows a time or a later one: where something begins that is meant to begin at it.
    pub fn first_at(&self, local: DateTime) -> Timestamp {
        let reached = |stretch: &Stretch| {
            let at = stretch.instant(local).max(stretch.time.start);
            (at < stretch.time.end).then_some(at)
        };
        self.around(local).iter().find_map(reached).unwrap_or(Timestamp::MAX)
    }

    /// The last instant at which the clock shows a time or an earlier one: where something ends that is meant to end at it.
    pub fn last_at(&self, local: DateTime) -> Timestamp {
        let passed = |stretch: &Stretch| {
            let at = stretch.instant(local);
            (at >= stretch.time.start).then(|| at.min(stretch.time.end))
        };
        self.around(local).iter().rev().find_map(passed).unwrap_or(Timestamp::MIN)
    }

    /// The instant from which on the clock shows no time of a day or of one before it: the day's end.
    ///
    /// It differs from the [last](Self::last_at) midnight where midnight itself is shown twice: the second showing belongs to the next day.
    pub fn end_of(&self, day: Date) -> Timestamp {
        let Ok(next) = day.tomorrow() else { return Timestamp::MAX };
        let midnight = next.at(0, 0, 0, 0);
        let passed = |stretch: &Stretch| {
            let at = stretch.instant(midnight);
            (at > stretch.time.start).then(|| at.min(stretch.time.end))
        };
        self.around(midnight).iter().rev().find_map(passed).unwrap_or(Timestamp::MIN)
    }

    /// The first instant of a day.
    pub fn start_of(&self, day: Date) -> Timestamp {
        self.first_at(day.at(0, 0, 0, 0))
    }

    /// The furthest that the clock has shown up to an instant. It is ahead of what it shows only while an hour is shown again; counting
    /// days from it, unlike from the clock, never makes a later instant come to an earlier one.
    pub(crate) fn furthest(&self, instant: Timestamp) -> DateTime {
        let before = self.stretches(Interval::new(earlier(instant, FARTHEST), instant));
        let shown = before.iter().map(|stretch| stretch.local(stretch.time.end));
        shown.chain([self.local(instant)]).max().unwrap_or_else(|| self.local(instant))
    }

    /// The stretches of a range in which the clock runs evenly, in order and without a hole.
    pub(crate) fn stretches(&self, range: Interval) -> Vec<Stretch> {
        let mut stretches = Vec::with_capacity(4);
        let (mut start, mut offset) = (range.start, self.rules.to_offset(range.start));
        for change in self.rules.following(range.start).take_while(|change| change.timestamp() < range.end) {
            // Some changes are of the law alone: the clock runs on.
            if change.offset() != offset {
                stretches.push(Stretch { time: Interval::new(start, change.timestamp()), offset });
                (start, offset) = (change.timestamp(), change.offset());
            }
        }
        stretches.push(Stretch { time: Interval::new(start, range.end), offset });
        stretches
    }

    /// The stretches in which the clock may show a time.
    fn around(&self, local: DateTime) -> Vec<Stretch> {
        let utc = Stretch { time: Interval::new(Timestamp::MIN, Timestamp::MAX), offset: Offset::UTC };
        let at = utc.instant(local);
        self.stretches(Interval::new(earlier(at, FARTHEST), later(at, FARTHEST)))
    }

    /// An instant as people write it: `Monday 2026-11-30 09:00 Europe/Berlin`, with the offset where the clock shows that time twice.
    pub fn show(&self, instant: Timestamp) -> String {
        format!("{} {}", self.show_local(instant), self.name)
    }

    /// An instant on this zone's clock, without the zone.
    pub(crate) fn show_local(&self, instant: Timestamp) -> String {
        let local = self.local(instant);
        let seconds = if local.second() == 0 { "" } else { ":%S" };
        let text = local.strftime(&format!("%A %Y-%m-%d %H:%M{seconds}")).to_string();
        if self.rules.to_ambiguous_timestamp(local).is_ambiguous() {
            return format!("{text}{}", self.rules.to_offset(instant));
        }
        text
    }
}

/// Zones of one name have one set of rules.
impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl std::hash::Hash for Zone {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl From<Zone> for SmolStr {
    fn from(zone: Zone) -> Self {
        zone.name
    }
}

impl TryFrom<SmolStr> for Zone {
    type Error = UnknownZone;

    fn try_from(name: SmolStr) -> Result<Self, UnknownZone> {
        Self::named(&name)
    }
}
