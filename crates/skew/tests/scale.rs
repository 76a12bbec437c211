//! Many services: what is not entangled is not searched, and each conflict is told for itself.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use clearway_skew::{Answer, Budget, Facts, Origin, Problem, Requirement, Service, Unit, prove};
use clearway_versions::Range;
use smol_str::SmolStr;

/// Services that each require three before them in their old and new version; of every fiftieth six in a row are entangled: each new
/// one works only beside the next one's new version, of the last two either goes first, but not both at once.
fn landscape(count: usize, knots: usize, circle: bool) -> Problem {
    let name = |at: usize| SmolStr::new(format!("s{at:05}"));
    let mut origin = 0;
    let mut requires = |target: usize, range: &str| {
        origin += 1;
        Requirement {
            target: name(target),
            part: None,
            range: Range::parse(range).unwrap(),
            when: None,
            optional: false,
            weak: false,
            origin: Origin(origin),
        }
    };
    let mut services = Vec::new();
    let each = count / knots;
    for at in 0..count {
        let mut targets = vec![at / 2, at / 3, 2 * at / 3];
        targets.sort_unstable();
        targets.dedup();
        targets.retain(|target| *target < at);
        let mut facts = Vec::new();
        for version in ["1.0.0", "2.0.0"] {
            let mut needs: Vec<Requirement> = targets
                .iter()
                .map(|target| requires(*target, if version == "1.0.0" { ">=1" } else { ">=2" }))
                .collect();
            let place = at % each;
            if version == "2.0.0" && (10..15).contains(&place) {
                needs.push(requires(at + 1, if place == 14 { ">=1" } else { ">=2" }));
            }
            if version == "1.0.0" && circle && place == 15 {
                needs.push(requires(at - 5, "<2"));
            }
            facts.push(Facts {
                version: version.into(),
                provides: Some(Vec::new()),
                requires: Some(needs),
                ..Facts::default()
            });
        }
        services.push(Service {
            name: name(at),
            units: vec![Unit { live: vec!["1.0.0".into()], target: Some("2.0.0".into()), ..Unit::default() }],
            facts,
            ..Service::default()
        });
    }
    Problem { services, ..Problem::default() }
}

#[test]
fn a_thousand_services_have_an_order_in_which_everyone_waits_for_what_it_requires() {
    let problem = landscape(1_000, 20, false);
    let Answer::Order(order) = prove(&problem, Budget::default()) else { panic!() };
    assert_eq!(order.waves.iter().map(|wave| wave.moves.len()).sum::<usize>(), 1_000);
    let wave_of =
        |name: &str| order.waves.iter().position(|wave| wave.moves.iter().any(|step| step.service == name));
    for service in &problem.services {
        for requirement in
            service.facts[1].requires.iter().flatten().filter(|one| one.range.to_string() == ">=2")
        {
            assert!(wave_of(&requirement.target) < wave_of(&service.name));
        }
    }
}
