//! The problem with numbers in place of names: versions are indices, and rules are pairs of versions that exclude one another.
//!
//! Every rule but one over a set is about two versions at a time, and taking versions away breaks none of them: so a state is
//! compatible when no excluded pair is live in it.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use semver::Version;
use smol_str::SmolStr;

use crate::answer::{Missing, RuleKind};
use crate::problem::{Distance, Finality, MoveKind, Origin, Problem, Service};
use clearway_versions::{Range, Scheme};

/// In place of a version: the service is not deployed.
pub(crate) const ABSENT: u16 = u16::MAX;

/// A problem with numbers in place of names. Two problems that exclude the same are the same world: what is proved of one holds for both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    /// The services, with those that are required and not there.
    pub(crate) parties: Vec<Party>,
    /// Their replicas.
    pub(crate) units: Vec<Replicas>,
    /// The rules.
    pub(crate) facts: Vec<Fact>,
    /// The versions of two parties that exclude one another, the lower party first; of one with itself in both directions.
    pub(crate) pairs: BTreeMap<(usize, usize), Vec<Bad>>,
    /// The parties with which each has excluded pairs, itself included, sorted.
    pub(crate) neighbours: Vec<Vec<usize>>,
    /// Versions that exclude every state, by party.
    pub(crate) solo: Vec<Vec<Solo>>,
    /// Replicas that begin after others have finished.
    pub(crate) precedences: Vec<Precedence>,
    /// Rules over more than two.
    pub(crate) wide: Vec<Wide>,
    /// Services that move as one.
    pub(crate) together: Vec<Joined>,
}

/// A service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Party {
    pub name: SmolStr,
    /// How it moves; nothing of one that is required and not there.
    pub ways: Option<Ways>,
    /// The versions it can have, as written.
    pub versions: Vec<SmolStr>,
    /// Their numbers.
    pub numbers: Vec<Option<Version>>,
    /// What a move to each may start from.
    pub only_from: Vec<Option<(Range, Origin)>>,
    /// Which of them are live today.
    pub today: Vec<bool>,
    /// It is deployed today.
    pub present: bool,
    pub moving: bool,
    /// The release ships or retires it.
    pub released: bool,
    pub units: Vec<usize>,
}

/// How a service moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ways {
    pub scheme: Scheme,
    pub kind: MoveKind,
    pub finality: Option<Finality>,
    /// Versions in between.
    pub releases: Vec<SmolStr>,
    pub upgrade: Option<(Distance, Origin)>,
    pub no_downgrade: Option<Origin>,
}

/// The replicas of a service that move at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Replicas {
    pub party: usize,
    pub name: Option<SmolStr>,
    pub live: Vec<u16>,
    pub target: Option<u16>,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    pub rule: RuleKind,
    /// Where it comes from; nowhere when it is something unknown.
    pub origin: Option<Origin>,
    /// What is unknown.
    pub missing: Option<Missing>,
    pub owner: usize,
    pub target: Option<usize>,
}

/// Two versions that exclude one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bad {
    pub a: u16,
    pub b: u16,
    pub fact: u32,
    /// Both are live today: it is tolerated until the end.
    pub tolerated: bool,
}

/// A version that excludes every state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Solo {
    pub version: u16,
    pub fact: u32,
    pub tolerated: bool,
}

/// Some replicas begin after others have finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Precedence {
    pub first: Vec<usize>,
    pub second: Vec<usize>,
    pub fact: u32,
}

/// Services that move as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Joined {
    pub name: SmolStr,
    pub parties: Vec<usize>,
    pub paired: bool,
    pub origin: Origin,
}

/// A rule over more than two replicas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wide {
    pub fact: u32,
    /// The replicas it is about.
    pub units: Vec<usize>,
    pub rule: WideRule,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WideRule {
    /// So many versions at most, with those of today, each by its number.
    Limit { most: usize, today: Vec<u32>, identity: FxHashMap<(usize, u16), u32>, released: bool },
    /// A version of the owner needs one of several groups to be there.
    Absent { owner: usize, version: u16, target: usize, tolerated: bool },
}

impl World {
    /// Reads a problem.
    pub fn of(problem: &Problem) -> Self {
        let mut world = Self {
            parties: Vec::new(),
            units: Vec::new(),
            facts: Vec::new(),
            pairs: BTreeMap::new(),
            neighbours: Vec::new(),
            solo: Vec::new(),
            precedences: Vec::new(),
            wide: Vec::new(),
            together: Vec::new(),
        };
        for service in &problem.services {
            world.add(service);
        }
        crate::exclude::rules(&mut world, problem);
        world.solo.resize_with(world.parties.len(), Vec::new);
        world.neighbours = vec![Vec::new(); world.parties.len()];
        for (a, b) in world.pairs.keys() {
            world.neighbours[*a].push(*b);
            if a != b {
                world.neighbours[*b].push(*a);
            }
        }
        world.neighbours.iter_mut().for_each(|others| others.sort_unstable());
        world
    }

