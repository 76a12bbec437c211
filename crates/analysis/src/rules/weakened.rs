//! A policy only tightens what it extends: a control that it adds to weighs no less than before.

use clearway_diagnostics::{Diagnostic, catalogue};
use clearway_model::views::{self, Control, Policy};
use clearway_model::{Db, Item, instance, lower};

use crate::control::{Weight, own};

pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    if item.kind(db) != "policy" {
        return Vec::new();
    }
    let lowered = lower(db, item);
    let policy: Policy = views::of(lowered);
    let mut diagnostics = Vec::new();
    for base in &lowered.bases {
        let extended: Policy = views::of(instance(db, base));
        for before in &extended.controls {
            let same = |control: &&Control| id(control).is_some() && id(control) == id(before);
            let Some(after) = policy.controls.iter().find(same) else { continue };
            let (Some(severity), Some(was)) = (&after.severity, &before.severity) else { continue };
            if Weight::of(after) >= Weight::of(before) {
                continue;
            }
            let number = id(before).unwrap_or_default();
            let message = format!(
                "control `{number}` of `{}` is weakened from {} to {}",
                base.name, was.value, severity.value
            );
            let mut diagnostic = Diagnostic::new(
                catalogue::WEAKENED_CONTROL,
                message,
                severity.place,
                "weighs less than what it extends",
            );
            if let Some(place) = own(db, was.place) {
                diagnostic = diagnostic.related(place, format!("it is {} here", was.value));
            }
            diagnostics.push(
                diagnostic
                    .help("leave the severity out, or let a waiver through what cannot be met for a time"),
            );
        }
    }
    diagnostics
}

fn id(control: &Control) -> Option<&str> {
    control.id.as_ref().map(|id| &*id.value)
}
