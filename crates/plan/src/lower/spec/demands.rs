//! What a policy demands, from its text: the names that it gives to what it goes over are no matter, and what a `let` stands for is put in
//! its place.

use std::collections::{BTreeMap, BTreeSet};

use clearway_model::vocabulary::{self, Contents, Type, Vocabulary, match_operands};
use clearway_model::{Db, Item, Resolution, let_value, resolve};
use clearway_syntax::{self as syntax, BinaryOp, Block, Clause, Declaration, Expr, ExprKind, Form};
use rust_decimal::Decimal;

use super::written::in_unit;
use crate::spec::{Statement, Written};

/// Reads expressions of an item, with what its names stand for.
#[derive(Clone)]
pub(super) struct Reader<'db> {
    db: &'db dyn Db,
    item: Item,
    /// Names of the text, each with what it is: the innermost last.
    names: Vec<(String, String)>,
}

impl<'db> Reader<'db> {
    pub(super) fn new(db: &'db dyn Db, item: Item) -> Self {
        Self { db, item, names: Vec::new() }
    }

    /// The statements of a policy.
    pub(super) fn policy(mut self, declaration: &Declaration) -> Vec<Statement> {
        let mut found = Vec::new();
        if let Some(kind) = Vocabulary::get().kinds.get(declaration.kind.text.as_str()) {
            self.block(&kind.contents, &declaration.body, &Around::default(), &mut found);
        }
        found
    }

    fn block(
        &mut self,
        contents: &'static Contents,
        block: &Block,
        around: &Around,
        found: &mut Vec<Statement>,
    ) {
        let known = self.names.len();
        for statement in &block.statements {
            match statement {
                syntax::Statement::Let(one) => {
                    let key = self.key(&one.value);
                    self.names.push((one.name.text.to_string(), key));
                }
                syntax::Statement::Field(field) => {
                    let value = field.value.iter();
                    found.extend(value.map(|value| self.field(&field.name.text, value, around)));
                }
                syntax::Statement::Clause(clause) => self.clause(contents, clause, around, found),
            }
        }
        self.names.truncate(known);
    }

    fn clause(
        &mut self,
        contents: &'static Contents,
        clause: &Clause,
        around: &Around,
        found: &mut Vec<Statement>,
    ) {
        let Some(spec) = contents.clause(&clause.keyword.text).map(|spec| &spec.contents) else { return };
        let matched = match_operands(spec, &clause.operands);
        let named = |is_meant: &dyn Fn(&vocabulary::Label) -> bool| {
            let label = spec.labels.iter().find(|label| is_meant(label))?;
            matched.parts.iter().find(|part| part.name == label.name)?.value.as_deref()
        };
        let name = clause.operands.first().and_then(Expr::as_name);
        if let (Some(name), Some(list), Some(body)) = (name, named(&|label| label.binds), &clause.body) {
            let mut inner = around.clone();
            inner.lists.push(self.expr(list));
            let known = self.names.len();
            self.names.push((name.text.to_string(), format!("${}", inner.lists.len())));
            let filter = named(&|label| label.ty == Type::Bool);
            inner.filters.extend(filter.iter().flat_map(|filter| self.conjuncts(filter)));
            self.block(spec, body, &inner, found);
            self.names.truncate(known);
            return;
        }
        let mut parts = BTreeMap::new();
        let mut about = None;
        for part in &matched.parts {
            let value = part.value.as_deref();
            match (about.is_none(), value) {
                (true, Some(value)) => match Limit::of(value) {
                    Some(limit) => {
                        let measured = self.expr(limit.measured);
                        let with_op = |text: &str| format!("{text} {}", limit.op.text());
                        let key = with_op(&measured.key);
                        about = Some(Written { text: with_op(&measured.text), key, ..measured });
                        parts.insert("limit".to_owned(), self.expr(limit.limit));
                    }
                    None => about = Some(self.expr(value)),
                },
                (false, Some(value)) => drop(parts.insert(part.name.to_string(), self.expr(value))),
                (_, None) => drop(parts.insert(part.name.to_string(), Written::text(part.name.as_str()))),
            }
        }
        if !around.lists.is_empty() {
            parts.insert("of each in".to_owned(), joined(&around.lists, " of "));
            parts.insert("where".to_owned(), joined(&around.filters, " and "));
        }
        let mut inner = around.clone();
        let told = about.as_ref().map(|about| format!(" {}", about.text)).unwrap_or_default();
        inner.within.push(format!("{}{told}", clause.keyword.text));
        let word = clause.keyword.text.to_string();
        found.push(Statement { within: around.within.clone(), word, about, parts });
        let Some(body) = &clause.body else { return };
        // What is not written is what it is by default.
        let is_written = |name: &str| body.fields().any(|field| field.name.text == name);
        for field in spec.fields.iter().filter(|field| !is_written(&field.name)) {
            found.extend(field.default.iter().map(|default| self.field(&field.name, default, &inner)));
        }
        self.block(spec, body, &inner, found);
    }

