//! The rules as remembered queries: those of one declaration, of one file, and of the whole project.
//!
//! An edit runs again what it touches. What one declaration rests on of another is its [`interface`] alone; rules over the
//! whole project rest on what does not change while a declaration is edited: names, and which edges there are.
#![allow(unsafe_code, reason = "salsa's macros expand to unsafe code")]

use clearway_diagnostics::{Diagnostic, Place};
use clearway_model::{
    Db, Item, NameKey, Project, SourceFile, deployable, items, let_value, lower, scope, views,
};
use clearway_skew::{MoveKind, World};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use crate::control::ControlState;
use crate::facts::{Interface, Needs};
use crate::proof;
use crate::rules;
use crate::rules::capacity::Taken;
use crate::rules::library_conflicts::LibraryConflict;
use crate::rules::people::People;
use crate::rules::unused::AllImports;
use crate::shipments::{self, Shipment, Stops};
use crate::world::{Edge, declared_item, requirements};

/// What there is to tell about one file and what it declares.
#[salsa::tracked(returns(ref))]
pub fn file_diagnostics(db: &dyn Db, file: SourceFile) -> Vec<Diagnostic> {
    let mut diagnostics = own_diagnostics(db, file).clone();
    diagnostics.extend(orders_of(db, file).cloned());
    diagnostics
}

/// The same, but for the orders of its releases: what is found without a proof.
#[salsa::tracked(returns(ref))]
pub(crate) fn own_diagnostics(db: &dyn Db, file: SourceFile) -> Vec<Diagnostic> {
    let mut diagnostics = syntax_errors(db, file).clone();
    diagnostics.extend_from_slice(&scope(db, file).diagnostics);
    for item in items(db, file) {
        match item.kind(db).as_str() {
            "use" => {}
            "let" => {
                diagnostics.extend_from_slice(&let_value(db, *item).1);
                diagnostics.extend(rules::secrets::check(db, *item));
            }
            _ => diagnostics.extend_from_slice(item_diagnostics(db, *item)),
        }
    }
    for owner in deployables(db, file) {
        let name = NameKey::new(db, owner.name(db).clone());
        diagnostics.extend_from_slice(requirement_diagnostics(db, name));
    }
    diagnostics.extend(rules::duplicate_names::in_file(db, file));
    diagnostics.extend(rules::unused::check(db, file));
    diagnostics.extend(rules::reserved_names::check(db, file));
    rules::missing_imports::told_once(diagnostics)
}

/// What there is to tell of the orders of a file's releases.
pub(crate) fn orders_of(db: &dyn Db, file: SourceFile) -> impl Iterator<Item = &Diagnostic> {
    let judged = db.project().judged_release(db).as_deref();
    let releases = items(db, file).iter().filter(|item| item.kind(db) == "release");
    let is_judged = move |item: &&Item| {
        file.package(db).is_none()
            && !views::is_template(db, **item)
            && judged.is_none_or(|name| item.name(db) == name)
    };
    releases.filter(is_judged).flat_map(|release| order_diagnostics(db, *release))
}

