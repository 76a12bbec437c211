//! Names that are declared twice. Declarations of different kinds may share a name; those of project-wide kinds may not, wherever
//! they stand.

use std::collections::BTreeMap;

use clearway_diagnostics::{Diagnostic, catalogue};
use clearway_model::vocabulary::{Type, Vocabulary};
use clearway_model::{
    Db, Imported, Item, Project, SourceFile, all_sources, items, names, project_names, scope,
};
use smol_str::SmolStr;

/// Two of a kind in one file, and what a file declares although it imports it.
pub(crate) fn in_file(db: &dyn Db, file: SourceFile) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut first: BTreeMap<(&str, &str), Item> = BTreeMap::new();
    for item in items(db, file).iter().filter(|item| item.kind(db) != "use" && !item.name(db).is_empty()) {
        if is_project_wide(db, *item) && item.key(db).nth == 0 {
            continue;
        }
        match first.entry((item.kind(db), item.name(db))) {
            std::collections::btree_map::Entry::Vacant(entry) => drop(entry.insert(*item)),
            std::collections::btree_map::Entry::Occupied(entry) => {
                diagnostics.push(duplicate(db, *item, *entry.get()));
            }
        }
    }
    for import in &scope(db, file).imports {
        let Imported::Items(imported) = &import.target else { continue };
        let own = names(db, file).get(&import.name);
        let clash = own
            .iter()
            .find(|own| imported.iter().any(|other| other.kind(db) == own.kind(db) && other != *own));
        if let Some(own) = clash {
            let message = format!("`{}` is imported, and declared here as well", import.name);
            diagnostics.push(
                Diagnostic::new(catalogue::DUPLICATE_NAME, message, own.name_place(db), "declared here")
                    .related(import.item.place(db, import.node), "imported here")
                    .help(format!("import it under another name: `use … as my-{}`", import.name)),
            );
        }
    }
    diagnostics
}

/// Services, libraries, vendors, infrastructure and environments of one name, in any files.
pub(crate) fn in_project(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for (_, items) in project_names(db, project).iter() {
        if let Some((first, others)) = items.split_first() {
            // What a package declares is there before the project: the project's own is what can be renamed.
            let of_package = |item: Item| item.file(db).package(db).is_some();
            diagnostics.extend(others.iter().map(|other| match of_package(*other) && !of_package(*first) {
                true => duplicate(db, *first, *other),
                false => duplicate(db, *other, *first),
            }));
        }
    }
    // Two of one kind in one file: only the first is a declared name.
    for file in all_sources(db, project) {
        for item in items(db, file).iter().filter(|item| is_project_wide(db, **item) && item.key(db).nth > 0)
        {
            let first = project_names(db, project).get(item.name(db)).first();
            diagnostics.extend(first.map(|first| duplicate(db, *item, *first)));
        }
    }
    diagnostics
}

fn is_project_wide(db: &dyn Db, item: Item) -> bool {
    Vocabulary::get().kinds.get(item.kind(db)).is_some_and(|kind| kind.project_wide)
}

/// The kind with its article.
fn words(kind: &SmolStr) -> String {
    match kind.as_str() {
        "let" => "a `let`".to_owned(),
        _ => Type::Declaration(kind.clone()).to_string(),
    }
}

fn duplicate(db: &dyn Db, second: Item, first: Item) -> Diagnostic {
    let (name, kind) = (second.name(db), second.kind(db));
    let message = format!("there are two declarations named `{name}`");
    let diagnostic = Diagnostic::new(
        catalogue::DUPLICATE_NAME,
        message,
        second.name_place(db),
        format!("{} `{name}`", words(kind)),
    )
    .related(first.name_place(db), format!("declared first here, as {}", words(first.kind(db))));
    if kind == first.kind(db) {
        diagnostic
    } else {
        diagnostic
            .help("services, libraries, vendors, infrastructure and environments share one set of names")
    }
}
