//! The cursor: what is typed there, and the tree of the text with a name put in for it.

use std::sync::Arc;

use clearway_diagnostics::{NodeId, Span};
use clearway_model::{Db, Item, ItemKey, SourceFile, parse};
use clearway_syntax::{
    self as syntax, Arg, Expr, ExprKind, Name, Tree, Visit, is_name, parse_piece, parse_with,
};
use smol_str::SmolStr;

/// The name that is put in.
const MARK: &str = "cursor__here";

pub(crate) struct Cursor {
    /// What is typed already, and is replaced.
    pub typed: Span,
    /// What of it stands before the cursor.
    pub before: String,
    /// The tree with the mark in it.
    pub tree: Arc<Tree>,
    /// The item that holds the mark; past the last one when none does.
    pub index: usize,
    /// Where the tree's text starts.
    pub piece: u32,
    /// The nodes that are the mark.
    pub nodes: Vec<NodeId>,
}

impl Cursor {
    /// The cursor at an offset; `None` where nothing can be completed: in a comment, in a text.
    pub(crate) fn find(db: &dyn Db, file: SourceFile, offset: u32) -> Option<Self> {
        let text = file.text(db);
        let in_comment = |comment: Span| comment.start < offset && offset <= comment.end;
        if parse(db, file).comments().any(in_comment) {
            return None;
        }
        let typed = typed_at(text, offset as usize)?;
        let (ahead, behind) = (&text[..typed.start as usize], &text[typed.end as usize..]);
        // Directly before a name the mark must not become a part of it.
        let gap = if behind.starts_with(|c: char| c.is_ascii_alphanumeric()) { " " } else { "" };
        let before = &text[typed.start as usize..offset as usize];
        let found = Self::read(typed, before, ahead, &format!("{gap}{behind}"))?;
        if !found.nodes.is_empty() || found.is_between_items() {
            return Some(found);
        }
        // In an item, but no name there: brackets that nothing closes, or a text.
        let closers = syntax::closers(line_of(ahead))?;
        let closed =
            Self::read(typed, before, ahead, &format!("{closers} {}", syntax::behind_value(behind)))?;
        (!closed.nodes.is_empty()).then_some(closed)
    }

    /// Reads the text with the mark in it; `None` where no name can stand.
    fn read(typed: Span, before: &str, ahead: &str, behind: &str) -> Option<Self> {
        let marked = format!("{ahead}{MARK}{behind}");
        // Other items need no reading: they are as if they were empty.
        let parsed = parse_with(&marked, &mut |piece| {
            Arc::new(if piece.contains(MARK) { parse_piece(piece) } else { Tree::default() })
        });
        let mark = Span::new(typed.start, typed.start + MARK.len() as u32);
        let piece = parsed.pieces.iter().find(|piece| piece.start <= mark.start && mark.end <= piece.end)?;
        let (tree, start) = (piece.tree.clone(), piece.start);
        let here = |node: &NodeId| tree.span(*node).shifted(start) == mark;
        let nodes: Vec<NodeId> = (0..tree.nodes() as u32).map(NodeId).filter(here).collect();
        let around = |item: &syntax::Item| {
            let span = tree.span(node_of(item)).shifted(start);
            span.start <= mark.start && mark.end <= span.end
        };
        let index = tree.items.iter().position(around);
        // Between items only what starts a line can start an item.
        if index.is_none() && !line_of(ahead).trim().is_empty() {
            return None;
        }
        let index = index.unwrap_or(tree.items.len());
        Some(Self { typed, before: before.to_owned(), tree, index, piece: start, nodes })
    }

    fn is_between_items(&self) -> bool {
        self.index == self.tree.items.len()
    }

    pub(crate) fn item(&self) -> Option<&syntax::Item> {
        self.tree.items.get(self.index)
    }

    pub(super) fn is(&self, node: NodeId) -> bool {
        self.nodes.contains(&node)
    }

