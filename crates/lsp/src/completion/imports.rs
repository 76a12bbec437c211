//! What a `use` could bring in: modules, and the names they declare.

use std::collections::BTreeSet;

use clearway_model::{Db, SourceFile, is_private, modules, names};
use clearway_syntax::{Name, Use, UseNames};

use super::cursor::Cursor;
use super::names::declaration;
use super::{Completion, Sort};

pub(super) fn complete(db: &dyn Db, file: SourceFile, import: &Use, cursor: &Cursor) -> Vec<Completion> {
    let path: &[Name] = match import.path.iter().position(|name| cursor.is(name.id)) {
        Some(at) => &import.path[..at],
        None => &import.path,
    };
    if matches!(&import.names, UseNames::Alias(alias) if cursor.is(alias.id)) {
        return Vec::new();
    }
    let prefix = path.iter().fold(String::new(), |prefix, name| prefix + &name.text + ".");
    let known = modules(db, db.project(), file.package(db));
    let is_offered =
        |module: SourceFile, name: &str| module.package(db) == file.package(db) || !is_private(name);
    let below: BTreeSet<&str> = known
        .iter()
        .filter_map(|(path, module)| Some((path.strip_prefix(prefix.as_str())?.split('.').next()?, module)))
        .filter(|(name, module)| is_offered(*module, name))
        .map(|(name, _)| name)
        .collect();
    let mut found: Vec<_> = below.into_iter().map(|module| Completion::new(Sort::Module, module)).collect();
    if let Some(module) = known.get(prefix.trim_end_matches('.')) {
        let taken = |name: &str| match &import.names {
            UseNames::Some(names) => names.iter().any(|taken| taken.text == name),
            _ => false,
        };
        for (name, declared) in
            names(db, module).iter().filter(|(name, _)| !taken(name) && is_offered(module, name))
        {
            // A name with a dot cannot be imported: the library's are known everywhere.
            if let Some(item) = declared.first().filter(|_| !name.contains('.')) {
                let plain = declaration(db, name, *item);
                found.push(Completion { insert: name.to_string(), snippet: false, rank: 0, ..plain });
            }
        }
    }
    found
}
