//! Blocks with their fields and clauses.

use clearway_diagnostics::{Span, catalogue};
use pest::iterators::Pair;
use smol_str::SmolStr;

use super::{Builder, Documentation, span_of, unclosed_literal};
use crate::explain;
use crate::grammar::Rule;
use crate::tree::{Block, Clause, Field, Statement};

impl<'t> Builder<'t> {
    pub(super) fn block(&mut self, pair: Pair<'t, Rule>) -> Block {
        let span = span_of(&pair);
        let id = self.node(span);
        let errors = self.errors.len();
        let mut parts: Vec<_> = pair.into_inner().collect();
        if let Some(end) = parts.pop_if(|part| part.as_rule() == Rule::unclosed) {
            let inner = parts.iter().any(|part| ends_unclosed(part.clone()));
            let swallowed = parts.iter().any(|part| ends_in_open_raw(part.clone()));
            // Blocks left open inside one another are one mistake, and so is a text that swallows the `}`.
            if !swallowed && (!inner || !self.reported_unclosed(span)) {
                let error = explain::unclosed_block(self.text, span, span_of(&end));
                self.unclosed.push(error.span.start);
                self.errors.push(error);
            }
        }
        let statements = self.statements(parts.into_iter());
        let unclosed = self.unclosed.contains(&span.start);
        Block { id, statements, broken: self.errors.len() > errors, unclosed }
    }

    fn reported_unclosed(&self, outer: Span) -> bool {
        self.errors
            .iter()
            .any(|error| error.code == catalogue::UNCLOSED_BLOCK && error.span.start >= outer.start)
    }

    pub(super) fn statements(&mut self, parts: impl Iterator<Item = Pair<'t, Rule>>) -> Vec<Statement> {
        let mut statements = Vec::new();
        let mut doc = Documentation::default();
        for part in parts {
            if part.as_rule() == Rule::doc {
                doc.add(&part, self.text);
            } else {
                statements.extend(self.statement(part, doc.take()));
            }
        }
        statements.shrink_to_fit();
        statements
    }

    pub(super) fn statement(&mut self, pair: Pair<'t, Rule>, doc: Option<SmolStr>) -> Option<Statement> {
        match pair.as_rule() {
            Rule::let_item | Rule::partial_let => Some(Statement::Let(self.let_item(pair, doc))),
            Rule::field | Rule::tolerant_field | Rule::no_value | Rule::partial_field => {
                Some(Statement::Field(self.field(pair, doc)))
            }
            Rule::clause | Rule::tolerant_clause | Rule::partial_clause => {
                Some(Statement::Clause(self.clause(pair, doc)))
            }
            _ => {
                let error = explain::broken_statement(self.text, span_of(&pair), unclosed_literal(&pair));
                self.errors.push(error);
                None
            }
        }
    }

    fn field(&mut self, pair: Pair<'t, Rule>, doc: Option<SmolStr>) -> Field {
        let span = span_of(&pair);
        let rule = pair.as_rule();
        let id = self.node(span);
        let mut name = None;
        let mut value = None;
        let mut body = None;
        let mut broken = rule == Rule::no_value;
        for part in pair.clone().into_inner() {
            match part.as_rule() {
                Rule::name => name = Some(self.name(&part)),
                Rule::block | Rule::tolerant_block => body = Some(self.block(part)),
                Rule::rest => {
                    broken = true;
                    let error = explain::broken_statement(self.text, span, unclosed_literal(&part));
                    self.errors.push(error);
                }
                _ => value = Some(self.expr(part)),
            }
        }
        let name = name.unwrap_or_else(|| self.missing_name(span));
        if rule == Rule::no_value {
            self.errors.push(explain::no_value(self.text, span, &name.text));
        }
        Field { id, doc, name, value, body, broken }
    }

    fn clause(&mut self, pair: Pair<'t, Rule>, doc: Option<SmolStr>) -> Clause {
        let span = span_of(&pair);
        let id = self.node(span);
        let errors = self.errors.len();
        let mut keyword = None;
        let mut operands = Vec::new();
        let mut bases = Vec::new();
        let mut body = None;
        let mut broken = false;
        for part in pair.clone().into_inner() {
            match part.as_rule() {
                Rule::name if keyword.is_none() => keyword = Some(self.name(&part)),
                Rule::bases => bases = part.into_inner().map(|base| self.path(base)).collect(),
                Rule::block | Rule::tolerant_block => body = Some(self.block(part)),
                Rule::rest => {
                    let error = explain::broken_statement(self.text, span, unclosed_literal(&part));
                    self.errors.push(error);
                    broken = true;
                }
                _ => operands.push(self.operand(part)),
            }
        }
        broken |= self.errors.len() > errors && body.is_none();
        operands.shrink_to_fit();
        Clause {
            id,
            doc,
            keyword: keyword.unwrap_or_else(|| self.missing_name(span)),
            operands,
            bases,
            body,
            broken,
        }
    }
}

/// Whether the last statement of a block is itself a block that is not closed.
fn ends_unclosed(pair: Pair<'_, Rule>) -> bool {
    pair.into_inner().any(|part| part.as_rule() == Rule::unclosed || ends_unclosed(part))
}

/// Whether a text that is not closed goes on to the end.
fn ends_in_open_raw(pair: Pair<'_, Rule>) -> bool {
    pair.into_inner().any(|part| part.as_rule() == Rule::open_raw || ends_in_open_raw(part))
}
