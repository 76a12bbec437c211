//! From pest's pairs to the tree: the only place where both are known.

use std::sync::Arc;

use clearway_diagnostics::{NodeId, Span, catalogue};
use pest::iterators::{Pair, Pairs};
use smol_str::SmolStr;

use crate::error::SyntaxError;
use crate::explain;
use crate::grammar::Rule;
use crate::tree::{
    Arg, BinaryOp, Block, Clause, Comprehension, Declaration, Expr, ExprKind, Field, Item, Let, Name, Param,
    Statement, TextPart, Tree, UnaryOp, Use, UseNames,
};
use crate::{MAX_DEPTH, MAX_OPERATORS};

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

/// An operator that waits for its right operand.
enum Pending {
    Unary(UnaryOp, Span),
    Binary(BinaryOp),
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
                Rule::let_item => {
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

    fn use_item(&mut self, pair: Pair<'t, Rule>) -> Use {
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

    fn let_item(&mut self, pair: Pair<'t, Rule>, doc: Option<SmolStr>) -> Let {
        let span = span_of(&pair);
        let id = self.node(span);
        let mut name = None;
        let mut value = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name => name = Some(self.name(&part)),
                _ => value = Some(self.expr(part)),
            }
        }
        let name = name.unwrap_or_else(|| self.missing_name(span));
        let value = value.unwrap_or_else(|| self.missing_value(span));
        Let { id, doc, name, value }
    }

