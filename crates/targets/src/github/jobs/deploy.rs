//! Deploying one service. All that must hold at this moment is looked at in this job, not in one before it: the window, what is deployed,
//! that gates and approvals passed for this very digest.

use clearway_plan::{Artifact, Move, Output, Stage, Step};

use super::{build, job};
use crate::deployers::{Script, Task, script};
use crate::github::condition::{FIRST_ATTEMPT, after_all};
use crate::github::credentials;
use crate::github::model::{Environment, Job, Step as JobStep, Texts};
use crate::github::steps::{Context, SUBJECT_ARGUMENTS, SUBJECTS, before};
use crate::github::subjects;
use crate::github::text::literal;

/// There is something to do: the version is not live already.
pub(super) const GOES: &str = "steps.begin.outputs.go == 'true'";

pub(in crate::github) fn deploy(context: &Context<'_>, step: &Step, stage: &Stage, moved: &Move) -> Job {
    let artifact = context.plan.artifacts.get(&moved.service);
    let place = context.plan.environments.get(&stage.environment);
    let taken = place.and_then(|place| place.credentials.as_ref());
    let mut steps = context.setup();
    steps.push(window(context, stage));
    steps.push(begin(context, step));
    let image = artifact.and_then(|artifact| artifact.build.as_ref()?.output.as_ref());
    let attests = build::attests(context.settings);
    let mut scopes = Vec::new();
    match image {
        Some(Output::Image(image)) if attests && moved.to.is_some() => {
            scopes.push(("attestations", "read", "read the provenance"));
            scopes.push(("packages", "read", "read the image"));
            steps.push(provenance(context, artifact, image));
        }
        Some(Output::Archive(_)) if moved.to.is_some() => steps.extend(archive(context, &moved.service)),
        _ => {}
    }
    if let Some(taken) = taken {
        scopes.push(("id-token", "write", "take the role of the deployment"));
        steps.push(credentials::take(context, taken, GOES));
    }
    steps.extend(moves(context, stage, moved, artifact));
    steps.push(end(context, step, None, "always() && steps.begin.outputs.go == 'true'"));
    let to = moved.to.as_deref().map_or_else(|| "taken away".to_owned(), |version| version.to_owned());
    let name = format!(
        "{}: {} in {}",
        artifact.map_or_else(|| moved.service.clone(), |artifact| artifact.origin.to_string()),
        if context.release.is_process() && moved.to.is_some() { "deploy" } else { &to },
        stage.environment
    );
    let mut job = job(context, step, &name, context.permissions(&scopes), steps);
    job.condition = Some(format!("{} && {FIRST_ATTEMPT}", after_all(&job.needs)));
    job.environment = Some(Environment { name: stage.environment.clone(), deployment: None });
    job
}

fn window(context: &Context<'_>, stage: &Stage) -> JobStep {
    let stage = ("STAGE", literal(&stage.environment));
    context.command(
        "Look whether a deployment may start now",
        "window check",
        &[stage],
        &["--stage \"${STAGE}\" --summary \"${GITHUB_STEP_SUMMARY}\""],
    )
}

fn begin(context: &Context<'_>, step: &Step) -> JobStep {
    let begin = context.command(
        "Look whether this is still safe, and record that it begins",
        "record begin",
        &[
            ("STEP", literal(&step.id)),
            ("SUBJECTS", subjects::lines(context)),
            ("CHANGE", context.change()),
            ("REQUESTED_BY", context.requested_by()),
        ],
        &[
            "--step \"${STEP}\" --commit \"${GITHUB_SHA}\" --actor \"${GITHUB_TRIGGERING_ACTOR}\"",
            "--change \"${CHANGE}\" --requested-by \"${REQUESTED_BY}\" --output \"${GITHUB_OUTPUT}\"",
            SUBJECTS,
        ],
    );
    JobStep { id: Some("begin".to_owned()), ..before(SUBJECT_ARGUMENTS, begin) }
}

/// Records how it ended, however it ended.
pub(super) fn end(context: &Context<'_>, step: &Step, service: Option<&str>, condition: &str) -> JobStep {
    let mut more = vec![("STEP", literal(&step.id)), ("RESULT", "${{ job.status }}".to_owned())];
    let mut args = vec!["--step \"${STEP}\" --result \"${RESULT}\""];
    if let Some(service) = service {
        more.push(("SERVICE", literal(service)));
        args.push("--service \"${SERVICE}\"");
    }
    let mut end = context.command("Record how it ended", "record end", &more, &args);
    end.condition = Some(condition.to_owned());
    end
}

