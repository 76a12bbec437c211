//! `clearway gate`

use std::fs::File;
use std::io::{self, Read};

use camino::Utf8PathBuf;
use clearway_runtime::Http;
use clearway_runtime::gate::{self, Asked, Files};

use crate::Verdict;
use crate::args::{GateArgs, GateCommand};
use crate::error::Failure;
use crate::files;
use crate::output::Output;
use crate::runtime::{Opened, tell};

pub(crate) fn run(args: &GateArgs, output: &Output) -> Result<Verdict, Failure> {
    let GateCommand::Run(args) = &args.command;
    let opened = Opened::open(&args.run)?;
    let asked = Asked {
        release: args.way.release.clone(),
        path: args.way.path.into(),
        environment: args.stage.clone(),
        gate: args.gate.clone(),
        subjects: args.subject.clone(),
        commit: args.commit.clone(),
        actor: args.actor.clone(),
        change: args.change.clone().filter(|change| !change.trim().is_empty()),
    };
    let answer = gate::run(&opened.call(), &asked, &Folder(args.reports.clone()), &Http::default())?;
    if let Some(path) = &args.junit {
        let text = gate::junit(&answer).map_err(|cause| Failure::Unwritable { path: path.clone(), cause })?;
        files::write(path, &text)?;
    }
    tell(&answer, &args.run, output)
}

/// The files below a folder.
pub(crate) struct Folder(pub Utf8PathBuf);

impl Files for Folder {
    fn list(&self) -> io::Result<Vec<String>> {
        let all = files::all_below(&self.0).map_err(|failure| io::Error::other(failure.to_string()))?;
        Ok(all.into_iter().map(|path| path.into_string().replace('\\', "/")).collect())
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(File::open(self.0.join(path))?))
    }

    fn modified(&self, path: &str) -> Option<jiff::Timestamp> {
        let modified = std::fs::metadata(self.0.join(path)).ok()?.modified().ok()?;
        jiff::Timestamp::try_from(modified).ok()
    }
}
