//! The judgement of a condition: it holds, it does not, or nobody can tell.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use clearway_evidence::told_duration;
use clearway_plan::{Amount, Compare, Condition, MetricUse, NoData, Operand, Operator, Scalar};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What comes of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It holds.
    Pass,
    /// Nobody can tell.
    Inconclusive,
    /// It does not hold.
    Fail,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pass => "pass",
            Self::Inconclusive => "inconclusive",
            Self::Fail => "fail",
        })
    }
}

/// What is measured of a metric.
#[derive(Debug, Clone, PartialEq)]
pub enum Measured {
    /// A number, with the unit of an [`Amount`].
    Number {
        /// The number.
        value: Decimal,
        /// Its unit.
        unit: String,
        /// As people read it.
        text: String,
        /// The share that it is of a whole, if it is one: it compares without rounding.
        share: Option<clearway_evidence::Share>,
        /// How many samples stand behind it; `None` where that was not counted.
        samples: Option<u64>,
    },
    /// Numbers, over a time: what is asked of them must be so of each.
    Span {
        /// The least of them.
        least: Decimal,
        /// The most.
        most: Decimal,
        /// Their unit.
        unit: String,
        /// As people read it.
        text: String,
        /// How many samples stand behind the last of them; `None` where that was not counted.
        samples: Option<u64>,
    },
    /// A word of an ordered set.
    Word {
        /// The set.
        of: String,
        /// The word.
        word: String,
        /// Its place in the set.
        rank: usize,
    },
    /// Texts: it is equal to each of them.
    Texts(Vec<String>),
    /// There is no data.
    Nothing {
        /// Why.
        why: String,
    },
    /// There is data, and it cannot be relied on.
    Doubtful {
        /// Why.
        why: String,
    },
}

/// What measures metrics.
pub trait Measure {
    /// Measures a metric.
    fn measure(&self, metric: &MetricUse) -> Measured;
}

/// A judgement, with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// What comes of it.
    pub verdict: Verdict,
    /// What was measured.
    pub measured: Vec<String>,
    /// Why it does not pass.
    pub why: Vec<String>,
}

/// What is known of a part of a condition. What nobody knows stays so, whatever is made of it: not even its opposite holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Truth {
    Holds,
    Not,
    Unknown { fails: bool },
}

/// Judges a condition.
pub fn judge(condition: &Condition, measure: &dyn Measure) -> Judgement {
    let mut judge = Judge { measure, is_named: !is_single(condition), measured: Vec::new(), why: Vec::new() };
    let truth = judge.truth(condition);
    let verdict = match truth {
        Truth::Holds => Verdict::Pass,
        Truth::Not | Truth::Unknown { fails: true } => Verdict::Fail,
        Truth::Unknown { fails: false } => Verdict::Inconclusive,
    };
    // Why a part is not known matters only where the whole does not hold.
    let why = if verdict == Verdict::Pass { Vec::new() } else { judge.why };
    Judgement { verdict, measured: judge.measured, why }
}

/// What a condition asks for, in a few signs; nothing where it is more than one comparison.
pub fn wanted(condition: &Condition) -> String {
    let Condition::Compare(compare) = condition else { return String::new() };
    let operand = match (&compare.left, &compare.right) {
        (Operand::Metric(_), Operand::Value(value)) => value,
        _ => return String::new(),
    };
    format!("{} {}", sign(compare.operator), scalar(operand))
}

const fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::Equal => "==",
        Operator::NotEqual => "!=",
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
    }
}

fn scalar(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Amount(Amount { value, unit }) if unit == "%" => format!("{}%", value.normalize()),
        Scalar::Amount(Amount { value, unit }) if unit == "s" => {
            match value.checked_mul(Decimal::ONE_THOUSAND) {
                Some(milliseconds) => told_duration(milliseconds),
                None => format!("{} s", value.normalize()),
            }
        }
        Scalar::Amount(Amount { value, unit }) => {
            format!("{} {unit}", value.normalize()).trim_end().to_owned()
        }
        Scalar::Word { word, .. } => word.clone(),
        Scalar::Text(text) => format!("{text:?}"),
        Scalar::Bool(bool) => bool.to_string(),
    }
}

/// Whether it is one comparison, so that nobody asks what was measured.
fn is_single(condition: &Condition) -> bool {
    match condition {
        Condition::Compare(_) => true,
        Condition::Not(inner) => is_single(inner),
        Condition::Constant(_) | Condition::All(_) | Condition::Any(_) => false,
    }
}

struct Judge<'m> {
    measure: &'m dyn Measure,
    /// What was measured is told with the name of its metric.
    is_named: bool,
    measured: Vec<String>,
    why: Vec<String>,
}

