//! Small random instances, as plain numbers, and the same as problems.

use clearway_skew::{
    After, Distance, Facts, Finality, Limit, MoveKind, Origin, Problem, Relation, Requirement, Service, Skew,
    Together, Unit,
};
use clearway_versions::Range;
use smol_str::SmolStr;

/// How many versions there are; a version is a minor release.
pub const VERSIONS: u8 = 3;

#[derive(Debug, Clone, Default)]
pub struct Instance {
    pub services: Vec<Svc>,
    pub rules: Vec<Rule>,
    pub together: Option<(usize, usize, bool)>,
}

#[derive(Debug, Clone, Default)]
pub struct Svc {
    /// Live versions and target of each group.
    pub groups: Vec<(Vec<u8>, Option<u8>)>,
    pub kind: MoveKind,
    pub finality: Option<Finality>,
    pub bridges: Vec<u8>,
    /// What each version provides of the one part.
    pub part: Vec<Vec<u8>>,
    /// The one after the other, where the groups have an order.
    pub ordered: bool,
}

#[derive(Debug, Clone)]
pub enum Rule {
    /// Owner, its version, target, whether the part is meant, least, most, optional.
    Requires(usize, u8, usize, bool, u8, u8, bool),
    /// Owner, target, behind, ahead; the same twice for its own.
    Skew(usize, usize, u8, u8),
    NeverNewer(usize, usize),
    Match(usize, usize),
    Limit(Vec<usize>, usize),
    After(usize, usize, bool),
    Upgrade(usize, u8),
    NoDowngrade(usize),
    /// Service, version, least version to start from.
    OnlyFrom(usize, u8, u8),
}

/// xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled", 2016.
pub struct Rng(pub u64);

impl Rng {
    pub fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % most.max(1)
    }

    pub fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    fn version(&mut self) -> u8 {
        self.below(u64::from(VERSIONS)) as u8
    }
}

impl Instance {
    /// A random instance: of three one is a chain of services that have to go one after the other, one a circle of which any two have
    /// an order, and one anything.
    pub fn random(seed: u64) -> Self {
        let mut rng = Rng(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        rng.below(7);
        let shape = seed % 3;
        let count = match shape {
            0 => 4 + rng.below(3),
            1 => 3 + rng.below(4),
            _ => 2 + rng.below(5),
        } as usize;
        let mut instance = Self::default();
        for _ in 0..count {
            instance.services.push(service(&mut rng, shape != 2));
        }
        if shape != 2 {
            instance.chain(&mut rng, shape == 1);
        }
        let rules = match shape {
            0 => rng.below(6) / 5,
            1 => rng.below(5) / 3,
            _ => 2 + rng.below(2 * count as u64),
        };
        for _ in 0..rules {
            instance.rule(&mut rng);
        }
        if rng.one_in(if shape == 2 { 4 } else { 10 }) {
            let one = rng.below(count as u64) as usize;
            let other = (one + 1 + rng.below(count as u64 - 1) as usize) % count;
            instance.together = Some((one, other, rng.one_in(2)));
        }
        instance
    }

    /// Each service needs the next to be new before it is new itself, now and then the other way round.
    fn chain(&mut self, rng: &mut Rng, circle: bool) {
        let count = self.services.len();
        let up = |service: &Svc| match service.groups.as_slice() {
            [(live, Some(target)), ..] if live.len() == 1 && live[0] < *target => Some((live[0], *target)),
            _ => None,
        };
        for owner in 0..count - usize::from(!circle) {
            let target = (owner + 1) % count;
            let (Some((old, _)), Some((_, new))) = (up(&self.services[owner]), up(&self.services[target]))
            else {
                continue;
            };
            let own_new = up(&self.services[owner]).map_or(0, |(_, new)| new);
            if rng.one_in(15) && !circle {
                self.rules.push(Rule::Requires(owner, old, target, false, 0, new - 1, false));
            } else {
                self.rules.push(Rule::Requires(owner, own_new, target, false, new, VERSIONS, false));
            }
        }
    }

    fn rule(&mut self, rng: &mut Rng) {
        let count = self.services.len() as u64;
        let owner = rng.below(count) as usize;
        let target = (owner + 1 + rng.below(count - 1) as usize) % self.services.len();
        let rule = match rng.below(20) {
            0..=8 => {
                let least = rng.version();
                let most = least + rng.below(u64::from(VERSIONS - least)) as u8;
                Rule::Requires(owner, rng.version(), target, rng.one_in(3), least, most, rng.one_in(5))
            }
            9 | 10 => Rule::Skew(owner, target, rng.version(), rng.version()),
            11 => Rule::Skew(owner, owner, rng.below(3) as u8, 0),
            12 => Rule::NeverNewer(owner, target),
            13 => Rule::Match(owner, target),
            14 | 15 => {
                let services: Vec<usize> = (0..self.services.len()).filter(|_| !rng.one_in(3)).collect();
                Rule::Limit(services, 1 + rng.below(3) as usize)
            }
            16 => Rule::After(owner, target, rng.one_in(2)),
            17 => Rule::Upgrade(owner, 1),
            18 => Rule::NoDowngrade(owner),
            _ => Rule::OnlyFrom(owner, rng.version(), rng.version()),
        };
        self.rules.push(rule);
    }

    /// The same as a problem. The rule with index i has origin i; the order of groups in service s has 1000 + s, what moves together 2000.
    pub fn problem(&self, without: &[u32]) -> Problem {
        let mut problem = Problem::default();
        for (at, svc) in self.services.iter().enumerate() {
            problem.services.push(self.service(at, svc, without));
        }
        for (origin, rule) in self.kept(without) {
            match rule {
                Rule::Limit(services, versions) => problem.limits.push(Limit {
                    services: services.iter().map(|at| name(*at)).collect(),
                    versions: *versions as u32,
                    origin,
                }),
                _ => self.add(&mut problem, rule, origin),
            }
        }
        if let Some((one, other, paired)) = self.together {
            let services = vec![name(one), name(other)];
            problem.together.push(Together { name: "both".into(), services, paired, origin: Origin(2000) });
        }
        problem
    }

    fn kept<'a>(&'a self, without: &'a [u32]) -> impl Iterator<Item = (Origin, &'a Rule)> {
        let rules = self.rules.iter().enumerate().map(|(at, rule)| (Origin(at as u32), rule));
        rules.filter(|(origin, _)| !without.contains(&origin.0))
    }

