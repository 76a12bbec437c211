//! Conditions of gates, watches and approvals that can never hold, that can never hold together, or that nothing can break; and watches
//! that measure for longer than a step is held.

use std::sync::Arc;

use clearway_diagnostics::{Diagnostic, Place, Severity, catalogue};
use clearway_model::views::{self, Approval, At, Gate, Quantity, Rollout};
use clearway_model::vocabulary::{Type, Vocabulary};
use clearway_model::{
    Condition, Db, Item, Lowered, Measured, MetricCall, Value, ValueKind, instance, lower, release,
};
use clearway_syntax::BinaryOp;
use rust_decimal::Decimal;

use crate::conditions::natural;
use crate::span::Span;

/// What there is to tell about a declaration's conditions. A template is judged where a release uses it.
pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    if views::is_template(db, item) {
        return Vec::new();
    }
    match item.kind(db).as_str() {
        "release" => {
            let stages = &release(db, item).view.stages;
            let used = stages.iter().flat_map(|stage| stage.gates.iter().chain(&stage.rollout));
            let chains = stages.iter().flat_map(|stage| stage.approval.iter().chain(&stage.emergency));
            let templates = used.chain(chains).filter(|at| views::is_template(db, at.value.item));
            let mut found: Vec<Diagnostic> = Vec::new();
            for at in templates {
                found.extend(of_kind(db, &at.value.kind, instance(db, &at.value)));
            }
            for validation in stages.iter().filter_map(|stage| stage.validate.as_ref()) {
                found.extend(together(db, validation.requires.iter().filter_map(|at| at.condition.as_ref())));
            }
            found.extend(triggers(db, item));
            found
        }
        kind => of_kind(db, kind, lower(db, item)),
    }
}

fn of_kind(db: &dyn Db, kind: &str, lowered: &Lowered) -> Vec<Diagnostic> {
    match kind {
        "gate" => {
            let view: Gate = views::of(lowered);
            together(db, view.conditions.iter().filter_map(|require| require.condition.as_ref()))
        }
        "rollout" => {
            let view: Rollout = views::of(lowered);
            let mut found = together(db, view.watches.iter().filter_map(|watch| watch.condition.as_ref()));
            found.extend(outlived(&view));
            found
        }
        "approval" => {
            let view: Approval = views::of(lowered);
            let conditions = view.steps.iter().filter_map(|step| step.when.as_ref());
            conditions.flat_map(|condition| together(db, [condition].into_iter())).collect()
        }
        _ => Vec::new(),
    }
}

/// Conditions that take the way back: one that never holds does nothing, one that always does takes every change back, and so does one
/// that holds wherever what is watched or validated does.
fn triggers(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let view = &release(db, item).view;
    let mut asked: Vec<Compared<'_>> = Vec::new();
    let rollouts: Vec<Rollout> = view
        .stages
        .iter()
        .filter_map(|stage| stage.rollout.as_ref())
        .map(|rollout| views::of(instance(db, &rollout.value)))
        .collect();
    let watched = rollouts.iter().flat_map(|rollout| &rollout.watches);
    let validated = view.stages.iter().filter_map(|stage| stage.validate.as_ref());
    let validated = validated.flat_map(|validation| &validation.requires);
    for condition in watched.chain(validated).filter_map(|watch| watch.condition.as_ref()) {
        collect(&condition.value, &mut asked);
    }
    let mut found = Vec::new();
    for when in
        view.rollback.iter().flat_map(|rollback| &rollback.when).filter_map(|when| when.condition.as_ref())
    {
        let mut parts: Vec<Compared<'_>> = Vec::new();
        if let Some(constant) = collect(&when.value, &mut parts) {
            found.push(constant_condition(constant, when.place));
        }
        for mut told in parts.iter().filter_map(|part| alone(db, part)) {
            if told.code == catalogue::VACUOUS_CONDITION {
                told.severity = Severity::Error;
                told = told.help("every change would be taken back");
            }
            found.push(told);
        }
        // Where several things must come together, each alone says nothing.
        let [part] = parts.as_slice() else { continue };
        let is_taken_back = |asked: &&Compared<'_>| {
            let natural = natural(db, asked.metric);
            let allowed = natural.and(&asked.holds);
            asked.metric.item == part.metric.item
                && args(asked.metric) == args(part.metric)
                && !allowed.is_empty()
                && part.holds.covers(&allowed)
                && !part.holds.covers(&natural)
        };
        if let Some(asked) = asked.iter().find(is_taken_back) {
            let message = format!("`{}` takes back whatever keeps `{}`", part.text, asked.text);
            found.push(
                Diagnostic::new(
                    catalogue::CONTRADICTORY_CONDITIONS,
                    message,
                    part.metric.place,
                    "taken back then",
                )
                .related(asked.metric.place, "and this must hold")
                .help("turn one of the two round"),
            );
        }
    }
    found
}

