//! `clearway record`

use camino::Utf8Path;
use clearway_history::review_file;
use clearway_runtime::checklist::{self, Attesting};
use clearway_runtime::record::{self, About};
use clearway_runtime::review::{self, Reviewing};
use clearway_runtime::{Digest, Trouble};

use super::access::grants;
use crate::Verdict;
use crate::args::{RecordArgs, RecordCommand, ReviewCommand, ReviewingArgs, StepArgs};
use crate::error::Failure;
use crate::files;
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
        RecordCommand::Review(args) => reviewed(&args.command, output),
        RecordCommand::Close { intent, reason, actor, run } => {
            let opened = Opened::open(run)?;
            tell(&record::close(&opened.call(), intent, reason, actor.as_deref())?, run, output)
        }
    }
}

/// A person who has looked may be in no run of a pipeline.
fn reviewed(command: &ReviewCommand, output: &Output) -> Result<Verdict, Failure> {
    match command {
        ReviewCommand::Access { said, run } => {
            let opened = Opened::outside_of_runs(run)?;
            let grants = grants(&opened.plan().plan);
            tell(&review::record_access(&opened.call(), &grants, &reviewing(said))?, run, output)
        }
        ReviewCommand::Change { of, said, run } => {
            let opened = Opened::outside_of_runs(run)?;
            let rule = opened.plan().plan.retrospective.as_ref().and_then(|ours| ours.reviews.as_ref());
            let rule = rule.ok_or_else(|| {
                Trouble::new("the plan asks for no review of changes")
                    .help("say until when they are reviewed: `review-within = …` in the retrospective")
            })?;
            let file = review_file(rule, of);
            let document = Digest::of(files::read(Utf8Path::new(&file))?.as_bytes());
            tell(&review::record_change(&opened.call(), of, document, &reviewing(said))?, run, output)
        }
    }
}

fn reviewing(args: &ReviewingArgs) -> Reviewing {
    Reviewing {
        person: args.actor.clone(),
        platform: args.platform.map(Into::into),
        note: said(args.note.as_ref()),
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
