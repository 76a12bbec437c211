//! The graph in the languages of others: Graphviz and Mermaid.

use std::collections::BTreeMap;
use std::io;

use clearway_diagnostics::render::termcolor::WriteColor;
use clearway_report::graph::{Graph, Node};

pub(super) fn dot(graph: &Graph, out: &mut dyn WriteColor) -> io::Result<()> {
    let quoted =
        |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"));
    writeln!(out, "digraph {} {{", quoted(&graph.project))?;
    writeln!(out, "  rankdir = LR")?;
    writeln!(out, "  node [shape = box, style = rounded, fontname = \"sans-serif\"]")?;
    writeln!(out, "  edge [fontname = \"sans-serif\", fontsize = 10]")?;
    for Node { name, kind, version, .. } in &graph.nodes {
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
            quoted(&edge.label())
        )?;
    }
    writeln!(out, "}}")
}

pub(super) fn mermaid(graph: &Graph, out: &mut dyn WriteColor) -> io::Result<()> {
    // Mermaid's ids take letters and digits only, and its quoted texts take entities.
    let ids: BTreeMap<&str, String> =
        graph.nodes.iter().enumerate().map(|(at, node)| (node.name.as_str(), format!("n{at}"))).collect();
    let text = |text: &str| {
        let escape = |c: char| match c {
            '"' | '#' | '<' | '>' | '&' | '`' | '\\' => format!("#{};", c as u32),
            c => c.to_string(),
        };
        text.chars().map(escape).collect::<String>()
    };
    writeln!(out, "flowchart LR")?;
    for Node { name, kind, version, .. } in &graph.nodes {
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
        writeln!(out, "  {from} {arrow}|\"{}\"| {to}", text(&edge.label()))?;
    }
    Ok(())
}
