//! Names: what a module declares, what a `use` brings in, and what a name in a text means.

use std::collections::BTreeMap;

use clearway_diagnostics::{Diagnostic, Edit, NodeId, Place, catalogue, suggest};
use clearway_syntax::{self as syntax, UseNames};
use smol_str::SmolStr;

use crate::db::Db;
use crate::query::{
    Item, NameKey, Project, SourceFile, declared_anywhere, declared_as, dotted_names, items, modules,
    name_uses, names, scope, syntax_of,
};
use crate::vocabulary::Vocabulary;

/// Declarations by name. Different kinds may share a name: what is meant is told by where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    entries: BTreeMap<SmolStr, Vec<Item>>,
}

impl Names {
    /// The declarations with a name.
    pub fn get(&self, name: &str) -> &[Item] {
        self.entries.get(name).map_or(&[], Vec::as_slice)
    }

    /// Every name with its declarations, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = (&SmolStr, &[Item])> {
        self.entries.iter().map(|(name, items)| (name, items.as_slice()))
    }
}

/// Where a name is declared, told so that a lookup seldom has to ask a module: most names are declared once for the whole
/// project, or nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct NameUses {
    /// The declarations that every file of the project sees.
    project_wide: Vec<Item>,
    /// Whether a module declares the name for itself, a module of the library included.
    in_modules: bool,
}

impl NameUses {
    /// Sorts the declarations of a name.
    pub(crate) fn of(db: &dyn Db, declarations: &[Item]) -> Self {
        let (project_wide, modules): (Vec<Item>, Vec<Item>) =
            declarations.iter().copied().partition(|item| is_wide(db, *item));
        Self { project_wide, in_modules: !modules.is_empty() }
    }
}

/// The modules of a project and of the library.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Modules {
    by_path: BTreeMap<SmolStr, SourceFile>,
    /// The modules whose names every file sees.
    prelude: Vec<SourceFile>,
}

impl Modules {
    /// The module with a dotted path.
    pub fn get(&self, path: &str) -> Option<SourceFile> {
        self.by_path.get(path).copied()
    }

    /// Every module with its dotted path.
    pub fn iter(&self) -> impl Iterator<Item = (&SmolStr, SourceFile)> {
        self.by_path.iter().map(|(path, file)| (path, *file))
    }
}

/// What the `use`s of a file bring into scope.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// Every imported name, in the order of the text.
    pub imports: Vec<Import>,
    /// What is wrong with the `use`s.
    pub diagnostics: Vec<Diagnostic>,
}

/// A name that a `use` brings into scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// What it is called in this file.
    pub name: SmolStr,
    /// The `use`.
    pub item: Item,
    /// The node of the name.
    pub node: NodeId,
    /// What it stands for.
    pub target: Imported,
}

/// What an imported name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// Declarations, of one name.
    Items(Vec<Item>),
    /// A module: its names follow after a dot.
    Module(SourceFile),
    /// Nothing; that was told.
    Unknown,
}

/// What a name in a text means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// The declaration.
    Found(Item),
    /// A `use` that failed brought it in.
    Poisoned,
    /// It names something of another kind.
    WrongKind(Item),
    /// It is declared in other modules, and not imported.
    NotImported(Item),
    /// Nothing has this name.
    Nothing,
}

pub(crate) fn read_names(db: &dyn Db, file: SourceFile) -> Names {
    let mut entries: BTreeMap<SmolStr, Vec<Item>> = BTreeMap::new();
    for item in items(db, file) {
        let key = item.key(db);
        if key.nth == 0 && key.kind != "use" && !key.name.is_empty() {
            entries.entry(key.name.clone()).or_default().push(*item);
        }
    }
    Names { entries }
}

pub(crate) fn read_modules(db: &dyn Db, project: Project) -> Modules {
    let mut by_path = BTreeMap::new();
    for file in project.sources(db).iter().chain(project.library(db)) {
        let path = file.path(db);
        let path = path.strip_suffix(".cw").unwrap_or(path).replace('/', ".");
        by_path.insert(SmolStr::new(path), *file);
    }
    let prelude = by_path.get("std.prelude").map(|file| {
        let uses = items(db, *file).iter().filter(|item| item.kind(db) == "use");
        uses.filter_map(|item| by_path.get(item.name(db)).copied()).collect()
    });
    Modules { by_path, prelude: prelude.unwrap_or_default() }
}

pub(crate) fn read_project_wide(db: &dyn Db, project: Project) -> Names {
    collect(db, project.sources(db), |item| is_project_wide(item.kind(db)))
}

pub(crate) fn read_all_names(db: &dyn Db, project: Project) -> Names {
    collect(db, project.sources(db).iter().chain(project.library(db)), |_| true)
}

