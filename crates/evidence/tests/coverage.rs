//! Coverage: the lines themselves count, and what a report declares of them is compared.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod common;

use clearway_evidence::{Code, Filter, Limits, NoteCode, Reader, read_all};
use common::{code, figure, notes, refusal, report, samples};

#[test]
fn lcov_counts_lines_branches_and_functions() {
    let report = report(Reader::Lcov, samples::LCOV);
    let lines = report.measure("coverage.lines", &Filter::ALL).unwrap();
    assert_eq!((lines.share.unwrap().part, lines.share.unwrap().whole, lines.samples), (3, 5, 5));
    assert_eq!(figure(&report, "coverage.branches"), "50");
    assert_eq!(figure(&report, "coverage.functions"), "50");
    assert_eq!(figure(&report, "coverage.statements"), "-", "what a report does not count is no data");
    assert_eq!(notes(&report), []);
}

#[test]
fn lcov_records_of_one_file_are_one_file() {
    let text = "SF:a\nDA:1,0\nDA:2,1\nBRDA:1,0,0,1\nBRDA:1,0,1,0\nend_of_record\nSF:a\nDA:1,5\nDA:2,0\nDA:3,0\nBRDA:1,0,0,0\nBRDA:1,0,1,2\nend_of_record\n";
    let report = report(Reader::Lcov, text);
    assert_eq!(
        (figure(&report, "coverage.lines"), figure(&report, "coverage.branches")),
        ("66.666666".into(), "100".into())
    );
}

#[test]
fn lcov_2_functions_and_names_with_commas_are_read() {
    let text = "SF:a\nFNL:0,3,9\nFNA:0,4,pay\nFNL:1,11\nFNA:1,0,f<int,long>\nFN:20,g(int,long)\nFNDA:0,g(int,long)\nDA:3,1,checksum\nend_of_record\n";
    assert_eq!(figure(&report(Reader::Lcov, text), "coverage.functions"), "33.333333");
}

#[test]
fn declared_coverage_is_compared_with_the_lines() {
    let lcov = |found: u32, hit: u32| {
        report(Reader::Lcov, format!("SF:a\nDA:1,1\nDA:2,0\nLF:{found}\nLH:{hit}\nend_of_record\n"))
    };
    assert_eq!(notes(&lcov(2, 1)), []);
    // The lines say 50%, the report 100%: the lower one counts, and it is a remark.
    assert_eq!(notes(&lcov(2, 2)), [NoteCode::CoverageDiffers]);
    assert_eq!(figure(&lcov(2, 2), "coverage.lines"), "50");
    // The lines say 50%, the report 10%: lines are missing.
    assert_eq!(notes(&lcov(10, 1)), [NoteCode::CoverageOverstated]);
    assert_eq!(lcov(10, 1).doubts().count(), 1);
    let cobertura = |valid: u32, covered: u32| {
        report(
            Reader::Cobertura,
            format!(
                "<coverage lines-valid='{valid}' lines-covered='{covered}'><class filename='a'><lines><line number='1' hits='1'/><line number='2' hits='0'/></lines></class></coverage>"
            ),
        )
    };
    assert_eq!(notes(&cobertura(2, 1)), []);
    assert_eq!(notes(&cobertura(20, 19)), [NoteCode::CoverageDiffers]);
    assert_eq!(notes(&cobertura(20, 1)), [NoteCode::CoverageOverstated]);
    let jacoco =
        report(Reader::Jacoco, samples::JACOCO.replace("\"LINE\" missed=\"1\"", "\"LINE\" missed=\"7\""));
    assert_eq!(notes(&jacoco), [NoteCode::CoverageOverstated]);
}

#[test]
fn lcov_that_is_cut_off_or_no_lcov_is_refused() {
    for (text, expected, line) in [
        ("SF:a\nDA:1,1\n", Code::Truncated, 1),
        ("SF:a\nDA:1,1\nSF:b\nDA:1,1\nend_of_record\n", Code::Truncated, 3),
        ("SF:a\nDA:1,1\nend_of_rec", Code::Truncated, 3),
        ("SF:a\nDA:1,NaN\nend_of_record\n", Code::BadNumber, 2),
        ("SF:a\nDA:x,1\nend_of_record\n", Code::BadNumber, 2),
        ("SF:a\nDA:1\nend_of_record\n", Code::Malformed, 2),
        ("SF:a\nhello\nend_of_record\n", Code::Malformed, 2),
        ("hello\n", Code::Malformed, 1),
    ] {
        let refusal = refusal(Reader::Lcov, text);
        assert_eq!((refusal.code, refusal.place.map_or(0, |place| place.line)), (expected, line), "{text}");
    }
    assert_eq!(code(Reader::Lcov, "TN:\n"), Code::NoResults);
}

#[test]
fn cobertura_counts_each_line_of_a_file_once() {
    let report = report(Reader::Cobertura, samples::COBERTURA);
    assert_eq!(figure(&report, "coverage.lines"), "75");
    assert_eq!(figure(&report, "coverage.branches"), "50");
    assert_eq!(figure(&report, "coverage.functions"), "50");
    assert_eq!(report.origin.times.unwrap().0.to_string(), "2026-11-02T08:00:00Z");
    assert_eq!(notes(&report), []);
}

