//! An oracle that shares no code with what it judges: it looks at every minute of two years, asks jiff what the clock shows then, and
//! compares that with the rules as they are written.
//!
//! `cargo test` looks at the weeks around each change of the clocks and around each year's end; `CLEARWAY_ORACLE=full` at build time looks
//! at all of it, too.

use std::collections::{BTreeMap, BTreeSet};

use clearway_schedule::*;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Span, Timestamp};

use crate::samples::{at, environment, freeze, minutes, recurring, zone};

/// Zones of both hemispheres and all continents; with offsets that are no whole hours; that change by half an hour, at midnight, for a
/// month of the lunar year, on a weekday, or not at all.
const ZONES: [&str; 26] = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Johannesburg",
    "America/Asuncion",
    "America/Chicago",
    "America/Havana",
    "America/Los_Angeles",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Jerusalem",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/London",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "UTC",
];

/// What the calendars of the past hold beyond that: days that were left out, and a change at one minute past midnight.
const PAST: [(&str, &str); 3] =
    [("Pacific/Apia", "2011-01-01"), ("Pacific/Kwajalein", "1993-01-01"), ("America/St_Johns", "2010-01-01")];

/// A window as numbers: days of the week, minutes of the day, holidays.
struct Plain {
    days: &'static [Weekday],
    hours: &'static [(u16, u16)],
    holidays: bool,
}

use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};

const WINDOWS: [Plain; 4] = [
    // A business day with a pause.
    Plain {
        days: &[Monday, Tuesday, Wednesday, Thursday],
        hours: &[(540, 720), (780, 1020)],
        holidays: true,
    },
    // Nights that go on past midnight, on the days on which clocks are changed.
    Plain { days: &[Friday, Saturday, Sunday], hours: &[(1320, 1440 + 150)], holidays: false },
    // A piece of the hours that are passed over and shown twice, overlapping the night before.
    Plain { days: &[Sunday], hours: &[(20, 45), (75, 165)], holidays: false },
    // A whole day.
    Plain { days: &[Thursday], hours: &[(0, 1440)], holidays: true },
];

/// The rollout and a rollback, and the rollout and the bake time, in minutes.
const ROOM_IN_WINDOW: usize = 75;
const ROOM_BEFORE_FREEZE: usize = 225;

/// Days on which nobody works.
fn holidays(year: i16) -> BTreeSet<Date> {
    let fixed = [(1, 1), (5, 1), (7, 9), (12, 24), (12, 31)];
    let days = |year: i16| fixed.map(|(month, day)| Date::new(year, month, day).unwrap());
    [year, year + 1, year + 2].into_iter().flat_map(days).collect()
}

/// What the clock shows at every minute of a range.
struct Minutes {
    start: Timestamp,
    local: Vec<DateTime>,
}

impl Minutes {
    fn of(rules: &TimeZone, start: Timestamp, end: Timestamp) -> Self {
        let count = (end.as_second() - start.as_second()) / 60;
        let minute = |n: i64| Timestamp::from_second(start.as_second() + n * 60).unwrap();
        Self { start, local: (0..count).map(|n| rules.to_datetime(minute(n))).collect() }
    }

    fn at(&self, n: usize) -> Timestamp {
        self.start + SignedDuration::from_mins(i64::try_from(n).unwrap())
    }

    /// Whether a window is open: the clock shows one of its hours, which started on that day or on the day before.
    fn open(&self, window: &Plain, holidays: &BTreeSet<Date>) -> Vec<bool> {
        let mut known: BTreeMap<Date, bool> = BTreeMap::new();
        let mut works = |day: Date| {
            *known.entry(day).or_insert_with(|| {
                window.days.contains(&day.weekday()) && !(window.holidays && holidays.contains(&day))
            })
        };
        let mut is_open = |local: &DateTime| {
            let minute = local.hour() as u16 * 60 + local.minute() as u16;
            let today = window.hours.iter().any(|(from, until)| (*from..*until).contains(&minute));
            let yesterday =
                window.hours.iter().any(|(from, until)| (*from..*until).contains(&(minute + 1440)));
            (today && works(local.date())) || (yesterday && works(local.date().yesterday().unwrap()))
        };
        self.local.iter().map(&mut is_open).collect()
    }

    /// A freeze from the first minute that shows its first day until the last that shows its last one.
    fn days(&self, from: Date, until: Date) -> Vec<bool> {
        let first = self.local.iter().position(|local| local.date() >= from).unwrap();
        let last = self.local.iter().rposition(|local| local.date() <= until).unwrap();
        (0..self.local.len()).map(|n| first <= n && n <= last).collect()
    }

    /// A freeze from the first minute that shows a time, or a later one if it is passed over, up to the last that shows another.
    fn clock(&self, from: DateTime, until: DateTime) -> Vec<bool> {
        let first = self.local.iter().position(|local| *local >= from).unwrap();
        let last = self.local.iter().rposition(|local| *local <= until).unwrap();
        let end = if self.local[last] == until { last } else { last + 1 };
        (0..self.local.len()).map(|n| first <= n && n < end).collect()
    }

    /// Three days before the end of every quarter until one day after it.
    fn quarters(&self) -> Vec<bool> {
        let ends = |day: Date| day.month() % 3 == 0 && day.tomorrow().unwrap().month() != day.month();
        let mut known: BTreeMap<Date, bool> = BTreeMap::new();
        let mut frozen = |day: Date| {
            *known.entry(day).or_insert_with(|| (-1..=3).any(|shift| ends(day + Span::new().days(shift))))
        };
        self.local.iter().map(|local| frozen(local.date())).collect()
    }
}

