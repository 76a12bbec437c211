//! What tests execute: lines, branches, functions, statements, instructions.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::Family;
use crate::figure::{Figure, Filter};
use crate::refusal::{Note, Refusal};

/// How much of something was executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ratio {
    /// How many were executed.
    pub covered: u64,
    /// How many there are.
    pub total: u64,
}

impl Ratio {
    pub(crate) fn add(&mut self, covered: u64, total: u64) {
        self.covered = self.covered.saturating_add(covered);
        self.total = self.total.saturating_add(total);
    }

    /// The same things executed twice: at least as many were executed as in the better run.
    fn join(&mut self, other: Self) {
        self.covered = self.covered.max(other.covered);
        self.total = self.total.max(other.total);
    }

    /// Whether this share is larger than another one.
    pub(crate) fn exceeds(&self, other: Self) -> bool {
        u128::from(self.covered) * u128::from(other.total)
            > u128::from(other.covered) * u128::from(self.total)
    }
}

/// The branches of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Branches {
    /// Only how many were taken.
    Counted(Ratio),
    /// Each by its name, and whether it was taken.
    Named(BTreeMap<SmolStr, bool>),
}

impl Branches {
    fn ratio(&self) -> Ratio {
        match self {
            Self::Counted(ratio) => *ratio,
            Self::Named(branches) => Ratio {
                covered: branches.values().filter(|taken| **taken).count() as u64,
                total: branches.len() as u64,
            },
        }
    }

    /// The same branches in another run. Which of them were taken there is known only where they have names; otherwise at least as many
    /// as in the better run, which is what counts.
    fn join(&mut self, other: Self) {
        match (&mut *self, other) {
            (Self::Named(mine), Self::Named(others)) => {
                for (name, taken) in others {
                    *mine.entry(name).or_default() |= taken;
                }
            }
            (mine, other) => {
                let mut ratio = mine.ratio();
                ratio.join(other.ratio());
                *self = Self::Counted(ratio);
            }
        }
    }
}

/// A line that can be executed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Line {
    covered: bool,
    branches: Option<Box<Branches>>,
    instructions: (u32, u32),
}

/// A source file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceLines {
    lines: BTreeMap<u32, Line>,
    functions: BTreeMap<SmolStr, bool>,
    /// Blocks of statements by their ends (line, column, line, column): how many statements, and whether they were executed.
    blocks: BTreeMap<[u32; 4], (u32, bool)>,
    /// Branches and instructions of a file without lines, as the report sums them up.
    stated: Option<(Ratio, Ratio)>,
}

impl SourceLines {
    /// Says that a line can be executed, and whether it was. A line that is told twice was executed if it was in either.
    pub(crate) fn line(&mut self, number: u32, covered: bool) {
        self.lines.entry(number).or_default().covered |= covered;
    }

    /// Says how many instructions of a line were executed.
    pub(crate) fn instructions(&mut self, number: u32, covered: u32, total: u32) {
        self.lines.entry(number).or_default().instructions = (covered, total);
    }

    /// Says which branches of a line were taken.
    pub(crate) fn branches(&mut self, number: u32, branches: Branches) {
        let line = self.lines.entry(number).or_default();
        match &mut line.branches {
            Some(known) => known.join(branches),
            none => *none = Some(Box::new(branches)),
        }
    }

    /// Says whether a function was executed.
    pub(crate) fn function(&mut self, name: &str, covered: bool) {
        *self.functions.entry(SmolStr::new(name)).or_default() |= covered;
    }

    /// Says whether a block of statements was executed.
    pub(crate) fn block(&mut self, ends: [u32; 4], statements: u32, covered: bool) {
        let block = self.blocks.entry(ends).or_insert((statements, false));
        block.1 |= covered;
    }

    /// Says how many branches and instructions were executed, where the lines are not known.
    pub(crate) fn stated(&mut self, branches: Ratio, instructions: Ratio) {
        let stated = self.stated.get_or_insert_default();
        stated.0.add(branches.covered, branches.total);
        stated.1.add(instructions.covered, instructions.total);
    }

    /// How many things are known of the file.
    pub(crate) fn size(&self) -> usize {
        self.lines.len() + self.functions.len() + self.blocks.len()
    }

    fn join(&mut self, other: Self) {
        for (number, line) in other.lines {
            let mine = self.lines.entry(number).or_default();
            mine.covered |= line.covered;
            let covered = mine.instructions.0.max(line.instructions.0);
            mine.instructions = (covered, mine.instructions.1.max(line.instructions.1));
            if let Some(branches) = line.branches {
                self.branches(number, *branches);
            }
        }
        for (name, covered) in other.functions {
            *self.functions.entry(name).or_default() |= covered;
        }
        for (ends, (statements, covered)) in other.blocks {
            self.block(ends, statements, covered);
        }
        match (&mut self.stated, other.stated) {
            (Some(mine), Some(other)) => {
                mine.0.join(other.0);
                mine.1.join(other.1);
            }
            (mine, other) => *mine = mine.take().or(other),
        }
    }
}

