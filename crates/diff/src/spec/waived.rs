//! Waivers of controls: what a policy demands, and for a time need not hold. Waivers of gates are in the plan.

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::{Origin, Spec, Statement, Written};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::change::Change;
use crate::verdict::Verdict;

/// A control that is waived.
struct Waived<'s> {
    origin: &'s Origin,
    expires: &'s Written,
    environments: Option<&'s Written>,
}

/// What is changed about the controls that are waived. What is over lets nothing through.
pub(super) fn compare(old: &Spec, new: &Spec, now: Timestamp) -> Vec<Change> {
    let (before, after) = (waived(old), waived(new));
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let mut changes = Vec::new();
    for key in keys {
        let (was, is) = (before.get(key), after.get(key));
        let (from, to) = (until(was, now), until(is, now));
        let everywhere = |waived: Option<&Waived<'_>>| {
            waived.and_then(|one| one.environments).map(|at| at.items.clone()).unwrap_or_default()
        };
        let verdict = match (from, to) {
            (Some(_), Some(_)) if everywhere(was) != everywhere(is) => Verdict::Incomparable,
            (Some(before), Some(after)) => Verdict::of_limit(&before.text, &after.text),
            (before, after) => {
                Verdict::of(before.is_none() && after.is_some(), before.is_some() && after.is_none())
            }
        };
        if verdict == Verdict::Neutral && from == to {
            continue;
        }
        let told = |waived: Option<&Waived<'_>>| {
            waived.map(|one| format!("`{}` until {}", one.origin.name, one.expires.text))
        };
        let witness = (verdict == Verdict::Weaker)
            .then(|| format!("control {} need not hold until {}", key.0, to.map_or("", |to| &to.text)));
        let change = Change::new(verdict, None, format!("waiver of control {}", key.0));
        let mut change = change.between(told(was), told(is)).witness(witness);
        if let Some(was) = was {
            change = change.from(was.origin, &["controls"]);
        }
        if let Some(is) = is {
            change = change.to(is.origin, &["controls"]);
        }
        changes.push(change);
    }
    changes
}

/// Its end, where it is not over.
fn until<'s>(waived: Option<&Waived<'s>>, now: Timestamp) -> Option<&'s Written> {
    waived.map(|one| one.expires).filter(|expires| counts(expires, now))
}

/// Whether it is not over: by its day, or where it ends within one, by that.
fn counts(expires: &Written, now: Timestamp) -> bool {
    let day = expires.text.get(..10).and_then(|day| day.parse::<Date>().ok());
    day.is_none_or(|day| day >= TimeZone::UTC.to_datetime(now).date())
}

/// Each control that is waived, by its number and the name of the waiver.
fn waived(spec: &Spec) -> BTreeMap<(String, String), Waived<'_>> {
    let mut found = BTreeMap::new();
    for (origin, statements) in spec.declarations.iter().filter(|(origin, _)| origin.kind == "waiver") {
        let Some(expires) = field(statements, "expires") else { continue };
        let controls =
            field(statements, "controls").map(|controls| controls.items.clone()).unwrap_or_default();
        for control in controls {
            let environments = field(statements, "environments");
            found.insert((control, origin.name.clone()), Waived { origin, expires, environments });
        }
    }
    found
}

fn field<'s>(statements: &'s [Statement], name: &str) -> Option<&'s Written> {
    statements.iter().find(|one| one.word == name && one.about.is_none())?.parts.get("")
}
