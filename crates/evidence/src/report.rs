//! A report that was read: its figures, what it says about itself, and its failures and findings one by one.

use std::collections::BTreeSet;
use std::fmt;

use smol_str::SmolStr;

use crate::family::{
    Attestations, Coverage, Family, FindingKind, Findings, Inventory, Load, Records, Status, Tests,
};
use crate::figure::{Figure, Filter};
use crate::limits::{Limits, short};
use crate::moment::Moment;
use crate::readers::Reader;
use crate::refusal::{Note, NoteCode, Refusal};
use crate::severity::Severity;

/// What a report says about itself, where it does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The commits it names, in lower case: what was tested, scanned or built.
    pub commits: BTreeSet<String>,
    /// The digests of artifacts it names: `sha256:` and 64 digits, in lower case.
    pub digests: BTreeSet<String>,
    /// The first and the last time it names of its run.
    pub times: Option<(Moment, Moment)>,
    /// The tools it names, with their versions where they stand.
    pub tools: BTreeSet<String>,
}

impl Origin {
    /// Takes a text for a commit if it can be one: 7 to 64 hexadecimal digits.
    pub(crate) fn commit(&mut self, text: &str) {
        let text = text.trim();
        if (7..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_hexdigit())
            && self.commits.len() < 100
        {
            self.commits.insert(text.to_ascii_lowercase());
        }
    }

    /// Takes up a property of a test report whose name says what was tested. Names are compared in lower case.
    pub(crate) fn property(&mut self, name: &str, value: &str) {
        let name = name.replace(['_', '-'], ".");
        match name.as_str() {
            "commit"
            | "commit.id"
            | "commit.sha"
            | "git.commit"
            | "git.commit.id"
            | "git.commit.sha"
            | "git.sha"
            | "sha"
            | "revision"
            | "git.revision"
            | "vcs.revision"
            | "scm.revision"
            | "ci.commit"
            | "ci.commit.sha"
            | "github.sha"
            | "build.sourceversion" => {
                self.commit(value);
            }
            "digest" | "image.digest" | "artifact.digest" => self.digest(value),
            _ => {}
        }
    }

    /// Takes the digest of a text that ends with one: `sha256:…`, `name@sha256:…`.
    pub(crate) fn digest(&mut self, text: &str) {
        let text = text.trim();
        let digest = text.rsplit_once('@').map_or(text, |(_, digest)| digest);
        let Some((algorithm, digits)) = digest.split_once(':') else { return };
        let long = match algorithm {
            "sha256" => 64,
            "sha512" => 128,
            _ => return,
        };
        if digits.len() == long
            && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
            && self.digests.len() < 1000
        {
            self.digests.insert(digest.to_ascii_lowercase());
        }
    }

    /// Takes a time of the run.
    pub(crate) fn time(&mut self, moment: Option<Moment>) {
        let Some(moment) = moment else { return };
        self.times = Some(match self.times {
            None => (moment, moment),
            Some((first, last)) => (
                if moment.earliest() < first.earliest() { moment } else { first },
                if moment.latest() > last.latest() { moment } else { last },
            ),
        });
    }

    /// Takes the name of a tool, and its version.
    pub(crate) fn tool(&mut self, name: &str, version: Option<&str>) {
        if name.trim().is_empty() || self.tools.len() >= 100 {
            return;
        }
        self.tools.insert(short(&format!("{name} {}", version.unwrap_or_default())));
    }

    fn join(&mut self, other: Self) {
        self.commits.extend(other.commits);
        self.digests.extend(other.digests);
        self.tools.extend(other.tools);
        if let Some((first, last)) = other.times {
            self.time(Some(first));
            self.time(Some(last));
        }
    }
}

/// What an item of a report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    /// A test case whose expectation did not hold.
    Failed,
    /// A test case that could not be carried out.
    Errored,
    /// A test case that passed only when it was run again.
    Flaky,
    /// A test case in quarantine of which something went wrong.
    Quarantined,
    /// An open finding.
    Finding(FindingKind),
    /// A finding that somebody set aside.
    Suppressed(FindingKind),
    /// A threshold of the tool that was crossed, or a check that failed.
    Crossed,
    /// A component or an incident of a status page.
    Degraded,
    /// An open record of a table.
    Open,
}

