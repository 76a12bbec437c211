//! Alerts that would tire out whom they wake: told at once, told twice, told of what is accepted elsewhere, or told to nobody.

use std::collections::BTreeMap;

use clearway_diagnostics::{Diagnostic, catalogue};
use clearway_model::views::{self, Alert, At, Gate, Rollout};
use clearway_model::vocabulary::{Type, Vocabulary};
use clearway_model::{
    Comparison, Condition, Db, Item, Measured, MetricCall, Project, Value, ValueKind, environment, instance,
    items, lower, release,
};
use clearway_syntax::BinaryOp;
use rust_decimal::Decimal;

use crate::conditions::{comparisons, is_live, metrics};
use crate::query::releases_of;

/// Prometheus looks about once in this time where nobody set another, in seconds.
const EVALUATION: Decimal = Decimal::from_parts(60, 0, 0, false, 0);

/// What there is to tell about one alert.
pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    if item.kind(db) != "alert" || views::is_template(db, item) || lower(db, item).broken {
        return Vec::new();
    }
    let alert: Alert = views::of(lower(db, item));
    let mut found = nowhere(db, item, &alert);
    found.extend(to_nobody(db, item, &alert));
    let Some(when) = &alert.when else { return found };
    let Some(condition) = &when.condition else { return found };
    found.extend(unmeasurable(db, &condition.value));
    match &when.lasts {
        None => found.push(hasty(db, item, condition)),
        Some(lasts) if lasts.value.base().is_some_and(|time| time < EVALUATION) => found.push(
            Diagnostic::new(
                catalogue::NOISY_ALERT,
                format!("`{}` waits for less than Prometheus takes from one look to the next", item.name(db)),
                lasts.place,
                "the first look that finds it tells it",
            )
            .help("let it hold `for 5 m`, or at least for two looks"),
        ),
        Some(_) => {}
    }
    found.extend(tighter(db, item, &alert, &condition.value));
    found
}

fn hasty(db: &dyn Db, item: Item, condition: &At<std::sync::Arc<Condition>>) -> Diagnostic {
    let message = format!("`{}` is told at the first look that finds it", item.name(db));
    Diagnostic::new(catalogue::HASTY_ALERT, message, condition.place, "for how long must it hold?")
        .help("add `for 10 m`: what is over before anybody could look wakes nobody then")
}

fn to_nobody(db: &dyn Db, item: Item, alert: &Alert) -> Option<Diagnostic> {
    let told = alert.notify.is_some() || lower(db, item).values.field("notify").is_some();
    (!told).then(|| {
        let message = format!("nobody is told of `{}`", item.name(db));
        Diagnostic::new(catalogue::ALERT_TO_NOBODY, message, item.name_place(db), "no `notify`")
            .help("add `notify = …` with the team that looks after it")
    })
}

/// Metrics that Prometheus cannot be asked for.
fn unmeasurable(db: &dyn Db, condition: &Condition) -> Vec<Diagnostic> {
    let is_number = |metric: &MetricCall| {
        matches!(*metric.ty, Type::Number | Type::Count | Type::Percent | Type::Quantity(_))
    };
    let unfit = metrics(condition).filter(|metric| !is_live(db, metric) || !is_number(metric));
    unfit
        .map(|metric| {
            let message =
                format!("Prometheus cannot be asked for `{}`, and an alert is its rule", metric.name);
            let what = if is_live(db, metric) { "this is no number" } else { "no query measures this" };
            Diagnostic::new(catalogue::NOT_MEASURED_LIVE, message, metric.place, what).help(
                "take a metric with a `query`, or declare one: `metric NAME : percent { query = \"…\" }`",
            )
        })
        .collect()
}

/// Environments in which nobody measures.
fn nowhere(db: &dyn Db, item: Item, alert: &Alert) -> Vec<Diagnostic> {
    let silent = |of: Item| lower(db, of).values.field("monitoring").is_none() && !lower(db, of).broken;
    if lower(db, item).values.field("environments").is_some_and(|named| !named.items().is_empty()) {
        let silent = alert.environments.iter().filter(|at| silent(at.value.item));
        let told = silent.map(|at| {
            let message =
                format!("`{}` is to hold in `{}`, where nobody measures", item.name(db), at.value.name);
            Diagnostic::new(catalogue::NO_MONITORING, message, at.place, "no `monitoring` there")
                .related(at.value.item.name_place(db), "this environment")
                .help("add `monitoring = prometheus(\"https://…\")` to the environment")
        });
        return told.collect();
    }
    let environments = views::project_wide(db, &["environment"]);
    let is_monitored = |of: Item| {
        let tier = &environment(db, of).view.tier;
        !silent(of) && tier.as_ref().is_none_or(|tier| tier.value == "production")
    };
    if environments.into_iter().any(is_monitored) {
        return Vec::new();
    }
    let message = format!("`{}` holds nowhere: no production environment is monitored", item.name(db));
    let told = Diagnostic::new(catalogue::NO_MONITORING, message, item.name_place(db), "measured nowhere");
    vec![told.help("add `monitoring = prometheus(\"https://…\")` to an environment, or name some with `environments = [ … ]`")]
}

/// A comparison of a metric with a number, the metric on the left.
struct Threshold<'c> {
    metric: &'c MetricCall,
    operator: BinaryOp,
    value: Decimal,
    written: &'c Value,
}

