//! Gates that an approval requires: not on the way back, which nothing may block, and about all that ships.

use clearway_diagnostics::{Diagnostic, catalogue};
use clearway_model::views::{self, Approval, At, Gate, Release, Stage};
use clearway_model::{Db, Item, Reference, instance, release};
use std::sync::Arc;

pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    if item.kind(db) != "release" || views::is_template(db, item) {
        return Vec::new();
    }
    let declared = release(db, item);
    let mut diagnostics = Vec::new();
    for stage in &declared.view.stages {
        for chain in stage.approval.iter().chain(&stage.emergency) {
            diagnostics.extend(out_of_scope(db, &declared.view, stage, chain));
        }
    }
    let back = declared.view.rollback.as_ref().and_then(|rollback| rollback.approval.as_ref());
    if let Some(chain) = back {
        diagnostics.extend(required(db, chain).into_iter().map(|gate| {
            let message = format!("the way back waits for the gate `{}`", gate.value.name);
            Diagnostic::new(catalogue::GATED_ROLLBACK, message, chain.place, "the chain of the way back")
                .related(gate.place, "it requires this gate")
                .help("give the way back a chain of its own that requires no gate: what is broken must be undone, whatever is measured")
        }));
    }
    diagnostics
}

fn required(db: &dyn Db, chain: &At<Arc<Reference>>) -> Vec<At<Arc<Reference>>> {
    let view: Approval = views::of(instance(db, &chain.value));
    view.steps.into_iter().flat_map(|step| step.requires).collect()
}

/// Services that ship and that no required gate with a scope is about.
fn out_of_scope(
    db: &dyn Db,
    release: &Release,
    stage: &Stage,
    chain: &At<Arc<Reference>>,
) -> Vec<Diagnostic> {
    let Some(target) = &stage.environment else { return Vec::new() };
    let scoped: Vec<(At<Arc<Reference>>, Gate)> = required(db, chain)
        .into_iter()
        .map(|gate| (gate.clone(), views::of::<Gate>(instance(db, &gate.value))))
        .filter(|(_, gate)| !gate.scope.is_empty())
        .collect();
    let Some((first, _)) = scoped.first() else { return Vec::new() };
    let is_covered = |name: &str| {
        scoped.iter().any(|(_, gate)| gate.scope.iter().any(|service| service.value.name == name))
    };
    let shipped = release.ship.iter().filter_map(|ship| ship.service.as_ref());
    shipped
        .filter(|service| service.value.kind == "service" && !is_covered(&service.value.name))
        .map(|service| {
            let (name, gate) = (&service.value.name, &first.value.name);
            let message = format!(
                "`{name}` reaches `{}`, and is outside the scope of the gate `{gate}`",
                target.value.name
            );
            Diagnostic::new(catalogue::OUT_OF_SCOPE, message, service.place, "no required gate is about it")
                .related(first.place, format!("the approval requires `{gate}`"))
                .help(format!(
                    "add `{name}` to the scope of `{gate}` once it was tested, or ship it by itself"
                ))
        })
        .collect()
}