/// The names of several files, as far as they are wanted.
fn collect<'f>(
    db: &dyn Db,
    files: impl IntoIterator<Item = &'f SourceFile>,
    wanted: impl Fn(Item) -> bool,
) -> Names {
    let mut entries: BTreeMap<SmolStr, Vec<Item>> = BTreeMap::new();
    for file in files {
        for (name, found) in names(db, *file).iter() {
            let mut found = found.iter().copied().filter(|item| wanted(*item)).peekable();
            if found.peek().is_some() {
                entries.entry(name.clone()).or_default().extend(found);
            }
        }
    }
    Names { entries }
}

/// Whether names of a kind are unique in the project.
pub(crate) fn is_project_wide(kind: &str) -> bool {
    Vocabulary::get().kinds.get(kind).is_some_and(|kind| kind.project_wide)
}

/// Whether every file of the project sees a declaration.
fn is_wide(db: &dyn Db, item: Item) -> bool {
    is_project_wide(item.kind(db)) && !item.file(db).library(db)
}

pub(crate) fn read_scope(db: &dyn Db, file: SourceFile) -> Scope {
    let mut scope = Scope::default();
    for item in items(db, file).iter().filter(|item| item.kind(db) == "use") {
        let Some(syntax) = syntax_of(db, *item) else { continue };
        if let syntax::Item::Use(import) = syntax.item() {
            Importer { db, item: *item, scope: &mut scope }.import(import);
        }
    }
    scope
}

struct Importer<'a> {
    db: &'a dyn Db,
    item: Item,
    scope: &'a mut Scope,
}

impl Importer<'_> {
    fn import(&mut self, import: &syntax::Use) {
        let Some((last, parents)) = import.path.split_last() else { return };
        match &import.names {
            UseNames::Some(names) => {
                let Some(module) = self.module(&import.path) else {
                    return names.iter().for_each(|name| self.add(&name.text, name.id, Imported::Unknown));
                };
                for name in names {
                    let target = self.name_in(module, &import.path, name);
                    self.add(&name.text, name.id, target);
                }
            }
            UseNames::Last | UseNames::Alias(_) => {
                let local = if let UseNames::Alias(alias) = &import.names { alias } else { last };
                let whole = modules(self.db, self.db.project()).get(&dotted(&import.path));
                let declared = modules(self.db, self.db.project())
                    .get(&dotted(parents))
                    .map(|module| names(self.db, module).get(&last.text).to_vec())
                    .filter(|found| !found.is_empty());
                let target = match (declared, whole) {
                    (Some(found), _) => Imported::Items(found),
                    (None, Some(module)) => Imported::Module(module),
                    (None, None) if parents.is_empty() => {
                        self.unknown_module(&import.path);
                        Imported::Unknown
                    }
                    (None, None) => match self.module(parents) {
                        Some(module) => self.name_in(module, parents, last),
                        None => Imported::Unknown,
                    },
                };
                self.add(&local.text, local.id, target);
            }
        }
    }

    fn add(&mut self, name: &SmolStr, node: NodeId, target: Imported) {
        self.scope.imports.push(Import { name: name.clone(), item: self.item, node, target });
    }

    fn place(&self, node: NodeId) -> Place {
        self.item.place(self.db, node)
    }

    fn module(&mut self, path: &[syntax::Name]) -> Option<SourceFile> {
        let found = modules(self.db, self.db.project()).get(&dotted(path));
        if found.is_none() {
            self.unknown_module(path);
        }
        found
    }

    fn unknown_module(&mut self, path: &[syntax::Name]) {
        let Some(last) = path.last() else { return };
        let wanted = dotted(path);
        let known = modules(self.db, self.db.project());
        let file = format!("{}.cw", wanted.replace('.', "/"));
        let closest = suggest::closest(&wanted, known.iter().map(|(path, _)| path.as_str()));
        self.scope.diagnostics.push(
            Diagnostic::new(
                catalogue::UNKNOWN_MODULE,
                format!("there is no module `{wanted}`"),
                self.place(last.id),
                format!("neither `{file}` nor a module of the library"),
            )
            .help_if(closest.map(|closest| format!("did you mean `{closest}`?"))),
        );
    }

    fn name_in(&mut self, module: SourceFile, path: &[syntax::Name], name: &syntax::Name) -> Imported {
        let declared = names(self.db, module);
        let found = declared.get(&name.text);
        if !found.is_empty() {
            return Imported::Items(found.to_vec());
        }
        let suggestion = suggest::closest(&name.text, declared.iter().map(|(name, _)| name.as_str()));
        let mut diagnostic = Diagnostic::new(
            catalogue::UNKNOWN_NAME,
            format!("module `{}` declares no `{}`", dotted(path), name.text),
            self.place(name.id),
            "no such name there",
        );
        if let Some(suggestion) = suggestion {
            diagnostic = diagnostic.help(format!("did you mean `{suggestion}`?")).fix(
                format!("write `{suggestion}`"),
                Edit::Replace(self.place(name.id), suggestion.to_owned()),
            );
        }
        self.scope.diagnostics.push(diagnostic);
        Imported::Unknown
    }
}

