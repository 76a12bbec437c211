//! What starts after what: order, gates, approvals, the way back, the outcome. Runs are tried one by one: each job that goes wrong in each
//! way by itself, and then many at once.

use std::collections::{BTreeMap, BTreeSet};

use crate::Rng;
use crate::gitlab::{Fate, Run, Status};
use clearway_plan::{Guarantee, Step, StepKind};

use crate::finding::{Broken, Finding};
use crate::gitlab::way::Way;
use crate::{guards_of, kept_by};

/// How a job can go wrong.
const WRONG: [Fate; 3] = [Fate::Fails, Fate::IsCanceled, Fate::Waits];

/// So many runs in which much goes wrong at once.
const MANY: u64 = 40;

/// Every run that is tried, with what went wrong in it.
fn runs<'w>(way: &'w Way<'_>) -> &'w [(String, Run)] {
    way.runs.get_or_init(|| {
        let names: Vec<String> = way.jobs().into_iter().map(|(name, _)| name).collect();
        let mut all = vec![("nothing goes wrong".to_owned(), way.run(&|_| Fate::Succeeds))];
        for wrong in &names {
            for fate in WRONG {
                let run = way.run(&|name| if name == wrong { fate } else { Fate::Succeeds });
                all.push((format!("`{wrong}`: {fate:?}"), run));
            }
        }
        // On the way back something went wrong already.
        for (failed, asked) in asked_on_the_way_back(way) {
            for fate in WRONG {
                let run = way.run(&|name| match name {
                    _ if name == failed => Fate::Fails,
                    _ if name == asked => fate,
                    _ => Fate::Succeeds,
                });
                all.push((format!("`{failed}` fails, `{asked}`: {fate:?}"), run));
            }
        }
        for seed in 0..MANY {
            let mut rng = Rng::new(seed);
            let share = 2 + rng.below(8);
            let mut fates: BTreeMap<&str, Fate> = BTreeMap::new();
            for name in &names {
                let fate = if rng.below(share) == 0 { *rng.pick(&WRONG) } else { Fate::Succeeds };
                fates.insert(name, fate);
            }
            let run = way.run(&|name| fates.get(name).copied().unwrap_or(Fate::Succeeds));
            all.push((format!("seed {seed}"), run));
        }
        all
    })
}

/// The jobs by which people are asked on the way back, each with one that fails before.
fn asked_on_the_way_back(way: &Way<'_>) -> Vec<(String, String)> {
    let asks =
        |step: &&Step| matches!(step.does, StepKind::Approval { .. }) && !step.after_failure_of.is_empty();
    let pair = |step: &Step| {
        let failed = step.after_failure_of.first()?;
        way.job_name(failed).ok().zip(way.job_name(&step.id).ok())
    };
    way.steps().filter(asks).filter_map(pair).collect()
}

/// A step with the name of its job, and what it must not start without.
struct Guarded {
    job: String,
    guards: Vec<String>,
}

fn guarded(way: &Way<'_>, step: &Step, guards: &[&str]) -> Result<Guarded, String> {
    let guards = guards.iter().map(|guard| way.job_name(guard)).collect::<Result<_, _>>()?;
    Ok(Guarded { job: way.job_name(&step.id)?, guards })
}

/// No run in which one of these starts without all of its guards.
fn never_without(way: &Way<'_>, all: &[Guarded]) -> Broken {
    let (mut broken, mut seen) = (Vec::new(), BTreeSet::new());
    for (what, run) in runs(way) {
        for one in all.iter().filter(|one| run.started(&one.job)) {
            for guard in one.guards.iter().filter(|guard| run.status(guard) != Some(Status::Success)) {
                // One run is enough for each guard.
                if seen.insert((&one.job, guard)) {
                    let told = way.spot_of(beside(&one.job, guard)).key("needs");
                    let told = told.says(format!("`{}` starts without `{guard}` ({what})", one.job));
                    broken.push(match kept_by(way.path, guard.rsplit('/').next().unwrap_or_default()) {
                        Some(guarantee) => told.of(guarantee),
                        None => told,
                    });
                }
            }
        }
    }
    broken
}

/// The job, or the one that triggers its pipeline, that stands in one pipeline with a guard: what lets it start without that is written there.
fn beside<'j>(job: &'j str, guard: &str) -> &'j str {
    match job.split_once('/') {
        Some((by, _)) if !guard.contains('/') => by,
        _ => job,
    }
}

/// A step starts only after everything it needs succeeded.
pub(super) fn order(way: &Way<'_>) -> Result<Broken, String> {
    let steps = way.steps().filter(|step| step.does != StepKind::Outcome);
    let all = steps.map(|step| {
        let needs: Vec<&str> = step.needs.iter().map(String::as_str).collect();
        guarded(way, step, &needs)
    });
    let broken = never_without(way, &all.collect::<Result<Vec<_>, _>>()?);
    Ok(broken.into_iter().map(|one| one.of(Guarantee::Order)).collect())
}

