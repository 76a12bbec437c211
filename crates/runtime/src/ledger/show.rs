//! The records as people and programs read them.

use std::io::{self, Write};

use serde_json::json;

use super::log::{Log, Logged};
use super::record::{Entry, Observed, Seen};

impl Log {
    /// Writes the records for people, a line each.
    ///
    /// # Errors
    ///
    /// Those of the output.
    pub fn write_text(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        for Logged { digest, record } in self.records() {
            write!(
                out,
                "{:>5}  {}  {}  run {}",
                record.sequence,
                record.at,
                short(digest.digits()),
                plain(&record.run)
            )?;
            if let Some(build) = &record.build {
                write!(out, " (build {})", plain(build))?;
            }
            write!(out, ": ")?;
            match &record.entry {
                Entry::Intent(intent) => {
                    write!(
                        out,
                        "{} begins ({}, {})",
                        plain(&intent.step),
                        plain(&intent.release),
                        intent.path
                    )?;
                    for subject in &intent.subjects {
                        write!(out, ", {}", plain(&subject.to_string()))?;
                    }
                }
                Entry::Outcome(outcome) => {
                    write!(out, "{} ends: {}", self.step_of(&outcome.intent), outcome.result)?;
                }
                Entry::Adopted(adopted) => {
                    let count = adopted.services.len();
                    let services = if count == 1 { "service" } else { "services" };
                    write!(out, "{} is taken over with {count} {services}", plain(&adopted.environment))?;
                }
                Entry::Attested(attested) => {
                    let (person, item) = (plain(&attested.person), plain(&attested.item));
                    write!(
                        out,
                        "{person} attests {item} of {} ({})",
                        plain(&attested.checklist),
                        plain(&attested.release)
                    )?;
                }
                Entry::Leased(leased) => {
                    let (lock, holder) = (plain(&leased.lock), plain(&leased.holder));
                    match (leased.until, &leased.reason) {
                        (Some(until), None) => {
                            write!(out, "run {holder} holds {lock} until {until}")?;
                        }
                        (Some(until), Some(why)) => {
                            write!(out, "run {holder} holds {lock} until {until}: {}", plain(why))?;
                        }
                        (None, None) => {
                            write!(out, "run {holder} gives {lock} back")?;
                        }
                        (None, Some(why)) => {
                            write!(out, "{lock} is taken from run {holder}: {}", plain(why))?;
                        }
                    }
                }
                Entry::Looked(looked) => {
                    let what = match looked.at {
                        Observed::Window => "the windows of",
                        Observed::Watch => "what runs in",
                    };
                    let (environment, release) = (plain(&looked.environment), plain(&looked.release));
                    write!(out, "{what} {environment} ({release}, {}): {}", looked.path, looked.result)?;
                }
                Entry::Reviewed(reviewed) => {
                    let person = plain(&reviewed.person);
                    match &reviewed.seen {
                        Seen::Access { grants } => {
                            write!(out, "{person} has looked at who may do what: {} grants", grants.len())?;
                        }
                        Seen::Change { run, .. } => {
                            write!(out, "{person} has reviewed the change of run {}", plain(run))?;
                        }
                    }
                }
                Entry::Closed(closed) => {
                    write!(out, "{} is closed: {}", self.step_of(&closed.intent), plain(&closed.reason))?;
                }
            }
            writeln!(out)?;
        }
        Ok(())
    }

    /// Writes the records as JSON: a list of the records, each with its `digest`.
    ///
    /// # Errors
    ///
    /// Those of the output.
    pub fn write_json(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        let records: Vec<_> = self
            .records()
            .iter()
            .map(|logged| json!({"digest": logged.digest, "record": logged.record}))
            .collect();
        serde_json::to_writer_pretty(&mut *out, &records)?;
        writeln!(out)
    }

    fn step_of(&self, intent: &crate::digest::Digest) -> String {
        self.act(intent).map_or_else(|| intent.to_string(), |act| plain(&act.intent.step))
    }
}

/// The first digits, by which people tell records apart.
fn short(digits: &str) -> &str {
    digits.get(..12).unwrap_or(digits)
}

/// A text without what moves a terminal's cursor or begins a line of its own.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
