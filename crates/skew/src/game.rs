//! Actors and which of their configurations exclude one another: what the search plays on.

use std::collections::{BTreeMap, BTreeSet};

use crate::actor::{Actor, Config, Live, Makings};
use crate::limit::LimitBits;
use crate::variation::Variation;
use crate::world::{ABSENT, Bad, WideRule, World};

/// The actors of some services, with what excludes what.
pub(crate) struct Game<'a> {
    pub world: &'a World,
    pub variation: &'a Variation,
    pub actors: Vec<Actor>,
    /// The actor of each unit that moves here.
    pub actor_of: Vec<Option<usize>>,
    /// The configurations that cannot be, by actor.
    pub never: Vec<Vec<bool>>,
    /// For each actor the others, sorted, with the table of both.
    pub neighbours: Vec<Vec<(usize, usize)>>,
    tables: Vec<Table>,
    /// The rules over more than two that can be broken: their index in the world, and the actors in them.
    pub wides: Vec<(usize, Vec<usize>)>,
    /// Those of each actor.
    pub wides_of: Vec<Vec<usize>>,
    /// Those of them that are limits over few versions, as bits.
    limits: Vec<Option<LimitBits>>,
}

/// Which configurations of two actors exclude one another.
struct Table {
    /// The actor of the rows.
    first: usize,
    width: usize,
    bad: Vec<bool>,
}

impl<'a> Game<'a> {
    /// The actors of the services in scope, or of all. Of services in `expanded`, versions in between may be used.
    pub(crate) fn new(
        world: &'a World,
        variation: &'a Variation,
        scope: Option<&BTreeSet<usize>>,
        expanded: &BTreeSet<usize>,
    ) -> Self {
        let actors = actors(world, variation, scope, expanded);
        let mut actor_of = vec![None; world.units.len()];
        for (at, actor) in actors.iter().enumerate() {
            for unit in &actor.units {
                actor_of[*unit] = Some(at);
            }
        }
        let count = actors.len();
        let mut game = Self {
            world,
            variation,
            actors,
            actor_of,
            never: Vec::new(),
            neighbours: vec![Vec::new(); count],
            tables: Vec::new(),
            wides: Vec::new(),
            wides_of: vec![Vec::new(); count],
            limits: Vec::new(),
        };
        game.never = (0..count).map(|actor| game.excluded_alone(actor)).collect();
        game.relate();
        game.widen();
        game.prune();
        game
    }

    /// Whether two configurations of two actors exclude one another.
    pub(crate) fn is_bad(&self, table: usize, actor: usize, config: usize, other: usize) -> bool {
        let table = &self.tables[table];
        let (row, column) = if table.first == actor { (config, other) } else { (other, config) };
        table.bad[row * table.width + column]
    }

    /// Whether a rule over more than two is broken, given the configuration of each actor in it.
    pub(crate) fn wide_is_broken(&self, wide: usize, config_of: &dyn Fn(usize) -> usize) -> bool {
        let (index, actors) = &self.wides[wide];
        let ended = actors.iter().all(|actor| self.actors[*actor].goal == Some(config_of(*actor)));
        if let Some(Some(limit)) = self.limits.get(wide) {
            return limit.is_broken(&mut actors.iter().map(|actor| config_of(*actor)), ended);
        }
        let configs: Vec<(&Actor, &Config)> = actors
            .iter()
            .map(|actor| (&self.actors[*actor], &self.actors[*actor].configs[config_of(*actor)]))
            .collect();
        let tolerance = if ended { Tolerance::AtTheEnd } else { Tolerance::OnTheWay };
        self.any_scene(*index, &configs, &mut Vec::new(), tolerance)
    }

    fn any_scene(
        &self,
        index: usize,
        configs: &[(&Actor, &Config)],
        chosen: &mut Vec<(usize, Live)>,
        tolerance: Tolerance,
    ) -> bool {
        let Some(((actor, config), rest)) = configs.split_first() else {
            return broken(self.world, index, tolerance, &|unit| {
                let found = chosen.iter().find(|(other, _)| *other == unit).map(|(_, live)| live.clone());
                found.or_else(|| self.fixed(unit))
            });
        };
        config.scenes.iter().any(|scene| {
            let before = chosen.len();
            chosen.extend(actor.units.iter().copied().zip(scene.iter().cloned()));
            let found = self.any_scene(index, rest, chosen, tolerance);
            chosen.truncate(before);
            found
        })
    }

    /// What is live of a unit that does not move; of one that moves elsewhere nothing is said.
    pub(crate) fn fixed(&self, unit: usize) -> Option<Live> {
        let replicas = &self.world.units[unit];
        let live = || Live { versions: replicas.live.clone(), absent: replicas.live.is_empty() };
        (!self.world.moves(unit)).then(live)
    }

