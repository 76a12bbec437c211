//! The shape of a text: what folds, and what a growing selection takes in.

use clearway_diagnostics::{NodeId, Span};
use clearway_model::{Db, SourceFile, item_span, items, parse, span_of, syntax_of};
use clearway_syntax::{self as syntax, Block, Expr, ExprKind, Visit};

/// Something that folds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fold {
    pub span: Span,
    pub sort: Sort,
}

/// The sorts of folds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Block,
    Comment,
    Imports,
}

/// What folds in a file, in the order of the text.
pub(crate) fn folds(db: &dyn Db, file: SourceFile) -> Vec<Fold> {
    let mut found = Vec::new();
    for item in items(db, file) {
        let Some(syntax) = syntax_of(db, *item) else { continue };
        let mut blocks = Blocks(Vec::new());
        match syntax.item() {
            syntax::Item::Declaration(declaration) => blocks.declaration(declaration),
            syntax::Item::Let(binding) => blocks.expr(&binding.value),
            syntax::Item::Use(_) => {}
        }
        let spans = blocks.0.into_iter().map(|node| span_of(db, *item, node));
        found.extend(spans.map(|span| Fold { span, sort: Sort::Block }));
    }
    let text = file.text(db);
    let uses = items(db, file).iter().filter(|item| item.kind(db) == "use").map(|item| item_span(db, *item));
    found.extend(joined(text, uses).map(|span| Fold { span, sort: Sort::Imports }));
    let comments = parse(db, file).comments();
    found.extend(joined(text, comments).map(|span| Fold { span, sort: Sort::Comment }));
    found.retain(|fold| text[fold.span.range()].contains('\n'));
    found.sort_by_key(|fold| fold.span);
    found
}

/// Spans with nothing but white space between them, as one.
fn joined(text: &str, spans: impl Iterator<Item = Span>) -> impl Iterator<Item = Span> {
    let mut groups: Vec<Span> = Vec::new();
    for span in spans {
        match groups.last_mut() {
            Some(group) if text[group.end as usize..span.start as usize].trim().is_empty() => {
                *group = group.to(span);
            }
            _ => groups.push(span),
        }
    }
    groups.into_iter()
}

/// The nodes of blocks and lists.
struct Blocks(Vec<NodeId>);

impl Visit for Blocks {
    fn block(&mut self, block: &Block) {
        self.0.push(block.id);
        syntax::walk_block(self, block);
    }

    fn expr(&mut self, expr: &Expr) {
        if matches!(expr.kind, ExprKind::List(_) | ExprKind::Comprehension(_)) {
            self.0.push(expr.id);
        }
        syntax::walk_expr(self, expr);
    }
}

/// What a selection at an offset grows over: from the smallest node to the whole text.
pub(crate) fn around(db: &dyn Db, file: SourceFile, offset: u32) -> Vec<Span> {
    let text = file.text(db);
    let mut spans = vec![Span::new(0, text.len() as u32)];
    for piece in &parse(db, file).pieces {
        if (piece.start..=piece.end).contains(&offset) {
            let nodes = (0..piece.tree.nodes() as u32).map(|node| piece.tree.span(NodeId(node)));
            spans.extend(nodes.map(|span| span.shifted(piece.start)));
        }
    }
    spans.retain(|span| (span.start..=span.end).contains(&offset) && span.start < span.end);
    spans.sort_by_key(|span| (span.end - span.start, span.start));
    spans.dedup();
    // Neighbours that meet at the offset do not hold one another.
    let mut chain: Vec<Span> = Vec::new();
    for span in spans {
        if chain.last().is_none_or(|inner| span.start <= inner.start && inner.end <= span.end) {
            chain.push(span);
        }
    }
    chain
}
