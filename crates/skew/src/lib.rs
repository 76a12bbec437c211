//! Version skew and safe order: from what is live to what ships, through compatible states alone.
//!
//! A *state* gives each service, or each named group of its replicas, the versions that are live at once. It is *compatible* when
//! every rule holds for all live versions that it speaks of. [`prove`] looks for a safe order: waves of moves such that every state in
//! which each move of a wave has not begun, is half-way or has finished is compatible. It answers with the order, or with irreducible
//! sets of facts that exclude every order; what is not known proves nothing and is asked for.
//!
//! The way of a problem: `exclude` turns rules into pairs of versions that exclude one another (`world`); `actor` says what moves at
//! once and which steps there are; `game` says which configurations of two actors exclude one another; `components` separates what is
//! entangled from what only has to wait; `search` finds an order within each entangled set, `solve` puts them together, `waves` packs
//! the moves. Where there is none, `conflict` says why and `opening` what would help.
//!
//! Plain data in and out: no spec, no disk, no clock.

mod actor;
mod answer;
mod components;
mod conflict;
mod exclude;
mod game;
mod limit;
mod numbers;
mod opening;
mod path;
mod problem;
mod search;
mod solve;
mod state;
mod variation;
mod waves;
mod why;
mod world;

pub use answer::{
    Answer, BadState, Budget, Cause, Clash, Conflict, Missing, Move, Opening, Order, Refusal, RuleKind,
    Standing, Unknown, Wave,
};
pub use path::{Position, Stray, on_path};
pub use problem::{
    After, Distance, Facts, Finality, Limit, MoveKind, Origin, Problem, Relation, Requirement, Service, Skew,
    Together, Unit,
};
pub use state::{Step, Unsafe, replay, standing_violations};
pub use why::{Link, why};
pub use world::World;

use solve::{Solved, solve};
use variation::Variation;

/// A safe order, or why there is none.
pub fn prove(world: &World, budget: Budget) -> Answer {
    let variation = Variation::default();
    match solve(world, &variation, None, budget.states) {
        Solved::Order { game, steps, free } => {
            let standing = conflict::standing(world);
            if standing.conflicts.is_empty() {
                Answer::Order(waves::order(&game, &steps, free))
            } else {
                Answer::No(standing)
            }
        }
        Solved::Stuck { stuck, beyond } => {
            let mut refusal = conflict::refuse(world, &stuck, &beyond, budget.states);
            refusal.conflicts.extend(conflict::standing(world).conflicts);
            Answer::No(refusal)
        }
    }
}
