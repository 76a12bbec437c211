//! CycloneDX bills of materials, 1.0 to 1.x, as JSON and as XML.
//!
//! Components within components count, the subject of the bill (`metadata.component`) does not. Each entry of `vulnerabilities` is a finding;
//! its severity is the worst word of its ratings, or without any the worst of their scores and vectors. What an analysis found resolved, false or
//! not to be affected is suppressed. A bill without a list of vulnerabilities says nothing of them: nobody looked.

mod json;
mod xml;

use crate::family::{FindingKind, Findings, Inventory};
use crate::limits::{Limits, short};
use crate::refusal::{Code, Refusal};
use crate::report::{Item, ItemKind, Report};
use crate::severity::Severity;
use crate::source::Source;

/// Reads a bill of materials.
pub(super) fn read(source: Source<'_>, limits: &Limits, report: &mut Report) -> Result<(), Refusal> {
    match source.start().trim_ascii_start().first() {
        Some(b'<') => xml::read(source, limits, report),
        _ => json::read(source, limits, report),
    }
}

/// What both forms are read into.
#[derive(Default)]
struct Bill {
    inventory: Inventory,
    findings: Findings,
    /// Whether the bill has a list of vulnerabilities.
    looked: bool,
}

/// One rating of a vulnerability.
#[derive(Default)]
struct Rating {
    severity: Option<String>,
    score: Option<f64>,
    vector: Option<String>,
}

/// A vulnerability of the bill.
#[derive(Default)]
struct Vulnerability {
    id: String,
    message: String,
    ratings: Vec<Rating>,
    state: Option<String>,
    affects: Option<String>,
}

impl Vulnerability {
    fn severity(&self) -> Option<Severity> {
        let words =
            self.ratings.iter().filter_map(|rating| rating.severity.as_deref().and_then(Severity::of_word));
        let numbers = self.ratings.iter().filter_map(|rating| {
            rating
                .score
                .and_then(Severity::of_score)
                .or_else(|| rating.vector.as_deref().and_then(Severity::of_vector))
        });
        words.max().or_else(|| numbers.max())
    }
}

impl Bill {
    fn add(&mut self, vulnerability: &Vulnerability, report: &mut Report) {
        let kind = FindingKind::Vulnerability;
        let severity = vulnerability.severity();
        let suppressed = matches!(
            vulnerability.state.as_deref(),
            Some("resolved" | "resolved_with_pedigree" | "false_positive" | "not_affected")
        );
        if suppressed {
            self.findings.suppressed.count(severity, 1);
        } else {
            self.findings.found(kind, severity);
        }
        let item_kind = if suppressed { ItemKind::Suppressed(kind) } else { ItemKind::Finding(kind) };
        let item = Item::new(item_kind, &vulnerability.id, &vulnerability.message);
        report.items.push(item.located(vulnerability.affects.clone()).rated(severity));
    }

    fn end(mut self, report: &mut Report) {
        if self.looked {
            self.findings.looked_for(FindingKind::Vulnerability);
            self.findings.scans = 1;
            super::severities_missing(report, &self.findings);
            report.findings = Some(self.findings);
        }
        report.inventory = Some(self.inventory);
    }
}

fn supported(version: &str) -> Result<(), Refusal> {
    if version.starts_with("1.") {
        return Ok(());
    }
    Err(Refusal::new(
        Code::UnsupportedVersion,
        format!("this is CycloneDX {}, and 1.x is read", short(version)),
    ))
}
