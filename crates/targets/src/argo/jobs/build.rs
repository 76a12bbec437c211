//! Building once, testing and measuring what was built, and taking what another repository built.

use clearway_plan::{Artifact, Command, Dataset, Output, Step, slug};

use crate::argo::context::{Context, place};
use crate::argo::job::{Account, Job};
use crate::argo::names::kube;
use crate::reports::{data_variables, globs};

/// A command of the spec. It comes in a variable, so that nothing in it is read by anyone but its own shell.
const COMMAND: &str = "bash -euo pipefail -c \"${COMMAND}\"\n";

/// The version that ships: what the spec says, or what the first job found.
pub(super) const VERSION: &str = "CLEARWAY_VERSION=\"$(sed -n \"s/^version-${SLUG}=//p\" .clearway/run/basis)\"\nexport CLEARWAY_VERSION\n";

/// What a build is told, and the registry that it may write to.
const TOLD: &str = "if [[ -f /clearway/registry/config.json ]]; then export DOCKER_CONFIG=/clearway/registry; fi\n\
    export CLEARWAY_TAG=\"${COMMIT}\" CLEARWAY_DIGEST_FILE=\"${folder}/digest\"\n";

/// The digest that the build wrote down, or that of what lies in the registry.
const IMAGE_DIGEST: &str = "if [[ -s \"${CLEARWAY_DIGEST_FILE}\" ]]; then\n  digest=\"$(tr -d '[:space:]' < \"${CLEARWAY_DIGEST_FILE}\")\"\nelse\n  \
    digest=\"$(docker buildx imagetools inspect \"${CLEARWAY_IMAGE}:${COMMIT}\" --format '{{.Manifest.Digest}}')\"\nfi\n\
    [[ \"${digest}\" =~ ^sha256:[0-9a-f]{64}$ ]]\n";

/// The digest of what lies on the disk.
const ARCHIVE_DIGEST: &str = "mkdir -p .clearway/run/artifacts\n\
    tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf \".clearway/run/artifacts/${MADE}.tar\" -- \"${ARCHIVE}\"\n\
    digest=\"sha256:$(sha256sum \".clearway/run/artifacts/${MADE}.tar\" | cut -d ' ' -f 1)\"\n";

/// Keeps the digest, for whoever needs this job.
const KEEP: &str = "printf '%s' \"${digest}\" > \".clearway/run/digests/${MADE}\"\n";

/// Builds an artifact, and keeps its digest.
pub(in crate::argo) fn build(
    context: &Context<'_>,
    step: &Step,
    service: &str,
    artifact: &Artifact,
) -> Option<Job> {
    let build = artifact.build.as_ref()?;
    let keeps_digest = match build.output {
        Some(Output::Image(_)) => IMAGE_DIGEST,
        Some(Output::Archive(_)) => ARCHIVE_DIGEST,
        None => "",
    };
    let kept = if build.output.is_some() { KEEP } else { "" };
    let mut job = context.command(step, format!("{TOLD}{VERSION}{COMMAND}{keeps_digest}{kept}"));
    job.timeout = build.command.timeout + 600;
    job.has_registry = true;
    job.tell("COMMAND", build.command.run.as_str());
    job.tell("SLUG", slug(service));
    job.tell("MADE", kube(&step.id));
    match &build.output {
        Some(Output::Image(image)) => job.tell("CLEARWAY_IMAGE", image.as_str()),
        Some(Output::Archive(path)) => job.tell("ARCHIVE", path.as_str()),
        None => {}
    }
    Some(keep_reports(context, step, job, &["digests", "artifacts"]))
}

/// Without what only a run of a release knows.
pub(in crate::argo) fn without_version(script: &str) -> String {
    script.replace(VERSION, "")
}

