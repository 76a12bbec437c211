//! What a release brings, and what it was proved against.

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::{Guarantee, Origin, Plan, Release, Shipped, Stage};

use crate::change::Change;
use crate::verdict::Verdict;

/// Facts that nothing records are taken from today's declarations.
pub(crate) fn assumptions(old: &Plan, new: &Plan) -> Option<Change> {
    let verdict = Verdict::of(new.assumes_declared, old.assumes_declared);
    if old.assumes_declared == new.assumes_declared {
        return None;
    }
    let told = |plan: &Plan| {
        Some(if plan.assumes_declared { "today's declarations" } else { "what is recorded" }.to_owned())
    };
    let change = Change::new(verdict, Guarantee::Basis, "what is known of deployed versions");
    Some(change.between(told(old), told(new)))
}

/// What a release ships and takes away.
pub(crate) fn ships(old: &Release, new: &Release) -> Vec<Change> {
    let of = |release: &'_ Release| -> BTreeMap<String, Shipped> {
        release.ships.iter().map(|shipped| (shipped.service.clone(), shipped.clone())).collect()
    };
    let (before, after) = (of(old), of(new));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let told = |shipped: Option<&Shipped>| {
        shipped.map(|shipped| {
            if shipped.open {
                format!("{}, or as a run is told", shipped.version)
            } else {
                shipped.version.clone()
            }
        })
    };
    let origin = |release: &Release| Origin::new("release", &release.name);
    let placed = |change: Change| change.from(&origin(old), &["ship"]).to(&origin(new), &["ship"]);
    let mut changes: Vec<Change> = Vec::new();
    for name in names {
        let (was, is) = (before.get(name), after.get(name));
        if was.map(|shipped| &shipped.version) != is.map(|shipped| &shipped.version) {
            let change =
                Change::new(Verdict::Neutral, None, format!("release `{}` ships `{name}`", new.name));
            changes.push(placed(change.between(told(was), told(is))));
        }
        let is_open = |shipped: Option<&Shipped>| shipped.is_some_and(|shipped| shipped.open);
        let verdict = Verdict::of(!is_open(was) && is_open(is), is_open(was) && !is_open(is));
        if was.is_some() && is.is_some() && verdict != Verdict::Neutral {
            let witness =
                (verdict == Verdict::Weaker).then(|| format!("a run may bring any version of `{name}`"));
            let change = Change::new(
                verdict,
                Guarantee::Basis,
                format!("version of `{name}` in release `{}`", new.name),
            );
            changes.push(placed(change.between(told(was), told(is)).witness(witness)));
        }
    }
    changes
}

/// What was deployed when the order was proved.
pub(crate) fn deployed(old: &Stage, new: &Stage) -> Option<Change> {
    if old.deployed == new.deployed {
        return None;
    }
    let differs = |name: &&String| old.deployed.get(*name) != new.deployed.get(*name);
    let names: BTreeSet<&String> = old.deployed.keys().chain(new.deployed.keys()).filter(differs).collect();
    let told = |stage: &Stage| {
        let known =
            names.iter().filter_map(|name| Some(format!("{name} {}", version(stage.deployed.get(*name)?))));
        let known: Vec<String> = known.collect();
        (!known.is_empty()).then(|| known.join(", "))
    };
    let change =
        Change::new(Verdict::Neutral, Guarantee::Basis, format!("what is deployed in `{}`", new.environment));
    Some(change.between(told(old), told(new)).within(&new.environment))
}

/// The versions in an entry of a state file.
fn version(state: &serde_json::Value) -> String {
    match state {
        serde_json::Value::Array(several) => several.iter().map(version).collect::<Vec<_>>().join(" and "),
        one => one["version"].as_str().map_or_else(|| one.to_string(), str::to_owned),
    }
}