/// A comparison of something measured with something known.
struct Compared<'c> {
    metric: &'c MetricCall,
    /// The values with which it holds.
    holds: Span,
    text: String,
}

/// What there is to tell about conditions that must all hold.
fn together<'c>(db: &dyn Db, conditions: impl Iterator<Item = &'c At<Arc<Condition>>>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut compared: Vec<Compared<'c>> = Vec::new();
    for At { value, place } in conditions {
        let before = compared.len();
        if let Some(constant) = collect(value, &mut compared) {
            found.push(constant_condition(constant, *place));
        }
        for one in &compared[before..] {
            found.extend(alone(db, one));
        }
    }
    let is_possible = |one: &Compared<'_>| !natural(db, one.metric).and(&one.holds).is_empty();
    for (at, second) in compared.iter().enumerate().filter(|(_, one)| is_possible(one)) {
        let same = |first: &&Compared<'_>| {
            first.metric.item == second.metric.item
                && args(first.metric) == args(second.metric)
                && is_possible(first)
                && first.holds.and(&second.holds).is_empty()
        };
        // Values on a line have one in common where every two of them do.
        if let Some(first) = compared[..at].iter().find(same) {
            let message = format!("`{}` and `{}` can never hold together", first.text, second.text);
            found.push(
                Diagnostic::new(
                    catalogue::CONTRADICTORY_CONDITIONS,
                    message,
                    second.metric.place,
                    "never with the other",
                )
                .related(first.metric.place, "never with that one")
                .help("both must hold at once: take one of them out, or change its limit"),
            );
        }
    }
    found
}

/// The comparisons that must all hold; a condition that is known already gives its value.
fn collect<'c>(condition: &'c Condition, out: &mut Vec<Compared<'c>>) -> Option<bool> {
    match condition {
        Condition::Constant(value) => return Some(*value),
        Condition::All(parts) => {
            for part in parts {
                if collect(part, out) == Some(false) {
                    return Some(false);
                }
            }
        }
        Condition::Compare(comparison) => {
            let (metric, value, op) = match (&comparison.left, &comparison.right) {
                (Measured::Metric(metric), Measured::Value(value)) => (metric, value, comparison.op),
                (Measured::Value(value), Measured::Metric(metric)) => (metric, value, turned(comparison.op)),
                _ => return None,
            };
            if let Some(holds) = amount(value).and_then(|limit| span(op, limit)) {
                out.push(Compared { metric, holds, text: condition.to_string() });
            }
        }
        Condition::Any(_) | Condition::Not(_) => {}
    }
    None
}

fn args(metric: &MetricCall) -> Vec<String> {
    metric.args.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

/// `1 < x` is `x > 1`.
fn turned(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Below => BinaryOp::Above,
        BinaryOp::AtMost => BinaryOp::AtLeast,
        BinaryOp::Above => BinaryOp::Below,
        BinaryOp::AtLeast => BinaryOp::AtMost,
        op => op,
    }
}

