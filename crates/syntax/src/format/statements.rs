//! Items, blocks and statements: from the tree and the text to what is to be printed.

use crate::tree::{
    Block, Clause, Declaration, Expr, ExprKind, Field, Item, Let, Name, Statement, Tree, Use, UseNames,
};

use super::ClauseShape;
use super::align::Column;
use super::comments::{Bind, Comment, Cursor, Separator, Trivia};
use super::document::{Doc, flat_width};
use super::values::{CALL, NAMES, ends_in, level};

/// What a line of its own starts with.
pub(super) struct Entry<'t> {
    /// Whether a blank line is wanted before it.
    pub(super) blank: bool,
    pub(super) part: Part<'t>,
}

pub(super) enum Part<'t> {
    /// Comments that stand on one line.
    Comments(Vec<Comment<'t>>),
    Statement(Box<Printed<'t>>),
    /// A piece that is left alone.
    Verbatim,
}

/// The sorts of statements and items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Use,
    Let,
    Field,
    Clause,
    Declaration,
}

/// A statement or item as it is to be printed.
pub(super) struct Printed<'t> {
    pub(super) kind: Kind,
    /// The word it starts with.
    pub(super) word: &'t str,
    pub(super) cells: Vec<Cell<'t>>,
    pub(super) body: Option<Body<'t>>,
    /// The comments behind it.
    pub(super) trailing: Vec<Comment<'t>>,
    /// Whether comments stand in front of it on its line.
    pub(super) prefixed: bool,
    /// Whether a `;` must stand behind it even at the end of its line.
    pub(super) semicolon: bool,
    /// Whether a name behind it on its line would be read as a unit.
    ends_in_number: bool,
    /// Its width on one line.
    pub(super) flat: Option<usize>,
}

/// A part of a statement that may line up with that of its neighbours.
pub(super) struct Cell<'t> {
    pub(super) column: Column,
    pub(super) docs: Vec<Doc<'t>>,
}

/// A block.
pub(super) struct Body<'t> {
    /// The comments behind its `{`.
    pub(super) open: Vec<Comment<'t>>,
    pub(super) entries: Vec<Entry<'t>>,
    /// Its width on one line with its braces, if it may stand on one.
    pub(super) flat: Option<usize>,
}

impl<'t> Body<'t> {
    pub(super) fn statements(&self) -> impl Iterator<Item = &Printed<'t>> {
        self.entries.iter().filter_map(|entry| match &entry.part {
            Part::Statement(statement) => Some(&**statement),
            _ => None,
        })
    }
}

impl Printed<'_> {
    /// Whether it can stand on one line.
    pub(super) fn fits(&self, indent: usize, limit: usize) -> bool {
        self.flat.is_some_and(|flat| indent + flat + usize::from(self.semicolon) <= limit)
    }

    /// What separates it from the next statement on its line.
    pub(super) fn separator(&self, next: &Self) -> &'static str {
        let ended = self.body.is_some();
        let number = self.ends_in_number && next.kind != Kind::Field;
        let reserved = matches!(next.word, "and" | "or" | "then" | "else");
        if !ended && (self.kind == Kind::Clause || number || reserved) { ";" } else { "" }
    }

    fn measure(&mut self) {
        let cells: Option<usize> = self.cells.iter().map(|cell| flat_width(&cell.docs)).sum();
        let gaps = self.cells.len().saturating_sub(1);
        self.flat = match &self.body {
            None => cells.map(|cells| cells + gaps),
            Some(body) => cells.zip(body.flat).map(|(cells, body)| cells + gaps + 1 + body),
        };
    }
}

/// Reads a piece: the tree and its text side by side.
pub(super) struct Reader<'t> {
    pub(super) cursor: Cursor<'t>,
    pub(super) tree: &'t Tree,
    shape: &'t dyn ClauseShape,
    /// The words of what encloses a statement.
    path: Vec<&'t str>,
}

