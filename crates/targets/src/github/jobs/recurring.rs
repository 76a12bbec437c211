//! What is done again and again: who may do what is looked at, changes are reviewed, what an auditor asks for is put away.

use clearway_plan::{Recurring, Step};

use super::job;
use super::preflight::EXPECTATIONS;
use crate::github::actions::Action;
use crate::github::model::{Job, Step as JobStep, Texts};
use crate::github::retention::retention_days;
use crate::github::steps::{CLEARWAY, Context};
use crate::github::text::literal;

/// What the commands are told.
const TOLD: &str = "--plan .clearway/plan.json --ledger \"${LEDGER}\"";
/// What those are told beside that may write records.
const RUN: &str = "--run \"${CLEARWAY_RUN}\" --build \"${CLEARWAY_BUILD}\"";

pub(in crate::github) fn recurring(context: &Context<'_>, step: &Step, of: Recurring, name: &str) -> Job {
    let mut steps = vec![context.checkout(false), context.binary(None)];
    steps.extend(context.ledger());
    match of {
        Recurring::AccessReview => {
            let run = format!("{CLEARWAY} report access >> \"${{GITHUB_STEP_SUMMARY}}\"\n");
            steps.push(context.script("Tell who may do what", Texts::default(), run));
            steps.extend(record(context, of, "review access", "inputs.looked", Texts::default()));
            let mut env = context.environment();
            env.put("GH_TOKEN", "${{ github.token }}".to_owned());
            let run = format!(
                "{CLEARWAY} access verify {TOLD} {RUN} \\\n  \
                 --expectations {EXPECTATIONS} --summary \"${{GITHUB_STEP_SUMMARY}}\"\n"
            );
            steps.push(context.script(
                "Fail where nobody looked in time, or the platform lets others",
                env,
                run,
            ));
        }
        Recurring::ChangeReview => {
            let about = [("REVIEWED", "${{ inputs.run }}".to_owned())].into_iter().collect();
            steps.extend(record(context, of, "review change \"${REVIEWED}\"", "inputs.run != ''", about));
            let run = format!("{CLEARWAY} report review {TOLD} | tee -a \"${{GITHUB_STEP_SUMMARY}}\"\n");
            steps.push(context.script("Fail where a review is overdue", context.environment(), run));
        }
        Recurring::Archive => {
            let run = format!("{CLEARWAY} report bundle {TOLD} --out \"${{RUNNER_TEMP}}/archive\"\n");
            let name = "Gather all that an auditor asks for, and fail where something is missing";
            steps.push(context.script(name, context.environment(), run));
            steps.push(keep(context));
        }
    }
    let permissions = match of {
        Recurring::AccessReview => {
            context.permissions(&[("actions", "read", "read how the environments are protected")])
        }
        Recurring::ChangeReview | Recurring::Archive => context.permissions(&[]),
    };
    let mut job = job(context, step, name, permissions, steps);
    job.env = [("LEDGER", literal(context.settings.ledger.address()))].into_iter().collect();
    job
}

/// Records what a person says who begins the run, where the plan asks somebody to say it.
fn record(context: &Context<'_>, of: Recurring, what: &str, when: &str, about: Texts) -> Option<JobStep> {
    of.recorded_by(context.plan)?;
    let mut env = context.signing();
    env.0.extend(about.0);
    env.put("NOTE", "${{ inputs.note }}".to_owned());
    let run = format!(
        "{CLEARWAY} record {what} {TOLD} {RUN} \\\n  \
         --platform github --actor \"${{GITHUB_TRIGGERING_ACTOR}}\" --note=\"${{NOTE}}\" --summary \"${{GITHUB_STEP_SUMMARY}}\"\n"
    );
    let mut step = context.script("Record who has looked", env, run);
    step.condition = Some(format!("github.event_name == 'workflow_dispatch' && {when}"));
    Some(step)
}

/// Keeps what was gathered for as long as the spec says, also where something was missing in it. Each archive has all records, so the
/// youngest has what older ones had.
fn keep(context: &Context<'_>) -> JobStep {
    let inputs = [
        ("name", "clearway-archive".to_owned()),
        ("path", "${{ runner.temp }}/archive".to_owned()),
        ("if-no-files-found", "error".to_owned()),
        ("include-hidden-files", "true".to_owned()),
    ];
    JobStep {
        name: "Keep it".to_owned(),
        condition: Some("!cancelled()".to_owned()),
        uses: Some(Action::UploadArtifact.pinned(context.settings)),
        inputs: inputs.into_iter().chain(retention_days(context, "records")).collect(),
        ..JobStep::default()
    }
}
