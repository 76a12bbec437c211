//! The rest of a stage, and what joins jobs: what everything later stands on, the bake time, what is recorded at the end.

use clearway_plan::{Artifact, Move, Stage, Step, slug};

use super::build::VERSION;
use super::gate::SUBJECTS;
use crate::argo::context::{Context, KNOWN, MADE};
use crate::argo::job::{Account, Job};

/// Puts all that is known before the first stage into one place.
pub(in crate::argo) fn made(context: &Context<'_>, step: &Step) -> Job {
    let mut job = context.job(step, "test -s .clearway/run/plan.json\n".to_owned());
    MADE.clone_into(&mut job.id);
    job.word = "wave";
    job.account = Account::Build;
    job.has_ledger = false;
    job.timeout = 600;
    job.keeps = vec![KNOWN.to_owned()];
    job
}

/// Stands for a large wave: it succeeds when all of it did.
pub(in crate::argo) fn wave(context: &Context<'_>, step: &Step) -> Job {
    idle(context, step, "echo 'all of it is done'\n")
}

/// The last job: it starts only where all that was required succeeded.
pub(in crate::argo) fn outcome(context: &Context<'_>, step: &Step) -> Job {
    idle(context, step, "echo 'everything that was required succeeded'\n")
}

/// A way back that succeeded is no release that did: this job fails, so that the stage does.
pub(in crate::argo) fn failed(context: &Context<'_>, step: &Step, stage: &Stage) -> Job {
    let mut job = idle(context, step, "echo 'the stage failed, and went back' >&2\nexit 1\n");
    job.id = failed_of(stage);
    job.word = "failed";
    job
}

/// The name of that job.
pub(in crate::argo) fn failed_of(stage: &Stage) -> String {
    format!("failed-{}", crate::argo::names::kube(&stage.environment))
}

fn idle(context: &Context<'_>, step: &Step, script: &str) -> Job {
    let mut job = context.job(step, script.to_owned());
    job.account = Account::Build;
    job.has_ledger = false;
    job.takes = Vec::new();
    job.timeout = 600;
    job
}

/// Looks at what one move brought, by the commands of the spec: they have the repository, and no credentials.
pub(in crate::argo) fn smoke(
    context: &Context<'_>,
    step: &Step,
    stage: &Stage,
    moved: &Move,
    artifact: &Artifact,
) -> Job {
    let mut script = format!("SUBJECTS=\"$(subjects)\"\nexport SUBJECTS\n{VERSION}");
    for (number, smoke) in artifact.smokes.iter().enumerate() {
        let seconds = smoke.command.timeout;
        script += &format!("timeout {seconds} bash -euo pipefail -c \"${{COMMAND_{}}}\"\n", number + 1);
    }
    let mut job = context.command(step, script);
    job.timeout = step.timeout + 300;
    job.tell("SLUG", slug(&moved.service));
    job.tell("CLEARWAY_SERVICE", moved.service.as_str());
    job.tell("CLEARWAY_GROUP", moved.group.clone().unwrap_or_default());
    job.tell("CLEARWAY_ENVIRONMENT", stage.environment.as_str());
    for (number, smoke) in artifact.smokes.iter().enumerate() {
        job.tell(format!("COMMAND_{}", number + 1), smoke.command.run.as_str());
    }
    job
}

/// Watches what was deployed for the bake time, and looks at its end whether it is as it must be.
pub(in crate::argo) fn validate(context: &Context<'_>, step: &Step, stage: &Stage) -> Job {
    let seconds = stage.observed();
    let moves = stage.waves.iter().flat_map(|wave| &wave.moves).filter(|moved| moved.to.is_some());
    let mut moved: Vec<&str> = moves.map(|moved| moved.service.as_str()).collect();
    moved.sort_unstable();
    moved.dedup();
    let validate = if stage.validates.is_empty() { "" } else { " --validate" };
    let script = if stage.watches().chain(&stage.validates).next().is_none() {
        format!("sleep {seconds}\n")
    } else {
        format!(
            "mapfile -t services < <(grep . <<< \"${{SERVICES}}\" || true)\n\
             clearway watch \"${{step[@]}}\" --stage \"${{STAGE}}\" --for {seconds}{validate} \"${{services[@]/#/--service=}}\"\n"
        )
    };
    let mut job = context.job(step, script);
    job.timeout = step.timeout + 600;
    job.tell("STAGE", stage.environment.as_str());
    job.tell("SERVICES", moved.join("\n"));
    job
}

/// Records that an environment has what it should.
pub(in crate::argo) fn accept(context: &Context<'_>, step: &Step) -> Job {
    let script = format!("{SUBJECTS}begin 1 --once \"${{subjects[@]/#/--subject=}}\"\nended 1 success\n");
    let mut job = context.job(step, script);
    job.tell("STEP", step.id.as_str());
    job
}
