//! Conditions as plain data: numbers in the base unit of their dimension, words with their rank, metrics with all that is needed to
//! measure them.

use clearway_model::views::{self, Metric};
use clearway_model::vocabulary::{Type, Vocabulary};
use clearway_model::{Comparison, Db, Measured, MetricCall, Value, ValueKind, lower};
use clearway_syntax::BinaryOp;

use crate::condition::{Amount, Compare, Condition, MetricUse, NoData, Operand, Operator, Scalar};
use crate::gate::Requirement;

/// A condition with its text.
pub(super) fn requirement(db: &dyn Db, condition: &clearway_model::Condition) -> Requirement {
    Requirement { text: condition.to_string(), condition: lowered(db, condition) }
}

/// A condition as plain data.
pub(super) fn lowered(db: &dyn Db, condition: &clearway_model::Condition) -> Condition {
    let all = |parts: &[clearway_model::Condition]| parts.iter().map(|part| lowered(db, part)).collect();
    match condition {
        clearway_model::Condition::Constant(value) => Condition::Constant(*value),
        clearway_model::Condition::Compare(comparison) => {
            Condition::Compare(Box::new(compare(db, comparison)))
        }
        clearway_model::Condition::All(parts) => Condition::All(all(parts)),
        clearway_model::Condition::Any(parts) => Condition::Any(all(parts)),
        clearway_model::Condition::Not(inner) => Condition::Not(Box::new(lowered(db, inner))),
    }
}

fn compare(db: &dyn Db, comparison: &Comparison) -> Compare {
    let operator = match comparison.op {
        BinaryOp::Unequal => Operator::NotEqual,
        BinaryOp::Below => Operator::Less,
        BinaryOp::AtMost => Operator::LessOrEqual,
        BinaryOp::Above => Operator::Greater,
        BinaryOp::AtLeast => Operator::GreaterOrEqual,
        _ => Operator::Equal,
    };
    Compare { left: operand(db, &comparison.left), operator, right: operand(db, &comparison.right) }
}

fn operand(db: &dyn Db, side: &Measured) -> Operand {
    match side {
        Measured::Metric(metric) => Operand::Metric(metric_use(db, metric)),
        Measured::Value(value) => Operand::Value(scalar(value)),
    }
}

fn metric_use(db: &dyn Db, metric: &MetricCall) -> MetricUse {
    let view: Metric = views::of(lower(db, metric.item));
    let text = |at: &Option<views::At<std::sync::Arc<str>>>| at.as_ref().map(|at| at.value.to_string());
    let (least, most) = clearway_analysis::bounds(db, metric);
    MetricUse {
        least,
        most,
        name: metric.name.to_string(),
        args: metric.args.iter().map(|(name, value)| (name.to_string(), scalar(value))).collect(),
        unit: unit_of(&metric.ty),
        no_data: match &view.no_data {
            Some(word) if word.value == "fail" => NoData::Fail,
            _ => NoData::Inconclusive,
        },
        // A query that gives a number has measured something, where nothing else is said.
        min_samples: view
            .min_samples
            .as_ref()
            .map_or_else(|| u32::from(view.query.is_none() || view.samples.is_some()), |count| count.value),
        query: text(&view.query),
        samples: text(&view.samples),
    }
}

/// The unit in which values of a type are carried on.
fn unit_of(ty: &Type) -> String {
    match ty {
        Type::Percent => "%".to_owned(),
        Type::Quantity(dimension) => {
            let units = Vocabulary::get().dimensions.get(dimension).map(|dimension| &dimension.units);
            units.and_then(|units| units.first()).map(|unit| unit.to_string()).unwrap_or_default()
        }
        Type::Word(of) => of.to_string(),
        _ => String::new(),
    }
}

/// A known value. What has no plain form is carried as it is written.
fn scalar(value: &Value) -> Scalar {
    let amount = |value, unit: &str| Scalar::Amount(Amount { value, unit: unit.to_owned() });
    match &value.kind {
        ValueKind::Number(number) => amount(number.value, ""),
        ValueKind::Percent(number) => amount(*number, "%"),
        ValueKind::Quantity(number, unit) => {
            let vocabulary = Vocabulary::get();
            let base = vocabulary.unit(unit).map(|unit| unit_of(&Type::Quantity(unit.dimension.clone())));
            match (vocabulary.in_base(*number, unit), base) {
                (Some(in_base), Some(base)) => amount(in_base.normalize(), &base),
                _ => amount(*number, unit),
            }
        }
        ValueKind::Bool(value) => Scalar::Bool(*value),
        ValueKind::Word(of, word) => {
            let words = Vocabulary::get().enums.get(of).map(|words| &words.words);
            let rank = words.and_then(|words| words.iter().position(|known| known.name == *word));
            Scalar::Word { of: of.to_string(), word: word.to_string(), rank: rank.unwrap_or_default() }
        }
        ValueKind::Text(text) => Scalar::Text(text.to_string()),
        _ => Scalar::Text(value.to_string()),
    }
}
