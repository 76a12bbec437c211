//! The ways through the releases of a plan, as runs of the workflows that are there.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use clearway_plan::{Path, PathKind, Plan, Release, Step, StepKind};
use serde_json::Value;

use super::manifest::{Manifest, Template, Workflow};
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
    /// Every object.
    pub objects: Vec<Manifest>,
}

impl Emitted {
    /// The objects in some files, and the plan that they are held to.
    pub fn read(plan: Plan, files: Files) -> Result<Self, Refused> {
        let read = files.iter().filter(|(path, _)| path.starts_with("argo/") && path.ends_with(".yaml"));
        let objects = Manifest::all(read)?;
        Ok(Self { plan, files, objects })
    }

    /// The objects of a kind.
    pub fn of_kind<'e>(&'e self, kind: &'e str) -> impl Iterator<Item = &'e Manifest> {
        self.objects.iter().filter(move |object| object.kind() == kind)
    }

    /// The object of a kind with a name.
    pub fn object(&self, kind: &str, name: &str) -> Option<&Manifest> {
        self.objects.iter().find(|object| object.kind() == kind && object.name() == name)
    }

    /// What holds the files that the jobs of a workflow read.
    fn jobs_of(&self, workflow: &Workflow) -> Option<&Manifest> {
        let volumes = workflow.spec["volumes"].as_array().into_iter().flatten();
        let jobs = volumes
            .filter(|volume| volume["name"] == "jobs")
            .find_map(|one| one["configMap"]["name"].as_str());
        self.object("ConfigMap", jobs?)
    }

    /// A file that the jobs of a workflow read.
    pub fn text_of(&self, workflow: &Workflow, file: &str) -> Result<&str, String> {
        let object = self.jobs_of(workflow).ok_or("no files for the jobs")?;
        object.value["data"][file].as_str().ok_or_else(|| format!("no file `{file}`"))
    }

    /// The script of a job of a workflow.
    pub fn script_of(&self, workflow: &Workflow, template: &Template) -> Result<String, String> {
        let command = template.value["container"]["command"].as_array().ok_or("a job without a command")?;
        let path = command.last().and_then(Value::as_str).unwrap_or_default();
        let file = path.strip_prefix(JOBS).ok_or_else(|| format!("`{path}` is no script of ours"))?;
        self.text_of(workflow, file).map(str::to_owned)
    }

    /// The ways through the releases; the way back from each environment is one of its own.
    pub fn ways(&self) -> Result<Vec<Way<'_>>, Refused> {
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
                    ways.push(Way::of(self, release, path, environment)?);
                }
            }
        }
        Ok(ways)
    }
}

/// Where jobs find their files.
const JOBS: &str = "/clearway/jobs/";

/// A way through a release, as a workflow.
pub struct Way<'e> {
    /// All that was emitted.
    pub emitted: &'e Emitted,
    /// The release.
    pub release: &'e Release,
    /// The steps that the plan wants.
    pub path: &'e Path,
    /// The environment that goes back, on the way back.
    pub environment: Option<String>,
    /// What is run.
    pub workflow: Workflow,
    /// The jobs that fail whatever happens: their script says nothing else.
    pub doomed: BTreeSet<String>,
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
        self.job(step).ok().map(|template| self.workflow.spot(&template.name))
    }
}

impl<'e> Way<'e> {
    fn of(
        emitted: &'e Emitted,
        release: &'e Release,
        path: &'e Path,
        environment: Option<String>,
    ) -> Result<Self, Refused> {
        let mut name = release.name.clone();
        if path.kind != PathKind::Release {
            name = format!("{name}-{}", path.kind);
        }
        if let Some(environment) = &environment {
            name = format!("{name}-{environment}");
        }
        let missing = || Refused::unreadable("argo", format!("there is no WorkflowTemplate `{name}`"));
        let object = emitted.object("WorkflowTemplate", &name).ok_or_else(missing)?;
        let workflow = Workflow::read(object)?;
        let doomed = BTreeSet::new();
        let mut way = Self { emitted, release, path, environment, workflow, doomed, runs: OnceCell::new() };
        let fails =
            |template: &&Template| way.script(template).is_ok_and(|text| text.ends_with("\nexit 1\n"));
        way.doomed = way.containers().filter(fails).map(|template| template.name.clone()).collect();
        Ok(way)
    }

    /// What is run.
    pub fn spot(&self) -> Spot {
        self.workflow.spot("")
    }

    /// Where the script of a job stands.
    pub fn script_spot(&self, template: &Template) -> Spot {
        let command = template.value["container"]["command"].as_array();
        let file = command
            .and_then(|all| all.last())
            .and_then(Value::as_str)
            .and_then(|path| path.strip_prefix(JOBS));
        file.map_or_else(|| self.workflow.spot(&template.name), |file| self.text_spot(file))
    }

    /// Where a file stands that the jobs read.
    pub fn text_spot(&self, file: &str) -> Spot {
        self.jobs().map_or_else(|| self.spot(), |object| object.spot(&["data", file]))
    }

    /// The name of the way.
    pub fn name(&self) -> String {
        self.workflow.name.clone()
    }

    /// Whether it goes to the environments, and not back from one.
    pub fn is_forward(&self) -> bool {
        self.path.kind != PathKind::Rollback
    }

    /// What becomes of every task.
    pub fn run(&self, fate: &dyn Fn(&str) -> Fate) -> Run {
        let doomed =
            |name: &str| self.doomed.contains(name) && matches!(fate(name), Fate::Succeeds | Fate::IsSkipped);
        Run::of(&self.workflow, &|name| if doomed(name) { Fate::Fails } else { fate(name) })
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

    /// The template of the job of a step.
    pub fn job(&self, step: &str) -> Result<&Template, String> {
        let (_, task) =
            self.workflow.place_of(step).ok_or_else(|| format!("no job for the step `{step}`"))?;
        self.workflow.templates.get(&task.template).ok_or_else(|| format!("no template for `{step}`"))
    }

    /// Every template that runs a container.
    pub fn containers(&self) -> impl Iterator<Item = &Template> {
        self.workflow.templates.values().filter(|template| template.value.get("container").is_some())
    }

    /// The script of a job.
    pub fn script(&self, template: &Template) -> Result<String, String> {
        self.emitted.script_of(&self.workflow, template)
    }

    /// What holds the files that the jobs read.
    fn jobs(&self) -> Option<&Manifest> {
        self.emitted.jobs_of(&self.workflow)
    }

    /// A file that the jobs read.
    pub fn text(&self, file: &str) -> Result<&str, String> {
        self.emitted.text_of(&self.workflow, file)
    }

    /// The value of a variable of a job, wherever it is kept.
    pub fn variable(&self, template: &Template, name: &str) -> Option<String> {
        let container = &template.value["container"];
        let own = container["env"].as_array().into_iter().flatten().find(|one| one["name"] == name);
        if let Some(own) = own {
            if let Some(value) = own["value"].as_str() {
                return Some(value.to_owned());
            }
            let from = &own["valueFrom"]["configMapKeyRef"];
            let object = self.emitted.object("ConfigMap", from["name"].as_str()?)?;
            return object.value["data"][from["key"].as_str()?].as_str().map(str::to_owned);
        }
        let shared = container["envFrom"][0]["configMapRef"]["name"].as_str()?;
        let object = self.emitted.object("ConfigMap", shared)?;
        object.value["data"][name].as_str().map(str::to_owned)
    }
}
