//! Clearway's syntax: from text to a tree and back.
//!
//! [`parse`] never fails. It cuts the text into pieces at top-level items, reads each by the grammar in
//! `grammar/clearway.pest`, and gives a [`Tree`] a piece: what was understood, the comments, and one [`SyntaxError`] for
//! each thing that was not. [`format()`] prints a text in the one style.
//!
//! Nothing of pest leaves this crate. It knows no files, no names and no vocabulary: which operand of a clause is a value and
//! which a label is said by `stdlib/` and decided in `clearway-model`.

mod builder;
mod error;
mod explain;
mod form;
mod format;
mod grammar;
mod lexer;
mod parse;
mod split;
mod tree;
mod unclosed;
mod visit;

pub use error::{SyntaxError, SyntaxFix};
pub use form::Form;
pub use format::{ClauseShape, FormatOptions, PlainShape, format};
pub use lexer::{RESERVED, is_name};
pub use parse::{Parse, Piece, parse, parse_piece, parse_with};
pub use tree::{
    Arg, BinaryOp, Block, Clause, Comprehension, Declaration, Expr, ExprKind, Field, Item, Let, Name, Param,
    Statement, TextPart, Tree, UnaryOp, Use, UseNames,
};
pub use unclosed::{behind_value, closers};
pub use visit::{Visit, walk_block, walk_clause, walk_declaration, walk_expr};

/// How deep brackets, blocks, `if` and prefix operators may nest.
pub const MAX_DEPTH: usize = 128;

/// How many operators one expression may have.
pub const MAX_OPERATORS: usize = 512;
