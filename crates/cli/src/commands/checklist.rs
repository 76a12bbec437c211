//! `clearway checklist`

use clearway_runtime::checklist::{self, Asked};

use crate::Verdict;
use crate::args::{ChecklistArgs, ChecklistCommand, ChecklistLookArgs};
use crate::error::Failure;
use crate::output::Output;
use crate::runtime::{Opened, tell};

pub(crate) fn run(args: &ChecklistArgs, output: &Output) -> Result<Verdict, Failure> {
    match &args.command {
        ChecklistCommand::Verify(args) => {
            let opened = Opened::open(&args.run)?;
            tell(&checklist::verify(&opened.call(), &asked(args))?, &args.run, output)
        }
        ChecklistCommand::Status(args) => {
            let opened = Opened::outside_of_runs(&args.run)?;
            tell(&checklist::status(&opened.call(), &asked(args))?, &args.run, output)
        }
    }
}

fn asked(args: &ChecklistLookArgs) -> Asked {
    Asked {
        release: args.way.release.clone(),
        path: args.way.path.into(),
        environment: args.stage.clone(),
        checklist: args.checklist.clone(),
        subjects: args.subject.clone(),
        commit: args.commit.clone(),
        actor: args.actor.clone(),
    }
}
