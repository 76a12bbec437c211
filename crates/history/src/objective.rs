//! How well changes are to be delivered, and whether they were.

use clearway_plan::{MetricUse, Requirement};
use clearway_runtime::gate::{Measure, Measured, Verdict, judge, wanted};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::delivery::Delivery;
use crate::prose::filters::span;

/// An objective and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    /// As it is written.
    pub text: String,
    /// What was measured.
    pub measured: Vec<String>,
    /// What was wanted, where it is one comparison.
    pub wanted: String,
    /// Whether it holds. What could not be measured does not.
    pub result: Verdict,
    /// Why it does not.
    pub why: Vec<String>,
}

/// Judges objectives by what was measured.
pub fn objectives(requires: &[Requirement], delivery: &Delivery) -> Vec<Held> {
    let held = |require: &Requirement| {
        let judgement = judge(&require.condition, delivery);
        Held {
            text: require.text.clone(),
            measured: judgement.measured,
            wanted: wanted(&require.condition),
            result: judgement.verdict,
            why: judgement.why,
        }
    };
    requires.iter().map(held).collect()
}

impl Measure for Delivery {
    fn measure(&self, metric: &MetricUse) -> Measured {
        let number = |value: Decimal, unit: &str, samples: usize| Measured::Number {
            value,
            unit: unit.to_owned(),
            text: format!(
                "{}{}{unit}",
                value.round_dp(3).normalize(),
                if unit.len() == 1 { "" } else { " " }
            ),
            share: None,
            samples: Some(samples as u64),
        };
        let nothing = |why: &str| Measured::Nothing { why: why.to_owned() };
        // A time is told as the table of the same report tells it.
        let time = |seconds: i64, samples: usize| Measured::Number {
            value: Decimal::from(seconds),
            unit: "s".to_owned(),
            text: span(seconds),
            share: None,
            samples: Some(samples as u64),
        };
        let median = |median: Option<crate::delivery::Median>, why: &str| {
            median.map_or_else(|| nothing(why), |median| time(median.seconds, median.of))
        };
        match metric.name.as_str() {
            "delivery.frequency" => number(
                Decimal::from(self.per_week_thousandths) / Decimal::from(1_000),
                "",
                self.changes.max(1),
            ),
            "delivery.lead-time" => {
                median(self.lead_time, "of no change in production the commit's time is known")
            }
            "delivery.failure-rate" => {
                let failed = Decimal::from(self.failed.len() * 100);
                failed.checked_div(Decimal::from(self.changes)).map_or_else(
                    || nothing("no change reached production"),
                    |share| number(share, "%", self.changes),
                )
            }
            "delivery.time-to-restore" if self.failed.is_empty() => time(0, 1),
            "delivery.time-to-restore" if !self.unrestored.is_empty() => Measured::Doubtful {
                why: format!("what went wrong in {} is not over", self.unrestored.join(", ")),
            },
            "delivery.time-to-restore" => median(self.time_to_restore, "no failed change is over"),
            name => nothing(&format!("`{name}` is not measured here")),
        }
    }
}
