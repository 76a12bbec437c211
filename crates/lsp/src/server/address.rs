//! Addresses of files: what the client calls them.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use clearway_model::joined;
use tower_lsp_server::ls_types::Uri;

/// The path behind an address. What is in no file (an unsaved text) has its address for a path.
pub(crate) fn path_of(uri: &Uri) -> Utf8PathBuf {
    let file = uri.scheme().as_str() == "file";
    let path = file.then(|| uri.to_file_path()).flatten();
    let path = path.and_then(|path| Utf8PathBuf::from_path_buf(path.into_owned()).ok());
    path.unwrap_or_else(|| Utf8PathBuf::from(uri.as_str()))
}

/// The addresses of a project's files.
#[derive(Debug, Clone)]
pub(crate) struct Addresses {
    pub root: Utf8PathBuf,
    /// Where the library's texts can be read.
    pub library: Option<Utf8PathBuf>,
    /// What the client calls the texts that are open.
    pub open: BTreeMap<Utf8PathBuf, Uri>,
}

impl Addresses {
    /// The address of a file of the project.
    pub(crate) fn of(&self, relative: &str) -> Option<Uri> {
        self.address(Utf8Path::new(&joined(self.root.as_str(), relative)))
    }

    /// The address of a file of the library, `std/metrics.cw`.
    pub(crate) fn of_library(&self, relative: &str) -> Option<Uri> {
        let relative = relative.strip_prefix("std/").unwrap_or(relative);
        self.address(&self.library.as_ref()?.join(relative))
    }

    fn address(&self, path: &Utf8Path) -> Option<Uri> {
        self.open.get(path).cloned().or_else(|| Uri::from_file_path(path))
    }
}
