//! A quarantine whose last day has passed: no gate applies it any more.

use clearway_diagnostics::{Diagnostic, catalogue};
use clearway_model::views::{self, Quarantine};
use clearway_model::{Db, Item, lower};
use jiff::tz::TimeZone;

pub(crate) fn check(db: &dyn Db, item: Item) -> Option<Diagnostic> {
    if item.kind(db) != "quarantine" || views::is_template(db, item) {
        return None;
    }
    let now = db.project().now(db)?;
    let view: Quarantine = views::of(lower(db, item));
    let until = view.until?;
    if TimeZone::UTC.to_datetime(now).date() <= until.value {
        return None;
    }
    let message = format!("the quarantine `{}` is over: its failures count again", item.name(db));
    Some(
        Diagnostic::new(catalogue::EXPIRED_QUARANTINE, message, until.place, "this day has passed")
            .help("mend the test and remove the quarantine, or agree on another day with its owner")
            .due(now),
    )
}
