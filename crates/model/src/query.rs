//! The inputs and queries, each remembered by salsa.
//!
//! What other files depend on holds no positions: a comment typed above a declaration changes the result of [`parse()`] and
//! [`locate`], and nothing behind [`syntax_of`].
#![allow(unsafe_code, reason = "salsa's macros expand to unsafe code")]
#![allow(missing_docs, reason = "salsa's macros generate undocumented accessors")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use clearway_diagnostics::{Diagnostic, FileId, ItemId, NodeId, Place};
use clearway_syntax as syntax;
use jiff::Timestamp;
use rustc_hash::{FxHashMap, FxHashSet};
use salsa::plumbing::AsId;
use smol_str::SmolStr;

use crate::db::Db;
use crate::lock::Lock;
use crate::lowering::Lowered;
use crate::manifest::Manifest;
use crate::meaning::Meanings;
use crate::naming::{Modules, NameUses, Names, Scope};
use crate::package::path_at;
use crate::policy::Demand;
use crate::state::StateFile;
use crate::value::{Reference, Value};
use crate::views::{self, Declared, Deployable, Environment, Release};
use crate::vocabulary::Parameter;

/// A text of the language.
#[salsa::input(debug)]
pub struct SourceFile {
    /// The number that places have.
    #[returns(copy)]
    pub id: FileId,
    /// Relative to the project's root, with `/`; below `std/` for the library, and often begun with `../` for packages.
    #[returns(ref)]
    pub path: Arc<str>,
    /// What is in it.
    #[returns(ref)]
    pub text: Arc<str>,
    /// Whether it is part of the library.
    #[returns(copy)]
    pub library: bool,
    /// The package that it is part of; the project's own texts and the library's have none.
    #[returns(copy)]
    pub package: Option<Package>,
}

/// A folder with a manifest of its own, from which declarations are taken.
#[salsa::input(debug)]
pub struct Package {
    /// Its folder from the project's root, with `/`: `../platform`.
    #[returns(ref)]
    pub path: Arc<str>,
    /// The manifest's number in places.
    #[returns(copy)]
    pub manifest_id: FileId,
    /// The text of its manifest.
    #[returns(ref)]
    pub manifest_text: Arc<str>,
    /// What that says.
    #[returns(ref)]
    pub manifest: Manifest,
    /// What is wrong with it.
    #[returns(ref)]
    pub manifest_problems: Vec<Diagnostic>,
    /// Its texts, sorted by path.
    #[returns(ref)]
    pub sources: Vec<SourceFile>,
    /// Why it cannot be read, in words for the user.
    #[returns(ref)]
    pub trouble: Option<String>,
}

/// What is checked together.
#[salsa::input(debug)]
pub struct Project {
    /// The library's modules.
    #[returns(ref)]
    pub library: Vec<SourceFile>,
    /// The project's own texts, sorted by path.
    #[returns(ref)]
    pub sources: Vec<SourceFile>,
    /// The packages that the project depends on, and those that they depend on, sorted by path.
    #[returns(ref)]
    pub packages: Vec<Package>,
    /// The manifest's number in places.
    #[returns(copy)]
    pub manifest_id: FileId,
    /// `clearway.toml`.
    #[returns(ref)]
    pub manifest: Manifest,
    /// What is wrong with it.
    #[returns(ref)]
    pub manifest_problems: Vec<Diagnostic>,
    /// State files given on the command line, by environment.
    #[returns(ref)]
    pub deployed: BTreeMap<String, String>,
    /// Versions given on the command line, by service.
    #[returns(ref)]
    pub ship: BTreeMap<String, String>,
    /// Facts of a version that nothing records are taken from today's declaration.
    #[returns(copy)]
    pub assume_declared: bool,
    /// The one release that is judged against what is deployed; all of them without it.
    #[returns(ref)]
    pub judged_release: Option<String>,
    /// The time of the check. Without it nothing is said that depends on a clock.
    #[returns(copy)]
    pub now: Option<Timestamp>,
}

/// A file that a value names, or why it cannot be read.
#[salsa::input(debug)]
pub struct ExternalFile {
    #[returns(copy)]
    pub id: FileId,
    #[returns(ref)]
    pub path: Arc<str>,
    #[returns(ref)]
    pub text: Result<Arc<str>, String>,
}

/// The repository's tags, or why they cannot be read.
#[salsa::input(debug)]
pub struct RepositoryTags {
    #[returns(ref)]
    pub tags: Result<Vec<String>, String>,
}

