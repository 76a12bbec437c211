//! What the clock begins again and again: that the clock begins it, that it fails where something is overdue, and that nobody is recorded as
//! having looked but a person who begins a run of their own, which the API server admits in their own name alone.

use clearway_plan::Recurring;

use super::cluster::EXPECTATIONS;
use crate::argo::manifest::{Manifest, Workflow};
use crate::argo::way::Way;
use crate::finding::{Broken, Spot};
use crate::recurring::{command, is_looked_at_with, lacks, record};

/// All that a plan asks for is there.
pub(super) fn recurring(way: &Way<'_>) -> Result<Broken, String> {
    let plan = &way.emitted.plan;
    if !is_looked_at_with(plan, way.release, way.path) {
        return Ok(Vec::new());
    }
    let mut broken = Vec::new();
    for one in Recurring::of(plan) {
        let file = Spot::new(&format!("argo/{}.yaml", one.name()), &[]);
        let missing = |what: &str| file.clone().says(format!("{}: {what}", one.job()));
        match way.emitted.object("CronWorkflow", one.name()) {
            None => broken.push(missing("no clock begins it")),
            Some(clock) => broken.extend(clocked(clock, one)),
        }
        match way.emitted.object("WorkflowTemplate", one.name()) {
            None => broken.push(missing("there is no template for it")),
            Some(object) => broken.extend(does(way, object, one, None)?),
        }
        let name = format!("{}-record", one.name());
        match (record(one, plan), way.emitted.object("WorkflowTemplate", &name)) {
            (None, None) => {}
            (None, Some(object)) => {
                broken.push(object.spot(&["spec"]).says("it records what nobody is asked"));
            }
            (Some(_), None) => broken.push(missing("no template takes what people say who have looked")),
            (Some(command), Some(object)) => {
                broken.extend(does(way, object, one, Some(command))?);
                broken.extend(admitted(way, object, &name));
            }
        }
    }
    Ok(broken)
}

/// The clock begins the template, and one run does not begin beside another.
fn clocked(clock: &Manifest, of: Recurring) -> Broken {
    let spec = &clock.value["spec"];
    let told = |what: &str| clock.spot(&["spec"]).says(format!("{}: {what}", of.job()));
    let mut broken = Vec::new();
    if spec["workflowSpec"]["workflowTemplateRef"]["name"] != of.name() {
        broken.push(told("the clock begins something else"));
    }
    let schedules = spec["schedules"].as_array();
    if schedules.is_none_or(|all| all.is_empty()) || spec["suspend"] == true {
        broken.push(told("no clock begins it"));
    }
    broken
}

/// What the one job of a template does.
fn does(way: &Way<'_>, object: &Manifest, of: Recurring, records: Option<&str>) -> Result<Broken, String> {
    let workflow = Workflow::read(object).map_err(|refused| refused.to_string())?;
    let Some((template, task)) = workflow
        .place_of(of.job())
        .and_then(|(_, task)| Some((workflow.templates.get(&task.template)?, task)))
    else {
        return Ok(vec![workflow.spot("").says(format!("{}: there is no job for it", of.job()))]);
    };
    let told = |what: String| workflow.spot(&template.name).says(format!("{}: {what}", of.job()));
    let mut broken = Vec::new();
    if task.depends.is_some() || task.when.is_some() {
        broken.push(told("it may be left out".to_owned()));
    }
    let script = way.emitted.script_of(&workflow, template)?;
    let line =
        |command: &str| script.lines().position(|line| line.starts_with(&format!("clearway {command} ")));
    let fails = line(command(of));
    if fails.is_none() {
        broken.push(told(format!("nothing calls `{}`", command(of))));
    }
    if script.contains("|| ") {
        broken.push(told("it goes on after an error".to_owned()));
    }
    if !script.contains("${PLAN_DIGEST}  .clearway/plan.json") {
        broken.push(told("nobody looks whether it goes by the plan that was reviewed".to_owned()));
    }
    if of == Recurring::AccessReview {
        broken.extend(lacks(&script, &["--expectations", EXPECTATIONS]).map(told));
    }
    if of == Recurring::Archive && template.value["outputs"]["artifacts"].as_array().is_none_or(Vec::is_empty)
    {
        broken.push(told("what was gathered is not kept".to_owned()));
    }
    let recorded = script.matches("clearway record ").count();
    match records {
        None if recorded == 0 => {}
        Some(command) if recorded == 1 && line(command).is_some() => {
            broken.extend(lacks(&script, &["--platform argo", "--actor \"${STARTED_BY}\""]).map(told));
            if line(command) > fails {
                broken.push(told("what a person says is looked at before it is recorded".to_owned()));
            }
        }
        _ => broken.push(told("it does not record just what the plan asks people to say".to_owned())),
    }
    Ok(broken)
}

/// A run that records is begun by a person, who says who that is: the clock has no name.
fn admitted(way: &Way<'_>, object: &Manifest, name: &str) -> Broken {
    let parameters = object.value["spec"]["arguments"]["parameters"].as_array();
    let says =
        parameters.into_iter().flatten().any(|one| one["name"] == "started-by" && one["value"].is_null());
    let mut broken = Vec::new();
    if !says {
        broken.push(object.spot(&["spec", "arguments"]).says(format!("`{name}` does not ask who begins it")));
    }
    let in_no_name = |policy: &&Manifest| {
        let all = policy.value["spec"]["validations"].as_array();
        let expressions = all.into_iter().flatten().filter_map(|one| one["expression"].as_str());
        expressions.filter(|text| text.contains("started-by")).any(|text| text.contains(&format!("'{name}'")))
    };
    let begun = way
        .emitted
        .of_kind("CronWorkflow")
        .any(|clock| clock.value["spec"]["workflowSpec"]["workflowTemplateRef"]["name"] == *name);
    if let Some(policy) = way.emitted.of_kind("ValidatingAdmissionPolicy").find(in_no_name) {
        broken.push(policy.spot(&["spec"]).says(format!("`{name}` may be begun in nobody's name")));
    }
    if begun {
        broken.push(
            object
                .spot(&["spec"])
                .says(format!("the clock begins `{name}`, which says that a person has looked")),
        );
    }
    broken
}
