//! What a change makes weaker: the edits of `tests/diff`, edits that change nothing, every value of a plan, and all outcomes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]
#![allow(clippy::disallowed_methods, reason = "the tests read the repository they are in")]

mod brute;
mod corpus;
mod mutants;
mod same;
mod signers;
mod specs;

use std::collections::BTreeSet;

use clearway_diff::{Asked, Change, Compared, Diff};
use clearway_model::Workspace;
use clearway_plan::{Plan, Spec};
use clearway_tests::{Fixture, repository};

/// The time of every comparison.
const NOW: &str = "2026-11-02T09:00:00Z";

/// An example of the repository.
fn example(name: &str) -> Fixture {
    let mut fixture = Fixture::folder(&repository().join("examples").join(name));
    fixture.now = Some(NOW.parse().unwrap());
    fixture
}

/// A side of a comparison: the plan of a project that holds, and what its spec says beside.
struct Read {
    plan: Plan,
    spec: Spec,
}

impl Read {
    fn of(workspace: &Workspace) -> Result<Self, String> {
        Ok(Self { plan: planned(workspace)?, spec: clearway_plan::spec(workspace) })
    }

    fn compared(&self) -> Compared<'_> {
        Compared { plan: &self.plan, spec: Some(&self.spec) }
    }
}

/// The plan of a project that holds.
fn planned(workspace: &Workspace) -> Result<Plan, String> {
    let outcome = clearway_analysis::check(workspace);
    let stops = outcome.diagnostics.iter().filter(|one| one.stops_build());
    let stops: Vec<&str> = stops.map(|one| one.message.as_str()).collect();
    outcome.checked.as_ref().map(clearway_plan::lower).ok_or_else(|| stops.join("\n"))
}

fn asked(agreed: &[String]) -> Asked {
    Asked { now: NOW.parse().unwrap(), agreed: agreed.iter().cloned().collect() }
}

fn diff(old: &Read, new: &Read, agreed: &[String]) -> Diff {
    clearway_diff::diff(old.compared(), new.compared(), &asked(agreed))
}

/// The changes of plans alone.
fn changes(old: &Plan, new: &Plan) -> Vec<Change> {
    let alone = |plan| Compared { plan, spec: None };
    clearway_diff::changes(alone(old), alone(new), &asked(&[]))
}

/// A change as `VERDICT GUARANTEE WAY`.
fn short(change: &Change) -> String {
    let guarantee = change.guarantee.map_or("-", |guarantee| guarantee.name());
    format!("{} {guarantee} {}", change.verdict, change.path.map_or("-", |path| path.name()))
}

fn shorts(diff: &Diff) -> BTreeSet<String> {
    diff.changes.iter().map(short).collect()
}
