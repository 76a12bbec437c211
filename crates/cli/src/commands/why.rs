//! `clearway plan --why`: why one service comes before another.

use clearway_analysis::proof::Wait;
use clearway_diagnostics::render::Format;
use clearway_model::{Db, release};
use serde_json::json;

use crate::Verdict;
use crate::args::{PlanArgs, PlanFormat};
use crate::error::Failure;
use crate::output::Output;
use crate::project::Opened;

/// A chain of services that wait for one another, in a stage of a release.
struct Chain {
    release: String,
    environment: String,
    waits: Vec<Wait>,
}

pub(crate) fn run(
    args: &PlanArgs,
    opened: &Opened,
    before: &str,
    after: &str,
    output: &Output,
) -> Result<Verdict, Failure> {
    let outcome = clearway_analysis::check(&opened.workspace);
    let is_json = args.format == PlanFormat::Json;
    let Some(checked) = outcome.checked else {
        let format = if is_json { Format::Json } else { Format::Human };
        output.diagnostics(opened, &outcome.diagnostics, format)?;
        return Ok(Verdict::Fails);
    };
    let db: &dyn Db = &opened.workspace;
    let mut chains = Vec::new();
    for proved in checked.releases() {
        let name = proved.release.name(db).to_string();
        if args.release.as_ref().is_some_and(|wanted| *wanted != name) {
            continue;
        }
        for (at, stage) in release(db, proved.release).view.stages.iter().enumerate() {
            let Some(environment) = &stage.environment else { continue };
            if let Some(waits) = checked.why(proved.release, at, before, after) {
                chains.push(Chain {
                    release: name.clone(),
                    environment: environment.value.name.to_string(),
                    waits,
                });
            }
        }
    }
    let verdict = if chains.is_empty() { Verdict::Fails } else { Verdict::Holds };
    if is_json {
        let wait = |wait: &Wait| {
            let reasons: Vec<&str> = wait.reasons.iter().map(|(reason, _)| reason.as_str()).collect();
            json!({ "before": wait.before, "after": wait.after, "reasons": reasons })
        };
        let chain = |chain: &Chain| {
            let waits: Vec<_> = chain.waits.iter().map(wait).collect();
            json!({ "release": chain.release, "environment": chain.environment, "waits": waits })
        };
        let told = json!(chains.iter().map(chain).collect::<Vec<_>>());
        output.results(|out| writeln!(out, "{told:#}"))?;
        return Ok(verdict);
    }
    output.results(|out| {
        if chains.is_empty() {
            writeln!(out, "nothing makes `{after}` wait for `{before}`")?;
        }
        for chain in &chains {
            writeln!(out, "release {} in {}", chain.release, chain.environment)?;
            for wait in &chain.waits {
                writeln!(out, "  `{}` comes before `{}`", wait.before, wait.after)?;
                for (reason, _) in &wait.reasons {
                    writeln!(out, "    {reason}")?;
                }
            }
        }
        Ok(())
    })?;
    Ok(verdict)
}
