//! Laws over random samples.

use std::time::Duration;

use clearway_schedule::*;
use jiff::civil::Weekday;
use jiff::{SignedDuration, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::samples::{at, brief, day, days, frozen_days, hours, milestone, minutes, zone};

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
fn deployments() -> impl Strategy<Value = Deployment> {
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
fn is_legal(deployment: &Deployment, start: Timestamp) -> bool {
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

/// Chains of up to three stages with leads and a milestone that are tight enough to fail often.
fn chains() -> impl Strategy<Value = Vec<Stage>> {
    let lead = (0..60_u64).prop_map(|n| Lead {
        name: "lead".into(),
        origin: Origin::default(),
        time: LeadTime::Elapsed(hours(n)),
    });
    let due = (8..40_i64).prop_map(|n| Milestone {
        before: Some(Bound::Day(day("2026-03-05").saturating_add(jiff::Span::new().days(n)))),
        ..milestone("due", "Europe/Berlin")
    });
    let stages =
        (deployments(), vec(lead, 0..2), vec(due, 0..2)).prop_map(|(deployment, leads, milestones)| Stage {
            name: "stage".into(),
            origin: Origin::default(),
            deployments: vec![deployment],
            leads,
            milestones,
        });
    vec(stages, 1..4).prop_map(|mut stages| {
        for (n, stage) in stages.iter_mut().enumerate() {
            stage.name = format!("stage-{n}").into();
            for lead in &mut stage.leads {
                lead.origin = Origin(u32::try_from(n).unwrap());
            }
            for (m, milestone) in stage.milestones.iter_mut().enumerate() {
                milestone.name = format!("due-{n}-{m}").into();
            }
            for deployment in &mut stage.deployments {
                let environment = &mut deployment.environment;
                environment.name = format!("environment-{n}").into();
                for freeze in &mut environment.freezes {
                    freeze.name = format!("{}-{n}", freeze.name).into();
                }
                for window in &mut environment.windows {
                    window.name = format!("{}-{n}", window.name).into();
                }
            }
        }
        // Two leads of a stage are told apart, too.
        for stage in &mut stages {
            for (l, lead) in stage.leads.iter_mut().enumerate() {
                lead.name = format!("lead-{l}").into();
            }
        }
        stages
    })
}

/// The stages with some facts alone; every name in a chain is there once.
fn only(stages: &[Stage], facts: &[Fact]) -> Vec<Stage> {
    let mut stages = stages.to_vec();
    for stage in &mut stages {
        stage.leads.retain(|lead| facts.contains(&Fact::Lead { lead: lead.clone() }));
        for it in &mut stage.milestones {
            let kept = facts.contains(&Fact::Before { milestone: it.clone() });
            it.before = it.before.filter(|_| kept);
        }
        for Deployment { environment, timing } in &mut stage.deployments {
            let named = environment.named();
            let about = |fact: &Fact| match fact {
                Fact::Windows { environment, .. } => (0, *environment == named),
                Fact::Rollout { environment, .. } => (1, *environment == named),
                Fact::Rollback { environment, .. } => (2, *environment == named),
                Fact::Bake { environment, .. } => (3, *environment == named),
                Fact::BakeInWindow { environment } => (4, *environment == named),
                _ => (5, false),
            };
            let kept = |kind: i32| facts.iter().any(|fact| about(fact) == (kind, true));
            if !kept(0) {
                environment.windows.clear();
            }
            environment.freezes.retain(|freeze| {
                facts.contains(&Fact::Freeze { environment: named.clone(), freeze: freeze.clone() })
            });
            let part = |kind: i32, length: Duration| if kept(kind) { length } else { Duration::ZERO };
            *timing = Timing {
                rollout: part(1, timing.rollout),
                rollback: part(2, timing.rollback),
                bake: part(3, timing.bake),
                bake_in_window: timing.bake_in_window && kept(4),
            };
        }
    }
    stages
}

/// The stages with a change, by another amount than was told: `less` of it.
fn relaxed(stages: &[Stage], relaxation: &Relaxation, less: u32) -> Vec<Stage> {
    let mut stages = stages.to_vec();
    let subject = &relaxation.subject;
    let (count, time) = match relaxation.by {
        None => (0, Duration::ZERO),
        Some(Amount::Days(count)) => (i64::from(count - less), Duration::ZERO),
        Some(Amount::Counted(period)) => (i64::from(period.count - less), Duration::ZERO),
        Some(Amount::Time(length)) => {
            let unit = match relaxation.change {
                Change::ShortenRollout
                | Change::ShortenRollback
                | Change::ShortenBake
                | Change::ShortenLead => 1,
                _ => 60,
            };
            let length = length - Duration::from_secs(u64::from(less) * unit);
            (i64::try_from(length.as_secs() / 60).unwrap(), length)
        }
    };
    let moved = |bound: Bound, by: i64| match bound {
        Bound::Day(day) => Bound::Day(day.saturating_add(jiff::Span::new().days(by))),
        Bound::Clock(clock) => Bound::Clock(clock.saturating_add(jiff::Span::new().minutes(by))),
        Bound::Instant(instant) => Bound::Instant(instant + SignedDuration::from_mins(by)),
    };
    let widened = |hours: &Hours, earlier: i64, later: i64| {
        let from = i64::from(hours.from()) - earlier;
        let until = (i64::from(hours.until()) + later) % 1440;
        let until = if until == 0 || until == from { until + 1440 } else { until };
        Hours::new(u16::try_from(from).unwrap(), u16::try_from(until).unwrap()).unwrap_or(Hours::WHOLE_DAY)
    };
    for stage in &mut stages {
        for Deployment { environment, timing } in &mut stage.deployments {
            if environment.named() == *subject {
                match relaxation.change {
                    Change::ShortenRollout => timing.rollout -= time,
                    Change::ShortenRollback => timing.rollback -= time,
                    Change::ShortenBake => timing.bake -= time,
                    Change::BakeOutsideWindow => timing.bake_in_window = false,
                    _ => {}
                }
            }
            for window in environment.windows.iter_mut().filter(|window| window.named() == *subject) {
                match relaxation.change {
                    Change::OpenEarlier => {
                        let first = window.hours.iter_mut().min().unwrap();
                        *first = widened(first, count, 0);
                    }
                    Change::CloseLater => {
                        let last = window.hours.iter_mut().max_by_key(|hours| hours.until()).unwrap();
                        *last = widened(last, 0, count);
                    }
                    Change::OpenOn(day) => window.days = window.days.with(day),
                    _ => {}
                }
            }
            for freeze in environment.freezes.iter_mut().filter(|freeze| freeze.named() == *subject) {
                match (&mut freeze.when, relaxation.change) {
                    (FreezeTime::Once { until, .. }, Change::EndFreezeEarlier) => {
                        *until = moved(*until, -count);
                    }
                    (FreezeTime::Once { from, .. }, Change::BeginFreezeLater) => *from = moved(*from, count),
                    (FreezeTime::Recurring(it), Change::EndFreezeEarlier) => {
                        it.days_after -= u32::try_from(count).unwrap();
                    }
                    (FreezeTime::Recurring(it), Change::BeginFreezeLater) => {
                        it.days_before -= u32::try_from(count).unwrap();
                    }
                    _ => {}
                }
            }
        }
        for lead in stage.leads.iter_mut().filter(|lead| lead.named() == *subject) {
            if let LeadTime::Elapsed(length) = &mut lead.time {
                *length -= time;
            }
        }
        for it in stage.milestones.iter_mut().filter(|it| it.named() == *subject) {
            it.before = it.before.map(|bound| moved(bound, count));
        }
    }
    stages
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, failure_persistence: None, ..ProptestConfig::default() })]

    /// Each stage of a schedule starts legally, after the one before is accepted, and in time for its milestones; where there is no
    /// schedule, the facts are irreducible and the changes help, by no less than they say.
    #[test]
    fn a_schedule_is_legal_and_a_conflict_is_irreducible(stages in chains()) {
        let (now, horizon) = (at("2026-03-05T08:00Z"), days(12));
        match schedule(&stages, now, horizon) {
            Ok(found) => {
                let mut ready = now;
                for (slot, stage) in found.stages.iter().zip(&stages) {
                    prop_assert!(slot.ready >= ready && slot.start >= slot.ready);
                    prop_assert!(is_legal(&stage.deployments[0], slot.start));
                    prop_assert_eq!(slot.accepted, slot.start + stage.deployments[0].timing.until_accepted());
                    for it in &stage.milestones {
                        prop_assert!(slot.accepted <= it.due().unwrap());
                    }
                    ready = slot.accepted;
                }
            }
            Err(conflict) => {
                let at_fault = stages.iter().position(|stage| Some(stage.named()) == conflict.stage).unwrap();
                let stages = &stages[..=at_fault];
                let holds = |facts: &[Fact]| schedule(&only(stages, facts), now, horizon).is_err();
                prop_assert!(holds(&conflict.facts), "{:#?}", conflict.facts);
                for n in 0..conflict.facts.len() {
                    let mut others = conflict.facts.clone();
                    let left_out = others.remove(n);
                    prop_assert!(!holds(&others), "{left_out} is not needed");
                }
                for relaxation in &conflict.relaxations {
                    let helped = |less: u32| schedule(&relaxed(stages, relaxation, less), now, horizon).is_ok();
                    prop_assert!(helped(0), "{relaxation} does not help");
                    prop_assert!(relaxation.by.is_none() || !helped(1), "less than {relaxation} helps");
                }
            }
        }
    }

    /// Asked later, no stage of a schedule is earlier.
    #[test]
    fn a_later_now_gives_no_earlier_schedule(stages in chains(), wait in 0..3_000_u64) {
        let now = at("2026-03-05T08:00Z");
        let end = now + days(30);
        let of = |from: Timestamp| schedule(&stages, from, from.duration_until(end).unsigned_abs());
        if let (Ok(first), Ok(second)) = (of(now), of(now + minutes(wait))) {
            for (first, second) in first.stages.iter().zip(&second.stages) {
                prop_assert!(first.start <= second.start);
            }
        }
    }

    /// Everything survives JSON.
    #[test]
    fn stages_survive_json(stages in chains()) {
        let json = serde_json::to_string(&stages).unwrap();
        prop_assert_eq!(serde_json::from_str::<Vec<Stage>>(&json).unwrap(), stages);
    }

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

#[test]
fn conflicts_are_common_enough_in_the_samples_to_mean_something() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (now, horizon) = (at("2026-03-05T08:00Z"), days(12));
    let mut counts = [0; 4];
    for _ in 0..200 {
        let stages = chains().new_tree(&mut runner).unwrap().current();
        match schedule(&stages, now, horizon) {
            Ok(_) => counts[0] += 1,
            Err(conflict) => {
                counts[1] += 1;
                counts[2] += usize::from(conflict.facts.len() > 1);
                counts[3] += usize::from(!conflict.relaxations.is_empty());
            }
        }
    }
    println!("schedules, conflicts, of several facts, with a change that helps: {counts:?}");
    assert!(counts.iter().all(|count| *count > 20), "{counts:?}");
}
