//! `clearway evidence`

use std::fs::File;
use std::io::Read;

use clearway_evidence::{Limits, Mapping, Reader, Shown, show, show_table, write_json, write_table};
use clearway_runtime::{PlanFile, Trouble, gate};

use crate::Verdict;
use crate::args::{EvidenceArgs, EvidenceCommand, TableArgs, TextFormat};
use crate::error::Failure;
use crate::files;
use crate::output::Output;

pub(crate) fn run(args: &EvidenceArgs, output: &Output) -> Result<Verdict, Failure> {
    let EvidenceCommand::Show { files, reader, table, format } = &args.command;
    let mapping = mapping(table)?;
    let shown: Vec<Shown> = files
        .iter()
        .map(|path| match File::open(path) {
            _ if path == "-" => one("-", *reader, mapping.as_ref(), std::io::stdin().lock()),
            Ok(file) => one(path.as_str(), *reader, mapping.as_ref(), file),
            Err(error) => Shown::unreadable(path.as_str(), error),
        })
        .collect();
    output.results(|mut out| match format {
        TextFormat::Text => write_table(&shown, &mut out),
        TextFormat::Json => write_json(&shown, &mut out),
    })?;
    let refused = shown.iter().any(|shown| shown.report.is_err());
    Ok(if refused { Verdict::Fails } else { Verdict::Holds })
}

fn one(name: &str, reader: Option<Reader>, mapping: Option<&Mapping>, input: impl Read) -> Shown {
    let limits = Limits::default();
    match mapping {
        Some(mapping) => show_table(name, mapping, input, &limits),
        None => show(name, reader, input, &limits),
    }
}

/// What the rows and columns of the files mean, where they are tables.
fn mapping(args: &TableArgs) -> Result<Option<Mapping>, Failure> {
    if let Some(name) = &args.gate {
        return of_gate(name, args).map(Some);
    }
    let Some(topic) = args.table else { return Ok(None) };
    let mut mapping = Mapping::new(topic, args.column.iter().cloned());
    mapping.rows = args.rows_at.iter().flat_map(|keys| keys.split('.')).map(str::to_owned).collect();
    if !args.closed_state.is_empty() {
        mapping.closed = args.closed_state.iter().cloned().collect();
    }
    Ok(Some(mapping))
}

/// The mapping of a gate's tables.
fn of_gate(name: &str, args: &TableArgs) -> Result<Mapping, Failure> {
    let plan = PlanFile::read(files::read(&args.plan)?.as_bytes())?.plan;
    let gate = plan.gates.get(name).ok_or_else(|| {
        let there: Vec<&str> = plan.gates.keys().map(String::as_str).collect();
        Trouble::new(format!("the plan has no gate `{}`", name.escape_debug()))
            .help(format!("there is `{}`", there.join("`, `")))
    })?;
    let mut tables =
        gate.evidence.iter().chain(&gate.baseline).filter_map(|evidence| evidence.table.as_ref());
    let table = tables.next().ok_or_else(|| {
        Trouble::new(format!("the gate `{name}` reads no table"))
            .help("leave `--gate` out: reports say what they are")
    })?;
    if tables.any(|other| other != table) {
        return Err(Trouble::new(format!("the gate `{name}` reads tables of several kinds"))
            .help("say what this one means: `--table ROWS --column MEANING=NAME`")
            .into());
    }
    Ok(gate::mapping(table).map_err(|refusal| Trouble::new(refusal.message))?)
}
