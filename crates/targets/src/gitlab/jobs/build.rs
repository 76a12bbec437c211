//! Building once, testing and measuring what was built, and taking what another repository built.

use clearway_plan::{Artifact, Command, Dataset, Output, Step, slug};

use crate::gitlab::context::{BUILD, Context, KNOWN, VERIFY, keeps, minutes, texts};
use crate::gitlab::model::{IdToken, Job, Value};
use crate::reports::{GATHER, data_variables, globs};

/// A command of the spec. It comes in a variable, so that nothing in it is read by anyone but its own shell.
const COMMAND: &str = "bash -euo pipefail -c \"${COMMAND}\"\n";

/// The version that ships: what the spec says, or what the first job found.
pub(in crate::gitlab) const VERSION: &str = "CLEARWAY_VERSION=\"$(sed -n \"s/^version-${SLUG}=//p\" .clearway/run/basis)\"\nexport CLEARWAY_VERSION\n";

/// Signs in to the registry of the project, where the image goes there; to another one with what the runner knows.
const LOGIN: &str = "if [[ \"${CLEARWAY_IMAGE}\" == \"${CI_REGISTRY:-}/\"* ]]; then\n  \
    printf '%s' \"${CI_REGISTRY_PASSWORD}\" | docker login --username \"${CI_REGISTRY_USER}\" --password-stdin \"${CI_REGISTRY}\"\nfi\n";

/// The digest that the build wrote down, or that of what lies in the registry.
const IMAGE_DIGEST: &str = "if [[ -s \"${CLEARWAY_DIGEST_FILE}\" ]]; then\n  digest=\"$(tr -d '[:space:]' < \"${CLEARWAY_DIGEST_FILE}\")\"\nelse\n  \
    digest=\"$(docker buildx imagetools inspect \"${CLEARWAY_IMAGE}:${CI_COMMIT_SHA}\" --format '{{.Manifest.Digest}}')\"\nfi\n\
    [[ \"${digest}\" =~ ^sha256:[0-9a-f]{64}$ ]]\n";

/// The digest of what lies on the disk.
const ARCHIVE_DIGEST: &str = "mkdir -p .clearway/run/artifacts\n\
    tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf \".clearway/run/artifacts/${CI_JOB_NAME}.tar\" -- \"${ARCHIVE}\"\n\
    digest=\"sha256:$(sha256sum \".clearway/run/artifacts/${CI_JOB_NAME}.tar\" | cut -d ' ' -f 1)\"\n";

/// Keeps the digest, for whoever needs this job.
const KEEP: &str =
    "mkdir -p .clearway/run/digests\nprintf '%s' \"${digest}\" > \".clearway/run/digests/${CI_JOB_NAME}\"\n";

/// Gathers the reports where the gates look for them, whether the job succeeded or not.
const REPORTS: &str = "export GATHERED=\"${CI_PROJECT_DIR}/.clearway/run/reports/reports-${CI_JOB_NAME}\"\n";

/// Builds an artifact, and keeps its digest.
pub(in crate::gitlab) fn build(
    context: &Context<'_>,
    step: &Step,
    service: &str,
    artifact: &Artifact,
) -> Option<Job> {
    let build = artifact.build.as_ref()?;
    let mut variables = texts([("GIT_DEPTH", "0")]);
    variables.put("COMMAND", Value::text(&build.command.run));
    variables.put("SLUG", Value::text(slug(service)));
    variables.put("CLEARWAY_TAG", Value::variable("CI_COMMIT_SHA"));
    let mut script = Vec::new();
    let mut digest = "";
    match &build.output {
        Some(Output::Image(image)) => {
            variables.put("CLEARWAY_IMAGE", Value::text(image));
            script.push(LOGIN.to_owned());
            digest = IMAGE_DIGEST;
        }
        Some(Output::Archive(path)) => {
            variables.put("ARCHIVE", Value::text(path));
            digest = ARCHIVE_DIGEST;
        }
        None => {}
    }
    script.push(format!(
        "mkdir -p .clearway/job\nexport CLEARWAY_DIGEST_FILE=\"${{CI_PROJECT_DIR}}/.clearway/job/digest\"\n{VERSION}{COMMAND}"
    ));
    if !digest.is_empty() {
        script.push(format!("{digest}{KEEP}"));
    }
    let mut job = context.job(step, BUILD, script);
    job.timeout = Some(minutes(build.command.timeout + 600));
    job.variables = variables;
    Some(keep_reports(context, step, job, &["digests", "artifacts"]))
}

