//! Secrets, by where they are kept, and the data that is put into environments.

use jiff::civil;
use serde::{Deserialize, Serialize};

use crate::ir::{Command, Origin};

/// Something that only few may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Secret {
    /// Where it is kept.
    pub from: SecretSource,
    /// How old it may get, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u64>,
    /// The day on which it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotated: Option<civil::Date>,
}

impl Secret {
    /// The last day on which it is young enough; none where nobody can tell.
    pub fn last_day(&self) -> Option<civil::Date> {
        let days = i64::try_from(self.max_age? / (24 * 60 * 60)).ok()?;
        self.rotated?.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
    }
}

/// Where a secret is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretSource {
    /// In a vault.
    Vault {
        /// Its path there.
        path: String,
        /// The key below it; empty where it has none.
        key: String,
    },
    /// In the store of the platform or the cluster, by its name there.
    Store(String),
}

/// In one line, for whoever gets it: `vault:PATH#KEY`, `store:NAME`.
impl std::fmt::Display for SecretSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Vault { path, key } if key.is_empty() => write!(f, "vault:{path}"),
            Self::Vault { path, key } => write!(f, "vault:{path}#{key}"),
            Self::Store(name) => write!(f, "store:{name}"),
        }
    }
}

/// Data that is put into environments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Dataset {
    /// The declaration.
    pub origin: Origin,
    /// The kinds of data it holds.
    pub class: Vec<String>,
    /// Where it comes from: `production`, `masked`, `synthetic`.
    pub source: String,
    /// How much it is, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume: Option<u64>,
    /// Where it is put.
    pub environments: Vec<String>,
    /// The command that puts it there.
    pub provision: Command,
}
