//! Ramping a flag: after a release, and by the clock as long as its ramp lasts. Which share is next, and whether it is time for it, the
//! ledger says; the configuration of each share is a reviewed file.

use clearway_plan::{Flag, Ramp, Step};

use super::preflight::PLANNED;
use crate::argo::context::{Context, Started};
use crate::argo::credentials::take;
use crate::argo::job::{Job, Source};
use crate::argo::workflow::lock;
use crate::way::stage_of;

/// What is next, and whether it is time for it.
const BEGIN: &str = "begin 1\nif ! goes 1; then exit 0; fi\nCLEARWAY_SHARE=\"$(said 1 share)\"\n\
    CLEARWAY_FLAG_FILE=\".clearway/flags/${CLEARWAY_FLAG}/${CLEARWAY_SHARE}.json\"\nexport CLEARWAY_SHARE CLEARWAY_FLAG_FILE\n";

/// Gives a flag to the next share of the users, when it is time. By the clock what the stage validates is looked at before; after a
/// release it was looked at just now.
pub(in crate::argo) fn ramp(
    context: &Context<'_>,
    step: &Step,
    environment: &str,
    (name, flag, ramp): (&str, &Flag, &Ramp),
) -> Job {
    let place = context.plan.environments.get(environment);
    let mut job = context.job(step, String::new());
    job.tell("STEP", step.id.as_str());
    job.tell("COMMAND", ramp.command.run.as_str());
    job.tell("CLEARWAY_FLAG", name);
    job.tell("CLEARWAY_ENVIRONMENT", environment);
    let mut lines = String::new();
    if context.started == Started::ByClock {
        // No first job has made a plan: that of the reviewed revision is followed.
        lines += PLANNED;
        lines += "cp .clearway/plan.json .clearway/run/plan.json\n";
    }
    lines += BEGIN;
    if context.started == Started::ByClock && validates(context, step, &flag.service) {
        job.tell("STAGE", environment);
        job.tell("SERVICE", flag.service.as_str());
        lines += "clearway watch \"${step[@]}\" --stage \"${STAGE}\" --service \"${SERVICE}\" --for 0 --validate\n";
    }
    lines += &take(&mut job, environment, place.and_then(|place| place.credentials.as_ref()));
    job.script = format!("{lines}bash -euo pipefail -c \"${{COMMAND}}\"\nended 1 success\n");
    job.source = Source::Files;
    job.timeout = step.timeout + 600;
    job.lock = Some(lock(context.plan, environment));
    job
}

/// Whether the stage validates something of a service that moves there.
fn validates(context: &Context<'_>, step: &Step, service: &str) -> bool {
    let stage = stage_of(context.release, step).filter(|stage| !stage.validates.is_empty());
    let mut moves = stage.into_iter().flat_map(|stage| &stage.waves).flat_map(|wave| &wave.moves);
    moves.any(|moved| moved.service == service && moved.to.is_some())
}
