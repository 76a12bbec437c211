//! `clearway window`

use clearway_runtime::window;

use crate::Verdict;
use crate::args::{WindowArgs, WindowCommand};
use crate::error::Failure;
use crate::output::Output;
use crate::runtime::{Opened, now, plan, tell};

pub(crate) fn run(args: &WindowArgs, output: &Output) -> Result<Verdict, Failure> {
    let WindowCommand::Check { way, stage, run } = &args.command;
    // Whoever names no ledger only wants to know.
    let answer = match run.ledger {
        Some(_) => window::look(&Opened::open(run)?.call(), &way.release, way.path.into(), stage)?,
        None => window::check(&plan(run)?, now(run), &way.release, stage)?,
    };
    tell(&answer, run, output)
}
