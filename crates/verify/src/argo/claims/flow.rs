//! What starts after what: order, gates, approvals, the way back, the outcome, the locks. Runs are tried one by one: each job that goes wrong in
//! each way by itself, and then many at once.

use std::collections::{BTreeMap, BTreeSet};

use crate::Rng;
use crate::argo::{Fate, Phase, Run};
use clearway_plan::{Guarantee, Step, StepKind};

use crate::argo::way::Way;
use crate::finding::{Broken, Finding};
use crate::{guards_of, kept_by};

/// How a job can go wrong.
const WRONG: [Fate; 4] = [Fate::Fails, Fate::Errs, Fate::Waits, Fate::IsSkipped];

/// With more jobs than this each goes wrong in one way, in turn, and not in all.
const WIDE: usize = 60;

/// So many runs in which much goes wrong at once.
const MANY: u64 = 40;

/// Every run that is tried, with what went wrong in it.
fn runs<'w>(way: &'w Way<'_>) -> &'w [(String, Run)] {
    way.runs.get_or_init(|| {
        let names: Vec<&str> = way
            .workflow
            .templates
            .values()
            .flat_map(|graph| &graph.tasks)
            .map(|task| task.name.as_str())
            .collect();
        let mut all = vec![("nothing goes wrong".to_owned(), way.run(&|_| Fate::Succeeds))];
        for (number, wrong) in names.iter().enumerate() {
            let one = [WRONG[number % WRONG.len()]];
            for fate in if names.len() > WIDE { one.iter() } else { WRONG.iter() } {
                let fate = *fate;
                let run = way.run(&|name| if name == *wrong { fate } else { Fate::Succeeds });
                all.push((format!("`{wrong}`: {fate:?}"), run));
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

/// No run in which a job starts without each of its guards.
fn never_without(way: &Way<'_>, all: &[(&str, Vec<&str>)]) -> Broken {
    let (mut broken, mut seen) = (Vec::new(), BTreeSet::new());
    for (what, run) in runs(way) {
        for (job, guards) in all.iter().filter(|(job, _)| run.started(job)) {
            for guard in guards.iter().filter(|guard| run.phase(guard) != Some(Phase::Succeeded)) {
                // One run is enough for each guard.
                if seen.insert((job, guard)) {
                    let told = way.workflow.spot_beside(job, guard).key("depends");
                    let told = told.says(format!("`{job}` starts without `{guard}` ({what})"));
                    broken.push(match kept_by(way.path, guard) {
                        Some(guarantee) => told.of(guarantee),
                        None => told,
                    });
                }
            }
        }
    }
    broken
}

/// A step starts only after everything it needs succeeded.
pub(super) fn order(way: &Way<'_>) -> Result<Broken, String> {
    let steps = way.steps().filter(|step| step.does != StepKind::Outcome);
    let there: BTreeSet<&str> = way.steps().map(|step| step.id.as_str()).collect();
    let mut all = Vec::new();
    for step in steps {
        way.job(&step.id)?;
        let needs = step.needs.iter().map(String::as_str).filter(|need| there.contains(need));
        all.push((step.id.as_str(), needs.collect()));
    }
    Ok(never_without(way, &all).into_iter().map(|one| one.of(Guarantee::Order)).collect())
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
    let (mut all, mut broken) = (Vec::new(), Vec::new());
    for step in way.steps_of(|does| matches!(does, StepKind::Deploy { .. })) {
        let closure = way.closure(step);
        let guards: Vec<&Step> =
            way.steps_of(is_guard).into_iter().filter(|guard| closure.contains(guard.id.as_str())).collect();
        all.push((step.id.as_str(), guards.iter().map(|guard| guard.id.as_str()).collect()));
        let StepKind::Deploy { environment, .. } = &step.does else { continue };
        let stage = way.release.stage(environment).ok_or("a deployment without a stage")?;
        let own = guards.iter().filter(|guard| guard.does.environment() == Some(environment)).count();
        if own != guards_of(&way.emitted.plan, way.path, stage) {
            let what = format!("`{}` stands on {own} gates and approvals", step.id);
            broken.push(way.workflow.spot_of(&step.id).says(what));
        }
    }
    broken.extend(never_without(way, &all));
    Ok(broken)
}

/// Where all goes well, every step is reached and the run is green.
pub(super) fn reachable(way: &Way<'_>) -> Result<Broken, String> {
    let run = way.run(&|_| Fate::Succeeds);
    let mut broken = Vec::new();
    if run.phase != Phase::Succeeded {
        let what = format!("a run in which nothing goes wrong ends {:?}", run.phase);
        broken.push(Finding::nowhere(what));
    }
    for step in way.steps().filter(|step| step.after_failure_of.is_empty()) {
        if run.phase(&step.id) != Some(Phase::Succeeded) {
            let what = format!("`{}` is not reached", step.id);
            broken.push(way.workflow.spot_of(&step.id).says(what));
        }
    }
    Ok(broken)
}

/// The way back is taken when a deployment of its stage failed and people agreed, and only then; and what went back is no success.
pub(super) fn rollback(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    for step in way.steps().filter(|step| !step.after_failure_of.is_empty()) {
        way.job(&step.id)?;
        let spot = || way.workflow.spot_of(&step.id).key("depends");
        for (number, failed) in step.after_failure_of.iter().enumerate() {
            let one = [[Fate::Fails, Fate::Errs][number % 2]];
            let both = [Fate::Fails, Fate::Errs];
            for fate in if step.after_failure_of.len() > WIDE / 4 { one.iter() } else { both.iter() } {
                let fate = *fate;
                let run = way.run(&|name| if name == failed { fate } else { Fate::Succeeds });
                if !run.started(&step.id) {
                    let what = format!("`{}` does not start though `{failed}` broke", step.id);
                    broken.push(spot().says(what));
                }
                if run.phase != Phase::Failed && run.phase != Phase::Errored {
                    let what = format!("the run ends {:?} though `{failed}` broke", run.phase);
                    broken.push(spot().says(what));
                }
            }
        }
        for (what, run) in runs(way).iter().filter(|(_, run)| run.started(&step.id)) {
            let phases: Vec<Option<Phase>> =
                step.after_failure_of.iter().map(|after| run.phase(after)).collect();
            if !phases.iter().any(|phase| matches!(phase, Some(Phase::Failed | Phase::Errored))) {
                broken.push(spot().says(format!("`{}` starts though nothing failed ({what})", step.id)));
                break;
            }
            if phases.contains(&Some(Phase::Running)) {
                broken.push(spot().says(format!("`{}` starts under a deployment ({what})", step.id)));
                break;
            }
        }
    }
    for stage in way.release.stages.iter().filter(|_| way.is_forward()) {
        let of_stage = |does: &StepKind| does.environment() == Some(stage.environment.as_str());
        let deploys = way.steps_of(|does| matches!(does, StepKind::Deploy { .. }) && of_stage(does));
        let back = way.steps_of(|does| matches!(does, StepKind::Rollback { .. }) && of_stage(does));
        if !deploys.is_empty() && back.len() != 1 {
            let what = format!("{} ways back from {}", back.len(), stage.environment);
            broken.push(way.spot().says(what));
        }
    }
    Ok(broken)
}

/// The run is green only if everything that was required succeeded.
pub(super) fn outcome(way: &Way<'_>) -> Result<Broken, String> {
    let required = way.steps().filter(|step| step.after_failure_of.is_empty());
    let required: Vec<&str> = required.map(|step| step.id.as_str()).collect();
    let (mut broken, mut seen) = (Vec::new(), BTreeSet::new());
    for (what, run) in runs(way) {
        let missing = required.iter().find(|job| run.phase(job) != Some(Phase::Succeeded));
        if let Some(job) = missing
            && (run.phase == Phase::Succeeded || run.phase("outcome") == Some(Phase::Succeeded))
            && seen.insert(*job)
        {
            let what = format!("green without `{job}` ({what})");
            broken.push(way.workflow.spot_of("outcome").says(what));
        }
    }
    Ok(broken)
}

/// One lock is held over all that a stage does, and over each way back.
pub(super) fn locks(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let held = |value: &serde_json::Value| {
        let mutexes = value["synchronization"]["mutexes"].as_array().cloned().unwrap_or_default();
        mutexes.iter().filter_map(|one| one["name"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    for step in way.steps().filter(|step| step.lock.is_some()) {
        let lock = step.lock.clone().unwrap_or_default();
        let (graph, _) = way.workflow.place_of(&step.id).ok_or("no such job")?;
        let used = way.job(&step.id)?;
        let all = [held(&graph.value), held(&used.value)].concat();
        let wanted = format!("-lock-{}", lock.to_ascii_lowercase());
        if !matches!(all.as_slice(), [one] if one.ends_with(&wanted)) {
            let what = format!("`{}` holds {all:?} and not `{lock}`", step.id);
            broken.push(way.workflow.spot(&graph.name).key("synchronization").says(what));
        }
    }
    Ok(broken)
}
