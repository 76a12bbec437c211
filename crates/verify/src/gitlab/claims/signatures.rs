//! The key that signs records: it is a file that GitLab gives to every job of the branch, and that the commands of `clearway` alone are told.

use clearway_plan::Guarantee;

use super::shared::FILE;
use crate::finding::{Broken, Spot};
use crate::gitlab::way::Way;
use crate::in_order;

/// The variable with the file.
const KEY: &str = "CLEARWAY_LEDGER_KEY";

/// What is expected of the variable.
const EXPECTATIONS: &str = ".clearway/settings/gitlab/expectations.json";

/// How the script takes the key away before it hands it to `clearway`.
const TAKES: [&str; 4] = [
    "ledger_key=\"$(< \"${CLEARWAY_LEDGER_KEY}\")\"",
    "rm -f -- \"${CLEARWAY_LEDGER_KEY}\"",
    "unset CLEARWAY_LEDGER_KEY",
    "CLEARWAY_LEDGER_KEY=\"${ledger_key}\" env ",
];

/// How a job does that has no use for it.
const FORGETS: [&str; 2] = ["rm -f -- \"${CLEARWAY_LEDGER_KEY}\"", "unset CLEARWAY_LEDGER_KEY"];

/// Where the plan names keys, `clearway` has the private one, no command of the repository finds it, and the variable is as it must be.
pub(super) fn signatures(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    for pipeline in std::iter::once(&way.pipeline).chain(way.stages.values()) {
        if pipeline.variables.contains_key(KEY) {
            let spot = Spot::new(&pipeline.file, &["variables", KEY]);
            broken.push(spot.says("the key that signs records is another one than the project's"));
        }
    }
    for (name, job) in way.jobs() {
        if job.value.pointer(&format!("/variables/{KEY}")).is_some() {
            let what = format!("`{name}` has another key than the project's");
            broken.push(job.spot().key("variables").says(what));
        }
    }
    if way.emitted.plan.signed_by.is_empty() {
        return Ok(broken);
    }
    let script = way.emitted.files.get(FILE).map(String::as_str).unwrap_or_default();
    if let Err(why) = in_order(script, &TAKES) {
        broken.push(Spot::new(FILE, &[]).says(why));
    }
    for (name, job) in way.jobs() {
        let before = job.lines("before_script");
        let reads = before.lines().any(|line| line == format!(". {FILE}"));
        if job.trigger.is_none() && !reads && in_order(&before, &FORGETS).is_err() {
            let what = format!("commands of `{name}` find the key that signs records");
            broken.push(job.spot().key("before_script").says(what).of(Guarantee::Credentials));
        }
    }
    let expected = way.emitted.files.get(EXPECTATIONS).map(String::as_str).unwrap_or_default();
    let expected: serde_json::Value = serde_json::from_str(expected).map_err(|error| error.to_string())?;
    for (pointer, value) in [("/protected", serde_json::json!(true)), ("/variable_type", "file".into())] {
        let all = expected["expectations"].as_array().into_iter().flatten();
        let looks = |one: &serde_json::Value| {
            let url = one["url"].as_str().unwrap_or_default();
            url.ends_with(&format!("/variables/{KEY}")) && one["pointer"] == pointer && one["equals"] == value
        };
        if !all.into_iter().any(looks) {
            let what = format!("nobody looks at {pointer} of the variable with the key that signs records");
            broken.push(Spot::new(EXPECTATIONS, &["expectations"]).says(what).of(Guarantee::Credentials));
        }
    }
    Ok(broken)
}
