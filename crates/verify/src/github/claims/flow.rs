//! What starts after what: order, gates, approvals, the way back, the outcome, another attempt.

use std::collections::BTreeSet;

use crate::github::{Claim, Node};
use clearway_plan::{Guarantee, PathKind, Step, StepKind};

use super::{decides, helpers, never, seats};
use crate::finding::{Broken, Finding};
use crate::github::way::Way;
use crate::kept_by;

/// The guards without which a step starts, each with the run in which it does.
fn without(way: &Way<'_>, step: &Step, guards: &[&str]) -> Result<Broken, String> {
    let mut broken = Vec::new();
    for node in way.nodes(step)? {
        broken.extend(starts_without(way, node, guards)?);
    }
    Ok(broken)
}

fn starts_without(way: &Way<'_>, node: &Node, guards: &[&str]) -> Result<Broken, String> {
    let guards = guards.iter().map(|guard| way.job(guard)).collect::<Result<Vec<_>, _>>()?;
    let starts = Claim::starts(&node.id);
    let missing = guards.iter().map(|guard| !Claim::succeeds(guard)).collect();
    let spot = || node.spot().key("if");
    // One search over all of them, which finds nothing as a rule.
    if never(&way.graph, spot(), &format!("`{}` starts", node.id), &starts.clone().and(Claim::Any(missing)))?
        .is_empty()
    {
        return Ok(Vec::new());
    }
    let mut broken = Vec::new();
    for guard in guards {
        let what = format!("`{}` starts without `{guard}`", node.id);
        let claim = starts.clone().and(!Claim::succeeds(guard));
        let spot = beside(way, node, guard).spot().key("if");
        let found = never(&way.graph, spot, &what, &claim)?.into_iter();
        broken.extend(found.map(|one| {
            match kept_by(way.path, guard.rsplit('/').next().unwrap_or_default()) {
                Some(guarantee) => one.of(guarantee),
                None => one,
            }
        }));
    }
    Ok(broken)
}

/// The job, or the call around it, that stands in one workflow with a guard: what lets the job start without the guard is written there.
fn beside<'w>(way: &'w Way<'_>, node: &'w Node, guard: &str) -> &'w Node {
    let at = |at: usize| way.graph.nodes.get(at);
    let level = way.graph.find(guard).and_then(at).map(|guard| guard.parent);
    let calls = std::iter::successors(Some(node), |node| node.parent.and_then(at));
    calls.into_iter().find(|call| level == Some(call.parent)).unwrap_or(node)
}

/// A step starts only after everything it needs succeeded.
pub(super) fn order(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    for step in way.path.steps.iter().filter(|step| step.does != StepKind::Outcome) {
        let needs: Vec<&str> = step.needs.iter().map(String::as_str).collect();
        broken.extend(without(way, step, &needs)?.into_iter().map(|one| one.of(Guarantee::Order)));
    }
    Ok(broken)
}

/// Nothing is deployed unless all gates of its stage passed, its checklist is complete, all people agreed, and the settings were right.
pub(super) fn gates_and_approvals(way: &Way<'_>) -> Result<Broken, String> {
    let guards = |does: &StepKind| {
        matches!(
            does,
            StepKind::Gate { .. }
                | StepKind::Checklist { .. }
                | StepKind::Approval { .. }
                | StepKind::Preflight
        )
    };
    let mut broken = Vec::new();
    for step in way.deployments() {
        let closure = way.closure(step);
        let before = way.steps(guards).into_iter().map(|guard| guard.id.as_str());
        let before: Vec<&str> = before.filter(|guard| closure.contains(guard)).collect();
        broken.extend(without(way, step, &before)?);
        let StepKind::Deploy { environment, .. } = &step.does else { continue };
        let stage = way.release.stage(environment).ok_or("a deployment without a stage")?;
        let chain = match way.path.kind {
            PathKind::Emergency => stage.emergency.as_ref(),
            _ => stage.approval.as_ref(),
        };
        let chain = chain.and_then(|chain| way.emitted.plan.approvals.get(chain));
        let asked = chain.map_or(0, |chain| chain.steps.len());
        let required = chain.into_iter().flat_map(|chain| &chain.steps).flat_map(|step| &step.requires);
        let gates: BTreeSet<&String> = stage.gates.iter().chain(required).collect();
        let count = |wanted: fn(&StepKind) -> bool| {
            let of_stage =
                way.steps(wanted).into_iter().filter(|other| other.does.environment() == Some(environment));
            of_stage.filter(|other| closure.contains(other.id.as_str())).count()
        };
        let found = (
            count(|does| matches!(does, StepKind::Gate { .. })),
            count(|does| matches!(does, StepKind::Checklist { .. })),
            count(|does| matches!(does, StepKind::Approval { .. })),
        );
        if found != (gates.len(), usize::from(stage.checklist.is_some()), asked) {
            let what = format!("`{}` stands on {found:?} gates, checklists and approvals", step.id);
            broken.push(way.node(&step.id)?.spot().says(what));
        }
    }
    Ok(broken)
}

