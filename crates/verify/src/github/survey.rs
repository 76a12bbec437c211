//! What stands in workflows, to be held against rules: identities, environments, actions, scripts, groups that take turns.

use std::collections::{BTreeMap, BTreeSet};

use super::expression::{Expression, template};
use super::folder::Folder;
use super::graph::{At, Graph};
use super::workflow::{Called, Environment, Job, Permissions, Scalar, Turns};

/// Who holds a group, over which jobs.
#[derive(Debug, Clone, PartialEq)]
pub struct Holder {
    /// The job that holds it; the whole run where there is none.
    pub job: Option<String>,
    /// The group, and how the others wait.
    pub turns: Turns,
    /// Whether those that wait do so in line.
    pub in_line: bool,
    /// The jobs during which it is held.
    pub over: BTreeSet<String>,
}

/// What a job asks of the outside, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The job.
    pub job: String,
    /// What was found.
    pub what: String,
}

impl Graph {
    /// The jobs whose token may prove an identity to others.
    pub fn identities(&self, folder: &Folder) -> BTreeSet<String> {
        let real = (0..self.nodes.len()).filter(|at| self.nodes[*at].called.is_none());
        let may = real.filter(|at| self.permissions(folder, *at).is_some_and(|p| p.level("id-token") == 2));
        may.map(|at| self.nodes[at].id.clone()).collect()
    }

    /// What the token of a job may do; none where the repository's settings decide that.
    pub fn permissions<'f>(&'f self, folder: &'f Folder, at: At) -> Option<&'f Permissions> {
        let node = &self.nodes[at];
        let file = folder.workflows.get(&node.file)?;
        node.job
            .permissions
            .as_ref()
            .or(file.permissions.as_ref())
            .or_else(|| self.permissions(folder, node.parent?))
    }

    /// The environments, by the job that stands in each.
    pub fn environments(&self) -> BTreeMap<String, Environment> {
        let found = self.nodes.iter().filter_map(|node| Some((node.id.clone(), node.job.environment()?)));
        found.collect()
    }

    /// All actions, images and workflows that are used.
    pub fn actions(&self) -> Vec<Found> {
        let of = |id: &str, job: &Job| -> Vec<Found> {
            let steps = job.steps().iter().filter_map(|step| step.uses.clone());
            let used = steps.chain(job.uses.clone());
            used.map(|what| Found { job: id.to_owned(), what }).collect()
        };
        self.nodes.iter().flat_map(|node| of(&node.id, &node.job)).collect()
    }

    /// All scripts.
    pub fn scripts(&self) -> Vec<Found> {
        let steps = self.nodes.iter().flat_map(|node| node.job.steps().iter().map(|step| (&node.id, step)));
        let scripts = steps.flat_map(|(id, step)| {
            let inline = step.with.get("script").map(Scalar::text);
            step.run.clone().into_iter().chain(inline).map(|what| Found { job: id.clone(), what })
        });
        scripts.collect()
    }

    /// The jobs, and steps, whose failure is not to count.
    pub fn silenced(&self) -> Vec<Found> {
        let of = |id: &String, what: &str| Found { job: id.clone(), what: what.to_owned() };
        let mut found = Vec::new();
        for node in &self.nodes {
            found.extend(node.job.continues_on_error().then(|| of(&node.id, "the job")));
            let steps = node.job.steps().iter().filter(|step| step.continues_on_error());
            found.extend(steps.map(|step| of(&node.id, step.title())));
        }
        found
    }

    /// The groups that take turns, and over which jobs each is held.
    pub fn holders(&self, folder: &Folder) -> Vec<Holder> {
        let mut found = Vec::new();
        let whole = folder.workflows.get(&self.file).and_then(|workflow| workflow.concurrency.as_ref());
        if let Some(concurrency) = whole {
            found.push(Holder {
                job: None,
                turns: concurrency.turns(),
                in_line: concurrency.waits_in_line(),
                over: self.nodes.iter().map(|node| node.id.clone()).collect(),
            });
        }
        for (at, node) in self.nodes.iter().enumerate() {
            let Some(concurrency) = &node.job.concurrency else { continue };
            let over = self.below(at).into_iter().chain([at]);
            found.push(Holder {
                job: Some(node.id.clone()),
                turns: concurrency.turns(),
                in_line: concurrency.waits_in_line(),
                over: over.map(|at| self.nodes[at].id.clone()).collect(),
            });
        }
        found
    }

    /// Groups that a job asks for while a job around it, or the run, holds them: it would wait for itself.
    pub fn deadlocks(&self, folder: &Folder) -> Vec<Found> {
        let holders = self.holders(folder);
        let mut found = Vec::new();
        for inner in &holders {
            let Some(job) = &inner.job else { continue };
            let group = inner.turns.group.to_lowercase();
            let around = holders.iter().filter(|outer| outer.job != inner.job && outer.over.contains(job));
            if around.into_iter().any(|outer| outer.turns.group.to_lowercase() == group) {
                found.push(Found { job: job.clone(), what: inner.turns.group.clone() });
            }
        }
        found
    }