impl ItemKind {
    /// Its word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Errored => "errored",
            Self::Flaky => "flaky",
            Self::Quarantined => "quarantined",
            Self::Finding(kind) => kind.name(),
            Self::Suppressed(_) => "suppressed",
            Self::Crossed => "crossed",
            Self::Degraded => "degraded",
            Self::Open => "open",
        }
    }
}

impl fmt::Display for ItemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A failure or a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// What it is called: the test's class and name, the rule, the vulnerability. Triage and quarantine name it so.
    pub id: String,
    /// Its message, in one line of at most about 500 bytes.
    pub message: String,
    /// Where it is: a file with its line, a package with its version.
    pub location: Option<String>,
    /// How serious it is. `None` where nobody knows, and for test cases.
    pub severity: Option<Severity>,
    /// Its labels, where it has some.
    pub labels: Vec<SmolStr>,
    /// What the tool computed to know the finding again in another report.
    pub fingerprint: Option<String>,
}

impl Item {
    pub(crate) fn new(kind: ItemKind, id: &str, message: &str) -> Self {
        Self {
            kind,
            id: short(id),
            message: short(message),
            location: None,
            severity: None,
            labels: Vec::new(),
            fingerprint: None,
        }
    }

    pub(crate) fn located(mut self, location: Option<String>) -> Self {
        self.location = location.map(|location| short(&location)).filter(|location| !location.is_empty());
        self
    }

    pub(crate) const fn rated(mut self, severity: Option<Severity>) -> Self {
        self.severity = severity;
        self
    }

    /// What is listed first: what is worst, and what nobody knows the severity of before that.
    fn rank(&self) -> (u8, u8) {
        let kind = match self.kind {
            ItemKind::Failed
            | ItemKind::Errored
            | ItemKind::Finding(_)
            | ItemKind::Crossed
            | ItemKind::Degraded => 0,
            ItemKind::Open => 1,
            ItemKind::Flaky | ItemKind::Quarantined | ItemKind::Suppressed(_) => 2,
        };
        (kind, self.severity.map_or(0, |severity| 1 + Severity::Critical as u8 - severity as u8))
    }
}

/// Failures and findings, at most as many as the limit says, the worst kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Items {
    list: Vec<Item>,
    limit: usize,
    /// How many more there are.
    pub omitted: u64,
}

impl Items {
    pub(crate) const fn new(limits: &Limits) -> Self {
        Self { list: Vec::new(), limit: limits.listed, omitted: 0 }
    }

    pub(crate) fn push(&mut self, item: Item) {
        self.list.push(item);
        // Twice the limit is sorted and cut, so that each item is looked at only now and then.
        if self.list.len() >= self.limit.saturating_mul(2).max(16) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        self.list.sort_by_key(Item::rank);
        self.omitted += self.list.len().saturating_sub(self.limit) as u64;
        self.list.truncate(self.limit);
    }

    /// The list: the worst first, otherwise in the order of the report.
    pub fn list(&self) -> &[Item] {
        &self.list
    }
}

/// A report that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The reader that read it.
    pub reader: Reader,
    /// What it says about itself.
    pub origin: Origin,
    /// Its failures and findings one by one.
    pub items: Items,
    /// What is worth knowing of it. A gate must not pass where a note [casts doubt](NoteCode::casts_doubt) on the figures.
    pub notes: Vec<Note>,
    /// Test cases.
    pub tests: Option<Tests>,
    /// Coverage.
    pub coverage: Option<Coverage>,
    /// Findings of scanners.
    pub findings: Option<Findings>,
    /// Load tests.
    pub load: Option<Load>,
    /// Components.
    pub inventory: Option<Inventory>,
    /// Attestations.
    pub attestations: Option<Attestations>,
    /// Status pages.
    pub status: Option<Status>,
    /// Tables.
    pub records: Option<Records>,
}

impl Report {
    pub(crate) const fn new(reader: Reader, limits: &Limits) -> Self {
        Self {
            reader,
            origin: Origin {
                commits: BTreeSet::new(),
                digests: BTreeSet::new(),
                times: None,
                tools: BTreeSet::new(),
            },
            items: Items::new(limits),
            notes: Vec::new(),
            tests: None,
            coverage: None,
            findings: None,
            load: None,
            inventory: None,
            attestations: None,
            status: None,
            records: None,
        }
    }