/// The coverage of a report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    pub(crate) sources: BTreeMap<String, SourceLines>,
}

impl Coverage {
    /// The file of a name.
    pub(crate) fn source(&mut self, name: &str) -> &mut SourceLines {
        // Most reports say all of one file before the next: no name is copied twice.
        if !self.sources.contains_key(name) {
            self.sources.insert(name.to_owned(), SourceLines::default());
        }
        self.sources.entry(name.to_owned()).or_default()
    }

    /// The files, by name.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        self.sources.keys().map(String::as_str)
    }

    /// The lines of all files.
    pub fn lines(&self) -> Ratio {
        let lines = || self.sources.values().flat_map(|source| source.lines.values());
        Ratio { covered: lines().filter(|line| line.covered).count() as u64, total: lines().count() as u64 }
    }

    /// The branches of all files.
    pub fn branches(&self) -> Ratio {
        self.sum(|source, sum| {
            for line in source.lines.values() {
                let ratio = line.branches.as_ref().map(|branches| branches.ratio()).unwrap_or_default();
                sum.add(ratio.covered, ratio.total);
            }
            if let (Some((branches, _)), true) = (source.stated, source.lines.is_empty()) {
                sum.add(branches.covered, branches.total);
            }
        })
    }

    /// The functions of all files.
    pub fn functions(&self) -> Ratio {
        self.sum(|source, sum| {
            sum.add(
                source.functions.values().filter(|covered| **covered).count() as u64,
                source.functions.len() as u64,
            );
        })
    }

    /// The statements of all files, where the report counts them.
    pub fn statements(&self) -> Ratio {
        self.sum(|source, sum| {
            for (statements, covered) in source.blocks.values() {
                sum.add(if *covered { u64::from(*statements) } else { 0 }, u64::from(*statements));
            }
        })
    }

    /// The instructions of all files, where the report counts them.
    pub fn instructions(&self) -> Ratio {
        self.sum(|source, sum| {
            for line in source.lines.values() {
                sum.add(u64::from(line.instructions.0), u64::from(line.instructions.1));
            }
            if let (Some((_, instructions)), true) = (source.stated, source.lines.is_empty()) {
                sum.add(instructions.covered, instructions.total);
            }
        })
    }

    fn sum(&self, add: impl Fn(&SourceLines, &mut Ratio)) -> Ratio {
        let mut sum = Ratio::default();
        self.sources.values().for_each(|source| add(source, &mut sum));
        sum
    }
}

impl Family for Coverage {
    fn metrics(&self) -> Vec<&'static str> {
        vec![
            "coverage.lines",
            "coverage.branches",
            "coverage.functions",
            "coverage.statements",
            "coverage.instructions",
        ]
    }

    /// What the report does not count is no data, and not 0 of 0.
    fn measure(&self, metric: &str, filter: &Filter) -> Option<Figure> {
        let ratio = match metric {
            _ if *filter != Filter::ALL => return None,
            "coverage.lines" => self.lines(),
            "coverage.branches" => self.branches(),
            "coverage.functions" => self.functions(),
            "coverage.statements" => self.statements(),
            "coverage.instructions" => self.instructions(),
            _ => return None,
        };
        Figure::share(ratio.covered, ratio.total)
    }

    fn filters(&self, _: &str) -> Vec<Filter> {
        Vec::new()
    }

    /// Different files add up, line by line, so that a large one weighs more than a small one. The same file in two reports is one file:
    /// a line is covered if either run executed it.
    fn join(&mut self, other: Self, _: &mut Vec<Note>) -> Result<(), Refusal> {
        for (name, source) in other.sources {
            self.source(&name).join(source);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Branches, Coverage, Family, Ratio};

    fn of(lines: &[(u32, bool)]) -> Coverage {
        let mut coverage = Coverage::default();
        lines.iter().for_each(|(number, covered)| coverage.source("a.rs").line(*number, *covered));
        coverage
    }

    #[test]
    fn the_same_file_twice_is_one_file() {
        let mut one = of(&[(1, true), (2, false), (3, false)]);
        one.join(of(&[(2, true), (3, false), (4, false)]), &mut Vec::new()).unwrap();
        assert_eq!(one.lines(), Ratio { covered: 2, total: 4 });
    }

    #[test]
    fn unnamed_branches_are_joined_with_caution_and_named_ones_exactly() {
        let mut counted = Branches::Counted(Ratio { covered: 1, total: 2 });
        counted.join(Branches::Counted(Ratio { covered: 1, total: 2 }));
        assert_eq!(counted.ratio(), Ratio { covered: 1, total: 2 });
        let named = |taken: bool| Branches::Named([("0,0".into(), taken), ("0,1".into(), !taken)].into());
        let mut joined = named(true);
        joined.join(named(false));
        assert_eq!(joined.ratio(), Ratio { covered: 2, total: 2 });
    }
}
