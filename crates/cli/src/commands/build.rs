//! `clearway build`

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use clearway_compile::{Compiled, Made, is_configured};
use clearway_diagnostics::render::Format;
use clearway_targets::{File, TARGETS};
use serde_json::json;

use crate::Verdict;
use crate::args::{BuildArgs, TextFormat};
use crate::error::Failure;
use crate::files;
use crate::output::Output;
use crate::project::open;

pub(crate) fn run(args: &BuildArgs, output: &Output) -> Result<Verdict, Failure> {
    let opened = open(&args.project)?;
    let named = TARGETS.into_iter().filter(|target| args.target == "all" || target.name() == args.target);
    let (without, targets): (Vec<_>, Vec<_>) = named.partition(|target| {
        args.target == "all" && target.needs_table() && !is_configured(&opened.workspace, *target)
    });
    for target in without {
        let name = target.name();
        output.note(&format!("nothing is built for {name}: `clearway.toml` has no `[targets.{name}]`"));
    }
    let compiled = clearway_compile::build(&opened.workspace, &targets);
    let is_json = args.format == TextFormat::Json;
    let format = if is_json { Format::Json } else { Format::Human };
    if compiled.fails() {
        output.diagnostics(&opened, &compiled.diagnostics, format)?;
        return Ok(Verdict::Fails);
    }
    if !is_json {
        output.diagnostics_aside(&opened, &compiled.diagnostics)?;
    }
    let Some(plan) = &compiled.plan else { return Ok(Verdict::Fails) };
    let emitted = compiled.made.iter().flat_map(|made| made.files.iter().cloned());
    let wanted = clearway_compile::with_plan(plan, emitted).map_err(std::io::Error::other)?;
    let changes = Changes::of(&args.out, wanted)?;
    let verdict = if args.check && !changes.is_empty() { Verdict::Fails } else { Verdict::Holds };
    if !args.check {
        changes.make(&args.out, output)?;
    }
    if is_json {
        tell_json(&compiled, &changes, output)?;
    } else {
        tell(&compiled, &changes, args, output)?;
    }
    Ok(verdict)
}

/// What differs between a folder and what it should hold.
struct Changes {
    /// All that it should hold.
    files: usize,
    write: Vec<File>,
    remove: Vec<Utf8PathBuf>,
}

impl Changes {
    fn of(out: &Utf8Path, wanted: Vec<File>) -> Result<Self, Failure> {
        let files = wanted.len();
        let paths: BTreeSet<&str> = wanted.iter().map(|file| file.path.as_str()).collect();
        let before = generated(out)?;
        let gone = before.into_iter().filter(|path| !paths.contains(path.as_str()));
        let remove = gone.map(Utf8PathBuf::from).filter(|path| out.join(path).is_file()).collect();
        let differs = |file: &File| !files::holds(&out.join(&file.path), &file.text);
        let write = wanted.iter().filter(|file| differs(file)).cloned().collect();
        Ok(Self { files, write, remove })
    }

    const fn is_empty(&self) -> bool {
        self.write.is_empty() && self.remove.is_empty()
    }

    /// Writes what differs, the list of generated files first: whatever happens then, the next build knows what may be its own.
    fn make(&self, out: &Utf8Path, output: &Output) -> Result<(), Failure> {
        let progress = output.progress(self.write.len() as u64);
        for file in &self.write {
            files::write(&out.join(&file.path), &file.text)?;
            if file.executable {
                files::make_executable(&out.join(&file.path))?;
            }
            progress.inc(1);
        }
        progress.finish_and_clear();
        self.remove.iter().try_for_each(|path| files::remove(&out.join(path)))
    }
}

/// What an earlier build generated in a folder. Paths that leave the folder are nobody's.
pub(super) fn generated(out: &Utf8Path) -> Result<Vec<String>, Failure> {
    let path = out.join(clearway_compile::GENERATED);
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let list: serde_json::Value = serde_json::from_str(&files::read(&path)?).unwrap_or_default();
    let paths = list["files"].as_array().into_iter().flatten().filter_map(|path| path.as_str());
    let stays = |path: &&str| {
        Utf8Path::new(path).components().all(|part| matches!(part, camino::Utf8Component::Normal(_)))
    };
    Ok(paths.filter(stays).map(str::to_owned).collect())
}

fn tell(compiled: &Compiled, changes: &Changes, args: &BuildArgs, output: &Output) -> Result<(), Failure> {
    output.results(|out| {
        for made in &compiled.made {
            table(out, compiled, made)?;
        }
        Ok(())
    })?;
    let (written, removed) = (changes.write.len(), changes.remove.len());
    if args.check {
        for file in &changes.write {
            output.note(&format!("differs: {}", file.path));
        }
        for path in &changes.remove {
            output.note(&format!("no longer generated: {path}"));
        }
        if changes.is_empty() {
            output.note(&format!("`{}` holds what would be built", args.out));
        }
    } else {
        let removed = if removed == 0 { String::new() } else { format!(", {removed} removed") };
        output.note(&format!("{} files in `{}`: {written} written{removed}", changes.files, args.out));
    }
    Ok(())
}

/// How each guarantee is kept, and what was given up by name.
fn table(out: &mut dyn std::io::Write, compiled: &Compiled, made: &Made) -> std::io::Result<()> {
    writeln!(out, "{}", made.target)?;
    let width = made.guarantees.iter().map(|keeping| keeping.kept.words().len()).max().unwrap_or_default();
    for keeping in &made.guarantees {
        let (name, kept) = (keeping.guarantee.name(), keeping.kept.words());
        writeln!(out, "  {name:<11}  {kept:<width$}  {}", keeping.how)?;
    }
    let releases = compiled.plan.iter().flat_map(|plan| &plan.releases);
    for (release, accept) in
        releases.flat_map(|release| release.accepts.iter().map(move |accept| (release, accept)))
    {
        if accept.target.as_deref().is_none_or(|on| on == made.target) {
            writeln!(
                out,
                "  given up by release {}: {} ({})",
                release.name, accept.guarantee, accept.reason
            )?;
        }
    }
    if compiled.plan.as_ref().is_some_and(|plan| plan.assumes_declared) {
        writeln!(out, "  assumed: what nothing records of a version is what is declared today")?;
    }
    Ok(())
}

fn tell_json(compiled: &Compiled, changes: &Changes, output: &Output) -> Result<(), Failure> {
    let targets: Vec<_> = compiled
        .made
        .iter()
        .map(|made| {
            let files: Vec<&str> = made.files.iter().map(|file| file.path.as_str()).collect();
            json!({ "target": made.target, "guarantees": made.guarantees, "files": files })
        })
        .collect();
    let written: Vec<&str> = changes.write.iter().map(|file| file.path.as_str()).collect();
    let removed: Vec<&str> = changes.remove.iter().map(|path| path.as_str()).collect();
    let told = json!({ "targets": targets, "changed": written, "removed": removed });
    output.results(|out| writeln!(out, "{told:#}"))
}
