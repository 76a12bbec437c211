//! What the server can do, and what it asks of the client.

use serde_json::json;
use tower_lsp_server::ls_types::{
    CallHierarchyServerCapability, CodeActionOptions, CodeActionProviderCapability, CodeLensOptions,
    CompletionOptions, DiagnosticOptions, DiagnosticServerCapabilities, DocumentLinkOptions,
    FoldingRangeProviderCapability, InitializeParams, InitializeResult, OneOf, Registration, RenameOptions,
    SelectionRangeProviderCapability, SemanticTokensFullOptions, SemanticTokensOptions, ServerCapabilities,
    ServerInfo, SignatureHelpOptions, TextDocumentSyncCapability, TextDocumentSyncKind,
    TextDocumentSyncOptions, WorkDoneProgressOptions,
};

use super::answers::writing::ACTION_KINDS;
use super::convert::Encoding;
use super::legend::legend;

/// What the client can do.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Client {
    /// Places to fill in, in what a completion writes.
    pub snippets: bool,
    /// It can be asked to watch files.
    pub watches: bool,
    /// It has the command that shows references: it says so when it starts.
    pub shows_references: bool,
    /// It asks itself what there is to tell of the texts that it shows, and can be told to ask again.
    pub asks: bool,
    /// It shows that something takes its time.
    pub shows_progress: bool,
}

impl Client {
    pub(super) fn of(params: &InitializeParams) -> Self {
        let text = params.capabilities.text_document.as_ref();
        let item = text.and_then(|text| text.completion.as_ref()?.completion_item.as_ref());
        let workspace = params.capabilities.workspace.as_ref();
        let window = params.capabilities.window.as_ref();
        let asks_again = workspace.and_then(|workspace| workspace.diagnostics.as_ref()?.refresh_support);
        let files = workspace.and_then(|workspace| workspace.did_change_watched_files.as_ref());
        let option = |name: &str| params.initialization_options.as_ref()?.get(name)?.as_bool();
        Self {
            snippets: item.and_then(|item| item.snippet_support).unwrap_or(false),
            watches: files.and_then(|files| files.dynamic_registration).unwrap_or(false),
            shows_references: option("showReferences").unwrap_or(false),
            asks: text.is_some_and(|text| text.diagnostic.is_some()) && asks_again.unwrap_or(false),
            shows_progress: window.and_then(|window| window.work_done_progress).unwrap_or(false),
        }
    }
}

pub(super) fn all(encoding: Encoding, client: Client) -> InitializeResult {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::INCREMENTAL),
        save: Some(true.into()),
        ..TextDocumentSyncOptions::default()
    };
    let characters = |characters: &[&str]| Some(characters.iter().map(|one| (*one).to_owned()).collect());
    let plain = WorkDoneProgressOptions::default();
    let capabilities = ServerCapabilities {
        position_encoding: Some(encoding.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Options(sync)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: characters(&[".", "^", "(", "["]),
            ..CompletionOptions::default()
        }),
        signature_help_provider: Some(SignatureHelpOptions {
            trigger_characters: characters(&["(", ","]),
            ..SignatureHelpOptions::default()
        }),
        hover_provider: Some(true.into()),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        document_highlight_provider: Some(OneOf::Left(true)),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: plain,
        })),
        call_hierarchy_provider: Some(CallHierarchyServerCapability::Simple(true)),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(ACTION_KINDS.to_vec()),
            ..CodeActionOptions::default()
        })),
        diagnostic_provider: client.asks.then(|| {
            DiagnosticServerCapabilities::Options(DiagnosticOptions {
                identifier: Some("clearway".to_owned()),
                inter_file_dependencies: true,
                // What there is to tell of other files is told without being asked for.
                workspace_diagnostics: false,
                work_done_progress_options: plain,
            })
        }),
        code_lens_provider: client.shows_references.then_some(CodeLensOptions { resolve_provider: None }),
        document_formatting_provider: Some(OneOf::Left(true)),
        document_range_formatting_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        workspace_symbol_provider: Some(OneOf::Left(true)),
        document_link_provider: Some(DocumentLinkOptions {
            resolve_provider: None,
            work_done_progress_options: plain,
        }),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        selection_range_provider: Some(SelectionRangeProviderCapability::Simple(true)),
        inlay_hint_provider: Some(OneOf::Left(true)),
        semantic_tokens_provider: Some(
            SemanticTokensOptions {
                legend: legend(),
                range: Some(true),
                full: Some(SemanticTokensFullOptions::Bool(true)),
                work_done_progress_options: plain,
            }
            .into(),
        ),
        ..ServerCapabilities::default()
    };
    let info =
        ServerInfo { name: "clearway".to_owned(), version: Some(env!("CARGO_PKG_VERSION").to_owned()) };
    InitializeResult { capabilities, server_info: Some(info), ..InitializeResult::default() }
}

/// The files whose changes outside of the editor matter: specs, manifests, and what specs read.
pub(super) fn watched() -> Registration {
    Registration {
        id: "files".to_owned(),
        method: "workspace/didChangeWatchedFiles".to_owned(),
        register_options: Some(json!({ "watchers": [{ "globPattern": "**/*.{cw,toml,json,yaml,yml}" }] })),
    }
}
