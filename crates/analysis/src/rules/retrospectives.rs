//! How a project looks back: once, on incidents that can be joined with changes, and on what is measured of delivery.

use clearway_diagnostics::{Diagnostic, catalogue};
use clearway_model::{
    Condition, Db, Item, Measured, MetricCall, Project, ValueKind, items, lower, release, views,
};

use crate::form::has_form;
use crate::query;

/// The metrics that a retrospective measures begin with this.
const DELIVERY: &str = "delivery.";

/// What is wrong in one retrospective.
pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    if item.kind(db) != "retrospective" {
        return Vec::new();
    }
    let view: views::Retrospective = views::of(lower(db, item));
    let mut diagnostics = Vec::new();
    if let Some(incidents) = &view.incidents {
        let has_beginning = incidents.value.args.iter().any(|(name, value)| {
            name == "opened" && !matches!(&value.kind, ValueKind::Text(column) if column.is_empty())
        });
        if !has_beginning {
            diagnostics.push(
                Diagnostic::new(
                    catalogue::TIMELESS_INCIDENTS,
                    "nothing says when these incidents began",
                    incidents.place,
                    "no change can be found that they follow",
                )
                .help("name the column: `table(\"…\", rows = incidents, id = \"…\", opened = \"…\")`"),
            );
        }
    }
    let conditions = view.conditions.iter().filter_map(|condition| condition.condition.as_ref());
    for metric in conditions.flat_map(|condition| metrics(&condition.value)) {
        if !metric.name.starts_with(DELIVERY) {
            diagnostics.push(
                Diagnostic::new(
                    catalogue::NOT_DELIVERY,
                    format!("`{}` is not measured when a project looks back", metric.name),
                    metric.place,
                    "this is measured in a gate",
                )
                .help("require `delivery.frequency`, `delivery.lead-time`, `delivery.failure-rate` or `delivery.time-to-restore`"),
            );
        }
    }
    diagnostics
}

/// Every metric of a condition.
fn metrics(condition: &Condition) -> Vec<MetricCall> {
    match condition {
        Condition::Constant(_) => Vec::new(),
        Condition::Compare(comparison) => [&comparison.left, &comparison.right]
            .into_iter()
            .filter_map(|side| match side {
                Measured::Metric(metric) => Some(metric.clone()),
                Measured::Value(_) => None,
            })
            .collect(),
        Condition::All(parts) | Condition::Any(parts) => parts.iter().flat_map(metrics).collect(),
        Condition::Not(inner) => metrics(inner),
    }
}

/// A project that looks back in two ways.
pub(crate) fn in_project(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    let files = project.sources(db).iter();
    let declared: Vec<Item> = files
        .flat_map(|file| items(db, *file))
        .filter(|item| item.kind(db) == "retrospective" && !views::is_template(db, **item))
        .copied()
        .collect();
    let Some((first, others)) = declared.split_first() else { return Vec::new() };
    let mut diagnostics = odd_requests(db, project, *first);
    let second = others.iter().map(|other| {
        Diagnostic::new(
            catalogue::SECOND_RETROSPECTIVE,
            "a project looks back in one way",
            other.name_place(db),
            "this is the second",
        )
        .related(first.name_place(db), "this is the first")
        .help("make one of them")
    });
    diagnostics.extend(second);
    diagnostics
}

/// Releases that name a change request of another form than an audit takes for one.
fn odd_requests(db: &dyn Db, project: Project, retrospective: Item) -> Vec<Diagnostic> {
    let view: views::Retrospective = views::of(lower(db, retrospective));
    let Some(form) = view.audit.and_then(|audit| audit.requests) else { return Vec::new() };
    let named =
        query::releases(db, project).iter().filter_map(|item| release(db, *item).view.change.as_ref());
    named
        .filter(|request| !has_form(&request.value, &form.value))
        .map(|request| {
            let message =
                format!("`{}` has not the form of a change request, `{}`", request.value, form.value);
            Diagnostic::new(catalogue::ODD_CHANGE_REQUEST, message, request.place, "no change request")
                .related(form.place, "an audit takes this form alone: `#` is a digit, `*` is anything")
                .help("name the request that the change was asked for in")
        })
        .collect()
}
