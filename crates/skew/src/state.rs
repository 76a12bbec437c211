//! Single states: what is wrong with one, and whether an order that is given passes through none that is.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use crate::actor::{Config, Live, Makings};
use crate::answer::{BadState, Clash, RuleKind, Standing};
use crate::game::{Tolerance, broken, has};
use crate::problem::Problem;
use crate::variation::Variation;
use crate::world::{ABSENT, World};

/// A move of an order that is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The service.
    pub service: SmolStr,
    /// The group of its replicas.
    pub group: Option<SmolStr>,
    /// The version after; `None` when it is taken away.
    pub to: Option<SmolStr>,
}

/// Why an order that is given is no safe one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsafe {
    /// It passes through a state that breaks a rule.
    State {
        /// The wave in which it does.
        wave: usize,
        /// The state.
        state: Box<BadState>,
    },
    /// A step of a service is forbidden by a rule about steps.
    Step {
        /// The wave.
        wave: usize,
        /// The service.
        service: SmolStr,
        /// The rule.
        rule: RuleKind,
    },
    /// Something is named that the problem does not have.
    Unfamiliar(SmolStr),
    /// It does not end where it should; the service that has not arrived.
    Unfinished(SmolStr),
}

/// What is wrong with what is live today, whether it is tolerated or not. What is not known is not held against anyone.
pub fn standing_violations(world: &World) -> Vec<BadState> {
    let lives: Vec<Live> = world.units.iter().map(|unit| live_of(unit.live.clone())).collect();
    let known = |fact: u32| world.facts[fact as usize].origin.is_some();
    let found = violations(world, &lives, &|_, _| true, true);
    found
        .into_iter()
        .filter(|(fact, _)| known(*fact))
        .map(|broken| bad_state(world, &lives, broken))
        .collect()
}

/// Whether an order is safe: every state of every wave, with each of its moves not begun, half-way or finished.
pub fn replay(problem: &Problem, waves: &[Vec<Step>]) -> Result<(), Unsafe> {
    let world = World::of(problem);
    let mut lives: Vec<Live> = world.units.iter().map(|unit| live_of(unit.live.clone())).collect();
    for (at, wave) in waves.iter().enumerate() {
        let moves = joined(&world, wave)?;
        let mut options: Vec<(Vec<usize>, Vec<Config>)> = Vec::new();
        for Joint { units, to, paired } in moves {
            let from: Vec<Live> = units.iter().map(|unit| lives[*unit].clone()).collect();
            let variation = Variation::default();
            let makings = Makings {
                world: &world,
                variation: &variation,
                units: units.clone(),
                together: None,
                paired,
                expanded: true,
            };
            if let Some((service, rule)) = makings.forbidden(&from, &to) {
                return Err(Unsafe::Step { wave: at, service, rule });
            }
            let still = |lives: &[Live]| Config { scenes: vec![lives.to_vec()], inner: vec![lives.to_vec()] };
            let half = makings.half(&from, &to);
            options.push((units, [still(&from)].into_iter().chain(half).chain([still(&to)]).collect()));
        }
        if let Some(state) = first_bad(&world, &lives, &options, &mut Vec::new()) {
            return Err(Unsafe::State { wave: at, state: Box::new(state) });
        }
        for (units, configs) in options {
            let arrived = configs.last().map_or(&[][..], |config| &config.scenes[0]);
            for (unit, live) in units.into_iter().zip(arrived) {
                lives[unit] = live.clone();
            }
        }
    }
    for (unit, live) in world.units.iter().zip(&lives) {
        if live.versions != unit.target.into_iter().collect::<Vec<_>>() {
            return Err(Unsafe::Unfinished(world.parties[unit.party].name.clone()));
        }
    }
    let left = violations(&world, &lives, &|_, _| true, true);
    let released = |(fact, clash): &(u32, Option<(usize, u16, usize, u16)>)| {
        let fact = &world.facts[*fact as usize];
        let parties = clash.map_or_else(Vec::new, |(one, _, other, _)| vec![one, other]);
        let parties = parties.into_iter().chain([fact.owner]).chain(fact.target);
        fact.origin.is_some() && parties.into_iter().any(|party| world.parties[party].released)
    };
    match left.into_iter().find(released) {
        Some(broken) => {
            Err(Unsafe::State { wave: waves.len(), state: Box::new(bad_state(&world, &lives, broken)) })
        }
        None => Ok(()),
    }
}

