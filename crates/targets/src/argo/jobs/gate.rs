//! Deciding a gate on the reports that the run left, and a checklist on its records.

use clearway_plan::{Gate, Step};

use crate::argo::context::Context;
use crate::argo::job::Job;

/// Subjects as arguments.
pub(super) const SUBJECTS: &str = "mapfile -t subjects < <(subjects)\n";

pub(in crate::argo) fn gate(
    context: &Context<'_>,
    step: &Step,
    environment: &str,
    (name, gate): (&str, &Gate),
) -> Job {
    let conditions = gate.requires.iter().flat_map(|requirement| requirement.condition.metrics());
    let asks = conditions.into_iter().any(|metric| metric.name.starts_with("change."));
    let change = if asks { " --change \"${CHANGE}\"" } else { "" };
    let script = format!(
        "{SUBJECTS}clearway gate run \"${{GATE}}\" \"${{step[@]}}\" --stage \"${{STAGE}}\" --reports .clearway/run/reports \\\n  \
         --commit \"${{COMMIT}}\" --actor \"${{ACTOR}}\"{change} \"${{subjects[@]/#/--subject=}}\"\n"
    );
    let mut job = context.job(step, script);
    job.tell("GATE", name);
    job.tell("STAGE", environment);
    job
}

/// Looks whether every item of a checklist is done, by the records.
pub(in crate::argo) fn checklist(context: &Context<'_>, step: &Step, environment: &str, name: &str) -> Job {
    let script = format!(
        "{SUBJECTS}clearway checklist verify \"${{CHECKLIST}}\" \"${{step[@]}}\" --stage \"${{STAGE}}\" \\\n  \
         --commit \"${{COMMIT}}\" --actor \"${{ACTOR}}\" \"${{subjects[@]/#/--subject=}}\"\n"
    );
    let mut job = context.job(step, script);
    job.tell("CHECKLIST", name);
    job.tell("STAGE", environment);
    job
}
