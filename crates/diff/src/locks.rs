//! What keeps deployments apart: locks, and resources of which there is little.

use clearway_plan::{Guarantee, Origin, Plan};

use crate::change::Change;
use crate::verdict::Verdict;

/// What is changed about which deployments wait for one another.
pub(crate) fn compare(old: &Plan, new: &Plan) -> Vec<Change> {
    let mut changes = locks(old, new);
    for name in
        old.resources.keys().chain(new.resources.keys().filter(|name| !old.resources.contains_key(*name)))
    {
        let capacity = |plan: &Plan| plan.resources.get(name).copied();
        let there = |plan: &Plan| capacity(plan).unwrap_or(u32::MAX);
        let verdict = Verdict::of_limit(&there(old), &there(new));
        if verdict != Verdict::Neutral {
            let told = |plan: &Plan| capacity(plan).map(|count| count.to_string());
            let witness = match capacity(new) {
                Some(count) => format!("what takes `{name}` can now do so {count} at a time"),
                None => format!("nothing waits for `{name}` any more"),
            };
            let change = Change::new(verdict, Guarantee::Locks, format!("capacity of resource `{name}`"));
            let change = change.between(told(old), told(new)).witness(witness);
            changes.push(change.at(&Origin::new("resource", name), &["capacity"]));
        }
    }
    for (service, artifact) in &old.artifacts {
        let Some(after) = new.artifacts.get(service) else { continue };
        for name in
            artifact.uses.keys().chain(after.uses.keys().filter(|name| !artifact.uses.contains_key(*name)))
        {
            let amount =
                |uses: &std::collections::BTreeMap<String, u32>| uses.get(name).copied().unwrap_or_default();
            let (before, now) = (amount(&artifact.uses), amount(&after.uses));
            // The less each takes, the more of them go on at once.
            let verdict = Verdict::of_limit(&now, &before);
            if verdict != Verdict::Neutral {
                let told = |amount: u32| (amount > 0).then(|| amount.to_string());
                let change =
                    Change::new(verdict, Guarantee::Locks, format!("what `{service}` takes of `{name}`"));
                let change = change.between(told(before), told(now));
                changes.push(change.from(&artifact.origin, &["uses"]).to(&after.origin, &["uses"]));
            }
        }
    }
    changes
}

/// Environments that share a lock do not change at the same time; what the lock is called is nobody's concern.
fn locks(old: &Plan, new: &Plan) -> Vec<Change> {
    let both: Vec<&String> =
        old.environments.keys().filter(|name| new.environments.contains_key(*name)).collect();
    let lock = |plan: &'_ Plan, name: &String| plan.environments[name].lock.clone();
    let mut changes = Vec::new();
    for (at, one) in both.iter().enumerate() {
        for other in &both[at + 1..] {
            let together = |plan: &Plan| lock(plan, one) == lock(plan, other);
            let verdict = Verdict::of(together(old) && !together(new), together(new) && !together(old));
            let witness = match verdict {
                Verdict::Weaker => format!("`{one}` and `{other}` can now change at the same time"),
                Verdict::Stronger => format!("`{one}` and `{other}` no longer change at the same time"),
                _ => continue,
            };
            let told = |plan: &Plan| {
                let (one, other) = (lock(plan, one), lock(plan, other));
                Some(if one == other { format!("`{one}`") } else { format!("`{one}` and `{other}`") })
            };
            let change = Change::new(verdict, Guarantee::Locks, format!("lock of `{one}` and `{other}`"));
            let change = change.between(told(old), told(new)).witness(witness).within(one).within(other);
            let moved = if lock(old, one) == lock(new, one) { other } else { one };
            changes.push(change.at(&Origin::new("environment", moved), &["lock"]));
        }
    }
    if changes.is_empty() {
        for name in both.iter().filter(|name| lock(old, name) != lock(new, name)) {
            let change = Change::new(Verdict::Neutral, Guarantee::Locks, "name of a lock");
            let change = change.between(Some(lock(old, name)), Some(lock(new, name))).within(name);
            changes.push(change.at(&Origin::new("environment", name), &["lock"]));
        }
    }
    changes
}
