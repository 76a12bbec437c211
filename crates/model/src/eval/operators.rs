//! Operators: arithmetic with units, comparisons, and conditions over what is measured.

use std::sync::Arc;

use clearway_diagnostics::{Diagnostic, Place, catalogue};
use clearway_syntax::{BinaryOp, Expr, UnaryOp};
use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::Evaluator;
use crate::query::Item;
use crate::value::{Comparison, Condition, Measured, Number, Reference, Value, ValueKind};
use crate::vocabulary::{Type, Unit, Vocabulary};

impl Evaluator<'_> {
    pub(super) fn unary(&mut self, expr: &Expr, op: UnaryOp, operand: &Expr, ty: &Type) -> Value {
        let place = self.place(expr.id);
        match op {
            UnaryOp::Not => {
                let inner = self.eval(operand, &logical(ty));
                let kind = match inner.kind {
                    ValueKind::Bool(value) => ValueKind::Bool(!value),
                    ValueKind::Condition(condition) => {
                        ValueKind::Condition(Arc::new(Condition::Not(Box::new((*condition).clone()))))
                    }
                    _ => ValueKind::Unknown,
                };
                self.value(place, kind)
            }
            UnaryOp::Negative => {
                let inner = self.eval(operand, &Type::Any);
                let kind = match inner.kind {
                    ValueKind::Number(number) => {
                        let text = SmolStr::new(format!("-{}", number.text));
                        ValueKind::Number(Number { value: -number.value, text })
                    }
                    ValueKind::Percent(value) => ValueKind::Percent(-value),
                    ValueKind::Quantity(amount, unit) => ValueKind::Quantity(-amount, unit),
                    ValueKind::Unknown | ValueKind::Parameter(_) => ValueKind::Unknown,
                    other => {
                        let message = format!("{} has no negative", other.describe());
                        return self.fail(Diagnostic::new(catalogue::WRONG_TYPE, message, inner.place, ""));
                    }
                };
                self.value(place, kind)
            }
        }
    }

    pub(super) fn binary(
        &mut self,
        expr: &Expr,
        op: BinaryOp,
        left: &Expr,
        right: &Expr,
        ty: &Type,
    ) -> Value {
        match op {
            BinaryOp::And | BinaryOp::Or if wants(ty, &Type::Range) => self.ranges(expr, op, left, right),
            BinaryOp::And | BinaryOp::Or => self.logic(expr, op, left, right, ty),
            BinaryOp::Span => self.span(expr, left, right, ty),
            op if op.compares() => self.comparison(expr, op, left, right),
            _ => self.arithmetic(expr, op, left, right),
        }
    }

    /// `^1 or ^2`
    fn ranges(&mut self, expr: &Expr, op: BinaryOp, left: &Expr, right: &Expr) -> Value {
        let sides = (self.eval(left, &Type::Range), self.eval(right, &Type::Range));
        let kind = match (sides.0.kind, sides.1.kind) {
            (ValueKind::Range(left), ValueKind::Range(right)) => {
                ValueKind::Range(Arc::new(if op == BinaryOp::Or {
                    left.or(&right)
                } else {
                    left.and(&right)
                }))
            }
            _ => ValueKind::Unknown,
        };
        self.value(self.place(expr.id), kind)
    }

    fn logic(&mut self, expr: &Expr, op: BinaryOp, left: &Expr, right: &Expr, ty: &Type) -> Value {
        let logical = logical(ty);
        let left = self.eval(left, &logical);
        // Where a policy is judged, one side guards the other: `not has(s.approval) or length(s.approval.step) > 1`. What is wrong with
        // the other by its type was told where the policy is written.
        if self.judging && left.kind == ValueKind::Bool(op == BinaryOp::Or) {
            return self.value(self.place(expr.id), left.kind);
        }
        let sides = (left, self.eval(right, &logical));
        let kind = match (sides.0.kind, sides.1.kind) {
            (ValueKind::Bool(left), ValueKind::Bool(right)) => {
                ValueKind::Bool(if op == BinaryOp::And { left && right } else { left || right })
            }
            (left, right) => match (as_condition(left), as_condition(right)) {
                (Some(left), Some(right)) => ValueKind::Condition(Arc::new(joined(op, left, right))),
                _ => ValueKind::Unknown,
            },
        };
        self.value(self.place(expr.id), kind)
    }

    fn span(&mut self, expr: &Expr, left: &Expr, right: &Expr, ty: &Type) -> Value {
        let of: Vec<Type> = ty
            .alternatives()
            .iter()
            .filter_map(|ty| if let Type::Span(of) = ty { Some((**of).clone()) } else { None })
            .collect();
        let of = match of.as_slice() {
            [] => Type::Any,
            [one] => one.clone(),
            _ => Type::Either(of),
        };
        let (from, to) = (self.eval(left, &of), self.eval(right, &of));
        let kind = if from.is_open() || to.is_open() {
            ValueKind::Unknown
        } else {
            ValueKind::Span(Arc::new((from, to)))
        };
        self.value(self.place(expr.id), kind)
    }

    fn comparison(&mut self, expr: &Expr, op: BinaryOp, left: &Expr, right: &Expr) -> Value {
        let place = self.place(expr.id);
        let left = self.measured(left, &Type::Any, None);
        // The right side is read as what the left side is: `risk >= high`, `latency.p99 <= 400 ms`.
        let hint = left.as_ref().and_then(type_of_side).unwrap_or(Type::Any);
        if left.is_none() {
            return Value::unknown(place);
        }
        let asks = left.as_ref().map(side_place).map(|place| (place, format!("this is {hint}")));
        let right = self.measured(right, &hint, asks);
        let (Some(left), Some(right)) = (left, right) else { return Value::unknown(place) };
        if let Some(known) = with_nothing(op, &left, &right) {
            return self.value(place, ValueKind::Bool(known));
        }
        let (Some(left_type), Some(right_type)) = (type_of_side(&left), type_of_side(&right)) else {
            return Value::unknown(place);
        };
        // A parameter whose type is wrong was told of where it is declared.
        if left_type == Type::Any || right_type == Type::Any {
            return Value::unknown(place);
        }
        if !comparable(&left_type, &right_type) {
            let message = format!("{left_type} cannot be compared with {right_type}");
            let right_place = side_place(&right);
            return self.fail(
                Diagnostic::new(catalogue::WRONG_TYPE, message, right_place, right_type.to_string())
                    .related(side_place(&left), left_type.to_string()),
            );
        }
        if !ordered(&left_type) && !matches!(op, BinaryOp::Equal | BinaryOp::Unequal) {
            let message = format!("{left_type} has no order: `{}` does not apply", op.text());
            return self.fail(
                Diagnostic::new(catalogue::WRONG_TYPE, message, place, "").help("compare with `==` or `!=`"),
            );
        }
        if let Some(diagnostic) = unlike_units(&left, &right) {
            return self.fail(diagnostic);
        }
        let kind = match (&left, &right) {
            (Measured::Value(left), Measured::Value(right)) => match holds(op, left, right) {
                Some(holds) => ValueKind::Bool(holds),
                None => ValueKind::Unknown,
            },
            _ => ValueKind::Condition(Arc::new(Condition::Compare(Comparison { left, op, right }))),
        };
        self.value(place, kind)
    }

    /// A side of a comparison: a metric, or a value. `None` when it is not known.
    fn measured(&mut self, expr: &Expr, hint: &Type, asks: Option<(Place, String)>) -> Option<Measured> {
        if let Some(metric) = self.metric(expr) {
            return metric.map(Measured::Metric);
        }
        let value = match asks {
            Some(asks) => self.eval_for(expr, hint, |_| asks),
            None => self.eval(expr, hint),
        };
        (value.kind != ValueKind::Unknown).then_some(Measured::Value(value))
    }

    fn arithmetic(&mut self, expr: &Expr, op: BinaryOp, left: &Expr, right: &Expr) -> Value {
        let place = self.place(expr.id);
        let (left, right) = (self.eval(left, &Type::Any), self.eval(right, &Type::Any));
        if left.is_open() || right.is_open() {
            return Value::unknown(place);
        }
        match apply(op, &left.kind, &right.kind) {
            Ok(kind) => {
                let kind = self.bounded(kind, place);
                self.value(place, kind)
            }
            Err(Trouble::DivisionByZero) => self.fail(Diagnostic::new(
                catalogue::BAD_VALUE,
                "this divides by zero",
                right.place,
                "this is 0",
            )),
            Err(Trouble::Overflow) => self.fail(Diagnostic::new(
                catalogue::BAD_VALUE,
                "the result has more than 28 digits",
                place,
                "",
            )),
            Err(Trouble::Types) => {
                let (a, b) = (left.kind.describe(), right.kind.describe());
                let message = format!("`{}` does not apply to {a} and {b}", op.text());
                let mut diagnostic =
                    Diagnostic::new(catalogue::WRONG_TYPE, message, right.place, b).related(left.place, a);
                if op == BinaryOp::Divide {
                    diagnostic = diagnostic.help("if a path is meant, write it between double quotes");
                }
                self.fail(diagnostic)
            }
        }
    }
}

