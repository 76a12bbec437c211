//! The rules as remembered queries: those of one file, and those of the whole project.
#![allow(unsafe_code, reason = "salsa's macros expand to unsafe code")]

use clearway_diagnostics::Diagnostic;
use clearway_model::{Db, Item, Project, SourceFile, deployable, items, let_value, lower, scope};

use crate::rules;
use crate::rules::people::People;
use crate::world::Facts;

/// What there is to tell about one file, taken for itself.
#[salsa::tracked(returns(ref))]
pub fn file_diagnostics(db: &dyn Db, file: SourceFile) -> Vec<Diagnostic> {
    let mut diagnostics = rules::syntax::check(db, file);
    diagnostics.extend_from_slice(&scope(db, file).diagnostics);
    for item in items(db, file) {
        match item.kind(db).as_str() {
            "use" => {}
            "let" => diagnostics.extend_from_slice(&let_value(db, *item).1),
            _ => diagnostics.extend_from_slice(item_diagnostics(db, *item)),
        }
    }
    diagnostics.extend(rules::duplicate_names::in_file(db, file));
    diagnostics.extend(rules::unused::check(db, file));
    diagnostics.extend(rules::reserved_names::check(db, file));
    diagnostics
}

/// What there is to tell about one declaration.
#[salsa::tracked(returns(ref))]
fn item_diagnostics(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let mut diagnostics = lower(db, item, None).diagnostics.clone();
    diagnostics.extend(rules::declarations::check(db, item));
    diagnostics.extend(rules::unreadable_version::check(db, item));
    diagnostics.extend(rules::people::check(db, item, people(db, db.project())));
    diagnostics
}

/// The people a project knows.
#[salsa::tracked(returns(ref))]
fn people(db: &dyn Db, project: Project) -> People {
    let _ = project;
    rules::people::known(db)
}

/// What a declaration says of the version it declares: shared by every world it is live in.
#[salsa::tracked(returns(clone))]
pub(crate) fn declared_facts(db: &dyn Db, item: Item) -> Facts {
    Facts::of(&deployable(db, item).view)
}

/// What there is to tell about the project as a whole.
#[salsa::tracked(returns(ref))]
pub fn project_diagnostics(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    let _ = project;
    let mut diagnostics = rules::duplicate_names::in_project(db);
    diagnostics.extend(rules::import_cycle::check(db));
    diagnostics.extend(rules::definition_cycle::check(db));
    diagnostics.extend(rules::requirement_cycle::check(db));
    diagnostics.extend(rules::deployed_state::check(db));
    diagnostics.extend(rules::requirements::check(db));
    diagnostics
}
