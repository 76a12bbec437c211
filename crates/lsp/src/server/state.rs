//! What the server holds: projects, and the texts that are open in the editor.
//!
//! A text that is open is what the editor says it is; every other file is what the disk says. A change goes into the workspace at
//! once, which cancels what is being computed from the text before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use clearway_analysis::Around;
use clearway_model::{Change, Db as _, MANIFEST, Workspace, joined};
use clearway_schedule::Zone;
use jiff::{SignedDuration, Timestamp};
use tower_lsp_server::ls_types::{Diagnostic, TextDocumentContentChangeEvent, Uri};

use super::address::{Addresses, path_of};
use super::capabilities::Client;
use super::check::ByFile;
use super::convert::{Encoding, Lines};
use super::view::View;
use crate::host::Host;
use crate::reader::Reader;

pub(crate) struct State {
    pub host: Arc<dyn Host>,
    pub encoding: Encoding,
    /// What the client can do.
    pub client: Client,
    /// The zone of the reader, where it is not that of the machine.
    pub zone: Option<Zone>,
    /// Where the library's texts can be read.
    library: Option<Utf8PathBuf>,
    documents: BTreeMap<Utf8PathBuf, Document>,
    /// By folder; by path for a file that belongs to no project.
    projects: BTreeMap<Utf8PathBuf, Project>,
    /// Files of projects that are gone, of which the editor was told something.
    withdrawn: Vec<Uri>,
}

/// A text that is open.
struct Document {
    uri: Uri,
    version: i32,
    text: Arc<str>,
    project: Utf8PathBuf,
}

struct Project {
    workspace: Workspace,
    manifest: Arc<str>,
    root: Utf8PathBuf,
    /// It changed after it was checked last.
    dirty: bool,
    /// It has been checked before.
    known: bool,
    /// The texts that were edited since.
    edited: BTreeSet<String>,
    /// What the rules found when it was checked last.
    found: Found,
    /// What the editor was told of each file.
    published: ByFile,
    /// What there is to tell of the open texts to an editor that asks itself.
    asked: ByFile,
    /// What there was to tell lately beyond what the rules find. It is told until the next is known.
    beyond: ByFile,
}

/// What the rules found in a project.
#[derive(Clone, Default)]
pub(crate) struct Found {
    /// By file.
    pub by_file: ByFile,
    /// What is no matter of one file.
    pub around: Arc<Around>,
}

/// A project to check: a copy that shares its memory.
pub(crate) struct Work {
    /// Its name, where it has not been checked yet.
    pub unknown: Option<String>,
    /// The texts that were edited since it was checked, where that is told before anything else.
    pub edited: BTreeSet<String>,
    /// What was found when it was checked last.
    pub found: Found,
    pub checked: Checked,
    pub workspace: Workspace,
    pub manifest: Arc<str>,
    pub addresses: Addresses,
    pub encoding: Encoding,
}

/// Which project was checked, at which versions of the open texts.
pub(crate) struct Checked {
    key: Utf8PathBuf,
    versions: BTreeMap<Uri, i32>,
}

/// What the editor is to be told.
#[derive(Default)]
pub(super) struct News {
    pub publications: Vec<Publication>,
    /// What there is to tell of an open text changed, and the editor asks for that itself.
    pub refresh: bool,
}

/// What the editor is to be told of a file.
pub(super) struct Publication {
    pub uri: Uri,
    pub diagnostics: Vec<Diagnostic>,
    pub version: Option<i32>,
}

/// So many edited texts are told of before the rest of their project.
const FEW: usize = 4;

impl State {
    pub(crate) fn new(host: Arc<dyn Host>) -> Self {
        Self {
            library: host.library(),
            host,
            encoding: Encoding::Utf16,
            client: Client::default(),
            zone: None,
            documents: BTreeMap::new(),
            projects: BTreeMap::new(),
            withdrawn: Vec::new(),
        }
    }

    /// A text was opened. Gives what the user should be told, if something is in the way.
    pub(crate) fn open(&mut self, uri: Uri, version: i32, text: String) -> Option<String> {
        let path = path_of(&uri);
        if self.is_library(&path) {
            return None;
        }
        let text: Arc<str> = Arc::from(text);
        let root = self.host.root_of(&path);
        let (key, trouble) = self.load(&path, root, &text);
        self.documents.insert(path.clone(), Document { uri, version, text: text.clone(), project: key });
        self.set_text(&path, Some(text));
        trouble
    }

