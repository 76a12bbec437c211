//! The guarantees as claims about emitted workflows. Each gives what of it is broken, with the run in which it is.

mod flow;
mod hardening;
mod moves;
mod places;
mod recurring;
mod shared;
mod signatures;

use clearway_plan::{Guarantee, Step, StepKind};
use rayon::prelude::*;

use super::way::{Emitted, Way};
use super::{Claim, Graph, Job, Node, Scenario, StepsAssumed};
use crate::claims::{held, missing};
use crate::finding::{Broken, Refused, Spot, Told, mark_what_follows};

/// A claim about a way through a release.
pub type Check = fn(&Way<'_>) -> Result<Broken, String>;

/// Every claim, by its name, with the guarantees that it keeps.
pub const ALL: [(&str, &[Guarantee], Check); 17] = {
    use Guarantee::{
        Approvals, Basis, Credentials, Digest, Gates, Locks, Order, Outcome, Records, Rollback, Windows,
    };
    [
        ("order", &[Order], flow::order),
        ("gates-and-approvals", &[Gates, Approvals], flow::gates_and_approvals),
        ("rollback", &[Rollback], flow::rollback),
        ("outcome", &[Outcome], flow::outcome),
        ("locks", &[Locks], places::locks),
        ("environments", &[Approvals, Credentials], places::environments),
        ("settings", &[Approvals, Credentials], places::settings),
        ("attempts", &[Approvals], flow::attempts),
        ("moment", &[Windows, Basis], moves::moment),
        ("records", &[Records], moves::records),
        ("signatures", &[Records, Credentials], signatures::signatures),
        ("recurring", &[Records], recurring::recurring),
        ("looks", &[Outcome], moves::looks),
        ("digest", &[Digest], moves::digest),
        ("hardening", &[Credentials], hardening::hardening),
        ("shared", &[Credentials, Digest], shared::shared),
        ("reachable", &[Outcome], flow::reachable),
    ]
};

/// All that is broken of some claims.
pub fn broken(emitted: &Emitted, wanted: &(dyn Fn(&str) -> bool + Sync)) -> Result<Vec<Told>, Refused> {
    let ways = emitted.ways()?;
    let lacking: Vec<Vec<Told>> = ways.iter().map(missing).collect();
    let claims: Vec<_> = ways
        .iter()
        .zip(&lacking)
        .flat_map(|way| ALL.into_iter().map(move |claim| (way, claim)))
        .filter(|(_, (name, ..))| wanted(name))
        .collect();
    // A large release has many runs, and each claim looks at all of them.
    let looked = claims.into_par_iter().flat_map_iter(|((way, lacking), claim)| held(way, lacking, claim));
    let looked: Vec<Told> = looked.collect();
    let mut told: Vec<Told> = lacking.into_iter().flatten().chain(looked).collect();
    mark_what_follows(&mut told);
    Ok(told)
}

/// What of a claim is broken by a run.
fn never(graph: &Graph, spot: Spot, what: &str, claim: &Claim) -> Result<Broken, String> {
    let found = graph.scenario(claim).map_err(|stuck| format!("{what}: {stuck}"))?;
    Ok(found.into_iter().map(|scenario| spot.clone().says(format!("{what}: {scenario}"))).collect())
}

/// Whether a step of a chain is asked only under a condition.
fn decides(way: &Way<'_>, step: &Step) -> bool {
    let StepKind::Approval { chain, step: asked, .. } = &step.does else { return false };
    let chain = way.emitted.plan.approvals.get(chain);
    chain.and_then(|chain| chain.step(asked)).is_some_and(|step| step.when.is_some())
}

/// The jobs that a step has besides its own: those that its own needs and that are no steps.
fn helpers<'w>(way: &'w Way<'_>, step: &Step) -> Vec<&'w Node> {
    let Ok(node) = way.node(&step.id) else { return Vec::new() };
    let needed = node.needs.iter().map(|at| &way.graph.nodes[*at]);
    needed.filter(|node| node.called.is_none() && way.path.step(&node.local).is_none()).collect()
}

/// The jobs in which single people are asked for a step of a chain.
fn seats<'w>(way: &'w Way<'_>, step: &Step) -> Vec<&'w Node> {
    helpers(way, step).into_iter().filter(|node| node.job.environment().is_some()).collect()
}

/// A run in which a job starts, and what its steps leave so that all of them have something to do.
fn within(way: &Way<'_>, job: &str) -> Result<(Scenario, StepsAssumed), String> {
    let scenario = way.graph.scenario(&Claim::starts(job)).map_err(|stuck| stuck.to_string())?;
    let scenario = scenario.ok_or_else(|| format!("`{job}` never starts"))?;
    let steps = way.node(job.rsplit('/').next().unwrap_or(job))?.job.steps();
    let go = steps.iter().filter_map(|step| Some(((step.id.clone()?, "go".to_owned()), "true".to_owned())));
    Ok((scenario, StepsAssumed { outputs: go.collect(), ..StepsAssumed::default() }))
}

/// The places of the steps whose script calls `clearway` so.
fn calls(node: &Node, command: &str) -> Vec<usize> {
    calls_of(&node.job, command)
}

/// The same of a job that stands in no graph.
fn calls_of(job: &Job, command: &str) -> Vec<usize> {
    let steps = job.steps().iter().enumerate();
    let called = steps.filter(|(_, step)| {
        step.run.as_ref().is_some_and(|run| run.contains(&format!("/clearway\" {command}")))
    });
    called.map(|(place, _)| place).collect()
}