/// Tests what was built.
pub(in crate::gitlab) fn test(context: &Context<'_>, step: &Step, service: &str, command: &Command) -> Job {
    let made = context.index.maker(service).filter(|maker| step.needs.iter().any(|need| need == maker));
    let mut variables = texts([("COMMAND", command.run.as_str())]);
    let mut script = String::new();
    if let Some(made) = made {
        variables.put("MADE", Value::text(made));
        "if [[ -f \".clearway/run/digests/${MADE}\" ]]; then CLEARWAY_DIGEST=\"$(< \".clearway/run/digests/${MADE}\")\"; fi\nexport CLEARWAY_DIGEST\n"
            .clone_into(&mut script);
    }
    let mut job = context.job(step, VERIFY, vec![script + COMMAND]);
    job.timeout = Some(minutes(command.timeout + 300));
    job.variables = variables;
    keep_reports(context, step, job, &[])
}

/// Makes the evidence of a gate.
pub(in crate::gitlab) fn scan(context: &Context<'_>, step: &Step, measure: &Command) -> Job {
    let script = vec![format!("SUBJECTS=\"$(subjects)\"\nexport SUBJECTS\n{COMMAND}")];
    let mut job = context.telling(step, VERIFY, script);
    job.timeout = Some(minutes(measure.timeout + 300));
    job.variables = texts([("COMMAND", measure.run.as_str())]);
    keep_reports(context, step, job, &[])
}

/// Puts data into an environment, by a command of the spec.
pub(in crate::gitlab) fn provision(
    context: &Context<'_>,
    step: &Step,
    environment: &str,
    (name, dataset): (&str, &Dataset),
) -> Job {
    let mut job = context.job(step, VERIFY, vec![COMMAND.to_owned()]);
    job.timeout = Some(minutes(dataset.provision.timeout + 300));
    job.variables = texts([("COMMAND", dataset.provision.run.as_str())]);
    for (key, value) in data_variables(name, environment, dataset) {
        job.variables.put(key, Value::text(value));
    }
    job
}

/// Keeps what a job leaves below what the run knows, each in a place of its own, so that nothing hides another.
fn keep_reports(context: &Context<'_>, step: &Step, mut job: Job, folders: &[&str]) -> Job {
    let globs = globs(context.plan, context.release);
    let path = |folder: &&str| match *folder {
        "artifacts" => format!("{KNOWN}artifacts/{}.tar", step.id),
        folder => format!("{KNOWN}{folder}/{}", step.id),
    };
    let mut paths: Vec<String> = folders.iter().map(path).collect();
    if !globs.is_empty() {
        job.variables.put("PATTERNS", Value::text(globs.into_iter().collect::<Vec<_>>().join("\n")));
        job.after_script.push(format!("{REPORTS}{GATHER}"));
        paths.push(format!("{KNOWN}reports/reports-{}/", step.id));
    }
    job.artifacts = (!paths.is_empty()).then(|| keeps(context.plan, &paths));
    job
}

/// Takes an image that another repository built: by digest, and only with the signature of that repository's pipeline.
pub(in crate::gitlab) fn import(
    context: &Context<'_>,
    step: &Step,
    service: &str,
    artifact: &Artifact,
) -> Job {
    let image = match artifact.build.as_ref().and_then(|build| build.output.as_ref()) {
        Some(Output::Image(image)) => image.as_str(),
        _ => "",
    };
    let mut variables = texts([
        ("SERVICE", service),
        ("IMAGE", image),
        ("REPOSITORY", artifact.imported_from.as_deref().unwrap_or_default()),
    ]);
    variables.put("DIGESTS", Value::input("digests"));
    let find = "digest=\"\"\nwhile IFS='=' read -r name value; do\n  if [[ \"${name}\" == \"${SERVICE}\" ]]; then digest=\"${value}\"; fi\n\
                done < <(tr ', ' '\\n' <<< \"${DIGESTS}\")\n\
                if [[ ! \"${digest}\" =~ ^sha256:[0-9a-f]{64}$ ]]; then\n  \
                echo \"the input digests has no ${SERVICE}=sha256:…\" >&2\n  exit 1\nfi\n";
    let verify = "identity=\"$(printf '%s' \"${CI_SERVER_URL}/${REPOSITORY}//\" | sed 's/[][\\.*^$+?(){}|]/\\\\&/g')\"\n\
                  cosign verify --certificate-oidc-issuer \"${CI_SERVER_URL}\" --certificate-identity-regexp \"^${identity}\" \
                  \"${IMAGE}@${digest}\" > /dev/null\n";
    let mut job = context.job(step, BUILD, vec![format!("{find}{verify}{KEEP}")]);
    job.variables = variables;
    job.artifacts = Some(keeps(context.plan, &[format!("{KNOWN}digests/{}", step.id)]));
    job
}

/// Signs an image as the pipeline that built it, for those that take it from there.
pub(in crate::gitlab) fn sign(job: &mut Job) {
    job.id_tokens.put("SIGSTORE_ID_TOKEN", IdToken { aud: "sigstore".to_owned() });
    job.script.push("cosign sign --yes \"${CLEARWAY_IMAGE}@${digest}\"\necho \"${digest}\"\n".to_owned());
}
