//! Checking projects and telling the editor what is new. One project at a time; a change in between begins anew.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use clearway_analysis::{Around, check_file, check_files};
use clearway_diagnostics::render::Texts as _;
use clearway_diagnostics::{Report, Span};
use clearway_model::Db as _;
use tower_lsp_server::ls_types::{Diagnostic, ProgressToken, Uri};
use tower_lsp_server::{NotCancellable, OngoingProgress, Unbounded};

use super::convert::{Lines, diagnostic};
use super::state::{Checked, Found, Work};
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
            let Some(work) = tell_first(&server, work, check_edited).await else { continue };
            let Some(work) = tell_first(&server, work, check_one_by_one).await else { continue };
            let progress = match &work.unknown {
                Some(name) => begin(&server, name).await,
                None => None,
            };
            let checked = apart(work, check).await;
            if let Some(progress) = progress {
                progress.finish().await;
            }
            let Some((checked, found)) = checked else { continue };
            lock(&server.state).keep(&checked, &found);
            let found = found.by_file;
            tell(&server, &checked, found.clone(), None).await;
            // What the rules find is told at once; what the targets cannot keep is planned first.
            let Some(work) = lock(&server.state).unchanged(&checked) else { continue };
            let Some((checked, whole)) = apart(work, whole).await else { continue };
            let beyond = without(&whole, &found);
            tell(&server, &checked, found, Some(beyond)).await;
        }
    }
}

/// Tells after an edit what is found without a look at the whole project, before that is looked at. `None` when a change came in between.
async fn tell_first(server: &Server, work: Work, find: fn(&Work) -> ByFile) -> Option<Work> {
    if work.edited.is_empty() {
        return Some(work);
    }
    let (checked, found) = apart(work, find).await?;
    tell(server, &checked, found, None).await;
    lock(&server.state).unchanged(&checked)
}

/// Computes on a thread where waiting is allowed; `None` when a change came in between. The copy of the workspace is gone when it is done:
/// a change waits for that, and holds the state meanwhile.
async fn apart<T: Send + 'static>(work: Work, find: fn(&Work) -> T) -> Option<(Checked, T)> {
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

/// What the rules find.
pub(crate) fn check(work: &Work) -> Found {
    let by_file = by_file(work, &clearway_analysis::check(&work.workspace).diagnostics);
    Found { by_file, around: Arc::new(Around::of(&work.workspace)) }
}

/// What the rules find in the edited texts, and what they found in all others before, by file.
pub(crate) fn check_edited(work: &Work) -> ByFile {
    let mut found = work.found.by_file.clone();
    for path in &work.edited {
        let sources = work.workspace.project().sources(&work.workspace);
        let Some(file) = work.workspace.source(path).filter(|file| sources.contains(file)) else { continue };
        let now = by_file(work, &check_file(&work.workspace, file, &work.found.around));
        found.extend(work.addresses.of(path).map(|uri| (uri, Vec::new())));
        found.extend(now);
    }
    found
}

/// What the rules find in all texts one by one, and what they found in the project as a whole before, by file.
pub(crate) fn check_one_by_one(work: &Work) -> ByFile {
    by_file(work, &check_files(&work.workspace, &work.found.around))
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
