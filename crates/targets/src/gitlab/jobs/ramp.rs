//! Ramping a flag: after a release, and by the clock as long as its ramp lasts. Which share is next, and whether it is time for it, the
//! ledger says; the configuration of each share is a reviewed file.

use clearway_plan::{Flag, Ramp, Step, slug};

use super::deploy::acts;
use super::stage::group;
use crate::gitlab::context::Context;
use crate::gitlab::credentials;
use crate::gitlab::model::{Job, Value, Variables};
use crate::way::stage_of;

/// What is next, and whether it is time for it.
const BEGIN: &str = "begin 1\nif ! goes 1; then exit 0; fi\nCLEARWAY_SHARE=\"$(said 1 share)\"\n\
    CLEARWAY_FLAG_FILE=\".clearway/flags/${CLEARWAY_FLAG}/${CLEARWAY_SHARE}.json\"\nexport CLEARWAY_SHARE CLEARWAY_FLAG_FILE\n";

/// Gives a flag to the next share of the users, when it is time. By the clock what the stage validates is looked at before; after a
/// release it was looked at just now.
pub(in crate::gitlab) fn ramp(
    context: &Context<'_>,
    step: &Step,
    environment: &str,
    (name, flag, ramp): (&str, &Flag, &Ramp),
    by_the_clock: bool,
) -> Job {
    let place = context.plan.environments.get(environment);
    let taken = place.and_then(|place| place.credentials.as_ref());
    let mut variables = Variables::default();
    variables.put("STEP", Value::text(&step.id));
    variables.put("COMMAND", Value::text(&ramp.command.run));
    variables.put("CLEARWAY_FLAG", Value::text(name));
    variables.put("CLEARWAY_ENVIRONMENT", Value::text(environment));
    let mut lines = Vec::new();
    if by_the_clock {
        // No first job has made a plan: that of the reviewed revision is followed.
        lines.push("cp .clearway/plan.json .clearway/run/plan.json\n".to_owned());
    }
    lines.push(BEGIN.to_owned());
    if by_the_clock && validates(context, step, &flag.service) {
        variables.put("STAGE", Value::text(environment));
        variables.put("SERVICE", Value::text(&flag.service));
        lines.push(
            "clearway watch \"${step[@]}\" --stage \"${STAGE}\" --service \"${SERVICE}\" --for 0 --validate\n".to_owned(),
        );
    }
    if let Some(taken) = taken {
        lines.push(credentials::take(taken, &mut variables));
    }
    lines.push("bash -euo pipefail -c \"${COMMAND}\"\nended 1 success\n".to_owned());
    let mut job = context.calling(step, &slug(environment), lines);
    acts(step, &mut job, place, environment);
    job.resource_group = Some(group(place.map_or(environment, |place| place.lock.as_str())));
    if let Some(taken) = taken {
        job.id_tokens.put("CLEARWAY_DEPLOY_TOKEN", credentials::token(taken));
    }
    job.variables.0.extend(variables.0);
    job
}

/// Whether the stage validates something of a service that moves there.
fn validates(context: &Context<'_>, step: &Step, service: &str) -> bool {
    let stage = stage_of(context.release, step).filter(|stage| !stage.validates.is_empty());
    let mut moves = stage.into_iter().flat_map(|stage| &stage.waves).flat_map(|wave| &wave.moves);
    moves.any(|moved| moved.service == service && moved.to.is_some())
}