    fn field(&self, name: &str, value: &Expr, around: &Around) -> Statement {
        Statement {
            within: around.within.clone(),
            word: name.to_owned(),
            about: None,
            parts: [(String::new(), self.expr(value))].into(),
        }
    }

    /// An expression.
    pub(super) fn expr(&self, expr: &Expr) -> Written {
        let text = Reader { names: Vec::new(), item: self.item, db: self.db }.shown(expr);
        let amount = amount(expr);
        let key = amount.as_ref().map(|(amount, of)| format!("{} {of}", amount.normalize()));
        Written { text, key: key.unwrap_or_else(|| self.key(expr)), amount, items: BTreeSet::new() }
    }

    /// What is joined by `and`.
    fn conjuncts(&self, expr: &Expr) -> Vec<Written> {
        match &expr.kind {
            ExprKind::Binary(BinaryOp::And, left, right) => {
                [left, right].into_iter().flat_map(|side| self.conjuncts(side)).collect()
            }
            ExprKind::Paren(inner) => self.conjuncts(inner),
            _ => vec![self.expr(expr)],
        }
    }

    /// As it is written.
    fn shown(&self, expr: &Expr) -> String {
        Form { name: &|name| name.to_owned() }.expr(expr)
    }

    /// One text for all that is the same.
    fn key(&self, expr: &Expr) -> String {
        Form { name: &|name| self.name(name) }.expr(expr)
    }

    /// What a name stands for.
    fn name(&self, name: &str) -> String {
        if let Some((_, key)) = self.names.iter().rev().find(|(known, _)| known == name) {
            return key.clone();
        }
        match resolve(self.db, self.item.file(self.db), name, &|kind| kind == "let") {
            Resolution::Found(item) if item.kind(self.db) == "let" => {
                format!("({})", let_value(self.db, item).0)
            }
            _ => name.to_owned(),
        }
    }
}

/// What stands around a statement.
#[derive(Clone, Default)]
struct Around {
    within: Vec<String>,
    /// The lists that are gone over, from the outside in.
    lists: Vec<Written>,
    /// What is demanded of what is gone over before anything else is.
    filters: Vec<Written>,
}

/// What is measured, and how it compares with what.
struct Limit<'e> {
    measured: &'e Expr,
    op: BinaryOp,
    limit: &'e Expr,
}

impl<'e> Limit<'e> {
    fn of(expr: &'e Expr) -> Option<Self> {
        match &expr.kind {
            ExprKind::Binary(op, measured, limit) if has_sides(*op) && amount(limit).is_some() => {
                Some(Self { measured, op: *op, limit })
            }
            _ => None,
        }
    }
}

/// Whether more or less of what is measured is better.
const fn has_sides(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Below | BinaryOp::AtMost | BinaryOp::Above | BinaryOp::AtLeast)
}

/// How much a literal is, and of what.
fn amount(expr: &Expr) -> Option<(Decimal, String)> {
    let number = |text: &str| text.replace('_', "").parse::<Decimal>().ok();
    match &expr.kind {
        ExprKind::Number(text) => Some((number(text)?, String::new())),
        ExprKind::Percent(text) => Some((number(text)?, "%".to_owned())),
        ExprKind::Quantity(amount, unit) => in_unit(number(&amount.text)?, &unit.text),
        _ => None,
    }
}

/// Parts that belong together: those of a filter are a set.
fn joined(parts: &[Written], by: &str) -> Written {
    let texts: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
    let mut keys: Vec<String> = parts.iter().map(|part| part.key.clone()).collect();
    let items = keys.iter().cloned().collect();
    if by == " and " {
        keys.sort();
        keys.dedup();
    }
    Written { text: texts.join(by), key: keys.join(by), amount: None, items }
}
