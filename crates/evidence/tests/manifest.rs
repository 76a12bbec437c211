//! Real reports of other tools, with their figures: `../shared/evidence/manifest.json` beside the repository.
//!
//! The files are not part of the repository, so a clone without them has nothing to compare and the tests end there; what is special about each of
//! them stands in the other tests, with reports of our own. Where the tool that wrote a file and a count of its elements differ, the rule that
//! decides is written here, at the file.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed, and these read files of the machine"
)]

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clearway_evidence::{
    Code, Limits, NoteCode, Reader, Refusal, Report, Severity, read, read_all, read_any,
};
use serde_json::Value;

/// The folder of the files, or `None` in a clone without them.
fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/evidence");
    folder.join("manifest.json").exists().then_some(folder)
}

struct File {
    path: String,
    format: String,
    expected: Value,
    bytes: Vec<u8>,
}

fn files() -> Vec<File> {
    let Some(folder) = folder() else { return Vec::new() };
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    let list = manifest["files"].as_array().unwrap();
    assert!(list.len() >= 70, "the manifest lists {} files", list.len());
    list.iter()
        .map(|file| {
            let path = file["path"].as_str().unwrap().to_owned();
            let bytes = std::fs::read(folder.join(&path)).unwrap();
            File {
                format: file["format"].as_str().unwrap().to_owned(),
                expected: file["expected"].clone(),
                path,
                bytes,
            }
        })
        .collect()
}

fn reader_of(format: &str) -> Reader {
    match format {
        "go" => Reader::GoCover,
        "jmeter-jtl" => Reader::Jmeter,
        "grype-json" => Reader::Grype,
        "osv-scanner" => Reader::Osv,
        "semgrep-json" => Reader::Semgrep,
        "trivy-json" => Reader::Trivy,
        "gitlab-report" => Reader::Gitlab,
        name => name.parse().unwrap(),
    }
}

/// What is compared of a file: the name of each figure, what the manifest says, and what we say.
#[derive(Default)]
struct Compared {
    count: usize,
    wrong: Vec<String>,
}

impl Compared {
    fn same(&mut self, file: &File, what: &str, expected: impl ToString, ours: impl ToString) {
        self.count += 1;
        let (expected, ours) = (expected.to_string(), ours.to_string());
        if expected != ours {
            self.wrong.push(format!("{}: {what} is {expected}, and we say {ours}", file.path));
        }
    }
}

fn figure(report: &Report, metric: &str) -> String {
    common::figure(report, metric)
}

fn exactly(report: &Report) -> BTreeMap<String, u64> {
    let all = report.findings.as_ref().unwrap().all();
    let known = Severity::ALL.map(|severity| (severity.name().to_uppercase(), all.exactly(severity)));
    known.into_iter().chain([("UNKNOWN".to_owned(), all.unknown)]).filter(|(_, count)| *count > 0).collect()
}

fn counts_of(value: &Value) -> BTreeMap<String, u64> {
    value
        .as_object()
        .unwrap()
        .iter()
        .map(|(key, count)| (key.to_uppercase(), count.as_u64().unwrap()))
        .collect()
}

#[test]
fn every_figure_of_the_manifest_is_ours() {
    let mut compared = Compared::default();
    let files = files();
    for file in &files {
        let result = read(reader_of(&file.format), &file.bytes[..], &Limits::default());
        let detected = read_any(&file.bytes[..], &Limits::default());
        match (&result, expected_refusal(file)) {
            (Ok(report), None) => {
                // Who asks for no reader sees the same.
                compared.same(
                    file,
                    "the reader that is found",
                    report.reader,
                    detected.map_or_else(|refusal| refusal.message, |found| found.reader.to_string()),
                );
                compare(file, report, &mut compared);
            }
            (Err(refusal), Some(codes)) => {
                compared.count += 1;
                if !codes.contains(&refusal.code) {
                    compared
                        .wrong
                        .push(format!("{}: refused as {}, {}", file.path, refusal.code, refusal.message));
                }
                let found = detected.err().map(|refusal| refusal.code);
                if found.is_none() && file.path != "sbom/trivy__license-cyclonedx.json" {
                    compared.wrong.push(format!("{}: shown all the same", file.path));
                }
            }
            (Ok(_), Some(_)) => compared.wrong.push(format!("{}: must be refused, and is read", file.path)),
            (Err(Refusal { code, message, .. }), None) => {
                compared.wrong.push(format!("{}: refused as {code}, {message}", file.path));
            }
        }
    }
    assert!(compared.wrong.is_empty(), "{:#?}", compared.wrong);
    assert!(files.is_empty() || compared.count > 300, "only {} figures were compared", compared.count);
    println!("{} files, {} figures compared", files.len(), compared.count);
}

