//! Waivers: gates that for a time need not pass.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Gates that for a time need not pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Waiver {
    /// Its name.
    pub name: String,
    /// The gates.
    pub gates: Vec<String>,
    /// Only on the way to these environments; on the way to all of them without any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<String>,
    /// The incident that makes it necessary.
    pub incident: String,
    /// Who allows it.
    pub approver: String,
    /// When it ends: from then on it does not count.
    pub expires: Timestamp,
    /// When it is looked at again, or in what.
    pub retrospective: String,
    /// Why it is allowed.
    pub reason: String,
}
