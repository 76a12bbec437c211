//! Clocks that are changed: what opens and closes in a gap and in an overlap.

use clearway_schedule::*;

use crate::samples::*;

/// When a window is open within a range.
fn open(days: &str, hours: &str, zone: &str, range: &str) -> Vec<String> {
    shown(&window("w", days, hours, zone).open(span(range)))
}

/// The days around the change of 2026-03-29 and of 2026-10-25 in Berlin.
const SPRING: &str = "2026-03-28T23:00Z 2026-03-29T22:00Z";
const AUTUMN: &str = "2026-10-24T22:00Z 2026-10-25T23:00Z";

#[test]
fn a_window_over_a_gap_is_shorter_and_one_inside_it_does_not_open() {
    let berlin = |hours| open("Sun", hours, "Europe/Berlin", SPRING);
    assert_eq!(berlin("01:00..03:00"), ["2026-03-29T00:00Z 2026-03-29T01:00Z"]);
    assert_eq!(berlin("02:00..03:00"), [""; 0]);
    assert_eq!(berlin("02:15..02:45"), [""; 0]);
    // What starts in the gap opens at the change, what ends in it closes there.
    assert_eq!(berlin("02:30..05:00"), ["2026-03-29T01:00Z 2026-03-29T03:00Z"]);
    assert_eq!(berlin("00:30..02:30"), ["2026-03-28T23:30Z 2026-03-29T01:00Z"]);
}

#[test]
fn a_window_over_an_overlap_is_longer_and_one_inside_it_opens_twice() {
    let berlin = |hours| open("Sun", hours, "Europe/Berlin", AUTUMN);
    assert_eq!(berlin("01:00..03:00"), ["2026-10-24T23:00Z 2026-10-25T02:00Z"]);
    assert_eq!(
        berlin("02:15..02:45"),
        ["2026-10-25T00:15Z 2026-10-25T00:45Z", "2026-10-25T01:15Z 2026-10-25T01:45Z"]
    );
    // What ends in the overlap is closed for the rest of the first showing; what starts in it closes before the second.
    assert_eq!(
        berlin("00:00..02:30"),
        ["2026-10-24T22:00Z 2026-10-25T00:30Z", "2026-10-25T01:00Z 2026-10-25T01:30Z"]
    );
    assert_eq!(
        berlin("02:30..05:00"),
        ["2026-10-25T00:30Z 2026-10-25T01:00Z", "2026-10-25T01:30Z 2026-10-25T04:00Z"]
    );
}

#[test]
fn whole_days_have_23_and_25_hours_and_touching_days_are_one() {
    let length = |range: &str| {
        let open = window("w", "Sun", "00:00..24:00", "Europe/Berlin").open(span(range));
        assert_eq!(open.iter().count(), 1);
        open.longest()
    };
    assert_eq!(length("2026-03-28T00:00Z 2026-03-30T12:00Z"), hours(23));
    assert_eq!(length("2026-10-24T00:00Z 2026-10-26T12:00Z"), hours(25));
    let week = open("Mon..Sun", "00:00..24:00", "Europe/Berlin", "2026-03-01T00:00Z 2026-04-30T00:00Z");
    assert_eq!(week, ["2026-03-01T00:00Z 2026-04-30T00:00Z"]);
}

#[test]
fn hours_past_midnight_belong_to_the_day_they_start_on() {
    let week = "2026-06-01T00:00Z 2026-06-08T00:00Z";
    // Friday is 2026-06-05, and Berlin is two hours ahead of UTC.
    assert_eq!(open("Fri", "22:00..02:00", "Europe/Berlin", week), ["2026-06-05T20:00Z 2026-06-06T00:00Z"]);
    assert_eq!(open("Fri", "22:00..24:00", "Europe/Berlin", week), ["2026-06-05T20:00Z 2026-06-05T22:00Z"]);
    // On the wall clock it ends at 02:00 on Sunday, which comes an hour later than usual, or is passed over.
    assert_eq!(
        open("Sat", "22:00..02:30", "Europe/Berlin", "2026-03-28T12:00Z 2026-03-29T12:00Z"),
        ["2026-03-28T21:00Z 2026-03-29T01:00Z"]
    );
    assert_eq!(
        open("Sat", "22:00..04:00", "Europe/Berlin", "2026-10-24T12:00Z 2026-10-25T12:00Z"),
        ["2026-10-24T20:00Z 2026-10-25T03:00Z"]
    );
    // A range that begins past midnight still sees what began before.
    assert_eq!(
        open("Fri", "22:00..02:00", "Europe/Berlin", "2026-06-05T23:00Z 2026-06-06T12:00Z"),
        ["2026-06-05T23:00Z 2026-06-06T00:00Z"]
    );
}

