//! Load tests: k6 and JMeter.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod common;

use clearway_evidence::{Code, Filter, Limits, NoteCode, Reader, read_all};
use common::{code, figure, figures, ids, notes, report, samples};

/// What `handleSummary` gets: a threshold says whether it held.
const HANDLE_SUMMARY: &str = r#"{
  "options": {"summaryTrendStats": ["avg", "med", "p(99)"], "summaryTimeUnit": "", "noColor": false},
  "state": {"isStdOutTTY": false, "testRunDurationMs": 10000},
  "root_group": {"name": "", "groups": [{"name": "pay", "groups": [], "checks": [{"name": "paid", "passes": 1, "fails": 1}]}], "checks": []},
  "metrics": {
    "http_reqs": {"type": "counter", "contains": "default", "values": {"count": 200, "rate": 20.5}},
    "http_req_failed": {"type": "rate", "contains": "default", "values": {"rate": 0.01, "passes": 2, "fails": 198}, "thresholds": {"rate<0.05": {"ok": true}, "rate<0.001": {"ok": false}}},
    "http_req_duration": {"type": "trend", "contains": "time", "values": {"avg": 80, "med": 70.25, "p(99)": 480.5}},
    "http_req_duration{scenario:peak}": {"type": "trend", "contains": "time", "values": {"med": 1}, "thresholds": {"p(95)<200": {"ok": true}}}
  }
}"#;

const MACHINE_READABLE: &str = r#"{
  "version": "1.0.0",
  "metadata": {"generatedAt": "2026-11-02T08:00:00Z", "k6Version": "2.0.0"},
  "config": {"execution": "local", "script": "a.js", "duration": 10.0},
  "results": {
    "checks": {"metrics": [{"name": "checks_succeeded", "type": "rate", "contains": "default", "values": {"rate": 0.5, "matches": 1, "total": 2}}],
               "results": [{"name": "paid", "passes": 1, "fails": 1}]},
    "metrics": [
      {"name": "http_reqs", "type": "counter", "contains": "default", "values": {"count": 200}},
      {"name": "http_req_failed", "type": "rate", "contains": "default", "values": {"rate": 0.01, "matches": 2, "total": 200}},
      {"name": "http_req_duration", "type": "trend", "contains": "time", "values": {"med": 70.25, "p(95)": 201.125}}
    ]
  }
}"#;

#[test]
fn in_an_exported_summary_true_means_crossed() {
    let report = report(Reader::K6, samples::K6);
    let of = |metric| figure(&report, metric);
    assert_eq!([of("http.requests"), of("http.error-rate"), of("http.request-rate")], ["200", "1", "20.5"]);
    assert_eq!(
        [of("latency.p50"), of("latency.p90"), of("latency.p95"), of("latency.p99")],
        ["70.25", "140.5", "201.125", "-"]
    );
    assert_eq!([of("thresholds.crossed"), of("checks.pass-rate"), of("checks.failed")], ["1", "99", "2"]);
    assert_eq!(ids(&report), ["http_req_duration", "status is 200"]);
    assert_eq!(report.measure("latency.p95", &Filter::ALL).unwrap().samples, 200);
}

