//! What conditions are about.

use clearway_model::views::{self, Metric};
use clearway_model::vocabulary::{Type, Vocabulary};
use clearway_model::{Comparison, Condition, Db, Measured, MetricCall, lower};
use rust_decimal::Decimal;

use crate::span::Span;

/// The comparisons that a condition is made of.
pub(crate) fn comparisons(condition: &Condition) -> Vec<&Comparison> {
    match condition {
        Condition::Constant(_) => Vec::new(),
        Condition::Compare(comparison) => vec![comparison],
        Condition::All(parts) | Condition::Any(parts) => parts.iter().flat_map(comparisons).collect(),
        Condition::Not(inner) => comparisons(inner),
    }
}

/// The metrics that a condition measures, in the order of the text.
pub(crate) fn metrics(condition: &Condition) -> impl Iterator<Item = &MetricCall> {
    let sides = comparisons(condition).into_iter().flat_map(|one| [&one.left, &one.right]);
    sides.filter_map(|side| match side {
        Measured::Metric(metric) => Some(metric),
        Measured::Value(_) => None,
    })
}

/// Whether the running system can be asked for a metric.
pub(crate) fn is_live(db: &dyn Db, metric: &MetricCall) -> bool {
    views::of::<Metric>(lower(db, metric.item)).query.is_some()
}

/// The values that a metric can have.
pub(crate) fn natural(db: &dyn Db, metric: &MetricCall) -> Span {
    let view: Metric = views::of(lower(db, metric.item));
    let zero = Decimal::ZERO;
    match &*metric.ty {
        // What a project measures itself in percent may well be more than the whole.
        Type::Percent if metric.item.file(db).library(db) && !view.signed => {
            Span::between(zero, Decimal::ONE_HUNDRED)
        }
        Type::Percent | Type::Number | Type::Count | Type::Quantity(_) if !view.signed => {
            Span::above(zero, true)
        }
        Type::Word(of) => match Vocabulary::get().enums.get(of) {
            Some(words) if words.ordered => {
                Span::between(zero, Decimal::from(words.words.len().saturating_sub(1)))
            }
            _ => Span::all(),
        },
        _ => Span::all(),
    }
}

/// The least and the most that a metric can be, in the base of its unit, where there are such.
pub fn bounds(db: &dyn Db, metric: &MetricCall) -> (Option<Decimal>, Option<Decimal>) {
    natural(db, metric).ends()
}
