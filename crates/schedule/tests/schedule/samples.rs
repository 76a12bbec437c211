//! Short ways to write what the tests are about.

use std::time::Duration;

use clearway_schedule::*;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};

/// `2026-11-30T09:00Z`.
pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn clock(text: &str) -> DateTime {
    text.parse().unwrap()
}

/// From one instant to another, as `2026-11-30T09:00Z 2026-11-30T10:00Z`.
pub fn span(text: &str) -> Interval {
    let (from, until) = text.split_once(' ').unwrap();
    Interval::new(at(from), at(until))
}

pub fn zone(name: &str) -> Zone {
    Zone::named(name).unwrap()
}

pub const fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

pub const fn hours(count: u64) -> Duration {
    minutes(count * 60)
}

pub const fn days(count: u64) -> Duration {
    hours(count * 24)
}

/// `Mon..Thu`, `Wed`.
pub fn weekdays(text: &str) -> Weekdays {
    let one = |name: &str| {
        let found = Weekdays::ALL.iter().find(|day| day.to_monday_zero_offset() == place(name));
        found.unwrap_or(Weekday::Monday)
    };
    match text.split_once("..") {
        Some((from, until)) => Weekdays::span(one(from), one(until)),
        None => [one(text)].into_iter().collect(),
    }
}

fn place(name: &str) -> i8 {
    let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    i8::try_from(names.iter().position(|known| *known == name).unwrap()).unwrap()
}

/// A window by its name, days, hours and zone. Its origin is the length of its name.
pub fn window(name: &str, days: &str, hours: &str, zone_name: &str) -> Window {
    Window {
        name: name.into(),
        origin: Origin(u32::try_from(name.len()).unwrap()),
        days: weekdays(days),
        hours: hours.split(' ').map(|hours| hours.parse().unwrap()).collect(),
        zone: zone(zone_name),
        calendar: None,
    }
}

/// A freeze from a day or moment until another.
pub fn freeze(name: &str, from: Bound, until: Bound, zone_name: &str) -> Freeze {
    let when = FreezeTime::Once { from, until };
    Freeze { name: name.into(), origin: Origin::default(), zone: zone(zone_name), when, reason: None }
}

/// A freeze from a day until another, which is included.
pub fn frozen_days(name: &str, from: &str, until: &str, zone_name: &str) -> Freeze {
    freeze(name, Bound::Day(day(from)), Bound::Day(day(until)), zone_name)
}

/// A freeze around the end of every period.
pub fn recurring(name: &str, every: PeriodEnd, days_before: u32, days_after: u32, zone_name: &str) -> Freeze {
    let recurrence = Recurrence { every, days_before, days_after, year_starts: Month::default() };
    let when = FreezeTime::Recurring(recurrence);
    Freeze { name: name.into(), origin: Origin::default(), zone: zone(zone_name), when, reason: None }
}

pub fn environment(name: &str, windows: Vec<Window>, freezes: Vec<Freeze>) -> Environment {
    Environment { name: name.into(), origin: Origin::default(), windows, freezes }
}

/// How long rollout, rollback and bake time take, in minutes.
pub const fn timing(rollout: u64, rollback: u64, bake: u64) -> Timing {
    Timing {
        rollout: minutes(rollout),
        rollback: minutes(rollback),
        bake: minutes(bake),
        bake_in_window: false,
    }
}

pub fn stage(name: &str, environment: Environment, timing: Timing) -> Stage {
    Stage {
        name: name.into(),
        origin: Origin::default(),
        deployments: vec![Deployment { environment, timing }],
        leads: Vec::new(),
        milestones: Vec::new(),
    }
}

pub fn milestone(name: &str, zone_name: &str) -> Milestone {
    Milestone {
        name: name.into(),
        origin: Origin::default(),
        zone: zone(zone_name),
        before: None,
        after: None,
        on: None,
    }
}

/// The intervals as texts, for comparison.
pub fn shown(intervals: &Intervals) -> Vec<String> {
    intervals.iter().map(|interval| format!("{} {}", brief(interval.start), brief(interval.end))).collect()
}

/// An instant without seconds, where it has none.
pub fn brief(instant: Timestamp) -> String {
    let text = instant.to_string();
    text.strip_suffix(":00Z").map_or(text.clone(), |text| format!("{text}Z"))
}
