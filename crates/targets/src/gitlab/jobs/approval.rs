//! Approvals. GitLab asks people where a job enters a protected environment, and holds it back until all of the environment's rules are met;
//! so a step of a chain is one job with an environment of its own. Once it may run, it looks itself who agreed.

use clearway_plan::{ApprovalStep, Step};

use super::gate::SUBJECTS;
use crate::gitlab::context::{Context, first_of, texts};
use crate::gitlab::model::{Environment, Job};

pub(in crate::gitlab) fn asks(
    context: &Context<'_>,
    step: &Step,
    environment: &str,
    chain: &str,
    asked: &ApprovalStep,
    stage: &str,
) -> Job {
    let seat = context.seat(step, asked);
    let script = vec![format!(
        "{SUBJECTS}clearway approval verify --platform gitlab \"${{step[@]}}\" --stage \"${{STAGE}}\" --chain \"${{CHAIN}}\" --step \"${{ASKED}}\" \\\n  \
         --seats \"${{CI_ENVIRONMENT_NAME}}\" --requested-by \"${{REQUESTED_BY}}\" --commit \"${{CI_COMMIT_SHA}}\" \"${{subjects[@]/#/--subject=}}\"\n"
    )];
    let mut job = context.calling(step, stage, script);
    job.timeout = Some("10 minutes".to_owned());
    job.variables = texts([("STAGE", environment), ("CHAIN", chain), ("ASKED", asked.name.as_str())]);
    job.environment = Some(Environment { name: seat, action: "start", deployment_tier: "other".to_owned() });
    job.rules = context.rules("manual");
    if !step.after_failure_of.is_empty()
        && step.needs.is_empty()
        && let Some(inside) = context.inside
    {
        // A job with needs is skipped where one of them is, and behind what failed there is always something that was skipped. Without
        // needs it waits for the whole stage before it, and starts where something of that failed. It waits for people all the same.
        job.needs = None;
        job.dependencies = vec![first_of(inside)];
        job.rules = context.rules("on_failure");
    } else if let (Some(inside), Some(needs)) = (context.inside, &mut job.needs) {
        needs.push(context.need(&first_of(inside)));
    }
    job
}
