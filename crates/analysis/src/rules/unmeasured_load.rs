//! A load profile in a gate that reads no load test: nothing could be held against it.

use clearway_diagnostics::{Diagnostic, catalogue};
use clearway_model::views::{self, Gate};
use clearway_model::vocabulary::Vocabulary;
use clearway_model::{Db, Item, lower};
use smol_str::SmolStr;

pub(crate) fn check(db: &dyn Db, item: Item) -> Option<Diagnostic> {
    let lowered = lower(db, item);
    if item.kind(db) != "gate" || lowered.broken || !lowered.diagnostics.is_empty() {
        return None;
    }
    let view: Gate = views::of(lowered);
    let load = view.load?;
    let functions = &Vocabulary::get().functions;
    let reads_load =
        |function: &SmolStr| functions.get(function).is_some_and(|reader| reader.measures("load"));
    if view.evidence.iter().any(|report| reads_load(&report.value.function)) {
        return None;
    }
    let message = format!("the gate `{}` reads no load test", item.name(db));
    let diagnostic = Diagnostic::new(
        catalogue::UNMEASURED_LOAD,
        message,
        load.place,
        "nothing is measured under this load",
    );
    let diagnostic = match view.evidence.first() {
        Some(other) => diagnostic.related(other.place, "this says nothing of the load"),
        None => diagnostic,
    };
    Some(diagnostic.help("add `evidence = k6(\"…\")` or `jmeter(\"…\")`, or leave the profile out"))
}
