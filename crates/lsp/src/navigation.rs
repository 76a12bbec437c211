//! From a name to where it is declared, and to everywhere it stands.

use clearway_diagnostics::{NodeId, Place, Span};
use clearway_model::{
    Db, Item, Meaning, SourceFile, all_sources, deployable, items, meanings, span_of, word_at, word_span,
};
use smol_str::SmolStr;

use crate::location::Location;

/// What can be declared and named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Declaration(Item),
    Part(Item, SmolStr),
    Person(SmolStr),
    Module(SourceFile),
    /// Known only in the item: by the node that declares it.
    Local(Item, NodeId),
}

impl Target {
    /// What a word stands for, if that is declared anywhere.
    pub(crate) fn of(item: Item, meaning: &Meaning) -> Option<Self> {
        Some(match meaning {
            Meaning::Declaration(declared) => Self::Declaration(*declared),
            Meaning::Part(owner, part) => Self::Part(*owner, part.clone()),
            Meaning::Person(name) => Self::Person(name.clone()),
            Meaning::Module(module) => Self::Module(*module),
            Meaning::Local(node) => Self::Local(item, *node),
            _ => return None,
        })
    }

    /// What the name at an offset stands for, and the bytes of the name.
    pub(crate) fn at(db: &dyn Db, file: SourceFile, offset: u32) -> Option<(Self, Span)> {
        let (item, word, span) = word_at(db, file, offset)?;
        Some((Self::of(item, &word.meaning)?, span))
    }

    /// Its name, where it has one that is written in the text.
    pub(crate) fn name(&self, db: &dyn Db) -> SmolStr {
        match self {
            Self::Declaration(item) => item.name(db).clone(),
            Self::Part(_, name) | Self::Person(name) => name.clone(),
            Self::Module(module) => {
                let path = module.path(db).trim_end_matches(".cw");
                SmolStr::new(path.rsplit('/').next().unwrap_or(path))
            }
            Self::Local(item, node) => {
                SmolStr::new(&item.file(db).text(db)[span_of(db, *item, *node).range()])
            }
        }
    }

    /// Where it is declared.
    pub(crate) fn declaration(&self, db: &dyn Db) -> Option<Location> {
        match self {
            Self::Declaration(item) => Some(name_of(db, *item)),
            Self::Part(owner, part) => {
                let view = &deployable(db, *owner).view;
                let provided = view.provides.iter().chain(view.at.iter().flat_map(|facts| &facts.provides));
                let mut parts = provided.filter_map(|provided| provided.part.as_ref());
                match parts.find(|known| known.value == *part).map(|known| known.place) {
                    Some(Place::Node(_, _, node)) => Some(node_of(db, *owner, node)),
                    _ => Some(name_of(db, *owner)),
                }
            }
            Self::Person(name) => {
                let identity = identities(db).find(|item| item.name(db) == name);
                identity.map(|item| name_of(db, item))
            }
            Self::Module(module) => Some(Location { file: *module, span: Span::default() }),
            Self::Local(item, node) => Some(node_of(db, *item, *node)),
        }
    }

    /// Everywhere it stands, its declaration included, in the order of the files.
    pub(crate) fn occurrences(&self, db: &dyn Db) -> Vec<Location> {
        if let Self::Local(item, _) = self {
            return self.occurrences_in(db, *item);
        }
        let name = self.name(db);
        let files = all_sources(db, db.project()).filter(|file| file.text(db).contains(name.as_str()));
        let found = files.flat_map(|file| items(db, file));
        found.flat_map(|item| self.occurrences_in(db, *item)).collect()
    }

    /// Everywhere it stands in one file.
    pub(crate) fn occurrences_in_file(&self, db: &dyn Db, file: SourceFile) -> Vec<Location> {
        items(db, file).iter().flat_map(|item| self.occurrences_in(db, *item)).collect()
    }

    fn occurrences_in(&self, db: &dyn Db, item: Item) -> Vec<Location> {
        let same = |meaning: &Meaning| Self::of(item, meaning).as_ref() == Some(self);
        let words = meanings(db, item).words().iter().filter(|word| same(&word.meaning));
        let mut spans: Vec<Span> = words.map(|word| word_span(db, item, word)).collect();
        spans.sort_unstable();
        spans.dedup();
        let file = item.file(db);
        spans.into_iter().map(|span| Location { file, span }).collect()
    }
}

fn name_of(db: &dyn Db, item: Item) -> Location {
    match item.name_place(db) {
        Place::Node(_, _, node) => node_of(db, item, node),
        Place::Bytes(_, span) => Location { file: item.file(db), span },
    }
}

fn node_of(db: &dyn Db, item: Item, node: NodeId) -> Location {
    Location { file: item.file(db), span: span_of(db, item, node) }
}

fn identities(db: &dyn Db) -> impl Iterator<Item = Item> {
    let files = all_sources(db, db.project());
    files.flat_map(|file| items(db, file)).copied().filter(|item| item.kind(db) == "identity")
}