fn dotted(path: &[syntax::Name]) -> String {
    path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".")
}

/// What a name means in a file, where one of these kinds is meant. The file's own declarations come first, then what it
/// imports, then the project-wide names, then the prelude.
pub fn resolve(db: &dyn Db, file: SourceFile, name: &str, kinds: &dyn Fn(&str) -> bool) -> Resolution {
    if name.contains('.') && !dotted_names(db, db.project()).contains(name) {
        return Resolution::Nothing;
    }
    let key = NameKey::new(db, SmolStr::new(name));
    let uses = name_uses(db, key);
    let mut lookup = Lookup { db, kinds, wrong: None };
    let own = match uses.in_modules {
        true => lookup.pick(declared_as(db, file, key).iter().copied()),
        false => lookup.pick(uses.project_wide.iter().copied().filter(|item| item.file(db) == file)),
    };
    if let Some(item) = own {
        return Resolution::Found(item);
    }
    let mut poisoned = false;
    for import in scope(db, file).imports.iter().filter(|import| import.name == name) {
        match &import.target {
            Imported::Items(found) => {
                if let Some(item) = lookup.pick(found.iter().copied()) {
                    return Resolution::Found(item);
                }
            }
            Imported::Module(_) => {}
            Imported::Unknown => poisoned = true,
        }
    }
    if let Some(item) = lookup.pick(uses.project_wide.iter().copied()) {
        return Resolution::Found(item);
    }
    if uses.in_modules {
        for module in &modules(db, db.project()).prelude {
            if let Some(item) = lookup.pick(names(db, *module).get(name).iter().copied()) {
                return Resolution::Found(item);
            }
        }
    }
    if poisoned {
        return Resolution::Poisoned;
    }
    if let Some(item) = lookup.wrong {
        return Resolution::WrongKind(item);
    }
    if !uses.in_modules {
        return Resolution::Nothing;
    }
    match declared_anywhere(db, key).iter().find(|item| kinds(item.kind(db))) {
        Some(item) => Resolution::NotImported(*item),
        None => Resolution::Nothing,
    }
}

/// A search for a declaration of a wanted kind, in one place after the other.
struct Lookup<'a> {
    db: &'a dyn Db,
    kinds: &'a dyn Fn(&str) -> bool,
    /// The first declaration that has the name, and is of another kind.
    wrong: Option<Item>,
}

impl Lookup<'_> {
    fn pick(&mut self, found: impl Iterator<Item = Item> + Clone) -> Option<Item> {
        let fit = found.clone().find(|item| (self.kinds)(item.kind(self.db)));
        if fit.is_none() {
            let mut found = found;
            self.wrong = self.wrong.or_else(|| found.find(|item| item.kind(self.db) != "let"));
        }
        fit
    }
}

/// The module that a name stands for in a file.
pub(crate) fn resolve_module(db: &dyn Db, file: SourceFile, name: &str) -> Option<SourceFile> {
    scope(db, file).imports.iter().find_map(|import| match import.target {
        Imported::Module(module) if import.name == name => Some(module),
        _ => None,
    })
}

/// The project-wide declaration with a name, of one of these kinds.
pub fn resolve_project_wide(db: &dyn Db, name: &str, kinds: &dyn Fn(&str) -> bool) -> Option<Item> {
    let uses = name_uses(db, NameKey::new(db, SmolStr::new(name)));
    uses.project_wide.iter().find(|item| kinds(item.kind(db))).copied()
}

/// The names that could have been meant where one of these kinds was wanted: everything of those kinds in the project and
/// in the prelude.
pub(crate) fn candidates(db: &dyn Db, kinds: &dyn Fn(&str) -> bool) -> Vec<SmolStr> {
    let project = db.project();
    let library = &modules(db, project).prelude;
    let files = project.sources(db).iter().chain(library);
    let found = files.flat_map(|file| names(db, *file).iter());
    found
        .filter(|(_, items)| items.iter().any(|item| kinds(item.kind(db))))
        .map(|(name, _)| name.clone())
        .collect()
}

/// The dotted path of a file's module.
pub(crate) fn module_path(db: &dyn Db, file: SourceFile) -> String {
    let path = file.path(db);
    path.strip_suffix(".cw").unwrap_or(path).replace('/', ".")
}
