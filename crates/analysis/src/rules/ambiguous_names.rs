//! Gates, approvals, teams and roles of one name that releases use from different modules: a plan and its records know them by their
//! names alone.

use std::collections::BTreeMap;

use clearway_diagnostics::{Diagnostic, Place, catalogue};
use clearway_model::views::{self, Approval, At};
use clearway_model::{Db, Item, Project, Reference, Value, ValueKind, all_sources, instance, items, release};
use smol_str::SmolStr;

use crate::query;

/// What shares one set of names.
type Key = (&'static str, SmolStr);

pub(crate) fn check(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    let mut uses = Uses { db, first: BTreeMap::new(), told: Vec::new() };
    for item in query::releases(db, project) {
        let view = &release(db, *item).view;
        for stage in &view.stages {
            stage.gates.iter().for_each(|gate| uses.add("gate", &gate.value, gate.place));
            [&stage.approval, &stage.emergency].into_iter().flatten().for_each(|chain| uses.chain(chain));
        }
        let back = view.rollback.as_ref().and_then(|rollback| rollback.approval.as_ref());
        back.into_iter().for_each(|chain| uses.chain(chain));
    }
    uses.told
}

struct Uses<'db> {
    db: &'db dyn Db,
    first: BTreeMap<Key, (Item, Place)>,
    told: Vec<Diagnostic>,
}

impl Uses<'_> {
    fn chain(&mut self, chain: &At<std::sync::Arc<Reference>>) {
        self.add("approval", &chain.value, chain.place);
        let view: Approval = views::of(instance(self.db, &chain.value));
        for step in &view.steps {
            step.requires.iter().for_each(|gate| self.add("gate", &gate.value, gate.place));
            [&step.from, &step.escalate].into_iter().flatten().for_each(|group| self.group(group));
        }
    }

    fn group(&mut self, group: &At<Value>) {
        let ValueKind::Reference(reference) = &group.value.kind else { return };
        // A team or role is looked up by its name: it must be the only one.
        let declared = all_sources(self.db, self.db.project()).flat_map(|file| items(self.db, file));
        let other = declared.copied().find(|item| {
            *item != reference.item
                && item.key(self.db).nth == 0
                && item.name(self.db) == &reference.name
                && matches!(item.kind(self.db).as_str(), "team" | "role")
        });
        match other {
            Some(other) => self.tell("team or role", reference, group.place, other),
            None => self.add("team or role", reference, group.place),
        }
    }

    fn add(&mut self, what: &'static str, reference: &Reference, place: Place) {
        let first = *self.first.entry((what, reference.name.clone())).or_insert((reference.item, place));
        if first.0 != reference.item {
            self.tell(what, reference, place, first.0);
        }
    }

    fn tell(&mut self, what: &str, reference: &Reference, place: Place, other: Item) {
        let name = &reference.name;
        let message =
            format!("releases use two declarations named `{name}`, and a plan knows a {what} by its name");
        self.told.push(
            Diagnostic::new(catalogue::DUPLICATE_NAME, message, place, "one of them is meant here")
                .related(reference.item.name_place(self.db), "this one")
                .related(other.name_place(self.db), "and this has the same name")
                .help("give one of them another name"),
        );
    }
}
