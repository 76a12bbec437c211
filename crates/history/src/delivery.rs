//! How well changes are delivered: the four measures of Forsgren, Humble and Kim, *Accelerate* (2018), from the ledger.
//!
//! - *Deployment frequency*: changes that reached production, by the week.
//! - *Lead time for changes*: from the time of the commit to the end of its first deployment in production. Where the time of a commit
//!   is not known the change is left out, and counted as left out.
//! - *Change failure rate*: the share of changes in production of which a deployment failed, was stopped or was taken back, or that an
//!   incident follows.
//! - *Time to restore service*: from the first sign of a failed change (an incident is opened, a deployment ends badly or begins to be
//!   taken back) until its incidents are resolved and what went wrong is taken back or replaced.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use crate::change::{Change, Deployment, Progress};
use crate::incident::{Attribution, Incident};

/// A span of time that is counted, its end left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Period {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
}

impl Period {
    /// Whether a moment is in it.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

/// The middle of some durations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Median {
    /// In seconds: of an even number, the mean of the two in the middle, rounded down.
    pub seconds: i64,
    /// Of how many.
    pub of: usize,
}

impl Median {
    fn new(mut seconds: Vec<i64>) -> Option<Self> {
        seconds.sort_unstable();
        let middle = seconds.len() / 2;
        let upper = *seconds.get(middle)?;
        let lower = if seconds.len().is_multiple_of(2) { *seconds.get(middle - 1)? } else { upper };
        Some(Self { seconds: lower.midpoint(upper), of: seconds.len() })
    }
}

/// The measures over a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Delivery {
    /// The period.
    pub period: Period,
    /// How many changes reached production.
    pub changes: usize,
    /// How many of them for each thousand weeks: a whole number says it exactly enough, and the same everywhere.
    pub per_week_thousandths: u64,
    /// From the commit to production.
    pub lead_time: Option<Median>,
    /// The changes whose commit's time is not known.
    pub without_commit_time: usize,
    /// The runs of the changes that failed.
    pub failed: Vec<String>,
    /// Their share of all, in tenths of a percent.
    pub failure_rate_per_mille: Option<u64>,
    /// From the first sign of a failure until it was over.
    pub time_to_restore: Option<Median>,
    /// The failed changes that are not over.
    pub unrestored: Vec<String>,
}

/// Counts the changes of a period.
pub fn delivery(
    changes: &[Change],
    production: &BTreeSet<String>,
    attributions: &[Attribution<'_>],
    commit_times: &BTreeMap<String, Timestamp>,
    period: Period,
) -> Delivery {
    let mut lead = Vec::new();
    let mut restore = Vec::new();
    let (mut count, mut without) = (0, 0);
    let (mut failed, mut unrestored) = (Vec::new(), Vec::new());
    for change in changes {
        let deployed: Vec<&Deployment> = change.deployed_in(production).collect();
        if !deployed.first().is_some_and(|first| period.contains(first.began)) {
            continue;
        }
        count += 1;
        let landed = deployed.iter().filter(|one| one.progress == Progress::Succeeded);
        if let Some(landed) = landed.filter_map(|one| one.ended).min() {
            match change.commit.as_ref().and_then(|commit| commit_times.get(commit)) {
                Some(written) if *written <= landed => lead.push(between(*written, landed)),
                _ => without += 1,
            }
        }
        let incidents: Vec<&Incident> =
            attributions.iter().filter(|link| link.run == change.run).map(|link| link.incident).collect();
        if incidents.is_empty() && !deployed.iter().any(|one| one.went_wrong()) {
            continue;
        }
        failed.push(change.run.clone());
        match restored(changes, &deployed, &incidents) {
            Some((sign, over)) => restore.push(between(sign, over)),
            None => unrestored.push(change.run.clone()),
        }
    }
    Delivery {
        period,
        changes: count,
        per_week_thousandths: per_week(count, period),
        lead_time: Median::new(lead),
        without_commit_time: without,
        failure_rate_per_mille: (failed.len() as u64 * 1000).checked_div(count as u64),
        failed,
        time_to_restore: Median::new(restore),
        unrestored,
    }
}

const WEEK: i64 = 7 * 24 * 60 * 60;

fn per_week(count: usize, period: Period) -> u64 {
    let seconds = between(period.from, period.until).max(1);
    u64::try_from(i128::from(WEEK) * count as i128 * 1000 / i128::from(seconds)).unwrap_or(u64::MAX)
}

fn between(from: Timestamp, until: Timestamp) -> i64 {
    until.as_second().saturating_sub(from.as_second())
}

/// From the first sign that a change went wrong until all of it was over; `None` while something is not.
fn restored(
    changes: &[Change],
    deployed: &[&Deployment],
    incidents: &[&Incident],
) -> Option<(Timestamp, Timestamp)> {
    let mut signs: Vec<Timestamp> = incidents.iter().map(|incident| incident.opened).collect();
    let mut ends: Vec<Timestamp> = Vec::new();
    for incident in incidents {
        ends.push(incident.resolved?);
    }
    for wrong in deployed.iter().filter(|one| one.went_wrong()) {
        let bad_end = wrong.ended.filter(|_| wrong.progress != Progress::Succeeded);
        let sign = [bad_end, taken_back_from(changes, wrong)].into_iter().flatten().min();
        let sign = sign.or(wrong.undone)?;
        signs.push(sign);
        ends.push([wrong.undone, replaced(changes, wrong, sign)].into_iter().flatten().min()?);
    }
    Some((signs.into_iter().min()?, ends.into_iter().max()?))
}

/// All that moved the same service in the same place after a moment.
fn later<'c>(
    changes: &'c [Change],
    wrong: &'c Deployment,
    after: Timestamp,
) -> impl Iterator<Item = &'c Deployment> {
    changes.iter().flat_map(|change| &change.deployments).filter(move |one| {
        one.environment == wrong.environment
            && one.service == wrong.service
            && one.group == wrong.group
            && one.began >= after
    })
}

fn taken_back_from(changes: &[Change], wrong: &Deployment) -> Option<Timestamp> {
    let until = wrong.undone?;
    later(changes, wrong, wrong.began)
        .filter(|one| one.is_rollback && one.began <= until)
        .map(|one| one.began)
        .min()
}

/// When a later deployment had put something else in its place.
fn replaced(changes: &[Change], wrong: &Deployment, after: Timestamp) -> Option<Timestamp> {
    later(changes, wrong, after)
        .filter(|one| one.progress == Progress::Succeeded)
        .filter_map(|one| one.ended)
        .min()
}
