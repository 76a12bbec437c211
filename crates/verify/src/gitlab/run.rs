//! What becomes of every job of a run.

use std::collections::BTreeMap;

use super::pipeline::{Job, Pipeline};
use super::status::Status;

/// What a job does once it may start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It succeeds.
    Succeeds,
    /// It fails.
    Fails,
    /// It is cancelled.
    IsCanceled,
    /// Nobody lets it start: it waits for people, and they do not agree.
    Waits,
}

/// A run: what became of every job, those of triggered pipelines behind the name of the job that triggers them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// By name: `job`, or `trigger/job`.
    pub jobs: BTreeMap<String, Status>,
    /// Of the whole.
    pub status: Status,
}

impl Run {
    /// Runs a pipeline, where each job has its fate.
    pub fn of(pipeline: &Pipeline, fate: &dyn Fn(&str) -> Fate) -> Self {
        let mut jobs = BTreeMap::new();
        let status = go(pipeline, "", fate, &mut jobs);
        Self { jobs, status }
    }

    /// What became of a job.
    pub fn status(&self, job: &str) -> Option<Status> {
        self.jobs.get(job).copied()
    }

    /// Whether a job started.
    pub fn started(&self, job: &str) -> bool {
        matches!(self.status(job), Some(Status::Success | Status::Failed | Status::Canceled))
    }
}

fn go(
    pipeline: &Pipeline,
    before: &str,
    fate: &dyn Fn(&str) -> Fate,
    all: &mut BTreeMap<String, Status>,
) -> Status {
    let mut here: BTreeMap<&str, Status> =
        pipeline.jobs.iter().map(|job| (job.name.as_str(), Status::Created)).collect();
    loop {
        let mut moved = false;
        for job in &pipeline.jobs {
            if here[job.name.as_str()] != Status::Created {
                continue;
            }
            let status = previous(pipeline, job, &here);
            if !status.is_complete() {
                continue;
            }
            let becomes = if may_start(job, status) {
                start(pipeline, job, before, fate, all)
            } else {
                Status::Skipped
            };
            here.insert(&job.name, becomes);
            moved = true;
        }
        if !moved {
            break;
        }
    }
    let seen = pipeline.jobs.iter().map(|job| here[job.name.as_str()].seen(job.allow_failure));
    let status = Status::of(seen, false);
    all.extend(here.into_iter().map(|(name, status)| (format!("{before}{name}"), status)));
    status
}

/// What stands before a job came to.
fn previous(pipeline: &Pipeline, job: &Job, here: &BTreeMap<&str, Status>) -> Status {
    let seen = |other: &Job| here[other.name.as_str()].seen(other.allow_failure);
    match &job.needs {
        Some(needs) => {
            let needed =
                needs.iter().filter(|need| !need.of_parent).filter_map(|need| pipeline.job(&need.job));
            Status::of(needed.map(seen), true)
        }
        None => {
            let earlier = pipeline.jobs.iter().filter(|other| other.stage < job.stage);
            Status::of(earlier.map(seen), false)
        }
    }
}

/// Whether a job starts after that.
fn may_start(job: &Job, previous: Status) -> bool {
    match job.when.as_str() {
        "on_success" | "manual" | "delayed" => {
            previous == Status::Success || (previous == Status::Skipped && job.needs.is_none())
        }
        "on_failure" => previous == Status::Failed,
        "always" => matches!(previous, Status::Success | Status::Failed | Status::Skipped),
        _ => false,
    }
}

fn start(
    pipeline: &Pipeline,
    job: &Job,
    before: &str,
    fate: &dyn Fn(&str) -> Fate,
    all: &mut BTreeMap<String, Status>,
) -> Status {
    let name = format!("{before}{}", job.name);
    let own = match fate(&name) {
        Fate::Succeeds => Status::Success,
        Fate::Fails => Status::Failed,
        Fate::IsCanceled => Status::Canceled,
        Fate::Waits if job.when == "manual" || job.value.get("environment").is_some() => Status::Manual,
        Fate::Waits => Status::Success,
    };
    let Some((trigger, child)) = job.trigger.as_ref().zip(pipeline.triggered.get(&job.name)) else {
        return own;
    };
    if own != Status::Success {
        return own;
    }
    let status = go(child, &format!("{name}/"), fate, all);
    match trigger.strategy.as_deref() {
        Some("mirror") => status,
        Some("depend") if status == Status::Skipped => Status::Failed,
        Some("depend") => status,
        _ => Status::Success,
    }
}
