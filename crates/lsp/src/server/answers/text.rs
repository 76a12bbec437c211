//! Answers about a text as such: formatting, outline, colours, folds, selections, links.

use std::collections::BTreeMap;

use tower_lsp_server::ls_types::{
    DocumentLink, DocumentSymbolResponse, FoldingRange, FoldingRangeKind, Location, OneOf, Position, Range,
    SelectionRange, SemanticToken, SemanticTokens, TextEdit, WorkspaceSymbol,
};

use crate::location::Location as Place;
use crate::server::convert::{self, Lines};
use crate::server::legend;
use crate::server::state::Work;
use crate::server::view::View;
use crate::shape::{self, Sort};
use crate::{format, links, symbols, tokens};

pub(crate) fn formatting(view: &View, range: Option<Range>) -> Vec<TextEdit> {
    let (text, lines) = (view.file.text(&view.workspace), view.lines());
    let range = range.map(|range| lines.span(range));
    lines.edits(format::format(text, range))
}

pub(crate) fn outline(view: &View) -> DocumentSymbolResponse {
    let lines = view.lines();
    let symbols = symbols::of_file(&view.workspace, view.file).into_iter();
    DocumentSymbolResponse::Nested(symbols.map(|symbol| convert::symbol(symbol, &lines)).collect())
}

pub(crate) fn workspace_symbols(works: &[Work], query: &str) -> Vec<WorkspaceSymbol> {
    let mut found = Vec::new();
    for work in works {
        let mut lines = BTreeMap::new();
        for (symbol, Place { file, span }) in symbols::in_project(&work.workspace, query) {
            let text = || Lines::new(file.text(&work.workspace).clone(), work.encoding);
            let lines = lines.entry(file.id(&work.workspace)).or_insert_with(text);
            let Some(uri) = work.addresses.of(file.path(&work.workspace)) else { continue };
            found.push(WorkspaceSymbol {
                name: symbol.name,
                kind: convert::symbol_kind(symbol.sort),
                tags: None,
                container_name: Some(symbol.detail),
                location: OneOf::Left(Location { uri, range: lines.range(span) }),
                data: None,
            });
        }
    }
    found
}

/// Names in a range, or in the whole text, each relative to the one before.
pub(crate) fn semantic_tokens(view: &View, range: Option<Range>) -> SemanticTokens {
    let lines = view.lines();
    let range = range.map(|range| lines.span(range));
    let mut before = Position::default();
    let mut data = Vec::new();
    for token in tokens::tokens(&view.workspace, view.file) {
        if range.is_some_and(|range| token.span.end < range.start || range.end < token.span.start) {
            continue;
        }
        let place = lines.range(token.span);
        // A token stands on one line.
        if place.start.line != place.end.line {
            continue;
        }
        let delta_line = place.start.line - before.line;
        data.push(SemanticToken {
            delta_line,
            delta_start: place.start.character - if delta_line == 0 { before.character } else { 0 },
            length: place.end.character - place.start.character,
            token_type: legend::number(token.sort),
            token_modifiers_bitset: legend::modifiers(&token),
        });
        before = place.start;
    }
    SemanticTokens { result_id: None, data }
}

pub(crate) fn folds(view: &View) -> Vec<FoldingRange> {
    let lines = view.lines();
    let fold = |fold: shape::Fold| {
        let range = lines.range(fold.span);
        FoldingRange {
            start_line: range.start.line,
            // The closing bracket stays to be seen.
            end_line: if fold.sort == Sort::Block {
                range.end.line.saturating_sub(1)
            } else {
                range.end.line
            },
            kind: match fold.sort {
                Sort::Block => None,
                Sort::Comment => Some(FoldingRangeKind::Comment),
                Sort::Imports => Some(FoldingRangeKind::Imports),
            },
            ..FoldingRange::default()
        }
    };
    let folds = shape::folds(&view.workspace, view.file).into_iter().map(fold);
    folds.filter(|fold| fold.start_line < fold.end_line).collect()
}

pub(crate) fn selections(view: &View, positions: &[Position]) -> Vec<SelectionRange> {
    let lines = view.lines();
    let selection = |position: &Position| {
        let spans = shape::around(&view.workspace, view.file, lines.offset(*position));
        let mut outer = None;
        for span in spans.into_iter().rev() {
            outer = Some(SelectionRange { range: lines.range(span), parent: outer.map(Box::new) });
        }
        let here = Range { start: *position, end: *position };
        outer.unwrap_or(SelectionRange { range: here, parent: None })
    };
    positions.iter().map(selection).collect()
}

pub(crate) fn document_links(view: &View) -> Vec<DocumentLink> {
    let lines = view.lines();
    let link = |link: links::Link| {
        let target = match &link.target {
            links::Target::Module(file) => view.uri(*file)?,
            links::Target::File(path) => view.addresses.of(path)?,
        };
        Some(DocumentLink { range: lines.range(link.span), target: Some(target), tooltip: None, data: None })
    };
    links::links(&view.workspace, view.file).into_iter().filter_map(link).collect()
}
