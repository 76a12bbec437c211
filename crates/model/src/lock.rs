//! `clearway.lock`: what a project takes from elsewhere, as it was when somebody agreed to it.

use std::collections::BTreeMap;
use std::ops::Range;

use clearway_diagnostics::{Diagnostic, Place, Span, catalogue};
use serde::Deserialize;
use toml::Spanned;

use crate::db::Db;
use crate::query::ExternalFile;

/// The file, beside the project's manifest.
pub const LOCK: &str = "clearway.lock";

/// What is pinned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lock {
    /// Actions that are taken at another commit than the one that is built in, by `owner/name`.
    pub actions: BTreeMap<String, ActionPin>,
    /// Packages by their folder from the project's root.
    pub packages: BTreeMap<String, PackagePin>,
}

/// The commit of an action.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionPin {
    /// Its version, for readers.
    pub version: String,
    /// 40 hexadecimal digits.
    pub commit: String,
}

/// The content of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackagePin {
    /// The digest of its content.
    pub digest: String,
    /// Where that is written.
    pub place: Place,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    actions: BTreeMap<String, Spanned<ActionPin>>,
    #[serde(default)]
    packages: BTreeMap<String, PackageEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PackageEntry {
    digest: Spanned<String>,
}

/// Reads the file; where there is none, nothing is pinned.
pub(crate) fn read(file: ExternalFile, db: &dyn Db) -> Result<Lock, Box<Diagnostic>> {
    let Ok(text) = file.text(db) else { return Ok(Lock::default()) };
    let place = |span: Range<usize>| Place::Bytes(file.id(db), Span::new(span.start as u32, span.end as u32));
    let bad = |what: String, span: Range<usize>| {
        let message = format!("`{LOCK}` does not pin what it names");
        Box::new(Diagnostic::new(catalogue::BAD_MANIFEST, message, place(span), what))
    };
    let found: File = toml::from_str(text)
        .map_err(|error| bad(error.message().to_owned(), error.span().unwrap_or_default()))?;
    let mut lock = Lock::default();
    for (name, entry) in found.actions {
        let (span, pin) = (entry.span(), entry.into_inner());
        if pin.commit.len() != 40
            || !pin.commit.bytes().all(|byte| byte.is_ascii_hexdigit())
            || pin.version.is_empty()
            || pin.version.contains(['\n', '\r'])
        {
            let what = format!("`{name}` needs a `version`, and a `commit` of 40 hexadecimal digits");
            return Err(bad(what, span));
        }
        lock.actions.insert(name, pin);
    }
    for (path, entry) in found.packages {
        let pin = PackagePin { place: place(entry.digest.span()), digest: entry.digest.into_inner() };
        lock.packages.insert(path, pin);
    }
    Ok(lock)
}

/// The text of a lock with other pins of packages; all else in it stays as it is.
pub fn with_packages(text: &str, packages: &[(String, String)]) -> String {
    let mut kept = String::new();
    let mut ours = false;
    for line in text.lines() {
        if line.trim_start().starts_with('[') {
            ours = line.trim_start().starts_with("[packages");
        }
        if !ours {
            kept += line;
            kept.push('\n');
        }
    }
    let mut kept = kept.trim_end().to_owned();
    if !kept.is_empty() {
        kept.push('\n');
    } else if !packages.is_empty() {
        kept = "# Written by `clearway lock`: review changes like those of code.\n".to_owned();
    }
    for (path, digest) in packages {
        kept += &format!("\n[packages.{}]\ndigest = \"{digest}\"\n", quoted(path));
    }
    kept
}

/// A text between the quotes of TOML.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::with_packages;

    #[test]
    fn pins_are_replaced_and_the_rest_stays() {
        let before = "# ours\n[actions.\"a/b\"] # why\nversion = \"1\"\n\n[packages.\"../old\"]\ndigest = \"sha256:0\"\n";
        let after = with_packages(before, &[("../new".to_owned(), "sha256:1".to_owned())]);
        assert_eq!(
            after,
            "# ours\n[actions.\"a/b\"] # why\nversion = \"1\"\n\n[packages.\"../new\"]\ndigest = \"sha256:1\"\n"
        );
        assert_eq!(with_packages(&after, &[]), "# ours\n[actions.\"a/b\"] # why\nversion = \"1\"\n");
        assert_eq!(with_packages("", &[]), "");
    }
}
