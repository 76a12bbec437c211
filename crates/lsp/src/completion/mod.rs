//! Completion: what could stand at the cursor.
//!
//! A name is put in at the cursor, and the model is asked what it would mean there: which statements its block knows, which labels
//! its clause has left, which type is wanted. So the answer is exact where the text is sound, and good where it is not.

mod cursor;
mod imports;
mod members;
mod names;
mod statements;
mod values;

pub(crate) use cursor::Cursor;
pub(crate) use names::above_documentation;
pub(crate) use values::called;

use clearway_diagnostics::Span;
use clearway_model::{Db, Meaning, Meanings, SourceFile};
use clearway_syntax::Item;

use crate::location::TextChange;

/// Something that could stand at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Completion {
    pub label: String,
    pub sort: Sort,
    /// One short line: its type, its kind.
    pub detail: String,
    /// Its documentation, in Markdown.
    pub doc: String,
    /// What is written; with places to fill in as `$1`, when `snippet` is.
    pub insert: String,
    pub snippet: bool,
    /// What it replaces.
    pub span: Span,
    /// Lower comes first.
    pub rank: u8,
    /// The `use` that it needs.
    pub import: Option<TextChange>,
}

/// The sorts of completions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Kind,
    Field,
    Clause,
    Label,
    Flag,
    Word,
    Unit,
    Function,
    Parameter,
    Declaration,
    Metric,
    Part,
    Person,
    Local,
    Module,
    Value,
    Type,
}

impl Completion {
    fn new(sort: Sort, label: impl Into<String>) -> Self {
        let label = label.into();
        Self {
            insert: label.clone(),
            label,
            sort,
            detail: String::new(),
            doc: String::new(),
            snippet: false,
            span: Span::default(),
            rank: 1,
            import: None,
        }
    }

    fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    fn doc(mut self, doc: impl Into<String>) -> Self {
        self.doc = doc.into();
        self
    }

    fn snippet(mut self, text: impl Into<String>) -> Self {
        self.insert = text.into();
        self.snippet = true;
        self
    }

    const fn rank(mut self, rank: u8) -> Self {
        self.rank = rank;
        self
    }
}

/// Several of them.
#[derive(Debug, Default)]
pub(crate) struct Completions {
    pub found: Vec<Completion>,
    /// Some were left out: when more is typed, others may fit.
    pub more: bool,
}

impl From<Vec<Completion>> for Completions {
    fn from(found: Vec<Completion>) -> Self {
        Self { found, more: false }
    }
}

/// What could stand at an offset.
pub(crate) fn complete(db: &dyn Db, file: SourceFile, offset: u32) -> Completions {
    let Some(cursor) = Cursor::find(db, file, offset) else { return Completions::default() };
    let Completions { mut found, more } = match cursor.item() {
        None => statements::kinds().into(),
        Some(Item::Use(import)) => imports::complete(db, file, import, &cursor).into(),
        Some(Item::Declaration(declaration)) if cursor.is(declaration.kind.id) => statements::kinds().into(),
        Some(Item::Declaration(declaration))
            if declaration.name.as_ref().is_some_and(|name| cursor.is(name.id)) =>
        {
            Completions::default()
        }
        Some(_) => inside(db, file, &cursor),
    };
    for completion in &mut found {
        completion.span = cursor.typed;
    }
    found.sort_by(|a, b| (a.rank, &a.label).cmp(&(b.rank, &b.label)));
    found.dedup_by(|a, b| a.label == b.label && a.sort == b.sort);
    Completions { found, more }
}

/// What could stand at a place inside of a declaration or `let`.
fn inside(db: &dyn Db, file: SourceFile, cursor: &Cursor) -> Completions {
    let meanings = Meanings::imagined(db, cursor.owner(db, file), &cursor.tree, cursor.index, &cursor.nodes);
    let mut found = Vec::new();
    let mut more = false;
    for node in &cursor.nodes {
        match meanings.of_node(*node) {
            Some(Meaning::UnknownStatement(contents)) => {
                found.extend(statements::statements(contents, meanings.beside()));
            }
            Some(Meaning::UnknownOperand(contents)) => {
                found.extend(statements::labels(contents, meanings.beside()));
            }
            _ => {}
        }
    }
    if let Some(holders) = meanings.holders() {
        return holders.iter().flat_map(members::of).collect::<Vec<_>>().into();
    }
    let wanted = cursor.path().and_then(|(expr, _)| meanings.wanted(expr));
    let wanted = wanted.or_else(|| cursor.nodes.iter().find_map(|node| meanings.wanted(*node)));
    if let Some(ty) = wanted {
        let values = values::complete(db, file, ty, cursor, &meanings);
        found.extend(values.found);
        more = values.more;
    }
    Completions { found, more }
}