    /// The configurations of an actor that exclude themselves, or are excluded by what does not move.
    fn excluded_alone(&self, at: usize) -> Vec<bool> {
        let (world, actor) = (self.world, &self.actors[at]);
        let mut never = vec![false; actor.configs.len()];
        for (index, config) in actor.configs.iter().enumerate() {
            let ended = actor.goal == Some(index);
            let counts = |bad: &Bad| !self.variation.is_off(bad.fact) && (ended || !bad.tolerated);
            let clash_in = |scenes: &[Vec<Live>], own: bool| {
                scenes.iter().any(|lives| {
                    let placed = || actor.units.iter().zip(lives);
                    let same = |one: usize, other: usize| world.units[one].party == world.units[other].party;
                    placed().any(|(one, live)| {
                        placed().any(|(other, against)| {
                            one <= other
                                && same(*one, *other) == own
                                && self.clashes((*one, live), (*other, against), &counts)
                        })
                    })
                })
            };
            // Replicas of one service see all of it; services that are paired see half of one another.
            let within = clash_in(&config.scenes, true) || clash_in(&config.inner, false);
            let solo = |unit: usize, live: &Live| {
                world.solo[world.units[unit].party].iter().any(|solo| {
                    !self.variation.is_off(solo.fact)
                        && (ended || !solo.tolerated)
                        && live.versions.contains(&solo.version)
                })
            };
            let outside = config.scenes.iter().any(|lives| {
                actor.units.iter().zip(lives).any(|(unit, live)| {
                    solo(*unit, live)
                        || self
                            .fixed_neighbours(*unit)
                            .any(|(other, against)| self.clashes((*unit, live), (other, &against), &counts))
                })
            });
            never[index] = within || outside;
        }
        never
    }

