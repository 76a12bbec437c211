//! The server: the protocol's messages over [`State`], each answered by a feature.
//!
//! A notification changes the state before anything else is awaited, so that messages take effect in their order. A request looks
//! at a copy of the workspace on another thread; a change in between cancels it, and the client asks again.

mod address;
mod answers;
mod capabilities;
mod check;
mod convert;
mod legend;
mod requests;
mod settings;
mod state;
pub(crate) mod view;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tower_lsp_server::ls_types::{
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DidSaveTextDocumentParams, MessageType,
};
use tower_lsp_server::{Client, LspService};

use crate::host::Host;
use state::State;

/// Requests that are answered at once; a notification must not wait behind them.
const CONCURRENCY: usize = 64;

/// The server; copies share their state.
#[derive(Clone)]
struct Server {
    client: Client,
    state: Arc<Mutex<State>>,
    /// Rung when there is something to check.
    changed: Arc<Notify>,
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Serves a client over standard input and output until it says goodbye. Threads get a stack of this many bytes: texts may nest
/// deep.
pub fn serve(host: Arc<dyn Host>, stack: usize) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().thread_stack_size(stack).build()?;
    runtime.block_on(async {
        let server = |client| Server {
            client,
            state: Arc::new(Mutex::new(State::new(host))),
            changed: Arc::default(),
        };
        let service = LspService::build(server).custom_method("clearway/pipeline", Server::pipeline);
        let (service, socket) = service.finish();
        tower_lsp_server::Server::new(tokio::io::stdin(), tokio::io::stdout(), socket)
            .concurrency_level(CONCURRENCY)
            .serve(service)
            .await;
    });
    // The client is gone; what still computes for it need not end.
    runtime.shutdown_background();
    Ok(())
}

impl Server {
    async fn open(&self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        let trouble = lock(&self.state).open(document.uri, document.version, document.text);
        self.changed.notify_one();
        if let Some(trouble) = trouble {
            self.client.show_message(MessageType::WARNING, trouble).await;
        }
    }

    fn change(&self, params: DidChangeTextDocumentParams) {
        let document = params.text_document;
        lock(&self.state).change(&document.uri, document.version, params.content_changes);
        self.changed.notify_one();
    }

    fn close(&self, params: &DidCloseTextDocumentParams) {
        lock(&self.state).close(&params.text_document.uri);
        self.changed.notify_one();
    }

    /// Clients that cannot watch files say at least what they wrote themselves.
    fn save(&self, params: DidSaveTextDocumentParams) {
        lock(&self.state).changed_outside([params.text_document.uri]);
        self.changed.notify_one();
    }

    /// The settings, when the server starts and whenever they change.
    async fn set(&self, settings: &serde_json::Value) {
        match settings::zone(settings) {
            Ok(zone) => lock(&self.state).zone = zone,
            Err(trouble) => self.client.show_message(MessageType::WARNING, trouble).await,
        }
    }

    fn changed_outside(&self, params: DidChangeWatchedFilesParams) {
        lock(&self.state).changed_outside(params.changes.into_iter().map(|change| change.uri));
        self.changed.notify_one();
    }
}

/// What a test of a whole session needs, without the protocol's messages.
#[cfg(test)]
pub(crate) mod session {
    pub(crate) use super::check::{check, check_edited, check_one_by_one, whole};
    pub(crate) use super::convert::Lines;
    pub(crate) use super::state::{Found, State, Work};
}
