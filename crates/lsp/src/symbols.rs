//! What a file declares, and what a workspace declares.

use clearway_diagnostics::{NodeId, Span};
use clearway_model::{Db, Item, item_span, items, names, span_of, syntax_of};
use clearway_syntax::{self as syntax, Block, Statement};
use smol_str::SmolStr;

use crate::location::Location;

/// Something with a name, and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Symbol {
    pub name: String,
    /// Its kind, for declarations.
    pub detail: String,
    pub sort: Sort,
    pub span: Span,
    pub name_span: Span,
    pub children: Vec<Symbol>,
}

/// The sorts of symbols.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Declaration,
    /// A declaration with parameters.
    Template,
    Let,
    Field,
    Clause,
}

/// The symbols of a file, nested.
pub(crate) fn of_file(db: &dyn Db, file: clearway_model::SourceFile) -> Vec<Symbol> {
    items(db, file).iter().filter_map(|item| of_item(db, *item)).collect()
}

fn of_item(db: &dyn Db, item: Item) -> Option<Symbol> {
    let outline = Outline { db, item };
    match syntax_of(db, item).as_ref()?.item() {
        syntax::Item::Use(_) => None,
        syntax::Item::Let(binding) => Some(outline.binding(binding)),
        syntax::Item::Declaration(declaration) => Some(Symbol {
            name: item.name(db).to_string(),
            detail: item.kind(db).to_string(),
            sort: if declaration.params.is_some() { Sort::Template } else { Sort::Declaration },
            span: item_span(db, item),
            name_span: outline.span(declaration.name.as_ref().unwrap_or(&declaration.kind).id),
            children: outline.block(&declaration.body),
        })
        .map(|symbol| match symbol.name.is_empty() {
            // An editor shows no symbol without a name.
            true => Symbol { name: symbol.detail.clone(), ..symbol },
            false => symbol,
        }),
    }
}

struct Outline<'db> {
    db: &'db dyn Db,
    item: Item,
}

impl Outline<'_> {
    fn span(&self, node: NodeId) -> Span {
        span_of(self.db, self.item, node)
    }

    fn binding(&self, binding: &syntax::Let) -> Symbol {
        Symbol {
            name: binding.name.text.to_string(),
            detail: "let".to_owned(),
            sort: Sort::Let,
            span: self.span(binding.id),
            name_span: self.span(binding.name.id),
            children: Vec::new(),
        }
    }

    fn block(&self, block: &Block) -> Vec<Symbol> {
        let statements = block.statements.iter();
        statements
            .map(|statement| match statement {
                Statement::Let(binding) => self.binding(binding),
                Statement::Field(field) => Symbol {
                    name: field.name.text.to_string(),
                    detail: String::new(),
                    sort: Sort::Field,
                    span: self.span(field.id),
                    name_span: self.span(field.name.id),
                    children: field.body.iter().flat_map(|body| self.block(body)).collect(),
                },
                Statement::Clause(clause) => Symbol {
                    name: self.clause_name(clause),
                    detail: String::new(),
                    sort: Sort::Clause,
                    span: self.span(clause.id),
                    name_span: self.span(clause.keyword.id),
                    children: clause.body.iter().flat_map(|body| self.block(body)).collect(),
                },
            })
            .collect()
    }

    /// The clause's first word with what it is about: `stage production`.
    fn clause_name(&self, clause: &syntax::Clause) -> String {
        let keyword = &clause.keyword.text;
        let subject = clause.operands.first().and_then(|operand| match &operand.kind {
            syntax::ExprKind::Path(names, _) => {
                let names: Vec<&str> = names.iter().map(|name| name.text.as_str()).collect();
                Some(SmolStr::new(names.join(".")))
            }
            _ => operand.as_text(),
        });
        subject.map_or_else(|| keyword.to_string(), |subject| format!("{keyword} {subject}"))
    }
}

/// The declarations of the project whose names hold the letters of a query, in their order.
pub(crate) fn in_project(db: &dyn Db, query: &str) -> Vec<(Symbol, Location)> {
    let mut found = Vec::new();
    for file in db.project().sources(db) {
        for (name, declared) in names(db, *file).iter().filter(|(name, _)| matches(name, query)) {
            for item in declared {
                if let Some(symbol) = of_item(db, *item) {
                    let location = Location { file: *file, span: symbol.name_span };
                    found.push((Symbol { name: name.to_string(), children: Vec::new(), ..symbol }, location));
                }
            }
        }
    }
    found
}

fn matches(name: &str, query: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    query.chars().flat_map(char::to_lowercase).all(|wanted| letters.any(|letter| letter == wanted))
}
