//! Limits as bits: a search asks for them at every step.

use crate::actor::{Actor, Config, Live};
use crate::game::Game;
use crate::world::WideRule;

/// A limit with each version as a bit.
pub(crate) struct LimitBits {
    most: u32,
    today: u128,
    released: bool,
    /// What is live of units that do not move.
    fixed: u128,
    /// For each actor, configuration and scene what is live.
    live: Vec<Vec<Vec<u128>>>,
}

impl LimitBits {
    /// The limit with an index in the world. `None` for other rules, and where there are too many versions.
    pub(crate) fn of(game: &Game<'_>, index: usize, wide: usize) -> Option<Self> {
        let told = &game.world.wide[index];
        let WideRule::Limit { most, today, identity, released } = &told.rule else { return None };
        let bit = |id: &u32| 1_u128.checked_shl(*id);
        if identity.values().any(|id| *id >= u128::BITS) {
            return None;
        }
        let bits = |unit: usize, live: &Live| {
            let party = game.world.units[unit].party;
            let counts = told.units.contains(&unit);
            let ids = live.versions.iter().filter_map(|version| identity.get(&(party, *version)));
            ids.filter(|_| counts).filter_map(bit).fold(0, |all, bit| all | bit)
        };
        let scene = |actor: &Actor, scene: &Vec<Live>| {
            actor.units.iter().zip(scene).fold(0, |all, (unit, live)| all | bits(*unit, live))
        };
        let config =
            |actor: &Actor, config: &Config| config.scenes.iter().map(|lives| scene(actor, lives)).collect();
        let (_, actors) = &game.wides[wide];
        Some(Self {
            most: *most as u32,
            today: today.iter().filter_map(bit).fold(0, |all, bit| all | bit),
            released: *released,
            fixed: told
                .units
                .iter()
                .fold(0, |all, unit| all | game.fixed(*unit).map_or(0, |live| bits(*unit, &live))),
            live: actors
                .iter()
                .map(|actor| &game.actors[*actor])
                .map(|actor| actor.configs.iter().map(|one| config(actor, one)).collect())
                .collect(),
        })
    }

    /// Whether it is broken in some scene of the actors' configurations.
    pub(crate) fn is_broken(&self, configs: &mut dyn Iterator<Item = usize>, ended: bool) -> bool {
        let mut unions = vec![self.fixed];
        for (actor, config) in self.live.iter().zip(configs) {
            match actor[config].as_slice() {
                [only] => unions.iter_mut().for_each(|union| *union |= only),
                scenes => {
                    unions = unions
                        .iter()
                        .flat_map(|union| scenes.iter().map(move |scene| union | scene))
                        .collect();
                }
            }
        }
        unions.into_iter().any(|union| {
            let as_today = union & !self.today == 0 && !(ended && self.released);
            union.count_ones() > self.most && !as_today
        })
    }
}
