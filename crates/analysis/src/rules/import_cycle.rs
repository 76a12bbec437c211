//! Modules that import one another in a circle.

use std::collections::BTreeMap;

use clearway_diagnostics::{Diagnostic, Place, catalogue};
use clearway_model::{Db, Imported, Project, SourceFile, all_sources, scope};
use petgraph::graph::DiGraph;

use crate::cycle::cycles;

pub(crate) fn check(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    let sources: Vec<SourceFile> = all_sources(db, project).collect();
    let mut graph: DiGraph<SourceFile, Place> = DiGraph::new();
    let nodes: BTreeMap<u32, _> = sources.iter().map(|file| (file.id(db).0, graph.add_node(*file))).collect();
    for file in &sources {
        for import in &scope(db, *file).imports {
            let target = match &import.target {
                Imported::Items(items) => items.first().map(|item| item.file(db)),
                Imported::Module(module) => Some(*module),
                Imported::Unknown => None,
            };
            let ends =
                target.and_then(|target| Some((nodes.get(&file.id(db).0)?, nodes.get(&target.id(db).0)?)));
            if let Some((from, to)) = ends {
                graph.add_edge(*from, *to, import.item.place(db, import.node));
            }
        }
    }
    let told = cycles(&graph).into_iter().filter_map(|cycle| {
        let (first, others) = cycle.edges.split_first()?;
        let path = |file: SourceFile| file.path(db).to_string();
        let files: Vec<String> = cycle
            .edges
            .iter()
            .filter_map(|edge| graph.edge_endpoints(*edge))
            .map(|(from, _)| path(graph[from]))
            .collect();
        let target = |edge| graph.edge_endpoints(edge).map_or_else(String::new, |(_, to)| path(graph[to]));
        let message = match files.as_slice() {
            [one] => format!("`{one}` imports itself"),
            files => format!(
                "{} modules import one another in a circle: {} → {}",
                files.len(),
                files.join(" → "),
                files[0]
            ),
        };
        let mut diagnostic = Diagnostic::new(
            catalogue::IMPORT_CYCLE,
            message,
            graph[*first],
            format!("imports `{}`", target(*first)),
        );
        for edge in others {
            diagnostic = diagnostic.related(graph[*edge], format!("imports `{}`", target(*edge)));
        }
        Some(
            diagnostic.help(
                "move what both need into a module of its own; services and environments need no `use`",
            ),
        )
    });
    told.collect()
}
