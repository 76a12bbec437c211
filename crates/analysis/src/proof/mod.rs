//! The order of a release: for each stage the moves in waves, from what is deployed to what ships.
//!
//! A *move* takes one service, or one named group of its replicas, to another version. The moves of a *wave* may be made at the same
//! time; a wave begins when the one before it has finished. A service that does not move has no move.

mod bridge;
mod problem;
mod rules;
mod stage;
mod told;
mod why;

use clearway_model::{Db, Item, Workspace, release};
use smol_str::SmolStr;

pub use clearway_skew::{Finality, MoveKind, Order};

use crate::query::release_stage;
use crate::shipments::judged;

pub(crate) use problem::{Asked, asked};
pub(crate) use rules::{Rules, Sets};
pub(crate) use stage::{Answered, StageProof, diagnostics, stage};
pub use why::Wait;
pub(crate) use why::why;

/// A release with the order that holds in each of its stages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvedRelease {
    /// The release.
    pub release: Item,
    /// Its stages, in the order of the text; one for each, also where nothing moves.
    pub stages: Vec<ProvedStage>,
}

/// What moves in one environment, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvedStage {
    /// The environment.
    pub environment: SmolStr,
    /// The moves in the order in which they are made, none of them empty; in a wave by name.
    pub waves: Vec<Vec<Move>>,
    /// The first wave with a move that cannot be undone.
    pub no_return: Option<usize>,
    /// The same order as it was proved, for who has to know whether it still holds: see [`clearway_skew::on_path`].
    pub order: Order,
}

/// One service, or one group of its replicas, goes to another version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The service.
    pub service: SmolStr,
    /// The group of its replicas; `None` where it has none.
    pub group: Option<SmolStr>,
    /// The versions that are live before, as written; none on a first deployment.
    pub from: Vec<String>,
    /// The version after; `None` when it is retired.
    pub to: Option<String>,
    /// How it moves.
    pub kind: MoveKind,
    /// When it can no longer be undone; `None` when it always can.
    pub finality: Option<Finality>,
    /// The name of the declaration that makes several services move as one: such moves are in the same wave.
    pub together: Option<SmolStr>,
    /// The last wave after which it may still be undone alone, while everything else stays; `None` when it cannot be undone.
    pub undo_until: Option<usize>,
    /// No replica of it serves half-way.
    pub downtime: bool,
}

/// The releases that are judged, with their orders, in the order of the files.
pub(crate) fn proved_releases(workspace: &Workspace) -> Vec<ProvedRelease> {
    let proved = |item: Item| {
        let stages = release(workspace, item).view.stages.iter().enumerate();
        // A project of which anything is unproved is not checked.
        let stages =
            stages.filter_map(|(index, _)| release_stage(workspace, item, index as u32).stage.clone());
        ProvedRelease { release: item, stages: stages.collect() }
    };
    judged(workspace, workspace.project()).map(proved).collect()
}
