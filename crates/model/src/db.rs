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
use crate::package::{self, PackageTexts, all_sources, joined};
use crate::query::{ExternalFile, Package, Project, RepositoryTags, SourceFile, locate, parse};
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
    packages: BTreeMap<String, Package>,
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
    /// The manifest of the package in this folder changed outside.
    Package(String),
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
            .map(|(path, text)| this.new_source(format!("std/{path}"), Arc::from(text), Origin::Library))
            .collect();
        let own = || if own_library { Origin::OwnLibrary } else { Origin::Project };
        let sources: Vec<_> =
            files.into_iter().map(|(path, text)| this.new_source(path, text, own())).collect();
        let manifest_id = this.with_inputs(Inputs::take_id);
        let (manifest, problems) = manifest::parse(manifest, manifest_id);
        let none = BTreeMap::new;
        let project = Project::builder(
            library,
            sources,
            Vec::new(),
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
        this.read_packages();
        this
    }

    fn with_inputs<T>(&self, act: impl FnOnce(&mut Inputs) -> T) -> T {
        act(&mut self.inputs.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn new_source(&mut self, path: String, text: Arc<str>, origin: Origin) -> SourceFile {
        let id = self.with_inputs(Inputs::take_id);
        let (library, package, durability) = match origin {
            Origin::Library => (true, None, Durability::NEVER_CHANGE),
            Origin::OwnLibrary => (true, None, Durability::LOW),
            Origin::Project => (false, None, Durability::LOW),
            Origin::Package(package) => (false, Some(package), Durability::LOW),
        };
        let file = SourceFile::builder(id, Arc::from(path.as_str()), text, library, package)
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
                    self.read_packages();
                }
                Change::Package(folder) => {
                    self.with_inputs(|inputs| inputs.packages.remove(&folder));
                    self.read_packages();
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
                self.set_sources(file.package(self), |sources| {
                    if !sources.contains(&file) {
                        sources.push(file);
                    }
                });
            }
            (Some(file), None) => {
                self.set_sources(file.package(self), |sources| sources.retain(|source| *source != file));
            }
            (None, Some(text)) => {
                let package = self.package_of(&path);
                let file = self.new_source(path, text, package.map_or(Origin::Project, Origin::Package));
                self.set_sources(package, |sources| sources.push(file));
            }
            (None, None) => {}
        }
    }

    /// Changes which texts the project or a package has; nothing is touched where they stay the same.
    fn set_sources(&mut self, of: Option<Package>, change: impl FnOnce(&mut Vec<SourceFile>)) {
        let before = of.map_or_else(|| self.project().sources(self), |package| package.sources(self));
        let mut sources = before.clone();
        change(&mut sources);
        if sources == *before {
            return;
        }
        sources.sort_by(|a, b| a.path(self).cmp(b.path(self)));
        match of {
            Some(package) => drop(package.set_sources(self).to(sources)),
            None => drop(self.project().set_sources(self).to(sources)),
        }
    }

    /// Reads the packages that the project depends on, and those that they depend on: each once, by its folder. Those that were read
    /// before stay as they are.
    fn read_packages(&mut self) {
        let project = self.project();
        let entries = |folder: &str, manifest: &Manifest| -> Vec<String> {
            manifest.packages.values().map(|entry| joined(folder, &entry.path)).collect()
        };
        let mut wanted = entries("", project.manifest(self));
        let mut found: BTreeMap<String, Package> = BTreeMap::new();
        while let Some(folder) = wanted.pop() {
            if found.contains_key(&folder) {
                continue;
            }
            let known = self.with_inputs(|inputs| inputs.packages.get(&folder).copied());
            let package = known
                .filter(|package| package.trouble(self).is_none())
                .unwrap_or_else(|| self.read_package(&folder));
            wanted.extend(entries(&folder, package.manifest(self)));
            found.insert(folder, package);
        }
        self.with_inputs(|inputs| inputs.packages.clone_from(&found));
        let packages: Vec<Package> = found.into_values().collect();
        if *project.packages(self) != packages {
            project.set_packages(self).to(packages);
        }
    }

    fn read_package(&mut self, folder: &str) -> Package {
        let manifest_id = self.with_inputs(Inputs::take_id);
        let (texts, trouble) = match package::read(&*self.system, folder) {
            Ok(texts) => (texts, None),
            Err(why) => (PackageTexts { manifest: Arc::from(""), sources: Vec::new() }, Some(why)),
        };
        let (manifest, problems) = match trouble {
            None => manifest::parse(&texts.manifest, manifest_id),
            Some(_) => (Manifest::default(), Vec::new()),
        };
        let path = Arc::from(folder);
        let package =
            Package::new(self, path, manifest_id, texts.manifest, manifest, problems, Vec::new(), trouble);
        let sources: Vec<_> = texts
            .sources
            .into_iter()
            .map(|(path, text)| self.new_source(joined(folder, &path), text, Origin::Package(package)))
            .collect();
        package.set_sources(self).to(sources);
        package
    }

    /// The package that a file belongs to by its path: the innermost.
    fn package_of(&self, path: &str) -> Option<Package> {
        let holds = |package: &&Package| {
            path.strip_prefix(&**package.path(self)).is_some_and(|below| below.starts_with('/'))
        };
        self.project()
            .packages(self)
            .iter()
            .filter(holds)
            .max_by_key(|package| package.path(self).len())
            .copied()
    }

    /// Does something for every file of the project and of its packages, on all cores.
    pub fn for_each_file(&self, act: impl Fn(&dyn Db, SourceFile) + Sync) {
        let files: Vec<SourceFile> = all_sources(self, self.project()).collect();
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

/// Where a text comes from.
enum Origin {
    /// The library.
    Library,
    /// The library, where it is itself what is worked on.
    OwnLibrary,
    Project,
    Package(Package),
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
        for package in self.project().packages(self) {
            let path = joined(package.path(self), MANIFEST);
            let text = package.manifest_text(self).clone();
            files.insert(package.manifest_id(self), Known::Other(Arc::from(path), text));
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