/// Tests what was built.
pub(in crate::argo) fn test(context: &Context<'_>, step: &Step, service: &str, command: &Command) -> Job {
    let made = context.index.maker(service).filter(|maker| step.needs.iter().any(|need| need == maker));
    let digest = "if [[ -f \".clearway/run/digests/${MADE}\" ]]; then CLEARWAY_DIGEST=\"$(< \".clearway/run/digests/${MADE}\")\"; fi\nexport CLEARWAY_DIGEST\n";
    let script = if made.is_some() { format!("{digest}{COMMAND}") } else { COMMAND.to_owned() };
    let mut job = context.command(step, script);
    job.timeout = command.timeout + 300;
    job.tell("COMMAND", command.run.as_str());
    if let Some(made) = made {
        job.tell("MADE", kube(made));
    }
    keep_reports(context, step, job, &[])
}

/// Makes the evidence of a gate.
pub(in crate::argo) fn scan(context: &Context<'_>, step: &Step, measure: &Command) -> Job {
    let script = format!("SUBJECTS=\"$(subjects)\"\nexport SUBJECTS\n{COMMAND}");
    let mut job = context.command(step, script);
    job.timeout = measure.timeout + 300;
    job.tell("COMMAND", measure.run.as_str());
    keep_reports(context, step, job, &[])
}

/// Puts data into an environment, by a command of the spec.
pub(in crate::argo) fn provision(
    context: &Context<'_>,
    step: &Step,
    environment: &str,
    (name, dataset): (&str, &Dataset),
) -> Job {
    let mut job = context.command(step, COMMAND.to_owned());
    job.timeout = dataset.provision.timeout + 300;
    job.tell("COMMAND", dataset.provision.run.as_str());
    for (key, value) in data_variables(name, environment, dataset) {
        job.tell(key, value);
    }
    job
}

/// Keeps what a job leaves below what the run knows, each in a place of its own, so that nothing hides another.
fn keep_reports(context: &Context<'_>, step: &Step, mut job: Job, folders: &[&str]) -> Job {
    let globs = globs(context.plan, context.release);
    job.keeps = folders.iter().map(|folder| place(folder, &step.id)).collect();
    if !globs.is_empty() {
        let reports = place("reports", &step.id);
        job.tell("PATTERNS", globs.into_iter().collect::<Vec<_>>().join("\n"));
        job.tell("GATHERED", format!("/scratch/source/{reports}"));
        job.keeps.push(reports);
    }
    job
}

/// Takes an image that another repository built: by digest, and only with the signature of that repository.
pub(in crate::argo) fn import(context: &Context<'_>, step: &Step, service: &str, artifact: &Artifact) -> Job {
    let find = "digest=\"\"\nwhile IFS='=' read -r name value; do\n  if [[ \"${name}\" == \"${SERVICE}\" ]]; then digest=\"${value}\"; fi\n\
                done < <(tr ', ' '\\n' <<< \"${DIGESTS}\")\n\
                if [[ ! \"${digest}\" =~ ^sha256:[0-9a-f]{64}$ ]]; then\n  \
                echo \"the parameter digests has no ${SERVICE}=sha256:…\" >&2\n  exit 1\nfi\n";
    let verify =
        "cosign verify --key \"k8s://${CLEARWAY_NAMESPACE}/${SIGNER}\" \"${IMAGE}@${digest}\" > /dev/null\n";
    let image = match artifact.build.as_ref().and_then(|build| build.output.as_ref()) {
        Some(Output::Image(image)) => image.as_str(),
        _ => "",
    };
    let mut job = context.job(step, format!("{find}{verify}{KEEP}"));
    job.account = Account::Run;
    job.has_ledger = false;
    job.has_registry = true;
    job.tell("SERVICE", service);
    job.tell("IMAGE", image);
    job.tell("SIGNER", signer(artifact));
    job.tell("MADE", kube(&step.id));
    job.keeps = vec![place("digests", &step.id)];
    job
}

/// The secret with the key that images of another repository are signed with.
pub(in crate::argo) fn signer(artifact: &Artifact) -> String {
    format!("cosign-{}", kube(artifact.imported_from.as_deref().unwrap_or_default()))
}

/// Signs an image as the repository that built it, for those that take it from there.
pub(in crate::argo) fn sign(job: &mut Job) {
    job.script.push_str("cosign sign --yes --key \"k8s://${CLEARWAY_NAMESPACE}/${SIGNER}\" \"${CLEARWAY_IMAGE}@${digest}\"\necho \"${digest}\"\n");
}