struct Joint {
    units: Vec<usize>,
    to: Vec<Live>,
    paired: bool,
}

/// The moves of a wave, with those that move as one joined.
fn joined(world: &World, wave: &[Step]) -> Result<Vec<Joint>, Unsafe> {
    let mut joints: BTreeMap<(usize, usize), Joint> = BTreeMap::new();
    for step in wave {
        let unfamiliar = || Unsafe::Unfamiliar(step.service.clone());
        let party =
            world.parties.iter().position(|party| party.name == step.service).ok_or_else(unfamiliar)?;
        let named = |unit: &&usize| step.group.is_none() || world.units[**unit].name == step.group;
        let units: Vec<usize> = world.parties[party].units.iter().filter(named).copied().collect();
        let version =
            step.to.as_ref().map(|to| world.parties[party].find(to).ok_or_else(unfamiliar)).transpose()?;
        if units.is_empty() {
            return Err(unfamiliar());
        }
        for unit in units {
            let set = world.together.iter().position(|joined| joined.parties.contains(&party));
            let key = set.map_or((1, unit), |set| (0, set));
            let paired = set.is_some_and(|set| world.together[set].paired);
            let joint =
                joints.entry(key).or_insert_with(|| Joint { units: Vec::new(), to: Vec::new(), paired });
            joint.units.push(unit);
            joint.to.push(live_of(version.into_iter().collect()));
        }
    }
    Ok(joints.into_values().collect())
}

/// The first bad state of a wave, its moves begun in order.
fn first_bad(
    world: &World,
    lives: &[Live],
    options: &[(Vec<usize>, Vec<Config>)],
    chosen: &mut Vec<usize>,
) -> Option<BadState> {
    if let Some((_, configs)) = options.get(chosen.len()) {
        return (0..configs.len()).find_map(|config| {
            chosen.push(config);
            let found = first_bad(world, lives, options, chosen);
            chosen.pop();
            found
        });
    }
    let chosen: Vec<(&Vec<usize>, &Config)> =
        options.iter().zip(chosen.iter()).map(|((units, configs), at)| (units, &configs[*at])).collect();
    let joint_of = |unit: usize| chosen.iter().position(|(units, _)| units.contains(&unit));
    // What moves paired sees half of one another; replicas of one service see all of it.
    let apart = |one: usize, other: usize| {
        let same = world.units[one].party == world.units[other].party;
        same || joint_of(one).is_none() || joint_of(one) != joint_of(other)
    };
    let seen = scenes(lives, &chosen, &|config| &config.scenes);
    let within = scenes(lives, &chosen, &|config| &config.inner);
    let outside = seen.into_iter().find_map(|lives| first_of(world, lives, &apart));
    outside.or_else(|| {
        within.into_iter().find_map(|lives| first_of(world, lives, &|one, other| !apart(one, other)))
    })
}

fn first_of(world: &World, lives: Vec<Live>, counts: &dyn Fn(usize, usize) -> bool) -> Option<BadState> {
    let found = violations(world, &lives, counts, false).into_iter().next()?;
    Some(bad_state(world, &lives, found))
}