    /// What does not move and is in some rule with a unit's service; other groups of the same service too.
    fn fixed_neighbours(&self, unit: usize) -> impl Iterator<Item = (usize, Live)> + '_ {
        let parties = self.world.neighbours[self.world.units[unit].party].iter();
        let units = parties.flat_map(|party| self.world.parties[*party].units.iter().copied());
        units.filter(move |other| *other != unit).filter_map(|other| Some((other, self.fixed(other)?)))
    }

    /// Whether what is live of two units, or of one with itself, has an excluded pair.
    fn clashes(
        &self,
        (one, live): (usize, &Live),
        (other, against): (usize, &Live),
        counts: &dyn Fn(&Bad) -> bool,
    ) -> bool {
        let (party, target) = (self.world.units[one].party, self.world.units[other].party);
        self.world.bads(party, target).any(|bad| has(live, bad.a) && has(against, bad.b) && counts(&bad))
    }

    /// Makes the tables of actors that are in some rule with one another.
    fn relate(&mut self) {
        let mut tables: BTreeMap<(usize, usize), Vec<bool>> = BTreeMap::new();
        let units = self.actors.iter().flat_map(|actor| &actor.units);
        let parties: BTreeSet<usize> = units.map(|unit| self.world.units[*unit].party).collect();
        let near = |one: &usize| {
            let others =
                self.world.neighbours[*one].iter().filter(|other| *other >= one && parties.contains(other));
            others.map(|other| (*one, *other)).collect::<Vec<_>>()
        };
        for (one, other) in parties.iter().flat_map(near) {
            let bads = self.world.pairs.get(&(one, other)).map_or(&[][..], Vec::as_slice);
            let bads: Vec<&Bad> = bads.iter().filter(|bad| !self.variation.is_off(bad.fact)).collect();
            for unit in &self.world.parties[one].units {
                let Some(first) = self.actor_of[*unit] else { continue };
                for against in &self.world.parties[other].units {
                    let Some(second) = self.actor_of[*against].filter(|second| *second != first) else {
                        continue;
                    };
                    for bad in &bads {
                        self.exclude(
                            &mut tables,
                            (first, *unit, bad.a),
                            (second, *against, bad.b),
                            bad.tolerated,
                        );
                    }
                }
            }
        }
        for precedence in self.world.precedences.iter().filter(|rule| !self.variation.is_off(rule.fact)) {
            for first in precedence.first.iter().filter_map(|unit| self.actor_of[*unit]) {
                for second in precedence.second.iter().filter_map(|unit| self.actor_of[*unit]) {
                    if first != second {
                        self.precede(&mut tables, first, second);
                    }
                }
            }
        }
        for ((first, second), bad) in tables {
            if bad.contains(&true) {
                let width = self.actors[second].configs.len();
                self.neighbours[first].push((second, self.tables.len()));
                self.neighbours[second].push((first, self.tables.len()));
                self.tables.push(Table { first, width, bad });
            }
        }
        self.neighbours.iter_mut().for_each(|others| others.sort_unstable());
    }

    fn table<'t>(
        &self,
        tables: &'t mut BTreeMap<(usize, usize), Vec<bool>>,
        first: usize,
        second: usize,
    ) -> &'t mut Vec<bool> {
        let size = self.actors[first].configs.len() * self.actors[second].configs.len();
        tables.entry((first, second)).or_insert_with(|| vec![false; size])
    }

    fn exclude(
        &self,
        tables: &mut BTreeMap<(usize, usize), Vec<bool>>,
        one: (usize, usize, u16),
        other: (usize, usize, u16),
        tolerated: bool,
    ) {
        let (one, other) = if one.0 < other.0 { (one, other) } else { (other, one) };
        let ends = (self.actors[one.0].goal, self.actors[other.0].goal);
        let width = self.actors[other.0].configs.len();
        let columns = self.configs_with(other.0, other.1, other.2);
        let table = self.table(tables, one.0, other.0);
        for row in self.configs_with(one.0, one.1, one.2) {
            for column in &columns {
                if !tolerated || ends == (Some(row), Some(*column)) {
                    table[row * width + column] = true;
                }
            }
        }
    }

    fn precede(&self, tables: &mut BTreeMap<(usize, usize), Vec<bool>>, first: usize, second: usize) {
        let (goal, start) = (self.actors[first].goal, self.actors[second].start);
        let (rows, columns) = (self.actors[first].configs.len(), self.actors[second].configs.len());
        let (low, high) = (first.min(second), first.max(second));
        let width = self.actors[high].configs.len();
        let table = self.table(tables, low, high);
        for row in (0..rows).filter(|row| Some(*row) != goal) {
            for column in (0..columns).filter(|column| *column != start) {
                let (row, column) = if first == low { (row, column) } else { (column, row) };
                table[row * width + column] = true;
            }
        }
    }

    /// The configurations in which a unit has a version, or is absent.
    fn configs_with(&self, actor: usize, unit: usize, version: u16) -> Vec<usize> {
        let actor = &self.actors[actor];
        let at = actor.units.iter().position(|other| *other == unit);
        let shows =
            |config: &Config| at.is_some_and(|at| config.scenes.iter().any(|scene| has(&scene[at], version)));
        (0..actor.configs.len()).filter(|config| shows(&actor.configs[*config])).collect()
    }

    /// Finds the rules over more than two that can be broken, and judges those that only one actor is in.
    fn widen(&mut self) {
        for (index, wide) in self.world.wide.iter().enumerate() {
            if self.variation.is_off(wide.fact) {
                continue;
            }
            let in_scope = |unit: &usize| self.actor_of[*unit].is_some() || !self.world.moves(*unit);
            let needs_all = matches!(wide.rule, WideRule::Absent { .. });
            if needs_all && !wide.units.iter().all(in_scope) {
                continue;
            }
            let actors: BTreeSet<usize> = wide.units.iter().filter_map(|unit| self.actor_of[*unit]).collect();
            if actors.is_empty() || !self.can_break(index) {
                continue;
            }
            let at = self.wides.len();
            self.wides.push((index, actors.iter().copied().collect()));
            self.limits.push(LimitBits::of(self, index, at));
            if let (1, Some(only)) = (actors.len(), actors.first()) {
                for config in 0..self.actors[*only].configs.len() {
                    if self.wide_is_broken(at, &|_| config) {
                        self.never[*only][config] = true;
                    }
                }
                self.wides.pop();
                self.limits.pop();
            } else {
                actors.into_iter().for_each(|actor| self.wides_of[actor].push(at));
            }
        }
    }

    /// Whether everything that can ever be live at once breaks a rule.
    fn can_break(&self, index: usize) -> bool {
        let wide = &self.world.wide[index];
        let lives = |unit: usize| -> Vec<&Live> {
            let Some(actor) = self.actor_of[unit].map(|actor| &self.actors[actor]) else { return Vec::new() };
            let at = actor.units.iter().position(|other| *other == unit).unwrap_or(0);
            actor.configs.iter().flat_map(|config| &config.scenes).map(|scene| &scene[at]).collect()
        };
        broken(self.world, index, Tolerance::Never, &|unit| match &wide.rule {
            _ if self.actor_of[unit].is_none() => self.fixed(unit),
            WideRule::Absent { target, .. } if self.world.units[unit].party == *target => {
                Some(Live { versions: Vec::new(), absent: lives(unit).iter().any(|live| live.absent) })
            }
            _ => {
                let versions: BTreeSet<u16> =
                    lives(unit).iter().flat_map(|live| live.versions.clone()).collect();
                Some(Live { versions: versions.into_iter().collect(), absent: false })
            }
        })
    }

    /// Takes away steps through what cannot be.
    fn prune(&mut self) {
        for (actor, never) in self.actors.iter_mut().zip(&self.never) {
            for steps in &mut actor.steps {
                steps.retain(|step| !never[step.to] && step.half.is_none_or(|half| !never[half]));
            }
        }
    }
}

