//! Durations in whole seconds, and other amounts in whole units.

use clearway_model::views::{At, Quantity};
use rust_decimal::prelude::ToPrimitive;

/// A duration, where one is written; what is less than a second counts as one, so that no time becomes none.
pub(super) fn seconds(quantity: Option<&At<Quantity>>) -> Option<u64> {
    amount(quantity)
}

/// An amount in the base unit of its dimension, rounded up.
pub(super) fn amount(quantity: Option<&At<Quantity>>) -> Option<u64> {
    quantity?.value.base()?.ceil().to_u64()
}
