//! Incidents, and the changes that they follow.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::change::Change;

/// Something that went wrong for users, as the system that keeps incidents exports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Incident {
    /// Its number.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// The service, where it names one.
    pub service: Option<String>,
    /// How serious it is, in the language's words.
    pub severity: Option<String>,
    /// The place of that word in their order, from 0.
    #[serde(skip)]
    pub rank: Option<usize>,
    /// When it began.
    pub opened: Timestamp,
    /// When it was over.
    pub resolved: Option<Timestamp>,
}

/// An incident with the change that it follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Attribution<'i> {
    /// The incident.
    pub incident: &'i Incident,
    /// The run.
    pub run: String,
    /// How they belong together.
    pub link: Link,
    /// How many seconds after the deployment it was opened.
    pub after: i64,
}

/// How an incident and a change belong together. It is a correlation: a person decides about the cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    /// The incident's title names the change request or the run.
    Named,
    /// The change was the last that moved the incident's service.
    SameService,
    /// The incident names no service, and the change was the last that moved anything.
    Latest,
}

/// Joins each incident with the last change in production that began no longer than `within` before it: one that its title names, or one that
/// moved its service, or, where it names none, one that moved anything.
pub fn attribute<'i>(
    incidents: &'i [Incident],
    changes: &[Change],
    production: &BTreeSet<String>,
    within: SignedDuration,
) -> Vec<Attribution<'i>> {
    incidents.iter().filter_map(|incident| attribution(incident, changes, production, within)).collect()
}

fn attribution<'i>(
    incident: &'i Incident,
    changes: &[Change],
    production: &BTreeSet<String>,
    within: SignedDuration,
) -> Option<Attribution<'i>> {
    let before = |link: Link, run: &str, began: Timestamp| Attribution {
        incident,
        run: run.to_owned(),
        link,
        after: incident.opened.as_second() - began.as_second(),
    };
    let started = |change: &Change| {
        change.deployed_in(production).map(|one| one.began).filter(|began| *began <= incident.opened).max()
    };
    let named = changes.iter().rev().find(|change| names(&incident.title, change));
    if let Some(began) = named.and_then(started) {
        return named.map(|change| before(Link::Named, &change.run, began));
    }
    let mut candidates: Vec<(Timestamp, &Change)> = Vec::new();
    for change in changes {
        let moved = change.deployed_in(production).filter(|one| {
            incident.service.as_ref().is_none_or(|service| *service == one.service)
                && one.began <= incident.opened
                && incident.opened.duration_since(one.began) <= within
        });
        candidates.extend(moved.map(|one| one.began).max().map(|began| (began, change)));
    }
    let (began, change) = candidates.into_iter().max_by_key(|(began, _)| *began)?;
    let link = if incident.service.is_some() { Link::SameService } else { Link::Latest };
    Some(before(link, &change.run, began))
}

/// Whether a text has the change's request or run as a word.
fn names(text: &str, change: &Change) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let mut words = text.split(|c| !is_part(c)).filter(|word| !word.is_empty());
    words.any(|word| change.request.as_deref() == Some(word) || change.run == word)
}
