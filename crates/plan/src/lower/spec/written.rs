//! A value as it is told, and as what it is.

use std::collections::BTreeSet;

use clearway_model::vocabulary::Vocabulary;
use clearway_model::{Comparison, Condition, Db, Measured, Reference, Value, ValueKind};
use jiff::civil;
use rust_decimal::Decimal;
use smol_str::SmolStr;

use crate::spec::Written;

/// A value. In a set, the order of lists is no matter.
pub(super) fn written(db: &dyn Db, value: &Value, is_set: bool) -> Written {
    let keys = Keys { db, is_set };
    let items = match &value.kind {
        ValueKind::List(items) => items.iter().map(|item| keys.of(item)).collect(),
        _ => BTreeSet::new(),
    };
    Written { text: value.to_string(), key: keys.of(value), amount: amount(&value.kind), items }
}

/// An amount in a unit that is common to all in which it can be written. What lasts as long as the calendar has it is counted by the calendar.
pub(super) fn in_unit(amount: Decimal, unit: &str) -> Option<(Decimal, String)> {
    let unit = Vocabulary::get().unit(unit)?;
    let (times, of) = match (unit.dimension.as_str(), unit.name.as_str()) {
        ("period", "years") => (Decimal::from(12), "months"),
        ("period", "quarters") => (Decimal::from(3), "months"),
        ("period", name) => (Decimal::ONE, name),
        (dimension, _) => (unit.factor, dimension),
    };
    Some((amount.checked_mul(times)?.normalize(), of.to_owned()))
}

fn amount(value: &ValueKind) -> Option<(Decimal, String)> {
    match value {
        ValueKind::Number(number) => Some((number.value.normalize(), String::new())),
        ValueKind::Percent(number) => Some((number.normalize(), "%".to_owned())),
        ValueKind::Quantity(amount, unit) => in_unit(*amount, unit),
        ValueKind::Date(date) => {
            let days = civil::Date::ZERO.until(*date).ok()?.get_days();
            Some((Decimal::from(days), "date".to_owned()))
        }
        _ => None,
    }
}

/// One text for all values that are the same.
struct Keys<'db> {
    db: &'db dyn Db,
    is_set: bool,
}

impl Keys<'_> {
    fn of(&self, value: &Value) -> String {
        if let Some((amount, of)) = amount(&value.kind) {
            // A date is told as one; a number may be a version, and then has its text.
            return match &value.kind {
                ValueKind::Number(number) => format!("{amount}|{}", number.text),
                _ => format!("{amount} {of}"),
            };
        }
        match &value.kind {
            ValueKind::Reference(reference) => self.reference(reference),
            ValueKind::List(items) => self.joined(items.iter().map(|item| self.of(item)), ", "),
            ValueKind::Span(ends) => format!("{}..{}", self.of(&ends.0), self.of(&ends.1)),
            ValueKind::Call(call) => format!("{}({})", call.function, self.args(&call.args)),
            ValueKind::Condition(condition) => self.condition(condition),
            ValueKind::DateTime(moment) => format!("{}{:?}", moment.local, moment.offset),
            _ => value.to_string(),
        }
    }

    /// What is meant by a name is told by the package that declares it, too.
    fn reference(&self, reference: &Reference) -> String {
        let package = reference.item.file(self.db).package(self.db).map(|package| package.path(self.db));
        let package = package.map(|path| format!("{path}:")).unwrap_or_default();
        let part = reference.part.iter().map(|(part, _)| format!(".{part}")).collect::<String>();
        format!("{package}{}{part}({})", reference.name, self.args(&reference.args))
    }

    fn args(&self, args: &[(SmolStr, Value)]) -> String {
        let args = args.iter().map(|(name, value)| format!("{name} = {}", self.of(value)));
        args.collect::<Vec<_>>().join(", ")
    }

    fn condition(&self, condition: &Condition) -> String {
        match condition {
            Condition::Constant(holds) => holds.to_string(),
            Condition::Compare(Comparison { left, op, right }) => {
                format!("{} {} {}", self.measured(left), op.text(), self.measured(right))
            }
            Condition::All(parts) => self.joined(parts.iter().map(|part| self.condition(part)), " and "),
            Condition::Any(parts) => self.joined(parts.iter().map(|part| self.condition(part)), " or "),
            Condition::Not(inner) => format!("not ({})", self.condition(inner)),
        }
    }

    fn measured(&self, measured: &Measured) -> String {
        match measured {
            Measured::Metric(metric) => format!("{}({})", metric.name, self.args(&metric.args)),
            Measured::Value(value) => self.of(value),
        }
    }

    fn joined(&self, parts: impl Iterator<Item = String>, by: &str) -> String {
        let mut parts: Vec<String> = parts.collect();
        if self.is_set {
            parts.sort();
        }
        format!("[{}]", parts.join(by))
    }
}
