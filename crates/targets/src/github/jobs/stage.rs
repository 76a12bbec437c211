//! The rest of a stage: the job that calls its workflow and holds its lock, the bake time, and what is recorded at the end.

use clearway_plan::{Artifact, Move, Stage, Step, slug};

use super::build::command;
use super::deploy::hold;
use super::job;
use crate::github::condition::{FIRST_ATTEMPT, after_all};
use crate::github::model::{Concurrency, Job, Permissions, Step as JobStep, Texts};
use crate::github::steps::{Context, SUBJECT_ARGUMENTS, SUBJECTS, before};
use crate::github::subjects;
use crate::github::text::{literal, one_line};
use crate::github::workflow::stage_file;

/// The job that calls the workflow of a stage. It holds the lock from before the first deployment until the stage is accepted or back,
/// since a lock in GitHub is held by a job, and this one lasts so long.
pub(in crate::github) fn call(
    context: &Context<'_>,
    stage: &Stage,
    needs: Vec<String>,
    permissions: Permissions,
) -> Job {
    let place = context.plan.environments.get(&stage.environment);
    let lock = place.map_or(stage.environment.as_str(), |place| place.lock.as_str());
    Job {
        name: one_line(&format!("environment {}", stage.environment)),
        condition: Some(format!("{} && {FIRST_ATTEMPT}", after_all(&needs))),
        needs,
        concurrency: Some(locked(lock)),
        permissions,
        uses: Some(format!("$/{}", stage_file(context.release, stage))),
        inputs: hand(context),
        ..Job::default()
    }
}

/// What a job hands to a workflow that looks at the plan of the run.
pub(in crate::github) fn hand_plan(context: &Context<'_>) -> Texts {
    [("path", context.way()), ("plan-digest", context.plan_digest())].into_iter().collect()
}

/// What a job hands to the workflow of a stage, or of a part of one.
pub(in crate::github) fn hand(context: &Context<'_>) -> Texts {
    let mut inputs = hand_plan(context);
    inputs.put("subjects", subjects::lines(context));
    inputs.put("change", context.change());
    inputs.put("requested-by", context.requested_by());
    inputs
}

/// A lock: one holder, others wait in line, nobody is cancelled.
pub(in crate::github) fn locked(lock: &str) -> Concurrency {
    Concurrency {
        group: format!("clearway-lock-{}", slug(lock)),
        cancel_in_progress: false,
        queue: Some("max"),
    }
}

/// Stands for a large wave: it succeeds when all of it did.
pub(in crate::github) fn wave(context: &Context<'_>, step: &Step, stage: &Stage, wave: usize) -> Job {
    let note = format!("wave {} in {} is done", wave + 1, stage.environment);
    let env = [("NOTE", literal(&note))].into_iter().collect();
    let done = context.script("Note that the wave is done", env, "echo \"${NOTE}\"\n");
    job(context, step, &note, Permissions::default(), vec![done])
}

/// Looks at what one move brought, by the commands of the spec: they have the repository, and no credentials.
pub(in crate::github) fn smoke(
    context: &Context<'_>,
    step: &Step,
    stage: &Stage,
    moved: &Move,
    artifact: &Artifact,
) -> Job {
    let mut steps = vec![context.checkout(false)];
    for smoke in &artifact.smokes {
        let mut look = command(context, &format!("Smoke test {}", smoke.name), &smoke.command);
        look.env.put("SUBJECTS", subjects::lines(context));
        look.env.put("CLEARWAY_SERVICE", literal(&moved.service));
        look.env.put("CLEARWAY_GROUP", literal(moved.group.as_deref().unwrap_or_default()));
        look.env.put("CLEARWAY_ENVIRONMENT", literal(&stage.environment));
        steps.push(before(VERSION, look));
    }
    let name = format!("{}: smoke tests in {}", artifact.origin, stage.environment);
    let read = ("contents", serde_saphyr::Commented("read", "check out the reviewed revision".to_owned()));
    once(job(context, step, &name, [read].into_iter().collect(), steps))
}

/// Finds the version of the service among what the run is about.
const VERSION: &str = "CLEARWAY_VERSION=\"\"\nwhile IFS='=@' read -r name version _; do\n  \
    if [[ \"${name}\" == \"${CLEARWAY_SERVICE}\" ]]; then CLEARWAY_VERSION=\"${version}\"; fi\n\
    done <<< \"${SUBJECTS}\"\nexport CLEARWAY_VERSION\n";

/// Watches what was deployed for the bake time, and looks at its end whether it is as it must be.
pub(in crate::github) fn validate(context: &Context<'_>, step: &Step, stage: &Stage) -> Job {
    let mut steps = context.setup();
    let seconds = stage.observed();
    let moved: Vec<&str> = {
        let mut names: Vec<&str> = stage
            .waves
            .iter()
            .flat_map(|wave| &wave.moves)
            .filter(|step| step.to.is_some())
            .map(|step| step.service.as_str())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    steps.push(watch_all(context, stage, &moved, seconds));
    let job = job(
        context,
        step,
        &format!("{}: bake in {}", step.origin, stage.environment),
        context.permissions(&[]),
        steps,
    );
    once(job)
}

fn watch_all(context: &Context<'_>, stage: &Stage, services: &[&str], seconds: u64) -> JobStep {
    if stage.watches().chain(&stage.validates).next().is_none() {
        return JobStep { condition: None, ..hold(context, stage, "", seconds, "") };
    }
    let more = [
        ("STAGE", literal(&stage.environment)),
        ("SERVICES", literal(&services.join("\n"))),
        ("SECONDS_TO_HOLD", seconds.to_string()),
    ];
    let mut args =
        vec!["--stage \"${STAGE}\" --for \"${SECONDS_TO_HOLD}\"", "\"${services[@]/#/--service=}\""];
    if !stage.validates.is_empty() {
        args.push("--validate");
    }
    before(
        "mapfile -t services < <(grep . <<< \"${SERVICES}\" || true)\n",
        context.command("Watch", "watch", &more, &args),
    )
}

/// Records that an environment has what it should.
pub(in crate::github) fn accept(context: &Context<'_>, step: &Step, stage: &Stage) -> Job {
    let mut steps = context.setup();
    let more = [("STEP", literal(&step.id)), ("SUBJECTS", subjects::lines(context))];
    let begin = context.command(
        "Record that the stage is accepted",
        "record begin",
        &more,
        &["--step \"${STEP}\" --commit \"${GITHUB_SHA}\"", SUBJECTS],
    );
    steps.push(before(SUBJECT_ARGUMENTS, begin));
    let more = [("STEP", literal(&step.id))];
    steps.push(context.command(
        "Record that this is done",
        "record end",
        &more,
        &["--step \"${STEP}\" --result success"],
    ));
    once(job(context, step, &format!("{} accepted", stage.environment), context.permissions(&[]), steps))
}

/// A job of the first attempt alone: what another attempt finds may have been taken back since.
fn once(mut job: Job) -> Job {
    job.condition = Some(format!("{} && {FIRST_ATTEMPT}", after_all(&job.needs)));
    job
}