/// Nothing is deployed unless all gates of its stage passed, all people agreed, and the settings were right.
pub(super) fn gates_and_approvals(way: &Way<'_>) -> Result<Broken, String> {
    let is_guard = |does: &StepKind| {
        matches!(
            does,
            StepKind::Gate { .. }
                | StepKind::Approval { .. }
                | StepKind::Checklist { .. }
                | StepKind::Preflight
        )
    };
    let mut all = Vec::new();
    let mut broken = Vec::new();
    for step in way.deployments() {
        let closure = way.closure(step);
        let guards: Vec<&Step> =
            way.steps_of(is_guard).into_iter().filter(|guard| closure.contains(guard.id.as_str())).collect();
        let names: Vec<&str> = guards.iter().map(|guard| guard.id.as_str()).collect();
        all.push(guarded(way, step, &names)?);
        let StepKind::Deploy { environment, .. } = &step.does else { continue };
        let stage = way.release.stage(environment).ok_or("a deployment without a stage")?;
        let own = guards.iter().filter(|guard| guard.does.environment() == Some(environment)).count();
        if own != guards_of(&way.emitted.plan, way.path, stage) {
            let what = format!("`{}` stands on {own} gates and approvals", step.id);
            broken.push(way.job(&step.id)?.spot().says(what));
        }
    }
    broken.extend(never_without(way, &all));
    Ok(broken)
}

/// Where all goes well, every step is reached and the run is green.
pub(super) fn reachable(way: &Way<'_>) -> Result<Broken, String> {
    let run = way.run(&|_| Fate::Succeeds);
    let mut broken = Vec::new();
    if run.status != Status::Success {
        let what = format!("a run in which nothing goes wrong ends {:?}", run.status);
        broken.push(Finding::nowhere(what));
    }
    for step in way.steps().filter(|step| step.after_failure_of.is_empty()) {
        let job = way.job_name(&step.id)?;
        if run.status(&job) != Some(Status::Success) {
            broken.push(way.spot_of(&job).says(format!("`{job}` is not reached")));
        }
    }
    Ok(broken)
}

/// The way back is taken when a deployment of its stage failed and people agreed, and only then.
pub(super) fn rollback(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    for step in way.steps().filter(|step| !step.after_failure_of.is_empty()) {
        let job = way.job_name(&step.id)?;
        let after = step.after_failure_of.iter().map(|id| way.job_name(id)).collect::<Result<Vec<_>, _>>()?;
        for failed in &after {
            let run = way.run(&|name| if name == failed { Fate::Fails } else { Fate::Succeeds });
            if !run.started(&job) {
                let what = format!("`{job}` does not start though `{failed}` broke");
                broken.push(way.spot_of(&job).key("needs").says(what));
            }
            if run.status == Status::Success {
                let what = format!("the run is green though `{failed}` broke");
                broken.push(way.spot_of(failed).says(what));
            }
        }
        let within = job.split_once('/').map(|(by, _)| format!("{by}/")).unwrap_or_default();
        for (what, run) in runs(way) {
            let broke = run.jobs.iter().any(|(name, status)| {
                name.starts_with(&within) && matches!(status, Status::Failed) && *name != job
            });
            if run.started(&job) && !broke {
                let what = format!("`{job}` starts though nothing failed ({what})");
                broken.push(way.spot_of(&job).says(what));
                break;
            }
        }
    }
    let stages =
        way.release.stages.iter().filter(|stage| stage.waves.iter().any(|wave| !wave.moves.is_empty()));
    for stage in stages.filter(|_| way.is_forward()) {
        let is_there =
            way.deployments().iter().any(|step| step.does.environment() == Some(&stage.environment));
        let back = way.steps_of(
            |does| matches!(does, StepKind::Rollback { environment } if *environment == stage.environment),
        );
        if is_there && back.len() != 1 {
            let what = format!("{} ways back from {}", back.len(), stage.environment);
            broken.push(way.spot().says(what));
        }
    }
    Ok(broken)
}

/// The run is green only if everything that was required succeeded.
pub(super) fn outcome(way: &Way<'_>) -> Result<Broken, String> {
    let required = way.steps().filter(|step| step.after_failure_of.is_empty());
    let required = required.map(|step| way.job_name(&step.id)).collect::<Result<Vec<_>, _>>()?;
    let outcome = way.job_name("outcome")?;
    let (mut broken, mut seen) = (Vec::new(), BTreeSet::new());
    for (what, run) in runs(way) {
        let missing = required.iter().find(|job| run.status(job) != Some(Status::Success));
        if let Some(job) = missing
            && (run.status == Status::Success || run.status(&outcome) == Some(Status::Success))
            && seen.insert(job)
        {
            let what = format!("green without `{job}` ({what})");
            broken.push(way.spot_of(&outcome).says(what));
        }
    }
    Ok(broken)
}
