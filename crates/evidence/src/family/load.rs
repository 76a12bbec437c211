//! Load tests: how many requests, how many failed, how long they took.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::Family;
use crate::figure::{Figure, Filter, Unit};
use crate::refusal::{Note, NoteCode, Refusal};

/// A percentile that gates ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantile {
    /// The median.
    P50,
    /// 90%.
    P90,
    /// 95%.
    P95,
    /// 99%.
    P99,
}

impl Quantile {
    /// All of them, with their metrics.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::P50, "latency.p50"),
        (Self::P90, "latency.p90"),
        (Self::P95, "latency.p95"),
        (Self::P99, "latency.p99"),
    ];

    const fn percent(self) -> u64 {
        match self {
            Self::P50 => 50,
            Self::P90 => 90,
            Self::P95 => 95,
            Self::P99 => 99,
        }
    }
}

/// How long requests took, in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Latency {
    /// Every request: how many took how long. A percentile is the nearest rank, the smallest time within which that many of the requests
    /// were answered: a time that was measured, as the metric's documentation says it. Methods that interpolate between two ranks say
    /// less than that for a small sample, and let a gate pass that this one does not.
    Each(BTreeMap<u64, u64>),
    /// The percentiles that the tool worked out, by its own method.
    Stated(BTreeMap<Quantile, Decimal>),
}

impl Latency {
    fn quantile(&self, quantile: Quantile) -> Option<Decimal> {
        match self {
            Self::Stated(stated) => stated.get(&quantile).copied(),
            Self::Each(times) => {
                let total: u64 = times.values().sum();
                let rank =
                    u64::try_from((u128::from(total) * u128::from(quantile.percent())).div_ceil(100)).ok()?;
                let mut seen = 0;
                times
                    .iter()
                    .find(|(_, count)| {
                        seen += **count;
                        rank > 0 && seen >= rank
                    })
                    .map(|(time, _)| Decimal::from(*time))
            }
        }
    }
}

/// What a load test measured.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Load {
    /// How many requests there were.
    pub requests: u64,
    /// How many failed, of how many that were looked at, where the report counts that.
    pub failed: Option<(u64, u64)>,
    /// How long they took.
    pub latency: Option<Latency>,
    /// How many there were in a second.
    pub rate: Option<Decimal>,
    /// How long the test went on, in milliseconds.
    pub duration: Option<Decimal>,
    /// How many users there were at once, at most.
    pub users: Option<u64>,
    /// Checks that held, of how many, where there are checks.
    pub checks: Option<(u64, u64)>,
    /// The tool's own thresholds that were crossed, of how many, where there are any.
    pub thresholds: Option<(u64, u64)>,
}