fn scenes<'c>(
    lives: &[Live],
    chosen: &[(&Vec<usize>, &'c Config)],
    side: &dyn Fn(&'c Config) -> &'c Vec<Vec<Live>>,
) -> Vec<Vec<Live>> {
    let mut all = vec![lives.to_vec()];
    for (units, config) in chosen {
        let with = |mut lives: Vec<Live>, scene: &Vec<Live>| {
            for (unit, live) in units.iter().zip(scene) {
                lives[*unit] = live.clone();
            }
            lives
        };
        all = all
            .into_iter()
            .flat_map(|lives| side(config).iter().map(move |scene| with(lives.clone(), scene)))
            .collect();
    }
    all
}

/// The rules that a state breaks, with the versions that clash, as party, version, party, version.
type Broken = (u32, Option<(usize, u16, usize, u16)>);

/// The rules that a state breaks between units that count. With `all`, those too that are tolerated on the way.
pub(crate) fn violations(
    world: &World,
    lives: &[Live],
    counts: &dyn Fn(usize, usize) -> bool,
    all: bool,
) -> Vec<Broken> {
    let mut found = Vec::new();
    for ((one, other), bads) in &world.pairs {
        for bad in bads.iter().filter(|bad| all || !bad.tolerated) {
            let shows = |unit: &usize, against: &usize| {
                counts(*unit, *against) && has(&lives[*unit], bad.a) && has(&lives[*against], bad.b)
            };
            let (units, others) = (&world.parties[*one].units, &world.parties[*other].units);
            if units.iter().any(|unit| others.iter().any(|against| shows(unit, against))) {
                found.push((bad.fact, Some((*one, bad.a, *other, bad.b))));
            }
        }
    }
    for (party, solos) in world.solo.iter().enumerate() {
        for solo in solos.iter().filter(|solo| all || !solo.tolerated) {
            let units = &world.parties[party].units;
            if units.iter().any(|unit| counts(*unit, *unit) && lives[*unit].versions.contains(&solo.version))
            {
                found.push((solo.fact, Some((party, solo.version, party, solo.version))));
            }
        }
    }
    for (index, wide) in world.wide.iter().enumerate() {
        let tolerance = if all { Tolerance::Never } else { Tolerance::OnTheWay };
        if broken(world, index, tolerance, &|unit| Some(lives[unit].clone())) {
            found.push((wide.fact, None));
        }
    }
    found
}

/// A broken rule in words.
pub(crate) fn bad_state(world: &World, lives: &[Live], (fact, clash): Broken) -> BadState {
    let fact = &world.facts[fact as usize];
    let parties: Vec<usize> = match clash {
        Some((one, _, other, _)) if one != other => {
            vec![fact.owner, if one == fact.owner { other } else { one }]
        }
        Some((one, ..)) => vec![one],
        None => {
            let about = world
                .wide
                .iter()
                .filter(|wide| std::ptr::eq(&raw const world.facts[wide.fact as usize], fact));
            let mut parties: Vec<usize> =
                about.flat_map(|wide| &wide.units).map(|unit| world.units[*unit].party).collect();
            parties.sort_unstable();
            parties.dedup();
            parties
        }
    };
    let live = |party: usize| {
        let units = world.parties[party].units.iter();
        let mut versions: Vec<u16> = units.flat_map(|unit| lives[*unit].versions.clone()).collect();
        versions.sort_unstable();
        versions.dedup();
        let text = |version: u16| world.parties[party].versions[usize::from(version)].clone();
        Standing {
            service: world.parties[party].name.clone(),
            versions: versions.into_iter().map(text).collect(),
        }
    };
    BadState {
        origin: fact.origin.unwrap_or_default(),
        rule: fact.rule,
        clash: clash.and_then(|clash| told_clash(world, fact.owner, clash)),
        live: parties.into_iter().map(live).collect(),
    }
}

/// A clash in words, the rule's owner first.
pub(crate) fn told_clash(
    world: &World,
    owner: usize,
    (one, a, other, b): (usize, u16, usize, u16),
) -> Option<Clash> {
    let swap = (one != owner && other == owner) || a == ABSENT;
    let ((one, a), (other, b)) = if swap { ((other, b), (one, a)) } else { ((one, a), (other, b)) };
    let text = |party: usize, version: u16| world.parties[party].versions.get(usize::from(version)).cloned();
    Some(Clash {
        owner: world.parties[one].name.clone(),
        owner_version: text(one, a)?,
        target: world.parties[other].name.clone(),
        target_version: text(other, b),
    })
}

fn live_of(versions: Vec<u16>) -> Live {
    Live { absent: versions.is_empty(), versions }
}