/// The codes with which a file is refused that must not have figures.
fn expected_refusal(file: &File) -> Option<&'static [Code]> {
    Some(match file.path.as_str() {
        "junit/action__empty.xml"
        | "perf/jenkinsperf__emptyfile.jtl"
        | "vuln/dojo__osv_scanner__no_findings.json" => &[Code::Empty],
        "junit/action__pytest__corrupt-xml.xml" => &[Code::Truncated],
        "junit/action__non-junit.xml" => &[Code::WrongFormat],
        "junit/jenkins__testXxe-oob.xml" => &[Code::Malformed, Code::EntityDeclaration],
        // It declares six cases and holds none. The tool believes the attributes, three passed cases among them that nobody can name; a gate
        // that did so would pass on a claim.
        "junit/action__no-cases-but-tests.xml" => &[Code::NoCases],
        "perf/jenkinsperf__JENKINS-16627_CSV_instead_of_XML.jtl" => &[Code::MissingColumn],
        // Trivy's own report on a bill of materials, not one.
        "sbom/trivy__license-cyclonedx.json" => &[Code::WrongFormat],
        _ => return None,
    })
}

fn compare(file: &File, report: &Report, compared: &mut Compared) {
    match file.format.as_str() {
        "junit" => tests(file, report, compared),
        "cobertura" | "jacoco" | "lcov" | "go" => coverage(file, report, compared),
        "jmeter-jtl" => load(file, report, compared),
        "cyclonedx" => bill(file, report, compared),
        _ => findings(file, report, compared),
    }
}

fn tests(file: &File, report: &Report, compared: &mut Compared) {
    let counted = &file.expected["independent_count"];
    // The count of elements, with two rules where a tool says otherwise:
    // - a case with `status="disabled"` was not run, as the publishing action says too (5 of these 31);
    // - an `<error>` directly in a suite is a case, as it is for Jenkins (3 suites, each with a case).
    let (disabled, suite_errors) = match file.path.as_str() {
        "junit/action__tst__disabled.xml" => (5, 0),
        "junit/jenkins__junit-report-nested-testsuites.xml" => (0, 1),
        _ => (0, 0),
    };
    let number = |key: &str| counted[key].as_u64().unwrap();
    compared.same(file, "total", number("testcases") + suite_errors, figure(report, "tests.total"));
    compared.same(file, "failed", number("failed"), figure(report, "tests.failed"));
    compared.same(file, "errored", number("errored") + suite_errors, figure(report, "tests.errored"));
    compared.same(file, "skipped", number("skipped") + disabled, figure(report, "tests.skipped"));
    compared.same(file, "passed", number("passed") - disabled, figure(report, "tests.passed"));
    compared.same(file, "flaky", number("flaky_cases"), figure(report, "tests.flaky"));
    for (key, metric) in [
        ("tests", "tests.total"),
        ("passed", "tests.passed"),
        ("failed", "tests.failed"),
        ("skipped", "tests.skipped"),
    ] {
        if let Some(told) = file.expected[key].as_u64() {
            compared.same(file, key, told, figure(report, metric));
        }
    }
    // The action takes cases of one name for one test (101 of 109 with mocha); every other figure is the same as ours.
    let action = &file.expected["action_stats"];
    if action.is_object() && file.path != "junit/action__mocha__latex-utensils.xml" {
        for (key, metric) in [
            ("tests", "tests.total"),
            ("tests_succ", "tests.passed"),
            ("tests_skip", "tests.skipped"),
            ("tests_fail", "tests.failed"),
            ("tests_error", "tests.errored"),
        ] {
            compared.same(file, key, &action[key], figure(report, metric));
        }
    }
    // Where the attributes declare more than there is, the difference is told.
    let declared = counted["root_attributes"]["tests"].as_str().and_then(|tests| tests.parse::<u64>().ok());
    if let Some(declared) = declared.filter(|declared| *declared > number("testcases") + suite_errors) {
        compared.same(
            file,
            "missing",
            declared - number("testcases") - suite_errors,
            figure(report, "tests.missing"),
        );
        compared.same(file, "doubt", true, report.doubts().any(|note| note.code == NoteCode::CasesMissing));
    }
}

