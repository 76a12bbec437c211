//! Projects and plans as they are in a revision of the repository that one stands in.
#![allow(clippy::disallowed_methods, reason = "git is asked here")]

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use clearway_model::{MANIFEST, System};
use clearway_runtime::Trouble;

use crate::error::Failure;
use crate::files;
use crate::project::{Opened, Sources, of_texts};

/// A revision, with the files of its tree.
pub(crate) struct Revision {
    /// The commit.
    commit: String,
    /// The objects of its files, by path from the root of the repository.
    objects: BTreeMap<String, String>,
}

/// What stands at a path of a revision.
pub(crate) enum Found {
    /// A project.
    Project(Box<Opened>),
    /// A file.
    File(Vec<u8>),
}

/// `REV:PATH`, where there is no file of that name.
pub(crate) fn parts(text: &Utf8Path) -> Option<(&str, &str)> {
    if text.exists() {
        return None;
    }
    text.as_str().split_once(':').filter(|(revision, _)| !revision.is_empty())
}

/// Reads what stands at a path of a revision. As for git, a path is meant from the root of the repository, and one that starts with `./`
/// from where the command is given.
pub(crate) fn read(revision: &str, path: &str) -> Result<Found, Failure> {
    // What starts with a hyphen would be an option of git's.
    let commit =
        git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")])
            .map_err(|_| {
                Trouble::new(format!("there is no revision `{revision}` here"))
                    .help("`git rev-parse` must know it; a shallow clone may lack it")
            })?;
    let commit = String::from_utf8_lossy(&commit).trim().to_owned();
    let listed = git(&["ls-tree", "-r", "-z", "--full-tree", &commit])?;
    let revision = Revision { commit, objects: objects(&listed) };
    let path = from_root(path)?;
    if let Some(object) = revision.objects.get(&path) {
        let bytes = git(&["cat-file", "blob", object])?;
        // A file of a project stands for the project.
        if !path.ends_with(".cw") {
            return Ok(Found::File(bytes));
        }
    }
    let folder = Utf8Path::new(&path);
    let root =
        folder.ancestors().find(|folder| revision.objects.contains_key(folder.join(MANIFEST).as_str()));
    let root = root.ok_or_else(|| Failure::NoProject(Utf8PathBuf::from(path.clone())))?.to_owned();
    project(revision, &root).map(|opened| Found::Project(Box::new(opened)))
}

/// The path from the root of the repository.
fn from_root(path: &str) -> Result<String, Failure> {
    let path = match path.starts_with("./") || path.starts_with("../") || path == "." {
        true => {
            let prefix = git(&["rev-parse", "--show-prefix"])?;
            format!("{}{path}", String::from_utf8_lossy(&prefix).trim())
        }
        false => path.to_owned(),
    };
    Ok(normal(&path))
}

/// A path without `.` and `..`.
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The files of a tree as git lists it: `MODE blob OBJECT<tab>PATH`, each ended by a zero.
fn objects(listed: &[u8]) -> BTreeMap<String, String> {
    let lines = listed.split(|byte| *byte == 0).filter_map(|line| std::str::from_utf8(line).ok());
    let files = lines.filter_map(|line| {
        let (head, path) = line.split_once('\t')?;
        let mut head = head.split(' ');
        let (_, kind, object) = (head.next()?, head.next()?, head.next()?);
        (kind == "blob").then(|| (path.to_owned(), object.to_owned()))
    });
    files.collect()
}

impl Revision {
    /// The texts of the language below a folder, relative to it, but for what belongs to projects of their own and what is hidden.
    fn sources(&self, folder: &Utf8Path) -> Vec<Utf8PathBuf> {
        let below = |path: &String| Utf8Path::new(path).strip_prefix(folder).ok().map(Utf8Path::to_owned);
        let paths: Vec<Utf8PathBuf> = self.objects.keys().filter_map(below).collect();
        let manifests = paths.iter().filter(|path| path.file_name() == Some(MANIFEST) && *path != MANIFEST);
        let others: Vec<&Utf8Path> = manifests.filter_map(|path| path.parent()).collect();
        let is_ours = |path: &&Utf8PathBuf| {
            path.extension() == Some("cw")
                && !others.iter().any(|other| path.starts_with(other))
                && !path.components().any(|part| part.as_str().starts_with('.'))
        };
        paths.iter().filter(is_ours).cloned().collect()
    }
}

