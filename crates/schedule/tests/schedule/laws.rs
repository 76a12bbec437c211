//! Laws over random samples: sets of instants, counting, and when a deployment may start.

use std::time::Duration;

use clearway_schedule::*;
use jiff::civil::Weekday;
use jiff::{SignedDuration, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::samples::{at, brief, day, days, frozen_days, minutes, zone};

/// The minutes of the days that small sets of instants lie in.
const SMALL: usize = 200;

fn minute(n: usize) -> Timestamp {
    at("2026-06-01T00:00Z") + SignedDuration::from_mins(i64::try_from(n).unwrap())
}

fn small_sets() -> impl Strategy<Value = Intervals> {
    let one = (0..SMALL, 0..40_usize);
    vec(one, 0..8).prop_map(|found| {
        found
            .into_iter()
            .map(|(start, length)| Interval::new(minute(start), minute(start + length)))
            .collect()
    })
}

fn has(set: &Intervals, n: usize) -> bool {
    set.iter().any(|interval| interval.start <= minute(n) && minute(n) < interval.end)
}

fn is_normal(set: &Intervals) -> bool {
    let all: Vec<Interval> = set.iter().collect();
    all.iter().all(|interval| interval.start < interval.end)
        && all.windows(2).all(|pair| pair[0].end < pair[1].start)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sets_of_instants_are_an_algebra(one in small_sets(), two in small_sets(), room in 0..60_usize) {
        let (union, both, rest) = (one.union(&two), one.intersect(&two), one.subtract(&two));
        for set in [&one, &union, &both, &rest] {
            prop_assert!(is_normal(set), "{set:?}");
        }
        let length = minutes(room as u64);
        let (begin, reach) = (one.with_room(length), one.reached_within(length));
        let range = Interval::new(minute(50), minute(120));
        let part = one.within(range);
        for n in 0..SMALL + 100 {
            let (a, b) = (has(&one, n), has(&two, n));
            prop_assert_eq!(one.contains(minute(n)), a);
            prop_assert_eq!(has(&union, n), a || b);
            prop_assert_eq!(has(&both, n), a && b);
            prop_assert_eq!(has(&rest, n), a && !b);
            prop_assert_eq!(has(&part, n), a && (50..120).contains(&n));
            // What begins here and takes so many minutes is inside with each of them; what takes none, with the first.
            let span = n..n + room.max(1);
            prop_assert_eq!(begin.contains(minute(n)), span.clone().all(|n| has(&one, n)));
            prop_assert_eq!(reach.contains(minute(n)), span.clone().any(|n| has(&one, n)));
        }
        prop_assert_eq!(one.union(&two), two.union(&one));
        prop_assert_eq!(&one.union(&one), &one);
        prop_assert_eq!(&rest.union(&both), &one);
    }
}

/// Names that many samples share.
const ZONES: [&str; 6] = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Casablanca",
];

fn zones() -> impl Strategy<Value = Zone> {
    (0..ZONES.len()).prop_map(|n| zone(ZONES[n]))
}

fn windows() -> impl Strategy<Value = Window> {
    let weekdays = vec(0..7_i8, 1..5).prop_map(|days| {
        days.into_iter().map(|n| Weekday::from_monday_zero_offset(n).unwrap()).collect::<Weekdays>()
    });
    let spans = (0..96_u16, 1..64_u16).prop_map(|(from, length)| {
        let until = (from + length) * 15;
        Hours::new(from * 15, if until > 1440 { until - 1440 } else { until }).unwrap_or(Hours::WHOLE_DAY)
    });
    (weekdays, vec(spans, 1..3), zones()).prop_map(|(days, hours, zone)| Window {
        name: "window".into(),
        origin: Origin::default(),
        days,
        hours,
        zone,
        calendar: None,
    })
}

