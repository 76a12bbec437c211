//! What the server asks of the machine it runs on.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use clearway_model::System;

use crate::reader::Reader;

/// The window to the outside. Paths are absolute.
pub trait Host: Send + Sync + 'static {
    /// The folder of the project that a file belongs to: the nearest with a manifest.
    fn root_of(&self, file: &Utf8Path) -> Option<Utf8PathBuf>;

    /// The manifest and the sources of the project in a folder; why they cannot be had, in words for the user.
    fn project(&self, root: &Utf8Path) -> Result<ProjectFiles, String>;

    /// The text of a file; `None` when there is none.
    fn read(&self, file: &Utf8Path) -> Option<Arc<str>>;

    /// What a project in a folder may ask of the machine.
    fn system(&self, root: &Utf8Path) -> Arc<dyn System>;

    /// The time, and the zone of the clock on the wall.
    fn reader(&self) -> Reader;

    /// A folder in which a reader finds the texts of the library, which are part of the program.
    fn library(&self) -> Option<Utf8PathBuf>;
}

/// The files of a project.
pub struct ProjectFiles {
    /// The text of its manifest.
    pub manifest: String,
    /// Its sources: path relative to its folder, with `/`, and text.
    pub sources: Vec<(String, Arc<str>)>,
}
