//! Critical journeys that nothing tests on the way into production.

use clearway_diagnostics::{Diagnostic, catalogue};
use clearway_model::views::{self, Gate, Journey, Release, Stage};
use clearway_model::{Condition, Db, Item, Project, ValueKind, environment, instance, items, lower, release};

use crate::query::is_flawed;

/// What there is to tell of the project's releases.
pub(crate) fn check(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    let all = || project.sources(db).iter().flat_map(|file| items(db, *file)).copied();
    let declared = |kind: &'static str| {
        all().filter(move |item| item.kind(db) == kind && !views::is_template(db, *item))
    };
    let journeys: Vec<(Item, Journey)> = declared("journey")
        .map(|item| (item, views::of::<Journey>(lower(db, item))))
        .filter(|(_, journey)| journey.critical)
        .collect();
    if journeys.is_empty() {
        return Vec::new();
    }
    let mut diagnostics = Vec::new();
    for item in declared("release") {
        let declared = release(db, item);
        if declared.broken {
            continue;
        }
        for (journey, view) in journeys.iter().filter(|(_, journey)| concerns(&declared.view, journey)) {
            diagnostics.extend(uncovered(db, &declared.view, *journey, view));
        }
    }
    diagnostics
}

/// Whether a release ships what a journey goes through.
fn concerns(release: &Release, journey: &Journey) -> bool {
    let ships = |name: &str| {
        release.ship.iter().filter_map(|ship| ship.service.as_ref()).any(|service| service.value.name == name)
    };
    journey.services.is_empty() || journey.services.iter().any(|service| ships(&service.value.name))
}

/// The first production stage that is reached without a test of the journey.
fn uncovered(db: &dyn Db, release: &Release, item: Item, journey: &Journey) -> Option<Diagnostic> {
    let tag = journey.tag.as_ref()?;
    let production = release.stages.iter().position(|stage| is_production(db, stage))?;
    let on_the_way = release.stages.iter().take(production + 1).flat_map(|stage| &stage.gates);
    for gate in on_the_way {
        if is_flawed(db, gate.value.item) {
            return None;
        }
        let view: Gate = views::of(instance(db, &gate.value));
        let conditions = view.conditions.iter().filter_map(|condition| condition.condition.as_ref());
        if view.covers.iter().any(|covered| covered.value.item == item)
            || conditions.into_iter().any(|condition| measures(&condition.value, &tag.value))
        {
            return None;
        }
    }
    let target = release.stages.get(production)?.environment.as_ref()?;
    let name = item.name(db);
    let message = format!("nothing tests the journey `{name}` before `{}`", target.value.name);
    Some(
        Diagnostic::new(catalogue::UNCOVERED_JOURNEY, message, target.place, "production is reached here")
            .related(item.name_place(db), format!("`{name}` is critical"))
            .help(format!("name it in a gate of this stage or of one before: `covers = [{name}]`")),
    )
}

fn is_production(db: &dyn Db, stage: &Stage) -> bool {
    let Some(target) = &stage.environment else { return false };
    environment(db, target.value.item).view.tier.as_ref().is_some_and(|tier| tier.value == "production")
}

/// Whether a condition measures the tests with a tag.
fn measures(condition: &Condition, tag: &str) -> bool {
    condition.metrics().into_iter().any(|metric| {
        metric.name.starts_with("tests.")
            && metric.args.iter().any(|(name, value)| {
                name == "tag" && matches!(&value.kind, ValueKind::Text(text) if **text == *tag)
            })
    })
}
