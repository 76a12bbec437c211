//! What starts after what: order, gates, approvals, the way back, the outcome, another attempt.

use std::collections::BTreeSet;

use clearway_plan::{PathKind, Step, StepKind};
use clearway_tests::github::Claim;

use super::{Broken, decides, helpers, never, seats};
use crate::emitted::Way;

/// A step starts without one of these.
fn without(way: &Way<'_>, step: &str, guards: &[&str]) -> Result<Broken, String> {
    let job = way.job(step)?;
    let missing = guards.iter().map(|guard| way.job(guard).map(|guard| !Claim::succeeds(guard)));
    let claim = Claim::starts(job).and(Claim::Any(missing.collect::<Result<_, _>>()?));
    never(&way.graph, &format!("`{job}` starts without one of {guards:?}"), &claim)
}

/// A step starts only after everything it needs succeeded.
pub(super) fn order(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    for step in way.path.steps.iter().filter(|step| step.does != StepKind::Outcome) {
        let needs: Vec<&str> = step.needs.iter().map(String::as_str).collect();
        broken.extend(without(way, &step.id, &needs)?);
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
        broken.extend(without(way, &step.id, &before)?);
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
            broken.push(format!("`{}` stands on {found:?} gates, checklists and approvals", step.id));
        }
    }
    Ok(broken)
}

/// Where all goes well, every step is reached and the run is green; no condition leaves out its status.
pub(super) fn reachable(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    for node in &way.graph.nodes {
        if !node.needs.is_empty() && !node.condition.asks_status {
            broken.push(format!("`{}` has no condition with a status", node.id));
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
                broken.push(format!("`{}` is never reached", step.id));
            }
        }
        return Ok(broken);
    }
    let mut all = vec![Claim::Green];
    for step in way.path.steps.iter().filter(|step| step.after_failure_of.is_empty()) {
        all.push(Claim::succeeds(way.job(&step.id)?));
    }
    if way.graph.scenario(&Claim::All(all)).map_err(|stuck| stuck.to_string())?.is_none() {
        broken.push("no run reaches the end".to_owned());
    }
    Ok(broken)
}

/// The way back is taken when a deployment of its stage failed or was cancelled and people agreed, and only then.
pub(super) fn rollback(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    for step in way.path.steps.iter().filter(|step| !step.after_failure_of.is_empty()) {
        let job = way.job(&step.id)?;
        let after = step.after_failure_of.iter().map(|id| way.job(id)).collect::<Result<Vec<_>, _>>()?;
        let quiet = after.iter().map(|other| !Claim::breaks(other)).collect();
        let claim = Claim::starts(job).and(Claim::All(quiet));
        broken.extend(never(&way.graph, &format!("`{job}` starts though nothing failed"), &claim)?);
        let needs = step.needs.iter().map(|need| way.job(need)).collect::<Result<Vec<_>, _>>()?;
        let earlier: Vec<Claim> = needs.iter().map(|need| Claim::succeeds(need)).collect();
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
                broken.extend(never(&way.graph, &what, &Claim::All(claim))?);
            }
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
            broken.push(format!("{} ways back from {}", back.len(), stage.environment));
        }
    }
    Ok(broken)
}

/// The run is green only if everything succeeded. What the last job looks at is all that it needs: that is looked at here too.
pub(super) fn outcome(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let node = way.node("outcome")?;
    broken.extend(never(&way.graph, "the outcome is not looked at", &!Claim::starts("outcome"))?);
    let looks = node.job.steps().iter().any(|step| {
        let all = step.env.get("RESULTS").is_some_and(|text| text.text() == "${{ toJSON(needs) }}");
        let script = step.run.as_deref().unwrap_or_default();
        all && step.condition.is_none()
            && script.contains("== \"success\"")
            && script.contains("--exit-status")
    });
    if !looks {
        broken.push("the outcome does not look at all results".to_owned());
    }
    if !way.is_forward() {
        return Ok(broken);
    }
    let every = node.needs.iter().map(|at| Claim::succeeds(&way.graph.nodes[*at].id)).collect();
    let honest = Claim::Any(vec![!Claim::succeeds("outcome"), Claim::All(every)]);
    for step in way.path.steps.iter().filter(|step| step.after_failure_of.is_empty()) {
        let job = way.job(&step.id)?;
        let claim = Claim::All(vec![!Claim::succeeds(job), Claim::Green, honest.clone()]);
        broken.extend(never(&way.graph, &format!("green without `{job}`"), &claim)?);
    }
    Ok(broken)
}

/// Nobody's agreement of one attempt lets another attempt deploy, and nothing is accepted that was not deployed in the same one.
pub(super) fn attempts(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let mut again = |step: &Step, guards: Vec<&Step>| -> Result<(), String> {
        let job = way.job(&step.id)?;
        let guards = guards.into_iter().map(|guard| way.job(&guard.id)).collect::<Result<Vec<_>, _>>()?;
        if !guards.is_empty()
            && way.graph.scenario_again(job, &guards).map_err(|stuck| stuck.to_string())?.is_some()
        {
            broken.push(format!("`{job}` starts again without one of {guards:?}"));
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