/// Where all goes well, every step is reached and the run is green; no condition leaves out its status.
pub(super) fn reachable(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    for node in &way.graph.nodes {
        if !node.needs.is_empty() && !node.condition.asks_status {
            let what = format!(
                "`{}` has no condition with a status: a job that was skipped anywhere before it skips it too",
                node.id
            );
            broken.push(node.spot().key("if").says(what));
        }
    }
    if !way.is_forward() {
        for step in way.steps(|does| matches!(does, StepKind::Rollback { .. })) {
            if way
                .graph
                .scenario(&Claim::succeeds(way.job(&step.id)?).and(Claim::Green))
                .map_err(|e| e.to_string())?
                .is_none()
            {
                let what = format!("`{}` is never reached", step.id);
                broken.push(way.node(&step.id)?.spot().says(what));
            }
        }
        return Ok(broken);
    }
    let mut all = vec![Claim::Green];
    for step in way.path.steps.iter().filter(|step| step.after_failure_of.is_empty()) {
        all.push(Claim::succeeds(way.job(&step.id)?));
    }
    if way.graph.scenario(&Claim::All(all)).map_err(|stuck| stuck.to_string())?.is_none() {
        broken.push(Finding::nowhere("no run reaches the end"));
    }
    Ok(broken)
}

/// The way back is taken when a deployment of its stage failed or was cancelled and people agreed, and only then.
pub(super) fn rollback(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    for step in way.path.steps.iter().filter(|step| !step.after_failure_of.is_empty()) {
        let nodes = way.nodes(step)?;
        for (number, node) in nodes.iter().enumerate() {
            broken.extend(starts_after_failure(way, step, node, nodes.get(..number).unwrap_or_default())?);
        }
    }
    let stages =
        way.release.stages.iter().filter(|stage| stage.waves.iter().any(|wave| !wave.moves.is_empty()));
    for stage in stages.filter(|_| way.is_forward()) {
        let deployed =
            way.deployments().iter().any(|step| step.does.environment() == Some(&stage.environment));
        let back = way.steps(
            |does| matches!(does, StepKind::Rollback { environment } if *environment == stage.environment),
        );
        if deployed && back.len() != 1 {
            let what = format!("{} ways back from {}", back.len(), stage.environment);
            broken.push(way.spot().says(what));
        }
    }
    Ok(broken)
}

