//! What must stand in no workflow, and what must stand in each.

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::{Guarantee, Recurring};

use crate::github::{Found, Graph, Node, is_pinned};

use crate::finding::{Broken, Spot};
use crate::github::folder::spot;
use crate::github::way::Way;

/// What must stand in no workflow, and what must stand in each; also in what the clock starts.
pub(super) fn hardening(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = hard(way, &way.graph)?;
    for graph in &way.clocks()? {
        broken.extend(hard(way, graph)?);
    }
    for (file, workflow) in &way.folder.workflows {
        let none = workflow.permissions.as_ref().is_some_and(|permissions| {
            ["contents", "id-token", "packages", "actions"].iter().all(|scope| permissions.level(scope) == 0)
        });
        if !none {
            let what = format!("{file} gives its jobs permissions");
            broken.push(spot(file, &["permissions"]).says(what));
        }
        // The clock may ramp flags and begin what is done again and again, and starts nothing else.
        let again = Recurring::of(&way.emitted.plan)
            .any(|one| *file == format!("{}.yml", one.name()) && workflow.jobs.keys().eq([one.job()]));
        let ramps = file.ends_with("-flags.yml") && workflow.jobs.keys().all(|job| job.starts_with("flag-"));
        let events = workflow.events();
        // A pull request is looked at, and starts nothing else.
        let looks = file == "clearway-review.yml" && workflow.jobs.keys().eq(["comment", "review"]);
        if events != ["workflow_dispatch"]
            && events != ["workflow_call"]
            && !((ramps || again) && events == ["schedule", "workflow_dispatch"])
            && !(looks && events == ["pull_request"])
        {
            broken.push(spot(file, &["on"]).says(format!("{file} is started by {events:?}")));
        }
    }
    Ok(broken)
}

/// Where something that was found stands.
fn at(graph: &Graph, found: &Found, key: &'static str) -> Spot {
    let node = graph.find(&found.job).and_then(|at| graph.nodes.get(at));
    node.map_or_else(|| spot(&graph.file, &["jobs"]), Node::spot).key(key)
}

fn hard(way: &Way<'_>, graph: &Graph) -> Result<Broken, String> {
    let mut broken = Vec::new();
    broken.extend(
        graph
            .actions()
            .iter()
            .filter(|used| !is_pinned(&used.what))
            .map(|used| at(graph, used, "steps").says(format!("`{}` uses {}", used.job, used.what))),
    );
    for script in graph.scripts() {
        if script.what.contains("${{") {
            let what = format!("`{}` has an expression in a script", script.job);
            broken.push(at(graph, &script, "steps").says(what));
        }
        // Only what is put aside for a list may come to nothing.
        if script.what.matches("|| true").count() != script.what.matches("|| true)").count() {
            let what = format!("`{}` goes on after an error", script.job);
            broken.push(at(graph, &script, "steps").says(what));
        }
    }
    broken.extend(graph.silenced().iter().map(|found| {
        let what = format!("`{}` goes on after {} failed", found.job, found.what);
        at(graph, found, "continue-on-error").says(what)
    }));
    let mut strangers: BTreeMap<String, (Spot, BTreeSet<String>)> = BTreeMap::new();
    for found in graph.strangers() {
        let unknown = found.what.split('.').nth(1).unwrap_or_default();
        let spot = at(graph, &found, "needs");
        strangers.entry(found.job).or_insert((spot, BTreeSet::new())).1.insert(format!("`{unknown}`"));
    }
    broken.extend(strangers.into_iter().map(|(job, (spot, unknown))| {
        let unknown = unknown.into_iter().collect::<Vec<_>>().join(", ");
        let what =
            format!("`{job}` asks about jobs that it does not need, of which it is told nothing: {unknown}");
        spot.says(what).of(Guarantee::Outcome)
    }));
    broken.extend(graph.untold().iter().map(|found| {
        let what = format!("`{}` reads `{}`, which its workflow is not told", found.job, found.what);
        at(graph, found, "steps").says(what).of(Guarantee::Digest)
    }));
    broken.extend(graph.legs_that_fall_together().iter().filter_map(|job| {
        let node = graph.find(job).and_then(|at| graph.nodes.get(at))?;
        Some(node.spot().key("strategy").says(format!("the legs of `{job}` fall together")))
    }));
    for node in &graph.nodes {
        let is_call = node.called.is_some();
        if !is_call && node.job.timeout_minutes.is_none() {
            broken.push(node.spot().says(format!("`{}` has no time limit", node.id)));
        }
        if node.job.condition_text().contains("${{") {
            let what = format!("`{}` has braces in its condition", node.id);
            broken.push(node.spot().key("if").says(what));
        }
        if node.job.secrets.is_some() {
            broken.push(node.spot().key("secrets").says(format!("`{}` is given secrets", node.id)));
        }
        for step in node.job.steps() {
            if step.run.is_some() && step.shell.as_deref() != Some("bash") {
                broken.push(node.spot().key("steps").says(format!("`{}`: a script without bash", node.id)));
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
            let what = format!("`{job}` may prove an identity that it does not need");
            broken.push(node.spot().key("permissions").says(what));
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
            let texts = step.with.values().chain(step.env.values()).map(crate::github::Scalar::text);
            for text in texts.filter(|text| roles.contains(text.as_str())) {
                let its = way.emitted.plan.environments.iter().any(|(name, place)| {
                    place.credentials.as_ref().is_some_and(|credentials| credentials.role == text)
                        && (stands.as_ref() == Some(name) || stands == Some(format!("{name}-rollback")))
                });
                if !its {
                    let what = format!("`{}` takes the role {text} outside of its environment", node.id);
                    broken.push(node.spot().key("environment").says(what));
                }
            }
        }
    }
    Ok(broken)
}