    pub(crate) fn note(&mut self, code: NoteCode, message: impl Into<String>) {
        self.notes.push(Note::new(code, message));
    }

    /// What is left to do when all was read.
    pub(crate) fn finish(&mut self) {
        self.items.cut();
        self.notes.retain(|note| note.code != NoteCode::ListCut);
        if self.items.omitted > 0 {
            let all = self.items.list.len() as u64 + self.items.omitted;
            let message = format!(
                "{} of {all} are listed one by one, the worst; all are counted",
                self.items.list.len()
            );
            self.note(NoteCode::ListCut, message);
        }
    }

    /// The figure of a metric. `None` is no data: the report says nothing of it.
    pub fn measure(&self, metric: &str, filter: &Filter) -> Option<Figure> {
        fn of<F: Family>(family: Option<&F>, metric: &str, filter: &Filter) -> Option<Figure> {
            family.and_then(|family| family.measure(metric, filter))
        }
        of(self.tests.as_ref(), metric, filter)
            .or_else(|| of(self.coverage.as_ref(), metric, filter))
            .or_else(|| of(self.findings.as_ref(), metric, filter))
            .or_else(|| of(self.load.as_ref(), metric, filter))
            .or_else(|| of(self.inventory.as_ref(), metric, filter))
            .or_else(|| of(self.attestations.as_ref(), metric, filter))
            .or_else(|| of(self.status.as_ref(), metric, filter))
            .or_else(|| of(self.records.as_ref(), metric, filter))
    }

    /// All figures by their metrics, each followed by those of the filters that are worth showing, as the language writes them:
    /// `tests.failed(tag = "critical-journey")`.
    pub fn figures(&self) -> Vec<(String, Figure)> {
        fn add<F: Family>(family: Option<&F>, out: &mut Vec<(String, Figure)>) {
            let Some(family) = family else { return };
            for metric in family.metrics() {
                let filters = std::iter::once(Filter::ALL).chain(family.filters(metric));
                out.extend(filters.filter_map(|filter| {
                    Some((format!("{metric}{}", filter.written()), family.measure(metric, &filter)?))
                }));
            }
        }
        let mut out = Vec::new();
        add(self.tests.as_ref(), &mut out);
        add(self.coverage.as_ref(), &mut out);
        add(self.findings.as_ref(), &mut out);
        add(self.load.as_ref(), &mut out);
        add(self.inventory.as_ref(), &mut out);
        add(self.attestations.as_ref(), &mut out);
        add(self.status.as_ref(), &mut out);
        add(self.records.as_ref(), &mut out);
        out
    }

    /// The notes because of which a gate must not pass without more ado.
    pub fn doubts(&self) -> impl Iterator<Item = &Note> {
        self.notes.iter().filter(|note| note.code.casts_doubt())
    }

    /// Joins another report of the same gate: what adds up adds up, and what contradicts is refused.
    ///
    /// # Errors
    ///
    /// [`ContradictingReports`](crate::Code::ContradictingReports) where both speak of the same thing and only one can be true.
    pub fn join(&mut self, other: Self) -> Result<(), Refusal> {
        fn both<F: Family>(
            one: &mut Option<F>,
            two: Option<F>,
            notes: &mut Vec<Note>,
        ) -> Result<(), Refusal> {
            match (one.as_mut(), two) {
                (Some(one), Some(two)) => one.join(two, notes),
                (None, two) => {
                    *one = two;
                    Ok(())
                }
                (Some(_), None) => Ok(()),
            }
        }
        let Self {
            reader: _,
            origin,
            items,
            notes,
            tests,
            coverage,
            findings,
            load,
            inventory,
            attestations,
            status,
            records,
        } = other;
        both(&mut self.tests, tests, &mut self.notes)?;
        both(&mut self.coverage, coverage, &mut self.notes)?;
        both(&mut self.findings, findings, &mut self.notes)?;
        both(&mut self.load, load, &mut self.notes)?;
        both(&mut self.inventory, inventory, &mut self.notes)?;
        both(&mut self.attestations, attestations, &mut self.notes)?;
        both(&mut self.status, status, &mut self.notes)?;
        both(&mut self.records, records, &mut self.notes)?;
        self.origin.join(origin);
        self.items.omitted += items.omitted;
        items.list.into_iter().for_each(|item| self.items.push(item));
        self.notes.extend(notes);
        self.finish();
        Ok(())
    }
}
