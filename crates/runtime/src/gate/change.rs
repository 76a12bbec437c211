//! The change ticket of a release, as the export of a change system has it.

use clearway_evidence::Record;
use jiff::Timestamp;
use rust_decimal::Decimal;

use super::judge::Measured;

/// What is known of the ticket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Its number, by the release or the run.
    id: Option<String>,
    /// Its row.
    record: Option<Record>,
}

impl Change {
    /// The ticket with a number.
    pub fn of(id: Option<&str>) -> Self {
        Self { id: id.map(str::to_owned), record: None }
    }

    /// Looks whether a row of a table is the ticket.
    pub fn look_at(&mut self, record: &Record) {
        if self.id.as_deref() == Some(record.id.as_str()) {
            self.record = Some(record.clone());
        }
    }

    /// What a metric says of it. `None` where the metric is about something else.
    pub fn measure(&self, metric: &str, now: Timestamp) -> Option<Measured> {
        let (family, what) = metric.split_once('.')?;
        (family == "change").then(|| self.found(what, now))
    }

    fn found(&self, what: &str, now: Timestamp) -> Measured {
        let nothing = |why: String| Measured::Nothing { why };
        let Some(id) = &self.id else {
            return nothing("nothing says which change request this is: give `--change`".to_owned());
        };
        let Some(record) = &self.record else {
            return nothing(format!("no table of change tickets has `{id}`"));
        };
        match what {
            "state" if record.status.is_empty() => nothing(format!("`{id}` has no state")),
            "state" => Measured::Texts(vec![record.status.clone()]),
            // Of a time without a zone the latest is taken: nobody gains by it.
            "authorised" => match record.authorised.and_then(|moment| moment.latest()) {
                None => nothing(format!("`{id}` is not authorised")),
                Some(at) if at > now => {
                    Measured::Doubtful { why: format!("`{id}` was authorised at {at}, and it is {now} now") }
                }
                Some(at) => {
                    let seconds = now.duration_since(at).as_secs();
                    Measured::Number {
                        value: Decimal::from(seconds),
                        unit: "s".to_owned(),
                        text: format!("authorised at {at}"),
                        share: None,
                        samples: Some(1),
                    }
                }
            },
            _ => nothing(format!("nothing is known of `change.{what}`")),
        }
    }
}
