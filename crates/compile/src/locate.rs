//! Where what a plan names is written.

use clearway_diagnostics::Place;
use clearway_model::{Db, Item, Values, Workspace, all_sources, items, lower};
use clearway_plan::Origin;

/// Where a declaration of the project is written.
pub fn declared_at(workspace: &Workspace, origin: &Origin) -> Option<Place> {
    declared(workspace, origin).map(|item| item.name_place(workspace))
}

/// Where a part of a declaration is written: the names of clauses and fields lead to it, from the outside in. As many are followed as are
/// there; the declaration itself is the place where none is.
pub fn located(workspace: &Workspace, origin: &Origin, within: &[String]) -> Option<Place> {
    let db: &dyn Db = workspace;
    let item = declared(workspace, origin)?;
    let mut place = item.name_place(db);
    let mut values = &lower(db, item).values;
    for name in within {
        match part(values, name) {
            Some((found, inner)) => {
                place = found;
                let Some(inner) = inner else { break };
                values = inner;
            }
            None => continue,
        }
    }
    Some(place)
}

/// A field or a clause: a clause is found by its keyword, or by a name that it gives.
fn part<'v>(values: &'v Values, name: &str) -> Option<(Place, Option<&'v Values>)> {
    let field = values.fields.iter().find(|field| field.name == name && field.written);
    if let Some(field) = field {
        return Some((field.value.place, None));
    }
    let named = values.clauses.iter().find_map(|clause| {
        let (_, value) = clause.parts.iter().find(|(_, value)| value.to_string() == name)?;
        Some((value.place, Some(&clause.values)))
    });
    let clause = || values.clauses.iter().find(|clause| clause.keyword == name);
    named.or_else(|| clause().map(|clause| (clause.place, Some(&clause.values))))
}

fn declared(workspace: &Workspace, origin: &Origin) -> Option<Item> {
    let name = origin.name.split('(').next().unwrap_or_default();
    let kinds = |kind: &str| match origin.kind.as_str() {
        "team" | "role" => matches!(kind, "team" | "role"),
        // What is shipped is a service as a rule, and may be anything that has a version.
        "service" => matches!(kind, "service" | "library" | "vendor" | "infrastructure"),
        meant => kind == meant,
    };
    let mut declared =
        all_sources(workspace, workspace.project()).flat_map(|file| items(workspace, file)).copied();
    declared.find(|item| item.name(workspace) == name && kinds(item.kind(workspace)))
}
