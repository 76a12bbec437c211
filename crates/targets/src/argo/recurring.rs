//! The templates of what is done again and again: one that the clock begins, and one that a person begins who says that something was looked
//! at. The API server lets a person begin the second in their own name alone, and the clock the first.

use clearway_plan::{Plan, Recurring, Step};

use super::config::Config;
use super::context::{Context, Started};
use super::job::{Job, Source, Value};
use super::jobs::{EXPECTATIONS, PLANNED};
use super::model::{Parameter, Parameters};
use super::plan_digest;
use super::workflow::{Emitted, single};
use crate::Settings;
use crate::index::Index;
use crate::recurring::of_nothing;

/// Where an archive is gathered.
const ARCHIVE: &str = ".clearway/run/archive";
/// What the commands are told.
const TOLD: &str = "--plan .clearway/plan.json --ledger \"${CLEARWAY_LEDGER}\"";
/// What those are told beside that may write records.
const RUN: &str = "--run \"${RUN}\" --build \"${BUILD_NAME}\" --platform argo";

/// The name of the template that a person begins.
pub(super) fn recording(of: Recurring) -> String {
    format!("{}-record", of.name())
}

/// Every template of one.
pub(super) fn workflows(plan: &Plan, settings: &Settings, config: &Config, of: Recurring) -> Vec<Emitted> {
    let release = of_nothing(plan, of);
    let path = release.paths.first();
    let Some((path, step)) = path.and_then(|path| Some((path, path.steps.first()?))) else {
        return Vec::new();
    };
    let index = Index::of(&release, path);
    let context = Context {
        plan,
        settings,
        config,
        release: &release,
        path,
        index: &index,
        known: "",
        started: Started::ByClock,
    };
    let digest = plan_digest(plan);
    let clocked = single(&context, of.name(), &digest, job(&context, step, of));
    let mut all = vec![Emitted { is_clocked: true, ..clocked }];
    if of.recorded_by(plan).is_some() {
        // A person says what this template asks, and nothing that a release would ask.
        let context = Context { started: Started::Elsewhere, ..context };
        let mut said = single(&context, &recording(of), &digest, recorded(&context, step, of));
        said.workflow.arguments = asked(of);
        all.push(said);
    }
    all
}

/// What the clock begins.
fn job(context: &Context<'_>, step: &Step, of: Recurring) -> Job {
    let script = match of {
        Recurring::AccessReview => format!(
            "clearway report access\nclearway access verify {TOLD} {RUN} \\\n  --expectations {EXPECTATIONS}\n"
        ),
        Recurring::ChangeReview => format!("clearway report review {TOLD}\n"),
        Recurring::Archive => format!("clearway report bundle {TOLD} --out {ARCHIVE}\n"),
    };
    let mut job = context.job(step, format!("{PLANNED}{script}"));
    job.word = of.job();
    job.source = Source::Files;
    if of == Recurring::Archive {
        // Kept as long as the store of the cluster keeps it. Each has all records, so the youngest has what older ones had.
        job.keeps = vec![ARCHIVE.to_owned()];
    }
    job
}

/// The same, after it is recorded what a person says who begins the run.
fn recorded(context: &Context<'_>, step: &Step, of: Recurring) -> Job {
    let what = match of {
        Recurring::ChangeReview => "review change \"${REVIEWED}\"",
        Recurring::AccessReview | Recurring::Archive => "review access",
    };
    let record = format!(
        "clearway record {what} {TOLD} {RUN} \\\n  --actor \"${{STARTED_BY}}\" --note=\"${{NOTE}}\"\n"
    );
    let mut job = job(context, step, of);
    job.script = job.script.replacen(PLANNED, &format!("{PLANNED}{record}"), 1);
    let mut filled = |name: &str, parameter: &str| {
        let value = format!("{{{{workflow.parameters.{parameter}}}}}");
        job.variables.push((name.to_owned(), Value::Filled(value)));
    };
    filled("NOTE", "note");
    if of == Recurring::ChangeReview {
        filled("REVIEWED", "reviewed-run");
    }
    // What is said is looked at before anything reads it.
    job.tell("SAID", if of == Recurring::ChangeReview { "NOTE REVIEWED" } else { "NOTE" });
    job
}

/// What a person says who has looked.
fn asked(of: Recurring) -> Parameters {
    let asked = |name: &str, description: &str| Parameter {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        ..Parameter::default()
    };
    let mut parameters = vec![
        asked("commit", "The newest commit that was reviewed: 40 hexadecimal digits"),
        asked("started-by", "You, by the name that the cluster knows you by: you have looked, and say so"),
        Parameter { value: Some(String::new()), ..asked("note", "What came of it") },
    ];
    if of == Recurring::ChangeReview {
        parameters.push(asked("reviewed-run", "The run whose change was reviewed, which its file tells of"));
    }
    Parameters { parameters, artifacts: Vec::new() }
}
