//! `clearway explain`

use clearway_diagnostics::{Code, catalogue, explain, suggest};

use crate::Verdict;
use crate::args::{ExplainArgs, TextFormat};
use crate::error::Failure;
use crate::output::Output;

pub(crate) fn run(args: &ExplainArgs, output: &Output) -> Result<Verdict, Failure> {
    match (&args.code, args.format) {
        (Some(wanted), format) => {
            let code = Code::find(wanted).ok_or_else(|| no_code(wanted))?;
            match format {
                TextFormat::Text => output.results(|out| explain::write(out, code.page()))?,
                TextFormat::Json => output.results(|out| writeln!(out, "{:#}", json(code, true)))?,
            }
        }
        (None, TextFormat::Text) => output.results(|out| {
            for code in catalogue::all() {
                writeln!(
                    out,
                    "{}  {:8} {:24} {}",
                    code.id(),
                    code.severity().word(),
                    code.name(),
                    explain::title(*code)
                )?;
            }
            Ok(())
        })?,
        (None, TextFormat::Json) => {
            let all: Vec<_> = catalogue::all().iter().map(|code| json(*code, false)).collect();
            output.results(|out| writeln!(out, "{:#}", serde_json::Value::from(all)))?;
        }
    }
    Ok(Verdict::Holds)
}

fn json(code: Code, page: bool) -> serde_json::Value {
    let mut entry = serde_json::json!({
        "code": code.id(), "name": code.name(), "severity": code.severity(), "title": explain::title(code), "url": code.url(),
    });
    if page {
        entry["page"] = code.page().into();
    }
    entry
}

fn no_code(wanted: &str) -> Failure {
    let names = catalogue::all().iter().flat_map(|code| [code.name(), code.id()]);
    let help = suggest::did_you_mean(wanted, names)
        .unwrap_or_else(|| "`clearway explain` lists all codes".to_owned());
    Failure::NoCode(wanted.to_owned(), help)
}