impl<'t> Reader<'t> {
    pub(super) const fn new(cursor: Cursor<'t>, tree: &'t Tree, shape: &'t dyn ClauseShape) -> Self {
        Self { cursor, tree, shape, path: Vec::new() }
    }

    /// The items, and the line ends behind the last. `blank` tells whether blank lines stand in front of the piece.
    pub(super) fn items(mut self, blank: bool) -> Option<(Vec<Entry<'t>>, usize)> {
        let mut entries = Vec::new();
        let mut gap = self.cursor.trivia();
        let newlines = if blank { 2 } else { 1 };
        match gap.comments.first_mut() {
            Some(first) => first.newlines = first.newlines.max(newlines),
            None => gap.newlines = gap.newlines.max(newlines),
        }
        for item in &self.tree.items {
            let printed = match item {
                Item::Use(item) => (self.use_item(item), gap),
                Item::Let(item) => (self.let_item(item), gap),
                Item::Declaration(item) => (self.declaration(item), gap),
            };
            gap = self.add(&mut entries, printed);
        }
        let newlines = gap.newlines;
        leading(&mut entries, gap, false);
        (!self.cursor.lost && self.cursor.is_at_end()).then_some((entries, newlines))
    }

    /// Adds a statement with what stands in front of it; gives what stands behind its line.
    fn add(
        &mut self,
        entries: &mut Vec<Entry<'t>>,
        (mut printed, before): (Printed<'t>, Trivia<'t>),
    ) -> Trivia<'t> {
        if matches!(printed.word, "and" | "or")
            && let Some(previous) = entries.iter_mut().rev().find_map(|entry| match &mut entry.part {
                Part::Statement(statement) => Some(statement),
                _ => None,
            })
        {
            // Without it this would be the second half of the statement before.
            previous.semicolon = previous.body.is_none();
        }
        let (blank, prefix) = leading(entries, before, true);
        printed.prefixed = !prefix.is_empty();
        if let Some(first) = printed.cells.first_mut() {
            let prefix = prefix.into_iter().flat_map(|comment| [comment.doc(), Doc::Space]);
            first.docs.splice(0..0, prefix);
        }
        let (trailing, rest) = self.cursor.trivia().split_trailing();
        printed.trailing = trailing;
        printed.measure();
        entries.push(Entry { blank, part: Part::Statement(Box::new(printed)) });
        rest
    }

    fn use_item(&mut self, item: &Use) -> Printed<'t> {
        let mut docs = Vec::new();
        self.sign("use", &mut docs);
        self.gap(Separator::Space, Bind::Next, &mut docs);
        docs.push(self.dotted(&item.path));
        match &item.names {
            UseNames::Last => {}
            UseNames::Alias(name) => {
                self.gap(Separator::Space, Bind::Next, &mut docs);
                self.sign("as", &mut docs);
                self.gap(Separator::Space, Bind::Next, &mut docs);
                docs.push(self.token(name.id));
            }
            UseNames::Some(names) => {
                self.bracketed(&NAMES, names, false, &mut docs, |reader, name: &Name, out| {
                    out.push(reader.token(name.id));
                });
            }
        }
        printed(Kind::Use, "use", vec![Cell { column: Column::FIRST, docs }])
    }

    fn let_item(&mut self, item: &Let) -> Printed<'t> {
        let mut docs = Vec::new();
        self.sign("let", &mut docs);
        self.gap(Separator::Space, Bind::Next, &mut docs);
        docs.push(self.token(item.name.id));
        let cells = self.assignment(docs, &item.value);
        Printed { ends_in_number: ends_in_number(&item.value), ..printed(Kind::Let, "let", cells) }
    }

    /// `= value` after a name.
    fn assignment(&mut self, mut name: Vec<Doc<'t>>, value: &Expr) -> Vec<Cell<'t>> {
        self.gap(Separator::None, Bind::Previous, &mut name);
        let mut docs = Vec::new();
        self.sign("=", &mut docs);
        self.gap(Separator::Space, Bind::Next, &mut docs);
        self.expr(value, &mut docs);
        vec![Cell { column: Column::FIRST, docs: name }, Cell { column: Column::VALUE, docs }]
    }

    fn declaration(&mut self, item: &Declaration) -> Printed<'t> {
        let word = self.text_of(item.kind.id);
        let mut docs = vec![self.token(item.kind.id)];
        if let Some(name) = &item.name {
            self.gap(Separator::Space, Bind::Next, &mut docs);
            docs.push(self.token(name.id));
        }
        if let Some(params) = &item.params {
            self.gap(Separator::None, Bind::Next, &mut docs);
            self.bracketed(&CALL, params, false, &mut docs, Self::param);
        }
        self.bases(&item.bases, &mut docs);
        for operand in &item.operands {
            self.gap(Separator::Space, Bind::Next, &mut docs);
            self.expr(operand, &mut docs);
        }
        self.gap(Separator::None, Bind::Previous, &mut docs);
        let body = self.block(&item.body, word);
        let cells = vec![Cell { column: Column::FIRST, docs }];
        Printed { body: Some(body), ..printed(Kind::Declaration, word, cells) }
    }

    fn bases(&mut self, bases: &[Expr], out: &mut Vec<Doc<'t>>) {
        for (index, base) in bases.iter().enumerate() {
            if index == 0 {
                self.gap(Separator::Space, Bind::Next, out);
                self.sign(":", out);
                self.gap(Separator::Space, Bind::Next, out);
            } else {
                self.comma(out);
            }
            self.expr(base, out);
        }
    }

    fn block(&mut self, block: &Block, word: &'t str) -> Body<'t> {
        let text = self.text_of(block.id);
        let comments = self.cursor.comments_left();
        self.path.push(word);
        self.cursor.sign("{");
        let (open, mut gap) = self.cursor.trivia().split_trailing();
        let mut entries = Vec::new();
        for statement in &block.statements {
            let printed = match statement {
                Statement::Let(item) => self.let_item(item),
                Statement::Field(field) => self.field(field),
                Statement::Clause(clause) => self.clause(clause),
            };
            gap = self.add(&mut entries, (printed, gap));
        }
        leading(&mut entries, gap, false);
        self.cursor.sign("}");
        self.path.pop();
        let mut body = Body { open, entries, flat: None };
        let plain = self.cursor.comments_left() == comments;
        if plain && (block.statements.is_empty() || !text.contains('\n')) {
            body.flat = flat_body(&body);
        }
        body
    }

    fn field(&mut self, field: &Field) -> Printed<'t> {
        let word = self.text_of(field.name.id);
        let name = vec![self.token(field.name.id)];
        let Some(value) = &field.value else {
            self.cursor.lost = true;
            return printed(Kind::Field, word, vec![Cell { column: Column::FIRST, docs: name }]);
        };
        let mut cells = self.assignment(name, value);
        let body = self.body(field.body.as_ref(), word, &mut cells);
        Printed { body, ends_in_number: ends_in_number(value), ..printed(Kind::Field, word, cells) }
    }

    fn body(&mut self, body: Option<&Block>, word: &'t str, cells: &mut [Cell<'t>]) -> Option<Body<'t>> {
        let body = body?;
        if let Some(last) = cells.last_mut() {
            self.gap(Separator::None, Bind::Previous, &mut last.docs);
        }
        Some(self.block(body, word))
    }

    fn clause(&mut self, clause: &Clause) -> Printed<'t> {
        let word = self.text_of(clause.keyword.id);
        let mut cells = vec![Cell { column: Column::FIRST, docs: vec![self.token(clause.keyword.id)] }];
        for (operand, column) in clause.operands.iter().zip(self.columns(clause)) {
            let mut docs = Vec::new();
            let gap = self.cursor.trivia();
            for comment in &gap.comments {
                docs.extend([comment.doc(), Doc::Space]);
            }
            let operator = self.operand(operand, &mut docs);
            match cells.last_mut() {
                Some(last) if last.column.0 == column.0 => {
                    last.docs.push(Doc::Space);
                    last.docs.append(&mut docs);
                }
                _ => cells.push(Cell { column, docs }),
            }
            cells.extend(operator.map(|docs| Cell { column: column.operator(), docs }));
        }
        if let Some(last) = cells.last_mut() {
            let mut docs = std::mem::take(&mut last.docs);
            self.bases(&clause.bases, &mut docs);
            last.docs = docs;
        }
        let body = self.body(clause.body.as_ref(), word, &mut cells);
        Printed { body, ..printed(Kind::Clause, word, cells) }
    }

    /// The columns of a clause's operands: one for each, never decreasing.
    fn columns(&self, clause: &Clause) -> Vec<Column> {
        let mut columns = self.shape.columns(&self.path, clause);
        if columns.len() != clause.operands.len() {
            columns = (0..clause.operands.len() as u32).collect();
        }
        let mut least = 0;
        columns
            .into_iter()
            .map(|column| {
                least = least.max(column);
                Column::operand(least)
            })
            .collect()
    }

    /// An operand; the operator of a comparison and its right side apart, so that they can line up.
    fn operand(&mut self, operand: &Expr, out: &mut Vec<Doc<'t>>) -> Option<Vec<Doc<'t>>> {
        let ExprKind::Binary(op, left, right) = &operand.kind else {
            self.expr(operand, out);
            return None;
        };
        if !op.compares() {
            self.expr(operand, out);
            return None;
        }
        let mut docs = Vec::new();
        self.expr(left, &mut docs);
        let mut rest = Vec::new();
        self.operation(*op, left, right, &mut rest);
        if matches!(rest.first(), Some(Doc::Space))
            && matches!(rest.get(1), Some(Doc::Text(text)) if text == op.text())
        {
            out.append(&mut docs);
            rest.remove(0);
            return Some(rest);
        }
        out.append(&mut level(docs, rest));
        None
    }
}

