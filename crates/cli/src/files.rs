//! Reading and writing files: in one order on every machine, and completely or not at all.
#![allow(clippy::disallowed_methods, reason = "this is where the command line touches the disk")]

use std::io::{self, Read, Write};

use camino::{Utf8Path, Utf8PathBuf};
use ignore::WalkBuilder;

use crate::error::Failure;

/// The text of a file.
pub(crate) fn read(path: &Utf8Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|cause| Failure::Unreadable { path: path.to_owned(), cause })?;
    String::from_utf8(bytes).map_err(|_| Failure::NotText(path.to_owned()))
}

/// The text on standard input.
pub(crate) fn read_stdin() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let path = || Utf8PathBuf::from("-");
    io::stdin().read_to_end(&mut bytes).map_err(|cause| Failure::Unreadable { path: path(), cause })?;
    String::from_utf8(bytes).map_err(|_| Failure::NotText(path()))
}

/// Puts a text into a file, in one step: a reader sees the old text or the new one.
pub(crate) fn write(path: &Utf8Path, text: &str) -> Result<(), Failure> {
    let failure = |cause| Failure::Unwritable { path: path.to_owned(), cause };
    let folder = path.parent().filter(|folder| !folder.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
    std::fs::create_dir_all(folder).map_err(failure)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failure)?;
    file.write_all(text.as_bytes()).map_err(failure)?;
    file.flush().map_err(failure)?;
    if let Ok(existing) = std::fs::metadata(path) {
        file.as_file().set_permissions(existing.permissions()).map_err(failure)?;
    } else {
        make_readable(file.as_file()).map_err(failure)?;
    }
    file.persist(path).map_err(|error| failure(error.error))?;
    Ok(())
}

/// Whether a file holds a text.
pub(crate) fn holds(path: &Utf8Path, text: &str) -> bool {
    std::fs::read(path).is_ok_and(|bytes| bytes == text.as_bytes())
}

/// Takes a file away.
pub(crate) fn remove(path: &Utf8Path) -> Result<(), Failure> {
    std::fs::remove_file(path).map_err(|cause| Failure::Unwritable { path: path.to_owned(), cause })
}

/// Makes a file a program.
#[cfg(unix)]
pub(crate) fn make_executable(path: &Utf8Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))
        .map_err(|cause| Failure::Unwritable { path: path.to_owned(), cause })
}

/// There is nothing that tells a program from another file.
#[cfg(not(unix))]
pub(crate) fn make_executable(_: &Utf8Path) -> Result<(), Failure> {
    Ok(())
}

/// Temporary files are private; what a user asked for is not.
#[cfg(unix)]
fn make_readable(file: &std::fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_: &std::fs::File) -> io::Result<()> {
    Ok(())
}

/// The files below a folder that a test takes, relative to it and sorted. Folders with a `clearway.toml` of their own are other
/// projects; hidden folders are nobody's.
pub(crate) fn below(root: &Utf8Path, takes: impl Fn(&Utf8Path) -> bool) -> Result<Vec<Utf8PathBuf>, Failure> {
    let top = root.to_owned();
    let walk = WalkBuilder::new(root)
        .standard_filters(false)
        .hidden(true)
        .filter_entry(move |entry| {
            let folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            !folder || entry.path() == top.as_std_path() || !entry.path().join("clearway.toml").exists()
        })
        .build();
    let mut found = Vec::new();
    for entry in walk {
        let entry = entry.map_err(|error| {
            let cause =
                error.into_io_error().unwrap_or_else(|| io::Error::other("the folder cannot be listed"));
            Failure::Unreadable { path: root.to_owned(), cause }
        })?;
        let file = entry.file_type().is_some_and(|kind| !kind.is_dir());
        let Some(path) = Utf8Path::from_path(entry.path()).filter(|_| file) else { continue };
        let relative = path.strip_prefix(root).unwrap_or(path);
        if takes(relative) {
            found.push(relative.to_owned());
        }
    }
    found.sort();
    Ok(found)
}

/// All files below a folder, hidden ones and those of other projects too, relative to it and sorted.
pub(crate) fn all_below(root: &Utf8Path) -> Result<Vec<Utf8PathBuf>, Failure> {
    let unreadable = |error: ignore::Error| Failure::Unreadable {
        path: root.to_owned(),
        cause: error.into_io_error().unwrap_or_else(|| io::Error::other("the folder cannot be listed")),
    };
    let mut found = Vec::new();
    for entry in WalkBuilder::new(root).standard_filters(false).build() {
        let entry = entry.map_err(unreadable)?;
        let file = entry.file_type().is_some_and(|kind| !kind.is_dir());
        let Some(path) = Utf8Path::from_path(entry.path()).filter(|_| file) else { continue };
        found.push(path.strip_prefix(root).unwrap_or(path).to_owned());
    }
    found.sort();
    Ok(found)
}

/// The files of a repository that its ignore files do not leave out, relative to its folder and sorted.
pub(crate) fn of_repository(root: &Utf8Path) -> Vec<String> {
    let walk = WalkBuilder::new(root).hidden(false).filter_entry(|entry| entry.file_name() != ".git").build();
    let mut found: Vec<String> = walk
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .filter_map(|entry| {
            Some(Utf8Path::from_path(entry.path())?.strip_prefix(root).ok()?.as_str().replace('\\', "/"))
        })
        .collect();
    found.sort();
    found
}

/// The working directory.
pub(crate) fn working_directory() -> Result<Utf8PathBuf, Failure> {
    let unreadable = |cause| Failure::Unreadable { path: Utf8PathBuf::from("."), cause };
    let path = std::env::current_dir().map_err(unreadable)?;
    Utf8PathBuf::from_path_buf(path)
        .map_err(|path| Failure::NotText(Utf8PathBuf::from(path.to_string_lossy().into_owned())))
}
