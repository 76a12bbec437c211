//! Checklists: looked at by the runtime, item by item, in the records.

use clearway_plan::{Checklist, Step};

use super::job;
use crate::github::model::Job;
use crate::github::steps::{Context, SUBJECT_ARGUMENTS, SUBJECTS, before};
use crate::github::subjects;
use crate::github::text::literal;

pub(in crate::github) fn checklist(
    context: &Context<'_>,
    step: &Step,
    environment: &str,
    name: &str,
    checklist: &Checklist,
) -> Job {
    let mut steps = context.setup();
    let look = context.command(
        &format!("Look at {name}"),
        "checklist verify \"${CHECKLIST}\"",
        &[
            ("CHECKLIST", literal(name)),
            ("STAGE", literal(environment)),
            ("SUBJECTS", subjects::lines(context)),
        ],
        &["--stage \"${STAGE}\" --commit \"${GITHUB_SHA}\" --summary \"${GITHUB_STEP_SUMMARY}\"", SUBJECTS],
    );
    steps.push(before(SUBJECT_ARGUMENTS, look));
    job(context, step, &format!("{} before {environment}", checklist.origin), context.permissions(&[]), steps)
}
