//! What moves at once: its configurations, and the steps between them.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use crate::answer::RuleKind;
use crate::numbers::step_allows;
use crate::problem::{Finality, MoveKind};
use crate::variation::Variation;
use crate::world::World;

/// The versions that are live of some replicas.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Live {
    pub versions: Vec<u16>,
    /// It is not deployed; what is only stopped in its own move is there.
    pub absent: bool,
}

/// A way in which the actor's units can be at one moment, or at several that count as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Config {
    /// What others see; any of these can be.
    pub scenes: Vec<Vec<Live>>,
    /// What its own units see of one another; each of these must hold.
    pub inner: Vec<Vec<Live>>,
}

/// A step from one configuration at rest to another.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// What lies between; nothing when all changes at one moment.
    pub half: Option<usize>,
    pub to: usize,
    /// It cannot be undone.
    pub is_final: bool,
}

/// One move's worth of replicas: a unit, or units that move as one.
#[derive(Debug, Clone)]
pub(crate) struct Actor {
    pub units: Vec<usize>,
    /// What it is sorted by.
    pub name: SmolStr,
    pub together: Option<SmolStr>,
    pub configs: Vec<Config>,
    /// The steps from each configuration at rest.
    pub steps: Vec<Vec<Step>>,
    pub start: usize,
    pub goal: Option<usize>,
    /// Some of its units could stop in between and do not yet.
    pub expandable: bool,
}

/// The most configurations at rest of one actor.
const MOST_PLACES: usize = 2_000;

impl Live {
    fn of(versions: Vec<u16>) -> Self {
        Self { absent: versions.is_empty(), versions }
    }

    fn stopped() -> Self {
        Self { versions: Vec::new(), absent: false }
    }

    fn joined(&self, version: u16) -> Self {
        let mut versions = self.versions.clone();
        if let Err(at) = versions.binary_search(&version) {
            versions.insert(at, version);
        }
        Self { versions, absent: false }
    }
}

/// What units that move as one are built from.
pub(crate) struct Makings<'a> {
    pub world: &'a World,
    pub variation: &'a Variation,
    pub units: Vec<usize>,
    pub together: Option<SmolStr>,
    pub paired: bool,
    /// Versions in between may be used.
    pub expanded: bool,
}

