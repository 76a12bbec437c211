//! The one style of Clearway.
//!
//! Formatting walks the tree and the text side by side: the tree says what the tokens are, the text says what they look
//! like, so that no token is ever written anew and every comment between two of them is met. A [`document`] is what a value may
//! look like on one line or on several, [`statements`] are what stands in a block, [`align`] puts neighbours into columns.
//!
//! What comes out of a piece is read again. Should it not be the same tree with the same comments, the piece stays as
//! the user wrote it.

mod align;
mod comments;
mod document;
mod print;
mod statements;
mod values;

#[cfg(test)]
mod tests;

use crate::parse::{Parse, Piece, parse, parse_piece};
use crate::{Clause, Tree};

use comments::Cursor;
use document::{Line, Writer};
use print::Printer;
use statements::{Entry, Kind, Part, Reader};

/// What the formatter asks the vocabulary: which declared part of its clause each operand belongs to.
pub trait ClauseShape {
    /// The column of each operand of a clause, never decreasing. Operands with an equal number belong together, as a label
    /// and its value do, and are separated by one space; the numbers name columns that line up over neighbouring clauses of
    /// the same keyword. `path` holds the kind of the declaration, then the words of the enclosing clauses and fields.
    fn columns(&self, path: &[&str], clause: &Clause) -> Vec<u32>;
}

/// Without a vocabulary every operand is a column of its own.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlainShape;

impl ClauseShape for PlainShape {
    fn columns(&self, _: &[&str], clause: &Clause) -> Vec<u32> {
        (0..clause.operands.len() as u32).collect()
    }
}

/// What a user may choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormatOptions {
    /// How many characters a line should have at most, comments at its end not counted.
    pub width: usize,
}

impl Default for FormatOptions {
    fn default() -> Self {
        Self { width: 120 }
    }
}

/// Formats a text. Top-level items that do not parse are left as they are.
pub fn format(text: &str, options: &FormatOptions, shape: &dyn ClauseShape) -> String {
    format_counting(text, options, shape).0
}

/// The formatted text, and the number of sound pieces that were given up because the result would not have been the same.
fn format_counting(text: &str, options: &FormatOptions, shape: &dyn ClauseShape) -> (String, usize) {
    let parse = parse(text);
    let mut entries = entries(text, &parse, shape);
    separate_items(&mut entries, options.width);
    let mut printer = Printer::new(Writer::new(options.width));
    let marks = print_pieces(&mut printer, &entries, parse.pieces.len());
    let mut lines = printer.finish();
    align::comments(&mut lines);
    assemble(text, &parse, &lines, &marks)
}

/// A part of the text with the piece it comes from.
struct TopEntry<'t> {
    piece: usize,
    entry: Entry<'t>,
}

fn entries<'t>(text: &'t str, parse: &'t Parse, shape: &'t dyn ClauseShape) -> Vec<TopEntry<'t>> {
    let mut entries = Vec::new();
    let mut blank = false;
    for (index, piece) in parse.pieces.iter().enumerate() {
        let source = source(text, piece);
        let read = if piece.tree.errors.is_empty() {
            let cursor = Cursor::new(source, &piece.tree.comments);
            Reader::new(cursor, &piece.tree, shape).items(blank)
        } else {
            None
        };
        match read {
            Some((read, newlines)) => {
                entries.extend(read.into_iter().map(|entry| TopEntry { piece: index, entry }));
                blank = newlines >= 2;
            }
            None => {
                entries.push(TopEntry { piece: index, entry: Entry { blank, part: Part::Verbatim } });
                // What follows it is part of it.
                blank = false;
            }
        }
    }
    entries
}

/// One blank line between items, except between short neighbours of one sort that the user wrote together.
fn separate_items(entries: &mut [TopEntry<'_>], width: usize) {
    let mut before: Option<usize> = None;
    for index in 0..entries.len() {
        if matches!(entries[index].entry.part, Part::Comments(_)) {
            continue;
        }
        if let Some(before) = before.replace(index)
            && !matches!(entries[before].entry.part, Part::Verbatim)
            && !entries[before + 1..=index].iter().any(|between| between.entry.blank)
            && !neighbours(&entries[before].entry, &entries[index].entry, width)
        {
            entries[before + 1].entry.blank = true;
        }
    }
}

fn neighbours(above: &Entry<'_>, below: &Entry<'_>, width: usize) -> bool {
    match (&above.part, &below.part) {
        (Part::Statement(above), Part::Statement(below)) => {
            (above.kind, above.word) == (below.kind, below.word)
                && (above.kind == Kind::Use || (above.fits(0, width) && below.fits(0, width)))
        }
        _ => false,
    }
}

/// Prints everything, and tells for each piece which lines are its own.
fn print_pieces<'t>(
    printer: &mut Printer<'t>,
    entries: &[TopEntry<'t>],
    pieces: usize,
) -> Vec<Option<usize>> {
    let mut marks = vec![None; pieces];
    let plain: Vec<&Entry<'t>> = entries.iter().map(|top| &top.entry).collect();
    let mut at = 0;
    while at < plain.len() {
        let run = printer.run(&plain[at..], 0);
        for (offset, place) in run.iter().enumerate() {
            let piece = entries[at + offset].piece;
            let line = printer.start_of_line();
            marks[piece].get_or_insert(line);
            printer.entry(plain[at + offset], place, 0, at + offset == 0);
        }
        at += run.len();
    }
    marks
}

fn assemble(text: &str, parse: &Parse, lines: &[Line<'_>], marks: &[Option<usize>]) -> (String, usize) {
    let newline = line_end(text);
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut given_up = 0;
    let mut after_verbatim = true;
    for (index, piece) in parse.pieces.iter().enumerate() {
        let Some(start) = marks[index] else { continue };
        let end = marks[index + 1..].iter().flatten().next().copied().unwrap_or(lines.len());
        let (blanks, content) = leading_blanks(&lines[start..end]);
        if !after_verbatim {
            blanks.iter().for_each(|_| out.push_str(newline));
        }
        let source = source(text, piece);
        after_verbatim = true;
        if !piece.tree.errors.is_empty() {
            out.push_str(source);
            continue;
        }
        let before = out.len();
        for line in content {
            line.write(&mut out);
            out.push_str(newline);
        }
        if same(&piece.tree, source, &out[before..]) {
            after_verbatim = false;
        } else {
            given_up += 1;
            out.truncate(before);
            out.push_str(source);
        }
    }
    (out, given_up)
}

fn source<'t>(text: &'t str, piece: &Piece) -> &'t str {
    &text[piece.start as usize..piece.end as usize]
}

fn leading_blanks<'l, 't>(lines: &'l [Line<'t>]) -> (&'l [Line<'t>], &'l [Line<'t>]) {
    let blanks = lines.iter().take_while(|line| line.is_blank()).count();
    lines.split_at(blanks)
}

/// The line end that most lines have.
fn line_end(text: &str) -> &'static str {
    let all = text.matches('\n').count();
    if text.matches("\r\n").count() * 2 > all { "\r\n" } else { "\n" }
}

/// Whether a formatted piece says what the piece said.
fn same(tree: &Tree, source: &str, formatted: &str) -> bool {
    let again = parse_piece(formatted);
    again.errors.is_empty()
        && again.items == tree.items
        && again.comments.len() == tree.comments.len()
        && tree
            .comments
            .iter()
            .zip(&again.comments)
            .all(|(before, after)| source[before.range()].trim_end() == formatted[after.range()].trim_end())
}
