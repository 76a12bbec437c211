//! k6's summaries, in the three forms there are:
//!
//! - `--summary-export`: the numbers of a metric stand in it, and a threshold is `true` when it was **crossed**;
//! - what `handleSummary(data)` gets: the numbers stand in `values`, and a threshold is `{"ok": true}` when it held;
//! - `--new-machine-readable-summary` (schema 1.0.0): `results.metrics` is a list.
//!
//! `http_req_failed` is a rate of failures: its `passes` are the requests that failed. Percentiles are k6's, which interpolates between ranks;
//! the summary holds only those that `summaryTrendStats` asks for, `p(99)` not among them by default. Times are in milliseconds. Metrics of a
//! part of the requests (`http_req_duration{…}`) count only with their thresholds.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Deserialize;
use serde::de::MapAccess;

use crate::family::{Latency, Load, Quantile};
use crate::json::{self, Each, Fields, Object, nullable};
use crate::limits::{Limits, short};
use crate::moment::Moment;
use crate::number::decimal;
use crate::refusal::{Code, Refusal};
use crate::report::{Item, ItemKind, Report};
use crate::source::Source;

/// Reads a summary.
pub(super) fn read(source: Source<'_>, limits: &Limits, report: &mut Report) -> Result<(), Refusal> {
    let mut summary = Summary::default();
    json::read(source, limits, Object(&mut summary))?;
    if !summary.any {
        let message = "this is no k6 summary: it has neither `metrics` nor `results`. A stream of points (`--out json`) is not one";
        return Err(Refusal::new(Code::WrongFormat, message));
    }
    if let Some(version) = summary.version.as_deref().filter(|version| !version.starts_with("1.")) {
        let message = format!("the summary has version {}, and 1 is read", short(version));
        return Err(Refusal::new(Code::UnsupportedVersion, message));
    }
    report.origin.tool("k6", summary.metadata.k6_version.as_deref());
    report.origin.time(summary.metadata.generated_at.as_deref().and_then(Moment::parse));
    let load = summary.load()?;
    for (metric, threshold) in &summary.crossed {
        report.items.push(Item::new(
            ItemKind::Crossed,
            metric,
            &format!("the threshold `{threshold}` was crossed"),
        ));
    }
    for check in summary.checks.iter().filter(|check| check.fails > 0) {
        let message =
            format!("the check failed {} of {} times", check.fails, check.fails.saturating_add(check.passes));
        report.items.push(Item::new(ItemKind::Crossed, &check.name, &message));
    }
    report.load = Some(load);
    Ok(())
}

#[derive(Default)]
struct Summary {
    any: bool,
    version: Option<String>,
    metadata: Metadata,
    seconds: Option<f64>,
    metrics: BTreeMap<String, BTreeMap<String, f64>>,
    thresholds: u64,
    crossed: Vec<(String, String)>,
    checks: Vec<Check>,
}

impl Fields for Summary {
    const WHAT: &'static str = "a k6 summary";

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "metrics" => {
                self.any = true;
                map.next_value_seed(Object(&mut Metrics(self)))?;
            }
            "results" => {
                self.any = true;
                map.next_value_seed(Object(&mut Results(self)))?;
            }
            "version" => self.version = map.next_value()?,
            "metadata" => self.metadata = map.next_value::<Option<Metadata>>()?.unwrap_or_default(),
            "config" => self.seconds = map.next_value::<Option<Config>>()?.and_then(|config| config.duration),
            "state" => {
                let state = map.next_value::<Option<State>>()?;
                let millis = state.and_then(|state| state.test_run_duration_ms);
                self.seconds = millis.map(|millis| millis / 1000.0).or(self.seconds);
            }
            "root_group" => {
                let group = map.next_value::<Option<Group>>()?;
                group.unwrap_or_default().collect(&mut self.checks);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// Reads metrics by their names.
struct Metrics<'s>(&'s mut Summary);

impl Fields for Metrics<'_> {
    const WHAT: &'static str = "metrics by their names";

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        let mut metric = Metric::default();
        map.next_value_seed(Object(&mut metric))?;
        self.0.thresholds += metric.thresholds.held + metric.thresholds.crossed.len() as u64;
        self.0
            .crossed
            .extend(metric.thresholds.crossed.into_iter().map(|threshold| (name.to_owned(), threshold)));
        self.0.metrics.insert(name.to_owned(), metric.numbers);
        Ok(true)
    }
}

