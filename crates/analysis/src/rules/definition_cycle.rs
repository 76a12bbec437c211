//! `let`s and extended declarations that are defined by one another in a circle.

use std::collections::BTreeMap;

use clearway_diagnostics::{Diagnostic, Place, catalogue};
use clearway_model::vocabulary::Vocabulary;
use clearway_model::{Db, Item, Project, Resolution, SourceFile, all_sources, items, resolve, syntax_of};
use clearway_syntax::{self as syntax, Visit};
use petgraph::graph::DiGraph;

use crate::cycle::cycles;
use crate::query;

/// Which `let`s and extended declarations of a file are defined by which others, and where.
pub(crate) fn definitions(db: &dyn Db, file: SourceFile) -> Vec<(Item, Item, Place)> {
    let mut edges = Vec::new();
    for item in items(db, file) {
        match syntax_of(db, *item).as_ref().map(|syntax| syntax.item()) {
            Some(syntax::Item::Let(binding)) => {
                let mut uses = Uses { db, item: *item, kind: "let", edges: &mut edges };
                uses.expr(&binding.value);
            }
            // What follows the `:` of a metric is a type, and defines nothing.
            Some(syntax::Item::Declaration(declaration)) if extends(declaration) => {
                let mut uses = Uses { db, item: *item, kind: item.kind(db), edges: &mut edges };
                declaration.bases.iter().for_each(|base| uses.expr(base));
            }
            _ => {}
        }
    }
    edges
}

pub(crate) fn check(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    let mut graph: DiGraph<Item, Place> = DiGraph::new();
    let mut nodes = BTreeMap::new();
    for (from, to, place) in all_sources(db, project).flat_map(|file| query::definitions(db, file)) {
        let from = *nodes.entry(from.place_id()).or_insert_with(|| graph.add_node(*from));
        let to = *nodes.entry(to.place_id()).or_insert_with(|| graph.add_node(*to));
        graph.add_edge(from, to, *place);
    }
    let told = cycles(&graph).into_iter().filter_map(|cycle| {
        let (first, others) = cycle.edges.split_first()?;
        let target = |edge| graph.edge_endpoints(edge).map(|(_, to)| graph[to]);
        let name = |edge| target(edge).map(|item| item.name(db).to_string()).unwrap_or_default();
        let start = graph.edge_endpoints(*first).map(|(from, _)| graph[from])?;
        let message = if others.is_empty() {
            format!("`{}` is defined by itself", start.name(db))
        } else {
            let chain: Vec<String> = cycle.edges.iter().map(|edge| name(*edge)).collect();
            format!("`{}` is defined by itself, by way of {}", start.name(db), chain.join(" → "))
        };
        let mut diagnostic = Diagnostic::new(
            catalogue::DEFINITION_CYCLE,
            message,
            graph[*first],
            format!("needs `{}`", name(*first)),
        );
        for edge in others {
            diagnostic = diagnostic.related(graph[*edge], format!("needs `{}`", name(*edge)));
        }
        Some(diagnostic)
    });
    told.collect()
}

fn extends(declaration: &syntax::Declaration) -> bool {
    let typed = Vocabulary::get().kinds.get(&declaration.kind.text).is_some_and(|kind| kind.typed);
    !typed && !declaration.bases.is_empty()
}

struct Uses<'a> {
    db: &'a dyn Db,
    item: Item,
    kind: &'a str,
    edges: &'a mut Vec<(Item, Item, Place)>,
}

impl Visit for Uses<'_> {
    fn expr(&mut self, expr: &syntax::Expr) {
        if let syntax::ExprKind::Path(path, _) = &expr.kind
            && let Some(first) = path.first()
            && let Resolution::Found(target) =
                resolve(self.db, self.item.file(self.db), &first.text, &|kind| kind == self.kind)
        {
            self.edges.push((self.item, target, self.item.place(self.db, first.id)));
        }
        syntax::walk_expr(self, expr);
    }
}