    fn declaration(&mut self, pair: Pair<'t, Rule>, doc: Option<SmolStr>) -> Declaration {
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

    fn block(&mut self, pair: Pair<'t, Rule>) -> Block {
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

    fn statements(&mut self, parts: impl Iterator<Item = Pair<'t, Rule>>) -> Vec<Statement> {
        let mut statements = Vec::new();
        let mut doc = Documentation::default();
        for part in parts {
            if part.as_rule() == Rule::doc {
                doc.add(&part, self.text);
            } else {
                statements.extend(self.statement(part, doc.take()));
            }
        }
        statements
    }

    fn statement(&mut self, pair: Pair<'t, Rule>, doc: Option<SmolStr>) -> Option<Statement> {
        match pair.as_rule() {
            Rule::let_item => Some(Statement::Let(self.let_item(pair, doc))),
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

    fn operand(&mut self, pair: Pair<'t, Rule>) -> Expr {
        match pair.as_rule() {
            Rule::group => {
                let id = self.node(span_of(&pair));
                let values = pair.into_inner().map(|value| self.expr(value)).collect();
                Expr { id, kind: ExprKind::Group(values) }
            }
            Rule::word => {
                Expr { id: self.node(span_of(&pair)), kind: ExprKind::Word(SmolStr::new(pair.as_str())) }
            }
            _ => self.expr(pair),
        }
    }

    /// Folds the flat list of operators and operands by precedence, without recursion: a chain may be long.
    fn expr(&mut self, pair: Pair<'t, Rule>) -> Expr {
        if !matches!(pair.as_rule(), Rule::expr | Rule::wide_expr) {
            return self.primary(pair);
        }
        let whole = span_of(&pair);
        let mut parts = pair.into_inner();
        if parts.len() == 1
            && let Some(only) = parts.next()
        {
            return self.primary(only);
        }
        let mut operands: Vec<Expr> = Vec::new();
        let mut pending: Vec<Pending> = Vec::new();
        let around = self.operators;
        for part in parts {
            match part.as_rule() {
                Rule::not | Rule::negative => {
                    let op = if part.as_rule() == Rule::not { UnaryOp::Not } else { UnaryOp::Negative };
                    pending.push(Pending::Unary(op, span_of(&part)));
                    self.operators += 1;
                }
                Rule::operator => {
                    let span = span_of(&part);
                    let Some(op) = part.into_inner().next().and_then(|op| binary_op(op.as_rule())) else {
                        continue;
                    };
                    while pending.last().is_some_and(|top| top.precedence() >= precedence(op)) {
                        self.reduce(&mut operands, &mut pending);
                    }
                    if op.compares()
                        && let Some(ExprKind::Binary(before, ..)) = operands.last().map(|left| &left.kind)
                        && before.compares()
                    {
                        self.errors.push(explain::chained_comparison(span, *before, op));
                    }
                    pending.push(Pending::Binary(op));
                    self.operators += 1;
                }
                _ => {
                    let operand = self.primary(part);
                    operands.push(operand);
                }
            }
            if self.operators > MAX_OPERATORS || pending.len() > MAX_DEPTH {
                self.operators = around;
                self.errors.push(explain::too_long(whole));
                return operands.pop().unwrap_or_else(|| self.missing_value(whole));
            }
        }
        while !pending.is_empty() {
            self.reduce(&mut operands, &mut pending);
        }
        self.operators = around;
        operands.pop().unwrap_or_else(|| self.missing_value(whole))
    }

    /// Applies the operator on top to the operands on top.
    fn reduce(&mut self, operands: &mut Vec<Expr>, pending: &mut Vec<Pending>) {
        let Some(right) = operands.pop() else {
            pending.clear();
            return;
        };
        let end = self.spans[right.id.0 as usize];
        let reduced = match pending.pop() {
            Some(Pending::Unary(op, span)) => {
                let id = self.node(span.to(end));
                Expr { id, kind: ExprKind::Unary(op, Box::new(right)) }
            }
            Some(Pending::Binary(op)) => {
                let Some(left) = operands.pop() else {
                    operands.push(right);
                    return;
                };
                let id = self.node(self.spans[left.id.0 as usize].to(end));
                Expr { id, kind: ExprKind::Binary(op, Box::new(left), Box::new(right)) }
            }
            None => right,
        };
        operands.push(reduced);
    }

    fn primary(&mut self, pair: Pair<'t, Rule>) -> Expr {
        let span = span_of(&pair);
        let text = || SmolStr::new(pair.as_str());
        let kind = match pair.as_rule() {
            Rule::number => ExprKind::Number(text()),
            Rule::percent => ExprKind::Percent(SmolStr::new(pair.as_str().trim_end_matches('%'))),
            Rule::version => ExprKind::Version(text()),
            Rule::range => ExprKind::Range(text()),
            Rule::date => ExprKind::Date(text()),
            Rule::date_time => ExprKind::DateTime(text()),
            Rule::time => ExprKind::Time(text()),
            Rule::boolean => ExprKind::Bool(pair.as_str() == "true"),
            Rule::raw_string => ExprKind::Raw(Arc::from(raw_text(pair.as_str()))),
            Rule::path => return self.path(pair),
            _ => {
                let id = self.node(span);
                let kind = self.compound(pair);
                return Expr { id, kind };
            }
        };
        Expr { id: self.node(span), kind }
    }

    fn compound(&mut self, pair: Pair<'t, Rule>) -> ExprKind {
        let span = span_of(&pair);
        match pair.as_rule() {
            Rule::quantity => {
                let mut names =
                    pair.into_inner().map(|part| self.name(&part)).collect::<Vec<_>>().into_iter();
                match (names.next(), names.next()) {
                    (Some(number), Some(unit)) => ExprKind::Quantity(number, unit),
                    _ => ExprKind::Number(SmolStr::default()),
                }
            }
            Rule::string => ExprKind::Text(self.text_parts(pair)),
            Rule::paren => {
                let inner = match pair.into_inner().next() {
                    Some(inner) => self.expr(inner),
                    None => self.missing_value(span),
                };
                ExprKind::Paren(Box::new(inner))
            }
            Rule::list => {
                let mut parts = pair.into_inner().peekable();
                match parts.next_if(|part| part.as_rule() == Rule::comprehension) {
                    Some(comprehension) => self.comprehension(comprehension),
                    None => ExprKind::List(parts.map(|part| self.expr(part)).collect()),
                }
            }
            Rule::conditional => {
                let mut parts = pair.into_inner();
                let mut part = || match parts.next() {
                    Some(part) => self.expr(part),
                    None => self.missing_value(span),
                };
                ExprKind::If(Box::new([part(), part(), part()]))
            }
            // A junk of the tolerant grammar never stands where a value is built.
            _ => ExprKind::Word(SmolStr::new(pair.as_str())),
        }
    }

    fn comprehension(&mut self, pair: Pair<'t, Rule>) -> ExprKind {
        let span = span_of(&pair);
        let mut name = None;
        let mut filter = None;
        let mut values = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name => name = Some(self.name(&part)),
                Rule::filter => filter = part.into_inner().next().map(|test| self.expr(test)),
                _ => values.push(self.expr(part)),
            }
        }
        let mut values = values.into_iter();
        ExprKind::Comprehension(Box::new(Comprehension {
            name: name.unwrap_or_else(|| self.missing_name(span)),
            items: values.next().unwrap_or_else(|| self.missing_value(span)),
            filter,
            value: values.next().unwrap_or_else(|| self.missing_value(span)),
        }))
    }

    fn path(&mut self, pair: Pair<'t, Rule>) -> Expr {
        let id = self.node(span_of(&pair));
        let mut names = Vec::new();
        let mut args = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::args => args = Some(part.into_inner().map(|arg| self.arg(arg)).collect()),
                _ => names.push(self.name(&part)),
            }
        }
        Expr { id, kind: ExprKind::Path(names, args) }
    }