fn printed<'t>(kind: Kind, word: &'t str, cells: Vec<Cell<'t>>) -> Printed<'t> {
    Printed {
        kind,
        word,
        cells,
        body: None,
        trailing: Vec::new(),
        prefixed: false,
        semicolon: false,
        ends_in_number: false,
        flat: None,
    }
}

fn ends_in_number(value: &Expr) -> bool {
    ends_in(value, |kind| matches!(kind, ExprKind::Number(_)))
}

/// The comment lines in front of a statement or a closing brace. Gives whether a blank line stands before the statement's
/// own line, and the comments on that line.
fn leading<'t>(entries: &mut Vec<Entry<'t>>, gap: Trivia<'t>, statement: bool) -> (bool, Vec<Comment<'t>>) {
    let mut lines: Vec<(bool, Vec<Comment<'t>>)> = Vec::new();
    for comment in gap.comments {
        match lines.last_mut() {
            Some((_, line)) if comment.newlines == 0 => line.push(comment),
            _ => lines.push((comment.newlines >= 2, vec![comment])),
        }
    }
    let own = |(_, line): &mut (bool, Vec<Comment<'t>>)| {
        statement
            && gap.newlines == 0
            && line.iter().all(|comment| !comment.to_line_end && !comment.text.contains('\n'))
    };
    let (blank, prefix) = lines.pop_if(own).unwrap_or((gap.newlines >= 2, Vec::new()));
    entries.extend(lines.into_iter().map(|(blank, line)| Entry { blank, part: Part::Comments(line) }));
    (blank, prefix)
}

fn flat_body(body: &Body<'_>) -> Option<usize> {
    let mut width = 0;
    let mut previous: Option<&Printed<'_>> = None;
    for statement in body.statements() {
        // Either `;` and a space or two spaces.
        width += if previous.replace(statement).is_some() { 2 } else { 0 };
        width += statement.flat?;
    }
    Some(if previous.is_none() { "{ }".len() } else { width + "{  }".len() })
}
