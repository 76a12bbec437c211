//! What is to be written about incidents and changes, until when, and whether it was.

use std::collections::BTreeSet;

use clearway_plan::{Postmortems, Reviews};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::change::Change;
use crate::incident::Incident;

/// A document that is to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Due {
    /// The incident or the run that it is about.
    pub about: String,
    /// What that is.
    pub title: String,
    /// The file.
    pub file: String,
    /// Until when; open while the incident is not over.
    pub until: Option<Timestamp>,
    /// It is there.
    pub written: bool,
    /// Who has said so in the records, where somebody must.
    pub held_by: Option<String>,
    /// It is not, and its time is over.
    pub overdue: bool,
}

impl Due {
    fn new(
        about: &str,
        title: &str,
        folder: &str,
        until: Option<Timestamp>,
        exists: &dyn Fn(&str) -> bool,
        now: Timestamp,
    ) -> Self {
        let file = file_in(folder, about);
        let written = exists(&file);
        let overdue = !written && until.is_some_and(|until| until < now);
        let (about, title) = (about.to_owned(), title.to_owned());
        Self { about, title, file, until, written, held_by: None, overdue }
    }

    /// The same where somebody must say that it was done: who has.
    fn said_by(mut self, person: Option<String>, now: Timestamp) -> Self {
        self.overdue = person.is_none() && self.until.is_some_and(|until| until < now);
        self.held_by = person;
        self
    }
}

/// The file of the review of a run.
pub fn review_file(rule: &Reviews, run: &str) -> String {
    file_in(&rule.folder, run)
}

fn file_in(folder: &str, about: &str) -> String {
    format!("{}/{}.md", folder.trim_end_matches('/'), file_name(about))
}

/// A name without what leads out of its folder.
fn file_name(name: &str) -> String {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    name.chars().map(|c| if fits(c) { c } else { '-' }).collect()
}

fn after(at: Timestamp, seconds: u64) -> Option<Timestamp> {
    at.checked_add(SignedDuration::from_secs(i64::try_from(seconds).ok()?)).ok()
}

/// The postmortems of incidents. One whose severity nobody knows may be serious, so it is among them.
pub fn postmortems(
    rule: &Postmortems,
    incidents: &[Incident],
    exists: &dyn Fn(&str) -> bool,
    now: Timestamp,
) -> Vec<Due> {
    let is_serious = |incident: &&Incident| incident.rank.is_none_or(|rank| rank >= rule.rank);
    let due = |incident: &Incident| {
        let until = incident.resolved.and_then(|resolved| after(resolved, rule.within));
        Due::new(&incident.id, &incident.title, &rule.folder, until, exists, now)
    };
    incidents.iter().filter(is_serious).map(due).collect()
}

/// What is known of documents.
pub struct Documents<'d> {
    /// Whether a file is there.
    pub exists: &'d dyn Fn(&str) -> bool,
    /// Who has said of a run that its review was held, and of the file that it is the one of that review.
    pub held: &'d dyn Fn(&str, &str) -> Option<String>,
}

/// The reviews of changes that reached production.
pub fn reviews(
    rule: &Reviews,
    changes: &[Change],
    production: &BTreeSet<String>,
    documents: &Documents<'_>,
    now: Timestamp,
) -> Vec<Due> {
    let reached = changes.iter().filter(|change| change.deployed_in(production).next().is_some());
    let due = |change: &Change| {
        let until = after(change.ended, rule.within);
        let title = change.request.as_deref().unwrap_or(&change.release);
        let due = Due::new(&change.run, title, &rule.folder, until, documents.exists, now);
        if rule.by.is_none() {
            return due;
        }
        let held = (documents.held)(&due.about, &due.file).filter(|_| due.written);
        due.said_by(held, now)
    };
    reached.map(due).collect()
}
