//! What is done again and again by the clock, whichever release there was: each has a pipeline of its own on every product.

use serde::{Deserialize, Serialize};

use crate::ir::Plan;

/// Something that the clock begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recurring {
    /// Somebody looks at who may do what.
    AccessReview,
    /// Somebody looks at each change in production after it was made.
    ChangeReview,
    /// All that an auditor asks for is put away.
    Archive,
}

impl Recurring {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::AccessReview, Self::ChangeReview, Self::Archive];

    /// What its pipeline is called; no release may have this name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccessReview => "clearway-access-review",
            Self::ChangeReview => "clearway-post-implementation-review",
            Self::Archive => "clearway-archive",
        }
    }

    /// Its one job.
    pub const fn job(self) -> &'static str {
        match self {
            Self::AccessReview => "access-review",
            Self::ChangeReview => "post-implementation-review",
            Self::Archive => "archive",
        }
    }

    /// The team or role of which a person records that it was done; nothing is recorded where there is none.
    pub fn recorded_by(self, plan: &Plan) -> Option<&str> {
        let ours = plan.retrospective.as_ref()?;
        match self {
            Self::AccessReview => ours.access_review.as_ref().map(|review| review.by.as_str()),
            Self::ChangeReview => ours.reviews.as_ref()?.by.as_deref(),
            Self::Archive => None,
        }
    }

    /// All that a plan asks for.
    pub fn of(plan: &Plan) -> impl Iterator<Item = Self> + '_ {
        plan.recurring.keys().copied()
    }
}