#[test]
fn a_holiday_starts_no_hours_and_does_not_cut_those_of_the_day_before() {
    let holidays = [day("2026-06-05")].into();
    let calendar = Some(Calendar { name: "de".into(), holidays, ..Calendar::default() });
    let night = Window { calendar, ..window("w", "Thu..Fri", "22:00..02:00", "Europe/Berlin") };
    let open = night.open(span("2026-06-01T00:00Z 2026-06-08T00:00Z"));
    assert_eq!(shown(&open), ["2026-06-04T20:00Z 2026-06-05T00:00Z"]);
}

#[test]
fn half_an_hour_is_a_change_like_any_other() {
    let lord_howe = |hours, range| open("Sun", hours, "Australia/Lord_Howe", range);
    // 02:00 becomes 01:30 on 2026-04-05, and 02:30 on 2026-10-04.
    assert_eq!(
        lord_howe("01:00..03:00", "2026-04-04T12:00Z 2026-04-05T12:00Z"),
        ["2026-04-04T14:00Z 2026-04-04T16:30Z"]
    );
    assert_eq!(
        lord_howe("01:40..01:50", "2026-04-04T12:00Z 2026-04-05T12:00Z"),
        ["2026-04-04T14:40Z 2026-04-04T14:50Z", "2026-04-04T15:10Z 2026-04-04T15:20Z"]
    );
    assert_eq!(
        lord_howe("01:00..03:00", "2026-10-03T12:00Z 2026-10-04T12:00Z"),
        ["2026-10-03T14:30Z 2026-10-03T16:00Z"]
    );
    assert_eq!(lord_howe("02:00..02:30", "2026-10-03T12:00Z 2026-10-04T12:00Z"), [""; 0]);
}

#[test]
fn changes_at_midnight_move_the_ends_of_days() {
    // In Santiago 24:00 on 2026-04-04 becomes 23:00 again, and on 2026-09-06 the clock begins the day at 01:00.
    let santiago = |days, hours, range| open(days, hours, "America/Santiago", range);
    assert_eq!(
        santiago("Sat", "23:00..24:00", "2026-04-04T12:00Z 2026-04-06T12:00Z"),
        ["2026-04-05T02:00Z 2026-04-05T04:00Z"]
    );
    assert_eq!(
        santiago("Sun", "00:00..01:00", "2026-04-04T12:00Z 2026-04-06T12:00Z"),
        ["2026-04-05T04:00Z 2026-04-05T05:00Z"]
    );
    assert_eq!(santiago("Sun", "00:00..01:00", "2026-09-05T12:00Z 2026-09-07T12:00Z"), [""; 0]);
    assert_eq!(
        santiago("Sat", "23:00..02:00", "2026-09-05T12:00Z 2026-09-07T12:00Z"),
        ["2026-09-06T03:00Z 2026-09-06T05:00Z"]
    );
}

#[test]
fn a_day_that_a_zone_leaves_out_has_no_hours_of_its_own() {
    // Apia went from Thursday 2011-12-29 to Saturday 2011-12-31, at 10:00 UTC on the 30th.
    let range = "2011-12-29T00:00Z 2012-01-01T09:00Z";
    let apia = |days, hours| open(days, hours, "Pacific/Apia", range);
    assert_eq!(apia("Fri", "09:00..17:00"), [""; 0]);
    // What remains of the Friday's night on the Saturday is open, and Thursday's night ends with the day.
    assert_eq!(apia("Fri", "22:00..02:00"), ["2011-12-30T10:00Z 2011-12-30T12:00Z"]);
    assert_eq!(apia("Thu", "22:00..02:00"), ["2011-12-30T08:00Z 2011-12-30T10:00Z"]);
    assert_eq!(apia("Sat", "09:00..17:00"), ["2011-12-30T19:00Z 2011-12-31T03:00Z"]);
    // Kwajalein left out Saturday 1993-08-21.
    assert_eq!(
        open("Sat", "00:00..24:00", "Pacific/Kwajalein", "1993-08-16T00:00Z 1993-08-27T00:00Z"),
        [""; 0]
    );
    let apia = zone("Pacific/Apia");
    assert_eq!(apia.start_of(day("2011-12-30")), apia.end_of(day("2011-12-30")));
    assert_eq!(apia.start_of(day("2011-12-31")), at("2011-12-30T10:00Z"));
}

