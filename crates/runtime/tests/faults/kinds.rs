//! Each kind of gate: a reader with a good report, and with that report spoilt in the ways that its format has.

use clearway_evidence::Reader;
use serde_json::{Value, json};

use crate::common::gates::{mapped, triaged};
use crate::common::{COMMIT, Shop, compare, gates};
use crate::samples;

/// A kind of gate.
pub struct Kind {
    /// What it is called in messages.
    pub name: &'static str,
    /// The reader of its evidence.
    pub reader: Reader,
    /// A report on which it passes: of the commit and the artifact that are released, where the format names them.
    pub good: String,
    /// What it requires.
    condition: Value,
    /// What else the gate says.
    more: Value,
    /// A whole report of a tool that looked at nothing. None where a format says "nothing found" by it, which is the best there is.
    pub nothing: Option<&'static str>,
    /// A number of the good report, which becomes `NaN`.
    number: (&'static str, &'static str),
    /// A second report of the same, which says the opposite. None where two reports cannot: each tells what one run executed.
    pub against: Option<String>,
}

/// The commit and the artifact of the samples.
const SAMPLE_COMMIT: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f001122334";
const SAMPLE_DIGIT: &str = "1";

/// How old evidence may be: the samples are an hour or two old, and of a time without a zone the earliest is taken.
const MAX_AGE: u64 = 16 * 3600;

impl Kind {
    /// The report with a number that is none.
    pub fn with_nan(&self) -> String {
        let (from, to) = self.number;
        assert!(self.good.contains(from), "{}: no `{from}`", self.name);
        self.good.replacen(from, to, 1)
    }

    /// The report of another commit. None where the format names none.
    pub fn of_another_commit(&self) -> Option<String> {
        self.good.contains(COMMIT).then(|| self.good.replace(COMMIT, &"f".repeat(40)))
    }

    /// The report of another artifact. None where the format names none.
    pub fn of_another_artifact(&self) -> Option<String> {
        let ours = "a".repeat(64);
        self.good.contains(&ours).then(|| self.good.replace(&ours, &"9".repeat(64)))
    }

    /// The report, made a day earlier or later: as it says itself, where it does.
    pub fn made(&self, tomorrow: bool) -> String {
        let (day, seconds) = if tomorrow { ("2026-11-03T", "17937") } else { ("2026-11-01T", "17935") };
        self.good.replace("2026-11-02T", day).replace("17936", seconds)
    }

    /// A shop whose gate is of this kind.
    pub fn shop(&self) -> Shop {
        let mut more = self.more.clone();
        more["max-age"] = json!(MAX_AGE);
        gates::shop_of(self.reader.name(), &self.condition, more)
    }

    fn with(self, more: Value) -> Self {
        Self { more, ..self }
    }
}

/// A sample, of the commit and the artifact that are released. One of them writes the commit with a capital.
fn ours(sample: &str) -> String {
    let of_commit = sample.replace("0F1e2d", "0f1e2d").replace(SAMPLE_COMMIT, COMMIT);
    of_commit.replace(&SAMPLE_DIGIT.repeat(64), &"a".repeat(64))
}

/// A kind by a sample of its reader.
fn kind(name: &'static str, reader: Reader, sample: &str, condition: Value) -> Kind {
    Kind {
        name,
        reader,
        good: ours(sample),
        condition,
        more: json!({}),
        nothing: None,
        number: ("", ""),
        against: None,
    }
}

fn at_most(metric: &str, most: &str, unit: &str) -> Value {
    compare(metric, "<=", most, unit, json!({}))
}

fn at_least(metric: &str, least: &str, unit: &str) -> Value {
    compare(metric, ">=", least, unit, json!({}))
}

/// A report in which one text stands in the place of another.
fn changed(sample: &str, from: &str, to: &str) -> String {
    assert!(sample.contains(from), "no `{from}`");
    sample.replacen(from, to, 1)
}

/// A quarantine of tests that are not among those of the samples, and its cap.
fn quarantined() -> Value {
    let rule = json!({"name": "flaky", "tests": ["other"], "owner": "payments", "until": "2026-12-01", "reason": "races"});
    json!({"quarantines": [rule], "max-quarantined": {"percent": "5"}})
}

/// A load that the test must have put on.
fn under_load() -> Value {
    let least = at_least("http.request-rate", "20", "rps");
    json!({"assumes": [{"text": "http.request-rate >= 20 rps", "condition": least}]})
}

const TABLE: &str = "Key,State\nA-1,Done\nA-2,Closed\n";

const CLEAN_SARIF: &str =
    r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t","rules":[]}},"results":[]}]}"#;

/// Every kind there is: each reader, each form that it reads, and what a gate adds to its conditions.
pub fn all() -> Vec<Kind> {
    [tests(), coverage(), load(), findings(), supply_chain(), other_systems()].into_iter().flatten().collect()
}

