//! The database: inputs, and the workspace that owns them.
#![allow(unsafe_code, reason = "salsa's macros expand to unsafe code")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use clearway_diagnostics::render::Texts;
use clearway_diagnostics::{FileId, Place, Sources, Span};
use jiff::Timestamp;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use salsa::{Durability, Setter};

use crate::manifest::Manifest;
use crate::query::{ExternalFile, Project, RepositoryTags, SourceFile, locate, parse};
use crate::system::System;
use crate::{manifest, stdlib};

/// What queries may ask for.
#[salsa::db]
pub trait Db: salsa::Database {
    /// The project.
    fn project(&self) -> Project;
    /// A file that a value names: read at its first use, and an input from then on.
    fn external(&self, path: &str) -> ExternalFile;
    /// The repository's tags: read at their first use, and an input from then on.
    fn tags(&self) -> RepositoryTags;
}

/// A project with everything that is remembered about it. Clones share their memory, one for each thread.
#[salsa::db]
#[derive(Clone)]
pub struct Workspace {
    storage: salsa::Storage<Self>,
    system: Arc<dyn System>,
    /// Set by the constructor, which is the only way to a workspace.
    project: Option<Project>,
    inputs: Arc<Mutex<Inputs>>,
}

#[derive(Default)]
struct Inputs {
    sources: BTreeMap<String, SourceFile>,
    externals: BTreeMap<String, ExternalFile>,
    tags: Option<RepositoryTags>,
    next: u32,
}

/// A change to the inputs.
#[derive(Debug, Clone)]
pub enum Change {
    /// A file of the language, with its new text; `None` when it is gone.
    Source(String, Option<Arc<str>>),
    /// The project's manifest.
    Manifest(Arc<str>),
    /// A file that is not in the language changed outside.
    External(String),
    /// An environment's deployed state is read from this file instead.
    Deployed(String, String),
    /// A service ships in this version instead.
    Ship(String, String),
    /// These state files by environment and these versions by service, and no others.
    Given(BTreeMap<String, String>, BTreeMap<String, String>),
    /// Whether facts of a version that nothing records are taken from today's declaration.
    AssumeDeclared(bool),
    /// Only this release is judged against what is deployed: the others are not what runs.
    Judge(String),
    /// The time of the check.
    Now(Timestamp),
}

impl Workspace {
    /// A workspace with a project of these files: path relative to the root, and text.
    pub fn new(system: Arc<dyn System>, manifest: &str, files: Vec<(String, Arc<str>)>) -> Self {
        Self::with_events(system, manifest, files, None)
    }

    /// A workspace that tells a listener which queries it executes: for tests of what is remembered.
    pub fn with_events(
        system: Arc<dyn System>,
        manifest: &str,
        files: Vec<(String, Arc<str>)>,
        listener: Option<Box<dyn Fn(salsa::Event) + Send + Sync>>,
    ) -> Self {
        Self::open(system, manifest, files, false, listener)
    }

    /// A workspace in which the files are the library's own: they may declare the vocabulary.
    pub fn of_library(system: Arc<dyn System>, files: Vec<(String, Arc<str>)>) -> Self {
        Self::open(system, "[project]\nname = \"std\"\n", files, true, None)
    }

    fn open(
        system: Arc<dyn System>,
        manifest: &str,
        files: Vec<(String, Arc<str>)>,
        own_library: bool,
        listener: Option<Box<dyn Fn(salsa::Event) + Send + Sync>>,
    ) -> Self {
        let mut this =
            Self { storage: salsa::Storage::new(listener), system, project: None, inputs: Arc::default() };
        let library: Vec<_> = stdlib::modules()
            .map(|(path, text)| {
                this.new_source(format!("std/{path}"), Arc::from(text), true, Durability::NEVER_CHANGE)
            })
            .collect();
        let sources: Vec<_> = files
            .into_iter()
            .map(|(path, text)| this.new_source(path, text, own_library, Durability::LOW))
            .collect();
        let manifest_id = this.with_inputs(Inputs::take_id);
        let (manifest, problems) = manifest::parse(manifest, manifest_id);
        let none = BTreeMap::new;
        let project = Project::builder(
            library,
            sources,
            manifest_id,
            manifest,
            problems,
            none(),
            none(),
            false,
            None,
            None,
        )
        .library_durability(Durability::NEVER_CHANGE)
        .manifest_id_durability(Durability::NEVER_CHANGE)
        .new(&this);
        this.project = Some(project);
        this
    }

