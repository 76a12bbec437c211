//! Finding a project and reading it in.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use clearway_model::{Change, MANIFEST, System, Workspace};
use rayon::prelude::*;

use crate::args::{GivenArgs, ProjectArgs};
use crate::error::Failure;
use crate::files;
use crate::system::Disk;

/// A project that was read in.
pub(crate) struct Opened {
    pub workspace: Workspace,
    /// The text of its manifest.
    pub manifest: String,
    /// Its folder; none where it is not on the disk.
    root: Option<Utf8PathBuf>,
}

impl Opened {
    /// Its folder; none where it is not on the disk.
    pub(crate) fn root(&self) -> Option<&Utf8Path> {
        self.root.as_deref()
    }
}

/// Reads the project that the arguments name, with what they change about it.
pub(crate) fn open(args: &ProjectArgs) -> Result<Opened, Failure> {
    let mut opened = open_path(args.path.as_deref())?;
    give(&mut opened, &args.given)?;
    Ok(opened)
}

/// Changes a project by what is given beside it.
pub(crate) fn give(opened: &mut Opened, args: &GivenArgs) -> Result<(), Failure> {
    let (root, here) = (opened.root.clone(), files::working_directory()?);
    // A file on the command line is meant from where the command is given, and is named from the project's root.
    let deployed = args.deployed.iter().map(|(environment, file)| {
        Change::Deployed(environment.clone(), from_root(root.as_deref(), &here.join(file)))
    });
    let ship = args.ship.iter().map(|(service, version)| Change::Ship(service.clone(), version.clone()));
    let assume = args.assume.map(|_| Change::AssumeDeclared(true));
    // Nothing that is declared is finer than a second.
    let now = crate::runtime::clock(args.now);
    let now = jiff::Timestamp::from_second(now.as_second()).unwrap_or(now);
    let now = std::iter::once(Change::Now(now));
    opened.workspace.apply(deployed.chain(ship).chain(assume).chain(now).collect());
    Ok(())
}

/// A project of these texts, which reads what else it needs from a system that is not the disk.
pub(crate) fn of_texts(system: Arc<dyn System>, manifest: String, texts: Sources) -> Opened {
    let workspace = Workspace::new(system, &manifest, texts);
    Opened { workspace, manifest, root: None }
}

/// The path of a file from a root, with `/`. A file that is not there keeps its whole path: reading it says so.
fn from_root(root: Option<&Utf8Path>, file: &Utf8Path) -> String {
    let whole = |path: &Utf8Path| path.canonicalize_utf8().ok();
    let relative =
        root.and_then(whole).zip(whole(file)).and_then(|(root, file)| pathdiff::diff_utf8_paths(file, root));
    relative.unwrap_or_else(|| file.to_owned()).into_string().replace('\\', "/")
}

/// Reads the project at a path: its folder, one of its files, a file without a project, or standard input.
pub(crate) fn open_path(path: Option<&Utf8Path>) -> Result<Opened, Failure> {
    match path {
        Some(path) if path == "-" => Ok(single(Utf8Path::new("."), "stdin.cw", files::read_stdin()?)),
        Some(path) if path.is_file() => match root_above(path.parent().unwrap_or(path)) {
            Some(root) => read_in(&root),
            None => {
                let folder =
                    path.parent().filter(|folder| !folder.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
                Ok(single(folder, path.file_name().unwrap_or("spec.cw"), files::read(path)?))
            }
        },
        Some(path) if !path.exists() => {
            let cause = std::io::Error::from(std::io::ErrorKind::NotFound);
            Err(Failure::Unreadable { path: path.to_owned(), cause })
        }
        path => {
            let start = path.map_or_else(files::working_directory, |path| Ok(path.to_owned()))?;
            let root = root_above(&start).ok_or(Failure::NoProject(start))?;
            read_in(&root)
        }
    }
}

/// The nearest folder with a manifest, from a folder upwards.
pub(crate) fn root_above(folder: &Utf8Path) -> Option<Utf8PathBuf> {
    let folder = if folder.as_str().is_empty() { Utf8Path::new(".") } else { folder };
    if folder.join(MANIFEST).is_file() {
        return Some(folder.to_owned());
    }
    let whole = folder.canonicalize_utf8().ok()?;
    whole.ancestors().skip(1).find(|folder| folder.join(MANIFEST).is_file()).map(Utf8Path::to_owned)
}

/// The sources of the project in a folder, relative to it.
pub(crate) fn sources(root: &Utf8Path) -> Result<Vec<Utf8PathBuf>, Failure> {
    files::below(root, |path| path.extension() == Some("cw"))
}

fn read_in(root: &Utf8Path) -> Result<Opened, Failure> {
    let (manifest, texts) = texts(root)?;
    let workspace = Workspace::new(Arc::new(Disk::new(root)), &manifest, texts);
    Ok(Opened { workspace, manifest, root: Some(root.to_owned()) })
}

/// Texts with their paths below the project's folder.
pub(crate) type Sources = Vec<(String, Arc<str>)>;

/// The manifest and the sources of the project in a folder.
pub(crate) fn texts(root: &Utf8Path) -> Result<(String, Sources), Failure> {
    let manifest = files::read(&root.join(MANIFEST))?;
    let texts: Result<Sources, Failure> = sources(root)?
        .par_iter()
        .map(|path| Ok((path.as_str().replace('\\', "/"), Arc::from(files::read(&root.join(path))?))))
        .collect();
    Ok((manifest, texts?))
}

/// A text that belongs to no project is one of its own.
fn single(folder: &Utf8Path, name: &str, text: String) -> Opened {
    let manifest = "[project]\nname = \"untitled\"\n".to_owned();
    let files = vec![(name.to_owned(), Arc::from(text))];
    let workspace = Workspace::new(Arc::new(Disk::new(folder)), &manifest, files);
    Opened { workspace, manifest, root: Some(folder.to_owned()) }
}
