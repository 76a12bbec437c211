//! From rules to excluded pairs of versions.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use clearway_versions::{Range, Scheme};
use rustc_hash::FxHashMap;
use semver::Version;
use smol_str::SmolStr;

use crate::answer::{Missing, RuleKind, Unknown};
use crate::numbers::{skew_allows, skew_allows_own};
use crate::problem::{After, Facts, Problem, Requirement, Service, Skew};
use crate::world::{ABSENT, Fact, Joined, Party, Precedence, Solo, Wide, WideRule, World};

/// Adds the rules of a problem to its world.
pub(crate) fn rules(world: &mut World, problem: &Problem) {
    let names = problem.services.iter().enumerate().map(|(at, service)| (service.name.clone(), at));
    let known =
        problem.services.iter().zip(&world.parties).map(|(service, party)| known(service, party)).collect();
    let mut builder = Builder { index: names.collect(), known, problem, world };
    builder.only_from();
    builder.world.solo.resize_with(builder.world.parties.len(), Vec::new);
    for (owner, service) in problem.services.iter().enumerate() {
        builder.versions(owner, service);
        builder.service(owner, service);
    }
    builder.unknown_requirements();
    for limit in &problem.limits {
        let parties: Vec<usize> =
            limit.services.iter().filter_map(|name| builder.index.get(name).copied()).collect();
        if let Some(first) = parties.first() {
            let fact = builder.fact(RuleKind::Limit, limit.origin, *first, None);
            builder.limit(fact, &parties, limit.versions as usize);
        }
    }
    for together in &problem.together {
        let parties: Vec<usize> =
            together.services.iter().filter_map(|name| builder.index.get(name).copied()).collect();
        let (name, paired) = (together.name.clone(), together.paired);
        builder.world.together.push(Joined { name, parties, paired, origin: together.origin });
    }
}

/// What is known of each version of a service.
fn known<'p>(service: &'p Service, party: &Party) -> Vec<Option<&'p Facts>> {
    let mut known = vec![None; party.versions.len()];
    for facts in &service.facts {
        if let Some(version) = party.find(&facts.version) {
            known[usize::from(version)].get_or_insert(facts);
        }
    }
    known
}

struct Builder<'w, 'p> {
    problem: &'p Problem,
    /// What is known of each version of each service of the problem.
    known: Vec<Vec<Option<&'p Facts>>>,
    world: &'w mut World,
    index: FxHashMap<SmolStr, usize>,
}

