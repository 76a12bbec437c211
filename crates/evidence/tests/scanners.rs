//! Vulnerability scanners and Semgrep: what is found, how serious it is, and when a scan proves nothing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod common;

use clearway_evidence::{Code, Filter, ItemKind, Limits, NoteCode, Reader, Report, Severity, read_all};
use common::{code, figure, figure_of, ids, notes, report, samples};

/// How many open findings have exactly each severity, the worst first, and how many have none.
fn by(report: &Report) -> [u64; 6] {
    let all = report.findings.as_ref().unwrap().all();
    let [info, low, medium, high, critical] = Severity::ALL.map(|severity| all.exactly(severity));
    [critical, high, medium, low, info, all.unknown]
}

#[test]
fn osv_counts_a_vulnerability_once_however_many_ids_it_has() {
    let report = report(Reader::Osv, samples::OSV);
    assert_eq!(by(&report), [1, 0, 1, 0, 0, 1]);
    assert_eq!(figure(&report, "vulnerabilities.count"), "3");
    assert_eq!(
        ids(&report),
        ["OSV-2", "OSV-1", "GHSA-wcg3-cvx6-7396"],
        "what nobody knows the severity of comes first"
    );
    assert_eq!(report.items.list()[2].location.as_deref(), Some("time@0.1.40 Cargo.lock"));
    assert_eq!(notes(&report), [NoteCode::SeverityMissing]);
}

