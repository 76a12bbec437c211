//! Public facts: the changes of the clocks in 2026 and 2027, and the calendars of two Kubernetes releases. They are read where they lie
//! beside the repository; a fresh clone has none, and then these tests return at once. `clocks.rs` and the samples here hold the same
//! rules everywhere.

#![allow(clippy::disallowed_methods, reason = "the public cases lie outside of the repository")]

use std::path::Path;

use clearway_schedule::*;
use jiff::tz::TimeZoneDatabase;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::samples::*;

/// A public case, where it is there.
fn case(name: &str) -> Option<Value> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?;
    let path = repository.join("../shared/cases").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Zones whose law changed after the case was recorded, or may: its own caution, tz database 2025b. For them the built-in rules are
/// right, and a difference is no mistake of either.
fn may_differ(zone: &str) -> bool {
    ["Africa/Casablanca", "Africa/Cairo", "Asia/Jerusalem"].contains(&zone)
}

/// A change of a zone's clock: when, and what it shows before and after.
fn is_a_change(zone_name: &str, utc: Timestamp, before: jiff::civil::DateTime, after: jiff::civil::DateTime) {
    let zone = zone(zone_name);
    assert_eq!(zone.local(utc), after, "{zone_name} {utc}");
    let around = Interval::new(utc - SignedDuration::from_hours(20), utc + SignedDuration::from_hours(20));
    let (first, last) = (before.min(after), before.max(after));
    let of_day = |local: jiff::civil::DateTime| local.hour() as u16 * 60 + local.minute() as u16;
    let changed = Window {
        name: "changed".into(),
        origin: Origin::default(),
        days: [first.weekday()].into_iter().collect(),
        hours: vec![Hours::new(of_day(first), of_day(last)).unwrap()],
        zone: zone.clone(),
        calendar: None,
    };
    let length = first.duration_until(last);
    if before < after {
        // What is passed over never opens; what begins in it begins at the change.
        assert_eq!(changed.open(around), Intervals::default(), "{zone_name} {utc}");
        let inside = first + SignedDuration::from_mins(10);
        assert_eq!((zone.first_at(inside), zone.last_at(inside)), (utc, utc), "{zone_name}");
    } else {
        // What is shown twice is open before and after the change, without a break.
        let open = Interval::new(utc - length, utc + length);
        assert_eq!(changed.open(around).iter().collect::<Vec<_>>(), [open], "{zone_name}");
        let inside = first + SignedDuration::from_mins(10);
        let showings = (utc - length + SignedDuration::from_mins(10), utc + SignedDuration::from_mins(10));
        assert_eq!((zone.first_at(inside), zone.last_at(inside)), showings, "{zone_name}");
    }
}

#[test]
fn clocks_change_when_they_are_recorded_to_change() {
    is_a_change(
        "Europe/Berlin",
        at("2026-03-29T01:00Z"),
        clock("2026-03-29T02:00"),
        clock("2026-03-29T03:00"),
    );
    is_a_change(
        "Australia/Lord_Howe",
        at("2026-04-04T15:00Z"),
        clock("2026-04-05T02:00"),
        clock("2026-04-05T01:30"),
    );
    is_a_change(
        "America/Santiago",
        at("2026-04-05T03:00Z"),
        clock("2026-04-05T00:00"),
        clock("2026-04-04T23:00"),
    );
    let Some(case) = case("calendar_dst_2026_2027.json") else { return };
    let (mut checked, mut differing) = (0, Vec::new());
    for (name, changes) in case["transitions"].as_object().unwrap() {
        let rules = TimeZoneDatabase::bundled().get(name).unwrap();
        let known = rules.following(at("2025-12-31T23:59Z")).map(|change| change.timestamp());
        let known: Vec<_> = known.take_while(|change| *change < at("2028-01-01T00:00Z")).collect();
        let changes = changes.as_array().unwrap();
        let recorded: Vec<_> = changes.iter().map(|change| at(text(&change["utc"]))).collect();
        if known != recorded {
            assert!(may_differ(name), "{name}: {known:?} is built in, {recorded:?} is recorded");
            differing.push(name);
            continue;
        }
        for (change, utc) in changes.iter().zip(recorded) {
            let (before, after) = text(&change["local_jump"]).split_once(" -> ").unwrap();
            is_a_change(name, utc, clock(before), clock(after));
            checked += 1;
        }
    }
    println!("{checked} changes are as recorded; other rules are built in for {differing:?}");
    assert!(checked >= 40, "only {checked}");
}

