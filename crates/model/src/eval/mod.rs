//! Evaluation: an expression and the type that is wanted of it give a value.
//!
//! Evaluation is total. It never fails: what is wrong is told once and gives [`ValueKind::Unknown`], which fits everywhere. It always ends: the
//! language has no recursion, and a budget bounds what comprehensions and nested lists can build.

mod calls;
mod coerce;
mod functions;
mod literals;
mod members;
mod operators;
mod paths;

pub use coerce::time_zones;
pub(crate) use functions::COMPUTED;
pub(crate) use members::one_of;
pub(crate) use operators::type_of;
pub use operators::{holds, same};

use std::sync::Arc;

use clearway_diagnostics::{Diagnostic, Label, NodeId, Place, catalogue};
use clearway_syntax::{Comprehension, Expr, ExprKind, Name, TextPart};
use smol_str::SmolStr;

use crate::db::Db;
use crate::meaning::{Meaning, Recorder};
use crate::query::{Item, SourceFile};
use crate::value::{Value, ValueKind};
use crate::vocabulary::Type;

/// How many values one declaration may build.
pub(crate) const BUDGET: usize = 100_000;

/// How many bytes a text may have that is put together from others.
const TEXT_LIMIT: usize = 1 << 20;

/// Evaluates the expressions of one item.
pub(crate) struct Evaluator<'a> {
    pub(crate) db: &'a dyn Db,
    pub(crate) item: Item,
    /// Parameters, block `let`s and comprehension variables, innermost last.
    pub(crate) locals: Vec<Local>,
    /// What is wrong.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Stands in for every place: the values of defaults belong to the declaration that leaves them out.
    pub(crate) at: Option<Place>,
    /// Writes down what each word means, where an editor asks.
    pub(crate) recorder: Option<Recorder>,
    /// The project is at hand: `declared(service)` gives what it declares, and not only its type.
    pub(crate) judging: bool,
    pub(crate) budget: usize,
}

/// A parameter, block `let` or comprehension variable.
pub(crate) struct Local {
    pub(crate) name: SmolStr,
    pub(crate) value: Value,
    /// The node of the name that declares it.
    pub(crate) node: NodeId,
}

impl<'a> Evaluator<'a> {
    pub(crate) const fn new(db: &'a dyn Db, item: Item) -> Self {
        Self {
            db,
            item,
            locals: Vec::new(),
            diagnostics: Vec::new(),
            at: None,
            recorder: None,
            judging: false,
            budget: BUDGET,
        }
    }

    /// Evaluates the expressions of a policy over the project.
    pub(crate) fn judge(db: &'a dyn Db, item: Item) -> Self {
        Self { judging: true, ..Self::new(db, item) }
    }

    /// The value of an expression where a type is wanted.
    pub(crate) fn eval(&mut self, expr: &Expr, ty: &Type) -> Value {
        if self.budget == 0 {
            return Value::unknown(self.place(expr.id));
        }
        self.budget -= 1;
        if self.budget == 0 {
            let message = format!("this declaration comes to more than {BUDGET} values");
            self.report(Diagnostic::new(
                catalogue::TOO_MANY_VALUES,
                message,
                self.place(expr.id),
                "here it is too much",
            ));
        }
        if self.recorder.is_some() {
            self.record_wanted(expr, ty);
        }
        if *ty == Type::Type {
            return self.type_name(expr);
        }
        let value = self.raw(expr, ty);
        let value = self.coerce(value, ty);
        if let Some(recorder) = &mut self.recorder {
            recorder.value(expr.id, &value);
        }
        value
    }

    /// The value of an expression where something asks for a type: `asks` says what, and where that is written.
    pub(crate) fn eval_for(
        &mut self,
        expr: &Expr,
        ty: &Type,
        asks: impl FnOnce(&Self) -> (Place, String),
    ) -> Value {
        let told = self.diagnostics.len();
        let value = self.eval(expr, ty);
        if self.diagnostics.len() > told {
            let (place, says) = asks(self);
            let wanted = [coerce::expected(ty), coerce::expected(&item_type(ty))];
            let unasked = |diagnostic: &&mut Diagnostic| {
                diagnostic.related.is_empty()
                    && wanted.iter().any(|wanted| diagnostic.message.starts_with(wanted))
            };
            for diagnostic in self.diagnostics[told..].iter_mut().filter(unasked) {
                diagnostic.related.push(Label { place, message: says.clone() });
            }
        }
        value
    }

