//! Why there is no order: irreducible sets of facts, and what would open one.

use std::collections::{BTreeMap, BTreeSet};

use crate::actor::Live;
use crate::answer::{BadState, Cause, Conflict, Missing, Refusal, RuleKind};
use crate::opening::openings;
use crate::problem::Origin;
use crate::solve::{Solved, solve};
use crate::state::{bad_state, told_clash, violations};
use crate::variation::Variation;
use crate::world::{ABSENT, Bad, World};

/// How many states are looked at for each set of facts that is tried: the sets are many, and what is beyond counts as open.
const STATES_A_TRIAL: usize = 20_000;

/// The rules that come from one place, which hold or do not hold as one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    facts: Vec<u32>,
    steps: Vec<(usize, RuleKind)>,
}

/// Tells why sets of services have no order.
pub(crate) fn refuse(
    world: &World,
    stuck: &[BTreeSet<usize>],
    beyond: &[BTreeSet<usize>],
    budget: usize,
) -> Refusal {
    let budget = budget.min(STATES_A_TRIAL);
    let mut refusal = Refusal::default();
    for set in stuck {
        let mut search = Search { world, scope: set.clone(), budget };
        let unknown = search.unknown();
        let known = Variation { off: unknown.iter().copied().collect(), ..Variation::default() };
        if search.is_stuck(&known) {
            search.conflicts(known, &mut refusal.conflicts);
        } else {
            search.missing(&unknown, &mut refusal.missing);
        }
    }
    // What else stands in the way of the same versions is asked for at once.
    let paired = world.pairs.values().flatten().map(|bad| bad.fact);
    let effective: BTreeSet<u32> = paired.chain(world.solo.iter().flatten().map(|solo| solo.fact)).collect();
    let unknown = effective.into_iter().filter_map(|fact| world.facts[fact as usize].missing.as_ref());
    let same =
        |one: &Missing, other: &Missing| (&one.service, &one.version) == (&other.service, &other.version);
    let others: Vec<Missing> =
        unknown.filter(|other| refusal.missing.iter().any(|one| same(one, other))).cloned().collect();
    refusal.missing.extend(others);
    refusal.conflicts.sort_by(|a, b| a.services.cmp(&b.services));
    refusal.missing.sort();
    refusal.missing.dedup();
    let names = |set: &BTreeSet<usize>| set.iter().map(|party| world.parties[*party].name.clone()).collect();
    refusal.beyond = beyond.iter().map(names).collect();
    refusal
}

/// Rules that are broken in the end between replicas that do not move, of which the release ships some.
pub(crate) fn standing(world: &World) -> Refusal {
    let lives: Vec<Live> = world.units.iter().map(|unit| live(unit.target.into_iter().collect())).collect();
    let mut conflicts = Vec::new();
    let stay = |one: usize, other: usize| !world.moves(one) && !world.moves(other);
    for (fact, clash) in violations(world, &lives, &stay, true) {
        let told = &world.facts[fact as usize];
        let parties: Vec<usize> = match clash {
            Some((one, _, other, _)) => vec![one, other],
            None => {
                let units = world.wide.iter().filter(|wide| wide.fact == fact).flat_map(|wide| &wide.units);
                units.map(|unit| world.units[*unit].party).collect()
            }
        };
        let Some(origin) = told.origin else { continue };
        let wide = world.wide.iter().filter(|wide| wide.fact == fact && clash.is_none());
        if wide.flat_map(|wide| &wide.units).any(|unit| world.moves(*unit)) {
            continue;
        }
        if parties.iter().any(|party| world.parties[*party].released) {
            let excludes = clash.and_then(|clash| told_clash(world, told.owner, clash));
            conflicts.push(Conflict {
                facts: vec![Cause {
                    origin,
                    rule: told.rule,
                    owner: world.parties[told.owner].name.clone(),
                    target: told.target.map(|target| world.parties[target].name.clone()),
                    excludes,
                }],
                together: Vec::new(),
                services: parties.iter().map(|party| world.parties[*party].name.clone()).collect(),
                in_the_end: true,
                first_bad: Some(bad_state(world, &lives, (fact, clash))),
                openings: Vec::new(),
            });
        }
    }
    Refusal { conflicts, ..Refusal::default() }
}

struct Search<'s> {
    world: &'s World,
    scope: BTreeSet<usize>,
    budget: usize,
}

