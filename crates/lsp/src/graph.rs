//! The dependency graph around a declaration: who requires it, and what it requires.

use clearway_analysis::{Edge, dependents, requirements_of};
use clearway_diagnostics::{Place, Span};
use clearway_model::{Db, Item, SourceFile, items, resolve_project_wide, span_of, views};

use crate::location::Location;
use crate::navigation::Target;

/// One end of an edge, and where the edge is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Neighbour {
    pub item: Item,
    /// Where the requirement is written, in the declaration that requires.
    pub places: Vec<Span>,
}

/// The service, library, vendor or infrastructure at an offset.
pub(crate) fn at(db: &dyn Db, file: SourceFile, offset: u32) -> Option<Item> {
    match Target::at(db, file, offset)?.0 {
        Target::Declaration(item) | Target::Part(item, _) => is_deployable(db, item).then_some(item),
        _ => None,
    }
}

/// Those of a file.
pub(crate) fn in_file(db: &dyn Db, file: SourceFile) -> Vec<Item> {
    items(db, file).iter().copied().filter(|item| is_deployable(db, *item)).collect()
}

fn is_deployable(db: &dyn Db, item: Item) -> bool {
    views::DEPLOYABLE.contains(&item.kind(db).as_str())
}

/// Who requires a declaration.
pub(crate) fn requiring(db: &dyn Db, item: Item) -> Vec<Neighbour> {
    let edges = dependents(db, item.name(db)).iter();
    grouped(db, edges.filter_map(|edge| Some((named(db, &edge.from)?, edge, named(db, &edge.from)?))))
}

/// What a declaration requires.
pub(crate) fn required(db: &dyn Db, item: Item) -> Vec<Neighbour> {
    let edges = requirements_of(db, item);
    grouped(db, edges.iter().filter_map(|edge| Some((named(db, &edge.to)?, edge, item))))
}

fn named(db: &dyn Db, name: &str) -> Option<Item> {
    resolve_project_wide(db, name, &|kind| views::DEPLOYABLE.contains(&kind))
}

/// Neighbours, each once, in the order in which they are met.
fn grouped<'e>(db: &dyn Db, edges: impl Iterator<Item = (Item, &'e Edge, Item)>) -> Vec<Neighbour> {
    let mut found: Vec<Neighbour> = Vec::new();
    for (item, edge, owner) in edges {
        let Place::Node(_, _, node) = edge.place else { continue };
        let place = span_of(db, owner, node);
        match found.iter_mut().find(|neighbour| neighbour.item == item) {
            Some(neighbour) => neighbour.places.push(place),
            None => found.push(Neighbour { item, places: vec![place] }),
        }
    }
    found
}

/// Where the name of a declaration is written.
pub(crate) fn name_of(db: &dyn Db, item: Item) -> Option<Location> {
    Target::Declaration(item).declaration(db)
}
