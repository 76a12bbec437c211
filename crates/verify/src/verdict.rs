//! What the files of a product come to: which guarantees hold, and one error for each thing that is wrong.

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::{Guarantee, Plan};
use serde::Serialize;

use crate::finding::{By, Refused, Spot, Told};
use crate::place::Places;
use crate::{Files, kept_by};

/// What the files of a product come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The product.
    pub target: &'static str,
    /// Whether the files can be read at all.
    pub readable: bool,
    /// How each guarantee stands.
    pub guarantees: Vec<Standing>,
    /// What is wrong.
    pub errors: Vec<Error>,
}

/// How a guarantee stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The guarantee.
    pub guarantee: Guarantee,
    /// How it stands.
    pub stands: Stands,
}

/// How a guarantee stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stands {
    /// Every claim that keeps it holds.
    Holds,
    /// A claim that keeps it is broken.
    Broken,
    /// A claim that keeps it is broken, and a release gave it up by name.
    GivenUp,
    /// Nobody can say, for what is wrong besides.
    Unknown,
}

impl Stands {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Broken => "broken",
            Self::GivenUp => "given up",
            Self::Unknown => "unknown",
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Error {
    /// The file, from the root of the repository; none where it is in no file.
    pub file: Option<String>,
    /// The line.
    pub line: usize,
    /// The guarantees that it breaks.
    pub guarantees: Vec<Guarantee>,
    /// What it is, with the run in which it shows.
    pub message: String,
    /// What else is wrong at the same place.
    pub also: Vec<String>,
    /// The ways through releases that have it.
    pub ways: Vec<String>,
    /// How many more things are broken by it further on.
    pub follow: usize,
}

impl Verdict {
    /// Whether every guarantee holds, or was given up by name.
    pub fn holds(&self) -> bool {
        self.errors.is_empty() && self.guarantees.iter().all(|one| one.stands != Stands::Unknown)
    }

    /// The verdict on what was told, or on why nothing can be told.
    pub(crate) fn of(
        target: &'static str,
        plan: &Plan,
        files: &Files,
        told: Result<Vec<Told>, Refused>,
    ) -> Self {
        match told {
            Ok(told) => Self::judged(target, files, &given_up(plan, target), told),
            Err(refused) => Self::refused(target, plan, files, &refused),
        }
    }

    fn judged(target: &'static str, files: &Files, given_up: &[Guarantee], mut told: Vec<Told>) -> Self {
        // What has no place is told only where nothing with one explains it; then nobody can say whether what it is about holds.
        let mut unknown = BTreeSet::new();
        if told.iter().any(|one| one.finding.spot.is_some()) {
            let nowhere = told.iter().filter(|one| one.finding.spot.is_none());
            unknown.extend(nowhere.flat_map(Told::guarantees));
            told.retain(|one| one.finding.spot.is_some());
        }
        let broken: BTreeSet<Guarantee> = told.iter().flat_map(Told::guarantees).collect();
        told.retain(|one| !one.guarantees().iter().all(|guarantee| given_up.contains(guarantee)));
        let stands = |guarantee| match (broken.contains(&guarantee), given_up.contains(&guarantee)) {
            (false, _) if unknown.contains(&guarantee) => Stands::Unknown,
            (false, _) => Stands::Holds,
            (true, true) => Stands::GivenUp,
            (true, false) => Stands::Broken,
        };
        Self {
            target,
            readable: true,
            guarantees: Guarantee::ALL
                .map(|guarantee| Standing { guarantee, stands: stands(guarantee) })
                .into(),
            errors: errors(files, told),
        }
    }

    fn refused(target: &'static str, plan: &Plan, files: &Files, refused: &Refused) -> Self {
        // A job that is not there keeps nothing; of the rest nobody can say, since nothing would start.
        let broken = if let By::Missing(job) = &refused.by { Some(kept(plan, job)) } else { None };
        let error = Error {
            file: Some(refused.spot.file.clone()),
            line: refused.line.unwrap_or_else(|| line(files, &refused.spot)),
            guarantees: broken.into_iter().collect(),
            message: refused.why.to_string(),
            also: Vec::new(),
            ways: Vec::new(),
            follow: 0,
        };
        let stands = |guarantee| {
            let stands = if broken == Some(guarantee) { Stands::Broken } else { Stands::Unknown };
            Standing { guarantee, stands }
        };
        let guarantees = Guarantee::ALL.map(stands).into();
        Self { target, readable: refused.by != By::Form, guarantees, errors: vec![error] }
    }
}

/// The guarantee that the job of a step keeps, or that all start in their order.
fn kept(plan: &Plan, job: &str) -> Guarantee {
    let paths = plan.releases.iter().flat_map(|release| &release.paths);
    paths.filter_map(|path| kept_by(path, job)).next().unwrap_or(Guarantee::Order)
}

/// What releases gave up by name on a product.
fn given_up(plan: &Plan, target: &str) -> Vec<Guarantee> {
    let accepts = plan.releases.iter().flat_map(|release| &release.accepts);
    let here = accepts.filter(|accept| accept.target.as_deref().is_none_or(|on| on == target));
    here.map(|accept| accept.guarantee).collect()
}

/// One error for each place.
fn errors(files: &Files, told: Vec<Told>) -> Vec<Error> {
    let follow = told.iter().filter(|one| one.follows).count();
    let mut groups: BTreeMap<(Option<String>, Vec<String>), Vec<Told>> = BTreeMap::new();
    for one in told.into_iter().filter(|one| !one.follows) {
        let at = match &one.finding.spot {
            Some(spot) => (Some(spot.file.clone()), spot.path.clone()),
            None => (None, vec![one.finding.what.clone()]),
        };
        groups.entry(at).or_default().push(one);
    }
    let mut errors: Vec<Error> = groups.into_values().filter_map(|group| error(files, &group)).collect();
    errors.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    if let Some(first) = errors.first_mut() {
        first.follow = follow;
    }
    errors
}

fn error(files: &Files, group: &[Told]) -> Option<Error> {
    let first = group.first()?;
    let spot = first.finding.spot.as_ref();
    let guarantees: BTreeSet<Guarantee> = group.iter().flat_map(Told::guarantees).collect();
    let ways: BTreeSet<&String> = group.iter().map(|one| &one.way).collect();
    let mut also: Vec<String> = Vec::new();
    for one in group {
        let what = &one.finding.what;
        if *what != first.finding.what && !also.contains(what) {
            also.push(what.clone());
        }
    }
    Some(Error {
        file: spot.map(|spot| spot.file.clone()),
        line: spot.map_or(1, |spot| line(files, spot)),
        guarantees: guarantees.into_iter().collect(),
        message: first.finding.what.clone(),
        also,
        ways: ways.into_iter().cloned().collect(),
        follow: 0,
    })
}

/// The line of a place in its file.
fn line(files: &Files, spot: &Spot) -> usize {
    let text = files.get(&spot.file).map(String::as_str).unwrap_or_default();
    let path: Vec<&str> = spot.path.iter().map(String::as_str).chain(spot.key).collect();
    Places::of(text).line(&path)
}
