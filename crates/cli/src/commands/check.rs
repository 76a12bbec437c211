//! `clearway check`

use clearway_diagnostics::Severity;
use clearway_diagnostics::render::Format;

use crate::Verdict;
use crate::args::{CheckArgs, Deny};
use crate::error::Failure;
use crate::output::{Output, any};
use crate::project::open;

pub(crate) fn run(args: &CheckArgs, output: &Output) -> Result<Verdict, Failure> {
    let opened = open(&args.project)?;
    let found = clearway_compile::check(&opened.workspace).diagnostics;
    output.diagnostics(&opened, &found, args.format)?;
    let limit = if args.deny == Some(Deny::Warnings) { Severity::Warning } else { Severity::Error };
    let verdict = if any(&found, limit) { Verdict::Fails } else { Verdict::Holds };
    if verdict == Verdict::Holds && args.format == Format::Human {
        output.note(&format!("`{}` holds", opened.workspace.manifest().name));
    }
    // The process ends here: the system takes the memory back faster than a thousand services are dropped one by one.
    std::mem::forget(opened);
    Ok(verdict)
}
