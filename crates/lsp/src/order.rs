//! The order in which a release moves things, as it is proved: in words.

use std::fmt::Write as _;

use clearway_analysis::check;
use clearway_analysis::proof::{Move, ProvedStage};
use clearway_model::{Item, Workspace};

/// The stages of a release with their orders; `None` while anything in the project is wrong: then nothing is proved.
pub(crate) fn of_release(workspace: &Workspace, release: Item) -> Option<Vec<ProvedStage>> {
    let releases = check(workspace).checked?.releases();
    releases.into_iter().find(|proved| proved.release == release).map(|proved| proved.stages)
}

/// A stage in a few words: `3 moves in 2 waves`.
pub(crate) fn short(stage: &ProvedStage) -> String {
    let moves: usize = stage.waves.iter().map(Vec::len).sum();
    match (moves, stage.waves.len()) {
        (0, _) => "nothing moves".to_owned(),
        (1, _) => "1 move".to_owned(),
        (moves, 1) => format!("{moves} moves at once"),
        (moves, waves) => format!("{moves} moves in {waves} waves"),
    }
}

/// A stage wave by wave, in Markdown.
pub(crate) fn long(stage: &ProvedStage) -> String {
    let mut text = format!("`{}`: {}", stage.environment, short(stage));
    for (at, wave) in stage.waves.iter().enumerate() {
        let moves: Vec<String> = wave.iter().map(one).collect();
        let _ = write!(text, "\n{}. {}", at + 1, moves.join(", "));
        if stage.no_return == Some(at) {
            text += " (here is the point of no return)";
        }
    }
    text
}

/// `ledger` 2.3.0 → 2.3.1
fn one(one: &Move) -> String {
    let group = one.group.as_ref().map(|group| format!(" {group}")).unwrap_or_default();
    let to = one.to.as_deref().unwrap_or("retired");
    let from = if one.from.is_empty() { String::new() } else { format!("{} → ", one.from.join(", ")) };
    format!("`{}`{group} {from}{to}", one.service)
}
