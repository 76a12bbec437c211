//! What is live: the versions of everything, with what is known of each, as declared or in an environment before or after a
//! release. A world answers name by name, and computes nothing that is not asked for.
//!
//! Facts of a version come from the state file (for a deployed version it wins), from `at V { … }`, or from the declaration where
//! the version is the declared one. What is not known is `None`, and is never taken for empty.

use std::sync::Arc;

use clearway_diagnostics::Place;
use clearway_model::state::{DeployedRequirement, DeployedVersion, StateFile};
use clearway_model::views;
use clearway_model::{Db, Item, deployed_state, resolve_project_wide};
use clearway_versions::{Range, Scheme};
use smol_str::SmolStr;

use crate::facts::{FactsOf, Interface, Need, Parts};
use crate::query::{interface, is_flawed, needs, shipment};
use crate::shipments::Shipment;

/// What is live somewhere.
pub(crate) struct World<'db> {
    db: &'db dyn Db,
    /// Without one, everything runs as it is declared, deployed or not.
    environment: Option<Item>,
    state: Option<&'db StateFile>,
    shipment: Option<&'db Shipment>,
}

/// A live version with what is known of it.
#[derive(Debug, Clone)]
pub(crate) struct Live<'db> {
    /// The version, as written.
    pub version: SmolStr,
    /// Where it is written.
    pub place: Place,
    /// The provided versions of each part, with their places.
    pub provides: Option<Arc<Parts>>,
    /// A release brings it; otherwise it was there before.
    pub moved: bool,
    requires: Requires<'db>,
}

/// Where the requirements of a live version are recorded.
#[derive(Debug, Clone, Copy)]
enum Requires<'db> {
    Unknown,
    Declared(Item, FactsOf),
    Deployed(&'db [DeployedRequirement], Place),
}

impl<'db> World<'db> {
    /// Everything as it is declared.
    pub(crate) fn as_declared(db: &'db dyn Db) -> Self {
        Self { db, environment: None, state: None, shipment: None }
    }

    /// An environment before anything moves, and after a release. `None` when nothing can be said of the environment.
    pub(crate) fn of(db: &'db dyn Db, environment: Item, release: Option<Item>) -> Option<Self> {
        let state = known_state(db, environment)?;
        let shipment = release.map(|release| shipment(db, release));
        Some(Self { db, environment: Some(environment), state, shipment })
    }

    /// The environment it is in.
    pub(crate) const fn environment(&self) -> Option<Item> {
        self.environment
    }

    /// Where the release takes a name away.
    pub(crate) fn retired(&self, name: &str) -> Option<Place> {
        self.shipment?.retired.get(name).copied()
    }

    /// The live versions of a name; `None` when it is not there at all.
    pub(crate) fn live(&self, name: &SmolStr) -> Option<Vec<Live<'db>>> {
        let declared = declared(self.db, name);
        let before = || self.deployed(name, declared).or_else(|| self.undeployed(declared));
        let Some(shipment) = self.shipment else { return before() };
        if shipment.retired.contains_key(name) {
            return None;
        }
        let (Some(ships), Some(owner)) = (shipment.ships.get(name), declared) else { return before() };
        ships.iter().fold(before(), |before, shipped| {
            let given = self.db.project().ship(self.db).get(name.as_str());
            let (version, place) = match (given, &shipped.version, &owner.version) {
                (Some(given), ..) => (SmolStr::new(given), shipped.place),
                (None, Some(version), _) | (None, None, Some(version)) => {
                    (version.value.clone(), version.place)
                }
                (None, None, None) => return before,
            };
            // A version that is deployed already keeps what was recorded of it.
            let known = before.into_iter().flatten().find(|live| owner.is_same(&live.version, &version));
            Some(vec![match known {
                Some(live) => Live { moved: true, ..live },
                None => self.declared_version(owner, version, place, true),
            }])
        })
    }

    /// What the state file says.
    fn deployed(&self, name: &str, owner: Option<&Interface>) -> Option<Vec<Live<'db>>> {
        let file = self.state?;
        let deployed = file.state.as_ref().ok()?.services.get(name)?;
        let place = file.service_place(name);
        Some(deployed.versions().map(|version| self.deployed_version(owner, version, place)).collect())
    }

    /// What is live without being deployed: libraries and vendors, or everything where all is as declared.
    fn undeployed(&self, owner: Option<&Interface>) -> Option<Vec<Live<'db>>> {
        let owner = owner?;
        let version = owner.version.as_ref()?;
        let live =
            self.environment.is_none() || matches!(owner.item.kind(self.db).as_str(), "library" | "vendor");
        live.then(|| vec![self.declared_version(owner, version.value.clone(), version.place, false)])
    }

    /// A version with the facts that the declaration gives it.
    fn declared_version(&self, owner: &Interface, version: SmolStr, place: Place, moved: bool) -> Live<'db> {
        let facts = owner.facts_of(self.db, &version);
        let provides = match facts {
            Some(FactsOf::Declared) => Some(owner.provides.clone()),
            Some(FactsOf::Other(at)) => owner.at.get(at).map(|(_, provides)| provides.clone()),
            None => None,
        };
        let requires = facts.map_or(Requires::Unknown, |facts| Requires::Declared(owner.item, facts));
        Live { version, place, provides, moved, requires }
    }

    /// A deployed version: what the state file records of it, and the declaration where that is silent.
    fn deployed_version(
        &self,
        owner: Option<&Interface>,
        deployed: &'db DeployedVersion,
        place: Place,
    ) -> Live<'db> {
        let version = SmolStr::new(&deployed.version);
        let mut live = match owner {
            Some(owner) => self.declared_version(owner, version, place, false),
            None => Live { version, place, provides: None, moved: false, requires: Requires::Unknown },
        };
        if let Some(provides) = &deployed.provides {
            let parts = provides.iter().flat_map(|(part, versions)| {
                versions.iter().map(move |version| (SmolStr::new(part), Some((SmolStr::new(version), place))))
            });
            live.provides = Some(Arc::new(parts.collect()));
        }
        if let Some(requires) = &deployed.requires {
            live.requires = Requires::Deployed(requires, place);
        }
        live
    }
}

