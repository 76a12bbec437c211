//! What another repository has to run for its own images: a template that builds and signs them. The digest is what a release takes.

use clearway_plan::{Output, Path, PathKind, Plan, Release, Step, StepKind, slug};

use super::config::Config;
use super::context::{Context, Started};
use super::job::Value;
pub(super) use super::jobs::signer;
use super::jobs::{build, sign, without_version};
use super::model::{Object, Parameter, Parameters, Spec};
use super::workflow::single;
use super::{ARGO, document, metadata, written};
use crate::index::Index;
use crate::{File, Settings};

/// The files for other repositories.
///
/// # Errors
///
/// One cannot be written down.
pub(super) fn files(
    plan: &Plan,
    settings: &Settings,
    config: &Config,
    release: &Release,
) -> Result<Vec<File>, String> {
    let mut files = Vec::new();
    for shipped in &release.ships {
        let Some(artifact) = plan.artifacts.get(&shipped.service) else { continue };
        let Some(repository) = &artifact.imported_from else { continue };
        let Some(made) = &artifact.build else { continue };
        if !matches!(made.output, Some(Output::Image(_))) {
            continue;
        }
        let step = Step {
            id: format!("build-{}", slug(&shipped.service)),
            does: StepKind::Build { service: shipped.service.clone() },
            origin: artifact.origin.clone(),
            needs: Vec::new(),
            after_failure_of: Vec::new(),
            timeout: made.command.timeout,
            lock: None,
        };
        let path = Path { kind: PathKind::Release, steps: vec![step.clone()] };
        let index = Index::of(release, &path);
        let own = Config {
            repository: config.repository.as_ref().map(|_| format!("https://github.com/{repository}.git")),
            ..config.clone()
        };
        let context = Context {
            plan,
            settings,
            config: &own,
            release,
            path: &path,
            index: &index,
            known: "",
            started: Started::Elsewhere,
        };
        let Some(mut job) = build(&context, &step, &shipped.service, artifact) else { continue };
        job.script = without_version(&job.script);
        job.keeps.clear();
        job.tell("SIGNER", signer(artifact));
        job.variables.push((
            "CLEARWAY_VERSION".to_owned(),
            Value::Filled("{{workflow.parameters.version}}".to_owned()),
        ));
        sign(&mut job);
        let emitted = single(&context, &step.id, "", job);
        let file = format!("repos/{repository}/argo/{}.yaml", step.id);
        let mut documents = Vec::new();
        let mut workflow = emitted.workflow;
        let asked = |name: &str, description: &str| Parameter {
            name: name.to_owned(),
            description: Some(description.to_owned()),
            ..Parameter::default()
        };
        workflow.arguments = Parameters {
            parameters: vec![
                asked("commit", "The commit that is built: 40 hexadecimal digits"),
                asked("started-by", "You, by the name that the cluster knows you by"),
                asked("version", "The version that is built"),
            ],
            artifacts: Vec::new(),
        };
        for (name, body) in emitted.texts.objects() {
            let metadata = metadata(plan, config, &name);
            documents.push(document(&Object { api_version: "v1", kind: "ConfigMap", metadata, body })?);
        }
        let metadata = metadata(plan, config, &emitted.name);
        let body = Spec { spec: workflow };
        documents.push(document(&Object { api_version: ARGO, kind: "WorkflowTemplate", metadata, body })?);
        files.push(written(file, &artifact.origin.to_string(), &documents)?);
    }
    Ok(files)
}
