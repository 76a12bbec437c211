//! Metrics as the reports of a gate measure them.

use clearway_evidence::{Figure, Filter, Report, Severity, Unit};
use clearway_plan::{MetricUse, Scalar};
use rust_decimal::Decimal;

use super::judge::{Measure, Measured};

/// What reports say; none where there are no reports.
#[derive(Debug, Clone, Copy)]
pub struct Figures<'r>(pub Option<&'r Report>);

impl Measure for Figures<'_> {
    fn measure(&self, metric: &MetricUse) -> Measured {
        let Some(report) = self.0 else { return Measured::Nothing { why: "there is no report".to_owned() } };
        let filter = match filter(metric) {
            Ok(filter) => filter,
            Err(why) => return Measured::Doubtful { why },
        };
        match report.measure(&metric.name, &filter) {
            Some(figure) => measured(&figure),
            None => Measured::Nothing { why: "the reports say nothing of it".to_owned() },
        }
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
