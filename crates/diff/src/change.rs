//! A change: what it is about, what it was and is, and what it does to which guarantee on which way.

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::{Guarantee, Origin, PathKind};
use serde::Serialize;

use crate::verdict::Verdict;

/// A change of what a plan lets through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Change {
    /// What it does to the guarantee.
    pub verdict: Verdict,
    /// The guarantee; none where no guarantee rests on what was changed.
    pub guarantee: Option<Guarantee>,
    /// The way into the environments; none where it is the same on every way.
    pub path: Option<PathKind>,
    /// The releases whose ways they are; none where it is the same for all.
    pub releases: BTreeSet<String>,
    /// The environments; none where it is the same for all.
    pub environments: BTreeSet<String>,
    /// What was changed, in words of the spec.
    pub subject: String,
    /// What it was; none where it is new.
    pub old: Option<String>,
    /// What it is; none where it is gone.
    pub new: Option<String>,
    /// A case that is decided otherwise than before.
    pub witness: Option<String>,
    /// Where it is written on each side.
    #[serde(skip)]
    pub places: Places,
}

/// Where a change is written on each side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// In the old text.
    pub old: Option<Spot>,
    /// In the new text.
    pub new: Option<Spot>,
}

/// A place in a declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The declaration.
    pub origin: Origin,
    /// Names of what leads to it, from the outside in: the clauses and fields of the declaration. As many are followed as are there.
    pub within: Vec<String>,
}

impl Spot {
    /// A place in a declaration.
    pub fn new(origin: Origin, within: &[&str]) -> Self {
        Self { origin, within: within.iter().map(|word| (*word).to_owned()).collect() }
    }
}

impl Change {
    pub(crate) fn new(
        verdict: Verdict,
        guarantee: impl Into<Option<Guarantee>>,
        subject: impl Into<String>,
    ) -> Self {
        Self {
            verdict,
            guarantee: guarantee.into(),
            path: None,
            releases: BTreeSet::new(),
            environments: BTreeSet::new(),
            subject: subject.into(),
            old: None,
            new: None,
            witness: None,
            places: Places::default(),
        }
    }

    /// What it was and is.
    pub(crate) fn between(mut self, old: Option<String>, new: Option<String>) -> Self {
        (self.old, self.new) = (old, new);
        self
    }

    pub(crate) fn witness(mut self, witness: impl Into<Option<String>>) -> Self {
        self.witness = witness.into();
        self
    }

    /// The same place of one declaration on both sides.
    pub(crate) fn at(self, origin: &Origin, within: &[&str]) -> Self {
        self.from(origin, within).to(origin, within)
    }

    /// The place in the old text.
    pub(crate) fn from(mut self, origin: &Origin, within: &[&str]) -> Self {
        self.places.old = Some(Spot::new(origin.clone(), within));
        self
    }

    /// The place in the new text.
    pub(crate) fn to(mut self, origin: &Origin, within: &[&str]) -> Self {
        self.places.new = Some(Spot::new(origin.clone(), within));
        self
    }

    /// Where it holds.
    pub(crate) fn on(mut self, release: &str, path: PathKind, environment: &str) -> Self {
        self.path = Some(path);
        self.of(release, environment)
    }

    /// Where it holds, on every way.
    pub(crate) fn of(mut self, release: &str, environment: &str) -> Self {
        self.releases.insert(release.to_owned());
        self.within(environment)
    }

    /// The environment in which it holds, for every release.
    pub(crate) fn within(mut self, environment: &str) -> Self {
        self.environments.insert(environment.to_owned());
        self
    }

    /// Whether two changes differ in their way alone.
    pub(crate) fn differs_in_way(&self, other: &Self) -> bool {
        // All fields are named, so that none is forgotten that comes to them.
        let Self { verdict, guarantee, path: _, releases, environments, subject, old, new, witness, places } =
            self;
        (verdict, guarantee, subject) == (&other.verdict, &other.guarantee, &other.subject)
            && (old, new, witness) == (&other.old, &other.new, &other.witness)
            && (releases, environments) == (&other.releases, &other.environments)
            && places == &other.places
    }

    /// Whether two changes are one that was found in two places.
    fn is_same(&self, other: &Self) -> bool {
        let key = |change: &Self| (change.verdict, change.guarantee, change.path, change.releases.is_empty());
        key(self) == key(other)
            && (&self.subject, &self.old, &self.new) == (&other.subject, &other.old, &other.new)
    }
}

/// Changes that are one, told once for all the releases and environments in which they were found, the worst first.
pub(crate) fn merged(changes: Vec<Change>) -> Vec<Change> {
    let mut merged: Vec<Change> = Vec::new();
    // Of many changes few are about the same thing: only those are compared.
    let mut about: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for change in changes {
        let same_subject = about.entry(change.subject.clone()).or_default();
        match same_subject.iter().copied().find(|at| merged[*at].is_same(&change)) {
            Some(at) => {
                merged[at].releases.extend(change.releases);
                merged[at].environments.extend(change.environments);
            }
            None => {
                same_subject.push(merged.len());
                merged.push(change);
            }
        }
    }
    merged.sort_by(|a, b| {
        let rank =
            |change: &Change| (change.verdict, change.guarantee.is_none(), change.guarantee, change.path);
        rank(a).cmp(&rank(b)).then_with(|| a.subject.cmp(&b.subject))
    });
    merged
}
