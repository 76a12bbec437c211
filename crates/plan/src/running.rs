//! What is said of the running system besides its deployments: alerts and flags.

use jiff::civil;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::gate::Requirement;
use crate::ir::{Command, Origin};
#[cfg(doc)]
use crate::rollout::DEFAULT_OVER;
use crate::rollout::Share;

/// A condition that somebody is told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Alert {
    /// The declaration.
    pub origin: Origin,
    /// What it is about.
    pub service: String,
    /// The condition.
    pub when: Requirement,
    /// The time over which it is measured, in seconds, where the spec says it; else [`DEFAULT_OVER`], for queries that need one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<u64>,
    /// How long it must hold before anybody is told, in seconds.
    pub lasts: u64,
    /// How soon somebody must look: `info`, `warning`, `critical`.
    pub severity: String,
    /// The labels by which alerts are told together.
    pub group_by: Vec<String>,
    /// Where it says what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runbook: Option<String>,
    /// The team that is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify: Option<String>,
    /// Where it holds.
    pub environments: Vec<String>,
}

/// A part of a service that is turned on by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Flag {
    /// The declaration.
    pub origin: Origin,
    /// What it is a part of.
    pub service: String,
    /// What everybody is answered before it is ramped.
    pub default: bool,
    /// How it reaches everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ramp: Option<Ramp>,
    /// The day by which nobody asks for it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<civil::Date>,
}

/// How a flag reaches everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Ramp {
    /// The shares of the users, in order.
    pub shares: Vec<Share>,
    /// The command that puts a share in place.
    pub command: Command,
}

impl Flag {
    /// The shares for which there is a configuration: that of nobody, and those of the ramp.
    pub fn shares(&self) -> Vec<Decimal> {
        let mut shares = vec![Decimal::ZERO];
        shares.extend(self.ramp.iter().flat_map(|ramp| &ramp.shares).map(|share| share.percent.normalize()));
        shares.sort_unstable();
        shares.dedup();
        shares
    }
}
