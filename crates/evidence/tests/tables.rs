//! Tables of other systems, by a declared mapping.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod common;

use clearway_evidence::{
    Code, Filter, Limits, Mapping, Meaning, NoteCode, Reader, Record, Report, Severity, Topic, read_table,
};
use common::{figure, figure_of, notes};

const CSV: &str = "Key,Summary,State,Priority,Labels,Labels,Created\nSHOP-1,\"pay, then\nship\",Open,High,release-blocker,pay,2026-10-01\nSHOP-2,cart,Done,Low,,,2026-10-02T10:00:00Z\nSHOP-3,refund,In Progress,P1,pay,,2026-10-03 09:00:00\n";

const JSON: &str = r#"{"total": 2, "issues": [
  {"key": "SHOP-1", "fields": {"status": {"name": "Open"}, "labels": ["release-blocker", "pay"], "priority": {"name": "High"}}},
  {"key": "SHOP-2", "fields": {"status": {"name": "Closed"}, "labels": [], "priority": null}}
]}"#;

fn mapping(topic: Topic, columns: &[(Meaning, &str)]) -> Mapping {
    Mapping::new(topic, columns.iter().map(|(meaning, name)| (*meaning, (*name).to_owned())))
}

fn issues() -> Mapping {
    let mut mapping = mapping(
        Topic::Issues,
        &[
            (Meaning::Id, "Key"),
            (Meaning::Title, "Summary"),
            (Meaning::Status, "State"),
            (Meaning::Severity, "Priority"),
            (Meaning::Labels, "Labels"),
            (Meaning::Opened, "Created"),
        ],
    );
    mapping.severities.insert("p1".to_owned(), Severity::Critical);
    mapping
}

fn read(mapping: &Mapping, text: &str) -> Result<(Report, Vec<Record>), Code> {
    let mut rows = Vec::new();
    let report = read_table(mapping, text.as_bytes(), &Limits::default(), |row| rows.push(row.clone()));
    report.map(|report| (report, rows)).map_err(|refusal| refusal.code)
}

#[test]
fn a_csv_is_read_by_its_mapping() {
    let (report, rows) = read(&issues(), CSV).unwrap();
    let of = |metric| figure(&report, metric);
    assert_eq!(
        [of("issues.total"), of("issues.open"), of("issues.closed"), of("issues.completion")],
        ["3", "2", "1", "33.333333"]
    );
    assert_eq!(figure_of(&report, "issues.open", &Filter::tag("release-blocker")), "1");
    assert_eq!(figure_of(&report, "issues.open", &Filter::severity(Severity::Critical)), "1");
    assert_eq!(
        figure_of(
            &report,
            "issues.open",
            &Filter { tag: Some("pay".into()), severity: Some(Severity::Critical) }
        ),
        "1"
    );
    assert_eq!(of("incidents.open"), "-");
    assert_eq!((rows.len(), rows[0].title.as_str(), rows[0].labels.len()), (3, "pay, then\nship", 2));
    assert_eq!(rows[1].opened.unwrap().to_string(), "2026-10-02T10:00:00Z");
    assert_eq!(report.items.list()[0].id, "SHOP-3", "the worst first");
    assert_eq!((report.reader, notes(&report)), (Reader::Table, vec![]));
}

