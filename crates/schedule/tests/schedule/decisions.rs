//! The decision at run time, for people and for machines.

use clearway_schedule::*;

use crate::samples::*;

fn business_eu() -> Window {
    window("business-eu", "Mon..Thu", "09:00..16:00", "Europe/Berlin")
}

fn prod(freezes: Vec<Freeze>) -> Deployment {
    Deployment { environment: environment("prod", vec![business_eu()], freezes), timing: timing(60, 30, 120) }
}

fn year_end_sales() -> Freeze {
    recurring("year-end-sales", PeriodEnd::YearEnd, 12, 2, "Europe/Berlin")
}

fn told(deployment: &Deployment, now: &str) -> String {
    deployment.check(at(now), DEFAULT_HORIZON).to_string()
}

#[test]
fn an_open_window_is_told_with_its_last_start() {
    let decision = prod(vec![]).check(at("2026-11-30T09:00Z"), DEFAULT_HORIZON);
    assert!(decision.is_open());
    assert_eq!(
        decision.to_string(),
        "open: window business-eu; the last start is Monday 2026-11-30 14:30 Europe/Berlin"
    );
    // The last start itself is one, the moment after it is none.
    assert!(prod(vec![]).check(at("2026-11-30T13:30Z"), DEFAULT_HORIZON).is_open());
    assert!(!prod(vec![]).check(at("2026-11-30T13:30:00.000000001Z"), DEFAULT_HORIZON).is_open());
}

#[test]
fn a_closed_window_is_told_with_the_next_opening_in_its_zone() {
    assert_eq!(
        told(&prod(vec![]), "2026-11-27T10:00Z"),
        "blocked until Monday 2026-11-30 09:00 Europe/Berlin: outside of window business-eu"
    );
    assert_eq!(
        told(&prod(vec![]), "2026-11-30T14:00Z"),
        "blocked until Tuesday 2026-12-01 09:00 Europe/Berlin: window business-eu ends Monday 2026-11-30 16:00 Europe/Berlin, in 1 h, and 1 h 30 m are needed"
    );
}

#[test]
fn a_freeze_is_told_with_its_last_day_and_its_reason() {
    let sales = Freeze { reason: Some("Christmas sales".into()), ..year_end_sales() };
    // Monday 2026-12-21: the window would be open.
    assert_eq!(
        told(&prod(vec![sales.clone()]), "2026-12-21T10:00Z"),
        "blocked until Monday 2027-01-04 09:00 Europe/Berlin: freeze year-end-sales until 2027-01-02 (Christmas sales)"
    );
    // Saturday: both are in the way.
    assert_eq!(
        told(&prod(vec![sales.clone()]), "2026-12-26T10:00Z"),
        "blocked until Monday 2027-01-04 09:00 Europe/Berlin: outside of window business-eu; freeze year-end-sales until 2027-01-02 (Christmas sales)"
    );
    // Friday before it begins: closed now, and frozen when the window would open.
    assert_eq!(
        told(&prod(vec![sales]), "2026-12-18T10:00Z"),
        "blocked until Monday 2027-01-04 09:00 Europe/Berlin: outside of window business-eu; freeze year-end-sales from 2026-12-19 until 2027-01-02 (Christmas sales)"
    );
}

#[test]
fn a_freeze_that_begins_too_soon_is_told_with_what_is_needed() {
    let from = Bound::Clock(clock("2026-12-01T12:00"));
    let until = Bound::Clock(clock("2026-12-01T14:00"));
    let audit = freeze("audit", from, until, "Europe/Berlin");
    // 10:00 in Berlin: two hours are left, and rollout and bake time take three.
    assert_eq!(
        told(&prod(vec![audit.clone()]), "2026-12-01T09:00Z"),
        "blocked until Tuesday 2026-12-01 14:00 Europe/Berlin: freeze audit from Tuesday 2026-12-01 12:00 Europe/Berlin until Tuesday 2026-12-01 14:00 Europe/Berlin begins in 2 h, and 3 h are needed"
    );
    assert!(prod(vec![audit]).check(at("2026-12-01T08:00Z"), DEFAULT_HORIZON).is_open());
}

