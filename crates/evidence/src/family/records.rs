//! Issues, changes, incidents, support tickets and feedback, as other systems export them.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::{BySeverity, Family};
use crate::figure::{Figure, Filter, Unit};
use crate::moment::Moment;
use crate::readers::table::Topic;
use crate::refusal::{Note, Refusal};
use crate::severity::Severity;

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// Its number or name in the system it comes from.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// The word of its state.
    pub status: String,
    /// Whether it is still open.
    pub open: bool,
    /// How serious it is.
    pub severity: Option<Severity>,
    /// Its labels.
    pub labels: Vec<SmolStr>,
    /// The service it is about.
    pub service: Option<String>,
    /// When it began.
    pub opened: Option<Moment>,
    /// When it ended.
    pub closed: Option<Moment>,
    /// When somebody with the right to do so agreed to it.
    pub authorised: Option<Moment>,
    /// How content somebody is.
    pub score: Option<Decimal>,
}

/// How many records there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RecordCounts {
    /// All, by severity.
    pub all: BySeverity,
    /// Those that are still open.
    pub open: BySeverity,
    /// The sum of the scores.
    pub score: Decimal,
    /// How many have a score.
    pub scored: u64,
}

impl RecordCounts {
    pub(crate) fn count(&mut self, record: &Record) {
        self.all.count(record.severity, 1);
        if record.open {
            self.open.count(record.severity, 1);
        }
        if let Some(sum) = record.score.and_then(|score| self.score.checked_add(score)) {
            self.score = sum;
            self.scored += 1;
        }
    }

    fn add(&mut self, other: &Self) {
        self.all.add(&other.all);
        self.open.add(&other.open);
        if let Some(sum) = self.score.checked_add(other.score) {
            self.score = sum;
            self.scored += other.scored;
        }
    }
}

/// The records of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Records {
    /// All of them, by what they are.
    pub all: BTreeMap<Topic, RecordCounts>,
    /// Those with a label.
    pub labelled: BTreeMap<(Topic, SmolStr), RecordCounts>,
}

impl Family for Records {
    fn metrics(&self) -> Vec<&'static str> {
        self.all.keys().flat_map(|topic| topic.metrics()).copied().collect()
    }

    fn measure(&self, metric: &str, filter: &Filter) -> Option<Figure> {
        let (topic, what) = metric.split_once('.')?;
        let topic = *self.all.keys().find(|known| known.name() == topic)?;
        let counts = match &filter.tag {
            Some(label) => self.labelled.get(&(topic, label.clone()))?,
            None => self.all.get(&topic)?,
        };
        let severity = filter.severity.unwrap_or(Severity::Info);
        let (all, open) = (counts.all.at_or_above(severity), counts.open.at_or_above(severity));
        // The table that was read is the sample: an export without a row says that there is nothing.
        match what {
            "total" => Some(Figure::count(all, 1)),
            "open" => Some(Figure::count(open, 1)),
            "closed" => Some(Figure::count(all.saturating_sub(open), 1)),
            "completion" => Figure::share(all.saturating_sub(open), all),
            "score" if filter.severity.is_none() => {
                let mean = counts.score.checked_div(Decimal::from(counts.scored))?;
                Some(Figure::of(mean, Unit::Number, counts.scored))
            }
            _ => None,
        }
    }

    fn filters(&self, _: &str) -> Vec<Filter> {
        Vec::new()
    }

    fn join(&mut self, other: Self, _: &mut Vec<Note>) -> Result<(), Refusal> {
        for (topic, counts) in &other.all {
            self.all.entry(*topic).or_default().add(counts);
        }
        for (label, counts) in other.labelled {
            self.labelled.entry(label).or_default().add(&counts);
        }
        Ok(())
    }
}
