//! `clearway fmt`

use camino::{Utf8Path, Utf8PathBuf};
use clearway_model::vocabulary::Shape;
use clearway_syntax::{FormatOptions, format};
use rayon::prelude::*;

use crate::Verdict;
use crate::args::FmtArgs;
use crate::error::Failure;
use crate::output::Output;
use crate::{files, project};

pub(crate) fn run(args: &FmtArgs, output: &Output) -> Result<Verdict, Failure> {
    let options = FormatOptions { width: args.width };
    if args.paths.iter().any(|path| path == "-") {
        let text = files::read_stdin()?;
        let formatted = format(&text, &options, &Shape);
        if args.check {
            return Ok(if formatted == text { Verdict::Holds } else { Verdict::Fails });
        }
        output.results(|out| write!(out, "{formatted}"))?;
        return Ok(Verdict::Holds);
    }
    let mut changed: Vec<(Utf8PathBuf, String)> = targets(&args.paths)?
        .into_par_iter()
        .map(|path| {
            let text = files::read(&path)?;
            let formatted = format(&text, &options, &Shape);
            Ok((formatted != text).then_some((path, formatted)))
        })
        .filter_map(Result::transpose)
        .collect::<Result<_, Failure>>()?;
    changed.sort();
    if args.check {
        output.results(|out| changed.iter().try_for_each(|(path, _)| writeln!(out, "{path}")))?;
        return Ok(if changed.is_empty() { Verdict::Holds } else { Verdict::Fails });
    }
    for (path, text) in &changed {
        files::write(path, text)?;
    }
    Ok(Verdict::Holds)
}

/// The files that are meant: those named, and all of a named folder.
fn targets(paths: &[Utf8PathBuf]) -> Result<Vec<Utf8PathBuf>, Failure> {
    let below = |folder: &Utf8Path| -> Result<Vec<Utf8PathBuf>, Failure> {
        Ok(project::sources(folder)?.iter().map(|path| folder.join(path)).collect())
    };
    if paths.is_empty() {
        let here = files::working_directory()?;
        return below(&project::root_above(&here).ok_or(Failure::NoProject(here))?);
    }
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            found.extend(below(path)?);
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}
