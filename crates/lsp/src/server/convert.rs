//! From offsets and plain structs to the protocol's types, and back.

use std::sync::Arc;

use clearway_diagnostics::{Report, Severity, Span};
use line_index::{LineCol, LineIndex, TextSize, WideEncoding, WideLineCol};
use tower_lsp_server::ls_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag,
    DocumentSymbol, Location, NumberOrString, Position, PositionEncodingKind, Range, SymbolKind, TextEdit,
    Uri,
};

use crate::location::TextChange;
use crate::symbols::{Sort, Symbol};

/// How the client counts the characters of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf16,
}

impl Encoding {
    /// The one that costs least, of those that the client offers.
    pub(crate) fn negotiated(offered: Option<&[PositionEncodingKind]>) -> Self {
        let utf8 = offered.is_some_and(|offered| offered.contains(&PositionEncodingKind::UTF8));
        if utf8 { Self::Utf8 } else { Self::Utf16 }
    }

    pub(crate) const fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
        }
    }
}

/// The lines of a text.
pub(crate) struct Lines {
    text: Arc<str>,
    index: LineIndex,
    encoding: Encoding,
}

impl Lines {
    pub(crate) fn new(text: Arc<str>, encoding: Encoding) -> Self {
        Self { index: LineIndex::new(&text), text, encoding }
    }

    fn length(&self) -> u32 {
        self.text.len() as u32
    }

    pub(crate) fn position(&self, offset: u32) -> Position {
        let offset = TextSize::new(offset.min(self.length()));
        let place = self.index.try_line_col(offset).unwrap_or(LineCol { line: 0, col: 0 });
        let character = match self.encoding {
            Encoding::Utf8 => place.col,
            Encoding::Utf16 => {
                self.index.to_wide(WideEncoding::Utf16, place).map_or(place.col, |wide| wide.col)
            }
        };
        Position { line: place.line, character }
    }

    pub(crate) fn range(&self, span: Span) -> Range {
        Range { start: self.position(span.start), end: self.position(span.end) }
    }

    /// The offset of a position; one past the end of its line, or of the text, is moved back.
    pub(crate) fn offset(&self, position: Position) -> u32 {
        let Some(line) = self.index.line(position.line) else { return self.length() };
        let place = match self.encoding {
            Encoding::Utf8 => Some(LineCol { line: position.line, col: position.character }),
            Encoding::Utf16 => {
                let wide = WideLineCol { line: position.line, col: position.character };
                self.index.to_utf8(WideEncoding::Utf16, wide)
            }
        };
        let offset = place.and_then(|place| self.index.offset(place)).map_or(line.end(), |found| found);
        // The end of a line belongs to the next one.
        let last = if line.end() == TextSize::new(self.length()) {
            line.end()
        } else {
            line.end() - TextSize::new(1)
        };
        let mut offset = u32::from(offset.min(last.max(line.start())));
        while !self.text.is_char_boundary(offset as usize) {
            offset -= 1;
        }
        offset
    }

    pub(crate) fn span(&self, range: Range) -> Span {
        let (start, end) = (self.offset(range.start), self.offset(range.end));
        Span::new(start.min(end), start.max(end))
    }

    pub(crate) fn edits(&self, changes: Vec<TextChange>) -> Vec<TextEdit> {
        let edit = |change: TextChange| TextEdit { range: self.range(change.span), new_text: change.text };
        changes.into_iter().map(edit).collect()
    }
}

