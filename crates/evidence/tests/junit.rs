//! JUnit XML: what is counted, and what is refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod common;

use clearway_evidence::{Code, Filter, ItemKind, Limits, NoteCode, Reader, read_all};
use common::{code, counts, figure, figure_of, ids, notes, refusal, report, samples};

fn junit(text: &str) -> clearway_evidence::Report {
    report(Reader::Junit, text)
}

#[test]
fn cases_are_counted_by_their_worst_result() {
    let report = junit(samples::JUNIT);
    assert_eq!(counts(&report), [7, 4, 1, 1, 1, 1]);
    assert_eq!(figure(&report, "tests.pass-rate"), "66.666666");
    assert_eq!(report.measure("tests.failed", &Filter::ALL).unwrap().samples, 6);
    assert_eq!(report.origin.commits.iter().next().unwrap(), "0f1e2d3c4b5a69788796a5b4c3d2e1f001122334");
    assert_eq!(report.origin.times.unwrap().0.to_string(), "2026-11-02T07:00:00Z");
    assert_eq!(notes(&report), []);
    let listed: Vec<_> =
        report.items.list().iter().map(|item| (item.kind, item.id.as_str(), item.message.as_str())).collect();
    assert_eq!(
        listed,
        [
            (ItemKind::Failed, "checkout.Pay.voucher", "expected 12.00 < 11.50"),
            (ItemKind::Errored, "checkout.Pay.gift", "Timeout"),
            (ItemKind::Flaky, "checkout.Pay.retry", "once"),
        ]
    );
    assert_eq!(report.items.list()[0].location.as_deref(), Some("tests/checkout.py"));
}

#[test]
fn a_case_with_several_results_has_the_worst() {
    let report = junit(
        "<testsuite><testcase name='a'><skipped/><failure/><error/></testcase><testcase name='b'><failure message='one'/><failure message='two'/></testcase></testsuite>",
    );
    assert_eq!(counts(&report), [2, 0, 1, 1, 0, 0]);
    assert_eq!(report.items.list()[1].message, "one");
}

#[test]
fn a_suite_that_declares_more_cases_than_it_holds_casts_doubt() {
    let report =
        junit("<testsuites tests='9'><testsuite tests='5'><testcase name='a'/></testsuite></testsuites>");
    assert_eq!(counts(&report), [1, 1, 0, 0, 0, 0]);
    assert_eq!(figure(&report, "tests.missing"), "8");
    assert_eq!(notes(&report), [NoteCode::CasesMissing]);
    assert_eq!(report.doubts().count(), 1);
}

#[test]
fn counts_of_nested_suites_are_not_added_to_those_of_their_parents() {
    let report = junit(
        "<testsuites tests='3'><testsuite name='p' tests='3'><testsuite name='q' tests='2'><testcase name='a'/><testcase name='b'/></testsuite><testcase name='c'/></testsuite></testsuites>",
    );
    assert_eq!(counts(&report), [3, 3, 0, 0, 0, 0]);
    assert_eq!(notes(&report), []);
}

#[test]
fn a_suite_that_declares_less_than_it_holds_is_a_remark() {
    let report = junit(
        "<testsuite tests='1' failures='0'><testcase name='a'/><testcase name='b'><failure/></testcase></testsuite>",
    );
    assert_eq!(counts(&report), [2, 1, 1, 0, 0, 0]);
    assert_eq!(notes(&report), [NoteCode::CountsUnderstated]);
    assert_eq!(report.doubts().count(), 0);
}

#[test]
fn failures_that_no_case_accounts_for_are_failures() {
    // jest-junit writes this for a suite that would not start.
    let report = junit(
        "<testsuites tests='1' failures='0' errors='1'><testsuite name='broken' tests='0' errors='1'/><testsuite name='fine' tests='1'><testcase name='a'/></testsuite></testsuites>",
    );
    assert_eq!(counts(&report), [2, 1, 0, 1, 0, 0]);
    assert_eq!(notes(&report), [NoteCode::FailuresUnlisted]);
    assert_eq!(ids(&report), ["broken"]);
}

