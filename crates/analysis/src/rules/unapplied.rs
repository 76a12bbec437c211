//! What does nothing by itself, and is named by nothing that would apply it.

use clearway_diagnostics::{Diagnostic, catalogue};
use clearway_model::views::{self, Gate, Release};
use clearway_model::{Db, Item, Project, items, lower};
use rustc_hash::FxHashSet;

/// The kinds, with what is told of one that nothing applies, and what helps.
const KINDS: [(&str, &str, &str); 3] = [
    ("checklist", "no stage asks for it", "name it in a stage: `checklist = …`"),
    (
        "quarantine",
        "it sets nothing aside",
        "name it in the gate that reads these tests: `quarantines = [ … ]`",
    ),
    ("triage", "it sorts nothing", "name it in the gate that reads the findings: `triage = …`"),
];

pub(crate) fn check(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    let all = || project.sources(db).iter().flat_map(|file| items(db, *file)).copied();
    let about = |item: Item| KINDS.iter().find(|(kind, ..)| item.kind(db) == kind);
    let declared: Vec<Item> =
        all().filter(|item| about(*item).is_some() && !views::is_template(db, *item)).collect();
    if declared.is_empty() {
        return Vec::new();
    }
    let mut applied: FxHashSet<Item> = FxHashSet::default();
    for gate in all().filter(|item| item.kind(db) == "gate") {
        let gate: Gate = views::of(lower(db, gate));
        let named = gate.quarantines.iter().chain(&gate.triage);
        applied.extend(named.map(|named| named.value.item));
    }
    for release in all().filter(|item| item.kind(db) == "release") {
        let release: Release = views::of(lower(db, release));
        applied.extend(release.stages.iter().filter_map(|stage| Some(stage.checklist.as_ref()?.value.item)));
    }
    let unapplied = declared.into_iter().filter(|item| !applied.contains(item));
    unapplied
        .filter_map(|item| {
            let (kind, effect, help) = about(item)?;
            let message = format!("nothing applies the {kind} `{}`", item.name(db));
            Some(Diagnostic::new(catalogue::UNAPPLIED, message, item.name_place(db), *effect).help(*help))
        })
        .collect()
}
