//! A diagnostic with its places looked up: what is printed, sorted and serialised.

use serde::{Deserialize, Serialize};

use crate::{Diagnostic, Edit, Place, Severity, Sources, Span};

/// The documented JSON form of a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// `CW0000`.
    pub code: String,
    /// The code's kebab-case name.
    pub name: String,
    /// How serious it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// How to go on: lines joined with a newline, or `null`.
    pub help: Option<String>,
    /// The code's page in the manual.
    pub url: String,
    /// The primary label first, then the others in reading order.
    pub labels: Vec<ReportLabel>,
    /// Edits that mend it.
    pub fixes: Vec<ReportFix>,
    /// It depends on the time of the check.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub due: bool,
}

/// A label with its text position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportLabel {
    /// Relative to the project's root, with `/`.
    pub file: String,
    /// The first character.
    pub start: Position,
    /// One past the last character.
    pub end: Position,
    /// What is to be seen there; may be empty.
    pub message: String,
    /// Whether this is the token to change. True for exactly one label.
    pub primary: bool,
}

/// A place in a text: `line` and `column` count Unicode scalar values from 1, `offset` bytes from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in Unicode scalar values.
    pub column: u32,
    /// Counted from 0, in bytes.
    pub offset: u32,
}

/// Edits that together mend a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportFix {
    /// What applying it does.
    pub title: String,
    /// The edits.
    pub edits: Vec<ReportEdit>,
    /// Whoever is offered it decides: it is never applied together with others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_proposal: bool,
}

/// Replace the text from `start` to `end` by `text`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportEdit {
    /// Relative to the project's root, with `/`.
    pub file: String,
    /// The first character to replace.
    pub start: Position,
    /// One past the last character to replace; equal to `start` for an insertion.
    pub end: Position,
    /// What stands there afterwards.
    pub text: String,
}

impl Report {
    /// Looks up the places of a diagnostic.
    pub fn new(diagnostic: &Diagnostic, sources: &dyn Sources) -> Self {
        let label = |label: &crate::Label, primary| {
            let (file, start, end) = locate(sources, label.place, |span| span);
            ReportLabel { file, start, end, message: label.message.clone(), primary }
        };
        let mut labels = vec![label(&diagnostic.primary, true)];
        labels.extend(diagnostic.related.iter().map(|other| label(other, false)));
        let fixes = diagnostic.fixes.iter().map(|fix| ReportFix {
            title: fix.title.clone(),
            edits: fix.edits.iter().map(|edit| report_edit(edit, sources)).collect(),
            is_proposal: fix.is_proposal,
        });
        Self {
            code: diagnostic.code.id().to_owned(),
            name: diagnostic.code.name().to_owned(),
            severity: diagnostic.severity,
            message: diagnostic.message.clone(),
            help: (!diagnostic.help.is_empty()).then(|| diagnostic.help.join("\n")),
            url: diagnostic.code.url(),
            labels,
            fixes: fixes.collect(),
            due: diagnostic.due,
        }
    }

    /// Looks up all places, and puts the reports in the order of their places: by file, then position, then code.
    /// Equal reports are told once.
    pub fn all(diagnostics: &[Diagnostic], sources: &dyn Sources) -> Vec<Self> {
        let mut reports: Vec<Self> = diagnostics.iter().map(|d| Self::new(d, sources)).collect();
        reports.sort_by(|a, b| a.order().cmp(&b.order()));
        reports.dedup();
        reports
    }

    /// The token to change.
    pub fn primary(&self) -> &ReportLabel {
        &self.labels[0]
    }

    fn order(&self) -> (&str, u32, u32, &str, &str) {
        let primary = self.primary();
        (&primary.file, primary.start.offset, primary.end.offset, &self.code, &self.message)
    }
}

fn report_edit(edit: &Edit, sources: &dyn Sources) -> ReportEdit {
    let (place, text) = match edit {
        Edit::Replace(place, text)
        | Edit::Before(place, text)
        | Edit::After(place, text)
        | Edit::Inside(place, text) => (*place, text),
    };
    let (file, start, end) = locate(sources, place, |span| match edit {
        Edit::Replace(..) => span,
        Edit::Before(..) => Span::new(span.start, span.start),
        Edit::After(..) => Span::new(span.end, span.end),
        Edit::Inside(..) => {
            let last = span.end.saturating_sub(1).max(span.start);
            Span::new(last, last)
        }
    });
    ReportEdit { file, start, end, text: text.clone() }
}

fn locate(
    sources: &dyn Sources,
    place: Place,
    narrow: impl FnOnce(Span) -> Span,
) -> (String, Position, Position) {
    let file = place.file();
    let text = sources.text(file);
    let span = narrow(sources.span(place));
    (sources.path(file).to_owned(), Position::of(text, span.start), Position::of(text, span.end))
}

impl Position {
    /// The position of a byte offset. An offset past the end, or inside a character, is moved back to a boundary.
    pub fn of(text: &str, offset: u32) -> Self {
        let mut at = (offset as usize).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let before = &text[..at];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before[line_start..].chars().count() + 1;
        Self { line: line as u32, column: column as u32, offset: at as u32 }
    }
}
