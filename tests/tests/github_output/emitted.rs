//! What was emitted of a plan: its workflows, read back, and the run of each way through a release.

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::{Path, PathKind, Plan, Release, Step, StepKind};
use clearway_tests::Fixture;
use clearway_tests::github::{Folder, Graph, Node, Refused};

/// Where workflows stand.
const WORKFLOWS: &str = ".github/workflows/";

/// What was emitted of a plan.
#[derive(Debug, Clone)]
pub struct Emitted {
    /// The plan.
    pub plan: Plan,
    /// Every file, by path.
    pub files: BTreeMap<String, String>,
}

impl Emitted {
    /// What is emitted of a project, or what is told of it.
    pub fn of(fixture: &Fixture) -> Result<Self, Vec<String>> {
        let workspace = fixture.workspace();
        let target = clearway_targets::find("github").unwrap();
        let compiled = clearway_compile::build(&workspace, &[target]);
        if compiled.fails() {
            return Err(compiled.diagnostics.iter().map(|told| told.message.clone()).collect());
        }
        let made = compiled.made.into_iter().flat_map(|made| made.files);
        let files = made.map(|file| (file.path, file.text)).collect();
        Ok(Self { plan: compiled.plan.unwrap(), files })
    }

    /// The workflows, by the names of their files.
    pub fn workflows(&self) -> BTreeMap<String, String> {
        let named =
            |(path, text): (&String, &String)| Some((path.strip_prefix(WORKFLOWS)?.to_owned(), text.clone()));
        self.files.iter().filter_map(named).collect()
    }

    /// The workflows as GitHub reads them.
    pub fn folder(&self) -> Result<Folder, Refused> {
        Folder::of(&self.workflows())
    }

    /// The ways through the releases.
    pub fn ways(&self) -> Result<Vec<Way<'_>>, Refused> {
        let folder = self.folder()?;
        let mut ways = Vec::new();
        for release in &self.plan.releases {
            for path in &release.paths {
                let file = match path.kind {
                    PathKind::Release => format!("{}.yml", release.name),
                    kind => format!("{}-{kind}.yml", release.name),
                };
                let graph = Graph::of(&folder, &file)?;
                ways.push(Way { emitted: self, release, path, folder: folder.clone(), graph });
            }
        }
        Ok(ways)
    }
}

/// A way through a release, as a run.
pub struct Way<'e> {
    /// All that was emitted.
    pub emitted: &'e Emitted,
    /// The release.
    pub release: &'e Release,
    /// The steps that the plan wants.
    pub path: &'e Path,
    /// The workflows.
    pub folder: Folder,
    /// The jobs.
    pub graph: Graph,
}

impl<'e> Way<'e> {
    /// Whether it goes to the environments, and not back from one.
    pub fn is_forward(&self) -> bool {
        self.path.kind != PathKind::Rollback
    }

    /// What the clock starts beside the way through a release: the ramps of its flags.
    pub fn clock(&self) -> Result<Option<Graph>, String> {
        let file = format!("{}-flags.yml", self.release.name);
        if self.path.kind != PathKind::Release || !self.folder.workflows.contains_key(&file) {
            return Ok(None);
        }
        Graph::of(&self.folder, &file).map(Some).map_err(|refused| refused.to_string())
    }

    /// The job of a step.
    pub fn node(&self, step: &str) -> Result<&Node, String> {
        let found = self.graph.nodes.iter().filter(|node| node.called.is_none() && node.local == step);
        match found.collect::<Vec<_>>().as_slice() {
            [only] => Ok(only),
            several => Err(format!("{}: {} jobs for the step `{step}`", self.graph.file, several.len())),
        }
    }

    /// The id of the job of a step.
    pub fn job(&self, step: &str) -> Result<&str, String> {
        self.node(step).map(|node| node.id.as_str())
    }

    /// The steps of a kind.
    pub fn steps(&self, wanted: impl Fn(&StepKind) -> bool) -> Vec<&'e Step> {
        self.path.steps.iter().filter(|step| wanted(&step.does)).collect()
    }

    /// The steps that deploy.
    pub fn deployments(&self) -> Vec<&'e Step> {
        self.steps(|does| matches!(does, StepKind::Deploy { .. }))
    }

    /// All steps that a step stands on.
    pub fn closure(&self, step: &'e Step) -> BTreeSet<&'e str> {
        let mut found = BTreeSet::new();
        let mut open: Vec<&str> = step.needs.iter().map(String::as_str).collect();
        while let Some(id) = open.pop() {
            if found.insert(id) {
                open.extend(
                    self.path.step(id).into_iter().flat_map(|step| step.needs.iter().map(String::as_str)),
                );
            }
        }
        found
    }
}
