//! The states on the path of an order, for who has to know whether it still holds.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::answer::{Move, Order};

/// Where on the path of an order something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The waves before this one have finished; the number of waves when all have.
    pub wave: usize,
    /// Whether a move of that wave has begun.
    pub begun: bool,
}

/// A service whose live versions are on no state of the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// The service.
    pub service: String,
}

/// Where on the path what is observed lies, by service; of several places the furthest. What neither moves nor was relied on may be
/// anything. Otherwise the service that is out of place where the fewest are;
/// of several such places the earliest.
pub fn on_path(order: &Order, observed: &BTreeMap<String, BTreeSet<String>>) -> Result<Position, Stray> {
    let seen = |service: &str| observed.get(service).cloned().unwrap_or_default();
    for standing in &order.basis {
        let versions: BTreeSet<String> = standing.versions.iter().map(ToString::to_string).collect();
        if seen(&standing.service) != versions {
            return Err(Stray { service: standing.service.to_string() });
        }
    }
    let mut closest: Option<(usize, Stray)> = None;
    let services = Services::of(order);
    for wave in (0..=order.waves.len()).rev() {
        let mut begun = false;
        let mut strays = Vec::new();
        for (service, replicas) in &services.replicas {
            let observed = seen(service);
            let (before, during) = replicas.states(wave);
            if observed == before {
                continue;
            }
            if during.contains(&observed) { begun = true } else { strays.push(service) }
        }
        let Some(first) = strays.first() else { return Ok(Position { wave, begun }) };
        if closest.as_ref().is_none_or(|(count, _)| strays.len() <= *count) {
            closest = Some((strays.len(), Stray { service: first.to_string() }));
        }
    }
    closest.map_or(Ok(Position { wave: order.waves.len(), begun: false }), |(_, stray)| Err(stray))
}

/// What moves, by service.
struct Services<'o> {
    replicas: BTreeMap<&'o SmolStr, Replicas<'o>>,
}

/// The moves of a service's groups with their waves.
#[derive(Default)]
struct Replicas<'o> {
    groups: BTreeMap<Option<&'o SmolStr>, Vec<(usize, &'o Move)>>,
}

impl<'o> Services<'o> {
    fn of(order: &'o Order) -> Self {
        let mut replicas: BTreeMap<&SmolStr, Replicas<'_>> = BTreeMap::new();
        for (at, wave) in order.waves.iter().enumerate() {
            for step in &wave.moves {
                let groups = &mut replicas.entry(&step.service).or_default().groups;
                groups.entry(step.group.as_ref()).or_default().push((at, step));
            }
        }
        Self { replicas }
    }
}

impl Replicas<'_> {
    /// The live versions before a wave, and those that may be live during it.
    fn states(&self, wave: usize) -> (BTreeSet<String>, Vec<BTreeSet<String>>) {
        let text = |versions: &[SmolStr]| versions.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
        let mut before = BTreeSet::new();
        let mut during = vec![BTreeSet::new()];
        for moves in self.groups.values() {
            let first = moves.first().map(|(_, step)| text(&step.from)).unwrap_or_default();
            let arrived = moves.iter().rfind(|(at, _)| *at < wave);
            let old = arrived.map_or(first, |(_, step)| text(step.to.as_slice()));
            let mut options = vec![old.clone()];
            if let Some((_, step)) = moves.iter().find(|(at, _)| *at == wave) {
                let new = text(step.to.as_slice());
                match step.kind {
                    crate::MoveKind::Rolling => options.push(old.union(&new).cloned().collect()),
                    crate::MoveKind::Recreate => options.push(BTreeSet::new()),
                    crate::MoveKind::Switch => {}
                }
                options.push(new);
            }
            before.extend(old);
            during = during
                .iter()
                .flat_map(|so_far| options.iter().map(|option| so_far.union(option).cloned().collect()))
                .collect();
        }
        (before, during)
    }
}
