//! What releases move, and where: looked up by name, so that a service is judged with the releases that concern it alone.

use std::collections::BTreeSet;
use std::ops::Range;

use clearway_diagnostics::Place;
use clearway_model::views::{self, At, Release};
use clearway_model::{Db, Item, Project, items, release};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use crate::query;

/// What a release moves.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Shipment {
    /// What it ships, by name; a name that it ships twice stands there twice.
    pub ships: FxHashMap<SmolStr, Vec<Shipped>>,
    /// What it takes away, and where that is written.
    pub retired: FxHashMap<SmolStr, Place>,
    /// Both, in the order of the text.
    names: Vec<SmolStr>,
}

/// A service that is shipped.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shipped {
    /// The version; the declared one where it is left open.
    pub version: Option<At<SmolStr>>,
    /// Where the service is named.
    pub place: Place,
}

impl Shipment {
    /// What a release moves.
    pub(crate) fn of(release: &Release) -> Self {
        let mut shipment = Self::default();
        for ship in &release.ship {
            let Some(service) = &ship.service else { continue };
            let shipped = Shipped { version: ship.version.clone(), place: service.place };
            shipment.ships.entry(service.value.name.clone()).or_default().push(shipped);
            shipment.names.push(service.value.name.clone());
        }
        for service in release.retire.iter().filter_map(|retire| retire.service.as_ref()) {
            shipment.retired.insert(service.value.clone(), service.place);
            shipment.names.push(service.value.clone());
        }
        shipment
    }

    /// What it ships or takes away, in the order of the text.
    pub(crate) fn names(&self) -> impl Iterator<Item = &SmolStr> {
        self.names.iter()
    }
}

/// A stage of a release: an environment on its way.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stop {
    /// The release.
    pub release: Item,
    /// The environment.
    pub environment: Item,
}

/// The stages of all releases, in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Stops {
    all: Vec<Stop>,
    by_release: FxHashMap<Item, Range<usize>>,
    by_environment: Vec<Vec<usize>>,
}

impl Stops {
    /// The environments, each before or after a release, that can differ for someone whom these releases alone concern, in order:
    /// every stage of theirs, and, once for each environment, what all other releases leave as it is.
    pub(crate) fn of_concern(&self, concerned: &FxHashSet<Item>) -> Vec<(Item, Option<Item>)> {
        let own = concerned.iter().filter_map(|release| self.by_release.get(release)).cloned().flatten();
        let is_other = |at: &&usize| !concerned.contains(&self.all[**at].release);
        let others = self.by_environment.iter().filter_map(|stops| stops.iter().find(is_other)).copied();
        let at: BTreeSet<usize> = own.chain(others).collect();
        let stops = at.into_iter().map(|at| &self.all[at]);
        stops
            .map(|Stop { release, environment }| {
                (*environment, Some(*release).filter(|release| concerned.contains(release)))
            })
            .collect()
    }

    /// The environments that some release goes to.
    pub(crate) fn environments(&self) -> impl Iterator<Item = Item> {
        self.by_environment.iter().filter_map(|stops| stops.first()).map(|at| self.all[*at].environment)
    }
}

/// The releases of the project's own files.
pub(crate) fn releases(db: &dyn Db, project: Project) -> Vec<Item> {
    let sources = project.sources(db).iter();
    let items = sources.flat_map(|file| items(db, *file));
    items.filter(|item| item.kind(db) == "release" && !views::is_template(db, **item)).copied().collect()
}

/// The releases that are judged against what is deployed.
pub(crate) fn judged(db: &dyn Db, project: Project) -> impl Iterator<Item = Item> {
    let judged = project.judged_release(db).as_deref();
    let is_judged = move |item: &Item| judged.is_none_or(|name| item.name(db) == name);
    query::releases(db, project).iter().copied().filter(is_judged)
}

/// The stages of the releases that are judged.
pub(crate) fn stops(db: &dyn Db, project: Project) -> Stops {
    let mut stops = Stops::default();
    let mut environments: FxHashMap<Item, usize> = FxHashMap::default();
    for item in judged(db, project) {
        let first = stops.all.len();
        let stages = &release(db, item).view.stages;
        for environment in stages.iter().filter_map(|stage| stage.environment.as_ref()) {
            let environment = environment.value.item;
            let index = *environments.entry(environment).or_insert_with(|| {
                stops.by_environment.push(Vec::new());
                stops.by_environment.len() - 1
            });
            stops.by_environment[index].push(stops.all.len());
            stops.all.push(Stop { release: item, environment });
        }
        stops.by_release.insert(item, first..stops.all.len());
    }
    stops
}

/// The releases that ship or retire each name, in order.
pub(crate) fn by_name(db: &dyn Db, project: Project) -> FxHashMap<SmolStr, Vec<Item>> {
    let mut found: FxHashMap<SmolStr, Vec<Item>> = FxHashMap::default();
    for release in query::releases(db, project) {
        for name in &query::shipment(db, *release).names {
            let releases = found.entry(name.clone()).or_default();
            if releases.last() != Some(release) {
                releases.push(*release);
            }
        }
    }
    found
}
