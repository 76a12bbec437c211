//! Names: of the file, imported, project-wide, of the library; and those that a `use` would bring in.

use clearway_diagnostics::Span;
use clearway_model::vocabulary::{Function, Type};
use clearway_model::{
    Db, Imported, Item, Resolution, SourceFile, deployable, import_path, item_span, items, let_value,
    modules, names, resolve, scope, signature, views,
};
use clearway_syntax::Name;

use super::values::place;
use super::{Completion, Completions, Sort};
use crate::describe;
use crate::location::TextChange;

/// What may stand at the cursor.
pub(super) struct Wanted {
    /// The types, without lists, spans and alternatives around them.
    pub leaves: Vec<Type>,
    kinds: Vec<smol_str::SmolStr>,
    anything: bool,
}

impl Wanted {
    pub(super) fn of(ty: &Type) -> Self {
        let mut wanted = Self { leaves: Vec::new(), kinds: Vec::new(), anything: false };
        wanted.add(ty);
        wanted
    }

    fn add(&mut self, ty: &Type) {
        match ty {
            Type::Either(types) => types.iter().for_each(|ty| self.add(ty)),
            Type::List(of) | Type::Span(of) | Type::Part(of) => self.add(of),
            Type::Declaration(kind) => self.kinds.push(kind.clone()),
            // A condition compares what is measured.
            Type::Condition => self.kinds.push("metric".into()),
            Type::Any => self.anything = true,
            _ => {}
        }
        if !self.leaves.contains(ty) {
            self.leaves.push(ty.clone());
        }
    }

    fn accepts(&self, kind: &str) -> bool {
        self.anything || kind == "let" || self.kinds.iter().any(|wanted| wanted == kind)
    }

    pub(super) fn takes_result_of(&self, function: &Function) -> bool {
        self.anything || self.leaves.contains(&function.result)
    }
}

/// So many declarations are offered at once; of more, those that fit what is typed.
const MOST: usize = 200;

/// A declaration that may stand at the cursor.
struct Candidate<'db> {
    name: &'db str,
    item: Item,
    imported: bool,
}

impl Candidate<'_> {
    /// Whether the letters that are typed are in its name, in their order: so editors look for it.
    fn fits(&self, typed: &str) -> bool {
        let lower = |letter: char| letter.to_ascii_lowercase();
        let mut letters = self.name.chars().map(lower);
        typed.chars().map(lower).all(|wanted| letters.any(|letter| letter == wanted))
    }

    fn completion(&self, db: &dyn Db, file: SourceFile) -> Completion {
        let plain = declaration(db, self.name, self.item);
        match self.imported {
            true => plain,
            false => Completion { import: Some(import(db, file, self.item)), rank: 3, ..plain },
        }
    }
}

/// Every declaration that may stand here, with the `use` it needs where it is not in scope. Only what is offered is looked into.
pub(super) fn in_scope(db: &dyn Db, file: SourceFile, wanted: &Wanted, typed: &str) -> Completions {
    let mut candidates: Vec<Candidate<'_>> = Vec::new();
    let all =
        modules(db, db.project(), file.package(db)).iter().flat_map(|(_, module)| names(db, module).iter());
    for (name, declared) in all {
        let fits = |item: &&Item| wanted.accepts(item.kind(db));
        let Some(first) = declared.iter().find(fits) else { continue };
        let kind = first.kind(db);
        match resolve(db, file, name, &|other| other == kind) {
            Resolution::Found(item) => candidates.push(Candidate { name, item, imported: true }),
            // A value of another file is seldom meant where anything goes.
            Resolution::NotImported(item) if kind != "let" => {
                candidates.push(Candidate { name, item, imported: false });
            }
            _ => {}
        }
    }
    let count = candidates.len();
    if count > MOST {
        candidates.retain(|candidate| candidate.fits(typed));
        candidates.sort_by_key(|candidate| (!candidate.imported, candidate.name));
        candidates.truncate(MOST);
    }
    let more = candidates.len() < count;
    let mut found: Vec<Completion> =
        candidates.iter().map(|candidate| candidate.completion(db, file)).collect();
    for import in &scope(db, file).imports {
        match &import.target {
            Imported::Items(items) => {
                let other = items.iter().find(|item| item.name(db) != &import.name);
                let fits = other.filter(|item| wanted.accepts(item.kind(db)));
                found.extend(fits.map(|item| declaration(db, &import.name, *item)));
            }
            Imported::Module(module) => {
                let has = names(db, *module)
                    .iter()
                    .any(|(_, items)| items.iter().any(|item| wanted.accepts(item.kind(db))));
                if has {
                    found.push(Completion::new(Sort::Module, import.name.as_str()).rank(2));
                }
            }
            Imported::Unknown => {}
        }
    }
    Completions { found, more }
}