    fn with_inputs<T>(&self, act: impl FnOnce(&mut Inputs) -> T) -> T {
        act(&mut self.inputs.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn new_source(
        &mut self,
        path: String,
        text: Arc<str>,
        library: bool,
        durability: Durability,
    ) -> SourceFile {
        let id = self.with_inputs(Inputs::take_id);
        let file = SourceFile::builder(id, Arc::from(path.as_str()), text, library)
            .durability(Durability::NEVER_CHANGE)
            .text_durability(durability)
            .new(self);
        self.with_inputs(|inputs| inputs.sources.insert(path, file));
        file
    }

    /// Applies changes; what they do not touch stays remembered.
    pub fn apply(&mut self, changes: Vec<Change>) {
        let project = self.project();
        for change in changes {
            match change {
                Change::Source(path, text) => self.change_source(project, path, text),
                Change::Manifest(text) => {
                    let (manifest, problems) = manifest::parse(&text, project.manifest_id(self));
                    project.set_manifest(self).to(manifest);
                    project.set_manifest_problems(self).to(problems);
                }
                Change::External(path) => {
                    if let Some(file) = self.with_inputs(|inputs| inputs.externals.get(&path).copied()) {
                        let text = self.system.read(&path);
                        let _ = file.set_text(self).to(text);
                    }
                }
                Change::Deployed(environment, path) => {
                    let mut deployed = project.deployed(self).clone();
                    deployed.insert(environment, path);
                    project.set_deployed(self).to(deployed);
                }
                Change::Given(deployed, ship) => {
                    project.set_deployed(self).to(deployed);
                    project.set_ship(self).to(ship);
                }
                Change::AssumeDeclared(assume) => {
                    project.set_assume_declared(self).to(assume);
                }
                Change::Judge(release) => {
                    project.set_judged_release(self).to(Some(release));
                }
                Change::Now(now) => {
                    project.set_now(self).to(Some(now));
                }
                Change::Ship(service, version) => {
                    let mut ship = project.ship(self).clone();
                    ship.insert(service, version);
                    project.set_ship(self).to(ship);
                }
            }
        }
    }

    fn change_source(&mut self, project: Project, path: String, text: Option<Arc<str>>) {
        // A project may have a file where the library has one; the library's own stays as it is.
        let known = self.source(&path).filter(|file| !project.library(self).contains(file));
        match (known, text) {
            (Some(file), Some(text)) => {
                file.set_text(self).to(text);
                if !project.sources(self).contains(&file) {
                    self.set_sources(project, |sources| sources.push(file));
                }
            }
            (Some(file), None) => {
                self.set_sources(project, |sources| sources.retain(|source| *source != file));
            }
            (None, Some(text)) => {
                let file = self.new_source(path, text, false, Durability::LOW);
                self.set_sources(project, |sources| sources.push(file));
            }
            (None, None) => {}
        }
    }

    fn set_sources(&mut self, project: Project, change: impl FnOnce(&mut Vec<SourceFile>)) {
        let mut sources = project.sources(self).clone();
        change(&mut sources);
        sources.sort_by(|a, b| a.path(self).cmp(b.path(self)));
        project.set_sources(self).to(sources);
    }

    /// Does something for every file of the project, on all cores.
    pub fn for_each_file(&self, act: impl Fn(&dyn Db, SourceFile) + Sync) {
        let files = self.project().sources(self).clone();
        files.into_par_iter().for_each_with(self.clone(), |db, file| act(db, file));
    }

    /// The file with this path.
    pub fn source(&self, path: &str) -> Option<SourceFile> {
        self.with_inputs(|inputs| inputs.sources.get(path).copied())
    }

    /// The project's manifest.
    pub fn manifest(&self) -> &Manifest {
        self.project().manifest(self)
    }

    /// What is read from the machine.
    pub fn system(&self) -> &Arc<dyn System> {
        &self.system
    }
}

impl Inputs {
    fn take_id(&mut self) -> FileId {
        self.next += 1;
        FileId(self.next)
    }
}

#[salsa::db]
impl salsa::Database for Workspace {}

#[salsa::db]
impl Db for Workspace {
    fn project(&self) -> Project {
        self.project.unwrap_or_else(|| {
            Project::new(
                self,
                Vec::new(),
                Vec::new(),
                FileId(0),
                Manifest::default(),
                Vec::new(),
                BTreeMap::new(),
                BTreeMap::new(),
                false,
                None,
                None,
            )
        })
    }

    fn external(&self, path: &str) -> ExternalFile {
        if let Some(file) = self.with_inputs(|inputs| inputs.externals.get(path).copied()) {
            return file;
        }
        let text = self.system.read(path);
        let id = self.with_inputs(Inputs::take_id);
        let file = ExternalFile::new(self, id, Arc::from(path), text);
        self.with_inputs(|inputs| *inputs.externals.entry(path.to_owned()).or_insert(file))
    }

    fn tags(&self) -> RepositoryTags {
        if let Some(tags) = self.with_inputs(|inputs| inputs.tags) {
            return tags;
        }
        let tags = RepositoryTags::new(self, self.system.tags());
        self.with_inputs(|inputs| *inputs.tags.get_or_insert(tags))
    }
}

/// The places of diagnostics: every file a workspace has read.
pub struct WorkspaceSources<'w> {
    workspace: &'w Workspace,
    files: FxHashMap<FileId, Known>,
}

enum Known {
    Source(SourceFile),
    Other(Arc<str>, Arc<str>),
}

/// The manifest's path below the root.
pub const MANIFEST: &str = "clearway.toml";

impl Workspace {
    /// Looks up places and texts; `manifest` is the manifest's text.
    pub fn sources(&self, manifest: &str) -> WorkspaceSources<'_> {
        let mut files = FxHashMap::default();
        let id = self.project().manifest_id(self);
        files.insert(id, Known::Other(Arc::from(MANIFEST), Arc::from(manifest)));
        let (sources, externals) = self.with_inputs(|inputs| {
            let sources: Vec<_> = inputs.sources.values().copied().collect();
            let externals: Vec<_> = inputs.externals.values().copied().collect();
            (sources, externals)
        });
        for file in sources.iter().chain(self.project().library(self)) {
            files.insert(file.id(self), Known::Source(*file));
        }
        for file in externals {
            let text = file.text(self).clone().unwrap_or_default();
            files.insert(file.id(self), Known::Other(file.path(self).clone(), text));
        }
        WorkspaceSources { workspace: self, files }
    }
}

