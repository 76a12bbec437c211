//! The way back: every move undone, the last one first.

use clearway_plan::{Move, Stage, Step};

use super::deploy::{ROLLOUT, source};
use crate::argo::context::Context;
use crate::argo::credentials::take;
use crate::argo::job::{Job, Source};
use crate::argo::rollouts::{namespace, rollout};
use crate::deployers::{Script, Task, script};
use crate::shell::indented;
use crate::way::{secrets, undone};

/// A Rollout goes back without waiting at any share: what it goes back to was live.
const BACK: &str = "if [[ \"${ABSENT}\" == 'true' ]]; then\n  \
    kubectl scale \"${rollout}\" --replicas 0 \"${namespace[@]}\"\n\
    else\n  \
    if [[ \"${DIGEST}\" == sha256:* ]]; then\n    \
    kubectl set image \"${WORKLOAD}\" \"*=${IMAGE}@${DIGEST}\" \"${namespace[@]}\"\n  \
    else\n    \
    kubectl rollout undo \"${WORKLOAD}\" \"${namespace[@]}\"\n  \
    fi\n  \
    reaches 'Healthy|Paused'\n  \
    while [[ \"${reached}\" == Paused ]]; do\n    \
    promote\n    \
    sleep 5\n    \
    reaches 'Healthy|Paused'\n  \
    done\n\
    fi\n";

/// Goes back in one job: in the graph of a stage when something there failed, in that of the way back after people agreed.
pub(in crate::argo) fn back(context: &Context<'_>, step: &Step, stage: &Stage) -> Job {
    let place = context.plan.environments.get(&stage.environment);
    let mut job = context.job(step, String::new());
    job.tell("STEP", step.id.as_str());
    job.tell("CLEARWAY_ENVIRONMENT", stage.environment.as_str());
    let mut lines = take(&mut job, &stage.environment, place.and_then(|place| place.credentials.as_ref()));
    for (number, moved) in undone(stage).into_iter().enumerate() {
        if source(context.plan.artifacts.get(&moved.service)) == Source::Files {
            job.source = Source::Files;
        }
        lines += &undo(context, number + 1, stage, moved, &mut job);
    }
    job.script = lines;
    job.timeout = step.timeout + 600;
    job
}

/// Brings one service back, if it had begun to move: with what it is about, each in a variable of its own number.
fn undo(context: &Context<'_>, number: usize, stage: &Stage, moved: &Move, job: &mut Job) -> String {
    let artifact = context.plan.artifacts.get(&moved.service);
    let Script { env, run } = script(&moved.service, artifact, moved.group.as_deref(), Task::Back);
    let run = match rollout(context.plan, stage, moved) {
        Some(_) => format!("{ROLLOUT}{BACK}"),
        None => run,
    };
    let mut own = String::new();
    let secrets = secrets(context.plan, artifact).map(|lines| ("CLEARWAY_SECRETS", lines));
    for (name, value) in env.into_iter().chain(secrets) {
        let numbered = format!("{name}_{number}");
        own.push_str(&format!("export {name}=\"${{{numbered}}}\"\n"));
        let value = if name == "NAMESPACE" { namespace(&value).to_owned() } else { value };
        job.tell(numbered, value);
    }
    let block = indented(&format!("{own}{}{run}", said(number)));
    format!(
        "printf '%s' \"${{SERVICE_{number}}}\" > \"${{folder}}/service-{number}\"\n\
         begin {number} --service \"${{SERVICE_{number}}}\"\n\
         if goes {number}; then\n  (\n{}\n  )\n  ended {number} success\nfi\n",
        indented(&block)
    )
}

/// What was deployed before, as the scripts ask for it.
fn said(number: usize) -> String {
    let pairs = [
        ("DIGEST", "digest"),
        ("ABSENT", "absent"),
        ("CLEARWAY_DIGEST", "digest"),
        ("CLEARWAY_VERSION", "version"),
        ("CLEARWAY_ABSENT", "absent"),
    ];
    let set: String =
        pairs.iter().map(|(name, key)| format!("{name}=\"$(said {number} {key})\"\n")).collect();
    format!("{set}export DIGEST ABSENT CLEARWAY_DIGEST CLEARWAY_VERSION CLEARWAY_ABSENT\n")
}