impl Judge<'_> {
    fn truth(&mut self, condition: &Condition) -> Truth {
        match condition {
            Condition::Constant(true) => Truth::Holds,
            Condition::Constant(false) => Truth::Not,
            Condition::Not(inner) => match self.truth(inner) {
                Truth::Holds => Truth::Not,
                Truth::Not => Truth::Holds,
                unknown @ Truth::Unknown { .. } => unknown,
            },
            // An empty list asks for nothing, and nothing that was asked for holds.
            Condition::All(parts) | Condition::Any(parts) if parts.is_empty() => {
                Truth::Unknown { fails: false }
            }
            Condition::All(parts) => self.join(parts, Truth::Not),
            Condition::Any(parts) => self.join(parts, Truth::Holds),
            Condition::Compare(compare) => self.compare(compare),
        }
    }

    /// One part that decides decides; else one that is not known leaves it unknown.
    fn join(&mut self, parts: &[Condition], decides: Truth) -> Truth {
        let truths: Vec<Truth> = parts.iter().map(|part| self.truth(part)).collect();
        if truths.contains(&decides) {
            return decides;
        }
        let fails = truths.iter().filter_map(|truth| match truth {
            Truth::Unknown { fails } => Some(*fails),
            Truth::Holds | Truth::Not => None,
        });
        match fails.reduce(|one, other| one || other) {
            Some(fails) => Truth::Unknown { fails },
            None if decides == Truth::Not => Truth::Holds,
            None => Truth::Not,
        }
    }

    fn compare(&mut self, compare: &Compare) -> Truth {
        let (left, right) = match (self.side(&compare.left), self.side(&compare.right)) {
            (Ok(left), Ok(right)) => (left, right),
            (Err(unknown), _) | (_, Err(unknown)) => return unknown,
        };
        if let Some(holds) = left.is_among(&right).or_else(|| right.is_among(&left)) {
            return match (compare.operator, holds) {
                (Operator::Equal, true) | (Operator::NotEqual, false) => Truth::Holds,
                (Operator::Equal, false) | (Operator::NotEqual, true) => Truth::Not,
                _ => {
                    self.why.push(format!("{} has no order", left.told()));
                    Truth::Unknown { fails: false }
                }
            };
        }
        let (lefts, rights) = (left.ends(), right.ends());
        let pairs = lefts.iter().flat_map(|one| rights.iter().map(move |other| one.compare(other)));
        let Some(orderings) = pairs.collect::<Option<Vec<Ordering>>>() else {
            self.why.push(format!("{} and {} cannot be compared", left.told(), right.told()));
            return Truth::Unknown { fails: false };
        };
        if !left.is_ordered() && !matches!(compare.operator, Operator::Equal | Operator::NotEqual) {
            self.why.push(format!("{} has no order", left.told()));
            return Truth::Unknown { fails: false };
        }
        let holds = |ordering: &Ordering| match compare.operator {
            Operator::Equal => ordering.is_eq(),
            Operator::NotEqual => ordering.is_ne(),
            Operator::Less => ordering.is_lt(),
            Operator::LessOrEqual => ordering.is_le(),
            Operator::Greater => ordering.is_gt(),
            Operator::GreaterOrEqual => ordering.is_ge(),
        };
        // What lies between two ends may be equal to something that neither is.
        let is_certain = match compare.operator {
            Operator::Equal | Operator::NotEqual => orderings.windows(2).all(|pair| pair[0] == pair[1]),
            _ => orderings.windows(2).all(|pair| holds(&pair[0]) == holds(&pair[1])),
        };
        match orderings.first().map(holds) {
            Some(holds) if is_certain => {
                if holds {
                    Truth::Holds
                } else {
                    Truth::Not
                }
            }
            // Neither it nor its opposite was so all the while.
            _ => {
                self.why.push(format!("it was not so all the while: {}", left.told()));
                Truth::Unknown { fails: true }
            }
        }
    }

    fn side(&mut self, operand: &Operand) -> Result<Side, Truth> {
        let metric = match operand {
            Operand::Value(value) => return Ok(Side::of(value)),
            Operand::Metric(metric) => metric,
        };
        let name = &metric.name;
        match self.measure.measure(metric) {
            Measured::Number { value, unit, text, share, samples } => {
                self.measured(metric, text);
                self.counts(metric, &unit, samples)?;
                Ok(Side::Number { value, unit, share })
            }
            Measured::Span { least, most, unit, text, samples } => {
                self.measured(metric, text);
                self.counts(metric, &unit, samples)?;
                Ok(Side::Span { least, most, unit })
            }
            Measured::Word { of, word, rank } => {
                self.measured(metric, word.clone());
                Ok(Side::Word { of, word, rank })
            }
            Measured::Texts(texts) => {
                self.measured(metric, texts.join(", "));
                Ok(Side::Texts(texts))
            }
            Measured::Nothing { why } => Err(self.nothing(metric, &why)),
            Measured::Doubtful { why } => {
                self.why.push(format!("`{name}`: {why}"));
                Err(Truth::Unknown { fails: false })
            }
        }
    }

    /// Whether numbers are of the unit that was expected, and stand on enough samples.
    fn counts(&mut self, metric: &MetricUse, unit: &str, samples: Option<u64>) -> Result<(), Truth> {
        let name = &metric.name;
        if samples == Some(0) {
            return Err(self.nothing(metric, "there are no samples"));
        }
        let enough = u64::from(metric.min_samples);
        if samples.map_or(enough > 0, |samples| samples < enough) {
            let there =
                samples.map_or_else(|| "nobody counted".to_owned(), |samples| format!("there are {samples}"));
            self.why.push(format!("`{name}` needs {enough} samples to say anything, and {there}"));
            return Err(Truth::Unknown { fails: false });
        }
        if unit != metric.unit {
            self.why.push(format!("`{name}` is measured in `{unit}`, and `{}` was expected", metric.unit));
            return Err(Truth::Unknown { fails: false });
        }
        Ok(())
    }

    fn measured(&mut self, metric: &MetricUse, text: String) {
        self.measured.push(if self.is_named { format!("{} {text}", metric.name) } else { text });
    }

    fn nothing(&mut self, metric: &MetricUse, why: &str) -> Truth {
        self.measured(metric, "no data".to_owned());
        self.why.push(format!("`{}` has no data: {why}", metric.name));
        Truth::Unknown { fails: metric.no_data == NoData::Fail }
    }
}

