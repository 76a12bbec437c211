//! What tasks stand on, and what they are given.

use std::collections::BTreeSet;

use clearway_plan::{Stage, Step};

use super::context::{Context, makes};
use super::job::taken;
use super::model::{Arguments, Artifact, Parameter, Parameters};
use super::names::kube;
use super::workflow::stage_name;
use crate::way::{is_inside, stage_of};

/// The condition that all of some tasks succeeded.
pub(crate) fn succeeded(tasks: impl IntoIterator<Item = String>) -> Option<String> {
    let each: Vec<String> = tasks.into_iter().map(|task| format!("{task}.Succeeded")).collect();
    (!each.is_empty()).then(|| each.join(" && "))
}

/// What a step needs, as tasks of the graph of its way: what is made before the first stage lies in one place, and a step inside of a stage
/// stands for the stage.
pub(crate) fn plain(context: &Context<'_>, needs: &[String], is_maker: bool) -> Vec<String> {
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    for need in needs {
        let task = match context.index.step(need) {
            Some(step) if is_inside(context.path, step) => stage_of(context.release, step)
                .map_or_else(|| kube(need), |stage| stage_name(&stage.environment)),
            // What is made before the first stage lies in one place, which only what makes it itself does not wait for.
            Some(step) if !is_maker && makes(step) => context.known.to_owned(),
            _ => kube(need),
        };
        if seen.insert(task.clone()) {
            found.push(task);
        }
    }
    found
}

/// What the steps of a stage need of what is outside of it.
pub(crate) fn outside(context: &Context<'_>, stage: &Stage) -> Vec<String> {
    let inside = |step: &&Step| {
        is_inside(context.path, step) && step.does.environment() == Some(stage.environment.as_str())
    };
    let is_inside = |id: &&String| context.index.step(id).is_some_and(|step| inside(&step));
    let needs = context.path.steps.iter().filter(inside).flat_map(|step| &step.needs);
    let needs: Vec<String> = needs.filter(|id| !is_inside(id)).cloned().collect();
    plain(context, &needs, false)
}

/// What a task is given: files and digests of other tasks, or those that its graph is given.
pub(crate) fn arguments(takes: &[String], handed: Option<&str>) -> Arguments {
    let of = |name: &String| match handed {
        Some(name) => {
            (format!("{{{{inputs.parameters.{name}}}}}"), format!("{{{{inputs.artifacts.{name}}}}}"))
        }
        None => (
            format!("{{{{tasks.{name}.outputs.parameters.kept}}}}"),
            format!("{{{{tasks.{name}.outputs.artifacts.kept}}}}"),
        ),
    };
    Arguments {
        parameters: takes
            .iter()
            .map(|name| Parameter { name: name.clone(), value: Some(of(name).0), ..Parameter::default() })
            .collect(),
        artifacts: takes
            .iter()
            .map(|name| Artifact { name: name.clone(), from: Some(of(name).1), ..Artifact::default() })
            .collect(),
    }
}

/// What a graph is given for its tasks.
pub(crate) fn handed(known: &str) -> Parameters {
    let (mut inputs, _) = taken(&[known.to_owned()]);
    for artifact in &mut inputs.artifacts {
        artifact.path = None;
    }
    inputs
}
