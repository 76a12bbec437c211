//! The guarantees: what every run of an emitted pipeline keeps.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What every run keeps, whatever fails, is skipped, cancelled, retried or times out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Guarantee {
    /// A step starts only after everything it needs succeeded.
    Order,
    /// Nothing is deployed unless each gate of its stage passed for this artifact.
    Gates,
    /// Each step has its quorum of distinct, permitted people.
    Approvals,
    /// No deployment starts outside its windows or in a freeze.
    Windows,
    /// One deployment at a time.
    Locks,
    /// A failed deployment takes its way back.
    Rollback,
    /// Short-lived, only in the deploying step.
    Credentials,
    /// Nothing happens without a record.
    Records,
    /// What was tested is what is deployed.
    Digest,
    /// Green only if all that was required succeeded.
    Outcome,
    /// A run goes on only while what is deployed is what its plan was proved for.
    Basis,
}

impl Guarantee {
    /// Every guarantee, in the order in which they are told.
    pub const ALL: [Self; 11] = [
        Self::Order,
        Self::Gates,
        Self::Approvals,
        Self::Windows,
        Self::Locks,
        Self::Rollback,
        Self::Credentials,
        Self::Records,
        Self::Digest,
        Self::Outcome,
        Self::Basis,
    ];

    /// Its word in the language.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Gates => "gates",
            Self::Approvals => "approvals",
            Self::Windows => "windows",
            Self::Locks => "locks",
            Self::Rollback => "rollback",
            Self::Credentials => "credentials",
            Self::Records => "records",
            Self::Digest => "digest",
            Self::Outcome => "outcome",
            Self::Basis => "basis",
        }
    }

    /// The guarantee with a word.
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|guarantee| guarantee.name() == word)
    }
}

impl fmt::Display for Guarantee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