fn share(report: &Report, metric: &str) -> (u64, u64) {
    let share = report.measure(metric, &clearway_evidence::Filter::ALL).and_then(|figure| figure.share);
    share.map_or((0, 0), |share| (share.part, share.whole - share.part))
}

fn coverage(file: &File, report: &Report, compared: &mut Compared) {
    let pair = |value: &Value| (value[0].as_u64().unwrap(), value[1].as_u64().unwrap());
    let expected = &file.expected;
    for (key, metric) in
        [("line", "coverage.lines"), ("branch", "coverage.branches"), ("method", "coverage.functions")]
    {
        if expected[key].is_array() {
            compared.same(
                file,
                key,
                format!("{:?}", pair(&expected[key])),
                format!("{:?}", share(report, metric)),
            );
        }
    }
    for (key, metric) in [
        ("LINE", "coverage.lines"),
        ("BRANCH", "coverage.branches"),
        ("METHOD", "coverage.functions"),
        ("INSTRUCTION", "coverage.instructions"),
    ] {
        let counter = &expected["report_counters"][key];
        if counter.is_array() {
            compared.same(file, key, format!("{:?}", pair(counter)), format!("{:?}", share(report, metric)));
        }
    }
    for key in ["element_count_distinct_lines", "element_count"] {
        if expected[key].is_object() {
            let covered = expected[key]["covered"].as_u64().unwrap();
            let missed = expected[key]["total"].as_u64().unwrap() - covered;
            compared.same(
                file,
                key,
                format!("{:?}", (covered, missed)),
                format!("{:?}", share(report, "coverage.lines")),
            );
        }
    }
    if let Some(percent) = expected["line_pct"].as_f64() {
        compared.same(file, "line_pct", percent, figure(report, "coverage.lines"));
    }
    // The attributes of the root that agree with the lines are compared by the reader itself: it has nothing to note.
    let root = &expected["root_attributes"];
    if let (Some(covered), Some(valid)) = (root["lines-covered"].as_str(), root["lines-valid"].as_str()) {
        let (part, missed) = share(report, "coverage.lines");
        let agree = (covered.to_owned(), valid.to_owned()) == (part.to_string(), (part + missed).to_string());
        compared.same(file, "whether the root agrees", agree, report.notes.is_empty());
    }
}

fn load(file: &File, report: &Report, compared: &mut Compared) {
    if let Some(samples) = file.expected["samples"].as_u64() {
        compared.same(file, "samples", samples, figure(report, "http.requests"));
    }
    if file.path.ends_with("TenSamples.jtl") {
        // Durations of 1 to 10 ms. The plugin takes the ninth of ten for its 95th percentile, within which only 90% were answered; nearest
        // rank takes the tenth.
        compared.same(file, "p90", &file.expected["p90_plugin"], figure(report, "latency.p90"));
        compared.same(file, "p95", 10, figure(report, "latency.p95"));
    }
}

fn bill(file: &File, report: &Report, compared: &mut Compared) {
    let counted = if file.expected["independent_count"].is_object() {
        &file.expected["independent_count"]
    } else {
        &file.expected
    };
    for (key, metric) in [
        ("components", "components.count"),
        ("dependencies", "components.dependencies"),
        ("vulnerabilities", "vulnerabilities.count"),
    ] {
        if let Some(count) = counted[key].as_u64() {
            compared.same(file, key, count, figure(report, metric));
        }
    }
    if let Some(findings) = file.expected["defectdojo_findings"].as_u64() {
        compared.same(file, "findings", findings, figure(report, "findings.count"));
    }
}

