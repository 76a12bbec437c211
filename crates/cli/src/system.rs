//! The model's window to the real machine.

use std::process::Command;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use clearway_model::System;

use crate::files;

/// Files below a project's root, and the repository it is in.
pub(crate) struct Disk {
    root: Utf8PathBuf,
}

impl Disk {
    pub(crate) fn new(root: &Utf8Path) -> Self {
        Self { root: root.to_owned() }
    }
}

impl System for Disk {
    fn read(&self, path: &str) -> Result<Arc<str>, String> {
        let why = |failure: crate::error::Failure| match failure {
            crate::error::Failure::Unreadable { cause, .. } => cause.to_string(),
            other => other.to_string(),
        };
        files::read(&self.root.join(path)).map(Arc::from).map_err(why)
    }

    fn sources(&self, folder: &str) -> Result<Vec<String>, String> {
        let found =
            crate::project::sources(&self.root.join(folder)).map_err(|failure| failure.to_string())?;
        Ok(found.iter().map(|path| path.as_str().replace('\\', "/")).collect())
    }

    fn tags(&self) -> Result<Vec<String>, String> {
        let git = Command::new("git").arg("-C").arg(&self.root).args(["tag", "--merged", "HEAD"]).output();
        let output = git.map_err(|error| format!("git cannot be run: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
        }
        Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
    }
}