#[test]
fn cobertura_classes_of_one_file_share_its_lines() {
    let text = "<coverage><class name='A' filename='a\\b.cs'><lines><line number='1' hits='0' branch='true' condition-coverage='50% (1/2)'/></lines></class><class name='A+B' filename='a/b.cs'><lines><line number='1' hits='3' branch='true' condition-coverage='100% (2/2)'/><line number='2' hits='0'/></lines></class></coverage>";
    let report = report(Reader::Cobertura, text);
    assert_eq!(
        (figure(&report, "coverage.lines"), figure(&report, "coverage.branches")),
        ("50".into(), "100".into())
    );
}

#[test]
fn cobertura_with_nonsense_is_refused() {
    let line =
        |line: &str| format!("<coverage>\n<class filename='a'><lines>\n{line}\n</lines></class></coverage>");
    for (text, expected) in [
        (line("<line number='1'/>"), Code::MissingField),
        (line("<line hits='1'/>"), Code::MissingField),
        (line("<line number='1' hits='NaN'/>"), Code::BadNumber),
        (line("<line number='1' hits='1' condition-coverage='150% (3/2)'/>"), Code::BadValue),
        (line("<line number='1' hits='1' condition-coverage='some'/>"), Code::BadValue),
    ] {
        let refusal = refusal(Reader::Cobertura, &text);
        assert_eq!((refusal.code, refusal.place.unwrap().line), (expected, 3), "{text}");
    }
    assert_eq!(code(Reader::Cobertura, "<coverage line-rate='1'><packages/></coverage>"), Code::NoResults);
    assert_eq!(
        code(Reader::Cobertura, "<coverage generated='1' clover='4.4'><project/></coverage>"),
        Code::WrongFormat
    );
    assert_eq!(code(Reader::Cobertura, "<testsuite/>"), Code::WrongFormat);
}

#[test]
fn jacoco_counts_lines_branches_methods_and_instructions() {
    let report = report(Reader::Jacoco, samples::JACOCO);
    assert_eq!(figure(&report, "coverage.lines"), "66.666666");
    assert_eq!(figure(&report, "coverage.branches"), "50");
    assert_eq!(figure(&report, "coverage.functions"), "50");
    assert_eq!(figure(&report, "coverage.instructions"), "55.555555");
    assert_eq!(report.coverage.as_ref().unwrap().sources().collect::<Vec<_>>(), ["core/shop/pay/Pay.java"]);
    assert_eq!(report.origin.times.unwrap().1.to_string(), "2026-11-02T08:01:00Z");
    assert_eq!(notes(&report), []);
}

#[test]
fn jacoco_without_line_numbers_has_branches_and_no_lines() {
    let text = "<report name='x'><package name='p'><class name='p/A'><method name='f' desc='()V'><counter type='METHOD' missed='0' covered='1'/></method><counter type='BRANCH' missed='3' covered='1'/><counter type='INSTRUCTION' missed='1' covered='3'/></class></package></report>";
    let report = report(Reader::Jacoco, text);
    let of = |metric| figure(&report, metric);
    assert_eq!(
        [
            of("coverage.lines"),
            of("coverage.branches"),
            of("coverage.instructions"),
            of("coverage.functions")
        ],
        ["-", "25", "75", "100"]
    );
    assert_eq!(code(Reader::Jacoco, "<report name='x'/>"), Code::NoResults);
    assert_eq!(
        code(
            Reader::Jacoco,
            "<report><package name='p'><sourcefile name='a'><line nr='1'/></sourcefile></package></report>"
        ),
        Code::MissingField
    );
    assert_eq!(
        code(Reader::Jacoco, "<report><counter type='LINE' missed='-1' covered='1'/></report>"),
        Code::BadNumber
    );
}

#[test]
fn go_profiles_count_statements_and_lines() {
    let report = report(Reader::GoCover, samples::GO_COVER);
    assert_eq!(figure(&report, "coverage.statements"), "80", "a block that stands twice is one block");
    assert_eq!(figure(&report, "coverage.lines"), "85.714285");
    for (text, expected) in [
        ("mode: fast\n", Code::UnsupportedVersion),
        ("a.go:1.1,2.2 1 1\n", Code::WrongFormat),
        ("mode: set\n", Code::NoResults),
        ("mode: set\na.go:1.1,2.2 1 1", Code::Truncated),
        ("mode: set\na.go:1.1,2.2 1\n", Code::Malformed),
        ("mode: set\na.go:3.1,2.2 1 1\n", Code::Malformed),
        ("mode: set\na.go:1.1,4000000000.2 1 1\n", Code::Malformed),
        ("mode: set\na.go:1.1,2.2 1 NaN\n", Code::BadNumber),
    ] {
        assert_eq!(code(Reader::GoCover, text), expected, "{text}");
    }
}

#[test]
fn a_large_file_weighs_more_than_a_small_one_and_one_in_two_reports_is_one() {
    let read = |texts: &[&str]| {
        read_all(Reader::Lcov, texts.iter().map(|text| text.as_bytes()), &Limits::default()).unwrap().unwrap()
    };
    let small = "SF:small\nDA:1,1\nend_of_record\n";
    let large = "SF:large\nDA:1,0\nDA:2,0\nDA:3,0\nend_of_record\n";
    assert_eq!(figure(&read(&[small, large]), "coverage.lines"), "25");
    let again = "SF:large\nDA:1,1\nDA:2,1\nDA:3,0\nend_of_record\n";
    assert_eq!(figure(&read(&[small, large, again]), "coverage.lines"), "75");
}
