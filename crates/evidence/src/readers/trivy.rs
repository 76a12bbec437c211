//! Trivy's JSON report: schema 2, the list that older versions wrote, and the report on a cluster.
//!
//! Every vulnerability, misconfiguration that failed, secret and licence is a finding, with the severity that Trivy chose (its `SeveritySource`);
//! `UNKNOWN` is none. Findings that were set aside by an ignore file or VEX stand in `ExperimentalModifiedFindings` and are suppressed.
//! `--severity` leaves findings out without a word in the report: where none is below high, a note says that it may have been filtered.

use serde::Deserialize;
use serde::de::{MapAccess, SeqAccess};

use crate::family::{FindingKind, Findings};
use crate::json::{self, Each, Fields, Object, Objects, nullable};
use crate::limits::Limits;
use crate::moment::Moment;
use crate::refusal::{Code, NoteCode, Refusal};
use crate::report::{Item, ItemKind, Report};
use crate::severity::Severity;
use crate::source::Source;

/// Reads a report.
pub(super) fn read(source: Source<'_>, limits: &Limits, report: &mut Report) -> Result<(), Refusal> {
    let mut scan = Scan {
        report,
        findings: Findings::default(),
        known: false,
        schema: None,
        targets: 0,
        target: Target::default(),
    };
    json::read(source, limits, Object(&mut scan))?;
    if !scan.known {
        return Err(Refusal::new(
            Code::WrongFormat,
            "this is no report of Trivy: it has neither `SchemaVersion` nor `Results`",
        ));
    }
    if let Some(schema) = scan.schema.filter(|schema| !matches!(schema, 1 | 2)) {
        return Err(Refusal::new(
            Code::UnsupportedVersion,
            format!("the report has schema version {schema}, and 2 is read"),
        ));
    }
    let Scan { mut findings, targets, .. } = scan;
    if targets == 0 {
        report.note(
            NoteCode::NothingScanned,
            "Trivy found nothing that it could scan, so that it says nothing",
        );
    } else {
        findings.scans += 1;
    }
    super::severities_missing(report, &findings);
    super::maybe_filtered(report, &findings);
    report.findings = Some(findings);
    Ok(())
}

struct Scan<'p> {
    report: &'p mut Report,
    findings: Findings,
    known: bool,
    schema: Option<u64>,
    targets: u64,
    target: Target,
}

/// What is known of the target at hand.
#[derive(Default)]
struct Target {
    name: String,
    class: String,
    looked: Vec<FindingKind>,
    anything: bool,
}

impl Fields for Scan<'_> {
    const WHAT: &'static str = "a report of Trivy";

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        let origin = &mut self.report.origin;
        match name {
            "SchemaVersion" => {
                self.known = true;
                self.schema = map.next_value()?;
            }
            "Results" => {
                self.known = true;
                map.next_value_seed(Objects(&mut Scanned(self)))?;
            }
            // The report on a cluster has the results of each of its resources, `--report all` as `Resources`.
            "Resources" | "Vulnerabilities" | "Misconfigurations" => {
                map.next_value_seed(Objects(&mut Resource(self)))?;
            }
            "CreatedAt" => {
                origin.time(map.next_value::<Option<String>>()?.as_deref().and_then(Moment::parse));
            }
            "ArtifactID" => origin.digest(&map.next_value::<Option<String>>()?.unwrap_or_default()),
            "Metadata" => {
                let metadata = map.next_value::<Option<Metadata>>()?.unwrap_or_default();
                metadata.repo_digests.iter().for_each(|digest| origin.digest(digest));
                origin.digest(&metadata.image_id);
                origin.commit(&metadata.commit);
            }
            "Trivy" => {
                let version = map.next_value::<Option<Version>>()?.and_then(|trivy| trivy.version);
                origin.tool("Trivy", version.as_deref());
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn list<'de, A: SeqAccess<'de>>(&mut self, mut list: A) -> Result<(), A::Error> {
        self.known = true;
        while list.next_element_seed(Object(&mut Scanned(self)))?.is_some() {}
        Ok(())
    }
}

#[derive(Deserialize, Default)]
struct Metadata {
    #[serde(rename = "RepoDigests", default, deserialize_with = "nullable")]
    repo_digests: Vec<String>,
    #[serde(rename = "ImageID", default, deserialize_with = "nullable")]
    image_id: String,
    #[serde(rename = "Commit", default, deserialize_with = "nullable")]
    commit: String,
}

#[derive(Deserialize)]
struct Version {
    #[serde(rename = "Version")]
    version: Option<String>,
}

/// Reads the results of a resource of a cluster.
struct Resource<'s, 'p>(&'s mut Scan<'p>);

impl Fields for Resource<'_, '_> {
    const WHAT: &'static str = "a resource of a cluster";

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        if name != "Results" {
            return Ok(false);
        }
        self.0.known = true;
        map.next_value_seed(Objects(&mut Scanned(self.0)))?;
        Ok(true)
    }
}

/// Reads what was found in one target.
struct Scanned<'s, 'p>(&'s mut Scan<'p>);

