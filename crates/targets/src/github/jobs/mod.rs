//! The jobs of a workflow, one kind a file.

mod approval;
mod back;
mod build;
mod checklist;
mod deploy;
mod evidence;
mod gate;
mod outcome;
mod preflight;
mod ramp;
mod recurring;
mod stage;

pub(super) use approval::{asks, seats};
pub(super) use back::{back, back_environment, back_starts, chosen};
pub(super) use build::{attests, build, import, test};
pub(super) use checklist::checklist;
pub(super) use deploy::deploy;
pub(super) use evidence::{provision, scan};
pub(super) use gate::gate;
pub(super) use outcome::{chosen_outcome, outcome};
pub(super) use preflight::preflight;
pub(super) use ramp::ramp;
pub(super) use recurring::recurring;
pub(super) use stage::{accept, call, hand, hand_plan, smoke, validate, wave};

use clearway_plan::Step;

use super::condition::after_all;
use super::environments::RECORDS;
use super::model::{Environment, Job, Permissions, Step as JobStep, Texts};
use super::steps::{CLEARWAY, Context};
use super::text::{minutes, one_line};
use crate::settings::LEDGER_KEY;

/// A job that does a step of the plan, with the origin in its name.
fn job(context: &Context<'_>, step: &Step, name: &str, permissions: Permissions, steps: Vec<JobStep>) -> Job {
    Job {
        name: one_line(name),
        needs: step.needs.clone(),
        condition: (!step.needs.is_empty()).then(|| after_all(&step.needs)),
        runs_on: Some(context.runner()),
        timeout_minutes: Some(minutes(step.timeout).min(LONGEST)),
        permissions,
        environment: steps
            .iter()
            .any(signs)
            .then(|| Environment { name: RECORDS.to_owned(), deployment: Some(false) }),
        env: if steps.iter().any(calls) { context.job_environment() } else { Texts::default() },
        steps,
        ..Job::default()
    }
}

/// Whether a step has the key that signs records. GitHub gives a secret of the repository to the workflows of every branch, and that of an
/// environment to those of the branches that may enter it: so a job that records stands in one, where it does not stand in another.
fn signs(step: &JobStep) -> bool {
    step.env.0.iter().any(|(key, _)| *key == LEDGER_KEY)
}

/// Whether a step calls `clearway`.
fn calls(step: &JobStep) -> bool {
    step.run.as_ref().is_some_and(|run| run.contains(CLEARWAY))
}

/// A hosted runner ends every job after six hours.
pub(super) const LONGEST: u64 = 360;
