//! The way back: every move undone, the last one first.

use clearway_plan::{Move, Stage, Step};

use super::deploy::{end, secrets};
use super::job;
use crate::deployers::{Script, Task, script};
use crate::github::condition::{after_all, after_failure, input_is, succeeded};
use crate::github::credentials;
use crate::github::model::{Environment, Job, Step as JobStep, Texts};
use crate::github::steps::Context;
use crate::github::text::literal;
use crate::way::stage_of;

/// The environment that the way back has for itself, so that nobody who may deploy may go back by that alone, nor the other way round.
pub(in crate::github) fn back_environment(environment: &str) -> String {
    format!("{environment}-rollback")
}

/// Undoes moves in one job. In the workflow of a stage it starts when something there failed or was cancelled, also when the whole run is;
/// in the workflow of the way back after people agreed.
pub(in crate::github) fn back(
    context: &Context<'_>,
    step: &Step,
    stage: &Stage,
    undone: &[&Move],
    which: &str,
) -> Job {
    let place = context.plan.environments.get(&stage.environment);
    let taken = place.and_then(|place| place.credentials.as_ref());
    let mut steps = context.setup();
    let mut scopes = Vec::new();
    for (number, moved) in undone.iter().enumerate() {
        let id = format!("begin-{}", number + 1);
        let mut begin = context.command(
            &format!("Look whether {} had begun", moved.service),
            "record begin",
            &[("STEP", literal(&step.id)), ("SERVICE", literal(&moved.service))],
            &["--step \"${STEP}\" --service \"${SERVICE}\" --commit \"${GITHUB_SHA}\" --actor \"${GITHUB_TRIGGERING_ACTOR}\"", "--output \"${GITHUB_OUTPUT}\""],
        );
        begin.id = Some(id.clone());
        steps.push(begin);
        let goes = format!("steps.{id}.outputs.go == 'true'");
        if let Some(taken) = taken {
            if scopes.is_empty() {
                scopes.push(("id-token", "write", "take the role of the deployment"));
            }
            steps.push(credentials::take(context, taken, &goes));
        }
        steps.push(undo(context, stage, moved, &id, &goes));
        steps.push(end(context, step, Some(&moved.service), &format!("always() && {goes}")));
    }
    let name = format!("back in {}{which}", stage.environment);
    let mut job = job(context, step, &name, context.permissions(&scopes), steps);
    job.environment = Some(Environment { name: back_environment(&stage.environment), deployment: None });
    (job.needs, job.condition) = back_starts(step);
    job
}

/// What a way back stands after, and when it starts.
pub(in crate::github) fn back_starts(step: &Step) -> (Vec<String>, Option<String>) {
    if step.after_failure_of.is_empty() {
        return (step.needs.clone(), (!step.needs.is_empty()).then(|| after_all(&step.needs)));
    }
    let asked = step.needs.iter().map(|need| format!(" && {}", succeeded(need))).collect::<String>();
    let needs = step.needs.iter().chain(&step.after_failure_of).cloned().collect();
    (needs, Some(format!("{}{asked}", after_failure(&step.after_failure_of))))
}

fn undo(context: &Context<'_>, stage: &Stage, moved: &Move, begin: &str, goes: &str) -> JobStep {
    let artifact = context.plan.artifacts.get(&moved.service);
    let Script { env, run } = script(&moved.service, artifact, moved.group.as_deref(), Task::Back);
    let mut env: Texts = env.into_iter().map(|(key, value)| (key, literal(&value))).collect();
    let output = |name: &str| format!("${{{{ steps.{begin}.outputs.{name} }}}}");
    env.put("DIGEST", output("digest"));
    env.put("ABSENT", output("absent"));
    env.put("CLEARWAY_DIGEST", output("digest"));
    env.put("CLEARWAY_VERSION", output("version"));
    env.put("CLEARWAY_ABSENT", output("absent"));
    env.put("CLEARWAY_ENVIRONMENT", literal(&stage.environment));
    secrets(context, artifact, &mut env);
    let place = context.plan.environments.get(&stage.environment);
    credentials::hand(place.and_then(|place| place.credentials.as_ref()), &mut env);
    let mut step = context.script(&format!("Bring {} back", moved.service), env, run);
    step.condition = Some(goes.to_owned());
    step
}

/// Where a person chose an environment, its jobs alone start.
pub(in crate::github) fn chosen(context: &Context<'_>, step: &Step, job: &mut Job) {
    if let Some(stage) = stage_of(context.release, step) {
        let before = job.condition.take().unwrap_or_else(|| "!cancelled()".to_owned());
        job.condition = Some(format!("{before} && {}", input_is("environment", &stage.environment)));
    }
}
