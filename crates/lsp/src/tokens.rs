//! What each name is, for colours. Literals, comments and punctuation are the editor's own grammar's.

use clearway_diagnostics::Span;
use clearway_model::{Db, Meaning, SourceFile, items, meanings, signature, word_span};

/// A coloured name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    pub span: Span,
    pub sort: Sort,
    /// It is declared here.
    pub declares: bool,
    /// It belongs to the library.
    pub library: bool,
}

/// What a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Keyword,
    Field,
    Label,
    Flag,
    Word,
    Unit,
    Function,
    Declaration,
    Template,
    Value,
    Local,
    Part,
    Person,
    Module,
}

/// The names of a file that mean something, in the order of the text; none overlap.
pub(crate) fn tokens(db: &dyn Db, file: SourceFile) -> Vec<Token> {
    let mut found = Vec::new();
    for item in items(db, file) {
        for word in meanings(db, *item).words() {
            let Some((sort, library)) = sort(db, &word.meaning) else { continue };
            let span = word_span(db, *item, word);
            let declares = match &word.meaning {
                Meaning::Declaration(declared) => {
                    declared == item && item.name_place(db) == item.place(db, word.first)
                }
                Meaning::Local(node) => *node == word.first,
                Meaning::Part(owner, _) => owner == item,
                _ => false,
            };
            found.push(Token { span, sort, declares, library });
        }
    }
    found.sort_by_key(|token| (token.span, !token.declares));
    let mut end = 0;
    found.retain(|token| {
        let free = token.span.start >= end && token.span.end > token.span.start;
        end = if free { token.span.end } else { end };
        free
    });
    found
}

fn sort(db: &dyn Db, meaning: &Meaning) -> Option<(Sort, bool)> {
    Some(match meaning {
        Meaning::Kind(_) | Meaning::Clause(_) => (Sort::Keyword, false),
        Meaning::Field(_) => (Sort::Field, false),
        Meaning::Label(_) | Meaning::Argument(_) => (Sort::Label, false),
        Meaning::Flag(_) => (Sort::Flag, false),
        Meaning::Word(..) => (Sort::Word, false),
        Meaning::Unit(_) => (Sort::Unit, false),
        Meaning::Function(_) => (Sort::Function, true),
        Meaning::Declaration(item) => {
            let sort = match (item.kind(db).as_str(), signature(db, *item)) {
                ("let", _) => Sort::Value,
                (_, Some(_)) => Sort::Template,
                _ => Sort::Declaration,
            };
            (sort, item.file(db).library(db))
        }
        Meaning::Part(..) => (Sort::Part, false),
        Meaning::Person(_) => (Sort::Person, false),
        Meaning::Module(module) => (Sort::Module, module.library(db)),
        Meaning::Local(_) => (Sort::Local, false),
        Meaning::UnknownStatement(_) | Meaning::UnknownOperand(_) => return None,
    })
}
