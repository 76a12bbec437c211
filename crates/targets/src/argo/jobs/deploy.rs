//! Deploying one service. All that must hold at this moment is looked at in this job, not in one before it: the window, what is deployed,
//! that gates and approvals passed for this very digest, and that it is the first try.

use clearway_plan::{Artifact, Deployer, Move, Output, Stage, Step};

use super::gate::SUBJECTS;
use crate::argo::context::Context;
use crate::argo::credentials::take;
use crate::argo::job::{Job, Source};
use crate::argo::names::kube;
use crate::argo::rollouts::{Rollout, namespace, rollout};
use crate::deployers::{Script, Task, script};
use crate::way::secrets;

/// The window is looked at when the job starts.
const WINDOW: &str = "clearway window check \"${step[@]}\" --stage \"${STAGE}\"\n";

/// There is nothing to do: the version is live already.
const GOES: &str = "if ! goes 1; then exit 0; fi\nDIGEST=\"$(said 1 digest)\"\nCLEARWAY_DIGEST=\"${DIGEST}\"\nCLEARWAY_VERSION=\"$(said 1 version)\"\nexport DIGEST CLEARWAY_DIGEST CLEARWAY_VERSION\n";

/// Gets an archive, and looks whether it is the one that was built.
const ARCHIVE: &str = "echo \"${DIGEST#sha256:}  .clearway/run/artifacts/${MAKER}.tar\" | sha256sum --check --strict --quiet\n\
    tar -xf \".clearway/run/artifacts/${MAKER}.tar\"\n";

/// What a Rollout is asked and told.
pub(super) const ROLLOUT: &str = include_str!("../rollout.sh");

/// The Rollout is the one of the spec, and what is live has been taken over by it before anything new comes in.
const TAKEN_OVER: &str = "if ! live | jq --exit-status --argjson wanted \"${STRATEGY}\" '.spec.strategy == $wanted' > /dev/null; then\n  \
    echo \"${rollout} is not the one of the spec: bring argo/rollouts of this commit into the cluster first\" >&2\n  exit 1\nfi\n\
    replicas=\"$(kubectl get \"${WORKLOAD}\" --output 'jsonpath={.spec.replicas}' \"${namespace[@]}\")\"\n\
    if [[ \"${replicas:-0}\" != 0 ]]; then\n  \
    kubectl scale \"${rollout}\" --replicas \"${replicas}\" \"${namespace[@]}\"\n  \
    reaches Healthy\n  \
    kubectl scale \"${WORKLOAD}\" --replicas 0 \"${namespace[@]}\"\n  \
    reaches Healthy\n\
    fi\n\
    kubectl set image \"${WORKLOAD}\" \"*=${IMAGE}@${DIGEST}\" \"${namespace[@]}\"\n";

pub(in crate::argo) fn deploy(context: &Context<'_>, step: &Step, stage: &Stage, moved: &Move) -> Job {
    let artifact = context.plan.artifacts.get(&moved.service);
    let place = context.plan.environments.get(&stage.environment);
    let mut job = context.job(step, String::new());
    let output = artifact.and_then(|artifact| artifact.build.as_ref()?.output.as_ref());
    let is_archive = matches!(output, Some(Output::Archive(_))) && moved.to.is_some();
    let mut lines = format!(
        "{WINDOW}{SUBJECTS}begin 1 --once --change \"${{CHANGE}}\" --requested-by \"${{REQUESTED_BY}}\" \"${{subjects[@]/#/--subject=}}\"\n{GOES}"
    );
    if is_archive {
        job.tell("MAKER", context.index.maker(&moved.service).map(kube).unwrap_or_default());
        lines += ARCHIVE;
    }
    job.tell("STEP", step.id.as_str());
    job.tell("STAGE", stage.environment.as_str());
    job.tell("CLEARWAY_ENVIRONMENT", stage.environment.as_str());
    lines += &take(&mut job, &stage.environment, place.and_then(|place| place.credentials.as_ref()));
    lines += &match rollout(context.plan, stage, moved) {
        Some(rollout) => by_rollout(stage, moved, artifact, &rollout, &mut job),
        None => by_scripts(stage, moved, artifact, &mut job),
    };
    if let Some(lines) = secrets(context.plan, artifact) {
        job.tell("CLEARWAY_SECRETS", lines);
    }
    job.script = format!("{lines}ended 1 success\n");
    job.source = source(artifact);
    job.timeout = step.timeout + 600;
    job
}

