//! The guarantees as claims about emitted workflows. Each gives what of it is broken, with the run in which it is.

mod flow;
mod hardening;
mod moves;
mod places;

use clearway_plan::{Step, StepKind};
use clearway_tests::github::{Claim, Graph, Node, Scenario, StepsAssumed};
use rayon::prelude::*;

use super::emitted::{Emitted, Way};

/// What is broken.
pub type Broken = Vec<String>;

/// A claim about a way through a release.
pub type Check = fn(&Way<'_>) -> Result<Broken, String>;

/// Every claim, by its name.
pub const ALL: [(&str, Check); 14] = [
    ("order", flow::order),
    ("gates-and-approvals", flow::gates_and_approvals),
    ("reachable", flow::reachable),
    ("rollback", flow::rollback),
    ("outcome", flow::outcome),
    ("locks", places::locks),
    ("environments", places::environments),
    ("settings", places::settings),
    ("attempts", flow::attempts),
    ("moment", moves::moment),
    ("records", moves::records),
    ("looks", moves::looks),
    ("digest", moves::digest),
    ("hardening", hardening::hardening),
];

/// All that is broken, each with the name of its claim.
pub fn broken(emitted: &Emitted) -> Broken {
    broken_of(emitted, &|_| true)
}

/// What is broken of some claims.
pub fn broken_of(emitted: &Emitted, wanted: &dyn Fn(&str) -> bool) -> Broken {
    let ways = match emitted.ways() {
        Ok(ways) => ways,
        Err(refused) => return vec![format!("reading: {refused}")],
    };
    let claims: Vec<(&Way<'_>, &str, Check)> = ways
        .iter()
        .flat_map(|way| ALL.into_iter().map(move |(name, check)| (way, name, check)))
        .filter(|(_, name, _)| wanted(name))
        .collect();
    // A large release has many runs, and each claim looks at all of them.
    let looked = claims.into_par_iter().flat_map_iter(|(way, name, check)| {
        let broken = check(way).unwrap_or_else(|why| vec![why]);
        broken.into_iter().map(move |what| format!("{name}: {}: {what}", way.graph.file))
    });
    looked.collect()
}

/// What of a claim is broken by a run.
fn never(graph: &Graph, what: &str, claim: &Claim) -> Result<Broken, String> {
    let found = graph.scenario(claim).map_err(|stuck| format!("{what}: {stuck}"))?;
    Ok(found.into_iter().map(|scenario| format!("{what}: {scenario}")).collect())
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
    let steps = node.job.steps().iter().enumerate();
    let called = steps.filter(|(_, step)| {
        step.run.as_ref().is_some_and(|run| run.contains(&format!("/clearway\" {command}")))
    });
    called.map(|(place, _)| place).collect()
}
