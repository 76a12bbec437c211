//! Values: from expressions to documents.

use std::borrow::Cow;

use clearway_diagnostics::NodeId;

use crate::tree::{Arg, BinaryOp, Comprehension, Expr, ExprKind, Name, Param, UnaryOp};

use super::comments::{Bind, Separator, Trivia, separate};
use super::document::Doc;
use super::statements::Reader;

type Docs<'t> = Vec<Doc<'t>>;

/// Signs around a list of things with commas between them.
pub(super) struct Brackets {
    open: &'static str,
    close: &'static str,
    /// Whether a space stands inside of them on one line.
    padded: bool,
}

pub(super) const LIST: Brackets = Brackets { open: "[", close: "]", padded: false };
pub(super) const CALL: Brackets = Brackets { open: "(", close: ")", padded: false };
pub(super) const NAMES: Brackets = Brackets { open: ".{", close: "}", padded: true };

impl<'t> Reader<'t> {
    /// The token of a node, which must be the next one.
    pub(super) fn token(&mut self, id: NodeId) -> Doc<'t> {
        let span = self.tree.span(id);
        Doc::source(self.cursor.token(span))
    }

    /// The text of a node.
    pub(super) fn text_of(&self, id: NodeId) -> &'t str {
        self.cursor.slice(self.tree.span(id))
    }

    /// A sign or word that the grammar demands.
    pub(super) fn sign(&mut self, sign: &'static str, out: &mut Docs<'t>) {
        self.cursor.sign(sign);
        out.push(Doc::text(sign));
    }

    pub(super) fn gap(&mut self, separator: Separator, bind: Bind, out: &mut Docs<'t>) {
        let trivia = self.cursor.trivia();
        separate(out, trivia, separator, bind, false);
    }

    pub(super) fn expr(&mut self, expr: &Expr, out: &mut Docs<'t>) {
        match &expr.kind {
            ExprKind::Number(_)
            | ExprKind::Percent(_)
            | ExprKind::Version(_)
            | ExprKind::Range(_)
            | ExprKind::Date(_)
            | ExprKind::DateTime(_)
            | ExprKind::Time(_)
            | ExprKind::Text(_)
            | ExprKind::Raw(_)
            | ExprKind::Bool(_)
            | ExprKind::Word(_)
            | ExprKind::Missing => {
                let token = self.token(expr.id);
                out.push(token);
            }
            ExprKind::Quantity(number, unit) => {
                let quantity = self.quantity(expr.id, number, unit);
                out.push(quantity);
            }
            ExprKind::Path(names, args) => self.path(names, args.as_deref(), out),
            ExprKind::List(values) => {
                let hug = hugs(values.len(), values.first());
                self.bracketed(&LIST, values, hug, out, |reader, value, out| reader.expr(value, out));
            }
            ExprKind::Comprehension(parts) => self.comprehension(parts, out),
            ExprKind::Unary(op, value) => {
                match op {
                    UnaryOp::Not => {
                        self.sign("not", out);
                        self.gap(Separator::Space, Bind::Next, out);
                    }
                    UnaryOp::Negative => self.sign("-", out),
                }
                self.expr(value, out);
            }
            ExprKind::Binary(..) => self.binary(expr, out),
            ExprKind::If(parts) => self.conditional(parts, out),
            ExprKind::Paren(inner) => self.paren(inner, out),
            ExprKind::Group(values) => {
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        self.comma(out);
                    }
                    self.expr(value, out);
                }
            }
        }
    }

    /// A comma on a line that may not end at it.
    pub(super) fn comma(&mut self, out: &mut Docs<'t>) {
        self.gap(Separator::None, Bind::Previous, out);
        self.sign(",", out);
        self.gap(Separator::Space, Bind::Next, out);
    }

    fn quantity(&mut self, id: NodeId, number: &Name, unit: &Name) -> Doc<'t> {
        let (number, unit) = (self.tree.span(number.id), self.tree.span(unit.id));
        let span = self.tree.span(id);
        let whole = self.cursor.token(span);
        if unit.start <= number.end + 1 && !whole.contains('\t') {
            return Doc::source(whole);
        }
        Doc::Text(Cow::Owned(format!("{} {}", self.cursor.slice(number), self.cursor.slice(unit))))
    }

    fn path(&mut self, names: &[Name], args: Option<&[Arg]>, out: &mut Docs<'t>) {
        out.push(self.dotted(names));
        if let Some(args) = args {
            let hug = hugs(args.len(), args.first().map(|arg| &arg.value));
            self.bracketed(&CALL, args, hug, out, Self::arg);
        }
    }

    /// Names with dots and nothing else between them.
    pub(super) fn dotted(&mut self, names: &[Name]) -> Doc<'t> {
        match (names.first(), names.last()) {
            (Some(first), Some(last)) => {
                let span = self.tree.span(first.id).to(self.tree.span(last.id));
                Doc::source(self.cursor.token(span))
            }
            _ => {
                self.cursor.lost = true;
                Doc::text("")
            }
        }
    }

    fn arg(&mut self, arg: &Arg, out: &mut Docs<'t>) {
        if let Some(name) = &arg.name {
            let name = self.token(name.id);
            out.push(name);
            self.gap(Separator::Space, Bind::Previous, out);
            self.sign("=", out);
            self.gap(Separator::Space, Bind::Next, out);
        }
        self.expr(&arg.value, out);
    }

    pub(super) fn param(&mut self, param: &Param, out: &mut Docs<'t>) {
        let name = self.token(param.name.id);
        out.push(name);
        self.gap(Separator::None, Bind::Previous, out);
        self.sign(":", out);
        self.gap(Separator::Space, Bind::Next, out);
        self.expr(&param.ty, out);
        if let Some(default) = &param.default {
            self.gap(Separator::Space, Bind::Previous, out);
            self.sign("=", out);
            self.gap(Separator::Space, Bind::Next, out);
            self.expr(default, out);
        }
    }

    /// Things between brackets: on one line if the user did not go on to the next after the opening one and it fits,
    /// otherwise one a line with a comma after each.
    pub(super) fn bracketed<T>(
        &mut self,
        brackets: &Brackets,
        elements: &[T],
        hug: bool,
        out: &mut Docs<'t>,
        element: impl Fn(&mut Self, &T, &mut Docs<'t>),
    ) {
        let edge = if brackets.padded { Separator::Line } else { Separator::Soft };
        self.cursor.sign(brackets.open);
        let mut first = self.cursor.trivia();
        if elements.is_empty() && first.comments.is_empty() {
            self.cursor.sign(brackets.close);
            out.extend([Doc::text(brackets.open), Doc::text(brackets.close)]);
            return;
        }
        let hug = hug && !first.breaks() && first.comments.is_empty();
        let mut inner = Vec::new();
        if elements.is_empty() {
            first.newlines = 0;
            if first.breaks() {
                separate(&mut inner, first, edge, Bind::Close, false);
            } else {
                separate(&mut inner, first, edge, Bind::Next, false);
                inner.pop();
            }
        } else if !hug {
            let edge = if first.breaks() { Separator::Hard } else { edge };
            separate(&mut inner, first, edge, Bind::Next, false);
        }
        let last = elements.len().saturating_sub(1);
        let mut hugged = hug;
        for (index, value) in elements.iter().enumerate() {
            element(self, value, &mut inner);
            let mut gap = self.cursor.trivia();
            let comma = self.cursor.is_at(",");
            if comma {
                if !gap.breaks() {
                    separate(&mut inner, std::mem::take(&mut gap), Separator::None, Bind::Previous, false);
                }
                self.cursor.sign(",");
                gap = gap.join(self.cursor.trivia());
            }
            if index < last {
                inner.push(Doc::text(","));
                separate(&mut inner, gap, Separator::Line, Bind::Next, true);
            } else {
                hugged &= gap.comments.is_empty();
                if !hugged {
                    inner.push(Doc::Broken(","));
                    separate(&mut inner, gap, Separator::None, Bind::Close, false);
                }
            }
        }
        self.cursor.sign(brackets.close);
        if hugged {
            out.push(Doc::text(brackets.open));
            out.append(&mut inner);
            out.push(Doc::text(brackets.close));
            return;
        }
        if hug {
            // A comment after the only element keeps it from standing close to the brackets.
            inner.insert(0, Doc::Soft { blank: false });
        }
        let end = if brackets.padded { Doc::Line { blank: false } } else { Doc::Soft { blank: false } };
        let docs = vec![Doc::text(brackets.open), Doc::Nest(inner), end, Doc::text(brackets.close)];
        out.push(Doc::group(docs));
    }

    fn paren(&mut self, inner: &Expr, out: &mut Docs<'t>) {
        self.cursor.sign("(");
        let first = self.cursor.trivia();
        let mut value = Vec::new();
        self.expr(inner, &mut value);
        let last = self.cursor.trivia();
        self.cursor.sign(")");
        let broken = first.breaks() || (last.breaks() && !last.comments.is_empty());
        let plain = first.comments.is_empty() && last.comments.is_empty();
        if plain && !broken {
            out.push(Doc::text("("));
            out.append(&mut value);
            out.push(Doc::text(")"));
            return;
        }
        let mut nest = Vec::new();
        let edge = if first.breaks() { Separator::Hard } else { Separator::Soft };
        separate(&mut nest, first, edge, Bind::Next, false);
        nest.append(&mut value);
        separate(&mut nest, last, Separator::None, Bind::Close, false);
        let end = Doc::Soft { blank: false };
        out.push(Doc::group(vec![Doc::text("("), Doc::Nest(nest), end, Doc::text(")")]));
    }

    fn comprehension(&mut self, parts: &Comprehension, out: &mut Docs<'t>) {
        let mut inner = Vec::new();
        self.cursor.sign("[");
        let first = self.cursor.trivia();
        let edge = if first.breaks() { Separator::Hard } else { Separator::Soft };
        separate(&mut inner, first, edge, Bind::Next, false);
        self.sign("for", &mut inner);
        self.gap(Separator::Space, Bind::Next, &mut inner);
        let name = self.token(parts.name.id);
        inner.push(name);
        self.gap(Separator::Space, Bind::Next, &mut inner);
        self.sign("in", &mut inner);
        self.gap(Separator::Space, Bind::Next, &mut inner);
        self.expr(&parts.items, &mut inner);
        let mut before = &parts.items;
        if let Some(filter) = &parts.filter {
            self.gap(Separator::Line, Bind::Previous, &mut inner);
            self.sign("if", &mut inner);
            self.gap(Separator::Space, Bind::Next, &mut inner);
            self.expr(filter, &mut inner);
            before = filter;
        }
        // A name after a number is its unit only if no `:` follows on the line.
        let line = if ends_in(before, |kind| matches!(kind, ExprKind::Quantity(..))) {
            Separator::Hard
        } else {
            Separator::Line
        };
        self.gap(line, Bind::Previous, &mut inner);
        self.sign(":", &mut inner);
        self.gap(Separator::Space, Bind::Next, &mut inner);
        self.expr(&parts.value, &mut inner);
        self.gap(Separator::None, Bind::Close, &mut inner);
        self.cursor.sign("]");
        let end = Doc::Soft { blank: false };
        out.push(Doc::group(vec![Doc::text("["), Doc::Nest(inner), end, Doc::text("]")]));
    }

    fn conditional(&mut self, parts: &[Expr; 3], out: &mut Docs<'t>) {
        let [condition, yes, no] = parts;
        let mut docs = Vec::new();
        self.sign("if", &mut docs);
        self.gap(Separator::Space, Bind::Next, &mut docs);
        self.expr(condition, &mut docs);
        let mut branches = Vec::new();
        for (word, value) in [("then", yes), ("else", no)] {
            let gap = self.cursor.trivia();
            let line = if gap.breaks() { Separator::Hard } else { Separator::Line };
            separate(&mut branches, gap, line, Bind::Previous, false);
            self.sign(word, &mut branches);
            self.gap(Separator::Space, Bind::Next, &mut branches);
            self.expr(value, &mut branches);
        }
        docs.push(Doc::Nest(branches));
        out.push(Doc::group(docs));
    }

    /// A chain of operators. Those that bind alike are broken alike, and those that bind less before those that bind more.
    fn binary(&mut self, expr: &Expr, out: &mut Docs<'t>) {
        let mut chain: Vec<(BinaryOp, &Expr, &Expr)> = Vec::new();
        let mut first = expr;
        while let ExprKind::Binary(op, left, right) = &first.kind {
            chain.push((*op, left, right));
            first = left;
        }
        let mut docs = Vec::new();
        self.expr(first, &mut docs);
        while let Some((op, left, right)) = chain.pop() {
            let mut rest = Vec::new();
            self.operation(op, left, right, &mut rest);
            while let Some((next, left, right)) =
                chain.pop_if(|(next, ..)| next.precedence() == op.precedence())
            {
                self.operation(next, left, right, &mut rest);
            }
            docs = level(docs, rest);
        }
        out.append(&mut docs);
    }

    /// An operator and what follows it.
    pub(super) fn operation(&mut self, op: BinaryOp, left: &Expr, right: &Expr, out: &mut Docs<'t>) {
        let before = self.cursor.trivia();
        self.cursor.sign(op.text());
        let after = self.cursor.trivia();
        // `^1..2` would be read as one token.
        let tight = op == BinaryOp::Span && !ends_in(left, |kind| matches!(kind, ExprKind::Range(_)));
        let separator = match op {
            _ if before.breaks() || after.breaks() => Separator::Hard,
            BinaryOp::Span if tight => Separator::None,
            BinaryOp::Span => Separator::Space,
            _ if op.compares() => Separator::Space,
            _ => Separator::Line,
        };
        separate(out, before, separator, Bind::Previous, false);
        if tight && matches!(out.last(), Some(Doc::Text(_))) {
            // A comment in front of it.
            out.push(Doc::Space);
        }
        out.push(Doc::text(op.text()));
        let after = if after.comments.is_empty() { Trivia::default() } else { after };
        separate(out, after, if tight { Separator::None } else { Separator::Space }, Bind::Next, false);
        self.expr(right, out);
    }
}

