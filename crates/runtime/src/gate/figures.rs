//! Metrics as the reports of a gate measure them.

use clearway_evidence::{Figure, Filter, Report, Severity, Unit};
use clearway_plan::{MetricUse, Scalar};
use jiff::Timestamp;
use rust_decimal::Decimal;

use super::change::Change;
use super::judge::{Measure, Measured};

/// What reports say; none where there are no reports.
#[derive(Debug, Clone, Copy)]
pub struct Figures<'r> {
    /// The gate's reports.
    pub report: Option<&'r Report>,
    /// What metrics of growth compare them with.
    pub baseline: Option<&'r Report>,
    /// The release's own change ticket.
    pub change: &'r Change,
    /// The time.
    pub now: Timestamp,
}

/// The metrics of growth, each with what grows.
const GROWTH: [(&str, &str); 5] = [
    ("feedback.growth", "feedback.score"),
    ("incidents.growth", "incidents.total"),
    ("issues.growth", "issues.open"),
    ("latency.growth", "latency.p95"),
    ("tickets.growth", "tickets.total"),
];

impl Measure for Figures<'_> {
    fn measure(&self, metric: &MetricUse) -> Measured {
        if let Some(measured) = self.change.measure(&metric.name, self.now) {
            return measured;
        }
        let Some(report) = self.report else {
            return Measured::Nothing { why: "there is no report".to_owned() };
        };
        let filter = match filter(metric) {
            Ok(filter) => filter,
            Err(why) => return Measured::Doubtful { why },
        };
        if let Some((_, of)) = GROWTH.iter().find(|(name, _)| *name == metric.name) {
            return growth(
                of,
                report.measure(of, &filter),
                self.baseline.and_then(|before| before.measure(of, &filter)),
            );
        }
        match report.measure(&metric.name, &filter) {
            Some(figure) => measured(&figure),
            None => Measured::Nothing { why: "the reports say nothing of it".to_owned() },
        }
    }
}

/// How much more there is than before, out of what was before.
fn growth(of: &str, now: Option<Figure>, before: Option<Figure>) -> Measured {
    let nothing = |who: &str| Measured::Nothing { why: format!("{who} says nothing of `{of}`") };
    let Some(now) = now else { return nothing("the report") };
    let Some(before) = before else { return nothing("the baseline") };
    let percent = now
        .value
        .checked_sub(before.value)
        .and_then(|more| more.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(before.value));
    let text = |percent: Decimal| format!("{}% (from {before} to {now})", percent.round_dp(2).normalize());
    match percent {
        Some(percent) => Measured::Number {
            text: text(percent),
            value: percent,
            unit: "%".to_owned(),
            share: None,
            samples: Some(now.samples.min(before.samples)),
        },
        None if now.value == before.value => Measured::Number {
            text: text(Decimal::ZERO),
            value: Decimal::ZERO,
            unit: "%".to_owned(),
            share: None,
            samples: Some(now.samples.min(before.samples)),
        },
        None => Measured::Doubtful {
            why: format!("it went from {before} to {now}, which is no share of anything"),
        },
    }
}

/// Which part of what a metric counts is asked for.
fn filter(metric: &MetricUse) -> Result<Filter, String> {
    let mut filter = Filter::ALL;
    for (name, value) in &metric.args {
        match (name.as_str(), value) {
            ("tag", Scalar::Text(tag)) if tag.is_empty() => {}
            ("tag", Scalar::Text(tag)) => filter.tag = Some(tag.as_str().into()),
            ("severity", Scalar::Word { word, .. }) => {
                let severity = Severity::ALL.into_iter().find(|severity| severity.name() == word);
                filter.severity =
                    Some(severity.ok_or_else(|| format!("no report knows the severity `{word}`"))?);
            }
            (name, _) => return Err(format!("no report knows `{name}`")),
        }
    }
    Ok(filter)
}

/// A figure in the units of a plan.
fn measured(figure: &Figure) -> Measured {
    let (value, unit) = match figure.unit {
        Unit::Number => (figure.value, ""),
        Unit::Percent => (figure.value, "%"),
        Unit::Milliseconds => (figure.value / Decimal::ONE_THOUSAND, "s"),
        Unit::PerSecond => (figure.value, "rps"),
    };
    Measured::Number {
        value,
        unit: unit.to_owned(),
        text: figure.to_string(),
        share: figure.share,
        samples: Some(figure.samples),
    }
}
