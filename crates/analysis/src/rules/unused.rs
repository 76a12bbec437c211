//! Imports, `let`s and parameters that nothing needs.

use clearway_diagnostics::{Diagnostic, Edit, catalogue};
use clearway_model::vocabulary::Vocabulary;
use clearway_model::{Db, Import, Imported, Item, Project, SourceFile, items, scope, syntax_of};
use clearway_syntax::{self as syntax, Visit};
use rustc_hash::FxHashSet;

use crate::query::imported;

pub(crate) fn check(db: &dyn Db, file: SourceFile) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let imports = scope(db, file).imports.iter().filter(|import| import.target != Imported::Unknown);
    let lets = items(db, file).iter().copied().filter(|item| item.kind(db) == "let");
    let names = imports.clone().map(|import| import.name.as_str());
    let unmentioned = unmentioned(db, file, names.chain(lets.clone().map(|item| item.name(db).as_str())));
    for import in imports.filter(|import| unmentioned.contains(import.name.as_str())) {
        diagnostics.push(unused_import(db, import));
    }
    for item in lets.filter(|item| unmentioned.contains(item.name(db).as_str())) {
        let imports = imported(db, db.project());
        if !imports.items.contains(&item) && !imports.modules.contains(&file) {
            let message = format!("`{}` is not used", item.name(db));
            let place = item.name_place(db);
            diagnostics.push(Diagnostic::new(catalogue::UNUSED_NAME, message, place, "nothing needs it"));
        }
    }
    diagnostics
}

fn unused_import(db: &dyn Db, import: &Import) -> Diagnostic {
    let place = import.item.place(db, import.node);
    let message = format!("`{}` is imported and not used", import.name);
    let diagnostic = Diagnostic::new(catalogue::UNUSED_IMPORT, message, place, "not used in this file");
    match syntax_of(db, import.item).as_ref().map(|syntax| syntax.item()) {
        // One name of several is the author's to take out; a line of its own can go.
        Some(syntax::Item::Use(item)) if !matches!(item.names, syntax::UseNames::Some(_)) => {
            diagnostic.fix("remove the `use`", Edit::Replace(import.item.place(db, item.id), String::new()))
        }
        _ => diagnostic,
    }
}

/// The parameters of a declaration that it does not use.
pub(crate) fn params(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let syntax = syntax_of(db, item).as_ref();
    let Some(declaration) = syntax.and_then(|syntax| syntax.declaration()) else { return Vec::new() };
    let kind = Vocabulary::get().kinds.get(&declaration.kind.text);
    // A metric's parameters go into its query, which is a text of another language.
    if kind.is_none_or(|kind| kind.typed) {
        return Vec::new();
    }
    let params = declaration.params.iter().flatten();
    let mut unmentioned =
        Unmentioned { names: params.clone().map(|param| param.name.text.as_str()).collect() };
    declaration.bases.iter().for_each(|base| unmentioned.expr(base));
    declaration.operands.iter().for_each(|operand| unmentioned.expr(operand));
    unmentioned.block(&declaration.body);
    let unused = params.filter(|param| unmentioned.names.contains(param.name.text.as_str()));
    unused
        .map(|param| {
            let message = format!("the parameter `{}` is not used", param.name.text);
            let place = item.place(db, param.name.id);
            Diagnostic::new(catalogue::UNUSED_NAME, message, place, "nothing needs it")
        })
        .collect()
}

/// What the project's files import.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct AllImports {
    items: FxHashSet<Item>,
    modules: FxHashSet<SourceFile>,
}

impl AllImports {
    /// Collects the imports of all files.
    pub(crate) fn of(db: &dyn Db, project: Project) -> Self {
        let mut all = Self::default();
        for import in project.sources(db).iter().flat_map(|file| &scope(db, *file).imports) {
            match &import.target {
                Imported::Items(items) => all.items.extend(items),
                Imported::Module(module) => drop(all.modules.insert(*module)),
                Imported::Unknown => {}
            }
        }
        all
    }
}

/// Those of some names that stand in no value, base or type of a file.
fn unmentioned<'n>(
    db: &dyn Db,
    file: SourceFile,
    names: impl Iterator<Item = &'n str>,
) -> FxHashSet<&'n str> {
    let mut unmentioned = Unmentioned { names: names.collect() };
    for item in items(db, file) {
        if unmentioned.names.is_empty() {
            break;
        }
        match syntax_of(db, *item).as_ref().map(|syntax| syntax.item()) {
            Some(syntax::Item::Let(binding)) => unmentioned.expr(&binding.value),
            Some(syntax::Item::Declaration(declaration)) => unmentioned.declaration(declaration),
            _ => {}
        }
    }
    unmentioned.names
}

/// Strikes out the names that it meets.
struct Unmentioned<'n> {
    names: FxHashSet<&'n str>,
}

impl Visit for Unmentioned<'_> {
    fn expr(&mut self, expr: &syntax::Expr) {
        match &expr.kind {
            syntax::ExprKind::Path(path, _) => {
                if let Some(first) = path.first() {
                    self.names.remove(first.text.as_str());
                }
            }
            // A text may stand for a name.
            _ => {
                if let Some(text) = expr.as_text() {
                    self.names.remove(text.as_str());
                }
            }
        }
        syntax::walk_expr(self, expr);
    }
}
