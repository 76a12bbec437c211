//! The runs that are tried of a way, and the way back in them.

use clearway_plan::{Step, StepKind};

use crate::finding::{Broken, Spot};
use crate::gitlab::way::Way;
use crate::gitlab::{Fate, Run, Status};
use crate::played::{Ended, Played, play};

/// How a job can go wrong.
const WRONG: [Fate; 3] = [Fate::Fails, Fate::IsCanceled, Fate::Waits];

impl Ended for Run {
    fn started(&self, job: &str) -> bool {
        self.started(job)
    }

    fn succeeded(&self, job: &str) -> bool {
        self.status(job) == Some(Status::Success)
    }

    fn is_green(&self) -> bool {
        self.status == Status::Success
    }

    fn end(&self) -> String {
        format!("{:?}", self.status)
    }
}

impl Played for Way<'_> {
    type Run = Run;

    fn runs(&self) -> &[(String, Run)] {
        self.runs.get_or_init(|| {
            let names: Vec<String> = self.jobs().into_iter().map(|(name, _)| name).collect();
            let mut all = play(&names, (Fate::Succeeds, &WRONG), usize::MAX, |fate| self.run(fate));
            // On the way back something went wrong already.
            for (failed, asked) in asked_on_the_way_back(self) {
                for fate in WRONG {
                    let run = self.run(&|name| match name {
                        _ if name == failed => Fate::Fails,
                        _ if name == asked => fate,
                        _ => Fate::Succeeds,
                    });
                    all.push((format!("`{failed}` fails, `{asked}`: {fate:?}"), run));
                }
            }
            all
        })
    }

    fn job_of(&self, step: &str) -> Result<String, String> {
        self.job_name(step)
    }

    fn spot_of(&self, job: &str) -> Spot {
        self.spot_of(job)
    }

    /// The job, or the one that triggers its pipeline, that stands in one pipeline with the guard.
    fn beside(&self, job: &str, guard: &str) -> Spot {
        let by = job.split_once('/').filter(|_| !guard.contains('/'));
        self.spot_of(by.map_or(job, |(by, _)| by)).key("needs")
    }

    fn of(&self) -> (&clearway_plan::Plan, &clearway_plan::Release) {
        (&self.emitted.plan, self.release)
    }
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
        for (what, run) in way.runs() {
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