/// The minutes that are in a set of instants.
fn members(set: &Intervals, minutes: &Minutes) -> Vec<bool> {
    let mut intervals = set.iter().peekable();
    let mut is_in = |n: usize| {
        let instant = minutes.at(n);
        while intervals.peek().is_some_and(|interval| interval.end <= instant) {
            intervals.next();
        }
        intervals.peek().is_some_and(|interval| interval.start <= instant)
    };
    (0..minutes.local.len()).map(&mut is_in).collect()
}

fn assert_same(what: &str, zone: &str, minutes: &Minutes, found: &[bool], expected: &[bool]) {
    if let Some(n) = (0..expected.len()).find(|n| found[*n] != expected[*n]) {
        let (instant, local) = (minutes.at(n), minutes.local[n]);
        panic!("{what} in {zone} at {instant}, {local} on the clock: {} is expected", expected[n]);
    }
}

/// For how many minutes in a row something holds, from each minute on.
fn lasting(holds: &[bool]) -> Vec<usize> {
    let mut lasting = vec![0; holds.len() + 1];
    for n in (0..holds.len()).rev() {
        lasting[n] = if holds[n] { lasting[n + 1] + 1 } else { 0 };
    }
    lasting
}

/// Compares everything from one instant to another, and gives how many minutes were looked at.
fn compare(name: &str, year: i16, start: Timestamp, end: Timestamp) -> usize {
    let rules = TimeZoneDatabase::bundled().get(name).unwrap();
    // What starts at the last minutes is judged by those after them.
    let seen = Minutes::of(&rules, start, end + SignedDuration::from_mins(300));
    let range = Interval::new(start, end + SignedDuration::from_mins(300));
    let holidays = holidays(year);
    let calendar = Calendar { name: "holidays".into(), holidays: holidays.clone(), ..Calendar::default() };
    let windows: Vec<Window> = WINDOWS
        .iter()
        .map(|plain| Window {
            name: "window".into(),
            origin: Origin::default(),
            days: plain.days.iter().copied().collect(),
            hours: plain
                .hours
                .iter()
                .map(|(from, until)| {
                    Hours::new(*from, if *until > 1440 { until - 1440 } else { *until }).unwrap()
                })
                .collect(),
            zone: zone(name),
            calendar: plain.holidays.then(|| calendar.clone()),
        })
        .collect();
    let mut open = vec![false; seen.local.len()];
    for (window, plain) in windows.iter().zip(&WINDOWS) {
        let expected = seen.open(plain, &holidays);
        assert_same("a window", name, &seen, &members(&window.open(range), &seen), &expected);
        open.iter_mut().zip(expected).for_each(|(open, own)| *open |= own);
    }
    // Freezes over the changes of the clocks: of days, and of times that are passed over or shown twice.
    let middle = seen.local[seen.local.len() / 2].date();
    let (from, until) = (middle, middle + Span::new().days(2));
    let half_past = |day: Date, hour: i8| day.at(hour, 30, 0, 0);
    let clock = (half_past(from - Span::new().days(3), 1), half_past(from - Span::new().days(1), 2));
    let freezes = [
        (freeze("days", Bound::Day(from), Bound::Day(until), name), seen.days(from, until)),
        (freeze("clock", Bound::Clock(clock.0), Bound::Clock(clock.1), name), seen.clock(clock.0, clock.1)),
        (recurring("quarters", PeriodEnd::QuarterEnd, 3, 1, name), seen.quarters()),
    ];
    let mut frozen = vec![false; seen.local.len()];
    for (freeze, expected) in &freezes {
        let found = members(&freeze.frozen(range), &seen);
        assert_same(&freeze.to_string(), name, &seen, &found, expected);
        frozen.iter_mut().zip(expected).for_each(|(frozen, own)| *frozen |= own);
    }
    // What may start: as many open minutes in a row as it needs, and as many without a freeze.
    let count = usize::try_from((end.as_second() - start.as_second()) / 60).unwrap();
    let (open, free) = (lasting(&open), lasting(&frozen.iter().map(|frozen| !frozen).collect::<Vec<_>>()));
    let expected: Vec<bool> =
        (0..count).map(|n| open[n] >= ROOM_IN_WINDOW && free[n] >= ROOM_BEFORE_FREEZE).collect();
    let environment = environment("prod", windows, freezes.map(|(freeze, _)| freeze).into());
    let timing =
        Timing { rollout: minutes(45), rollback: minutes(30), bake: minutes(180), bake_in_window: false };
    let starts = Deployment { environment, timing }.starts(Interval::new(start, end));
    assert_same("a start", name, &seen, &members(&starts, &seen), &expected);
    count
}

#[test]
fn every_minute_is_as_the_clock_shows_it() {
    let full = std::env::var("CLEARWAY_ORACLE").is_ok_and(|word| word == "full");
    let years = ZONES.iter().map(|name| (*name, "2026-01-01")).chain(PAST);
    let mut looked_at = 0;
    for (name, start) in years {
        let start = at(&format!("{start}T00:00Z"));
        let year = start.to_zoned_datetime(TimeZone::UTC).year();
        let end = at(&format!("{}-01-01T00:00Z", year + 2));
        if full {
            looked_at += compare(name, year, start, end);
        }
        let rules = TimeZoneDatabase::bundled().get(name).unwrap();
        let changes = rules.following(start).map(|change| change.timestamp());
        let mut points: Vec<Timestamp> = changes.take_while(|change| *change < end).collect();
        points.push(at(&format!("{}-01-01T00:00Z", year + 1)));
        for point in points {
            let around = SignedDuration::from_hours(5 * 24);
            looked_at += compare(name, year, point - around, point + around);
        }
    }
    println!("{looked_at} minutes in {} zones", ZONES.len() + PAST.len());
    assert!(looked_at > if full { 30_000_000 } else { 1_000_000 }, "only {looked_at} minutes");
}
