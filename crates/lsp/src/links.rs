//! What in a text names a file: the module of a `use`, the path that a function reads.

use clearway_diagnostics::Span;
use clearway_model::vocabulary::Type;
use clearway_model::{Db, Item, Meaning, SourceFile, items, meanings, span_of, syntax_of, word_span};
use clearway_syntax::{self as syntax, Expr, ExprKind, Visit};

use crate::completion::called;

/// The parameter of the vocabulary's functions that names one file, relative to the project.
const PATH: &str = "path";

/// A link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    pub span: Span,
    pub target: Target,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Module(SourceFile),
    /// Relative to the project.
    File(String),
}

/// The links of a file, in the order of the text.
pub(crate) fn links(db: &dyn Db, file: SourceFile) -> Vec<Link> {
    let mut found = Vec::new();
    for item in items(db, file) {
        let Some(syntax) = syntax_of(db, *item) else { continue };
        let mut paths = Paths { db, item: *item, found: Vec::new() };
        match syntax.item() {
            syntax::Item::Use(_) => paths.modules(),
            syntax::Item::Let(binding) => paths.expr(&binding.value),
            syntax::Item::Declaration(declaration) => paths.declaration(declaration),
        }
        found.extend(paths.found);
    }
    found
}

struct Paths<'db> {
    db: &'db dyn Db,
    item: Item,
    found: Vec<Link>,
}

impl Paths<'_> {
    fn modules(&mut self) {
        for word in meanings(self.db, self.item).words() {
            if let Meaning::Module(module) = word.meaning {
                let span = word_span(self.db, self.item, word);
                self.found.push(Link { span, target: Target::Module(module) });
            }
        }
    }
}

impl Visit for Paths<'_> {
    fn expr(&mut self, expr: &Expr) {
        if let ExprKind::Path(path, Some(args)) = &expr.kind
            && let Some(params) = called(self.db, self.item.file(self.db), path)
        {
            for (at, arg) in args.iter().enumerate() {
                let param = match &arg.name {
                    Some(name) => params.iter().find(|param| param.name == name.text),
                    None => params.get(at),
                };
                let is_path = param.is_some_and(|param| param.name == PATH && param.ty == Type::Text);
                if let Some(text) = arg.value.as_text().filter(|text| is_path && !text.contains("..")) {
                    let span = span_of(self.db, self.item, arg.value.id);
                    let inner = Span::new(span.start + 1, span.end.saturating_sub(1).max(span.start + 1));
                    self.found.push(Link { span: inner, target: Target::File(text.to_string()) });
                }
            }
        }
        syntax::walk_expr(self, expr);
    }
}
