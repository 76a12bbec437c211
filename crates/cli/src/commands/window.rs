//! `clearway window`

use clearway_runtime::window;

use crate::Verdict;
use crate::args::{WindowArgs, WindowCommand};
use crate::error::Failure;
use crate::output::Output;
use crate::runtime::{now, plan, tell};

pub(crate) fn run(args: &WindowArgs, output: &Output) -> Result<Verdict, Failure> {
    let WindowCommand::Check { way, stage, run } = &args.command;
    tell(&window::check(&plan(run)?, now(run), &way.release, stage)?, run, output)
}
