//! The reports of a gate: found by its globs, read by its readers, and held against the commit, the artifact and the clock of the run.

use std::io::{self, Read};
use std::time::Duration;

use clearway_evidence::{Case, Limits, Reader, Report, Topic};
use clearway_plan::{Evidence, Table};
use globset::GlobBuilder;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::change::Change;
use super::quarantine::Quarantines;
use super::tables;
use crate::digest::Digest;
use crate::ledger::Subject;
use crate::vendor::Pages;

/// The files that a gate may read.
pub trait Files {
    /// The paths of all files, sorted, with `/` between their parts.
    ///
    /// # Errors
    ///
    /// They cannot be listed.
    fn list(&self) -> io::Result<Vec<String>>;

    /// The bytes of a file, as a stream.
    ///
    /// # Errors
    ///
    /// It cannot be opened.
    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>>;

    /// When a file was last written, where that is known.
    fn modified(&self, path: &str) -> Option<Timestamp>;
}

/// What reports must be of, to count.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'w> {
    /// The commit that is released.
    pub commit: &'w str,
    /// What is released.
    pub subjects: &'w [Subject],
    /// How old they may be.
    pub max_age: Option<Duration>,
    /// The time.
    pub now: Timestamp,
    /// The tests whose failures do not count.
    pub quarantines: &'w Quarantines<'w>,
    /// The number of the change ticket.
    pub change: Option<&'w str>,
    /// The status pages that sources name.
    pub pages: &'w Pages<'w>,
}

impl<'w> Wanted<'w> {
    /// What a baseline must be, to count: it is of another commit, and of another time.
    pub const fn of_baseline(self) -> Self {
        Self { commit: "", subjects: &[], max_age: None, change: None, ..self }
    }
}

/// A report that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// Its path.
    pub file: String,
    /// Its reader.
    pub reader: String,
    /// The digest of its bytes.
    pub digest: Digest,
    /// When it was made, as far as it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Collected {
    /// All reports as one. `None` without any.
    pub report: Option<Report>,
    /// The change ticket of the release, where a table has it.
    pub change: Change,
    /// Each report.
    pub seen: Vec<Seen>,
    /// What keeps them from being proof.
    pub faults: Vec<String>,
}

/// How many failures and findings are told apart: a triage looks at each.
const LISTED: usize = 20_000;

/// Clocks of machines that report to each other differ by less than this.
pub(crate) const CLOCKS_DIFFER: Duration = Duration::from_secs(300);

/// Reads the reports of a gate.
pub fn collect(evidence: &[&Evidence], files: &dyn Files, wanted: Wanted<'_>) -> Collected {
    let mut out = Collected { change: Change::of(wanted.change), ..Collected::default() };
    let list = match files.list() {
        Ok(list) => list,
        Err(error) => {
            out.faults.push(format!("the reports cannot be listed: {error}"));
            return out;
        }
    };
    for evidence in evidence {
        let Ok(reader) = evidence.reader.parse::<Reader>() else {
            out.faults.push(format!("reports of `{}` cannot be read", evidence.reader));
            continue;
        };
        for glob in &evidence.sources {
            if reader == Reader::Statuspage && is_address(glob) {
                out.ask(glob, wanted);
                continue;
            }
            let matching = match matching(&list, glob) {
                Ok(matching) => matching,
                Err(fault) => {
                    out.faults.push(fault);
                    continue;
                }
            };
            for path in matching {
                if out.seen.iter().any(|seen| seen.file == *path && seen.reader == reader.name()) {
                    continue;
                }
                out.take((reader, evidence.table.as_ref()), path, files, wanted);
            }
        }
    }
    out
}

/// Whether a source is asked for and not read.
fn is_address(source: &str) -> bool {
    source.starts_with("https://") || source.starts_with("http://")
}

/// The files that a pattern is about: there is at least one.
///
/// # Errors
///
/// Why there is none, in words.
pub(super) fn matching<'l>(list: &'l [String], glob: &str) -> Result<Vec<&'l String>, String> {
    let pattern = GlobBuilder::new(glob).literal_separator(true).build();
    let pattern =
        pattern.map_err(|error| format!("`{glob}` is no pattern of files: {error}"))?.compile_matcher();
    let is_meant =
        |path: &&String| pattern.is_match(path) || of_job(path).is_some_and(|path| pattern.is_match(path));
    let matching: Vec<&String> = list.iter().filter(is_meant).collect();
    if matching.is_empty() {
        return Err(format!(
            "no file matches `{glob}`: the report is missing, and an absent report is not a good one"
        ));
    }
    Ok(matching)
}

/// What a folder `reports-JOB` holds is what that job left: its paths are those of the repository, below that folder.
fn of_job(path: &str) -> Option<&str> {
    path.split_once('/').filter(|(folder, _)| folder.starts_with("reports-")).map(|(_, path)| path)
}

impl Collected {
    /// Takes a status page from its address: it is of this moment.
    fn ask(&mut self, url: &str, wanted: Wanted<'_>) {
        match wanted.pages.read(url) {
            Err(why) => self.faults.push(why),
            Ok((report, digest)) => {
                let reader = report.reader.name().to_owned();
                self.seen.push(Seen { file: url.to_owned(), reader, digest, at: Some(wanted.now) });
                self.join(url, report);
            }
        }
    }

