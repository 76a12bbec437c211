//! From one step after the other to waves: each step in the earliest wave that stays safe.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use crate::actor::{Step, finality};
use crate::answer::{Move, Order, Standing, Wave};
use crate::game::Game;
use crate::problem::MoveKind;
use crate::search::Taken;
use crate::world::World;

/// The most combinations of begun and unbegun moves that are looked at for one rule over a set: beyond it, a move waits.
const MOST_COMBINATIONS: usize = 4_096;

/// The order that steps in sequence make; the first `free` of them need no move that cannot be undone.
pub(crate) fn order(game: &Game<'_>, steps: &[Taken], free: usize) -> Order {
    let mut waves =
        Waves { game, steps_of: vec![Vec::new(); game.actors.len()], count: 0, parties: Vec::new() };
    for taken in &steps[..free] {
        waves.place(*taken, 0);
    }
    let first = waves.count;
    for taken in &steps[free..] {
        waves.place(*taken, first);
    }
    waves.order()
}

struct Waves<'w, 'a> {
    game: &'w Game<'a>,
    /// The steps of each actor with their waves, in order.
    steps_of: Vec<Vec<(usize, Taken)>>,
    count: usize,
    /// The services that move in each wave.
    parties: Vec<BTreeSet<usize>>,
}

impl Waves<'_, '_> {
    fn step(&self, taken: Taken) -> &Step {
        &self.game.actors[taken.actor].steps[taken.from][taken.step]
    }

    /// Puts a step into the earliest wave, from `least` on, in which it is safe and leaves the later ones safe.
    fn place(&mut self, taken: Taken, least: usize) {
        let own = self.steps_of[taken.actor].last().map_or(0, |(wave, _)| wave + 1);
        let parties: Vec<usize> = {
            let units = self.game.actors[taken.actor].units.iter();
            units.map(|unit| self.game.world.units[*unit].party).collect()
        };
        let mut best = self.count;
        let step = self.step(taken).clone();
        let here: Vec<usize> = [taken.from].into_iter().chain(step.half).chain([step.to]).collect();
        for wave in (least.max(own)..self.count).rev() {
            let apart = !parties.iter().any(|party| self.parties[wave].contains(party));
            if apart && self.is_safe(taken.actor, &here, wave) {
                best = wave;
            }
            if !self.is_safe(taken.actor, &[step.to], wave) {
                break;
            }
        }
        if best == self.count {
            self.count += 1;
            self.parties.push(BTreeSet::new());
        }
        self.parties[best].extend(parties);
        self.steps_of[taken.actor].push((best, taken));
    }

    /// The configurations that an actor may have during a wave.
    fn during(&self, actor: usize, wave: usize) -> Vec<usize> {
        let mut at = self.game.actors[actor].start;
        for (own, taken) in &self.steps_of[actor] {
            let step = self.step(*taken);
            if *own == wave {
                return [taken.from].into_iter().chain(step.half).chain([step.to]).collect();
            }
            if *own > wave {
                break;
            }
            at = step.to;
        }
        vec![at]
    }

    /// Whether each of an actor's configurations goes with all that others may be during a wave.
    fn is_safe(&self, actor: usize, configs: &[usize], wave: usize) -> bool {
        let others_go = self.game.neighbours[actor].iter().all(|(other, table)| {
            let during = self.during(*other, wave);
            configs.iter().all(|config| {
                during.iter().all(|against| !self.game.is_bad(*table, actor, *config, *against))
            })
        });
        others_go
            && self.game.wides_of[actor].iter().all(|wide| {
                let actors = &self.game.wides[*wide].1;
                let options: Vec<Vec<usize>> = actors
                    .iter()
                    .map(|other| if *other == actor { configs.to_vec() } else { self.during(*other, wave) })
                    .collect();
                let combinations = options.iter().try_fold(1_usize, |all, one| all.checked_mul(one.len()));
                combinations.is_some_and(|count| count <= MOST_COMBINATIONS)
                    && self.all_hold(*wide, actors, &options, &mut Vec::new())
            })
    }

