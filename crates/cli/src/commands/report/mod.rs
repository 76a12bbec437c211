//! `clearway report`

mod history;

use clearway_history::prose::{Unfilled, markdown};
use clearway_runtime::Trouble;
use serde_json::Value;

use crate::Verdict;
use crate::args::{ReportArgs, ReportFormat};
use crate::error::Failure;
use crate::files;
use crate::output::Output;

pub(crate) fn run(args: &ReportArgs, output: &Output) -> Result<Verdict, Failure> {
    let (data, verdict) = history::data(args.kind, &args.history)?;
    print(args, &data, output)?;
    Ok(verdict)
}

fn print(args: &ReportArgs, data: &Value, output: &Output) -> Result<(), Failure> {
    match args.format {
        ReportFormat::Json => output.results(|out| writeln!(out, "{data:#}")),
        ReportFormat::Markdown => {
            let template = args.template.as_deref().map(files::read).transpose()?;
            let text = markdown(args.kind, template.as_deref(), data).map_err(|unfilled| {
                let help = match unfilled {
                    Unfilled::Template(_) => "write it in the language of Jinja",
                    Unfilled::Data(_) => "`--format json` prints what a template is filled in with",
                };
                Trouble::new(unfilled.to_string()).help(help)
            })?;
            output.results(|out| out.write_all(text.as_bytes()))
        }
    }
}