#[test]
fn json_is_read_by_paths_and_lists_are_passed_through() {
    let mut mapping = mapping(
        Topic::Issues,
        &[
            (Meaning::Id, "key"),
            (Meaning::Status, "fields.status.name"),
            (Meaning::Labels, "fields.labels"),
            (Meaning::Severity, "fields.priority.name"),
        ],
    );
    mapping.rows = vec!["issues".to_owned()];
    let (report, rows) = read(&mapping, JSON).unwrap();
    assert_eq!([figure(&report, "issues.total"), figure(&report, "issues.open")], ["2", "1"]);
    assert_eq!((rows[0].labels.len(), rows[0].severity, rows[1].severity), (2, Some(Severity::High), None));
    assert_eq!(notes(&report), [NoteCode::SeverityMissing]);
    mapping.rows = vec!["rows".to_owned()];
    assert_eq!(read(&mapping, JSON).unwrap_err(), Code::WrongFormat);
    mapping.rows = Vec::new();
    assert_eq!(
        read(&mapping, r#"[{"key": "A", "fields": {"status": {"name": "Open"}}}]"#).unwrap().1.len(),
        1
    );
}

#[test]
fn what_has_ended_is_closed_where_no_status_is_mapped() {
    let mapping = mapping(
        Topic::Incidents,
        &[
            (Meaning::Id, "id"),
            (Meaning::Opened, "from"),
            (Meaning::Closed, "to"),
            (Meaning::Service, "service"),
        ],
    );
    let (report, rows) = read(
        &mapping,
        "id,from,to,service\n1,2026-11-01T00:00:00Z,2026-11-01T01:00:00Z,pay\n2,2026-11-02T00:00:00Z,,cart\n",
    )
    .unwrap();
    assert_eq!([figure(&report, "incidents.total"), figure(&report, "incidents.open")], ["2", "1"]);
    assert_eq!((rows[1].open, rows[1].service.as_deref()), (true, Some("cart")));
}

#[test]
fn feedback_has_a_mean() {
    let mapping = mapping(Topic::Feedback, &[(Meaning::Id, "id"), (Meaning::Score, "stars")]);
    let (report, _) = read(&mapping, "id;stars\n1;5\n2;4\n3;\n").unwrap();
    assert_eq!([figure(&report, "feedback.total"), figure(&report, "feedback.score")], ["3", "4.5"]);
    assert_eq!(report.measure("feedback.score", &Filter::ALL).unwrap().samples, 2);
    assert_eq!(read(&mapping, "id,stars\n1,NaN\n").unwrap_err(), Code::BadNumber);
    assert_eq!(figure(&read(&mapping, "id,stars\n").unwrap().0, "feedback.score"), "-");
}

#[test]
fn a_table_with_nonsense_is_refused() {
    let head = "Key,Summary,State,Priority,Labels,Created\n";
    for (text, expected) in [
        (format!("{head}A,,Open,Low,,2026-10-01"), Code::Truncated),
        (format!("{head}A,\"x,Open,Low,,2026-10-01\n"), Code::Truncated),
        (format!("{head}A,,Open,Low,\n"), Code::Malformed),
        (format!("{head},,Open,Low,,2026-10-01\n"), Code::MissingField),
        (format!("{head}A,,Open,Low,,2026-10-01\nA,,Open,Low,,2026-10-01\n"), Code::DuplicateKey),
        (format!("{head}A,,Open,Low,,yesterday\n"), Code::BadValue),
        (CSV.replace("State", "Status"), Code::MissingColumn),
        (CSV.replace("Summary", "Key"), Code::DuplicateKey),
        ("<html><body>sign in</body></html>".to_owned(), Code::HtmlPage),
        ("null".to_owned(), Code::NullReport),
        (String::new(), Code::Empty),
        (r#"[{"Key": "A", "Key": "B"}]"#.to_owned(), Code::DuplicateKey),
        (r#"[{"Key": "A"}"#.to_owned(), Code::Truncated),
    ] {
        assert_eq!(read(&issues(), &text).unwrap_err(), expected, "{text}");
    }
    // A spreadsheet's export may leave the last row open, if its mapping says so.
    let open = Mapping { open_end: true, ..issues() };
    assert_eq!(read(&open, &format!("{head}A,,Open,Low,,2026-10-01")).unwrap().1.len(), 1);
    let nothing = mapping(Topic::Issues, &[(Meaning::Id, "Key")]);
    assert_eq!(read(&nothing, CSV).unwrap_err(), Code::MissingColumn, "nobody can tell which are open");
}

#[test]
fn a_table_needs_a_mapping() {
    let refusal = common::refusal(Reader::Table, CSV);
    assert_eq!(refusal.code, Code::UnknownFormat);
    assert_eq!(common::found(CSV), Err(Code::UnknownFormat));
}