impl Makings<'_> {
    /// The actor.
    pub(crate) fn actor(self) -> Actor {
        let world = self.world;
        let live = |unit: &usize| Live::of(world.units[*unit].live.clone());
        let start: Vec<Live> = self.units.iter().map(live).collect();
        let goal: Vec<Live> = self.units.iter().map(|unit| self.goal(*unit)).collect();
        let name = self.units.iter().map(|unit| unit_name(world, *unit)).min().unwrap_or_default();
        let mut actor = Actor {
            units: self.units.clone(),
            name,
            together: self.together.clone(),
            configs: Vec::new(),
            steps: Vec::new(),
            start: 0,
            goal: None,
            expandable: false,
        };
        let mut places: FxHashMap<Vec<Live>, usize> = FxHashMap::default();
        let mut waiting = vec![start.clone()];
        actor.rest(&mut places, start);
        while let Some(from) = waiting.pop() {
            if from == goal || places.len() > MOST_PLACES {
                continue;
            }
            let at = actor.rest(&mut places, from.clone());
            for to in self.next(&from, &goal, &mut actor.expandable) {
                if !places.contains_key(&to) {
                    waiting.push(to.clone());
                }
                let half = self.half(&from, &to).map(|config| actor.config(config));
                let is_final = self.is_final(&from, &to);
                let to = actor.rest(&mut places, to);
                actor.steps[at].push(Step { half, to, is_final });
            }
        }
        actor.goal = places.get(&goal).copied();
        actor
    }

    fn goal(&self, unit: usize) -> Live {
        Live::of(self.world.units[unit].target.into_iter().collect())
    }

    /// Where all units that have not arrived can go in one step.
    fn next(&self, from: &[Live], goal: &[Live], expandable: &mut bool) -> Vec<Vec<Live>> {
        let mut all: Vec<Vec<Live>> = vec![Vec::new()];
        for ((unit, live), goal) in self.units.iter().zip(from).zip(goal) {
            let options = if live == goal {
                vec![goal.clone()]
            } else {
                self.next_of(*unit, live, expandable)
                    .into_iter()
                    .map(|to| Live::of(to.into_iter().collect()))
                    .collect()
            };
            all = all
                .into_iter()
                .flat_map(|prefix| {
                    options.iter().map(move |option| [prefix.clone(), vec![option.clone()]].concat())
                })
                .take(MOST_PLACES)
                .collect();
        }
        all
    }

    /// Where one unit can go in one step: the target first, then versions in between.
    fn next_of(&self, unit: usize, live: &Live, expandable: &mut bool) -> Vec<Option<u16>> {
        let replicas = &self.world.units[unit];
        let party = &self.world.parties[replicas.party];
        let Some(target) = replicas.target else { return vec![None] };
        let allowed =
            |to: u16| live.versions.iter().all(|from| self.step_is_allowed(replicas.party, *from, to));
        let mut next = Vec::new();
        if allowed(target) {
            next.push(Some(target));
        }
        let releases = party.ways.as_ref().map_or(&[][..], |ways| ways.releases.as_slice());
        let between = |to: &u16| {
            let Some((to_number, target)) = party.number(*to).zip(party.number(target)) else { return false };
            let towards = |from: &u16| {
                from == to
                    || party.number(*from).is_some_and(|from| {
                        (from < to_number && to_number < target) || (from > to_number && to_number > target)
                    })
            };
            to_number != target
                && live.versions != [*to]
                && live.versions.iter().all(towards)
                && (!live.versions.is_empty() || to_number < target)
        };
        let mut others: Vec<u16> =
            releases.iter().filter_map(|version| party.find(version)).filter(between).collect();
        others.sort_by_key(|version| party.number(*version).cloned());
        others.dedup();
        others.retain(|version| allowed(*version));
        if self.expanded || next.is_empty() {
            next.extend(others.into_iter().map(Some));
        } else {
            *expandable |= !others.is_empty();
        }
        next
    }

    fn step_is_allowed(&self, party: usize, from: u16, to: u16) -> bool {
        from == to || self.broken_step(party, from, to).is_none()
    }

    /// The rule that forbids a step.
    fn broken_step(&self, party: usize, from: u16, to: u16) -> Option<RuleKind> {
        let rules = self.world.parties[party].step_rules(from, to);
        rules
            .into_iter()
            .find(|(rule, origin)| !self.variation.step_rule_is_off(party, *rule, *origin))
            .map(|(rule, _)| rule)
    }

    /// The rule that forbids a step of some unit, and its service.
    pub(crate) fn forbidden(&self, from: &[Live], to: &[Live]) -> Option<(SmolStr, RuleKind)> {
        self.units.iter().zip(from).zip(to).find_map(|((unit, from), to)| {
            let party = self.world.units[*unit].party;
            let rule = from.versions.iter().zip(to.versions.first().into_iter().cycle()).find_map(
                |(from, to)| {
                    if from == to { None } else { self.broken_step(party, *from, *to) }
                },
            )?;
            Some((self.world.parties[party].name.clone(), rule))
        })
    }

    /// What lies between two configurations at rest.
    pub(crate) fn half(&self, from: &[Live], to: &[Live]) -> Option<Config> {
        // Each unit half-way: seen from outside, with the old, with the new; a switch is either way.
        let mut options: Vec<Vec<[Live; 3]>> = Vec::new();
        let mut lasts = false;
        for ((unit, from), to) in self.units.iter().zip(from).zip(to) {
            let party = self.world.units[*unit].party;
            let kind = self.variation.kind(self.world, party);
            let same = |live: &Live| [live.clone(), live.clone(), live.clone()];
            options.push(match (kind, to.versions.first()) {
                _ if from == to => vec![same(from)],
                (MoveKind::Rolling, Some(new)) if !from.absent => {
                    lasts = true;
                    vec![[from.joined(*new), from.clone(), to.clone()]]
                }
                (MoveKind::Recreate, Some(_)) if !from.absent => {
                    lasts = true;
                    vec![same(&Live::stopped())]
                }
                // Paired, the old is with the old though others may see either.
                _ if self.paired => {
                    vec![[from.clone(), from.clone(), to.clone()], [to.clone(), from.clone(), to.clone()]]
                }
                _ => vec![same(from), same(to)],
            });
        }
        if !lasts {
            return None;
        }
        let mut combinations: Vec<Vec<&[Live; 3]>> = vec![Vec::new()];
        for option in &options {
            combinations = combinations
                .into_iter()
                .flat_map(|prefix| option.iter().map(move |one| [prefix.clone(), vec![one]].concat()))
                .collect();
        }
        let seen = |place: usize| {
            let scene = |combination: &Vec<&[Live; 3]>| -> Vec<Live> {
                combination.iter().map(|unit| unit[place].clone()).collect()
            };
            combinations.iter().map(scene).collect::<Vec<_>>()
        };
        let scenes = seen(0);
        let inner = if self.paired { [seen(1), seen(2)].concat() } else { scenes.clone() };
        Some(Config { scenes, inner })
    }

    fn is_final(&self, from: &[Live], to: &[Live]) -> bool {
        self.units.iter().zip(from).zip(to).any(|((unit, from), to)| {
            from != to && finality(self.world, *unit, &from.versions, to.versions.first().copied()).is_some()
        })
    }
}

