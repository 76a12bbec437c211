//! Answers about names: hover, places, rename, the dependency graph.

use serde_json::json;
use tower_lsp_server::ls_types::{
    CallHierarchyIncomingCall, CallHierarchyItem, CallHierarchyOutgoingCall, CodeLens, Command,
    DocumentHighlight, GotoDefinitionResponse, Hover, HoverContents, Location, MarkupContent, MarkupKind,
    Position, PrepareRenameResponse, Range, SymbolKind, Uri, WorkspaceEdit,
};

use crate::navigation::Target;
use crate::server::view::View;
use crate::{graph, hover, rename};

pub(crate) fn hover(view: &View, position: Position) -> Option<Hover> {
    let (text, span) = hover::hover(&view.workspace, view.file, view.offset(position), &view.reader)?;
    let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value: text });
    Some(Hover { contents, range: Some(view.range(span)) })
}

pub(crate) fn definition(view: &View, position: Position) -> Option<GotoDefinitionResponse> {
    let (target, _) = Target::at(&view.workspace, view.file, view.offset(position))?;
    Some(GotoDefinitionResponse::Scalar(view.location(target.declaration(&view.workspace)?)?))
}

pub(crate) fn references(view: &View, position: Position, declared: bool) -> Option<Vec<Location>> {
    let db = &view.workspace;
    let (target, _) = Target::at(db, view.file, view.offset(position))?;
    let declaration = target.declaration(db).filter(|_| !declared);
    Some(view.locations(target.occurrences(db).into_iter().filter(|place| Some(*place) != declaration)))
}

pub(crate) fn highlights(view: &View, position: Position) -> Option<Vec<DocumentHighlight>> {
    let lines = view.lines();
    let (target, _) = Target::at(&view.workspace, view.file, lines.offset(position))?;
    let places = target.occurrences_in_file(&view.workspace, view.file).into_iter();
    Some(places.map(|place| DocumentHighlight { range: lines.range(place.span), kind: None }).collect())
}

pub(crate) fn prepare_rename(view: &View, position: Position) -> Result<PrepareRenameResponse, String> {
    let span = rename::prepare(&view.workspace, view.file, view.offset(position))?;
    Ok(PrepareRenameResponse::Range(view.range(span)))
}

pub(crate) fn rename(view: &View, position: Position, new: &str) -> Result<WorkspaceEdit, String> {
    let changes = rename::rename(&view.workspace, view.file, view.offset(position), new)?;
    Ok(view.edit(changes))
}

pub(crate) fn prepare_calls(view: &View, position: Position) -> Option<Vec<CallHierarchyItem>> {
    let item = graph::at(&view.workspace, view.file, view.offset(position))?;
    Some(vec![call_item(view, item)?])
}

/// Who requires it is who calls it.
pub(crate) fn incoming(view: &View, position: Position) -> Option<Vec<CallHierarchyIncomingCall>> {
    let item = graph::at(&view.workspace, view.file, view.offset(position))?;
    let calls = graph::requiring(&view.workspace, item).into_iter().filter_map(|neighbour| {
        let lines = view.lines_of(neighbour.item.file(&view.workspace));
        let from_ranges = neighbour.places.iter().map(|span| lines.range(*span)).collect();
        Some(CallHierarchyIncomingCall { from: call_item(view, neighbour.item)?, from_ranges })
    });
    Some(calls.collect())
}

pub(crate) fn outgoing(view: &View, position: Position) -> Option<Vec<CallHierarchyOutgoingCall>> {
    let item = graph::at(&view.workspace, view.file, view.offset(position))?;
    let lines = view.lines_of(item.file(&view.workspace));
    let calls = graph::required(&view.workspace, item).into_iter().filter_map(|neighbour| {
        let from_ranges = neighbour.places.iter().map(|span| lines.range(*span)).collect();
        Some(CallHierarchyOutgoingCall { to: call_item(view, neighbour.item)?, from_ranges })
    });
    Some(calls.collect())
}

fn call_item(view: &View, item: clearway_model::Item) -> Option<CallHierarchyItem> {
    let db = &view.workspace;
    let name = view.location(graph::name_of(db, item)?)?;
    let whole = view.lines_of(item.file(db)).range(clearway_model::item_span(db, item));
    Some(CallHierarchyItem {
        name: item.name(db).to_string(),
        kind: SymbolKind::CLASS,
        tags: None,
        detail: Some(item.kind(db).to_string()),
        uri: name.uri,
        range: whole,
        selection_range: name.range,
        data: None,
    })
}

/// Above each declaration, how many require it. A client that offers `clearway.showReferences` shows them.
pub(crate) fn lenses(view: &View) -> Vec<CodeLens> {
    let lines = view.lines();
    let lens = |item: clearway_model::Item| {
        let place = graph::name_of(&view.workspace, item)?;
        let range = lines.range(place.span);
        let requiring = graph::requiring(&view.workspace, item);
        let title = match requiring.len() {
            0 => return None,
            1 => "required by 1".to_owned(),
            count => format!("required by {count}"),
        };
        let places: Vec<Location> = requiring
            .iter()
            .flat_map(|neighbour| {
                let file = neighbour.item.file(&view.workspace);
                let (uri, lines) = (view.uri(file), view.lines_of(file));
                neighbour
                    .places
                    .iter()
                    .filter_map(move |span| Some(Location { uri: uri.clone()?, range: lines.range(*span) }))
            })
            .collect();
        Some(CodeLens { range, command: Some(show(title, view.uri(view.file)?, range, &places)), data: None })
    };
    graph::in_file(&view.workspace, view.file).into_iter().filter_map(lens).collect()
}

fn show(title: String, uri: Uri, range: Range, places: &[Location]) -> Command {
    let arguments = vec![json!(uri), json!(range.start), json!(places)];
    Command { title, command: "clearway.showReferences".to_owned(), arguments: Some(arguments) }
}
