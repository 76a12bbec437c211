//! What is live: the versions of everything, with what is known of each, as declared or after a release in an environment.
//!
//! Facts of a version come from the state file (for a deployed version it wins), from `at V { … }`, or from the declaration where
//! the version is the declared one. What is not known is `None`, and is never taken for empty.

use std::collections::BTreeMap;
use std::sync::Arc;

use clearway_diagnostics::Place;
use clearway_model::state::{DeployedVersion, StateFile};
use clearway_model::views::{self, Declared, Deployable, FactsAt, Provided, Requirement, Ship};
use clearway_model::{Db, Item, deployable};
use clearway_versions::{Range, Scheme};
use smol_str::SmolStr;

use crate::query::declared_facts;

/// The provided versions of each part, with their places.
pub(crate) type Parts = BTreeMap<SmolStr, Vec<(SmolStr, Place)>>;

/// What a declaration says of the version it declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    /// The parts it provides.
    pub provides: Arc<Parts>,
    /// What it requires.
    pub requires: Arc<[Need]>,
}

impl Facts {
    /// The facts of a declaration.
    pub(crate) fn of(owner: &Deployable) -> Self {
        Self { provides: Arc::new(provided(&owner.provides)), requires: needs(&owner.requires).into() }
    }
}

/// A requirement as a fact, wherever it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Need {
    /// What is required.
    pub target: SmolStr,
    /// A part of it.
    pub part: Option<SmolStr>,
    /// The versions that will do.
    pub range: Arc<Range>,
    /// Only for these versions of the owner.
    pub when: Option<Arc<Range>>,
    /// It may be absent.
    pub optional: bool,
    /// It never stands in the way.
    pub weak: bool,
    /// Where the target is written.
    pub target_place: Place,
    /// Where the range is written.
    pub range_place: Place,
}

/// A live version with what is known of it.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    /// The version, as written.
    pub version: SmolStr,
    /// Where it is written.
    pub place: Place,
    /// The provided versions of each part, with their places.
    pub provides: Option<Arc<Parts>>,
    /// What it requires.
    pub requires: Option<Arc<[Need]>>,
    /// A release brings it; otherwise it was there before.
    pub moved: bool,
}

/// What is live, by name.
pub(crate) type World = BTreeMap<SmolStr, Vec<Live>>;

/// Everything that is declared, by name.
pub(crate) type Declarations = BTreeMap<SmolStr, Arc<Declared<Deployable>>>;

/// The declared services, libraries, vendors and infrastructure.
pub(crate) fn declarations(db: &dyn Db) -> Declarations {
    views::project_wide(db, &views::DEPLOYABLE)
        .map(|item| deployable(db, item))
        .map(|found| (found.name.clone(), found))
        .collect()
}

/// The releases of the project's own files.
pub(crate) fn releases(db: &dyn Db) -> Vec<Item> {
    let sources = db.project().sources(db).iter();
    let items = sources.flat_map(|file| clearway_model::items(db, *file));
    items.filter(|item| item.kind(db) == "release" && !views::is_template(db, **item)).copied().collect()
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
}

/// Every declared requirement, by the names of its ends.
pub fn requirements(db: &dyn Db) -> Vec<Edge> {
    let declared = declarations(db);
    let edges = declared.values().flat_map(|owner| {
        needs(&owner.view.requires).into_iter().map(|need| Edge {
            from: owner.name.clone(),
            to: need.target,
            part: need.part,
            range: need.range.to_string(),
            optional: need.optional,
            weak: need.weak,
            place: need.target_place,
        })
    });
    edges.collect()
}

pub(crate) fn needs(requirements: &[Requirement]) -> Vec<Need> {
    let need = |requirement: &Requirement| {
        let (target, range) = (requirement.target.as_ref()?, requirement.range.as_ref()?);
        Some(Need {
            target: target.value.name.clone(),
            part: target.value.part.as_ref().map(|(part, _)| part.clone()),
            range: range.value.clone(),
            when: requirement.when.as_ref().map(|when| when.value.clone()),
            optional: requirement.optional,
            weak: requirement.weak,
            target_place: target.place,
            range_place: range.place,
        })
    };
    requirements.iter().filter_map(need).collect()
}

fn provided(provides: &[Provided]) -> Parts {
    let mut parts: BTreeMap<SmolStr, Vec<(SmolStr, Place)>> = BTreeMap::new();
    for provide in provides {
        if let (Some(part), Some(version)) = (&provide.part, &provide.version) {
            parts.entry(part.value.clone()).or_default().push((version.value.clone(), version.place));
        }
    }
    parts
}

