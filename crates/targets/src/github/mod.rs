//! GitHub Actions.
//!
//! A release becomes a workflow for each way that a run can take; each stage is a workflow of its own, called by a job that holds the
//! stage's lock. What GitHub cannot keep by its files alone is kept by settings, which are emitted too and looked at before every run, or
//! by a call of `clearway` in the job.

mod action;
mod actions;
mod condition;
mod credentials;
mod environments;
mod guarantees;
mod jobs;
mod layout;
mod limits;
mod model;
mod obstacles;
mod parts;
mod recurring;
mod retention;
mod review;
mod steps;
mod subjects;
mod text;
mod trust;
mod workflow;

use clearway_plan::{Plan, Release};

use crate::yaml::yaml;
use crate::{File, Keeping, Obstacle, Settings, Target};

/// The target.
#[derive(Debug, Clone, Copy)]
pub struct GitHub {
    /// The largest workflow file, in bytes: what would be larger is cut into workflows that it calls.
    largest: usize,
}

impl GitHub {
    /// As github.com is.
    pub const fn new() -> Self {
        Self::with_workflows_up_to(limits::FILE)
    }

    /// One that takes no larger workflow files than of so many bytes.
    pub const fn with_workflows_up_to(bytes: usize) -> Self {
        Self { largest: bytes }
    }
}

impl Default for GitHub {
    fn default() -> Self {
        Self::new()
    }
}

impl Target for GitHub {
    fn name(&self) -> &'static str {
        "github"
    }

    fn guarantees(&self, plan: &Plan, settings: &Settings) -> Vec<Keeping> {
        guarantees::guarantees(plan, settings)
    }

    fn obstacles(&self, plan: &Plan, settings: &Settings) -> Vec<Obstacle> {
        obstacles::obstacles(plan, settings, self.largest)
    }

    fn emit(&self, plan: &Plan, settings: &Settings) -> Result<Vec<File>, String> {
        let mut files = vec![File::new(action::PATH, yaml("the project", &action::action(settings))?)];
        let mut trusted = trust::Trusted::of(plan, settings);
        for release in &plan.releases {
            let origin = format!("release {}", release.name);
            let layout = workflow::layout(plan, settings, release, self.largest);
            let workflows = workflow::workflows(plan, settings, release, &layout);
            trusted.see(&workflows);
            for (path, workflow) in workflows {
                files.push(File::new(path, yaml(&origin, &workflow)?));
            }
            files.extend(imported(plan, settings, release)?);
        }
        let again = recurring::workflows(plan, settings);
        trusted.see(&again);
        for (path, workflow) in again {
            files.push(File::new(path, yaml("the project", &workflow)?));
        }
        if let Some((path, workflow)) = review::workflow(settings) {
            files.push(File::new(path, yaml("the project", &workflow)?));
        }
        files.extend(environments::files(plan, settings));
        files.push(trusted.file());
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        Ok(files)
    }
}

/// The build pipelines of what other repositories build, for these.
fn imported(plan: &Plan, settings: &Settings, release: &Release) -> Result<Vec<File>, String> {
    let mut files = Vec::new();
    for shipped in &release.ships {
        let Some(artifact) = plan.artifacts.get(&shipped.service) else { continue };
        let (Some(repository), Some(_)) = (&artifact.imported_from, &artifact.build) else { continue };
        if let Some(workflow) = workflow::build_elsewhere(plan, settings, release, &shipped.service) {
            let path = format!(
                "repos/{repository}/.github/workflows/build-{}.yml",
                clearway_plan::slug(&shipped.service)
            );
            files.push(File::new(path, yaml(&artifact.origin.to_string(), &workflow)?));
        }
    }
    Ok(files)
}
