//! The pipelines that the clock begins again and again, and that a person begins who says that something was looked at.

use clearway_plan::{Plan, Recurring, Step};

use super::context::{Context, keeps};
use super::inputs::{NONE, TEXT_OR_NONE};
use super::jobs::EXPECTATIONS;
use super::model::{Artifacts, Entries, Input, Job, Pipeline, Value};
use super::pipeline::{Emitted, FOLDER, defaults};
use crate::index::Index;
use crate::recurring::of_nothing;
use crate::settings::Settings;

/// The one stage of each.
const STAGE: &str = "Look back";
/// Where an archive is gathered.
const ARCHIVE: &str = ".clearway/run/archive";
/// What the commands are told.
const TOLD: &str = "--plan .clearway/plan.json --ledger \"${CLEARWAY_LEDGER}\"";
/// What those are told beside that may write records.
const RUN: &str = "--run \"${CLEARWAY_RUN}\" --build \"${CLEARWAY_BUILD}\" --platform gitlab";

/// The file of one.
pub(crate) fn file(of: Recurring) -> String {
    format!("{FOLDER}/{}.yml", of.name())
}

/// Each pipeline with its file.
pub(super) fn pipelines(plan: &Plan, settings: &Settings) -> Vec<Emitted> {
    Recurring::of(plan).filter_map(|one| pipeline(plan, settings, one)).collect()
}

fn pipeline(plan: &Plan, settings: &Settings, of: Recurring) -> Option<Emitted> {
    let release = of_nothing(plan, of);
    let path = release.paths.first()?;
    let index = Index::of(&release, path);
    let context = Context { plan, settings, release: &release, path, index: &index, inside: None };
    let told = context.variables().0.into_iter().filter(|(name, _)| name.starts_with("CLEARWAY_"));
    Some(Emitted {
        path: file(of),
        inputs: inputs(plan, of),
        pipeline: Pipeline {
            stages: vec![STAGE.to_owned()],
            default: Some(defaults(settings)),
            variables: told.collect(),
            jobs: [(of.job(), job(&context, path.steps.first()?, of))].into_iter().collect(),
            ..Pipeline::default()
        },
    })
}

/// What a person says who has looked; the clock says nothing.
pub(super) fn inputs(plan: &Plan, of: Recurring) -> Entries<Input> {
    let text = |description: &str| Input {
        description: description.to_owned(),
        default: Some(NONE.to_owned()),
        options: Vec::new(),
        regex: Some(TEXT_OR_NONE),
    };
    let mut inputs = Entries::default();
    if of.recorded_by(plan).is_none() {
        return inputs;
    }
    match of {
        Recurring::AccessReview => {
            let what =
                "I have looked at who may do what, as the last run tells it, and it is as it should be";
            let options = [NONE, "yes"].map(str::to_owned).to_vec();
            inputs.put("looked", Input { options, regex: None, ..text(what) });
        }
        Recurring::ChangeReview => {
            inputs.put("reviewed-run", text("The run whose change was reviewed, which its file tells of"));
        }
        Recurring::Archive => {}
    }
    inputs.put("note", text("What came of the look"));
    inputs
}

fn job(context: &Context<'_>, step: &Step, of: Recurring) -> Job {
    let mut script = Vec::new();
    match of {
        Recurring::AccessReview => {
            script.push("clearway report access\n".to_owned());
            script.extend(record(context.plan, of, "review access"));
            script.push(format!("clearway access verify {TOLD} {RUN} \\\n  --expectations {EXPECTATIONS}\n"));
        }
        Recurring::ChangeReview => {
            script.extend(record(context.plan, of, "review change \"${REVIEWED}\""));
            script.push(format!("clearway report review {TOLD}\n"));
        }
        Recurring::Archive => {
            script.push(format!("clearway report bundle {TOLD} --out {ARCHIVE}\n"));
        }
    }
    let mut job = context.calling(step, STAGE, script);
    job.needs = None;
    // Whatever lies there is of another run.
    job.before_script.insert(0, "rm -rf .clearway/run".to_owned());
    if of.recorded_by(context.plan).is_some() {
        let said = if of == Recurring::AccessReview { "looked" } else { "reviewed-run" };
        job.variables.put("REVIEWED", Value::input(said));
        job.variables.put("NOTE", Value::input("note"));
    }
    if of == Recurring::Archive {
        job.artifacts = Some(kept(context.plan));
    }
    job
}

/// Records what a person says who begins the run, where the plan asks somebody to say it.
fn record(plan: &Plan, of: Recurring, what: &str) -> Option<String> {
    of.recorded_by(plan)?;
    Some(format!(
        "if [[ \"${{CI_PIPELINE_SOURCE}}\" != schedule && \"${{REVIEWED}}\" != {NONE} ]]; then\n  \
         clearway record {what} {TOLD} {RUN} \\\n    --actor \"${{GITLAB_USER_LOGIN}}\" --note=\"${{NOTE#{NONE}}}\"\nfi\n"
    ))
}

/// An archive, for as long as the spec says, also where something was missing in it. Each has all records, so the youngest has what older ones
/// had.
fn kept(plan: &Plan) -> Artifacts {
    let days = plan.retention.get("records").copied().unwrap_or_default();
    Artifacts { expire_in: format!("{days} days"), ..keeps(plan, &[format!("{ARCHIVE}/")]) }
}
