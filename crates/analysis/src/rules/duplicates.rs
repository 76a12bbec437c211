//! What a release or an approval says twice, of which only one can be meant.

use std::collections::hash_map::Entry;

use clearway_diagnostics::{Diagnostic, Place, catalogue};
use clearway_model::views::{self, Approval, At};
use clearway_model::{Db, Item, Reference, lower, release};
use rustc_hash::FxHashMap;

pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    if views::is_template(db, item) {
        return Vec::new();
    }
    match item.kind(db).as_str() {
        "release" => of_release(db, item),
        "approval" => {
            let view: Approval = views::of(lower(db, item));
            let names = view.steps.iter().filter_map(|step| step.name.as_ref());
            twice(names.map(|name| (name.value.to_string(), name.place)), |name| {
                format!("there are two steps `{name}`")
            })
        }
        _ => Vec::new(),
    }
}

fn of_release(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let view = &release(db, item).view;
    let name = |at: &At<std::sync::Arc<Reference>>| (at.value.name.to_string(), at.place);
    let ships = view.ship.iter().filter_map(|ship| ship.service.as_ref()).map(name);
    let retires = view.retire.iter().filter_map(|retire| retire.service.as_ref());
    let moved = ships.chain(retires.map(|service| (service.value.to_string(), service.place)));
    let mut found = twice(moved, |name| format!("`{name}` is shipped or retired twice"));
    let stages = view.stages.iter().filter_map(|stage| stage.environment.as_ref()).map(name);
    found.extend(twice(stages, |name| format!("the release goes to `{name}` twice")));
    let common = view.common_slot.iter().map(name);
    found.extend(twice(common, |name| format!("`{name}` stands here twice")));
    for stage in &view.stages {
        let gates = stage.gates.iter().map(|at| {
            let args: Vec<String> =
                at.value.args.iter().map(|(name, value)| format!("{name} = {value}")).collect();
            (format!("{}({})", at.value.name, args.join(", ")), at.place)
        });
        found.extend(twice(gates, |gate| {
            format!("the gate `{}` stands here twice", gate.trim_end_matches("()"))
        }));
    }
    found
}

/// Those that stand a second time.
fn twice(all: impl Iterator<Item = (String, Place)>, message: impl Fn(&str) -> String) -> Vec<Diagnostic> {
    let mut seen: FxHashMap<String, Place> = FxHashMap::default();
    let mut found = Vec::new();
    for (text, place) in all {
        match seen.entry(text) {
            Entry::Occupied(known) => found.push(
                Diagnostic::new(catalogue::SAID_TWICE, message(known.key()), place, "a second time")
                    .related(*known.get(), "it stands here already")
                    .help("take one of them out"),
            ),
            Entry::Vacant(new) => {
                new.insert(place);
            }
        }
    }
    found
}
