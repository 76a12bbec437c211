//! LCOV tracefiles (`man geninfo`), as geninfo, istanbul, cargo-llvm-cov, coverage.py and many others write them.
//!
//! What is counted are the lines (`DA`), branches (`BRDA`) and functions (`FN`, `FNDA`, and `FNL`, `FNA` of LCOV 2.2) themselves. The sums that
//! a record declares (`LF`, `LH`) are compared with them. Records of one file under several test names are one file, as for `lcov -a`.
//!
//! The format is line by line and has no end: a file that was cut off between two records is a shorter one that is well formed. Within a
//! record it is refused, for each ends with `end_of_record`.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use crate::family::{Branches, Coverage, Ratio};
use crate::limits::{Limits, short};
use crate::lines::Lines;
use crate::refusal::{Code, NoteCode, Place, Refusal, malformed, truncated};
use crate::report::Report;
use crate::source::Source;

/// Reads coverage.
pub(super) fn read(source: Source<'_>, limits: &Limits, report: &mut Report) -> Result<(), Refusal> {
    let mut lines = Lines::new(source, limits.token);
    let mut coverage = Coverage::default();
    let mut record: Option<Record> = None;
    let (mut size, mut skipped, mut declared) = (0, 0_u64, Declared::default());
    while let Some((line, place)) = lines.next()? {
        let (key, value) = line.split_once(':').unwrap_or((line, ""));
        match (key, &mut record) {
            ("" | "TN" | "VER", _) => {}
            (key, _) if key.starts_with('#') => {}
            ("SF", None) => record = Some(Record::of(value, place)),
            ("SF", Some(_)) => {
                return Err(
                    truncated("the record before this one does not end with `end_of_record`").at(place)
                );
            }
            ("end_of_record", Some(done)) => {
                size += done.end(&mut coverage, &mut declared);
                record = None;
                if size > limits.distinct {
                    return Err(Refusal::new(
                        Code::TooLarge,
                        format!("the report has more than {} lines", limits.distinct),
                    )
                    .at(place));
                }
            }
            (key, Some(record)) if !value.is_empty() || key == "DA" => {
                if !record.field(key, value).map_err(|refusal| refusal.at(place))? {
                    skipped += 1;
                }
            }
            (_, None) if !coverage.sources.is_empty() => skipped += 1,
            _ => {
                return Err(malformed(format!("`{}` is no line of an LCOV tracefile", short(line))).at(place));
            }
        }
    }
    if let Some(record) = record {
        return Err(truncated(format!(
            "the record of `{}` does not end with `end_of_record`",
            short(&record.file)
        ))
        .at(record.place));
    }
    if coverage.sources.is_empty() {
        return Err(Refusal::new(Code::NoResults, "the tracefile holds no record: nothing was measured"));
    }
    if skipped > 0 {
        report.note(
            NoteCode::LinesSkipped,
            format!("{skipped} lines that the format does not know were passed over"),
        );
    }
    declared.compare(report);
    report.coverage = Some(coverage);
    Ok(())
}

/// What the records declare of their lines, and what they hold.
#[derive(Default)]
pub(super) struct Declared {
    pub declared: Ratio,
    pub held: Ratio,
}

impl Declared {
    /// Notes where the two differ. The lines themselves count. Where they say more than what the report declares, one of the two is wrong, and the
    /// figure may be too good.
    pub fn compare(&self, report: &mut Report) {
        let (declared, held) = (self.declared, self.held);
        if declared == held || declared.total == 0 {
            return;
        }
        let message = format!(
            "the report declares {} of {} lines as executed, and its lines say {} of {}",
            declared.covered, declared.total, held.covered, held.total
        );
        if held.exceeds(declared) {
            report.note(NoteCode::CoverageOverstated, message);
        } else {
            report.note(NoteCode::CoverageDiffers, message);
        }
    }
}

/// What is said of one file between `SF` and `end_of_record`.
struct Record {
    file: String,
    place: Place,
    lines: BTreeMap<u32, bool>,
    branches: BTreeMap<u32, BTreeMap<SmolStr, bool>>,
    functions: BTreeMap<SmolStr, bool>,
    found: Option<u64>,
    hit: Option<u64>,
}

impl Record {
    fn of(file: &str, place: Place) -> Self {
        let (lines, branches, functions) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { file: file.to_owned(), place, lines, branches, functions, found: None, hit: None }
    }