/// A job of the way back starts when something of its stage broke, people agreed and the jobs before it succeeded, and only then.
fn starts_after_failure(way: &Way<'_>, step: &Step, node: &Node, before: &[&Node]) -> Result<Broken, String> {
    let (job, spot) = (node.id.as_str(), || node.spot().key("if"));
    let mut broken = Vec::new();
    let after = step.after_failure_of.iter().map(|id| way.node(id)).collect::<Result<Vec<_>, _>>()?;
    let mut quiet: BTreeSet<&str> = after.iter().map(|other| other.id.as_str()).collect();
    // The call of a part of the stage is told as cancelled where the run was before any job of the part started.
    for other in &after {
        let around: Vec<&Node> = way.calls_around(other).collect();
        quiet.extend(around.iter().rev().skip(1).map(|call| call.id.as_str()));
    }
    let quiet = quiet.into_iter().map(|other| !Claim::breaks(other)).collect();
    let after: Vec<&str> = after.into_iter().map(|other| other.id.as_str()).collect();
    let claim = Claim::starts(job).and(Claim::All(quiet));
    broken.extend(never(&way.graph, spot(), &format!("`{job}` starts though nothing failed"), &claim)?);
    let needs = step.needs.iter().map(|need| way.job(need)).collect::<Result<Vec<_>, _>>()?;
    let before = before.iter().map(|node| node.id.as_str());
    let earlier: Vec<Claim> = needs.into_iter().chain(before).map(Claim::succeeds).collect();
    let mut agreed = earlier.clone();
    agreed.extend(helpers(way, step).into_iter().map(|helper| Claim::succeeds(&helper.id)));
    // Whether somebody is asked whose step has a condition is decided in the run.
    let asked: Vec<&str> = if decides(way, step) {
        Vec::new()
    } else {
        seats(way, step).into_iter().map(|seat| seat.id.as_str()).collect()
    };
    for failed in after {
        let starting = std::iter::once((job, &agreed)).chain(asked.iter().map(|seat| (*seat, &earlier)));
        for (job, given) in starting {
            let mut claim = vec![Claim::starts(failed), Claim::breaks(failed), !Claim::starts(job)];
            claim.extend(given.iter().cloned());
            let what = format!("`{job}` does not start though `{failed}` broke");
            broken.extend(never(&way.graph, spot(), &what, &Claim::All(claim))?);
        }
    }
    Ok(broken)
}

/// The run is green only if everything succeeded. What the last job looks at is all that it needs: that is looked at here too.
pub(super) fn outcome(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let node = way.node("outcome")?;
    let spot = || node.spot().key("if");
    broken.extend(never(&way.graph, spot(), "the outcome is not looked at", &!Claim::starts("outcome"))?);
    let looks = node.job.steps().iter().any(|step| {
        let all = step.env.get("RESULTS").is_some_and(|text| text.text() == "${{ toJSON(needs) }}");
        let script = step.run.as_deref().unwrap_or_default();
        all && step.condition.is_none()
            && script.contains("== \"success\"")
            && script.contains("--exit-status")
    });
    if !looks {
        broken.push(node.spot().key("steps").says("the outcome does not look at all results"));
    }
    if !way.is_forward() {
        return Ok(broken);
    }
    let every = node.needs.iter().map(|at| Claim::succeeds(&way.graph.nodes[*at].id)).collect();
    let honest = Claim::Any(vec![!Claim::succeeds("outcome"), Claim::All(every)]);
    for step in way.path.steps.iter().filter(|step| step.after_failure_of.is_empty()) {
        let job = way.job(&step.id)?;
        let claim = Claim::All(vec![!Claim::succeeds(job), Claim::Green, honest.clone()]);
        broken.extend(never(&way.graph, spot(), &format!("green without `{job}`"), &claim)?);
    }
    Ok(broken)
}

/// Nobody's agreement of one attempt lets another attempt deploy, and nothing is accepted that was not deployed in the same one.
pub(super) fn attempts(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let mut again = |step: &Step, guards: Vec<&Step>| -> Result<(), String> {
        let node = way.node(&step.id)?;
        let job = node.id.as_str();
        let guards = guards.into_iter().map(|guard| way.job(&guard.id)).collect::<Result<Vec<_>, _>>()?;
        if !guards.is_empty()
            && way.graph.scenario_again(job, &guards).map_err(|stuck| stuck.to_string())?.is_some()
        {
            let guards: Vec<String> = guards.iter().map(|guard| format!("`{guard}`")).collect();
            let what = format!("`{job}` starts in a second attempt without {} of it", guards.join(" or "));
            broken.push(node.spot().key("if").says(what));
        }
        Ok(())
    };
    for step in way.deployments() {
        let closure = way.closure(step);
        let asked = way.steps(|does| matches!(does, StepKind::Approval { .. })).into_iter();
        again(step, asked.filter(|asked| closure.contains(asked.id.as_str())).collect())?;
    }
    let looks = |does: &StepKind| {
        matches!(does, StepKind::Smoke { .. } | StepKind::Validate { .. } | StepKind::Accept { .. })
    };
    for step in way.steps(looks) {
        let moved = way.deployments().into_iter();
        let closure = way.closure(step);
        let of_it = |moved: &&Step| {
            moved.does.environment() == step.does.environment() && closure.contains(moved.id.as_str())
        };
        again(step, moved.filter(of_it).collect())?;
    }
    Ok(broken)
}
