//! The runs that are tried of a way, the way back in them, and the locks.

use clearway_plan::StepKind;

use crate::argo::way::Way;
use crate::argo::{Fate, Phase, Run};
use crate::finding::{Broken, Spot};
use crate::played::{Ended, Played, play};

/// How a job can go wrong.
const WRONG: [Fate; 4] = [Fate::Fails, Fate::Errs, Fate::Waits, Fate::IsSkipped];

/// With more jobs than this each goes wrong in one way, in turn, and not in all.
const WIDE: usize = 60;

impl Ended for Run {
    fn started(&self, job: &str) -> bool {
        self.started(job)
    }

    fn succeeded(&self, job: &str) -> bool {
        self.phase(job) == Some(Phase::Succeeded)
    }

    fn is_green(&self) -> bool {
        self.phase == Phase::Succeeded
    }

    fn end(&self) -> String {
        format!("{:?}", self.phase)
    }
}

impl Played for Way<'_> {
    type Run = Run;

    fn runs(&self) -> &[(String, Run)] {
        self.runs.get_or_init(|| {
            let tasks = self.workflow.templates.values().flat_map(|graph| &graph.tasks);
            let names: Vec<String> = tasks.map(|task| task.name.clone()).collect();
            play(&names, (Fate::Succeeds, &WRONG), WIDE, |fate| self.run(fate))
        })
    }

    fn job_of(&self, step: &str) -> Result<String, String> {
        self.job(step).map(|_| step.to_owned())
    }

    fn spot_of(&self, job: &str) -> Spot {
        self.workflow.spot_of(job)
    }

    fn beside(&self, job: &str, guard: &str) -> Spot {
        self.workflow.spot_beside(job, guard).key("depends")
    }

    fn of(&self) -> (&clearway_plan::Plan, &clearway_plan::Release) {
        (&self.emitted.plan, self.release)
    }
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
        for (what, run) in way.runs().iter().filter(|(_, run)| run.started(&step.id)) {
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
