//! The requests, each a feature with the protocol's types around it.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;

use tower_lsp_server::LanguageServer;
use tower_lsp_server::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp_server::ls_types::*;

use super::convert::{self, Encoding, Lines};
use super::state::Work;
use super::view::View;
use super::{Server, capabilities, check, lock};
use crate::location::Location as Place;
use crate::navigation::Target;
use crate::{format, hover, rename, symbols};

impl Server {
    /// Looks at an open text on another thread. `None` when the text is not open.
    async fn read<T: Send + 'static>(
        &self,
        uri: &Uri,
        act: impl FnOnce(&View) -> T + Send + 'static,
    ) -> Result<Option<T>> {
        let Some(view) = lock(&self.state).view(uri) else { return Ok(None) };
        apart(move || act(&view)).await.map(Some)
    }

    /// Looks at every project on another thread.
    async fn read_all<T: Send + 'static>(
        &self,
        act: impl FnOnce(&[Work]) -> T + Send + 'static,
    ) -> Result<T> {
        let works = lock(&self.state).works();
        apart(move || act(&works)).await
    }
}

/// Computes on a thread where waiting is allowed. A change to the text cancels it: the client asks again.
async fn apart<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(move || salsa::Cancelled::catch(AssertUnwindSafe(act)));
    match done.await {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(_)) => Err(Error::content_modified()),
        Err(error) => {
            Err(Error { code: ErrorCode::InternalError, message: error.to_string().into(), data: None })
        }
    }
}

/// What cannot be done, in words for the user.
fn refusal(message: String) -> Error {
    Error { code: ErrorCode::ServerError(REQUEST_FAILED), message: message.into(), data: None }
}

/// The protocol's code for a sound request that cannot be carried out.
const REQUEST_FAILED: i64 = -32803;

impl LanguageServer for Server {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let general = params.capabilities.general.as_ref();
        let offered = general.and_then(|general| general.position_encodings.as_deref());
        let encoding = Encoding::negotiated(offered);
        lock(&self.state).encoding = encoding;
        Ok(capabilities::all(encoding))
    }

    async fn initialized(&self, _: InitializedParams) {
        tokio::spawn(check::run(self.clone()));
        // A client that cannot watch files says so, and nothing is lost: it tells what it saves.
        let _ = self.client.register_capability(vec![capabilities::watched()]).await;
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        self.open(params).await;
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        self.change(params);
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.close(&params);
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        self.save(params);
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        self.changed_outside(params);
    }

    async fn formatting(&self, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        let format = |view: &View| {
            let text = view.file.text(&view.workspace);
            view.lines().edits(format::format(text, None))
        };
        self.read(&params.text_document.uri, format).await
    }

    async fn range_formatting(&self, params: DocumentRangeFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        let format = move |view: &View| {
            let (text, lines) = (view.file.text(&view.workspace), view.lines());
            let range = lines.span(params.range);
            lines.edits(format::format(text, Some(range)))
        };
        self.read(&params.text_document.uri, format).await
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        let list = |view: &View| {
            let lines = view.lines();
            let symbols = symbols::of_file(&view.workspace, view.file).into_iter();
            DocumentSymbolResponse::Nested(symbols.map(|symbol| convert::symbol(symbol, &lines)).collect())
        };
        self.read(&params.text_document.uri, list).await
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let at = params.text_document_position_params;
        let look = move |view: &View| {
            let (text, span) = hover::hover(&view.workspace, view.file, view.offset(at.position))?;
            let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value: text });
            Some(Hover { contents, range: Some(view.range(span)) })
        };
        self.read(&at.text_document.uri, look).await.map(Option::flatten)
    }

    async fn goto_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        let at = params.text_document_position_params;
        let look = move |view: &View| {
            let (target, _) = Target::at(&view.workspace, view.file, view.offset(at.position))?;
            let location = view.location(target.declaration(&view.workspace)?)?;
            Some(GotoDefinitionResponse::Scalar(location))
        };
        self.read(&at.text_document.uri, look).await.map(Option::flatten)
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let at = params.text_document_position;
        let declared = params.context.include_declaration;
        let look = move |view: &View| {
            let db = &view.workspace;
            let (target, _) = Target::at(db, view.file, view.offset(at.position))?;
            let declaration = target.declaration(db).filter(|_| !declared);
            let places = target.occurrences(db).into_iter().filter(|place| Some(*place) != declaration);
            Some(view.locations(places))
        };
        self.read(&at.text_document.uri, look).await.map(Option::flatten)
    }

    async fn document_highlight(
        &self,
        params: DocumentHighlightParams,
    ) -> Result<Option<Vec<DocumentHighlight>>> {
        let at = params.text_document_position_params;
        let look = move |view: &View| {
            let lines = view.lines();
            let (target, _) = Target::at(&view.workspace, view.file, lines.offset(at.position))?;
            let places = target.occurrences_in_file(&view.workspace, view.file).into_iter();
            let highlight = |place: Place| DocumentHighlight { range: lines.range(place.span), kind: None };
            Some(places.map(highlight).collect())
        };
        self.read(&at.text_document.uri, look).await.map(Option::flatten)
    }

    async fn prepare_rename(
        &self,
        params: TextDocumentPositionParams,
    ) -> Result<Option<PrepareRenameResponse>> {
        let look = move |view: &View| {
            let span = rename::prepare(&view.workspace, view.file, view.offset(params.position))?;
            Ok(PrepareRenameResponse::Range(view.range(span)))
        };
        self.read(&params.text_document.uri, look).await?.transpose().map_err(refusal)
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        let at = params.text_document_position;
        let act = move |view: &View| {
            let offset = view.offset(at.position);
            let changes = rename::rename(&view.workspace, view.file, offset, &params.new_name)?;
            Ok(view.edit(changes))
        };
        self.read(&at.text_document.uri, act).await?.transpose().map_err(refusal)
    }

    async fn symbol(&self, params: WorkspaceSymbolParams) -> Result<Option<WorkspaceSymbolResponse>> {
        let list = move |works: &[Work]| {
            let mut found = Vec::new();
            for work in works {
                let mut lines = BTreeMap::new();
                for (symbol, Place { file, span }) in symbols::in_project(&work.workspace, &params.query) {
                    let text = || Lines::new(file.text(&work.workspace).clone(), work.encoding);
                    let lines = lines.entry(file.id(&work.workspace)).or_insert_with(text);
                    let Some(uri) = work.addresses.of(file.path(&work.workspace)) else { continue };
                    found.push(WorkspaceSymbol {
                        name: symbol.name,
                        kind: convert::symbol_kind(symbol.sort),
                        tags: None,
                        container_name: Some(symbol.detail),
                        location: OneOf::Left(Location { uri, range: lines.range(span) }),
                        data: None,
                    });
                }
            }
            WorkspaceSymbolResponse::Nested(found)
        };
        self.read_all(list).await.map(Some)
    }
}
