//! Semgrep's JSON output. `ERROR`, `WARNING` and `INFO` are Semgrep's older words for high, medium and low, and mean that here. What `nosemgrep`
//! sets aside (`is_ignored`) is suppressed. Every result counts: Semgrep says itself which are the same.

use serde::Deserialize;
use serde::de::MapAccess;

use crate::family::{FindingKind, Findings};
use crate::json::{self, Each, Fields, Object, Word, nullable};
use crate::limits::Limits;
use crate::refusal::{Code, NoteCode, Refusal};
use crate::report::{Item, ItemKind, Report};
use crate::severity::Severity;
use crate::source::Source;

/// Reads output.
pub(super) fn read(source: Source<'_>, limits: &Limits, report: &mut Report) -> Result<(), Refusal> {
    let mut scan =
        Scan { report, findings: Findings::default(), results: false, errors: None, fatal: 0, scanned: None };
    json::read(source, limits, Object(&mut scan))?;
    if !scan.results || scan.errors.is_none() {
        let message = "this is no output of Semgrep: it has no lists of `results` and `errors`";
        return Err(Refusal::new(Code::WrongFormat, message));
    }
    let Scan { mut findings, fatal, scanned, .. } = scan;
    findings.looked_for(FindingKind::Analysis);
    if fatal > 0 {
        report.note(
            NoteCode::ToolErrors,
            format!("Semgrep tells of {fatal} errors during its run: it may have missed something"),
        );
    }
    if scanned == Some(0) {
        report.note(NoteCode::NothingScanned, "Semgrep scanned no file, so that it says nothing");
    } else {
        findings.scans += 1;
    }
    super::severities_missing(report, &findings);
    report.findings = Some(findings);
    Ok(())
}

struct Scan<'p> {
    report: &'p mut Report,
    findings: Findings,
    results: bool,
    errors: Option<u64>,
    fatal: u64,
    scanned: Option<u64>,
}

impl Fields for Scan<'_> {
    const WHAT: &'static str = "an output of Semgrep";

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "results" => {
                let each = Each::new(|result: Found| {
                    self.add(result);
                    Ok(())
                });
                self.results = map.next_value_seed(each)?.is_some();
            }
            "errors" => {
                let fatal = &mut self.fatal;
                let each = Each::new(|problem: Problem| {
                    *fatal += u64::from(problem.level.as_deref().is_none_or(|level| level == "error"));
                    Ok(())
                });
                self.errors = map.next_value_seed(each)?;
            }
            "paths" => {
                let mut paths = Paths(None);
                map.next_value_seed(Object(&mut paths))?;
                self.scanned = paths.0;
            }
            "version" => {
                let version = map.next_value::<Option<Word>>()?.map(|version| version.0);
                self.report.origin.tool("Semgrep", version.as_deref());
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// Counts the files that were scanned.
struct Paths(Option<u64>);

impl Fields for Paths {
    const WHAT: &'static str = "paths";

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        if name != "scanned" {
            return Ok(false);
        }
        self.0 = map.next_value_seed(Each::new(|_: serde::de::IgnoredAny| Ok(())))?;
        Ok(true)
    }
}

/// The severity of a rule of Semgrep.
fn severity(word: &str) -> Option<Severity> {
    match word.to_ascii_uppercase().as_str() {
        "ERROR" => Some(Severity::High),
        "WARNING" => Some(Severity::Medium),
        "INFO" => Some(Severity::Low),
        "INVENTORY" | "EXPERIMENT" => Some(Severity::Info),
        word => Severity::of_word(word),
    }
}

impl Scan<'_> {
    fn add(&mut self, found: Found) {
        let severity = severity(&found.extra.severity);
        let suppressed = found.extra.is_ignored.unwrap_or_default();
        let kind = if suppressed {
            ItemKind::Suppressed(FindingKind::Analysis)
        } else {
            ItemKind::Finding(FindingKind::Analysis)
        };
        let location =
            found.start.map_or_else(|| found.path.clone(), |start| format!("{}:{}", found.path, start.line));
        let mut item =
            Item::new(kind, &found.check_id, &found.extra.message).located(Some(location)).rated(severity);
        // Without an account Semgrep puts a sentence there in the fingerprint's place.
        item.fingerprint = found.extra.fingerprint.filter(|fingerprint| !fingerprint.contains(' '));
        self.report.items.push(item);
        if suppressed {
            self.findings.suppressed.count(severity, 1);
        } else {
            self.findings.found(FindingKind::Analysis, severity);
        }
    }
}

#[derive(Deserialize)]
struct Found {
    check_id: String,
    #[serde(default, deserialize_with = "nullable")]
    path: String,
    start: Option<Start>,
    #[serde(default, deserialize_with = "nullable")]
    extra: Extra,
}

#[derive(Deserialize)]
struct Start {
    line: u64,
}

#[derive(Deserialize, Default)]
struct Extra {
    #[serde(default, deserialize_with = "nullable")]
    message: String,
    #[serde(default, deserialize_with = "nullable")]
    severity: String,
    is_ignored: Option<bool>,
    fingerprint: Option<String>,
}

#[derive(Deserialize)]
struct Problem {
    level: Option<String>,
}