/// A report as the protocol has it. `place` gives address and range of a label.
pub(crate) fn diagnostic(
    report: &Report,
    mut place: impl FnMut(&str, Span) -> Option<(Uri, Range)>,
) -> Option<(Uri, Diagnostic)> {
    let mut labels = report.labels.iter().filter_map(|label| {
        let span = Span::new(label.start.offset, label.end.offset);
        place(&label.file, span).map(|found| (found, label.message.clone()))
    });
    let ((uri, range), _) = labels.next()?;
    let related: Vec<_> = labels
        .map(|((uri, range), message)| DiagnosticRelatedInformation {
            location: Location { uri, range },
            message: if message.is_empty() { "here".to_owned() } else { message },
        })
        .collect();
    let label = report.primary().message.as_str();
    let mut message = report.message.clone();
    for line in [label].into_iter().filter(|label| !label.is_empty()) {
        message = format!("{message}: {line}");
    }
    for line in report.help.iter().flat_map(|help| help.lines()) {
        message = format!("{message}\nhelp: {line}");
    }
    let unused = report.name.starts_with("unused");
    let diagnostic = Diagnostic {
        range,
        severity: Some(match report.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
            Severity::Info => DiagnosticSeverity::INFORMATION,
            Severity::Hint => DiagnosticSeverity::HINT,
        }),
        code: Some(NumberOrString::String(report.code.clone())),
        code_description: report.url.parse().ok().map(|href| CodeDescription { href }),
        source: Some("clearway".to_owned()),
        message,
        related_information: (!related.is_empty()).then_some(related),
        tags: unused.then(|| vec![DiagnosticTag::UNNECESSARY]),
        data: None,
    };
    Some((uri, diagnostic))
}

/// A symbol as the protocol has it.
#[allow(deprecated, reason = "the protocol's struct has a deprecated field, which must be filled")]
pub(crate) fn symbol(symbol: Symbol, lines: &Lines) -> DocumentSymbol {
    let children: Vec<_> = symbol.children.into_iter().map(|child| self::symbol(child, lines)).collect();
    DocumentSymbol {
        name: symbol.name,
        detail: (!symbol.detail.is_empty()).then_some(symbol.detail),
        kind: symbol_kind(symbol.sort),
        tags: None,
        deprecated: None,
        range: lines.range(symbol.span),
        selection_range: lines.range(symbol.name_span),
        children: (!children.is_empty()).then_some(children),
    }
}

pub(crate) const fn symbol_kind(sort: Sort) -> SymbolKind {
    match sort {
        Sort::Declaration => SymbolKind::CLASS,
        Sort::Template => SymbolKind::FUNCTION,
        Sort::Let => SymbolKind::CONSTANT,
        Sort::Field => SymbolKind::PROPERTY,
        Sort::Clause => SymbolKind::OBJECT,
    }
}

#[cfg(test)]
mod tests {
    use super::{Encoding, Lines};
    use proptest::prelude::*;

    #[test]
    fn astral_characters_count_two_in_utf16_and_four_in_utf8() {
        let text = "a🚀b\r\nc";
        let wide = Lines::new(text.into(), Encoding::Utf16);
        let narrow = Lines::new(text.into(), Encoding::Utf8);
        assert_eq!((wide.position(5).character, narrow.position(5).character), (3, 5));
        assert_eq!(wide.offset(wide.position(8)), 8);
        let past = tower_lsp_server::ls_types::Position { line: 0, character: 99 };
        assert_eq!(narrow.offset(past), 7);
    }

    fn texts() -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(&['a', 'z', '🚀', 'é', '\n', '\r', ' ']), 0..=40)
            .prop_map(String::from_iter)
    }

    proptest! {
        #[test]
        fn every_character_boundary_comes_back(text in texts()) {
            for encoding in [Encoding::Utf8, Encoding::Utf16] {
                let lines = Lines::new(text.as_str().into(), encoding);
                for (offset, _) in text.char_indices() {
                    prop_assert_eq!(lines.offset(lines.position(offset as u32)), offset as u32);
                }
            }
        }

        #[test]
        fn any_position_is_an_offset_at_a_boundary(text in texts(), line in 0u32..9, character in 0u32..50) {
            for encoding in [Encoding::Utf8, Encoding::Utf16] {
                let offset = Lines::new(text.as_str().into(), encoding)
                    .offset(tower_lsp_server::ls_types::Position { line, character });
                prop_assert!(text.is_char_boundary(offset as usize));
            }
        }
    }
}