/// What there is to tell about one declaration, but for its requirements.
#[salsa::tracked(returns(ref))]
fn item_diagnostics(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let mut diagnostics = lower(db, item).diagnostics.clone();
    diagnostics.extend(rules::alerts::check(db, item));
    diagnostics.extend(rules::datasets::check(db, item));
    diagnostics.extend(rules::declarations::check(db, item));
    diagnostics.extend(rules::unreadable_version::check(db, item));
    diagnostics.extend(rules::contradictory_facts::check(db, item));
    diagnostics.extend(rules::capacity::check(db, item));
    diagnostics.extend(rules::conditions::check(db, item));
    diagnostics.extend(rules::duplicates::check(db, item));
    diagnostics.extend(rules::stability::check(db, item));
    diagnostics.extend(rules::lock_waits::check(db, item));
    diagnostics.extend(rules::expired_quarantine::check(db, item));
    diagnostics.extend(rules::unmeasured_load::check(db, item));
    diagnostics.extend(rules::misplaced_metric::check(db, item));
    diagnostics.extend(rules::checklist_items::check(db, item));
    diagnostics.extend(rules::required_gates::check(db, item));
    diagnostics.extend(rules::vendors::check(db, item));
    diagnostics.extend(rules::incomplete_mapping::check(db, item));
    diagnostics.extend(rules::parity::check(db, item));
    diagnostics.extend(rules::people::check(db, item));
    diagnostics.extend(rules::people::unreadable_directories(db, item));
    diagnostics.extend(rules::retrospectives::check(db, item));
    diagnostics.extend(rules::times::check(db, item));
    diagnostics.extend(rules::flags::check(db, item));
    diagnostics.extend(rules::live_measurements::check(db, item));
    diagnostics.extend(rules::release_tag::check(db, item));
    diagnostics.extend(rules::secrets::check(db, item));
    diagnostics.extend(rules::unused::params(db, item));
    diagnostics.extend(rules::tests::check(db, item));
    diagnostics.extend(rules::waivers::check(db, item));
    diagnostics.extend(rules::weakened::check(db, item));
    diagnostics.extend(rules::loosened::check(db, item));
    diagnostics
}

/// The people a project knows.
#[salsa::tracked(returns(ref))]
pub fn people(db: &dyn Db, project: Project) -> People {
    rules::people::known(db, project)
}

/// What the project's files import.
#[salsa::tracked(returns(ref))]
pub(crate) fn imported(db: &dyn Db, project: Project) -> AllImports {
    AllImports::of(db, project)
}

/// What does not parse: the only diagnostics that move with the text.
#[salsa::tracked(returns(ref))]
fn syntax_errors(db: &dyn Db, file: SourceFile) -> Vec<Diagnostic> {
    rules::syntax::check(db, file)
}

/// What there is to tell about the requirements of one service, library, vendor or infrastructure, or of what is deployed
/// under a name that nothing declares.
#[salsa::tracked(returns(ref))]
pub(crate) fn requirement_diagnostics(db: &dyn Db, owner: NameKey) -> Vec<Diagnostic> {
    rules::requirements::check(db, owner.text(db))
}

/// What there is to tell about the project as a whole.
#[salsa::tracked(returns(ref))]
pub fn project_diagnostics(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    let mut diagnostics = duplicate_names(db, project).clone();
    diagnostics.extend_from_slice(packages(db, project));
    diagnostics.extend_from_slice(import_cycles(db, project));
    diagnostics.extend_from_slice(definition_cycles(db, project));
    diagnostics.extend_from_slice(requirement_cycles(db, project));
    diagnostics.extend_from_slice(deployed_states(db, project));
    diagnostics.extend_from_slice(approvals(db, project));
    diagnostics.extend_from_slice(resources(db, project));
    diagnostics.extend_from_slice(duplicate_alerts(db, project));
    diagnostics.extend_from_slice(policies(db, project));
    diagnostics.extend_from_slice(ambiguous_names(db, project));
    diagnostics.extend_from_slice(unapplied(db, project));
    diagnostics.extend_from_slice(uncovered_journeys(db, project));
    diagnostics.extend(library_conflicts(db, project).iter().map(|conflict| conflict.told.clone()));
    diagnostics.extend_from_slice(retrospectives(db, project));
    for name in rules::deployed_state::undeclared_names(db, project) {
        diagnostics.extend_from_slice(requirement_diagnostics(db, NameKey::new(db, name)));
    }
    diagnostics
}

#[salsa::tracked(returns(ref))]
fn duplicate_names(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    rules::duplicate_names::in_project(db, project)
}

#[salsa::tracked(returns(ref))]
fn retrospectives(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    rules::retrospectives::in_project(db, project)
}

#[salsa::tracked(returns(ref))]
fn packages(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    rules::packages::check(db, project)
}

#[salsa::tracked(returns(ref))]
fn import_cycles(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    rules::import_cycle::check(db, project)
}

#[salsa::tracked(returns(ref))]
fn definition_cycles(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    rules::definition_cycle::check(db, project)
}