    fn all_hold(
        &self,
        wide: usize,
        actors: &[usize],
        options: &[Vec<usize>],
        chosen: &mut Vec<usize>,
    ) -> bool {
        let Some(next) = options.get(chosen.len()) else {
            let config_of = |actor: usize| {
                let at = actors.iter().position(|other| *other == actor);
                at.and_then(|at| chosen.get(at).copied()).unwrap_or(self.game.actors[actor].start)
            };
            return !self.game.wide_is_broken(wide, &config_of);
        };
        next.iter().all(|config| {
            chosen.push(*config);
            let holds = self.all_hold(wide, actors, options, chosen);
            chosen.pop();
            holds
        })
    }

    fn order(&self) -> Order {
        let mut waves: Vec<Vec<(SmolStr, Move)>> = (0..self.count).map(|_| Vec::new()).collect();
        let mut no_return: Option<usize> = None;
        for (actor, steps) in self.steps_of.iter().enumerate() {
            for (at, (wave, taken)) in steps.iter().enumerate() {
                let step = self.step(*taken);
                if step.is_final {
                    no_return = Some(no_return.map_or(*wave, |first| first.min(*wave)));
                }
                let until = steps.get(at + 1).map_or(self.count, |(next, _)| *next);
                let undo_until = self.undo_until(*taken, *wave, until);
                waves[*wave].extend(self.moves(actor, *taken, undo_until));
            }
        }
        for wave in &mut waves {
            wave.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
        let waves =
            waves.into_iter().map(|moves| Wave { moves: moves.into_iter().map(|(_, step)| step).collect() });
        Order { waves: waves.collect(), no_return, basis: basis(self.game) }
    }

    /// The last wave, before the actor's next, after which a step may be undone alone.
    fn undo_until(&self, taken: Taken, wave: usize, until: usize) -> Option<usize> {
        let step = self.step(taken);
        if step.is_final {
            return None;
        }
        let back: Vec<usize> = [taken.from].into_iter().chain(step.half).collect();
        // Within its own wave a step may always be undone: that is what makes the wave safe.
        let mut last = wave;
        for later in wave + 1..until {
            if !self.is_safe(taken.actor, &back, later) {
                break;
            }
            last = later;
        }
        Some(last)
    }

    /// What each unit of an actor does in a step.
    fn moves(&self, actor: usize, taken: Taken, undo_until: Option<usize>) -> Vec<(SmolStr, Move)> {
        let (world, actor) = (self.game.world, &self.game.actors[actor]);
        let step = &actor.steps[taken.from][taken.step];
        let (from, to) = (&actor.configs[taken.from].scenes[0], &actor.configs[step.to].scenes[0]);
        let moved = actor.units.iter().zip(from.iter().zip(to)).filter(|(_, (from, to))| from != to);
        moved
            .map(|(unit, (from, to))| {
                let replicas = &world.units[*unit];
                let party = &world.parties[replicas.party];
                let text = |version: &u16| party.versions[usize::from(*version)].clone();
                let kind = self.game.variation.kind(world, replicas.party);
                let replaces = !from.versions.is_empty() && !to.versions.is_empty();
                let told = Move {
                    service: party.name.clone(),
                    group: replicas.name.clone(),
                    from: from.versions.iter().map(text).collect(),
                    to: to.versions.first().map(text),
                    kind,
                    finality: finality(world, *unit, &from.versions, to.versions.first().copied()),
                    together: actor.together.clone(),
                    undo_until,
                    downtime: replaces && kind == MoveKind::Recreate,
                };
                (crate::actor::unit_name(world, *unit), told)
            })
            .collect()
    }
}

/// What does not move and is in some rule with what does.
fn basis(game: &Game<'_>) -> Vec<Standing> {
    let world: &World = game.world;
    let mut found = BTreeMap::new();
    for actor in &game.actors {
        for unit in &actor.units {
            for party in &world.neighbours[world.units[*unit].party] {
                let party = &world.parties[*party];
                if !party.moving && party.ways.is_some() {
                    let live = party.all().filter(|version| party.today[usize::from(*version)]);
                    let versions = live.map(|version| party.versions[usize::from(version)].clone()).collect();
                    found.insert(party.name.clone(), versions);
                }
            }
        }
    }
    found.into_iter().map(|(service, versions)| Standing { service, versions }).collect()
}
