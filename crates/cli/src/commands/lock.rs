//! `clearway lock`: pins the packages of a project as they are now.

use std::collections::BTreeMap;

use camino::Utf8Path;
use clearway_diagnostics::render::Format;
use clearway_model::lock::{LOCK, with_packages};
use clearway_model::{Db, locked, package_digest};
use serde_json::json;

use crate::args::{LockArgs, TextFormat};
use crate::error::Failure;
use crate::output::Output;
use crate::project::open_path;
use crate::{Verdict, files};

/// What becomes of a pin.
struct Pin {
    /// The package's folder from the project's root.
    path: String,
    before: Option<String>,
    after: Option<String>,
}

impl Pin {
    fn change(&self) -> &'static str {
        match (&self.before, &self.after) {
            (None, _) => "added",
            (_, None) => "removed",
            (before, after) if before == after => "unchanged",
            _ => "changed",
        }
    }
}

pub(crate) fn run(args: &LockArgs, output: &Output) -> Result<Verdict, Failure> {
    let opened = open_path(args.path.as_deref())?;
    let db = &opened.workspace;
    let is_json = args.format == TextFormat::Json;
    let problems = clearway_analysis::package_problems(db, db.project());
    if !problems.is_empty() {
        let format = if is_json { Format::Json } else { Format::Human };
        output.diagnostics(&opened, &problems, format)?;
        return Ok(Verdict::Fails);
    }
    let before = locked(db, db.project()).as_ref().map(|lock| lock.packages.clone()).unwrap_or_default();
    let after: BTreeMap<String, String> = db
        .project()
        .packages(db)
        .iter()
        .map(|package| (package.path(db).to_string(), package_digest(db, *package).clone()))
        .collect();
    let mut paths: Vec<&String> = before.keys().chain(after.keys()).collect();
    paths.sort();
    paths.dedup();
    let pin = |path: &String| Pin {
        path: path.clone(),
        before: before.get(path).map(|pin| pin.digest.clone()),
        after: after.get(path).cloned(),
    };
    let pins: Vec<Pin> = paths.into_iter().map(pin).collect();
    print(&pins, is_json, output)?;
    let is_current = pins.iter().all(|pin| pin.before == pin.after);
    if is_current || args.check {
        return Ok(if is_current { Verdict::Holds } else { Verdict::Fails });
    }
    // What is read from a path is on the disk.
    let path = opened.root().unwrap_or(Utf8Path::new("")).join(LOCK);
    let text = if path.exists() { files::read(&path)? } else { String::new() };
    let packages: Vec<(String, String)> = after.into_iter().collect();
    files::write(&path, &with_packages(&text, &packages))?;
    Ok(Verdict::Holds)
}

fn print(pins: &[Pin], is_json: bool, output: &Output) -> Result<(), Failure> {
    if is_json {
        let pin = |pin: &Pin| json!({ "path": pin.path, "change": pin.change(), "before": pin.before, "digest": pin.after });
        let pins: Vec<_> = pins.iter().map(pin).collect();
        return output.results(|out| writeln!(out, "{:#}", json!({ "packages": pins })));
    }
    output.results(|out| {
        for pin in pins {
            write!(out, "{:<9} {}", pin.change(), pin.path)?;
            match (&pin.before, &pin.after) {
                (Some(before), Some(after)) if before != after => writeln!(out, "  {before} -> {after}")?,
                (Some(digest), None) | (_, Some(digest)) => writeln!(out, "  {digest}")?,
                (None, None) => writeln!(out)?,
            }
        }
        Ok(())
    })?;
    if pins.is_empty() {
        output.note("the project depends on no package");
    }
    Ok(())
}
