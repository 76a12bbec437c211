//! What is asked of a stage: everything that is live in its environment, what ships, and the rules, each fact with its place.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use clearway_diagnostics::Place;
use clearway_model::state::{Deployed, DeployedVersion, StateFile};
use clearway_model::views::Stage;
use clearway_model::{Db, Item, deployed_state};
use clearway_skew::{Facts, MoveKind, Origin, Problem, Relation, Requirement, Service, Skew, Unit};
use clearway_versions::Range;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use super::rules::{Rules, recorded_distance, rollout_kind};
use crate::facts::{Interface, Need};
use crate::query::{needs, proof_rules, proof_sets, shipment};
use crate::shipments::Shipment;
use crate::world::{declared, known_state};

/// A problem, and where its facts are written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub problem: Problem,
    /// The place of each origin.
    pub places: Vec<Place>,
    /// The services that the project declares.
    pub declared: FxHashSet<SmolStr>,
    /// Where each version of a service is named, so that something can be asked about it.
    pub versions: FxHashMap<(SmolStr, SmolStr), Place>,
}

impl Asked {
    /// Where a fact is written.
    pub(crate) fn place(&self, origin: Origin) -> Option<Place> {
        self.places.get(origin.0 as usize).copied()
    }
}

/// What is asked of a stage, by what its answer depends on: the environment where something is recorded of it, and how services move.
/// `None` when nothing can be said of its environment.
pub(crate) fn question(db: &dyn Db, stage: &Stage) -> Option<(Option<Item>, MoveKind)> {
    let environment = stage.environment.as_ref()?.value.item;
    let recorded = known_state(db, environment)?.map(|_| environment);
    Some((recorded, rollout_kind(db, stage)))
}

/// What is asked of a release's order.
pub(crate) fn asked(db: &dyn Db, release: Item, recorded: Option<Item>, kind: MoveKind) -> Asked {
    let mut builder = Builder {
        db,
        state: recorded.and_then(|environment| deployed_state(db, environment)),
        shipment: shipment(db, release),
        kind,
        origins: FxHashMap::default(),
        asked: Asked {
            problem: Problem::default(),
            places: Vec::new(),
            declared: FxHashSet::default(),
            versions: FxHashMap::default(),
        },
    };
    builder.services();
    builder.sets();
    builder.asked
}

struct Builder<'db> {
    db: &'db dyn Db,
    state: Option<&'db StateFile>,
    shipment: &'db Shipment,
    /// How services move that do not say so themselves.
    kind: MoveKind,
    origins: FxHashMap<Place, Origin>,
    asked: Asked,
}

impl<'db> Builder<'db> {
    /// The origin of what is written at a place.
    fn origin(&mut self, place: Place) -> Origin {
        if let Some(found) = self.origins.get(&place) {
            return *found;
        }
        let origin = self.new_origin(place);
        self.origins.insert(place, origin);
        origin
    }

    /// A new origin: of several facts at one place each has its own.
    fn new_origin(&mut self, place: Place) -> Origin {
        self.asked.places.push(place);
        Origin((self.asked.places.len() - 1) as u32)
    }

    fn deployed(&self, name: &str) -> Option<(&'db Deployed, Place)> {
        let file = self.state?;
        let deployed = file.state.as_ref().ok()?.services.get(name)?;
        Some((deployed, file.service_place(name)))
    }

    /// Everything that is deployed or shipped, and the libraries and vendors that it speaks of.
    fn services(&mut self) {
        let deployed = self.state.and_then(|file| file.state.as_ref().ok());
        let mut waiting: BTreeSet<SmolStr> =
            deployed.into_iter().flat_map(|state| state.services.keys()).map(SmolStr::new).collect();
        waiting.extend(self.shipment.names().cloned());
        let mut seen = FxHashSet::default();
        while let Some(name) = waiting.pop_first() {
            if !seen.insert(name.clone()) {
                continue;
            }
            let service = self.service(&name);
            let spoken_of = spoken_of(&service);
            let lives =
                |name: &&SmolStr| declared(self.db, name).is_some_and(|other| is_always_live(self.db, other));
            let new: Vec<SmolStr> =
                spoken_of.into_iter().filter(|name| !seen.contains(*name)).filter(lives).cloned().collect();
            waiting.extend(new);
            self.asked.problem.services.push(service);
        }
        self.asked.problem.services.sort_by(|a, b| a.name.cmp(&b.name));
    }

