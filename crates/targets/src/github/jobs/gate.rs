//! Gates: decided by the runtime on the reports that the run left.

use clearway_plan::{Gate, Step};

use super::job;
use crate::github::actions::Action;
use crate::github::model::{Job, Step as JobStep};
use crate::github::steps::{Context, SUBJECT_ARGUMENTS, SUBJECTS, before};
use crate::github::subjects;
use crate::github::text::literal;

pub(in crate::github) fn gate(
    context: &Context<'_>,
    step: &Step,
    environment: &str,
    name: &str,
    gate: &Gate,
) -> Job {
    let mut steps = context.setup();
    if gate.evidence.iter().any(|evidence| evidence.reader != "prometheus") {
        steps.push(JobStep {
            name: "Get the reports".to_owned(),
            uses: Some(Action::DownloadArtifact.pinned(context.settings)),
            inputs: [("pattern", "reports-*"), ("path", "reports")]
                .into_iter()
                .map(|(key, value)| (key, value.to_owned()))
                .collect(),
            ..JobStep::default()
        });
    }
    let mut more = vec![
        ("GATE", literal(name)),
        ("STAGE", literal(environment)),
        ("SUBJECTS", subjects::lines(context)),
    ];
    let mut args = vec![
        "--stage \"${STAGE}\" --reports reports --commit \"${GITHUB_SHA}\" --summary \"${GITHUB_STEP_SUMMARY}\"",
        SUBJECTS,
    ];
    let conditions = gate.requires.iter().flat_map(|requirement| requirement.condition.metrics());
    if conditions.into_iter().any(|metric| metric.name.starts_with("change.")) {
        more.push(("CHANGE", context.change()));
        args.push("--change \"${CHANGE}\"");
    }
    let decide = context.command(&format!("Decide {name}"), "gate run \"${GATE}\"", &more, &args);
    steps.push(before("mkdir -p reports\n", before(SUBJECT_ARGUMENTS, decide)));
    job(context, step, &format!("{} before {environment}", gate.origin), context.permissions(&[]), steps)
}
