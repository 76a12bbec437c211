//! What the jobs share: the action of the repository that gets the binary and the plan of the run.

use std::collections::BTreeSet;

use clearway_plan::Guarantee;
use serde_json::Value;

use crate::finding::{Broken, Spot};
use crate::gets_what_is_pinned;
use crate::github::is_pinned;
use crate::github::way::Way;

/// The actions of the repository that jobs use are there, get what is pinned, compare the plan of the run, and hide no failure.
pub(super) fn shared(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let used =
        way.graph.nodes.iter().flat_map(|node| node.job.steps()).filter_map(|step| step.uses.as_deref());
    let own = used.filter_map(|uses| uses.strip_prefix("./").or_else(|| uses.strip_prefix("$/")));
    for action in own.collect::<BTreeSet<_>>() {
        let file = format!("{action}/action.yml");
        let spot = || Spot::new(&file, &["runs", "steps"]);
        let Some(text) = way.emitted.files.get(&file) else {
            broken.push(spot().says("there is no such action").of(Guarantee::Digest));
            continue;
        };
        let read: Result<Value, _> = serde_saphyr::from_str(text);
        let Ok(read) = read else {
            broken.push(spot().says("it is no action").of(Guarantee::Digest));
            continue;
        };
        let steps = read.pointer("/runs/steps").and_then(Value::as_array).cloned().unwrap_or_default();
        for step in &steps {
            broken.extend(hides(step).map(|what| spot().says(what).of(Guarantee::Credentials)));
        }
        let said =
            |step: &Value, key: &str| step.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let compares = steps.iter().any(|step| {
            said(step, "run")
                .contains("echo \"${DIGEST#sha256:}  .clearway/run/plan.json\" | sha256sum --check --strict")
                && matches!(said(step, "if").as_str(), "" | "inputs.plan-digest != ''")
                && step.pointer("/env/DIGEST").and_then(Value::as_str) == Some("${{ inputs.plan-digest }}")
        });
        if !compares {
            broken.push(spot().says("nobody compares the plan of the run").of(Guarantee::Digest));
        }
    }
    Ok(broken)
}

/// What a step of an action does that nobody would see.
fn hides(step: &Value) -> Option<String> {
    let said = |key: &str| step.get(key).and_then(Value::as_str).unwrap_or_default();
    let (uses, run) = (said("uses"), said("run"));
    let image = step.pointer("/env/IMAGE").and_then(Value::as_str);
    if !uses.is_empty() && !is_pinned(uses) {
        Some(format!("the action uses {uses}"))
    } else if run.contains("${{") {
        Some("the action has an expression in a script".to_owned())
    } else if run.contains("|| true") || step.get("continue-on-error").is_some() {
        Some("the action goes on after an error".to_owned())
    } else if !gets_what_is_pinned(run, image) {
        Some("the binary is not the one that is pinned".to_owned())
    } else {
        None
    }
}
