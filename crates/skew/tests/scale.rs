//! Many services: what is not entangled is not searched, and each conflict is told for itself.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod landscape;

use clearway_skew::{Answer, Budget, RuleKind, World, prove};

use landscape::landscape;

#[test]
fn a_thousand_services_have_an_order_in_which_everyone_waits_for_what_it_requires() {
    let problem = landscape(1_000, 20, false);
    let Answer::Order(order) = prove(&World::of(&problem), Budget::default()) else { panic!() };
    assert_eq!(order.waves.iter().map(|wave| wave.moves.len()).sum::<usize>(), 1_120);
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

#[test]
fn each_of_twenty_knots_is_told_for_itself_and_nothing_else_is_named() {
    let problem = landscape(1_000, 20, true);
    let Answer::No(refusal) = prove(&World::of(&problem), Budget::default()) else { panic!() };
    assert_eq!((refusal.conflicts.len(), refusal.beyond.len()), (20, 0));
    for (knot, conflict) in refusal.conflicts.iter().enumerate() {
        let expected: Vec<String> = (0..3).map(|place| format!("s{:05}", 50 * knot + 10 + place)).collect();
        let mut services: Vec<String> = conflict.services.iter().map(ToString::to_string).collect();
        services.sort();
        assert_eq!(services, expected);
        assert!(
            conflict.facts.len() == 3
                && conflict.facts.iter().all(|cause| cause.rule == RuleKind::Requirement)
        );
    }
}
