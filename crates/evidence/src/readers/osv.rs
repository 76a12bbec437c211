//! OSV-Scanner's JSON (`--format json`, versions 1 and 2).
//!
//! One vulnerability of a package is known under several ids; the scanner puts them in a group, and a group counts once, as in the scanner's
//! own table. Its severity is the group's `max_severity`, else the worst that one of its entries says: its database's word, or its CVSS vector.
//! Licences that `--licenses` does not allow are findings of their own.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::MapAccess;

use crate::family::{FindingKind, Findings};
use crate::json::{self, Each, Fields, Object, Objects, nullable};
use crate::limits::Limits;
use crate::refusal::{Code, Refusal};
use crate::report::{Item, ItemKind, Report};
use crate::severity::Severity;
use crate::source::Source;

/// Reads results.
pub(super) fn read(source: Source<'_>, limits: &Limits, report: &mut Report) -> Result<(), Refusal> {
    let mut scan =
        Scan { report, findings: Findings::default(), any: false, source: String::new(), packages: false };
    json::read(source, limits, Object(&mut scan))?;
    if !scan.any {
        return Err(Refusal::new(
            Code::WrongFormat,
            "this is no report of OSV-Scanner: it has no list of `results`",
        ));
    }
    let mut findings = scan.findings;
    findings.looked_for(FindingKind::Vulnerability);
    findings.scans += 1;
    report.origin.tool("OSV-Scanner", None);
    super::severities_missing(report, &findings);
    report.findings = Some(findings);
    Ok(())
}

struct Scan<'p> {
    report: &'p mut Report,
    findings: Findings,
    any: bool,
    /// The file that the result at hand is about, if it was named before its packages.
    source: String,
    packages: bool,
}

impl Fields for Scan<'_> {
    const WHAT: &'static str = "a report of OSV-Scanner";

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        if name != "results" {
            return Ok(false);
        }
        self.any = map.next_value_seed(Objects(&mut Scanned(self)))?.is_some();
        Ok(true)
    }
}

/// Reads what was found in one lock file, image or bill of materials.
struct Scanned<'s, 'p>(&'s mut Scan<'p>);

impl Fields for Scanned<'_, '_> {
    const WHAT: &'static str = "a result of OSV-Scanner";

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "source" => self.0.source = map.next_value::<Option<Origin>>()?.unwrap_or_default().path,
            "packages" => {
                self.0.packages = true;
                map.next_value_seed(Each::new(|package: Package| {
                    package.count(self.0);
                    Ok(())
                }))?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn done(&mut self) -> Result<(), Refusal> {
        self.0.source.clear();
        if std::mem::take(&mut self.0.packages) {
            return Ok(());
        }
        Err(Refusal::new(Code::WrongFormat, "this is no report of OSV-Scanner: a result has no `packages`"))
    }
}

#[derive(Deserialize, Default)]
struct Origin {
    #[serde(default, deserialize_with = "nullable")]
    path: String,
}

#[derive(Deserialize)]
struct Package {
    #[serde(default, deserialize_with = "nullable")]
    package: Named,
    #[serde(default, deserialize_with = "nullable")]
    vulnerabilities: Vec<Vulnerability>,
    #[serde(default, deserialize_with = "nullable")]
    groups: Vec<Group>,
    #[serde(default, deserialize_with = "nullable")]
    license_violations: Vec<String>,
}

#[derive(Deserialize, Default)]
struct Named {
    #[serde(default, deserialize_with = "nullable")]
    name: String,
    #[serde(default, deserialize_with = "nullable")]
    version: String,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default, deserialize_with = "nullable")]
    ids: Vec<String>,
    #[serde(default, deserialize_with = "nullable")]
    max_severity: String,
}

#[derive(Deserialize)]
struct Vulnerability {
    #[serde(default, deserialize_with = "nullable")]
    id: String,
    #[serde(default, deserialize_with = "nullable")]
    summary: String,
    #[serde(default, deserialize_with = "nullable")]
    severity: Vec<Vector>,
    #[serde(default, deserialize_with = "nullable")]
    database_specific: BTreeMap<String, serde_json::Value>,
}

#[derive(Deserialize)]
struct Vector {
    #[serde(default, deserialize_with = "nullable")]
    score: String,
}

impl Vulnerability {
    fn severity(&self) -> Option<Severity> {
        let word =
            self.database_specific.get("severity").and_then(|word| word.as_str()).and_then(Severity::of_word);
        let vectors = self.severity.iter().filter_map(|vector| Severity::of_vector(&vector.score));
        word.or_else(|| vectors.max())
    }
}

impl Package {
    fn count(self, scan: &mut Scan<'_>) {
        let location = format!("{}@{} {}", self.package.name, self.package.version, scan.source);
        let by_id: BTreeMap<&str, &Vulnerability> =
            self.vulnerabilities.iter().map(|known| (known.id.as_str(), known)).collect();
        let mut add = |kind, id: &str, message: &str, severity| {
            scan.findings.found(kind, severity);
            scan.report.items.push(
                Item::new(ItemKind::Finding(kind), id, message)
                    .located(Some(location.clone()))
                    .rated(severity),
            );
        };
        let mut grouped: Vec<&str> = Vec::new();
        for group in &self.groups {
            let entries = || group.ids.iter().filter_map(|id| by_id.get(id.as_str()));
            let stated = group.max_severity.trim().parse().ok().and_then(Severity::of_score);
            let severity = stated.or_else(|| entries().filter_map(|entry| entry.severity()).max());
            let id = group.ids.first().map_or("", String::as_str);
            let summary = entries().map(|entry| entry.summary.as_str()).find(|summary| !summary.is_empty());
            add(FindingKind::Vulnerability, id, summary.unwrap_or_default(), severity);
            grouped.extend(group.ids.iter().map(String::as_str));
        }
        for single in self.vulnerabilities.iter().filter(|single| !grouped.contains(&single.id.as_str())) {
            add(FindingKind::Vulnerability, &single.id, &single.summary, single.severity());
        }
        for licence in &self.license_violations {
            add(FindingKind::Licence, licence, "the licence is not among those that are allowed", None);
        }
    }
}
