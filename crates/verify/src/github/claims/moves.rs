//! What a job does that moves something: it looks first, records, and moves what was built.

use std::collections::BTreeSet;

use crate::github::{Node, Scalar, StepsRun};
use clearway_plan::{Stage, StepKind, Wave};

use super::{calls, within};
use crate::finding::Broken;
use crate::github::way::Way;

/// In the job that deploys, window and basis are looked at before anything moves, and it moves only then.
pub(super) fn moment(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    for step in way.deployments() {
        let node = way.node(&step.id)?;
        let steps = || node.spot().key("steps");
        let (scenario, assumed) = within(way, &node.id)?;
        let (window, begin, end) =
            (calls(node, "window check"), calls(node, "record begin"), calls(node, "record end"));
        let ([window], [begin], [end]) = (window.as_slice(), begin.as_slice(), end.as_slice()) else {
            broken.push(steps().says(format!(
                "`{}` looks {} times at windows, begins {} times, ends {} times",
                node.id,
                window.len(),
                begin.len(),
                end.len()
            )));
            continue;
        };
        for guard in [window, begin] {
            let behind =
                way.graph.steps_behind(&scenario, &node.id, &assumed, *guard).map_err(|e| e.to_string())?;
            for place in (begin + 1..*end).filter(|place| !behind.contains(place)) {
                let [title, guard] = [place, *guard].map(|place| node.job.steps()[place].title());
                broken.push(steps().says(format!("`{}`: `{title}` runs without `{guard}`", node.id)));
            }
        }
        if end - begin < 2 {
            broken.push(steps().says(format!("`{}` deploys nothing", node.id)));
        }
    }
    Ok(broken)
}

/// Whatever happens to a move that began, its end is recorded; and a way back undoes all that it can.
pub(super) fn records(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let acts = |does: &StepKind| {
        matches!(does, StepKind::Deploy { .. } | StepKind::Rollback { .. } | StepKind::Flag { .. })
    };
    for step in way.steps(acts) {
        let nodes = way.nodes(step)?;
        for node in &nodes {
            broken.extend(records_ends(way, node)?);
        }
        if let StepKind::Rollback { environment } = &step.does {
            let stage = way.release.stage(environment).ok_or("a way back without a stage")?;
            let begun = nodes.iter().flat_map(|node| {
                let begins = calls(node, "record begin").into_iter().map(|place| &node.job.steps()[place]);
                begins.map(|step| step.env.get("SERVICE").map(Scalar::text).unwrap_or_default())
            });
            if !begun.eq(undone(stage)) {
                let what = format!("`{}` does not undo what moved, the last move first", step.id);
                broken.push(way.node(&step.id)?.spot().key("steps").says(what));
            }
        }
    }
    Ok(broken)
}

/// The services of the moves that can be undone, the last one first: behind a point of no return nothing before it can.
fn undone(stage: &Stage) -> Vec<&str> {
    let is_final = |wave: &&Wave| wave.moves.iter().any(|moved| moved.is_final);
    let until = stage.waves.iter().rposition(|wave| is_final(&wave)).unwrap_or_default();
    let moves = stage.waves[until..].iter().rev().flat_map(|wave| wave.moves.iter().rev());
    moves.filter(|moved| !moved.is_final).map(|moved| moved.service.as_str()).collect()
}

fn records_ends(way: &Way<'_>, node: &Node) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let (scenario, assumed) = within(way, &node.id)?;
    let (begins, ends) = (calls(node, "record begin"), calls(node, "record end"));
    if begins.is_empty() || begins.len() != ends.len() {
        let what = format!("`{}` begins {} times and ends {} times", node.id, begins.len(), ends.len());
        broken.push(node.spot().key("steps").says(what));
    }
    for (begin, end) in begins.into_iter().zip(ends) {
        for place in begin + 1..end {
            for failed in [true, false] {
                let mut one = assumed.clone();
                if failed {
                    one.fail.push(place);
                } else {
                    one.cut = Some(place);
                }
                let run = StepsRun::of(&way.graph, &scenario, &node.id, &one).map_err(|e| e.to_string())?;
                if run.has_run(place) && !run.has_run(end) {
                    let title = node.job.steps()[place].title();
                    let what = format!("`{}`: nothing is recorded when `{title}` ends badly", node.id);
                    broken.push(node.spot().key("steps").says(what));
                }
            }
        }
    }
    Ok(broken)
}

