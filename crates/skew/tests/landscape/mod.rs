//! Generated services that want to move, some of them entangled.

use clearway_skew::{Distance, Facts, Limit, Origin, Problem, Requirement, Service, Unit};
use clearway_versions::Range;
use smol_str::SmolStr;

/// Services of which each new version requires the new ones of up to three before it. In each of the knots six are entangled: they go
/// from 1 to 3 by way of 2, and no three versions may be live among them; in a circle three of them wait for one another as well.
pub fn landscape(count: usize, knots: usize, circle: bool) -> Problem {
    let name = |at: usize| SmolStr::new(format!("s{at:05}"));
    let each = count / knots;
    let place = |at: usize| (at % each).checked_sub(10).filter(|place| *place < 6);
    let mut origin = 0;
    let mut next = || {
        origin += 1;
        Origin(origin)
    };
    let mut problem = Problem::default();
    for at in 0..count {
        let mut targets = vec![at / 2, at / 3, 2 * at / 3];
        targets.sort_unstable();
        targets.dedup();
        targets.retain(|target| *target < at && place(*target).is_none());
        let mut requires = |target: usize, range: &str| Requirement {
            target: name(target),
            part: None,
            range: Range::parse(range).unwrap().into(),
            when: None,
            optional: false,
            weak: false,
            origin: next(),
        };
        let knotted = place(at);
        let versions: &[&str] =
            if knotted.is_some() { &["1.0.0", "2.0.0", "3.0.0"] } else { &["1.0.0", "2.0.0"] };
        let mut facts = Vec::new();
        for version in versions {
            let range = if *version == "2.0.0" && knotted.is_none() { ">=2" } else { ">=1" };
            let mut needs: Vec<Requirement> = targets.iter().map(|target| requires(*target, range)).collect();
            if let (Some(place @ 0..3), true, "3.0.0") = (knotted, circle, *version) {
                needs.push(requires(at - place + (place + 1) % 3, ">=3"));
            }
            facts.push(Facts {
                version: (*version).into(),
                provides: Some(Vec::new()),
                requires: Some(needs),
                ..Facts::default()
            });
        }
        let target = versions.last().map(|version| SmolStr::new(*version));
        problem.services.push(Service {
            name: name(at),
            units: vec![Unit { live: vec!["1.0.0".into()], target, ..Unit::default() }],
            releases: if knotted.is_some() { vec!["2.0.0".into()] } else { Vec::new() },
            facts,
            upgrade: knotted.map(|_| (Distance::Major(1), next())),
            ..Service::default()
        });
        if knotted == Some(0) {
            let services = (at..at + 6).map(name).collect();
            problem.limits.push(Limit { services, versions: 2, origin: next() });
        }
    }
    problem
}
