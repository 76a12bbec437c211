//! The security reports of GitLab's scanners (schemas of `security-report-schemas`, version 14 and 15).
//!
//! Dependency and container scans find vulnerabilities, secret detection finds secrets, the others findings of analysis.

use serde::Deserialize;
use serde::de::MapAccess;

use crate::family::{FindingKind, Findings};
use crate::json::{self, Each, Fields, Object, Word, nullable};
use crate::limits::Limits;
use crate::moment::Moment;
use crate::refusal::{Code, NoteCode, Refusal};
use crate::report::{Item, ItemKind, Report};
use crate::severity::Severity;
use crate::source::Source;

/// Reads a report.
pub(super) fn read(source: Source<'_>, limits: &Limits, report: &mut Report) -> Result<(), Refusal> {
    let mut reading = Reading {
        listed: limits.listed,
        version: None,
        scan: None,
        found: Vec::new(),
        counts: Findings::default(),
        unlisted: 0,
        any: false,
    };
    json::read(source, limits, Object(&mut reading))?;
    let Reading { version, scan, found, counts, unlisted, any, .. } = reading;
    let (Some(version), true) = (version, any) else {
        return Err(Refusal::new(
            Code::WrongFormat,
            "this is no security report of GitLab: it lacks its `version` or its list of `vulnerabilities`",
        ));
    };
    if !version.0.starts_with("14.") && !version.0.starts_with("15.") {
        let message = format!(
            "the report has schema version {}, and 14 and 15 are read",
            crate::limits::short(&version.0)
        );
        return Err(Refusal::new(Code::UnsupportedVersion, message));
    }
    let scan = scan.ok_or_else(|| {
        Refusal::new(Code::MissingField, "the report has no `scan`, which says what was done")
    })?;
    if scan.status.as_deref() == Some("failure") {
        return Err(Refusal::new(
            Code::ToolFailed,
            "the scanner says that its run failed: what it did not find proves nothing",
        ));
    }
    let kind = match scan.kind.as_deref() {
        Some("dependency_scanning" | "container_scanning" | "cluster_image_scanning") => {
            FindingKind::Vulnerability
        }
        Some("secret_detection") => FindingKind::Secret,
        _ => FindingKind::Analysis,
    };
    let fatal = scan.messages.iter().filter(|message| message.level.as_deref() == Some("fatal")).count();
    if fatal > 0 {
        report.note(
            NoteCode::ToolErrors,
            format!("the scanner tells of {fatal} errors during its run: it may have missed something"),
        );
    }
    if let Some(scanner) = scan.scanner {
        report.origin.tool(&scanner.name, scanner.version.as_deref());
    }
    for time in [scan.start_time, scan.end_time].into_iter().flatten() {
        report.origin.time(Moment::parse(&time));
    }
    for vulnerability in found {
        let severity = Severity::of_word(&vulnerability.severity);
        let id = vulnerability
            .identifiers
            .into_iter()
            .find_map(|identifier| identifier.name)
            .unwrap_or(vulnerability.id);
        let message = [vulnerability.name, vulnerability.message, vulnerability.description]
            .into_iter()
            .flatten()
            .find(|text| !text.is_empty());
        let item = Item::new(ItemKind::Finding(kind), &id, &message.unwrap_or_default());
        report.items.push(item.located(Some(vulnerability.location.told())).rated(severity));
    }
    report.items.omitted += unlisted;
    let mut findings = Findings { scans: 1, ..Findings::default() };
    findings.open.insert(kind, counts.all());
    super::severities_missing(report, &findings);
    report.findings = Some(findings);
    Ok(())
}

struct Reading {
    listed: usize,
    version: Option<Word>,
    scan: Option<Scan>,
    found: Vec<Vulnerability>,
    counts: Findings,
    unlisted: u64,
    any: bool,
}

impl Fields for Reading {
    const WHAT: &'static str = "a security report of GitLab";

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "version" => self.version = map.next_value()?,
            "scan" => self.scan = map.next_value()?,
            "vulnerabilities" => {
                let each = Each::new(|vulnerability: Vulnerability| {
                    self.counts.found(FindingKind::Analysis, Severity::of_word(&vulnerability.severity));
                    // Which kind they are the scan says, which may stand behind them.
                    if self.found.len() < self.listed {
                        self.found.push(vulnerability);
                    } else {
                        self.unlisted += 1;
                    }
                    Ok(())
                });
                self.any = map.next_value_seed(each)?.is_some();
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

#[derive(Deserialize)]
struct Scan {
    #[serde(rename = "type")]
    kind: Option<String>,
    status: Option<String>,
    start_time: Option<String>,
    end_time: Option<String>,
    scanner: Option<Scanner>,
    #[serde(default, deserialize_with = "nullable")]
    messages: Vec<Told>,
}

#[derive(Deserialize)]
struct Scanner {
    #[serde(default, deserialize_with = "nullable")]
    name: String,
    version: Option<String>,
}

#[derive(Deserialize)]
struct Told {
    level: Option<String>,
}

#[derive(Deserialize)]
struct Vulnerability {
    #[serde(default, deserialize_with = "nullable")]
    id: String,
    name: Option<String>,
    message: Option<String>,
    description: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    severity: String,
    #[serde(default, deserialize_with = "nullable")]
    identifiers: Vec<Identifier>,
    #[serde(default, deserialize_with = "nullable")]
    location: Location,
}

#[derive(Deserialize)]
struct Identifier {
    name: Option<String>,
}

#[derive(Deserialize, Default)]
struct Location {
    file: Option<String>,
    start_line: Option<u64>,
    image: Option<String>,
    dependency: Option<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    package: Option<Package>,
    version: Option<String>,
}

#[derive(Deserialize)]
struct Package {
    name: Option<String>,
}

impl Location {
    fn told(self) -> String {
        let line = self.start_line.map_or_else(String::new, |line| format!(":{line}"));
        let place = self.file.or(self.image).unwrap_or_default();
        match self
            .dependency
            .and_then(|dependency| Some((dependency.package?.name?, dependency.version.unwrap_or_default())))
        {
            Some((name, version)) => format!("{name}@{version} {place}{line}"),
            None => format!("{place}{line}"),
        }
    }
}
