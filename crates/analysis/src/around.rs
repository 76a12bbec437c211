//! One file before all others: what there is to tell of a file as it is now, with what was found around it before it was edited. An editor
//! tells that at once, however large the project is, and checks the project then.

use clearway_diagnostics::{Diagnostic, Place};
use clearway_model::{Db, SourceFile, Workspace, items};

use crate::query::{file_diagnostics, project_diagnostics};
use crate::rules::policies::Raised;

/// What a check found that is no matter of the one file that it is told in, and what makes errors of the rest.
#[derive(Default)]
pub struct Around {
    found: Vec<Diagnostic>,
    raised: Raised,
}

impl Around {
    /// What is around the files of a project that was checked.
    pub fn of(workspace: &Workspace) -> Self {
        let project = workspace.project();
        let mut found = project.manifest_problems(workspace).clone();
        found.extend_from_slice(project_diagnostics(workspace, project));
        for file in project.sources(workspace) {
            let elsewhere = |told: &&Diagnostic| told.primary.place.file() != file.id(workspace);
            found.extend(file_diagnostics(workspace, *file).iter().filter(elsewhere).cloned());
        }
        Self { found, raised: Raised::of(workspace, project) }
    }
}

/// What there is to tell of one of the project's files.
pub fn check_file(workspace: &Workspace, file: SourceFile, around: &Around) -> Vec<Diagnostic> {
    let id = file.id(workspace);
    let mut found: Vec<Diagnostic> = file_diagnostics(workspace, file)
        .iter()
        .filter(|told| told.primary.place.file() == id)
        .cloned()
        .collect();
    // What was found at a declaration that is gone went with it.
    let stands = |place: Place| match place {
        Place::Node(_, item, _) => items(workspace, file).iter().any(|known| known.place_id() == item),
        Place::Bytes(..) => true,
    };
    let before =
        around.found.iter().filter(|told| told.primary.place.file() == id && stands(told.primary.place));
    found.extend(before.cloned());
    around.raised.raise(&mut found);
    found
}
