//! From places to bytes and back: what an editor asks with a cursor.

use clearway_diagnostics::{NodeId, Span};
use clearway_syntax as syntax;

use crate::db::Db;
use crate::meaning::Word;
use crate::query::{Item, SourceFile, items, locate, meanings, parse};

/// The bytes of a node of an item, in the text of its file.
pub fn span_of(db: &dyn Db, item: Item, node: NodeId) -> Span {
    let file = item.file(db);
    let located = locate(db, file).get(&item.place_id());
    located
        .and_then(|located| parse(db, file).pieces.get(located.piece as usize))
        .map_or_else(Span::default, |piece| piece.tree.span(node).shifted(piece.start))
}

/// The bytes of an item.
pub fn item_span(db: &dyn Db, item: Item) -> Span {
    let node = crate::query::syntax_of(db, item).as_ref().map(|syntax| match syntax.item() {
        syntax::Item::Use(item) => item.id,
        syntax::Item::Let(item) => item.id,
        syntax::Item::Declaration(item) => item.id,
    });
    node.map_or_else(Span::default, |node| span_of(db, item, node))
}

/// The bytes of a word of an item.
pub fn word_span(db: &dyn Db, item: Item, word: &Word) -> Span {
    span_of(db, item, word.first).to(span_of(db, item, word.last))
}

/// The item that an offset is in, or directly behind.
pub fn item_at(db: &dyn Db, file: SourceFile, offset: u32) -> Option<Item> {
    let parse = parse(db, file);
    let mut index = 0;
    for piece in &parse.pieces {
        let count = piece.tree.items.len();
        if (piece.start..=piece.end).contains(&offset) {
            let inside = items(db, file).iter().skip(index).take(count).find(|item| {
                let span = item_span(db, **item);
                (span.start..=span.end).contains(&offset)
            });
            if inside.is_some() {
                return inside.copied();
            }
        }
        index += count;
    }
    None
}

/// The word that an offset is in, or directly behind: the shortest, if several are.
pub fn word_at(db: &dyn Db, file: SourceFile, offset: u32) -> Option<(Item, &Word, Span)> {
    let item = item_at(db, file, offset)?;
    let words = meanings(db, item).words().iter();
    let here = words.map(|word| (item, word, word_span(db, item, word)));
    here.filter(|(_, _, span)| (span.start..=span.end).contains(&offset))
        .min_by_key(|(_, _, span)| (span.end - span.start, span.end == offset))
}
