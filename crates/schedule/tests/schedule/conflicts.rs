//! Why there is no start: irreducible facts, and changes that help.

use std::time::Duration;

use clearway_schedule::*;

use crate::samples::*;

const NOW: &str = "2026-06-08T08:00Z";

fn lines<T: ToString>(items: &[T]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

fn conflict(stages: &[Stage], horizon: Duration) -> Conflict {
    *schedule(stages, at(NOW), horizon).unwrap_err()
}

#[test]
fn a_window_that_is_too_short_is_at_fault_with_what_it_must_hold() {
    let short = window("lunch", "Mon..Thu", "12:00..13:00", "Europe/Berlin");
    let eu = stage("eu", environment("eu", vec![short], vec![]), timing(45, 30, 600));
    let found = conflict(&[eu], DEFAULT_HORIZON);
    assert_eq!(
        found.to_string(),
        "`eu` has no start from Monday 2026-06-08 10:00 Europe/Berlin until Wednesday 2027-06-09 10:00 Europe/Berlin (a horizon of 366 d)"
    );
    // The bake time has no part in it.
    assert_eq!(
        lines(&found.facts),
        [
            "`eu` is open only in window lunch Mon..Thu 12:00..13:00 (Europe/Berlin)",
            "the rollout to `eu` takes 45 m",
            "a rollback of `eu` takes 30 m"
        ]
    );
    assert_eq!(
        lines(&found.relaxations),
        [
            "open window `lunch` 15 m earlier",
            "close window `lunch` 15 m later",
            "shorten the rollout to `eu` by 15 m",
            "shorten the rollback of `eu` by 15 m"
        ]
    );
}

#[test]
fn a_freeze_over_the_horizon_is_at_fault_alone() {
    let freezes = vec![
        frozen_days("sale", "2026-06-12", "2026-06-14", "UTC"),
        frozen_days("forever", "2026-06-01", "2026-06-30", "UTC"),
    ];
    let office = window("office", "Mon..Thu", "09:00..16:00", "UTC");
    let stages = [
        stage("staging", environment("staging", vec![], vec![]), timing(30, 0, 0)),
        stage("eu", environment("eu", vec![office], freezes), timing(45, 30, 0)),
    ];
    let found = conflict(&stages, days(20));
    assert_eq!(
        lines(&found.facts),
        ["`eu` is frozen by freeze forever from 2026-06-01 until 2026-06-30 (UTC)"]
    );
    // The last start before the horizon ends, on the 28th, is on Thursday the 25th.
    assert_eq!(
        lines(&found.relaxations),
        ["end freeze `forever` 6 days earlier", "begin freeze `forever` 8 days later"]
    );
    assert_eq!(found.ready, at("2026-06-08T08:30Z"));
}

#[test]
fn a_freeze_and_windows_and_a_milestone_conflict_together() {
    let weekend = window("weekend", "Sat..Sun", "08:00..20:00", "Europe/Berlin");
    let sale = frozen_days("sale", "2026-06-13", "2026-06-14", "Europe/Berlin");
    let review = Lead { name: "review".into(), origin: Origin::default(), time: LeadTime::Elapsed(hours(2)) };
    let launch =
        Milestone { before: Some(Bound::Day(day("2026-06-17"))), ..milestone("launch", "Europe/Berlin") };
    let eu = Stage {
        milestones: vec![launch],
        leads: vec![review],
        ..stage("eu", environment("eu", vec![weekend], vec![sale]), timing(60, 60, 120))
    };
    let found = conflict(&[eu], DEFAULT_HORIZON);
    assert_eq!(
        lines(&found.facts),
        [
            "`eu` is open only in window weekend Sat..Sun 08:00..20:00 (Europe/Berlin)",
            "`eu` is frozen by freeze sale from 2026-06-13 until 2026-06-14 (Europe/Berlin)",
            "milestone launch: everything is over before 2026-06-17 (Europe/Berlin)"
        ]
    );
    assert_eq!(
        lines(&found.relaxations),
        [
            // Until 02:00 on Monday: the hours past midnight are those of Sunday, and the freeze is over.
            "close window `weekend` 6 h later",
            "open window `weekend` on Mon, too",
            "open window `weekend` on Tue, too",
            "open window `weekend` on Wed, too",
            "open window `weekend` on Thu, too",
            "open window `weekend` on Fri, too",
            "end freeze `sale` 1 day earlier",
            "begin freeze `sale` 1 day later",
            "move milestone `launch` 4 days later"
        ]
    );
}

#[test]
fn a_bake_time_of_an_earlier_stage_can_make_a_later_one_late() {
    let launch = Milestone { before: Some(Bound::Day(day("2026-06-11"))), ..milestone("launch", "UTC") };
    let stages = [
        stage("staging", environment("staging", vec![], vec![]), timing(30, 0, 3 * 24 * 60)),
        Stage {
            milestones: vec![launch],
            ..stage("eu", environment("eu", vec![], vec![]), timing(60, 0, 0))
        },
    ];
    let found = conflict(&stages, DEFAULT_HORIZON);
    assert_eq!(found.stage, Some(Named::new("eu", Origin::default())));
    assert_eq!(
        lines(&found.facts),
        ["milestone launch: everything is over before 2026-06-11 (UTC)", "the bake time in `staging` is 3 d"]
    );
    assert_eq!(
        lines(&found.relaxations),
        ["move milestone `launch` 1 day later", "shorten the bake time in `staging` by 9 h 30 m"]
    );
}

#[test]
fn regions_without_a_common_slot_are_named_and_no_others() {
    let zones = ["Europe/Berlin", "Asia/Tokyo", "America/New_York"];
    let regions = zones.map(|zone| Deployment {
        environment: environment(
            zone,
            vec![window(&format!("office {zone}"), "Mon..Fri", "09:00..17:00", zone)],
            vec![recurring("quarter", PeriodEnd::QuarterEnd, 2, 0, zone)],
        ),
        timing: timing(30, 15, 0),
    });
    let found = common_slot(&regions, at(NOW), DEFAULT_HORIZON).unwrap_err();
    assert_eq!(
        found.to_string().split(" from").next(),
        Some("`Europe/Berlin`, `Asia/Tokyo` and `America/New_York` have no common start")
    );
    // In summer Tokyo closes at 08:00 UTC and Berlin opens at 07:00 UTC; in New York it is night.
    assert_eq!(
        lines(&found.facts),
        [
            "`Asia/Tokyo` is open only in window office Asia/Tokyo Mon..Fri 09:00..17:00 (Asia/Tokyo)",
            "`America/New_York` is open only in window office America/New_York Mon..Fri 09:00..17:00 (America/New_York)"
        ]
    );
    // Without Tokyo there is one, without New York, too.
    assert!(common_slot(&[regions[0].clone(), regions[2].clone()], at(NOW), DEFAULT_HORIZON).is_ok());
    assert!(common_slot(&regions[..2], at(NOW), DEFAULT_HORIZON).is_ok());
    // No single change makes three of them meet by what was said above; one of the two alone can be changed that far.
    for relaxation in &found.relaxations {
        assert!(matches!(relaxation.change, Change::OpenEarlier | Change::CloseLater), "{relaxation}");
    }
}

#[test]
fn where_two_things_are_wrong_no_single_change_is_promised() {
    let eu = environment(
        "eu",
        vec![window("lunch", "Mon..Thu", "12:00..12:30", "UTC")],
        vec![frozen_days("all", "2026-01-01", "2028-12-31", "UTC")],
    );
    let found = conflict(&[stage("eu", eu, timing(45, 30, 0))], days(30));
    assert!(found.relaxations.is_empty(), "{:?}", lines(&found.relaxations));
    assert!(!found.facts.is_empty());
}

#[test]
fn bake_time_inside_the_window_is_a_fact_of_its_own() {
    let eu = environment("eu", vec![window("day", "Mon..Thu", "09:00..16:00", "UTC")], vec![]);
    let inside = Timing { bake_in_window: true, ..timing(60, 30, 390) };
    let found = conflict(&[stage("eu", eu, inside)], DEFAULT_HORIZON);
    assert_eq!(
        lines(&found.facts),
        [
            "`eu` is open only in window day Mon..Thu 09:00..16:00 (UTC)",
            "the rollout to `eu` takes 1 h",
            "the bake time in `eu` is 6 h 30 m",
            "the bake time in `eu` must end inside its windows"
        ]
    );
    assert!(
        lines(&found.relaxations)
            .contains(&"let the bake time in `eu` end outside of its windows".to_owned())
    );
}

#[test]
fn an_empty_horizon_admits_nothing_and_says_so() {
    let dev = stage("dev", environment("dev", vec![], vec![]), timing(1, 0, 0));
    let found = conflict(&[dev], Duration::ZERO);
    assert_eq!(found.to_string(), "`dev` has no start: the horizon is empty");
    assert!(found.facts.is_empty() && found.relaxations.is_empty());
}

#[test]
fn what_waits_beyond_the_horizon_says_so() {
    let board = Lead { name: "board".into(), origin: Origin::default(), time: LeadTime::Elapsed(days(400)) };
    let eu = Stage { leads: vec![board], ..stage("eu", environment("eu", vec![], vec![]), timing(60, 0, 0)) };
    let found = conflict(&[eu], DEFAULT_HORIZON);
    assert_eq!(
        found.to_string(),
        "`eu` has no start within 366 d: what it waits for is over only after that"
    );
    assert_eq!(lines(&found.facts), ["board may take 400 d"]);
    assert_eq!(lines(&found.relaxations), ["give `board` 34 d 1 s less"]);
}
