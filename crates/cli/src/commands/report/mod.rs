//! `clearway report`

mod access;
mod ahead;
mod bundle;
mod history;
mod html;
mod matrix;
mod spec;

use clearway_history::prose::{Kind, Unfilled, markdown};
use clearway_runtime::Trouble;
use serde_json::Value;

use crate::Verdict;
use crate::args::{ReportArgs, ReportFormat, SpecReport};
use crate::error::Failure;
use crate::files;
use crate::output::Output;

pub(crate) use spec::Places;

pub(crate) fn run(args: &ReportArgs, output: &Output) -> Result<Verdict, Failure> {
    match (&args.spec, args.kind) {
        (Some(SpecReport::Access(args)), _) => access::run(args, output),
        (Some(SpecReport::Bundle(args)), _) => bundle::run(args, output),
        (Some(SpecReport::ControlMatrix(args)), _) => matrix::run(args, output),
        (Some(SpecReport::Html(args)), _) => html::run(args, output),
        (None, Some(kind)) => {
            let (data, verdict) = history::data(kind, &args.history)?;
            print(args, kind, &data, output)?;
            Ok(verdict)
        }
        // One of the two is there: the arguments demand it.
        (None, None) => Ok(Verdict::Holds),
    }
}

fn print(args: &ReportArgs, kind: Kind, data: &Value, output: &Output) -> Result<(), Failure> {
    match args.format {
        ReportFormat::Json => output.results(|out| writeln!(out, "{data:#}")),
        ReportFormat::Markdown => {
            let template = args.template.as_deref().map(files::read).transpose()?;
            let text = prose(kind, template.as_deref(), data)?;
            output.results(|out| out.write_all(text.as_bytes()))
        }
    }
}

/// A report in words, by a template of the user's or our own.
fn prose(kind: Kind, template: Option<&str>, data: &Value) -> Result<String, Failure> {
    let told = |unfilled: Unfilled| {
        let help = match unfilled {
            Unfilled::Template(_) => "write it in the language of Jinja",
            Unfilled::Data(_) => "`--format json` prints what a template is filled in with",
        };
        Trouble::new(unfilled.to_string()).help(help)
    };
    Ok(markdown(kind, template, data).map_err(told)?)
}