fn span(op: BinaryOp, limit: Decimal) -> Option<Span> {
    Some(match op {
        BinaryOp::Below => Span::below(limit, false),
        BinaryOp::AtMost => Span::below(limit, true),
        BinaryOp::Above => Span::above(limit, false),
        BinaryOp::AtLeast => Span::above(limit, true),
        BinaryOp::Equal => Span::between(limit, limit),
        _ => return None,
    })
}

/// A known value on the scale of what is measured.
fn amount(value: &Value) -> Option<Decimal> {
    match &value.kind {
        ValueKind::Number(number) => Some(number.value),
        ValueKind::Percent(number) => Some(*number),
        ValueKind::Quantity(number, unit) => Vocabulary::get().in_base(*number, unit),
        ValueKind::Word(of, word) => {
            let words = &Vocabulary::get().enums.get(of)?.words;
            words.iter().position(|known| known.name == *word).map(Decimal::from)
        }
        _ => None,
    }
}

fn alone(db: &dyn Db, one: &Compared<'_>) -> Option<Diagnostic> {
    let natural = natural(db, one.metric);
    let (name, text, place) = (&one.metric.name, &one.text, one.metric.place);
    let range = match &*one.metric.ty {
        Type::Percent if metric_is_own(db, one.metric) => "never below 0%",
        Type::Percent => "between 0% and 100%",
        Type::Word(_) => "one of the words of its set",
        _ => "never below 0",
    };
    let signed = matches!(&*one.metric.ty, Type::Percent | Type::Number | Type::Count | Type::Quantity(_))
        && metric_is_own(db, one.metric);
    let help = signed.then(|| format!("if `{name}` can be below zero, say so: `signed = true`"));
    if natural.and(&one.holds).is_empty() {
        let message = format!("`{text}` can never hold: `{name}` is {range}");
        return Some(
            Diagnostic::new(catalogue::IMPOSSIBLE_CONDITION, message, place, "never so").help_if(help),
        );
    }
    one.holds.covers(&natural).then(|| {
        let message = format!("`{text}` always holds: `{name}` is {range}");
        Diagnostic::new(catalogue::VACUOUS_CONDITION, message, place, "nothing can break it").help_if(help)
    })
}

/// Whether a metric is the project's own.
fn metric_is_own(db: &dyn Db, metric: &MetricCall) -> bool {
    !metric.item.file(db).library(db)
}

fn constant_condition(value: bool, place: Place) -> Diagnostic {
    if value {
        let message = "this condition always holds: nothing is measured in it";
        Diagnostic::new(catalogue::VACUOUS_CONDITION, message, place, "nothing can break it")
    } else {
        let message = "this condition can never hold: nothing is measured in it";
        Diagnostic::new(catalogue::IMPOSSIBLE_CONDITION, message, place, "never so")
    }
}

/// Watches whose window is longer than the shortest time that a step is held.
fn outlived(view: &Rollout) -> Vec<Diagnostic> {
    let seconds = |at: &At<Quantity>| at.value.base();
    let holds = view.steps.iter().filter_map(|step| step.hold.as_ref());
    let Some(shortest) = holds.min_by_key(|hold| seconds(hold)) else { return Vec::new() };
    let overs = view.watches.iter().filter_map(|watch| watch.over.as_ref());
    let longer = overs.filter(|over| seconds(over) > seconds(shortest));
    longer
        .map(|over| {
            let told = |at: &At<Quantity>| format!("{} {}", at.value.amount, at.value.unit);
            let message =
                format!("this watch measures over {}, and a step is held for {}", told(over), told(shortest));
            Diagnostic::new(
                catalogue::WATCH_OUTLIVES_HOLD,
                message,
                over.place,
                "not complete when that step ends",
            )
            .related(shortest.place, "the shortest hold")
            .help(
                "what is measured then is mostly from before the step: hold it longer, or measure over less",
            )
        })
        .collect()
}
