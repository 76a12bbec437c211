//! How the data is written: as JSON, and as text.

use clearway_schedule::*;

use crate::samples::*;

#[test]
fn hours_are_written_as_in_the_language() {
    let text =
        |text: &str| text.parse::<Hours>().map(|hours| hours.to_string()).map_err(|error| error.to_string());
    for hours in ["09:00..16:00", "22:00..02:00", "00:00..24:00", "23:59..24:00", "00:00..00:01"] {
        assert_eq!(text(hours).as_deref(), Ok(hours));
    }
    assert_eq!(text("22:00..00:00").as_deref(), Ok("22:00..24:00"));
    assert_eq!(
        text("09:00..09:00").unwrap_err(),
        "hours that end when they start are empty; the whole day is `00:00..24:00`"
    );
    for bad in ["24:00..02:00", "09:00..24:01", "9:00..16:00", "09:60..16:00", "09:00", "+9:00..16:00", ""] {
        assert!(text(bad).unwrap_err().contains("is no span of hours"), "{bad}");
    }
    assert_eq!(Hours::new(22 * 60, 120).unwrap().until(), 26 * 60);
    assert_eq!(Hours::new(0, 1440), Ok(Hours::WHOLE_DAY));
}

#[test]
fn weekdays_are_written_as_spans() {
    for text in ["Mon..Thu", "Fri..Mon", "Wed"] {
        assert_eq!(weekdays(text).to_string(), text);
    }
    let some: Weekdays =
        [weekdays("Mon"), weekdays("Wed..Fri")].iter().flat_map(|days| days.iter()).collect();
    assert_eq!(some.to_string(), "Mon, Wed..Fri");
    assert_eq!(Weekdays::ALL.to_string(), "every day");
    assert_eq!(Weekdays::default().to_string(), "no day");
    assert_eq!(serde_json::to_string(&weekdays("Sat..Mon")).unwrap(), r#"["Mon","Sat","Sun"]"#);
    assert!(serde_json::from_str::<Weekdays>(r#"["Monday"]"#).is_err());
}

#[test]
fn a_stage_survives_json_and_what_is_wrong_in_it_is_refused() {
    let calendar = Some(Calendar {
        name: "de".into(),
        origin: Origin(7),
        holidays: [day("2026-12-25")].into(),
        ..Calendar::default()
    });
    let office =
        Window { calendar, ..window("office", "Mon..Thu", "09:00..16:00 22:00..02:00", "Europe/Berlin") };
    let freezes = vec![
        recurring("year-end", PeriodEnd::YearEnd, 12, 2, "Europe/Berlin"),
        freeze(
            "sale",
            Bound::Day(day("2026-11-27")),
            Bound::Clock(clock("2026-11-30T12:00")),
            "Europe/Berlin",
        ),
        freeze("now", Bound::Instant(at("2026-11-27T00:00Z")), Bound::Day(day("2026-11-30")), "UTC"),
    ];
    let counted = LeadTime::Counted {
        period: Period::new(2, PeriodUnit::BusinessDays),
        zone: zone("Europe/Berlin"),
        calendar: Calendar::default(),
    };
    let lead = |time| Lead { name: "board".into(), origin: Origin(3), time };
    let launch = Milestone {
        before: Some(Bound::Day(day("2026-11-27"))),
        on: Some(day("2026-11-20")),
        ..milestone("launch", "Europe/Berlin")
    };
    let eu = Stage {
        leads: vec![lead(LeadTime::Elapsed(minutes(90))), lead(counted)],
        milestones: vec![launch],
        ..stage("eu", environment("eu", vec![office], freezes), timing(60, 30, 120))
    };
    let json = serde_json::to_string(&eu).unwrap();
    assert_eq!(serde_json::from_str::<Stage>(&json).unwrap(), eu);
    for part in [
        r#""rollout":"1h""#,
        r#""hours":["09:00..16:00","22:00..02:00"]"#,
        r#""until":{"clock":"2026-11-30T12:00:00"}"#,
        r#""recurring":{"every":"year-end","days_before":12,"days_after":2,"year_starts":1}"#,
        r#""elapsed":"1h 30m""#,
    ] {
        assert!(json.contains(part), "{part} in {json}");
    }
    for (part, wrong) in [
        ("Europe/Berlin", "Europe/Berlinn"),
        ("09:00..16:00", "09:00..09:00"),
        (r#""days_before":12"#, r#""days_prior":12"#),
        (r#""year_starts":1"#, r#""year_starts":13"#),
        (r#""clock":"2026-11-30T12:00:00""#, r#""clock":"2026-11-30T12:00:00Z""#),
        (r#""rollout":"1h""#, r#""rollout":"-1h""#),
        (r#""name":"eu""#, r#""nam":"eu""#),
    ] {
        let changed = json.replacen(part, wrong, 1);
        assert_ne!(changed, json);
        assert!(serde_json::from_str::<Stage>(&changed).is_err(), "{wrong}");
    }
}

#[test]
fn a_conflict_and_a_schedule_survive_json() {
    let lunch = window("lunch", "Mon..Thu", "12:00..13:00", "Europe/Berlin");
    let sale = frozen_days("sale", "2026-06-13", "2026-06-14", "Europe/Berlin");
    let of = |rollout| {
        [stage("eu", environment("eu", vec![lunch.clone()], vec![sale.clone()]), timing(rollout, 30, 0))]
    };
    let found = schedule(&of(10), at("2026-06-08T08:00Z"), DEFAULT_HORIZON).unwrap();
    let json = serde_json::to_string(&found).unwrap();
    assert_eq!(serde_json::from_str::<Schedule>(&json).unwrap(), found);
    let conflict = schedule(&of(50), at("2026-06-08T08:00Z"), DEFAULT_HORIZON).unwrap_err();
    let json = serde_json::to_string(&conflict).unwrap();
    assert_eq!(serde_json::from_str::<Conflict>(&json).unwrap(), *conflict);
}

#[test]
fn intervals_from_json_are_put_in_order() {
    let json = r#"[{"start":"2026-06-08T08:00:00Z","end":"2026-06-08T10:00:00Z"},{"start":"2026-06-08T07:00:00Z","end":"2026-06-08T08:00:00Z"},{"start":"2026-06-08T07:00:00Z","end":"2026-06-08T06:00:00Z"}]"#;
    let read: Intervals = serde_json::from_str(json).unwrap();
    assert_eq!(shown(&read), ["2026-06-08T07:00Z 2026-06-08T10:00Z"]);
}

#[test]
fn durations_are_written_with_units() {
    let text = |seconds| Length(std::time::Duration::from_secs(seconds)).to_string();
    assert_eq!(text(0), "0 s");
    assert_eq!(text(5400), "1 h 30 m");
    assert_eq!(text(2 * 86_400 + 1), "2 d 1 s");
    assert_eq!(Length(std::time::Duration::from_millis(250)).to_string(), "250 ms");
}
