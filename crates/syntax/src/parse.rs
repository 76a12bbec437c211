//! From a text to its trees: the pieces, strict reading first, tolerant reading where that fails.

use std::sync::Arc;

use clearway_diagnostics::{Span, catalogue};
use pest::Parser;

use crate::builder::Builder;
use crate::error::SyntaxError;
use crate::grammar::{Grammar, Rule};
use crate::lexer::{Lexer, Token, is_head};
use crate::split::{is_balanced, split, too_deep};
use crate::{Item, MAX_DEPTH, Tree};

/// A parsed text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parse {
    /// The pieces, which together are the whole text.
    pub pieces: Vec<Piece>,
}

/// A piece of a text: usually one top-level item with what follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Where it starts in the text.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// Its tree, with spans relative to its start.
    pub tree: Arc<Tree>,
}

/// Parses a text.
pub fn parse(text: &str) -> Parse {
    parse_with(text, &mut |piece| Arc::new(parse_piece(piece)))
}

/// Parses a text with a caller's memory of pieces: `read` must answer as [`parse_piece`] does.
///
/// The pieces are read one by one. Only when one of them is broken the whole is looked at, because then the cuts themselves
/// may be wrong: a text that is not indented has statements at column 0, and an unclosed `"""` hides items.
pub fn parse_with(text: &str, read: &mut dyn FnMut(&str) -> Arc<Tree>) -> Parse {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let body = &text[start..];
    let pieces = read_pieces(body, start, false, read);
    if pieces.errors() == 0 {
        return pieces;
    }
    let too_deep = too_deep(body).is_some();
    let whole = if too_deep { None } else { strict(body) };
    if let Some(whole) = whole.filter(|tree| !swallows_an_item(tree, body)) {
        return Parse::of_one(text, start, whole);
    }
    let pieces = read_pieces(body, start, true, read);
    // A text where every bracket has its other half nests that deep because it was meant to.
    let nests = too_deep && is_balanced(body);
    if pieces.errors() > 1 && pieces.pieces.iter().any(|piece| unindented(piece, text, nests)) {
        let whole = read(body);
        if whole.errors.len() < pieces.errors() {
            return Parse {
                pieces: vec![Piece { start: start as u32, end: text.len() as u32, tree: whole }],
            };
        }
    }
    pieces
}

/// Parses one piece on its own.
pub fn parse_piece(text: &str) -> Tree {
    if let Some(place) = too_deep(text) {
        let message = format!("this nests more than {MAX_DEPTH} levels deep");
        let error = SyntaxError::new(catalogue::TOO_DEEP, place, message)
            .label("one level too many")
            .help("give an inner part a name with `let`, and use the name here");
        return Tree { errors: vec![error], comments: comments(text), ..Tree::default() };
    }
    strict(text).unwrap_or_else(|| tolerant(text))
}

fn read_pieces(body: &str, start: usize, broken: bool, read: &mut dyn FnMut(&str) -> Arc<Tree>) -> Parse {
    let pieces = split(body, broken).into_iter().map(|range| Piece {
        start: (start + range.start) as u32,
        end: (start + range.end) as u32,
        tree: read(&body[range]),
    });
    Parse { pieces: pieces.collect() }
}

fn strict(text: &str) -> Option<Tree> {
    let pairs = Grammar::parse(Rule::file, text).ok()?;
    Some(Builder::new(text).tree(pairs, comments(text)))
}

fn tolerant(text: &str) -> Tree {
    match Grammar::parse(Rule::tolerant_file, text) {
        Ok(pairs) => Builder::new(text).tree(pairs, comments(text)),
        // The tolerant grammar accepts any text; should it not, the text is one error rather than a crash.
        Err(_) => {
            let span = Span::new(0, text.len() as u32);
            let error = SyntaxError::new(catalogue::SYNTAX, span, "this text could not be read");
            Tree { errors: vec![error], comments: comments(text), ..Tree::default() }
        }
    }
}

fn comments(text: &str) -> Vec<Span> {
    Lexer::new(text).filter(|(token, _)| *token == Token::Comment).map(|(_, span)| span).collect()
}

/// Whether a block whose own statements are indented holds an item at column 0: one `}` was lost and another is too many
/// elsewhere, and both together look right.
fn swallows_an_item(tree: &Tree, text: &str) -> bool {
    tree.items.iter().any(|item| {
        let Item::Declaration(declaration) = item else { return false };
        let body = &text[tree.span(declaration.body.id).range()];
        let lines = || {
            body.lines()
                .skip(1)
                .filter(|line| !line.trim_start().is_empty() && !line.trim_start().starts_with('}'))
        };
        lines().any(|line| line.starts_with([' ', '\t'])) && lines().any(is_head)
    })
}

/// Whether the piece is the start of a block that goes on at column 0. Nothing but its first line says so only where the text `nests`.
fn unindented(piece: &Piece, text: &str, nests: bool) -> bool {
    let body = &text[piece.start as usize..piece.end as usize];
    piece.tree.errors.iter().any(|error| error.code == catalogue::UNCLOSED_BLOCK)
        && (nests || body.trim_end().contains('\n'))
        && !body.lines().any(|line| line.starts_with([' ', '\t']) && !line.trim().is_empty())
}

impl Parse {
    fn of_one(text: &str, start: usize, tree: Tree) -> Self {
        Self { pieces: vec![Piece { start: start as u32, end: text.len() as u32, tree: Arc::new(tree) }] }
    }

    fn errors(&self) -> usize {
        self.pieces.iter().map(|piece| piece.tree.errors.len()).sum()
    }

    /// The items with the piece each is in, in order.
    pub fn items(&self) -> impl Iterator<Item = (&Piece, &Item)> {
        self.pieces.iter().flat_map(|piece| piece.tree.items.iter().map(move |item| (piece, item)))
    }

    /// The errors, their spans counted from the start of the text.
    pub fn syntax_errors(&self) -> impl Iterator<Item = SyntaxError> {
        self.pieces
            .iter()
            .flat_map(|piece| piece.tree.errors.iter().map(|error| error.clone().shifted(piece.start)))
    }

    /// The comments, their spans counted from the start of the text.
    pub fn comments(&self) -> impl Iterator<Item = Span> {
        self.pieces
            .iter()
            .flat_map(|piece| piece.tree.comments.iter().map(|comment| comment.shifted(piece.start)))
    }
}

impl SyntaxError {
    /// The same error in a text in which the tree's text starts at `by`.
    fn shifted(mut self, by: u32) -> Self {
        self.span = self.span.shifted(by);
        for (span, _) in &mut self.related {
            *span = span.shifted(by);
        }
        if let Some(fix) = &mut self.fix {
            fix.span = fix.span.shifted(by);
        }
        self
    }
}