    fn arg(&mut self, pair: Pair<'t, Rule>) -> Arg {
        let span = span_of(&pair);
        let id = self.node(span);
        let mut name = None;
        let mut value = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::arg_name => name = part.into_inner().next().map(|name| self.name(&name)),
                _ => value = Some(self.expr(part)),
            }
        }
        let value = value.unwrap_or_else(|| self.missing_value(span));
        Arg { id, name, value }
    }

    fn text_parts(&mut self, pair: Pair<'t, Rule>) -> Vec<TextPart> {
        let mut parts: Vec<TextPart> = Vec::new();
        let mut characters = String::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::characters => characters.push_str(part.as_str()),
                Rule::escape => match unescape(part.as_str()) {
                    Some(character) => characters.push(character),
                    None => self.errors.push(explain::bad_escape(span_of(&part), part.as_str())),
                },
                _ => {
                    if !characters.is_empty() {
                        parts.push(TextPart::Characters(SmolStr::new(std::mem::take(&mut characters))));
                    }
                    let value = part.into_inner().next().map(|value| self.expr(value));
                    parts.extend(value.map(TextPart::Interpolation));
                }
            }
        }
        if !characters.is_empty() {
            parts.push(TextPart::Characters(SmolStr::new(characters)));
        }
        parts
    }

    /// Top-level text that is no item: half an item, or what follows a `}` too many.
    fn junk_item(&mut self, pair: &Pair<'t, Rule>, items: &mut [Item], orphans: &mut Vec<Pair<'t, Rule>>) {
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
    fn adopt(&mut self, orphans: &mut Vec<Pair<'t, Rule>>, items: &mut [Item], told: bool) {
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

    /// Stands in where the grammar promises a name; keeps the tree total without a panic.
    fn missing_name(&mut self, span: Span) -> Name {
        Name { id: self.node(span), text: SmolStr::default() }
    }

    fn missing_value(&mut self, span: Span) -> Expr {
        Expr { id: self.node(span), kind: ExprKind::Word(SmolStr::default()) }
    }
}

impl Pending {
    const fn precedence(&self) -> u8 {
        match self {
            Self::Unary(UnaryOp::Negative, _) => 14,
            // `not a == b` is `not (a == b)`.
            Self::Unary(UnaryOp::Not, _) => 5,
            Self::Binary(op) => precedence(*op),
        }
    }
}

const fn precedence(op: BinaryOp) -> u8 {
    op.precedence() * 2
}

const fn binary_op(rule: Rule) -> Option<BinaryOp> {
    Some(match rule {
        Rule::or => BinaryOp::Or,
        Rule::and => BinaryOp::And,
        Rule::equal => BinaryOp::Equal,
        Rule::unequal => BinaryOp::Unequal,
        Rule::below => BinaryOp::Below,
        Rule::at_most => BinaryOp::AtMost,
        Rule::above => BinaryOp::Above,
        Rule::at_least => BinaryOp::AtLeast,
        Rule::span => BinaryOp::Span,
        Rule::plus => BinaryOp::Plus,
        Rule::minus => BinaryOp::Minus,
        Rule::times => BinaryOp::Times,
        Rule::divide => BinaryOp::Divide,
        _ => return None,
    })
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

fn span_of(pair: &Pair<'_, Rule>) -> Span {
    let span = pair.as_span();
    Span::new(span.start() as u32, span.end() as u32)
}

/// Whether the last statement of a block is itself a block that is not closed.
fn ends_unclosed(pair: Pair<'_, Rule>) -> bool {
    pair.into_inner().any(|part| part.as_rule() == Rule::unclosed || ends_unclosed(part))
}

/// Whether a text that is not closed goes on to the end.
fn ends_in_open_raw(pair: Pair<'_, Rule>) -> bool {
    pair.into_inner().any(|part| part.as_rule() == Rule::open_raw || ends_in_open_raw(part))
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

/// The text between `"""` and `"""`, without the line break after the opening quotes.
fn raw_text(quoted: &str) -> &str {
    let body = quoted.strip_prefix("\"\"\"").unwrap_or(quoted);
    let body = body.strip_suffix("\"\"\"").unwrap_or(body);
    body.strip_prefix("\r\n").or_else(|| body.strip_prefix('\n')).unwrap_or(body)
}

fn unescape(escape: &str) -> Option<char> {
    let code = &escape[1..];
    Some(match code {
        "n" => '\n',
        "r" => '\r',
        "t" => '\t',
        "0" => '\0',
        "\"" => '"',
        "\\" => '\\',
        "$" => '$',
        _ => {
            let digits = code.strip_prefix("u{")?.strip_suffix('}')?;
            char::from_u32(u32::from_str_radix(digits, 16).ok()?)?
        }
    })
}
