//! Evidence: what builds, tests and measuring commands leave is kept, each in an artifact of its own, so that no report hides another.

use std::collections::BTreeSet;

use clearway_plan::{Command, Dataset, Step};

use super::build::command;
use super::job;
use crate::github::actions::Action;
use crate::github::model::{Job, Step as JobStep, Texts};
use crate::github::steps::Context;
use crate::github::subjects;
use crate::github::text::literal;

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
    put.env.put("CLEARWAY_DATASET", literal(name));
    put.env.put("CLEARWAY_ENVIRONMENT", literal(environment));
    put.env.put("CLEARWAY_DATA_SOURCE", literal(&dataset.source));
    put.env.put("CLEARWAY_DATA_CLASS", literal(&dataset.class.join(" ")));
    put.env.put("CLEARWAY_VOLUME", dataset.volume.map(|bytes| bytes.to_string()).unwrap_or_default());
    let permissions =
        [("contents", serde_saphyr::Commented("read", "check out the reviewed revision".to_owned()))];
    let name = format!("{} for {environment}", dataset.origin);
    job(context, step, &name, permissions.into_iter().collect(), vec![context.checkout(false), put])
}

/// The globs of all reports that gates of the release read.
fn globs<'p>(context: &Context<'p>) -> BTreeSet<&'p str> {
    let gates = context.release.stages.iter().flat_map(|stage| &stage.gates);
    let gates = gates.filter_map(|gate| context.plan.gates.get(gate));
    let evidence = gates.flat_map(|gate| &gate.evidence).filter(|evidence| evidence.reader != "prometheus");
    evidence.flat_map(|evidence| &evidence.sources).map(String::as_str).collect()
}

/// Keeps the reports that a job left, whether it succeeded or not.
pub(in crate::github) fn keep_reports(context: &Context<'_>, job: &str) -> Vec<JobStep> {
    let globs = globs(context);
    if globs.is_empty() {
        return Vec::new();
    }
    let mut env = Texts::default();
    env.put("PATTERNS", literal(&globs.into_iter().collect::<Vec<_>>().join("\n")));
    env.put("GATHERED", GATHERED.to_owned());
    let run = "shopt -s globstar\nmkdir -p \"${GATHERED}\"\nwhile IFS= read -r pattern; do\n  while IFS= read -r file; do\n    \
               if [[ -f \"${file}\" ]]; then cp --parents -- \"${file}\" \"${GATHERED}\"; fi\n  \
               done < <(compgen -G \"${pattern}\" || true)\ndone <<< \"${PATTERNS}\"\n";
    let mut gather = context.script("Gather the reports", env, run);
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
        inputs: inputs.into_iter().collect(),
        ..JobStep::default()
    };
    vec![gather, keep]
}