#[derive(Default)]
struct Metric {
    numbers: BTreeMap<String, f64>,
    thresholds: Thresholds,
}

impl Fields for Metric {
    const WHAT: &'static str = "a metric";

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "thresholds" => map.next_value_seed(Object(&mut self.thresholds))?,
            "values" => map.next_value_seed(Object(&mut Numbers(&mut self.numbers)))?,
            "type" | "contains" | "tainted" | "name" => return Ok(false),
            _ => return Numbers(&mut self.numbers).field(name, map),
        }
        Ok(true)
    }
}

/// Reads numbers by their names. What is no number says nothing; a text that stands for none is refused.
struct Numbers<'n>(&'n mut BTreeMap<String, f64>);

impl Fields for Numbers<'_> {
    const WHAT: &'static str = "numbers by their names";

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match map.next_value::<Value>()? {
            Value::Number(number) => drop(self.0.insert(name.to_owned(), number)),
            Value::Text(text) => {
                let message = format!("`{}` is {:?}, and no number", short(name), short(&text));
                return Err(json::refuse(Refusal::new(Code::BadNumber, message)));
            }
            Value::Other(_) => {}
        }
        Ok(true)
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    Number(f64),
    Text(String),
    Other(serde::de::IgnoredAny),
}

#[derive(Default)]
struct Thresholds {
    held: u64,
    crossed: Vec<String>,
}

impl Fields for Thresholds {
    const WHAT: &'static str = "thresholds by their conditions";

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Threshold {
            Crossed(bool),
            Held { ok: bool },
        }
        let crossed = match map.next_value()? {
            Threshold::Crossed(crossed) => crossed,
            Threshold::Held { ok } => !ok,
        };
        if crossed {
            self.crossed.push(name.to_owned());
        } else {
            self.held += 1;
        }
        Ok(true)
    }
}

/// Reads the results of the new form.
struct Results<'s>(&'s mut Summary);

impl Fields for Results<'_> {
    const WHAT: &'static str = "results";

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "metrics" => {
                map.next_value_seed(Each::new(|metric: Listed| self.metric(metric)))?;
            }
            "checks" => {
                let checks = map.next_value::<Option<Checks>>()?.unwrap_or_default();
                checks
                    .metrics
                    .0
                    .into_iter()
                    .try_for_each(|metric| self.metric(metric))
                    .map_err(json::refuse)?;
                self.0.checks.extend(checks.results.0);
                self.0.checks.extend(checks.ordered_checks.0);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl Results<'_> {
    fn metric(&mut self, metric: Listed) -> Result<(), Refusal> {
        let name = metric.name;
        match self.0.metrics.insert(name.clone(), metric.values) {
            Some(_) => {
                Err(Refusal::new(Code::DuplicateKey, format!("the metric `{}` stands twice", short(&name))))
            }
            None => Ok(()),
        }
    }
}

#[derive(Deserialize)]
struct Listed {
    name: String,
    #[serde(default, deserialize_with = "nullable")]
    values: BTreeMap<String, f64>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Checks {
    #[serde(default)]
    metrics: Many<Listed>,
    #[serde(default)]
    results: Many<Check>,
    #[serde(default)]
    ordered_checks: Many<Check>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    generated_at: Option<String>,
    k6_version: Option<String>,
}

#[derive(Deserialize)]
struct Config {
    duration: Option<f64>,
}

#[derive(Deserialize)]
struct State {
    #[serde(rename = "testRunDurationMs")]
    test_run_duration_ms: Option<f64>,
}

#[derive(Deserialize)]
struct Check {
    name: String,
    passes: u64,
    fails: u64,
}

#[derive(Deserialize, Default)]
struct Group {
    #[serde(default)]
    groups: Many<Self>,
    #[serde(default)]
    checks: Many<Check>,
}

impl Group {
    fn collect(self, out: &mut Vec<Check>) {
        out.extend(self.checks.0);
        self.groups.0.into_iter().for_each(|group| group.collect(out));
    }
}

/// A list, or an object whose values are the list: the forms differ in that.
struct Many<T>(Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either<T> {
            List(Vec<T>),
            Named(BTreeMap<String, T>),
            Nothing(()),
        }
        Ok(Self(match Either::deserialize(deserializer)? {
            Either::List(list) => list,
            Either::Named(named) => named.into_values().collect(),
            Either::Nothing(()) => Vec::new(),
        }))
    }
}