fn freezes() -> impl Strategy<Value = Freeze> {
    let once = (0..70_i64, 0..14_i64).prop_map(|(start, length)| {
        let first = day("2026-03-01").saturating_add(jiff::Span::new().days(start));
        let last = first.saturating_add(jiff::Span::new().days(length));
        FreezeTime::Once { from: Bound::Day(first), until: Bound::Day(last) }
    });
    let clock = (0..1700_i64, 1..100_i64).prop_map(|(start, length)| {
        let first =
            day("2026-03-01").at(0, 0, 0, 0).saturating_add(jiff::Span::new().minutes(start * 60 + 30));
        let last = first.saturating_add(jiff::Span::new().hours(length));
        FreezeTime::Once { from: Bound::Clock(first), until: Bound::Clock(last) }
    });
    let ends = prop_oneof![Just(PeriodEnd::MonthEnd), Just(PeriodEnd::QuarterEnd)];
    let recurring = (ends, 0..6_u32, 0..4_u32).prop_map(|(every, days_before, days_after)| {
        FreezeTime::Recurring(Recurrence { every, days_before, days_after, year_starts: Month::default() })
    });
    (prop_oneof![once, clock, recurring], zones()).prop_map(|(when, zone)| Freeze {
        name: "freeze".into(),
        origin: Origin::default(),
        zone,
        when,
        reason: None,
    })
}

/// Deployments to environments with windows and freezes of their own names.
pub(crate) fn deployments() -> impl Strategy<Value = Deployment> {
    let parts = (0..12_u64, 0..8_u64, 0..60_u64, any::<bool>());
    (vec(windows(), 0..3), vec(freezes(), 0..3), parts).prop_map(|(mut windows, mut freezes, parts)| {
        for (n, window) in windows.iter_mut().enumerate() {
            window.name = format!("window-{n}").into();
        }
        for (n, freeze) in freezes.iter_mut().enumerate() {
            freeze.name = format!("freeze-{n}").into();
        }
        let (rollout, rollback, bake, bake_in_window) = parts;
        Deployment {
            environment: Environment { name: "prod".into(), origin: Origin::default(), windows, freezes },
            timing: Timing {
                rollout: minutes(rollout * 15),
                rollback: minutes(rollback * 15),
                bake: minutes(bake * 15),
                bake_in_window,
            },
        }
    })
}

/// Minutes around the changes of the clocks in March and April 2026.
fn moments() -> impl Strategy<Value = Timestamp> {
    (0..50_000_i64).prop_map(|n| at("2026-03-05T00:00Z") + SignedDuration::from_mins(n))
}

