//! Reports: plain data in, text out.
//!
//! A report is typed data, which is its JSON, and a table of it, which is its Markdown and its CSV. What it says is worked out
//! elsewhere or from a plan; nothing here knows a disk, a clock or a spec. One file a kind. What is seen rather than read is drawn by
//! `clearway-picture`, and [`page`] puts all of it on one page.

pub mod access;
pub mod ahead;
pub mod graph;
pub mod jobs;
mod markdown;
pub mod matrix;
pub mod page;
pub mod plan;
pub mod review;
mod table;
pub mod tests;
pub mod timeline;

use std::fmt;

use serde::Serialize;

pub use table::Table;

/// A place in a spec, for a reader.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// Relative to the project's root, with `/`.
    pub file: String,
    /// Counted from 1.
    pub line: u32,
}

/// As editors open it: `approvals.cw:12`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// Something that can be reported.
pub trait Report: Serialize {
    /// What it is called.
    fn title(&self) -> String;

    /// What a reader must know before the table: a paragraph each.
    fn preface(&self) -> Vec<String> {
        Vec::new()
    }

    /// What it says, in rows.
    fn table(&self) -> Table;
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people: title, preface, table.
    Markdown,
    /// For programs: the data.
    Json,
    /// For spreadsheets: the table.
    Csv,
}

/// A report as text, with a newline at its end.
///
/// # Errors
///
/// The data cannot be written down in this form.
pub fn render(report: &impl Report, format: Format) -> Result<String, serde_json::Error> {
    match format {
        Format::Markdown => Ok(markdown::document(report)),
        Format::Json => Ok(serde_json::to_string_pretty(report)? + "\n"),
        Format::Csv => report.table().csv().map_err(serde::ser::Error::custom),
    }
}
