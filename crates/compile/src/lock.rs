//! `clearway.lock`: actions that are taken at another commit than the one that is built in.

use std::collections::BTreeMap;

use clearway_model::{Db, Workspace, locked};
use clearway_targets::Pin;

/// The pinned actions. What is wrong with the file was told by the check, without which nothing is emitted.
pub(crate) fn pins(workspace: &Workspace) -> BTreeMap<String, Pin> {
    let actions = locked(workspace, workspace.project()).as_ref().map(|lock| &lock.actions);
    let pin = |(name, pin): (&String, &clearway_model::lock::ActionPin)| {
        (name.clone(), Pin { version: pin.version.clone(), commit: pin.commit.clone() })
    };
    actions.into_iter().flatten().map(pin).collect()
}
