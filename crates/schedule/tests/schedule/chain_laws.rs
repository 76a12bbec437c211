//! Laws over random chains of stages: a schedule is legal, and a conflict cannot be made smaller.

use std::time::Duration;

use clearway_schedule::*;
use jiff::{SignedDuration, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::laws::{deployments, is_legal};
use crate::samples::{at, day, days, hours, milestone, minutes};

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
