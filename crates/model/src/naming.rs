//! Names: what a module declares, what a `use` brings in, and what a name in a text means.

use std::collections::BTreeMap;

use clearway_diagnostics::{Diagnostic, Edit, NodeId, Place, Span, catalogue, suggest};
use clearway_syntax::{self as syntax, UseNames};
use smol_str::SmolStr;

use crate::db::Db;
use crate::package::{all_sources, joined, manifest_of, may_name, package_named, sources_beside};
use crate::query::{
    Item, NameKey, Package, Project, SourceFile, declared_anywhere, declared_as, dotted_names, items,
    modules, name_uses, names, scope, syntax_of,
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
    /// The declarations that every file beside theirs sees: in the project, or in their package.
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

    /// The dotted path of a module.
    pub fn path_of(&self, file: SourceFile) -> Option<&SmolStr> {
        self.by_path.iter().find(|(_, module)| **module == file).map(|(path, _)| path)
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

pub(crate) fn read_modules(db: &dyn Db, project: Project, of: Option<Package>) -> Modules {
    let mut by_path = BTreeMap::new();
    for name in manifest_of(db, of).packages.keys() {
        for file in package_named(db, of, name).iter().flat_map(|package| package.sources(db)) {
            by_path.insert(SmolStr::new(format!("{name}.{}", module_path(db, *file))), *file);
        }
    }
    let own = of.map_or_else(|| project.sources(db), |package| package.sources(db));
    for file in own.iter().chain(project.library(db)) {
        by_path.insert(SmolStr::new(module_path(db, *file)), *file);
    }
    let prelude = by_path.get("std.prelude").map(|file| {
        let uses = items(db, *file).iter().filter(|item| item.kind(db) == "use");
        uses.filter_map(|item| by_path.get(item.name(db)).copied()).collect()
    });
    Modules { by_path, prelude: prelude.unwrap_or_default() }
}

pub(crate) fn read_project_wide(db: &dyn Db, project: Project) -> Names {
    collect(db, all_sources(db, project), |item| is_project_wide(item.kind(db)))
}

pub(crate) fn read_all_names(db: &dyn Db, project: Project) -> Names {
    collect(db, all_sources(db, project).chain(project.library(db).iter().copied()), |_| true)
}

/// The names of several files, as far as they are wanted.
fn collect(db: &dyn Db, files: impl Iterator<Item = SourceFile>, wanted: impl Fn(Item) -> bool) -> Names {
    let mut entries: BTreeMap<SmolStr, Vec<Item>> = BTreeMap::new();
    for file in files {
        for (name, found) in names(db, file).iter() {
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

/// Whether every file of its project or package sees a declaration.
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
                let whole = self.known().get(&dotted(&import.path));
                let declared = self
                    .known()
                    .get(&dotted(parents))
                    .filter(|module| !names(self.db, *module).get(&last.text).is_empty());
                let target = match (declared, whole) {
                    (None, Some(_)) => self.module(&import.path).map_or(Imported::Unknown, Imported::Module),
                    (None, None) if parents.is_empty() => {
                        self.unknown_module(&import.path);
                        Imported::Unknown
                    }
                    _ => match self.module(parents) {
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

    /// The modules that can be imported here.
    fn known(&self) -> &Modules {
        modules(self.db, self.db.project(), self.file().package(self.db))
    }

    fn file(&self) -> SourceFile {
        self.item.file(self.db)
    }

    fn module(&mut self, path: &[syntax::Name]) -> Option<SourceFile> {
        let Some(module) = self.known().get(&dotted(path)) else {
            self.unknown_module(path);
            return None;
        };
        let Some(private) = path.iter().find(|name| !may_name(self.db, self.file(), module, &name.text))
        else {
            return Some(module);
        };
        self.scope.diagnostics.push(
            Diagnostic::new(
                catalogue::PRIVATE_NAME,
                format!("the module `{}` is private to its package", dotted(path)),
                self.place(private.id),
                "a name that begins with `_` is for its own package",
            )
            .related(top(self.db, module), "the module is this file")
            .help(OFFERED),
        );
        None
    }

    fn unknown_module(&mut self, path: &[syntax::Name]) {
        let Some(last) = path.last() else { return };
        let wanted = dotted(path);
        let file = |path: &str| format!("{}.cw", path.replace('.', "/"));
        let of = self.file().package(self.db);
        let what = match path.split_first() {
            Some((first, rest)) if manifest_of(self.db, of).packages.contains_key(first.text.as_str()) => {
                // A package that cannot be read is told where it is named.
                let readable = |package: &Package| package.trouble(self.db).is_none();
                let Some(package) = package_named(self.db, of, &first.text).filter(readable) else { return };
                let folder = package.path(self.db);
                match rest {
                    [] => format!("`{}` is a package (`{folder}`): import one of its modules", first.text),
                    rest => format!("the package has no `{}`", joined(folder, &file(&dotted(rest)))),
                }
            }
            _ => format!("neither `{}` nor a module of the library", file(&wanted)),
        };
        let is_offered = |path: &SmolStr, module: SourceFile| {
            path.split('.').all(|name| may_name(self.db, self.file(), module, name))
        };
        let offered = self.known().iter().filter(|(path, module)| is_offered(path, *module));
        let closest = suggest::closest(&wanted, offered.map(|(path, _)| path.as_str())).map(str::to_owned);
        self.scope.diagnostics.push(
            Diagnostic::new(
                catalogue::UNKNOWN_MODULE,
                format!("there is no module `{wanted}`"),
                self.place(last.id),
                what,
            )
            .help_if(closest.map(|closest| format!("did you mean `{closest}`?"))),
        );
    }

    fn name_in(&mut self, module: SourceFile, path: &[syntax::Name], name: &syntax::Name) -> Imported {
        let declared = names(self.db, module);
        let found = declared.get(&name.text);
        if let Some(first) = found.first() {
            if may_name(self.db, self.file(), module, &name.text) {
                return Imported::Items(found.to_vec());
            }
            let private = private_name(self.db, name, self.place(name.id), *first);
            self.scope.diagnostics.push(private);
            return Imported::Unknown;
        }
        let offered = declared.iter().map(|(name, _)| name.as_str());
        let offered = offered.filter(|name| may_name(self.db, self.file(), module, name));
        let suggestion = suggest::closest(&name.text, offered);
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

/// What helps against a private name.
const OFFERED: &str =
    "use what the package offers instead, or ask its keeper to offer this under a name without `_`";

/// A name that a package keeps to itself.
pub(crate) fn private_name(db: &dyn Db, name: &syntax::Name, place: Place, declared: Item) -> Diagnostic {
    Diagnostic::new(
        catalogue::PRIVATE_NAME,
        format!("`{}` is private to the package that declares it", name.text),
        place,
        "a name that begins with `_` is for its own package",
    )
    .related(declared.name_place(db), "declared here")
    .help(OFFERED)
}

/// The top of a file.
fn top(db: &dyn Db, file: SourceFile) -> Place {
    Place::Bytes(file.id(db), Span::default())
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
    let beside = |item: &Item| item.file(db).package(db) == file.package(db);
    if let Some(item) = lookup.pick(uses.project_wide.iter().copied().filter(beside)) {
        return Resolution::Found(item);
    }
    if uses.in_modules {
        for module in &modules(db, db.project(), None).prelude {
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
    if !uses.in_modules && uses.project_wide.iter().all(beside) {
        return Resolution::Nothing;
    }
    let can_be_imported = |item: &&Item| {
        kinds(item.kind(db))
            && may_name(db, file, item.file(db), name)
            && modules(db, db.project(), file.package(db)).path_of(item.file(db)).is_some()
    };
    match declared_anywhere(db, key).iter().find(can_be_imported) {
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

/// The names that could have been meant where one of these kinds was wanted: everything of those kinds beside a
/// file and in the prelude.
pub(crate) fn candidates(db: &dyn Db, file: SourceFile, kinds: &dyn Fn(&str) -> bool) -> Vec<SmolStr> {
    let library = &modules(db, db.project(), None).prelude;
    let files = sources_beside(db, file).iter().chain(library);
    let found = files.flat_map(|file| names(db, *file).iter());
    found
        .filter(|(_, items)| items.iter().any(|item| kinds(item.kind(db))))
        .map(|(name, _)| name.clone())
        .collect()
}

/// The dotted path of a file's module in its own project or package.
pub(crate) fn module_path(db: &dyn Db, file: SourceFile) -> String {
    let path: &str = file.path(db);
    let below = |package: Package| path.strip_prefix(&**package.path(db))?.strip_prefix('/');
    let path = file.package(db).and_then(below).unwrap_or(path);
    path.strip_suffix(".cw").unwrap_or(path).replace('/', ".")
}
