//! What `clearway init` proposes: a first project, from nothing or from what a repository already says.
//!
//! Each source (`compose`, `kubernetes`, `packages`, `owners`) adds facts to one `Found`; `resolve` turns what
//! services point at into requirements; `write` prints the result. Where nothing is recognised, `starter`
//! gives a small project to learn from.
//!
//! This crate reads nothing by itself: files come through [`Repository`], and the caller writes the answer.

mod address;
mod compose;
mod found;
mod image;
mod kubernetes;
mod owners;
mod packages;
mod path;
mod resolve;
mod starter;
mod text;
mod write;
mod yaml;

#[cfg(test)]
mod tests;

use found::Found;

/// The files that `init` may look at, read by the caller.
pub trait Repository {
    /// Every file's path, relative to the root, with `/`. Ignored files are better left out.
    fn files(&self) -> Vec<String>;

    /// The text of one of these files; `None` where it cannot be read or is no UTF-8.
    fn read(&self, path: &str) -> Option<String>;
}

/// A file to write, which is not there yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Relative to the root, with `/`.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// What `init` would write, and what there is to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The files of the project, `clearway.toml` first. The caller refuses where one of them exists.
    pub files: Vec<NewFile>,
    /// What was found and what was left out, a line each.
    pub notes: Vec<String>,
}

/// Proposes a project called `name` for a repository.
///
/// The answer depends on the files alone and is the same for the same files. Guesses are marked `// ?`.
pub fn propose(name: &str, repository: &dyn Repository) -> Proposal {
    let files = Files::of(repository);
    let mut found = Found::default();
    // What runs in a cluster says more than what runs on a desk.
    kubernetes::read(&files, &mut found);
    compose::read(&files, &mut found);
    if found.services.is_empty() {
        packages::services(name, &files, &mut found);
    }
    if found.services.is_empty() {
        let mut notes = found.notes();
        notes.push("found no services in this folder: here is a small project to start from".to_owned());
        return Proposal { files: starter::files(name), notes };
    }
    packages::versions(&files, &mut found);
    owners::read(&files, &mut found);
    let proposed = resolve::resolve(&mut found);
    let files = write::files(name, &found, &proposed);
    let mut notes = found.notes();
    match files.iter().map(|file| write::marks(&file.text)).sum::<usize>() {
        0 => {}
        1 => notes.push("one guess is marked `// ?`: look at it, then delete the mark".to_owned()),
        marks => notes.push(format!("{marks} guesses are marked `// ?`: look at each, then delete the mark")),
    }
    Proposal { files, notes }
}

/// A [`Repository`] without vendored and generated folders, its paths sorted.
struct Files<'r> {
    repository: &'r dyn Repository,
    paths: Vec<String>,
}

/// Folders whose content the repository did not write.
const FOREIGN: [&str; 10] = [
    ".git",
    ".terraform",
    ".venv",
    "bower_components",
    "dist",
    "node_modules",
    "target",
    "third_party",
    "vendor",
    "venv",
];

/// Longer files are no manifests that people write.
const LONGEST: usize = 8 * 1024 * 1024;

impl<'r> Files<'r> {
    fn of(repository: &'r dyn Repository) -> Self {
        let own = |path: &String| !path::folder(path).split('/').any(|part| FOREIGN.contains(&part));
        let mut paths: Vec<String> = repository.files().into_iter().filter(own).collect();
        paths.sort();
        paths.dedup();
        Self { repository, paths }
    }

    fn has(&self, path: &str) -> bool {
        self.paths.binary_search_by(|other| other.as_str().cmp(path)).is_ok()
    }

    /// A file's text; why there is none becomes a note.
    fn read(&self, path: &str, found: &mut Found) -> Option<String> {
        match self.repository.read(path) {
            Some(text) if text.len() <= LONGEST => Some(text),
            Some(_) => {
                found.unreadable(path, "it is longer than 8 MiB");
                None
            }
            None => {
                found.unreadable(path, "it is no readable text");
                None
            }
        }
    }
}
