//! Items of a checklist that nobody could tick: it is not said who, or the gate that is to decide it is not on the way.

use clearway_diagnostics::{Diagnostic, catalogue};
use clearway_model::views::{self, At, Checklist, ChecklistItem};
use clearway_model::{Db, Item, Reference, instance, lower, release};
use std::sync::Arc;

pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    match item.kind(db).as_str() {
        "checklist" => {
            let view: Checklist = views::of(lower(db, item));
            view.items.iter().filter_map(unclear).collect()
        }
        "release" => undecided(db, item),
        _ => Vec::new(),
    }
}

/// An item that says neither or both of who decides it.
fn unclear(item: &ChecklistItem) -> Option<Diagnostic> {
    let text = item.text.as_ref()?;
    let new = |message: String, at, what: &str| Diagnostic::new(catalogue::UNCLEAR_ITEM, message, at, what);
    match (&item.gate, &item.attested_by, &item.within) {
        (None, None, _) => Some(
            new(format!("nothing says who decides {:?}", &*text.value), text.place, "nobody ticks this item")
                .help("add `gate …`, or `attested-by …` with a team or role"),
        ),
        (Some(gate), Some(people), _) => Some(
            new(format!("two decide {:?}", &*text.value), people.place, "people attest it here")
                .related(gate.place, "a gate decides it here")
                .help("make two items of it"),
        ),
        (Some(gate), None, Some(within)) => Some(
            new(
                "a gate is decided anew in every run".to_owned(),
                within.place,
                "there is no attestation that could grow old",
            )
            .related(gate.place, "this decides the item")
            .help("write `max-age` into the gate, if its evidence grows old"),
        ),
        _ => None,
    }
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
