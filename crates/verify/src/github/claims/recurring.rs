//! What the clock begins again and again: that there is a workflow for it, that the clock begins it, that it fails where something is overdue,
//! and that nobody but the one who begins it is recorded as having looked.

use clearway_plan::Recurring;

use super::{calls_of, places::EXPECTATIONS};
use crate::finding::{Broken, Finding};
use crate::github::folder::spot;
use crate::github::way::Way;
use crate::github::{Job, Scalar, Step, Workflow};
use crate::recurring::{command, is_looked_at_with, lacks, record};

/// What only holds where a person began the run.
const BY_PERSON: &str = "github.event_name == 'workflow_dispatch' && ";

/// All that a plan asks for is there.
pub(super) fn recurring(way: &Way<'_>) -> Result<Broken, String> {
    let plan = &way.emitted.plan;
    if !is_looked_at_with(plan, way.release, way.path) {
        return Ok(Vec::new());
    }
    let mut broken = Vec::new();
    for one in Recurring::of(plan) {
        let file = format!("{}.yml", one.name());
        let Some(workflow) = way.folder.workflows.get(&file) else {
            broken.push(spot(&file, &[]).says(format!("there is no workflow for the {}", one.job())));
            continue;
        };
        let told = |path: &[&str], what: String| spot(&file, path).says(format!("{}: {what}", one.job()));
        if !is_clocked(workflow) {
            broken.push(told(&["on"], "no clock begins it".to_owned()));
        }
        match workflow.jobs.get(one.job()) {
            None => broken.push(told(&["jobs"], "there is no job for it".to_owned())),
            Some(job) => {
                broken.extend(of_job(way, one, job, &|key, what| told(&["jobs", one.job()], what).at(key)));
            }
        }
    }
    Ok(broken)
}

fn is_clocked(workflow: &Workflow) -> bool {
    let clocks = workflow.event("schedule");
    clocks.is_some_and(|all| all.as_array().is_some_and(|all| all.iter().any(|one| one["cron"].is_string())))
}

/// What a job does of it.
fn of_job(way: &Way<'_>, of: Recurring, job: &Job, told: &dyn Fn(&'static str, String) -> Finding) -> Broken {
    let mut broken = Vec::new();
    if job.condition.is_some() || !job.needs().is_empty() {
        broken.push(told("if", "it may be left out".to_owned()));
    }
    let Some(fails) = calls_of(job, command(of)).first().copied() else {
        broken.push(told("steps", format!("nothing calls `{}`", command(of))));
        return broken;
    };
    let steps = job.steps();
    if steps.get(fails).is_some_and(|step| step.condition.is_some()) {
        broken.push(told("steps", format!("`{}` may be left out", command(of))));
    }
    let script = |at: usize| steps.get(at).and_then(|step| step.run.as_deref()).unwrap_or_default();
    if of == Recurring::AccessReview {
        broken.extend(lacks(script(fails), &["--expectations", EXPECTATIONS]).map(|why| told("steps", why)));
    }
    if of == Recurring::Archive && !steps.iter().skip(fails).any(|step| keeps(way, step)) {
        broken.push(told("steps", "what was gathered is not kept for as long as the spec says".to_owned()));
    }
    let recorded: Vec<usize> = calls_of(job, "record ");
    match (record(of, &way.emitted.plan), recorded.as_slice()) {
        (None, []) => {}
        (Some(command), [at]) if script(*at).contains(command) => {
            let condition = steps.get(*at).map(Step::condition_text).unwrap_or_default();
            if !condition.starts_with(BY_PERSON) || condition.contains("||") {
                broken.push(told("steps", "the clock may record that a person has looked".to_owned()));
            }
            let words = ["--platform github", "--actor \"${GITHUB_TRIGGERING_ACTOR}\""];
            broken.extend(lacks(script(*at), &words).map(|why| told("steps", why)));
            if *at > fails {
                broken
                    .push(told("steps", "what a person says is looked at before it is recorded".to_owned()));
            }
        }
        _ => {
            broken.push(told("steps", "it does not record just what the plan asks people to say".to_owned()));
        }
    }
    broken
}

/// Whether a step keeps an archive, also where something was missing in it, and for as long as GitHub can where the spec says longer.
fn keeps(way: &Way<'_>, step: &Step) -> bool {
    const LONGEST: [u64; 2] = [90, 400];
    let with = |key: &str| step.with.get(key).map(Scalar::text);
    let asked = way.emitted.plan.retention.get("records").copied().unwrap_or_default();
    let kept: u64 = with("retention-days").and_then(|days| days.parse().ok()).unwrap_or_default();
    step.uses.as_deref().is_some_and(|uses| uses.starts_with("actions/upload-artifact@"))
        && step.condition_text() == "!cancelled()"
        && with("if-no-files-found").as_deref() == Some("error")
        && (kept >= asked || LONGEST.contains(&kept))
}
