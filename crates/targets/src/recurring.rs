//! What is done again and again by the clock: when that is, and what it is called. Each product has a pipeline for each.

use clearway_plan::{Origin, Path, PathKind, Plan, Recurring, Release, Step, StepKind};

use crate::obstacles::fatal;
use crate::{Hindrance, Obstacle};

/// How long each may take, in seconds.
pub(crate) const LASTS: u64 = 15 * 60;

/// When the clock looks whether a ramp of flags goes on: a share may be held for days, and goes on within the hour.
pub(crate) const RAMPS: &str = "17 * * * *";

/// When the clock begins it: what may be overdue is looked at every day, and everything is put away once a week. Not on the hour, when the
/// clocks of all others begin.
pub(crate) const fn cron(of: Recurring) -> &'static str {
    match of {
        Recurring::AccessReview => "23 5 * * *",
        Recurring::ChangeReview => "37 5 * * *",
        Recurring::Archive => "51 5 * * 1",
    }
}

/// What it is, in words.
pub(crate) const fn words(of: Recurring) -> &'static str {
    match of {
        Recurring::AccessReview => "review of who may do what",
        Recurring::ChangeReview => "review of changes in production",
        Recurring::Archive => "archive of all that an auditor asks for",
    }
}

/// The release that its job is emitted for: one of nothing, as it is of no release.
pub(crate) fn of_nothing(plan: &Plan, of: Recurring) -> Release {
    let step = Step {
        id: of.job().to_owned(),
        does: StepKind::Outcome,
        origin: Origin::new("project", &plan.project),
        needs: Vec::new(),
        after_failure_of: Vec::new(),
        timeout: LASTS,
        lock: None,
    };
    Release {
        name: of.name().to_owned(),
        class: "standard".to_owned(),
        change: None,
        requested_by: None,
        tag: None,
        milestone: None,
        common_slot: Vec::new(),
        ships: Vec::new(),
        retires: Vec::new(),
        stages: Vec::new(),
        rollback: None,
        accepts: Vec::new(),
        controls: Vec::new(),
        paths: vec![Path { kind: PathKind::Release, steps: vec![step] }],
    }
}

/// Releases whose files would be those of one of these.
pub(crate) fn names(plan: &Plan, found: &mut Vec<Obstacle>) {
    for one in Recurring::of(plan) {
        if plan.release(one.name()).is_some() {
            let message = format!("`{}` is the pipeline of the {}", one.name(), words(one));
            let obstacle =
                fatal(Origin::new("release", one.name()), message, "give the release another name");
            found.push(Obstacle { kind: Hindrance::Name, ..obstacle });
        }
    }
}
