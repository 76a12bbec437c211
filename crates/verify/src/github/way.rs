//! The ways through the releases of a plan, as runs of the workflows that are there.

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::{Path, PathKind, Plan, Recurring, Release, Step, StepKind};

use super::folder::{Folder, spot};
use super::graph::{Graph, Node};
use crate::finding::Refused;
use crate::recurring::is_looked_at_with;
use crate::{Files, Spot};

/// Where workflows stand.
const WORKFLOWS: &str = ".github/workflows/";

/// Files, and the plan that they are held to.
#[derive(Debug, Clone)]
pub struct Emitted {
    /// The plan.
    pub plan: Plan,
    /// Every file, by path.
    pub files: Files,
}

impl Emitted {
    /// The workflows, by the names of their files: those of the releases, and those that they call. What else a repository has is its own
    /// business.
    pub fn workflows(&self) -> BTreeMap<String, String> {
        let ends = ["", "-emergency", "-rollback", "-flags"];
        let of = |name: &String| ends.map(|end| format!("{name}{end}.yml"));
        let again = Recurring::of(&self.plan).map(|one| format!("{}.yml", one.name()));
        let ways = self.plan.releases.iter().flat_map(|release| of(&release.name));
        let mut open: Vec<String> = ways.chain(again).collect();
        let mut found = BTreeMap::new();
        while let Some(file) = open.pop() {
            let Some(text) = self.files.get(&format!("{WORKFLOWS}{file}")) else { continue };
            if found.insert(file, text.clone()).is_none() {
                let calls = text.split(WORKFLOWS).skip(1);
                let name = |c: char| !(c.is_alphanumeric() || "._-".contains(c));
                open.extend(calls.filter_map(|rest| rest.split(name).next()).map(str::to_owned));
            }
        }
        found
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
    /// All that is there.
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

impl crate::claims::Way for Way<'_> {
    fn name(&self) -> String {
        self.graph.file.clone()
    }

    fn path(&self) -> &Path {
        self.path
    }

    fn wanted(&self) -> Vec<&Step> {
        self.path.steps.iter().collect()
    }

    fn begins(&self) -> Spot {
        self.spot()
    }

    fn place(&self, step: &str) -> Option<Spot> {
        self.node(step).ok().map(Node::spot)
    }
}

impl<'e> Way<'e> {
    /// The workflow that it starts with.
    pub fn spot(&self) -> Spot {
        spot(&self.graph.file, &["jobs"])
    }

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

    /// All that the clock starts: that, and what is done again and again, which is looked at with one way.
    pub fn clocks(&self) -> Result<Vec<Graph>, String> {
        let mut graphs: Vec<Graph> = self.clock()?.into_iter().collect();
        if is_looked_at_with(&self.emitted.plan, self.release, self.path) {
            let files = Recurring::of(&self.emitted.plan).map(|one| format!("{}.yml", one.name()));
            for file in files.filter(|file| self.folder.workflows.contains_key(file)) {
                graphs.push(Graph::of(&self.folder, &file).map_err(|refused| refused.to_string())?);
            }
        }
        Ok(graphs)
    }

    /// The job of a step.
    pub fn node(&self, step: &str) -> Result<&Node, String> {
        let found = self.graph.nodes.iter().filter(|node| node.called.is_none() && node.local == step);
        match found.collect::<Vec<_>>().as_slice() {
            [only] => Ok(only),
            [] => Err(format!("no job for the step `{step}`")),
            several => Err(format!("{} jobs for the step `{step}`", several.len())),
        }
    }

    /// The jobs of a step, one after the other: one, or of a large way back several, of which the last has the id of the step.
    pub fn nodes(&self, step: &Step) -> Result<Vec<&Node>, String> {
        let last = self.node(&step.id)?;
        let is_part = |node: &&Node| {
            let part = node.local.strip_prefix(&step.id).and_then(|rest| rest.strip_prefix("--"));
            node.called.is_none() && part.is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let mut earlier: Vec<&Node> = self.graph.nodes.iter().filter(is_part).collect();
        earlier.sort_by_key(|node| node.local.len());
        earlier.push(last);
        Ok(earlier)
    }

    /// The calls around a job, the nearest first.
    pub fn calls_around<'w>(&'w self, node: &'w Node) -> impl Iterator<Item = &'w Node> {
        let around = |node: &&'w Node| node.parent.and_then(|at| self.graph.nodes.get(at));
        std::iter::successors(around(&node), move |call| around(call))
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
        crate::closure(self.path, step)
    }
}