/// The text of a piece: equal pieces are parsed once.
#[salsa::interned(debug)]
struct PieceText<'db> {
    #[returns(ref)]
    text: Arc<str>,
}

/// A name, for queries that answer for one name alone. It is never forgotten, so that nothing has to ask whether it still is.
#[salsa::interned(unsafe(no_lifetime), revisions = usize::MAX, debug)]
pub struct NameKey {
    #[returns(ref)]
    pub text: SmolStr,
}

/// A top-level item. It keeps its identity while its text and its neighbours change.
#[salsa::interned(unsafe(no_lifetime), revisions = usize::MAX, debug)]
pub struct Item {
    #[returns(copy)]
    pub file: SourceFile,
    #[returns(ref)]
    pub key: ItemKey,
}

/// What tells an item from the others in its file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemKey {
    /// The word it starts with: `use`, `let`, or the kind of the declaration.
    pub kind: SmolStr,
    /// Its name; the dotted path of a `use`.
    pub name: SmolStr,
    /// How many items of this kind and name stand before it.
    pub nth: u32,
}

impl Item {
    /// The number that places have.
    pub fn place_id(self) -> ItemId {
        ItemId(self.as_id().index())
    }

    /// The place of one of its nodes.
    pub fn place(self, db: &dyn Db, node: NodeId) -> Place {
        Place::Node(self.file(db).id(db), self.place_id(), node)
    }

    /// The kind of the declaration.
    pub fn kind(self, db: &dyn Db) -> &SmolStr {
        &self.key(db).kind
    }

    /// The name of the declaration.
    pub fn name(self, db: &dyn Db) -> &SmolStr {
        &self.key(db).name
    }

    /// Where its name is written.
    pub fn name_place(self, db: &dyn Db) -> Place {
        let node = syntax_of(db, self).as_ref().map_or(NodeId(0), |syntax| match syntax.item() {
            syntax::Item::Use(item) => item.id,
            syntax::Item::Let(item) => item.name.id,
            syntax::Item::Declaration(item) => item.name.as_ref().unwrap_or(&item.kind).id,
        });
        self.place(db, node)
    }
}

/// Where an item stands in its file's [`syntax::Parse`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Located {
    /// The index of the piece.
    pub piece: u32,
    /// The index of the item in the piece.
    pub item: u32,
}

/// An item's syntax; equal when it says the same, wherever it stands.
#[derive(Debug, Clone)]
pub struct ItemSyntax {
    tree: Arc<syntax::Tree>,
    index: usize,
}

impl ItemSyntax {
    /// The item.
    pub fn item(&self) -> &syntax::Item {
        &self.tree.items[self.index]
    }

    /// The item, when it is a declaration.
    pub fn declaration(&self) -> Option<&syntax::Declaration> {
        match self.item() {
            syntax::Item::Declaration(declaration) => Some(declaration),
            _ => None,
        }
    }
}

impl PartialEq for ItemSyntax {
    fn eq(&self, other: &Self) -> bool {
        let same = Arc::ptr_eq(&self.tree, &other.tree) && self.index == other.index;
        same || self.item() == other.item()
    }
}

impl Eq for ItemSyntax {}

/// Arguments for a template's parameters.
#[salsa::interned(unsafe(no_lifetime), revisions = usize::MAX, debug)]
pub struct Args {
    #[returns(ref)]
    pub values: Vec<(SmolStr, Value)>,
}

#[salsa::tracked(returns(clone))]
fn piece_tree<'db>(db: &'db dyn Db, piece: PieceText<'db>) -> Arc<syntax::Tree> {
    Arc::new(syntax::parse_piece(piece.text(db)))
}

/// The trees of a file.
#[salsa::tracked(returns(ref))]
pub fn parse(db: &dyn Db, file: SourceFile) -> syntax::Parse {
    syntax::parse_with(file.text(db), &mut |piece| piece_tree(db, PieceText::new(db, Arc::from(piece))))
}

/// The items of a file, in order.
#[salsa::tracked(returns(ref))]
pub fn items(db: &dyn Db, file: SourceFile) -> Vec<Item> {
    let mut seen: FxHashMap<(SmolStr, SmolStr), u32> = FxHashMap::default();
    let item = |(_, item): (&syntax::Piece, &syntax::Item)| {
        let (kind, name) = match item {
            syntax::Item::Use(item) => {
                let path: Vec<_> = item.path.iter().map(|name| name.text.as_str()).collect();
                (SmolStr::new_static("use"), SmolStr::new(path.join(".")))
            }
            syntax::Item::Let(item) => (SmolStr::new_static("let"), item.name.text.clone()),
            syntax::Item::Declaration(item) => {
                let name = item.name.as_ref().map(|name| name.text.clone());
                (item.kind.text.clone(), name.unwrap_or_default())
            }
        };
        let count = seen.entry((kind.clone(), name.clone())).or_default();
        let key = ItemKey { kind, name, nth: *count };
        *count += 1;
        Item::new(db, file, key)
    };
    parse(db, file).items().map(item).collect()
}

