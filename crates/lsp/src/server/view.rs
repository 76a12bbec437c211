//! What a request looks at: a file of a workspace at one moment. A change to the workspace cancels what still looks.

use std::collections::BTreeMap;

use clearway_diagnostics::Span;
use clearway_model::{SourceFile, Workspace};
use tower_lsp_server::ls_types::{self as lsp, Position, Uri};

use super::address::Addresses;
use super::convert::{Encoding, Lines};
use crate::location::{Location, TextChange};
use crate::reader::Reader;

pub(crate) struct View {
    pub workspace: Workspace,
    pub file: SourceFile,
    pub addresses: Addresses,
    pub encoding: Encoding,
    pub reader: Reader,
}

impl View {
    /// The lines of the file.
    pub(crate) fn lines(&self) -> Lines {
        self.lines_of(self.file)
    }

    pub(crate) fn lines_of(&self, file: SourceFile) -> Lines {
        Lines::new(file.text(&self.workspace).clone(), self.encoding)
    }

    pub(crate) fn offset(&self, position: Position) -> u32 {
        self.lines().offset(position)
    }

    pub(crate) fn uri(&self, file: SourceFile) -> Option<Uri> {
        let path = file.path(&self.workspace);
        match file.library(&self.workspace) {
            true => self.addresses.of_library(path),
            false => self.addresses.of(path),
        }
    }

    pub(crate) fn location(&self, location: Location) -> Option<lsp::Location> {
        let range = self.lines_of(location.file).range(location.span);
        Some(lsp::Location { uri: self.uri(location.file)?, range })
    }

    /// Places in several files; each file's lines are counted once.
    pub(crate) fn locations(&self, places: impl IntoIterator<Item = Location>) -> Vec<lsp::Location> {
        let mut lines = BTreeMap::new();
        let place = |place: Location| {
            let id = place.file.id(&self.workspace);
            let lines = lines.entry(id).or_insert_with(|| self.lines_of(place.file));
            Some(lsp::Location { uri: self.uri(place.file)?, range: lines.range(place.span) })
        };
        places.into_iter().filter_map(place).collect()
    }

    /// Changes to several files, as one edit.
    pub(crate) fn edit(&self, changes: Vec<(SourceFile, TextChange)>) -> lsp::WorkspaceEdit {
        let mut by_file: BTreeMap<Uri, (SourceFile, Vec<TextChange>)> = BTreeMap::new();
        for (file, change) in changes {
            if let Some(uri) = self.uri(file) {
                by_file.entry(uri).or_insert_with(|| (file, Vec::new())).1.push(change);
            }
        }
        let edits =
            by_file.into_iter().map(|(uri, (file, changes))| (uri, self.lines_of(file).edits(changes)));
        lsp::WorkspaceEdit { changes: Some(edits.collect()), ..lsp::WorkspaceEdit::default() }
    }

    pub(crate) fn range(&self, span: Span) -> lsp::Range {
        self.lines().range(span)
    }
}
