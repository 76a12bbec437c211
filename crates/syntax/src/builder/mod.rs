//! From pest's pairs to the tree: the only place where both are known.
//!
//! The whole is here; [`items`], [`statements`] and [`values`] build the three levels of the tree.

mod items;
mod statements;
mod values;

use clearway_diagnostics::{NodeId, Span};
use pest::iterators::{Pair, Pairs};
use smol_str::SmolStr;

use crate::error::SyntaxError;
use crate::explain;
use crate::grammar::Rule;
use crate::tree::{Expr, ExprKind, Item, Name, Tree};

pub(crate) struct Builder<'t> {
    text: &'t str,
    spans: Vec<Span>,
    errors: Vec<SyntaxError>,
    /// How many operators the expressions around the one at hand have: they nest in the tree as brackets do.
    operators: usize,
    /// The text at hand follows half an item.
    half_item: bool,
    /// The `{` that seem to have no `}`, by the indentation of those that are there.
    unclosed: Vec<u32>,
}

impl<'t> Builder<'t> {
    pub(crate) const fn new(text: &'t str) -> Self {
        Self {
            text,
            spans: Vec::new(),
            errors: Vec::new(),
            operators: 0,
            half_item: false,
            unclosed: Vec::new(),
        }
    }

    pub(crate) fn tree(mut self, pairs: Pairs<'t, Rule>, comments: Vec<Span>) -> Tree {
        let mut items = Vec::new();
        let mut doc = Documentation::default();
        let mut orphans: Vec<Pair<'t, Rule>> = Vec::new();
        for pair in pairs.flat_map(Pair::into_inner) {
            match pair.as_rule() {
                Rule::doc => doc.add(&pair, self.text),
                Rule::EOI => {}
                Rule::use_item => {
                    self.adopt(&mut orphans, &mut items, false);
                    items.push(Item::Use(self.use_item(pair)));
                }
                Rule::let_item | Rule::partial_let => {
                    self.adopt(&mut orphans, &mut items, false);
                    items.push(Item::Let(self.let_item(pair, doc.take())));
                }
                Rule::declaration | Rule::tolerant_declaration | Rule::headless => {
                    self.adopt(&mut orphans, &mut items, false);
                    items.push(Item::Declaration(self.declaration(pair, doc.take())));
                }
                Rule::broken_use => {
                    let error = explain::broken_item(self.text, span_of(&pair), None);
                    self.errors.push(error);
                }
                // A line at column 0 is half an item of its own; an indented one was in the block before.
                Rule::orphan if self.at_column_zero(&pair) => {
                    self.half_item = true;
                    match pair.into_inner().next() {
                        Some(junk) if junk.as_rule() == Rule::junk_line => drop(self.statement(junk, None)),
                        Some(statement) => {
                            self.errors.push(explain::orphan_statement(self.text, span_of(&statement)));
                        }
                        None => {}
                    }
                }
                Rule::orphan => orphans.push(pair),
                _ => self.junk_item(&pair, &mut items, &mut orphans),
            }
        }
        self.adopt(&mut orphans, &mut items, false);
        items.shrink_to_fit();
        self.spans.shrink_to_fit();
        Tree { items, errors: self.errors, comments, spans: self.spans }
    }

    fn at_column_zero(&self, pair: &Pair<'t, Rule>) -> bool {
        let start = pair.as_span().start();
        start == 0 || self.text.as_bytes()[start - 1] == b'\n'
    }

    fn node(&mut self, span: Span) -> NodeId {
        let id = NodeId(self.spans.len() as u32);
        self.spans.push(span);
        id
    }

    fn name(&mut self, pair: &Pair<'t, Rule>) -> Name {
        Name { id: self.node(span_of(pair)), text: SmolStr::new(pair.as_str()) }
    }

    /// Stands in where the grammar promises a name; keeps the tree total without a panic.
    fn missing_name(&mut self, span: Span) -> Name {
        Name { id: self.node(span), text: SmolStr::default() }
    }

    /// Stands in for a value that did not parse, which was told.
    fn missing_value(&mut self, span: Span) -> Expr {
        Expr { id: self.node(span), kind: ExprKind::Missing }
    }
}

/// Collects `///` lines until the statement they document. After a statement on its line, `///` is a comment.
#[derive(Default)]
struct Documentation {
    lines: Vec<SmolStr>,
}

impl Documentation {
    fn add(&mut self, pair: &Pair<'_, Rule>, text: &str) {
        let start = pair.as_span().start();
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        if text[line_start..start].trim().is_empty() {
            let line = pair.as_str().trim_start_matches("///");
            self.lines.push(SmolStr::new(line.strip_prefix(' ').unwrap_or(line).trim_end()));
        }
    }

    fn take(&mut self) -> Option<SmolStr> {
        let lines = std::mem::take(&mut self.lines);
        (!lines.is_empty()).then(|| SmolStr::new(lines.join("\n")))
    }
}

/// Collects without room to grow: a tree is kept for as long as its text stays.
fn exact<T>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.shrink_to_fit();
    items
}

fn span_of(pair: &Pair<'_, Rule>) -> Span {
    let span = pair.as_span();
    Span::new(span.start() as u32, span.end() as u32)
}

/// The text, raw text or comment that a junk opened and did not close.
fn unclosed_literal(pair: &Pair<'_, Rule>) -> Option<(Rule, Span)> {
    pair.clone()
        .into_inner()
        .find(|part| {
            matches!(
                part.as_rule(),
                Rule::bad_string | Rule::open_string | Rule::open_raw | Rule::open_comment
            )
        })
        .map(|part| (part.as_rule(), span_of(&part)))
}
