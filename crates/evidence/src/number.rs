//! Numbers as they were written.

use rust_decimal::Decimal;

/// The decimal that a number was written as: of all decimals that a binary number can stand for, the shortest. `None` when it is beyond all
/// measure.
pub(crate) fn decimal(number: f64) -> Option<Decimal> {
    if !number.is_finite() {
        return None;
    }
    let text = number.to_string();
    text.parse().or_else(|_| Decimal::from_scientific(&format!("{number:e}"))).ok()
}
