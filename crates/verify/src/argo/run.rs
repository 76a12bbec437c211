//! What becomes of every task of a run.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::manifest::{Template, Workflow};

/// What became of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// It succeeded.
    Succeeded,
    /// It failed.
    Failed,
    /// It could not be run, or its pod went away.
    Errored,
    /// Its condition on values did not hold.
    Skipped,
    /// What it depends on did not come out so that it could start.
    Omitted,
    /// It has not ended.
    Running,
}

impl Phase {
    /// The phase with a name in an expression.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn named(name: &str) -> Result<Self, String> {
        match name {
            "Succeeded" => Ok(Self::Succeeded),
            "Failed" => Ok(Self::Failed),
            "Errored" => Ok(Self::Errored),
            "Skipped" => Ok(Self::Skipped),
            "Omitted" => Ok(Self::Omitted),
            other => Err(format!("there is no phase `{other}`")),
        }
    }

    const fn is_fulfilled(self) -> bool {
        !matches!(self, Self::Running)
    }

    const fn is_completed(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Errored)
    }

    const fn has_failed(self) -> bool {
        matches!(self, Self::Failed | Self::Errored)
    }
}

/// What a job does once it may start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It succeeds.
    Succeeds,
    /// It fails: by itself, or because its time is over.
    Fails,
    /// Its pod goes away.
    Errs,
    /// It never ends.
    Waits,
    /// The condition on values of its task does not hold; without one it succeeds.
    IsSkipped,
}

/// A run: what became of every task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// By name; of the tasks of graphs within graphs too, whose names are their own.
    pub tasks: BTreeMap<String, Phase>,
    /// Of the whole.
    pub phase: Phase,
}

impl Run {
    /// Runs a workflow, where each job has its fate.
    pub fn of(workflow: &Workflow, fate: &dyn Fn(&str) -> Fate) -> Self {
        let mut tasks = BTreeMap::new();
        let main = workflow.main();
        let phase = main.map_or(Phase::Errored, |main| graph(workflow, main, fate, &mut tasks));
        Self { tasks, phase }
    }

    /// What became of a task; nothing where its graph did not start.
    pub fn phase(&self, task: &str) -> Option<Phase> {
        self.tasks.get(task).copied()
    }

    /// Whether a task started.
    pub fn started(&self, task: &str) -> bool {
        self.phase(task).is_some_and(|phase| phase.is_completed() || phase == Phase::Running)
    }
}

fn graph(
    workflow: &Workflow,
    template: &Template,
    fate: &dyn Fn(&str) -> Fate,
    all: &mut BTreeMap<String, Phase>,
) -> Phase {
    let mut here: FxHashMap<&str, Phase> = FxHashMap::default();
    loop {
        let mut moved = false;
        for task in
            template.tasks.iter().filter(|task| !here.contains_key(task.name.as_str())).collect::<Vec<_>>()
        {
            let known = |name: &str| here.get(name).copied();
            // A task waits until all that it names has ended.
            if !task.needs.iter().all(|need| known(need).is_some_and(Phase::is_fulfilled)) {
                continue;
            }
            let phase_of = |name: &str| known(name).unwrap_or(Phase::Running);
            let starts = task.depends.as_ref().is_none_or(|depends| depends.holds(&phase_of));
            let used = workflow.templates.get(&task.template).filter(|used| !used.tasks.is_empty());
            let phase = if !starts {
                Phase::Omitted
            } else if task.when.is_some() && fate(&task.name) == Fate::IsSkipped {
                Phase::Skipped
            } else if let Some(used) = used {
                graph(workflow, used, fate, all)
            } else {
                match fate(&task.name) {
                    Fate::Succeeds | Fate::IsSkipped => Phase::Succeeded,
                    Fate::Fails => Phase::Failed,
                    Fate::Errs => Phase::Errored,
                    Fate::Waits => Phase::Running,
                }
            };
            here.insert(&task.name, phase);
            moved = true;
        }
        if !moved {
            break;
        }
    }
    let phase = assess(template, &here);
    let ended =
        template.tasks.iter().filter_map(|task| Some((task.name.clone(), *here.get(task.name.as_str())?)));
    all.extend(ended);
    phase
}

/// What becomes of a graph: of each task on which no other depends, its own phase, or that of what came before it.
fn assess(template: &Template, phases: &FxHashMap<&str, Phase>) -> Phase {
    if template
        .tasks
        .iter()
        .any(|task| phases.get(task.name.as_str()).is_none_or(|phase| !phase.is_fulfilled()))
    {
        return Phase::Running;
    }
    let mut branches: FxHashMap<&str, BTreeSet<Phase>> = FxHashMap::default();
    // A task stands after all that it depends on, whatever the order of the file is.
    while branches.len() < template.tasks.len() {
        let before = branches.len();
        for task in &template.tasks {
            let needs: Vec<&str> = task.needs.iter().map(String::as_str).collect();
            if branches.contains_key(task.name.as_str())
                || !needs.iter().all(|need| branches.contains_key(need))
            {
                continue;
            }
            let own = phases[task.name.as_str()];
            let found = if own.is_completed() {
                BTreeSet::from([own])
            } else if needs.is_empty() {
                BTreeSet::from([Phase::Succeeded])
            } else {
                needs.iter().flat_map(|need| branches[need].iter().copied()).collect()
            };
            branches.insert(&task.name, found);
        }
        if branches.len() == before {
            return Phase::Errored;
        }
    }
    let depended: BTreeSet<&String> = template.tasks.iter().flat_map(|task| &task.needs).collect();
    let leaves = template.tasks.iter().filter(|task| !depended.contains(&task.name));
    let failed =
        leaves.flat_map(|task| branches[task.name.as_str()].iter().copied()).find(|phase| phase.has_failed());
    failed.unwrap_or(Phase::Succeeded)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::{Manifest, Workflow};
    use super::{Fate, Phase, Run};

    fn run(tasks: &[(&str, &str)], fails: &str) -> Phase {
        let tasks: String = tasks
            .iter()
            .map(|(name, depends)| {
                let depends =
                    if depends.is_empty() { String::new() } else { format!(", depends: \"{depends}\"") };
                format!("    - {{name: {name}, template: job{depends}}}\n")
            })
            .collect();
        let text = format!(
            "kind: WorkflowTemplate\nmetadata: {{name: x}}\nspec:\n  entrypoint: main\n  templates:\n  - name: job\n    container: {{}}\n  - name: main\n    dag:\n      tasks:\n{tasks}"
        );
        let files = BTreeMap::from([("x".to_owned(), text.replace("    - {", "      - {"))]);
        let manifests = Manifest::all(&files).unwrap();
        let workflow = Workflow::read(&manifests[0]).unwrap();
        Run::of(&workflow, &|name| if name == fails { Fate::Fails } else { Fate::Succeeds }).phase
    }

    #[test]
    fn a_way_back_that_succeeds_hides_what_failed_unless_something_fails_after_it() {
        let back = [("deploy", ""), ("back", "deploy.Failed")];
        assert_eq!(run(&back, "deploy"), Phase::Succeeded);
        assert_eq!(run(&back, ""), Phase::Succeeded);
        let told = [("deploy", ""), ("back", "deploy.Failed"), ("next", "deploy.Succeeded")];
        assert_eq!(run(&told, "deploy"), Phase::Failed);
    }
}