#[test]
fn a_result_directly_in_a_suite_is_a_case() {
    let report = junit(
        "<testsuite name='setup' tests='1' errors='1'><error message='no database'>trace</error></testsuite>",
    );
    assert_eq!(counts(&report), [1, 0, 0, 1, 0, 0]);
    assert_eq!(report.items.list()[0].message, "no database");
    assert_eq!(notes(&report), []);
}

#[test]
fn a_report_without_cases_proves_nothing() {
    assert_eq!(
        code(Reader::Junit, "<testsuites><testsuite tests='6' failures='1' skipped='2'/></testsuites>"),
        Code::NoCases
    );
    // One that declares none is not wrong, and has no sample.
    let empty = junit("<testsuites tests='0'/>");
    assert_eq!(empty.measure("tests.failed", &Filter::ALL).unwrap().samples, 0);
    assert_eq!(figure(&empty, "tests.pass-rate"), "-");
    // Nor has one whose cases were all skipped.
    let skipped = junit("<testsuite><testcase name='a'><skipped/></testcase></testsuite>");
    assert_eq!(skipped.measure("tests.failed", &Filter::ALL).unwrap().samples, 0);
}

#[test]
fn reruns_are_runs_and_not_cases() {
    // Surefire: `tests` and `failures` count runs.
    let failing = junit(
        "<testsuite tests='3' failures='3'><testcase name='a'><failure/><rerunFailure/><rerunFailure/></testcase></testsuite>",
    );
    assert_eq!(counts(&failing), [1, 0, 1, 0, 0, 0]);
    assert_eq!(notes(&failing), []);
    // Surefire and nextest: it passed in the end.
    let flaky = junit(
        "<testsuite tests='1'><testcase name='a'><flakyFailure message='first'/><flakyError/></testcase></testsuite>",
    );
    assert_eq!(counts(&flaky), [1, 1, 0, 0, 0, 1]);
}

#[test]
fn attributes_of_a_case_say_that_it_was_not_run() {
    let report = junit(
        "<testsuites><testsuite name='gtest' tests='4' disabled='1'><testcase name='a' status='run' result='completed'/><testcase name='b' status='notrun' result='suppressed'/><testcase name='c' status='run' result='skipped'/><testcase name='d' status='failed'/></testsuite></testsuites>",
    );
    assert_eq!(counts(&report), [4, 1, 1, 0, 2, 0]);
}

#[test]
fn tags_come_from_properties_attributes_and_names() {
    let report = junit(
        "<testsuite name='s'>
           <testcase name='a'><properties><property name='tags' value='critical-journey, slow'/></properties><failure/></testcase>
           <testcase name='b' tags='critical-journey'/>
           <testcase name='pays by card @critical-journey @smoke'/>
           <testcase name='c'><properties><property name='cmake_labels'>slow;nightly</property></properties></testcase>
           <testcase name='mail to a@example.org'/>
           <properties><property name='tag' value='late'/></properties>
         </testsuite>",
    );
    let of = |tag: &str| figure_of(&report, "tests.total", &Filter::tag(tag));
    assert_eq!(of("critical-journey"), "3");
    assert_eq!(of("slow"), "2");
    assert_eq!(of("nightly"), "1");
    assert_eq!(of("smoke"), "1");
    assert_eq!(of("late"), "5", "a tag of the suite is a tag of its cases");
    assert_eq!(of("example.org"), "-");
    assert_eq!(figure_of(&report, "tests.failed", &Filter::tag("critical-journey")), "1");
    assert_eq!(of("never-tested"), "-", "a tag that no case has is no data");
}

#[test]
fn one_tag_twice_counts_once() {
    let report = junit("<testsuite name='s' tags='x'><testcase name='a @x' tags='x,x'/></testsuite>");
    assert_eq!(figure_of(&report, "tests.total", &Filter::tag("x")), "1");
}

