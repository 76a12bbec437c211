//! How a job can end, and sets of that.

use std::fmt;

/// How a job ends, as those that need it see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// All its steps succeeded.
    Success,
    /// A step failed, or its environment was refused.
    Failure,
    /// Its time was up, it was pushed out of a queue, or the run was cancelled.
    Cancelled,
    /// Its condition was false.
    Skipped,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Success, Self::Failure, Self::Cancelled, Self::Skipped];

    /// The word of `needs.X.result`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The ends that are possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcomes(u8);

impl Outcomes {
    /// No end.
    pub const NONE: Self = Self(0);

    /// These.
    pub fn of(outcomes: &[Outcome]) -> Self {
        outcomes.iter().fold(Self::NONE, |set, outcome| set.with(*outcome))
    }

    /// One more.
    #[must_use]
    pub const fn with(self, outcome: Outcome) -> Self {
        Self(self.0 | (1 << outcome as u8))
    }

    /// Those of both.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether an end is possible.
    pub const fn has(self, outcome: Outcome) -> bool {
        self.0 & (1 << outcome as u8) != 0
    }

    /// Whether an end is the only one.
    pub const fn is(self, outcome: Outcome) -> bool {
        self.0 == 1 << outcome as u8
    }

    /// The ends, in order.
    pub fn list(self) -> Vec<Outcome> {
        Outcome::ALL.into_iter().filter(|outcome| self.has(*outcome)).collect()
    }

    /// The end, where only one is possible.
    pub fn only(self) -> Option<Outcome> {
        match *self.list().as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }
}
