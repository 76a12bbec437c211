//! Packages: each can be read, none depends on itself, and each is what `clearway.lock` pins.

use std::collections::BTreeMap;

use clearway_diagnostics::{Diagnostic, Place, catalogue};
use clearway_model::{Db, Package, Project, joined, locked, manifest_of, package_digest, package_named};
use petgraph::graph::DiGraph;

use crate::cycle::cycles;

/// A package that a manifest names.
struct Dependency<'db> {
    /// Who names it; the project without one.
    from: Option<Package>,
    name: &'db str,
    place: Place,
    package: Package,
}

/// What there is to tell of packages and of the file that pins them.
pub(crate) fn check(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    let mut diagnostics = in_the_way(db, project);
    if let Ok(lock) = locked(db, project) {
        diagnostics.extend(unpinned(db, &dependencies(db, project), &lock.packages));
    }
    diagnostics
}

/// What must be mended before the packages can be pinned.
pub(crate) fn in_the_way(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    let bad_lock = locked(db, project).as_ref().err().map(|bad| (**bad).clone());
    let dependencies = dependencies(db, project);
    let each = dependencies.iter();
    let mut diagnostics: Vec<Diagnostic> = bad_lock.into_iter().collect();
    diagnostics.extend(each.clone().filter_map(|dependency| unreadable(db, dependency)));
    diagnostics.extend(each.filter_map(|dependency| ambiguous(db, project, dependency)));
    diagnostics.extend(in_circles(db, &dependencies));
    diagnostics
}

fn dependencies(db: &dyn Db, project: Project) -> Vec<Dependency<'_>> {
    let owners = std::iter::once(None).chain(project.packages(db).iter().copied().map(Some));
    let of = |from: Option<Package>| {
        manifest_of(db, from).packages.iter().filter_map(move |(name, entry)| {
            let package = package_named(db, from, name)?;
            Some(Dependency { from, name, place: entry.place, package })
        })
    };
    owners.flat_map(of).collect()
}

fn unreadable(db: &dyn Db, dependency: &Dependency<'_>) -> Option<Diagnostic> {
    let why = dependency.package.trouble(db).as_ref()?;
    let message = format!("the package `{}` cannot be read", dependency.name);
    Some(
        Diagnostic::new(catalogue::UNREADABLE_PACKAGE, message, dependency.place, why.clone())
            .help("a package is a folder with a `clearway.toml` of its own"),
    )
}

/// A package and a folder or file beside the manifest that share a name: `use` could mean either.
fn ambiguous(db: &dyn Db, project: Project, dependency: &Dependency<'_>) -> Option<Diagnostic> {
    let own = dependency.from.map_or_else(|| project.sources(db), |package| package.sources(db));
    let folder = dependency.from.map_or("", |package| package.path(db));
    let prefix = joined(folder, dependency.name);
    let shares =
        |path: &str| path.strip_prefix(&*prefix).is_some_and(|rest| rest == ".cw" || rest.starts_with('/'));
    let other = own.iter().map(|file| file.path(db)).find(|path| shares(path))?;
    let message = format!("`use {}…` could mean the package or `{other}`", dependency.name);
    Some(
        Diagnostic::new(
            catalogue::AMBIGUOUS_PACKAGE,
            message,
            dependency.place,
            "the package is this folder",
        )
        .help("give the package another name in the manifest: it is called what its user likes"),
    )
}

fn in_circles(db: &dyn Db, dependencies: &[Dependency<'_>]) -> Vec<Diagnostic> {
    let mut graph: DiGraph<&str, &Dependency<'_>> = DiGraph::new();
    let mut nodes = BTreeMap::new();
    for dependency in dependencies {
        let ends = [dependency.from, Some(dependency.package)].map(|end| {
            let path: &str = end.map_or("", |package| package.path(db));
            *nodes.entry(path).or_insert_with(|| graph.add_node(path))
        });
        graph.add_edge(ends[0], ends[1], dependency);
    }
    let told = cycles(&graph).into_iter().filter_map(|cycle| {
        let (first, others) = cycle.edges.split_first()?;
        let path = |edge| graph.edge_endpoints(edge).map_or("", |(from, _)| graph[from]);
        let mut folders: Vec<&str> = cycle.edges.iter().map(|edge| path(*edge)).collect();
        folders.push(folders.first().copied()?);
        let says = |dependency: &Dependency<'_>| format!("depends on `{}`", dependency.package.path(db));
        let message = format!("packages depend on one another in a circle: {}", folders.join(" → "));
        let told =
            Diagnostic::new(catalogue::PACKAGE_CYCLE, message, graph[*first].place, says(graph[*first]));
        let told =
            others.iter().fold(told, |told, edge| told.related(graph[*edge].place, says(graph[*edge])));
        Some(told.help("move what both need into a package of its own"))
    });
    told.collect()
}

fn unpinned(
    db: &dyn Db,
    dependencies: &[Dependency<'_>],
    pins: &BTreeMap<String, clearway_model::lock::PackagePin>,
) -> Vec<Diagnostic> {
    // The first that names a package: the project before its packages.
    let mut named: BTreeMap<&str, &Dependency<'_>> = BTreeMap::new();
    for dependency in dependencies {
        named.entry(dependency.package.path(db)).or_insert(dependency);
    }
    let mut told = Vec::new();
    for (path, dependency) in &named {
        if dependency.package.trouble(db).is_some() {
            continue;
        }
        let digest = package_digest(db, dependency.package);
        match pins.get(*path) {
            None => told.push(
                Diagnostic::new(
                    catalogue::UNPINNED_PACKAGE,
                    format!("the package `{}` is not pinned", dependency.name),
                    dependency.place,
                    format!("its content is {digest}"),
                )
                .help("look at what is in it, then run `clearway lock`"),
            ),
            Some(pin) if pin.digest != *digest => told.push(
                Diagnostic::new(
                    catalogue::CHANGED_PACKAGE,
                    format!("the package `{}` is not what `clearway.lock` pins", dependency.name),
                    dependency.place,
                    format!("its content is {digest}"),
                )
                .related(pin.place, format!("pinned is {}", pin.digest))
                .help("look at what changed in it, then run `clearway lock`"),
            ),
            Some(_) => {}
        }
    }
    for (path, pin) in pins.iter().filter(|(path, _)| !named.contains_key(path.as_str())) {
        let message = format!("`{path}` is pinned, and nothing depends on it");
        told.push(
            Diagnostic::new(catalogue::UNUSED_PIN, message, pin.place, "pins nothing")
                .help("`clearway lock` takes it out"),
        );
    }
    told
}