    /// Reads a line of the record. `false` when the format does not know it.
    fn field(&mut self, key: &str, value: &str) -> Result<bool, Refusal> {
        match key {
            "DA" => {
                let (line, rest) = value.split_once(',').ok_or_else(|| {
                    malformed(format!("`DA:{}` names a line without a count", short(value)))
                })?;
                let count = rest.split(',').next().unwrap_or_default();
                *self.lines.entry(number(line)?).or_default() |= executed(count)?;
            }
            "BRDA" => {
                // The name of a branch may have commas of its own.
                let (line, rest) = value
                    .split_once(',')
                    .ok_or_else(|| malformed(format!("`BRDA:{}` is no branch", short(value))))?;
                let (branch, taken) = rest
                    .rsplit_once(',')
                    .ok_or_else(|| malformed(format!("`BRDA:{}` is no branch", short(value))))?;
                *self.branches.entry(number(line)?).or_default().entry(SmolStr::new(branch)).or_default() |=
                    executed(taken)?;
            }
            "FN" => {
                // The line, in newer files the last line, and the name, which may have commas of its own.
                let (_, rest) = value
                    .split_once(',')
                    .ok_or_else(|| malformed(format!("`FN:{}` is no function", short(value))))?;
                let name = match rest.split_once(',') {
                    Some((last, name))
                        if last.bytes().all(|byte| byte.is_ascii_digit()) && !last.is_empty() =>
                    {
                        name
                    }
                    _ => rest,
                };
                self.functions.entry(SmolStr::new(name)).or_default();
            }
            "FNDA" => {
                let (count, name) = value
                    .split_once(',')
                    .ok_or_else(|| malformed(format!("`FNDA:{}` is no function", short(value))))?;
                *self.functions.entry(SmolStr::new(name)).or_default() |= executed(count)?;
            }
            "FNA" => {
                let mut parts = value.splitn(3, ',');
                let (Some(_), Some(count), Some(name)) = (parts.next(), parts.next(), parts.next()) else {
                    return Err(malformed(format!("`FNA:{}` is no function", short(value))));
                };
                *self.functions.entry(SmolStr::new(name)).or_default() |= executed(count)?;
            }
            "LF" => self.found = Some(u64::from(number(value)?)),
            "LH" => self.hit = Some(u64::from(number(value)?)),
            "FNL" | "FNF" | "FNH" | "BRF" | "BRH" | "MCDC" | "MCF" | "MCH" | "MRF" | "MRH" => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Adds the record to the coverage, and says how much it holds.
    fn end(&mut self, coverage: &mut Coverage, declared: &mut Declared) -> usize {
        if let (Some(found), Some(hit)) = (self.found, self.hit) {
            declared.declared.add(hit, found);
            declared
                .held
                .add(self.lines.values().filter(|covered| **covered).count() as u64, self.lines.len() as u64);
        }
        let size = self.lines.len()
            + self.functions.len()
            + self.branches.values().map(BTreeMap::len).sum::<usize>();
        let source = coverage.source(&self.file);
        for (line, covered) in std::mem::take(&mut self.lines) {
            source.line(line, covered);
        }
        for (line, branches) in std::mem::take(&mut self.branches) {
            source.branches(line, Branches::Named(branches));
        }
        for (name, covered) in std::mem::take(&mut self.functions) {
            source.function(&name, covered);
        }
        size
    }
}

fn number(text: &str) -> Result<u32, Refusal> {
    text.trim()
        .parse()
        .map_err(|_| Refusal::new(Code::BadNumber, format!("`{}` is no line and counts none", short(text))))
}

/// Whether a count says that something was executed. Counts go beyond 64 bits, `-` is never reached, and gcov has written negative ones.
pub(super) fn executed(count: &str) -> Result<bool, Refusal> {
    let count = count.trim();
    let digits = count.trim_start_matches(['-', '+']);
    if count == "-" {
        return Ok(false);
    }
    let whole = digits.bytes().all(|byte| byte.is_ascii_digit());
    let legible = !digits.is_empty() && (whole || digits.parse::<f64>().is_ok_and(f64::is_finite));
    if !legible {
        return Err(Refusal::new(Code::BadNumber, format!("`{}` counts nothing", short(count))));
    }
    let mantissa = digits.split(['e', 'E']).next().unwrap_or_default();
    Ok(!count.starts_with('-') && mantissa.bytes().any(|byte| (b'1'..=b'9').contains(&byte)))
}
