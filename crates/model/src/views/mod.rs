//! The typed views: what a kind's fields and clauses mean to the rules, the plan and the reports.
//!
//! A view is the one place in Rust that names an item of the vocabulary. A view reads every name its kind declares, and no
//! other: a test holds both directions (see [`reads`]).
//!
//! Views are total. What was wrong in the text, and was told, is absent here: `None`, or left out of a list.

mod environment;
mod gates;
mod learning;
mod people;
mod policy;
mod protected;
mod read;
mod release;
mod rules;
mod running;
mod service;

pub use environment::{Calendar, Environment, Freeze, Milestone, Parity, Resource, Window, state_path};
pub use gates::{
    Blocker, Checklist, ChecklistItem, Defect, Gate, GateCondition, Journey, LoadProfile, Quarantine, Triage,
};
pub use learning::{AccessReview, Audit, Retrospective};
pub use people::{Identity, Role, Team};
pub use policy::{
    Control, Every, EveryOf, Expectation, Keep, Policy, Raise, Retention, Test, TestShip, TestState,
    TestTime, Waiver,
};
pub use protected::{Dataset, Secret};
pub use read::{At, Quantity, Read};
pub use release::{
    Accept, Approval, ApprovalStep, Release, Retire, Rollback, Rollout, RolloutStep, Separation, Ship, Stage,
    Validation, Watch,
};
pub use rules::Metric;
pub use running::{Alert, AlertCondition, Flag, Ramp};
pub use service::{
    After, Alias, Build, Deploy, Deployable, Deprecated, FactsAt, Group, GroupAfter, Limit, NeverNewer,
    NoDowngrade, OnlyFrom, Provided, Requirement, SameVersion, Skew, Smoke, TestCommand, Together, Upgrade,
    Use, Vendor,
};

use crate::db::Db;
use crate::lowering::{ClauseValue, Lowered, Values};
use crate::naming::Names;
use crate::query::{Item, lower, project_names};

