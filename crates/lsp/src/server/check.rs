//! Checking projects and telling the editor what is new. One project at a time; a change in between begins anew.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use clearway_diagnostics::render::Texts as _;
use clearway_diagnostics::{Report, Span};
use tower_lsp_server::ls_types::{Diagnostic, ProgressToken, Uri};
use tower_lsp_server::{NotCancellable, OngoingProgress, Unbounded};

use super::convert::{Lines, diagnostic};
use super::state::{Checked, Work};
use super::{Server, lock};

/// What there is to tell, by file.
pub(super) type ByFile = BTreeMap<Uri, Vec<Diagnostic>>;

/// Checks what changed, whenever something did.
pub(super) async fn run(server: Server) {
    loop {
        server.changed.notified().await;
        let withdrawn = lock(&server.state).take_withdrawn();
        for uri in withdrawn {
            server.client.publish_diagnostics(uri, Vec::new(), None).await;
        }
        while let Some(work) = { lock(&server.state).next_dirty() } {
            let progress = match &work.unknown {
                Some(name) => begin(&server, name).await,
                None => None,
            };
            let checked = apart(work, check).await;
            if let Some(progress) = progress {
                progress.finish().await;
            }
            let Some((checked, found)) = checked else { continue };
            tell(&server, &checked, found.clone(), None).await;
            // What the rules find is told at once; what the targets cannot keep is planned first.
            let Some(work) = lock(&server.state).unchanged(&checked) else { continue };
            let Some((checked, whole)) = apart(work, whole).await else { continue };
            let beyond = without(&whole, &found);
            tell(&server, &checked, found, Some(beyond)).await;
        }
    }
}

/// Computes on a thread where waiting is allowed; `None` when a change came in between. The copy of the workspace is gone when it is done:
/// a change waits for that, and holds the state meanwhile.
async fn apart(work: Work, find: fn(&Work) -> ByFile) -> Option<(Checked, ByFile)> {
    let found = tokio::task::spawn_blocking(move || {
        let found = salsa::Cancelled::catch(AssertUnwindSafe(|| find(&work)));
        found.ok().map(|found| (work.checked, found))
    });
    found.await.ok().flatten()
}

async fn tell(server: &Server, checked: &Checked, found: ByFile, beyond: Option<ByFile>) {
    let news = lock(&server.state).publish(checked, found, beyond);
    for news in news.publications {
        server.client.publish_diagnostics(news.uri, news.diagnostics, news.version).await;
    }
    if news.refresh {
        let client = server.client.clone();
        // Whether it asks again, and when, is the editor's matter.
        tokio::spawn(async move { client.workspace_diagnostic_refresh().await });
    }
}

/// What is in one and not in the other.
fn without(whole: &ByFile, known: &ByFile) -> ByFile {
    let rest = whole.iter().map(|(uri, diagnostics)| {
        let known = known.get(uri).map(Vec::as_slice).unwrap_or_default();
        let rest = diagnostics.iter().filter(|diagnostic| !known.contains(diagnostic));
        (uri.clone(), rest.cloned().collect::<Vec<_>>())
    });
    rest.filter(|(_, rest)| !rest.is_empty()).collect()
}

/// Shows that a project is looked at for the first time, where the editor shows such things.
async fn begin(server: &Server, project: &str) -> Option<OngoingProgress<Unbounded, NotCancellable>> {
    if !lock(&server.state).client.shows_progress {
        return None;
    }
    let token = ProgressToken::String(format!("clearway/check/{project}"));
    server.client.create_work_done_progress(token.clone()).await.ok()?;
    Some(server.client.progress(token, format!("Checking {project}")).begin().await)
}

/// What the rules find, by file.
pub(crate) fn check(work: &Work) -> ByFile {
    by_file(work, &clearway_analysis::check(&work.workspace).diagnostics)
}

/// Everything there is to tell of a project, by file: what `clearway check` tells.
pub(crate) fn whole(work: &Work) -> ByFile {
    by_file(work, &clearway_compile::check(&work.workspace).diagnostics)
}

fn by_file(work: &Work, found: &[clearway_diagnostics::Diagnostic]) -> ByFile {
    let sources = work.workspace.sources(&work.manifest);
    let mut lines: BTreeMap<String, Lines> = BTreeMap::new();
    let mut by_file = ByFile::new();
    for report in Report::all(found, &sources) {
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
