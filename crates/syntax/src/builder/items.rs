//! `use`, `let`, declarations, and what stands between them.

use clearway_diagnostics::{Span, catalogue};
use pest::iterators::Pair;
use smol_str::SmolStr;

use super::{Builder, Documentation, span_of, unclosed_literal};
use crate::explain;
use crate::grammar::Rule;
use crate::tree::{Block, Declaration, Expr, ExprKind, Item, Let, Name, Param, Use, UseNames};

impl<'t> Builder<'t> {
    pub(super) fn use_item(&mut self, pair: Pair<'t, Rule>) -> Use {
        let id = self.node(span_of(&pair));
        let mut path = Vec::new();
        let mut names = UseNames::Last;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::use_names => {
                    names = UseNames::Some(part.into_inner().map(|name| self.name(&name)).collect());
                }
                Rule::use_alias => {
                    names = part
                        .into_inner()
                        .next()
                        .map_or(UseNames::Last, |name| UseNames::Alias(self.name(&name)));
                }
                _ => path.push(self.name(&part)),
            }
        }
        Use { id, path, names }
    }

    pub(super) fn let_item(&mut self, pair: Pair<'t, Rule>, doc: Option<SmolStr>) -> Let {
        let span = span_of(&pair);
        let id = self.node(span);
        let mut name = None;
        let mut value = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name => name = Some(self.name(&part)),
                Rule::rest => {
                    let error = explain::broken_statement(self.text, span, unclosed_literal(&part));
                    self.errors.push(error);
                    value = Some(self.missing_value(span_of(&part)));
                }
                _ => value = Some(self.expr(part)),
            }
        }
        let name = name.unwrap_or_else(|| self.missing_name(span));
        let value = value.unwrap_or_else(|| {
            self.errors.push(explain::no_value(self.text, span, &name.text));
            self.missing_value(span)
        });
        Let { id, doc, name, value }
    }

    pub(super) fn declaration(&mut self, pair: Pair<'t, Rule>, doc: Option<SmolStr>) -> Declaration {
        let span = span_of(&pair);
        let id = self.node(span);
        let errors = self.errors.len();
        let headless = pair.as_rule() == Rule::headless;
        let mut kind = None;
        let mut declaration_name = None;
        let mut params = None;
        let mut bases = Vec::new();
        let mut operands = Vec::new();
        let mut body = None;
        let mut loose = Vec::new();
        let mut open = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name if kind.is_none() => kind = Some(self.name(&part)),
                Rule::declared_name => declaration_name = Some(self.declared_name(part)),
                Rule::params => params = Some(self.params(part)),
                Rule::bases => bases = part.into_inner().map(|base| self.path(base)).collect(),
                Rule::block | Rule::tolerant_block => body = Some(self.block(part)),
                Rule::brace_below => {
                    let place = span_of(&part);
                    self.errors.push(explain::brace_below(self.text, place));
                    body = part.into_inner().next().map(|block| self.block(block));
                }
                Rule::missing_open => open = Some(span_of(&part)),
                _ if headless => loose.push(part),
                _ => operands.push(self.operand(part)),
            }
        }
        if let Some(place) = open {
            let header = Span::new(span.start, place.start);
            self.errors.push(explain::missing_open(self.text, header));
        }
        let body = body.unwrap_or_else(|| {
            let id = self.node(Span::new(open.map_or(span.end, |open| open.start), span.end));
            let statements = self.statements(loose.into_iter());
            Block { id, statements, broken: true, unclosed: false }
        });
        Declaration {
            id,
            doc,
            kind: kind.unwrap_or_else(|| self.missing_name(span)),
            name: declaration_name,
            params,
            bases,
            operands,
            body,
            broken: self.errors.len() > errors,
        }
    }

    /// A declared name may be dotted (`latency.p99`) or a text; it is one name either way.
    fn declared_name(&mut self, pair: Pair<'t, Rule>) -> Name {
        let id = self.node(span_of(&pair));
        let text = match pair.clone().into_inner().next() {
            Some(text) if text.as_rule() == Rule::string => {
                Expr { id, kind: ExprKind::Text(self.text_parts(text)) }.as_text().unwrap_or_default()
            }
            _ => SmolStr::new(pair.as_str()),
        };
        Name { id, text }
    }

    fn params(&mut self, pair: Pair<'t, Rule>) -> Vec<Param> {
        let mut params = Vec::new();
        let mut doc = Documentation::default();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::doc => doc.add(&part, self.text),
                _ => params.push(self.param(part, doc.take())),
            }
        }
        params
    }

    fn param(&mut self, pair: Pair<'t, Rule>, doc: Option<SmolStr>) -> Param {
        let span = span_of(&pair);
        let id = self.node(span);
        let mut name = None;
        let mut values = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name => name = Some(self.name(&part)),
                _ => values.push(self.expr(part)),
            }
        }
        let mut values = values.into_iter();
        Param {
            id,
            doc,
            name: name.unwrap_or_else(|| self.missing_name(span)),
            ty: values.next().unwrap_or_else(|| self.missing_value(span)),
            default: values.next(),
        }
    }

    /// Top-level text that is no item: half an item, or what follows a `}` too many.
    pub(super) fn junk_item(
        &mut self,
        pair: &Pair<'t, Rule>,
        items: &mut [Item],
        orphans: &mut Vec<Pair<'t, Rule>>,
    ) {
        let strays: Vec<_> =
            pair.clone().into_inner().filter(|part| part.as_rule() == Rule::stray_close).collect();
        let Some(stray) = strays.first() else {
            let error = explain::broken_item(self.text, span_of(pair), unclosed_literal(pair));
            self.errors.push(error);
            return;
        };
        // The `}` of half an item belongs to it.
        if std::mem::take(&mut self.half_item) && orphans.is_empty() {
            return;
        }
        // Everything between the `}` that came too early and this one is a single mistake.
        self.adopt(orphans, items, true);
        let already = self.errors.iter().any(|error| error.code == catalogue::STRAY_BRACE);
        if !already {
            let before = match items.last() {
                Some(Item::Declaration(declaration)) => Some((
                    declaration.name.as_ref().unwrap_or(&declaration.kind).text.clone(),
                    self.spans[declaration.body.id.0 as usize],
                )),
                _ => None,
            };
            self.errors.push(explain::stray_brace(span_of(stray), before));
        }
    }

    /// Statements at the top level belong to the declaration before them, whose block was closed too early: at a `}` too many, which is
    /// `told`. Otherwise they stand where no statement can.
    pub(super) fn adopt(&mut self, orphans: &mut Vec<Pair<'t, Rule>>, items: &mut [Item], told: bool) {
        let Some(first) = orphans.first().map(span_of) else { return };
        let parts: Vec<_> = orphans.drain(..).flat_map(Pair::into_inner).collect();
        let errors = self.errors.len();
        let statements = self.statements(parts.into_iter());
        if !told && self.errors.len() == errors {
            self.errors.push(explain::orphan_statement(self.text, first));
        }
        if let Some(Item::Declaration(declaration)) = items.last_mut().filter(|_| told) {
            declaration.body.statements.extend(statements);
            declaration.broken = true;
            declaration.body.broken = true;
        }
    }
}
