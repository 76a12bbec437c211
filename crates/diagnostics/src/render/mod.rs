//! Reports as text: one file per format.

use std::io;

use codespan_reporting::term::termcolor::WriteColor;

use crate::{Report, ReportLabel, Severity};

pub use codespan_reporting::term::termcolor;

pub mod github;
mod help;
pub mod human;
pub mod json;
mod printable;
#[cfg(test)]
mod samples;
pub mod sarif;
pub mod short;

/// The texts that labels point into.
pub trait Texts {
    /// The text of the file that reports call `path`; empty if there is none.
    fn text(&self, path: &str) -> &str;
}

/// A form in which reports can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// With the lines of the source, for people.
    Human,
    /// One line per report.
    Short,
    /// The documented JSON list.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands that GitHub shows beside the changed lines.
    Github,
}

impl Format {
    /// Every format, the default first.
    pub const ALL: [Self; 5] = [Self::Human, Self::Short, Self::Json, Self::Sarif, Self::Github];

    /// The word for it on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Short => "short",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
        }
    }

    /// Writes the reports in this format. `version` is Clearway's own, which some formats name.
    pub fn write(
        self,
        out: &mut dyn WriteColor,
        reports: &[Report],
        texts: &dyn Texts,
        version: &str,
    ) -> io::Result<()> {
        match self {
            Self::Human => human::write(out, reports, texts),
            Self::Short => short::write(out, reports),
            Self::Json => json::write(out, reports),
            Self::Sarif => sarif::write(out, reports, version),
            Self::Github => github::write(out, reports),
        }
    }
}

/// How many there are of each severity, most serious first: `2 errors, 1 warning`. `None` without reports.
pub fn summary(reports: &[Report]) -> Option<String> {
    let count = |counted: &[Severity], noun: &str| {
        let number = reports.iter().filter(|report| counted.contains(&report.severity)).count();
        let plural = if number == 1 { "" } else { "s" };
        (number > 0).then(|| format!("{number} {noun}{plural}"))
    };
    let counts = [
        count(&[Severity::Error], "error"),
        count(&[Severity::Warning], "warning"),
        // The human format calls both of them notes.
        count(&[Severity::Info, Severity::Hint], "note"),
    ];
    let counts: Vec<String> = counts.into_iter().flatten().collect();
    (!counts.is_empty()).then(|| counts.join(", "))
}

/// `path:line:column`, where a label starts.
fn locus(label: &ReportLabel) -> String {
    format!("{}:{}:{}", label.file, label.start.line, label.start.column)
}

#[cfg(test)]
mod tests {
    use super::{Format, samples, summary, termcolor::NoColor};
    use crate::Severity;

    #[test]
    fn the_summary_counts_what_there_is() {
        let [error, other] = [samples::unknown_name(), samples::conflict()];
        let warning = crate::Report { severity: Severity::Warning, ..error.clone() };
        let hint = crate::Report { severity: Severity::Hint, ..error.clone() };
        let info = crate::Report { severity: Severity::Info, ..error.clone() };
        assert_eq!(summary(&[]), None);
        assert_eq!(summary(std::slice::from_ref(&warning)).as_deref(), Some("1 warning"));
        assert_eq!(
            summary(&[hint, error, warning, info, other]).as_deref(),
            Some("2 errors, 1 warning, 2 notes")
        );
    }

    #[test]
    fn every_format_has_its_own_name_and_writes_something() {
        let written = Format::ALL.map(|format| {
            let mut out = NoColor::new(Vec::new());
            format.write(&mut out, &[samples::conflict()], &samples::TEXTS, "1.2.3").unwrap();
            (format.name(), String::from_utf8(out.into_inner()).unwrap())
        });
        for (index, (name, text)) in written.iter().enumerate() {
            assert!(text.contains("CW9902") && text.ends_with('\n'), "{name}: {text}");
            assert!(written[..index].iter().all(|(other, _)| other != name));
        }
    }
}