/// Operands with operators of one level between them.
pub(super) fn level<'t>(mut first: Docs<'t>, rest: Docs<'t>) -> Docs<'t> {
    let may_break = |doc: &Doc<'_>| {
        matches!(doc, Doc::Soft { .. } | Doc::Line { .. } | Doc::Hard { .. } | Doc::Comment(_))
    };
    if rest.iter().any(may_break) {
        first.push(Doc::Nest(rest));
        return vec![Doc::group(first)];
    }
    first.extend(rest);
    first
}

/// Whether the only element of a bracket is itself in brackets, so that both may open and close together.
fn hugs(count: usize, only: Option<&Expr>) -> bool {
    count == 1
        && only.is_some_and(|only| match &only.kind {
            ExprKind::List(values) => !values.is_empty(),
            ExprKind::Path(_, Some(args)) => !args.is_empty(),
            ExprKind::Comprehension(_) => true,
            ExprKind::Raw(text) => text.contains('\n'),
            _ => false,
        })
}

/// Whether the last token of an expression belongs to a literal of some kind.
pub(super) fn ends_in(expr: &Expr, kind: fn(&ExprKind) -> bool) -> bool {
    let mut last = expr;
    loop {
        last = match &last.kind {
            ExprKind::Unary(_, value) => value,
            ExprKind::Binary(_, _, right) => right,
            ExprKind::If(parts) => &parts[2],
            ExprKind::Group(values) => match values.last() {
                Some(value) => value,
                None => return false,
            },
            other => return kind(other),
        };
    }
}
