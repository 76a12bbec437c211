//! A lock that is held while a person is waited for: whoever deploys next waits as long. People are asked before a stage takes its lock;
//! going back is excepted, for nothing else can be done there meanwhile.

use clearway_diagnostics::{Diagnostic, catalogue};
use clearway_model::views::{self, Rollout};
use clearway_model::{Db, Item, environment, instance, release};

pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    if item.kind(db) != "release" || views::is_template(db, item) {
        return Vec::new();
    }
    let stages = release(db, item).view.stages.iter();
    let waits = stages.filter_map(|stage| {
        let (target, rollout) = (stage.environment.as_ref()?, stage.rollout.as_ref()?);
        let view: Rollout = views::of(instance(db, &rollout.value));
        let paused = view.on_breach.filter(|action| action.value == "pause" && !view.watches.is_empty())?;
        let name = &target.value.name;
        let place = &environment(db, target.value.item).view;
        let (lock, held) = match &place.lock {
            Some(lock) => (&lock.value, Some(lock.place)),
            None => (name, None),
        };
        let message = format!("a breach in `{name}` holds the lock `{lock}` until a person decides");
        let mut told = Diagnostic::new(
            catalogue::LOCK_WAITS,
            message,
            rollout.place,
            "this rollout pauses, and what waits for the lock waits with it",
        )
        .related(paused.place, "stays as it is until somebody decides");
        if let Some(held) = held {
            told = told.related(held, "what shares this lock waits too");
        }
        Some(told.help("`on-breach = rollback` goes back at once and gives the lock free"))
    });
    waits.collect()
}
