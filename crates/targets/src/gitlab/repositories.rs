//! The build pipelines of what other repositories build, for these: the digest of what they build is what a release takes.

use clearway_plan::{Output, Path, PathKind, Plan, Release, Step, StepKind, slug};

use super::context::{BUILD, Context, VERIFY};
use super::jobs::{self, VERSION};
use super::model::{Entries, Input, Pipeline, Value};
use super::pipeline::{Emitted, defaults};
use crate::index::Index;
use crate::settings::Settings;

/// What other repositories have to run, each with the declaration that it comes from.
pub(crate) fn pipelines(plan: &Plan, settings: &Settings, release: &Release) -> Vec<(String, Emitted)> {
    let mut files = Vec::new();
    for shipped in &release.ships {
        let Some(artifact) = plan.artifacts.get(&shipped.service) else { continue };
        let Some(repository) = &artifact.imported_from else { continue };
        if let Some((pipeline, inputs)) = build(plan, settings, release, &shipped.service) {
            let path = format!("repos/{repository}/.gitlab/build-{}.yml", slug(&shipped.service));
            files.push((artifact.origin.to_string(), Emitted { path, inputs, pipeline }));
        }
    }
    files
}

fn build(
    plan: &Plan,
    settings: &Settings,
    release: &Release,
    service: &str,
) -> Option<(Pipeline, Entries<Input>)> {
    let artifact = plan.artifacts.get(service)?;
    let build = artifact.build.as_ref()?;
    let step = |does: StepKind, id: String, needs: Vec<String>, timeout: u64| Step {
        id,
        does,
        origin: artifact.origin.clone(),
        needs,
        after_failure_of: Vec::new(),
        timeout,
        lock: None,
    };
    let name = slug(service);
    let does = StepKind::Build { service: service.to_owned() };
    let building = step(does, format!("build-{name}"), Vec::new(), build.command.timeout);
    let mut steps = vec![building.clone()];
    if let Some(test) = &artifact.test {
        let does = StepKind::Test { service: service.to_owned() };
        steps.push(step(does, format!("test-{name}"), vec![building.id.clone()], test.timeout));
    }
    let path = Path { kind: PathKind::Release, steps };
    let index = Index::of(release, &path);
    let context = Context { plan, settings, release, path: &path, index: &index, inside: None };
    let mut all = Entries::default();
    let mut made = jobs::build(&context, &building, service, artifact)?;
    for line in &mut made.script {
        *line = line.replace(VERSION, "");
    }
    made.variables.put("CLEARWAY_VERSION", Value::input("version"));
    if matches!(build.output, Some(Output::Image(_))) {
        jobs::sign(&mut made);
    }
    all.put(building.id, made);
    if let (Some(test), Some(step)) = (&artifact.test, path.steps.get(1)) {
        all.put(step.id.clone(), jobs::test(&context, step, service, test));
    }
    let mut inputs = Entries::default();
    let version = Input {
        description: "The version that is built".to_owned(),
        default: None,
        options: Vec::new(),
        regex: Some("^[A-Za-z0-9][A-Za-z0-9._+-]*$"),
    };
    inputs.put("version", version);
    let pipeline = Pipeline {
        stages: [BUILD, VERIFY].map(str::to_owned).to_vec(),
        default: Some(defaults(settings)),
        jobs: all,
        ..Pipeline::default()
    };
    Some((pipeline, inputs))
}
