//! Argo: Workflows run the release, Rollouts bring versions in, and CD brings both, with what they rest on, into the cluster.
//!
//! A workflow is a graph of jobs, and in it one for each stage, which holds the stage's lock. What people say lies in objects that the API
//! server admits in their own name alone; who may resume a workflow decides nothing. What Argo cannot keep by its files alone is kept by
//! policies of the API server, which are emitted too and looked at before every run, or by a call of `clearway` in the job.

mod access;
mod admission;
mod alerts;
mod config;
mod context;
mod credentials;
mod delivery;
mod expectations;
mod guarantees;
mod job;
mod jobs;
mod model;
mod names;
mod needs;
mod obstacles;
mod recurring;
mod repositories;
mod rollouts;
mod texts;
mod volumes;
mod windows;
mod workflow;

use std::collections::BTreeSet;

use clearway_plan::{Path, Plan, Recurring, Release};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::entries::Texts as Labels;
use crate::recurring::{RAMPS, cron};
use crate::yaml::yaml;
use crate::{File, Keeping, Obstacle, Settings, Target};
use config::Config;
use model::{ByTemplate, CronSpec, Metadata, Named, Object, Spec};
use names::kube;
use workflow::Emitted;

/// The target.
#[derive(Debug, Clone, Copy)]
pub struct Argo;

/// The folder of its files.
const FOLDER: &str = "argo";

/// The version of what Argo adds to Kubernetes.
const ARGO: &str = "argoproj.io/v1alpha1";

impl Target for Argo {
    fn name(&self) -> &'static str {
        "argo"
    }

    /// A pod runs in an image, and which one has the tools of a team nobody else can say.
    fn needs_table(&self) -> bool {
        true
    }

    fn guarantees(&self, plan: &Plan, settings: &Settings) -> Vec<Keeping> {
        guarantees::guarantees(plan, settings)
    }

    fn obstacles(&self, plan: &Plan, settings: &Settings) -> Vec<Obstacle> {
        obstacles::obstacles(plan, settings)
    }

    fn emit(&self, plan: &Plan, settings: &Settings) -> Result<Vec<File>, String> {
        let config = Config::of(plan, settings);
        let mut files = Vec::new();
        for release in &plan.releases {
            let origin = format!("release {}", release.name);
            for (path, documents) in of_release(plan, settings, &config, release)? {
                files.push(written(path, &origin, &documents)?);
            }
            files.extend(repositories::files(plan, settings, &config, release)?);
        }
        for one in Recurring::of(plan) {
            let mut all = Vec::new();
            for emitted in recurring::workflows(plan, settings, &config, one) {
                all.extend(documents(plan, &config, emitted, cron(one))?);
            }
            files.push(written(format!("{FOLDER}/{}.yaml", one.name()), "the project", &all)?);
        }
        files.extend(access::files(plan, &config)?);
        files.extend(admission::files(plan, &config)?);
        files.extend(alerts::files(plan, settings)?);
        files.extend(delivery::files(plan, &config)?);
        files.push(expectations::file(plan, settings, &config)?);
        files.push(access::trust(plan, settings, &config));
        files.push(access::approving(&config));
        for environment in plan.environments.keys() {
            let emitted = rollouts::of_environment(plan, environment)?;
            let analyses = emitted.analyses.values().map(document).collect::<Result<Vec<_>, _>>()?;
            let rollouts = emitted.rollouts.values().map(document).collect::<Result<Vec<_>, _>>()?;
            let documents = [analyses, rollouts].concat();
            if !documents.is_empty() {
                let path = format!("{FOLDER}/rollouts/{environment}.yaml");
                files.push(written(path, &format!("environment {environment}"), &documents)?);
            }
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        Ok(files)
    }
}

