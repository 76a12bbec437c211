//! Prints what stands in a block, line by line.

use super::align::{Column, Row, columns};
use super::comments::Comment;
use super::document::{INDENT, Lead, Line, Writer, flat_text, flat_width, lead, tails};
use super::statements::{Body, Cell, Entry, Kind, Part, Printed};

/// How an entry is laid out among its neighbours.
pub(super) enum Place {
    /// On one line, its parts at these columns.
    Line(Row, Vec<usize>),
    /// On several lines, the `=` of a field at a column.
    Spread(Option<usize>),
}

pub(super) struct Printer<'t> {
    writer: Writer<'t>,
}

impl<'t> Printer<'t> {
    pub(super) const fn new(writer: Writer<'t>) -> Self {
        Self { writer }
    }

    pub(super) fn finish(self) -> Vec<Line<'t>> {
        self.writer.finish()
    }

    /// Ends the line; gives the number of the next.
    pub(super) fn start_of_line(&mut self) -> usize {
        self.writer.end_line()
    }

    fn entries(&mut self, entries: &[Entry<'t>], indent: usize) {
        let entries: Vec<&Entry<'t>> = entries.iter().collect();
        let mut at = 0;
        while at < entries.len() {
            let run = self.run(&entries[at..], indent);
            for (offset, place) in run.iter().enumerate() {
                self.entry(entries[at + offset], place, indent, at + offset == 0);
            }
            at += run.len();
        }
    }

    /// The places of the first of some entries and of those that line up with it.
    pub(super) fn run(&self, entries: &[&Entry<'t>], indent: usize) -> Vec<Place> {
        let limit = self.writer.limit();
        let Some(Part::Statement(first)) = entries.first().map(|entry| &entry.part) else {
            return vec![Place::Spread(None)];
        };
        let mut members: Vec<&Printed<'t>> = vec![first];
        for entry in &entries[1..] {
            match &entry.part {
                Part::Statement(next)
                    if !entry.blank
                        && members.last().is_some_and(|last| last.fits(indent, limit))
                        && joins(first, next, indent, limit) =>
                {
                    members.push(next);
                }
                _ => break,
            }
        }
        if members.len() > 1 {
            for inner in [inner_columns(&members), 0] {
                let rows: Vec<Row> = members.iter().map(|member| row(member, inner, indent, limit)).collect();
                if let Some(starts) = columns(&rows, indent, limit) {
                    let places = members.iter().zip(rows).zip(starts);
                    return places
                        .map(|((member, row), starts)| {
                            if member.fits(indent, limit) {
                                Place::Line(row, starts)
                            } else {
                                Place::Spread(starts.get(1).copied())
                            }
                        })
                        .collect();
                }
            }
        }
        let natural = |member: &&Printed<'t>| {
            if !member.fits(indent, limit) {
                return Place::Spread(None);
            }
            let row = row(member, 0, indent, limit);
            let starts = row.natural(indent);
            Place::Line(row, starts)
        };
        members.iter().map(natural).collect()
    }

    pub(super) fn entry(&mut self, entry: &Entry<'t>, place: &Place, indent: usize, first: bool) {
        let blank = entry.blank && !first;
        match &entry.part {
            Part::Verbatim => {
                if blank {
                    self.writer.blank();
                }
            }
            Part::Comments(comments) => {
                self.writer.newline(indent, blank);
                if let [first, rest @ ..] = comments.as_slice() {
                    self.writer.text(first.text);
                    self.comments(rest);
                }
            }
            Part::Statement(statement) => {
                self.writer.newline(indent, blank);
                match place {
                    Place::Line(row, starts) => self.row(row, starts),
                    Place::Spread(value) => self.statement(statement, *value, indent),
                }
                self.comments(&statement.trailing);
            }
        }
    }

    /// Comments behind something on its line.
    fn comments(&mut self, comments: &[Comment<'t>]) {
        for comment in comments {
            if comment.to_line_end {
                self.writer.comment(comment.text);
            } else {
                self.writer.text(" ");
                self.writer.text(comment.text);
            }
        }
    }

    fn row(&mut self, row: &Row, starts: &[usize]) {
        for (index, (cell, start)) in row.cells.iter().zip(starts).enumerate() {
            if index > 0 {
                self.writer.pad(*start);
            }
            self.writer.text(&cell.text);
        }
    }

    fn statement(&mut self, statement: &Printed<'t>, value: Option<usize>, indent: usize) {
        let ends = statement.body.is_some();
        let tail = Lead { width: if ends { " {".len() } else { usize::from(statement.semicolon) }, ends };
        let spaced = |cell: &Cell<'t>| {
            let lead = lead(&cell.docs);
            Lead { width: lead.width + 1, ..lead }
        };
        let tails = tails(statement.cells.iter().map(spaced), tail);
        for (index, (cell, tail)) in statement.cells.iter().zip(tails).enumerate() {
            if index > 0 {
                self.writer.pad(value.unwrap_or_default());
            }
            self.writer.print(&cell.docs, indent, tail);
        }
        if let Some(body) = &statement.body {
            self.writer.text(" ");
            self.body(body, indent);
        } else if statement.semicolon {
            self.writer.text(";");
        }
    }

    fn body(&mut self, body: &Body<'t>, indent: usize) {
        if body.flat.is_some_and(|flat| self.writer.fits(flat)) {
            let mut text = String::new();
            flat_body(body, &mut text);
            self.writer.text(&text);
            return;
        }
        self.writer.text("{");
        self.comments(&body.open);
        let short = |comment: &Comment<'_>| !comment.to_line_end && !comment.text.contains('\n');
        if body.entries.is_empty() && !body.open.is_empty() && body.open.iter().all(short) {
            self.writer.text(" }");
            return;
        }
        self.entries(&body.entries, indent + INDENT);
        self.writer.newline(indent, false);
        self.writer.text("}");
    }
}

