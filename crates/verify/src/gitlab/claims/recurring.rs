//! What the clock begins again and again: that there is a schedule and that it begins it on the reviewed branch and nothing else does, that it fails where something
//! is overdue, and that nobody but the one who begins it is recorded as having looked.

use std::collections::BTreeMap;

use clearway_plan::Recurring;
use serde_json::json;

use super::places::{EXPECTATIONS, SETTINGS, file as settings};
use crate::finding::{Broken, Finding, Spot};
use crate::gitlab::way::Way;
use crate::gitlab::{Job, Pipeline};
use crate::recurring::{command, is_looked_at_with, lacks, record};

/// All that a plan asks for is there.
pub(super) fn recurring(way: &Way<'_>) -> Result<Broken, String> {
    let plan = &way.emitted.plan;
    if !is_looked_at_with(plan, way.release, way.path) {
        return Ok(Vec::new());
    }
    let mut broken = Vec::new();
    let known = settings(way, SETTINGS)?;
    for one in Recurring::of(plan) {
        let begins = json!([{ "name": "pipeline", "value": one.name() }]);
        let mut schedules = known["pipeline_schedules"].as_array().into_iter().flatten();
        if !schedules.any(|schedule| schedule["inputs"] == begins && schedule["active"] == true) {
            let spot = Spot::new(SETTINGS, &["pipeline_schedules"]);
            broken.push(spot.says(format!("{}: no schedule begins it", one.job())));
        }
        let file = Spot::new(&format!(".gitlab/{}.yml", one.name()), &[]);
        let told = |what: String| file.clone().says(format!("{}: {what}", one.job()));
        match started(way, one, "schedule", "main") {
            Err(why) => broken.push(told(format!("no clock begins it: {why}"))),
            Ok(pipeline) => match pipeline.job(one.job()) {
                None => broken.push(told("there is no job for it".to_owned())),
                Some(job) => broken.extend(of_job(way, one, &pipeline, job)),
            },
        }
        for (source, branch) in [("push", "main"), ("merge_request_event", "main"), ("schedule", "feature")] {
            if started(way, one, source, branch).is_ok() {
                broken.push(told(format!("it starts by a {source} on {branch}")));
            }
        }
    }
    Ok(broken)
}

/// The pipeline, as something starts it and says nothing but which it is.
fn started(way: &Way<'_>, of: Recurring, source: &str, branch: &str) -> Result<Pipeline, String> {
    let variables: BTreeMap<String, String> = [
        ("CI_PIPELINE_SOURCE", source),
        ("CI_COMMIT_BRANCH", branch),
        ("CI_DEFAULT_BRANCH", "main"),
        ("CI_COMMIT_REF_PROTECTED", "true"),
        ("CI_PIPELINE_ID", "17"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let inputs = BTreeMap::from([("pipeline".to_owned(), of.name().to_owned())]);
    way.project.start_with(&inputs, &variables).map_err(|refused| refused.why.to_string())
}

/// What a job does of it.
fn of_job(way: &Way<'_>, of: Recurring, pipeline: &Pipeline, job: &Job) -> Broken {
    let mut broken = Vec::new();
    let mut told = |key: &'static str, what: &str| {
        let finding: Finding = job.spot().key(key).says(format!("{}: {what}", of.job()));
        broken.push(finding);
    };
    if pipeline.jobs.len() != 1 {
        told("script", "it has other jobs too");
    }
    if job.allow_failure || job.when != "on_success" || job.needs.is_some() {
        told("rules", "it may be left out, or may fail");
    }
    if job.value.get("timeout").is_none() {
        told("timeout", "it may take for ever");
    }
    if !job.lines("before_script").lines().any(|line| line == ". .gitlab/clearway.sh") {
        told("before_script", "it does not read what the jobs share");
    }
    let script = job.lines("script");
    let line =
        |command: &str| script.lines().position(|line| line.starts_with(&format!("clearway {command} ")));
    let fails = line(command(of));
    if fails.is_none() {
        told("script", &format!("nothing calls `{}`", command(of)));
    }
    if script.contains("|| ") || script.contains("$[[") {
        told("script", "it goes on after an error, or a text of a person stands in it");
    }
    if of == Recurring::AccessReview
        && let Some(why) = lacks(&script, &["--expectations", EXPECTATIONS])
    {
        told("script", &why);
    }
    if of == Recurring::Archive {
        let days = way.emitted.plan.retention.get("records").copied().unwrap_or_default();
        let kept: u64 = job
            .text("/artifacts/expire_in")
            .strip_suffix(" days")
            .and_then(|days| days.parse().ok())
            .unwrap_or_default();
        if kept < days || job.text("/artifacts/when") != "always" {
            told("artifacts", "what was gathered is not kept for as long as the spec says");
        }
    }
    let recorded = script.matches("clearway record ").count();
    match record(of, &way.emitted.plan) {
        None if recorded == 0 => {}
        Some(command) if recorded == 1 && script.contains(&format!("clearway {command} ")) => {
            let at = script.lines().position(|line| line.contains("clearway record "));
            let before = at.and_then(|at| script.lines().nth(at.checked_sub(1)?)).unwrap_or_default();
            if !before.starts_with("if [[ \"${CI_PIPELINE_SOURCE}\" != schedule && ") {
                told("script", "the clock may record that a person has looked");
            }
            if let Some(why) = lacks(&script, &["--platform gitlab", "--actor \"${GITLAB_USER_LOGIN}\""]) {
                told("script", &why);
            }
            if at > fails {
                told("script", "what a person says is looked at before it is recorded");
            }
        }
        _ => told("script", "it does not record just what the plan asks people to say"),
    }
    broken
}
