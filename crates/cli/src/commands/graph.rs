//! `clearway graph`

use std::collections::BTreeMap;

use clearway_analysis::{Edge, requirements};
use clearway_diagnostics::render::termcolor::WriteColor;
use clearway_diagnostics::{Severity, render};
use clearway_model::views;
use std::io;

use crate::Verdict;
use crate::args::{GraphArgs, GraphFormat};
use crate::error::Failure;
use crate::output::{Output, any};
use crate::project::open_path;

/// What is drawn: declarations with their kind and version, and what they require.
struct Graph {
    name: String,
    nodes: BTreeMap<String, (String, String)>,
    edges: Vec<Edge>,
}

pub(crate) fn run(args: &GraphArgs, output: &Output) -> Result<Verdict, Failure> {
    let opened = open_path(args.path.as_deref())?;
    let db = &opened.workspace;
    let found = clearway_analysis::check(db).diagnostics;
    let nodes = views::project_wide(db, &views::DEPLOYABLE).map(|item| {
        let declared = clearway_model::deployable(db, item);
        let version =
            declared.view.version.as_ref().map(|version| version.value.to_string()).unwrap_or_default();
        (declared.name.to_string(), (item.kind(db).to_string(), version))
    });
    let mut edges = requirements(db);
    edges.sort_by(|a, b| (&a.from, &a.to, &a.part).cmp(&(&b.from, &b.to, &b.part)));
    let graph = Graph { name: db.manifest().name.clone(), nodes: nodes.collect(), edges };
    output.results(|out| match args.format {
        GraphFormat::Dot => dot(&graph, out),
        GraphFormat::Mermaid => mermaid(&graph, out),
        GraphFormat::Json => writeln!(out, "{:#}", json(&graph)),
    })?;
    // The graph is drawn of what is understood; a spec with errors is still told to be one.
    if any(&found, Severity::Error) {
        let sources = db.sources(&opened.manifest);
        let reports = clearway_diagnostics::Report::all(&found, &sources);
        let summary = render::summary(&reports).unwrap_or_default();
        output.note(&format!("{summary}: `clearway check` tells more"));
        return Ok(Verdict::Fails);
    }
    Ok(Verdict::Holds)
}

fn label(edge: &Edge) -> String {
    match &edge.part {
        Some(part) => format!("{part} {}", edge.range),
        None => edge.range.clone(),
    }
}

fn dot(graph: &Graph, out: &mut dyn WriteColor) -> io::Result<()> {
    let quoted =
        |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"));
    writeln!(out, "digraph {} {{", quoted(&graph.name))?;
    writeln!(out, "  rankdir = LR")?;
    writeln!(out, "  node [shape = box, style = rounded, fontname = \"sans-serif\"]")?;
    writeln!(out, "  edge [fontname = \"sans-serif\", fontsize = 10]")?;
    for (name, (kind, version)) in &graph.nodes {
        let shape = match kind.as_str() {
            "library" => ", shape = component",
            "vendor" => ", shape = ellipse",
            "infrastructure" => ", shape = box3d",
            _ => "",
        };
        writeln!(
            out,
            "  {} [label = {}{shape}]",
            quoted(name),
            quoted(&format!("{name}\n{version}")).replace("\\\\n", "\\n")
        )?;
    }
    for edge in &graph.edges {
        let style = match (edge.weak, edge.optional) {
            (true, _) => ", style = dotted",
            (false, true) => ", style = dashed",
            _ => "",
        };
        writeln!(
            out,
            "  {} -> {} [label = {}{style}]",
            quoted(&edge.from),
            quoted(&edge.to),
            quoted(&label(edge))
        )?;
    }
    writeln!(out, "}}")
}

fn mermaid(graph: &Graph, out: &mut dyn WriteColor) -> io::Result<()> {
    // Mermaid's ids take letters and digits only, and its quoted texts take entities.
    let ids: BTreeMap<&str, String> =
        graph.nodes.keys().enumerate().map(|(at, name)| (name.as_str(), format!("n{at}"))).collect();
    let text = |text: &str| {
        let escape = |c: char| match c {
            '"' | '#' | '<' | '>' | '&' | '`' | '\\' => format!("#{};", c as u32),
            c => c.to_string(),
        };
        text.chars().map(escape).collect::<String>()
    };
    writeln!(out, "flowchart LR")?;
    for (name, (kind, version)) in &graph.nodes {
        let (open, close) = match kind.as_str() {
            "library" => ("[[", "]]"),
            "vendor" => ("([", "])"),
            "infrastructure" => ("[/", "/]"),
            _ => ("[", "]"),
        };
        writeln!(out, "  {}{open}\"{}<br/>{}\"{close}", ids[name.as_str()], text(name), text(version))?;
    }
    for edge in &graph.edges {
        let (Some(from), Some(to)) = (ids.get(edge.from.as_str()), ids.get(edge.to.as_str())) else {
            continue;
        };
        let arrow = if edge.weak || edge.optional { "-.->" } else { "-->" };
        writeln!(out, "  {from} {arrow}|\"{}\"| {to}", text(&label(edge)))?;
    }
    Ok(())
}

fn json(graph: &Graph) -> serde_json::Value {
    let nodes: Vec<_> = graph
        .nodes
        .iter()
        .map(|(name, (kind, version))| serde_json::json!({ "name": name, "kind": kind, "version": version }))
        .collect();
    let edges: Vec<_> = graph
        .edges
        .iter()
        .map(|edge| {
            serde_json::json!({
                "from": edge.from, "to": edge.to, "part": edge.part, "range": edge.range, "optional": edge.optional, "weak": edge.weak,
            })
        })
        .collect();
    serde_json::json!({ "nodes": nodes, "edges": edges })
}
