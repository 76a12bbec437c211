//! Building once, testing what was built, and taking what another repository built.

use clearway_plan::{Artifact, Command, Output, Step};

use super::evidence::keep_reports;
use super::job;
use crate::github::actions::Action;
use crate::github::model::{Job, Step as JobStep, Texts};
use crate::github::retention::retention_days;
use crate::github::steps::Context;
use crate::github::subjects;
use crate::github::text::{literal, minutes};
use crate::settings::Settings;

/// Builds an artifact. Its digest is an output of the job.
pub(in crate::github) fn build(
    context: &Context<'_>,
    step: &Step,
    service: &str,
    artifact: &Artifact,
) -> Option<Job> {
    let build = artifact.build.as_ref()?;
    let mut steps = vec![context.checkout(true)];
    let mut scopes = Vec::new();
    if let Some(Output::Image(image)) = &build.output {
        scopes.push(("packages", "write", "push the image"));
        steps.push(login(context, image));
    }
    let mut made = command(context, &format!("Build {service}"), &build.command);
    made.env.put("CLEARWAY_VERSION", subjects::version(context, service));
    made.env.put("CLEARWAY_TAG", "${{ github.sha }}".to_owned());
    if let Some(Output::Image(image)) = &build.output {
        made.env.put("CLEARWAY_IMAGE", literal(image));
    }
    made.env.put("CLEARWAY_DIGEST_FILE", "${{ runner.temp }}/clearway-digest".to_owned());
    steps.push(made);
    steps.extend(build.output.as_ref().map(|output| digest(context, output)));
    if let Some(Output::Archive(_)) = &build.output {
        steps.push(keep_archive(context, service));
    }
    if attests(context.settings)
        && let Some(step) = attest(context, service, build.output.as_ref())
    {
        steps.push(step);
        scopes.push(("id-token", "write", "sign the provenance"));
        scopes.push(("attestations", "write", "keep the provenance"));
    }
    steps.extend(keep_reports(context, &step.id));
    let permissions = build_permissions(&scopes);
    let mut job = job(context, step, &format!("build {service}"), permissions, steps);
    if build.output.is_some() {
        job.outputs.put("digest", "${{ steps.digest.outputs.digest }}".to_owned());
    }
    Some(job)
}

fn build_permissions(scopes: &[(&'static str, &'static str, &str)]) -> crate::github::model::Permissions {
    let read = ("contents", "read", "check out the reviewed revision");
    std::iter::once(&read)
        .chain(scopes)
        .map(|(scope, access, why)| (*scope, serde_saphyr::Commented(*access, (*why).to_owned())))
        .collect()
}

/// Whether provenance can be attested: for public repositories, and for private ones of an enterprise.
pub(in crate::github) fn attests(settings: &Settings) -> bool {
    settings.get("visibility", "public") == "public" || settings.get("plan", "free") == "enterprise"
}

/// Signs in to the registry of an image with the token of the run.
fn login(context: &Context<'_>, image: &str) -> JobStep {
    let registry = image.split_once('/').map(|(host, _)| host).filter(|host| host.contains(['.', ':']));
    let inputs = [
        ("registry", registry.unwrap_or("docker.io")),
        ("username", "${{ github.actor }}"),
        ("password", "${{ github.token }}"),
    ];
    JobStep {
        name: "Sign in to the registry".to_owned(),
        uses: Some(Action::DockerLogin.pinned(context.settings)),
        inputs: inputs
            .into_iter()
            .map(|(key, value)| (key, if key == "registry" { literal(value) } else { value.to_owned() }))
            .collect(),
        ..JobStep::default()
    }
}

/// A command of the spec. It comes in the environment, so that nothing in it is read by anyone but its own shell.
pub(in crate::github) fn command(context: &Context<'_>, name: &str, command: &Command) -> JobStep {
    let mut env = Texts::default();
    env.put("COMMAND", literal(&command.run));
    let mut step = context.script(name, env, "bash -euo pipefail -c \"${COMMAND}\"\n");
    step.timeout_minutes = Some(minutes(command.timeout).min(super::LONGEST));
    step
}

/// The digest of what was built: that which the build wrote down, or that of what lies in the registry or on the disk.
fn digest(context: &Context<'_>, output: &Output) -> JobStep {
    let mut env = Texts::default();
    env.put("DIGEST_FILE", "${{ runner.temp }}/clearway-digest".to_owned());
    let find = match output {
        Output::Image(image) => {
            env.put("IMAGE", literal(image));
            "if [[ -s \"${DIGEST_FILE}\" ]]; then\n  digest=\"$(tr -d '[:space:]' < \"${DIGEST_FILE}\")\"\nelse\n  \
             digest=\"$(docker buildx imagetools inspect \"${IMAGE}:${GITHUB_SHA}\" --format '{{.Manifest.Digest}}')\"\nfi\n\
             [[ \"${digest}\" =~ ^sha256:[0-9a-f]{64}$ ]]\n"
        }
        Output::Archive(path) => {
            env.put("ARCHIVE", literal(path));
            "tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf \"${RUNNER_TEMP}/artifact.tar\" -- \"${ARCHIVE}\"\n\
             digest=\"sha256:$(sha256sum \"${RUNNER_TEMP}/artifact.tar\" | cut -d ' ' -f 1)\"\n"
        }
    };
    let run = format!("{find}echo \"digest=${{digest}}\" >> \"${{GITHUB_OUTPUT}}\"\n");
    let mut step = context.script("Find the digest", env, run);
    step.id = Some("digest".to_owned());
    step
}