/// Which `let`s and extended declarations of a file are defined by which others.
#[salsa::tracked(returns(ref))]
pub(crate) fn definitions(db: &dyn Db, file: SourceFile) -> Vec<(Item, Item, Place)> {
    rules::definition_cycle::definitions(db, file)
}

#[salsa::tracked(returns(ref))]
pub(crate) fn requirement_cycles(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    let knots = knots(db, project).iter();
    knots.flat_map(|knot| rules::requirement_cycle::diagnostics(db, knot)).collect()
}

/// The names that require one another in circles: each knot for itself, sorted.
#[salsa::tracked(returns(ref))]
fn knots(db: &dyn Db, project: Project) -> Vec<Vec<SmolStr>> {
    rules::requirement_cycle::knots(db, project)
}

/// The hard requirements of a file's declarations, by name: without ranges and places, which make no circle.
#[salsa::tracked(returns(ref))]
pub(crate) fn hard_requirements(db: &dyn Db, file: SourceFile) -> Vec<(SmolStr, Vec<SmolStr>)> {
    rules::requirement_cycle::hard_requirements(db, file)
}

/// Ranges on one library that no version of it meets.
#[salsa::tracked(returns(ref))]
pub(crate) fn library_conflicts(db: &dyn Db, project: Project) -> Vec<LibraryConflict> {
    rules::library_conflicts::check(db, project)
}

#[salsa::tracked(returns(ref))]
fn resources(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    let mut diagnostics = rules::lock_cycle::check(db, project);
    diagnostics.extend(rules::capacity::at_once(db, project));
    diagnostics.extend(rules::starved_locks::check(db, project));
    diagnostics
}

/// What the deployments of a file's declarations take, by name: those that take anything.
#[salsa::tracked(returns(ref))]
pub(crate) fn taken(db: &dyn Db, file: SourceFile) -> Vec<(SmolStr, Vec<Taken>)> {
    rules::capacity::taken(db, file)
}

#[salsa::tracked(returns(ref))]
fn approvals(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    rules::approvals::check(db, project)
}

#[salsa::tracked(returns(ref))]
fn duplicate_alerts(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    rules::alerts::duplicates(db, project)
}

#[salsa::tracked(returns(ref))]
fn deployed_states(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    rules::deployed_state::check(db, project)
}

#[salsa::tracked(returns(ref))]
fn unapplied(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    rules::unapplied::check(db, project)
}

#[salsa::tracked(returns(ref))]
fn uncovered_journeys(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    rules::uncovered_journey::check(db, project)
}

#[salsa::tracked(returns(ref))]
fn policies(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    rules::policies::check(db, project)
}

#[salsa::tracked(returns(ref))]
fn ambiguous_names(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    rules::ambiguous_names::check(db, project)
}

/// The controls that are in force, and how each stands.
#[salsa::tracked(returns(ref))]
pub fn controls(db: &dyn Db, project: Project) -> Vec<ControlState> {
    crate::control::controls(db, project)
}

/// The services, libraries, vendors and infrastructure of a file that are what their name means in the project.
pub(crate) fn deployables(db: &dyn Db, file: SourceFile) -> impl Iterator<Item = Item> {
    let items = items(db, file).iter().copied();
    items.filter(|item| declared_item(db, item.name(db)) == Some(*item))
}

/// Every declared requirement, by the name of what is required.
#[salsa::tracked(returns(ref))]
fn edges_by_target(db: &dyn Db, _: Project) -> FxHashMap<SmolStr, Vec<Edge>> {
    let mut by_target: FxHashMap<SmolStr, Vec<Edge>> = FxHashMap::default();
    for edge in requirements(db) {
        by_target.entry(edge.to.clone()).or_default().push(edge);
    }
    by_target
}

/// The declared requirements on one service, library, vendor or infrastructure.
pub fn dependents<'db>(db: &'db dyn Db, name: &str) -> &'db [Edge] {
    edges_by_target(db, db.project()).get(name).map_or(&[], Vec::as_slice)
}

