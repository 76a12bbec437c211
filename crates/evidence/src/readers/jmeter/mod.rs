//! JMeter's results, in the three forms there are: a results file (JTL) as CSV or as XML, and the `statistics.json` of its HTML report.
//!
//! From a results file the percentiles are worked out here, as nearest ranks (see [`Latency::Each`]); JMeter's own report interpolates. The
//! `statistics.json` has only JMeter's, and does not say which they are: its defaults, 90%, 95% and 99%, are assumed, and a note says so.

mod csv;
mod statistics;
mod xml;

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::family::{Latency, Load};
use crate::limits::Limits;
use crate::moment::Moment;
use crate::refusal::{Code, Refusal};
use crate::report::{Item, ItemKind, Report};
use crate::source::Source;

/// Reads results.
pub(super) fn read(source: Source<'_>, limits: &Limits, report: &mut Report) -> Result<(), Refusal> {
    match source.start().trim_ascii_start().first() {
        Some(b'<') => xml::read(source, limits, report),
        Some(b'{' | b'[') => statistics::read(source, limits, report),
        _ if source.start().trim_ascii() == b"null" => {
            Err(Refusal::new(Code::NullReport, "the file says `null`: the tool wrote no report"))
        }
        _ => csv::read(source, limits, report),
    }
}

/// One sample of a results file.
struct Sample<'s> {
    label: &'s str,
    millis: u64,
    success: bool,
    /// When it began, in milliseconds of the Unix epoch, where the file says it so.
    begun: Option<i64>,
    /// How many users there were then, where the file says it.
    users: Option<u64>,
    message: &'s str,
}

/// How many labels with failures are told apart.
const LABELS: usize = 10_000;

/// Counts samples.
#[derive(Default)]
struct Samples {
    times: BTreeMap<u64, u64>,
    requests: u64,
    failed: u64,
    failures: BTreeMap<String, (u64, String)>,
    first: Option<i64>,
    last: Option<i64>,
    timeless: bool,
    users: Option<u64>,
}

impl Samples {
    fn add(&mut self, sample: &Sample<'_>, limits: &Limits) -> Result<(), Refusal> {
        self.requests += 1;
        *self.times.entry(sample.millis).or_default() += 1;
        if self.times.len() > limits.distinct {
            return Err(Refusal::new(
                Code::TooLarge,
                "the report has more different times than can be told apart",
            ));
        }
        if !sample.success {
            self.failed += 1;
            if self.failures.len() < LABELS || self.failures.contains_key(sample.label) {
                let failure = self
                    .failures
                    .entry(sample.label.to_owned())
                    .or_insert_with(|| (0, sample.message.to_owned()));
                failure.0 += 1;
            }
        }
        self.users = self.users.max(sample.users);
        match sample.begun {
            None => self.timeless = true,
            Some(begun) => {
                let ended = begun.saturating_add(i64::try_from(sample.millis).unwrap_or(i64::MAX));
                self.first = Some(self.first.map_or(begun, |first| first.min(begun)));
                self.last = Some(self.last.map_or(ended, |last| last.max(ended)));
            }
        }
        Ok(())
    }

    fn end(self, report: &mut Report) -> Result<(), Refusal> {
        if self.requests == 0 {
            return Err(Refusal::new(Code::NoSamples, "the results hold no sample: nothing was measured"));
        }
        report.origin.tool("JMeter", None);
        report.origin.time(self.first.and_then(Moment::of_millis));
        report.origin.time(self.last.and_then(Moment::of_millis));
        for (label, (count, message)) in &self.failures {
            let message = if message.is_empty() {
                format!("{count} failed")
            } else {
                format!("{count} failed: {message}")
            };
            report.items.push(Item::new(ItemKind::Failed, label, &message));
        }
        // As JMeter counts it: from the start of the first sample to the end of the last.
        let millis = self
            .first
            .zip(self.last)
            .map(|(first, last)| last.saturating_sub(first))
            .filter(|millis| *millis > 0 && !self.timeless);
        let rate = millis.and_then(|millis| {
            Decimal::from(self.requests)
                .checked_mul(Decimal::ONE_THOUSAND)?
                .checked_div(Decimal::from(millis))
        });
        report.load = Some(Load {
            requests: self.requests,
            failed: Some((self.failed, self.requests)),
            latency: Some(Latency::Each(self.times)),
            rate,
            duration: millis.map(Decimal::from),
            users: self.users,
            checks: None,
            thresholds: None,
        });
        Ok(())
    }
}
