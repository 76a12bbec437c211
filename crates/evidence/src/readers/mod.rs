//! The readers: one file a format.

mod cobertura;
mod cyclonedx;
mod gitlab;
mod go_cover;
mod grype;
mod in_toto;
mod jacoco;
mod jmeter;
pub(crate) mod junit;
mod k6;
mod lcov;
mod osv;
mod sarif;
mod semgrep;
mod spdx;
mod statuspage;
pub mod table;
mod trivy;

use std::fmt;
use std::str::FromStr;

use crate::family::Findings;
use crate::limits::Limits;
use crate::refusal::{NoteCode, Refusal};
use crate::report::Report;
use crate::severity::Severity;
use crate::source::Source;

/// What reads a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reader {
    /// Test results as JUnit XML.
    Junit,
    /// Findings of static analysis as SARIF 2.1.
    Sarif,
    /// Coverage as an LCOV tracefile.
    Lcov,
    /// Coverage as Cobertura XML.
    Cobertura,
    /// Coverage as JaCoCo XML.
    Jacoco,
    /// Coverage as a Go cover profile.
    GoCover,
    /// A load test's summary by k6.
    K6,
    /// A load test's results by JMeter.
    Jmeter,
    /// Vulnerable dependencies by OSV-Scanner.
    Osv,
    /// Vulnerabilities, misconfigurations, secrets and licences by Trivy.
    Trivy,
    /// Vulnerabilities by Grype.
    Grype,
    /// Findings of Semgrep.
    Semgrep,
    /// A security report as GitLab's scanners write it.
    Gitlab,
    /// A bill of materials as CycloneDX, with vulnerabilities if it has them.
    Cyclonedx,
    /// A bill of materials as SPDX JSON.
    Spdx,
    /// Statements of in-toto, in envelopes or bare.
    InToto,
    /// A status page as Statuspage writes it.
    Statuspage,
    /// A table with a declared mapping.
    Table,
}

impl Reader {
    /// All of them, with the names that the language calls them by.
    const NAMES: [(Self, &'static str); 18] = [
        (Self::Junit, "junit"),
        (Self::Sarif, "sarif"),
        (Self::Lcov, "lcov"),
        (Self::Cobertura, "cobertura"),
        (Self::Jacoco, "jacoco"),
        (Self::GoCover, "go-cover"),
        (Self::K6, "k6"),
        (Self::Jmeter, "jmeter"),
        (Self::Osv, "osv"),
        (Self::Trivy, "trivy"),
        (Self::Grype, "grype"),
        (Self::Semgrep, "semgrep"),
        (Self::Gitlab, "gitlab"),
        (Self::Cyclonedx, "cyclonedx"),
        (Self::Spdx, "spdx"),
        (Self::InToto, "in-toto"),
        (Self::Statuspage, "statuspage"),
        (Self::Table, "table"),
    ];

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::NAMES.iter().map(|(reader, _)| *reader)
    }

    /// The name that the language calls it by.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(reader, _)| *reader == self).map_or("", |(_, name)| name)
    }

    /// Reads a report into one that is empty.
    pub(crate) fn read(
        self,
        source: Source<'_>,
        limits: &Limits,
        report: &mut Report,
    ) -> Result<(), Refusal> {
        match self {
            Self::Junit => junit::read(source, limits, report, &|_| false),
            Self::Sarif => sarif::read(source, limits, report),
            Self::Lcov => lcov::read(source, limits, report),
            Self::Cobertura => cobertura::read(source, limits, report),
            Self::Jacoco => jacoco::read(source, limits, report),
            Self::GoCover => go_cover::read(source, limits, report),
            Self::K6 => k6::read(source, limits, report),
            Self::Jmeter => jmeter::read(source, limits, report),
            Self::Osv => osv::read(source, limits, report),
            Self::Trivy => trivy::read(source, limits, report),
            Self::Grype => grype::read(source, limits, report),
            Self::Semgrep => semgrep::read(source, limits, report),
            Self::Gitlab => gitlab::read(source, limits, report),
            Self::Cyclonedx => cyclonedx::read(source, limits, report),
            Self::Spdx => spdx::read(source, limits, report),
            Self::InToto => in_toto::read(source, limits, report),
            Self::Statuspage => statuspage::read(source, limits, report),
            Self::Table => Err(table::needs_mapping()),
        }
    }
}

impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Reader {
    type Err = String;

    /// Finds the reader of a name.
    fn from_str(name: &str) -> Result<Self, String> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(reader, _)| *reader).ok_or_else(|| {
            let known: Vec<&str> = Self::NAMES.iter().map(|(_, name)| *name).collect();
            format!("there is no reader `{name}`; there are {}", known.join(", "))
        })
    }
}

/// Notes findings that say nothing of how serious they are.
fn severities_missing(report: &mut Report, findings: &Findings) {
    let unknown = findings.all().unknown;
    if unknown > 0 {
        let message = format!(
            "{unknown} findings have no severity: they count at every severity, for each might be critical"
        );
        report.note(NoteCode::SeverityMissing, message);
    }
}

/// Notes that a scan may have been told to leave out what is less serious.
fn maybe_filtered(report: &mut Report, findings: &Findings) {
    let all = findings.all();
    let high = all.exactly(Severity::High) + all.exactly(Severity::Critical);
    if high > 0 && high == all.total() {
        report.note(
            NoteCode::MaybeFiltered,
            "no finding is below high: if the scan was told to leave them out, nothing in the report says so",
        );
    }
}
