//! Metrics where nothing measures them: those that no report of the gate can have, those of growth without a baseline, those of one finding
//! outside of a triage, others within one.

use clearway_diagnostics::{Diagnostic, catalogue};
use clearway_model::views::{self, Approval, Gate, Rollout, Triage};
use clearway_model::vocabulary::Vocabulary;
use clearway_model::{CallValue, Condition, Db, Item, lower};
use std::sync::Arc;

/// The metrics of one finding or record.
const OF_ONE: &str = "finding.";

/// The metrics that compare with a baseline.
const OF_GROWTH: &str = ".growth";

pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let lowered = lower(db, item);
    let of = |parts: Vec<Option<views::At<Arc<Condition>>>>| parts.into_iter().flatten().collect::<Vec<_>>();
    let mut diagnostics = Vec::new();
    match item.kind(db).as_str() {
        "gate" => {
            let view: Gate = views::of(lowered);
            let has_baseline = !view.baseline.is_empty();
            for condition in of(view.conditions.into_iter().map(|condition| condition.condition).collect()) {
                diagnostics.extend(of_one(&condition.value));
                diagnostics.extend(unread(&view.evidence, &condition.value));
                if !has_baseline {
                    diagnostics.extend(growth(db, item, &condition.value));
                }
            }
        }
        "triage" => {
            let view: Triage = views::of(lowered);
            let blockers = view.blockers.into_iter().map(|rule| rule.when);
            let rules = of(blockers.chain(view.defects.into_iter().map(|rule| rule.when)).collect());
            diagnostics.extend(rules.iter().flat_map(|condition| of_others(&condition.value)));
        }
        "rollout" => {
            let view: Rollout = views::of(lowered);
            let watched = of(view.watches.into_iter().map(|watch| watch.condition).collect());
            diagnostics.extend(watched.iter().flat_map(|condition| of_one(&condition.value)));
        }
        "approval" => {
            let view: Approval = views::of(lowered);
            let asked = of(view.steps.into_iter().map(|step| step.when).collect());
            diagnostics.extend(asked.iter().flat_map(|condition| of_one(&condition.value)));
        }
        _ => {}
    }
    diagnostics
}

/// Metrics of one finding where there is not one.
fn of_one(condition: &Condition) -> Vec<Diagnostic> {
    let misplaced = condition.metrics().into_iter().filter(|metric| metric.name.starts_with(OF_ONE));
    misplaced
        .map(|metric| {
            let message = format!("`{}` is about one finding, and there is not one here", metric.name);
            Diagnostic::new(
                catalogue::MISPLACED_METRIC,
                message,
                metric.place,
                "only a triage looks at each finding",
            )
            .help("count findings with `findings.count(severity = …)`, or sort them in a `triage`")
        })
        .collect()
}

/// Metrics that none of the reports can have: nobody could ever tell whether the condition holds.
fn unread(evidence: &[views::At<Arc<CallValue>>], condition: &Condition) -> Vec<Diagnostic> {
    let functions = &Vocabulary::get().functions;
    let Some(first) = evidence.first() else { return Vec::new() };
    let is_read = |metric: &str| {
        evidence
            .iter()
            .any(|report| functions.get(&report.value.function).is_none_or(|reader| reader.measures(metric)))
    };
    let unread = condition
        .metrics()
        .into_iter()
        .filter(|metric| !metric.name.starts_with(OF_ONE) && !is_read(&metric.name));
    unread
        .map(|metric| {
            let readers: Vec<String> = functions
                .values()
                .filter(|reader| !reader.measures.is_empty() && reader.measures(&metric.name))
                .map(|reader| format!("`{}`", reader.name))
                .collect();
            let message = format!("no report of this gate says anything of `{}`", metric.name);
            let help = (!readers.is_empty()).then(|| format!("it is read by {}", readers.join(", ")));
            Diagnostic::new(catalogue::MISPLACED_METRIC, message, metric.place, "nothing measures it")
                .related(first.place, "this is what the gate reads")
                .help_if(help)
        })
        .collect()
}

/// Metrics of something else than the finding that is looked at.
fn of_others(condition: &Condition) -> Vec<Diagnostic> {
    let misplaced = condition.metrics().into_iter().filter(|metric| !metric.name.starts_with(OF_ONE));
    misplaced
        .map(|metric| {
            let message = format!("`{}` is not about one finding", metric.name);
            Diagnostic::new(catalogue::MISPLACED_METRIC, message, metric.place, "a triage looks at one finding at a time")
                .help("rules of a triage ask for `finding.severity`, `finding.label`, `finding.component` or `finding.id`")
        })
        .collect()
}

fn growth(db: &dyn Db, gate: Item, condition: &Condition) -> Vec<Diagnostic> {
    let grown = condition.metrics().into_iter().filter(|metric| metric.name.ends_with(OF_GROWTH));
    grown
        .map(|metric| {
            let message = format!("`{}` has nothing to be compared with", metric.name);
            Diagnostic::new(catalogue::MISPLACED_METRIC, message, metric.place, "it needs a baseline")
                .related(gate.name_place(db), format!("the gate `{}` has none", gate.name(db)))
                .help("add `baseline = …` with the reports of an earlier release")
        })
        .collect()
}