/// The project in a folder: its manifest and its texts.
fn project(revision: Revision, root: &Utf8Path) -> Result<Opened, Failure> {
    let mut paths = revision.sources(root);
    paths.push(Utf8PathBuf::from(MANIFEST));
    let object = |path: Utf8PathBuf| {
        let object = revision.objects.get(root.join(&path).as_str())?;
        Some((path, object))
    };
    let sources: Vec<(Utf8PathBuf, &String)> = paths.into_iter().filter_map(object).collect();
    let texts = blobs(sources.iter().map(|(_, object)| object.as_str()))?;
    let mut manifest = String::new();
    let mut files: Sources = Vec::new();
    for ((path, _), bytes) in sources.iter().zip(texts) {
        let text = String::from_utf8(bytes).map_err(|_| Failure::NotText(path.clone()))?;
        match path.as_str() == MANIFEST {
            true => manifest = text,
            false => files.push((path.as_str().to_owned(), Arc::from(text))),
        }
    }
    let system = Tree { revision, root: root.to_owned() };
    Ok(of_texts(Arc::new(system), manifest, files))
}

/// The files of a revision as a project sees them.
struct Tree {
    revision: Revision,
    root: Utf8PathBuf,
}

impl System for Tree {
    fn read(&self, path: &str) -> Result<Arc<str>, String> {
        // What is given on the command line is on the disk.
        if Utf8Path::new(path).is_absolute() {
            return files::read(Utf8Path::new(path)).map(Arc::from).map_err(|failure| failure.to_string());
        }
        let path = normal(self.root.join(path).as_str());
        let object = self.revision.objects.get(&path).ok_or("no such file in that revision")?;
        let bytes = git(&["cat-file", "blob", object]).map_err(|trouble| trouble.what)?;
        String::from_utf8(bytes).map(Arc::from).map_err(|_| "it is not UTF-8 text".to_owned())
    }

    fn sources(&self, folder: &str) -> Result<Vec<String>, String> {
        let folder = normal(self.root.join(folder).as_str());
        let found = self.revision.sources(Utf8Path::new(&folder));
        Ok(found.into_iter().map(Utf8PathBuf::into_string).collect())
    }

    fn tags(&self) -> Result<Vec<String>, String> {
        let tags = git(&["tag", "--merged", &self.revision.commit]).map_err(|trouble| trouble.what)?;
        Ok(String::from_utf8_lossy(&tags).lines().map(str::to_owned).collect())
    }
}

/// What git says.
fn git(args: &[&str]) -> Result<Vec<u8>, Trouble> {
    let output = Command::new("git").args(args).output();
    let output = output.map_err(|error| Trouble::new(format!("git cannot be run: {error}")))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Trouble::new(format!("git: {said}")))
}

/// The contents of objects, all asked of one process.
fn blobs<'o>(objects: impl Iterator<Item = &'o str>) -> Result<Vec<Vec<u8>>, Failure> {
    let wanted: Vec<&str> = objects.collect();
    let trouble = |error: std::io::Error| Trouble::new(format!("git cannot be asked: {error}"));
    let mut child = Command::new("git")
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(trouble)?;
    let asked = wanted.join("\n") + "\n";
    let (input, output) = (child.stdin.take(), child.stdout.take());
    // It is asked and read at once: neither side waits for the other to be done.
    let asking =
        std::thread::spawn(move || input.map_or(Ok(()), |mut input| input.write_all(asked.as_bytes())));
    let mut said = Vec::new();
    if let Some(mut output) = output {
        output.read_to_end(&mut said).map_err(trouble)?;
    }
    let _ = asking.join();
    child.wait().map_err(trouble)?;
    let mut rest = said.as_slice();
    let mut blobs = Vec::with_capacity(wanted.len());
    for object in wanted {
        let blob =
            next_blob(&mut rest).ok_or_else(|| Trouble::new(format!("git has lost the object {object}")))?;
        blobs.push(blob.to_vec());
    }
    Ok(blobs)
}

/// `OBJECT blob SIZE`, a newline, the bytes, a newline.
fn next_blob<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let newline = rest.iter().position(|byte| *byte == b'\n')?;
    let head = std::str::from_utf8(&rest[..newline]).ok()?;
    let size: usize = head.rsplit_once(' ')?.1.parse().ok()?;
    let start = newline + 1;
    let blob = rest.get(start..start + size)?;
    *rest = rest.get(start + size + 1..)?;
    Some(blob)
}
