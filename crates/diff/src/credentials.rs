//! What deployments identify themselves with, and what services are let know.

use std::collections::BTreeSet;

use clearway_plan::{Artifact, Credentials, Environment, Guarantee, Origin, Plan, Secret};

use crate::change::Change;
use crate::verdict::Verdict;
use crate::words;

/// What is changed about the credentials of an environment's deployments.
pub(crate) fn of_environment(name: &str, old: &Environment, new: &Environment) -> Vec<Change> {
    let change = |verdict, about: &str| {
        let change = Change::new(verdict, Guarantee::Credentials, format!("{about} `{name}`")).within(name);
        change.at(&Origin::new("environment", name), &["credentials"])
    };
    let told = |credentials: &Option<Credentials>| {
        credentials.as_ref().map(|one| format!("`{}` for {}", one.role, words::seconds(one.ttl)))
    };
    let mut changes = Vec::new();
    match (&old.credentials, &new.credentials) {
        (Some(before), Some(after)) => {
            if before.role != after.role {
                let change = change(Verdict::Incomparable, "role that deploys to");
                let witness = format!("`{}` may be allowed what `{}` was not", after.role, before.role);
                changes.push(
                    change.between(Some(before.role.clone()), Some(after.role.clone())).witness(witness),
                );
            }
            let verdict = Verdict::of_limit(&before.ttl, &after.ttl);
            if verdict != Verdict::Neutral {
                let change = change(verdict, "life of the credentials for");
                let told = |ttl: u64| Some(words::seconds(ttl));
                let witness = (verdict == Verdict::Weaker).then(|| {
                    format!("what is stolen from a job can be used for {}", words::seconds(after.ttl))
                });
                changes.push(change.between(told(before.ttl), told(after.ttl)).witness(witness));
            }
        }
        (Some(_), None) => {
            let change = change(Verdict::Weaker, "credentials for");
            let witness =
                "whatever deploys there now uses credentials that nothing makes short-lived".to_owned();
            changes.push(change.between(told(&old.credentials), None).witness(witness));
        }
        (None, Some(_)) => {
            changes.push(change(Verdict::Stronger, "credentials for").between(None, told(&new.credentials)));
        }
        (None, None) => {}
    }
    changes
}

/// What is changed about the secrets that a service is let know.
pub(crate) fn of_artifact(name: &str, old: &Artifact, new: &Artifact) -> Option<Change> {
    let set = |artifact: &Artifact| -> BTreeSet<String> { artifact.secrets.iter().cloned().collect() };
    let (before, after) = (set(old), set(new));
    let verdict = Verdict::of(!before.is_superset(&after), !after.is_superset(&before));
    let witness = match verdict {
        Verdict::Neutral => return None,
        Verdict::Stronger => None,
        _ => Some(format!("`{name}` now knows {}", words::names(after.difference(&before)))),
    };
    let told = |secrets: &BTreeSet<String>| (!secrets.is_empty()).then(|| words::names(secrets));
    let change = Change::new(verdict, Guarantee::Credentials, format!("secrets of `{name}`"));
    let change = change.between(told(&before), told(&after)).witness(witness);
    Some(change.from(&old.origin, &["secrets"]).to(&new.origin, &["secrets"]))
}

/// What is changed about secrets: where they are kept, and how old they may get.
pub(crate) fn secrets(old: &Plan, new: &Plan) -> Vec<Change> {
    let mut changes = Vec::new();
    for (name, before) in &old.secrets {
        let Some(after) = new.secrets.get(name) else { continue };
        let change = |verdict, about: &str| {
            let change = Change::new(verdict, Guarantee::Credentials, format!("{about} secret `{name}`"));
            change.at(&Origin::new("secret", name), &[])
        };
        if before.from != after.from {
            let told = |secret: &Secret| Some(secret.from.to_string());
            changes
                .push(change(Verdict::Incomparable, "where it is kept:").between(told(before), told(after)));
        }
        let age = |secret: &Secret| secret.max_age.unwrap_or(u64::MAX);
        let verdict = Verdict::of_limit(&age(before), &age(after));
        if verdict != Verdict::Neutral {
            let told = |secret: &Secret| Some(secret.max_age.map_or("any".to_owned(), words::seconds));
            changes.push(change(verdict, "age of").between(told(before), told(after)));
        }
    }
    changes
}