/// What `and`, `or` and `not` take where a type is wanted: what is known already stays `true` or `false`.
fn logical(ty: &Type) -> Type {
    if wants(ty, &Type::Condition) || *ty == Type::Any {
        Type::Either(vec![Type::Bool, Type::Condition])
    } else {
        Type::Bool
    }
}

fn wants(ty: &Type, wanted: &Type) -> bool {
    ty.alternatives().contains(wanted)
}

pub(super) fn as_condition(kind: ValueKind) -> Option<Condition> {
    match kind {
        ValueKind::Bool(value) => Some(Condition::Constant(value)),
        ValueKind::Condition(condition) => Some((*condition).clone()),
        _ => None,
    }
}

fn joined(op: BinaryOp, left: Condition, right: Condition) -> Condition {
    let mut parts = Vec::new();
    for side in [left, right] {
        match (op, side) {
            (BinaryOp::And, Condition::All(inner)) | (BinaryOp::Or, Condition::Any(inner)) => {
                parts.extend(inner);
            }
            (_, side) => parts.push(side),
        }
    }
    if op == BinaryOp::And { Condition::All(parts) } else { Condition::Any(parts) }
}

fn type_of_side(side: &Measured) -> Option<Type> {
    match side {
        Measured::Metric(metric) => Some((*metric.ty).clone()),
        Measured::Value(value) => type_of(value),
    }
}

