//! Deploying one service. All that must hold at this moment is looked at in this job, not in one before it: the window, what is deployed,
//! that gates and approvals passed for this very digest, and that it is the first try.

use clearway_plan::{Artifact, Environment as Place, Move, Output, Stage, Step};

use super::gate::SUBJECTS;
use crate::deployers::{Script, Task, script};
use crate::gitlab::context::{Context, DEPLOY, first_of, minutes, texts};
use crate::gitlab::credentials;
use crate::gitlab::model::{Environment, Job, Value, Variables};
use crate::gitlab::script::READ;
use crate::way::secrets;

/// The window is looked at when the job starts.
const WINDOW: &str = "clearway window check \"${step[@]}\" --stage \"${STAGE}\"\n";

/// And so is a freeze that somebody set up in GitLab, where the environment has freezes at all. In a rule it would be that of the moment at
/// which the pipeline was made.
const FREEZE: &str = "if [[ -n \"${CI_DEPLOY_FREEZE:-}\" ]]; then\n  echo 'a deploy freeze of this project is on' >&2\n  exit 1\nfi\n";

/// There is nothing to do: the version is live already.
const GOES: &str = "if ! goes 1; then exit 0; fi\n";

/// Gets an archive, and looks whether it is the one that was built.
const ARCHIVE: &str = "echo \"${DIGEST#sha256:}  .clearway/run/artifacts/${MAKER}.tar\" | sha256sum --check --strict --quiet\n\
    tar -xf \".clearway/run/artifacts/${MAKER}.tar\"\n";

pub(in crate::gitlab) fn deploy(context: &Context<'_>, step: &Step, stage: &Stage, moved: &Move) -> Job {
    let artifact = context.plan.artifacts.get(&moved.service);
    let place = context.plan.environments.get(&stage.environment);
    let taken = place.and_then(|place| place.credentials.as_ref());
    let mut variables = texts([("STEP", step.id.as_str()), ("STAGE", stage.environment.as_str())]);
    let freezes = place.is_some_and(|place| !place.opening.freezes.is_empty());
    let mut lines = vec![
        format!("{}{WINDOW}", if freezes { FREEZE } else { "" }),
        format!(
            "{SUBJECTS}begin 1 --once --change \"${{CHANGE}}\" --requested-by \"${{REQUESTED_BY}}\" \"${{subjects[@]/#/--subject=}}\"\n"
        ),
        format!(
            "{GOES}DIGEST=\"$(said 1 digest)\"\nCLEARWAY_DIGEST=\"${{DIGEST}}\"\nCLEARWAY_VERSION=\"$(said 1 version)\"\nexport DIGEST CLEARWAY_DIGEST CLEARWAY_VERSION\n"
        ),
    ];
    let is_archive = artifact
        .and_then(|artifact| artifact.build.as_ref()?.output.as_ref())
        .is_some_and(|output| matches!(output, Output::Archive(_)));
    if is_archive && moved.to.is_some() {
        variables.put("MAKER", Value::text(context.index.maker(&moved.service).unwrap_or_default()));
        lines.push(ARCHIVE.to_owned());
    }
    if let Some(taken) = taken {
        lines.push(credentials::take(taken, &mut variables));
    }
    moves(stage, moved, artifact, &mut lines, &mut variables);
    lines.push("ended 1 success\n".to_owned());
    variables.put("CLEARWAY_ENVIRONMENT", Value::text(&stage.environment));
    if let Some(lines) = secrets(context.plan, artifact) {
        variables.put("CLEARWAY_SECRETS", Value::text(lines));
    }
    let mut job = context.calling(step, DEPLOY, lines);
    acts(step, &mut job, place, &stage.environment);
    if let (Some(inside), Some(needs)) = (context.inside, &mut job.needs) {
        needs.push(context.need(&first_of(inside)));
    }
    if let Some(taken) = taken {
        job.id_tokens.put("CLEARWAY_DEPLOY_TOKEN", credentials::token(taken));
    }
    job.variables.0.extend(variables.0);
    job
}

/// A job that changes an environment: it enters it, and whatever becomes of it, its end is recorded. GitLab runs what comes after a script
/// when that ran out of its own time, not when the job did.
pub(super) fn acts(step: &Step, job: &mut Job, place: Option<&Place>, environment: &str) {
    let tier = place.map_or("other", |place| place.tier.as_str());
    job.environment =
        Some(Environment { name: environment.to_owned(), action: "start", deployment_tier: tier.to_owned() });
    job.timeout = Some(minutes(step.timeout + 600));
    job.variables.put("RUNNER_SCRIPT_TIMEOUT", Value::text(format!("{}m", step.timeout.div_ceil(60).max(1))));
    job.after_script = vec![READ.to_owned(), "settle".to_owned()];
}

/// The shares of the traffic, each held and watched, and then all of it.
fn moves(
    stage: &Stage,
    moved: &Move,
    artifact: Option<&Artifact>,
    lines: &mut Vec<String>,
    variables: &mut Variables,
) {
    // All scripts of a service are about the same; what tells them apart is the task and the share.
    let mut add = |task: Task<'_>| {
        let Script { env, run } = script(&moved.service, artifact, moved.group.as_deref(), task);
        let mut own = String::new();
        for (name, value) in env {
            if matches!(name, "SHARE" | "CLEARWAY_SHARE" | "CLEARWAY_TASK") {
                // These are words and numbers of ours.
                own.push_str(&format!("export {name}={value}\n"));
            } else if !variables.0.iter().any(|(known, _)| known == name) {
                variables.put(name, Value::text(value));
            }
        }
        lines.push(format!("{own}{run}"));
    };
    if moved.to.is_none() {
        add(Task::Gone);
        return;
    }
    let is_all = |share: &clearway_plan::Share| share.percent.normalize().to_string() == "100";
    let mut held: Vec<(usize, u64)> = Vec::new();
    let mut count = 0;
    for share in &stage.rollout.shares {
        if is_all(share) {
            add(Task::All(moved.kind));
        } else {
            add(Task::Share(&share.percent.normalize().to_string()));
        }
        count += 1;
        if share.hold > 0 {
            held.push((count, share.hold));
        }
    }
    if !stage.rollout.shares.last().is_some_and(is_all) {
        add(Task::All(moved.kind));
        count += 1;
    }
    // The holds stand between the shares, the last first so that the places stay true.
    let start = lines.len() - count;
    for (after, seconds) in held.into_iter().rev() {
        lines.insert(start + after, hold(stage, seconds));
    }
}

/// Waits, and watches where something is to be watched.
fn hold(stage: &Stage, seconds: u64) -> String {
    if stage.watches().next().is_none() {
        format!("sleep {seconds}\n")
    } else {
        format!(
            "clearway watch \"${{step[@]}}\" --stage \"${{STAGE}}\" --service \"${{SERVICE}}\" --for {seconds}\n"
        )
    }
}
