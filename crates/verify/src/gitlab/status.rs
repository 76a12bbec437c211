//! What becomes of jobs, and what several of them come to.

use std::collections::BTreeSet;

/// The status of a job or a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Not looked at yet.
    Created,
    /// It waits for a person.
    Manual,
    /// It succeeded.
    Success,
    /// It failed, and nothing minds.
    Warned,
    /// It waits for a person, and nothing minds.
    Ignored,
    /// It failed.
    Failed,
    /// It was cancelled.
    Canceled,
    /// It was left out.
    Skipped,
}

impl Status {
    /// Whether nothing more becomes of it.
    pub const fn is_complete(self) -> bool {
        matches!(self, Self::Success | Self::Failed | Self::Canceled | Self::Skipped)
    }

    /// As others see it, where it may fail.
    pub(super) const fn seen(self, allow_failure: bool) -> Self {
        match (self, allow_failure) {
            (Self::Failed | Self::Canceled, true) => Self::Warned,
            (Self::Manual, true) => Self::Ignored,
            (status, _) => status,
        }
    }

    /// What several come to: for a job that needs them, or for one in a later stage and for the pipeline.
    pub(super) fn of(all: impl IntoIterator<Item = Self>, needed: bool) -> Self {
        use Status::{Canceled, Created, Failed, Ignored, Manual, Skipped, Success, Warned};
        let all: BTreeSet<Self> = all.into_iter().collect();
        let only = |some: &[Self]| {
            all.iter().any(|one| some.contains(one)) && all.iter().all(|one| some.contains(one))
        };
        if all.is_empty() {
            Success
        } else if needed && (all.contains(&Skipped) || all.contains(&Ignored)) {
            Skipped
        } else if needed && !only(&[Success, Failed, Canceled, Skipped, Warned]) {
            Created
        } else if only(&[Skipped, Ignored]) {
            Skipped
        } else if only(&[Success, Skipped, Warned, Ignored]) {
            Success
        } else if only(&[Created, Warned, Ignored]) {
            Created
        } else if only(&[Canceled, Success, Skipped, Warned, Ignored]) {
            Canceled
        } else if only(&[Created, Skipped, Warned, Ignored]) {
            Created
        } else if all.contains(&Manual) {
            Manual
        } else if all.contains(&Created) {
            Created
        } else {
            Failed
        }
    }
}