/// Where the items of a file stand. Only what looks up places may depend on it.
#[salsa::tracked(returns(ref))]
pub(crate) fn locate(db: &dyn Db, file: SourceFile) -> FxHashMap<ItemId, Located> {
    let pieces = parse(db, file).pieces.iter().enumerate();
    let places = pieces.flat_map(|(piece, parsed)| {
        (0..parsed.tree.items.len()).map(move |item| Located { piece: piece as u32, item: item as u32 })
    });
    items(db, file).iter().map(|item| item.place_id()).zip(places).collect()
}

/// What an item says, without where. `None` when it is no longer there.
#[salsa::tracked(returns(ref))]
pub fn syntax_of(db: &dyn Db, item: Item) -> Option<ItemSyntax> {
    let file = item.file(db);
    let located = locate(db, file).get(&item.place_id())?;
    let tree = parse(db, file).pieces.get(located.piece as usize)?.tree.clone();
    let index = located.item as usize;
    (index < tree.items.len()).then_some(ItemSyntax { tree, index })
}

/// The declared names of a file.
#[salsa::tracked(returns(ref))]
pub fn names(db: &dyn Db, file: SourceFile) -> Names {
    crate::naming::read_names(db, file)
}

/// The declarations of a file with one name; changes only when that name's do.
#[salsa::tracked(returns(ref))]
pub(crate) fn declared_as(db: &dyn Db, file: SourceFile, name: NameKey) -> Vec<Item> {
    names(db, file).get(name.text(db)).to_vec()
}

/// The modules that the files of the project, or of one of its packages, can import, by dotted path.
#[salsa::tracked(returns(ref))]
pub fn modules(db: &dyn Db, project: Project, of: Option<Package>) -> Modules {
    crate::naming::read_modules(db, project, of)
}

/// The digest of a package's content, `sha256:` and 64 digits.
#[salsa::tracked(returns(ref))]
pub fn package_digest(db: &dyn Db, package: Package) -> String {
    crate::digest::of(db, package)
}

/// What `clearway.lock` pins, or what is wrong with it.
#[salsa::tracked(returns(ref))]
pub fn locked(db: &dyn Db, _: Project) -> Result<Lock, Box<Diagnostic>> {
    crate::lock::read(db.external(crate::lock::LOCK), db)
}

/// What the `use`s of a file bring into scope.
#[salsa::tracked(returns(ref))]
pub fn scope(db: &dyn Db, file: SourceFile) -> Scope {
    crate::naming::read_scope(db, file)
}

/// Every declaration of a kind whose names are unique in the project, by name.
#[salsa::tracked(returns(ref))]
pub fn project_names(db: &dyn Db, project: Project) -> Names {
    crate::naming::read_project_wide(db, project)
}

/// Every declaration of every module, by name.
#[salsa::tracked(returns(ref))]
fn all_names(db: &dyn Db, project: Project) -> Names {
    crate::naming::read_all_names(db, project)
}

/// Where one name is declared; changes only when that name's declarations do.
#[salsa::tracked(returns(ref))]
pub(crate) fn name_uses(db: &dyn Db, name: NameKey) -> NameUses {
    NameUses::of(db, all_names(db, db.project()).get(name.text(db)))
}

/// Every declaration with one name, in any module: what could have been meant.
#[salsa::tracked(returns(ref))]
pub(crate) fn declared_anywhere(db: &dyn Db, name: NameKey) -> Vec<Item> {
    all_names(db, db.project()).get(name.text(db)).to_vec()
}

/// The declared names that hold a dot: without them, what follows a dot is a part of what stands before it.
#[salsa::tracked(returns(ref))]
pub(crate) fn dotted_names(db: &dyn Db, project: Project) -> BTreeSet<SmolStr> {
    all_names(db, project).iter().map(|(name, _)| name).filter(|name| name.contains('.')).cloned().collect()
}

