//! The requests: which answer each has, and of which text.

use std::panic::AssertUnwindSafe;

use clearway_model::item_at;
use serde::Deserialize;
use tower_lsp_server::LanguageServer;
use tower_lsp_server::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp_server::ls_types::*;

use super::answers::{names, text, writing};
use super::convert::Encoding;
use super::state::Work;
use super::view::View;
use super::{Server, capabilities, check, lock};
use crate::pipeline::{Emitted, pipeline};

impl Server {
    /// Looks at an open text on another thread. `None` when the text is not open.
    async fn read<T: Send + 'static>(
        &self,
        document: &TextDocumentIdentifier,
        act: impl FnOnce(&View) -> T + Send + 'static,
    ) -> Result<Option<T>> {
        self.read_at(&document.uri, act).await
    }

    async fn read_at<T: Send + 'static>(
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

/// `clearway/pipeline`: where in what `build` would write the declaration at a position is found.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PipelineParams {
    text_document: TextDocumentIdentifier,
    position: Position,
    /// `github`, `gitlab` or `argo`.
    target: String,
}

impl Server {
    /// The files that a target gets: `[{ path, text, lines }]`. `null` where the text is not open.
    pub(super) async fn pipeline(&self, params: PipelineParams) -> Result<Option<Vec<Emitted>>> {
        let PipelineParams { text_document, position, target } = params;
        let act = move |view: &View| {
            let item = item_at(&view.workspace, view.file, view.offset(position));
            pipeline(&view.workspace, &target, item)
        };
        self.read(&text_document, act).await?.transpose().map_err(refusal)
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
        let encoding =
            Encoding::negotiated(general.and_then(|general| general.position_encodings.as_deref()));
        let client = capabilities::Client::of(&params);
        if let Some(settings) = &params.initialization_options {
            self.set(settings).await;
        }
        let mut state = lock(&self.state);
        state.encoding = encoding;
        state.client = client;
        Ok(capabilities::all(encoding, client))
    }

    async fn initialized(&self, _: InitializedParams) {
        tokio::spawn(check::run(self.clone()));
        if lock(&self.state).client.watches {
            // A client that refuses loses nothing but this: it tells what it saves.
            let _ = self.client.register_capability(vec![capabilities::watched()]).await;
        }
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        self.set(&params.settings).await;
    }

    async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReportResult> {
        let work = lock(&self.state).work_of(&params.text_document.uri);
        let items = match work {
            Some((work, uri)) => apart(move || check::whole(&work).remove(&uri)).await?,
            None => None,
        };
        let full = FullDocumentDiagnosticReport { result_id: None, items: items.unwrap_or_default() };
        let report = RelatedFullDocumentDiagnosticReport {
            related_documents: None,
            full_document_diagnostic_report: full,
        };
        Ok(DocumentDiagnosticReport::Full(report).into())
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

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let at = params.text_document_position_params;
        self.read(&at.text_document, move |view| names::hover(view, at.position)).await.map(Option::flatten)
    }

    async fn goto_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        let at = params.text_document_position_params;
        self.read(&at.text_document, move |view| names::definition(view, at.position))
            .await
            .map(Option::flatten)
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let at = params.text_document_position;
        let declared = params.context.include_declaration;
        let found = self.read(&at.text_document, move |view| names::references(view, at.position, declared));
        found.await.map(Option::flatten)
    }

    async fn document_highlight(
        &self,
        params: DocumentHighlightParams,
    ) -> Result<Option<Vec<DocumentHighlight>>> {
        let at = params.text_document_position_params;
        self.read(&at.text_document, move |view| names::highlights(view, at.position))
            .await
            .map(Option::flatten)
    }

    async fn prepare_rename(&self, at: TextDocumentPositionParams) -> Result<Option<PrepareRenameResponse>> {
        let found = self.read(&at.text_document, move |view| names::prepare_rename(view, at.position));
        found.await?.transpose().map_err(refusal)
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        let at = params.text_document_position;
        let act = move |view: &View| names::rename(view, at.position, &params.new_name);
        self.read(&at.text_document, act).await?.transpose().map_err(refusal)
    }

    async fn prepare_call_hierarchy(
        &self,
        params: CallHierarchyPrepareParams,
    ) -> Result<Option<Vec<CallHierarchyItem>>> {
        let at = params.text_document_position_params;
        self.read(&at.text_document, move |view| names::prepare_calls(view, at.position))
            .await
            .map(Option::flatten)
    }

    async fn incoming_calls(
        &self,
        params: CallHierarchyIncomingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
        let at = params.item.selection_range.start;
        self.read_at(&params.item.uri, move |view| names::incoming(view, at)).await.map(Option::flatten)
    }

    async fn outgoing_calls(
        &self,
        params: CallHierarchyOutgoingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
        let at = params.item.selection_range.start;
        self.read_at(&params.item.uri, move |view| names::outgoing(view, at)).await.map(Option::flatten)
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        self.read(&params.text_document, names::lenses).await
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let at = params.text_document_position;
        let snippets = lock(&self.state).client.snippets;
        self.read(&at.text_document, move |view| writing::completions(view, at.position, snippets)).await
    }

    async fn signature_help(&self, params: SignatureHelpParams) -> Result<Option<SignatureHelp>> {
        let at = params.text_document_position_params;
        self.read(&at.text_document, move |view| writing::signature_help(view, at.position))
            .await
            .map(Option::flatten)
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        self.read(&params.text_document, move |view| writing::inlay_hints(view, params.range)).await
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        let act =
            move |view: &View| writing::code_actions(view, params.range, params.context.only.as_deref());
        self.read(&params.text_document, act).await
    }

    async fn formatting(&self, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        self.read(&params.text_document, |view| text::formatting(view, None)).await
    }

    async fn range_formatting(&self, params: DocumentRangeFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        self.read(&params.text_document, move |view| text::formatting(view, Some(params.range))).await
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        self.read(&params.text_document, text::outline).await
    }

    async fn symbol(&self, params: WorkspaceSymbolParams) -> Result<Option<WorkspaceSymbolResponse>> {
        let found = self.read_all(move |works| text::workspace_symbols(works, &params.query)).await?;
        Ok(Some(WorkspaceSymbolResponse::Nested(found)))
    }

    async fn semantic_tokens_full(
        &self,
        params: SemanticTokensParams,
    ) -> Result<Option<SemanticTokensResult>> {
        let found = self.read(&params.text_document, |view| text::semantic_tokens(view, None)).await?;
        Ok(found.map(SemanticTokensResult::Tokens))
    }

    async fn semantic_tokens_range(
        &self,
        params: SemanticTokensRangeParams,
    ) -> Result<Option<SemanticTokensRangeResult>> {
        let act = move |view: &View| text::semantic_tokens(view, Some(params.range));
        Ok(self.read(&params.text_document, act).await?.map(SemanticTokensRangeResult::Tokens))
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        self.read(&params.text_document, text::folds).await
    }

    async fn selection_range(&self, params: SelectionRangeParams) -> Result<Option<Vec<SelectionRange>>> {
        self.read(&params.text_document, move |view| text::selections(view, &params.positions)).await
    }

    async fn document_link(&self, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        self.read(&params.text_document, text::document_links).await
    }
}
