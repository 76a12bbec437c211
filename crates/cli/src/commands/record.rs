//! `clearway record`

use clearway_runtime::checklist::{self, Attesting};
use clearway_runtime::record::{self, About};

use crate::Verdict;
use crate::args::{RecordArgs, RecordCommand, StepArgs};
use crate::error::Failure;
use crate::output::Output;
use crate::runtime::{Opened, tell};

pub(crate) fn run(args: &RecordArgs, output: &Output) -> Result<Verdict, Failure> {
    match &args.command {
        RecordCommand::Begin { step, once } => {
            let opened = Opened::open(&step.run)?;
            let about = About { once: *once, ..about(step) };
            tell(&record::begin(&opened.call(), &about)?, &step.run, output)
        }
        RecordCommand::End { step, result } => {
            let opened = Opened::open(&step.run)?;
            tell(&record::end(&opened.call(), &about(step), *result)?, &step.run, output)
        }
        RecordCommand::Adopt { environment, release, run } => {
            let opened = Opened::open(run)?;
            tell(&record::adopt(&opened.call(), release, environment)?, run, output)
        }
        RecordCommand::Attest { item, checklist, release, actor, commit, note, run } => {
            // A person who attests is in no run of a pipeline.
            let opened = Opened::outside_of_runs(run)?;
            let attesting = Attesting {
                release: release.clone(),
                checklist: checklist.clone(),
                item: item.clone(),
                person: actor.clone(),
                commit: commit.clone(),
                note: said(note.as_ref()),
            };
            tell(&checklist::attest(&opened.call(), &attesting)?, run, output)
        }
        RecordCommand::Close { intent, reason, actor, run } => {
            let opened = Opened::open(run)?;
            tell(&record::close(&opened.call(), intent, reason, actor.as_deref())?, run, output)
        }
    }
}

/// What is given and says something: a pipeline hands on what it was not told as an empty text.
fn said(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty()).cloned()
}

fn about(step: &StepArgs) -> About {
    About {
        release: step.way.release.clone(),
        path: step.way.path.into(),
        step: step.step.clone(),
        service: said(step.service.as_ref()),
        subjects: step.subject.clone(),
        commit: said(step.commit.as_ref()),
        actor: said(step.actor.as_ref()),
        change: said(step.change.as_ref()),
        requested_by: said(step.requested_by.as_ref()),
        once: false,
    }
}