/// A version of a deployable with the facts that the declaration gives it.
pub(crate) fn declared_version(
    db: &dyn Db,
    declared: &Declared<Deployable>,
    version: &SmolStr,
    place: Place,
    moved: bool,
) -> Live {
    let owner = &declared.view;
    let scheme = owner.scheme();
    let same = |other: &SmolStr| other == version || is_same(&scheme, other, version);
    let at = owner.at.iter().find(|facts| facts.version.as_ref().is_some_and(|version| same(&version.value)));
    let (provides, requires) = match at {
        Some(FactsAt { provides, requires, .. }) => {
            (Some(Arc::new(provided(provides))), Some(needs(requires).into()))
        }
        None => {
            // Without any declared facts, a version has none.
            let known = db.project().assume_declared(db)
                || owner.version.as_ref().is_some_and(|declared| same(&declared.value))
                || (owner.provides.is_empty() && owner.requires.is_empty() && owner.at.is_empty());
            let facts = known.then(|| declared_facts(db, declared.item));
            (facts.as_ref().map(|facts| facts.provides.clone()), facts.map(|facts| facts.requires))
        }
    };
    Live { version: version.clone(), place, provides, requires, moved }
}

fn is_same(scheme: &Scheme, left: &str, right: &str) -> bool {
    matches!((scheme.read(left), scheme.read(right)), (Some(left), Some(right)) if left == right)
}

/// A deployed version: what the state file records of it, and the declaration where that is silent.
fn deployed_version(
    db: &dyn Db,
    owner: Option<&Declared<Deployable>>,
    deployed: &DeployedVersion,
    place: Place,
) -> Live {
    let version = SmolStr::new(&deployed.version);
    let mut live = match owner {
        Some(owner) => declared_version(db, owner, &version, place, false),
        None => Live { version, place, provides: None, requires: None, moved: false },
    };
    if let Some(provides) = &deployed.provides {
        let at =
            |versions: &Vec<String>| versions.iter().map(|version| (SmolStr::new(version), place)).collect();
        live.provides = Some(Arc::new(
            provides.iter().map(|(part, versions)| (SmolStr::new(part), at(versions))).collect(),
        ));
    }
    if let Some(requires) = &deployed.requires {
        let need = |requirement: &clearway_model::state::DeployedRequirement| {
            let (target, part) = match requirement.target.split_once('.') {
                Some((target, part)) => (target, Some(SmolStr::new(part))),
                None => (requirement.target.as_str(), None),
            };
            Some(Need {
                target: SmolStr::new(target),
                part,
                range: Arc::new(Range::parse(&requirement.range)?),
                when: requirement.when.as_deref().and_then(Range::parse).map(Arc::new),
                optional: requirement.optional,
                weak: requirement.weak,
                target_place: place,
                range_place: place,
            })
        };
        live.requires = Some(requires.iter().filter_map(need).collect::<Vec<_>>().into());
    }
    live
}

/// What is live when everything runs as it is declared.
pub(crate) fn as_declared(db: &dyn Db, declared: &Declarations) -> World {
    let live = declared.iter().filter_map(|(name, owner)| {
        let version = owner.view.version.as_ref()?;
        Some((name.clone(), vec![declared_version(db, owner, &version.value, version.place, false)]))
    });
    live.collect()
}

/// What is live in an environment before anything moves: what its state file says, and the declared versions of libraries and
/// vendors, which are not deployed.
pub(crate) fn deployed(db: &dyn Db, declared: &Declarations, state: Option<&StateFile>) -> World {
    let mut world = World::new();
    for (name, owner) in declared {
        if matches!(owner.item.kind(db).as_str(), "library" | "vendor")
            && let Some(version) = &owner.view.version
        {
            world.insert(
                name.clone(),
                vec![declared_version(db, owner, &version.value, version.place, false)],
            );
        }
    }
    if let Some(Ok(state)) =
        state.map(|file| (&file.state, file)).map(|(state, file)| state.as_ref().map(|state| (state, file)))
    {
        let (state, file) = state;
        for (name, versions) in &state.services {
            let owner = declared.get(name.as_str()).map(|owner| &**owner);
            let place = file.service_place(name);
            let live =
                versions.versions().map(|version| deployed_version(db, owner, version, place)).collect();
            world.insert(SmolStr::new(name), live);
        }
    }
    world
}

/// Puts what a release ships into a world: the version it names, one from the command line, or the declared one.
pub(crate) fn ship(db: &dyn Db, declared: &Declarations, ships: &[Ship], world: &mut World) {
    for ship in ships {
        let Some(service) = &ship.service else { continue };
        let Some(owner) = declared.get(&service.value.name) else { continue };
        let given = db.project().ship(db).get(service.value.name.as_str());
        let (version, place) = match (given, &ship.version, &owner.view.version) {
            (Some(given), ..) => (SmolStr::new(given), service.place),
            (None, Some(version), _) => (version.value.clone(), version.place),
            (None, None, Some(version)) => (version.value.clone(), version.place),
            (None, None, None) => continue,
        };
        let before = world.get(&service.value.name).into_iter().flatten();
        let scheme = owner.view.scheme();
        // A version that is deployed already keeps what was recorded of it.
        let known = before
            .into_iter()
            .find(|live| live.version == version || is_same(&scheme, &live.version, &version));
        let live = match known {
            Some(live) => Live { moved: true, ..live.clone() },
            None => declared_version(db, owner, &version, place, true),
        };
        world.insert(service.value.name.clone(), vec![live]);
    }
}
