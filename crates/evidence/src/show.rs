//! `clearway evidence show`: what a gate would see of files.

use std::io::{self, Read, Write};

use crate::figure::Figure;
use crate::limits::Limits;
use crate::refusal::{Code, Refusal};
use crate::report::{Item, Report};
use crate::source::Source;
use crate::{Mapping, Reader, detect, read_source, read_table};

/// What there is to see of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The name that the caller gave it.
    pub file: String,
    /// The reader that was asked for or found. `None` when none knows the file.
    pub reader: Option<Reader>,
    /// The report, or why it is refused.
    pub report: Result<Report, Refusal>,
}

impl Shown {
    /// A file that could not be opened.
    pub fn unreadable(file: impl Into<String>, why: impl std::fmt::Display) -> Self {
        let refusal = Refusal::new(Code::Unreadable, format!("the file cannot be read: {why}"));
        Self { file: file.into(), reader: None, report: Err(refusal) }
    }
}

/// Reads a file to show it, with a reader or with the one that is found.
pub fn show(file: impl Into<String>, reader: Option<Reader>, mut input: impl Read, limits: &Limits) -> Shown {
    let mut found = reader;
    let mut read = || {
        let source = Source::open(&mut input, limits)?;
        let reader = match reader {
            Some(reader) => reader,
            None => detect::detect(source.start())?,
        };
        found = Some(reader);
        read_source(reader, source, limits)
    };
    let report = read();
    Shown { file: file.into(), reader: found, report }
}

/// Reads a table by a mapping, to show it.
pub fn show_table(file: impl Into<String>, mapping: &Mapping, input: impl Read, limits: &Limits) -> Shown {
    Shown {
        file: file.into(),
        reader: Some(Reader::Table),
        report: read_table(mapping, input, limits, |_| {}),
    }
}

/// Writes the files as JSON: a list of `{file, reader, metrics, refused}`.
///
/// `metrics` are numbers by the names that the language calls them by, a filter behind the name as it is written in a condition:
/// `"vulnerabilities.count(severity = high)"`. Percentages are 95.5 for 95.5%, times are in milliseconds, rates in a second. `refused` is `null` or
/// `{code, message}`; a refused file has no metrics.
///
/// # Errors
///
/// Those of the output.
pub fn write_json(shown: &[Shown], out: &mut impl Write) -> io::Result<()> {
    let mut first = true;
    write!(out, "[")?;
    for file in shown {
        write!(out, "{}\n  {{\"file\": {}", if first { "" } else { "," }, text(&file.file)?)?;
        first = false;
        let reader = file.reader.map(Reader::name);
        write!(
            out,
            ", \"reader\": {}, \"metrics\": {{",
            reader.map_or_else(|| Ok("null".to_owned()), text)?
        )?;
        let figures = file.report.as_ref().map(Report::figures).unwrap_or_default();
        for (at, (name, figure)) in figures.iter().enumerate() {
            write!(out, "{}\n    {}: {}", if at == 0 { "" } else { "," }, text(name)?, number(figure))?;
        }
        write!(out, "{}}}, \"refused\": ", if figures.is_empty() { "" } else { "\n  " })?;
        match &file.report {
            Ok(_) => write!(out, "null}}")?,
            Err(refusal) => write!(
                out,
                "{{\"code\": {}, \"message\": {}}}}}",
                text(refusal.code.name())?,
                text(&refusal.told())?
            )?,
        }
    }
    writeln!(out, "{}]", if first { "" } else { "\n" })
}

fn text(text: &str) -> io::Result<String> {
    Ok(serde_json::to_string(text)?)
}

fn number(figure: &Figure) -> String {
    figure.value.normalize().to_string()
}

/// How many failures and findings of a file are shown.
const ITEMS: usize = 10;

/// Writes the files for people: the figures of each, what is worth knowing, and its first failures and findings.
///
/// # Errors
///
/// Those of the output.
pub fn write_table(shown: &[Shown], out: &mut impl Write) -> io::Result<()> {
    for (at, file) in shown.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        let name = crate::limits::short(&file.file);
        match (&file.report, file.reader) {
            (Ok(report), _) => {
                writeln!(out, "{name}  ({})", report.reader)?;
                write_report(report, out)?;
            }
            (Err(refusal), Some(reader)) => {
                writeln!(out, "{name}  ({reader})\n  refused: {} [{}]", refusal.told(), refusal.code)?;
            }
            (Err(refusal), None) => {
                writeln!(out, "{name}\n  refused: {} [{}]", refusal.told(), refusal.code)?;
            }
        }
    }
    Ok(())
}

fn write_report(report: &Report, out: &mut impl Write) -> io::Result<()> {
    // Severities stand behind the number of all, where people look for them.
    let figures: Vec<(String, Figure)> =
        report.figures().into_iter().filter(|(name, _)| !name.contains("(severity")).collect();
    let width = figures.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    for (name, figure) in &figures {
        let by = report
            .findings
            .as_ref()
            .and_then(|findings| findings.by_severity(name))
            .filter(|by| by.total() > 0);
        writeln!(out, "  {name:width$}  {figure}{}", by.map_or_else(String::new, |by| format!("  ({by})")))?;
    }
    if figures.is_empty() {
        writeln!(out, "  no figures")?;
    }
    let origin = &report.origin;
    let mut about = |what: &str, value: String| {
        if value.is_empty() { Ok(()) } else { writeln!(out, "  {what}: {value}") }
    };
    let list = |set: &std::collections::BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(", ");
    about("written by", list(&origin.tools))?;
    about("of commit", list(&origin.commits))?;
    about("of digest", list(&origin.digests))?;
    about(
        "at",
        origin.times.map_or_else(String::new, |(first, last)| {
            if first == last { first.to_string() } else { format!("{first} to {last}") }
        }),
    )?;
    for note in &report.notes {
        let word = if note.code.casts_doubt() { "doubt" } else { "note" };
        writeln!(out, "  {word}: {} [{}]", note.message, note.code)?;
    }
    let items = report.items.list();
    items.iter().take(ITEMS).try_for_each(|item| write_item(item, out))?;
    let more = (items.len() as u64).saturating_sub(ITEMS as u64) + report.items.omitted;
    if more > 0 {
        writeln!(out, "  … and {more} more")?;
    }
    Ok(())
}

fn write_item(item: &Item, out: &mut impl Write) -> io::Result<()> {
    write!(out, "  - {}", item.kind)?;
    if let Some(severity) = item.severity {
        write!(out, " ({severity})")?;
    }
    write!(out, " {}", item.id)?;
    if let Some(location) = &item.location {
        write!(out, " at {location}")?;
    }
    match item.message.is_empty() {
        true => writeln!(out),
        false => writeln!(out, ": {}", item.message),
    }
}