    fn join(&mut self, source: &str, report: Report) {
        match &mut self.report {
            None => self.report = Some(report),
            Some(all) => {
                if let Err(refusal) = all.join(report) {
                    self.faults.push(format!("`{source}`: {} [{}]", refusal.told(), refusal.code));
                }
            }
        }
    }

    fn take(
        &mut self,
        (reader, table): (Reader, Option<&Table>),
        path: &str,
        files: &dyn Files,
        wanted: Wanted<'_>,
    ) {
        let mut input = match files.open(path) {
            Ok(input) => Hashing { input, hash: Sha256::new() },
            Err(error) => return self.faults.push(format!("`{path}` cannot be opened: {error}")),
        };
        let limits = Limits { listed: LISTED, ..Limits::default() };
        let read = match table.map(tables::mapping) {
            Some(mapping) => {
                let change = &mut self.change;
                mapping.and_then(|mapping| {
                    clearway_evidence::read_table(&mapping, &mut input, &limits, |row| {
                        if mapping.topic == Topic::Changes {
                            change.look_at(row);
                        }
                    })
                })
            }
            None => {
                let aside = |case: &Case<'_>| wanted.quarantines.hold(case);
                clearway_evidence::read_setting_aside(reader, &mut input, &limits, &aside)
            }
        };
        let digest = input.finish();
        let modified = files.modified(path);
        let made = read.as_ref().ok().and_then(|report| report.origin.times);
        let at = made.and_then(|(_, last)| last.earliest()).or(modified);
        self.seen.push(Seen { file: path.to_owned(), reader: reader.name().to_owned(), digest, at });
        let report = match read {
            Ok(report) => report,
            Err(refusal) => {
                return self.faults.push(format!(
                    "`{path}` is refused: {} [{}]",
                    refusal.told(),
                    refusal.code
                ));
            }
        };
        let fault = |why: String| format!("`{path}`: {why}");
        self.faults.extend(report.doubts().map(|note| fault(format!("{} [{}]", note.message, note.code))));
        self.faults.extend(wrong_origin(&report, wanted).map(fault));
        let first = made.and_then(|(first, _)| first.earliest());
        // When its file was written is asked only where the age counts: a replay at another time reads files of today.
        let relied_on = wanted.max_age.and(at);
        self.faults.extend(wrong_time(first.or(relied_on), at, wanted).map(fault));
        self.join(path, report);
    }
}

/// Why a report is of something else than what is released.
fn wrong_origin(report: &Report, wanted: Wanted<'_>) -> Option<String> {
    let commit = wanted.commit.to_ascii_lowercase();
    let is_it = |named: &String| commit.starts_with(named.as_str()) || named.starts_with(commit.as_str());
    if let Some(other) = report.origin.commits.iter().find(|named| !is_it(named)) {
        return Some(format!("the report is of commit {other}, and {} is released", wanted.commit));
    }
    let released: Vec<&str> =
        wanted.subjects.iter().filter_map(|subject| subject.digest.as_ref()).map(Digest::as_str).collect();
    let named = &report.origin.digests;
    // A report may name the digests of all that an artifact is made of: one of them is the artifact's own.
    if !released.is_empty()
        && !named.is_empty()
        && !named.iter().any(|digest| released.contains(&digest.as_str()))
    {
        let first = named.iter().next().map_or("", String::as_str);
        return Some(format!("the report is of {first}, and {} is released", released.join(", ")));
    }
    None
}

/// Why a report is too old, or cannot have been made yet. The first time it names must not be ahead of the clock; the last one says how
/// old it is.
fn wrong_time(first: Option<Timestamp>, last: Option<Timestamp>, wanted: Wanted<'_>) -> Option<String> {
    let seconds = |from: Timestamp, to: Timestamp| to.duration_since(from).as_secs();
    if let Some(first) =
        first.filter(|first| seconds(wanted.now, *first) > CLOCKS_DIFFER.as_secs().cast_signed())
    {
        return Some(format!(
            "the report was made at {first}, and it is {} now: a clock is wrong",
            wanted.now
        ));
    }
    let max_age = wanted.max_age?;
    let Some(last) = last else {
        return Some("nothing says when the report was made, and only recent ones count".to_owned());
    };
    let age = seconds(last, wanted.now);
    (age > max_age.as_secs().cast_signed()).then(|| {
        let length = |seconds: u64| clearway_schedule::Length(Duration::from_secs(seconds));
        format!(
            "the report is {} old (made at {last}), and counts for {}",
            length(age.unsigned_abs()),
            length(max_age.as_secs())
        )
    })
}

/// A stream whose digest is made as it is read.
struct Hashing<R> {
    input: R,
    hash: Sha256,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(out)?;
        self.hash.update(out.get(..length).unwrap_or_default());
        Ok(length)
    }
}

impl<R: Read> Hashing<R> {
    /// The digest of the whole stream, whatever of it was read; of what there is to read, where it breaks off.
    fn finish(mut self) -> Digest {
        let mut rest = [0; 8192];
        while matches!(self.read(&mut rest), Ok(length) if length > 0) {}
        Digest::of_hash(self.hash)
    }
}
