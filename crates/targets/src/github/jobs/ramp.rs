//! Ramping a flag: after a release, and by the clock as long as its ramp lasts. Which share is next, and whether it is time for it, the
//! ledger says; the configuration of each share is a reviewed file.

use clearway_plan::{Flag, Ramp, Step};

use super::build::command;
use super::deploy::{GOES, end};
use super::job;
use super::stage::locked;
use crate::github::credentials;
use crate::github::model::{Environment, Job, Step as JobStep};
use crate::github::steps::Context;
use crate::github::text::literal;
use crate::way::stage_of;

/// Gives a flag to the next share of the users, when it is time. By the clock what the stage validates is looked at before; after a
/// release it was looked at just now.
pub(in crate::github) fn ramp(
    context: &Context<'_>,
    step: &Step,
    environment: &str,
    (name, flag, ramp): (&str, &Flag, &Ramp),
    by_the_clock: bool,
) -> Job {
    let place = context.plan.environments.get(environment);
    let taken = place.and_then(|place| place.credentials.as_ref());
    let mut steps = if by_the_clock { reviewed(context) } else { context.setup() };
    let mut begin = context.command(
        "Look whether it is time for the next share, and record that it begins",
        "record begin",
        &[("STEP", literal(&step.id))],
        &["--step \"${STEP}\" --commit \"${GITHUB_SHA}\" --output \"${GITHUB_OUTPUT}\""],
    );
    begin.id = Some("begin".to_owned());
    steps.push(begin);
    if by_the_clock {
        steps.extend(still_valid(context, step, &flag.service));
    }
    let mut scopes = Vec::new();
    if let Some(taken) = taken {
        scopes.push(("id-token", "write", "take the role of the deployment"));
        steps.push(credentials::take(context, taken, GOES));
    }
    let share = "${{ steps.begin.outputs.share }}";
    let mut put = command(context, &format!("Give {name} to its share of the users"), &ramp.command);
    put.env.put("CLEARWAY_FLAG", literal(name));
    put.env.put("CLEARWAY_FLAG_FILE", format!(".clearway/flags/{}/{share}.json", literal(name)));
    put.env.put("CLEARWAY_SHARE", share.to_owned());
    put.env.put("CLEARWAY_ENVIRONMENT", literal(environment));
    credentials::hand(taken, &mut put.env);
    put.condition = Some(GOES.to_owned());
    steps.push(put);
    steps.push(end(context, step, None, "always() && steps.begin.outputs.go == 'true'"));
    let title = format!("{}: ramp in {environment}", flag.origin);
    let mut job = job(context, step, &title, context.permissions(&scopes), steps);
    job.environment = Some(Environment { name: environment.to_owned(), deployment: None });
    job.concurrency = Some(locked(place.map_or(environment, |place| place.lock.as_str())));
    job
}

/// Checks out, and follows the plan of the reviewed revision: no first job has made one.
fn reviewed(context: &Context<'_>) -> Vec<JobStep> {
    let mut steps = vec![context.checkout(false), context.binary(None)];
    steps.extend(context.ledger());
    let run = "mkdir -p .clearway/run\ncp .clearway/plan.json .clearway/run/plan.json\n";
    steps.push(context.script("Follow the reviewed plan", crate::github::model::Texts::default(), run));
    steps
}

/// Looks whether what the stage validates holds now, where it validates something.
fn still_valid(context: &Context<'_>, step: &Step, service: &str) -> Option<JobStep> {
    let stage = stage_of(context.release, step).filter(|stage| !stage.validates.is_empty())?;
    let mut moves = stage.waves.iter().flat_map(|wave| &wave.moves);
    moves.find(|moved| moved.service == service && moved.to.is_some())?;
    let told = [("STAGE", literal(&stage.environment)), ("SERVICE", literal(service))];
    let args = ["--stage \"${STAGE}\" --service \"${SERVICE}\" --for 0 --validate"];
    let mut look = context.command("Look whether the stage is still as it must be", "watch", &told, &args);
    look.condition = Some(GOES.to_owned());
    Some(look)
}
