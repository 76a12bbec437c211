//! What a change of a version would break: the versions that may come next, each with those whose ranges do not take it.

use std::fmt::Write as _;

use clearway_analysis::dependents;
use clearway_diagnostics::{Place, Span};
use clearway_model::views::{self, At};
use clearway_model::{Db, SourceFile, deployable, item_at, span_of};
use smol_str::SmolStr;

/// The version that stands at an offset, of a declaration or of what it provides.
pub(crate) fn at(db: &dyn Db, file: SourceFile, offset: u32) -> Option<(String, Span)> {
    let item = item_at(db, file, offset)?;
    if !views::DEPLOYABLE.contains(&item.kind(db).as_str()) {
        return None;
    }
    let view = &deployable(db, item).view;
    let own = view.version.iter().map(|version| (None, version));
    let parts = view.provides.iter().filter_map(|provided| {
        Some((Some(provided.part.as_ref()?.value.clone()), provided.version.as_ref()?))
    });
    let written = |version: &At<SmolStr>| match version.place {
        Place::Node(_, of, node) if of == item.place_id() => Some(span_of(db, item, node)),
        _ => None,
    };
    let (part, version, span) = own.chain(parts).find_map(|(part, version): (Option<SmolStr>, _)| {
        let span = written(version)?;
        (span.start..=span.end).contains(&offset).then_some((part, version, span))
    })?;
    let scheme = view.scheme();
    let now = scheme.read(&version.value)?;
    let name = item.name(db);
    let edges: Vec<_> = dependents(db, name)
        .iter()
        .filter(|edge| edge.part == part && edge.takes(&version.value, &scheme) == Some(true))
        .collect();
    let title = part.map_or_else(|| name.to_string(), |part| format!("{name}.{part}"));
    let mut text = format!("```clearway\n{title} {}\n```\n", version.value);
    if edges.is_empty() {
        text += "Nothing here requires it: any version may come next.";
        return Some((text, span));
    }
    text += "What may come next, and whom it would break:\n";
    let next = [
        format!("{}.{}.{}", now.major, now.minor, now.patch.saturating_add(1)),
        format!("{}.{}.0", now.major, now.minor.saturating_add(1)),
        format!("{}.0.0", now.major.saturating_add(1)),
    ];
    for next in next {
        let broken: Vec<String> = edges
            .iter()
            .filter(|edge| edge.takes(&next, &scheme) == Some(false))
            .map(|edge| format!("`{}` (`{}`)", edge.from, edge.range))
            .collect();
        let whom = if broken.is_empty() { "nobody".to_owned() } else { broken.join(", ") };
        let _ = write!(text, "\n- `{next}`: {whom}");
    }
    Some((text, span))
}
