//! Whether conditions ask for another: `tests.failed == 0` asks for `tests.failed <= 2`.
//!
//! Only what can be told from the texts is told. What cannot is taken for not asked for.

use std::sync::Arc;

use clearway_model::vocabulary::Vocabulary;
use clearway_model::{Comparison, Condition, Measured, MetricCall, Value, ValueKind};
use clearway_syntax::BinaryOp;
use rust_decimal::Decimal;
use smol_str::SmolStr;

/// Whether conditions that all hold ask for a wanted one.
pub(crate) fn by(asked: &[Arc<Condition>], wanted: &Condition) -> bool {
    match wanted {
        Condition::Constant(holds) => *holds,
        Condition::All(parts) => parts.iter().all(|part| by(asked, part)),
        Condition::Any(parts) => parts.iter().any(|part| by(asked, part)),
        Condition::Compare(_) | Condition::Not(_) => asked.iter().any(|asked| one(asked, wanted)),
    }
}

fn one(asked: &Condition, wanted: &Condition) -> bool {
    match (asked, wanted) {
        (Condition::All(parts), _) => parts.iter().any(|part| one(part, wanted)),
        (Condition::Any(parts), _) => !parts.is_empty() && parts.iter().all(|part| one(part, wanted)),
        (Condition::Compare(asked), Condition::Compare(wanted)) => {
            match (Bound::of(asked), Bound::of(wanted)) {
                (Some(asked), Some(wanted)) => asked.implies(&wanted),
                _ => false,
            }
        }
        (Condition::Not(asked), Condition::Not(wanted)) => one(wanted, asked),
        _ => false,
    }
}

/// A metric on the left and a number on the right.
struct Bound<'c> {
    metric: &'c MetricCall,
    op: BinaryOp,
    limit: Decimal,
}

impl<'c> Bound<'c> {
    fn of(comparison: &'c Comparison) -> Option<Self> {
        match (&comparison.left, &comparison.right) {
            (Measured::Metric(metric), Measured::Value(value)) => {
                Some(Self { metric, op: comparison.op, limit: number(value)? })
            }
            (Measured::Value(value), Measured::Metric(metric)) => {
                Some(Self { metric, op: turned(comparison.op), limit: number(value)? })
            }
            _ => None,
        }
    }

    fn implies(&self, wanted: &Self) -> bool {
        use BinaryOp as Op;
        let (limit, allowed) = (self.limit, wanted.limit);
        self.measures_the_same(wanted)
            && match (self.op, wanted.op) {
                (Op::Equal, Op::Equal) | (Op::Unequal, Op::Unequal) => limit == allowed,
                (Op::Equal | Op::AtMost, Op::AtMost) | (Op::Below, Op::Below | Op::AtMost) => {
                    limit <= allowed
                }
                (Op::Equal | Op::AtMost, Op::Below) | (Op::AtMost | Op::Equal | Op::Below, Op::Unequal)
                    if limit < allowed =>
                {
                    true
                }
                (Op::Below, Op::Unequal) => limit <= allowed,
                (Op::Equal | Op::AtLeast, Op::AtLeast) | (Op::Above, Op::Above | Op::AtLeast) => {
                    limit >= allowed
                }
                (Op::Equal | Op::AtLeast, Op::Above | Op::Unequal) => limit > allowed,
                (Op::Above, Op::Unequal) => limit >= allowed,
                _ => false,
            }
    }

    fn measures_the_same(&self, other: &Self) -> bool {
        self.metric.item == other.metric.item
            && self.metric.args.len() == other.metric.args.len()
            && self.metric.args.iter().zip(&other.metric.args).all(|(one, other)| one.1.kind == other.1.kind)
    }
}

/// A number in the base of its unit; a word of an order by its place.
fn number(value: &Value) -> Option<Decimal> {
    match &value.kind {
        ValueKind::Number(number) => Some(number.value),
        ValueKind::Percent(percent) => Some(*percent),
        ValueKind::Quantity(amount, unit) => Vocabulary::get().in_base(*amount, unit),
        ValueKind::Word(name, word) => place_of(name, word),
        _ => None,
    }
}

fn place_of(name: &SmolStr, word: &SmolStr) -> Option<Decimal> {
    let words = &Vocabulary::get().enums.get(name).filter(|words| words.ordered)?.words;
    words.iter().position(|known| known.name == *word).map(Decimal::from)
}

const fn turned(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Below => BinaryOp::Above,
        BinaryOp::AtMost => BinaryOp::AtLeast,
        BinaryOp::Above => BinaryOp::Below,
        BinaryOp::AtLeast => BinaryOp::AtMost,
        other => other,
    }
}
