//! What a running system said when it was asked: written into the decision, so that it can be made again when nobody can ask any more.

use std::cell::RefCell;

use clearway_plan::MetricUse;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::judge::{Measure, Measured};
use super::prometheus::Prometheus;

/// An answer of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Said {
    /// Its address.
    address: String,
    /// The service that it was asked about.
    service: String,
    /// The metric.
    metric: String,
    /// What it was asked.
    query: String,
    /// What it said.
    measured: Answered,
}

/// What a server said of a metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Answered {
    /// A number.
    Number {
        /// The number.
        #[serde(with = "rust_decimal::serde::str")]
        value: Decimal,
        /// Its unit.
        unit: String,
        /// As people read it.
        text: String,
        /// How many samples stand behind it.
        samples: Option<u64>,
    },
    /// Numbers, over a time.
    Span {
        /// The least of them.
        #[serde(with = "rust_decimal::serde::str")]
        least: Decimal,
        /// The most.
        #[serde(with = "rust_decimal::serde::str")]
        most: Decimal,
        /// Their unit.
        unit: String,
        /// As people read it.
        text: String,
        /// How many samples stand behind the last of them.
        samples: Option<u64>,
    },
    /// Nothing.
    Nothing {
        /// Why.
        why: String,
    },
    /// Something that cannot be relied on.
    Doubtful {
        /// Why.
        why: String,
    },
}

/// A running system that is asked, or that was.
#[derive(Debug, Clone, Copy)]
pub struct Live<'l> {
    /// Whom to ask.
    pub prometheus: Prometheus<'l>,
    /// What was said, in the order of the questions.
    pub said: &'l RefCell<Vec<Said>>,
    /// What was said when the decision was made first: nobody is asked again.
    pub recorded: Option<&'l [Said]>,
}

impl Measure for Live<'_> {
    fn measure(&self, metric: &MetricUse) -> Measured {
        let Prometheus { address, service, .. } = self.prometheus;
        let query = metric.query.clone().unwrap_or_default();
        let is_it = |said: &&Said| {
            said.address == address
                && said.service == service
                && said.metric == metric.name
                && said.query == query
        };
        let measured = match self.recorded.map(|recorded| recorded.iter().find(is_it)) {
            None => self.prometheus.measure(metric),
            Some(Some(said)) => said.measured.clone().into(),
            Some(None) => Measured::Doubtful { why: "the record does not say what was measured".to_owned() },
        };
        if let Some(answered) = Answered::of(&measured) {
            self.said.borrow_mut().push(Said {
                address: address.to_owned(),
                service: service.to_owned(),
                metric: metric.name.clone(),
                query,
                measured: answered,
            });
        }
        measured
    }
}

impl Answered {
    /// What a server can say; words are no server's.
    fn of(measured: &Measured) -> Option<Self> {
        Some(match measured {
            Measured::Number { value, unit, text, samples, .. } => {
                Self::Number { value: *value, unit: unit.clone(), text: text.clone(), samples: *samples }
            }
            Measured::Span { least, most, unit, text, samples } => Self::Span {
                least: *least,
                most: *most,
                unit: unit.clone(),
                text: text.clone(),
                samples: *samples,
            },
            Measured::Nothing { why } => Self::Nothing { why: why.clone() },
            Measured::Doubtful { why } => Self::Doubtful { why: why.clone() },
            Measured::Word { .. } | Measured::Texts(_) => return None,
        })
    }
}

impl From<Answered> for Measured {
    fn from(answered: Answered) -> Self {
        match answered {
            Answered::Number { value, unit, text, samples } => {
                Self::Number { value, unit, text, share: None, samples }
            }
            Answered::Span { least, most, unit, text, samples } => {
                Self::Span { least, most, unit, text, samples }
            }
            Answered::Nothing { why } => Self::Nothing { why },
            Answered::Doubtful { why } => Self::Doubtful { why },
        }
    }
}