/// The files of a release, each with its documents: one for each way, and one for what the clock starts.
fn of_release(
    plan: &Plan,
    settings: &Settings,
    config: &Config,
    release: &Release,
) -> Result<Vec<(String, Vec<String>)>, String> {
    let mut files: Vec<(String, Vec<String>)> = Vec::new();
    for emitted in workflow::workflows(plan, settings, config, release) {
        let path = file_of(release, &emitted);
        let documents = documents(plan, config, emitted, RAMPS)?;
        match files.iter_mut().find(|(known, _)| *known == path) {
            Some((_, known)) => known.extend(documents),
            None => files.push((path, documents)),
        }
    }
    Ok(files)
}

/// The file of a way; the ways back of all environments have one.
fn file_of(release: &Release, emitted: &Emitted) -> String {
    let back = format!("{}-rollback", kube(&release.name));
    let name = if emitted.name.starts_with(&back) {
        format!("{}-rollback", release.name)
    } else {
        emitted.name.replacen(&kube(&release.name), &release.name, 1)
    };
    format!("{FOLDER}/{name}.yaml")
}

/// The documents of a way: its texts, its template, and what starts it by the clock.
fn documents(
    plan: &Plan,
    config: &Config,
    emitted: Emitted,
    clock: &'static str,
) -> Result<Vec<String>, String> {
    let Emitted { name, workflow, texts, is_clocked } = emitted;
    let mut documents = Vec::new();
    for (name, body) in texts.objects() {
        let metadata = metadata(plan, config, &name);
        documents.push(document(&Object { api_version: "v1", kind: "ConfigMap", metadata, body })?);
    }
    let of_template = metadata(plan, config, &name);
    let body = Spec { spec: workflow };
    documents.push(document(&Object {
        api_version: ARGO,
        kind: "WorkflowTemplate",
        metadata: of_template.clone(),
        body,
    })?);
    if is_clocked {
        let spec = CronSpec {
            schedules: vec![clock],
            timezone: "Etc/UTC",
            concurrency_policy: "Forbid",
            workflow_spec: ByTemplate { workflow_template_ref: Named { name } },
        };
        let body = Spec { spec };
        documents.push(document(&Object {
            api_version: ARGO,
            kind: "CronWorkflow",
            metadata: of_template,
            body,
        })?);
    }
    Ok(documents)
}

/// What an object of the releases is called, in their namespace.
fn metadata(plan: &Plan, config: &Config, name: &str) -> Metadata {
    Metadata { name: name.to_owned(), namespace: Some(config.namespace.clone()), labels: labels(plan) }
}

/// Whose an object is.
fn labels(plan: &Plan) -> Labels {
    Labels::from_iter([
        ("app.kubernetes.io/managed-by", "clearway".to_owned()),
        ("clearway.dev/project", kube(&plan.project)),
    ])
}

/// An object as it is written.
fn document(object: &impl Serialize) -> Result<String, String> {
    let text = yaml("", object)?;
    Ok(text.split_once('\n').map_or_else(String::new, |(_, body)| body.to_owned()))
}

/// A file of objects.
fn written(path: String, origin: &str, documents: &[String]) -> Result<File, String> {
    let text = yaml(origin, &())?;
    let head = text.split_once('\n').map_or(text.as_str(), |(head, _)| head);
    Ok(File::new(path, format!("{head}\n{}", documents.join("---\n"))))
}

/// A way back, as far as it is about one environment.
fn way_of(path: &Path, environment: &str) -> Path {
    let mut path = path.clone();
    path.steps.retain(|step| step.does.environment().is_none_or(|of| of == environment));
    let there: BTreeSet<String> = path.steps.iter().map(|step| step.id.clone()).collect();
    for step in &mut path.steps {
        step.needs.retain(|need| there.contains(need));
    }
    path
}

/// The digest of the plan as a build writes it.
fn plan_digest(plan: &Plan) -> String {
    let text = crate::plan_text(plan).unwrap_or_default();
    texts::hex(&Sha256::digest(text.as_bytes()))
}