/// A declaration by a name. What stands for itself comes before what is anything.
pub(super) fn declaration(db: &dyn Db, name: &str, item: Item) -> Completion {
    let kind = item.kind(db);
    if kind == "let" {
        return Completion::new(Sort::Value, name).detail(let_value(db, item).0.to_string()).rank(2);
    }
    let sort = if kind == "metric" { Sort::Metric } else { Sort::Declaration };
    let completion = Completion::new(sort, name)
        .detail(describe::heading(db, item))
        .doc(describe::documentation(db, item));
    match signature(db, item) {
        Some(params) if kind != "metric" => {
            let required = params.iter().filter(|param| param.default.is_none());
            let places: Vec<String> = required
                .enumerate()
                .map(|(at, param)| format!("{} = {}", param.name, place(at + 1, param)))
                .collect();
            completion.snippet(format!("{name}({})$0", places.join(", ")))
        }
        _ => completion,
    }
}

/// What may follow a dot: a part of a declaration, a name of a module, the rest of a dotted name.
pub(super) fn after_dot(
    db: &dyn Db,
    file: SourceFile,
    before: &[Name],
    wanted: &Wanted,
    typed: &str,
) -> Completions {
    let prefix = before.iter().fold(String::new(), |prefix, name| prefix + &name.text + ".");
    let Completions { found, more } = in_scope(db, file, wanted, &format!("{prefix}{typed}"));
    let mut found: Vec<Completion> = found
        .into_iter()
        .filter_map(|completion| {
            let rest = completion.label.strip_prefix(&prefix)?.to_owned();
            let insert = completion.insert.strip_prefix(&prefix)?.to_owned();
            Some(Completion { label: rest, insert, ..completion })
        })
        .collect();
    let [name] = before else { return Completions { found, more } };
    for import in scope(db, file).imports.iter().filter(|import| import.name == name.text) {
        if let Imported::Module(module) = import.target {
            let declared = names(db, module).iter();
            let fits = declared.filter_map(|(name, items)| {
                Some((name, items.iter().find(|item| wanted.accepts(item.kind(db)))?))
            });
            found.extend(fits.map(|(name, item)| declaration(db, name, *item)));
        }
    }
    let owner =
        resolve(db, file, &name.text, &|kind| views::DEPLOYABLE.contains(&kind) && wanted.accepts(kind));
    if let Resolution::Found(owner) = owner {
        for provided in &deployable(db, owner).view.provides {
            let Some(part) = &provided.part else { continue };
            let version =
                provided.version.as_ref().map(|version| version.value.to_string()).unwrap_or_default();
            found.push(Completion::new(Sort::Part, part.value.as_str()).detail(version).rank(0));
        }
    }
    Completions { found, more }
}

/// The `use` that brings a declaration into a file, at the file's top.
fn import(db: &dyn Db, file: SourceFile, item: Item) -> TextChange {
    let module = import_path(db, file, item).unwrap_or_default();
    let line = format!("use {module}.{}\n", item.name(db));
    let Some(first) = items(db, file).first() else {
        return TextChange { span: Span::default(), text: line };
    };
    let at = above_documentation(file.text(db), item_span(db, *first).start);
    let is_use = first.kind(db) == "use";
    TextChange { span: Span::new(at, at), text: if is_use { line } else { format!("{line}\n") } }
}

/// The place above an item: documentation belongs to what follows it.
pub(crate) fn above_documentation(text: &str, start: u32) -> u32 {
    let mut at = start as usize;
    while let Some(above) = text[..at].strip_suffix('\n') {
        let line = above.rfind('\n').map_or(0, |newline| newline + 1);
        if !above[line..].trim_start().starts_with("///") {
            break;
        }
        at = line;
    }
    at as u32
}