fn keep_archive(context: &Context<'_>, service: &str) -> JobStep {
    let inputs = [
        ("name", archive_name(service)),
        ("path", "${{ runner.temp }}/artifact.tar".to_owned()),
        ("if-no-files-found", "error".to_owned()),
    ];
    JobStep {
        name: "Keep the artifact".to_owned(),
        uses: Some(Action::UploadArtifact.pinned(context.settings)),
        inputs: inputs.into_iter().chain(retention_days(context, "artifacts")).collect(),
        ..JobStep::default()
    }
}

/// The name under which an archive is kept in the run.
pub(in crate::github) fn archive_name(service: &str) -> String {
    format!("artifact-{}", clearway_plan::slug(service))
}

fn attest(context: &Context<'_>, service: &str, output: Option<&Output>) -> Option<JobStep> {
    let name = match output? {
        Output::Image(image) => literal(image),
        Output::Archive(_) => archive_name(service),
    };
    let inputs = [
        ("subject-name", name),
        ("subject-digest", "${{ steps.digest.outputs.digest }}".to_owned()),
        ("show-summary", "false".to_owned()),
    ];
    Some(JobStep {
        name: "Attest where it comes from".to_owned(),
        uses: Some(Action::AttestBuildProvenance.pinned(context.settings)),
        inputs: inputs.into_iter().collect(),
        ..JobStep::default()
    })
}

/// Tests what was built.
pub(in crate::github) fn test(
    context: &Context<'_>,
    step: &Step,
    service: &str,
    command_of: &Command,
) -> Job {
    let mut run = command(context, &format!("Test {service}"), command_of);
    let is_known = context
        .plan
        .artifacts
        .get(service)
        .is_some_and(|artifact| artifact.build.as_ref().is_some_and(|build| build.output.is_some()));
    if let Some(build) = step.needs.iter().find(|need| is_known && need.starts_with("build-")) {
        run.env.put("CLEARWAY_DIGEST", format!("${{{{ needs.{build}.outputs.digest }}}}"));
    }
    let mut steps = vec![context.checkout(false), run];
    steps.extend(keep_reports(context, &step.id));
    job(context, step, &format!("test {service}"), build_permissions(&[]), steps)
}

/// Takes what another repository built: by digest, and only with its provenance.
pub(in crate::github) fn import(
    context: &Context<'_>,
    step: &Step,
    service: &str,
    artifact: &Artifact,
) -> Job {
    let mut env = Texts::default();
    env.put("SERVICE", literal(service));
    env.put("DIGESTS", "${{ inputs.digests }}".to_owned());
    env.put("REPOSITORY", literal(artifact.imported_from.as_deref().unwrap_or_default()));
    env.put("GH_TOKEN", "${{ github.token }}".to_owned());
    let find = "digest=\"\"\nwhile IFS='=' read -r name value; do\n  if [[ \"${name}\" == \"${SERVICE}\" ]]; then digest=\"${value}\"; fi\n\
                done < <(tr ', ' '\\n' <<< \"${DIGESTS}\")\n\
                if [[ ! \"${digest}\" =~ ^sha256:[0-9a-f]{64}$ ]]; then\n  \
                echo \"::error::the input digests has no ${SERVICE}=sha256:…\"\n  exit 1\nfi\n";
    let verify = match artifact.build.as_ref().and_then(|build| build.output.as_ref()) {
        Some(Output::Image(image)) => {
            env.put("IMAGE", literal(image));
            "gh attestation verify \"oci://${IMAGE}@${digest}\" --repo \"${REPOSITORY}\"\n"
        }
        _ => {
            "gh api \"/repos/${REPOSITORY}/attestations/${digest}\" --jq '.attestations | length > 0' | grep -qx true\n"
        }
    };
    let run = format!("{find}{verify}echo \"digest=${{digest}}\" >> \"${{GITHUB_OUTPUT}}\"\n");
    let mut found = context.script(&format!("Take {service} by digest, with its provenance"), env, run);
    found.id = Some("digest".to_owned());
    let permissions = [
        ("attestations", serde_saphyr::Commented("read", "read the provenance".to_owned())),
        ("packages", serde_saphyr::Commented("read", "read the image".to_owned())),
    ];
    let mut job =
        job(context, step, &format!("import {service}"), permissions.into_iter().collect(), vec![found]);
    job.outputs.put("digest", "${{ steps.digest.outputs.digest }}".to_owned());
    job
}