impl Family for Load {
    fn metrics(&self) -> Vec<&'static str> {
        let mut metrics = vec!["http.requests", "http.error-rate", "http.request-rate"];
        metrics.extend(Quantile::ALL.map(|(_, metric)| metric));
        metrics.extend(["load.duration", "load.users"]);
        metrics.extend(["checks.pass-rate", "checks.failed", "thresholds.crossed"]);
        metrics
    }

    /// Without a request there is no latency and no rate of anything.
    fn measure(&self, metric: &str, filter: &Filter) -> Option<Figure> {
        if *filter != Filter::ALL {
            return None;
        }
        match metric {
            "http.requests" => Some(Figure::count(self.requests, self.requests)),
            "http.error-rate" => self.failed.and_then(|(failed, all)| Figure::share(failed, all)),
            "http.request-rate" if self.requests > 0 => {
                Some(Figure::of(self.rate?, Unit::PerSecond, self.requests))
            }
            "load.duration" if self.requests > 0 => {
                Some(Figure::of(self.duration?, Unit::Milliseconds, self.requests))
            }
            "load.users" => self.users.map(|users| Figure::count(users, self.requests)),
            "checks.pass-rate" => self.checks.and_then(|(held, all)| Figure::share(held, all)),
            "checks.failed" => self.checks.map(|(held, all)| Figure::count(all.saturating_sub(held), all)),
            "thresholds.crossed" => self.thresholds.map(|(crossed, all)| Figure::count(crossed, all)),
            _ => {
                let (quantile, _) = Quantile::ALL.iter().find(|(_, name)| *name == metric)?;
                let time = self.latency.as_ref()?.quantile(*quantile)?;
                (self.requests > 0).then(|| Figure::of(time, Unit::Milliseconds, self.requests))
            }
        }
    }

    fn filters(&self, _: &str) -> Vec<Filter> {
        Vec::new()
    }

    /// Requests and failures add up. Whether two runs were made at once or one after the other is not known: of rates, times and users
    /// the lower ones count.
    fn join(&mut self, other: Self, notes: &mut Vec<Note>) -> Result<(), Refusal> {
        let sum = |one: Option<(u64, u64)>, two: Option<(u64, u64)>| match (one, two) {
            (Some(one), Some(two)) => Some((one.0 + two.0, one.1 + two.1)),
            (one, two) => one.or(two),
        };
        self.failed = self.failed.zip(other.failed).map(|(one, two)| (one.0 + two.0, one.1 + two.1));
        self.requests += other.requests;
        self.rate = self.rate.zip(other.rate).map(|(one, two)| one.min(two));
        self.duration = self.duration.zip(other.duration).map(|(one, two)| one.min(two));
        self.users = self.users.zip(other.users).map(|(one, two)| one.min(two));
        self.checks = sum(self.checks, other.checks);
        self.thresholds = sum(self.thresholds, other.thresholds);
        self.latency = match (self.latency.take(), other.latency) {
            (Some(Latency::Each(mut times)), Some(Latency::Each(more))) => {
                for (time, count) in more {
                    *times.entry(time).or_default() += count;
                }
                Some(Latency::Each(times))
            }
            // Of the union, a percentile is at most the larger of the two.
            (Some(one), Some(two)) => {
                let larger = Quantile::ALL.iter().filter_map(|(quantile, _)| {
                    Some((*quantile, one.quantile(*quantile)?.max(two.quantile(*quantile)?)))
                });
                if !notes.iter().any(|note| note.code == NoteCode::PercentilesBounded) {
                    notes.push(Note::new(
                        NoteCode::PercentilesBounded,
                        "percentiles of several runs cannot be joined: the largest of each was taken, which is never less than the truth",
                    ));
                }
                Some(Latency::Stated(larger.collect()))
            }
            (_, _) => None,
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::{Family, Latency, Load, Quantile};

    #[test]
    fn a_percentile_is_a_time_that_was_measured() {
        let ten = Latency::Each((1..=10).map(|time| (time, 1)).collect());
        for (quantile, expected) in
            [(Quantile::P50, 5), (Quantile::P90, 9), (Quantile::P95, 10), (Quantile::P99, 10)]
        {
            assert_eq!(ten.quantile(quantile), Some(Decimal::from(expected)), "{quantile:?}");
        }
        assert_eq!(Latency::Each([(7, 1)].into()).quantile(Quantile::P50), Some(Decimal::from(7)));
        assert_eq!(Latency::Each([].into()).quantile(Quantile::P99), None);
    }

    #[test]
    fn percentiles_of_two_runs_are_joined_exactly_or_with_caution() {
        let each = |times: &[u64]| Load {
            requests: times.len() as u64,
            latency: Some(Latency::Each(times.iter().map(|time| (*time, 1)).collect())),
            ..Load::default()
        };
        let mut notes = Vec::new();
        let mut joined = each(&[1, 2]);
        joined.join(each(&[3, 4]), &mut notes).unwrap();
        assert_eq!(joined.latency.as_ref().unwrap().quantile(Quantile::P50), Some(Decimal::from(2)));
        assert!(notes.is_empty());
        let stated = Load {
            requests: 1,
            latency: Some(Latency::Stated([(Quantile::P50, Decimal::from(9))].into())),
            ..Load::default()
        };
        joined.join(stated, &mut notes).unwrap();
        assert_eq!(joined.latency.as_ref().unwrap().quantile(Quantile::P50), Some(Decimal::from(9)));
        assert_eq!(joined.latency.as_ref().unwrap().quantile(Quantile::P90), None);
        assert_eq!(notes.len(), 1);
    }
}
