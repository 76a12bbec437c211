//! Items of a checklist that nobody could tick: it is not said who, or the gate that is to decide it is not on the way.

use clearway_diagnostics::{Diagnostic, catalogue};
use clearway_model::views::{self, At, Checklist, ChecklistItem};
use clearway_model::{Db, Item, Reference, instance, lower, release};
use std::sync::Arc;

use crate::control::in_force;

pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    match item.kind(db).as_str() {
        "checklist" => {
            let view: Checklist = views::of(lower(db, item));
            view.items.iter().filter_map(|item| unclear(db, item)).collect()
        }
        "release" => undecided(db, item),
        _ => Vec::new(),
    }
}

/// An item of which it is not said who decides it, or of which several do.
fn unclear(db: &dyn Db, item: &ChecklistItem) -> Option<Diagnostic> {
    let text = item.text.as_ref()?;
    let new = |message: String, at, what: &str| Diagnostic::new(catalogue::UNCLEAR_ITEM, message, at, what);
    let deciders = [
        (&item.gate, "a gate decides it here"),
        (&item.policy, "a policy decides it here"),
        (&item.attested_by, "people attest it here"),
    ];
    let mut deciders = deciders.into_iter().filter_map(|(by, what)| Some((by.as_ref()?, what)));
    let Some((first, what)) = deciders.next() else {
        return Some(
            new(format!("nothing says who decides {:?}", &*text.value), text.place, "nobody ticks this item")
                .help("add `gate …`, `policy …`, or `attested-by …` with a team or role"),
        );
    };
    if let Some((second, also)) = deciders.next() {
        return Some(
            new(format!("two decide {:?}", &*text.value), second.place, also)
                .related(first.place, what)
                .help("make two items of it"),
        );
    }
    if let Some(policy) = &item.policy
        && !in_force(db, db.project()).contains(&policy.value.item)
    {
        let message = format!("the policy `{}` is not in force, and decides nothing", policy.value.name);
        return Some(
            new(message, policy.place, "an item waits for it")
                .help("name the policy of the project that extends it"),
        );
    }
    let within = item.within.as_ref().filter(|_| item.attested_by.is_none())?;
    Some(
        new(
            "this is decided anew in every run".to_owned(),
            within.place,
            "there is no attestation that could grow old",
        )
        .related(first.place, "this decides the item")
        .help("write `max-age` into a gate, if its evidence grows old"),
    )
}

/// Items of a stage's checklist that wait for a gate which no stage until then has.
fn undecided(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let declared = release(db, item);
    let mut on_the_way: Vec<&At<Arc<Reference>>> = Vec::new();
    let mut diagnostics = Vec::new();
    for stage in &declared.view.stages {
        on_the_way.extend(&stage.gates);
        let (Some(used), Some(target)) = (&stage.checklist, &stage.environment) else { continue };
        let checklist: Checklist = views::of(instance(db, &used.value));
        for gate in checklist.items.iter().filter_map(|item| item.gate.as_ref()) {
            if on_the_way
                .iter()
                .any(|decided| decided.value.item == gate.value.item && decided.value.args == gate.value.args)
            {
                continue;
            }
            let (name, environment) = (&gate.value.name, &target.value.name);
            let message = format!(
                "no stage decides the gate `{name}` before the checklist of `{environment}` asks for it"
            );
            diagnostics.push(
                Diagnostic::new(
                    catalogue::UNDECIDED_ITEM,
                    message,
                    used.place,
                    format!("this asks for `{name}`"),
                )
                .related(gate.place, "an item waits for it")
                .help(format!("add `{name}` to the gates of this stage, or of one before")),
            );
        }
    }
    diagnostics
}
