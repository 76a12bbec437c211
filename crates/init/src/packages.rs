//! The packages that services are built from, and their versions.

use crate::found::{Found, Package};
use crate::{Files, path};
use serde_json::Value;
use std::collections::BTreeMap;

/// How a package's file is read: its name, and what it says.
type Reader = fn(&str) -> Option<Said>;

/// The files that state a version, the most telling first.
const READERS: [(&str, Reader); 5] = [
    ("package.json", package_json),
    ("Cargo.toml", cargo_toml),
    ("pyproject.toml", pyproject_toml),
    ("VERSION", plain),
    ("version.txt", plain),
];

/// What a package's file says.
#[derive(Default)]
struct Said {
    name: Option<String>,
    version: Option<String>,
    about: Option<String>,
    /// The dotted key of the version; none in a plain file.
    key: &'static str,
    /// The version stands in the workspace's file.
    inherits: bool,
}

/// Where no file says what runs: each folder with a Dockerfile is a service, else the package at the root.
pub(crate) fn services(project: &str, files: &Files<'_>, found: &mut Found) {
    let dockerfiles: Vec<&str> =
        files.paths.iter().map(String::as_str).filter(|file| is_dockerfile(file)).collect();
    for file in dockerfiles {
        let folder = path::folder(file);
        let name = if folder.is_empty() { project } else { path::last(folder) };
        if let Some(service) = found.service(name, file) {
            service.folder.get_or_insert_with(|| folder.to_owned());
        }
    }
    if !found.services.is_empty() {
        return;
    }
    for (file, read) in READERS.iter().filter(|(file, _)| files.has(file)) {
        let said = files.read(file, found).as_deref().and_then(read);
        let Some(name) = said.and_then(|said| said.name) else { continue };
        if let Some(service) = found.service(path::last(&name), file) {
            service.folder = Some(String::new());
            return;
        }
    }
}

/// Finds each service's folder, and the package in it.
pub(crate) fn versions(files: &Files<'_>, found: &mut Found) {
    let named = folders(files);
    let names: Vec<String> = found.services.keys().cloned().collect();
    for name in names {
        let folder = found.services.get(&name).and_then(|service| service.folder.clone());
        let Some(folder) = folder.or_else(|| named.get(name.as_str()).map(|folder| (*folder).to_owned()))
        else {
            continue;
        };
        let package = package(&folder, files, found);
        if let Some(service) = found.services.get_mut(&name) {
            service.package = package;
            service.folder = Some(folder);
        }
    }
}

/// The folder to take for each folder name: one with a package or a Dockerfile, else the shallowest.
fn folders<'f>(files: &'f Files<'_>) -> BTreeMap<&'f str, &'f str> {
    let mut best: BTreeMap<&str, (bool, usize, &str)> = BTreeMap::new();
    for file in &files.paths {
        let mut folder = path::folder(file);
        let mut bare = !(is_dockerfile(file) || READERS.iter().any(|(name, _)| path::last(file) == *name));
        while !folder.is_empty() {
            let rank = (bare, folder.matches('/').count(), folder);
            let known = best.entry(path::last(folder)).or_insert(rank);
            *known = rank.min(*known);
            folder = path::folder(folder);
            bare = true;
        }
    }
    best.into_iter().map(|(name, (_, _, folder))| (name, folder)).collect()
}

fn is_dockerfile(file: &str) -> bool {
    path::last(file) == "Dockerfile"
}

/// The package of a folder, if it has one with a version that can be used.
fn package(folder: &str, files: &Files<'_>, found: &mut Found) -> Option<Package> {
    READERS.iter().find_map(|(name, read)| {
        let file = path::join(folder, name);
        let text = if files.has(&file) { files.read(&file, found)? } else { return None };
        let Some(said) = read(&text) else {
            found.unreadable(&file, "it is no valid file of its kind");
            return None;
        };
        let (file, key, version) = match said.version {
            None if said.inherits => inherited(folder, files, found)?,
            version => (file, said.key, version?),
        };
        let read = crate::image::version(&version).filter(|read| read.exact)?.text;
        // `v1.2` is no version where it is read by key.
        let key = (read == version).then_some(key);
        Some(Package { file, version: read, key, about: said.about })
    })
}

/// `workspace.package.version` of the nearest `Cargo.toml` above.
fn inherited(folder: &str, files: &Files<'_>, found: &mut Found) -> Option<(String, &'static str, String)> {
    let mut folder = folder;
    while !folder.is_empty() {
        folder = path::folder(folder);
        let file = path::join(folder, "Cargo.toml");
        let text = if files.has(&file) { files.read(&file, found) } else { None };
        let table: Option<toml::Table> = text.and_then(|text| text.parse().ok());
        let version =
            table.as_ref().and_then(|table| at(table, &["workspace", "package", "version"])?.as_str());
        if let Some(version) = version {
            return Some((file, "workspace.package.version", version.to_owned()));
        }
    }
    None
}

fn package_json(text: &str) -> Option<Said> {
    let value: Value = serde_json::from_str(text).ok()?;
    let field = |name| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let (name, version, about) = (field("name"), field("version"), field("description"));
    Some(Said { name, version, about, key: "version", inherits: false })
}

fn cargo_toml(text: &str) -> Option<Said> {
    let table: toml::Table = text.parse().ok()?;
    let inherits =
        at(&table, &["package", "version", "workspace"]).and_then(toml::Value::as_bool) == Some(true);
    Some(Said { inherits, key: "package.version", ..toml_package(&table, &["package"]) })
}

fn pyproject_toml(text: &str) -> Option<Said> {
    let table: toml::Table = text.parse().ok()?;
    let standard = toml_package(&table, &["project"]);
    if standard.version.is_some() {
        return Some(Said { key: "project.version", ..standard });
    }
    let poetry = toml_package(&table, &["tool", "poetry"]);
    Some(Said {
        name: standard.name.or(poetry.name),
        about: standard.about.or(poetry.about),
        version: poetry.version,
        key: "tool.poetry.version",
        inherits: false,
    })
}

fn plain(text: &str) -> Option<Said> {
    Some(Said { version: Some(text.trim().to_owned()), ..Said::default() })
}

fn toml_package(table: &toml::Table, place: &[&str]) -> Said {
    let field = |name| at(table, &[place, &[name]].concat()).and_then(toml::Value::as_str).map(str::to_owned);
    Said { name: field("name"), version: field("version"), about: field("description"), ..Said::default() }
}

/// The value at a path of keys.
fn at<'t>(table: &'t toml::Table, keys: &[&str]) -> Option<&'t toml::Value> {
    let (last, before) = keys.split_last()?;
    let mut table = table;
    for key in before {
        table = table.get(*key)?.as_table()?;
    }
    table.get(*last)
}
