//! From what services point at to requirements that hold together.

use crate::address::{candidates, is_internal};
use crate::found::{By, Found, Reference};
use crate::text;
use petgraph::algo::{has_path_connecting, kosaraju_scc};
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::{BTreeMap, BTreeSet};

/// What each service requires, and what it points at in vain.
#[derive(Debug, Default)]
pub(crate) struct Links {
    /// Owner, then target.
    pub(crate) requirements: BTreeMap<String, BTreeMap<String, Requirement>>,
    /// Owner, then host, with the variable that names it where it is one.
    pub(crate) dangling: BTreeMap<String, BTreeMap<String, Option<String>>>,
}

/// One service's need of another.
#[derive(Debug)]
pub(crate) struct Requirement {
    pub(crate) strength: Strength,
    /// Said in so many words, so that others give way first.
    declared: bool,
    /// Why it may be otherwise.
    pub(crate) doubt: Option<String>,
}

/// How much a service needs another, the most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Strength {
    Hard,
    Optional,
    Weak,
}

/// Resolves every reference, and opens every cycle.
pub(crate) fn resolve(found: &mut Found) -> Links {
    let mut links = Links::default();
    for (owner, service) in &found.services {
        for reference in &service.references {
            add(owner, reference, found, &mut links);
        }
    }
    for (owner, target) in open_cycles(&mut links) {
        let (owner, target) = (text::shown(&owner), text::shown(&target));
        found.remark(format!(
            "{owner} and {target} need each other, directly or not: {owner} takes {target} as optional"
        ));
    }
    links
}

fn add(owner: &str, reference: &Reference, found: &Found, links: &mut Links) {
    let answering = candidates(&reference.host).into_iter().find_map(|name| found.hosts.get(name));
    let exact = found.services.contains_key(&reference.host).then_some(&reference.host);
    let is_declared = matches!(reference.by, By::Declaration { .. });
    let target = match (exact, answering) {
        (Some(exact), _) if is_declared => Some((exact, None)),
        (_, Some(services)) => choose(&reference.host, services),
        (exact, None) => exact.map(|exact| (exact, None)),
    };
    let Some((target, doubt)) = target else {
        let variable = match &reference.by {
            By::Declaration { .. } => None,
            By::Variable { name, explicit: true } if is_internal(&reference.host) => Some(name.clone()),
            By::Variable { .. } => return,
        };
        links.dangling.entry(owner.to_owned()).or_default().entry(reference.host.clone()).or_insert(variable);
        return;
    };
    if target == owner {
        return;
    }
    let (strength, reason) = match &reference.by {
        By::Declaration { optional: true } => (Strength::Optional, None),
        By::Variable { name, .. } if is_telemetry(name) => {
            (Strength::Weak, Some(format!("{} reads like telemetry, which never blocks", text::shown(name))))
        }
        By::Declaration { optional: false } | By::Variable { .. } => (Strength::Hard, None),
    };
    let new = Requirement { strength, declared: is_declared, doubt: doubt.or(reason) };
    let targets = links.requirements.entry(owner.to_owned()).or_default();
    let known = targets.remove(target);
    let requirement = match known {
        Some(known) => Requirement { declared: known.declared || new.declared, ..stronger(known, new) },
        None => new,
    };
    targets.insert(target.clone(), requirement);
}

fn stronger(one: Requirement, other: Requirement) -> Requirement {
    if other.strength < one.strength { other } else { one }
}

/// The service that answers under a host; of several, the one with its name or the first.
fn choose<'s>(host: &str, services: &'s BTreeSet<String>) -> Option<(&'s String, Option<String>)> {
    let first = services.first()?;
    match services.get(candidates(host).first().copied().unwrap_or(host)) {
        Some(same) => Some((same, None)),
        None if services.len() == 1 => Some((first, None)),
        None => {
            let all = text::listed(services.iter().map(String::as_str));
            Some((first, Some(format!("{} is any of {all}", text::shown(host)))))
        }
    }
}

fn is_telemetry(variable: &str) -> bool {
    let variable = variable.to_ascii_uppercase();
    variable.starts_with("OTEL_")
        || ["JAEGER", "ZIPKIN", "COLLECTOR"].iter().any(|word| variable.contains(word))
}

/// Makes hard requirements optional until they form no cycle, and says which.
///
/// Declared ones are kept before those that only a variable shows, and then by name.
fn open_cycles(links: &mut Links) -> Vec<(String, String)> {
    let mut graph: DiGraph<&str, ()> = DiGraph::new();
    let mut nodes: BTreeMap<&str, NodeIndex> = BTreeMap::new();
    let mut edges = Vec::new();
    for (owner, targets) in &links.requirements {
        for (target, requirement) in targets.iter().filter(|(_, it)| it.strength == Strength::Hard) {
            let [from, to] =
                [owner, target].map(|name| *nodes.entry(name).or_insert_with(|| graph.add_node(name)));
            edges.push((!requirement.declared, from, to));
            graph.add_edge(from, to, ());
        }
    }
    let components = kosaraju_scc(&graph);
    let mut component = vec![0; graph.node_count()];
    for (number, members) in components.iter().enumerate() {
        for member in members {
            component[member.index()] = number;
        }
    }
    // Inside a component, take one edge after the other unless it leads back.
    edges.retain(|(_, from, to)| component[from.index()] == component[to.index()]);
    edges.sort_by_key(|(guessed, from, to)| (*guessed, graph[*from], graph[*to]));
    let mut kept: DiGraph<(), ()> = DiGraph::new();
    for _ in graph.node_indices() {
        kept.add_node(());
    }
    let mut closing = Vec::new();
    for (_, from, to) in edges {
        if has_path_connecting(&kept, to, from, None) {
            closing.push((graph[from].to_owned(), graph[to].to_owned()));
        } else {
            kept.add_edge(from, to, ());
        }
    }
    for (owner, target) in &closing {
        let requirement = links.requirements.get_mut(owner).and_then(|targets| targets.get_mut(target));
        if let Some(requirement) = requirement {
            requirement.strength = Strength::Optional;
            requirement.doubt = Some(format!(
                "{} needs {} too, directly or not: which starts first?",
                text::shown(target),
                text::shown(owner)
            ));
        }
    }
    closing
}