/// What was deployed is looked at as the plan says, without credentials, and a stage is accepted only after all of that.
pub(super) fn looks(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    for step in way.steps(|does| matches!(does, StepKind::Smoke { .. })) {
        let StepKind::Smoke { service, .. } = &step.does else { continue };
        let node = way.node(&step.id)?;
        let wanted = way.emitted.plan.artifacts.get(service).map(|artifact| artifact.smokes.as_slice());
        let runs = node.job.steps().iter().filter(|step| {
            step.condition.is_none() && step.run.as_deref().is_some_and(|run| run.contains("\"${COMMAND}\""))
        });
        let count = runs.filter(|step| step.env.contains_key("COMMAND")).count();
        if count != wanted.unwrap_or_default().len() {
            broken.push(node.spot().key("steps").says(format!("`{}` has {count} smoke tests", node.id)));
        }
    }
    for step in way.steps(|does| matches!(does, StepKind::Validate { .. })) {
        let stage = step.does.environment().and_then(|environment| way.release.stage(environment));
        let stage = stage.ok_or("a validation without a stage")?;
        let node = way.node(&step.id)?;
        let watched: Vec<_> =
            calls(node, "watch").into_iter().map(|place| &node.job.steps()[place]).collect();
        let is_watched = stage.watches().chain(&stage.validates).next().is_some();
        let validates =
            watched.iter().any(|step| step.run.as_deref().is_some_and(|run| run.contains("--validate")));
        if (is_watched && watched.len() != 1) || validates == stage.validates.is_empty() {
            let what = format!("`{}` does not look at what its stage watches and validates", node.id);
            broken.push(node.spot().key("steps").says(what));
        }
    }
    for step in way.steps(|does| matches!(does, StepKind::Accept { .. })) {
        let closure = way.closure(step);
        let looks = |does: &StepKind| matches!(does, StepKind::Smoke { .. } | StepKind::Validate { .. });
        for look in way.steps(looks).iter().filter(|look| look.does.environment() == step.does.environment())
        {
            if !closure.contains(look.id.as_str()) {
                let what = format!("`{}` does not wait for `{}`", step.id, look.id);
                broken.push(way.node(&step.id)?.spot().key("needs").says(what));
            }
        }
    }
    Ok(broken)
}

/// What is deployed is what was built in this run, by digest.
pub(super) fn digest(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let makes = |does: &StepKind| matches!(does, StepKind::Build { .. } | StepKind::Import { .. });
    for step in way.deployments() {
        let node = way.node(&step.id)?;
        let around: Vec<&Node> = way.calls_around(node).collect();
        let Some((call, between)) = around.split_last() else {
            broken.push(node.spot().says(format!("`{}` is called by nobody", node.id)));
            continue;
        };
        let told = told(way, call);
        for made in way.steps(makes) {
            if !told.contains(&made.id) {
                let what = format!("`{}` is not told the digest of `{}`", call.id, made.id);
                broken.push(call.spot().key("with").says(what));
            }
        }
        for one in between.iter().filter(|one| !way.graph.reads(&one.id).contains("inputs.subjects")) {
            broken.push(one.spot().key("with").says(format!("`{}` does not hand the digests on", one.id)));
        }
        if !way.graph.reads(&node.id).contains("inputs.subjects") {
            broken.push(node.spot().says(format!("`{}` does not look at the digests", node.id)));
        }
    }
    Ok(broken)
}

/// The jobs whose digests a call is told: by themselves, or by the workflow that they stand in.
fn told(way: &Way<'_>, call: &Node) -> BTreeSet<String> {
    let mut told = BTreeSet::new();
    for read in way.graph.reads(&call.id) {
        let Some((job, output)) = read.strip_prefix("needs.").and_then(|rest| rest.split_once(".outputs."))
        else {
            continue;
        };
        if output == "digest" {
            told.insert(job.to_owned());
        }
        told.extend(way.graph.given(job, output).iter().filter_map(|given| {
            Some(given.strip_prefix("jobs.")?.strip_suffix(".outputs.digest")?.to_owned())
        }));
    }
    told
}
