//! Clearway's model: from trees to resolved, typed declarations.
//!
//! Inputs are texts ([`SourceFile`]) and the [`Project`] they belong to; everything else is a query that salsa remembers. The
//! way of a declaration: [`parse()`] → [`items()`] → names ([`scope()`], [`resolve()`]) → [`lower()`] (matched with the
//! vocabulary, typed, evaluated) → a typed view of its kind ([`views`]).
//!
//! Diagnostics are values in the results of queries. The only window to the outside is the [`System`] trait; this crate
//! knows no rules, plans or targets.

mod at;
// salsa's macros stand in `db` and `query` modules, and expand to `unsafe` code.
mod db;
mod digest;
pub mod directory;
mod eval;
pub mod lock;
mod lowering;
pub mod manifest;
mod meaning;
mod naming;
pub mod package;
pub mod policy;
mod query;
pub mod state;
pub mod stdlib;
mod system;
mod value;
pub mod views;
pub mod vocabulary;

/// The functions that the compiler computes, sorted by name.
pub fn computed_functions() -> Vec<&'static str> {
    eval::COMPUTED.iter().map(|(name, _)| *name).collect()
}

pub use at::{item_at, item_span, span_of, word_at, word_span};
pub use db::{Change, Db, MANIFEST, Workspace, WorkspaceSources};
pub use eval::{holds, same, time_zones};
pub use lowering::{ClauseValue, FieldValue, Lowered, Values};
pub use meaning::{Meaning, Meanings, Word};
pub use naming::{Import, Imported, Modules, Names, Resolution, Scope, resolve, resolve_project_wide};
pub use package::{all_sources, import_path, is_private, joined, manifest_of, package_named};
pub use query::{
    Args, ExternalFile, Item, ItemKey, ItemSyntax, NameKey, Package, Project, SourceFile, demands,
    deployable, deployed_state, environment, instance, items, let_value, locked, lower, meanings, modules,
    names, package_digest, parse, project_names, release, scope, signature, syntax_of,
};
pub use system::{MemorySystem, System};
pub use value::{
    CallValue, ClauseItem, Comparison, Condition, Measured, MetricCall, Moment, Number, Reference, Value,
    ValueKind,
};
