//! What must stand in no workflow, and what must stand in each.

use std::collections::BTreeSet;

use clearway_tests::github::{Graph, is_pinned};

use super::Broken;
use crate::emitted::Way;

/// What must stand in no workflow, and what must stand in each; also in what the clock starts.
pub(super) fn hardening(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = hard(way, &way.graph)?;
    let clock = way.clock()?;
    if let Some(graph) = &clock {
        broken.extend(hard(way, graph)?);
    }
    for (file, workflow) in &way.folder.workflows {
        let none = workflow.permissions.as_ref().is_some_and(|permissions| {
            ["contents", "id-token", "packages", "actions"].iter().all(|scope| permissions.level(scope) == 0)
        });
        if !none {
            broken.push(format!("{file} gives its jobs permissions"));
        }
        // The clock may ramp flags, and starts nothing else.
        let ramps = file.ends_with("-flags.yml") && workflow.jobs.keys().all(|job| job.starts_with("flag-"));
        let events = workflow.events();
        if events != ["workflow_dispatch"]
            && events != ["workflow_call"]
            && !(ramps && events == ["schedule", "workflow_dispatch"])
        {
            broken.push(format!("{file} is started by {events:?}"));
        }
    }
    Ok(broken)
}

fn hard(way: &Way<'_>, graph: &Graph) -> Result<Broken, String> {
    let mut broken = Vec::new();
    broken.extend(
        graph
            .actions()
            .iter()
            .filter(|used| !is_pinned(&used.what))
            .map(|used| format!("`{}` uses {}", used.job, used.what)),
    );
    for script in graph.scripts() {
        if script.what.contains("${{") {
            broken.push(format!("`{}` has an expression in a script", script.job));
        }
        // Only what is put aside for a list may come to nothing.
        if script.what.matches("|| true").count() != script.what.matches("|| true)").count() {
            broken.push(format!("`{}` goes on after an error", script.job));
        }
    }
    broken.extend(
        graph.silenced().iter().map(|found| format!("`{}` goes on after {} failed", found.job, found.what)),
    );
    broken.extend(graph.strangers().iter().map(|found| format!("`{}` reads {}", found.job, found.what)));
    broken.extend(
        graph.legs_that_fall_together().iter().map(|job| format!("the legs of `{job}` fall together")),
    );
    for node in &graph.nodes {
        let is_call = node.called.is_some();
        if !is_call && node.job.timeout_minutes.is_none() {
            broken.push(format!("`{}` has no time limit", node.id));
        }
        if node.job.condition_text().contains("${{") {
            broken.push(format!("`{}` has braces in its condition", node.id));
        }
        if node.job.secrets.is_some() {
            broken.push(format!("`{}` is given secrets", node.id));
        }
        for step in node.job.steps() {
            if step.run.is_some() && step.shell.as_deref() != Some("bash") {
                broken.push(format!("`{}`: a script without bash", node.id));
            }
        }
    }
    for job in graph.identities(&way.folder) {
        let node = &graph.nodes[graph.find(&job).ok_or("no such job")?];
        let uses = node.job.steps().iter().any(|step| {
            let action = step.uses.as_deref().unwrap_or_default();
            let asks = step.run.as_deref().unwrap_or_default();
            ["aws-actions/", "google-github-actions/", "azure/", "actions/attest"]
                .iter()
                .any(|name| action.starts_with(name))
                || asks.contains("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
        });
        if !uses {
            broken.push(format!("`{job}` may prove an identity that it does not need"));
        }
    }
    let roles: BTreeSet<&str> = way
        .emitted
        .plan
        .environments
        .values()
        .filter_map(|place| Some(place.credentials.as_ref()?.role.as_str()))
        .collect();
    for node in &graph.nodes {
        let stands = node.job.environment().map(|environment| environment.name);
        for step in node.job.steps() {
            let texts = step.with.values().chain(step.env.values()).map(clearway_tests::github::Scalar::text);
            for text in texts.filter(|text| roles.contains(text.as_str())) {
                let its = way.emitted.plan.environments.iter().any(|(name, place)| {
                    place.credentials.as_ref().is_some_and(|credentials| credentials.role == text)
                        && (stands.as_ref() == Some(name) || stands == Some(format!("{name}-rollback")))
                });
                if !its {
                    broken.push(format!("`{}` takes the role {text} outside of its environment", node.id));
                }
            }
        }
    }
    Ok(broken)
}
