//! Test cases.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::Family;
use crate::figure::{Figure, Filter};
use crate::refusal::{Code, Note, NoteCode, Refusal};

/// How many test cases came out how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// All of them.
    pub total: u64,
    /// Those that passed, the flaky ones included.
    pub passed: u64,
    /// Those whose expectation did not hold.
    pub failed: u64,
    /// Those that could not be carried out.
    pub errored: u64,
    /// Those that were not run.
    pub skipped: u64,
    /// Those that passed only when they were run again.
    pub flaky: u64,
    /// Those in quarantine, whatever came of them.
    pub quarantined: u64,
    /// Those in quarantine of which something went wrong: they are in no other number.
    pub aside: u64,
}

impl Counts {
    pub(crate) fn add(&mut self, other: Self) {
        self.total += other.total;
        self.passed += other.passed;
        self.failed += other.failed;
        self.errored += other.errored;
        self.skipped += other.skipped;
        self.flaky += other.flaky;
        self.quarantined += other.quarantined;
        self.aside += other.aside;
    }

    /// Those that were run.
    pub const fn ran(&self) -> u64 {
        self.total - self.skipped
    }
}

/// Which cases a report holds, to find the same case in another report with another outcome.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Cases {
    /// Hashes of those that passed.
    passed: Vec<u64>,
    /// Hashes of those that failed or could not be carried out, with their names.
    failed: BTreeMap<u64, String>,
    /// There were too many.
    cut: bool,
}

/// How many cases are remembered: 32 MB at most.
const REMEMBERED: usize = 4_000_000;
/// How many failed cases are remembered, with their names.
const REMEMBERED_FAILURES: usize = 100_000;

impl Cases {
    /// Remembers a case. `same` says what makes two cases the same one.
    pub fn add(&mut self, same: &[&str], passed: bool) {
        let hash = same.iter().fold(FNV_START, |hash, part| fnv(fnv(hash, part.as_bytes()), &[0]));
        if passed && self.passed.len() < REMEMBERED {
            self.passed.push(hash);
        } else if !passed && self.failed.len() < REMEMBERED_FAILURES {
            self.failed.insert(
                hash,
                same.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" › "),
            );
        } else {
            self.cut = true;
        }
    }

    /// A case that failed in one of the two and passed in the other, and only that.
    fn contradiction<'a>(&'a self, other: &'a Self) -> Option<&'a str> {
        let one = |failed: &'a Self, passed: &'a Self| {
            let passed: BTreeSet<u64> = passed
                .passed
                .iter()
                .filter(|hash| failed.failed.contains_key(hash) && !passed.failed.contains_key(hash))
                .copied()
                .collect();
            let again: BTreeSet<u64> =
                failed.passed.iter().filter(|hash| passed.contains(hash)).copied().collect();
            failed
                .failed
                .iter()
                .find(|(hash, _)| passed.contains(hash) && !again.contains(hash))
                .map(|(_, name)| name.as_str())
        };
        one(self, other).or_else(|| one(other, self))
    }

    fn join(&mut self, other: Self) {
        self.cut |= other.cut || self.passed.len() + other.passed.len() > REMEMBERED;
        self.passed.extend(other.passed);
        self.passed.truncate(REMEMBERED);
        self.failed.extend(other.failed);
    }
}

const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

/// Fowler–Noll–Vo, 1a: stable between runs and machines, and nobody gains by a collision but a louder error.
fn fnv(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The test cases of a report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tests {
    /// All of them.
    pub all: Counts,
    /// Those with a tag.
    pub tagged: BTreeMap<SmolStr, Counts>,
    /// How many more cases the report declares than it holds.
    pub missing: u64,
    pub(crate) cases: Cases,
}

impl Family for Tests {
    fn metrics(&self) -> Vec<&'static str> {
        let mut metrics = vec![
            "tests.total",
            "tests.passed",
            "tests.failed",
            "tests.errored",
            "tests.skipped",
            "tests.flaky",
            "tests.missing",
            "tests.pass-rate",
        ];
        // Only a gate says which cases are in quarantine.
        if self.all.quarantined > 0 {
            metrics.push("tests.quarantined");
        }
        metrics
    }

    /// A tag that no case has is no data: nothing was tested.
    fn measure(&self, metric: &str, filter: &Filter) -> Option<Figure> {
        let counts = match &filter.tag {
            _ if filter.severity.is_some() => return None,
            Some(tag) => self.tagged.get(tag)?,
            None => &self.all,
        };
        let count = |count| Some(Figure::count(count, counts.ran()));
        match metric {
            "tests.total" => count(counts.total),
            "tests.passed" => count(counts.passed),
            "tests.failed" => count(counts.failed),
            "tests.errored" => count(counts.errored),
            "tests.skipped" => count(counts.skipped),
            "tests.flaky" => count(counts.flaky),
            // Where all that ran is in quarantine there is an answer to this, and to nothing else.
            "tests.quarantined" => Some(Figure::count(counts.quarantined, counts.ran() + counts.aside)),
            "tests.missing" if filter.tag.is_none() => count(self.missing),
            "tests.pass-rate" => Figure::share(counts.passed, counts.ran()),
            _ => None,
        }
    }

    fn filters(&self, metric: &str) -> Vec<Filter> {
        if matches!(metric, "tests.total" | "tests.failed" | "tests.errored") && self.tagged.len() <= 20 {
            self.tagged.keys().map(|tag| Filter::tag(tag)).collect()
        } else {
            Vec::new()
        }
    }

    /// Reports of one gate add up, and nothing is taken for a copy. Only where one says that a case passed and the other that it failed
    /// there is no telling which is true.
    fn join(&mut self, other: Self, notes: &mut Vec<Note>) -> Result<(), Refusal> {
        if let Some(case) = self.cases.contradiction(&other.cases) {
            let message = format!("`{case}` passed in one report and failed in another");
            return Err(Refusal::new(Code::ContradictingReports, message));
        }
        self.all.add(other.all);
        self.missing += other.missing;
        for (tag, counts) in other.tagged {
            self.tagged.entry(tag).or_default().add(counts);
        }
        self.cases.join(other.cases);
        if self.cases.cut && !notes.iter().any(|note| note.code == NoteCode::DuplicatesUnchecked) {
            notes.push(Note::new(
                NoteCode::DuplicatesUnchecked,
                format!("more than {REMEMBERED} cases: whether one passed in one report and failed in another was not looked at"),
            ));
        }
        Ok(())
    }
}