#[test]
fn a_freeze_that_changes_nothing_is_not_told() {
    // It is over before the window opens again.
    let weekend = frozen_days("weekend", "2026-11-28", "2026-11-29", "Europe/Berlin");
    assert_eq!(
        told(&prod(vec![weekend]), "2026-11-27T10:00Z"),
        "blocked until Monday 2026-11-30 09:00 Europe/Berlin: outside of window business-eu"
    );
}

#[test]
fn what_does_not_open_within_the_horizon_says_how_far_was_looked() {
    let closed = frozen_days("moratorium", "2026-01-01", "2029-12-31", "Europe/Berlin");
    let decision = prod(vec![closed]).check(at("2026-11-30T09:00Z"), days(30));
    assert_eq!(
        decision.to_string(),
        "blocked for the next 30 d, until Wednesday 2026-12-30 10:00 Europe/Berlin at least: freeze moratorium until 2029-12-31"
    );
    let Verdict::Closed { next: None, obstacles } = &decision.verdict else { panic!("{decision:?}") };
    assert_eq!(obstacles.len(), 1);
}

#[test]
fn without_windows_there_is_nothing_to_wait_for() {
    let dev = Deployment { environment: environment("dev", vec![], vec![]), timing: timing(60, 30, 0) };
    assert_eq!(told(&dev, "2026-11-30T09:00Z"), "open: `dev` has no windows");
    let dev = Deployment { environment: environment("dev", vec![], vec![year_end_sales()]), ..dev };
    assert_eq!(
        told(&dev, "2026-12-24T09:00Z"),
        "blocked until Sunday 2027-01-03 00:00 Europe/Berlin: freeze year-end-sales until 2027-01-02"
    );
}

#[test]
fn times_that_are_shown_twice_are_told_apart() {
    let night = window("night", "Sun", "02:30..02:45", "Europe/Berlin");
    let dev = Deployment { environment: environment("dev", vec![night], vec![]), timing: timing(1, 0, 0) };
    assert_eq!(
        told(&dev, "2026-10-25T00:50Z"),
        "blocked until Sunday 2026-10-25 02:30+01 Europe/Berlin: outside of window night"
    );
}

#[test]
fn the_form_for_machines_says_the_same() {
    let decision = prod(vec![year_end_sales()]).check(at("2026-12-26T10:00Z"), DEFAULT_HORIZON);
    let json = serde_json::to_value(&decision).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "environment": {"name": "prod", "origin": 0},
            "now": "2026-12-26T10:00:00Z",
            "horizon": "2027-12-27T10:00:00Z",
            "zone": "Europe/Berlin",
            "decision": "closed",
            "obstacles": [
                {"obstacle": "closed", "windows": [{"name": "business-eu", "origin": 11}]},
                {
                    "obstacle": "frozen",
                    "freeze": {"name": "year-end-sales", "origin": 0},
                    "reason": null,
                    "from": "2026-12-18T23:00:00Z",
                    "until": "2027-01-02T23:00:00Z",
                    "first": "2026-12-19",
                    "last": "2027-01-02"
                }
            ],
            "next": {
                "start": "2027-01-04T08:00:00Z",
                "last": "2027-01-04T13:30:00Z",
                "windows": [{"name": "business-eu", "origin": 11}],
                "zone": "Europe/Berlin"
            }
        })
    );
    assert_eq!(serde_json::from_value::<Decision>(json).unwrap(), decision);
    let open = prod(vec![]).check(at("2026-11-30T09:00Z"), DEFAULT_HORIZON);
    let json = serde_json::to_value(&open).unwrap();
    assert_eq!(json["decision"], "open");
    assert_eq!(json["last"], "2026-11-30T13:30:00Z");
}
