//! The schedule of a chain of stages, and common slots.

use clearway_schedule::*;

use crate::samples::*;

/// Monday 2026-06-08, 08:00 UTC.
const NOW: &str = "2026-06-08T08:00Z";

fn office(zone: &str) -> Window {
    window("office", "Mon..Thu", "09:00..16:00", zone)
}

fn run(stages: &[Stage]) -> Vec<String> {
    let found = schedule(stages, at(NOW), DEFAULT_HORIZON).unwrap_or_else(|conflict| panic!("{conflict}"));
    found
        .stages
        .iter()
        .map(|slot| format!("{} {} {}", slot.stage, brief(slot.start), brief(slot.accepted)))
        .collect()
}

#[test]
fn each_stage_starts_in_its_own_window_when_the_one_before_is_accepted() {
    let stages = [
        stage("staging", environment("staging", vec![], vec![]), timing(30, 10, 60)),
        stage("eu", environment("eu", vec![office("Europe/Berlin")], vec![]), timing(90, 30, 120)),
        stage("us", environment("us", vec![office("America/New_York")], vec![]), timing(90, 30, 0)),
    ];
    assert_eq!(
        run(&stages),
        [
            "staging 2026-06-08T08:00Z 2026-06-08T09:30Z",
            // 11:30 in Berlin; accepted at 13:00 UTC, when New York opens.
            "eu 2026-06-08T09:30Z 2026-06-08T13:00Z",
            "us 2026-06-08T13:00Z 2026-06-08T14:30Z"
        ]
    );
    let found = schedule(&stages, at(NOW), DEFAULT_HORIZON).unwrap();
    let eu = &found.stages[1];
    assert_eq!((eu.ready, eu.last), (at("2026-06-08T09:30Z"), Some(at("2026-06-08T12:00Z"))));
    assert_eq!(eu.deployments[0].windows, [Named::new("office", Origin(6))]);
    assert_eq!(eu.deployments[0].zone.name(), "Europe/Berlin");
    assert_eq!(eu.deployments[0].rolled_out, at("2026-06-08T11:00Z"));
    assert_eq!(found.stages[0].last, None);
    assert_eq!(run(&[]), [""; 0]);
}

#[test]
fn a_missed_window_is_the_next_one() {
    let stages = [
        stage("eu", environment("eu", vec![office("Europe/Berlin")], vec![]), timing(240, 30, 240)),
        stage("us", environment("us", vec![office("America/New_York")], vec![]), timing(240, 30, 0)),
    ];
    // Accepted at 16:00 UTC, noon in New York: no room before 16:00 there.
    assert_eq!(
        run(&stages),
        ["eu 2026-06-08T08:00Z 2026-06-08T16:00Z", "us 2026-06-09T13:00Z 2026-06-09T17:00Z"]
    );
}

#[test]
fn leads_pass_one_after_the_other_before_a_stage() {
    let board = LeadTime::Counted {
        period: Period::new(2, PeriodUnit::BusinessDays),
        zone: zone("Europe/Berlin"),
        calendar: Calendar::default(),
    };
    let lead = |name: &str, time| Lead { name: name.into(), origin: Origin::default(), time };
    let leads = vec![lead("peer-review", LeadTime::Elapsed(hours(4))), lead("board", board)];
    let eu = stage("eu", environment("eu", vec![office("Europe/Berlin")], vec![]), timing(60, 30, 0));
    // Four hours, then Wednesday 14:00 in Berlin.
    assert_eq!(run(&[Stage { leads, ..eu }]), ["eu 2026-06-10T12:00Z 2026-06-10T13:00Z"]);
}

#[test]
fn milestones_bound_the_stages_they_are_given_to() {
    let eu = || stage("eu", environment("eu", vec![office("Europe/Berlin")], vec![]), timing(60, 30, 120));
    let with = |milestone| [Stage { milestones: vec![milestone], ..eu() }];
    let berlin = || milestone("launch", "Europe/Berlin");
    // Not before the day begins: Thursday's window.
    let after = Milestone { after: Some(Bound::Day(day("2026-06-11"))), ..berlin() };
    assert_eq!(run(&with(after)), ["eu 2026-06-11T07:00Z 2026-06-11T10:00Z"]);
    // On a day: started and rolled out on it.
    let on = Milestone { on: Some(day("2026-06-10")), ..berlin() };
    assert_eq!(run(&with(on)), ["eu 2026-06-10T07:00Z 2026-06-10T10:00Z"]);
    // Before a moment: rollout and bake time are over. It is 10:00 in Berlin, and takes three hours.
    let before = |moment: &str| Milestone { before: Some(Bound::Clock(clock(moment))), ..berlin() };
    assert_eq!(run(&with(before("2026-06-08T13:00"))), ["eu 2026-06-08T08:00Z 2026-06-08T11:00Z"]);
    let late = schedule(&with(before("2026-06-08T12:59")), at(NOW), DEFAULT_HORIZON).unwrap_err();
    let facts: Vec<String> = late.facts.iter().map(ToString::to_string).collect();
    assert_eq!(
        facts,
        [
            "milestone launch: everything is over before 2026-06-08T12:59 (Europe/Berlin)",
            "the rollout to `eu` takes 1 h",
            "the bake time in `eu` is 2 h"
        ]
    );
    let help: Vec<String> = late.relaxations.iter().map(ToString::to_string).collect();
    assert_eq!(
        help,
        [
            "move milestone `launch` 1 m later",
            "shorten the rollout to `eu` by 1 m",
            "shorten the bake time in `eu` by 1 m"
        ]
    );
    // Before a day is before it begins.
    let before_day = Milestone { before: Some(Bound::Day(day("2026-06-09"))), ..berlin() };
    assert_eq!(run(&with(before_day)), ["eu 2026-06-08T08:00Z 2026-06-08T11:00Z"]);
}

#[test]
fn deployments_of_one_stage_start_together() {
    let regions = ["Europe/Berlin", "America/New_York"].map(|zone| Deployment {
        environment: environment(zone, vec![office(zone)], vec![]),
        timing: timing(30, 15, 0),
    });
    // New York opens at 13:00 UTC, and Berlin's window ends at 14:00 UTC.
    let slot = common_slot(&regions, at(NOW), DEFAULT_HORIZON).unwrap();
    assert_eq!(
        (brief(slot.start), slot.last),
        ("2026-06-08T13:00Z".to_owned(), Some(at("2026-06-08T13:15Z")))
    );
    assert_eq!(slot.deployments.len(), 2);
    assert_eq!(slot.deployments[1].zone.name(), "America/New_York");
}

#[test]
fn regions_have_an_hour_more_in_common_while_their_clocks_are_out_of_step() {
    let regions = ["Europe/Berlin", "America/New_York"].map(|zone| Deployment {
        environment: environment(zone, vec![office(zone)], vec![]),
        timing: timing(60, 60, 0),
    });
    // Two hours are not in common in the usual weeks; New York is an hour nearer from 2026-10-25 to 2026-11-01.
    let slot = common_slot(&regions, at(NOW), DEFAULT_HORIZON).unwrap();
    assert_eq!(
        (brief(slot.start), slot.last),
        ("2026-10-26T13:00Z".to_owned(), Some(at("2026-10-26T13:00Z")))
    );
}