fn findings(file: &File, report: &Report, compared: &mut Compared) {
    let expected = &file.expected;
    let counted =
        if expected["independent_count"].is_object() { &expected["independent_count"] } else { expected };
    let total: u64 = figure(report, "findings.count").parse().unwrap();
    if file.format == "sarif" {
        let suppressed = counted["suppressed"].as_u64().unwrap();
        compared.same(file, "suppressed", suppressed, figure(report, "findings.suppressed"));
        compared.same(file, "open", counted["results"].as_u64().unwrap() - suppressed, total);
        // Where every result has a `security-severity`, that is the severity; otherwise the level is, and here all suppressed ones are warnings.
        let by_score = counts_of(&counted["by_security_severity"]);
        let by_level = counts_of(&counted["by_effective_level"]);
        let words = [("ERROR", "HIGH"), ("WARNING", "MEDIUM"), ("NOTE", "LOW"), ("NONE", "INFO")];
        let mut severities: BTreeMap<String, u64> = if by_score.is_empty() {
            words
                .iter()
                .filter_map(|(level, severity)| Some(((*severity).to_owned(), *by_level.get(*level)?)))
                .collect()
        } else {
            by_score
        };
        if let Some(warnings) = severities.get_mut("MEDIUM") {
            *warnings -= suppressed;
        }
        compared.same(file, "severities", format!("{severities:?}"), format!("{:?}", exactly(report)));
        let tools: Vec<&str> =
            counted["tools"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        compared.same(
            file,
            "tools",
            tools.join(", "),
            report.origin.tools.iter().cloned().collect::<Vec<_>>().join(", "),
        );
        return;
    }
    if counted["by_severity"].is_object() {
        let told = counts_of(&counted["by_severity"]);
        compared.same(file, "all severities", told.values().sum::<u64>(), total);
        // Semgrep's words are not those of the language: warning is medium, info is low.
        let told: BTreeMap<String, u64> = told
            .into_iter()
            .map(|(word, count)| match (file.format.as_str(), word.as_str()) {
                ("semgrep-json", "WARNING") => ("MEDIUM".to_owned(), count),
                ("semgrep-json", "INFO") => ("LOW".to_owned(), count),
                _ => (word, count),
            })
            .collect();
        compared.same(file, "severities", format!("{told:?}"), format!("{:?}", exactly(report)));
    }
    for (class, metric) in [
        ("vuln", "vulnerabilities.count"),
        ("misconf_FAIL", "misconfigurations.count"),
        ("license", "licenses.count"),
    ] {
        if let Some(count) = counted["by_class"][class].as_u64() {
            compared.same(file, class, count, figure(report, metric));
        }
    }
    if let Some(raw) = expected["raw_results"].as_u64() {
        compared.same(file, "results", raw, total);
    } else if let Some(findings) = expected["defectdojo_findings"].as_u64() {
        compared.same(file, "findings", findings, total);
    }
    if let Some(count) = expected["vulnerabilities"].as_u64() {
        compared.same(file, "vulnerabilities", count, figure(report, "vulnerabilities.count"));
    }
    if expected["same_scan_json"].is_object() {
        compared.same(
            file,
            "severities of the same scan",
            format!("{:?}", counts_of(&expected["same_scan_json"]["by_severity"])),
            format!("{:?}", exactly(report)),
        );
    }
}

#[test]
fn files_that_belong_together_are_joined_as_their_tool_joins_them() {
    let files = files();
    let all = |paths: &[&str]| {
        let bytes = paths.iter().map(|path| &files.iter().find(|file| file.path == *path).unwrap().bytes[..]);
        let reader = reader_of(&files.iter().find(|file| file.path == paths[0]).unwrap().format);
        read_all(reader, bytes, &Limits::default()).unwrap().unwrap()
    };
    if files.is_empty() {
        return;
    }
    // Jenkins: nothing is taken for a copy, neither the same case in two files nor the aggregate that repeats single ones.
    let twice = all(&["junit/jenkins__JENKINS-13214__27449.xml", "junit/jenkins__JENKINS-13214__29734.xml"]);
    assert_eq!(figure(&twice, "tests.total"), "2");
    let message = "junit/jenkins__JENKINS-48583__TEST-com.sample.test.TestMessage.xml";
    assert_eq!(
        figure(
            &all(&[message, "junit/jenkins__JENKINS-48583__TESTS-TestSuites.xml", message]),
            "tests.total"
        ),
        "5"
    );
    // Partial runs of one class: a line is covered if one of them executed it. Runs a and c cover six of the ten lines of a constructor each.
    let (a, c) =
        ("coverage/covmodel__jacoco__jacoco-merge-a.xml", "coverage/covmodel__jacoco__jacoco-merge-c.xml");
    assert_eq!(
        (share(&all(&[a]), "coverage.lines"), share(&all(&[c]), "coverage.lines")),
        ((8, 18), (7, 19))
    );
    assert_eq!(share(&all(&[a, c]), "coverage.lines"), (10, 16), "38 and 39 from c, 41 to 43 from a");
}
