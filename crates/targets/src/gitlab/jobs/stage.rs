//! The rest of a stage: the job that triggers its pipeline and holds its lock, the bake time, and what is recorded at the end.

use clearway_plan::{Artifact, Move, Stage, Step, slug};

use super::build::VERSION;
use super::gate::SUBJECTS;
use crate::gitlab::context::{Context, DEPLOY, KNOWN, OUTCOME, first_of, keeps, minutes, texts};
use crate::gitlab::model::{Forward, Include, Job, Need, Trigger, Value, Variables};
use crate::gitlab::pipeline::stage_file;

/// The resource group of a lock.
pub(in crate::gitlab) fn group(lock: &str) -> String {
    format!("clearway-lock-{}", slug(lock))
}

/// The job that triggers the pipeline of a stage. It holds the lock from before the first deployment until the stage is accepted or back: a
/// resource group is held by a job, and this one lasts as long as the pipeline does, also while that waits for people on the way back.
pub(in crate::gitlab) fn call(context: &Context<'_>, stage: &Stage, needs: Vec<Need>) -> Job {
    let place = context.plan.environments.get(&stage.environment);
    let lock = place.map_or(stage.environment.as_str(), |place| place.lock.as_str());
    let is_told =
        |name: &str| ["CLEARWAY_RUN", "CLEARWAY_BUILD", "WAY", "CHANGE", "REQUESTED_BY"].contains(&name);
    let variables = context.variables().0.into_iter().filter(|(name, _)| is_told(name)).collect();
    let include = Include {
        local: format!("/{}", stage_file(context.release, stage)),
        inputs: Variables::default(),
        rules: Vec::new(),
    };
    Job {
        stage: slug(&stage.environment),
        needs: Some(needs),
        rules: context.rules("on_success"),
        resource_group: Some(group(lock)),
        variables,
        trigger: Some(Trigger {
            include: vec![include],
            strategy: "mirror",
            forward: Forward { yaml_variables: true, pipeline_variables: false },
        }),
        ..Job::default()
    }
}

/// Stands for a large wave: it succeeds when all of it did, and hands on what that kept.
pub(in crate::gitlab) fn wave(context: &Context<'_>, stage: &str, needs: Vec<Need>) -> Job {
    Job {
        stage: stage.to_owned(),
        needs: Some(needs),
        rules: context.rules("on_success"),
        timeout: Some("10 minutes".to_owned()),
        before_script: context.forgets(),
        script: vec!["echo 'all of it is done'\n".to_owned()],
        artifacts: Some(keeps(context.plan, &[KNOWN.to_owned()])),
        ..Job::default()
    }
}

/// Looks at what one move brought, by the commands of the spec: they have the repository, and no credentials.
pub(in crate::gitlab) fn smoke(
    context: &Context<'_>,
    step: &Step,
    stage: &Stage,
    moved: &Move,
    artifact: &Artifact,
) -> Job {
    let mut script = vec![format!("SUBJECTS=\"$(subjects)\"\nexport SUBJECTS\n{VERSION}")];
    let mut variables = texts([
        ("SLUG", slug(&moved.service).as_str()),
        ("CLEARWAY_SERVICE", moved.service.as_str()),
        ("CLEARWAY_GROUP", moved.group.as_deref().unwrap_or_default()),
        ("CLEARWAY_ENVIRONMENT", stage.environment.as_str()),
    ]);
    for (number, smoke) in artifact.smokes.iter().enumerate() {
        let (name, seconds) = (format!("COMMAND_{}", number + 1), smoke.command.timeout);
        script.push(format!("timeout {seconds} bash -euo pipefail -c \"${{{name}}}\"\n"));
        variables.put(name, Value::text(&smoke.command.run));
    }
    let mut job = context.telling(step, DEPLOY, script);
    job.timeout = Some(minutes(step.timeout + 300));
    job.variables = variables;
    inside(context, job)
}

/// Watches what was deployed for the bake time, and looks at its end whether it is as it must be.
pub(in crate::gitlab) fn validate(context: &Context<'_>, step: &Step, stage: &Stage) -> Job {
    let seconds = stage.observed();
    let mut moved: Vec<&str> = stage
        .waves
        .iter()
        .flat_map(|wave| &wave.moves)
        .filter(|step| step.to.is_some())
        .map(|step| step.service.as_str())
        .collect();
    moved.sort_unstable();
    moved.dedup();
    let validate = if stage.validates.is_empty() { "" } else { " --validate" };
    let script = if stage.watches().chain(&stage.validates).next().is_none() {
        format!("sleep {seconds}\n")
    } else {
        format!(
            "mapfile -t services < <(grep . <<< \"${{SERVICES}}\" || true)\n\
             clearway watch \"${{step[@]}}\" --stage \"${{STAGE}}\" --for {seconds}{validate} \"${{services[@]/#/--service=}}\"\n"
        )
    };
    let mut job = context.calling(step, DEPLOY, vec![script]);
    job.timeout = Some(minutes(seconds + 600));
    job.variables = texts([("STAGE", stage.environment.as_str())]);
    job.variables.put("SERVICES", Value::text(moved.join("\n")));
    inside(context, job)
}

/// Records that an environment has what it should.
pub(in crate::gitlab) fn accept(context: &Context<'_>, step: &Step) -> Job {
    let script = vec![
        format!("{SUBJECTS}begin 1 --once \"${{subjects[@]/#/--subject=}}\"\n"),
        "ended 1 success\n".to_owned(),
    ];
    let mut job = context.calling(step, DEPLOY, script);
    job.variables = texts([("STEP", step.id.as_str())]);
    inside(context, job)
}

fn inside(context: &Context<'_>, mut job: Job) -> Job {
    if let (Some(stage), Some(needs)) = (context.inside, &mut job.needs) {
        needs.push(context.need(&first_of(stage)));
    }
    job
}

/// The last job: it starts only where all that was required succeeded.
pub(in crate::gitlab) fn outcome(context: &Context<'_>, step: &Step, needs: Option<Vec<Need>>) -> Job {
    let mut job =
        context.job(step, OUTCOME, vec!["echo 'everything that was required succeeded'\n".to_owned()]);
    job.needs = needs;
    job
}
