//! The times that reports name.

use std::fmt;

use jiff::civil::{self, DateTime};
use jiff::{SignedDuration, Timestamp};

/// A time that a report names: an instant, or a local time of an unknown zone, as many JUnit writers leave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    /// A time with its zone.
    Instant(Timestamp),
    /// A time without a zone.
    Local(DateTime),
}

/// The zones of the earth, in hours east of Greenwich: when it is noon at the first, it is long past at the last.
const EASTERNMOST: i64 = 14;
const WESTERNMOST: i64 = -12;

impl Moment {
    /// Reads a date or a date with a time, as ISO 8601 writes it, with a `T` or a space between them.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Some(Self::Instant(instant));
        }
        if let Ok(local) = text.parse::<DateTime>() {
            return Some(Self::Local(local));
        }
        text.parse::<civil::Date>().ok().map(|date| Self::Local(date.at(0, 0, 0, 0)))
    }

    /// The time after so many milliseconds of the Unix epoch.
    pub fn of_millis(millis: i64) -> Option<Self> {
        Timestamp::from_millisecond(millis).ok().map(Self::Instant)
    }

    /// The earliest instant that it can be. Whoever asks how old a report is at most asks for this one.
    pub fn earliest(self) -> Option<Timestamp> {
        self.instant(EASTERNMOST)
    }

    /// The latest instant that it can be. Whoever asks whether a report comes from the future asks for the earliest; whether it could be
    /// newer than something, for this one.
    pub fn latest(self) -> Option<Timestamp> {
        self.instant(WESTERNMOST)
    }

    fn instant(self, hours_east: i64) -> Option<Timestamp> {
        match self {
            Self::Instant(instant) => Some(instant),
            Self::Local(local) => {
                let utc = jiff::tz::TimeZone::UTC.to_timestamp(local).ok()?;
                utc.checked_sub(SignedDuration::from_hours(hours_east)).ok()
            }
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instant(instant) => write!(f, "{instant}"),
            Self::Local(local) => write!(f, "{local} (no zone)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Moment;

    #[test]
    fn times_have_an_instant_or_a_day_of_doubt() {
        let instant = Moment::parse("2026-11-02T10:00:00+01:00").unwrap();
        assert_eq!(instant.earliest(), instant.latest());
        assert_eq!(instant.to_string(), "2026-11-02T09:00:00Z");
        let local = Moment::parse("2026-11-02T10:00:00.123456").unwrap();
        assert_eq!(local.earliest().unwrap().to_string(), "2026-11-01T20:00:00.123456Z");
        assert_eq!(local.latest().unwrap().to_string(), "2026-11-02T22:00:00.123456Z");
        assert!(Moment::parse("2026-11-02 10:00:00").is_some());
        assert!(Moment::parse("2026-11-02").is_some());
        assert!(Moment::parse("yesterday").is_none());
        assert!(Moment::of_millis(i64::MAX).is_none());
    }
}