impl Actor {
    fn rest(&mut self, places: &mut FxHashMap<Vec<Live>, usize>, lives: Vec<Live>) -> usize {
        if let Some(found) = places.get(&lives) {
            return *found;
        }
        let at = self.config(Config { scenes: vec![lives.clone()], inner: vec![lives.clone()] });
        places.insert(lives, at);
        at
    }

    fn config(&mut self, config: Config) -> usize {
        self.configs.push(config);
        self.steps.push(Vec::new());
        self.configs.len() - 1
    }
}

/// What a unit is sorted and told by.
pub(crate) fn unit_name(world: &World, unit: usize) -> SmolStr {
    let replicas = &world.units[unit];
    let party = &world.parties[replicas.party].name;
    // A group sorts after its service's name and before any longer name.
    replicas.name.as_ref().map_or_else(|| party.clone(), |group| SmolStr::new(format!("{party}\u{1}{group}")))
}

/// From when on a move cannot be undone: as its service says, or because the step rules forbid the way back.
pub(crate) fn finality(world: &World, unit: usize, from: &[u16], to: Option<u16>) -> Option<Finality> {
    let party = &world.parties[world.units[unit].party];
    let declared = party.ways.as_ref().and_then(|ways| ways.finality);
    let to = to?;
    if from.is_empty() {
        // The first version of a service can be taken away again, unless it is said that it cannot.
        return declared;
    }
    let back = from.iter().all(|from| *from == to || party.step_rules(to, *from).is_empty());
    declared.or_else(|| (!back).then_some(Finality::OnStart))
}

impl crate::world::Party {
    /// The rules that forbid a step from one version to another.
    pub(crate) fn step_rules(&self, from: u16, to: u16) -> Vec<(RuleKind, crate::Origin)> {
        let Some(ways) = &self.ways else { return Vec::new() };
        let numbers = self.number(from).zip(self.number(to));
        let mut rules = Vec::new();
        if let Some((distance, origin)) = ways.upgrade
            && !numbers.is_some_and(|(from, to)| step_allows(distance, from, to))
        {
            rules.push((RuleKind::Upgrade, origin));
        }
        if let Some(origin) = ways.no_downgrade
            && numbers.is_none_or(|(from, to)| from > to)
        {
            rules.push((RuleKind::NoDowngrade, origin));
        }
        if let Some((range, origin)) = &self.only_from[usize::from(to)]
            && range.admits(&self.versions[usize::from(from)], &ways.scheme) != Some(true)
        {
            rules.push((RuleKind::OnlyFrom, *origin));
        }
        rules
    }
}
