//! `clearway init`

use camino::{Utf8Path, Utf8PathBuf};
use clearway_init::{Repository, propose};
use clearway_model::vocabulary::Shape;
use clearway_syntax::{FormatOptions, format};

use crate::Verdict;
use crate::args::InitArgs;
use crate::error::Failure;
use crate::files;
use crate::output::Output;

struct Folder {
    root: Utf8PathBuf,
    files: Vec<String>,
}

impl Repository for Folder {
    fn files(&self) -> Vec<String> {
        self.files.clone()
    }

    fn read(&self, path: &str) -> Option<String> {
        files::read(&self.root.join(path)).ok()
    }
}

pub(crate) fn run(args: &InitArgs, output: &Output) -> Result<Verdict, Failure> {
    let here = files::working_directory()?;
    let root = args.path.as_ref().map_or_else(|| here.clone(), |path| here.join(path));
    let named = args.name.as_deref().or_else(|| root.file_name());
    let name = named.unwrap_or("project").to_owned();
    let folder = Folder { files: files::of_repository(&root), root: root.clone() };
    let proposal = propose(&name, &folder);
    // All or nothing: what exists is looked at before anything is written.
    if let Some(existing) = proposal.files.iter().map(|file| root.join(&file.path)).find(|path| path.exists())
    {
        return Err(Failure::Exists(existing));
    }
    for file in &proposal.files {
        let text = match file.path.ends_with(".cw") {
            true => format(&file.text, &FormatOptions::default(), &Shape),
            false => file.text.clone(),
        };
        files::write(&root.join(&file.path), &text)?;
    }
    proposal.notes.iter().for_each(|note| output.note(note));
    let shown = |path: &str| args.path.as_deref().unwrap_or(Utf8Path::new("")).join(path);
    output
        .results(|out| proposal.files.iter().try_for_each(|file| writeln!(out, "{}", shown(&file.path))))?;
    Ok(Verdict::Holds)
}
