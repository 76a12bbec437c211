//! `clearway record`

use clearway_runtime::record::{self, About};

use crate::Verdict;
use crate::args::{RecordArgs, RecordCommand, StepArgs};
use crate::error::Failure;
use crate::output::Output;
use crate::runtime::{Opened, tell};

pub(crate) fn run(args: &RecordArgs, output: &Output) -> Result<Verdict, Failure> {
    match &args.command {
        RecordCommand::Begin(step) => {
            let opened = Opened::open(&step.run)?;
            tell(&record::begin(&opened.call(), &about(step))?, &step.run, output)
        }
        RecordCommand::End { step, result } => {
            let opened = Opened::open(&step.run)?;
            tell(&record::end(&opened.call(), &about(step), *result)?, &step.run, output)
        }
        RecordCommand::Adopt { environment, release, run } => {
            let opened = Opened::open(run)?;
            tell(&record::adopt(&opened.call(), release, environment)?, run, output)
        }
        RecordCommand::Close { intent, reason, actor, run } => {
            let opened = Opened::open(run)?;
            tell(&record::close(&opened.call(), intent, reason, actor.as_deref())?, run, output)
        }
    }
}

fn about(step: &StepArgs) -> About {
    About {
        release: step.way.release.clone(),
        path: step.way.path.into(),
        step: step.step.clone(),
        service: step.service.clone(),
        subjects: step.subject.clone(),
        commit: step.commit.clone(),
        actor: step.actor.clone(),
        change: step.change.clone(),
        requested_by: step.requested_by.clone(),
    }
}
