//! Spans of numbers, each end included or not.

use rust_decimal::Decimal;

/// The numbers from one end to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    low: Option<End>,
    high: Option<End>,
}

/// An end, and whether it belongs to the span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct End {
    at: Decimal,
    included: bool,
}

impl Span {
    /// Every number.
    pub(crate) const fn all() -> Self {
        Self { low: None, high: None }
    }

    /// Those up to one.
    pub(crate) const fn below(at: Decimal, included: bool) -> Self {
        Self { low: None, high: Some(End { at, included }) }
    }

    /// Those from one on.
    pub(crate) const fn above(at: Decimal, included: bool) -> Self {
        Self { low: Some(End { at, included }), high: None }
    }

    /// Those from one to another, both included.
    pub(crate) const fn between(low: Decimal, high: Decimal) -> Self {
        Self { low: Some(End { at: low, included: true }), high: Some(End { at: high, included: true }) }
    }

    /// Where it begins and where it ends.
    pub(crate) fn ends(&self) -> (Option<Decimal>, Option<Decimal>) {
        (self.low.map(|end| end.at), self.high.map(|end| end.at))
    }

    /// Those in both.
    pub(crate) fn and(&self, other: &Self) -> Self {
        let narrower = |one: Option<End>, other: Option<End>, is_low: bool| match (one, other) {
            (Some(one), Some(other)) if one.at == other.at => {
                Some(End { at: one.at, included: one.included && other.included })
            }
            (Some(one), Some(other)) => Some(if (one.at > other.at) == is_low { one } else { other }),
            (one, other) => one.or(other),
        };
        Self { low: narrower(self.low, other.low, true), high: narrower(self.high, other.high, false) }
    }

    /// Whether no number is in it.
    pub(crate) fn is_empty(&self) -> bool {
        match (self.low, self.high) {
            (Some(low), Some(high)) => {
                low.at > high.at || (low.at == high.at && !(low.included && high.included))
            }
            _ => false,
        }
    }

    /// Whether every number of another is in it.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.and(other) == *other
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::Span;

    #[test]
    fn ends_belong_to_a_span_or_not() {
        let one = Decimal::ONE;
        let at_most = Span::below(one, true);
        assert!(!at_most.and(&Span::above(one, true)).is_empty());
        assert!(at_most.and(&Span::above(one, false)).is_empty());
        assert!(Span::below(one, false).and(&Span::above(one, true)).is_empty());
        assert!(Span::between(one, one).and(&Span::below(one, false)).is_empty());
    }

    #[test]
    fn a_span_covers_what_lies_in_it() {
        let (zero, one) = (Decimal::ZERO, Decimal::ONE);
        let share = Span::between(zero, one);
        assert!(Span::above(zero, true).covers(&share));
        assert!(!Span::above(zero, false).covers(&share));
        assert!(Span::all().covers(&share));
        assert!(!share.covers(&Span::all()));
    }
}