    fn add(&mut self, service: &Service) {
        let index = self.parties.len();
        let mut party = Party {
            name: service.name.clone(),
            ways: Some(Ways::of(service)),
            versions: Vec::new(),
            numbers: Vec::new(),
            only_from: Vec::new(),
            today: Vec::new(),
            present: false,
            moving: false,
            released: service.released,
            units: Vec::new(),
        };
        for unit in &service.units {
            let mut live: Vec<u16> = unit.live.iter().map(|version| party.intern(version)).collect();
            live.sort_unstable();
            live.dedup();
            let target = unit.target.as_ref().map(|version| party.intern(version));
            for version in &live {
                party.today[usize::from(*version)] = true;
            }
            party.present |= !live.is_empty();
            party.moving |= live != target.into_iter().collect::<Vec<_>>();
            party.units.push(self.units.len());
            self.units.push(Replicas { party: index, name: unit.name.clone(), live, target });
        }
        if party.moving {
            for version in &service.releases {
                party.intern(version);
            }
        }
        party.released |= party.moving;
        self.parties.push(party);
    }

    /// A party that is required and not there.
    pub(crate) fn add_nowhere(&mut self, name: &SmolStr) -> usize {
        let party = self.parties.len();
        self.parties.push(Party {
            name: name.clone(),
            ways: None,
            versions: Vec::new(),
            numbers: Vec::new(),
            only_from: Vec::new(),
            today: Vec::new(),
            present: false,
            moving: false,
            released: false,
            units: vec![self.units.len()],
        });
        self.units.push(Replicas { party, name: None, live: Vec::new(), target: None });
        party
    }

    /// A new fact.
    pub(crate) fn fact(&mut self, fact: Fact) -> u32 {
        self.facts.push(fact);
        (self.facts.len() - 1) as u32
    }

    /// Excludes a version of one party beside a version of another, or beside its absence.
    pub(crate) fn exclude(
        &mut self,
        fact: u32,
        (one, version): (usize, u16),
        (other, against): (usize, u16),
    ) {
        let standing = if against == ABSENT {
            !self.parties[other].present
        } else {
            self.parties[other].today[usize::from(against)]
        };
        let tolerated = standing && self.parties[one].today[usize::from(version)];
        if against == ABSENT && self.parties[other].units.len() > 1 {
            let units = [self.parties[one].units.clone(), self.parties[other].units.clone()].concat();
            let rule = WideRule::Absent { owner: one, version, target: other, tolerated };
            self.wide.push(Wide { fact, units, rule });
            return;
        }
        let (forth, back) = (
            Bad { a: version, b: against, fact, tolerated },
            Bad { a: against, b: version, fact, tolerated },
        );
        let pairs = self.pairs.entry((one.min(other), one.max(other))).or_default();
        if one <= other {
            pairs.push(forth);
        }
        if one >= other {
            pairs.push(back);
        }
    }

    /// The excluded pairs of two parties, with the first one's version first.
    pub(crate) fn bads(&self, one: usize, other: usize) -> impl Iterator<Item = Bad> + '_ {
        let pairs = self.pairs.get(&(one.min(other), one.max(other))).map_or(&[][..], Vec::as_slice);
        pairs.iter().map(move |bad| if one <= other { *bad } else { Bad { a: bad.b, b: bad.a, ..*bad } })
    }

    /// Whether a unit does not stay as it is.
    pub(crate) fn moves(&self, unit: usize) -> bool {
        let unit = &self.units[unit];
        unit.live != unit.target.into_iter().collect::<Vec<_>>()
    }
}

impl Ways {
    fn of(service: &Service) -> Self {
        Self {
            scheme: service.scheme.clone(),
            kind: service.kind,
            finality: service.finality,
            releases: service.releases.clone(),
            upgrade: service.upgrade,
            no_downgrade: service.no_downgrade,
        }
    }
}

impl Party {
    /// The index of a version; a new one where it is not there yet.
    fn intern(&mut self, version: &SmolStr) -> u16 {
        if let Some(found) = self.find(version) {
            return found;
        }
        self.numbers.push(self.read(version));
        self.versions.push(version.clone());
        self.today.push(false);
        (self.versions.len() - 1) as u16
    }

    /// The index of a version; equal numbers are one version.
    pub(crate) fn find(&self, version: &str) -> Option<u16> {
        let same_text = self.versions.iter().position(|known| known == version);
        let same_number = || {
            let number = self.read(version)?;
            self.numbers.iter().position(|known| known.as_ref() == Some(&number))
        };
        same_text.or_else(same_number).map(|at| at as u16)
    }

    fn read(&self, version: &str) -> Option<Version> {
        self.ways.as_ref().and_then(|ways| ways.scheme.read(version))
    }

    /// All indices of versions.
    pub(crate) fn all(&self) -> impl Iterator<Item = u16> + use<> {
        0..self.versions.len() as u16
    }

    /// The numbers of a version.
    pub(crate) fn number(&self, version: u16) -> Option<&Version> {
        self.numbers[usize::from(version)].as_ref()
    }
}
