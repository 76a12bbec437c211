//! What a package is by its content: the digest that `clearway.lock` pins.

use std::collections::BTreeSet;

use clearway_syntax::{self as syntax, Expr, ExprKind, Visit, walk_expr};
use sha2::{Digest as _, Sha256};

use crate::db::{Db, MANIFEST};
use crate::package::joined;
use crate::query::{Package, SourceFile, parse};
use crate::vocabulary::Vocabulary;

/// The digest of a package, `sha256:` and 64 digits: over its manifest, its sources, and the files that these read (its lists of
/// people, its files of versions), each with its path and its length. What is deployed is no part of it: that changes with each
/// release.
pub(crate) fn of(db: &dyn Db, package: Package) -> String {
    let folder = package.path(db);
    let mut hash = Sha256::new();
    let mut add = |path: &str, text: &str| {
        for part in [path, text] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    };
    add(MANIFEST, package.manifest_text(db));
    let mut reads = BTreeSet::new();
    for file in package.sources(db) {
        let path: &str = file.path(db);
        let below = path.strip_prefix(&**folder).and_then(|path| path.strip_prefix('/'));
        add(below.unwrap_or(path), file.text(db));
        reads.extend(read_by(db, *file));
    }
    for path in reads {
        // A file that cannot be read is told where it is read.
        if let Ok(text) = db.external(&joined(folder, &path)).text(db) {
            add(&path, text);
        }
    }
    let digits: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}")
}

/// The files that a source reads by name.
fn read_by(db: &dyn Db, file: SourceFile) -> BTreeSet<String> {
    let mut reads = Reads::default();
    for piece in &parse(db, file).pieces {
        for item in &piece.tree.items {
            match item {
                syntax::Item::Use(_) => {}
                syntax::Item::Let(binding) => reads.expr(&binding.value),
                syntax::Item::Declaration(declaration) => reads.declaration(declaration),
            }
        }
    }
    reads.paths
}

/// Finds the calls that read a file: of a function that the vocabulary says to, which takes the path first.
#[derive(Default)]
struct Reads {
    paths: BTreeSet<String>,
}

impl Visit for Reads {
    fn expr(&mut self, expr: &Expr) {
        if let ExprKind::Path(names, Some(args)) = &expr.kind
            && let [name] = names.as_slice()
            && let Some(function) = Vocabulary::get().functions.get(&name.text)
            && function.reads
            && let Some(path) = function.params.first()
        {
            let is_path = |arg: &&syntax::Arg| arg.name.as_ref().is_none_or(|name| name.text == path.name);
            let given = args.iter().find(is_path).and_then(|arg| arg.value.as_text());
            self.paths.extend(given.map(String::from));
        }
        walk_expr(self, expr);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::sync::Arc;

    use crate::db::Db as _;
    use crate::{MemorySystem, Workspace, package_digest};

    /// The digest of a package with a list of people, a file of versions and a state, of which one is changed.
    fn digest(changed: Option<&str>) -> String {
        let mut system = MemorySystem::default();
        for (path, text) in [
            ("people/clearway.toml", "[project]\nname = \"people\"\n"),
            (
                "people/board.cw",
                "let list = directory(group = \"board\", path = \"board.json\")\n\
                 role board { members = list }\n\
                 library codec { version = from-file(\"VERSION\") }\n\
                 environment lab { tier = testing  deployed = state(\"lab.json\") }\n",
            ),
            ("people/board.json", "{\"board\": [\"dora\"]}"),
            ("people/VERSION", "1.2.3"),
            ("people/lab.json", "{}"),
            ("people/README.md", "Who is who."),
        ] {
            let more = if changed == Some(path) { " " } else { "" };
            system.files.insert(path.to_owned(), format!("{text}{more}"));
        }
        let manifest = "[project]\nname = \"shop\"\n[packages]\npeople = { path = \"people\" }\n";
        let db = Workspace::new(Arc::new(system), manifest, Vec::new());
        let packages = db.project().packages(&db);
        assert_eq!(packages.len(), 1);
        package_digest(&db, packages[0]).clone()
    }

    #[test]
    fn what_is_read_belongs_to_it_and_what_is_deployed_does_not() {
        let before = digest(None);
        for path in ["people/clearway.toml", "people/board.cw", "people/board.json", "people/VERSION"] {
            assert_ne!(digest(Some(path)), before, "{path}");
        }
        for path in ["people/lab.json", "people/README.md"] {
            assert_eq!(digest(Some(path)), before, "{path}");
        }
    }
}