    fn service(&mut self, name: &SmolStr) -> Service {
        let owner = declared(self.db, name);
        let rules = owner.map(|owner| proof_rules(self.db, owner.item));
        let none = Rules::default();
        let rules = rules.unwrap_or(&none);
        let mut service = Service {
            name: name.clone(),
            scheme: owner.map(|owner| owner.scheme.clone()).unwrap_or_default(),
            released: self.shipment.retired.contains_key(name) || self.shipment.ships.contains_key(name),
            kind: rules.kind.unwrap_or(self.kind),
            finality: rules.finality,
            releases: rules.releases.iter().map(|release| release.value.clone()).collect(),
            ..Service::default()
        };
        let target = self.target(name, owner);
        service.units = self.units(name, owner, rules, target.as_ref());
        if let Some(owner) = owner {
            self.asked.declared.insert(name.clone());
            service.related = needs(self.db, owner.item).all().map(|need| need.target.clone()).collect();
            for release in &rules.releases {
                self.asked.versions.entry((name.clone(), release.value.clone())).or_insert(release.place);
            }
            if let Some(version) = &owner.version {
                self.asked.versions.entry((name.clone(), version.value.clone())).or_insert(version.place);
            }
        }
        service.facts = self.facts(name, owner, rules, &service);
        service.skew = rules
            .skew
            .iter()
            .map(|(rule, place)| Skew { origin: self.origin(*place), ..rule.clone() })
            .collect();
        service.never_newer = self.relations(&rules.never_newer);
        service.matches = self.relations(&rules.matches);
        service.after = rules
            .after
            .iter()
            .map(|(rule, place)| clearway_skew::After { origin: self.origin(*place), ..rule.clone() })
            .collect();
        service.upgrade = rules.upgrade.map(|(distance, place)| (distance, self.origin(place)));
        service.no_downgrade = rules.no_downgrade.map(|place| self.origin(place));
        service
    }

    fn relations(&mut self, rules: &[(SmolStr, Place)]) -> Vec<Relation> {
        let relation = |(target, place): &(SmolStr, Place)| Relation {
            target: target.clone(),
            origin: self.origin(*place),
        };
        rules.iter().map(relation).collect()
    }

    /// What ships of a service; `None` when it does not move, `Some(None)` when it is taken away.
    fn target(&mut self, name: &SmolStr, owner: Option<&Interface>) -> Option<Option<SmolStr>> {
        if self.shipment.retired.contains_key(name) {
            return Some(None);
        }
        let shipped = self.shipment.ships.get(name)?.last()?;
        let owner = owner?;
        let given = self.db.project().ship(self.db).get(name.as_str()).map(SmolStr::new);
        let (version, place) = match (given, &shipped.version, &owner.version) {
            (Some(given), ..) => (given, shipped.place),
            (None, Some(version), _) => (version.value.clone(), version.place),
            (None, None, Some(version)) => (version.value.clone(), version.place),
            (None, None, None) => return None,
        };
        self.asked.versions.entry((name.clone(), version.clone())).or_insert(place);
        Some(Some(version))
    }

    /// The replicas: those of the declared groups, else those that the state file knows.
    fn units(
        &mut self,
        name: &SmolStr,
        owner: Option<&Interface>,
        rules: &Rules,
        target: Option<&Option<SmolStr>>,
    ) -> Vec<Unit> {
        let mut live: BTreeMap<Option<SmolStr>, Vec<SmolStr>> = BTreeMap::new();
        let texts =
            |versions: &[DeployedVersion]| versions.iter().map(|live| SmolStr::new(&live.version)).collect();
        let declared_groups = || rules.groups.iter().map(|(group, _)| Some(group.clone()));
        match self.deployed(name) {
            Some((Deployed::Groups(deployed), _)) => {
                live.extend(declared_groups().map(|group| (group, Vec::new())));
                live.extend(
                    deployed
                        .groups
                        .iter()
                        .map(|(group, live)| (Some(SmolStr::new(group)), texts(live.versions()))),
                );
            }
            Some((Deployed::Live(deployed), _)) if rules.groups.is_empty() => {
                live.insert(None, texts(deployed.versions()));
            }
            Some((Deployed::Live(deployed), _)) => {
                live.extend(declared_groups().map(|group| (group, texts(deployed.versions()))));
            }
            None if rules.groups.is_empty() => {
                live.insert(None, Vec::new());
            }
            None => live.extend(declared_groups().map(|group| (group, Vec::new()))),
        }
        if let Some((_, place)) = self.deployed(name) {
            for version in live.values().flatten() {
                self.asked.versions.insert((name.clone(), version.clone()), place);
            }
        } else if target.is_none()
            && let Some(version) =
                owner.filter(|owner| is_always_live(self.db, owner)).and_then(|owner| owner.version.as_ref())
        {
            live.values_mut().for_each(|live| *live = vec![version.value.clone()]);
        }
        let Some(target) = target else {
            // What stays is told apart by version, so that several may be live.
            let stays = |version: SmolStr| Unit {
                name: Some(version.clone()),
                live: vec![version.clone()],
                target: Some(version),
                after: Vec::new(),
            };
            let versions: BTreeSet<SmolStr> = live.into_values().flatten().collect();
            return match versions.len() {
                0 => vec![Unit::default()],
                1 => versions.into_iter().map(|version| Unit { name: None, ..stays(version) }).collect(),
                _ => versions.into_iter().map(stays).collect(),
            };
        };
        live.into_iter()
            .map(|(group, live)| {
                let declared = rules.groups.iter().find(|(name, _)| Some(name) == group.as_ref());
                let after = declared.map_or(&[][..], |(_, after)| after.as_slice());
                let after = after.iter().map(|(other, place)| (other.clone(), self.origin(*place))).collect();
                Unit { name: group, live, target: target.clone(), after }
            })
            .collect()
    }

