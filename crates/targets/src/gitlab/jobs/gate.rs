//! Deciding a gate on the reports that the run left, and a checklist on its records.

use clearway_plan::{Gate, Step};

use crate::gitlab::context::{Context, shows, texts};
use crate::gitlab::model::Job;

/// Where the decision lies as a report of tests: a case for each requirement, which GitLab shows with the pipeline.
const DECISION: &str = ".clearway/job/gate.xml";

/// Subjects as arguments.
pub(super) const SUBJECTS: &str = "mapfile -t subjects < <(subjects)\n";

pub(in crate::gitlab) fn gate(
    context: &Context<'_>,
    step: &Step,
    environment: &str,
    (name, gate): (&str, &Gate),
    stage: &str,
) -> Job {
    let conditions = gate.requires.iter().flat_map(|requirement| requirement.condition.metrics());
    let asks = conditions.into_iter().any(|metric| metric.name.starts_with("change."));
    let change = if asks { " --change \"${CHANGE}\"" } else { "" };
    let script = vec![format!(
        "{SUBJECTS}clearway gate run \"${{GATE}}\" \"${{step[@]}}\" --stage \"${{STAGE}}\" --reports .clearway/run/reports \\\n  \
         --commit \"${{CI_COMMIT_SHA}}\"{change} --junit {DECISION} \"${{subjects[@]/#/--subject=}}\"\n"
    )];
    let mut job = context.calling(step, stage, script);
    job.variables = texts([("GATE", name), ("STAGE", environment)]);
    job.artifacts = Some(shows(context.plan, DECISION));
    job
}

/// Looks whether every item of a checklist is done, by the records.
pub(in crate::gitlab) fn checklist(
    context: &Context<'_>,
    step: &Step,
    environment: &str,
    name: &str,
    stage: &str,
) -> Job {
    let script = vec![format!(
        "{SUBJECTS}clearway checklist verify \"${{CHECKLIST}}\" \"${{step[@]}}\" --stage \"${{STAGE}}\" \\\n  \
         --commit \"${{CI_COMMIT_SHA}}\" \"${{subjects[@]/#/--subject=}}\"\n"
    )];
    let mut job = context.calling(step, stage, script);
    job.variables = texts([("CHECKLIST", name), ("STAGE", environment)]);
    job
}
