//! How guarantees are kept.

use clearway_plan::Guarantee;
use serde::Serialize;

/// By what a guarantee is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kept {
    /// By the product, as it is.
    Native,
    /// By the product, with configuration that is emitted too, and looked at before every run.
    Configured,
    /// By a call of `clearway` in the job.
    Checked,
    /// By nothing.
    NotAtAll,
}

impl Kept {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Configured => "native with configuration",
            Self::Checked => "by a runtime check",
            Self::NotAtAll => "not at all",
        }
    }
}

/// How a target keeps one guarantee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Keeping {
    /// The guarantee.
    pub guarantee: Guarantee,
    /// By what.
    pub kept: Kept,
    /// How, or why not.
    pub how: String,
}

impl Keeping {
    pub(crate) fn new(guarantee: Guarantee, kept: Kept, how: impl Into<String>) -> Self {
        Self { guarantee, kept, how: how.into() }
    }
}
