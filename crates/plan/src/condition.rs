//! Conditions: what can hold or not hold when it is measured, as plain data.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A condition over measured values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// Known already.
    Constant(bool),
    /// A comparison.
    Compare(Box<Compare>),
    /// All hold.
    All(Vec<Self>),
    /// At least one holds.
    Any(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
}

impl Condition {
    /// What it measures.
    pub fn metrics(&self) -> Vec<&MetricUse> {
        match self {
            Self::Constant(_) => Vec::new(),
            Self::Not(inner) => inner.metrics(),
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::metrics).collect(),
            Self::Compare(compare) => {
                let sides = [&compare.left, &compare.right].into_iter();
                sides
                    .filter_map(|side| match side {
                        Operand::Metric(metric) => Some(metric),
                        Operand::Value(_) => None,
                    })
                    .collect()
            }
        }
    }
}

/// A comparison of two sides, of which at least one is measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Compare {
    /// The left side.
    pub left: Operand,
    /// How they are compared.
    pub operator: Operator,
    /// The right side.
    pub right: Operand,
}

/// How two sides are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operator {
    /// Equal.
    #[serde(rename = "==")]
    Equal,
    /// Not equal.
    #[serde(rename = "!=")]
    NotEqual,
    /// Less.
    #[serde(rename = "<")]
    Less,
    /// Less or equal.
    #[serde(rename = "<=")]
    LessOrEqual,
    /// Greater.
    #[serde(rename = ">")]
    Greater,
    /// Greater or equal.
    #[serde(rename = ">=")]
    GreaterOrEqual,
}

/// A side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operand {
    /// Something measured.
    Metric(MetricUse),
    /// Something known.
    Value(Scalar),
}

/// A known value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scalar {
    /// A number, a percentage or a quantity.
    Amount(Amount),
    /// A word of an ordered set; words of one set compare by their rank.
    Word {
        /// The set.
        of: String,
        /// The word.
        word: String,
        /// Its place in the set, from 0.
        rank: usize,
    },
    /// A text or a name.
    Text(String),
    /// True or false.
    Bool(bool),
}

/// A number with its unit: the base unit of a dimension (`s` for durations), `%`, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amount {
    /// The number.
    #[serde(with = "rust_decimal::serde::str")]
    pub value: Decimal,
    /// The unit.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
}

/// A use of a metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MetricUse {
    /// The metric.
    pub name: String,
    /// Its arguments.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, Scalar>,
    /// The unit of what it measures: as in [`Amount`]; for a word, the name of its set.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// What is decided when there is no data.
    pub no_data: NoData,
    /// With fewer samples than this the result is inconclusive.
    pub min_samples: u32,
    /// It is never less than this, in its unit; for a word, by its place in the set.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "rust_decimal::serde::str_option")]
    pub least: Option<Decimal>,
    /// It is never more than this.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "rust_decimal::serde::str_option")]
    pub most: Option<Decimal>,
    /// The query that measures it, in PromQL, with `$service`, `$environment` and `$over`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// The query that counts its samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub samples: Option<String>,
}

impl MetricUse {
    /// Whether its query gives what is so at one moment, and not what was so over a time.
    pub fn is_of_a_moment(&self) -> bool {
        self.query.as_ref().is_some_and(|query| !query.contains("$over"))
    }

    /// The query that measures it of a service, and the one that counts its samples, with their places filled in.
    pub fn asked(&self, service: &str, environment: &str, over: u64) -> (Option<String>, Option<String>) {
        let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let filled = |query: &String| {
            let query =
                query.replace("$service", &quoted(service)).replace("$environment", &quoted(environment));
            query.replace("$over", &format!("{over}s"))
        };
        (self.query.as_ref().map(filled), self.samples.as_ref().map(filled))
    }
}

/// How many seconds lie between the moments at which what must hold over a time is looked at: often enough for a short time, and for a long
/// one no more moments than a Prometheus gives at once (11,000).
pub const fn pace(over: u64) -> u64 {
    let often = over / 20;
    let often = if often < 30 { often } else { 30 };
    let seldom = over.div_ceil(10_000);
    let pace = if often > seldom { often } else { seldom };
    if pace > 1 { pace } else { 1 }
}

/// What missing data means. It never passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoData {
    /// Nobody can tell.
    Inconclusive,
    /// It fails.
    Fail,
}