#[test]
fn osv_without_groups_counts_its_entries_and_without_findings_none() {
    let older = r#"{"results": [{"packages": [{"package": {"name": "a", "version": "1"}, "vulnerabilities": [{"id": "X", "database_specific": {"severity": "HIGH"}}]}]}]}"#;
    assert_eq!(by(&report(Reader::Osv, older)), [0, 1, 0, 0, 0, 0]);
    let clean = report(Reader::Osv, r#"{"results": []}"#);
    assert_eq!(clean.measure("vulnerabilities.count", &Filter::ALL).unwrap().samples, 1);
    let licences = r#"{"results": [{"packages": [{"package": {"name": "a", "version": "1"}, "license_violations": ["GPL-3.0"]}]}]}"#;
    assert_eq!(figure(&report(Reader::Osv, licences), "licenses.count"), "1");
    for (text, expected) in [
        (r#"{"results": null}"#, Code::WrongFormat),
        (r#"{"results": [{"check_id": "x"}]}"#, Code::WrongFormat),
        (r#"{"vulns": []}"#, Code::WrongFormat),
        (r#"{"results": [], "results": []}"#, Code::DuplicateKey),
        ("null", Code::NullReport),
    ] {
        assert_eq!(code(Reader::Osv, text), expected, "{text}");
    }
}

#[test]
fn trivy_counts_each_kind_and_leaves_out_what_passed_or_was_set_aside() {
    let report = report(Reader::Trivy, samples::TRIVY);
    let of = |metric| figure(&report, metric);
    assert_eq!(
        [
            of("findings.count"),
            of("vulnerabilities.count"),
            of("misconfigurations.count"),
            of("secrets.count"),
            of("findings.suppressed")
        ],
        ["4", "2", "1", "1", "1"]
    );
    assert_eq!(of("licenses.count"), "-", "nobody looked at licences");
    assert_eq!(figure_of(&report, "vulnerabilities.count", &Filter::severity(Severity::Medium)), "1");
    assert_eq!(report.origin.digests.len(), 2);
    assert_eq!(report.origin.times.unwrap().0.to_string(), "2026-11-02T07:00:00.5Z");
    let places: Vec<_> = report.items.list().iter().map(|item| item.location.as_deref().unwrap()).collect();
    assert_eq!(places[0], "musl@1.2 in shop:1 (alpine)");
    assert!(places.contains(&"Dockerfile:3") && places.contains(&"key.pem:1"));
    assert_eq!(
        report.items.list().last().unwrap().kind,
        ItemKind::Suppressed(clearway_evidence::FindingKind::Vulnerability)
    );
}

#[test]
fn trivy_in_its_older_form_and_of_a_cluster_is_read() {
    let older = r#"[{"Target": "a", "Vulnerabilities": [{"VulnerabilityID": "X", "Severity": "HIGH"}]}, {"Target": "b", "Vulnerabilities": null}]"#;
    assert_eq!(by(&report(Reader::Trivy, older)), [0, 1, 0, 0, 0, 0]);
    let cluster = r#"{"ClusterName": "c", "Resources": [{"Namespace": "n", "Results": [{"Target": "t", "Class": "config", "Misconfigurations": [{"ID": "K", "Severity": "LOW", "Status": "FAIL"}]}]}]}"#;
    assert_eq!(figure(&report(Reader::Trivy, cluster), "misconfigurations.count"), "1");
}

#[test]
fn a_scan_that_looked_at_nothing_casts_doubt() {
    for text in [
        r#"{"SchemaVersion": 2, "ArtifactName": "x"}"#,
        r#"{"SchemaVersion": 2, "Results": null}"#,
        r#"{"SchemaVersion": 2, "Results": []}"#,
    ] {
        let report = report(Reader::Trivy, text);
        assert_eq!(notes(&report), [NoteCode::NothingScanned], "{text}");
        assert_eq!(report.measure("findings.count", &Filter::ALL).unwrap().samples, 0, "{text}");
        assert_eq!(figure(&report, "vulnerabilities.count"), "-", "{text}");
    }
    let report = report(Reader::Semgrep, r#"{"results": [], "errors": [], "paths": {"scanned": []}}"#);
    assert_eq!(notes(&report), [NoteCode::NothingScanned]);
}

#[test]
fn trivy_clean_of_vulnerabilities_says_so() {
    let report = report(
        Reader::Trivy,
        r#"{"SchemaVersion": 2, "Results": [{"Target": "a", "Class": "lang-pkgs", "Type": "cargo"}]}"#,
    );
    let figure = report.measure("vulnerabilities.count", &Filter::ALL).unwrap();
    assert_eq!((figure.value.to_string().as_str(), figure.samples), ("0", 1));
}

#[test]
fn a_report_that_may_hide_the_lower_severities_is_noted() {
    let of = |severities: &[&str]| {
        let list: Vec<String> = severities
            .iter()
            .map(|severity| format!(r#"{{"VulnerabilityID": "X", "Severity": "{severity}"}}"#))
            .collect();
        notes(&report(
            Reader::Trivy,
            format!(
                r#"{{"SchemaVersion": 2, "Results": [{{"Target": "a", "Class": "os-pkgs", "Vulnerabilities": [{}]}}]}}"#,
                list.join(",")
            ),
        ))
    };
    assert_eq!(of(&["HIGH", "CRITICAL"]), [NoteCode::MaybeFiltered]);
    assert_eq!(of(&["HIGH", "LOW"]), []);
    assert_eq!(of(&[]), []);
}

#[test]
fn a_missing_severity_counts_at_every_severity() {
    for severity in
        [r#""Severity": "UNKNOWN""#, r#""Severity": """#, r#""Severity": null"#, r#""Title": "no word""#]
    {
        let report = report(
            Reader::Trivy,
            format!(
                r#"{{"SchemaVersion": 2, "Results": [{{"Target": "a", "Vulnerabilities": [{{"VulnerabilityID": "X", {severity}}}]}}]}}"#
            ),
        );
        assert_eq!(
            figure_of(&report, "vulnerabilities.count", &Filter::severity(Severity::Critical)),
            "1",
            "{severity}"
        );
        assert_eq!(notes(&report), [NoteCode::SeverityMissing], "{severity}");
    }
}

#[test]
fn trivy_with_nonsense_is_refused() {
    for (text, expected) in [
        ("{}", Code::WrongFormat),
        (r#"{"SchemaVersion": 7, "Results": []}"#, Code::UnsupportedVersion),
        (r#"{"SchemaVersion": 2, "Results": [{}]}"#, Code::WrongFormat),
        (r#"{"SchemaVersion": 2, "Results": [{"Target": "a"}], "Results": []}"#, Code::DuplicateKey),
        (
            r#"{"SchemaVersion": 2, "Results": [{"Target": "a", "Vulnerabilities": [{"Severity": "LOW", "Severity": "HIGH"}]}]}"#,
            Code::DuplicateKey,
        ),
        (r#"{"SchemaVersion": 2, "Results": {"Target": "a"}}"#, Code::WrongFormat),
        (r#"{"SchemaVersion": 2, "Results": ["#, Code::Truncated),
        ("null", Code::NullReport),
    ] {
        assert_eq!(code(Reader::Trivy, text), expected, "{text}");
    }
}

#[test]
fn grype_counts_matches_and_not_the_ignored_ones() {
    let report = report(Reader::Grype, samples::GRYPE);
    assert_eq!(by(&report), [0, 1, 0, 0, 1, 0]);
    assert_eq!(figure(&report, "findings.suppressed"), "1");
    assert_eq!(report.origin.digests.len(), 2);
    assert_eq!(report.origin.tools.iter().next().unwrap(), "grype 0.90.0");
    let folder = r#"{"matches": [], "source": {"type": "directory", "target": "/src"}, "descriptor": {"name": "grype"}}"#;
    assert_eq!(figure(&common::report(Reader::Grype, folder), "vulnerabilities.count"), "0");
    assert_eq!(code(Reader::Grype, r#"{"matches": null}"#), Code::WrongFormat);
    assert_eq!(code(Reader::Grype, r#"{"matches": [{"artifact": {}}]}"#), Code::MissingField);
}

#[test]
fn semgrep_has_words_of_its_own_and_ignores_what_the_code_says() {
    let report = report(Reader::Semgrep, samples::SEMGREP);
    assert_eq!(by(&report), [0, 1, 0, 0, 0, 0]);
    assert_eq!(figure(&report, "findings.suppressed"), "1");
    assert_eq!(notes(&report), [], "a warning about one line is no error of the tool");
    let words = |word: &str| {
        by(&common::report(
            Reader::Semgrep,
            format!(
                r#"{{"results": [{{"check_id": "x", "extra": {{"severity": "{word}"}}}}], "errors": []}}"#
            ),
        ))
    };
    assert_eq!(words("CRITICAL"), [1, 0, 0, 0, 0, 0]);
    assert_eq!(words("WARNING"), [0, 0, 1, 0, 0, 0]);
    assert_eq!(words("INFO"), [0, 0, 0, 1, 0, 0]);
    assert_eq!(words("WHO-KNOWS"), [0, 0, 0, 0, 0, 1]);
    let failed = common::report(
        Reader::Semgrep,
        r#"{"results": [], "errors": [{"level": "error", "type": "Timeout"}]}"#,
    );
    assert_eq!(notes(&failed), [NoteCode::ToolErrors]);
    assert_eq!(code(Reader::Semgrep, r#"{"results": []}"#), Code::WrongFormat);
    assert_eq!(code(Reader::Semgrep, r#"{"results": null, "errors": []}"#), Code::WrongFormat);
}

#[test]
fn gitlab_reports_say_what_kind_of_scan_they_are() {
    let report = report(Reader::Gitlab, samples::GITLAB);
    assert_eq!(by(&report), [1, 0, 0, 0, 0, 1]);
    assert_eq!(figure(&report, "vulnerabilities.count"), "2");
    assert_eq!(report.items.list()[1].location.as_deref(), Some("musl@1.2 shop:1"));
    let kind = |kind: &str| samples::GITLAB.replace("container_scanning", kind);
    assert_eq!(figure(&common::report(Reader::Gitlab, kind("secret_detection")), "secrets.count"), "2");
    assert_eq!(figure(&common::report(Reader::Gitlab, kind("sast")), "vulnerabilities.count"), "-");
    for (text, expected) in [
        (samples::GITLAB.replace("success", "failure"), Code::ToolFailed),
        (samples::GITLAB.replace("15.0.7", "2.0"), Code::UnsupportedVersion),
        (r#"{"version": "15.0.0", "vulnerabilities": []}"#.to_owned(), Code::MissingField),
        (r#"{"version": "15.0.0", "scan": {}}"#.to_owned(), Code::WrongFormat),
    ] {
        assert_eq!(code(Reader::Gitlab, &text), expected, "{text}");
    }
}

#[test]
fn scans_of_one_gate_add_up() {
    let inputs = [samples::TRIVY.as_bytes(), samples::TRIVY.as_bytes()];
    let joined = read_all(Reader::Trivy, inputs, &Limits::default()).unwrap().unwrap();
    assert_eq!(
        [figure(&joined, "vulnerabilities.count"), figure(&joined, "findings.suppressed")],
        ["4", "2"]
    );
    assert_eq!(joined.measure("findings.count", &Filter::ALL).unwrap().samples, 2);
}
