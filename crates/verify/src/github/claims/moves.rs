//! What a job does that moves something: it looks first, records, and moves what was built.

use crate::github::StepsRun;
use clearway_plan::StepKind;

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

/// Whatever happens to a move that began, its end is recorded.
pub(super) fn records(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let acts = |does: &StepKind| {
        matches!(does, StepKind::Deploy { .. } | StepKind::Rollback { .. } | StepKind::Flag { .. })
    };
    for step in way.steps(acts) {
        let node = way.node(&step.id)?;
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
                    let run =
                        StepsRun::of(&way.graph, &scenario, &node.id, &one).map_err(|e| e.to_string())?;
                    if run.has_run(place) && !run.has_run(end) {
                        let title = node.job.steps()[place].title();
                        let what = format!("`{}`: nothing is recorded when `{title}` ends badly", node.id);
                        broken.push(node.spot().key("steps").says(what));
                    }
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
        let Some(call) = node.parent.map(|at| &way.graph.nodes[at]) else {
            broken.push(node.spot().says(format!("`{}` is called by nobody", node.id)));
            continue;
        };
        let told = way.graph.reads(&call.id);
        for made in way.steps(makes) {
            let digest = format!("needs.{}.outputs.digest", made.id);
            if !told.contains(&digest) {
                broken.push(call.spot().key("with").says(format!("`{}` is not told `{digest}`", call.id)));
            }
        }
        if !way.graph.reads(&node.id).contains("inputs.subjects") {
            broken.push(node.spot().says(format!("`{}` does not look at the digests", node.id)));
        }
    }
    Ok(broken)
}
