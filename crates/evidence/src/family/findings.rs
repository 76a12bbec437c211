//! Findings of scanners: vulnerabilities, misconfigurations, secrets, licences, and what an analysis of code finds.

use std::collections::BTreeMap;

use super::Family;
use crate::figure::{Figure, Filter};
use crate::refusal::{Note, Refusal};
use crate::severity::Severity;

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// A known vulnerability of a component.
    Vulnerability,
    /// A setting that is unsafe.
    Misconfiguration,
    /// A secret that lies open.
    Secret,
    /// A licence that is not wanted.
    Licence,
    /// What an analysis found, of any kind.
    Analysis,
}

impl FindingKind {
    /// Its word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Vulnerability => "vulnerability",
            Self::Misconfiguration => "misconfiguration",
            Self::Secret => "secret",
            Self::Licence => "licence",
            Self::Analysis => "finding",
        }
    }
}

/// How many findings there are of each severity. Written as `critical 2, medium 4`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BySeverity {
    by: [u64; 5],
    /// Those of which nobody knows how serious they are.
    pub unknown: u64,
}

impl BySeverity {
    /// How many there are of exactly this severity.
    pub fn exactly(&self, severity: Severity) -> u64 {
        self.by.get(severity as usize).copied().unwrap_or_default()
    }

    /// How many there are at or above a severity. One without a severity is at or above every one: it might be critical.
    pub fn at_or_above(&self, severity: Severity) -> u64 {
        self.by.iter().skip(severity as usize).sum::<u64>() + self.unknown
    }

    /// How many there are.
    pub fn total(&self) -> u64 {
        self.at_or_above(Severity::Info)
    }

    pub(crate) fn count(&mut self, severity: Option<Severity>, by: u64) {
        match severity.and_then(|severity| self.by.get_mut(severity as usize)) {
            Some(count) => *count += by,
            None => self.unknown += by,
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.by.iter_mut().zip(other.by).for_each(|(count, more)| *count += more);
        self.unknown += other.unknown;
    }
}

impl std::fmt::Display for BySeverity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let known = Severity::ALL.iter().rev().map(|severity| (severity.name(), self.exactly(*severity)));
        let parts: Vec<String> = known
            .chain([("unknown", self.unknown)])
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| format!("{name} {count}"))
            .collect();
        f.write_str(&parts.join(", "))
    }
}

/// The findings of a report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// The open ones, by kind. A kind that the scan did not look for is absent; one it looked for in vain has none.
    pub open: BTreeMap<FindingKind, BySeverity>,
    /// Those that somebody set aside: suppressed, ignored, said not to be affected.
    pub suppressed: BySeverity,
    /// The open ones that the baseline does not have, where the report was compared with one.
    pub new: Option<BySeverity>,
    /// How many scans the report holds that looked at something.
    pub scans: u64,
}

impl Findings {
    /// Says that the scan looked for findings of a kind.
    pub(crate) fn looked_for(&mut self, kind: FindingKind) {
        self.open.entry(kind).or_default();
    }

    pub(crate) fn found(&mut self, kind: FindingKind, severity: Option<Severity>) {
        self.open.entry(kind).or_default().count(severity, 1);
    }

    /// The open ones of all kinds.
    pub fn all(&self) -> BySeverity {
        let mut all = BySeverity::default();
        self.open.values().for_each(|more| all.add(more));
        all
    }
}

/// The metrics that count the findings of one kind.
const OF_KIND: [(&str, FindingKind); 4] = [
    ("vulnerabilities.count", FindingKind::Vulnerability),
    ("misconfigurations.count", FindingKind::Misconfiguration),
    ("secrets.count", FindingKind::Secret),
    ("licenses.count", FindingKind::Licence),
];

impl Findings {
    /// What a metric counts, by severity. `None` where the report says nothing of it.
    pub fn by_severity(&self, metric: &str) -> Option<BySeverity> {
        match metric {
            "findings.count" => Some(self.all()),
            "findings.new" => self.new,
            "findings.suppressed" => Some(self.suppressed),
            _ => {
                let (_, kind) = OF_KIND.iter().find(|(name, _)| *name == metric)?;
                self.open.get(kind).copied()
            }
        }
    }
}

impl Family for Findings {
    fn metrics(&self) -> Vec<&'static str> {
        let mut metrics = vec!["findings.count", "findings.new", "findings.suppressed"];
        metrics.extend(OF_KIND.iter().map(|(metric, _)| metric));
        metrics
    }

    fn measure(&self, metric: &str, filter: &Filter) -> Option<Figure> {
        if filter.tag.is_some() {
            return None;
        }
        let counts = self.by_severity(metric)?;
        Some(Figure::count(counts.at_or_above(filter.severity.unwrap_or(Severity::Info)), self.scans))
    }

    fn filters(&self, metric: &str) -> Vec<Filter> {
        match metric {
            "findings.suppressed" => Vec::new(),
            // At or above `info` is everything.
            _ => Severity::ALL.iter().skip(1).rev().map(|severity| Filter::severity(*severity)).collect(),
        }
    }

    fn join(&mut self, other: Self, _: &mut Vec<Note>) -> Result<(), Refusal> {
        for (kind, counts) in &other.open {
            self.open.entry(*kind).or_default().add(counts);
        }
        self.suppressed.add(&other.suppressed);
        // Where one of two reports knows no baseline, nobody knows how much is new.
        self.new = match (self.new.take(), other.new) {
            (None, None) => None,
            (Some(mut one), Some(two)) => {
                one.add(&two);
                Some(one)
            }
            (Some(_), None) | (None, Some(_)) => None,
        };
        self.scans += other.scans;
        Ok(())
    }
}