/// Whether something is wrong with a declaration itself: that was told, and what rests on half of what is meant is not judged.
#[salsa::tracked(returns(copy))]
pub(crate) fn is_flawed(db: &dyn Db, item: Item) -> bool {
    let lowered = lower(db, item);
    lowered.broken || lowered.diagnostics.iter().any(Diagnostic::is_error)
}

/// What others see of a service, library, vendor or infrastructure.
#[salsa::tracked(returns(ref))]
pub(crate) fn interface(db: &dyn Db, item: Item) -> Interface {
    Interface::of(deployable(db, item), &lower(db, item).values)
}

/// Whether a declaration promises how long something stays: of the others nothing can be taken away too early.
#[salsa::tracked(returns(copy))]
pub(crate) fn promises(db: &dyn Db, item: Item) -> bool {
    rules::stability::has_promise(&deployable(db, item).view)
}

/// What a service, library, vendor or infrastructure needs itself.
#[salsa::tracked(returns(ref))]
pub(crate) fn needs(db: &dyn Db, item: Item) -> Needs {
    Needs::of(&deployable(db, item).view)
}

/// The project's releases.
#[salsa::tracked(returns(ref))]
pub(crate) fn releases(db: &dyn Db, project: Project) -> Vec<Item> {
    shipments::releases(db, project)
}

/// What a release moves.
#[salsa::tracked(returns(ref))]
pub(crate) fn shipment(db: &dyn Db, release: Item) -> Shipment {
    Shipment::of(&clearway_model::release(db, release).view)
}

/// What is asked of a release's order where something is recorded of what is live, or where nothing is, by how services move: stages of
/// which that is the same have one question.
#[salsa::tracked(returns(ref))]
pub(crate) fn asked(db: &dyn Db, release: Item, recorded: Option<Item>, kind: MoveKind) -> proof::Asked {
    proof::asked(db, release, recorded, kind)
}

/// What that excludes. A range that admits the same versions as before excludes the same, and nothing is proved again.
#[salsa::tracked(returns(ref))]
fn excluded(db: &dyn Db, release: Item, recorded: Option<Item>, kind: MoveKind) -> World {
    World::of(&asked(db, release, recorded, kind).problem)
}

/// The answer.
#[salsa::tracked(returns(ref))]
pub(crate) fn answered(
    db: &dyn Db,
    release: Item,
    recorded: Option<Item>,
    kind: MoveKind,
) -> proof::Answered {
    proof::Answered::of(excluded(db, release, recorded, kind))
}

/// The proof of one stage of a release.
#[salsa::tracked(returns(ref))]
pub(crate) fn release_stage(db: &dyn Db, release: Item, stage: u32) -> proof::StageProof {
    proof::stage(db, release, stage)
}

/// What there is to tell of the order of a release's stages.
#[salsa::tracked(returns(ref))]
fn order_diagnostics(db: &dyn Db, release: Item) -> Vec<Diagnostic> {
    proof::diagnostics(db, release)
}

/// What a declaration says of how its versions may stand beside others.
#[salsa::tracked(returns(ref))]
pub(crate) fn proof_rules(db: &dyn Db, item: Item) -> proof::Rules {
    proof::Rules::of(&deployable(db, item).view)
}

/// What moves as one, and limits over several.
#[salsa::tracked(returns(ref))]
pub(crate) fn proof_sets(db: &dyn Db, project: Project) -> proof::Sets {
    proof::Sets::of(db, project)
}

/// The stages of the project's releases.
#[salsa::tracked(returns(ref))]
pub(crate) fn stops(db: &dyn Db, project: Project) -> Stops {
    shipments::stops(db, project)
}

/// The releases that ship or retire each name.
#[salsa::tracked(returns(ref))]
fn releases_by_name(db: &dyn Db, project: Project) -> FxHashMap<SmolStr, Vec<Item>> {
    shipments::by_name(db, project)
}

/// The releases that ship or retire a name.
pub(crate) fn releases_of<'db>(db: &'db dyn Db, name: &str) -> &'db [Item] {
    releases_by_name(db, db.project()).get(name).map_or(&[], Vec::as_slice)
}
