//! What chains let through besides who agrees: how long an agreement counts, and what must have passed before anybody is asked.

use std::collections::BTreeSet;

use clearway_plan::{ApprovalStep, Within};

use super::asked::Asking;
use crate::verdict::Verdict;
use crate::words;

/// What differs between two steps that are one.
pub(super) struct Difference {
    pub verdict: Verdict,
    pub step: String,
    pub field: &'static str,
    pub about: String,
    pub old: Option<String>,
    pub new: Option<String>,
    pub witness: Option<String>,
}

/// Steps that are one: of one name, or asking the same people where both have another name.
fn pairs<'p>(before: &Asking<'p>, after: &Asking<'p>) -> Vec<(&'p ApprovalStep, &'p ApprovalStep)> {
    let old: Vec<&ApprovalStep> = before.steps.iter().map(|step| step.rule).collect();
    let new: Vec<&ApprovalStep> = after.steps.iter().map(|step| step.rule).collect();
    let named = |steps: &[&ApprovalStep], name: &str| steps.iter().any(|step| step.name == name);
    let partner = |step: &&'p ApprovalStep| {
        let by_name = old.iter().find(|other| other.name == step.name);
        let renamed = || old.iter().find(|other| other.from == step.from && !named(&new, &other.name));
        by_name.or_else(|| renamed().filter(|_| !named(&old, &step.name))).copied()
    };
    new.iter().filter_map(|step| Some((partner(step)?, *step))).collect()
}

/// The first step that is not as it was, by its name.
pub(super) fn differing(before: &Asking<'_>, after: &Asking<'_>) -> Option<String> {
    let changed = pairs(before, after).into_iter().find(|(old, new)| old != new);
    let has = |asking: &Asking<'_>, name: &str| asking.steps.iter().any(|step| step.rule.name == name);
    let gone = before.steps.iter().find(|step| !has(after, &step.rule.name));
    changed.map(|(_, new)| new.name.clone()).or_else(|| gone.map(|step| step.rule.name.clone()))
}

/// What differs between the steps of two chains.
pub(super) fn compare(before: &Asking<'_>, after: &Asking<'_>) -> Vec<Difference> {
    pairs(before, after)
        .into_iter()
        .flat_map(|(old, new)| [time(old, new), gates(old, new)])
        .flatten()
        .collect()
}

/// How long agreeing counts. Where somebody stands in for those who do not answer, that one counts once their time is over, and they
/// count at any time: so the shorter the time, the more is let through. Where nobody does, they count as long as they have time.
fn time(old: &ApprovalStep, new: &ApprovalStep) -> Option<Difference> {
    let stands_in = |step: &ApprovalStep| step.within.is_some() && step.escalate.is_some();
    let verdict = match (stands_in(old), stands_in(new)) {
        (false, true) => Verdict::Weaker,
        (true, false) => Verdict::Stronger,
        (true, true) => longer(old, new).reversed(),
        (false, false) => longer(old, new),
    };
    if verdict == Verdict::Neutral {
        return None;
    }
    let told = |step: &ApprovalStep| {
        let time = step.within.as_ref().map_or("any time".to_owned(), words::within);
        let then = step.escalate.as_ref().map(|who| format!(", then `{who}`")).unwrap_or_default();
        Some(format!("{time}{then}"))
    };
    let witness = match verdict {
        Verdict::Weaker if stands_in(new) && stands_in(old) => "somebody stands in for them sooner",
        Verdict::Weaker => "an agreement counts that came too late",
        Verdict::Stronger if stands_in(old) && stands_in(new) => "somebody stands in for them later",
        Verdict::Stronger => "an agreement no longer counts that came in time",
        _ => "the two times are not counted alike",
    };
    Some(Difference {
        verdict,
        step: new.name.clone(),
        field: "within",
        about: format!("time of step `{}`", new.name),
        old: told(old),
        new: told(new),
        witness: Some(witness.to_owned()),
    })
}

/// Weaker where there is more time.
fn longer(old: &ApprovalStep, new: &ApprovalStep) -> Verdict {
    match (&old.within, &new.within) {
        (one, other) if one == other => Verdict::Neutral,
        (None, Some(_)) => Verdict::Stronger,
        (Some(_), None) => Verdict::Weaker,
        (Some(Within::Seconds(one)), Some(Within::Seconds(other))) => Verdict::of_limit(one, other),
        (Some(Within::Period(one)), Some(Within::Period(other))) if one.unit == other.unit => {
            Verdict::of_limit(&one.count, &other.count)
        }
        _ => Verdict::Incomparable,
    }
}

/// The gates that must have passed before anybody is asked.
fn gates(old: &ApprovalStep, new: &ApprovalStep) -> Option<Difference> {
    let set = |step: &ApprovalStep| -> BTreeSet<String> { step.requires.iter().cloned().collect() };
    let (before, after) = (set(old), set(new));
    let told = |gates: &BTreeSet<String>| (!gates.is_empty()).then(|| words::names(gates));
    let verdict = Verdict::of(!after.is_superset(&before), !before.is_superset(&after));
    let witness = match verdict {
        Verdict::Weaker | Verdict::Incomparable => {
            Some(format!("they can agree before {} passed", words::names(before.difference(&after))))
        }
        Verdict::Stronger => {
            Some(format!("they are asked only after {} passed", words::names(after.difference(&before))))
        }
        Verdict::Neutral => return None,
    };
    Some(Difference {
        verdict,
        step: new.name.clone(),
        field: "requires",
        about: format!("gates before step `{}`", new.name),
        old: told(&before),
        new: told(&after),
        witness,
    })
}
