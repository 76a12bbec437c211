//! Checking projects and telling the editor what is new. One project at a time; a change in between begins anew.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use clearway_diagnostics::render::Texts as _;
use clearway_diagnostics::{Report, Span};
use tower_lsp_server::ls_types::{Diagnostic, Uri};

use super::convert::{Lines, diagnostic};
use super::state::Work;
use super::{Server, lock};

/// Checks what changed, whenever something did.
pub(super) async fn run(server: Server) {
    loop {
        server.changed.notified().await;
        let withdrawn = lock(&server.state).take_withdrawn();
        for uri in withdrawn {
            server.client.publish_diagnostics(uri, Vec::new(), None).await;
        }
        while let Some(work) = { lock(&server.state).next_dirty() } {
            let checked = tokio::task::spawn_blocking(move || {
                let found = salsa::Cancelled::catch(AssertUnwindSafe(|| check(&work)));
                found.ok().map(|found| (work.checked, found))
            });
            let Ok(Some((checked, found))) = checked.await else { continue };
            let news = lock(&server.state).publish(&checked, found);
            for news in news {
                server.client.publish_diagnostics(news.uri, news.diagnostics, news.version).await;
            }
        }
    }
}

/// Everything there is to tell of a project, by file.
pub(crate) fn check(work: &Work) -> BTreeMap<Uri, Vec<Diagnostic>> {
    let found = clearway_analysis::check(&work.workspace).diagnostics;
    let sources = work.workspace.sources(&work.manifest);
    let mut lines: BTreeMap<String, Lines> = BTreeMap::new();
    let mut by_file: BTreeMap<Uri, Vec<Diagnostic>> = BTreeMap::new();
    for report in Report::all(&found, &sources) {
        let place = |file: &str, span: Span| {
            let lines = lines
                .entry(file.to_owned())
                .or_insert_with(|| Lines::new(Arc::from(sources.text(file)), work.encoding));
            Some((work.addresses.of(file)?, lines.range(span)))
        };
        if let Some((uri, diagnostic)) = diagnostic(&report, place) {
            by_file.entry(uri).or_default().push(diagnostic);
        }
    }
    by_file
}
