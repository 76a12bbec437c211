//! What no emitted pipeline has.

use serde_json::Value;

use crate::finding::{Broken, Spot};
use crate::gitlab::way::Way;

/// Keys that nothing emitted has: what may fail, what is left out, what is inherited from elsewhere, what runs twice.
const NEVER: [&str; 8] =
    ["only", "except", "extends", "cache", "parallel", "start_in", "inherit", "services"];

pub(super) fn hardening(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    for pipeline in std::iter::once(&way.pipeline).chain(way.stages.values()) {
        if pipeline.whole.pointer("/default/interruptible") != Some(&Value::Bool(false)) {
            broken.push(Spot::new(&pipeline.file, &["default"]).says("a new commit may end a run"));
        }
    }
    for (name, job) in way.jobs() {
        if job.allow_failure {
            broken.push(job.spot().key("allow_failure").says(format!("`{name}` may fail")));
        }
        for need in job.value.get("needs").and_then(Value::as_array).into_iter().flatten() {
            if need.get("optional").is_some() || need.get("project").is_some() {
                broken.push(job.spot().key("needs").says(format!("`{name}` may go without what it needs")));
            }
        }
        if let Some(key) = NEVER.iter().find(|key| job.value.get(**key).is_some()) {
            broken.push(job.spot().says(format!("`{name}` has `{key}`")));
        }
        if job.trigger.is_none() && job.value.get("timeout").is_none() {
            broken.push(job.spot().says(format!("`{name}` may take for ever")));
        }
        if let Some(forward) = job.value.pointer("/trigger/forward/pipeline_variables")
            && forward != &Value::Bool(false)
        {
            broken.push(
                job.spot()
                    .key("trigger")
                    .says(format!("`{name}` hands on what a person said besides the inputs")),
            );
        }
        if job.trigger.is_some() && job.value.pointer("/trigger/forward/pipeline_variables").is_none() {
            broken.push(job.spot().key("trigger").says(format!("`{name}` does not say what it hands on")));
        }
        let script = format!("{}\n{}", job.lines("script"), job.lines("before_script"));
        if script.contains("|| true\n") && !script.contains("grep . ") {
            broken.push(job.spot().key("script").says(format!("`{name}` goes on after an error")));
        }
        if script.contains("$[[") {
            broken.push(
                job.spot().key("script").says(format!("a text of a person stands in a script of `{name}`")),
            );
        }
        let takes = job.value.pointer("/id_tokens/CLEARWAY_DEPLOY_TOKEN").is_some();
        if takes && job.value.get("environment").is_none() {
            broken.push(
                job.spot().key("id_tokens").says(format!("`{name}` takes a role outside of an environment")),
            );
        }
        let prefix = name.rsplit('/').next().unwrap_or_default();
        let words = [
            "preflight",
            "build-",
            "import-",
            "test-",
            "scan-",
            "provision-",
            "smoke-",
            "checklist-",
            "flag-",
            "gate-",
            "approval-",
            "deploy-",
            "wave-",
            "validate-",
            "accept-",
            "rollback-",
            "outcome",
        ];
        if !words.iter().any(|word| prefix.starts_with(word)) {
            broken.push(job.spot().says(format!("`{name}` does not say of which kind it is")));
        }
    }
    Ok(broken)
}
