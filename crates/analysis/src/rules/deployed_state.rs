//! State files: whether they can be read, and whether everything that is deployed is declared.

use std::collections::BTreeSet;

use clearway_diagnostics::{Diagnostic, catalogue, suggest};
use clearway_model::state::{DeployedVersion, StateFile};
use clearway_model::{Db, Item, Project, deployed_state, environment, release, views};
use smol_str::SmolStr;

use super::unreadable_version::version_of;
use crate::query::{releases_of, shipment, stops};
use crate::world::{declared, declared_item};

pub(crate) fn check(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut known = BTreeSet::new();
    for item in views::project_wide(db, &["environment"]) {
        known.insert(item.name(db).clone());
        let Some(file) = deployed_state(db, item) else { continue };
        match &file.state {
            Err(problems) => {
                diagnostics.extend_from_slice(problems);
                diagnostics.extend(unreadable(db, item, file));
            }
            Ok(state) => {
                diagnostics.extend(of_another(db, item, file, state.environment.as_deref()));
                diagnostics.extend(undeclared(db, item, file));
                diagnostics.extend(unreadable_versions(db, file));
            }
        }
    }
    for (name, path) in project.deployed(db) {
        if !known.contains(name.as_str()) {
            let message = format!("`--deployed {name}={path}` names no environment of this project");
            let place = clearway_diagnostics::Place::Bytes(
                project.manifest_id(db),
                clearway_diagnostics::Span::default(),
            );
            let suggestion = suggest::did_you_mean(name, known.iter().map(SmolStr::as_str));
            diagnostics.push(
                Diagnostic::new(catalogue::UNKNOWN_NAME, message, place, "in this project")
                    .help_if(suggestion),
            );
        }
    }
    diagnostics
}

fn unreadable(db: &dyn Db, item: Item, file: &StateFile) -> Option<Diagnostic> {
    let why = file.unreadable.as_ref()?;
    let view = environment(db, item);
    let place = view.view.deployed.as_ref().map_or_else(|| item.name_place(db), |deployed| deployed.place);
    let message = format!("`{}` cannot be read", file.path);
    Some(
        Diagnostic::new(catalogue::UNREADABLE_FILE, message, place, why.clone())
            .help(format!("it says what is deployed in `{}`: without it nothing can be proved", view.name)),
    )
}

/// A state file that says it is another environment's.
fn of_another(db: &dyn Db, item: Item, file: &StateFile, named: Option<&str>) -> Option<Diagnostic> {
    let other = named.filter(|named| *named != item.name(db).as_str())?;
    let message = format!("`{}` says what is deployed in `{other}`, not in `{}`", file.path, item.name(db));
    let view = environment(db, item);
    let place = view.view.deployed.as_ref().map_or_else(|| item.name_place(db), |deployed| deployed.place);
    Some(Diagnostic::new(catalogue::BAD_STATE_FILE, message, place, format!("the state of `{other}`")))
}

/// Deployed versions that the scheme of their service cannot read.
fn unreadable_versions(db: &dyn Db, file: &StateFile) -> Vec<Diagnostic> {
    let Ok(state) = &file.state else { return Vec::new() };
    let owned = state.services.iter().filter_map(|(name, deployed)| Some((declared(db, name)?, deployed)));
    owned
        .flat_map(|(owner, deployed)| {
            let place = file.service_place(&owner.name);
            let told =
                |version: &DeployedVersion| version_of(&owner.name, &owner.scheme, &version.version, place);
            deployed.versions().filter_map(told).collect::<Vec<_>>()
        })
        .collect()
}

/// Services that run and that nothing declares, unless a release retires them there.
fn undeclared(db: &dyn Db, item: Item, file: &StateFile) -> Vec<Diagnostic> {
    let Ok(state) = &file.state else { return Vec::new() };
    let retires = |name: &str| {
        releases_of(db, name).iter().any(|found| {
            let mut stages = release(db, *found).view.stages.iter();
            shipment(db, *found).retired.contains_key(name)
                && stages
                    .any(|stage| stage.environment.as_ref().is_some_and(|target| target.value.item == item))
        })
    };
    let missing = state.services.keys().filter(|name| declared_item(db, name).is_none() && !retires(name));
    missing
        .map(|name| {
            let message = format!("`{name}` is deployed in `{}`, and nothing declares it", item.name(db));
            let declared = views::project_wide(db, &views::DEPLOYABLE).map(|item| item.name(db).as_str());
            let suggestion = suggest::did_you_mean(name, declared);
            Diagnostic::new(catalogue::UNDECLARED_SERVICE, message, file.service_place(name), "deployed")
                .related(item.name_place(db), "in this environment")
                .help_if(suggestion)
                .help(format!("declare it, or take it away with `retire {name}` in a release"))
        })
        .collect()
}

/// The names under which something is deployed where a release goes, and that nothing declares.
pub(crate) fn undeclared_names(db: &dyn Db, project: Project) -> BTreeSet<SmolStr> {
    let states = stops(db, project).environments().filter_map(|environment| deployed_state(db, environment));
    let names = states.filter_map(|file| file.state.as_ref().ok()).flat_map(|state| state.services.keys());
    names.filter(|name| declared_item(db, name).is_none()).map(SmolStr::new).collect()
}