fn side_place(side: &Measured) -> Place {
    match side {
        Measured::Metric(metric) => metric.place,
        Measured::Value(value) => value.place,
    }
}

/// The type of a value that can be compared.
pub(crate) fn type_of(value: &Value) -> Option<Type> {
    Some(match &value.kind {
        ValueKind::Parameter(ty) => (**ty).clone(),
        ValueKind::Text(_) => Type::Text,
        ValueKind::Number(_) => Type::Number,
        ValueKind::Percent(_) => Type::Percent,
        ValueKind::Bool(_) => Type::Bool,
        ValueKind::Quantity(_, unit) => Type::Quantity(Vocabulary::get().unit(unit)?.dimension.clone()),
        ValueKind::Version(_) => Type::Version,
        ValueKind::Date(_) => Type::Date,
        ValueKind::Time(_) => Type::Time,
        ValueKind::Word(name, _) => Type::Word(name.clone()),
        ValueKind::Name(_) => Type::Name,
        ValueKind::Reference(reference) => Type::Declaration(reference.kind.clone()),
        ValueKind::Clause(item) => Type::Clause(item.path.clone()),
        _ => return None,
    })
}

/// A comparison with what nobody wrote: it is equal to nothing, and in no order with anything.
fn with_nothing(op: BinaryOp, left: &Measured, right: &Measured) -> Option<bool> {
    let absent = |side: &Measured| matches!(side, Measured::Value(value) if value.kind == ValueKind::Absent);
    (absent(left) || absent(right)).then_some(op == BinaryOp::Unequal)
}

