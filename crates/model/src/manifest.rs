//! `clearway.toml`: the manifest of a project.

use std::borrow::Cow;
use std::collections::BTreeMap;

use clearway_diagnostics::{Diagnostic, Edit, FileId, Place, Span, catalogue, suggest};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::package::is_private;

/// The name under which the library is imported.
pub const LIBRARY: &str = "std";

/// What the manifest says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Manifest {
    /// The project's name.
    pub name: String,
    /// Others that depend on it are bound by what it declares: its policies are in force there, and what extends its declarations may only
    /// tighten them.
    pub binding: bool,
    /// The repository that the pipelines stand in, `owner/name`.
    pub repository: Option<String>,
    /// Packages by the name under which they are imported.
    pub packages: BTreeMap<String, PathEntry>,
    /// The targets that are configured, with their settings.
    pub targets: BTreeMap<String, BTreeMap<String, String>>,
    /// How pipelines get the binary and where their records go.
    pub pipeline: BTreeMap<String, String>,
    /// Where it says so.
    pub pipeline_place: Option<Place>,
    /// The file with the public keys of those who sign records.
    pub signed_by: Option<PathEntry>,
}

/// A file, or the folder of a package, that the manifest names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathEntry {
    /// Its path, from the folder of the manifest.
    pub path: String,
    /// Where it is named.
    pub place: Place,
}

/// What may be said of a package.
const PACKAGE_KEYS: &[&str] = &["path"];

/// The setting that is no text.
const BINDING: &str = "binding";

/// The settings of `[pipeline]` that may be tables, and the keys each may have.
const PARTS: &[(&str, &[&str])] =
    &[("clearway", &["version", "url", "sha256"]), ("ledger", &["url", "role", "region", SIGNED_BY])];

/// The key of a ledger that names a file.
const SIGNED_BY: &str = "signed-by";

/// The tables of a manifest and the keys each may have; those of `packages` are names of the author's.
const KEYS: &[(&str, &[&str])] = &[
    ("project", &["binding", "name", "repo"]),
    ("packages", &[]),
    ("targets.github", &["plan", "visibility", "runner", "branch", "review"]),
    ("targets.gitlab", &["tier", "image", "tags"]),
    ("targets.argo", &["namespace", "service-account", "image", "repository", "branch", "rule-label"]),
    ("pipeline", &["clearway", "image", "path", "ledger"]),
];

/// Reads a manifest. What is wrong is told; what can be read is used.
pub fn parse(text: &str, file: FileId) -> (Manifest, Vec<Diagnostic>) {
    let mut reader = Reader { file, manifest: Manifest::default(), problems: Vec::new() };
    match DeTable::parse(text) {
        Ok(document) => {
            for (key, value) in document.get_ref() {
                match (key.get_ref().as_ref(), value.get_ref()) {
                    ("targets", DeValue::Table(targets)) => {
                        for (target, settings) in targets {
                            reader.table(&format!("targets.{}", target.get_ref()), target, settings);
                        }
                    }
                    (name, _) => reader.table(name, key, value),
                }
            }
            reader.needs_a_name(text);
        }
        Err(error) => {
            let message = error.message().to_owned();
            let place = reader.place(&error.span().unwrap_or_default());
            reader.problems.push(Diagnostic::new(
                catalogue::BAD_MANIFEST,
                "the manifest is not TOML",
                place,
                message,
            ));
        }
    }
    (reader.manifest, reader.problems)
}

type Key<'t> = Spanned<Cow<'t, str>>;

struct Reader {
    file: FileId,
    manifest: Manifest,
    problems: Vec<Diagnostic>,
}

impl Reader {
    fn place(&self, span: &std::ops::Range<usize>) -> Place {
        Place::Bytes(self.file, Span::new(span.start as u32, span.end as u32))
    }

    /// Takes the settings of a table.
    fn table(&mut self, path: &str, key: &Key<'_>, value: &Spanned<DeValue<'_>>) {
        let Some((_, allowed)) = KEYS.iter().find(|(name, _)| *name == path) else {
            let known = KEYS.iter().map(|(name, _)| {
                name.strip_prefix("targets.").filter(|_| path.contains('.')).unwrap_or(name)
            });
            let wanted = path.strip_prefix("targets.").unwrap_or(path);
            return self.unknown(key, &format!("there is no table `{path}`"), wanted, known);
        };
        let DeValue::Table(settings) = value.get_ref() else {
            return self.wrong(&key.span(), format!("`{path}` is a table"), format!("write `[{path}]`"));
        };
        if path == "packages" {
            return settings.iter().for_each(|(name, value)| self.package(name, value));
        }
        let mut taken = BTreeMap::new();
        for (name, value) in settings {
            let setting = name.get_ref().as_ref();
            if !allowed.contains(&setting) {
                self.unknown(
                    name,
                    &format!("`{path}` has no setting `{setting}`"),
                    setting,
                    allowed.iter().copied(),
                );
                continue;
            }
            match value.get_ref() {
                DeValue::Boolean(binding) if setting == BINDING => self.manifest.binding = *binding,
                other if setting == BINDING => {
                    let message =
                        format!("`{setting}` must be `true` or `false`, and is {}", other.type_str());
                    self.wrong(&value.span(), message, format!("write `{setting} = true`"));
                }
                DeValue::String(text) => drop(taken.insert(setting.to_owned(), text.to_string())),
                DeValue::Table(parts) if path == "pipeline" => {
                    match PARTS.iter().find(|(of, _)| *of == setting) {
                        Some((_, known)) => self.parts(setting, parts, known, &mut taken),
                        None => {
                            let message = format!("`{setting}` must be a text, and is a table");
                            self.wrong(&value.span(), message, format!("write `{setting} = \"…\"`"));
                        }
                    }
                }
                other => {
                    let message = format!("`{setting}` must be a text, and is {}", other.type_str());
                    self.wrong(&value.span(), message, format!("write `{setting} = \"…\"`"));
                }
            }
        }
        match path {
            "project" => {
                self.manifest.name = taken.remove("name").unwrap_or_default();
                self.manifest.repository = taken.remove("repo");
            }
            "pipeline" => {
                self.manifest.pipeline = taken;
                self.manifest.pipeline_place = Some(self.place(&key.span()));
            }
            _ => {
                if let Some(target) = path.strip_prefix("targets.") {
                    self.manifest.targets.insert(target.to_owned(), taken);
                }
            }
        }
    }

