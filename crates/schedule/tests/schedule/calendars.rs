//! Counting by a calendar: business days, business hours, months; recurring days around the ends of periods.

use clearway_schedule::*;

use crate::samples::*;

fn holidays(days: &[&str]) -> Calendar {
    Calendar {
        name: "de".into(),
        holidays: days.iter().map(|text| day(text)).collect(),
        ..Calendar::default()
    }
}

#[test]
fn months_keep_the_day_or_take_the_last_one_of_a_shorter_month() {
    let plain = Calendar::default();
    let after =
        |from, count, unit| Period::new(count, unit).after_day(day(from), &plain).unwrap().to_string();
    assert_eq!(after("2026-01-31", 1, PeriodUnit::Months), "2026-02-28");
    assert_eq!(after("2028-01-31", 1, PeriodUnit::Months), "2028-02-29");
    assert_eq!(after("2026-01-31", 2, PeriodUnit::Months), "2026-03-31");
    assert_eq!(after("2026-02-28", 1, PeriodUnit::Months), "2026-03-28");
    assert_eq!(after("2026-11-30", 1, PeriodUnit::Quarters), "2027-02-28");
    assert_eq!(after("2028-02-29", 1, PeriodUnit::Years), "2029-02-28");
    assert_eq!(after("2028-02-29", 4, PeriodUnit::Years), "2032-02-29");
    assert_eq!(after("2026-05-17", 12, PeriodUnit::Months), "2027-05-17");
    assert_eq!(Period::new(9000, PeriodUnit::Years).after_day(day("2026-01-01"), &plain), None);
    assert_eq!(Period::new(u32::MAX, PeriodUnit::Quarters).after_day(day("2026-01-01"), &plain), None);
    assert_eq!(Period::new(1, PeriodUnit::Months).to_string(), "1 month");
}

#[test]
fn business_days_pass_over_weekends_and_holidays() {
    // 2026-12-25 is a Friday.
    let calendar = holidays(&["2026-12-25"]);
    let after = |from: &str, count| calendar.business_days_after(day(from), count).unwrap().to_string();
    assert_eq!(after("2026-12-23", 1), "2026-12-24");
    assert_eq!(after("2026-12-24", 1), "2026-12-28");
    assert_eq!(after("2026-12-24", 2), "2026-12-29");
    assert_eq!(after("2026-12-26", 1), "2026-12-28");
    assert_eq!(after("2026-12-26", 0), "2026-12-26");
    // A working week from Sunday to Thursday.
    let sunday = Calendar { working: weekdays("Sun..Thu"), ..Calendar::default() };
    assert_eq!(sunday.business_days_after(day("2026-06-04"), 1), Some(day("2026-06-07")));
    let never = Calendar { working: Weekdays::default(), ..Calendar::default() };
    assert_eq!(never.business_days_after(day("2026-06-04"), 1), None);
}

#[test]
fn business_days_from_an_instant_end_at_the_same_time_of_day_or_with_the_last_of_them() {
    let (berlin, calendar) = (zone("Europe/Berlin"), holidays(&["2026-12-25"]));
    let two = Period::new(2, PeriodUnit::BusinessDays);
    let after = |from| brief(two.after(at(from), &berlin, &calendar).unwrap());
    // Wednesday 15:00 in Berlin; Thursday; (Friday is a holiday;) Monday 15:00.
    assert_eq!(after("2026-12-23T14:00Z"), "2026-12-28T14:00Z");
    // From the holiday: Monday and Tuesday, which ends at 23:00 UTC.
    assert_eq!(after("2026-12-25T14:00Z"), "2026-12-29T23:00Z");
    let none = Period::new(0, PeriodUnit::BusinessDays);
    assert_eq!(none.after(at("2026-12-25T14:00Z"), &berlin, &calendar), Some(at("2026-12-25T14:00Z")));
    // Over a change of the clocks the time of day stays, and the elapsed time does not.
    let one = Period::new(1, PeriodUnit::BusinessDays);
    assert_eq!(one.after(at("2026-03-27T14:00Z"), &berlin, &calendar), Some(at("2026-03-30T13:00Z")));
}

#[test]
fn a_time_of_day_that_is_passed_over_or_shown_twice_never_shortens_a_period() {
    let (berlin, plain) = (zone("Europe/Berlin"), Calendar::default());
    let month = Period::new(1, PeriodUnit::Months);
    let after = |from| brief(month.after(at(from), &berlin, &plain).unwrap());
    // 02:30 on 2026-03-29 does not exist, and 02:30 on 2026-10-25 exists twice.
    assert_eq!(after("2026-02-28T01:30Z"), "2026-03-28T01:30Z");
    assert_eq!(after("2026-03-01T01:30Z"), "2026-04-01T00:30Z");
    let year = Period::new(1, PeriodUnit::Years);
    assert_eq!(brief(year.after(at("2025-03-29T01:30Z"), &berlin, &plain).unwrap()), "2026-03-29T01:00Z");
    assert_eq!(brief(year.after(at("2025-10-25T00:30Z"), &berlin, &plain).unwrap()), "2026-10-25T01:30Z");
    // While an hour is shown again it counts as its end: 02:10, the second time, is taken as 03:00.
    assert_eq!(after("2026-10-25T01:10Z"), "2026-11-25T02:00Z");
    assert_eq!(after("2026-10-25T00:50Z"), "2026-11-25T01:50Z");
    // The 31st has no equal in the next month: that month ends.
    assert_eq!(after("2026-01-31T09:00Z"), "2026-02-28T23:00Z");
    assert_eq!(after("2026-01-28T09:00Z"), "2026-02-28T09:00Z");
}