/// The declarations of a file that have parameters.
#[salsa::tracked(returns(ref))]
fn templates(db: &dyn Db, file: SourceFile) -> FxHashSet<Item> {
    let has_params = |item: &Item| {
        let syntax = syntax_of(db, *item).as_ref();
        syntax.and_then(ItemSyntax::declaration).is_some_and(|declaration| declaration.params.is_some())
    };
    items(db, file).iter().copied().filter(has_params).collect()
}

/// The parameters of a declaration; `None` when it has no parameter list.
pub fn signature(db: &dyn Db, item: Item) -> Option<&[Parameter]> {
    templates(db, item.file(db)).contains(&item).then(|| parameters(db, item).as_slice())
}

#[salsa::tracked(returns(ref))]
fn parameters(db: &dyn Db, item: Item) -> Vec<Parameter> {
    crate::lowering::parameters(db, item)
}

/// A declaration, matched with the vocabulary, typed and evaluated; the parameters of a template stay open.
#[salsa::tracked(returns(ref), cycle_result = lower_in_cycle)]
pub fn lower(db: &dyn Db, item: Item) -> Lowered {
    crate::lowering::lower(db, item, None)
}

/// A template with arguments for its parameters.
#[salsa::tracked(returns(ref), cycle_result = lower_with_in_cycle)]
pub(crate) fn lower_with(db: &dyn Db, item: Item, args: Args) -> Lowered {
    crate::lowering::lower(db, item, Some(args))
}

/// What a reference means: the declaration, with the reference's arguments where it is a template.
pub fn instance<'db>(db: &'db dyn Db, reference: &Reference) -> &'db Lowered {
    match signature(db, reference.item) {
        Some(_) => lower_with(db, reference.item, Args::new(db, reference.args.clone())),
        None => lower(db, reference.item),
    }
}

/// A declaration that extends itself: the rule about cycles tells it, everything else stays silent.
fn lower_in_cycle(db: &dyn Db, _: salsa::Id, item: Item) -> Lowered {
    Lowered::broken(db, item)
}

fn lower_with_in_cycle(db: &dyn Db, _: salsa::Id, item: Item, _: Args) -> Lowered {
    Lowered::broken(db, item)
}

/// The value of a top-level `let`, and what is wrong with it.
#[salsa::tracked(returns(ref), cycle_result = let_in_cycle)]
pub fn let_value(db: &dyn Db, item: Item) -> (Value, Vec<Diagnostic>) {
    crate::lowering::let_value(db, item)
}

/// What the words of an item mean: for editors, which ask for few items.
#[salsa::tracked(returns(ref), no_eq)]
pub fn meanings(db: &dyn Db, item: Item) -> Meanings {
    Meanings::of(db, item)
}

fn let_in_cycle(db: &dyn Db, _: salsa::Id, item: Item) -> (Value, Vec<Diagnostic>) {
    (Value::unknown(item.place(db, NodeId(0))), Vec::new())
}

/// The view of a service, library, vendor or infrastructure.
#[salsa::tracked(returns(ref))]
pub fn deployable(db: &dyn Db, item: Item) -> Declared<Deployable> {
    views::declared(db, item)
}

/// The view of an environment.
#[salsa::tracked(returns(ref))]
pub fn environment(db: &dyn Db, item: Item) -> Declared<Environment> {
    views::declared(db, item)
}

/// The view of a release.
#[salsa::tracked(returns(ref))]
pub fn release(db: &dyn Db, item: Item) -> Declared<Release> {
    views::declared(db, item)
}

/// What is deployed in an environment: the state file given for it, or the one it names. `None` when there is neither.
pub fn deployed_state(db: &dyn Db, environment: Item) -> Option<&StateFile> {
    state_file(db, environment).map(|file| state_of(db, file))
}

#[salsa::tracked(returns(copy))]
fn state_file(db: &dyn Db, item: Item) -> Option<ExternalFile> {
    let environment = environment(db, item);
    let given = db.project().deployed(db).get(environment.name.as_str());
    let named = || {
        let state = environment.view.deployed.as_ref()?;
        Some(path_at(db, state.place, &environment.view.state_path()?))
    };
    let path = given.map_or_else(named, |path| Some(path.clone()))?;
    Some(db.external(&path))
}

/// A state file, read and typed.
#[salsa::tracked(returns(ref))]
fn state_of(db: &dyn Db, file: ExternalFile) -> StateFile {
    crate::state::read(db, file)
}

/// What a policy comes to over the project.
#[salsa::tracked(returns(ref))]
pub fn demands(db: &dyn Db, policy: Item) -> Vec<Demand> {
    crate::policy::demands(db, policy)
}