#[test]
fn other_xml_is_told_by_its_name() {
    for (text, told) in [
        ("<suites><suite tests='5'/></suites>", "`<suites>`"),
        ("<coverage/>", "`cobertura` would read"),
        ("<test-run id='2'/>", "NUnit"),
        ("<TestRun/>", "TRX"),
        ("<assemblies/>", "xUnit.net"),
    ] {
        let refusal = refusal(Reader::Junit, text);
        assert_eq!(refusal.code, Code::WrongFormat, "{text}");
        assert!(refusal.message.contains(told), "{text}: {}", refusal.message);
    }
    assert_eq!(code(Reader::Junit, "<!DOCTYPE html>\n<html><body>502</body></html>"), Code::HtmlPage);
    assert_eq!(code(Reader::Junit, "null"), Code::Malformed);
}

#[test]
fn entities_are_never_read() {
    let bomb = "<!DOCTYPE t [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><testsuite name='&b;'/>";
    assert_eq!(code(Reader::Junit, bomb), Code::EntityDeclaration);
    let external = "<!DOCTYPE t [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><testsuite><testcase name='a'><failure>&x;</failure></testcase></testsuite>";
    assert_eq!(code(Reader::Junit, external), Code::EntityDeclaration);
    assert_eq!(code(Reader::Junit, "<testsuite><testcase name='&x;'/></testsuite>"), Code::Malformed);
}

#[test]
fn numbers_that_are_none_are_refused_with_their_line() {
    for attribute in ["tests='NaN'", "tests='-1'", "failures='1.5'", "errors='99999999999999999999'"] {
        let refusal =
            refusal(Reader::Junit, format!("<testsuites>\n<testsuite {attribute}/>\n</testsuites>"));
        assert_eq!((refusal.code, refusal.place.unwrap().line), (Code::BadNumber, 2), "{attribute}");
    }
    // An empty one says nothing, and durations are not read at all.
    assert_eq!(
        counts(&junit(
            "<testsuite tests=''><testcase name='a' time='NaN'/><testcase name='b' time='-3'/></testsuite>"
        ))[0],
        2
    );
}

#[test]
fn reports_of_one_gate_add_up_unless_they_contradict() {
    let pass = "<testsuite name='s'><testcase classname='c' name='a'/></testsuite>";
    let fail = "<testsuite name='s'><testcase classname='c' name='a'><failure/></testcase></testsuite>";
    let read = |texts: &[&str]| {
        read_all(Reader::Junit, texts.iter().map(|text| text.as_bytes()), &Limits::default())
    };
    assert_eq!(counts(&read(&[pass, pass]).unwrap().unwrap()), [2, 2, 0, 0, 0, 0]);
    let (at, refusal) = read(&[pass, fail]).unwrap_err();
    assert_eq!((at, refusal.code), (1, Code::ContradictingReports));
    assert!(refusal.message.contains("s › c › a"), "{}", refusal.message);
    assert_eq!(read(&[fail, pass]).unwrap_err().1.code, Code::ContradictingReports);
    // One report that says both is one run that tried it twice.
    let both = "<testsuite name='s'><testcase classname='c' name='a'><failure/></testcase><testcase classname='c' name='a'/></testsuite>";
    assert_eq!(counts(&read(&[both, pass]).unwrap().unwrap()), [3, 2, 1, 0, 0, 0]);
    assert_eq!(read(&[]), Ok(None), "no evidence is not good evidence");
}

#[test]
fn the_worst_are_listed_and_all_are_counted() {
    let cases: String = (0..5000).map(|n| format!("<testcase name='n{n}'><failure/></testcase>")).collect();
    let report = junit(&format!("<testsuite>{cases}</testsuite>"));
    assert_eq!(counts(&report)[2], 5000);
    assert_eq!((report.items.list().len(), report.items.omitted), (1000, 4000));
    assert_eq!(notes(&report), [NoteCode::ListCut]);
}