impl Sources for WorkspaceSources<'_> {
    fn path(&self, file: FileId) -> &str {
        match self.files.get(&file) {
            Some(Known::Source(file)) => file.path(self.workspace),
            Some(Known::Other(path, _)) => path,
            None => "",
        }
    }

    fn text(&self, file: FileId) -> &str {
        match self.files.get(&file) {
            Some(Known::Source(file)) => file.text(self.workspace),
            Some(Known::Other(_, text)) => text,
            None => "",
        }
    }

    fn span(&self, place: Place) -> Span {
        match place {
            Place::Bytes(_, span) => span,
            Place::Node(id, item, node) => match self.files.get(&id) {
                Some(Known::Source(file)) => {
                    locate(self.workspace, *file).get(&item).map_or_else(Span::default, |located| {
                        let parse = parse(self.workspace, *file);
                        let piece = &parse.pieces[located.piece as usize];
                        piece.tree.span(node).shifted(piece.start)
                    })
                }
                _ => Span::default(),
            },
        }
    }
}

impl Texts for WorkspaceSources<'_> {
    fn text(&self, path: &str) -> &str {
        let found = self.files.iter().find(|(id, _)| Sources::path(self, **id) == path);
        found.map_or("", |(id, _)| Sources::text(self, *id))
    }
}