#[test]
fn regions_come_nearer_while_their_clocks_are_out_of_step() {
    let Some(case) = case("calendar_dst_2026_2027.json") else { return };
    let office = |zone: &str| window("office", "Mon..Sun", "09:00..17:00", zone);
    for weeks in case["skewed_weeks"].as_array().unwrap() {
        let zones: Vec<&str> = weeks["zones"].as_array().unwrap().iter().map(text).collect();
        let skewed: Intervals = weeks["utc_ranges"]
            .as_array()
            .unwrap()
            .iter()
            .map(|range| Interval::new(at(text(&range[0])), at(text(&range[1]))))
            .collect();
        let all = span("2026-01-01T00:00Z 2028-01-01T00:00Z");
        let common = office(zones[0]).open(all).intersect(&office(zones[1]).open(all));
        // Eight hours each, five apart, have three in common; four apart, four.
        let (mut usual, mut longer) = (0, 0);
        for slot in common.iter() {
            let expected = if skewed.contains(slot.start) { 4 } else { 3 };
            assert_eq!(slot.length(), hours(expected), "{}", brief(slot.start));
            *(if expected == 4 { &mut longer } else { &mut usual }) += 1;
        }
        println!("{usual} days with 3 h in common, {longer} with 4 h");
        assert_eq!(usual + longer, 730);
    }
}

#[test]
fn the_traps_of_the_clocks_hold() {
    // Each of the case's traps, in our words; the case itself is prose.
    let opens = |days: &str, hours: &str, zone: &str, range: &str| {
        window("trap", days, hours, zone).open(span(range)).iter().count()
    };
    let day_of = |text: &str| format!("{text}T00:00Z {text}T23:59Z");
    assert_eq!(opens("Mon..Sun", "02:30..02:31", "America/New_York", &day_of("2026-03-08")), 0);
    assert_eq!(opens("Mon..Sun", "02:30..02:31", "America/New_York", &day_of("2027-03-14")), 0);
    assert_eq!(opens("Mon..Sun", "01:30..01:31", "America/New_York", &day_of("2026-11-01")), 2);
    assert_eq!(opens("Mon..Sun", "01:30..01:31", "America/New_York", &day_of("2027-11-07")), 2);
    // Sydney has summer time, Brisbane has none.
    let january = "2026-01-05T00:00Z 2026-01-06T00:00Z";
    let start =
        |zone: &str| window("w", "Mon", "12:00..13:00", zone).open(span(january)).first().unwrap().start;
    assert_eq!(start("Australia/Brisbane").as_second() - start("Australia/Sydney").as_second(), 3600);
    // Rules that were abolished are not applied: noon is as far from UTC in January as in July.
    for name in ["Asia/Tehran", "America/Sao_Paulo", "America/Mexico_City"] {
        let noon = |day: &str| zone(name).first_at(clock(&format!("{day}T12:00"))).as_second() % 86_400;
        assert_eq!(noon("2026-01-15"), noon("2026-07-15"), "{name}");
    }
    // Offsets that are no whole hours.
    assert_eq!(zone("Asia/Kathmandu").first_at(clock("2026-06-01T12:00")), at("2026-06-01T06:15Z"));
    assert_eq!(zone("Pacific/Chatham").first_at(clock("2026-06-01T12:00")), at("2026-05-31T23:15Z"));
}

/// The instant from which on a deadline has passed: the end of a day anywhere on earth is that of UTC-12, which IANA writes `Etc/GMT+12`.
fn anywhere_on_earth(day_text: &str) -> Timestamp {
    Bound::Day(day(day_text)).ends(&zone("Etc/GMT+12"))
}

