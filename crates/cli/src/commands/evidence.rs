//! `clearway evidence`

use std::fs::File;

use clearway_evidence::{Limits, Shown, show, write_json, write_table};

use crate::Verdict;
use crate::args::{EvidenceArgs, EvidenceCommand, TextFormat};
use crate::error::Failure;
use crate::output::Output;

pub(crate) fn run(args: &EvidenceArgs, output: &Output) -> Result<Verdict, Failure> {
    let EvidenceCommand::Show { files, reader, format } = &args.command;
    let limits = Limits::default();
    let shown: Vec<Shown> = files
        .iter()
        .map(|path| {
            if path == "-" {
                return show("-", *reader, std::io::stdin().lock(), &limits);
            }
            match File::open(path) {
                Ok(file) => show(path.as_str(), *reader, file, &limits),
                Err(error) => Shown::unreadable(path.as_str(), error),
            }
        })
        .collect();
    output.results(|mut out| match format {
        TextFormat::Text => write_table(&shown, &mut out),
        TextFormat::Json => write_json(&shown, &mut out),
    })?;
    let refused = shown.iter().any(|shown| shown.report.is_err());
    Ok(if refused { Verdict::Fails } else { Verdict::Holds })
}
