//! A ledger as one file, and back: for an auditor, an archive, or another place to keep it.

use std::io::Write;

use super::{Ledger, Log, envelope, log};
use crate::trouble::Trouble;

/// What came of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// How many records were added.
    pub added: usize,
    /// How many were there already, as they are in the file.
    pub known: usize,
}

impl Ledger {
    /// Writes every record as it is kept, a line each, the oldest first; gives how many. Each was looked at: what does not hold is not
    /// handed on.
    ///
    /// # Errors
    ///
    /// The ledger cannot be reached or does not hold, or the output cannot be written.
    pub fn export(&self, out: &mut dyn Write) -> Result<usize, Trouble> {
        let count = self.log()?.records().len();
        let names: Vec<String> = (1..=count as u64).map(log::name_of).collect();
        for bytes in self.store.read(&names)? {
            out.write_all(&bytes)
                .map_err(|error| Trouble::new(format!("the records cannot be written: {error}")))?;
        }
        Ok(count)
    }

    /// Writes the DSSE envelope of every record, a line each, for those who know in-toto and not Clearway; gives how many.
    ///
    /// # Errors
    ///
    /// As [`export`](Self::export).
    pub fn export_envelopes(&self, out: &mut dyn Write) -> Result<usize, Trouble> {
        let mut records = Vec::new();
        let count = self.export(&mut records)?;
        for record in records.split_inclusive(|byte| *byte == b'\n') {
            let line = envelope::envelope_of(record)
                .map_err(|error| Trouble::new(format!("a record cannot be told: {error}")))?;
            out.write_all(&line)
                .map_err(|error| Trouble::new(format!("the records cannot be written: {error}")))?;
        }
        Ok(count)
    }

    /// Adds the records of a file that [`export`](Self::export) wrote. The file must hold from its first record on, and the ledger must have
    /// nothing else: its records are the beginning of the file's, or the other way round.
    ///
    /// # Errors
    ///
    /// The file does not hold, the ledger has other records, or it cannot be reached. Nothing is added where it is known before.
    pub fn import(&self, file: &[u8]) -> Result<Imported, Trouble> {
        let lines: Vec<&[u8]> = file.split_inclusive(|byte| *byte == b'\n').collect();
        let mut checked = Log::default();
        for (at, line) in lines.iter().enumerate() {
            checked.push(&log::name_of(at as u64 + 1), line, self.trust.as_ref()).map_err(|broken| {
                Trouble::new(format!("line {} of the file is no record that holds: {}", at + 1, broken.why))
                    .help("only what `clearway ledger export` wrote, whole and unchanged, is taken over")
            })?;
        }
        self.log()?;
        let names = self.store.names()?;
        let kept = self.store.read(&names)?;
        for (at, (kept, line)) in kept.iter().zip(&lines).enumerate() {
            if kept.as_slice() != *line {
                return Err(Trouble::new(format!(
                    "record {} of the ledger is another than that of the file",
                    at + 1
                ))
                .help("two ledgers are never mixed: import into an empty one"));
            }
        }
        let mut added = 0;
        for (at, line) in lines.iter().enumerate().skip(kept.len()) {
            if !self.store.create(&log::name_of(at as u64 + 1), line.to_vec())? {
                return Err(Trouble::new(format!("somebody wrote record {} meanwhile", at + 1))
                    .help("import into a ledger that no pipeline writes to"));
            }
            added += 1;
        }
        Ok(Imported { added, known: kept.len().min(lines.len()) })
    }
}