    /// Takes the parts of a setting that is a table: `ledger = { url = "…" }`.
    fn parts(
        &mut self,
        setting: &str,
        parts: &DeTable<'_>,
        known: &[&str],
        taken: &mut BTreeMap<String, String>,
    ) {
        for (key, value) in parts {
            let part = key.get_ref().as_ref();
            match value.get_ref() {
                _ if !known.contains(&part) => {
                    let message = format!("`{setting}` has no setting `{part}`");
                    self.unknown(key, &message, part, known.iter().copied());
                }
                DeValue::String(text) if part == SIGNED_BY => {
                    self.manifest.signed_by = self.path(&value.span(), text);
                }
                DeValue::String(text) => drop(taken.insert(format!("{setting}.{part}"), text.to_string())),
                other => {
                    let message = format!("`{part}` must be a text, and is {}", other.type_str());
                    self.wrong(&value.span(), message, format!("write `{part} = \"…\"`"));
                }
            }
        }
    }

    /// A path from the folder of the manifest. One of one machine, or of one system, is none for everybody else.
    fn path(&mut self, span: &std::ops::Range<usize>, path: &str) -> Option<PathEntry> {
        if path.is_empty()
            || path.starts_with('/')
            || path.contains(|c: char| c == '\\' || c == ':' || c.is_control())
        {
            let message = format!("`{path}` is no path from this manifest's folder");
            self.wrong(span, message, "write it relative to this file, with `/`".to_owned());
            return None;
        }
        Some(PathEntry { path: path.to_owned(), place: self.place(span) })
    }

    /// Takes a package: `platform = { path = "../platform" }`.
    fn package(&mut self, name: &Key<'_>, value: &Spanned<DeValue<'_>>) {
        let known_as = name.get_ref().as_ref();
        let help = |path: &str| format!("write `{known_as} = {{ path = \"{path}\" }}`");
        if !clearway_syntax::is_name(known_as) || known_as == LIBRARY || is_private(known_as) {
            let message = format!("`{known_as}` cannot be the name of a package");
            let help = format!("take a name that `use` can say, and not `{LIBRARY}`: that is the library");
            return self.wrong(&name.span(), message, help);
        }
        let parts = match value.get_ref() {
            DeValue::Table(parts) => parts,
            other => {
                let message = format!("a package is a table, and `{known_as}` is {}", other.type_str());
                let path = if let DeValue::String(path) = other { path } else { "../…" };
                return self.wrong(&value.span(), message, help(path));
            }
        };
        let mut path = None;
        for (key, value) in parts {
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("path", DeValue::String(text)) => path = Some((text.to_string(), value.span())),
                ("path", other) => {
                    let message = format!("`path` must be a text, and is {}", other.type_str());
                    return self.wrong(&value.span(), message, help("../…"));
                }
                (other, _) => {
                    let message = format!("a package has no setting `{other}`");
                    self.unknown(key, &message, other, PACKAGE_KEYS.iter().copied());
                }
            }
        }
        match path {
            None => {
                let message = format!("the package `{known_as}` has no path");
                self.wrong(&name.span(), message, help("../…"));
            }
            Some((path, span)) => {
                if let Some(entry) = self.path(&span, &path) {
                    self.manifest.packages.insert(known_as.to_owned(), entry);
                }
            }
        }
    }

    fn needs_a_name(&mut self, text: &str) {
        if self.manifest.name.is_empty() && self.problems.is_empty() {
            let first = text.lines().next().map_or(0, str::len);
            self.wrong(
                &(0..first),
                "the project has no name".to_owned(),
                "write `[project]` and below it `name = \"…\"`".to_owned(),
            );
        }
    }

    fn unknown<'a>(
        &mut self,
        key: &Key<'_>,
        message: &str,
        wanted: &str,
        known: impl Iterator<Item = &'a str>,
    ) {
        let place = self.place(&key.span());
        let mut diagnostic =
            Diagnostic::new(catalogue::UNKNOWN_SETTING, message, place, "nothing has this name");
        if let Some(closest) = suggest::closest(wanted, known) {
            diagnostic = diagnostic
                .help(format!("did you mean `{closest}`?"))
                .fix(format!("write `{closest}`"), Edit::Replace(place, closest.to_owned()));
        }
        self.problems.push(diagnostic);
    }

    fn wrong(&mut self, span: &std::ops::Range<usize>, message: String, help: String) {
        let place = self.place(span);
        self.problems.push(Diagnostic::new(catalogue::BAD_MANIFEST, message, place, "").help(help));
    }
}