    fn service(&self, at: usize, svc: &Svc, without: &[u32]) -> Service {
        let many = svc.groups.len() > 1;
        let group = |index: usize| many.then(|| SmolStr::new(format!("g{index}")));
        let mut units: Vec<Unit> = svc
            .groups
            .iter()
            .enumerate()
            .map(|(index, (live, target))| Unit {
                name: group(index),
                live: live.iter().map(|minor| version(*minor)).collect(),
                target: target.map(version),
                after: Vec::new(),
            })
            .collect();
        let origin = 1000 + at as u32;
        if svc.ordered && many && !without.contains(&origin) {
            units[1].after.push(("g0".into(), Origin(origin)));
        }
        let facts = (0..VERSIONS).map(|minor| Facts {
            version: version(minor),
            provides: Some(
                svc.part[usize::from(minor)].iter().map(|part| ("p".into(), version(*part))).collect(),
            ),
            requires: Some(Vec::new()),
            ..Facts::default()
        });
        Service {
            name: name(at),
            units,
            releases: svc.bridges.iter().map(|minor| version(*minor)).collect(),
            kind: svc.kind,
            finality: svc.finality,
            facts: facts.collect(),
            ..Service::default()
        }
    }

    fn add(&self, problem: &mut Problem, rule: &Rule, origin: Origin) {
        let range = |text: String| Range::parse(&text).unwrap();
        match *rule {
            Rule::Requires(owner, own, target, part, least, most, optional) => {
                let requirement = Requirement {
                    target: name(target),
                    part: part.then(|| "p".into()),
                    range: range(format!(">=1.{least}.0, <=1.{most}.0")).into(),
                    when: None,
                    optional,
                    weak: false,
                    origin,
                };
                let facts = &mut problem.services[owner].facts[usize::from(own)];
                facts.requires.as_mut().unwrap().push(requirement);
            }
            Rule::Skew(owner, target, behind, ahead) => problem.services[owner].skew.push(Skew {
                target: (owner != target).then(|| name(target)),
                behind: Some(Distance::Minor(u32::from(behind))),
                ahead: Some(Distance::Minor(u32::from(ahead))),
                when: None,
                origin,
            }),
            Rule::NeverNewer(owner, target) => {
                problem.services[owner].never_newer.push(Relation { target: name(target), origin });
            }
            Rule::Match(owner, target) => {
                problem.services[owner].matches.push(Relation { target: name(target), origin });
            }
            Rule::After(owner, target, always) => {
                problem.services[owner].after.push(After {
                    target: name(target),
                    always,
                    when: None,
                    origin,
                });
            }
            Rule::Upgrade(owner, by) => {
                problem.services[owner].upgrade = Some((Distance::Minor(u32::from(by)), origin));
            }
            Rule::NoDowngrade(owner) => problem.services[owner].no_downgrade = Some(origin),
            Rule::OnlyFrom(owner, own, least) => {
                let from = range(format!(">=1.{least}.0"));
                problem.services[owner].facts[usize::from(own)].only_from = Some((from, origin));
            }
            Rule::Limit(..) => {}
        }
    }
}

fn service(rng: &mut Rng, chained: bool) -> Svc {
    let mut groups = Vec::new();
    let count = if rng.one_in(if chained { 20 } else { 6 }) { 2 } else { 1 };
    for _ in 0..count {
        let mut live = if chained || !rng.one_in(8) { vec![rng.version()] } else { Vec::new() };
        if rng.one_in(10) {
            live.push(rng.version());
        }
        live.sort_unstable();
        live.dedup();
        let target = if rng.one_in(12) { None } else { Some(rng.version()) };
        groups.push(if chained { (vec![rng.below(2) as u8], Some(VERSIONS - 1)) } else { (live, target) });
    }
    let part = |rng: &mut Rng| (0..VERSIONS).filter(|_| rng.one_in(2)).collect();
    Svc {
        groups,
        kind: match rng.below(8) {
            0 if !chained => MoveKind::Recreate,
            0 | 1 => MoveKind::Switch,
            _ => MoveKind::Rolling,
        },
        finality: match rng.below(8) {
            0 => Some(Finality::OnStart),
            1 => Some(Finality::OnCompletion),
            _ => None,
        },
        bridges: if rng.one_in(2) { (0..VERSIONS).collect() } else { Vec::new() },
        part: (0..VERSIONS).map(|_| part(rng)).collect(),
        ordered: rng.one_in(2),
    }
}

pub fn name(at: usize) -> SmolStr {
    SmolStr::new(format!("s{at}"))
}

pub fn version(minor: u8) -> SmolStr {
    SmolStr::new(format!("1.{minor}.0"))
}
