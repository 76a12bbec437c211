//! How long schedules take: 50 environments, each with 20 windows and 10 freezes, over a year. `cargo bench -p clearway-schedule`.

#![allow(missing_docs, reason = "criterion's macros generate undocumented items")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot be set up has failed")]

use std::hint::black_box;
use std::time::Duration;

use clearway_schedule::*;
use criterion::{Criterion, criterion_group, criterion_main};
use jiff::Timestamp;
use jiff::civil::{Date, Weekday, date};

const ENVIRONMENTS: usize = 50;
const WINDOWS: usize = 20;
const FREEZES: usize = 10;

const ZONES: [&str; 8] = [
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Australia/Sydney",
    "UTC",
];

fn now() -> Timestamp {
    "2026-11-02T09:00:00Z".parse().unwrap()
}

fn minutes(count: usize) -> Duration {
    Duration::from_secs(count as u64 * 60)
}

fn calendar() -> Calendar {
    let holidays = (1..=12).map(|month| date(2027, month, 1)).collect();
    Calendar { name: "holidays".into(), holidays, ..Calendar::default() }
}

fn window(environment: usize, n: usize) -> Window {
    let from = u16::try_from((n * 67 + environment * 13) % 1380).unwrap();
    Window {
        name: format!("window-{n}").into(),
        origin: Origin::default(),
        days: Weekdays::span(Weekday::Monday, Weekday::Thursday),
        hours: vec![Hours::new(from, from + 45).unwrap()],
        zone: Zone::named(ZONES[(environment + n) % ZONES.len()]).unwrap(),
        calendar: Some(calendar()),
    }
}

fn freeze(environment: usize, n: usize) -> Freeze {
    let first: Date =
        date(2026, 11, 10).saturating_add(jiff::Span::new().days((n * 31 + environment) as i64));
    let last = first.saturating_add(jiff::Span::new().days(3));
    let when = if n < 7 {
        FreezeTime::Once { from: Bound::Day(first), until: Bound::Day(last) }
    } else {
        let every = [PeriodEnd::MonthEnd, PeriodEnd::QuarterEnd, PeriodEnd::YearEnd][n % 3];
        FreezeTime::Recurring(Recurrence {
            every,
            days_before: 2,
            days_after: 1,
            year_starts: Month::default(),
        })
    };
    let zone = Zone::named(ZONES[environment % ZONES.len()]).unwrap();
    Freeze { name: format!("freeze-{n}").into(), origin: Origin::default(), zone, when, reason: None }
}

fn stages(rollout: usize) -> Vec<Stage> {
    let stage = |n: usize| Stage {
        name: format!("stage-{n}").into(),
        origin: Origin::default(),
        deployments: vec![Deployment {
            environment: Environment {
                name: format!("environment-{n}").into(),
                origin: Origin::default(),
                windows: (0..WINDOWS).map(|window_n| window(n, window_n)).collect(),
                freezes: (0..FREEZES).map(|freeze_n| freeze(n, freeze_n)).collect(),
            },
            timing: Timing {
                rollout: minutes(rollout),
                rollback: minutes(10),
                bake: minutes(60),
                bake_in_window: false,
            },
        }],
        leads: Vec::new(),
        milestones: Vec::new(),
    };
    (0..ENVIRONMENTS).map(stage).collect()
}

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("50 environments, 20 windows, 10 freezes");
    group.sample_size(20);
    let chain = stages(20);
    group.bench_function("earliest start of each", |bencher| {
        bencher.iter(|| {
            let found =
                chain.iter().map(|stage| stage.deployments[0].check(now(), DEFAULT_HORIZON).is_open());
            black_box(found.count())
        });
    });
    let found = schedule(&chain, now(), DEFAULT_HORIZON).unwrap();
    assert_eq!(found.stages.len(), ENVIRONMENTS);
    group.bench_function("schedule of a chain", |bencher| {
        bencher.iter(|| black_box(schedule(&chain, now(), DEFAULT_HORIZON).is_ok()));
    });
    let year = Interval::lasting(now(), DEFAULT_HORIZON);
    group.bench_function("timelines of a year", |bencher| {
        bencher.iter(|| {
            let timelines = chain.iter().map(|stage| stage.deployments[0].environment.timeline(year));
            black_box(timelines.map(|timeline| timeline.open.iter().count()).sum::<usize>())
        });
    });
    // The last of them has no room for its rollout: all the year is looked at, and the reason is found.
    let mut stuck = stages(20);
    stuck.last_mut().unwrap().deployments[0].timing.rollout = minutes(3000);
    let conflict = schedule(&stuck, now(), DEFAULT_HORIZON).unwrap_err();
    assert_eq!(conflict.facts.len(), 2);
    group.sample_size(10);
    group.bench_function("why the last one has no start", |bencher| {
        bencher.iter(|| black_box(schedule(&stuck, now(), DEFAULT_HORIZON).is_err()));
    });
    let all: Vec<Deployment> = chain.iter().map(|stage| stage.deployments[0].clone()).collect();
    let none = common_slot(&all, now(), DEFAULT_HORIZON).unwrap_err();
    assert!(!none.facts.is_empty());
    group.bench_function("why all have no common slot", |bencher| {
        bencher.iter(|| black_box(common_slot(&all, now(), DEFAULT_HORIZON).is_err()));
    });
    group.finish();
}

criterion_group!(group, benches);
criterion_main!(group);