fn provenance(context: &Context<'_>, artifact: Option<&Artifact>, image: &str) -> JobStep {
    let mut env = Texts::default();
    env.put("IMAGE", literal(image));
    env.put("DIGEST", "${{ steps.begin.outputs.digest }}".to_owned());
    let other = artifact.and_then(|artifact| artifact.imported_from.as_deref());
    env.put("REPOSITORY", other.map_or_else(|| "${{ github.repository }}".to_owned(), literal));
    env.put("GH_TOKEN", "${{ github.token }}".to_owned());
    let run = "[[ \"${DIGEST}\" =~ ^sha256:[0-9a-f]{64}$ ]]\n\
               gh attestation verify \"oci://${IMAGE}@${DIGEST}\" --repo \"${REPOSITORY}\"\n";
    let mut step = context.script("Look where the image comes from", env, run);
    step.condition = Some(GOES.to_owned());
    step
}

/// Gets an archive, and looks whether it is the one that was built.
fn archive(context: &Context<'_>, service: &str) -> Vec<JobStep> {
    let get = JobStep {
        name: "Get the artifact".to_owned(),
        condition: Some(GOES.to_owned()),
        uses: Some(crate::github::actions::Action::DownloadArtifact.pinned(context.settings)),
        inputs: [("name", build::archive_name(service)), ("path", "${{ runner.temp }}/artifact".to_owned())]
            .into_iter()
            .collect(),
        ..JobStep::default()
    };
    let mut env = Texts::default();
    env.put("DIGEST", "${{ steps.begin.outputs.digest }}".to_owned());
    let run = "echo \"${DIGEST#sha256:}  ${RUNNER_TEMP}/artifact/artifact.tar\" | sha256sum --check --strict --quiet\n\
               tar -xf \"${RUNNER_TEMP}/artifact/artifact.tar\"\n";
    let mut same = context.script("Look whether it is the one that was built", env, run);
    same.condition = Some(GOES.to_owned());
    vec![get, same]
}

/// The shares of the traffic, each held and watched, and then all of it.
fn moves(context: &Context<'_>, stage: &Stage, moved: &Move, artifact: Option<&Artifact>) -> Vec<JobStep> {
    let credentials =
        context.plan.environments.get(&stage.environment).and_then(|place| place.credentials.as_ref());
    let step = |name: String, task: Task<'_>| {
        let Script { env, run } = script(&moved.service, artifact, moved.group.as_deref(), task);
        let mut env: Texts = env.into_iter().map(|(key, value)| (key, literal(&value))).collect();
        env.put("DIGEST", "${{ steps.begin.outputs.digest }}".to_owned());
        env.put("CLEARWAY_DIGEST", "${{ steps.begin.outputs.digest }}".to_owned());
        env.put("CLEARWAY_VERSION", "${{ steps.begin.outputs.version }}".to_owned());
        env.put("CLEARWAY_ENVIRONMENT", literal(&stage.environment));
        secrets(context, artifact, &mut env);
        credentials::hand(credentials, &mut env);
        let mut step = context.script(&name, env, run);
        step.condition = Some(GOES.to_owned());
        step
    };
    if moved.to.is_none() {
        return vec![step(format!("Take {} away", moved.service), Task::Gone)];
    }
    let mut steps = Vec::new();
    let is_all = |share: &clearway_plan::Share| share.percent.normalize().to_string() == "100";
    for share in &stage.rollout.shares {
        if is_all(share) {
            steps.push(step(format!("Deploy {}", moved.service), Task::All(moved.kind)));
        } else {
            let percent = share.percent.normalize().to_string();
            steps.push(step(format!("{percent}% of {}", moved.service), Task::Share(&percent)));
        }
        if share.hold > 0 {
            steps.push(hold(context, stage, &moved.service, share.hold, GOES));
        }
    }
    if !stage.rollout.shares.last().is_some_and(is_all) {
        steps.push(step(format!("Deploy {}", moved.service), Task::All(moved.kind)));
    }
    steps
}

/// Tells where the secrets of a service are kept.
pub(super) fn secrets(context: &Context<'_>, artifact: Option<&Artifact>, env: &mut Texts) {
    if let Some(lines) = crate::way::secrets(context.plan, artifact) {
        env.put("CLEARWAY_SECRETS", literal(&lines));
    }
}

/// Waits, and watches where something is to be watched.
pub(super) fn hold(
    context: &Context<'_>,
    stage: &Stage,
    service: &str,
    seconds: u64,
    condition: &str,
) -> JobStep {
    let for_seconds = ("SECONDS_TO_HOLD", seconds.to_string());
    let mut step = if stage.watches().next().is_none() {
        let env = [for_seconds].into_iter().collect();
        context.script("Hold", env, "sleep \"${SECONDS_TO_HOLD}\"\n")
    } else {
        let more = [("STAGE", literal(&stage.environment)), ("SERVICE", literal(service)), for_seconds];
        let args = ["--stage \"${STAGE}\" --service \"${SERVICE}\" --for \"${SECONDS_TO_HOLD}\""];
        context.command("Hold and watch", "watch", &more, &args)
    };
    step.condition = Some(condition.to_owned());
    step
}
