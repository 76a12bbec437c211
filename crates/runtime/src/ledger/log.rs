//! The records of a ledger in their order, and what can be asked of them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use thiserror::Error;

use super::envelope;
use super::record::{Closed, Entry, Intent, Outcome, Record, Subject};
use super::signature::Trust;
use crate::digest::Digest;
use crate::trouble::Trouble;

/// A record with its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// Its digest.
    pub digest: Digest,
    /// The record.
    pub record: Record,
}

/// All records, from the first on; each names the one before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Log {
    records: Vec<Logged>,
    /// Where each record stands, by its digest.
    places: BTreeMap<Digest, usize>,
    /// The place of the record that ended an intent, by the intent's digest.
    endings: BTreeMap<Digest, usize>,
}

/// An intent with what came of it.
#[derive(Debug, Clone, Copy)]
pub struct Act<'l> {
    /// The intent's digest.
    pub digest: &'l Digest,
    /// The intent's record.
    pub record: &'l Record,
    /// The intent.
    pub intent: &'l Intent,
    /// What came of it; nothing yet where it is open.
    pub end: Option<End<'l>>,
    /// When that was recorded.
    pub ended: Option<Timestamp>,
}

/// A record that is not what was written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the ledger does not hold: record `{record}` is not what was written: {why}")]
pub struct Broken {
    /// The name under which it is kept.
    pub record: String,
    /// What is wrong with it.
    pub why: String,
}

impl From<Broken> for Trouble {
    fn from(broken: Broken) -> Self {
        Self::new(broken.to_string()).help(
            "nothing goes on upon a changed ledger: restore it from a copy, and find out who changed it",
        )
    }
}

/// How an intent ended.
#[derive(Debug, Clone, Copy)]
pub enum End<'l> {
    /// Its run said so.
    Outcome(&'l Outcome),
    /// A person did.
    Closed(&'l Closed),
}

/// The name under which the record with a number is kept.
pub(crate) fn name_of(sequence: u64) -> String {
    format!("{sequence:012}.json")
}

impl Log {
    /// Adds the record that bytes hold, if it is the next one.
    pub(crate) fn push(&mut self, name: &str, bytes: &[u8], trust: Option<&Trust>) -> Result<(), Broken> {
        let broken = |why: String| Broken { record: name.to_owned(), why };
        let opened = envelope::open(bytes, trust).map_err(broken)?;
        let (record, digest) = (&opened.record, &opened.digest);
        let sequence = self.records.len() as u64 + 1;
        if name != name_of(sequence) || record.sequence != sequence {
            let missing =
                format!("it says that it is record {}, and record {sequence} stands next", record.sequence);
            return Err(broken(missing));
        }
        let previous = self.records.last().map(|last| &last.digest);
        if record.previous.as_ref() != previous {
            return Err(broken(
                "it names another record as the one before than the one that is there".to_owned(),
            ));
        }
        let place = self.records.len();
        let ended = match &record.entry {
            Entry::Outcome(outcome) => Some(&outcome.intent),
            Entry::Closed(closed) => Some(&closed.intent),
            Entry::Intent(_)
            | Entry::Adopted(_)
            | Entry::Attested(_)
            | Entry::Leased(_)
            | Entry::Looked(_)
            | Entry::Reviewed(_) => None,
        };
        if let Some(intent) = ended {
            let known = self.places.get(intent).and_then(|place| self.records.get(*place));
            if !known.is_some_and(|known| matches!(known.record.entry, Entry::Intent(_))) {
                return Err(broken(format!("it ends the intent {intent}, which is not there")));
            }
            if self.endings.contains_key(intent) {
                return Err(broken(format!("it ends the intent {intent}, which had ended before")));
            }
        }
        if !opened.is_as_written(self) {
            return Err(broken("its statement says something else than the record in it".to_owned()));
        }
        if let Some(intent) = ended {
            self.endings.insert(intent.clone(), place);
        }
        self.places.insert(digest.clone(), place);
        self.records.push(Logged { digest: opened.digest, record: opened.record });
        Ok(())
    }

    /// The records that stand before one.
    pub(crate) fn before(&self, record: &Record) -> Self {
        let count = usize::try_from(record.sequence.saturating_sub(1)).unwrap_or(usize::MAX);
        let kept = |(digest, place): (&Digest, &usize)| (*place < count).then(|| (digest.clone(), *place));
        Self {
            records: self.records.iter().take(count).cloned().collect(),
            places: self.places.iter().filter_map(kept).collect(),
            endings: self.endings.iter().filter_map(kept).collect(),
        }
    }

    /// The records.
    pub fn records(&self) -> &[Logged] {
        &self.records
    }

    /// The last record.
    pub fn last(&self) -> Option<&Logged> {
        self.records.last()
    }

    /// Every intent with what came of it, in the order of the intents.
    pub fn acts(&self) -> impl DoubleEndedIterator<Item = Act<'_>> {
        self.records.iter().filter_map(|logged| self.act_of(logged))
    }

    /// The intent with a digest.
    pub fn act(&self, digest: &Digest) -> Option<Act<'_>> {
        self.act_of(self.records.get(*self.places.get(digest)?)?)
    }

    fn act_of<'l>(&'l self, logged: &'l Logged) -> Option<Act<'l>> {
        let Entry::Intent(intent) = &logged.record.entry else { return None };
        let end = self.endings.get(&logged.digest).and_then(|place| self.records.get(*place));
        let ended = end.map(|end| end.record.at);
        let end = end.and_then(|end| match &end.record.entry {
            Entry::Outcome(outcome) => Some(End::Outcome(outcome)),
            Entry::Closed(closed) => Some(End::Closed(closed)),
            Entry::Intent(_)
            | Entry::Adopted(_)
            | Entry::Attested(_)
            | Entry::Leased(_)
            | Entry::Looked(_)
            | Entry::Reviewed(_) => None,
        });
        Some(Act { digest: &logged.digest, record: &logged.record, intent, end, ended })
    }

    /// The intents that nothing came of yet and that were not undone.
    pub fn all_open(&self) -> Vec<Act<'_>> {
        let undone = self.undone();
        self.acts().filter(|act| act.end.is_none() && !undone.contains(&act.digest)).collect()
    }

    /// Those of an environment.
    pub fn open(&self, environment: &str) -> Vec<Act<'_>> {
        let mut open = self.all_open();
        open.retain(|act| act.intent.does.environment() == Some(environment));
        open
    }

    /// The deployments that were undone to the end.
    pub fn undone(&self) -> Vec<&Digest> {
        let undone = self.acts().filter(|act| act.succeeded());
        undone.filter_map(|act| act.intent.moves.as_ref()?.undoes.as_ref()).collect()
    }

    /// What a run was last said to ship of a service.
    pub fn subject_of(&self, run: &str, service: &str) -> Option<&Subject> {
        let mut acts = self.acts().rev().filter(|act| act.record.run == run);
        acts.find_map(|act| act.intent.subjects.iter().find(|subject| subject.service == service))
    }
}

impl Act<'_> {
    /// Whether it ended as it was meant.
    pub fn succeeded(&self) -> bool {
        matches!(self.end, Some(End::Outcome(outcome)) if outcome.result == super::record::Ending::Success)
    }
}
