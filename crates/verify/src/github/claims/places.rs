//! Locks, and the environments whose settings protect them.

use std::collections::{BTreeMap, BTreeSet};

use crate::github::{Claim, Node};
use clearway_plan::{Guarantee, StepKind};

use super::{never, seats};
use crate::finding::{Broken, Spot};
use crate::github::way::Way;

/// What the settings must be.
pub(super) const EXPECTATIONS: &str = ".clearway/settings/github/expectations.json";

/// One job holds the lock of an environment over all that happens there; others wait in line.
pub(super) fn locks(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let holders = way.graph.holders(&way.folder);
    // The way back as a run of its own waits behind nobody, and so takes no lock of GitHub's.
    let locked = way.path.steps.iter().filter(|step| step.lock.is_some() && way.is_forward());
    let mut groups: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for step in locked {
        for node in way.nodes(step)? {
            let job = node.id.as_str();
            let held = holders
                .iter()
                .find(|holder| holder.job.is_some() && holder.in_line && holder.over.contains(job));
            // A stage is held by whoever calls it.
            let holding = way.calls_around(node).last().unwrap_or(node).spot();
            let (Some(held), Some(lock), Some(environment)) = (held, &step.lock, step.does.environment())
            else {
                broken.push(holding.says(format!("`{job}` holds no lock")));
                continue;
            };
            groups.entry((lock, environment)).or_default().insert(held.job.as_deref().unwrap_or_default());
            if held.turns.group != format!("clearway-lock-{lock}") {
                let what = format!("`{job}` holds `{}`", held.turns.group);
                broken.push(holding.key("concurrency").says(what));
            }
        }
    }
    for ((_, environment), jobs) in groups {
        if jobs.len() > 1 {
            broken.push(way.spot().says(format!("the lock of {environment} is let go between {jobs:?}")));
        }
    }
    for (node, environment) in ramps(way)? {
        let lock = way.emitted.plan.environments.get(environment).map(|place| place.lock.as_str());
        let held = node.job.concurrency.as_ref().filter(|held| held.waits_in_line());
        let group = held.map(|held| held.turns().group);
        if group != lock.map(|lock| format!("clearway-lock-{lock}")) {
            let what = format!("`{}` ramps without the lock of {environment}", node.id);
            broken.push(node.spot().key("concurrency").says(what));
        }
    }
    for step in way.steps(|does| matches!(does, StepKind::Approval { .. })) {
        // Who waits for people before a deployment holds up nobody.
        let before = step.after_failure_of.is_empty();
        for seat in seats(way, step) {
            if before && holders.iter().any(|holder| holder.in_line && holder.over.contains(&seat.id)) {
                broken.push(seat.spot().says(format!("`{}` waits for people in a queue", seat.id)));
            }
        }
    }
    for found in way.graph.deadlocks(&way.folder) {
        let node = way.graph.find(&found.job).and_then(|at| way.graph.nodes.get(at));
        let spot = node.map_or_else(|| way.spot(), Node::spot).key("concurrency");
        broken.push(spot.says(format!("`{}` waits for itself", found.job)));
    }
    Ok(broken)
}

/// The jobs that ramp flags, after a release and by the clock, each with its environment; each step has one of both.
fn ramps<'w>(way: &'w Way<'_>) -> Result<Vec<(Node, &'w str)>, String> {
    let clock = way.clock()?;
    let mut found = Vec::new();
    for step in way.steps(|does| matches!(does, StepKind::Flag { .. })) {
        let environment = step.does.environment().unwrap_or_default();
        let by_the_clock =
            clock.as_ref().and_then(|graph| graph.nodes.iter().find(|node| node.local == step.id));
        found.push((way.node(&step.id)?.clone(), environment));
        found.push((by_the_clock.ok_or("a ramp that no clock goes on with")?.clone(), environment));
    }
    Ok(found)
}

