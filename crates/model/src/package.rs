//! Packages: folders with a manifest of their own, from which a project takes declarations.
//!
//! A package is known by its folder, from the project's root and with `/`: two that depend on one folder depend on one package, and
//! its files are named by that path in everything that is told of them. What it declares is seen where it is imported; services,
//! environments and other names that are unique in a project are unique over its packages too, because plans and records know them
//! by their names alone. What acts by merely being declared (releases, tests, waivers, policies, alerts) acts in its own project.

use std::sync::Arc;

use clearway_diagnostics::Place;

use crate::db::{Db, MANIFEST};
use crate::query::{Item, Package, Project, SourceFile};
use crate::system::System;

/// The texts of a package: its manifest, and its sources by path below its folder.
pub(crate) struct PackageTexts {
    pub(crate) manifest: Arc<str>,
    pub(crate) sources: Vec<(String, Arc<str>)>,
}

/// Reads the package in a folder; why it cannot be had, in words for the user.
pub(crate) fn read(system: &dyn System, folder: &str) -> Result<PackageTexts, String> {
    let text = |path: &str| {
        let path = joined(folder, path);
        system.read(&path).map_err(|why| format!("`{path}` cannot be read: {why}"))
    };
    let manifest = text(MANIFEST)?;
    let mut paths =
        system.sources(folder).map_err(|why| format!("the folder `{folder}` cannot be listed: {why}"))?;
    paths.sort();
    let sources: Result<_, String> = paths.into_iter().map(|path| Ok((path.clone(), text(&path)?))).collect();
    Ok(PackageTexts { manifest, sources: sources? })
}

/// A path as it is meant from a folder, with as few `.` and `..` as there can be; both with `/`.
pub fn joined(folder: &str, path: &str) -> String {
    let root = if folder.starts_with('/') { "/" } else { "" };
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    root.to_owned() + &parts.join("/")
}

/// Whether a name is only for the package that declares it. Everything else may be imported: a spec is written to be read, and what
/// is put aside is the exception.
pub fn is_private(name: &str) -> bool {
    name.starts_with('_')
}

/// Whether a file may name what another declares under a name.
pub(crate) fn may_name(db: &dyn Db, from: SourceFile, declared: SourceFile, name: &str) -> bool {
    from.package(db) == declared.package(db) || !is_private(name)
}

/// The texts of the project and of its packages.
pub fn all_sources(db: &dyn Db, project: Project) -> impl Iterator<Item = SourceFile> {
    let packages = project.packages(db).iter().flat_map(move |package| package.sources(db));
    project.sources(db).iter().chain(packages).copied()
}

/// The other texts of the project or package that a file is in, itself included.
pub(crate) fn sources_beside(db: &dyn Db, file: SourceFile) -> &[SourceFile] {
    match file.package(db) {
        Some(package) => package.sources(db),
        None => db.project().sources(db),
    }
}

/// The package that the project or another package knows under a name.
pub fn package_named(db: &dyn Db, of: Option<Package>, name: &str) -> Option<Package> {
    let entry = manifest_of(db, of).packages.get(name)?;
    let path = joined(folder_of(db, of), &entry.path);
    db.project().packages(db).iter().copied().find(|package| **package.path(db) == *path)
}

/// The manifest of the project or of a package.
pub fn manifest_of(db: &dyn Db, of: Option<Package>) -> &crate::manifest::Manifest {
    match of {
        Some(package) => package.manifest(db),
        None => db.project().manifest(db),
    }
}

fn folder_of(db: &dyn Db, of: Option<Package>) -> &str {
    of.map_or("", |package| package.path(db))
}

/// A path of another file, from the project's root, where it is written relative to the package that a place is in.
pub(crate) fn path_at(db: &dyn Db, place: Place, path: &str) -> String {
    let is_there = |file: &SourceFile| file.id(db) == place.file();
    let package = db.project().packages(db).iter().find(|package| package.sources(db).iter().any(is_there));
    package.map_or_else(|| path.to_owned(), |package| joined(package.path(db), path))
}

/// The path of a declaration's module, as another file imports it: `platform.environments`. `None` where it cannot.
pub fn import_path(db: &dyn Db, from: SourceFile, item: Item) -> Option<String> {
    crate::query::modules(db, db.project(), from.package(db)).path_of(item.file(db)).map(ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn paths_are_joined_and_shortened() {
        assert_eq!(joined("", "../platform"), "../platform");
        assert_eq!(joined("", "./packages/platform/"), "packages/platform");
        assert_eq!(joined("../platform", "../base"), "../base");
        assert_eq!(joined("../platform", "../../base"), "../../base");
        assert_eq!(joined("../platform", "parts/base"), "../platform/parts/base");
        assert_eq!(joined("/home/shop", "../platform/gates.cw"), "/home/platform/gates.cw");
        assert_eq!(joined("packages/a", "../../../b"), "../b");
    }
}