#[test]
fn business_hours_are_the_hours_that_a_window_is_open() {
    let office = window("office", "Mon..Fri", "09:00..12:00 13:00..17:00", "Europe/Berlin");
    let until = at("2027-01-01T00:00Z");
    let after = |from: &str, amount| office.after_open(at(from), amount, until).map(brief);
    // Friday 2026-06-05, 16:00 in Berlin: one hour is left, the other is on Monday.
    assert_eq!(after("2026-06-05T14:00Z", hours(2)), Some("2026-06-08T08:00Z".to_owned()));
    assert_eq!(after("2026-06-05T14:00Z", hours(1)), Some("2026-06-05T15:00Z".to_owned()));
    assert_eq!(after("2026-06-08T09:30Z", hours(1)), Some("2026-06-08T11:30Z".to_owned()));
    assert_eq!(after("2026-06-06T09:30Z", minutes(0)), Some("2026-06-06T09:30Z".to_owned()));
    // Ten weeks of 35 hours, looked for in several steps.
    assert_eq!(after("2026-06-08T07:00Z", hours(350)), Some("2026-08-14T15:00Z".to_owned()));
    assert_eq!(after("2026-06-05T14:00Z", hours(9000)), None);
}

#[test]
fn freezes_recur_around_the_ends_of_months_quarters_and_years() {
    let times = |freeze: &Freeze, range: &str| shown(&freeze.frozen(span(range)));
    let utc = |every, before, after| recurring("f", every, before, after, "UTC");
    assert_eq!(
        times(&utc(PeriodEnd::MonthEnd, 0, 0), "2028-01-15T00:00Z 2028-04-01T00:00Z"),
        [
            "2028-01-31T00:00Z 2028-02-01T00:00Z",
            "2028-02-29T00:00Z 2028-03-01T00:00Z",
            "2028-03-31T00:00Z 2028-04-01T00:00Z"
        ]
    );
    assert_eq!(
        times(&utc(PeriodEnd::QuarterEnd, 3, 1), "2026-01-15T00:00Z 2026-10-01T12:00Z"),
        [
            "2026-03-28T00:00Z 2026-04-02T00:00Z",
            "2026-06-27T00:00Z 2026-07-02T00:00Z",
            "2026-09-27T00:00Z 2026-10-02T00:00Z"
        ]
    );
    // A range inside of a time, and one that touches only what comes after the year's end.
    for range in ["2026-12-25T00:00Z 2026-12-26T00:00Z", "2027-01-02T12:00Z 2027-06-01T00:00Z"] {
        assert_eq!(times(&utc(PeriodEnd::YearEnd, 12, 2), range), ["2026-12-19T00:00Z 2027-01-03T00:00Z"]);
    }
    assert_eq!(times(&utc(PeriodEnd::YearEnd, 12, 2), "2027-01-03T00:00Z 2027-12-01T00:00Z"), [""; 0]);
}

#[test]
fn fiscal_years_start_with_any_month() {
    let starts = |month: u8, every| {
        let year_starts = Month::try_from(month).unwrap();
        let when = FreezeTime::Recurring(Recurrence { every, days_before: 0, days_after: 0, year_starts });
        Freeze { when, ..recurring("f", every, 0, 0, "UTC") }
    };
    let days = |freeze: Freeze| {
        let times = freeze.frozen(span("2026-01-01T00:00Z 2027-01-01T00:00Z"));
        times.iter().map(|time| time.start.to_string()[..10].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(days(starts(4, PeriodEnd::YearEnd)), ["2026-03-31"]);
    assert_eq!(
        days(starts(2, PeriodEnd::QuarterEnd)),
        ["2026-01-31", "2026-04-30", "2026-07-31", "2026-10-31"]
    );
    assert_eq!(
        days(starts(12, PeriodEnd::QuarterEnd)),
        ["2026-02-28", "2026-05-31", "2026-08-31", "2026-11-30"]
    );
    assert_eq!(days(starts(7, PeriodEnd::MonthEnd)).len(), 12);
    assert_eq!(Month::try_from(13), Err("13 is no month: they are 1 to 12".to_owned()));
    assert!(starts(4, PeriodEnd::YearEnd).to_string().contains("of years that start with month 4"));
}
