//! The jobs of one run: those of a workflow, and in the place of each call those of the workflow that it calls.

use std::collections::{BTreeMap, BTreeSet};

use super::expression::Condition;
use super::folder::{Folder, order, spot};
use super::workflow::{Called, Job, Workflow};
use crate::finding::{Refused, Spot};

/// A job's place in its graph.
pub type At = usize;

/// The jobs of a run. Each stands after those that it needs, the jobs of a called workflow directly after the job that calls.
#[derive(Debug, Clone)]
pub struct Graph {
    /// The file that the run starts with.
    pub file: String,
    /// What it can be given.
    pub takes: Called,
    /// The jobs.
    pub nodes: Vec<Node>,
}

/// A job of a run.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its id, below those of the jobs that call its workflow: `production/deploy-checkout`.
    pub id: String,
    /// Its id in its workflow.
    pub local: String,
    /// The file of its workflow.
    pub file: String,
    /// What is written.
    pub job: Job,
    /// Its condition.
    pub condition: Condition,
    /// The job that calls its workflow.
    pub parent: Option<At>,
    /// The jobs of the workflow that it calls.
    pub children: Vec<At>,
    /// What the called workflow takes and gives.
    pub called: Option<Called>,
    /// The jobs that it needs.
    pub needs: Vec<At>,
    /// All jobs of its workflow that it needs, and that those need.
    pub ancestors: BTreeSet<At>,
    /// All jobs that have ended, or in the case of calls have begun, before it can start.
    pub before: BTreeSet<At>,
}

impl Node {
    /// Where it stands.
    pub fn spot(&self) -> Spot {
        spot(&self.file, &["jobs", &self.local])
    }
}

impl Graph {
    /// The jobs of a run of a workflow.
    pub fn of(folder: &Folder, file: &str) -> Result<Self, Refused> {
        let refused = |why: String| Refused::by_the_rules(spot(file, &[]), why);
        let workflow = folder
            .workflows
            .get(file)
            .ok_or_else(|| Refused::unreadable(&spot(file, &[]).file, "there is no such file".to_owned()))?;
        let takes = workflow.dispatched().map_err(refused)?.or(workflow.called().map_err(refused)?);
        let mut graph = Self { file: file.to_owned(), takes: takes.unwrap_or_default(), nodes: Vec::new() };
        graph.enter(folder, file, workflow, None).map_err(refused)?;
        Ok(graph)
    }

    fn enter(
        &mut self,
        folder: &Folder,
        file: &str,
        workflow: &Workflow,
        parent: Option<At>,
    ) -> Result<Vec<At>, String> {
        let mut places: BTreeMap<&str, At> = BTreeMap::new();
        for local in order(workflow)? {
            let Some(job) = workflow.jobs.get(local) else { continue };
            let at = self.nodes.len();
            let needs: Vec<At> = job.needs().iter().filter_map(|need| places.get(need).copied()).collect();
            let mut ancestors: BTreeSet<At> = needs.iter().copied().collect();
            ancestors.extend(needs.iter().flat_map(|need| self.nodes[*need].ancestors.clone()));
            let mut before: BTreeSet<At> = ancestors.clone();
            before.extend(ancestors.iter().flat_map(|call| self.below(*call)));
            if let Some(parent) = parent {
                before.insert(parent);
                before.extend(self.nodes[parent].before.clone());
            }
            let above = parent.map(|parent| format!("{}/", self.nodes[parent].id)).unwrap_or_default();
            self.nodes.push(Node {
                id: format!("{above}{local}"),
                local: local.to_owned(),
                file: file.to_owned(),
                job: job.clone(),
                condition: Condition::read(&job.condition_text()).map_err(|error| error.0)?,
                parent,
                children: Vec::new(),
                called: None,
                needs,
                ancestors,
                before,
            });
            if let Some((file, callee)) = folder.callee(job) {
                self.nodes[at].called = callee.called()?;
                self.nodes[at].children = self.enter(folder, file, callee, Some(at))?;
            }
            places.insert(local, at);
        }
        let mut entered: Vec<At> = places.into_values().collect();
        entered.sort_unstable();
        Ok(entered)
    }

    /// The jobs of the workflow that a job calls, at any depth.
    pub fn below(&self, at: At) -> BTreeSet<At> {
        let children = &self.nodes[at].children;
        children.iter().flat_map(|child| [*child].into_iter().chain(self.below(*child))).collect()
    }

    /// All jobs that a job stands before.
    pub fn after(&self, at: At) -> BTreeSet<At> {
        (0..self.nodes.len()).filter(|later| self.nodes[*later].before.contains(&at)).collect()
    }

    /// The job with an id.
    pub fn find(&self, id: &str) -> Option<At> {
        self.nodes.iter().position(|node| node.id == id)
    }

    /// The ids of the jobs whose own id begins with a word, calls left out.
    pub fn jobs(&self, prefix: &str) -> Vec<&str> {
        let real = self.nodes.iter().filter(|node| node.called.is_none() && node.local.starts_with(prefix));
        real.map(|node| node.id.as_str()).collect()
    }
}
