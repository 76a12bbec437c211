//! Columns over neighbouring lines.

use std::collections::BTreeMap;

use super::document::{Line, width};

/// Columns are kept apart rather than let one long cell push all others this far away.
const FAR: usize = 40;
/// The same for the operators of comparisons.
const FAR_OPERATOR: usize = 16;

/// What lines up with what: the number of a column, and of a part in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Column(pub(super) u32, pub(super) u32);

impl Column {
    /// The word a statement starts with.
    pub(super) const FIRST: Self = Self(0, 0);
    /// The `=` of a field.
    pub(super) const VALUE: Self = Self(1, 0);
    /// The block of a clause.
    pub(super) const BLOCK: Self = Self(u32::MAX, 0);

    /// An operand, by the number that the vocabulary gives it.
    pub(super) const fn operand(number: u32) -> Self {
        Self(if number >= u32::MAX - 2 { u32::MAX - 1 } else { number + 1 }, 0)
    }

    /// The operator of a comparison that stands in a column.
    pub(super) const fn operator(self) -> Self {
        Self(self.0, 1)
    }

    /// A statement of a block that stands on one line.
    pub(super) const fn inner(number: usize) -> Self {
        Self(u32::MAX, number as u32 + 1)
    }

    const fn far(self) -> usize {
        if self.1 == 1 && self.0 != u32::MAX { FAR_OPERATOR } else { FAR }
    }
}

/// A part of a line that starts in a column.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) column: Column,
    pub(super) text: String,
    /// The spaces in front of it, at least.
    pub(super) gap: usize,
}

/// A line in columns, in order.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) cells: Vec<Cell>,
}

impl Row {
    pub(super) fn push(&mut self, column: Column, text: String, gap: usize) {
        // Columns ascend; what does not belongs to the cell before.
        match self.cells.last_mut() {
            Some(last) if last.column >= column => {
                last.text.extend(std::iter::repeat_n(' ', gap));
                last.text.push_str(&text);
            }
            _ => self.cells.push(Cell { column, text, gap }),
        }
    }

    /// Adds to the last cell.
    pub(super) fn append(&mut self, text: &str) {
        if let Some(last) = self.cells.last_mut() {
            last.text.push_str(text);
        }
    }

    /// Where the cells start when nothing lines up.
    pub(super) fn natural(&self, indent: usize) -> Vec<usize> {
        let mut end = indent;
        let mut starts = Vec::with_capacity(self.cells.len());
        for (index, cell) in self.cells.iter().enumerate() {
            let start = if index == 0 { indent } else { end + cell.gap };
            end = start + width(&cell.text);
            starts.push(start);
        }
        starts
    }
}

/// Where the cells of neighbouring lines start, unless a line would become too long.
pub(super) fn columns(rows: &[Row], indent: usize, limit: usize) -> Option<Vec<Vec<usize>>> {
    let mut columns: BTreeMap<Column, Vec<(usize, usize)>> = BTreeMap::new();
    for (row, cells) in rows.iter().enumerate() {
        for (index, cell) in cells.cells.iter().enumerate() {
            columns.entry(cell.column).or_default().push((row, index));
        }
    }
    let mut ends = vec![indent; rows.len()];
    let mut starts: Vec<Vec<usize>> = rows.iter().map(|row| vec![indent; row.cells.len()]).collect();
    for (column, members) in columns {
        let earliest = |row: usize, index: usize, ends: &[usize]| {
            if index == 0 { indent } else { ends[row] + rows[row].cells[index].gap }
        };
        let each = members.iter().map(|(row, index)| earliest(*row, *index, &ends));
        let (least, most) = each.fold((usize::MAX, 0), |(least, most), at| (least.min(at), most.max(at)));
        for (row, index) in members {
            let own = earliest(row, index, &ends);
            let start = if most - least <= column.far() { most } else { own };
            starts[row][index] = start;
            ends[row] = start + width(&rows[row].cells[index].text);
        }
    }
    ends.iter().all(|end| *end <= limit).then_some(starts)
}

/// Puts the comments at the ends of consecutive lines into one column.
pub(super) fn comments(lines: &mut [Line<'_>]) {
    let mut start = 0;
    while start < lines.len() {
        if lines[start].comment.is_none() {
            start += 1;
            continue;
        }
        let first = lines[start].width();
        let (mut least, mut most) = (first, first);
        let mut end = start + 1;
        while end < lines.len() && lines[end].comment.is_some() && lines[end].indent == lines[start].indent {
            let width = lines[end].width();
            let (narrow, wide) = (least.min(width), most.max(width));
            if wide - narrow > FAR {
                break;
            }
            (least, most) = (narrow, wide);
            end += 1;
        }
        for line in &mut lines[start..end] {
            line.comment_column = most + 2;
        }
        start = end;
    }
}
