//! The model's only window to the outside.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::db::MANIFEST;

/// What the model may ask of the machine it runs on. Paths are relative to the project's root, with `/`.
///
/// An answer must not change while a [`crate::Workspace`] is not told of it: results are remembered.
pub trait System: Send + Sync {
    /// The text of a file; why it cannot be had, in the words of the system.
    fn read(&self, path: &str) -> Result<Arc<str>, String>;

    /// The texts of the language below a folder, relative to it; those below another manifest belong to that. Why the folder cannot
    /// be listed, in the words of the system.
    fn sources(&self, folder: &str) -> Result<Vec<String>, String>;

    /// The tags of the repository that are reachable from the commit at hand; why they cannot be had.
    fn tags(&self) -> Result<Vec<String>, String>;
}

/// A system in memory, for tests and for texts that belong to no project.
#[derive(Debug, Default, Clone)]
pub struct MemorySystem {
    /// The files by path.
    pub files: BTreeMap<String, String>,
    /// The repository's tags.
    pub tags: Vec<String>,
}

impl System for MemorySystem {
    fn read(&self, path: &str) -> Result<Arc<str>, String> {
        self.files.get(path).map(|text| Arc::from(text.as_str())).ok_or_else(|| "no such file".to_owned())
    }

    fn sources(&self, folder: &str) -> Result<Vec<String>, String> {
        let below = |path: &str| Some(path.strip_prefix(folder)?.strip_prefix('/')?.to_owned());
        let others: Vec<String> = self
            .files
            .keys()
            .filter_map(|path| Some(below(path)?.strip_suffix(MANIFEST)?.to_owned()))
            .filter(|other| !other.is_empty())
            .collect();
        let own = |path: &String| {
            path.ends_with(".cw") && !others.iter().any(|other| path.starts_with(other.as_str()))
        };
        Ok(self.files.keys().filter_map(|path| below(path)).filter(own).collect())
    }

    fn tags(&self) -> Result<Vec<String>, String> {
        Ok(self.tags.clone())
    }
}
