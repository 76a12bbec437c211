//! Gates: what must be measured before anything is deployed.

use serde::{Deserialize, Serialize};

use crate::condition::Condition;
use crate::ir::{Command, Origin};

/// Measured conditions without which nothing is deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Gate {
    /// The declaration.
    pub origin: Origin,
    /// Where the figures come from.
    pub evidence: Vec<Evidence>,
    /// What must hold, all of it.
    pub requires: Vec<Requirement>,
    /// Evidence older than this does not count, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u64>,
    /// The command that makes the evidence, where neither a build nor a test does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Command>,
}

/// Reports of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Evidence {
    /// The reader, by its name in the language: `junit`, `lcov`, `prometheus`.
    pub reader: String,
    /// Globs of files, relative to the repository; or the address of a server.
    pub sources: Vec<String>,
}

/// A condition with its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Requirement {
    /// As it is written, in one line.
    pub text: String,
    /// The condition.
    pub condition: Condition,
}