    /// The item as the database knows it, or would.
    pub(super) fn owner(&self, db: &dyn Db, file: SourceFile) -> Item {
        let (kind, name) = match self.item() {
            Some(syntax::Item::Declaration(declaration)) => {
                let name = declaration.name.as_ref().map(|name| name.text.clone());
                (declaration.kind.text.clone(), name.unwrap_or_default())
            }
            Some(syntax::Item::Let(binding)) => (SmolStr::new_static("let"), binding.name.text.clone()),
            _ => (SmolStr::new_static("use"), SmolStr::default()),
        };
        Item::new(db, file, ItemKey { kind, name, nth: 0 })
    }

    /// The dotted path that the mark is in: its node, and the names before the mark.
    pub(super) fn path(&self) -> Option<(NodeId, Vec<Name>)> {
        self.search(|expr, search| match &expr.kind {
            ExprKind::Path(names, _) => {
                let at = names.iter().position(|name| search.nodes.contains(&name.id))?;
                Some((expr.id, names[..at].to_vec()))
            }
            _ => None,
        })
    }

    /// The call of which the mark is an argument without a name: its path and its arguments.
    pub(super) fn call(&self) -> Option<(Vec<Name>, Vec<Arg>)> {
        self.search(|expr, search| match &expr.kind {
            ExprKind::Path(names, Some(args)) => {
                let here = |arg: &Arg| arg.name.is_none() && search.nodes.contains(&arg.value.id);
                args.iter().any(here).then(|| (names.clone(), args.clone()))
            }
            _ => None,
        })
    }

    fn search<T>(&self, test: impl Fn(&Expr, &Self) -> Option<T>) -> Option<T> {
        struct Search<'c, T, F: Fn(&Expr, &Cursor) -> Option<T>>(&'c Cursor, F, Option<T>);
        impl<T, F: Fn(&Expr, &Cursor) -> Option<T>> Visit for Search<'_, T, F> {
            fn expr(&mut self, expr: &Expr) {
                if self.2.is_none() {
                    self.2 = self.1(expr, self.0);
                }
                syntax::walk_expr(self, expr);
            }
        }
        let mut search = Search(self, test, None);
        match self.item()? {
            syntax::Item::Declaration(declaration) => search.declaration(declaration),
            syntax::Item::Let(binding) => search.expr(&binding.value),
            syntax::Item::Use(_) => {}
        }
        search.2
    }
}

/// The line that a text ends with.
fn line_of(text: &str) -> &str {
    &text[text.rfind('\n').map_or(0, |newline| newline + 1)..]
}

const fn node_of(item: &syntax::Item) -> NodeId {
    match item {
        syntax::Item::Use(item) => item.id,
        syntax::Item::Let(item) => item.id,
        syntax::Item::Declaration(item) => item.id,
    }
}

/// What is typed around an offset: a name, the unit after a number, or a version with its operator.
fn typed_at(text: &str, offset: usize) -> Option<Span> {
    let name_byte = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let before = text.get(..offset)?.as_bytes();
    let run = before.iter().rev().take_while(|byte| name_byte(byte)).count();
    let behind = text.as_bytes()[offset..].iter().take_while(|byte| name_byte(byte)).count();
    let word = &text[offset - run..offset];
    let span = |start: usize, end: usize| Some(Span::new(start as u32, end as u32));
    // The `-` of a name that is not finished: `change-`.
    if is_name(word)
        || word.trim_end_matches('-').chars().next().is_some_and(|first| first.is_ascii_alphabetic())
    {
        return span(offset - run, offset + behind);
    }
    let unit = word.trim_start_matches(|c: char| c.is_ascii_digit());
    if run > 0 && !unit.is_empty() && unit.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return span(offset - unit.len(), offset + behind);
    }
    let digits = before.iter().rev().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let operators = match before[..offset - digits].last() {
        Some(b'^' | b'~') => 1,
        Some(b'=' | b'<' | b'>') if digits > 0 => {
            let signs = before[..offset - digits].iter().rev();
            signs.take_while(|byte| matches!(byte, b'=' | b'<' | b'>')).count()
        }
        _ => 0,
    };
    // A dot after a name starts another name.
    let start = offset - digits - operators;
    let after_name = digits > 0 && before[..start].last().is_some_and(name_byte);
    if after_name || before[start..].starts_with(b".") {
        span(offset, offset + behind)
    } else {
        span(start, offset)
    }
}
