//! Comparing versions by their numbers.

use std::cmp::Ordering;

use semver::Version;

use crate::problem::{Distance, Skew};

/// Whether two versions may be live together under a skew rule; the owner's comes first.
pub(crate) fn skew_allows(rule: &Skew, owner: &Version, other: &Version) -> bool {
    let (behind, ahead) = sides(rule);
    match (owner.major, owner.minor).cmp(&(other.major, other.minor)) {
        Ordering::Equal => true,
        Ordering::Less => is_within(behind, owner, other),
        Ordering::Greater => is_within(ahead, other, owner),
    }
}

/// Whether two versions of one service may be live together: whichever side is written holds for both of them.
pub(crate) fn skew_allows_own(rule: &Skew, one: &Version, other: &Version) -> bool {
    let (behind, ahead) = sides(rule);
    let (older, newer) = if one <= other { (one, other) } else { (other, one) };
    let same = (older.major, older.minor) == (newer.major, newer.minor);
    same || is_within(behind, older, newer) || is_within(ahead, older, newer)
}

/// Both sides; one that is not written is 0, counted as the other is.
fn sides(rule: &Skew) -> (Distance, Distance) {
    let zero = |other: Option<Distance>| match other {
        Some(Distance::Major(_)) => Distance::Major(0),
        _ => Distance::Minor(0),
    };
    (rule.behind.unwrap_or_else(|| zero(rule.ahead)), rule.ahead.unwrap_or_else(|| zero(rule.behind)))
}

/// Whether a step from one version to another, up or down, is no longer than a distance.
pub(crate) fn step_allows(distance: Distance, from: &Version, to: &Version) -> bool {
    if from <= to { is_within(distance, from, to) } else { is_within(distance, to, from) }
}

fn is_within(distance: Distance, older: &Version, newer: &Version) -> bool {
    match distance {
        Distance::Any => true,
        Distance::Major(most) => newer.major.saturating_sub(older.major) <= u64::from(most),
        Distance::Minor(most) => {
            older.major == newer.major && newer.minor.saturating_sub(older.minor) <= u64::from(most)
        }
    }
}
