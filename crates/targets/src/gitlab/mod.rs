//! GitLab CI.
//!
//! One file takes what a person says who starts a run, and includes the pipeline of the way that is to be taken; each stage is a pipeline of
//! its own, triggered by a job that holds the stage's lock. What GitLab cannot keep by its files alone is kept by settings, which are emitted
//! too and looked at before every run, or by a call of `clearway` in the job.

mod context;
mod credentials;
mod environments;
mod expectations;
mod guarantees;
mod inputs;
mod jobs;
mod model;
mod obstacles;
mod pipeline;
mod recurring;
mod repositories;
mod schedules;
mod script;
mod settings;
mod trust;

use clearway_plan::Plan;

use crate::yaml::yaml;
use crate::{File, Keeping, Obstacle, Settings, Target};
use model::{Head, Spec};
use pipeline::Emitted;

/// The target.
#[derive(Debug, Clone, Copy)]
pub struct GitLab;

impl Target for GitLab {
    fn name(&self) -> &'static str {
        "gitlab"
    }

    fn guarantees(&self, plan: &Plan, settings: &Settings) -> Vec<Keeping> {
        guarantees::guarantees(plan, settings)
    }

    fn obstacles(&self, plan: &Plan, settings: &Settings) -> Vec<Obstacle> {
        obstacles::obstacles(plan, settings)
    }

    fn emit(&self, plan: &Plan, settings: &Settings) -> Result<Vec<File>, String> {
        let mut files = vec![
            written("the project", &inputs::root(plan))?,
            File::new(script::PATH, script::text(settings)),
        ];
        for release in &plan.releases {
            let origin = format!("release {}", release.name);
            for emitted in pipeline::pipelines(plan, settings, release) {
                files.push(written(&origin, &emitted)?);
            }
            for (origin, emitted) in repositories::pipelines(plan, settings, release) {
                files.push(written(&origin, &emitted)?);
            }
        }
        for emitted in recurring::pipelines(plan, settings) {
            files.push(written("the project", &emitted)?);
        }
        files.extend(settings::files(plan, settings));
        files.push(trust::file_of(plan, settings));
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        Ok(files)
    }
}

/// A file, with its inputs in a document of their own before what it holds.
fn written(origin: &str, emitted: &Emitted) -> Result<File, String> {
    if emitted.inputs.is_empty() {
        return Ok(File::new(&*emitted.path, yaml(origin, &emitted.pipeline)?));
    }
    let head = yaml(origin, &Head { spec: Spec { inputs: emitted.inputs.clone() } })?;
    let text = yaml(origin, &emitted.pipeline)?;
    let body = text.split_once('\n').map_or("", |(_, body)| body);
    Ok(File::new(&*emitted.path, format!("{head}---\n{body}")))
}