/// Units that do not convert into each other: how many months a number of business days is depends on when they start.
fn unlike_units(left: &Measured, right: &Measured) -> Option<Diagnostic> {
    let (Measured::Value(left), Measured::Value(right)) = (left, right) else { return None };
    let (ValueKind::Quantity(_, unit), ValueKind::Quantity(_, other)) = (&left.kind, &right.kind) else {
        return None;
    };
    let vocabulary = Vocabulary::get();
    let dimension = vocabulary.dimensions.get(&vocabulary.unit(unit)?.dimension)?;
    (dimension.separate && unit != other).then(|| {
        let message = format!("`{unit}` and `{other}` cannot be compared: neither converts into the other");
        Diagnostic::new(catalogue::WRONG_UNIT, message, right.place, format!("in `{other}`"))
            .related(left.place, format!("in `{unit}`"))
    })
}

fn comparable(left: &Type, right: &Type) -> bool {
    let number = |ty: &Type| matches!(ty, Type::Number | Type::Count);
    let name = |ty: &Type| matches!(ty, Type::Name | Type::Person | Type::Text);
    let same = |left: &Type, right: &Type| {
        left == right || (number(left) && number(right)) || (name(left) && name(right))
    };
    left.alternatives().iter().any(|left| right.alternatives().iter().any(|right| same(left, right)))
}

fn ordered(ty: &Type) -> bool {
    match ty {
        Type::Either(types) => types.iter().any(ordered),
        Type::Number | Type::Count | Type::Percent | Type::Quantity(_) | Type::Date | Type::Time => true,
        Type::Word(name) => Vocabulary::get().enums.get(name).is_some_and(|words| words.ordered),
        _ => false,
    }
}

/// Whether a comparison of known values holds; values of different forms are never equal.
pub fn holds(op: BinaryOp, left: &Value, right: &Value) -> Option<bool> {
    use std::cmp::Ordering;
    let order = match (&left.kind, &right.kind) {
        (ValueKind::Number(left), ValueKind::Number(right)) => left.value.cmp(&right.value),
        (ValueKind::Percent(left), ValueKind::Percent(right)) => left.cmp(right),
        (ValueKind::Quantity(left, left_unit), ValueKind::Quantity(right, right_unit)) => {
            common(*left, left_unit)?.cmp(&common(*right, right_unit)?)
        }
        (ValueKind::Date(left), ValueKind::Date(right)) => left.cmp(right),
        (ValueKind::Time(left), ValueKind::Time(right)) => left.cmp(right),
        (ValueKind::Word(name, left), ValueKind::Word(_, right)) => {
            let words = &Vocabulary::get().enums.get(name)?.words;
            let place = |word: &SmolStr| words.iter().position(|w| w.name == *word);
            place(left)?.cmp(&place(right)?)
        }
        (ValueKind::Parameter(_), _) | (_, ValueKind::Parameter(_)) => return None,
        (left, right) if same(left, right) => Ordering::Equal,
        _ => Ordering::Less,
    };
    Some(match op {
        BinaryOp::Equal => order.is_eq(),
        BinaryOp::Unequal => order.is_ne(),
        BinaryOp::Below => order.is_lt(),
        BinaryOp::AtMost => order.is_le(),
        BinaryOp::Above => order.is_gt(),
        BinaryOp::AtLeast => order.is_ge(),
        _ => return None,
    })
}

/// Whether two values are the same, wherever they were written.
pub fn same(left: &ValueKind, right: &ValueKind) -> bool {
    use ValueKind as V;
    match (left, right) {
        (V::Absent, _) | (_, V::Absent) => false,
        (V::Number(left), V::Number(right)) => left.value == right.value,
        (V::Reference(left), V::Reference(right)) => {
            let part = |of: &Reference| of.part.as_ref().map(|(part, _)| part.clone());
            let args = left.args.len() == right.args.len()
                && left.args.iter().zip(&right.args).all(|(left, right)| same(&left.1.kind, &right.1.kind));
            left.item == right.item && part(left) == part(right) && args
        }
        (V::List(left), V::List(right)) => {
            left.len() == right.len()
                && left.iter().zip(right.iter()).all(|(left, right)| same(&left.kind, &right.kind))
        }
        // A name and a text may both name a person.
        (V::Name(name), V::Text(text)) | (V::Text(text), V::Name(name)) => name == &**text,
        (V::Call(left), V::Call(right)) => {
            left.function == right.function
                && left.args.len() == right.args.len()
                && left.args.iter().zip(&right.args).all(|(left, right)| same(&left.1.kind, &right.1.kind))
        }
        // A metric's name may mean another one elsewhere.
        (V::Condition(left), V::Condition(right)) => {
            let items = |condition: &Condition| -> Vec<Item> {
                condition.metrics().iter().map(|metric| metric.item).collect()
            };
            left.to_string() == right.to_string() && items(left) == items(right)
        }
        (left, right) => left == right,
    }
}