impl Summary {
    fn number(&self, metric: &str, number: &str) -> Option<f64> {
        self.metrics.get(metric)?.get(number).copied()
    }

    fn count(&self, metric: &str, number: &str) -> Result<Option<u64>, Refusal> {
        self.number(metric, number).map(|value| whole(metric, number, value)).transpose()
    }

    /// The occurrences of a rate, of how many: `passes` and `fails`, or `matches` and `total` in the new form.
    fn rate(&self, metric: &str) -> Result<Option<(u64, u64)>, Refusal> {
        let counts = match (
            self.count(metric, "passes")?,
            self.count(metric, "fails")?,
            self.count(metric, "matches")?,
            self.count(metric, "total")?,
        ) {
            (Some(passes), Some(fails), ..) => (passes, passes.saturating_add(fails)),
            (_, _, Some(matches), Some(total)) => (matches, total),
            _ => return Ok(None),
        };
        let stated = self.number(metric, "rate").or_else(|| self.number(metric, "value"));
        let exact = if counts.1 == 0 { 0.0 } else { counts.0 as f64 / counts.1 as f64 };
        if counts.0 > counts.1 || stated.is_some_and(|stated| (stated - exact).abs() > 0.001) {
            let message = format!(
                "`{metric}` says {} and counts {} of {}: one of the two is wrong",
                stated.unwrap_or_default(),
                counts.0,
                counts.1
            );
            return Err(Refusal::new(Code::Contradiction, message));
        }
        Ok(Some(counts))
    }

    fn load(&self) -> Result<Load, Refusal> {
        let requests = self.count("http_reqs", "count")?.unwrap_or_default();
        let mut quantiles = BTreeMap::new();
        for (quantile, names) in [
            (Quantile::P50, ["med", "p(50)"]),
            (Quantile::P90, ["p(90)", "p(90)"]),
            (Quantile::P95, ["p(95)", "p(95)"]),
            (Quantile::P99, ["p(99)", "p(99)"]),
        ] {
            let Some((name, value)) =
                names.iter().find_map(|name| Some((name, self.number("http_req_duration", name)?)))
            else {
                continue;
            };
            let value = decimal(value).filter(|value| *value >= Decimal::ZERO);
            let bad = || Refusal::new(Code::BadNumber, format!("`{name}` of `http_req_duration` is no time"));
            quantiles.insert(quantile, value.ok_or_else(bad)?);
        }
        let seconds = self.seconds.filter(|seconds| *seconds > 0.0).and_then(decimal);
        let rate = match self.number("http_reqs", "rate") {
            Some(rate) => decimal(rate).filter(|rate| *rate >= Decimal::ZERO),
            None => seconds.and_then(|seconds| Decimal::from(requests).checked_div(seconds)),
        };
        // `--summary-export` does not say how long the test went on: its rate does, which is of the whole time.
        let seconds = seconds.or_else(|| {
            let rate = rate.filter(|rate| *rate > Decimal::ZERO)?;
            Decimal::from(requests).checked_div(rate)
        });
        let duration = seconds.and_then(|seconds| seconds.checked_mul(Decimal::ONE_THOUSAND));
        // `vus` is how many there were at the end; what there was at most stands in its `max`.
        let users = self.count("vus", "max")?;
        let checks = match self.rate("checks")? {
            None => self.rate("checks_succeeded")?,
            checks => checks,
        };
        let crossed = self.crossed.len() as u64;
        Ok(Load {
            requests,
            failed: self.rate("http_req_failed")?,
            latency: (!quantiles.is_empty()).then_some(Latency::Stated(quantiles)),
            rate,
            duration: duration.map(|duration| duration.round_dp(0)),
            users,
            checks,
            thresholds: (self.thresholds > 0).then_some((crossed, self.thresholds)),
        })
    }
}

fn whole(metric: &str, number: &str, value: f64) -> Result<u64, Refusal> {
    let counts = value >= 0.0 && value.fract() == 0.0 && value < 9.0e15;
    value.to_u64().filter(|_| counts).ok_or_else(|| {
        Refusal::new(Code::BadNumber, format!("`{number}` of `{metric}` is {value}, which counts nothing"))
    })
}
