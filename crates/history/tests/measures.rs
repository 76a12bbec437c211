//! The measures on changes whose answer can be worked out by hand.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};

use clearway_history::{
    Change, Consent, Decided, Deployment, Documents, Incident, Link, Missing, Mode, Period, Progress,
    attribute, audit, delivery, lessons, objectives, postmortems, reviews, timeline,
};
use clearway_plan::{PathKind, Postmortems, Requirement, Reviews};
use clearway_runtime::gate::Verdict;
use jiff::{SignedDuration, Timestamp};

fn at(text: &str) -> Timestamp {
    format!("2026-11-{text}:00Z").parse().unwrap()
}

fn deployment(service: &str, began: &str, ended: &str, progress: Progress) -> Deployment {
    Deployment {
        environment: "production".to_owned(),
        service: service.to_owned(),
        group: None,
        from: vec!["1.0.0".to_owned()],
        to: Some("2.0.0".to_owned()),
        digest: Some("sha256:aa".to_owned()),
        began: at(began),
        ended: Some(at(ended)),
        progress,
        is_rollback: false,
        undone: None,
    }
}

fn change(run: &str, deployments: Vec<Deployment>) -> Change {
    Change {
        run: run.to_owned(),
        release: "train".to_owned(),
        path: PathKind::Release,
        plan: "sha256:plan".to_owned(),
        request: Some(format!("CHG-{run}")),
        requested_by: Some("ana".to_owned()),
        started_by: Some("dora".to_owned()),
        commit: Some(format!("{run}{run}")),
        builds: BTreeSet::from([format!("{run}.1")]),
        began: deployments.first().unwrap().began,
        ended: deployments.last().unwrap().ended.unwrap(),
        subjects: BTreeSet::new(),
        gates: Vec::new(),
        approvals: Vec::new(),
        deployments,
        open: Vec::new(),
    }
}

fn production() -> BTreeSet<String> {
    BTreeSet::from(["production".to_owned()])
}

