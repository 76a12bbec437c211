//! What of a claim is broken, and where.

use std::fmt;

use clearway_plan::Guarantee;

/// What of a claim is broken.
pub type Broken = Vec<Finding>;

/// A part of a file, by the keys and names that lead to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The file, from the root of the repository.
    pub file: String,
    /// What leads to the job, the object or whatever else it is.
    pub path: Vec<String>,
    /// What of it is meant, where it is there.
    pub key: Option<&'static str>,
}

impl Spot {
    /// A part of a file.
    pub fn new(file: &str, path: &[&str]) -> Self {
        Self { file: file.to_owned(), path: path.iter().map(|part| (*part).to_owned()).collect(), key: None }
    }

    /// A key of it.
    #[must_use]
    pub const fn key(mut self, key: &'static str) -> Self {
        self.key = Some(key);
        self
    }

    /// That something is broken there.
    pub fn says(self, what: impl Into<String>) -> Finding {
        Finding { what: what.into(), spot: Some(self), guarantee: None }
    }
}

/// One thing that is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is, with the run in which it shows.
    pub what: String,
    /// Where it is; nothing where it is missing, or nowhere in particular.
    pub spot: Option<Spot>,
    /// The guarantee that it breaks, where its claim keeps several and it breaks this one.
    pub guarantee: Option<Guarantee>,
}

impl Finding {
    /// What has no place.
    pub fn nowhere(what: impl Into<String>) -> Self {
        Self { what: what.into(), spot: None, guarantee: None }
    }

    /// It is at a key of its place.
    #[must_use]
    pub fn at(mut self, key: &'static str) -> Self {
        self.spot = self.spot.map(|spot| spot.key(key));
        self
    }

    /// It breaks just this guarantee.
    #[must_use]
    pub const fn of(mut self, guarantee: Guarantee) -> Self {
        self.guarantee = Some(guarantee);
        self
    }
}

/// Something broken, with the claim and the way through a release that it was found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The claim.
    pub claim: &'static str,
    /// The guarantees that the claim keeps.
    pub keeps: &'static [Guarantee],
    /// The way through a release.
    pub way: String,
    /// What is broken.
    pub finding: Finding,
    /// It comes of something else that is told.
    pub follows: bool,
}

impl Told {
    /// The guarantees that are broken.
    pub fn guarantees(&self) -> Vec<Guarantee> {
        self.finding.guarantee.map_or_else(|| self.keeps.to_vec(), |one| vec![one])
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.claim, self.way, self.finding.what)
    }
}

/// Why nothing can be said of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The place.
    pub spot: Spot,
    /// The line, where the reader knows it.
    pub line: Option<usize>,
    /// What is wrong.
    pub why: Box<str>,
    /// What kind of reason that is.
    pub by: By,
}

/// What kind of reason there is to say nothing of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// A file is not there, or is no file of its kind.
    Form,
    /// The product would not start anything of it.
    Rules,
    /// Nor of this, since another job needs the one that is named, which is not there.
    Missing(Box<str>),
}

impl Refused {
    /// The product would not start anything of this.
    pub fn by_the_rules(spot: Spot, why: String) -> Self {
        Self { spot, line: None, why: why.into(), by: By::Rules }
    }

    /// A file is not there, or is no file of its kind.
    pub fn unreadable(file: &str, why: String) -> Self {
        Self { spot: Spot::new(file, &[]), line: None, why: why.into(), by: By::Form }
    }

    /// A job is needed, and not there.
    #[must_use]
    pub fn wants(mut self, job: &str) -> Self {
        self.by = By::Missing(job.into());
        self
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.spot.file, self.why)
    }
}

impl std::error::Error for Refused {}

/// What of a job comes only of something before it: a job that starts after all that it needs itself, and yet without something further before,
/// does so because of a job between.
pub(crate) fn mark_what_follows(told: &mut [Told]) {
    let broken_order: Vec<(String, Option<Spot>)> = told
        .iter()
        .filter(|one| one.claim == "order")
        .map(|one| (one.way.clone(), job(&one.finding)))
        .collect();
    for one in told.iter_mut().filter(|one| one.claim == "gates-and-approvals") {
        let own = (one.way.clone(), job(&one.finding));
        let elsewhere = broken_order.iter().any(|(way, _)| *way == own.0);
        one.follows = elsewhere && !broken_order.contains(&own);
    }
}

fn job(finding: &Finding) -> Option<Spot> {
    finding.spot.clone().map(|spot| Spot { key: None, ..spot })
}
