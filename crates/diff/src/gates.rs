//! Gates, checklists and waivers: what must have been measured or done before an environment.

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::{Cap, Condition, Evidence, Gate, Guarantee, Plan, Quarantine};
use jiff::tz::TimeZone;

use crate::Asked;
use crate::change::Change;
use crate::conditions::{Conditions, weigh};
use crate::verdict::Verdict;
use crate::{pattern, triage, words};

/// What stands before an environment, by name, on both sides.
pub(crate) struct Stops<'s, 'p> {
    pub old: (&'p Plan, &'s [&'p str]),
    pub new: (&'p Plan, &'s [&'p str]),
}

/// What is changed about the gates before an environment.
pub(crate) fn compare(stops: &Stops<'_, '_>, asked: &Asked) -> Vec<Change> {
    let ((old_plan, old), (new_plan, new)) = (stops.old, stops.new);
    let gate = |plan: &'_ Plan, name: &str| plan.gates.get(name).cloned();
    let (mut gone, mut added, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    for name in old {
        match (gate(old_plan, name), new.contains(name).then(|| gate(new_plan, name)).flatten()) {
            (Some(before), Some(after)) => {
                changes.extend(of_gate((old_plan, &before), (new_plan, &after), asked));
            }
            _ => gone.push(*name),
        }
    }
    added.extend(new.iter().copied().filter(|name| !old.contains(name)));
    // A gate that was renamed, or is used with other arguments, is still that gate.
    let kin = |one: &str, other: &str| base(one) == base(other);
    let same = |one: &str, other: &str| match (gate(old_plan, one), gate(new_plan, other)) {
        (Some(one), Some(other)) => of_gate((old_plan, &one), (new_plan, &other), asked).is_empty(),
        _ => false,
    };
    for by_name in [true, false] {
        gone.retain(|name| {
            let is_one = |other: &&str| if by_name { kin(name, other) } else { same(name, other) };
            let Some(at) = added.iter().position(is_one) else { return true };
            let other = added.swap_remove(at);
            if let (Some(before), Some(after)) = (gate(old_plan, name), gate(new_plan, other)) {
                changes.extend(of_gate((old_plan, &before), (new_plan, &after), asked));
                if base(name) != base(other) {
                    let subject = format!("name of gate `{other}`");
                    let change = Change::new(Verdict::Neutral, Guarantee::Gates, subject);
                    let change = change.between(Some((*name).to_owned()), Some(other.to_owned()));
                    changes.push(change.from(&before.origin, &[]).to(&after.origin, &[]));
                }
            }
            false
        });
    }
    for name in gone {
        let still = new.iter().find(|other| {
            gate(new_plan, other)
                .zip(gate(old_plan, name))
                .is_some_and(|(new, old)| asks_for((new_plan, &new), (old_plan, &old), asked))
        });
        let verdict = if still.is_some() { Verdict::Neutral } else { Verdict::Weaker };
        let witness = match still {
            Some(other) => format!("gate `{other}` asks for the same or more"),
            None => format!("it goes on where gate `{name}` would not pass"),
        };
        let mut change = Change::new(verdict, Guarantee::Gates, format!("gate `{name}`"))
            .between(gate(old_plan, name).map(|gate| told(&gate)), None)
            .witness(witness);
        if let Some(gate) = gate(old_plan, name) {
            change = change.from(&gate.origin, &[]);
        }
        changes.push(change);
    }
    for name in added {
        let Some(after) = gate(new_plan, name) else { continue };
        let already = old.iter().find(|other| {
            gate(old_plan, other).is_some_and(|other| asks_for((old_plan, &other), (new_plan, &after), asked))
        });
        let verdict = if already.is_some() { Verdict::Neutral } else { Verdict::Stronger };
        let witness = match already {
            Some(other) => format!("gate `{other}` asks for the same or more already"),
            None => format!("it stops where gate `{name}` does not pass"),
        };
        let change = Change::new(verdict, Guarantee::Gates, format!("gate `{name}`"));
        changes.push(change.between(None, Some(told(&after))).witness(witness).to(&after.origin, &[]));
    }
    changes
}

/// The name of a declaration, without the arguments of a template.
fn base(name: &str) -> &str {
    name.split('(').next().unwrap_or_default()
}

fn told(gate: &Gate) -> String {
    let requires = gate.requires.iter().map(|one| words::condition(&one.condition)).collect::<Vec<_>>();
    let triage = gate.triage.iter().map(|triage| format!("no blocker of `{}`", triage.name));
    requires.into_iter().chain(triage).collect::<Vec<_>>().join(" and ")
}

/// Whether whatever passes one gate passes another.
fn asks_for(one: (&Plan, &Gate), other: (&Plan, &Gate), asked: &Asked) -> bool {
    let changes = of_gate(other, one, asked);
    changes.iter().all(|change| matches!(change.verdict, Verdict::Stronger | Verdict::Neutral))
}

/// What is changed about a gate, wherever it stands.
fn of_gate(old: (&Plan, &Gate), new: (&Plan, &Gate), asked: &Asked) -> Vec<Change> {
    let ((_, before), (_, after)) = (old, new);
    let change = |verdict, about: &str| {
        let subject = format!("gate `{}`{about}", after.origin.name);
        Change::new(verdict, Guarantee::Gates, subject)
    };
    let at = |change: Change, within: &[&str]| change.from(&before.origin, within).to(&after.origin, within);
    let mut changes: Vec<Change> = Vec::new();
    changes.extend(requirements(before, after).map(|change| at(change, &["require"])));
    changes.extend(triage::compare(old, new, asked));
    if before.max_age != after.max_age {
        let age = |gate: &Gate| gate.max_age.unwrap_or(u64::MAX);
        let told = |gate: &Gate| gate.max_age.map(words::seconds).or_else(|| Some("any age".to_owned()));
        let witness = match (age(before) < age(after)).then(|| age(before)) {
            Some(limit) => format!("evidence older than {} now counts", words::seconds(limit)),
            None => format!("evidence older than {} no longer counts", words::seconds(age(after))),
        };
        let verdict = Verdict::of_limit(&age(before), &age(after));
        let change = change(verdict, ", age of the evidence").between(told(before), told(after));
        changes.push(at(change.witness(witness), &["max-age"]));
    }
    changes.extend(quarantines(before, after, asked).into_iter().map(|change| at(change, &["quarantines"])));
    if before.max_quarantined != after.max_quarantined {
        let told = |gate: &Gate| Some(gate.max_quarantined.map_or("as many as there are".to_owned(), cap));
        let verdict = match (before.max_quarantined, after.max_quarantined) {
            (None, _) => Verdict::Stronger,
            (_, None) => Verdict::Weaker,
            (Some(Cap::Count(old)), Some(Cap::Count(new))) => Verdict::of_limit(&old, &new),
            (Some(Cap::Percent(old)), Some(Cap::Percent(new))) => Verdict::of_limit(&old, &new),
            _ => Verdict::Incomparable,
        };
        let change = change(verdict, ", tests that may be in quarantine").between(told(before), told(after));
        changes.push(at(change, &["max-quarantined"]));
    }
    for (about, field, old, new) in [
        (", where the figures come from", "evidence", &before.evidence, &after.evidence),
        (", what the figures are compared with", "baseline", &before.baseline, &after.baseline),
    ] {
        if sources(old) != sources(new) {
            let told =
                |evidence: &Vec<Evidence>| Some(sources(evidence).into_iter().collect::<Vec<_>>().join(", "));
            let witness = "other reports may say something else".to_owned();
            let change = change(Verdict::Incomparable, about).between(told(old), told(new)).witness(witness);
            changes.push(at(change, &[field]));
        }
    }
    if before.measure != after.measure {
        let told = |gate: &Gate| gate.measure.as_ref().map(|command| command.run.clone());
        let is_same = told(before) == told(after);
        let verdict = if is_same { Verdict::Neutral } else { Verdict::Incomparable };
        changes
            .push(at(change(verdict, ", how it is measured").between(told(before), told(after)), &["run"]));
    }
    let scope = |gate: &Gate| -> BTreeSet<String> { gate.scope.iter().cloned().collect() };
    let (old, new) = (scope(before), scope(after));
    if old != new {
        let covers = |wide: &BTreeSet<String>, narrow: &BTreeSet<String>| {
            wide.is_empty() || (!narrow.is_empty() && wide.is_superset(narrow))
        };
        let told = |scope: &BTreeSet<String>| {
            Some(if scope.is_empty() { "all that ships".to_owned() } else { words::names(scope) })
        };
        let verdict = Verdict::of(!covers(&new, &old), !covers(&old, &new));
        changes.push(at(
            change(verdict, ", services that it is about").between(told(&old), told(&new)),
            &["scope"],
        ));
    }
    changes
}

fn cap(cap: Cap) -> String {
    match cap {
        Cap::Count(count) => count.to_string(),
        Cap::Percent(percent) => format!("{}%", percent.normalize()),
    }
}

/// Reports, each in one line, in no order.
fn sources(evidence: &[Evidence]) -> BTreeSet<String> {
    let told = |one: &Evidence| {
        let sources: BTreeSet<&String> = one.sources.iter().collect();
        let sources = sources.into_iter().map(|source| format!("{source:?}")).collect::<Vec<_>>().join(", ");
        let table = one.table.as_ref().map(|table| format!(" {}", serde_json::json!(table)));
        format!("{}({sources}){}", one.reader, table.unwrap_or_default())
    };
    evidence.iter().map(told).collect()
}

/// A gate that asks for nothing never passes.
const NEVER: Condition = Condition::Constant(false);

fn requirements(before: &Gate, after: &Gate) -> Option<Change> {
    let conditions = |gate: &'_ Gate| {
        let all = gate.requires.iter().chain(&gate.assumes).map(|one| one.condition.clone());
        let never = (gate.requires.is_empty() && gate.triage.is_none()).then_some(NEVER);
        all.chain(never).collect::<Vec<_>>()
    };
    let (old, new) = (conditions(before), conditions(after));
    let (old, new) = (Conditions::of(&old), Conditions::of(&new));
    let weighed = weigh(&old, &new);
    if weighed.is_same {
        return None;
    }
    let change = Change::new(weighed.verdict, Guarantee::Gates, format!("gate `{}`", after.origin.name));
    Some(change.between(old.apart_from(&new), new.apart_from(&old)).witness(weighed.witness))
}

/// Which tests are set aside until when: whatever a new pattern sets aside, an old one must.
fn quarantines(before: &Gate, after: &Gate, asked: &Asked) -> Vec<Change> {
    let today = TimeZone::UTC.to_datetime(asked.now).date();
    let patterns = |gate: &'_ Gate| -> BTreeSet<(String, jiff::civil::Date)> {
        let live = gate.quarantines.iter().filter(|quarantine| quarantine.until >= today);
        live.flat_map(|one| one.tests.iter().map(|test| (test.clone(), one.until))).collect()
    };
    let (old, new) = (patterns(before), patterns(after));
    let more = |these: &BTreeSet<(String, jiff::civil::Date)>,
                those: &BTreeSet<(String, jiff::civil::Date)>| {
        let is_held = |(test, until): &&(String, jiff::civil::Date)| {
            those.iter().any(|(wide, longer)| longer >= until && pattern::covers(wide, test))
        };
        these.iter().find(|one| !is_held(one)).cloned()
    };
    let told = |patterns: &BTreeSet<(String, jiff::civil::Date)>| {
        let told: Vec<String> =
            patterns.iter().map(|(test, until)| format!("`{test}` until {until}")).collect();
        (!told.is_empty()).then(|| words::list(&told))
    };
    let subject = format!("gate `{}`, tests in quarantine", after.origin.name);
    let (added, freed) = (more(&new, &old), more(&old, &new));
    let verdict = Verdict::of(added.is_some(), freed.is_some());
    if verdict != Verdict::Neutral {
        let witness =
            added.map(|(test, until)| format!("a failure of `{test}` does not count until {until}"));
        let witness = witness
            .or_else(|| freed.map(|(test, until)| format!("a failure of `{test}` counts before {until}")));
        let change = Change::new(verdict, Guarantee::Gates, subject);
        return vec![change.between(told(&old), told(&new)).witness(witness)];
    }
    let plain = |gate: &Gate| -> BTreeMap<String, Quarantine> {
        gate.quarantines.iter().map(|one| (one.name.clone(), one.clone())).collect()
    };
    if plain(before) == plain(after) {
        return Vec::new();
    }
    let told = |gate: &Gate| {
        let told = gate.quarantines.iter().map(|one| {
            format!(
                "`{}` of {} by `{}` until {} ({})",
                one.name,
                one.tests.join(", "),
                one.owner,
                one.until,
                one.reason
            )
        });
        Some(told.collect::<Vec<_>>().join(", "))
    };
    vec![Change::new(Verdict::Neutral, Guarantee::Gates, subject).between(told(before), told(after))]
}
