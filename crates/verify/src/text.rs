//! A verdict for people.

use std::fmt;

use clearway_plan::Guarantee;

use crate::verdict::{Error, Stands, Verdict};

/// How much is shown of what else is wrong at a place; a program is given all of it.
const SHOWN: usize = 3;

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |wanted| self.guarantees.iter().filter(|one| one.stands == wanted).count();
        let all = self.guarantees.len();
        let refused = count(Stands::Unknown) == all;
        match (self.holds(), refused) {
            (true, _) => writeln!(f, "{}: {} of {all} guarantees hold", self.target, count(Stands::Holds))?,
            (false, false) => {
                writeln!(f, "{}: {} of {all} guarantees broken", self.target, count(Stands::Broken))?;
            }
            (false, _) if self.readable => writeln!(f, "{} would start nothing of this", self.target)?,
            (false, _) => writeln!(f, "{}: what is there cannot be read", self.target)?,
        }
        if !refused {
            let width = Guarantee::ALL.iter().map(|one| one.name().len()).max().unwrap_or_default();
            for one in &self.guarantees {
                writeln!(f, "  {:<width$}  {}", one.guarantee.name(), one.stands.word())?;
            }
        }
        self.errors.iter().try_for_each(|error| write!(f, "\n{error}"))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.guarantees.iter().map(|one| one.name()).collect();
        let names = if names.is_empty() { String::new() } else { format!("[{}]", names.join(", ")) };
        writeln!(f, "error{names}: {}", self.message)?;
        if let Some(file) = &self.file {
            writeln!(f, "  --> {file}:{}", self.line)?;
        }
        for also in self.also.iter().take(SHOWN) {
            writeln!(f, "  also: {also}")?;
        }
        if let Some(more) = self.also.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            writeln!(f, "  and {more} more of the same place")?;
        }
        if !self.ways.is_empty() {
            writeln!(f, "  in: {}", self.ways.join(", "))?;
        }
        match self.follow {
            0 => Ok(()),
            follow => writeln!(f, "  from this follow {follow} more"),
        }
    }
}
