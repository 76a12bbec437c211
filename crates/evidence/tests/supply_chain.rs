//! Bills of materials, attestations and status pages.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod common;

use clearway_evidence::{Code, Filter, NoteCode, Reader, Severity};
use common::{code, figure, figure_of, notes, report, samples};

/// Base64, written out here so that the library's is not judged by itself.
fn base64(bytes: &[u8]) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    bytes
        .chunks(3)
        .map(|chunk| {
            let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
                << (8 * (3 - chunk.len()));
            (0..4)
                .map(|at| {
                    if at <= chunk.len() {
                        char::from(alphabet[(bits >> (18 - 6 * at) & 63) as usize])
                    } else {
                        '='
                    }
                })
                .collect::<String>()
        })
        .collect()
}

fn envelope(statement: &str, signatures: &str) -> String {
    format!(
        r#"{{"payloadType": "application/vnd.in-toto+json", "payload": "{}", "signatures": [{signatures}]}}"#,
        base64(statement.as_bytes())
    )
}

#[test]
fn cyclonedx_counts_components_and_rates_vulnerabilities_by_their_worst_rating() {
    let report = report(Reader::Cyclonedx, samples::CYCLONEDX);
    let of = |metric| figure(&report, metric);
    assert_eq!(
        [
            of("components.count"),
            of("components.unversioned"),
            of("components.unlicensed"),
            of("components.dependencies")
        ],
        ["3", "1", "2", "1"]
    );
    assert_eq!([of("vulnerabilities.count"), of("findings.suppressed")], ["3", "1"]);
    let severe = |severity| figure_of(&report, "vulnerabilities.count", &Filter::severity(severity));
    assert_eq!(
        [severe(Severity::Critical), severe(Severity::High)],
        ["2", "3"],
        "a score of 9.8, a rating that is missing, and one that is high"
    );
    assert_eq!(report.origin.digests.len(), 1);
    assert_eq!(notes(&report), [NoteCode::SeverityMissing]);
}

#[test]
fn cyclonedx_is_read_as_xml_too() {
    let report = report(Reader::Cyclonedx, samples::CYCLONEDX_XML);
    let of = |metric| figure(&report, metric);
    assert_eq!(
        [
            of("components.count"),
            of("components.unversioned"),
            of("components.unlicensed"),
            of("components.dependencies")
        ],
        ["3", "1", "2", "1"]
    );
    assert_eq!([of("vulnerabilities.count"), of("findings.suppressed")], ["1", "1"]);
    assert_eq!(figure_of(&report, "vulnerabilities.count", &Filter::severity(Severity::High)), "1");
    let score = |score: &str| {
        format!(
            "<bom><vulnerabilities><vulnerability><ratings><rating><score>{score}</score></rating></ratings></vulnerability></vulnerabilities></bom>"
        )
    };
    assert_eq!(
        figure_of(
            &common::report(Reader::Cyclonedx, score("9.8")),
            "vulnerabilities.count",
            &Filter::severity(Severity::Critical)
        ),
        "1"
    );
    assert_eq!(code(Reader::Cyclonedx, score("NaN")), Code::BadNumber);
    assert_eq!(code(Reader::Cyclonedx, "<bom/>"), Code::NoResults);
}

