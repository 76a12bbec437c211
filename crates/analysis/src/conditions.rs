//! What conditions are about.

use clearway_model::views::{self, Metric};
use clearway_model::{Comparison, Condition, Db, Measured, MetricCall, lower};

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