    /// The value of an expression as it is, with the wanted type only as a hint for names and numbers.
    fn raw(&mut self, expr: &Expr, ty: &Type) -> Value {
        let place = self.place(expr.id);
        let kind = match &expr.kind {
            ExprKind::Paren(inner) => return self.raw(inner, ty),
            ExprKind::Path(names, args) => return self.path(expr, names, args.as_deref(), ty),
            ExprKind::Unary(op, operand) => return self.unary(expr, *op, operand, ty),
            ExprKind::Binary(op, left, right) => return self.binary(expr, *op, left, right, ty),
            ExprKind::If(parts) => return self.conditional(parts, ty),
            ExprKind::List(items) | ExprKind::Group(items) => self.list(expr, items, ty),
            ExprKind::Comprehension(comprehension) => self.comprehension(comprehension, ty),
            ExprKind::Text(_) if paths::names_declaration(ty) && expr.as_text().is_some() => {
                // A text where a declaration is meant refers to it: names of other systems may need quotes.
                let name = Name { id: expr.id, text: expr.as_text().unwrap_or_default() };
                return self.declared(expr, &[name], None, ty);
            }
            ExprKind::Text(parts) => {
                let text = self.text(parts);
                self.bounded(text, place)
            }
            ExprKind::Word(word) => {
                self.report(
                    Diagnostic::new(
                        catalogue::SYNTAX,
                        format!("`{word}` is a reserved word"),
                        place,
                        "not a value",
                    )
                    .help("give the declaration another name, or write the name between double quotes"),
                );
                ValueKind::Unknown
            }
            ExprKind::Missing => ValueKind::Unknown,
            _ => self.literal(expr, ty),
        };
        Value { place, kind }
    }

    fn list(&mut self, expr: &Expr, items: &[Expr], ty: &Type) -> ValueKind {
        // `>=1.2, <3` in a clause is one range.
        if matches!(expr.kind, ExprKind::Group(_)) && is_range_group(items) {
            return self.range_group(items);
        }
        let of = item_type(ty);
        let values: Vec<Value> = items.iter().map(|item| self.eval(item, &of)).collect();
        self.whole(ValueKind::List(values.into()))
    }

    /// A list, unless the budget ended in it: a part of a list is not what was meant.
    fn whole(&self, list: ValueKind) -> ValueKind {
        if self.budget == 0 { ValueKind::Unknown } else { list }
    }

    /// A list or text that was put together, unless it has become too large to go on with.
    pub(super) fn bounded(&mut self, kind: ValueKind, place: Place) -> ValueKind {
        let (size, limit, what) = match &kind {
            ValueKind::List(items) => (items.len(), BUDGET, "values"),
            ValueKind::Text(text) => (text.len(), TEXT_LIMIT, "bytes"),
            _ => return kind,
        };
        if size <= limit {
            return kind;
        }
        let message = format!("this comes to more than {limit} {what}");
        self.report(Diagnostic::new(catalogue::TOO_MANY_VALUES, message, place, "here it is too much"));
        ValueKind::Unknown
    }

    fn comprehension(&mut self, comprehension: &Comprehension, ty: &Type) -> ValueKind {
        let items = self.eval(&comprehension.items, &Type::Any);
        let of = item_type(ty);
        let items = match items.kind {
            ValueKind::List(items) => items,
            // What each would be is checked by its type.
            ValueKind::Parameter(_) => return self.comprehension_of_type(comprehension, &items, &of),
            ValueKind::Absent => Arc::from([]),
            ValueKind::Unknown => return ValueKind::Unknown,
            other => {
                let message = format!("a comprehension goes over a list, and this is {}", other.describe());
                self.report(Diagnostic::new(catalogue::WRONG_TYPE, message, items.place, "not a list"));
                return ValueKind::Unknown;
            }
        };
        let mut values = Vec::new();
        for item in items.iter() {
            self.bind_local(&comprehension.name, item.clone());
            let taken = comprehension
                .filter
                .as_ref()
                .is_none_or(|filter| !matches!(self.eval(filter, &Type::Bool).kind, ValueKind::Bool(false)));
            if taken {
                values.push(self.eval(&comprehension.value, &of));
            }
            self.locals.pop();
            if self.budget == 0 {
                break;
            }
        }
        self.whole(ValueKind::List(values.into()))
    }

