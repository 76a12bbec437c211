//! `clearway graph`

mod gathered;
mod languages;

use std::collections::BTreeMap;

use clearway_diagnostics::{Severity, render};
use clearway_picture::Form;
use clearway_plan::Release;
use clearway_report::graph::{Direction, Lanes};
use clearway_runtime::Trouble;

use crate::Verdict;
use crate::args::{GraphArgs, GraphFormat, GraphLanes};
use crate::error::Failure;
use crate::output::{Output, any};
use crate::project::{Opened, open_path};

pub(crate) use gathered::gathered;

pub(crate) fn run(args: &GraphArgs, output: &Output) -> Result<Verdict, Failure> {
    let opened = open_path(args.path.as_deref())?;
    let found = clearway_analysis::check(&opened.workspace).diagnostics;
    let mut graph = gathered(&opened.workspace, &found);
    for (service, direction) in
        [(&args.upstream, Direction::Upstream), (&args.downstream, Direction::Downstream)]
    {
        let Some(service) = service else { continue };
        if !graph.nodes.iter().any(|node| node.name == *service) {
            let unknown = format!("nothing that is called `{service}` is declared");
            return Err(Trouble::new(unknown)
                .help("`clearway graph --format json` lists what there is")
                .into());
        }
        graph.keep(service, direction);
    }
    let waves = if args.lanes == GraphLanes::Wave { waves(&opened)? } else { BTreeMap::new() };
    let lanes = match args.lanes {
        GraphLanes::None => Lanes::None,
        GraphLanes::Team => Lanes::Teams,
        GraphLanes::Wave => Lanes::Waves(&waves),
    };
    output.results(|out| match args.format {
        GraphFormat::Dot => languages::dot(&graph, out),
        GraphFormat::Mermaid => languages::mermaid(&graph, out),
        GraphFormat::Json => writeln!(out, "{:#}", serde_json::json!(graph)),
        GraphFormat::Svg => out.write_all(graph.picture(lanes, false).svg(Form::File).as_bytes()),
    })?;
    // The graph is drawn of what is understood; a spec with errors is still told to be one.
    if any(&found, Severity::Error) {
        let sources = opened.workspace.sources(&opened.manifest);
        let reports = clearway_diagnostics::Report::all(&found, &sources);
        let summary = render::summary(&reports).unwrap_or_default();
        output.note(&format!("{summary}: `clearway check` tells more"));
        return Ok(Verdict::Fails);
    }
    Ok(Verdict::Holds)
}

/// The wave in which each service first moves in the last environment of the first release.
fn waves(opened: &Opened) -> Result<BTreeMap<String, usize>, Failure> {
    let plan = clearway_compile::plan(&opened.workspace).plan;
    let releases = plan.as_ref().map(|plan| plan.releases.as_slice()).unwrap_or_default();
    let Some(release) = releases.first() else {
        let trouble = Trouble::new("there are no waves: the spec has no plan");
        return Err(trouble.help("`clearway check` says why, or write a `release`").into());
    };
    Ok(of_release(release))
}

fn of_release(release: &Release) -> BTreeMap<String, usize> {
    let Some(last) = release.stages.last() else { return BTreeMap::new() };
    let mut waves = BTreeMap::new();
    for ordered in clearway_plan::order(&[release]) {
        if ordered.environment == last.environment {
            waves.entry(ordered.service.to_owned()).or_insert(ordered.wave);
        }
    }
    waves
}