/// Whether a version is live, or its absence is meant and it is absent.
pub(crate) fn has(live: &Live, version: u16) -> bool {
    if version == ABSENT { live.absent } else { live.versions.contains(&version) }
}

/// Which broken rules are tolerated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tolerance {
    /// Those that are broken today, while their sides are as today.
    OnTheWay,
    /// The same, but for what the release touches.
    AtTheEnd,
    /// None.
    Never,
}

/// Whether a rule over more than two is broken by what is live; units of which nothing is said do not count.
pub(crate) fn broken(
    world: &World,
    index: usize,
    tolerance: Tolerance,
    live_of: &dyn Fn(usize) -> Option<Live>,
) -> bool {
    let tolerates = |released: bool| match tolerance {
        Tolerance::OnTheWay => true,
        Tolerance::AtTheEnd => !released,
        Tolerance::Never => false,
    };
    let wide = &world.wide[index];
    match &wide.rule {
        WideRule::Limit { most, today, identity, released } => {
            let mut live: BTreeSet<u32> = BTreeSet::new();
            for unit in &wide.units {
                let party = world.units[*unit].party;
                let versions = live_of(*unit).map_or_else(Vec::new, |live| live.versions);
                live.extend(versions.iter().filter_map(|version| identity.get(&(party, *version))));
            }
            let as_today = live.iter().all(|version| today.contains(version));
            live.len() > *most && !(as_today && tolerates(*released))
        }
        WideRule::Absent { owner, version, target, tolerated } => {
            let units = |party: usize| world.parties[party].units.iter().map(|unit| live_of(*unit));
            let needed = units(*owner).flatten().any(|live| live.versions.contains(version));
            let gone = units(*target).all(|live| live.is_none_or(|live| live.absent));
            let released = [owner, target].into_iter().any(|party| world.parties[*party].released);
            needed && gone && !(*tolerated && tolerates(released))
        }
    }
}

/// The actors: units that move, those that move as one joined.
fn actors(
    world: &World,
    variation: &Variation,
    scope: Option<&BTreeSet<usize>>,
    expanded: &BTreeSet<usize>,
) -> Vec<Actor> {
    let all = || (0..world.units.len()).collect::<Vec<_>>();
    let units = scope.map_or_else(all, |scope| {
        scope.iter().flat_map(|party| world.parties[*party].units.iter().copied()).collect()
    });
    let moving: BTreeSet<usize> = units.into_iter().filter(|unit| world.moves(*unit)).collect();
    // Each set of services that move as one, joined with those that share a service with it.
    let mut sets: Vec<(BTreeSet<usize>, smol_str::SmolStr, bool)> = Vec::new();
    let declared = world.together.iter().filter(|_| !variation.apart);
    let declared =
        declared.map(|joined| (joined.parties.iter().copied().collect(), joined.name.clone(), joined.paired));
    let asked = (!variation.paired.is_empty())
        .then(|| (variation.paired.clone(), smol_str::SmolStr::default(), true));
    for (mut parties, mut name, mut paired) in declared.chain(asked) {
        sets.retain(|(others, other_name, other_paired)| {
            let shared = !parties.is_disjoint(others);
            if shared {
                parties.extend(others);
                name = name.clone().min(other_name.clone());
                paired &= other_paired;
            }
            !shared
        });
        sets.push((parties, name, paired));
    }
    let make = |units: Vec<usize>, together: Option<smol_str::SmolStr>, paired: bool| {
        let expanded = units.iter().any(|unit| expanded.contains(&world.units[*unit].party));
        Makings { world, variation, units, together, paired, expanded }.actor()
    };
    let mut actors = Vec::new();
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    for (parties, name, paired) in sets {
        let units: Vec<usize> =
            moving.iter().copied().filter(|unit| parties.contains(&world.units[*unit].party)).collect();
        let services: BTreeSet<usize> = units.iter().map(|unit| world.units[*unit].party).collect();
        if services.len() > 1 {
            taken.extend(&units);
            actors.push(make(units, Some(name), paired));
        }
    }
    actors.extend(moving.difference(&taken).map(|unit| make(vec![*unit], None, false)));
    actors.sort_by(|a, b| a.name.cmp(&b.name));
    actors
}