/// Deployments, ways back and approvals stand in environments of their own, and the settings of each are looked at first.
pub(super) fn environments(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let found = way.graph.environments();
    let name = |job: &str| found.get(job).map(|environment| environment.name.clone());
    for step in &way.path.steps {
        let wanted = match &step.does {
            StepKind::Deploy { environment, .. } | StepKind::Flag { environment, .. } => environment.clone(),
            StepKind::Rollback { environment } => format!("{environment}-rollback"),
            _ => continue,
        };
        for node in way.nodes(step)? {
            let name = name(&node.id);
            if name.as_ref() != Some(&wanted) {
                let stands = name.map_or_else(|| "no environment".to_owned(), |name| format!("`{name}`"));
                let what = format!("`{}` stands in {stands}", node.id);
                broken.push(node.spot().key("environment").says(what));
            }
        }
    }
    for (node, environment) in ramps(way)? {
        if node.job.environment().map(|stands| stands.name).as_deref() != Some(environment) {
            let what = format!("`{}` ramps outside of {environment}", node.id);
            broken.push(node.spot().key("environment").says(what));
        }
    }
    let deploying: BTreeSet<&String> = way.emitted.plan.environments.keys().collect();
    let mut taken = BTreeSet::new();
    for step in way.steps(|does| matches!(does, StepKind::Approval { .. })) {
        let StepKind::Approval { chain, step: asked, .. } = &step.does else { continue };
        let need = way
            .emitted
            .plan
            .approvals
            .get(chain)
            .and_then(|chain| chain.step(asked))
            .map_or(1, |step| step.need);
        let seats = seats(way, step);
        if seats.len() < need as usize {
            let what = format!("`{}` has {} seats for {need}", step.id, seats.len());
            broken.push(way.node(&step.id)?.spot().key("needs").says(what));
        }
        for seat in seats {
            let environment = name(&seat.id).unwrap_or_default();
            if deploying.contains(&environment) || !taken.insert(environment.clone()) {
                let what = format!("`{}` asks in `{environment}`, where others ask or deploy", seat.id);
                broken.push(seat.spot().key("environment").says(what));
            }
        }
        let look = way.node(&step.id)?;
        let script = look
            .job
            .steps()
            .iter()
            .filter_map(|step| step.run.as_deref())
            .find(|run| run.contains("approval verify"));
        let told = ["--seats", "--deployer \"${GITHUB_TRIGGERING_ACTOR}\"", "--requested-by"];
        if !script.is_some_and(|script| told.iter().all(|word| script.contains(word))) {
            let what = format!("`{}` does not look who agreed", step.id);
            broken.push(look.spot().key("steps").says(what).of(Guarantee::Approvals));
        }
    }
    for node in way.graph.nodes.iter().filter(|node| found.contains_key(&node.id) && node.id != "preflight") {
        let what = format!("`{}` starts without `preflight`", node.id);
        let claim = Claim::starts(&node.id).and(!Claim::succeeds("preflight"));
        broken.extend(never(&way.graph, node.spot().key("if"), &what, &claim)?);
    }
    Ok(broken)
}

/// The first job compares the settings of every environment with what is expected, which is what protects it.
pub(super) fn settings(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let compares = way.node("preflight")?.job.steps().iter().any(|step| {
        let script = step.run.as_deref().unwrap_or_default();
        step.condition.is_none() && script.contains("/clearway\" preflight") && script.contains(EXPECTATIONS)
    });
    if !compares {
        let spot = way.node("preflight")?.spot().key("steps");
        broken.push(spot.says("nobody compares the settings"));
    }
    let text = way.emitted.files.get(EXPECTATIONS).ok_or("nothing is expected")?;
    let read: serde_json::Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let expected = read["expectations"].as_array().ok_or("nothing is expected")?;
    let seats: BTreeSet<String> = {
        let asked = way.steps(|does| matches!(does, StepKind::Approval { .. }));
        asked.into_iter().flat_map(|step| seats(way, step)).map(|seat| seat.id.clone()).collect()
    };
    for (job, environment) in way.graph.environments() {
        let at = format!("/repos/{{repository}}/environments/{}", environment.name);
        let is = |place: &str, pointer: &str, wanted: &dyn Fn(&serde_json::Value) -> bool| {
            let url = format!("{at}{place}");
            expected.iter().any(|one| one["url"] == url && one["pointer"] == pointer && wanted(one))
        };
        let some = |one: &serde_json::Value| one["same-set"].as_array().is_some_and(|set| !set.is_empty());
        let protected = is("", "/can_admins_bypass", &|one| one["equals"] == false)
            && is("", "/deployment_branch_policy/custom_branch_policies", &|one| one["equals"] == true)
            && is("/deployment-branch-policies", "/branch_policies", &some);
        let asks = !seats.contains(&job) || is("", "/reviewers", &some);
        if !protected || !asks {
            let what = format!("too little is expected of the environment of `{job}`");
            broken.push(Spot::new(EXPECTATIONS, &["expectations"]).says(what));
        }
    }
    Ok(broken)
}
