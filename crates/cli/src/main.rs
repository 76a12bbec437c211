//! `clearway`, the command line: arguments, the real machine, exit codes. What a spec means is not decided here.

mod args;
mod commands;
mod error;
mod files;
mod output;
mod project;
mod revision;
mod runtime;
mod system;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command};
use crate::error::Failure;

/// What a command comes to; the numbers are the process's exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Fine.
    Holds = 0,
    /// The spec does not hold.
    Fails = 1,
    /// What was asked about cannot be read, which was told as a result.
    Unreadable = TROUBLE as isize,
}

/// Usage, files, configuration.
const TROUBLE: u8 = 2;

/// Expressions nest up to 128 levels, and each costs the generated parser several frames.
const STACK: usize = 32 * 1024 * 1024;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let stack = |builder: rayon::ThreadPoolBuilder| builder.stack_size(STACK).build_global();
    // A pool that exists already has its own size; nothing else can go wrong here that would not show later.
    let _ = stack(rayon::ThreadPoolBuilder::new());
    let run = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        let output = output::Output::new(cli.color);
        let result = run(&cli.command, &output);
        result.map_err(|failure| output.failure(failure))
    });
    match run.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(verdict))) => ExitCode::from(verdict as u8),
        _ => ExitCode::from(TROUBLE),
    }
}

fn run(command: &Command, output: &output::Output) -> Result<Verdict, Failure> {
    match command {
        Command::Check(args) => commands::check::run(args, output),
        Command::Checklist(args) => commands::checklist::run(args, output),
        Command::Build(args) => commands::build::run(args, output),
        Command::Locate(args) => commands::locate::run(args, output),
        Command::Verify(args) => commands::verify::run(args, output),
        Command::Plan(args) => commands::plan::run(args, output),
        Command::Diff(args) => commands::diff::run(args, output),
        Command::Explain(args) => commands::explain::run(args, output),
        Command::Fmt(args) => commands::fmt::run(args, output),
        Command::Graph(args) => commands::graph::run(args, output),
        Command::Init(args) => commands::init::run(args, output),
        Command::Lock(args) => commands::lock::run(args, output),
        Command::Lsp(_) => commands::lsp::run(STACK),
        Command::Gate(args) => commands::gate::run(args, output),
        Command::Window(args) => commands::window::run(args, output),
        Command::Approval(args) => commands::approval::run(args, output),
        Command::Preflight(args) => commands::preflight::run(args, output),
        Command::Access(args) => commands::access::run(args, output),
        Command::Record(args) => commands::record::run(args, output),
        Command::Lease(args) => commands::lease::run(args, output),
        Command::Basis(args) => commands::basis::run(args, output),
        Command::Watch(args) => commands::watch::run(args, output),
        Command::Doc(args) => commands::doc::run(args, output),
        Command::Test(args) => commands::test::run(args, output),
        Command::Evidence(args) => commands::evidence::run(args, output),
        Command::Ledger(args) => commands::ledger::run(args, output),
        Command::Report(args) => commands::report::run(args, output),
        Command::Completions(args) => commands::completions::run(args, output),
    }
}
