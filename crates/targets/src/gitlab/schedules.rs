//! What the clock starts, and the schedules that start it. On GitLab a clock stands in no file of a pipeline: it is a setting of the project.

use clearway_plan::{Plan, Recurring};
use serde_json::{Value, json};

use super::pipeline::{flags_name, has_flags};
use crate::recurring::{RAMPS, cron, words};

/// Before the description of every schedule of ours, so that a script knows which it may take away.
const OURS: &str = "clearway: ";

/// Whose clock it is.
const ZONE: &str = "UTC";

/// A pipeline that the clock starts.
pub(crate) struct Schedule {
    /// What whoever starts a run chooses, and its file is called.
    pub(crate) pipeline: String,
    /// When.
    pub(crate) cron: &'static str,
    /// What it is, in words; no two have the same.
    pub(crate) description: String,
}

/// The ramps of flags, which go on by the clock.
pub(crate) fn ramps(plan: &Plan) -> Vec<Schedule> {
    let ramped = plan.releases.iter().filter(|release| has_flags(release));
    ramped
        .map(|release| Schedule {
            pipeline: flags_name(release),
            cron: RAMPS,
            description: format!("{OURS}the next shares of the flags of {}", release.name),
        })
        .collect()
}

/// Everything that the clock starts.
pub(crate) fn schedules(plan: &Plan) -> Vec<Schedule> {
    let again = Recurring::of(plan).map(|one| Schedule {
        pipeline: one.name().to_owned(),
        cron: cron(one),
        description: format!("{OURS}{}", words(one)),
    });
    ramps(plan).into_iter().chain(again).collect()
}

/// The body of the call that makes one, but for the branch, which the project knows.
pub(crate) fn body(schedule: &Schedule) -> Value {
    json!({
        "description": schedule.description,
        "cron": schedule.cron,
        "cron_timezone": ZONE,
        "active": true,
        "inputs": [{ "name": "pipeline", "value": schedule.pipeline }]
    })
}
