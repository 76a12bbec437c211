//! `clearway locate`

use camino::{Utf8Path, Utf8PathBuf};
use clearway_diagnostics::{Position, Sources};
use clearway_plan::Origin;
use clearway_verify::{Entry, SOURCE_MAP, SourceMap};
use serde_json::{Value, json};

use crate::args::{LocateArgs, TextFormat};
use crate::error::Failure;
use crate::output::Output;
use crate::project::{Opened, open_path, root_above};
use crate::{Verdict, files};

pub(crate) fn run(args: &LocateArgs, output: &Output) -> Result<Verdict, Failure> {
    let (file, line) = &args.at;
    let text = files::read(file)?;
    let lines = text.lines().count();
    if *line > lines {
        return Err(Failure::NoLine { path: file.clone(), lines });
    }
    let nothing = || Failure::NoSourceMap(file.clone());
    let (root, name) = built_in(file).ok_or_else(nothing)?;
    let map = files::read(&root.join(SOURCE_MAP))?;
    let map: SourceMap = serde_json::from_str(&map).map_err(Failure::BadSourceMap)?;
    // The file may have been edited since: what the line belongs to is read from it, and looked up by its name.
    let path = SourceMap::path_to(&name, &text, *line);
    let entry = map.find(&name, &path).ok_or_else(nothing)?;
    let folder = file.canonicalize_utf8().ok().and_then(|file| file.parent().map(Utf8Path::to_owned));
    let project = match &args.project {
        Some(project) => Some(open_path(Some(project))?),
        None => {
            folder.and_then(|folder| root_above(&folder)).map(|root| open_path(Some(&root))).transpose()?
        }
    };
    let place = |origin: &Origin| project.as_ref().and_then(|project| place(project, origin));
    output.results(|out| match args.format {
        TextFormat::Json => writeln!(out, "{:#}", as_json(&name, *line, &path, entry, &place)),
        TextFormat::Text => tell(out, &name, *line, &path, entry, &place),
    })?;
    Ok(Verdict::Holds)
}

/// The folder that a file was built in, which has the map, and its path from there.
fn built_in(file: &Utf8Path) -> Option<(Utf8PathBuf, String)> {
    let whole = file.canonicalize_utf8().ok()?;
    let root = whole.ancestors().skip(1).find(|folder| folder.join(SOURCE_MAP).is_file())?;
    let name = whole.strip_prefix(root).ok()?.as_str().replace('\\', "/");
    Some((root.to_owned(), name))
}

/// Where a declaration is written, as a file and a line.
fn place(project: &Opened, origin: &Origin) -> Option<(String, u32)> {
    let found = clearway_compile::declared_at(&project.workspace, origin)?;
    let sources = project.workspace.sources(&project.manifest);
    let line = Position::of(Sources::text(&sources, found.file()), sources.span(found).start).line;
    Some((Sources::path(&sources, found.file()).to_owned(), line))
}

type PlaceOf<'p> = &'p dyn Fn(&Origin) -> Option<(String, u32)>;

fn tell(
    out: &mut dyn std::io::Write,
    file: &str,
    line: usize,
    path: &[String],
    entry: &Entry,
    place: PlaceOf<'_>,
) -> std::io::Result<()> {
    writeln!(out, "{file}:{line}")?;
    if !path.is_empty() {
        writeln!(out, "  is       {}", path.join(" > "))?;
    }
    if let Some(step) = &entry.step {
        writeln!(out, "  of step  {step}")?;
    }
    if entry.declared.is_empty() {
        return writeln!(out, "  from     Clearway itself: no declaration is behind it");
    }
    for origin in &entry.declared {
        match place(origin) {
            Some((file, line)) => writeln!(out, "  from     {origin}  {file}:{line}")?,
            None => writeln!(out, "  from     {origin}")?,
        }
    }
    Ok(())
}

/// The documented form.
fn as_json(file: &str, line: usize, path: &[String], entry: &Entry, place: PlaceOf<'_>) -> Value {
    let declared = |origin: &Origin| {
        let (file, line) = place(origin).unzip();
        json!({ "kind": origin.kind, "name": origin.name, "file": file, "line": line })
    };
    let declared: Vec<Value> = entry.declared.iter().map(declared).collect();
    json!({ "file": file, "line": line, "path": path, "step": entry.step, "declared": declared })
}