    /// Gives a project the open texts of its packages, of which it read what is on the disk.
    fn refresh_packages(&mut self, key: &Utf8Path) {
        let Some(project) = self.projects.get_mut(key) else { return };
        let open = self.documents.iter().filter_map(|(path, document)| {
            let inside = project.path_in_package(path).filter(|path| path.ends_with(".cw"))?;
            Some(Change::Source(inside, Some(document.text.clone())))
        });
        let changes: Vec<Change> = open.collect();
        project.workspace.apply(changes);
        project.dirty = true;
    }

    /// The project of a file, read in if it was not known. Gives its key.
    fn load(
        &mut self,
        path: &Utf8Path,
        root: Option<Utf8PathBuf>,
        text: &Arc<str>,
    ) -> (Utf8PathBuf, Option<String>) {
        let mut trouble = None;
        if let Some(root) = root {
            if self.projects.contains_key(&root) {
                return (root, None);
            }
            match self.host.project(&root) {
                Ok(files) => {
                    let workspace = Workspace::new(self.host.system(&root), &files.manifest, files.sources);
                    let project = Project::new(workspace, files.manifest.into(), root.clone());
                    self.projects.insert(root.clone(), project);
                    self.refresh_packages(&root);
                    return (root, None);
                }
                Err(message) => trouble = Some(message),
            }
        }
        let folder = path.parent().unwrap_or(path).to_owned();
        let manifest = "[project]\nname = \"untitled\"\n";
        let name = path.file_name().unwrap_or("untitled.cw").to_owned();
        let workspace = Workspace::new(self.host.system(&folder), manifest, vec![(name, text.clone())]);
        self.projects.insert(path.to_owned(), Project::new(workspace, manifest.into(), folder));
        (path.to_owned(), trouble)
    }

    /// Puts a file's text into its project, and into those that have it in a package; `None` when it is gone.
    fn set_text(&mut self, path: &Utf8Path, text: Option<Arc<str>>) {
        let now = self.host.reader().now;
        for project in self.projects.values_mut() {
            if let Some(inside) = project.path_in_package(path).filter(|inside| inside.ends_with(".cw")) {
                project.take(Change::Source(inside, text.clone()), now);
            }
        }
        let key = match self.documents.get(path) {
            Some(document) => Some(document.project.clone()),
            None => self.host.root_of(path).filter(|root| self.projects.contains_key(root)),
        };
        let Some(project) = key.and_then(|key| self.projects.get_mut(&key)) else { return };
        let Some(relative) = relative(&project.root, path) else { return };
        let change = if relative == MANIFEST {
            let Some(text) = text else { return };
            project.manifest = text.clone();
            Change::Manifest(text)
        } else if relative.ends_with(".cw") || project.workspace.source(&relative).is_some() {
            project.edited.insert(relative.clone());
            Change::Source(relative, text)
        } else {
            Change::External(relative)
        };
        project.take(change, now);
    }

    /// A text was edited.
    pub(crate) fn change(&mut self, uri: &Uri, version: i32, changes: Vec<TextDocumentContentChangeEvent>) {
        let path = path_of(uri);
        let encoding = self.encoding;
        let Some(document) = self.documents.get_mut(&path) else { return };
        let mut text = document.text.to_string();
        for change in changes {
            match change.range {
                None => text = change.text,
                Some(range) => {
                    let span = Lines::new(Arc::from(text.as_str()), encoding).span(range);
                    text.replace_range(span.range(), &change.text);
                }
            }
        }
        document.version = version;
        document.text = Arc::from(text);
        let text = document.text.clone();
        self.set_text(&path, Some(text));
    }

    /// A text was closed: the file is what the disk says again.
    pub(super) fn close(&mut self, uri: &Uri) {
        let path = path_of(uri);
        let Some(document) = self.documents.remove(&path) else { return };
        if document.project == path {
            return self.forget(&path);
        }
        let text = self.host.read(&path);
        self.set_text(&path, text);
    }

    /// Files were created, changed or removed outside of the editor.
    pub(super) fn changed_outside(&mut self, uris: impl IntoIterator<Item = Uri>) {
        for path in uris.into_iter().map(|uri| path_of(&uri)) {
            if path.file_name() == Some(MANIFEST) {
                self.read_package_again(&path);
            }
            if path.file_name() == Some(MANIFEST) && !self.documents.contains_key(&path) {
                self.reload(&path);
            } else if !self.documents.contains_key(&path) {
                let text = self.host.read(&path);
                self.set_text(&path, text);
            }
        }
    }

