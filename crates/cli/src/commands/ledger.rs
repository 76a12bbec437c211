//! `clearway ledger`

use camino::Utf8PathBuf;
use clearway_runtime::PlanFile;
use clearway_runtime::ledger::Ledger;
use clearway_runtime::replay::{From, replay};

use super::gate::Folder;
use crate::Verdict;
use crate::args::{LedgerArgs, LedgerCommand, TextFormat};
use crate::error::Failure;
use crate::files;
use crate::output::Output;
use crate::runtime;

pub(crate) fn run(args: &LedgerArgs, output: &Output) -> Result<Verdict, Failure> {
    let ledger = runtime::ledger(args.ledger.as_deref(), args.trust.as_deref())?;
    match &args.command {
        LedgerCommand::State { environment } => {
            let Some(state) = ledger.state(environment)? else {
                output.note(&format!(
                    "the ledger has nothing of `{environment}`: `clearway record adopt {environment}` takes over what a reviewed state file says"
                ));
                return Ok(Verdict::Fails);
            };
            output.results(|out| writeln!(out, "{state:#}"))?;
        }
        LedgerCommand::Export { out, envelopes } => {
            let mut bytes = Vec::new();
            let count =
                if *envelopes { ledger.export_envelopes(&mut bytes)? } else { ledger.export(&mut bytes)? };
            match out {
                Some(path) => files::write(path, &String::from_utf8_lossy(&bytes))?,
                None => output.results(|out| out.write_all(&bytes))?,
            }
            output.note(&format!("{count} records"));
        }
        LedgerCommand::Import { file } => {
            let imported = ledger.import(files::read(file)?.as_bytes())?;
            output.results(|out| {
                writeln!(out, "{} records were added, {} were there already", imported.added, imported.known)
            })?;
        }
        LedgerCommand::Log => {
            let log = ledger.log()?;
            match args.format {
                TextFormat::Text => output.results(|out| log.write_text(out))?,
                TextFormat::Json => output.results(|out| log.write_json(out))?,
            }
        }
        LedgerCommand::Verify => return verify(args, &ledger, output),
        LedgerCommand::Replay { record, plan, reports } => {
            let read = |path: &Utf8PathBuf| Ok(PlanFile::read(files::read(path)?.as_bytes())?);
            let plans = plan.iter().map(read).collect::<Result<Vec<_>, Failure>>()?;
            let from = From { ledger: &ledger, plans: &plans, reports: &Folder(reports.clone()) };
            let answer = replay(from, record.as_deref())?;
            return runtime::print(&answer, args.format, output);
        }
    }
    Ok(Verdict::Holds)
}

/// A ledger that does not hold is an answer here, and no trouble.
fn verify(args: &LedgerArgs, ledger: &Ledger, output: &Output) -> Result<Verdict, Failure> {
    let log = match ledger.check()? {
        Ok(log) => log,
        Err(broken) => {
            match args.format {
                TextFormat::Text => output.note(&broken.to_string()),
                TextFormat::Json => output.results(|out| {
                    writeln!(out, "{:#}", serde_json::json!({"holds": false, "why": broken.to_string()}))
                })?,
            }
            return Ok(Verdict::Fails);
        }
    };
    let open = log.all_open();
    match args.format {
        TextFormat::Text => output.results(|out| {
            let head = log.last().map_or_else(|| "none".to_owned(), |last| last.digest.to_string());
            writeln!(out, "{} records, unbroken; the last is {head}", log.records().len())?;
            open.iter().try_for_each(|act| {
                writeln!(out, "open: {} of run {}, {}: `clearway record close {} --reason TEXT`", act.intent.step, act.record.run, act.record.at, act.digest)
            })
        })?,
        TextFormat::Json => output.results(|out| {
            let open: Vec<&str> = open.iter().map(|act| act.digest.as_str()).collect();
            let last = log.last().map(|last| last.digest.as_str());
            let holds = serde_json::json!({"holds": true, "records": log.records().len(), "last": last, "open": open});
            writeln!(out, "{holds:#}")
        })?,
    }
    Ok(if open.is_empty() { Verdict::Holds } else { Verdict::Fails })
}
