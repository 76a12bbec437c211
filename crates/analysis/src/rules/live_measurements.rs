//! What is asked of the running system: by metrics that can be asked of it, where somebody measures.

use std::sync::Arc;

use clearway_diagnostics::{Diagnostic, Severity, catalogue};
use clearway_model::views::{self, At, Rollout, Stage, Watch};
use clearway_model::{Condition, Db, Item, environment, lower, release};

use crate::conditions::{is_live, metrics};

pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    match item.kind(db).as_str() {
        "rollout" => {
            let view: Rollout = views::of(lower(db, item));
            let watched = view.watches.iter().flat_map(|watch| unmeasured(db, watch, "a rollout watches"));
            // What a rollout watches stops it when nobody can tell: it is no more than useless.
            watched.map(|told| Diagnostic { severity: Severity::Warning, ..told }).collect()
        }
        "release" => of_release(db, item),
        _ => Vec::new(),
    }
}

fn of_release(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let view = &release(db, item).view;
    let mut found = Vec::new();
    for stage in &view.stages {
        let validated = stage.validate.iter().flat_map(|validate| &validate.requires);
        found.extend(validated.clone().flat_map(|require| unmeasured(db, require, "a stage validates")));
        found.extend(validated.take(1).filter_map(|require| unwatched(db, stage, require, "validates")));
    }
    let triggers = view.rollback.iter().flat_map(|rollback| &rollback.when);
    found.extend(triggers.clone().flat_map(|when| unmeasured(db, when, "the way back waits for")));
    let Some(first) = triggers.clone().next() else { return found };
    let in_production = |stage: &&Stage| {
        stage.environment.as_ref().is_some_and(|of| {
            let tier = &environment(db, of.value.item).view.tier;
            tier.as_ref().is_some_and(|tier| tier.value == "production")
        })
    };
    let production: Vec<&Stage> = view.stages.iter().filter(in_production).collect();
    if production.is_empty() {
        let message = "nobody looks whether the way back must be taken: no stage is in production";
        found.push(
            Diagnostic::new(
                catalogue::NO_MONITORING,
                message,
                first.place,
                "looked at in production stages alone",
            )
            .help("watch it in a rollout, or leave it out until the release goes to production"),
        );
    }
    found.extend(production.into_iter().filter_map(|stage| unwatched(db, stage, first, "goes back by")));
    found
}

/// Metrics of a condition that no query measures.
fn unmeasured<'d>(
    db: &'d dyn Db,
    watch: &'d Watch,
    who: &'static str,
) -> impl Iterator<Item = Diagnostic> + 'd {
    let measured = watch.condition.iter().flat_map(|At { value, .. }: &At<Arc<Condition>>| metrics(value));
    measured.filter(|metric| !is_live(db, metric)).map(move |metric| {
        let message = format!("`{}` is read from reports, and {who} the running system", metric.name);
        Diagnostic::new(catalogue::NOT_MEASURED_LIVE, message, metric.place, "no query measures this").help(
            format!(
                "ask for it in a gate, or declare a metric with `query = \"…\"` in the place of `{}`",
                metric.name
            ),
        )
    })
}

/// A stage whose environment says nothing of where it is measured.
fn unwatched(db: &dyn Db, stage: &Stage, watch: &Watch, does: &str) -> Option<Diagnostic> {
    let target = stage.environment.as_ref()?;
    let declared = environment(db, target.value.item);
    let lowered = lower(db, target.value.item);
    let told =
        declared.broken || lowered.values.field("monitoring").is_some() || !lowered.diagnostics.is_empty();
    (!told).then(|| {
        let name = &declared.name;
        let message = format!("`{name}` {does} what is measured there, and does not say where");
        Diagnostic::new(
            catalogue::NO_MONITORING,
            message,
            target.value.item.name_place(db),
            "no `monitoring`",
        )
        .related(watch.place, "this is to be measured")
        .help("add `monitoring = prometheus(\"https://…\")` to the environment")
    })
}