    /// The manifest of a package changed on the disk: who depends on it reads it again.
    fn read_package_again(&mut self, manifest: &Utf8Path) {
        let depends = |(key, project): (&Utf8PathBuf, &Project)| {
            let inside = project.path_in_package(manifest)?;
            Some((key.clone(), inside.strip_suffix(MANIFEST)?.strip_suffix('/')?.to_owned()))
        };
        let dependents: Vec<_> = self.projects.iter().filter_map(depends).collect();
        for (key, folder) in dependents {
            if let Some(project) = self.projects.get_mut(&key) {
                project.workspace.apply(vec![Change::Package(folder)]);
            }
            self.refresh_packages(&key);
        }
    }

    /// A manifest appeared, changed or went: the open texts around it may belong elsewhere now.
    fn reload(&mut self, manifest: &Utf8Path) {
        let Some(root) = manifest.parent() else { return };
        if let Some(text) = self.host.read(manifest).filter(|_| self.projects.contains_key(root)) {
            return self.set_text(manifest, Some(text));
        }
        self.forget(root);
        let inside: Vec<_> = self.documents.keys().filter(|path| path.starts_with(root)).cloned().collect();
        for path in inside {
            if let Some(Document { uri, version, text, .. }) = self.documents.remove(&path) {
                self.forget(&path);
                self.open(uri, version, text.to_string());
            }
        }
    }

    /// Drops a project; the editor is to forget what it was told.
    fn forget(&mut self, key: &Utf8Path) {
        if let Some(project) = self.projects.remove(key) {
            self.withdrawn.extend(project.published.into_keys());
        }
    }

    /// The files of which there is nothing to tell any more.
    pub(super) fn take_withdrawn(&mut self) -> Vec<Uri> {
        std::mem::take(&mut self.withdrawn)
    }

    /// What a request about an open text looks at.
    pub(crate) fn view(&self, uri: &Uri) -> Option<View> {
        let document = self.documents.get(&path_of(uri))?;
        let project = self.projects.get(&document.project)?;
        let relative = relative(&project.root, &path_of(uri))?;
        Some(View {
            file: project.workspace.source(&relative)?,
            workspace: project.workspace.clone(),
            addresses: self.addresses(project),
            encoding: self.encoding,
            reader: self.reader(),
        })
    }

    fn reader(&self) -> Reader {
        let reader = self.host.reader();
        Reader { zone: self.zone.clone().unwrap_or(reader.zone), ..reader }
    }

    /// What the check of an open text's project looks at, and the text's address.
    pub(super) fn work_of(&self, uri: &Uri) -> Option<(Work, Uri)> {
        let document = self.documents.get(&path_of(uri))?;
        let project = self.projects.get(&document.project)?;
        Some((self.work(&document.project, project), document.uri.clone()))
    }

    /// What a request about everything looks at: each project.
    pub(super) fn works(&self) -> Vec<Work> {
        self.projects.iter().map(|(key, project)| self.work(key, project)).collect()
    }

    /// A project that changed after it was checked last.
    pub(crate) fn next_dirty(&mut self) -> Option<Work> {
        let (key, project) = self.projects.iter_mut().find(|(_, project)| project.dirty)?;
        let key = key.clone();
        project.dirty = false;
        self.projects.get(&key).map(|project| self.work(&key, project))
    }

    /// Keeps what the rules found: what was edited until then is told.
    pub(crate) fn keep(&mut self, checked: &Checked, found: &Found) {
        let Some(project) = self.projects.get_mut(&checked.key).filter(|project| !project.dirty) else {
            return;
        };
        project.found = found.clone();
        project.edited.clear();
    }

    /// A project that has not changed since it was checked.
    pub(super) fn unchanged(&self, checked: &Checked) -> Option<Work> {
        let project = self.projects.get(&checked.key).filter(|project| !project.dirty)?;
        Some(self.work(&checked.key, project))
    }

    fn work(&self, key: &Utf8Path, project: &Project) -> Work {
        let versions = self.documents.values().map(|open| (open.uri.clone(), open.version)).collect();
        // An editor that asks itself is told once, of everything.
        let is_quick = project.known && !self.client.asks && project.edited.len() <= FEW;
        Work {
            unknown: (!project.known).then(|| project.workspace.manifest().name.to_string()),
            edited: if is_quick { project.edited.clone() } else { BTreeSet::new() },
            found: project.found.clone(),
            checked: Checked { key: key.to_owned(), versions },
            workspace: project.workspace.clone(),
            manifest: project.manifest.clone(),
            addresses: self.addresses(project),
            encoding: self.encoding,
        }
    }

