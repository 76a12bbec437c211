//! Approvals. Argo holds a run back at a node that waits, and goes on with it when anybody says so or its time is over; who said so it does
//! not tell. So the wait decides nothing: what people say lies in objects that the API server lets them make in their own name alone, and
//! the job behind the wait looks at those.

use clearway_plan::{ApprovalStep, Step};

use super::gate::SUBJECTS;
use crate::argo::context::Context;
use crate::argo::job::{Job, Value};
use crate::argo::model::{Suspend, Template};
use crate::argo::names::kube;

/// The wait before the job of a step.
pub(in crate::argo) fn ask(step: &Step) -> String {
    format!("ask-{}", rest(step))
}

/// The job that looks whether anybody is asked at all.
pub(in crate::argo) fn required(step: &Step) -> String {
    format!("required-{}", rest(step))
}

fn rest(step: &Step) -> String {
    let id = kube(&step.id);
    id.strip_prefix("approval-").unwrap_or(&id).to_owned()
}

/// Waits for people, for as long as they have.
fn wait(step: &Step) -> Template {
    let duration = format!("{}s", step.timeout);
    Template { name: ask(step), suspend: Some(Suspend { duration }), ..Template::default() }
}

/// Looks who agreed, and records it: distinct people, of the groups that are asked, to this very content of the run.
pub(in crate::argo) fn verify(
    context: &Context<'_>,
    step: &Step,
    environment: &str,
    chain: &str,
    asked: &ApprovalStep,
) -> Job {
    let script = format!(
        "{SUBJECTS}clearway approval verify --platform argo \"${{step[@]}}\" --stage \"${{STAGE}}\" --chain \"${{CHAIN}}\" --step \"${{ASKED}}\" \\\n  \
         --seats \"${{SEAT}}@${{KNOWN_DIGEST}}\" --requested-by \"${{REQUESTED_BY}}\" --deployer \"${{STARTED_BY}}\" --commit \"${{COMMIT}}\" \\\n  \
         --history .clearway/run/history \"${{subjects[@]/#/--subject=}}\"\n"
    );
    let mut job = context.job(step, script);
    job.timeout = 600;
    job.tell("STAGE", environment);
    job.tell("CHAIN", chain);
    job.tell("ASKED", asked.name.as_str());
    job.tell("SEAT", kube(&step.id));
    let known = format!("{{{{inputs.parameters.{}}}}}", context.known);
    job.variables.push(("KNOWN_DIGEST".to_owned(), Value::Filled(known)));
    job
}

/// Everything that asks people: the wait, and before it, where that depends on the change, whether anybody is asked.
pub(in crate::argo) fn asks(
    context: &Context<'_>,
    step: &Step,
    environment: &str,
    chain: &str,
    asked: &ApprovalStep,
) -> (Template, Option<Job>) {
    let job = asked.when.as_ref().map(|_| {
        let script = "clearway approval required \"${step[@]}\" --stage \"${STAGE}\" --chain \"${CHAIN}\" --step \"${ASKED}\" --output \"${folder}/required\"\n\
            required=\"$(sed -n 's/^required=//p' \"${folder}/required\")\"\n\
            [[ \"${required}\" =~ ^(true|false)$ ]]\n\
            printf '%s' \"${required}\" > /scratch/kept/required\n";
        let mut job = context.job(step, script.to_owned());
        job.id = required(step);
        job.word = "required";
        job.timeout = 600;
        job.says = Some(("required", "/scratch/kept/required"));
        job.tell("STAGE", environment);
        job.tell("CHAIN", chain);
        job.tell("ASKED", asked.name.as_str());
        job
    });
    (wait(step), job)
}