impl Fields for Scanned<'_, '_> {
    const WHAT: &'static str = "a result of Trivy";

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "Target" => {
                self.0.target.name = map.next_value::<Option<String>>()?.unwrap_or_default();
                self.0.target.anything = true;
            }
            "Class" => {
                self.0.target.class = map.next_value::<Option<String>>()?.unwrap_or_default();
                self.0.target.anything = true;
            }
            "Vulnerabilities" => self.each(FindingKind::Vulnerability, map)?,
            "Misconfigurations" => self.each(FindingKind::Misconfiguration, map)?,
            "Secrets" => self.each(FindingKind::Secret, map)?,
            "Licenses" => self.each(FindingKind::Licence, map)?,
            "ExperimentalModifiedFindings" => {
                map.next_value_seed(Each::new(|modified: Modified| {
                    let kind = match modified.kind.as_str() {
                        "misconfiguration" => FindingKind::Misconfiguration,
                        "secret" => FindingKind::Secret,
                        "license" => FindingKind::Licence,
                        _ => FindingKind::Vulnerability,
                    };
                    self.0.add(kind, modified.finding, true);
                    Ok(())
                }))?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn done(&mut self) -> Result<(), Refusal> {
        let target = std::mem::take(&mut self.0.target);
        if !target.anything && target.looked.is_empty() {
            return Err(Refusal::new(
                Code::WrongFormat,
                "this is no report of Trivy: a result names no target",
            ));
        }
        self.0.targets += 1;
        let by_class = match target.class.as_str() {
            "os-pkgs" | "lang-pkgs" => Some(FindingKind::Vulnerability),
            "config" => Some(FindingKind::Misconfiguration),
            "secret" => Some(FindingKind::Secret),
            "license" | "license-file" => Some(FindingKind::Licence),
            // The list that older versions wrote knew nothing but vulnerabilities.
            "" => Some(FindingKind::Vulnerability),
            _ => None,
        };
        target.looked.into_iter().chain(by_class).for_each(|kind| self.0.findings.looked_for(kind));
        Ok(())
    }
}

impl Scanned<'_, '_> {
    fn each<'de, A: MapAccess<'de>>(&mut self, kind: FindingKind, map: &mut A) -> Result<(), A::Error> {
        let each = Each::new(|finding: Finding| {
            match finding.status.as_deref() {
                Some("PASS") if kind == FindingKind::Misconfiguration => {}
                Some("EXCEPTION") if kind == FindingKind::Misconfiguration => self.0.add(kind, finding, true),
                _ => self.0.add(kind, finding, false),
            }
            Ok(())
        });
        if map.next_value_seed(each)?.is_some() {
            self.0.target.looked.push(kind);
        }
        Ok(())
    }
}

impl Scan<'_> {
    fn add(&mut self, kind: FindingKind, finding: Finding, suppressed: bool) {
        let severity = Severity::of_word(&finding.severity);
        let id = [finding.vulnerability_id, finding.id, finding.rule_id, finding.name]
            .into_iter()
            .flatten()
            .find(|id| !id.is_empty());
        let message = [finding.title, finding.message, finding.category, finding.description]
            .into_iter()
            .flatten()
            .find(|text| !text.is_empty());
        let package =
            finding.pkg_name.filter(|name| !name.is_empty()).map(|name| match &finding.installed_version {
                Some(version) => format!("{name}@{version}"),
                None => name,
            });
        let line = finding
            .start_line
            .or_else(|| finding.cause_metadata.and_then(|cause| cause.start_line))
            .filter(|line| *line > 0);
        let place = match (package, line) {
            (Some(package), _) => format!("{package} in {}", self.target.name),
            (None, Some(line)) => format!("{}:{line}", self.target.name),
            (None, None) => self.target.name.clone(),
        };
        let item_kind = if suppressed { ItemKind::Suppressed(kind) } else { ItemKind::Finding(kind) };
        let mut item = Item::new(item_kind, &id.unwrap_or_default(), &message.unwrap_or_default())
            .located(Some(place))
            .rated(severity);
        item.fingerprint = finding.fingerprint;
        self.report.items.push(item);
        if suppressed {
            self.findings.suppressed.count(severity, 1);
        } else {
            self.findings.found(kind, severity);
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase")]
struct Finding {
    #[serde(rename = "VulnerabilityID")]
    vulnerability_id: Option<String>,
    #[serde(rename = "ID")]
    id: Option<String>,
    #[serde(rename = "RuleID")]
    rule_id: Option<String>,
    name: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    severity: String,
    status: Option<String>,
    title: Option<String>,
    message: Option<String>,
    description: Option<String>,
    category: Option<String>,
    pkg_name: Option<String>,
    installed_version: Option<String>,
    start_line: Option<u64>,
    cause_metadata: Option<Cause>,
    fingerprint: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Cause {
    start_line: Option<u64>,
}

#[derive(Deserialize)]
struct Modified {
    #[serde(rename = "Type", default, deserialize_with = "nullable")]
    kind: String,
    #[serde(rename = "Finding", default, deserialize_with = "nullable")]
    finding: Finding,
}