/// When a freeze is.
fn frozen(from: Bound, until: Bound, zone: &str) -> Vec<String> {
    shown(&freeze("f", from, until, zone).frozen(span("2000-01-01T00:00Z 2030-01-01T00:00Z")))
}

#[test]
fn a_freeze_is_unbroken_and_a_change_of_the_clocks_makes_it_no_shorter() {
    let clocks = |from, until| frozen(Bound::Clock(clock(from)), Bound::Clock(clock(until)), "Europe/Berlin");
    // Shown twice: from the first showing of its start to the second of its end.
    assert_eq!(clocks("2026-10-25T02:30", "2026-10-25T02:45"), ["2026-10-25T00:30Z 2026-10-25T01:45Z"]);
    assert_eq!(clocks("2026-10-25T00:00", "2026-10-25T02:00"), ["2026-10-24T22:00Z 2026-10-25T01:00Z"]);
    // Passed over: the moment of the change.
    assert_eq!(clocks("2026-03-29T02:30", "2026-03-29T04:00"), ["2026-03-29T01:00Z 2026-03-29T02:00Z"]);
    assert_eq!(clocks("2026-03-29T01:00", "2026-03-29T02:30"), ["2026-03-29T00:00Z 2026-03-29T01:00Z"]);
}

#[test]
fn the_last_day_of_a_freeze_is_whole() {
    let days = |from, until, zone| frozen(Bound::Day(day(from)), Bound::Day(day(until)), zone);
    assert_eq!(days("2026-12-19", "2027-01-02", "Europe/Berlin"), ["2026-12-18T23:00Z 2027-01-02T23:00Z"]);
    assert_eq!(days("2026-10-25", "2026-10-25", "Europe/Berlin"), ["2026-10-24T22:00Z 2026-10-25T23:00Z"]);
    // In Havana 01:00 became 00:00 on 2025-11-02, so midnight is shown twice; the second belongs to the new day.
    assert_eq!(days("2025-11-01", "2025-11-01", "America/Havana"), ["2025-11-01T04:00Z 2025-11-02T04:00Z"]);
    assert_eq!(days("2025-11-02", "2025-11-02", "America/Havana"), ["2025-11-02T04:00Z 2025-11-03T05:00Z"]);
    // In St. John's 00:01 on 2010-11-07 became 23:01 of the day before, which is then not over yet.
    assert_eq!(days("2010-11-06", "2010-11-06", "America/St_Johns"), ["2010-11-06T02:30Z 2010-11-07T03:30Z"]);
    assert_eq!(days("2010-11-07", "2010-11-07", "America/St_Johns"), ["2010-11-07T02:30Z 2010-11-08T03:30Z"]);
    // A day that was left out is no time.
    assert_eq!(days("2011-12-30", "2011-12-30", "Pacific/Apia"), [""; 0]);
}

#[test]
fn the_day_of_a_window_is_that_of_its_zone() {
    // Friday in Auckland begins on Thursday, UTC.
    assert_eq!(
        open("Fri", "00:00..24:00", "Pacific/Auckland", "2026-06-01T00:00Z 2026-06-08T00:00Z"),
        ["2026-06-04T12:00Z 2026-06-05T12:00Z"]
    );
    assert_eq!(
        open("Fri", "00:00..24:00", "Pacific/Auckland", "2026-01-05T00:00Z 2026-01-12T00:00Z"),
        ["2026-01-08T11:00Z 2026-01-09T11:00Z"]
    );
}

#[test]
fn times_are_told_with_the_offset_where_they_would_be_ambiguous() {
    let berlin = zone("Europe/Berlin");
    assert_eq!(berlin.show(at("2026-11-30T08:00Z")), "Monday 2026-11-30 09:00 Europe/Berlin");
    assert_eq!(berlin.show(at("2026-10-25T00:30Z")), "Sunday 2026-10-25 02:30+02 Europe/Berlin");
    assert_eq!(berlin.show(at("2026-10-25T01:30Z")), "Sunday 2026-10-25 02:30+01 Europe/Berlin");
    assert_eq!(berlin.show(at("2026-11-30T08:00:07Z")), "Monday 2026-11-30 09:00:07 Europe/Berlin");
}

#[test]
fn zones_are_named_as_iana_names_them() {
    assert!(Zone::named("Europe/Berlin").is_ok());
    assert!(Zone::named("UTC").is_ok());
    for name in ["europe/berlin", "PST", "PDT", "Berlin", "", "Europe/Berlin "] {
        let error = Zone::named(name).unwrap_err();
        assert!(error.to_string().contains(&format!("`{name}`")), "{error}");
    }
}