fn tests() -> Vec<Kind> {
    let junit = |name| Kind {
        nothing: Some(r#"<testsuite name="s" tests="0"></testsuite>"#),
        number: (r#"tests=""#, r#"tests="NaN" was=""#),
        against: Some(changed(
            &ours(samples::JUNIT),
            r#"<testcase name="remove"/>"#,
            r#"<testcase name="remove"><failure message="no"/></testcase>"#,
        )),
        ..kind(name, Reader::Junit, samples::JUNIT, at_most("tests.failed", "1", ""))
    };
    vec![junit("tests"), junit("tests, some in quarantine").with(quarantined())]
}

fn coverage() -> Vec<Kind> {
    let lines = || at_least("coverage.lines", "40", "%");
    vec![
        Kind {
            nothing: Some("TN:unit\nSF:src/pay.rs\nLF:0\nLH:0\nend_of_record\n"),
            number: ("DA:1,3", "DA:1,NaN"),
            ..kind("coverage by LCOV", Reader::Lcov, samples::LCOV, lines())
        },
        Kind {
            nothing: Some(
                r#"<coverage lines-valid="0" lines-covered="0" line-rate="0" version="7.6"><packages/></coverage>"#,
            ),
            number: (r#"hits="1""#, r#"hits="NaN""#),
            ..kind("coverage by Cobertura", Reader::Cobertura, samples::COBERTURA, lines())
        },
        Kind {
            nothing: Some(r#"<report name="shop"></report>"#),
            number: (r#"ci="3""#, r#"ci="NaN""#),
            ..kind("coverage by JaCoCo", Reader::Jacoco, samples::JACOCO, lines())
        },
        Kind {
            nothing: Some("mode: atomic\n"),
            number: ("5.2 2 7", "5.2 2 NaN"),
            ..kind(
                "coverage by Go",
                Reader::GoCover,
                samples::GO_COVER,
                at_least("coverage.statements", "40", "%"),
            )
        },
    ]
}

fn load() -> Vec<Kind> {
    let fast = || at_most("latency.p95", "1", "s");
    vec![
        Kind {
            nothing: Some(
                r#"{"metrics":{"http_reqs":{"count":0,"rate":0},"http_req_duration":{"p(95)":0}}}"#,
            ),
            number: (r#""p(95)": 201.125"#, r#""p(95)": NaN"#),
            against: Some(changed(samples::K6, "201.125", "20100.5")),
            ..kind("load by k6", Reader::K6, samples::K6, fast()).with(under_load())
        },
        Kind {
            nothing: Some(
                "timeStamp,elapsed,label,responseCode,responseMessage,threadName,success,failureMessage\n",
            ),
            number: (",100,home", ",NaN,home"),
            against: Some(
                samples::JMETER_CSV.replace(",100,", ",90000,").replace(",200,home", ",90000,home"),
            ),
            ..kind("load by JMeter as CSV", Reader::Jmeter, samples::JMETER_CSV, fast())
        },
        Kind {
            nothing: Some("<?xml version=\"1.0\"?>\n<testResults version=\"1.2\">\n</testResults>\n"),
            number: (r#"t="100""#, r#"t="NaN""#),
            against: Some(samples::JMETER_XML.replace(r#"t="100""#, r#"t="90000""#)),
            ..kind("load by JMeter as XML", Reader::Jmeter, samples::JMETER_XML, fast())
        },
        Kind {
            nothing: Some(
                r#"{"Total": {"transaction": "Total", "sampleCount": 0, "errorCount": 0, "errorPct": 0.0, "medianResTime": 0, "pct1ResTime": 0, "pct2ResTime": 0, "pct3ResTime": 0, "throughput": 0}}"#,
            ),
            number: (r#""pct2ResTime": 160.0"#, r#""pct2ResTime": NaN"#),
            against: Some(changed(samples::JMETER_STATISTICS, "160.0", "16000.0")),
            ..kind("load by JMeter as statistics", Reader::Jmeter, samples::JMETER_STATISTICS, fast())
        },
    ]
}

fn findings() -> Vec<Kind> {
    let vulnerabilities = |most| at_most("vulnerabilities.count", most, "");
    // Scans of one gate add up, so whatever a second report of the same tells counts as well.
    let twice = |kind: Kind| Kind { against: Some(kind.good.clone()), ..kind };
    let sarif = |name, sample, condition| Kind {
        nothing: Some(r#"{"version":"2.1.0","runs":[]}"#),
        number: (r#""version": "2.1.0""#, r#""version": NaN"#),
        ..kind(name, Reader::Sarif, sample, condition)
    };
    vec![
        twice(sarif("analysis as SARIF", samples::SARIF, at_most("findings.count", "2", ""))),
        Kind {
            number: (r#""version":"2.1.0""#, r#""version":NaN"#),
            against: Some(ours(samples::SARIF)),
            ..sarif("analysis, sorted by a triage", CLEAN_SARIF, json!({"constant": true})).with(triaged())
        },
        twice(Kind {
            number: (r#""max_severity": "6.2""#, r#""max_severity": NaN"#),
            ..kind("dependencies by OSV-Scanner", Reader::Osv, samples::OSV, vulnerabilities("3"))
        }),
        twice(Kind {
            nothing: Some(r#"{"SchemaVersion":2,"ArtifactName":"x","ArtifactType":"container_image"}"#),
            number: (r#""SchemaVersion": 2"#, r#""SchemaVersion": NaN"#),
            ..kind("an image by Trivy", Reader::Trivy, samples::TRIVY, vulnerabilities("2"))
        }),
        twice(Kind {
            number: (r#""version": "1.2""#, r#""version": NaN"#),
            ..kind("an image by Grype", Reader::Grype, samples::GRYPE, vulnerabilities("2"))
        }),
        twice(Kind {
            nothing: Some(r#"{"version":"1.90.0","results":[],"errors":[],"paths":{"scanned":[]}}"#),
            number: (r#""line": 12"#, r#""line": NaN"#),
            ..kind(
                "analysis by Semgrep",
                Reader::Semgrep,
                &changed(
                    samples::SEMGREP,
                    r#"{"code": 3, "level": "warn", "type": "Syntax error", "message": "one line"}"#,
                    "",
                ),
                at_most("findings.count", "1", ""),
            )
        }),
        twice(Kind {
            number: (r#""start_line": 4"#, r#""start_line": NaN"#),
            ..kind("a scan by GitLab", Reader::Gitlab, samples::GITLAB, vulnerabilities("2"))
        }),
    ]
}

fn supply_chain() -> Vec<Kind> {
    let bill = |name, reader, sample: &str, nothing, number, nameless: (&str, &str)| Kind {
        nothing: Some(nothing),
        number,
        against: Some(changed(&ours(sample), nameless.0, nameless.1)),
        ..kind(name, reader, sample, at_most("components.unversioned", "1", ""))
    };
    let failed = changed(
        samples::STATEMENT,
        "https://slsa.dev/provenance/v1",
        "https://slsa.dev/verification_summary/v1",
    );
    let failed = changed(&failed, r#""predicate": {"#, r#""predicate": {"verificationResult": "FAILED","#);
    vec![
        bill(
            "a bill as CycloneDX",
            Reader::Cyclonedx,
            samples::CYCLONEDX,
            r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[]}"#,
            (r#""score": 9.8"#, r#""score": NaN"#),
            (r#""name": "zlib", "version": "1.3""#, r#""name": "zlib""#),
        ),
        bill(
            "a bill as CycloneDX in XML",
            Reader::Cyclonedx,
            samples::CYCLONEDX_XML,
            r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.5" version="1"><components></components></bom>"#,
            ("<rating><severity>medium</severity>", "<rating><score>NaN</score>"),
            ("<version>1.3</version>", ""),
        ),
        bill(
            "a bill as SPDX",
            Reader::Spdx,
            samples::SPDX,
            r#"{"spdxVersion":"SPDX-2.3","creationInfo":{"created":"2026-11-02T08:00:00Z","creators":["Tool: x"]},"packages":[]}"#,
            (r#""spdxVersion": "SPDX-2.3""#, r#""spdxVersion": NaN"#),
            (r#""versionInfo": "1", "#, ""),
        ),
        Kind {
            nothing: Some(
                r#"{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"https://slsa.dev/provenance/v1","predicate":{}}"#,
            ),
            number: (r#""_type": "https://in-toto.io/Statement/v1""#, r#""_type": NaN"#),
            against: Some(ours(&failed)),
            ..kind(
                "attestations",
                Reader::InToto,
                samples::STATEMENT,
                at_most("attestations.failed", "0", ""),
            )
        },
    ]
}

fn other_systems() -> Vec<Kind> {
    let table = |name, rows, columns, text: &'static str, condition, number, against: &str| {
        Kind { number, against: Some(against.to_owned()), ..kind(name, Reader::Table, text, condition) }
            .with(mapped(rows, columns))
    };
    let states = || json!({"id": "Key", "status": "State"});
    let open = "Key,State\nA-1,Open\n";
    let kinds = [
        ("issues as a table", "issues", "issues.open"),
        ("changes as a table", "changes", "changes.open"),
        ("incidents as a table", "incidents", "incidents.open"),
        ("tickets as a table", "tickets", "tickets.open"),
    ];
    let mut all: Vec<Kind> = kinds
        .into_iter()
        .map(|(name, rows, metric)| {
            let number = ("A-2,Closed", "A-2,NaN");
            table(name, rows, states(), TABLE, at_most(metric, "0", ""), number, open)
        })
        .collect();
    all.push(Kind {
        nothing: Some("Key,Score\n"),
        ..table(
            "feedback as a table",
            "feedback",
            json!({"id": "Key", "score": "Score"}),
            "Key,Score\nA-1,5\nA-2,4\n",
            at_least("feedback.score", "4", ""),
            ("A-1,5", "A-1,NaN"),
            "Key,Score\nA-1,-9\n",
        )
    });
    all.push(Kind {
        number: (r#""group": false"#, r#""group": NaN"#),
        against: Some(samples::STATUSPAGE.replace(r#""indicator": "major""#, r#""indicator": "critical""#)),
        ..kind("a status page", Reader::Statuspage, samples::STATUSPAGE, at_most("status.impact", "2", ""))
    });
    all
}
