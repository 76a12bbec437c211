//! Vendors that something requires: is it told when they are in trouble, and are they tried before production?

use clearway_diagnostics::{Diagnostic, catalogue};
use clearway_model::views::{self, Vendor};
use clearway_model::{Db, Item, Reference, Value, ValueKind, environment, lower, release};

use crate::query::dependents;
use crate::world::{declared_item, requirements_of};

pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    if views::is_template(db, item) {
        return Vec::new();
    }
    match item.kind(db).as_str() {
        "vendor" => unwatched(db, item).into_iter().chain(unasked(db, item)).collect(),
        "release" => untried(db, item),
        _ => Vec::new(),
    }
}

/// A vendor of which nobody would be told that it is in trouble, and that nothing tries.
fn unwatched(db: &dyn Db, item: Item) -> Option<Diagnostic> {
    let lowered = lower(db, item);
    let vendor: Vendor = views::of(lowered);
    let told = lowered.broken || !lowered.diagnostics.is_empty();
    if told || vendor.status.is_some() || !vendor.integration.is_empty() {
        return None;
    }
    let required = dependents(db, item.name(db)).iter().find(|edge| !edge.weak)?;
    let name = item.name(db);
    let message =
        format!("nothing tells whether the vendor `{name}` works, and `{}` requires it", required.from);
    Some(
        Diagnostic::new(
            catalogue::UNWATCHED_VENDOR,
            message,
            item.name_place(db),
            "neither `status` nor `integration`",
        )
        .related(required.place, "it is required here")
        .help("add `status = statuspage(\"https://…\")`, or `integration = [ … ]` with gates that try it"),
    )
}

/// A status that nobody can ask for while a release goes out: a file says how the vendor was when somebody wrote it.
fn unasked(db: &dyn Db, item: Item) -> Option<Diagnostic> {
    let status = views::of::<Vendor>(lower(db, item)).status?;
    let is_address = |source: &Value| match &source.kind {
        ValueKind::Text(text) => text.starts_with("https://") || text.starts_with("http://"),
        // What is not known is told elsewhere.
        _ => true,
    };
    let sources = status.value.args.first().map(|(_, sources)| sources.items()).unwrap_or_default();
    if status.value.function == "statuspage" && sources.iter().all(is_address) {
        return None;
    }
    let message = format!("nobody can ask the vendor `{}` how it is while a release goes out", item.name(db));
    Some(
        Diagnostic::new(
            catalogue::UNASKED_STATUS,
            message,
            status.place,
            "this is no address of a status page",
        )
        .help("give the address of its summary: `status = statuspage(\"https://…/api/v2/summary.json\")`"),
    )
}

/// Vendors of what a release ships that no gate of their integration suite tries before production.
fn untried(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let declared = release(db, item);
    let stages = &declared.view.stages;
    let production = stages.iter().position(|stage| {
        stage.environment.as_ref().is_some_and(|target| {
            environment(db, target.value.item)
                .view
                .tier
                .as_ref()
                .is_some_and(|tier| tier.value == "production")
        })
    });
    let Some(production) = production else { return Vec::new() };
    // What a service requires is asked only where a vendor has a suite at all: an edit of it judges no release again otherwise.
    let has_suite = |vendor: Item| !views::of::<Vendor>(lower(db, vendor)).integration.is_empty();
    if !views::project_wide(db, &["vendor"]).any(has_suite) {
        return Vec::new();
    }
    let on_the_way: Vec<&Reference> = stages
        .iter()
        .take(production + 1)
        .flat_map(|stage| stage.gates.iter().map(|gate| &*gate.value))
        .collect();
    let mut told: Vec<Item> = Vec::new();
    let mut diagnostics = Vec::new();
    for ship in declared.view.ship.iter().filter_map(|ship| ship.service.as_ref()) {
        for required in requirements_of(db, ship.value.item) {
            let Some(vendor) = declared_item(db, &required.to).filter(|item| item.kind(db) == "vendor")
            else {
                continue;
            };
            let suite = views::of::<Vendor>(lower(db, vendor)).integration;
            let is_tried = suite.iter().any(|gate| on_the_way.iter().any(|on| on.item == gate.value.item));
            if suite.is_empty() || is_tried || told.contains(&vendor) {
                continue;
            }
            told.push(vendor);
            let Some(target) = stages.get(production).and_then(|stage| stage.environment.as_ref()) else {
                continue;
            };
            let names: Vec<&str> = suite.iter().map(|gate| gate.value.name.as_str()).collect();
            let message =
                format!("nothing tries the vendor `{}` before `{}`", required.to, target.value.name);
            diagnostics.push(
                Diagnostic::new(
                    catalogue::UNTRIED_VENDOR,
                    message,
                    target.place,
                    "production is reached here",
                )
                .related(required.place, format!("`{}` requires it", ship.value.name))
                .help(format!(
                    "add a gate of its integration suite to this stage or one before: `{}`",
                    names.join("`, `")
                )),
            );
        }
    }
    diagnostics
}