impl Live<'_> {
    /// What the version requires. Only who judges the version itself asks for this, so that nobody else rests on it.
    pub(crate) fn requires(&self, db: &dyn Db) -> Option<Arc<[Need]>> {
        match self.requires {
            Requires::Unknown => None,
            Requires::Declared(item, facts) => needs(db, item).get(facts).cloned(),
            Requires::Deployed(requires, place) => {
                Some(requires.iter().filter_map(|requirement| deployed_need(requirement, place)).collect())
            }
        }
    }
}

/// A requirement that a state file records, which is at its service's place there.
fn deployed_need(requirement: &DeployedRequirement, place: Place) -> Option<Need> {
    let (target, part) = requirement.target();
    Some(Need {
        target: SmolStr::new(target),
        part: part.map(|part| (SmolStr::new(part), place)),
        range: Some(Arc::new(Range::parse(&requirement.range)?)),
        when: requirement.when.as_deref().and_then(Range::parse).map(Arc::new),
        optional: requirement.optional,
        weak: requirement.weak,
        target_place: place,
        range_place: place,
    })
}

/// What is recorded of an environment, where anything is. `None` when nothing can be said of it, because it does not say rightly where
/// its state is, or the state file is no good.
pub(crate) fn known_state(db: &dyn Db, environment: Item) -> Option<Option<&StateFile>> {
    let state = deployed_state(db, environment);
    let is_known = !is_flawed(db, environment) && state.is_none_or(|file| file.state.is_ok());
    is_known.then_some(state)
}

/// What others see of the service, library, vendor or infrastructure with a name.
pub(crate) fn declared<'db>(db: &'db dyn Db, name: &str) -> Option<&'db Interface> {
    declared_item(db, name).map(|item| interface(db, item))
}

/// The service, library, vendor or infrastructure with a name.
pub fn declared_item(db: &dyn Db, name: &str) -> Option<Item> {
    let found = resolve_project_wide(db, name, &|kind| views::DEPLOYABLE.contains(&kind))?;
    (!views::is_template(db, found)).then_some(found)
}

/// A dependency between declarations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// Who requires.
    pub from: SmolStr,
    /// What is required.
    pub to: SmolStr,
    /// The part of it.
    pub part: Option<SmolStr>,
    /// The versions that will do, as written.
    pub range: String,
    /// It may be absent.
    pub optional: bool,
    /// It never stands in the way.
    pub weak: bool,
    /// Where the target is written.
    pub place: Place,
    /// Where the versions are written.
    pub range_place: Place,
}

impl Edge {
    /// Whether it would do with a version of what is required. `None` where that is not known.
    pub fn takes(&self, version: &str, scheme: &Scheme) -> Option<bool> {
        Range::parse(&self.range)?.admits(version, scheme)
    }
}

/// Every declared requirement, by the names of its ends.
pub fn requirements(db: &dyn Db) -> Vec<Edge> {
    views::project_wide(db, &views::DEPLOYABLE).flat_map(|item| requirements_of(db, item)).collect()
}

/// The declared requirements of one owner.
pub fn requirements_of(db: &dyn Db, owner: Item) -> Vec<Edge> {
    let edge = |need: &Need| {
        Some(Edge {
            from: owner.name(db).clone(),
            to: need.target.clone(),
            part: need.part.as_ref().map(|(part, _)| part.clone()),
            range: need.range.as_ref()?.to_string(),
            optional: need.optional,
            weak: need.weak,
            place: need.target_place,
            range_place: need.range_place,
        })
    };
    needs(db, owner).declared().iter().filter_map(edge).collect()
}