/// A side of a comparison that is known.
#[derive(Clone)]
enum Side {
    Number { value: Decimal, unit: String, share: Option<clearway_evidence::Share> },
    Span { least: Decimal, most: Decimal, unit: String },
    Word { of: String, word: String, rank: usize },
    Text(String),
    Texts(Vec<String>),
    Bool(bool),
}

impl Side {
    fn of(value: &Scalar) -> Self {
        match value {
            Scalar::Amount(Amount { value, unit }) => {
                Self::Number { value: *value, unit: unit.clone(), share: None }
            }
            Scalar::Word { of, word, rank } => Self::Word { of: of.clone(), word: word.clone(), rank: *rank },
            Scalar::Text(text) => Self::Text(text.clone()),
            Scalar::Bool(bool) => Self::Bool(*bool),
        }
    }

    /// Whether this text is one of the other side's. `None` where it is not about that.
    fn is_among(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Text(text), Self::Texts(texts)) => Some(texts.contains(text)),
            _ => None,
        }
    }

    const fn is_ordered(&self) -> bool {
        matches!(self, Self::Number { .. } | Self::Span { .. } | Self::Word { .. })
    }

    /// What it is compared by: itself, or both ends of a span.
    fn ends(&self) -> Vec<Cow<'_, Self>> {
        match self {
            Self::Span { least, most, unit } => [least, most]
                .map(|value| Cow::Owned(Self::Number { value: *value, unit: unit.clone(), share: None }))
                .into(),
            one => vec![Cow::Borrowed(one)],
        }
    }

    fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (
                Self::Number { value: one, unit: left, share: first },
                Self::Number { value: two, unit: right, share: second },
            ) if left == right => Some(match (first, second) {
                (Some(share), None) => against(*share, *two).unwrap_or_else(|| one.cmp(two)),
                (None, Some(share)) => against(*share, *one).map_or_else(|| one.cmp(two), Ordering::reverse),
                _ => one.cmp(two),
            }),
            (Self::Word { of, rank, .. }, Self::Word { of: other_set, rank: other, .. })
                if of == other_set =>
            {
                Some(rank.cmp(other))
            }
            (Self::Text(one), Self::Text(two)) => Some(one.cmp(two)),
            (Self::Bool(one), Self::Bool(two)) => Some(one.cmp(two)),
            _ => None,
        }
    }

    fn told(&self) -> String {
        match self {
            Self::Number { value, unit, .. } => format!("{} {unit}", value.normalize()).trim_end().to_owned(),
            Self::Span { least, most, unit } => {
                format!("{} to {} {unit}", least.normalize(), most.normalize()).trim_end().to_owned()
            }
            Self::Word { of, word, .. } => format!("`{word}` of {of}"),
            Self::Text(text) => format!("{text:?}"),
            Self::Texts(texts) => format!("{texts:?}"),
            Self::Bool(bool) => bool.to_string(),
        }
    }
}

/// A share against a percentage, exactly.
fn against(share: clearway_evidence::Share, percent: Decimal) -> Option<Ordering> {
    let part = Decimal::from(share.part).checked_mul(Decimal::ONE_HUNDRED)?;
    Some(part.cmp(&percent.checked_mul(Decimal::from(share.whole))?))
}