/// Whether a start is legal, by its words: every minute of what it needs is looked at.
pub(crate) fn is_legal(deployment: &Deployment, start: Timestamp) -> bool {
    let Deployment { environment, timing } = deployment;
    let every = |length: Duration, holds: &dyn Fn(Timestamp) -> bool| {
        let count = i64::try_from(length.as_secs() / 60).unwrap().max(1);
        (0..count).all(|n| holds(start + SignedDuration::from_mins(n)))
    };
    let open = |instant: Timestamp| {
        environment.windows.is_empty() || environment.windows.iter().any(|window| window.is_open(instant))
    };
    let free = |instant: Timestamp| environment.freezes.iter().all(|freeze| freeze.at(instant).is_none());
    let stay = if timing.bake_in_window { timing.rollback.max(timing.bake) } else { timing.rollback };
    every(timing.rollout + stay, &open) && every(timing.rollout + timing.rollback.max(timing.bake), &free)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// The next opening is legal, never in a freeze, and nothing earlier is legal.
    #[test]
    fn the_earliest_start_is_legal_and_nothing_earlier_is(deployment in deployments(), now in moments()) {
        let end = now + SignedDuration::from_hours(9 * 24);
        let found = deployment.next_opening(now, end);
        if let Some(opening) = &found {
            prop_assert!(is_legal(&deployment, opening.start), "{}", brief(opening.start));
            prop_assert!(deployment.environment.freezes.iter().all(|freeze| freeze.at(opening.start).is_none()));
            let step = SignedDuration::from_nanos(1);
            if let Some(last) = opening.last.filter(|last| last.as_nanosecond() % 60_000_000_000 == 0) {
                prop_assert!(is_legal(&deployment, last), "{}", brief(last));
                prop_assert!(!deployment.starts(Interval::new(last + step, last + step + step)).contains(last + step));
            }
        }
        let until = found.as_ref().map_or(end, |opening| opening.start);
        let count = (until.as_second() - now.as_second()) / 60;
        // Every minute of the first day, and a sample of those after it.
        for n in (0..count).filter(|n| *n < 1440 || n % 7 == 0) {
            let earlier = now + SignedDuration::from_mins(n);
            prop_assert!(!is_legal(&deployment, earlier), "{} is legal, too", brief(earlier));
        }
    }

    /// Whoever asks later gets no earlier start, and the same one until it has passed.
    #[test]
    fn a_later_now_gives_no_earlier_start(deployment in deployments(), now in moments(), wait in 0..5_000_i64) {
        let later = now + SignedDuration::from_mins(wait);
        let end = now + SignedDuration::from_hours(60 * 24);
        let start = |from| deployment.next_opening(from, end).map(|opening| opening.start);
        match (start(now), start(later)) {
            (Some(first), Some(second)) => {
                prop_assert!(first <= second);
                prop_assert!(first < later || first == second);
            }
            (None, second) => prop_assert_eq!(second, None),
            (Some(first), None) => prop_assert!(first < later),
        }
    }

    /// The decision agrees with the openings, and a closed one names an obstacle.
    #[test]
    fn the_decision_is_the_opening(deployment in deployments(), now in moments()) {
        let decision = deployment.check(now, days(40));
        prop_assert_eq!(decision.is_open(), is_legal(&deployment, now));
        let next = deployment.next_opening(now, now + SignedDuration::from_hours(40 * 24));
        match &decision.verdict {
            Verdict::Open { last, .. } => prop_assert_eq!(*last, next.unwrap().last),
            Verdict::Closed { obstacles, next: told } => {
                prop_assert!(!obstacles.is_empty());
                prop_assert_eq!(told, &next);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    /// What is counted by a calendar never lets whoever begins later be over earlier, not even while an hour is shown again.
    #[test]
    fn counting_by_a_calendar_keeps_the_order(
        zone in zones(),
        count in 0..14_u32,
        unit in prop_oneof![Just(PeriodUnit::BusinessDays), Just(PeriodUnit::Months), Just(PeriodUnit::Years)],
        minute in 0..600_000_i64,
        wait in prop_oneof![0..150_i64, 0..3_000_i64],
    ) {
        let start = at("2026-01-01T00:00Z") + SignedDuration::from_mins(minute);
        let calendar = Calendar { holidays: [day("2026-11-02")].into(), ..Calendar::default() };
        let after = |from| Period::new(count, unit).after(from, &zone, &calendar).unwrap();
        let (first, second) = (after(start), after(start + SignedDuration::from_mins(wait)));
        prop_assert!(first >= start);
        prop_assert!(first <= second, "{} {}", brief(first), brief(second));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, failure_persistence: None, ..ProptestConfig::default() })]

    /// Nothing panics at the ends of time.
    #[test]
    fn extremes_are_no_panic(deployment in deployments(), far in 0..3_u8, horizon in 0..u64::MAX) {
        let now = [Timestamp::MIN, Timestamp::MAX, at("9999-12-01T00:00Z")][usize::from(far)];
        let horizon = Duration::from_secs(horizon % 4_000_000);
        let _ = deployment.check(now, horizon).to_string();
        let _ = deployment.check(now, Duration::from_secs(8_000_000)).to_string();
        let frozen = frozen_days("ages", "-009999-01-03", "9999-12-29", "Europe/Berlin");
        let _ = frozen.frozen(Interval::new(Timestamp::MIN, Timestamp::MAX));
        let stage = Stage {
            name: "stage".into(),
            origin: Origin::default(),
            deployments: vec![deployment],
            leads: Vec::new(),
            milestones: Vec::new(),
        };
        let _ = schedule(&[stage], now, horizon).map_err(|conflict| conflict.to_string());
    }
}
