//! The ways through the releases of a plan, as runs of the pipelines that are there.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use clearway_plan::{Path, PathKind, Plan, Release, Step, StepKind};

use super::pipeline::{Job, Pipeline, Project, ROOT};
use super::run::{Fate, Run};
use crate::Files;
use crate::finding::{Refused, Spot};

/// Files, and the plan that they are held to.
#[derive(Debug, Clone)]
pub struct Emitted {
    /// The plan.
    pub plan: Plan,
    /// Every file, by path.
    pub files: Files,
}

impl Emitted {
    /// The files that GitLab reads.
    pub fn project(&self) -> Project {
        let is_read =
            |path: &str| path == ".gitlab-ci.yml" || (path.starts_with(".gitlab/") && path.ends_with(".yml"));
        let files = self.files.iter().filter(|(path, _)| is_read(path));
        Project { files: files.map(|(path, text)| (path.clone(), text.clone())).collect() }
    }

    /// The ways through the releases; the way back from each environment is one of its own.
    pub fn ways(&self) -> Result<Vec<Way<'_>>, Refused> {
        let project = self.project();
        let mut ways = Vec::new();
        for release in &self.plan.releases {
            for path in &release.paths {
                let back = path.steps.iter().filter_map(|step| match &step.does {
                    StepKind::Rollback { environment } if path.kind == PathKind::Rollback => {
                        Some(environment.clone())
                    }
                    _ => None,
                });
                let chosen: Vec<Option<String>> = match path.kind {
                    PathKind::Rollback => back.map(Some).collect(),
                    _ => vec![None],
                };
                for environment in chosen {
                    ways.push(Way::of(self, &project, release, path, environment)?);
                }
            }
        }
        Ok(ways)
    }
}

/// A way through a release, as a run.
pub struct Way<'e> {
    /// All that was emitted.
    pub emitted: &'e Emitted,
    /// The files.
    pub project: Project,
    /// The release.
    pub release: &'e Release,
    /// The steps that the plan wants.
    pub path: &'e Path,
    /// The environment that goes back, on the way back.
    pub environment: Option<String>,
    /// What the person said who started it.
    pub inputs: BTreeMap<String, String>,
    /// The jobs of the run.
    pub pipeline: Pipeline,
    /// The pipelines of its stages, by the job that triggers each.
    pub stages: BTreeMap<String, Pipeline>,
    /// The runs that were tried, each with what went wrong in it.
    pub runs: OnceCell<Vec<(String, Run)>>,
}

impl crate::claims::Way for Way<'_> {
    fn name(&self) -> String {
        self.name()
    }

    fn path(&self) -> &Path {
        self.path
    }

    fn wanted(&self) -> Vec<&Step> {
        self.steps().collect()
    }

    fn begins(&self) -> Spot {
        self.spot()
    }

    fn place(&self, step: &str) -> Option<Spot> {
        self.job(step).ok().map(Job::spot)
    }
}

impl<'e> Way<'e> {
    fn of(
        emitted: &'e Emitted,
        project: &Project,
        release: &'e Release,
        path: &'e Path,
        environment: Option<String>,
    ) -> Result<Self, Refused> {
        let name = match path.kind {
            PathKind::Release => release.name.clone(),
            kind => format!("{}-{kind}", release.name),
        };
        let said = [
            ("pipeline", name.as_str()),
            ("change", "CHG-1"),
            ("incident", "INC-1"),
            ("requested-by", "ana"),
            ("digests", "x=sha256:0"),
            ("environment", environment.as_deref().unwrap_or("-")),
        ];
        let root = project.files.get(ROOT).map(String::as_str).unwrap_or_default();
        let asks = |key: &str| root.contains(&format!("    {key}:\n"));
        let inputs = said.iter().filter(|(key, _)| asks(key));
        let inputs: BTreeMap<String, String> =
            inputs.map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let pipeline = project
            .start(&inputs)
            .map_err(|refused| Refused { why: format!("{} ({name})", refused.why).into(), ..refused })?;
        let stages = pipeline.triggered.clone();
        let (project, runs) = (project.clone(), OnceCell::new());
        Ok(Self { emitted, project, release, path, environment, inputs, pipeline, stages, runs })
    }

    /// The file that it begins with.
    pub fn spot(&self) -> Spot {
        Spot::new(&self.pipeline.file, &[])
    }

    /// Where a job of a run stands.
    pub fn spot_of(&self, name: &str) -> Spot {
        let found = match name.split_once('/') {
            Some((by, name)) => self.stages.get(by).and_then(|stage| stage.job(name)),
            None => self.pipeline.job(name),
        };
        found.map_or_else(|| self.spot(), Job::spot)
    }

    /// The name of the way.
    pub fn name(&self) -> String {
        format!("{} {}", self.release.name, self.path.kind)
    }

    /// Whether it goes to the environments, and not back from one.
    pub fn is_forward(&self) -> bool {
        self.path.kind != PathKind::Rollback
    }

    /// What becomes of every job.
    pub fn run(&self, fate: &dyn Fn(&str) -> Fate) -> Run {
        Run::of(&self.pipeline, fate)
    }

    /// The steps that are there: all, or those of the environment that goes back.
    pub fn steps(&self) -> impl Iterator<Item = &'e Step> {
        let environment = self.environment.clone();
        let is_there = move |step: &&Step| {
            environment.is_none()
                || step.does.environment().is_none_or(|of| environment.as_deref() == Some(of))
        };
        self.path.steps.iter().filter(is_there)
    }

    /// The steps of a kind.
    pub fn steps_of(&self, wanted: impl Fn(&StepKind) -> bool) -> Vec<&'e Step> {
        self.steps().filter(|step| wanted(&step.does)).collect()
    }

    /// The steps that deploy.
    pub fn deployments(&self) -> Vec<&'e Step> {
        self.steps_of(|does| matches!(does, StepKind::Deploy { .. }))
    }

    /// The name of the job of a step in a run: in the pipeline of the way, or in that of its stage.
    pub fn job_name(&self, step: &str) -> Result<String, String> {
        let mut found: Vec<String> =
            self.pipeline.job(step).into_iter().map(|job| job.name.clone()).collect();
        found.extend(
            self.stages
                .iter()
                .filter(|(_, child)| child.job(step).is_some())
                .map(|(by, _)| format!("{by}/{step}")),
        );
        match found.as_slice() {
            [only] => Ok(only.clone()),
            [] => Err(format!("no job for the step `{step}`")),
            several => Err(format!("{} jobs for the step `{step}`", several.len())),
        }
    }

    /// The job of a step.
    pub fn job(&self, step: &str) -> Result<&Job, String> {
        let name = self.job_name(step)?;
        let found = match name.split_once('/') {
            Some((by, name)) => self.stages.get(by).and_then(|stage| stage.job(name)),
            None => self.pipeline.job(&name),
        };
        found.ok_or_else(|| format!("no job `{name}`"))
    }

    /// Every job, with its name in a run.
    pub fn jobs(&self) -> Vec<(String, &Job)> {
        let mut all: Vec<(String, &Job)> =
            self.pipeline.jobs.iter().map(|job| (job.name.clone(), job)).collect();
        for (by, child) in &self.stages {
            all.extend(child.jobs.iter().map(|job| (format!("{by}/{}", job.name), job)));
        }
        all
    }
}