impl Search<'_> {
    fn is_stuck(&self, variation: &Variation) -> bool {
        let solved = solve(self.world, variation, Some(&self.scope), self.budget);
        matches!(solved, Solved::Stuck { stuck, .. } if !stuck.is_empty())
    }

    /// What is unknown about the services in scope.
    fn unknown(&self) -> Vec<u32> {
        self.effective()
            .into_iter()
            .filter(|fact| self.world.facts[*fact as usize].missing.is_some())
            .collect()
    }

    /// The facts that can stand in the way of the services in scope.
    fn effective(&self) -> BTreeSet<u32> {
        let (world, scope) = (self.world, &self.scope);
        let mut facts = BTreeSet::new();
        // A service of which all replicas move elsewhere is out of it; groups that stay are there.
        let outside = |party: &usize| {
            !scope.contains(party) && world.parties[*party].units.iter().all(|unit| world.moves(*unit))
        };
        for one in scope {
            for other in world.neighbours[*one].iter().filter(|other| !outside(other)) {
                facts.extend(world.bads(*one, *other).map(|bad| bad.fact));
            }
        }
        for party in scope {
            facts.extend(world.solo[*party].iter().map(|solo| solo.fact));
        }
        let within = |units: &[usize]| units.iter().any(|unit| scope.contains(&world.units[*unit].party));
        let ordered = world.precedences.iter().filter(|rule| within(&rule.first) && within(&rule.second));
        facts.extend(ordered.map(|rule| rule.fact));
        facts.extend(world.wide.iter().filter(|wide| within(&wide.units)).map(|wide| wide.fact));
        facts
    }

    /// The rules that can stand in the way, by where they come from.
    fn rules(&self) -> BTreeMap<Origin, Rules> {
        let mut rules: BTreeMap<Origin, Rules> = BTreeMap::new();
        for fact in self.effective() {
            if let Some(origin) = self.world.facts[fact as usize].origin {
                rules.entry(origin).or_default().facts.push(fact);
            }
        }
        for party in &self.scope {
            let Some(ways) = &self.world.parties[*party].ways else { continue };
            let mut add = |rule: RuleKind, origin: Origin| {
                rules.entry(origin).or_default().steps.push((*party, rule));
            };
            ways.upgrade.iter().for_each(|(_, origin)| add(RuleKind::Upgrade, *origin));
            ways.no_downgrade.iter().for_each(|origin| add(RuleKind::NoDowngrade, *origin));
            for (_, origin) in self.world.parties[*party].only_from.iter().flatten() {
                add(RuleKind::OnlyFrom, *origin);
            }
        }
        rules
    }

    /// Irreducible sets, one after the other, until there is an order without them.
    fn conflicts(&mut self, mut base: Variation, conflicts: &mut Vec<Conflict>) {
        let rules: Vec<(Origin, Rules)> = self.rules().into_iter().collect();
        let mut left: Vec<usize> = (0..rules.len()).collect();
        while self.is_stuck(&base) {
            let core = self.irreducible(&rules, &left, &base);
            if core.is_empty() {
                break;
            }
            conflicts.push(self.conflict(&rules, &core, &base));
            for at in &core {
                switch_off(&mut base, &rules[*at]);
            }
            left.retain(|at| !core.contains(at));
        }
    }

    /// Some of the rules that are stuck alone, and without any one of which the others are not.
    fn irreducible(&self, rules: &[(Origin, Rules)], left: &[usize], base: &Variation) -> Vec<usize> {
        let mut core = left.to_vec();
        let stuck_with = |kept: &[usize]| {
            let mut variation = base.clone();
            let gone = left.iter().filter(|at| !kept.contains(at));
            gone.for_each(|at| switch_off(&mut variation, &rules[*at]));
            self.is_stuck(&variation)
        };
        let mut size = core.len().div_ceil(2).max(1);
        loop {
            let mut at = 0;
            while at < core.len() {
                let mut fewer = core.clone();
                fewer.drain(at..(at + size).min(core.len()));
                if stuck_with(&fewer) { core = fewer } else { at += size }
            }
            if size == 1 {
                return core;
            }
            size = size.div_ceil(2);
        }
    }

    fn conflict(&self, rules: &[(Origin, Rules)], core: &[usize], base: &Variation) -> Conflict {
        let world = self.world;
        let facts: Vec<u32> = core.iter().flat_map(|at| rules[*at].1.facts.clone()).collect();
        let mut services = BTreeSet::new();
        let mut causes = Vec::new();
        for at in core {
            let (origin, rules) = &rules[*at];
            let fact = rules.facts.first().map(|fact| &world.facts[*fact as usize]);
            let rule = fact.map(|fact| fact.rule).or_else(|| rules.steps.first().map(|(_, rule)| *rule));
            let parties = rules.facts.iter().flat_map(|fact| self.about(*fact));
            services.extend(parties.chain(rules.steps.iter().map(|(party, _)| *party)));
            let excludes = rules.facts.iter().find_map(|fact| self.clash(*fact));
            let name = |party: usize| world.parties[party].name.clone();
            let owner = fact.map(|fact| fact.owner).or_else(|| rules.steps.first().map(|(party, _)| *party));
            causes.push(Cause {
                origin: *origin,
                rule: rule.unwrap_or(RuleKind::Requirement),
                owner: owner.map(name).unwrap_or_default(),
                target: fact.and_then(|fact| fact.target).map(name),
                excludes,
            });
        }
        services.retain(|party| world.parties[*party].moving);
        let ends: Vec<Live> =
            world.units.iter().map(|unit| live(unit.target.into_iter().collect())).collect();
        let in_the_end = core.len() == 1
            && violations(world, &ends, &|_, _| true, true).iter().any(|(fact, _)| facts.contains(fact));
        // Everything but these rules is out of the question: what opens them is judged with them alone.
        let mut alone = base.clone();
        let others = (0..rules.len()).filter(|at| !core.contains(at));
        others.for_each(|at| switch_off(&mut alone, &rules[at]));
        Conflict {
            first_bad: self.first_bad(&services, &facts),
            openings: if in_the_end {
                Vec::new()
            } else {
                openings(world, &services, &facts, &self.scope, &alone, self.budget)
            },
            services: services.iter().map(|party| world.parties[*party].name.clone()).collect(),
            together: self.together(&services),
            facts: causes,
            in_the_end,
        }
    }

    /// The sets that move as one and that some services are in.
    fn together(&self, services: &BTreeSet<usize>) -> Vec<Origin> {
        let about = |party: &usize| services.contains(party);
        let joined = self.world.together.iter().filter(|joined| joined.parties.iter().any(about));
        joined.map(|joined| joined.origin).collect()
    }

    /// The services that a rule is about.
    fn about(&self, fact: u32) -> Vec<usize> {
        let told = &self.world.facts[fact as usize];
        let wide = self.world.wide.iter().filter(|wide| wide.fact == fact).flat_map(|wide| &wide.units);
        let wide = wide.map(|unit| self.world.units[*unit].party);
        [told.owner].into_iter().chain(told.target).chain(wide).collect()
    }

    /// A pair of versions that a rule excludes; of those that are live today or in the end rather than of others.
    fn clash(&self, fact: u32) -> Option<crate::Clash> {
        let world = self.world;
        let told = &world.facts[fact as usize];
        let target = told.target?;
        let mentioned = |party: usize, version: u16| {
            let units = world.parties[party].units.iter().map(|unit| &world.units[*unit]);
            units.into_iter().any(|unit| unit.live.contains(&version) || unit.target == Some(version))
        };
        let counts = |bad: &Bad| bad.fact == fact && !bad.tolerated;
        let own = |bad: &Bad| world.parties[told.owner].versions.len() > usize::from(bad.a);
        let bads: Vec<Bad> = world.bads(told.owner, target).filter(|bad| counts(bad) && own(bad)).collect();
        let is_near = |bad: &&Bad| {
            mentioned(told.owner, bad.a)
                && (usize::from(bad.b) >= world.parties[target].versions.len() || mentioned(target, bad.b))
        };
        // What is there rather than what is absent: an absence is only at stake where something goes or comes.
        let there = bads.iter().find(|bad| bad.b != ABSENT && is_near(bad));
        let bad = there.or_else(|| bads.iter().find(is_near)).or_else(|| bads.first())?;
        told_clash(world, told.owner, (told.owner, bad.a, target, bad.b))
    }

    /// The first state that breaks one of some rules when their services move one after the other, by name.
    fn first_bad(&self, services: &BTreeSet<usize>, facts: &[u32]) -> Option<BadState> {
        let world = self.world;
        let mut lives: Vec<Live> = world.units.iter().map(|unit| live(unit.live.clone())).collect();
        let mut parties: Vec<usize> = services.iter().copied().collect();
        parties.sort_by_key(|party| &world.parties[*party].name);
        for unit in parties.iter().flat_map(|party| &world.parties[*party].units) {
            let replicas = &world.units[*unit];
            let both: BTreeSet<u16> = replicas.live.iter().copied().chain(replicas.target).collect();
            let half =
                (!replicas.live.is_empty() && replicas.target.is_some()).then(|| both.into_iter().collect());
            for versions in half.into_iter().chain([replicas.target.into_iter().collect()]) {
                lives[*unit] = live(versions);
                let found = violations(world, &lives, &|_, _| true, false);
                if let Some(broken) = found.into_iter().find(|(fact, _)| facts.contains(fact)) {
                    return Some(bad_state(world, &lives, broken));
                }
            }
        }
        None
    }

    /// What has to be known: facts are asked for until there is an order without the others.
    fn missing(&self, unknown: &[u32], missing: &mut Vec<Missing>) {
        let rules: Vec<(Origin, Rules)> = unknown
            .iter()
            .map(|fact| (Origin::default(), Rules { facts: vec![*fact], steps: Vec::new() }))
            .collect();
        let mut base = Variation::default();
        let mut left: Vec<usize> = (0..rules.len()).collect();
        while self.is_stuck(&base) {
            // Where very much is unknown, all of it is asked for.
            let core = if left.len() > 64 { left.clone() } else { self.irreducible(&rules, &left, &base) };
            if core.is_empty() {
                break;
            }
            for at in &core {
                let facts = rules[*at].1.facts.iter();
                missing.extend(facts.filter_map(|fact| self.world.facts[*fact as usize].missing.clone()));
                switch_off(&mut base, &rules[*at]);
            }
            left.retain(|at| !core.contains(at));
        }
    }
}

fn switch_off(variation: &mut Variation, (origin, rules): &(Origin, Rules)) {
    variation.off.extend(&rules.facts);
    variation.steps_off.extend(rules.steps.iter().map(|(party, rule)| (*party, *rule, *origin)));
}

fn live(versions: Vec<u16>) -> Live {
    Live { absent: versions.is_empty(), versions }
}
