//! What is done again and again by the clock, as every product must have it: what its job calls, and what it calls where a person says that
//! something was looked at.

use clearway_plan::{Path, PathKind, Plan, Recurring, Release};

/// Whether a way is the one with which what belongs to no release is looked at.
pub(crate) fn is_looked_at_with(plan: &Plan, release: &Release, path: &Path) -> bool {
    path.kind == PathKind::Release && plan.releases.first().is_some_and(|first| first.name == release.name)
}

/// The command that fails where it is overdue, or something is missing.
pub(crate) const fn command(of: Recurring) -> &'static str {
    match of {
        Recurring::AccessReview => "access verify",
        Recurring::ChangeReview => "report review",
        Recurring::Archive => "report bundle",
    }
}

/// The command by which a person says that it was looked at, where the plan asks somebody to.
pub(crate) fn record(of: Recurring, plan: &Plan) -> Option<&'static str> {
    of.recorded_by(plan)?;
    match of {
        Recurring::AccessReview => Some("record review access"),
        Recurring::ChangeReview => Some("record review change"),
        Recurring::Archive => None,
    }
}

/// What a call of it must have.
pub(crate) fn lacks(script: &str, words: &[&str]) -> Option<String> {
    let missing = words.iter().find(|word| !script.contains(**word))?;
    Some(format!("it does not say `{missing}`"))
}
