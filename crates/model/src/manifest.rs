//! `clearway.toml`: the manifest of a project.

use std::borrow::Cow;
use std::collections::BTreeMap;

use clearway_diagnostics::{Diagnostic, Edit, FileId, Place, Span, catalogue, suggest};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What the manifest says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Manifest {
    /// The project's name.
    pub name: String,
    /// The repository that the pipelines stand in, `owner/name`.
    pub repository: Option<String>,
    /// Packages by the name under which they are imported, with the path of each.
    pub packages: BTreeMap<String, String>,
    /// The targets that are configured, with their settings.
    pub targets: BTreeMap<String, BTreeMap<String, String>>,
    /// How pipelines get the binary and where their records go.
    pub pipeline: BTreeMap<String, String>,
}

/// The tables of a manifest and the keys each may have; `*` stands for any.
const KEYS: &[(&str, &[&str])] = &[
    ("project", &["name", "repo"]),
    ("packages", &["*"]),
    ("targets.github", &["plan", "visibility", "runner", "branch"]),
    ("targets.gitlab", &["tier", "image", "tags"]),
    ("targets.argo", &["namespace", "service-account", "image"]),
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
        let mut taken = BTreeMap::new();
        for (name, value) in settings {
            let setting = name.get_ref().as_ref();
            if !allowed.contains(&"*") && !allowed.contains(&setting) {
                self.unknown(
                    name,
                    &format!("`{path}` has no setting `{setting}`"),
                    setting,
                    allowed.iter().copied(),
                );
                continue;
            }
            match value.get_ref() {
                DeValue::String(text) => drop(taken.insert(setting.to_owned(), text.to_string())),
                DeValue::Table(parts) if path == "pipeline" => {
                    for (part, value) in parts {
                        if let DeValue::String(text) = value.get_ref() {
                            taken.insert(format!("{setting}.{}", part.get_ref()), text.to_string());
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
            "packages" => self.manifest.packages = taken,
            "pipeline" => self.manifest.pipeline = taken,
            _ => {
                if let Some(target) = path.strip_prefix("targets.") {
                    self.manifest.targets.insert(target.to_owned(), taken);
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
