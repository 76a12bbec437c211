//! What is known of a version that ships, in the form of a state file: what the ledger records when it is deployed, and what the next
//! release is checked against.

use std::collections::BTreeMap;

use clearway_model::state::{DeployedRequirement, DeployedSkew, DeployedVersion, Distance};
use clearway_model::views::{At, Deployable, Provided, Requirement};
use clearway_model::{Db, Value, ValueKind, deployable};
use rust_decimal::prelude::ToPrimitive;
use serde_json::json;

/// What a version is known to provide and to require.
pub(super) fn becomes(db: &dyn Db, service: &str, version: &str) -> serde_json::Value {
    let declared = clearway_analysis::deployable_named(db, service).map(|item| &deployable(db, item).view);
    let facts = declared.map(|view| facts(view, version));
    let known = DeployedVersion {
        version: version.to_owned(),
        digest: None,
        provides: None,
        requires: None,
        skew: None,
    };
    serde_json::to_value(facts.unwrap_or(known)).unwrap_or_else(|_| json!({ "version": version }))
}

fn facts(view: &Deployable, version: &str) -> DeployedVersion {
    let scheme = view.scheme();
    let same = |other: &At<smol_str::SmolStr>| {
        other.value == version
            || scheme.read(&other.value).is_some_and(|read| Some(read) == scheme.read(version))
    };
    let at = view.at.iter().find(|at| at.version.as_ref().is_some_and(same));
    let (provided, required) = match at {
        Some(at) => (Some(&at.provides), Some(&at.requires)),
        None if view.version.as_ref().is_some_and(same) => (Some(&view.provides), Some(&view.requires)),
        None => (None, None),
    };
    DeployedVersion {
        version: version.to_owned(),
        digest: None,
        provides: provided.map(|provided| provides(provided)),
        requires: required.map(|required| required.iter().filter_map(requirement).collect()),
        skew: provided.map(|_| view.skew.iter().filter_map(skew).collect()),
    }
}

fn provides(provided: &[Provided]) -> BTreeMap<String, Vec<String>> {
    let mut parts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for part in provided {
        if let (Some(name), Some(version)) = (&part.part, &part.version) {
            parts.entry(name.value.to_string()).or_default().push(version.value.to_string());
        }
    }
    parts
}

fn requirement(required: &Requirement) -> Option<DeployedRequirement> {
    let target = &required.target.as_ref()?.value;
    let part = target.part.as_ref().map(|(part, _)| format!(".{part}")).unwrap_or_default();
    Some(DeployedRequirement {
        target: format!("{}{part}", target.name),
        range: required.range.as_ref()?.value.to_string(),
        when: required.when.as_ref().map(|range| range.value.to_string()),
        optional: required.optional,
        weak: required.weak,
    })
}

fn skew(skew: &clearway_model::views::Skew) -> Option<DeployedSkew> {
    let target = &skew.target.as_ref()?.value;
    let target = match &target.kind {
        ValueKind::Reference(reference) => reference.name.to_string(),
        _ => target.to_string(),
    };
    Some(DeployedSkew {
        target,
        behind: skew.behind.as_ref().and_then(|at| distance(&at.value)),
        ahead: skew.ahead.as_ref().and_then(|at| distance(&at.value)),
        when: skew.when.as_ref().map(|range| range.value.to_string()),
    })
}

fn distance(value: &Value) -> Option<Distance> {
    match &value.kind {
        ValueKind::Quantity(amount, unit) => {
            let count = amount.to_u32();
            Some(match unit.as_str() {
                "major" => Distance::Releases { minor: None, major: count },
                _ => Distance::Releases { minor: count, major: None },
            })
        }
        ValueKind::Word(_, word) if word == "any" => Some(Distance::Any),
        _ => None,
    }
}