impl<'p> Builder<'_, 'p> {
    fn fact(&mut self, rule: RuleKind, origin: crate::Origin, owner: usize, target: Option<usize>) -> u32 {
        self.world.fact(Fact { rule, origin: Some(origin), missing: None, owner, target })
    }

    fn unknown(&mut self, owner: usize, version: u16, what: Unknown) -> u32 {
        let party = &self.world.parties[owner];
        let missing = Missing {
            service: party.name.clone(),
            version: party.versions[usize::from(version)].clone(),
            what,
        };
        self.world.fact(Fact {
            rule: RuleKind::Unknown,
            origin: None,
            missing: Some(missing),
            owner,
            target: None,
        })
    }

    /// The party with a name; one that is nowhere is added.
    fn party(&mut self, name: &SmolStr) -> usize {
        if let Some(found) = self.index.get(name) {
            return *found;
        }
        let added = self.world.add_nowhere(name);
        self.world.solo.resize_with(self.world.parties.len(), Vec::new);
        self.index.insert(name.clone(), added);
        added
    }

    /// What is known of a version.
    fn facts(&self, party: usize, version: u16) -> Option<&'p Facts> {
        self.known.get(party)?.get(usize::from(version)).copied().flatten()
    }

    /// What moves may start from.
    fn only_from(&mut self) {
        for (party, known) in self.world.parties.iter_mut().zip(&self.known) {
            party.only_from =
                known.iter().map(|facts| facts.and_then(|facts| facts.only_from.clone())).collect();
        }
    }

    /// What versions require, and what is recorded of their skew.
    fn versions(&mut self, owner: usize, service: &'p Service) {
        for version in self.world.parties[owner].all() {
            let Some(facts) = self.facts(owner, version) else { continue };
            for requirement in facts.requires.iter().flatten().filter(|requirement| !requirement.weak) {
                self.requirement(owner, version, service, requirement);
            }
            for rule in facts.skew.iter().flatten() {
                self.skew(owner, service, rule, &|other| other == version);
            }
        }
    }

    fn requirement(&mut self, owner: usize, version: u16, service: &Service, requirement: &'p Requirement) {
        let text = &self.world.parties[owner].versions[usize::from(version)];
        let applies = |when: &Range| when.admits(text, &service.scheme) != Some(false);
        if !requirement.when.as_deref().is_none_or(applies) {
            return;
        }
        let target = self.party(&requirement.target);
        let fact = self.fact(RuleKind::Requirement, requirement.origin, owner, Some(target));
        if !requirement.optional {
            self.world.exclude(fact, (owner, version), (target, ABSENT));
        }
        for other in self.world.parties[target].all() {
            match self.fits(target, other, requirement) {
                Some(true) => {}
                Some(false) => self.world.exclude(fact, (owner, version), (target, other)),
                None => {
                    let unknown = self.unknown(target, other, Unknown::Provides);
                    self.world.exclude(unknown, (owner, version), (target, other));
                }
            }
        }
    }

    /// Whether a version of a target is what a requirement asks for. `None` when it is not known what it provides.
    fn fits(&self, target: usize, version: u16, requirement: &Requirement) -> Option<bool> {
        let party = &self.world.parties[target];
        let Some(service) = self.problem.services.get(target) else { return Some(false) };
        let text = &party.versions[usize::from(version)];
        let Some(part) = &requirement.part else {
            return Some(requirement.range.admits(text, &service.scheme) == Some(true));
        };
        let provides = self.facts(target, version)?.provides.as_ref()?;
        let numbered = Scheme::default();
        let admits = |provided: &SmolStr| requirement.range.admits(provided, &numbered) == Some(true);
        Some(provides.iter().any(|(name, provided)| name == part && admits(provided)))
    }

    /// The rules that hold for all versions of a service.
    fn service(&mut self, owner: usize, service: &'p Service) {
        for rule in &service.skew {
            let party = &self.world.parties[owner];
            let recorded: BTreeSet<u16> = party
                .all()
                .filter(|version| self.facts(owner, *version).is_some_and(|facts| facts.skew.is_some()))
                .collect();
            self.skew(owner, service, rule, &|version| !recorded.contains(&version));
        }
        for relation in &service.never_newer {
            self.relation(RuleKind::NeverNewer, owner, relation, |own, other| own > other);
        }
        for relation in &service.matches {
            self.relation(RuleKind::Match, owner, relation, |own, other| own != other);
        }
        for rule in &service.after {
            self.after(owner, service, rule);
        }
        for (unit, spec) in self.world.parties[owner].units.clone().into_iter().zip(&service.units) {
            for (group, origin) in &spec.after {
                let named = |other: &&usize| self.world.units[**other].name.as_ref() == Some(group);
                let first: Vec<usize> =
                    self.world.parties[owner].units.iter().filter(named).copied().collect();
                if first.is_empty() || first.contains(&unit) {
                    continue;
                }
                let fact = self.fact(RuleKind::After, *origin, owner, Some(owner));
                let down =
                    goes_down(self.world, unit) || first.iter().any(|unit| goes_down(self.world, *unit));
                let (first, second) = if down { (vec![unit], first) } else { (first, vec![unit]) };
                self.world.precedences.push(Precedence { first, second, fact });
            }
        }
    }

    /// A skew rule, for the owner's versions that it is recorded for.
    fn skew(&mut self, owner: usize, service: &Service, rule: &'p Skew, holds_for: &dyn Fn(u16) -> bool) {
        let target = rule.target.as_ref().map_or(owner, |name| self.party(name));
        let fact = self.fact(RuleKind::Skew, rule.origin, owner, Some(target));
        for version in self.world.parties[owner].all().filter(|version| holds_for(*version)) {
            let text = &self.world.parties[owner].versions[usize::from(version)];
            if rule.when.as_ref().is_some_and(|when| when.admits(text, &service.scheme) == Some(false)) {
                continue;
            }
            for other in self.world.parties[target].all() {
                if (owner, version) == (target, other) {
                    continue;
                }
                let own = self.world.parties[owner].number(version);
                let against = self.world.parties[target].number(other);
                let allowed = match (own, against) {
                    (Some(own), Some(against)) if owner == target => skew_allows_own(rule, own, against),
                    (Some(own), Some(against)) => skew_allows(rule, own, against),
                    _ => false,
                };
                if !allowed {
                    self.world.exclude(fact, (owner, version), (target, other));
                }
            }
        }
    }

    fn relation(
        &mut self,
        rule: RuleKind,
        owner: usize,
        relation: &'p crate::problem::Relation,
        broken: impl Fn(&Version, &Version) -> bool,
    ) {
        let target = self.party(&relation.target);
        if target == owner {
            return;
        }
        let fact = self.fact(rule, relation.origin, owner, Some(target));
        for version in self.world.parties[owner].all() {
            for other in self.world.parties[target].all() {
                let own = self.world.parties[owner].number(version);
                let allowed = match (own, self.world.parties[target].number(other)) {
                    (Some(own), Some(other)) => !broken(own, other),
                    _ => false,
                };
                if !allowed {
                    self.world.exclude(fact, (owner, version), (target, other));
                }
            }
        }
    }

    fn after(&mut self, owner: usize, service: &Service, rule: &'p After) {
        let Some(target) = self.index.get(&rule.target).copied() else { return };
        let party = &self.world.parties[owner];
        let deployed = || party.all().filter(|version| party.today[usize::from(*version)]);
        let applies = rule.when.as_ref().is_none_or(|when| {
            let admits = |version: u16| when.admits(&party.versions[usize::from(version)], &service.scheme);
            deployed().any(|version| admits(version) != Some(false))
        });
        if target == owner || !applies || !party.moving || !self.world.parties[target].moving {
            return;
        }
        let fact = self.fact(RuleKind::After, rule.origin, owner, Some(target));
        let units = |party: usize| -> Vec<usize> {
            let units = self.world.parties[party].units.iter();
            units.copied().filter(|unit| self.world.moves(*unit)).collect()
        };
        let (own, other) = (units(owner), units(target));
        let down = !rule.always && own.iter().chain(&other).any(|unit| goes_down(self.world, *unit));
        let (first, second) = if down { (own, other) } else { (other, own) };
        self.world.precedences.push(Precedence { first, second, fact });
    }

    fn limit(&mut self, fact: u32, parties: &[usize], most: usize) {
        let mut numbers: BTreeMap<(Option<&Version>, &str), u32> = BTreeMap::new();
        let mut identity = FxHashMap::default();
        for index in parties {
            let party = &self.world.parties[*index];
            for version in party.all() {
                let number = party.number(version);
                // Versions with equal numbers are one; what cannot be read is itself.
                let text = if number.is_some() { "" } else { party.versions[usize::from(version)].as_str() };
                let next = numbers.len() as u32;
                let id = *numbers.entry((number, text)).or_insert(next);
                identity.insert((*index, version), id);
            }
        }
        let live = |index: &usize| {
            let party = &self.world.parties[*index];
            let versions = party.all().filter(|version| party.today[usize::from(*version)]);
            versions.map(|version| (*index, version)).collect::<Vec<_>>()
        };
        let mut today: Vec<u32> =
            parties.iter().flat_map(live).filter_map(|key| identity.get(&key).copied()).collect();
        today.sort_unstable();
        today.dedup();
        let released = parties.iter().any(|party| self.world.parties[*party].released);
        let units = parties.iter().flat_map(|party| self.world.parties[*party].units.clone()).collect();
        let rule = WideRule::Limit { most, today, identity, released };
        self.world.wide.push(Wide { fact, units, rule });
    }

    /// Versions of which it is not known what they require. One that comes proves nothing beside anything; one that is there
    /// may stand in the way of everything that moves, as far as is known when its service moves itself, else of what some version
    /// of its service requires.
    fn unknown_requirements(&mut self) {
        let problem = self.problem;
        let moving: Vec<usize> =
            (0..problem.services.len()).filter(|party| self.world.parties[*party].moving).collect();
        for (owner, service) in problem.services.iter().enumerate() {
            for version in self.world.parties[owner].all() {
                if self.facts(owner, version).is_some_and(|facts| facts.requires.is_some()) {
                    continue;
                }
                let fact = self.unknown(owner, version, Unknown::Requires);
                if !self.world.parties[owner].today[usize::from(version)] {
                    self.world.solo[owner].push(Solo { version, fact, tolerated: false });
                    continue;
                }
                let known = service.facts.iter().flat_map(|facts| facts.requires.iter().flatten());
                let required: BTreeSet<&SmolStr> =
                    known.map(|requirement| &requirement.target).chain(&service.related).collect();
                let own_move = self.world.parties[owner].moving;
                for target in moving.iter().copied().filter(|target| *target != owner) {
                    let other = &self.world.parties[target];
                    if !own_move && !required.contains(&other.name) {
                        continue;
                    }
                    let present = other.present;
                    let new: Vec<u16> =
                        other.all().filter(|version| !other.today[usize::from(*version)]).collect();
                    for against in new {
                        self.world.exclude(fact, (owner, version), (target, against));
                    }
                    if present {
                        self.world.exclude(fact, (owner, version), (target, ABSENT));
                    }
                }
            }
        }
    }
}

/// Whether replicas go to an older version, or away.
pub(crate) fn goes_down(world: &World, unit: usize) -> bool {
    let unit = &world.units[unit];
    let party = &world.parties[unit.party];
    let Some(target) = unit.target else { return !unit.live.is_empty() };
    let order =
        |live: &u16| party.number(*live).zip(party.number(target)).map(|(live, target)| live.cmp(target));
    let orders: Vec<Option<Ordering>> = unit.live.iter().map(order).collect();
    orders.contains(&Some(Ordering::Greater)) && !orders.contains(&Some(Ordering::Less))
}
