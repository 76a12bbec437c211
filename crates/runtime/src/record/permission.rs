//! A second look at what must come before a deployment, besides the order of the jobs: the gates and approvals, in the records.

use clearway_plan::{Path, PathKind, Release, Stage, StepKind};

use super::About;
use crate::ledger::{Act, End, Ending, Log};

/// The gates and approvals that must have passed before a deployment of a stage.
fn before_deployment<'p>(release: &'p Release, path: &'p Path, stage: &'p Stage) -> Vec<StepKind> {
    let chain = match path.kind {
        PathKind::Release => stage.approval.as_deref(),
        PathKind::Emergency => stage.emergency.as_deref(),
        PathKind::Rollback => release.rollback.as_deref(),
    };
    let asked = |does: &&StepKind| match does {
        StepKind::Gate { environment, .. } | StepKind::Checklist { environment, .. } => {
            *environment == stage.environment
        }
        StepKind::Approval { environment, chain: of, .. } => {
            *environment == stage.environment && Some(of.as_str()) == chain
        }
        _ => false,
    };
    let mut required: Vec<StepKind> =
        path.steps.iter().map(|step| &step.does).filter(asked).cloned().collect();
    // The stage itself says which gates and which checklist it has: a path without one of them is not believed.
    if path.kind == PathKind::Release {
        let environment = || stage.environment.clone();
        let gates =
            stage.gates.iter().map(|gate| StepKind::Gate { environment: environment(), gate: gate.clone() });
        let checklist = stage.checklist.iter().map(|checklist| StepKind::Checklist {
            environment: environment(),
            checklist: checklist.clone(),
        });
        for does in gates.chain(checklist) {
            if !required.contains(&does) {
                required.push(does);
            }
        }
    }
    required
}

/// The approvals that must have passed before a stage goes back.
fn before_rollback(release: &Release, path: &Path, stage: &Stage) -> Vec<StepKind> {
    let asked = |does: &&StepKind| match does {
        StepKind::Approval { environment, chain, .. } => {
            *environment == stage.environment && Some(chain) == release.rollback.as_ref()
        }
        _ => false,
    };
    path.steps.iter().map(|step| &step.does).filter(asked).cloned().collect()
}

/// Why a service may not be deployed yet: what has not passed in this run for what it ships.
pub(super) fn lacks(
    log: &Log,
    run: &str,
    about: &About,
    service: &str,
    (release, path, stage): (&Release, &Path, &Stage),
) -> Vec<String> {
    let wanted = about.subject(service);
    let each = |does: StepKind| {
        let what = named(&does);
        let Some(act) = last_of(log, run, about, &does) else {
            return Some(format!("{what} has not been decided in this run"));
        };
        if let Some(lack) = not_passed(&act, &what) {
            return Some(lack);
        }
        let decided = act.intent.subjects.iter().find(|subject| subject.service == service);
        if decided != wanted {
            let told = |subject: Option<&crate::ledger::Subject>| {
                subject
                    .map_or_else(|| format!("no artifact of `{service}`"), |subject| format!("`{subject}`"))
            };
            return Some(format!(
                "{what} was decided for {}, and {} is to be deployed",
                told(decided),
                told(wanted)
            ));
        }
        match (&act.intent.commit, &about.commit) {
            (Some(decided), Some(commit)) if decided != commit => {
                Some(format!("{what} was decided for commit {decided}, and this is {commit}"))
            }
            _ => None,
        }
    };
    before_deployment(release, path, stage).into_iter().filter_map(each).collect()
}

/// Why a stage may not go back yet. What a run undoes of itself was agreed to after it had been done: where one chain decides on both, what
/// people said of the deployment says nothing of the way back.
pub(super) fn lacks_to_go_back(
    log: &Log,
    run: &str,
    about: &About,
    (release, path, stage): (&Release, &Path, &Stage),
    undone: &Act<'_>,
) -> Vec<String> {
    let is_own = undone.record.run == run;
    let each = |does: StepKind| {
        let what = named(&does);
        match last_of(log, run, about, &does) {
            None => Some(format!("{what} has not been decided in this run")),
            Some(act) if is_own && act.record.sequence < undone.record.sequence => {
                Some(format!("{what} was decided before the deployment, and not on the way back from it"))
            }
            Some(act) => not_passed(&act, &what),
        }
    };
    before_rollback(release, path, stage).into_iter().filter_map(each).collect()
}

fn last_of<'l>(log: &'l Log, run: &str, about: &About, does: &StepKind) -> Option<Act<'l>> {
    log.acts().rev().find(|act| {
        act.record.run == run
            && act.intent.release == about.release
            && act.intent.path == about.path
            && act.intent.does == *does
    })
}

fn not_passed(act: &Act<'_>, what: &str) -> Option<String> {
    match act.end {
        Some(End::Outcome(outcome)) if outcome.result == Ending::Success => None,
        Some(End::Outcome(outcome)) => Some(format!("{what} has not passed: {}", outcome.result)),
        Some(End::Closed(_)) => Some(format!("{what} was closed without a decision")),
        None => Some(format!("{what} has begun and nothing came of it yet")),
    }
}

fn named(does: &StepKind) -> String {
    match does {
        StepKind::Gate { environment, gate } => format!("gate `{gate}` before `{environment}`"),
        StepKind::Checklist { environment, checklist } => {
            format!("checklist `{checklist}` before `{environment}`")
        }
        StepKind::Approval { environment, chain, step } => {
            format!("approval `{step}` of `{chain}` before `{environment}`")
        }
        other => other.word().to_owned(),
    }
}
