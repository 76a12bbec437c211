//! Problems in few words.

use clearway_skew::{
    After, Answer, BadState, Budget, Distance, Facts, Origin, Problem, Relation, Requirement, RuleKind,
    Service, Skew, Step, Unit, Unsafe, World, prove, replay, standing_violations,
};
use clearway_versions::Range;

/// A service that goes from one version to another; nothing is known to be required or provided. Empty texts stand for nothing.
pub fn moving(name: &str, from: &str, to: &str) -> Service {
    Service {
        name: name.into(),
        units: vec![unit(None, &[from], to)],
        facts: [from, to]
            .iter()
            .filter(|version| !version.is_empty())
            .map(|version| known(version))
            .collect(),
        ..Service::default()
    }
}

/// A service that is live in some versions and stays so.
pub fn running(name: &str, live: &[&str]) -> Service {
    let mut service = moving(name, live[0], live[0]);
    service.units = live
        .iter()
        .enumerate()
        .map(|(at, version)| unit((live.len() > 1).then(|| format!("{name}-{at}")), &[version], version))
        .collect();
    service.facts = live.iter().map(|version| known(version)).collect();
    service
}

/// Replicas.
pub fn unit(name: Option<String>, live: &[&str], to: &str) -> Unit {
    Unit {
        name: name.map(Into::into),
        live: live.iter().filter(|version| !version.is_empty()).map(|version| (*version).into()).collect(),
        target: (!to.is_empty()).then(|| to.into()),
        after: Vec::new(),
    }
}

/// A version of which it is known that it provides and requires nothing.
pub fn known(version: &str) -> Facts {
    Facts {
        version: version.into(),
        provides: Some(Vec::new()),
        requires: Some(Vec::new()),
        ..Facts::default()
    }
}

pub fn skew(target: &str, behind: u32, ahead: u32, when: &str, origin: u32) -> Skew {
    Skew {
        target: (target != "self").then(|| target.into()),
        behind: Some(Distance::Minor(behind)),
        ahead: Some(Distance::Minor(ahead)),
        when: Range::parse(when),
        origin: Origin(origin),
    }
}

pub fn requires(target: &str, range: &str, origin: u32) -> Requirement {
    Requirement {
        target: target.into(),
        part: None,
        range: Range::parse(range).unwrap().into(),
        when: None,
        optional: false,
        weak: false,
        origin: Origin(origin),
    }
}

pub fn after(target: &str, always: bool, origin: u32) -> After {
    After { target: target.into(), always, when: None, origin: Origin(origin) }
}

pub fn relation(target: &str, origin: u32) -> Relation {
    Relation { target: target.into(), origin: Origin(origin) }
}

/// The waves of the order: `name from->to`, where only the names with `names`.
pub fn order(problem: &Problem) -> Vec<Vec<String>> {
    match prove(&World::of(problem), Budget::default()) {
        Answer::Order(order) => {
            let told = |step: &clearway_skew::Move| match &step.group {
                Some(group) => format!("{}[{group}]", step.service),
                None => step.service.to_string(),
            };
            order.waves.iter().map(|wave| wave.moves.iter().map(told).collect()).collect()
        }
        Answer::No(refusal) => panic!("{refusal:#?}"),
    }
}

/// The rules of the conflicts there are.
pub fn conflicts(problem: &Problem) -> Vec<Vec<RuleKind>> {
    match prove(&World::of(problem), Budget::default()) {
        Answer::No(refusal) => refusal
            .conflicts
            .iter()
            .map(|conflict| conflict.facts.iter().map(|cause| cause.rule).collect())
            .collect(),
        Answer::Order(order) => panic!("{order:#?}"),
    }
}

/// Whether what is live is compatible.
pub fn is_supported(services: Vec<Service>) -> bool {
    standing_violations(&World::of(&Problem { services, ..Problem::default() })).is_empty()
}

/// The first bad state when services move one after the other in this order, each all the way: `owner 1.36 / target 1.35`.
pub fn first_bad(problem: &Problem, moves: &[(&str, &str)]) -> Option<String> {
    let target = |service: &str, group: &str| {
        let service = problem.services.iter().find(|other| other.name == service).unwrap();
        let mut units = service.units.iter();
        units.find(|unit| group.is_empty() || unit.name.as_deref() == Some(group)).unwrap().target.clone()
    };
    let steps: Vec<Vec<Step>> = moves
        .iter()
        .map(|(service, group)| {
            let named = (!group.is_empty()).then(|| (*group).into());
            vec![Step { service: (*service).into(), group: named, to: target(service, group) }]
        })
        .collect();
    match replay(problem, &steps) {
        Err(Unsafe::State { state, .. }) => Some(told(&state)),
        Err(Unsafe::Step { service, rule, .. }) => Some(format!("{service}: {rule:?}")),
        Err(other) => panic!("{other:?}"),
        Ok(()) => None,
    }
}

fn told(state: &BadState) -> String {
    match &state.clash {
        Some(clash) => {
            let other = clash.target_version.as_deref().unwrap_or("-");
            format!("{} {} / {} {other}", clash.owner, clash.owner_version, clash.target)
        }
        None => state.live.iter().map(|live| live.versions.join("+")).collect::<Vec<_>>().join(" "),
    }
}