    /// What is known of every version that a service can have.
    fn facts(
        &mut self,
        name: &SmolStr,
        owner: Option<&Interface>,
        rules: &Rules,
        service: &Service,
    ) -> Vec<Facts> {
        let units = service.units.iter();
        let mut versions: BTreeSet<SmolStr> = units.clone().flat_map(|unit| unit.live.clone()).collect();
        versions.extend(units.filter_map(|unit| unit.target.clone()));
        versions.extend(service.releases.iter().cloned());
        let mut facts = Vec::new();
        for version in versions {
            let mut known = Facts { version: version.clone(), ..Facts::default() };
            if let Some(owner) = owner {
                self.declared(owner, &mut known);
                let from = rules.only_from.iter().find(|(to, ..)| owner.is_same(to, &version));
                known.only_from = from.map(|(_, range, place)| (range.clone(), self.origin(*place)));
            }
            let same = |live: &&DeployedVersion| {
                owner.map_or(live.version == version, |owner| owner.is_same(&live.version, &version))
            };
            if let Some((deployed, place)) = self.deployed(name)
                && let Some(live) = deployed.versions().find(same)
            {
                self.recorded(live, place, &mut known);
            }
            facts.push(known);
        }
        facts
    }

    /// What the declaration says of a version.
    fn declared(&mut self, owner: &Interface, known: &mut Facts) {
        let Some(of) = owner.facts_of(self.db, &known.version) else { return };
        let parts = owner.provides_of(of);
        let provided = parts.into_iter().flat_map(|parts| {
            let names: BTreeSet<&SmolStr> = parts.names().collect();
            names
                .into_iter()
                .flat_map(|part| parts.versions(part).map(|(version, _)| (part.clone(), version.clone())))
        });
        known.provides = Some(provided.collect());
        let requires = needs(self.db, owner.item).get(of).cloned();
        known.requires =
            requires.map(|needs| needs.iter().filter_map(|need| self.requirement(need)).collect());
    }

    fn requirement(&mut self, need: &Need) -> Option<Requirement> {
        Some(Requirement {
            target: need.target.clone(),
            part: need.part.as_ref().map(|(part, _)| part.clone()),
            range: need.range.clone()?,
            when: need.when.clone(),
            optional: need.optional,
            weak: need.weak,
            origin: self.origin(need.target_place),
        })
    }

    /// What the state file says of a version: it wins.
    fn recorded(&mut self, live: &DeployedVersion, place: Place, known: &mut Facts) {
        if let Some(provides) = &live.provides {
            let parts = provides.iter().flat_map(|(part, versions)| {
                versions.iter().map(move |version| (SmolStr::new(part), SmolStr::new(version)))
            });
            known.provides = Some(parts.collect());
        }
        let range = |text: &String| Range::parse(text).map(Arc::new);
        if let Some(requires) = &live.requires {
            let requirements = requires.iter().filter_map(|requirement| {
                let (target, part) = requirement.target();
                Some(Requirement {
                    target: SmolStr::new(target),
                    part: part.map(SmolStr::new),
                    range: range(&requirement.range)?,
                    when: requirement.when.as_ref().and_then(range),
                    optional: requirement.optional,
                    weak: requirement.weak,
                    origin: self.new_origin(place),
                })
            });
            known.requires = Some(requirements.collect());
        }
        if let Some(skew) = &live.skew {
            let rules = skew.iter().map(|rule| Skew {
                target: (rule.target != "self").then(|| SmolStr::new(&rule.target)),
                behind: rule.behind.as_ref().map(recorded_distance),
                ahead: rule.ahead.as_ref().map(recorded_distance),
                when: rule.when.as_deref().and_then(Range::parse),
                origin: self.new_origin(place),
            });
            known.skew = Some(rules.collect());
        }
    }

    /// Services that move as one, and limits.
    fn sets(&mut self) {
        let sets = proof_sets(self.db, self.db.project());
        for (together, place) in &sets.together {
            let origin = self.origin(*place);
            self.asked.problem.together.push(clearway_skew::Together { origin, ..together.clone() });
        }
        for (limit, place) in &sets.limits {
            let origin = self.origin(*place);
            self.asked.problem.limits.push(clearway_skew::Limit { origin, ..limit.clone() });
        }
    }
}

/// Whether something is live without being deployed.
fn is_always_live(db: &dyn Db, owner: &Interface) -> bool {
    matches!(owner.item.kind(db).as_str(), "library" | "vendor")
}

/// The names that a service's facts and rules speak of.
fn spoken_of(service: &Service) -> Vec<&SmolStr> {
    let requires = service.facts.iter().flat_map(|facts| facts.requires.iter().flatten());
    let recorded = service.facts.iter().flat_map(|facts| facts.skew.iter().flatten());
    let skew = service.skew.iter().chain(recorded).filter_map(|rule| rule.target.as_ref());
    let relations = service.never_newer.iter().chain(&service.matches).map(|relation| &relation.target);
    requires.map(|requirement| &requirement.target).chain(skew).chain(relations).collect()
}
