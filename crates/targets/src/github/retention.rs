//! How long GitHub keeps what a run leaves.

use clearway_plan::{Origin, Plan};

use super::steps::Context;
use crate::{Hindrance, Obstacle, Settings};

/// The longest that an artifact of a run is kept, in days: in a public repository, and in any other.
const LONGEST: (u64, u64) = (90, 400);

fn longest(settings: &Settings) -> u64 {
    let is_public = settings.target.get("visibility").is_some_and(|visibility| visibility == "public");
    if is_public { LONGEST.0 } else { LONGEST.1 }
}

/// For how many days the step that keeps records of a kind asks; nothing where the spec does not say.
pub(super) fn retention_days(context: &Context<'_>, records: &str) -> Option<(&'static str, String)> {
    let days = context.plan.retention.get(records)?;
    Some(("retention-days", (*days).min(longest(context.settings)).to_string()))
}

/// What is to be kept for longer than GitHub does.
pub(super) fn too_long(plan: &Plan, settings: &Settings, found: &mut Vec<Obstacle>) {
    let longest = longest(settings);
    for records in ["evidence", "artifacts"] {
        let Some(days) = plan.retention.get(records).filter(|days| **days > longest) else { continue };
        for release in &plan.releases {
            found.push(Obstacle {
                origin: Origin::new("release", &release.name),
                message: format!(
                    "GitHub keeps the {records} of a run for {longest} days, and not for {days}"
                ),
                help: format!(
                    "copy them to where they are kept for longer, within {longest} days of the run"
                ),
                is_fatal: false,
                kind: Hindrance::Form,
            });
        }
    }
}
