//! Words that changes are told in.

use std::fmt::Display;
use std::time::Duration;

use clearway_plan::{Compare, Condition, Operand, Operator, Scalar, Within};
use clearway_schedule::Length;

/// So many seconds, as people say it.
pub(crate) fn seconds(seconds: u64) -> String {
    Length(Duration::from_secs(seconds)).to_string()
}

/// A time that people are given.
pub(crate) fn within(within: &Within) -> String {
    match within {
        Within::Seconds(count) => seconds(*count),
        Within::Period(period) => period.to_string(),
    }
}

/// Names in a row: `a`, `b` and `c`.
pub(crate) fn names<T: Display>(names: impl IntoIterator<Item = T>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    list(&quoted)
}

/// Words in a row: a, b and c.
pub(crate) fn list(words: &[String]) -> String {
    match words {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// A condition, as the language writes it.
pub(crate) fn condition(condition: &Condition) -> String {
    let join = |parts: &[Condition], word: &str| {
        let parts: Vec<String> = parts.iter().map(self::condition).collect();
        if parts.is_empty() { "nothing".to_owned() } else { parts.join(word) }
    };
    match condition {
        Condition::Constant(holds) => holds.to_string(),
        Condition::All(parts) => join(parts, " and "),
        Condition::Any(parts) => format!("({})", join(parts, " or ")),
        Condition::Not(inner) => format!("not ({})", self::condition(inner)),
        Condition::Compare(compare) => comparison(compare),
    }
}

fn comparison(compare: &Compare) -> String {
    let operand = |operand: &Operand| match operand {
        Operand::Metric(metric) => {
            let args = metric
                .args
                .iter()
                .filter(|(_, value)| !matches!(value, Scalar::Text(text) if text.is_empty()));
            let args: Vec<String> = args.map(|(name, value)| format!("{name} = {}", scalar(value))).collect();
            if args.is_empty() {
                metric.name.clone()
            } else {
                format!("{}({})", metric.name, args.join(", "))
            }
        }
        Operand::Value(value) => scalar(value),
    };
    let sign = match compare.operator {
        Operator::Equal => "==",
        Operator::NotEqual => "!=",
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
    };
    format!("{} {sign} {}", operand(&compare.left), operand(&compare.right))
}

fn scalar(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Amount(amount) => {
            let value = amount.value.normalize();
            match amount.unit.as_str() {
                "" => value.to_string(),
                "%" => format!("{value}%"),
                unit => format!("{value} {unit}"),
            }
        }
        Scalar::Word { word, .. } => word.clone(),
        Scalar::Text(text) => format!("{text:?}"),
        Scalar::Bool(bool) => bool.to_string(),
    }
}
