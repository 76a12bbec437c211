//! Tables of which nobody could tell what is open.

use clearway_diagnostics::{Diagnostic, catalogue};
use clearway_model::views::{self, At, Gate};
use clearway_model::{CallValue, Db, Item, ValueKind, lower};
use std::sync::Arc;

pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    if item.kind(db) != "gate" {
        return Vec::new();
    }
    let view: Gate = views::of(lower(db, item));
    view.evidence.iter().chain(&view.baseline).filter_map(incomplete).collect()
}

fn incomplete(report: &At<Arc<CallValue>>) -> Option<Diagnostic> {
    let call = &report.value;
    let argument = |name: &str| call.args.iter().find(|(arg, _)| arg == name).map(|(_, value)| value);
    let is_named = |meaning: &str| {
        argument(meaning)
            .is_some_and(|value| !matches!(&value.kind, ValueKind::Text(text) if text.is_empty()))
    };
    let rows = argument("rows")?;
    if rows.is_open() || rows.to_string() == "feedback" || is_named("status") || is_named("closed") {
        return None;
    }
    let message = format!("nobody could tell which {rows} are open");
    Some(
        Diagnostic::new(catalogue::INCOMPLETE_MAPPING, message, report.place, "neither `status` nor `closed` is mapped")
            .help("name the column with the state, `status = \"…\"`, or the one with the time it ended, `closed = \"…\"`"),
    )
}