#[test]
fn deadlines_of_kubernetes_releases_are_instants() {
    let los_angeles = |text: &str| Bound::Clock(clock(text)).begins(&zone("America/Los_Angeles"));
    assert_eq!(los_angeles("2026-06-05T14:00"), at("2026-06-05T21:00Z"));
    assert_eq!(anywhere_on_earth("2026-10-15"), at("2026-10-16T12:00Z"));
    let Some(case) = case("calendar_kubernetes_releases.json") else { return };
    // v1.34 writes UTC and a local time that its zone's rules confirm, whatever the abbreviation beside it says.
    let v34 = &case["v1.34"];
    assert_eq!(los_angeles("2025-06-20T14:00"), at(text(&v34["enhancements_freeze_utc"])));
    assert_eq!(los_angeles("2025-07-10T19:00"), at(text(&v34["feature_blog_freeze_utc"])));
    assert_eq!(los_angeles("2025-07-24T19:00"), at(text(&v34["code_and_test_freeze_utc"])));
    for defect in case["v1.34_dst_defects_in_the_source"].as_array().unwrap() {
        let local = defect
            .as_object()
            .unwrap()
            .iter()
            .find(|(key, _)| key.starts_with("America/Los_Angeles"))
            .unwrap();
        let (_, time) = local.0.split_once(' ').unwrap();
        let utc = at(text(local.1));
        assert!(zone("America/Los_Angeles").show(utc).contains(&format!(" {time} ")), "{defect}");
        // The abbreviation itself is no zone here.
        assert!(Zone::named("PST").is_err());
    }
    // v1.36 writes days anywhere on earth.
    let v36 = &case["v1.36"];
    assert_eq!(anywhere_on_earth("2026-02-04"), at(text(&v36["prr_freeze_utc"])));
    assert_eq!(anywhere_on_earth("2026-02-11"), at(text(&v36["enhancements_freeze_utc"])));
    assert_eq!(anywhere_on_earth("2026-04-08"), at(text(&v36["docs_freeze_utc"])));
}

#[test]
fn a_milestone_that_a_source_states_twice_is_a_finding() {
    let stated = |name: &str, instant: Timestamp| Milestone {
        before: Some(Bound::Instant(instant)),
        ..milestone(name, "Etc/GMT+12")
    };
    let sample = [
        stated("code freeze", at("2026-10-16T12:00Z")),
        stated("code freeze", at("2026-10-15T12:00Z")),
        stated("docs freeze", at("2026-11-04T12:00Z")),
    ];
    assert_eq!(milestone_findings(&sample).len(), 1);
    let Some(case) = case("calendar_kubernetes_releases.json") else { return };
    let contradictions = case["v1.36_contradictions_in_the_source"].as_array().unwrap();
    let all: Vec<Milestone> = contradictions
        .iter()
        .flat_map(|found| {
            ["summary", "timeline"].map(|column| {
                let (_, utc) = text(&found[column]).split_once(" = ").unwrap();
                stated(text(&found["milestone"]), at(utc))
            })
        })
        .collect();
    let findings = milestone_findings(&all);
    assert_eq!(findings.len(), contradictions.len(), "{findings:#?}");
    assert!(findings.iter().all(|finding| matches!(finding, Finding::MilestoneStatedTwice { .. })));
}

#[test]
fn between_code_freeze_and_thaw_nothing_starts() {
    let until_thaw = |from: Timestamp, thaw: &str| {
        let code_freeze = freeze("code-freeze", Bound::Instant(from), Bound::Instant(at(thaw)), "UTC");
        Deployment { environment: environment("main", vec![], vec![code_freeze]), timing: timing(0, 0, 0) }
    };
    let sample = until_thaw(at("2026-10-16T12:00Z"), "2026-11-18T00:00Z");
    assert!(sample.check(at("2026-10-16T11:59Z"), days(60)).is_open());
    assert!(!sample.check(at("2026-10-16T12:00Z"), days(60)).is_open());
    assert!(sample.check(at("2026-11-18T00:00Z"), days(60)).is_open());
    let Some(case) = case("calendar_kubernetes_releases.json") else { return };
    let v34 = &case["v1.34"];
    let (from, thaw) = (text(&v34["code_and_test_freeze_utc"]), text(&v34["release_and_thaw"]));
    let main = until_thaw(at(from), &format!("{thaw}T00:00Z"));
    let decision = main.check(at(&format!("{}T12:00Z", text(&v34["docs_freeze"]))), days(60));
    assert_eq!(
        decision.to_string(),
        "blocked until Wednesday 2025-08-27 00:00 UTC: freeze code-freeze until 2025-08-26"
    );
    assert!(main.check(at(from) - SignedDuration::from_mins(1), days(60)).is_open());
}