/// Whether a statement lines up with those before it.
fn joins(first: &Printed<'_>, next: &Printed<'_>, indent: usize, limit: usize) -> bool {
    let sort = match first.kind {
        Kind::Field | Kind::Let => {
            first.kind == next.kind && next.cells.first().is_some_and(|name| flat_width(&name.docs).is_some())
        }
        Kind::Clause => next.kind == Kind::Clause && first.word == next.word && next.fits(indent, limit),
        Kind::Use | Kind::Declaration => false,
    };
    sort && !first.prefixed && !next.prefixed
}

/// How many statements of the blocks of neighbours line up: as many as have the same word in all of them.
fn inner_columns(members: &[&Printed<'_>]) -> usize {
    let mut blocks: Vec<_> =
        members.iter().filter_map(|member| member.body.as_ref()).map(Body::statements).collect();
    let mut count = 0;
    loop {
        let mut at_number = Vec::new();
        blocks.retain_mut(|block| {
            let statement = block.next();
            at_number.extend(statement.map(|statement| (statement.kind, statement.word)));
            statement.is_some()
        });
        if at_number.is_empty() || at_number.iter().any(|other| *other != at_number[0]) {
            return count;
        }
        count += 1;
    }
}

/// A statement in columns; of one that does not stand on one line only what comes before its value.
fn row(statement: &Printed<'_>, inner: usize, indent: usize, limit: usize) -> Row {
    let mut row = Row::default();
    let fits = statement.fits(indent, limit);
    for cell in &statement.cells {
        let mut text = String::new();
        if fits || cell.column == Column::FIRST {
            flat_text(&cell.docs, &mut text);
        }
        row.push(cell.column, text, 1);
    }
    if !fits {
        return row;
    }
    match &statement.body {
        Some(body) if statement.kind == Kind::Clause => block_in_row(body, inner, &mut row),
        Some(body) => {
            let mut text = " ".to_owned();
            flat_body(body, &mut text);
            row.append(&text);
        }
        None if statement.semicolon => row.append(";"),
        None => {}
    }
    row
}

fn block_in_row(body: &Body<'_>, inner: usize, row: &mut Row) {
    row.push(Column::BLOCK, "{".to_owned(), 1);
    let mut previous: Option<&Printed<'_>> = None;
    for (number, statement) in body.statements().enumerate() {
        let mut gap = 1;
        if let Some(previous) = previous.replace(statement) {
            let separator = previous.separator(statement);
            row.append(separator);
            gap = 2 - separator.len();
        }
        let mut text = String::new();
        flat_statement(statement, &mut text);
        // The rest belongs to what is before it.
        let column = if number < inner { Column::inner(number) } else { Column::FIRST };
        row.push(column, text, gap);
    }
    row.append(" }");
}

fn flat_statement(statement: &Printed<'_>, out: &mut String) {
    for (index, cell) in statement.cells.iter().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        flat_text(&cell.docs, out);
    }
    if let Some(body) = &statement.body {
        out.push(' ');
        flat_body(body, out);
    }
}

fn flat_body(body: &Body<'_>, out: &mut String) {
    out.push('{');
    let mut previous: Option<&Printed<'_>> = None;
    for statement in body.statements() {
        if let Some(previous) = previous.replace(statement) {
            let separator = previous.separator(statement);
            out.push_str(separator);
            out.push_str(if separator.is_empty() { "  " } else { " " });
        } else {
            out.push(' ');
        }
        flat_statement(statement, out);
    }
    out.push_str(" }");
}