    /// What the expressions of a job read, as dotted names.
    pub fn reads(&self, job: &str) -> BTreeSet<String> {
        let mut references = Vec::new();
        for node in self.nodes.iter().filter(|node| node.id == job) {
            expressions(&node.job).iter().for_each(|expression| expression.references(&mut references));
        }
        references.iter().map(|names| names.join(".")).collect()
    }

    /// What an output of a call reads in the workflow that is called, as dotted names.
    pub fn given(&self, call: &str, output: &str) -> BTreeSet<String> {
        let call = self.nodes.iter().find(|node| node.id == call).and_then(|node| node.called.as_ref());
        let value = call.and_then(|called| called.outputs.get(output)).map(|given| given.value.text());
        let mut references = Vec::new();
        if let Some(read) = value.and_then(|text| template(&text).ok()) {
            read.references(&mut references);
        }
        references.iter().map(|names| names.join(".")).collect()
    }

    /// The jobs of several legs of which one that fails cancels the others.
    pub fn legs_that_fall_together(&self) -> Vec<&str> {
        let apart =
            |strategy: &serde_json::Value| strategy.get("fail-fast") == Some(&serde_json::Value::Bool(false));
        let legs = self.nodes.iter().filter(|node| node.job.strategy.as_ref().is_some_and(|one| !apart(one)));
        legs.map(|node| node.id.as_str()).collect()
    }

    /// What expressions read that their workflow is not told: it is nothing, always.
    pub fn untold(&self) -> Vec<Found> {
        let mut found = Vec::new();
        let mut look = |takes: &Called, job: &str, expression: &Expression| {
            let mut references = Vec::new();
            expression.references(&mut references);
            let untold = references.into_iter().filter(|names| {
                names[0] == "inputs" && names.get(1).is_some_and(|name| !takes.inputs.contains_key(name))
            });
            found.extend(untold.map(|names| Found { job: job.to_owned(), what: names.join(".") }));
        };
        for node in &self.nodes {
            let around = node.parent.and_then(|at| self.nodes[at].called.as_ref());
            let takes = around.unwrap_or(&self.takes);
            expressions(&node.job).iter().for_each(|expression| look(takes, &node.id, expression));
            if let Some(called) = &node.called {
                given(called).for_each(|expression| look(called, &node.id, &expression));
            }
        }
        found
    }

    /// What expressions read of jobs that their job does not need: it is nothing, always.
    pub fn strangers(&self) -> Vec<Found> {
        let mut found = Vec::new();
        for node in &self.nodes {
            let needs = node.job.needs();
            for expression in expressions(&node.job) {
                let mut references = Vec::new();
                expression.references(&mut references);
                let unknown = references.iter().filter(|names| {
                    names[0] == "needs"
                        && names.get(1).is_some_and(|id| id != "*" && !needs.contains(&id.as_str()))
                });
                found.extend(unknown.map(|names| Found { job: node.id.clone(), what: names.join(".") }));
            }
        }
        found
    }
}

/// What a called workflow gives, as expressions.
fn given(called: &Called) -> impl Iterator<Item = Expression> {
    called.outputs.values().filter_map(|given| template(&given.value.text()).ok())
}

/// The expressions of a job and its steps.
fn expressions(job: &Job) -> Vec<Expression> {
    let condition = |text: String| {
        if text.contains("${{") { template(&text).ok() } else { Expression::read(&text).ok() }
    };
    let mut found: Vec<Expression> = condition(job.condition_text()).into_iter().collect();
    let scalars = job.env.values().chain(job.with.values()).chain(job.outputs.values());
    let mut texts: Vec<String> = scalars.map(Scalar::text).collect();
    for step in job.steps() {
        found.extend(condition(step.condition_text()));
        texts.extend(step.env.values().chain(step.with.values()).map(Scalar::text));
        texts.extend(step.run.clone());
    }
    found.extend(texts.iter().filter_map(|text| template(text).ok()));
    found
}

/// Whether what is used can never become something else: an action by its commit, an image by its digest, or a part of the
/// repository itself.
pub fn is_pinned(uses: &str) -> bool {
    let hex = |text: &str, length: usize| {
        text.len() == length
            && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    if uses.starts_with("./") || uses.starts_with("$/") {
        return true;
    }
    if let Some(image) = uses.strip_prefix("docker://") {
        return image.rsplit_once("@sha256:").is_some_and(|(_, digest)| hex(digest, 64));
    }
    uses.rsplit_once('@').is_some_and(|(_, commit)| hex(commit, 40))
}
