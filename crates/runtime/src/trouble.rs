//! Why a command could not be carried out at all.

use thiserror::Error;

/// What keeps a command from giving an answer: a file, the ledger, a server, how it was called. It is never an answer itself, and
/// whoever asked does not go on.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{what}")]
pub struct Trouble {
    /// What is wrong, in one sentence.
    pub what: String,
    /// What helps, where that is known.
    pub help: Option<String>,
}

impl Trouble {
    /// Something is wrong.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), help: None }
    }

    /// The same with what helps.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
