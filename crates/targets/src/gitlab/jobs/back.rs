//! The way back: every move undone, the last one first.

use clearway_plan::{Move, Stage, Step};

use super::deploy::acts;
use crate::deployers::{Script, Task, script};
use crate::gitlab::context::{Context, first_of};
use crate::gitlab::credentials;
use crate::gitlab::model::{Job, Value, Variables};
use crate::way::{secrets, undone};

/// The environment that the way back has for itself, so that nobody who may deploy may go back by that alone, nor the other way round.
pub(in crate::gitlab) fn environment(stage: &Stage) -> String {
    format!("{}-rollback", stage.environment)
}

/// Goes back in one job: in the pipeline of a stage when something there failed, in that of the way back after people agreed.
pub(in crate::gitlab) fn back(context: &Context<'_>, step: &Step, stage: &Stage, name: &str) -> Job {
    let place = context.plan.environments.get(&stage.environment);
    let taken = place.and_then(|place| place.credentials.as_ref());
    let mut variables = Variables::default();
    variables.put("STEP", Value::text(&step.id));
    variables.put("CLEARWAY_ENVIRONMENT", Value::text(&stage.environment));
    let mut lines = Vec::new();
    if let Some(taken) = taken {
        lines.push(credentials::take(taken, &mut variables));
    }
    for (number, moved) in undone(stage).into_iter().enumerate() {
        lines.push(undo(context, number + 1, moved, &mut variables));
    }
    let mut job = context.calling(step, name, lines);
    acts(step, &mut job, place, &environment(stage));
    if let Some(taken) = taken {
        job.id_tokens.put("CLEARWAY_DEPLOY_TOKEN", credentials::token(taken));
    }
    if let Some(inside) = context.inside {
        if step.needs.is_empty() {
            // Nobody is asked: it starts where something failed, once all before it has ended.
            job.needs = None;
            job.dependencies = vec![first_of(inside)];
            job.rules = context.rules("on_failure");
        } else if let Some(needs) = &mut job.needs {
            needs.push(context.need(&first_of(inside)));
        }
    }
    job.variables.0.extend(variables.0);
    job
}

/// Brings one service back, if it had begun to move: with what it is about, each in a variable of its own number.
fn undo(context: &Context<'_>, number: usize, moved: &Move, variables: &mut Variables) -> String {
    let artifact = context.plan.artifacts.get(&moved.service);
    let Script { env, run } = script(&moved.service, artifact, moved.group.as_deref(), Task::Back);
    let mut own = String::new();
    for (name, value) in env {
        let numbered = format!("{name}_{number}");
        own.push_str(&format!("    export {name}=\"${{{numbered}}}\"\n"));
        variables.put(numbered, Value::text(value));
    }
    if let Some(lines) = secrets(context.plan, artifact) {
        let numbered = format!("CLEARWAY_SECRETS_{number}");
        own.push_str(&format!("    export CLEARWAY_SECRETS=\"${{{numbered}}}\"\n"));
        variables.put(numbered, Value::text(lines));
    }
    let run: String = run.lines().map(|line| format!("    {line}\n")).collect();
    format!(
        "printf '%s' \"${{SERVICE_{number}}}\" > \"${{folder}}/service-{number}\"\n\
         begin {number} --service \"${{SERVICE_{number}}}\"\n\
         if goes {number}; then\n  (\n{own}\
         {set}{run}  )\n  ended {number} success\nfi\n",
        set = said(number),
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
        pairs.iter().map(|(name, key)| format!("    {name}=\"$(said {number} {key})\"\n")).collect();
    format!("{set}    export DIGEST ABSENT CLEARWAY_DIGEST CLEARWAY_VERSION CLEARWAY_ABSENT\n")
}
