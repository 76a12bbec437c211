//! Expressions: flat in the grammar, folded by precedence here.

use std::sync::Arc;

use clearway_diagnostics::Span;
use pest::iterators::Pair;
use smol_str::SmolStr;

use super::{Builder, exact, span_of};
use crate::explain;
use crate::grammar::Rule;
use crate::tree::{Arg, BinaryOp, Comprehension, Expr, ExprKind, TextPart, UnaryOp};
use crate::{MAX_DEPTH, MAX_OPERATORS};

/// An operator that waits for its right operand.
enum Pending {
    Unary(UnaryOp, Span),
    Binary(BinaryOp),
}

impl<'t> Builder<'t> {
    pub(super) fn operand(&mut self, pair: Pair<'t, Rule>) -> Expr {
        match pair.as_rule() {
            Rule::group => {
                let span = span_of(&pair);
                let mut values = pair.into_inner();
                if values.len() == 1
                    && let Some(only) = values.next()
                {
                    return self.expr(only);
                }
                let id = self.node(span);
                Expr { id, kind: ExprKind::Group(exact(values.map(|value| self.expr(value)))) }
            }
            Rule::word => {
                Expr { id: self.node(span_of(&pair)), kind: ExprKind::Word(SmolStr::new(pair.as_str())) }
            }
            _ => self.expr(pair),
        }
    }

    /// Folds the flat list of operators and operands by precedence, without recursion: a chain may be long.
    pub(super) fn expr(&mut self, pair: Pair<'t, Rule>) -> Expr {
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
        let mut chained = false;
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
                        chained = true;
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
                return self.missing_value(whole);
            }
        }
        while !pending.is_empty() {
            self.reduce(&mut operands, &mut pending);
        }
        self.operators = around;
        operands.pop().filter(|_| !chained).unwrap_or_else(|| self.missing_value(whole))
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
                    None => ExprKind::List(exact(parts.map(|part| self.expr(part)))),
                }
            }
            Rule::conditional => {
                let mut parts = pair
                    .into_inner()
                    .filter(|part| !matches!(part.as_rule(), Rule::then_word | Rule::else_word));
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

    pub(super) fn path(&mut self, pair: Pair<'t, Rule>) -> Expr {
        let id = self.node(span_of(&pair));
        let mut names = Vec::new();
        let mut args = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::args => args = Some(exact(part.into_inner().map(|arg| self.arg(arg)))),
                _ => names.push(self.name(&part)),
            }
        }
        names.shrink_to_fit();
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

    pub(super) fn text_parts(&mut self, pair: Pair<'t, Rule>) -> Vec<TextPart> {
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
        parts.shrink_to_fit();
        parts
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
