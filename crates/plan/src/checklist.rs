//! Checklists: what must be done before a stage, item by item.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::approval::Within;
use crate::ir::Origin;

/// What must be done before a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Checklist {
    /// The declaration.
    pub origin: Origin,
    /// The items, in the order of the spec.
    pub items: Vec<ChecklistItem>,
}

/// An item of a checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ChecklistItem {
    /// What it is called when it is attested: its text in lower case with hyphens.
    pub id: String,
    /// What must be done.
    pub text: String,
    /// Who decides it.
    pub by: Decider,
}

/// Who decides an item of a checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decider {
    /// A gate, which must have passed in the run.
    Gate(String),
    /// A policy, of whose controls each must be met when it is asked, or be waived.
    Policy {
        /// Its name.
        policy: String,
        /// The controls that are not met, each with the end of what waives it.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        open: BTreeMap<String, Option<Timestamp>>,
    },
    /// One of the people of a team or role.
    People {
        /// The team or role.
        group: String,
        /// How long an attestation holds; without it, one holds for the commit that it names.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within: Option<Within>,
    },
}
