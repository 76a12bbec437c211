//! What a project becomes on a target, and where in it a declaration is found again: what `build` would write, without writing it.

use clearway_compile::{build, with_plan};
use clearway_model::{Item, Workspace};
use clearway_plan::Origin;
use clearway_verify::SourceMap;
use serde::Serialize;

/// A file that `build` would write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Emitted {
    pub path: String,
    pub text: String,
    /// The lines, counted from 0, in which parts begin that come from the declaration.
    pub lines: Vec<usize>,
}

/// The files that a target gets of a project: those first in which a declaration is found.
///
/// # Errors
///
/// There is no such target, or the project does not hold: in words for the user.
pub(crate) fn pipeline(
    workspace: &Workspace,
    target: &str,
    of: Option<Item>,
) -> Result<Vec<Emitted>, String> {
    let known = clearway_targets::find(target).ok_or_else(|| {
        let names: Vec<&str> = clearway_targets::TARGETS.iter().map(|target| target.name()).collect();
        format!("there is no target `{target}`: there are {}", names.join(", "))
    })?;
    let compiled = build(workspace, &[known]);
    let Some(plan) = compiled.plan.as_ref().filter(|_| !compiled.fails()) else {
        let told = compiled.diagnostics.iter().find(|told| told.stops_build());
        let why = told.map(|told| format!(": {}", told.message)).unwrap_or_default();
        return Err(format!("nothing is built for {target} while something is wrong{why}"));
    };
    let files = with_plan(plan, compiled.made.iter().flat_map(|made| made.files.iter().cloned()))?;
    let texts = files.iter().map(|file| (file.path.clone(), file.text.clone())).collect();
    let map = SourceMap::of(plan, &texts);
    let comes_from = |origin: &Origin| {
        let place = clearway_compile::declared_at(workspace, origin);
        of.is_some_and(|item| place == Some(item.name_place(workspace)))
    };
    let lines = |path: &str| {
        let entries = map.files.get(path).into_iter().flatten();
        let own = entries.filter(|entry| entry.declared.iter().any(comes_from));
        own.map(|entry| entry.line.saturating_sub(1)).collect()
    };
    // What only programs read is shown by nobody.
    let shown = files.iter().filter(|file| !file.path.starts_with(".clearway/"));
    let mut emitted: Vec<Emitted> = shown
        .map(|file| Emitted { path: file.path.clone(), text: file.text.clone(), lines: lines(&file.path) })
        .collect();
    // The way that is usually taken has the shortest name: `shop.yml` before `shop-emergency.yml`.
    emitted.sort_by_key(|file| (file.lines.is_empty(), file.path.len()));
    Ok(emitted)
}
