//! What a change does to a guarantee.

use std::fmt;

use serde::Serialize;

/// What a change does to a guarantee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Something is let through that was not.
    Weaker,
    /// Some is let through that was not, and some is not that was; or nobody can tell.
    Incomparable,
    /// Something is not let through that was.
    Stronger,
    /// The same is let through.
    Neutral,
}

impl Verdict {
    /// Every verdict, in the order in which changes are told.
    pub const ALL: [Self; 4] = [Self::Weaker, Self::Incomparable, Self::Stronger, Self::Neutral];

    /// The verdict on what lets something through that was not let through before, or the other way round, or both.
    pub const fn of(lets_more: bool, lets_less: bool) -> Self {
        match (lets_more, lets_less) {
            (true, true) => Self::Incomparable,
            (true, false) => Self::Weaker,
            (false, true) => Self::Stronger,
            (false, false) => Self::Neutral,
        }
    }

    /// The verdict on a limit: the more it allows, the weaker it is.
    pub fn of_limit<T: PartialOrd>(old: &T, new: &T) -> Self {
        match old.partial_cmp(new) {
            Some(order) => Self::of(order.is_lt(), order.is_gt()),
            None => Self::Incomparable,
        }
    }

    /// What it is when the two sides change places.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::Weaker => Self::Stronger,
            Self::Stronger => Self::Weaker,
            other => other,
        }
    }

    /// What several changes of one guarantee come to: where one is weaker, stronger ones do not make up for it.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// Its word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Weaker => "weaker",
            Self::Incomparable => "incomparable",
            Self::Stronger => "stronger",
            Self::Neutral => "neutral",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