/// An amount in a unit that is common to its dimension.
fn common(amount: Decimal, unit: &str) -> Option<Decimal> {
    amount.checked_mul(Vocabulary::get().unit(unit)?.factor)
}

enum Trouble {
    Types,
    DivisionByZero,
    Overflow,
}

fn apply(op: BinaryOp, left: &ValueKind, right: &ValueKind) -> Result<ValueKind, Trouble> {
    use ValueKind as V;
    let number = |value: Decimal| {
        let value = value.normalize();
        V::Number(Number { value, text: SmolStr::new(value.to_string()) })
    };
    match (left, right) {
        (V::Number(a), V::Number(b)) => Ok(number(calculate(op, a.value, b.value)?)),
        (V::Percent(a), V::Percent(b)) if adds(op) => Ok(V::Percent(calculate(op, *a, *b)?)),
        (V::Percent(a), V::Number(b)) if !adds(op) => Ok(V::Percent(calculate(op, *a, b.value)?)),
        (V::Number(a), V::Percent(b)) if op == BinaryOp::Times => Ok(V::Percent(calculate(op, a.value, *b)?)),
        (V::Quantity(a, unit), V::Number(b)) if !adds(op) => {
            Ok(V::Quantity(calculate(op, *a, b.value)?, unit.clone()))
        }
        (V::Number(a), V::Quantity(b, unit)) if op == BinaryOp::Times => {
            Ok(V::Quantity(calculate(op, a.value, *b)?, unit.clone()))
        }
        (V::Quantity(a, unit), V::Quantity(b, other)) => {
            let vocabulary = Vocabulary::get();
            let (Some(left), Some(right)) = (vocabulary.unit(unit), vocabulary.unit(other)) else {
                return Err(Trouble::Types);
            };
            let separate =
                vocabulary.dimensions.get(&left.dimension).is_some_and(|dimension| dimension.separate);
            if left.dimension != right.dimension || (separate && unit != other) || op == BinaryOp::Times {
                return Err(Trouble::Types);
            }
            // In the finer of both units, so that nothing is rounded: 1 h + 20 m are 80 m, and 1 h / 20 m is 3.
            let finer = if left.factor <= right.factor { left } else { right };
            let in_finer =
                |amount: Decimal, of: &Unit| amount.checked_mul(of.factor.checked_div(finer.factor)?);
            let (Some(a), Some(b)) = (in_finer(*a, left), in_finer(*b, right)) else {
                return Err(Trouble::Overflow);
            };
            let result = calculate(op, a, b)?;
            Ok(if op == BinaryOp::Divide { number(result) } else { V::Quantity(result, finer.name.clone()) })
        }
        (V::Text(a), V::Text(b)) if op == BinaryOp::Plus => Ok(V::Text(Arc::from(format!("{a}{b}")))),
        (V::List(a), V::List(b)) if op == BinaryOp::Plus => {
            Ok(V::List(a.iter().chain(b.iter()).cloned().collect()))
        }
        _ => Err(Trouble::Types),
    }
}

const fn adds(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Plus | BinaryOp::Minus)
}

fn calculate(op: BinaryOp, a: Decimal, b: Decimal) -> Result<Decimal, Trouble> {
    match op {
        BinaryOp::Plus => a.checked_add(b),
        BinaryOp::Minus => a.checked_sub(b),
        BinaryOp::Times => a.checked_mul(b),
        BinaryOp::Divide if b.is_zero() => return Err(Trouble::DivisionByZero),
        BinaryOp::Divide => a.checked_div(b),
        _ => return Err(Trouble::Types),
    }
    .ok_or(Trouble::Overflow)
}
