//! `clearway lsp`

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use clearway_lsp::{Host, ProjectFiles, Reader};
use clearway_model::{System, stdlib};
use clearway_schedule::Zone;
use jiff::tz::TimeZone;

use crate::Verdict;
use crate::error::Failure;
use crate::system::Disk;
use crate::{files, project, runtime};

pub(crate) fn run(stack: usize) -> Result<Verdict, Failure> {
    clearway_lsp::serve(Arc::new(Machine), stack)?;
    Ok(Verdict::Holds)
}

/// The server's window to the real machine.
struct Machine;

impl Host for Machine {
    fn root_of(&self, file: &Utf8Path) -> Option<Utf8PathBuf> {
        file.is_absolute().then(|| project::root_above(file.parent()?)).flatten()
    }

    fn project(&self, root: &Utf8Path) -> Result<ProjectFiles, String> {
        let (manifest, sources) = project::texts(root).map_err(|failure| failure.to_string())?;
        Ok(ProjectFiles { manifest, sources })
    }

    fn read(&self, file: &Utf8Path) -> Option<Arc<str>> {
        files::read(file).ok().map(Arc::from)
    }

    fn system(&self, root: &Utf8Path) -> Arc<dyn System> {
        Arc::new(Disk::new(root))
    }

    fn reader(&self) -> Reader {
        let zone = TimeZone::system().iana_name().and_then(|name| Zone::named(name).ok());
        Reader { now: runtime::clock(None), zone: zone.unwrap_or_else(Zone::utc) }
    }

    /// The library is part of the program: its texts are put beside other temporary files, once for a version.
    fn library(&self) -> Option<Utf8PathBuf> {
        let name = format!("clearway-{}-std", env!("CARGO_PKG_VERSION"));
        let folder = Utf8PathBuf::from_path_buf(std::env::temp_dir()).ok()?.join(name);
        for (path, text) in stdlib::FILES {
            let file = folder.join(path);
            if files::read(&file).ok().as_deref() != Some(*text) {
                files::write(&file, text).ok()?;
            }
        }
        Some(folder)
    }
}
