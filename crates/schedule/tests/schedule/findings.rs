//! What is suspicious by itself.

use clearway_schedule::*;

use crate::samples::*;

const NOW: &str = "2026-06-08T08:00Z";

fn found(windows: Vec<Window>, freezes: Vec<Freeze>, timing: Timing) -> Vec<String> {
    let deployment = Deployment { environment: environment("prod", windows, freezes), timing };
    findings(&deployment, at(NOW), DEFAULT_HORIZON).iter().map(ToString::to_string).collect()
}

#[test]
fn a_window_that_never_opens_says_why() {
    let lunch = || window("lunch", "Mon..Thu", "12:00..13:00", "Europe/Berlin");
    let of = |window, timing| found(vec![window], vec![], timing);
    assert_eq!(of(lunch(), timing(30, 30, 600)), [""; 0]);
    assert_eq!(
        of(lunch(), timing(45, 30, 0)),
        ["no deployment can start in window lunch: it is open for 1 h at most, and 1 h 15 m are needed"]
    );
    assert_eq!(
        of(Window { days: Weekdays::default(), ..lunch() }, timing(1, 1, 0)),
        ["no deployment can start in window lunch: it has no days"]
    );
    assert_eq!(
        of(Window { hours: vec![], ..lunch() }, timing(1, 1, 0)),
        ["no deployment can start in window lunch: it has no hours"]
    );
    let holidays = (0..400).map(|n| day("2026-06-01").saturating_add(jiff::Span::new().days(n))).collect();
    let calendar = Some(Calendar { holidays, ..Calendar::default() });
    assert_eq!(
        of(Window { calendar, ..lunch() }, timing(1, 1, 0)),
        ["no deployment can start in window lunch: all of its days are holidays"]
    );
}

#[test]
fn a_short_window_that_touches_another_is_none_that_never_opens() {
    let windows = vec![
        window("lunch", "Mon..Thu", "12:00..13:00", "UTC"),
        window("afternoon", "Mon..Thu", "13:00..16:00", "UTC"),
    ];
    assert_eq!(found(windows, vec![], timing(60, 60, 0)), [""; 0]);
    // What comes before it does not help: nothing can start in the last hour.
    let windows = vec![
        window("morning", "Mon..Thu", "09:00..12:00", "UTC"),
        window("lunch", "Mon..Thu", "12:00..13:00", "UTC"),
    ];
    assert_eq!(
        found(windows, vec![], timing(60, 60, 0)),
        ["no deployment can start in window lunch: it is open for 4 h at most, and 2 h are needed"]
    );
}

#[test]
fn freezes_that_are_empty_long_or_endless() {
    let of = |freeze| found(vec![], vec![freeze], timing(1, 1, 0));
    assert_eq!(of(frozen_days("f", "2026-12-19", "2027-01-02", "UTC")), [""; 0]);
    assert_eq!(of(frozen_days("f", "2026-12-19", "2026-01-02", "UTC")), ["freeze f ends before it begins"]);
    assert_eq!(of(frozen_days("f", "2026-12-19", "2026-12-19", "UTC")), [""; 0]);
    assert_eq!(
        of(frozen_days("f", "2026-12-19", "2028-01-02", "UTC")),
        ["freeze f lasts 380 d; is its end a mistake?"]
    );
    assert_eq!(of(frozen_days("f", "2026-01-01", "2026-04-30", "UTC")), [""; 0]);
    assert_eq!(
        of(frozen_days("f", "2026-01-01", "2026-05-01", "UTC")),
        ["freeze f lasts 121 d; is its end a mistake?"]
    );
    assert_eq!(of(recurring("f", PeriodEnd::QuarterEnd, 10, 5, "Europe/Berlin")), [""; 0]);
    assert_eq!(
        of(recurring("f", PeriodEnd::MonthEnd, 20, 10, "Europe/Berlin")),
        ["freeze f never ends: each of its times goes over into the next"]
    );
    assert_eq!(
        of(recurring("f", PeriodEnd::YearEnd, u32::MAX, u32::MAX, "Europe/Berlin")),
        ["freeze f never ends: each of its times goes over into the next"]
    );
    assert_eq!(
        of(recurring("f", PeriodEnd::YearEnd, 130, 0, "UTC")),
        ["freeze f lasts 131 d; is its end a mistake?"]
    );
}

#[test]
fn milestones_that_nothing_meets_or_that_are_stated_twice() {
    let found = |milestones: &[Milestone]| {
        milestone_findings(milestones).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let launch = || milestone("launch", "UTC");
    let before = |text| Some(Bound::Day(day(text)));
    assert_eq!(found(&[Milestone { before: before("2026-06-10"), ..launch() }]), [""; 0]);
    let never = Milestone { before: before("2026-06-10"), after: before("2026-06-10"), ..launch() };
    assert_eq!(found(&[never]), ["no instant meets milestone launch: its own words contradict each other"]);
    let other_day = Milestone { on: Some(day("2026-06-10")), after: before("2026-06-11"), ..launch() };
    assert_eq!(found(&[other_day]).len(), 1);
    let twice = [
        Milestone { on: Some(day("2026-06-10")), ..launch() },
        Milestone { on: Some(day("2026-06-11")), ..launch() },
        Milestone { on: Some(day("2026-06-10")), ..launch() },
    ];
    assert_eq!(
        found(&twice),
        [
            "one milestone is stated twice, and differently: milestone launch on 2026-06-10 (UTC); milestone launch on 2026-06-11 (UTC)"
        ]
    );
}
