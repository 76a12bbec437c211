//! The ledger: what happened, in records that are only ever added.
//!
//! A record is kept under its number, and a number is given once: whoever comes second reads what came before and decides again. So
//! every record was decided upon exactly the records that stand before it, however many pipelines write at once.

mod envelope;
mod log;
mod record;
mod show;
mod signature;
mod state;
mod statement;
mod transfer;

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::digest::Digest;
use crate::store::Store;
use crate::trouble::Trouble;

pub use log::{Act, Broken, End, Log, Logged};
pub use record::{
    Adopted, Attested, Closed, Ending, Entry, FORMAT, Intent, Leased, Looked, Moved, Observed, Outcome,
    Record, Reviewed, Seen, Subject,
};
pub(crate) use show::plain;
pub use signature::{Signer, Trust};
pub use state::{Deployed, Live, Spot};
pub use transfer::Imported;

/// A ledger.
#[derive(Debug)]
pub struct Ledger {
    store: Store,
    signer: Option<Signer>,
    trust: Option<Trust>,
}

/// Who writes a record, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The run.
    pub run: String,
    /// The build that it is.
    pub build: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The plan that the run follows.
    pub plan: Digest,
}

/// How often a record is decided again because another came first.
const ATTEMPTS: u32 = 1000;

/// The pause before it is, which grows a little with each time.
const PAUSE: Duration = Duration::from_millis(2);

/// How often a list of records with a hole is looked at again before the hole is believed.
const LOOKS: u32 = 5;

impl Ledger {
    /// Opens a ledger: a folder, `file://…`, or `s3://bucket/prefix`, whose region and keys the usual AWS variables say.
    ///
    /// # Errors
    ///
    /// The name is no such place, or the place cannot be opened.
    pub fn open(destination: &str) -> Result<Self, Trouble> {
        Ok(Self { store: Store::open(destination)?, signer: None, trust: None })
    }

    /// The same, which signs what it writes.
    pub fn signing_with(self, signer: Option<Signer>) -> Self {
        Self { signer, ..self }
    }

    /// The same, which believes only records that a trusted key has signed.
    pub fn trusting(self, trust: Option<Trust>) -> Self {
        Self { trust, ..self }
    }

    /// Whether what is written here would be believed: where keys are trusted, one of them must sign.
    ///
    /// # Errors
    ///
    /// No key signs, or one that is not trusted. Nothing of a key is told.
    pub fn signs(&self) -> Result<(), Trouble> {
        let Some(trust) = &self.trust else { return Ok(()) };
        match &self.signer {
            Some(signer) if trust.knows(signer) => Ok(()),
            Some(_) => Err(Trouble::new("the key in CLEARWAY_LEDGER_KEY is none of those whose records are believed")
                .help("set it to the private key of one of them; the manifest names their file: `ledger = { signed-by = \"…\" }`")),
            None => Err(Trouble::new("a record would not be signed, and only signed records are believed")
                .help("set CLEARWAY_LEDGER_KEY to the private key, in PEM: in a pipeline it is a secret of the platform")),
        }
    }

    /// All records. Each was looked at: none was changed, left out or moved.
    ///
    /// # Errors
    ///
    /// The ledger cannot be reached, or a record is not what was written.
    pub fn log(&self) -> Result<Log, Trouble> {
        Ok(self.check()??)
    }

    /// All records, or the first that is not what was written.
    ///
    /// # Errors
    ///
    /// The ledger cannot be reached.
    pub fn check(&self) -> Result<Result<Log, Broken>, Trouble> {
        let mut log = Log::default();
        Ok(self.refresh(&mut log)?.map(|()| log))
    }

    /// Adds to a log the records that were written since.
    fn refresh(&self, log: &mut Log) -> Result<Result<(), Broken>, Trouble> {
        let known = log.records().len();
        let mut names = self.store.names()?;
        // A folder that is listed while others write may show a record and not yet the one before it.
        for _ in 0..LOOKS {
            let in_order = |(at, name): (usize, &String)| *name == log::name_of(at as u64 + 1);
            if names.iter().enumerate().all(in_order) {
                break;
            }
            std::thread::sleep(PAUSE * 10);
            names = self.store.names()?;
        }
        let news = names.get(known..).unwrap_or_default();
        let bytes = self.store.read(news)?;
        Ok(news.iter().zip(bytes).try_for_each(|(name, bytes)| log.push(name, &bytes, self.trust.as_ref())))
    }

    /// Writes what is decided upon all records before it; where another record came first, it is decided again. What is decided may be to
    /// write nothing. Gives the record's digest, and whatever else was decided.
    ///
    /// # Errors
    ///
    /// The ledger cannot be reached, a record is not what was written, or the decision fails.
    pub fn append<T>(
        &self,
        stamp: &Stamp,
        mut decide: impl FnMut(&Log) -> Result<(Option<Entry>, T), Trouble>,
    ) -> Result<(Option<Digest>, T), Trouble> {
        let mut log = Log::default();
        for attempt in 0..ATTEMPTS {
            self.refresh(&mut log)??;
            let (entry, decided) = decide(&log)?;
            let Some(entry) = entry else { return Ok((None, decided)) };
            self.signs()?;
            let sequence = log.records().len() as u64 + 1;
            let record = Record {
                clearway: FORMAT,
                sequence,
                previous: log.last().map(|last| last.digest.clone()),
                at: stamp.at,
                run: stamp.run.clone(),
                build: stamp.build.clone(),
                plan: stamp.plan.clone(),
                entry,
            };
            let (bytes, digest) = envelope::seal(&record, &log, self.signer.as_ref())
                .map_err(|error| Trouble::new(format!("the record cannot be written: {error}")))?;
            if self.store.create(&log::name_of(sequence), bytes)? {
                return Ok((Some(digest), decided));
            }
            std::thread::sleep(PAUSE * attempt.min(20));
        }
        Err(Trouble::new(format!("the record could not be written: others came first {ATTEMPTS} times")))
    }

    /// What is deployed in an environment, in the form of a state file. `None` where the ledger has nothing of it.
    ///
    /// # Errors
    ///
    /// As [`log`](Self::log).
    pub fn state(&self, environment: &str) -> Result<Option<Value>, Trouble> {
        let log = self.log()?;
        Ok(Deployed::of(&log, environment).map(|deployed| deployed.to_state_file(environment)))
    }
}
