//! What may be measured of a metric.

use clearway_plan::Operator;
use rust_decimal::Decimal;

/// What is measured of a metric, in one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// A number, with its unit and the samples behind it.
    Number {
        /// The number.
        value: Decimal,
        /// How many samples there are.
        samples: u32,
    },
    /// A word of an ordered set, by its place.
    Word(usize),
    /// Texts: it is equal to each of them.
    Texts(Vec<String>),
    /// There is no data.
    Nothing,
}

/// A side of a comparison that is known.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Known<'s> {
    Number(Decimal, &'s str),
    Word(usize, &'s str),
    Text(&'s str),
    Texts(&'s [String]),
    Bool(bool),
}

impl Known<'_> {
    /// What comes of a comparison; nothing where the two sides do not compare so.
    pub(super) fn compare(&self, operator: Operator, other: &Self) -> Option<bool> {
        let equals = |same: bool| match operator {
            Operator::Equal => Some(same),
            Operator::NotEqual => Some(!same),
            _ => None,
        };
        let order = match (self, other) {
            (Self::Text(text), Self::Texts(texts)) | (Self::Texts(texts), Self::Text(text)) => {
                return equals(texts.iter().any(|one| one == text));
            }
            (Self::Text(one), Self::Text(two)) => return equals(one == two),
            (Self::Bool(one), Self::Bool(two)) => return equals(one == two),
            (Self::Number(one, unit), Self::Number(two, other)) if unit == other => one.cmp(two),
            (Self::Word(one, set), Self::Word(two, other)) if set == other => one.cmp(two),
            _ => return None,
        };
        Some(match operator {
            Operator::Equal => order.is_eq(),
            Operator::NotEqual => order.is_ne(),
            Operator::Less => order.is_lt(),
            Operator::LessOrEqual => order.is_le(),
            Operator::Greater => order.is_gt(),
            Operator::GreaterOrEqual => order.is_ge(),
        })
    }
}