#[test]
fn every_form_says_how_long_the_test_went_on() {
    let of = |text: &str| {
        let report = report(Reader::K6, text);
        [figure(&report, "load.duration"), figure(&report, "load.users")]
    };
    assert_eq!(of(HANDLE_SUMMARY), ["10000", "-"]);
    assert_eq!(of(MACHINE_READABLE), ["10000", "-"]);
    assert_eq!(
        of(r#"{"metrics":{"http_reqs":{"count":6000,"rate":10.0},"vus":{"value":1,"max":50}}}"#),
        ["600000", "50"]
    );
    let table = "timeStamp,elapsed,success,allThreads\n0,100,true,1\n59900,100,true,7\n";
    let jmeter = report(Reader::Jmeter, table);
    assert_eq!([figure(&jmeter, "load.duration"), figure(&jmeter, "load.users")], ["60000", "7"]);
}

#[test]
fn in_a_summary_of_handle_summary_ok_means_held() {
    let report = report(Reader::K6, HANDLE_SUMMARY);
    let of = |metric| figure(&report, metric);
    assert_eq!(
        [of("http.requests"), of("http.error-rate"), of("latency.p50"), of("latency.p99"), of("latency.p95")],
        ["200", "1", "70.25", "480.5", "-"]
    );
    assert_eq!(of("thresholds.crossed"), "1");
    assert_eq!(report.items.list()[0].message, "the threshold `rate<0.001` was crossed");
    assert_eq!(report.items.list()[1].id, "paid");
}

#[test]
fn the_machine_readable_summary_is_read() {
    let report = report(Reader::K6, MACHINE_READABLE);
    let of = |metric| figure(&report, metric);
    assert_eq!(
        [
            of("http.requests"),
            of("http.error-rate"),
            of("http.request-rate"),
            of("latency.p95"),
            of("checks.pass-rate")
        ],
        ["200", "1", "20", "201.125", "50"]
    );
    assert_eq!(of("thresholds.crossed"), "-", "the schema has no thresholds");
    assert_eq!(report.origin.tools.iter().next().unwrap(), "k6 2.0.0");
}

#[test]
fn a_summary_without_requests_measured_nothing() {
    let report = report(
        Reader::K6,
        r#"{"metrics": {"http_req_duration": {"med": 0, "p(95)": 0}, "http_req_failed": {"value": 0, "passes": 0, "fails": 0}, "http_reqs": {"count": 0, "rate": 0}}}"#,
    );
    assert_eq!(
        [
            figure(&report, "latency.p95"),
            figure(&report, "http.error-rate"),
            figure(&report, "http.request-rate")
        ],
        ["-", "-", "-"]
    );
    assert_eq!(report.measure("http.requests", &Filter::ALL).unwrap().samples, 0);
}

#[test]
fn a_summary_with_nonsense_is_refused() {
    for (text, expected) in [
        (
            r#"{"metrics": {"http_req_failed": {"value": 0.02, "passes": 198, "fails": 2}}}"#,
            Code::Contradiction,
        ),
        (r#"{"metrics": {"http_reqs": {"count": -1}}}"#, Code::BadNumber),
        (r#"{"metrics": {"http_reqs": {"count": 1.5}}}"#, Code::BadNumber),
        (r#"{"metrics": {"http_reqs": {"count": "NaN"}}}"#, Code::BadNumber),
        (r#"{"metrics": {"http_reqs": {"count": 1e300}}}"#, Code::BadNumber),
        (r#"{"metrics": {"http_req_duration": {"p(95)": -5}}}"#, Code::BadNumber),
        (r#"{"metrics": {"http_reqs": {"count": 1}, "http_reqs": {"count": 2}}}"#, Code::DuplicateKey),
        (r#"{"metrics": {"x": {"thresholds": {"a": true, "a": false}}}}"#, Code::DuplicateKey),
        (r#"{"metrics": {"x": {"thresholds": {"a": "yes"}}}}"#, Code::WrongFormat),
        (r#"{"version": "2.0.0", "results": {"metrics": []}}"#, Code::UnsupportedVersion),
        (r#"{"type": "Point", "metric": "http_reqs", "data": {}}"#, Code::WrongFormat),
        (r#"{"metrics": {"http_reqs": {"count": NaN}}}"#, Code::Malformed),
        ("{}", Code::WrongFormat),
        ("null", Code::NullReport),
    ] {
        assert_eq!(code(Reader::K6, text), expected, "{text}");
    }
}

#[test]
fn a_results_file_is_read_as_csv_and_as_xml() {
    let csv = report(Reader::Jmeter, samples::JMETER_CSV);
    let of = |metric| figure(&csv, metric);
    assert_eq!(
        [of("http.requests"), of("http.error-rate"), of("latency.p50"), of("latency.p95")],
        ["3", "33.333333", "200", "300"]
    );
    assert_eq!(of("http.request-rate"), "2.5");
    assert_eq!(
        (ids(&csv), csv.items.list()[0].message.as_str()),
        (vec!["pay, card"], "1 failed: expected \"OK\" found nothing")
    );
    let xml = report(Reader::Jmeter, samples::JMETER_XML);
    assert_eq!(
        [figure(&xml, "http.requests"), figure(&xml, "http.error-rate")],
        ["2", "50"],
        "samples within samples are parts of them"
    );
    let semicolons = report(Reader::Jmeter, "timeStamp;elapsed;success\n2026/11/02 08:00:00;5;TRUE\n");
    assert_eq!([figure(&semicolons, "latency.p50"), figure(&semicolons, "http.request-rate")], ["5", "-"]);
}

#[test]
fn a_percentile_that_interpolates_would_let_a_gate_pass_that_this_one_does_not() {
    // Ten requests of 1 to 10 ms, one of 100. Between the tenth and the eleventh k6 interpolates to a p95 of 55 ms, which a gate at 60 ms
    // takes; but within 60 ms only ten of eleven were answered, which is 90.9%.
    let rows: String =
        (1..=10).chain([100]).map(|elapsed| format!("1793606400000,{elapsed},true\n")).collect();
    let report = report(Reader::Jmeter, format!("timeStamp,elapsed,success\n{rows}"));
    assert_eq!(figure(&report, "latency.p90"), "10");
    assert_eq!(figure(&report, "latency.p95"), "100");
}

#[test]
fn a_results_file_that_is_cut_off_or_has_nonsense_is_refused() {
    let head = "timeStamp,elapsed,label,success\n";
    for (text, expected) in [
        (format!("{head}1,2,a,true"), Code::Truncated),
        (format!("{head}1,2,\"a\n"), Code::Truncated),
        (format!("{head}1,2,a\n"), Code::Malformed),
        (format!("{head}1,2,a,true,x\n"), Code::Malformed),
        (format!("{head}1,NaN,a,true\n"), Code::BadNumber),
        (format!("{head}1,-2,a,true\n"), Code::BadNumber),
        (format!("{head}1,2,a,perhaps\n"), Code::BadValue),
        (head.to_owned(), Code::NoSamples),
        ("1793606400000,2,a,200,true\n".to_owned(), Code::MissingColumn),
        ("elapsed,elapsed,success\n1,2,true\n".to_owned(), Code::DuplicateKey),
        ("<testResults version='1.2'/>".to_owned(), Code::NoSamples),
        ("<testResults><sample t='1'/></testResults>".to_owned(), Code::MissingField),
        ("<testResults><sample s='true'/></testResults>".to_owned(), Code::MissingField),
        ("<testResults><sample t='1' s='maybe'/></testResults>".to_owned(), Code::BadValue),
        ("<testResults><sample t='1' s='true'/>".to_owned(), Code::Truncated),
        ("<html><body>login</body></html>".to_owned(), Code::HtmlPage),
        ("null".to_owned(), Code::NullReport),
    ] {
        assert_eq!(code(Reader::Jmeter, &text), expected, "{text}");
    }
}

#[test]
fn statistics_have_the_percentiles_of_jmeter() {
    let report = report(Reader::Jmeter, samples::JMETER_STATISTICS);
    let of = |metric| figure(&report, metric);
    assert_eq!(
        [
            of("http.requests"),
            of("http.error-rate"),
            of("latency.p90"),
            of("latency.p99"),
            of("http.request-rate")
        ],
        ["200", "1.5", "120", "390.5", "20"]
    );
    assert_eq!((notes(&report), ids(&report)), (vec![NoteCode::PercentilesAssumed], vec!["pay"]));
    for (text, expected) in [
        (r#"{"Total": {"sampleCount": 10, "errorCount": 5, "errorPct": 1.0}}"#, Code::Contradiction),
        (r#"{"Total": {"sampleCount": 10, "errorCount": 11}}"#, Code::Contradiction),
        (r#"{"Total": {"sampleCount": 0, "errorCount": 0}}"#, Code::NoSamples),
        (r#"{"Total": {"sampleCount": 1, "errorCount": 0, "pct1ResTime": -1}}"#, Code::BadNumber),
        (r#"{"Total": {"sampleCount": 1, "errorCount": 0, "pct1ResTime": NaN}}"#, Code::Malformed),
        (r#"{"Total": {"sampleCount": 1}}"#, Code::MissingField),
        (
            r#"{"Total": {"sampleCount": 1, "errorCount": 0}, "Total": {"sampleCount": 1, "errorCount": 0}}"#,
            Code::DuplicateKey,
        ),
        (r#"{"home": {"sampleCount": 1, "errorCount": 0}}"#, Code::WrongFormat),
    ] {
        assert_eq!(code(Reader::Jmeter, text), expected, "{text}");
    }
}

#[test]
fn runs_of_one_gate_are_joined_with_caution() {
    let read = |reader, texts: &[&str]| {
        read_all(reader, texts.iter().map(|text| text.as_bytes()), &Limits::default()).unwrap().unwrap()
    };
    let exact = read(Reader::Jmeter, &[samples::JMETER_CSV, samples::JMETER_XML]);
    assert_eq!(
        [figure(&exact, "http.requests"), figure(&exact, "http.error-rate"), figure(&exact, "latency.p95")],
        ["5", "40", "300"]
    );
    assert_eq!(notes(&exact), []);
    let slow = samples::K6.replace("201.125", "900").replace("20.5", "5");
    let bounded = read(Reader::K6, &[samples::K6, &slow]);
    assert_eq!(
        [
            figure(&bounded, "latency.p95"),
            figure(&bounded, "http.request-rate"),
            figure(&bounded, "http.requests")
        ],
        ["900", "5", "400"]
    );
    assert_eq!(notes(&bounded), [NoteCode::PercentilesBounded]);
    assert_eq!(figures(&bounded)["http.error-rate"], "1");
}