fn incident(id: &str, title: &str, service: Option<&str>, opened: &str, resolved: Option<&str>) -> Incident {
    Incident {
        id: id.to_owned(),
        title: title.to_owned(),
        service: service.map(str::to_owned),
        severity: None,
        rank: None,
        opened: at(opened),
        resolved: resolved.map(at),
    }
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Four changes in two weeks: one good, one that is taken back, one that fails and is replaced by the fourth.
fn fortnight() -> Vec<Change> {
    let mut taken_back = deployment("checkout", "03T10:00", "03T10:10", Progress::Succeeded);
    taken_back.undone = Some(at("03T10:40"));
    let mut back = deployment("checkout", "03T10:30", "03T10:40", Progress::Succeeded);
    back.is_rollback = true;
    vec![
        change("1", vec![deployment("ledger", "02T09:00", "02T09:10", Progress::Succeeded)]),
        change("2", vec![taken_back, back]),
        change("3", vec![deployment("ledger", "05T09:00", "05T09:05", Progress::Failed)]),
        change("4", vec![deployment("ledger", "05T11:00", "05T11:05", Progress::Succeeded)]),
    ]
}

fn november() -> Period {
    Period { from: at("01T00:00"), until: at("15T00:00") }
}

#[test]
fn four_measures_of_a_fortnight() {
    let changes = fortnight();
    let times = BTreeMap::from([("11".to_owned(), at("02T08:10")), ("22".to_owned(), at("02T10:10"))]);
    let measured = delivery(&changes, &production(), &[], &times, november());
    assert_eq!((measured.changes, measured.per_week_thousandths), (4, 2_000));
    // One hour and one day; the third change never landed, and of the fourth the commit's time is not known.
    let lead = measured.lead_time.unwrap();
    assert_eq!((lead.seconds, lead.of), ((3_600 + 86_400) / 2, 2));
    assert_eq!(measured.without_commit_time, 1);
    assert_eq!(measured.failed, ["2", "3"]);
    assert_eq!(measured.failure_rate_per_mille, Some(500));
    // Taken back in ten minutes from when that began; replaced two hours after it had failed.
    let restore = measured.time_to_restore.unwrap();
    assert_eq!((restore.seconds, restore.of), ((600 + 7_200) / 2, 2));
    assert!(measured.unrestored.is_empty());
}

#[test]
fn what_is_not_over_has_no_time_to_restore() {
    let changes = &fortnight()[..3];
    let measured = delivery(changes, &production(), &[], &BTreeMap::new(), november());
    assert_eq!(measured.unrestored, ["3"]);
    assert_eq!(measured.time_to_restore.unwrap().of, 1);
}

#[test]
fn nothing_is_measured_of_nothing() {
    let measured = delivery(&[], &production(), &[], &BTreeMap::new(), november());
    assert_eq!((measured.changes, measured.failure_rate_per_mille, measured.lead_time), (0, None, None));
    // What is in another place than production does not count.
    let elsewhere = BTreeSet::from(["elsewhere".to_owned()]);
    assert_eq!(delivery(&fortnight(), &elsewhere, &[], &BTreeMap::new(), november()).changes, 0);
}

#[test]
fn an_incident_follows_the_last_change_of_its_service() {
    let changes = fortnight();
    let incidents = [
        incident("INC-1", "the books are wrong", Some("ledger"), "02T12:00", Some("02T13:00")),
        incident("INC-2", "after CHG-2 nobody can pay", Some("ledger"), "05T12:00", None),
        incident("INC-3", "all is slow", None, "03T11:00", None),
        incident("INC-4", "too late", Some("ledger"), "09T12:00", None),
        incident("INC-5", "nobody's", Some("search"), "03T11:00", None),
    ];
    let links = attribute(&incidents, &changes, &production(), DAY);
    let told: Vec<(&str, &str, Link, i64)> = links
        .iter()
        .map(|link| (link.incident.id.as_str(), link.run.as_str(), link.link, link.after))
        .collect();
    assert_eq!(
        told,
        [
            ("INC-1", "1", Link::SameService, 3 * 3_600),
            ("INC-2", "2", Link::Named, 2 * 86_400 + 2 * 3_600),
            ("INC-3", "2", Link::Latest, 3_600),
        ]
    );
    let measured = delivery(&changes, &production(), &links, &BTreeMap::new(), november());
    assert_eq!(measured.failed, ["1", "2", "3"]);
    // INC-2 and INC-3 are not over.
    assert_eq!(measured.unrestored, ["2"]);
}

#[test]
fn what_happens_twice_is_a_lesson() {
    let mut changes = fortnight();
    let gate = |result: &str| Decided {
        environment: "production".to_owned(),
        gate: "tests".to_owned(),
        result: result.to_owned(),
        at: at("02T08:00"),
        subjects: Vec::new(),
    };
    for change in &mut changes {
        change.gates.push(gate("inconclusive"));
    }
    changes[3].deployments[0].progress = Progress::Cancelled;
    let told: Vec<(Mode, String, usize)> = lessons(&changes, &[], 2)
        .into_iter()
        .map(|lesson| (lesson.mode, lesson.subject, lesson.runs.len()))
        .collect();
    assert_eq!(
        told,
        [(Mode::InconclusiveGate, "tests".to_owned(), 4), (Mode::FailingDeployments, "ledger".to_owned(), 2),]
    );
    assert!(lessons(&changes, &[], 5).is_empty());
}

#[test]
fn an_audit_finds_what_a_change_cannot_show() {
    let mut change = fortnight().remove(0);
    change.request = None;
    change.open.push("deploy-production-checkout".to_owned());
    change.deployments[0].digest = None;
    change.approvals.push(Consent {
        environment: "production".to_owned(),
        chain: "standard".to_owned(),
        step: "board".to_owned(),
        result: "given".to_owned(),
        people: vec!["ana".to_owned(), "bea".to_owned(), "dora".to_owned()],
        authors: vec!["bea".to_owned()],
        deployer: Some("dora".to_owned()),
        at: at("02T08:00"),
    });
    let found = audit(&[change], &production(), None);
    let missing: Vec<Missing> = found.iter().map(|finding| finding.missing).collect();
    assert_eq!(
        missing,
        [
            Missing::Request,
            Missing::Outcome,
            Missing::Digest,
            Missing::Separation,
            Missing::Separation,
            Missing::Separation,
            Missing::Plan,
        ]
    );
    assert!(
        found[3].why.starts_with("ana")
            && found[4].why.starts_with("bea")
            && found[5].why.starts_with("dora")
    );
}

#[test]
fn a_timeline_is_in_order_and_ends_where_it_is_asked_to() {
    let changes = fortnight();
    let incident = incident("INC-1", "nobody can pay", Some("checkout"), "03T10:20", Some("03T10:50"));
    let events = timeline(Some(&incident), &changes, at("03T10:00"), at("03T10:50"));
    let told: Vec<String> = events.iter().map(|event| event.what.clone()).collect();
    assert_eq!(
        told,
        [
            "checkout is deployed in production from 1.0.0 to 2.0.0: begins",
            "checkout is deployed in production from 1.0.0 to 2.0.0: ends well",
            "incident INC-1 is opened: nobody can pay",
            "checkout goes back in production from 1.0.0 to 2.0.0: begins",
            "checkout goes back in production from 1.0.0 to 2.0.0: ends well",
            "incident INC-1 is resolved",
        ]
    );
}

fn requirement(metric: &str, operator: &str, value: &str, unit: &str) -> Requirement {
    let metric = serde_json::json!({"metric": {"name": metric, "unit": unit, "no-data": "inconclusive", "min-samples": 1}});
    let value = serde_json::json!({"value": {"amount": {"value": value, "unit": unit}}});
    let compare = serde_json::json!({"compare": {"left": metric, "operator": operator, "right": value}});
    serde_json::from_value(serde_json::json!({"text": "it", "condition": compare})).unwrap()
}

#[test]
fn objectives_hold_by_what_was_measured_and_by_nothing_else() {
    let times = BTreeMap::from([("11".to_owned(), at("02T08:10"))]);
    let judged = |changes: &[Change], metric: &str, operator: &str, value: &str, unit: &str| {
        let measured = delivery(changes, &production(), &[], &times, november());
        objectives(&[requirement(metric, operator, value, unit)], &measured)[0].result
    };
    let all = fortnight();
    for (metric, operator, value, unit, result) in [
        ("delivery.frequency", ">=", "2", "", Verdict::Pass),
        ("delivery.frequency", ">", "2", "", Verdict::Fail),
        ("delivery.lead-time", "<=", "3600", "s", Verdict::Pass),
        ("delivery.failure-rate", "<=", "50", "%", Verdict::Pass),
        ("delivery.failure-rate", "<", "50", "%", Verdict::Fail),
        ("delivery.time-to-restore", "<=", "3900", "s", Verdict::Pass),
        ("delivery.time-to-restore", "<", "3900", "s", Verdict::Fail),
        ("delivery.nothing", "<", "1", "s", Verdict::Inconclusive),
    ] {
        assert_eq!(judged(&all, metric, operator, value, unit), result, "{metric} {operator} {value}");
    }
    // What is not over yet is no time at all, and nothing was delivered of nothing.
    assert_eq!(judged(&all[..3], "delivery.time-to-restore", "<", "99999", "s"), Verdict::Inconclusive);
    assert_eq!(judged(&[], "delivery.failure-rate", "<=", "50", "%"), Verdict::Inconclusive);
    assert_eq!(judged(&all[..1], "delivery.time-to-restore", "<=", "0", "s"), Verdict::Pass);
}

#[test]
fn a_document_is_due_until_it_is_written() {
    let mut incidents = [
        incident("INC-1", "high", None, "02T12:00", Some("02T13:00")),
        incident("INC-2", "low", None, "02T12:00", Some("02T13:00")),
        incident("INC/3", "nobody knows", None, "02T12:00", None),
    ];
    incidents[0].rank = Some(3);
    incidents[1].rank = Some(1);
    let rule = Postmortems { from: "high".to_owned(), rank: 3, within: 86_400, folder: "post/".to_owned() };
    let due = |exists: bool, now: &str| {
        let due = postmortems(&rule, &incidents, &|file| exists && file == "post/INC-1.md", at(now));
        due.into_iter().map(|one| (one.file, one.written, one.overdue)).collect::<Vec<_>>()
    };
    let open = ("post/INC-3.md".to_owned(), false, false);
    assert_eq!(due(false, "03T13:00"), [("post/INC-1.md".to_owned(), false, false), open.clone()]);
    assert_eq!(due(false, "03T13:01"), [("post/INC-1.md".to_owned(), false, true), open.clone()]);
    assert_eq!(due(true, "03T13:01"), [("post/INC-1.md".to_owned(), true, false), open]);
    let rule = Reviews { within: 3_600, folder: "reviews".to_owned(), by: None };
    let documents = Documents { exists: &|_| false, held: &|_, _| None };
    let due = reviews(&rule, &fortnight(), &production(), &documents, at("02T11:00"));
    let told: Vec<(&str, &str, bool)> =
        due.iter().map(|one| (one.about.as_str(), one.file.as_str(), one.overdue)).collect();
    assert_eq!(told[..2], [("1", "reviews/1.md", true), ("2", "reviews/2.md", false)]);
}
