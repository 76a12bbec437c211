//! When a deployment may start in an environment.

use clearway_schedule::*;

use crate::samples::*;

/// Monday 2026-06-08 in UTC.
const MONDAY: &str = "2026-06-08T00:00Z 2026-06-09T00:00Z";

fn office() -> Window {
    window("office", "Mon..Fri", "09:00..17:00", "UTC")
}

fn starts(environment: Environment, timing: Timing, range: &str) -> Vec<String> {
    let starts = Deployment { environment, timing }.starts(span(range));
    // The last start is included: an end is one nanosecond after it.
    let last =
        |interval: Interval| brief(interval.end.to_string().replace(".000000001Z", "Z").parse().unwrap());
    starts
        .iter()
        .map(|interval| format!("{} {}", &brief(interval.start)[11..], &last(interval)[11..]))
        .collect()
}

#[test]
fn there_is_room_for_the_rollout_and_one_rollback() {
    let prod = || environment("prod", vec![office()], vec![]);
    assert_eq!(starts(prod(), timing(60, 30, 0), MONDAY), ["09:00Z 15:30Z"]);
    // The bake time may run on after the window.
    assert_eq!(starts(prod(), timing(60, 30, 600), MONDAY), ["09:00Z 15:30Z"]);
    // It may be asked to end inside.
    let inside = Timing { bake_in_window: true, ..timing(60, 30, 120) };
    assert_eq!(starts(prod(), inside, MONDAY), ["09:00Z 14:00Z"]);
    // What fits exactly may start at one instant.
    assert_eq!(starts(prod(), timing(400, 80, 0), MONDAY), ["09:00Z 09:00Z"]);
    assert_eq!(starts(prod(), timing(400, 81, 0), MONDAY), [""; 0]);
    // What takes no time may start until the window ends, and not at its end.
    assert_eq!(starts(prod(), timing(0, 0, 0), MONDAY), ["09:00Z 17:00Z"]);
    let none = Deployment { environment: prod(), timing: timing(0, 0, 0) };
    assert!(!none.starts(span(MONDAY)).contains(at("2026-06-08T17:00Z")));
    assert!(none.starts(span(MONDAY)).contains(at("2026-06-08T16:59:59.999Z")));
}

#[test]
fn windows_that_overlap_or_touch_are_one_in_any_zones() {
    // 17:00 UTC is 19:00 in Berlin.
    let evening = window("evening", "Mon..Fri", "19:00..21:00", "Europe/Berlin");
    let prod = environment("prod", vec![office(), evening], vec![]);
    assert_eq!(starts(prod.clone(), timing(120, 60, 0), MONDAY), ["09:00Z 16:00Z"]);
    assert_eq!(shown(&prod.open(span(MONDAY))), ["2026-06-08T09:00Z 2026-06-08T19:00Z"]);
    assert_eq!(prod.windows_at(at("2026-06-08T18:00Z")), [Named::new("evening", Origin(7))]);
}

#[test]
fn without_windows_any_time_is_open() {
    assert_eq!(starts(environment("dev", vec![], vec![]), timing(60, 30, 0), MONDAY), ["00:00Z 00:00Z"]);
    let dev = Deployment { environment: environment("dev", vec![], vec![]), timing: timing(60, 30, 0) };
    let opening = dev.next_opening(at("2026-06-08T03:00Z"), at("2026-09-08T00:00Z")).unwrap();
    assert_eq!((opening.start, opening.last), (at("2026-06-08T03:00Z"), None));
}

#[test]
fn no_start_in_a_freeze_nor_one_that_runs_into_it() {
    let noon =
        |from: &str, until: &str| freeze("f", Bound::Clock(clock(from)), Bound::Clock(clock(until)), "UTC");
    let frozen = noon("2026-06-08T12:00", "2026-06-08T13:00");
    let prod = || environment("prod", vec![office()], vec![frozen.clone()]);
    // Rollout and rollback are over before it, and so is the bake time.
    assert_eq!(starts(prod(), timing(60, 30, 0), MONDAY), ["09:00Z 10:30Z", "13:00Z 15:30Z"]);
    assert_eq!(starts(prod(), timing(60, 30, 90), MONDAY), ["09:00Z 09:30Z", "13:00Z 15:30Z"]);
    assert_eq!(starts(prod(), timing(60, 30, 150), MONDAY), ["13:00Z 15:30Z"]);
    // A bake time that runs on after the window meets the freeze of the next day.
    let next_day = noon("2026-06-09T00:00", "2026-06-10T00:00");
    let prod = environment("prod", vec![office()], vec![next_day]);
    assert_eq!(starts(prod, timing(60, 30, 600), MONDAY), ["09:00Z 13:00Z"]);
}

#[test]
fn a_freeze_closes_an_environment_without_windows() {
    let dev = environment("dev", vec![], vec![frozen_days("f", "2026-06-08", "2026-06-09", "UTC")]);
    let dev = Deployment { environment: dev, timing: timing(60, 0, 0) };
    let opening = dev.next_opening(at("2026-06-07T23:30Z"), at("2026-09-08T00:00Z")).unwrap();
    assert_eq!(opening.start, at("2026-06-10T00:00Z"));
    assert_eq!(dev.next_opening(at("2026-06-07T23:30Z"), at("2026-06-09T00:00Z")), None);
}

#[test]
fn the_next_opening_is_found_far_ahead_and_is_whole() {
    let once = Calendar {
        name: "closed".into(),
        holidays: (0..300).map(|n| day("2026-06-08").saturating_add(jiff::Span::new().days(n))).collect(),
        ..Calendar::default()
    };
    let late = Window { calendar: Some(once), ..window("late", "Mon..Sun", "00:00..24:00", "UTC") };
    let prod = Deployment { environment: environment("prod", vec![late], vec![]), timing: timing(1, 1, 0) };
    let opening = prod.next_opening(at("2026-06-08T00:00Z"), at("2027-06-09T00:00Z")).unwrap();
    assert_eq!(brief(opening.start), "2027-04-04T00:00Z");
    assert_eq!(opening.last, None);
    let monday = environment("prod", vec![office()], vec![]);
    let monday = Deployment { environment: monday, timing: timing(30, 30, 0) };
    let opening = monday.next_opening(at("2026-06-06T00:00Z"), at("2026-06-30T00:00Z")).unwrap();
    assert_eq!(
        (brief(opening.start), opening.last),
        ("2026-06-08T09:00Z".to_owned(), Some(at("2026-06-08T16:00Z")))
    );
    assert_eq!(opening.windows, [Named::new("office", Origin(6))]);
}

#[test]
fn a_timeline_shows_windows_freezes_and_what_is_left() {
    let prod = environment(
        "prod",
        vec![office(), window("night", "Mon", "22:00..02:00", "UTC")],
        vec![frozen_days("f", "2026-06-09", "2026-06-30", "UTC")],
    );
    let timeline = prod.timeline(span("2026-06-08T12:00Z 2026-06-10T00:00Z"));
    assert_eq!(
        shown(&timeline.open),
        ["2026-06-08T12:00Z 2026-06-08T17:00Z", "2026-06-08T22:00Z 2026-06-09T00:00Z"]
    );
    assert_eq!(shown(&timeline.windows[0].times).len(), 2);
    assert_eq!(shown(&timeline.windows[1].times), ["2026-06-08T22:00Z 2026-06-09T02:00Z"]);
    assert_eq!(shown(&timeline.freezes[0].times), ["2026-06-09T00:00Z 2026-06-10T00:00Z"]);
}