    fn comprehension_of_type(
        &mut self,
        comprehension: &Comprehension,
        items: &Value,
        of: &Type,
    ) -> ValueKind {
        self.bind_local(&comprehension.name, Value { place: items.place, kind: one_of(items) });
        if let Some(filter) = &comprehension.filter {
            self.eval(filter, &Type::Bool);
        }
        let value = self.eval(&comprehension.value, of);
        self.locals.pop();
        match type_of(&value) {
            Some(ty) => ValueKind::Parameter(Arc::new(Type::List(Box::new(ty)))),
            None => ValueKind::Unknown,
        }
    }

    fn conditional(&mut self, parts: &[Expr; 3], ty: &Type) -> Value {
        let [test, then, otherwise] = parts;
        let test = self.eval(test, &Type::Bool);
        // Both sides are checked, whichever is taken: a mistake must not wait for the day it is needed.
        let then = self.eval(then, ty);
        let otherwise = self.eval(otherwise, ty);
        match test.kind {
            ValueKind::Bool(true) => then,
            ValueKind::Bool(false) => otherwise,
            _ if then.kind == otherwise.kind => then,
            _ => Value::unknown(test.place),
        }
    }

    fn text(&mut self, parts: &[TextPart]) -> ValueKind {
        let mut text = String::new();
        let mut known = true;
        for part in parts {
            match part {
                TextPart::Characters(characters) => text.push_str(characters),
                TextPart::Interpolation(expr) => {
                    let value = self.eval(expr, &Type::Any);
                    match &value.kind {
                        ValueKind::Text(inner) => text.push_str(inner),
                        ValueKind::Unknown | ValueKind::Parameter(_) => known = false,
                        ValueKind::List(_) | ValueKind::Condition(_) | ValueKind::Call(_) => {
                            let message = format!("{} cannot be put into a text", value.kind.describe());
                            self.report(Diagnostic::new(catalogue::WRONG_TYPE, message, value.place, ""));
                            known = false;
                        }
                        _ => text.push_str(&value.to_string()),
                    }
                }
            }
        }
        if known { ValueKind::Text(Arc::from(text)) } else { ValueKind::Unknown }
    }

    /// Brings a name into scope.
    pub(crate) fn bind_local(&mut self, name: &Name, value: Value) {
        self.record(name, || Meaning::Local(name.id));
        self.locals.push(Local { name: name.text.clone(), value, node: name.id });
    }

    pub(crate) fn file(&self) -> SourceFile {
        self.item.file(self.db)
    }

    pub(crate) fn place(&self, node: NodeId) -> Place {
        self.at.unwrap_or_else(|| self.item.place(self.db, node))
    }

    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Tells what is wrong, and goes on with a value that fits everywhere.
    fn fail(&mut self, diagnostic: Diagnostic) -> Value {
        let place = diagnostic.primary.place;
        self.report(diagnostic);
        Value::unknown(place)
    }
}

/// What the items of a list must be where this type is wanted.
fn item_type(ty: &Type) -> Type {
    let of: Vec<Type> = ty
        .alternatives()
        .iter()
        .filter_map(|ty| match ty {
            Type::List(of) => Some((**of).clone()),
            _ => None,
        })
        .collect();
    match of.as_slice() {
        [] => Type::Any,
        [one] => one.clone(),
        _ => Type::Either(of),
    }
}

fn is_range_group(items: &[Expr]) -> bool {
    items.iter().all(|item| matches!(item.kind, ExprKind::Range(_)))
}
