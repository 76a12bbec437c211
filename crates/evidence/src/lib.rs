//! Evidence: what test runners, scanners and load tests report, as figures that gates compare.
//!
//! [`read`] takes the bytes of a report and gives a [`Report`], or a [`Refusal`] with a stable [`Code`], what is wrong in words, and the place. A report
//! that is not whole, not what it says it is or that contradicts itself is refused: it has no figures, and a gate cannot pass on it. Where figures
//! can be had and may still be too good, a [`Note`] casts doubt on them.
//!
//! Everything is read as a stream in bounded memory ([`Limits`]). Nothing here opens a file, asks the network or looks at a clock.

mod detect;
mod family;
mod figure;
mod json;
mod limits;
mod lines;
mod moment;
mod number;
mod readers;
mod refusal;
mod report;
mod rows;
mod severity;
mod show;
mod source;
mod xml;

use std::io::Read;

pub use family::{
    Attestations, Branches, BySeverity, Counts, Coverage, FindingKind, Findings, Inventory, Latency, Load,
    Quantile, Ratio, Record, RecordCounts, Records, SourceLines, Statement, Status, Subject, Tests,
};
pub use figure::{Figure, Filter, Share, Unit, told_duration};
pub use limits::Limits;
pub use moment::Moment;
pub use readers::Reader;
pub use readers::table::{Mapping, Meaning, Topic};
pub use refusal::{Code, Note, NoteCode, Place, Refusal};
pub use report::{Item, ItemKind, Items, Origin, Report};
pub use severity::Severity;
pub use show::{Shown, show, show_table, write_json, write_table};

use source::Source;

/// Reads a report with a reader.
///
/// # Errors
///
/// Whatever keeps the report from being evidence, as the first thing that is wrong with it.
pub fn read(reader: Reader, mut input: impl Read, limits: &Limits) -> Result<Report, Refusal> {
    read_source(reader, Source::open(&mut input, limits)?, limits)
}

/// A test case, as those who know it by name look for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case<'c> {
    /// The suite.
    pub suite: &'c str,
    /// The class; empty where the report names none.
    pub class: &'c str,
    /// The name.
    pub name: &'c str,
}

/// Reads a report with a reader, and sets some test cases aside: what is wrong with one of these does not count as a failure, but as
/// `tests.quarantined`. Reports that hold no test cases are read as ever.
///
/// # Errors
///
/// As [`read`].
pub fn read_setting_aside(
    reader: Reader,
    mut input: impl Read,
    limits: &Limits,
    aside: &dyn Fn(&Case<'_>) -> bool,
) -> Result<Report, Refusal> {
    let source = Source::open(&mut input, limits)?;
    if reader != Reader::Junit {
        return read_source(reader, source, limits);
    }
    let mut report = Report::new(reader, limits);
    readers::junit::read(source, limits, &mut report, aside)?;
    report.finish();
    Ok(report)
}

/// Reads a report whose reader is found by how it begins.
///
/// # Errors
///
/// As [`read`], and [`Code::UnknownFormat`] when no reader knows it.
pub fn read_any(mut input: impl Read, limits: &Limits) -> Result<Report, Refusal> {
    let source = Source::open(&mut input, limits)?;
    let reader = detect::detect(source.start())?;
    read_source(reader, source, limits)
}

/// Reads a table by a mapping, and hands each of its rows to `each`.
///
/// # Errors
///
/// As [`read`].
pub fn read_table(
    mapping: &Mapping,
    mut input: impl Read,
    limits: &Limits,
    mut each: impl FnMut(&Record),
) -> Result<Report, Refusal> {
    let source = Source::open(&mut input, limits)?;
    let mut report = Report::new(Reader::Table, limits);
    readers::table::read(source, limits, mapping, &mut report, &mut each)?;
    report.finish();
    Ok(report)
}

/// Reads the reports of one gate, and joins them. Without a report there is none: no evidence is not good evidence.
///
/// # Errors
///
/// The first refusal, with the place of its report in the list, or [`Code::ContradictingReports`] with that of the later one.
pub fn read_all<R: Read>(
    reader: Reader,
    inputs: impl IntoIterator<Item = R>,
    limits: &Limits,
) -> Result<Option<Report>, (usize, Refusal)> {
    let mut joined: Option<Report> = None;
    for (at, input) in inputs.into_iter().enumerate() {
        let report = read(reader, input, limits).map_err(|refusal| (at, refusal))?;
        match &mut joined {
            None => joined = Some(report),
            Some(joined) => joined.join(report).map_err(|refusal| (at, refusal))?,
        }
    }
    Ok(joined)
}

fn read_source(reader: Reader, source: Source<'_>, limits: &Limits) -> Result<Report, Refusal> {
    let mut report = Report::new(reader, limits);
    let detected = detect::detect(source.start());
    reader.read(source, limits, &mut report).map_err(|refusal| match (refusal.code, detected) {
        // The text is fine for another reader: say which.
        (Code::WrongFormat, Ok(other)) if other != reader && !refusal.message.contains("would read") => {
            Refusal {
                message: format!("{}. It looks like a report for `{other}`", refusal.message),
                ..refusal
            }
        }
        (_, _) => refusal,
    })?;
    report.finish();
    Ok(report)
}