#[test]
fn a_bill_without_a_list_of_vulnerabilities_says_nothing_of_them() {
    let bill = |more: &str| {
        report(
            Reader::Cyclonedx,
            format!(r#"{{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": []{more}}}"#),
        )
    };
    assert_eq!(figure(&bill(""), "vulnerabilities.count"), "-");
    assert_eq!(figure(&bill(r#", "vulnerabilities": []"#), "vulnerabilities.count"), "0");
    for (text, expected) in [
        (r#"{"bomFormat": "CycloneDX"}"#, Code::MissingField),
        (r#"{"bomFormat": "CycloneDX", "specVersion": "9.0"}"#, Code::UnsupportedVersion),
        (r#"{"SchemaVersion": 2, "Results": []}"#, Code::WrongFormat),
        (r#"{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": 3}"#, Code::WrongFormat),
        (
            r#"{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [], "components": []}"#,
            Code::DuplicateKey,
        ),
    ] {
        assert_eq!(code(Reader::Cyclonedx, text), expected, "{text}");
    }
}

#[test]
fn spdx_counts_packages_in_2_and_in_3() {
    let report = report(Reader::Spdx, samples::SPDX);
    let of = |metric| figure(&report, metric);
    assert_eq!(
        [
            of("components.count"),
            of("components.unversioned"),
            of("components.unlicensed"),
            of("components.dependencies")
        ],
        ["2", "1", "1", "1"]
    );
    let three = r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [
        {"type": "CreationInfo", "specVersion": "3.0.1", "created": "2026-11-02T08:00:00Z"},
        {"type": "software_Package", "name": "a", "software_packageVersion": "1"}, {"type": "Relationship"}]}"#;
    let three = common::report(Reader::Spdx, three);
    assert_eq!([figure(&three, "components.count"), figure(&three, "components.dependencies")], ["1", "1"]);
    assert_eq!(
        code(Reader::Spdx, r#"{"spdxVersion": "SPDX-1.2", "packages": []}"#),
        Code::UnsupportedVersion
    );
    assert_eq!(code(Reader::Spdx, r#"{"spdxVersion": "SPDX-2.3"}"#), Code::NoResults);
    assert_eq!(code(Reader::Spdx, "{}"), Code::WrongFormat);
}

#[test]
fn statements_are_read_bare_in_envelopes_in_bundles_and_line_by_line() {
    let compact: String = samples::STATEMENT.lines().map(str::trim).collect();
    let signed = envelope(&compact, r#"{"keyid": "", "sig": "c2ln"}"#);
    let bundle = format!(
        r#"{{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial": {{}}, "dsseEnvelope": {signed}}}"#
    );
    for (text, count, signatures) in [
        (samples::STATEMENT.to_owned(), "1", "0"),
        (signed.clone(), "1", "1"),
        (envelope(&compact, ""), "1", "0"),
        (bundle.clone(), "1", "1"),
        (format!("{signed}\n{bundle}\n"), "2", "2"),
        (format!(r#"[{{"attestation": {{"bundle": {bundle}}}, "verificationResult": {{}}}}]"#), "1", "1"),
        (format!(r#"{{"attestations": [{{"bundle": {bundle}}}]}}"#), "1", "1"),
    ] {
        let report = report(Reader::InToto, &text);
        assert_eq!(
            [figure(&report, "attestations.count"), figure(&report, "attestations.signed")],
            [count, signatures],
            "{text}"
        );
        assert_eq!(common::found(&text), Ok(Reader::InToto), "{text}");
        assert_eq!(notes(&report), [NoteCode::SignatureUnverified]);
        let digest = format!("sha256:{}", "1".repeat(64));
        assert!(report.origin.digests.contains(&digest));
        assert_eq!(report.attestations.as_ref().unwrap().about(&digest).count().to_string(), count);
        assert_eq!(report.attestations.as_ref().unwrap().about("sha256:22").count(), 0);
        assert_eq!(
            report.origin.commits.iter().collect::<Vec<_>>(),
            ["0f1e2d3c4b5a69788796a5b4c3d2e1f001122334"]
        );
        assert_eq!(report.origin.times.unwrap().1.to_string(), "2026-11-02T08:00:00Z");
    }
}

#[test]
fn statements_that_say_that_something_failed_are_counted() {
    let statement = |predicate: &str| {
        format!(
            r#"{{"_type": "https://in-toto.io/Statement/v1", "subject": [{{"digest": {{"sha256": "ab"}}}}], "predicateType": "p", "predicate": {predicate}}}"#
        )
    };
    let failed =
        |predicate: &str| figure(&report(Reader::InToto, statement(predicate)), "attestations.failed");
    assert_eq!(failed(r#"{"result": "PASSED"}"#), "0");
    assert_eq!(failed(r#"{"result": "WARNED"}"#), "1");
    assert_eq!(failed(r#"{"verificationResult": "FAILED"}"#), "1");
    assert_eq!(failed("null"), "0");
}

#[test]
fn statements_about_nothing_and_envelopes_of_something_else_are_refused() {
    let compact: String = samples::STATEMENT.lines().map(str::trim).collect();
    for (text, expected) in [
        (r#"{"_type": "https://in-toto.io/Statement/v1", "predicateType": "p", "subject": []}"#.to_owned(), Code::MissingField),
        (r#"{"_type": "https://in-toto.io/Statement/v1", "predicateType": "p", "subject": [{"name": "a", "digest": {}}]}"#.to_owned(), Code::MissingField),
        (r#"{"_type": "https://in-toto.io/Statement/v1", "subject": [{"digest": {"sha256": "a"}}]}"#.to_owned(), Code::MissingField),
        (r#"{"_type": "https://in-toto.io/Statement/v9", "predicateType": "p", "subject": [{"digest": {"sha256": "a"}}]}"#.to_owned(), Code::UnsupportedVersion),
        (r#"{"_type": "link"}"#.to_owned(), Code::WrongFormat),
        (envelope(&compact, "").replace("vnd.in-toto+json", "json"), Code::WrongFormat),
        (r#"{"payloadType": "application/vnd.in-toto+json", "payload": "%%%", "signatures": []}"#.to_owned(), Code::Malformed),
        (envelope("{\"a\":", ""), Code::Malformed),
        (envelope(&envelope(&compact, ""), ""), Code::WrongFormat),
        (format!("{}\n{{\"payload\":", envelope(&compact, "")), Code::Truncated),
        ("[]".to_owned(), Code::NoResults),
        ("null".to_owned(), Code::NullReport),
    ] {
        assert_eq!(code(Reader::InToto, &text), expected, "{text}");
    }
}

#[test]
fn a_status_page_says_how_bad_it_is() {
    let report = report(Reader::Statuspage, samples::STATUSPAGE);
    let of = |metric| figure(&report, metric);
    assert_eq!(
        [
            of("status.impact"),
            of("status.components"),
            of("status.operational"),
            of("status.degraded"),
            of("status.incidents")
        ],
        ["2", "2", "1", "1", "1"]
    );
    assert_eq!(
        report.items.list().iter().map(|item| item.id.as_str()).collect::<Vec<_>>(),
        ["API", "Errors in the API"]
    );
    assert_eq!(report.origin.times.unwrap().0.to_string(), "2026-11-02T08:00:00Z");
    let short =
        common::report(Reader::Statuspage, r#"{"page": {"name": "x"}, "status": {"indicator": "none"}}"#);
    assert_eq!(
        [
            figure(&short, "status.impact"),
            figure(&short, "status.components"),
            figure(&short, "status.incidents")
        ],
        ["0", "-", "-"]
    );
    for (text, expected) in [
        (r#"{"page": {}, "status": {"indicator": "fine"}}"#, Code::BadValue),
        (r#"{"page": {}, "components": [{"name": "a", "status": "so-so"}]}"#, Code::BadValue),
        (r#"{"page": {}, "status": {}}"#, Code::MissingField),
        (r#"{"page": {}}"#, Code::WrongFormat),
        (r#"{"status": {"indicator": "none"}}"#, Code::WrongFormat),
        ("null", Code::NullReport),
        ("<html></html>", Code::HtmlPage),
    ] {
        assert_eq!(code(Reader::Statuspage, text), expected, "{text}");
    }
}
