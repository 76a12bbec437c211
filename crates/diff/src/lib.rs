//! What a change of a plan makes weaker, stronger or other, guarantee by guarantee and way by way; and what a change of a spec does that
//! no plan tells of.
//!
//! A plan says all that a pipeline lets through: which figures pass a gate, who suffices to agree, when a deployment may start, what goes on
//! beside it, how much of the traffic has a version that is about to fail. A change is *weaker* where something is let through that was not,
//! *stronger* where something is not that was, *incomparable* where both are so or nobody can tell, and *neutral* where the same is. That is
//! decided and not guessed from texts: by cases of what can be measured ([`formula`](self)), by sets of people, by sets of time. What is
//! found comes with a witness: a case that is decided otherwise.
//!
//! It is total: what differs between two plans and has no rule is told as a neutral change.

mod acceptance;
mod approvals;
mod basis;
mod change;
mod checklists;
mod conditions;
mod credentials;
mod digest;
mod effects;
mod formula;
mod gates;
mod locks;
mod order;
mod outcome;
mod pattern;
mod records;
mod releases;
mod rest;
mod rollback;
mod spec;
mod tell;
mod triage;
mod verdict;
mod waivers;
mod way;
mod windows;
mod words;

use std::collections::BTreeSet;

use clearway_plan::{Guarantee, PathKind, Plan, Spec};
use jiff::Timestamp;
use serde::Serialize;

pub use acceptance::Acceptance;
pub use change::{Change, Places, Spot};
pub use effects::{Effects, Moved, Reordered, Staffed};
pub use tell::{Group, Side, Told, grouped};
pub use verdict::Verdict;

/// One side of a comparison.
#[derive(Debug, Clone, Copy)]
pub struct Compared<'s> {
    /// What its releases do.
    pub plan: &'s Plan,
    /// What the spec says that it was made from; none for a plan of which that is not at hand.
    pub spec: Option<&'s Spec>,
}

/// What a comparison is asked with.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The time from which on it counts what may start and what is waived.
    pub now: Timestamp,
    /// Who has agreed to the change: triage rules are weaker where nobody has who must.
    pub agreed: BTreeSet<String>,
}

/// What a change comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// The changes, the worst first.
    pub changes: Vec<Change>,
    /// What each guarantee comes to on each way, the worst first; only those of which something was changed.
    pub verdicts: Vec<Summed>,
    /// What becomes of order, schedule and people.
    pub effects: Effects,
    /// The sides of which there is a plan alone: what else specs say was not compared.
    pub plans_alone: Vec<Side>,
}

/// What all changes of a guarantee on a way come to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Summed {
    /// The worst of them.
    pub verdict: Verdict,
    /// The guarantee.
    pub guarantee: Guarantee,
    /// The way; none for what is the same on every way.
    pub path: Option<PathKind>,
}

impl Diff {
    /// Whether nothing was changed.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether something comes to a verdict.
    pub fn has(&self, verdict: Verdict) -> bool {
        self.changes.iter().any(|change| change.verdict == verdict)
    }
}

/// What a change from one side to another comes to.
pub fn diff(old: Compared<'_>, new: Compared<'_>, asked: &Asked) -> Diff {
    let changes = changes(old, new, asked);
    let (before, after) = (old.plan, new.plan);
    let effects = if before == after { Effects::default() } else { Effects::of(before, after, asked.now) };
    let sides = [(Side::Old, old), (Side::New, new)].into_iter();
    let plans_alone = sides.filter(|(_, side)| side.spec.is_none()).map(|(side, _)| side).collect();
    Diff { verdicts: summed(&changes), changes, effects, plans_alone }
}

/// The changes alone, the worst first.
pub fn changes(old: Compared<'_>, new: Compared<'_>, asked: &Asked) -> Vec<Change> {
    let mut changes = of_plans(old.plan, new.plan, asked);
    if let (Some(before), Some(after)) = (old.spec, new.spec) {
        changes.extend(spec::compare(before, after, asked.now));
        if changes.is_empty() {
            changes.extend(spec::leftover(before, after, old.plan != new.plan));
        }
    }
    change::merged(changes)
}

fn of_plans(old: &Plan, new: &Plan, asked: &Asked) -> Vec<Change> {
    let mut changes = Vec::new();
    if old != new {
        changes.extend(basis::assumptions(old, new));
        changes.extend(releases::compare(old, new, asked));
        changes.extend(environments(old, new));
        changes.extend(artifacts(old, new));
        changes.extend(approvals::logins(old, new));
        changes.extend(locks::compare(old, new));
        changes.extend(credentials::secrets(old, new));
        changes.extend(records::retention(old, new));
        changes.extend(records::looks(old, new));
        changes.extend(records::signers(old, new));
        changes.extend(rest::compare(old, new));
        if changes.is_empty() {
            changes.extend(rest::leftover(old, new));
        }
    }
    changes
}

fn environments(old: &Plan, new: &Plan) -> Vec<Change> {
    let both = old
        .environments
        .iter()
        .filter_map(|(name, before)| Some((name, before, new.environments.get(name)?)));
    both.flat_map(|(name, before, after)| {
        let mut changes = credentials::of_environment(name, before, after);
        changes.extend(rollback::monitoring(name, before.monitoring.as_ref(), after.monitoring.as_ref()));
        if before.tier != after.tier {
            let change = Change::new(Verdict::Incomparable, None, format!("tier of `{name}`"));
            let change = change.between(Some(before.tier.clone()), Some(after.tier.clone()));
            let change = change.witness("other rules hold there".to_owned());
            changes.push(change.within(name).at(&clearway_plan::Origin::new("environment", name), &["tier"]));
        }
        changes
    })
    .collect()
}

fn artifacts(old: &Plan, new: &Plan) -> Vec<Change> {
    let both =
        old.artifacts.iter().filter_map(|(name, before)| Some((name, before, new.artifacts.get(name)?)));
    both.filter(|(_, before, after)| before != after)
        .flat_map(|(name, before, after)| {
            let mut changes = outcome::of_artifact(name, before, after);
            changes.extend(digest::of_artifact(name, before, after));
            changes.extend(credentials::of_artifact(name, before, after));
            changes
        })
        .collect()
}

/// What each guarantee comes to on each way.
fn summed(changes: &[Change]) -> Vec<Summed> {
    let mut summed: Vec<Summed> = Vec::new();
    for change in changes {
        let Some(guarantee) = change.guarantee else { continue };
        match summed.iter_mut().find(|known| (known.guarantee, known.path) == (guarantee, change.path)) {
            Some(known) => known.verdict = known.verdict.and(change.verdict),
            None => summed.push(Summed { verdict: change.verdict, guarantee, path: change.path }),
        }
    }
    summed.sort();
    summed
}
