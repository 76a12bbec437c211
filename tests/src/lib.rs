//! What Clearway's tests share: projects in memory, short reports, the repository's own files, and generated workspaces.

#![allow(clippy::disallowed_methods, reason = "the tests read the repository they are in")]
#![allow(clippy::unwrap_used, reason = "a test that cannot read its own files has failed")]

mod emits;
pub mod keys;
pub mod specs;
mod vocabulary;
pub mod workload;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clearway_diagnostics::Report;
use clearway_model::{Change, MemorySystem, Workspace, joined};

pub use clearway_verify::Rng;
pub use emits::{Emits, emitted, emitted_by};
pub use vocabulary::vocabulary_words;

/// A manifest that only names the project.
pub const MANIFEST: &str = "[project]\nname = \"test\"\n";

/// A project in memory.
#[derive(Debug, Default, Clone)]
pub struct Fixture {
    /// `clearway.toml`.
    pub manifest: String,
    /// The files of the language, by path.
    pub sources: Vec<(String, String)>,
    /// Everything else that can be read.
    pub system: MemorySystem,
    /// The time of the check; without it nothing is said that depends on a clock.
    pub now: Option<jiff::Timestamp>,
}

impl Fixture {
    /// A project of one file.
    pub fn of(text: &str) -> Self {
        Self {
            manifest: MANIFEST.to_owned(),
            sources: vec![("main.cw".to_owned(), text.to_owned())],
            ..Self::default()
        }
    }

    /// Adds a file: of the language by its ending, the manifest by its name, or one that is read.
    pub fn add(&mut self, path: &str, text: &str) {
        match path {
            "clearway.toml" => text.clone_into(&mut self.manifest),
            path if path.ends_with(".cw") => self.sources.push((path.to_owned(), text.to_owned())),
            path => drop(self.system.files.insert(path.to_owned(), text.to_owned())),
        }
    }

    /// The project in a folder of the repository, with the packages that it depends on.
    pub fn folder(root: &Path) -> Self {
        let mut fixture = Self::default();
        for path in files_below(root) {
            let text = fs::read_to_string(&path).unwrap();
            fixture.add(&path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/"), &text);
        }
        let mut wanted = packages_of("", &fixture.manifest);
        while let Some(package) = wanted.pop() {
            if package.starts_with("..")
                && !fixture.system.files.contains_key(&joined(&package, "clearway.toml"))
            {
                let folder = root.join(&package);
                for path in files_below(&folder) {
                    let below = path.strip_prefix(&folder).unwrap().to_string_lossy().replace('\\', "/");
                    fixture.system.files.insert(joined(&package, &below), fs::read_to_string(&path).unwrap());
                }
                let manifest = &fixture.system.files[&joined(&package, "clearway.toml")];
                wanted.extend(packages_of(&package, manifest));
            }
        }
        fixture
    }

    /// The project as a workspace.
    pub fn workspace(&self) -> Workspace {
        let manifest = if self.manifest.is_empty() { MANIFEST } else { &self.manifest };
        // What is below another manifest is not the project's own.
        let mut system = self.system.clone();
        let others: Vec<String> = system
            .files
            .keys()
            .filter_map(|path| path.strip_suffix("clearway.toml").map(str::to_owned))
            .collect();
        let mut sources = Vec::new();
        for (path, text) in &self.sources {
            match others.iter().any(|folder| path.starts_with(folder.as_str())) {
                true => drop(system.files.insert(path.clone(), text.clone())),
                false => sources.push((path.clone(), Arc::from(text.as_str()))),
            }
        }
        let mut workspace = Workspace::new(Arc::new(system), manifest, sources);
        workspace.apply(self.now.map(Change::Now).into_iter().collect());
        workspace
    }

    /// What a check finds, in the order of the places.
    pub fn reports(&self) -> Vec<Report> {
        reports(&self.workspace(), &self.manifest)
    }
}

/// The folders of the packages that a manifest names, from where its own folder is counted from.
fn packages_of(folder: &str, manifest: &str) -> Vec<String> {
    let manifest: toml::Table = toml::from_str(manifest).unwrap_or_default();
    let packages = manifest.get("packages").and_then(toml::Value::as_table).into_iter().flatten();
    packages.filter_map(|(_, entry)| Some(joined(folder, entry.get("path")?.as_str()?))).collect()
}

/// What a check of a workspace finds, in the order of the places.
pub fn reports(workspace: &Workspace, manifest: &str) -> Vec<Report> {
    let found = clearway_compile::check(workspace).diagnostics;
    Report::all(&found, &workspace.sources(manifest))
}

/// A report in one line.
pub fn line(report: &Report) -> String {
    let at = report.primary();
    let Report { code, name, message, severity, .. } = report;
    format!(
        "{}:{}:{}: {}[{code}] {name}: {message}",
        at.file,
        at.start.line,
        at.start.column,
        severity.word()
    )
}

/// How much of something is asked for by a variable of the environment; so much without it.
pub fn asked_for(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

/// The repository's root.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file below a folder, sorted.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// Every text of the language in a part of the repository: path from the root, and text.
pub fn sources_of(part: &str) -> Vec<(String, String)> {
    let root = repository();
    let files = files_below(&root.join(part))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "cw"));
    files
        .map(|path| {
            let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// A file of the repository.
pub fn read(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap()
}