    fn addresses(&self, project: &Project) -> Addresses {
        let open = self.documents.iter().map(|(path, document)| (path.clone(), document.uri.clone()));
        Addresses { root: project.root.clone(), library: self.library.clone(), open: open.collect() }
    }

    /// What the rules found, and what there is to tell beyond that, where it is known by now: gives what is new to the editor.
    pub(super) fn publish(&mut self, checked: &Checked, mut found: ByFile, beyond: Option<ByFile>) -> News {
        if let Some(project) = self.projects.get_mut(&checked.key) {
            project.beyond = beyond.unwrap_or_else(|| std::mem::take(&mut project.beyond));
            for (uri, diagnostics) in &project.beyond {
                found.entry(uri.clone()).or_default().extend_from_slice(diagnostics);
            }
        }
        // What is told of a package's file is told by the package's own project, where that is known.
        let elsewhere = |uri: &Uri| {
            let path = path_of(uri);
            let roots = self.projects.keys().filter(|root| path.starts_with(root));
            roots.max_by_key(|root| root.as_str().len()).is_some_and(|root| *root != checked.key)
        };
        found.retain(|uri, _| !elsewhere(uri));
        let before = self.projects.get(&checked.key).map(|project| project.published.keys().cloned());
        let told_here: Vec<Uri> = before.into_iter().flatten().filter(|uri| !elsewhere(uri)).collect();
        let Some(project) = self.projects.get_mut(&checked.key) else { return News::default() };
        project.published.retain(|uri, _| told_here.contains(uri));
        let mut news = News::default();
        if self.client.asks {
            let open = |uri: &Uri| checked.versions.contains_key(uri);
            let (asked, others): (ByFile, ByFile) = found.into_iter().partition(|(uri, _)| open(uri));
            found = others;
            news.refresh = project.known && project.asked != asked;
            project.asked = asked;
        }
        project.known = true;
        for uri in project.published.keys() {
            found.entry(uri.clone()).or_default();
        }
        for (uri, diagnostics) in found {
            let before = project.published.get(&uri);
            if before.map_or(diagnostics.is_empty(), |before| *before == diagnostics) {
                continue;
            }
            let version = checked.versions.get(&uri).copied();
            news.publications.push(Publication {
                uri: uri.clone(),
                diagnostics: diagnostics.clone(),
                version,
            });
            match diagnostics.is_empty() {
                true => project.published.remove(&uri),
                false => project.published.insert(uri, diagnostics),
            };
        }
        news
    }

    fn is_library(&self, path: &Utf8Path) -> bool {
        self.library.as_ref().is_some_and(|library| path.starts_with(library))
    }
}

impl Project {
    fn new(workspace: Workspace, manifest: Arc<str>, root: Utf8PathBuf) -> Self {
        Self {
            workspace,
            manifest,
            root,
            dirty: true,
            known: false,
            edited: BTreeSet::new(),
            found: Found::default(),
            published: ByFile::new(),
            asked: ByFile::new(),
            beyond: ByFile::new(),
        }
    }

    /// Takes a change. What depends on the clock is judged by the minute; the time comes in with a change, for it cancels what is being
    /// computed as any change does.
    fn take(&mut self, change: Change, now: Timestamp) {
        let told = self.workspace.project().now(&self.workspace);
        let is_old = told.is_none_or(|told| now.duration_since(told).abs() >= SignedDuration::from_mins(1));
        self.workspace.apply(std::iter::once(change).chain(is_old.then_some(Change::Now(now))).collect());
        self.dirty = true;
    }

    /// A file's path as the project knows it, where it is in one of its packages: the innermost.
    fn path_in_package(&self, path: &Utf8Path) -> Option<String> {
        let packages = self.workspace.project().packages(&self.workspace).iter();
        let inside = packages.filter_map(|package| {
            let folder = package.path(&self.workspace);
            let below = path.strip_prefix(joined(self.root.as_str(), folder)).ok()?;
            Some(joined(folder, &below.as_str().replace('\\', "/")))
        });
        inside.min_by_key(|inside| inside.matches('/').count())
    }
}

fn relative(root: &Utf8Path, path: &Utf8Path) -> Option<String> {
    path.strip_prefix(root).ok().map(|path| path.as_str().replace('\\', "/"))
}
