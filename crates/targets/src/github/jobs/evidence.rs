//! Evidence: what builds, tests and measuring commands leave is kept, each in an artifact of its own, so that no report hides another.

use clearway_plan::{Command, Dataset, Step};

use super::build::command;
use super::job;
use crate::github::actions::Action;
use crate::github::model::{Job, Step as JobStep, Texts};
use crate::github::retention::retention_days;
use crate::github::steps::Context;
use crate::github::subjects;
use crate::github::text::literal;
use crate::reports::{GATHER, data_variables, globs};

/// The folder into which reports are gathered.
const GATHERED: &str = "${{ runner.temp }}/clearway-reports";

/// Makes the evidence of a gate.
pub(in crate::github) fn scan(context: &Context<'_>, step: &Step, gate: &str, measure: &Command) -> Job {
    let mut run = command(context, &format!("Measure for {gate}"), measure);
    run.env.put("SUBJECTS", subjects::lines(context));
    let mut steps = vec![context.checkout(false), run];
    steps.extend(keep_reports(context, &step.id));
    let permissions =
        [("contents", serde_saphyr::Commented("read", "check out the reviewed revision".to_owned()))];
    job(context, step, &format!("scan for {gate}"), permissions.into_iter().collect(), steps)
}

/// Puts data into an environment, by a command of the spec.
pub(in crate::github) fn provision(
    context: &Context<'_>,
    step: &Step,
    environment: &str,
    (name, dataset): (&str, &Dataset),
) -> Job {
    let mut put = command(context, &format!("Put {name} in place"), &dataset.provision);
    for (key, value) in data_variables(name, environment, dataset) {
        put.env.put(key, literal(&value));
    }
    let permissions =
        [("contents", serde_saphyr::Commented("read", "check out the reviewed revision".to_owned()))];
    let name = format!("{} for {environment}", dataset.origin);
    job(context, step, &name, permissions.into_iter().collect(), vec![context.checkout(false), put])
}

/// Keeps the reports that a job left, whether it succeeded or not.
pub(in crate::github) fn keep_reports(context: &Context<'_>, job: &str) -> Vec<JobStep> {
    let globs = globs(context.plan, context.release);
    if globs.is_empty() {
        return Vec::new();
    }
    let mut env = Texts::default();
    env.put("PATTERNS", literal(&globs.into_iter().collect::<Vec<_>>().join("\n")));
    env.put("GATHERED", GATHERED.to_owned());
    let mut gather = context.script("Gather the reports", env, GATHER);
    gather.condition = Some("!cancelled()".to_owned());
    let inputs = [
        ("name", format!("reports-{job}")),
        ("path", GATHERED.to_owned()),
        ("if-no-files-found", "ignore".to_owned()),
        ("include-hidden-files", "true".to_owned()),
    ];
    let keep = JobStep {
        name: "Keep the reports".to_owned(),
        condition: Some("!cancelled()".to_owned()),
        uses: Some(Action::UploadArtifact.pinned(context.settings)),
        inputs: inputs.into_iter().chain(retention_days(context, "evidence")).collect(),
        ..JobStep::default()
    };
    vec![gather, keep]
}
