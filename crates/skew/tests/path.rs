//! The states on the path of an order, as who deploys sees them; and unknown facts.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};

use clearway_skew::{
    Answer, Budget, Facts, Order, Origin, Position, Problem, Requirement, Service, Stray, Unit, Unknown,
    World, on_path, prove,
};
use clearway_versions::Range;

fn service(name: &str, from: &str, to: &str) -> Service {
    let known = |version: &str| Facts {
        version: version.into(),
        provides: Some(vec![("api".into(), version.into())]),
        requires: Some(Vec::new()),
        ..Facts::default()
    };
    Service {
        name: name.into(),
        units: vec![Unit { live: vec![from.into()], target: Some(to.into()), ..Unit::default() }],
        facts: if from == to { vec![known(from)] } else { vec![known(from), known(to)] },
        ..Service::default()
    }
}

fn requirement(target: &str, range: &str) -> Requirement {
    Requirement {
        target: target.into(),
        part: Some("api".into()),
        range: Range::parse(range).unwrap().into(),
        when: None,
        optional: false,
        weak: false,
        origin: Origin(1),
    }
}

/// `web` 2 needs `api` 2; both need `store`, which stays.
fn shop() -> Problem {
    let (mut web, mut api) = (service("web", "1.0.0", "2.0.0"), service("api", "1.0.0", "2.0.0"));
    web.facts[1].requires = Some(vec![requirement("api", "^2")]);
    api.facts[1].requires = Some(vec![requirement("store", "^1")]);
    Problem { services: vec![web, api, service("store", "1.0.0", "1.0.0")], ..Problem::default() }
}

fn observed(web: &[&str], api: &[&str], store: &str) -> BTreeMap<String, BTreeSet<String>> {
    let set = |versions: &[&str]| versions.iter().map(|version| (*version).to_owned()).collect();
    [("web", set(web)), ("api", set(api)), ("store", set(&[store])), ("other", set(&["9.9.9"]))]
        .map(|(name, versions)| (name.to_owned(), versions))
        .into()
}

fn order(problem: &Problem) -> Order {
    match prove(&World::of(problem), Budget::default()) {
        Answer::Order(order) => order,
        Answer::No(refusal) => panic!("{refusal:#?}"),
    }
}

#[test]
fn who_observes_knows_where_on_the_path_it_is() {
    let proved = order(&shop());
    let text = serde_json::to_string(&proved).unwrap();
    let order: Order = serde_json::from_str(&text).unwrap();
    assert_eq!(order, proved);
    let at = |web: &[&str], api: &[&str]| on_path(&order, &observed(web, api, "1.0.0"));
    let place = |wave, begun| Ok(Position { wave, begun });
    assert_eq!(at(&["1.0.0"], &["1.0.0"]), place(0, false));
    assert_eq!(at(&["1.0.0"], &["1.0.0", "2.0.0"]), place(0, true));
    assert_eq!(at(&["1.0.0"], &["2.0.0"]), place(1, false));
    assert_eq!(at(&["1.0.0", "2.0.0"], &["2.0.0"]), place(1, true));
    assert_eq!(at(&["2.0.0"], &["2.0.0"]), place(2, false));
}

#[test]
fn what_is_on_no_state_of_the_path_is_named() {
    let order = order(&shop());
    let stray =
        |web: &[&str], api: &[&str], store: &str| on_path(&order, &observed(web, api, store)).unwrap_err();
    let named = |service: &str| Stray { service: service.to_owned() };
    assert_eq!(stray(&["1.0.0"], &["1.5.0"], "1.0.0"), named("api"));
    assert_eq!(stray(&["2.0.0"], &["1.0.0"], "1.0.0"), named("web"));
    assert_eq!(stray(&["1.0.0"], &[], "1.0.0"), named("api"));
    assert_eq!(stray(&["1.0.0"], &["1.0.0"], "1.1.0"), named("store"));
}

#[test]
fn what_is_not_known_proves_nothing_and_is_asked_for() {
    let mut problem = shop();
    problem.services[1].facts.remove(1);
    let Answer::No(refusal) = prove(&World::of(&problem), Budget::default()) else { panic!() };
    assert!(refusal.conflicts.is_empty());
    let asked: Vec<_> =
        refusal.missing.iter().map(|one| (one.service.as_str(), one.version.as_str(), one.what)).collect();
    assert_eq!(asked, [("api", "2.0.0", Unknown::Provides), ("api", "2.0.0", Unknown::Requires)]);
}

#[test]
fn what_may_require_anything_goes_before_it_can_matter() {
    // Nobody knows what the old `web` requires: it goes before anything else does.
    let mut problem = shop();
    problem.services[0].facts[1].requires = Some(Vec::new());
    problem.services[0].facts.remove(0);
    let order = order(&problem);
    let names: Vec<Vec<&str>> = order
        .waves
        .iter()
        .map(|wave| wave.moves.iter().map(|step| step.service.as_str()).collect())
        .collect();
    assert_eq!(names, [["web"], ["api"]]);
}