impl<'c> Threshold<'c> {
    fn of(comparison: &'c Comparison) -> Option<Self> {
        let (metric, written, operator) = match (&comparison.left, &comparison.right) {
            (Measured::Metric(metric), Measured::Value(value)) => (metric, value, comparison.op),
            (Measured::Value(value), Measured::Metric(metric)) => (metric, value, turned(comparison.op)),
            _ => return None,
        };
        let value = match &written.kind {
            ValueKind::Number(number) => number.value,
            ValueKind::Percent(number) => *number,
            ValueKind::Quantity(amount, unit) => Vocabulary::get().in_base(*amount, unit)?,
            _ => return None,
        };
        Some(Self { metric, operator, value, written })
    }

    fn is_of(&self, other: &Self) -> bool {
        let args = |metric: &MetricCall| {
            metric.args.iter().map(|(name, value)| (name.clone(), value.to_string())).collect::<Vec<_>>()
        };
        self.metric.name == other.metric.name && args(self.metric) == args(other.metric)
    }

    /// Whether something is told although another condition takes it for good.
    fn tells_what_holds(&self, good: &Self) -> bool {
        let above = |operator| matches!(operator, BinaryOp::Above | BinaryOp::AtLeast);
        let below = |operator| matches!(operator, BinaryOp::Below | BinaryOp::AtMost);
        self.is_of(good)
            && (above(self.operator) && below(good.operator) && self.value < good.value
                || below(self.operator) && above(good.operator) && self.value > good.value)
    }
}

const fn turned(operator: BinaryOp) -> BinaryOp {
    match operator {
        BinaryOp::Below => BinaryOp::Above,
        BinaryOp::AtMost => BinaryOp::AtLeast,
        BinaryOp::Above => BinaryOp::Below,
        BinaryOp::AtLeast => BinaryOp::AtMost,
        other => other,
    }
}

/// Thresholds that what releases accept would cross.
fn tighter(db: &dyn Db, item: Item, alert: &Alert, condition: &Condition) -> Vec<Diagnostic> {
    let Some(service) = &alert.service else { return Vec::new() };
    let accepted = accepted(db, &service.value.name);
    let mut found = Vec::new();
    for told in comparisons(condition).into_iter().filter_map(Threshold::of) {
        let good = accepted.iter().flat_map(|one| comparisons(one)).filter_map(Threshold::of);
        let Some(good) = good.into_iter().find(|good| told.tells_what_holds(good)) else { continue };
        let message = format!(
            "`{}` tells of a {} of {}, and a release with {} is accepted",
            item.name(db),
            told.metric.name,
            told.written,
            good.written
        );
        found.push(
            Diagnostic::new(
                catalogue::NOISY_ALERT,
                message,
                told.written.place,
                "tighter than what is accepted",
            )
            .related(good.written.place, "accepted up to here")
            .help(format!("tell of it from {} on, or accept less", good.written)),
        );
    }
    found
}

/// What must hold of a service for its releases to be accepted.
fn accepted(db: &dyn Db, service: &str) -> Vec<std::sync::Arc<Condition>> {
    let mut found = Vec::new();
    for of in releases_of(db, service) {
        for stage in &release(db, *of).view.stages {
            let rollouts = stage.rollout.iter().map(|at| views::of::<Rollout>(instance(db, &at.value)));
            let gates = stage.gates.iter().map(|at| views::of::<Gate>(instance(db, &at.value)));
            let validated = stage.validate.iter().flat_map(|validate| &validate.requires);
            found.extend(validated.filter_map(|require| Some(require.condition.as_ref()?.value.clone())));
            found.extend(
                rollouts.flat_map(|rollout| rollout.watches).filter_map(|it| Some(it.condition?.value)),
            );
            found.extend(gates.flat_map(|gate| gate.conditions).filter_map(|it| Some(it.condition?.value)));
        }
    }
    found
}

/// Alerts that tell the same of the same service.
pub(crate) fn duplicates(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    let mut first: BTreeMap<(String, String), Item> = BTreeMap::new();
    let mut found = Vec::new();
    let all = project.sources(db).iter().flat_map(|file| items(db, *file));
    for item in all.filter(|item| item.kind(db) == "alert" && !views::is_template(db, **item)) {
        let alert: Alert = views::of(lower(db, *item));
        let condition = alert.when.as_ref().and_then(|when| when.condition.as_ref());
        let (Some(service), Some(condition)) = (&alert.service, condition) else { continue };
        let mut places: Vec<&str> = alert.environments.iter().map(|at| at.value.name.as_str()).collect();
        places.sort_unstable();
        let key = (format!("{} in {}", service.value.name, places.join(", ")), condition.value.to_string());
        match first.get(&key) {
            None => drop(first.insert(key, *item)),
            Some(other) => {
                let message = format!("`{}` and `{}` tell the same", other.name(db), item.name(db));
                found.push(
                    Diagnostic::new(
                        catalogue::DUPLICATE_ALERT,
                        message,
                        condition.place,
                        "told a second time",
                    )
                    .related(other.name_place(db), "told here already")
                    .help("take one of them out, or let them tell different things"),
                );
            }
        }
    }
    found
}
