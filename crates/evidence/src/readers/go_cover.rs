//! Go's cover profiles (`go test -coverprofile`, `go tool covdata textfmt`).
//!
//! A profile counts statements in blocks, which is what `go test` prints: `coverage.statements`. `coverage.lines` are the lines that the blocks
//! span, executed if one of their blocks is, as the converters to line formats have it. A block that stands twice, as in profiles of several
//! packages, is one block.
//!
//! The format is line by line and has no end: a profile that was cut off between two lines is a shorter one that is well formed.

use crate::family::Coverage;
use crate::limits::{Limits, short};
use crate::lines::Lines;
use crate::readers::lcov::executed;
use crate::refusal::{Code, Refusal, malformed};
use crate::report::Report;
use crate::source::Source;

/// The lines that one block may span.
const SPAN: u32 = 1_000_000;

/// Reads coverage.
pub(super) fn read(source: Source<'_>, limits: &Limits, report: &mut Report) -> Result<(), Refusal> {
    let mut lines = Lines::new(source, limits.token);
    let mut coverage = Coverage::default();
    let (mut begun, mut blocks, mut size) = (false, 0_u64, 0);
    while let Some((line, place)) = lines.next()? {
        if let Some(mode) = line.strip_prefix("mode:") {
            if !matches!(mode.trim(), "set" | "count" | "atomic") {
                let message = format!("`{}` is no mode of a cover profile", short(mode));
                return Err(Refusal::new(Code::UnsupportedVersion, message).at(place));
            }
            begun = true;
        } else if line.is_empty() {
            continue;
        } else if !begun {
            return Err(Refusal::new(
                Code::WrongFormat,
                "this is no Go cover profile, which begins with `mode:`",
            )
            .at(place));
        } else {
            let block = Block::parse(line)
                .ok_or_else(|| malformed(format!("`{}` is no block of a cover profile", short(line))));
            let block = block.map_err(|refusal| refusal.at(place))?;
            let covered = executed(block.count).map_err(|refusal| refusal.at(place))?;
            let source = coverage.source(block.file);
            let before = source.size();
            let [first, _, last, _] = block.ends;
            source.block(block.ends, block.statements, covered);
            (first..=last).for_each(|line| source.line(line, covered));
            size += source.size() - before;
            blocks += 1;
            if size > limits.distinct {
                return Err(Refusal::new(
                    Code::TooLarge,
                    format!("the profile has more than {} lines", limits.distinct),
                )
                .at(place));
            }
        }
    }
    if blocks == 0 {
        return Err(Refusal::new(Code::NoResults, "the profile holds no block: nothing was measured"));
    }
    report.coverage = Some(coverage);
    Ok(())
}

/// `name.go:12.34,56.78 statements count`
struct Block<'l> {
    file: &'l str,
    ends: [u32; 4],
    statements: u32,
    count: &'l str,
}

impl<'l> Block<'l> {
    fn parse(line: &'l str) -> Option<Self> {
        let (place, numbers) = line
            .rsplit_once(' ')
            .and_then(|(rest, count)| Some((rest.rsplit_once(' ')?, count)))
            .map(|((place, statements), count)| (place, (statements, count)))?;
        let (file, span) = place.rsplit_once(':')?;
        let (from, to) = span.split_once(',')?;
        let point = |text: &str| -> Option<(u32, u32)> {
            let (line, column) = text.split_once('.')?;
            Some((line.parse().ok()?, column.parse().ok()?))
        };
        let ((first, from), (last, to)) = (point(from)?, point(to)?);
        if file.is_empty() || last < first || last - first > SPAN {
            return None;
        }
        Some(Self {
            file,
            ends: [first, from, last, to],
            statements: numbers.0.parse().ok()?,
            count: numbers.1,
        })
    }
}
