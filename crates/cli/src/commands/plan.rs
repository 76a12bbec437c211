//! `clearway plan`

use clearway_diagnostics::render::Format;
use clearway_plan::{Release, Told, order, steps};
use serde_json::json;

use crate::Verdict;
use crate::args::{PlanArgs, TextFormat};
use crate::error::Failure;
use crate::output::Output;
use crate::project::open;

pub(crate) fn run(args: &PlanArgs, output: &Output) -> Result<Verdict, Failure> {
    let opened = open(&args.project)?;
    if let Some([before, after]) = args.why.as_deref() {
        return super::why::run(args, &opened, before, after, output);
    }
    let compiled = clearway_compile::plan(&opened.workspace);
    let is_json = args.format == TextFormat::Json;
    let Some(plan) = compiled.plan.as_ref().filter(|_| !compiled.fails()) else {
        let format = if is_json { Format::Json } else { Format::Human };
        output.diagnostics(&opened, &compiled.diagnostics, format)?;
        return Ok(Verdict::Fails);
    };
    let wanted = |release: &&Release| args.release.as_ref().is_none_or(|name| *name == release.name);
    let releases: Vec<&Release> = plan.releases.iter().filter(wanted).collect();
    if let (Some(name), true) = (&args.release, releases.is_empty()) {
        let known = plan.releases.iter().map(|release| release.name.clone()).collect();
        return Err(Failure::NoRelease { name: name.clone(), known });
    }
    if is_json {
        let guarantees: serde_json::Map<String, serde_json::Value> = compiled
            .made
            .iter()
            .map(|made| (made.target.to_owned(), serde_json::to_value(&made.guarantees).unwrap_or_default()))
            .collect();
        let told = json!({
            "project": plan.project,
            "order": order(&releases),
            "steps": steps(&releases),
            "guarantees": guarantees,
        });
        output.results(|out| writeln!(out, "{told:#}"))?;
        return Ok(Verdict::Holds);
    }
    output.diagnostics_aside(&opened, &compiled.diagnostics)?;
    output.results(|out| {
        for (at, release) in releases.iter().enumerate() {
            write!(out, "{}{}", if at == 0 { "" } else { "\n" }, Told { plan, release })?;
        }
        Ok(())
    })?;
    Ok(Verdict::Holds)
}
