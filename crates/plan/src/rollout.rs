//! Rollouts: how new versions come in, and what is watched meanwhile.

use serde::{Deserialize, Serialize};

use crate::gate::Requirement;
use crate::ir::Origin;

/// How new versions come into an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Rollout {
    /// The declaration; none where the stage names no rollout, and every replica is replaced in turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Old and new versions serve together.
    pub overlap: bool,
    /// The shares of the traffic, in order; none where all of it goes over at once.
    pub shares: Vec<Share>,
    /// What is watched while it is under way and in the bake time.
    pub watches: Vec<Watch>,
    /// What happens when that does not hold.
    pub on_breach: Breach,
}

/// A share of the traffic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Share {
    /// In percent.
    #[serde(with = "rust_decimal::serde::str")]
    pub percent: rust_decimal::Decimal,
    /// How long it is held and watched, in seconds.
    pub hold: u64,
}

/// Over how many seconds is measured where the spec does not say it.
pub const DEFAULT_OVER: u64 = 5 * 60;

/// A condition that must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Watch {
    /// The condition.
    pub require: Requirement,
    /// The time over which it is measured, in seconds.
    pub over: u64,
}

/// What happens when a watched condition does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Breach {
    /// Back to the version before.
    Rollback,
    /// It stays as it is until a person decides.
    Pause,
}

impl Rollout {
    /// How long one service's shares are held, in seconds.
    pub fn held(&self) -> u64 {
        self.shares.iter().map(|share| share.hold).sum()
    }
}
