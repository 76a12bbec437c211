//! What an edit changes, told in the order in which it is known: first of the edited file, then of all files, each with what was found
//! around it before; the orders of releases and what is no matter of one file are looked at then. So an editor waits for no proof, however
//! large the project is.

use clearway_diagnostics::{Diagnostic, FileId, Place};
use clearway_model::{Db, SourceFile, Workspace, all_sources, items};
use rustc_hash::FxHashMap;

use crate::query::{orders_of, own_diagnostics, project_diagnostics};
use crate::rules::policies::Raised;

/// What a check found that takes more than a look at the files one by one, and what makes errors of the rest.
#[derive(Default)]
pub struct Around {
    /// What is no matter of one file, the orders of releases, and what is broken in packages.
    beyond: Vec<Diagnostic>,
    /// What was found at one file and is told in another.
    elsewhere: Vec<Diagnostic>,
    raised: Raised,
}

impl Around {
    /// What is around the files of a project that was checked.
    pub fn of(workspace: &Workspace) -> Self {
        let project = workspace.project();
        let mut beyond = project.manifest_problems(workspace).clone();
        beyond.extend_from_slice(project_diagnostics(workspace, project));
        beyond.extend(crate::broken_in_packages(workspace).cloned());
        let mut elsewhere = Vec::new();
        for file in project.sources(workspace) {
            beyond.extend(orders_of(workspace, *file).cloned());
            let away = |told: &&Diagnostic| told.primary.place.file() != file.id(workspace);
            elsewhere.extend(own_diagnostics(workspace, *file).iter().filter(away).cloned());
        }
        Self { beyond, elsewhere, raised: Raised::of(workspace, project) }
    }
}

/// What there is to tell of one of the project's files.
pub fn check_file(workspace: &Workspace, file: SourceFile, around: &Around) -> Vec<Diagnostic> {
    let is_here = |told: &&Diagnostic| told.primary.place.file() == file.id(workspace);
    let own = own_diagnostics(workspace, file).iter().filter(is_here);
    let before = around.beyond.iter().chain(&around.elsewhere).filter(is_here);
    let mut found: Vec<Diagnostic> = own.chain(standing(workspace, before)).cloned().collect();
    around.raised.raise(&mut found);
    found
}

/// What there is to tell of all the project's files. They are checked on all cores.
pub fn check_files(workspace: &Workspace, around: &Around) -> Vec<Diagnostic> {
    workspace.for_each_file(|db, file| {
        own_diagnostics(db, file);
    });
    let files = workspace.project().sources(workspace).iter();
    let own = files.flat_map(|file| own_diagnostics(workspace, *file));
    let mut found: Vec<Diagnostic> = own.chain(standing(workspace, around.beyond.iter())).cloned().collect();
    around.raised.raise(&mut found);
    found
}

/// Those of what was found before that stand: what was found at a declaration that is gone went with it.
fn standing<'a>(
    workspace: &Workspace,
    before: impl Iterator<Item = &'a Diagnostic>,
) -> impl Iterator<Item = &'a Diagnostic> {
    let mut before = before.peekable();
    // Seldom there is anything, and only then it matters which file is which.
    let files: FxHashMap<FileId, SourceFile> = match before.peek() {
        Some(_) => {
            all_sources(workspace, workspace.project()).map(|file| (file.id(workspace), file)).collect()
        }
        None => FxHashMap::default(),
    };
    before.filter(move |told| match told.primary.place {
        Place::Node(file, item, _) => files
            .get(&file)
            .is_none_or(|file| items(workspace, *file).iter().any(|known| known.place_id() == item)),
        Place::Bytes(..) => true,
    })
}