/// A command of the repository is deployed with the repository; what we run ourselves needs nothing of it.
pub(super) fn source(artifact: Option<&Artifact>) -> Source {
    match artifact.and_then(|artifact| artifact.deploy.as_ref()) {
        Some(Deployer::Command { .. } | Deployer::Helm { .. }) => Source::Files,
        _ => Source::Nothing,
    }
}

/// Adds what a script is about, with the namespace that it has.
pub(super) fn put(job: &mut Job, env: Vec<(&'static str, String)>) {
    for (name, value) in env {
        let is_known = job.variables.iter().any(|(known, _)| known == name);
        if !is_known {
            let value = if name == "NAMESPACE" { namespace(&value).to_owned() } else { value };
            job.tell(name, value);
        }
    }
}

/// A Rollout stands still at each share, which is watched before it goes on.
fn by_rollout(
    stage: &Stage,
    moved: &Move,
    artifact: Option<&Artifact>,
    rollout: &Rollout<'_>,
    job: &mut Job,
) -> String {
    put(job, script(&moved.service, artifact, moved.group.as_deref(), Task::All(moved.kind)).env);
    job.tell("STRATEGY", serde_json::to_string(&rollout.strategy).unwrap_or_default());
    let mut steps = String::new();
    let is_part = |share: &&clearway_plan::Share| {
        !share.percent.is_zero() && share.percent < rust_decimal::Decimal::ONE_HUNDRED
    };
    let parts: Vec<_> = stage.rollout.shares.iter().filter(is_part).collect();
    for (number, share) in parts.iter().enumerate() {
        // Each share is two steps of the Rollout: the weight, and the wait behind it.
        steps += &format!("  reaches Paused {}\n", number * 2 + 1);
        if share.hold > 0 {
            steps += &hold(stage, share.hold, "  ");
        }
        steps += "  promote\n";
    }
    if parts.is_empty() {
        steps += "  reaches Paused\n  promote\n";
    }
    // Where nothing is live yet there is nothing to take a share from.
    let shares = format!(
        "stable=\"$(live | jq --raw-output '.status.stableRS // \"\"')\"\n{TAKEN_OVER}if [[ -n \"${{stable}}\" ]]; then\n{steps}fi\nreaches Healthy\n"
    );
    let whole = stage.rollout.shares.iter().find(|share| share.percent == rust_decimal::Decimal::ONE_HUNDRED);
    let after =
        whole.filter(|share| share.hold > 0).map(|share| hold(stage, share.hold, "")).unwrap_or_default();
    format!("{ROLLOUT}{shares}{after}")
}

/// The shares of the traffic, each held and watched, and then all of it, by scripts of ours.
fn by_scripts(stage: &Stage, moved: &Move, artifact: Option<&Artifact>, job: &mut Job) -> String {
    let mut lines = String::new();
    let mut add = |task: Task<'_>, lines: &mut String| {
        let Script { env, run } = script(&moved.service, artifact, moved.group.as_deref(), task);
        // All scripts of a service are about the same; what tells them apart is the task and the share, words and numbers of ours.
        let is_own = |name: &str| matches!(name, "SHARE" | "CLEARWAY_SHARE" | "CLEARWAY_TASK");
        let (own, shared): (Vec<_>, Vec<_>) = env.into_iter().partition(|(name, _)| is_own(name));
        put(job, shared);
        lines.extend(own.iter().map(|(name, value)| format!("export {name}={value}\n")));
        lines.push_str(&run);
    };
    if moved.to.is_none() {
        add(Task::Gone, &mut lines);
        return lines;
    }
    let is_all = |share: &clearway_plan::Share| share.percent == rust_decimal::Decimal::ONE_HUNDRED;
    for share in &stage.rollout.shares {
        if is_all(share) {
            add(Task::All(moved.kind), &mut lines);
        } else {
            add(Task::Share(&share.percent.normalize().to_string()), &mut lines);
        }
        if share.hold > 0 {
            lines += &hold(stage, share.hold, "");
        }
    }
    if !stage.rollout.shares.last().is_some_and(is_all) {
        add(Task::All(moved.kind), &mut lines);
    }
    lines
}

/// Waits, and watches where something is to be watched.
fn hold(stage: &Stage, seconds: u64, indent: &str) -> String {
    if stage.watches().next().is_none() {
        format!("{indent}sleep {seconds}\n")
    } else {
        format!(
            "{indent}clearway watch \"${{step[@]}}\" --stage \"${{STAGE}}\" --service \"${{SERVICE}}\" --for {seconds}\n"
        )
    }
}
