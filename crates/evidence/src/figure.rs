//! What a gate compares: an exact value with its unit, and how much stands behind it.

use std::cmp::Ordering;
use std::fmt;

use rust_decimal::Decimal;
use smol_str::SmolStr;

use crate::severity::Severity;

/// The unit of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// A number of things, or a number without a unit.
    Number,
    /// A percentage: 95 for 95%.
    Percent,
    /// Milliseconds.
    Milliseconds,
    /// How often in a second.
    PerSecond,
}

/// A share, kept as its two numbers: they add up when reports are joined, and compare without rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Share {
    /// The part.
    pub part: u64,
    /// The whole, which is not 0.
    pub whole: u64,
}

/// A figure of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// Its value. That of a share is rounded down to six places: 100% is all of it.
    pub value: Decimal,
    /// Its unit.
    pub unit: Unit,
    /// The share that it is, if it is one.
    pub share: Option<Share>,
    /// How many samples stand behind it: test cases that ran, lines, requests, scans. Fewer than a metric's `min-samples` prove nothing;
    /// 0 is no data.
    pub samples: u64,
}

impl Figure {
    /// A number of things.
    pub(crate) fn count(count: u64, samples: u64) -> Self {
        Self { value: Decimal::from(count), unit: Unit::Number, share: None, samples }
    }

    /// A value with a unit.
    pub(crate) const fn of(value: Decimal, unit: Unit, samples: u64) -> Self {
        Self { value, unit, share: None, samples }
    }

    /// A share as a percentage. Of nothing there is no share.
    pub(crate) fn share(part: u64, whole: u64) -> Option<Self> {
        let hundredfold = Decimal::from(part).checked_mul(Decimal::ONE_HUNDRED)?;
        let exact = hundredfold.checked_div(Decimal::from(whole))?;
        let value = exact.round_dp_with_strategy(6, rust_decimal::RoundingStrategy::ToZero);
        Some(Self { value, unit: Unit::Percent, share: Some(Share { part, whole }), samples: whole })
    }

    /// Compares it with a value of the same unit, exactly: two of three are less than 66.666667%.
    pub fn compare(&self, other: Decimal) -> Ordering {
        let exact = self.share.and_then(|share| {
            let part = Decimal::from(share.part).checked_mul(Decimal::ONE_HUNDRED)?;
            let other = other.checked_mul(Decimal::from(share.whole))?;
            Some(part.cmp(&other))
        });
        exact.unwrap_or_else(|| self.value.cmp(&other))
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.value.normalize();
        match self.unit {
            Unit::Number => write!(f, "{value}")?,
            Unit::Percent => write!(
                f,
                "{}%",
                value.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::ToZero).normalize()
            )?,
            Unit::Milliseconds => write!(f, "{}", told_duration(self.value))?,
            Unit::PerSecond => write!(f, "{}/s", value.round_dp(3).normalize())?,
        }
        match self.share {
            Some(share) => write!(f, " ({} of {})", share.part, share.whole),
            None => Ok(()),
        }
    }
}

/// So many milliseconds, in the unit in which a person would write them.
pub fn told_duration(milliseconds: Decimal) -> String {
    let larger = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m")];
    let whole = larger.into_iter().map(|(unit, name)| (Decimal::from(unit), name)).find(|(unit, _)| {
        milliseconds >= *unit && milliseconds.checked_rem(*unit).is_some_and(|rest| rest.is_zero())
    });
    let second = || Some((Decimal::ONE_THOUSAND, "s")).filter(|(second, _)| milliseconds >= *second);
    let (unit, name) = whole.or_else(second).unwrap_or((Decimal::ONE, "ms"));
    format!("{} {name}", milliseconds.checked_div(unit).unwrap_or(milliseconds).normalize())
}

/// Which part of what a metric counts is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only test cases or records with this tag.
    pub tag: Option<SmolStr>,
    /// Only what is at or above this severity, and what has none.
    pub severity: Option<Severity>,
}

impl Filter {
    /// Everything.
    pub const ALL: Self = Self { tag: None, severity: None };

    /// Only what has this tag.
    pub fn tag(tag: &str) -> Self {
        Self { tag: Some(SmolStr::new(tag)), severity: None }
    }

    /// Only what is at or above a severity.
    pub const fn severity(severity: Severity) -> Self {
        Self { tag: None, severity: Some(severity) }
    }

    /// As the language writes it, after the name of a metric.
    pub(crate) fn written(&self) -> String {
        let parts: Vec<String> = [
            self.tag.as_ref().map(|tag| format!("tag = {:?}", tag.as_str())),
            self.severity.map(|severity| format!("severity = {severity}")),
        ]
        .into_iter()
        .flatten()
        .collect();
        if parts.is_empty() { String::new() } else { format!("({})", parts.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use rust_decimal::Decimal;

    use super::{Figure, told_duration};

    #[test]
    fn durations_are_told_in_the_largest_unit_that_fits() {
        let told = |milliseconds: &str| told_duration(milliseconds.parse().unwrap());
        let cases = [
            ("0", "0 ms"),
            ("0.25", "0.25 ms"),
            ("999", "999 ms"),
            ("1000", "1 s"),
            ("1250", "1.25 s"),
            ("60000", "1 m"),
            ("90000", "90 s"),
            ("7200000", "2 h"),
            ("432000000", "5 d"),
        ];
        for (milliseconds, expected) in cases {
            assert_eq!(told(milliseconds), expected);
        }
        assert!(told_duration(Decimal::MAX).ends_with(" s"), "{}", told_duration(Decimal::MAX));
    }

    #[test]
    fn shares_compare_without_rounding() {
        let two_thirds = Figure::share(2, 3).unwrap();
        assert_eq!(two_thirds.to_string(), "66.66% (2 of 3)");
        assert_eq!(two_thirds.compare(Decimal::new(66_666_667, 6)), Ordering::Less);
        assert_eq!(two_thirds.compare(Decimal::new(66_666_666, 6)), Ordering::Greater);
        assert_eq!(Figure::share(1, 1).unwrap().compare(Decimal::ONE_HUNDRED), Ordering::Equal);
        let almost = Figure::share(99_999_999_999, 100_000_000_000).unwrap();
        assert_eq!(almost.value.normalize().to_string(), "99.999999");
        assert_eq!(almost.compare(Decimal::ONE_HUNDRED), Ordering::Less);
        assert_eq!(Figure::share(u64::MAX, u64::MAX).unwrap().compare(Decimal::ONE_HUNDRED), Ordering::Equal);
        assert_eq!(Figure::share(0, 0), None);
    }
}