/// Declares a view: a struct with a field for each name that it reads.
///
/// `field`, `part` (a positional or label) and `flag` read a value; `clauses` and `clause` read nested views.
macro_rules! view {
    (
        $(#[$doc:meta])*
        $name:ident {
            $( $(#[$field_doc:meta])* $field:ident : $ty:ty = $how:ident $($word:literal)?, )*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            /// Where it is written: a declaration's name, a clause's first word.
            pub place: clearway_diagnostics::Place,
            $( $(#[$field_doc])* pub $field: $ty, )*
        }

        impl $crate::views::View for $name {
            fn view(source: $crate::views::Source<'_>) -> Self {
                Self {
                    place: source.place,
                    $( $field: view!(@read source $how $($word)?), )*
                }
            }

            fn reads(prefix: &str, out: &mut Vec<String>) {
                let _ = (prefix, &out);
                $( view!(@reads prefix out $ty, $how $($word)?); )*
            }
        }
    };
    (@read $source:ident field $word:literal) => { $crate::views::Read::read($source.values.field($word)) };
    (@read $source:ident part $word:literal) => { $crate::views::Read::read($source.part($word)) };
    (@read $source:ident flag $word:literal) => { $source.flag($word) };
    (@read $source:ident clauses $word:literal) => { $source.clauses($word).collect() };
    (@read $source:ident clause $word:literal) => { $source.clauses($word).next() };
    (@reads $prefix:ident $out:ident $ty:ty, clauses $word:literal) => {
        $crate::views::reads_nested::<$ty>($prefix, $word, $out);
    };
    (@reads $prefix:ident $out:ident $ty:ty, clause $word:literal) => {
        $crate::views::reads_nested::<$ty>($prefix, $word, $out);
    };
    (@reads $prefix:ident $out:ident $ty:ty, $how:ident $word:literal) => { $out.push(format!("{}.{}", $prefix, $word)); };
}
pub(crate) use view;

/// A typed reading of a declaration or clause.
pub trait View: Sized {
    /// Reads it.
    fn view(source: Source<'_>) -> Self;
    /// The names it reads, each as a dotted path below `prefix`.
    fn reads(prefix: &str, out: &mut Vec<String>);
}

/// What a view reads from.
#[derive(Clone, Copy)]
pub struct Source<'v> {
    place: clearway_diagnostics::Place,
    clause: Option<&'v ClauseValue>,
    values: &'v Values,
}

impl<'v> Source<'v> {
    fn part(&self, name: &str) -> Option<&'v crate::value::Value> {
        self.clause.and_then(|clause| clause.part(name))
    }

    fn flag(&self, name: &str) -> bool {
        self.clause.is_some_and(|clause| clause.flag(name).is_some())
    }

    fn clauses<V: View>(&self, keyword: &'v str) -> impl Iterator<Item = V> {
        self.values.clauses(keyword).map(|clause| {
            V::view(Source { place: clause.place, clause: Some(clause), values: &clause.values })
        })
    }
}

/// A list or an optional of nested views.
trait Nested {
    type View: View;
}

impl<V: View> Nested for Vec<V> {
    type View = V;
}

impl<V: View> Nested for Option<V> {
    type View = V;
}

fn reads_nested<N: Nested>(prefix: &str, keyword: &str, out: &mut Vec<String>) {
    let path = format!("{prefix}.{keyword}");
    N::View::reads(&path, out);
    out.push(path);
}

/// The view of a declaration.
pub fn of<V: View>(lowered: &Lowered) -> V {
    V::view(Source { place: lowered.place, clause: None, values: &lowered.values })
}

/// A declaration with its view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared<V> {
    /// The declaration.
    pub item: Item,
    /// Its name.
    pub name: smol_str::SmolStr,
    /// A part of it did not parse.
    pub broken: bool,
    /// What it says.
    pub view: V,
}

type Reads = fn(&str, &mut Vec<String>);

/// Every kind with the view that reads it.
const VIEWS: &[(&str, Reads)] = &[
    ("alert", Alert::reads),
    ("approval", Approval::reads),
    ("calendar", Calendar::reads),
    ("checklist", Checklist::reads),
    ("dataset", Dataset::reads),
    ("environment", Environment::reads),
    ("flag", Flag::reads),
    ("freeze", Freeze::reads),
    ("gate", Gate::reads),
    ("identity", Identity::reads),
    ("infrastructure", Deployable::reads),
    ("journey", Journey::reads),
    ("library", Deployable::reads),
    ("limit", Limit::reads),
    ("metric", Metric::reads),
    ("milestone", Milestone::reads),
    ("policy", Policy::reads),
    ("quarantine", Quarantine::reads),
    ("release", Release::reads),
    ("resource", Resource::reads),
    ("retrospective", Retrospective::reads),
    ("retention", Retention::reads),
    ("role", Role::reads),
    ("rollout", Rollout::reads),
    ("secret", Secret::reads),
    ("service", Deployable::reads),
    ("team", Team::reads),
    ("test", Test::reads),
    ("together", Together::reads),
    ("triage", Triage::reads),
    ("vendor", Deployable::reads),
    ("vendor", Vendor::reads),
    ("waiver", Waiver::reads),
    ("window", Window::reads),
];

/// Every name of the vocabulary that a view reads, as `kind.clause.part`, sorted.
pub fn reads() -> Vec<String> {
    let mut out = Vec::new();
    for (kind, reads) in VIEWS {
        reads(kind, &mut out);
    }
    out.sort();
    out
}

/// What is shipped is of one of these kinds.
pub const DEPLOYABLE: [&str; 4] = ["service", "library", "vendor", "infrastructure"];

/// The view of one declaration, remembered.
pub fn declared<V: View>(db: &dyn Db, item: Item) -> Declared<V> {
    let lowered = lower(db, item);
    Declared { item, name: lowered.name.clone(), broken: lowered.broken, view: of(lowered) }
}

/// The declarations of a project-wide kind, by name; templates are none.
pub fn project_wide<'db>(
    db: &'db dyn Db,
    kinds: &'static [&'static str],
) -> impl Iterator<Item = Item> + 'db {
    let names: &'db Names = project_names(db, db.project());
    names
        .iter()
        .filter_map(move |(_, items)| items.iter().find(|item| kinds.contains(&item.kind(db).as_str())))
        .copied()
        .filter(move |item| !is_template(db, *item))
}

/// Whether a declaration has parameters: it stands for nothing until it is called.
pub fn is_template(db: &dyn Db, item: Item) -> bool {
    crate::query::signature(db, item).is_some()
}
