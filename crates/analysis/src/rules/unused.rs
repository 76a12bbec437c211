//! Imports, `let`s and parameters that nothing needs.

use std::collections::BTreeSet;

use clearway_diagnostics::{Diagnostic, Edit, catalogue};
use clearway_model::{Db, Imported, Item, SourceFile, items, modules, scope, syntax_of};
use clearway_syntax::{self as syntax, Visit};
use smol_str::SmolStr;

pub(crate) fn check(db: &dyn Db, file: SourceFile) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mentioned = mentioned_in_file(db, file);
    for import in scope(db, file).imports.iter().filter(|import| import.target != Imported::Unknown) {
        if !mentioned.contains(&import.name) {
            let place = import.item.place(db, import.node);
            let message = format!("`{}` is imported and not used", import.name);
            let mut diagnostic =
                Diagnostic::new(catalogue::UNUSED_IMPORT, message, place, "not used in this file");
            // One name of several is the author's to take out; a line of its own can go.
            if let Some(syntax::Item::Use(item)) =
                syntax_of(db, import.item).as_ref().map(|syntax| syntax.item())
                && !matches!(item.names, syntax::UseNames::Some(_))
            {
                diagnostic = diagnostic
                    .fix("remove the `use`", Edit::Replace(import.item.place(db, item.id), String::new()));
            }
            diagnostics.push(diagnostic);
        }
    }
    for item in items(db, file) {
        match syntax_of(db, *item).as_ref().map(|syntax| syntax.item()) {
            Some(syntax::Item::Let(_))
                if !mentioned.contains(item.name(db)) && !imported_anywhere(db, *item) =>
            {
                let message = format!("`{}` is not used", item.name(db));
                diagnostics.push(Diagnostic::new(
                    catalogue::UNUSED_NAME,
                    message,
                    item.name_place(db),
                    "nothing needs it",
                ));
            }
            Some(syntax::Item::Declaration(declaration)) => {
                diagnostics.extend(unused_params(db, *item, declaration));
            }
            _ => {}
        }
    }
    diagnostics
}

fn unused_params(db: &dyn Db, item: Item, declaration: &syntax::Declaration) -> Vec<Diagnostic> {
    let mut body = Mentioned::default();
    declaration.bases.iter().for_each(|base| body.expr(base));
    declaration.operands.iter().for_each(|operand| body.expr(operand));
    body.block(&declaration.body);
    let typed = clearway_model::vocabulary::Vocabulary::get()
        .kinds
        .get(&declaration.kind.text)
        .is_none_or(|kind| kind.typed);
    // A metric's parameters go into its query, which is a text of another language.
    let params =
        declaration.params.iter().flatten().filter(|param| !typed && !body.names.contains(&param.name.text));
    params
        .map(|param| {
            let message = format!("the parameter `{}` is not used", param.name.text);
            Diagnostic::new(
                catalogue::UNUSED_NAME,
                message,
                item.place(db, param.name.id),
                "nothing needs it",
            )
        })
        .collect()
}

fn imported_anywhere(db: &dyn Db, item: Item) -> bool {
    let project = db.project();
    let own =
        modules(db, project).iter().find(|(_, file)| *file == item.file(db)).map(|(path, _)| path.clone());
    project.sources(db).iter().flat_map(|file| &scope(db, *file).imports).any(|import| match &import.target {
        Imported::Items(found) => found.contains(&item),
        Imported::Module(file) => *file == item.file(db) && own.is_some(),
        Imported::Unknown => false,
    })
}

/// Every name that stands in a value, base or type of a file.
fn mentioned_in_file(db: &dyn Db, file: SourceFile) -> BTreeSet<SmolStr> {
    let mut mentioned = Mentioned::default();
    for item in items(db, file) {
        match syntax_of(db, *item).as_ref().map(|syntax| syntax.item()) {
            Some(syntax::Item::Let(binding)) => mentioned.expr(&binding.value),
            Some(syntax::Item::Declaration(declaration)) => mentioned.declaration(declaration),
            _ => {}
        }
    }
    mentioned.names
}

#[derive(Default)]
struct Mentioned {
    names: BTreeSet<SmolStr>,
}

impl Visit for Mentioned {
    fn expr(&mut self, expr: &syntax::Expr) {
        match &expr.kind {
            syntax::ExprKind::Path(path, _) => {
                if let Some(first) = path.first() {
                    self.names.insert(first.text.clone());
                }
                if path.len() > 1 {
                    let whole: Vec<&str> = path.iter().map(|name| name.text.as_str()).collect();
                    self.names.insert(SmolStr::new(whole.join(".")));
                }
            }
            // A text may stand for a name.
            _ => {
                if let Some(text) = expr.as_text() {
                    self.names.insert(text);
                }
            }
        }
        syntax::walk_expr(self, expr);
    }
}
