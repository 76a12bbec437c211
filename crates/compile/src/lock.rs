//! `clearway.lock`: actions that are taken at another commit than the one that is built in.

use std::collections::BTreeMap;

use clearway_diagnostics::{Diagnostic, Place, Span, catalogue};
use clearway_model::{Db, Workspace};
use clearway_targets::Pin;
use serde::Deserialize;

/// The file, beside the manifest.
const LOCK: &str = "clearway.lock";

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Lock {
    #[serde(default)]
    actions: BTreeMap<String, Locked>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Locked {
    version: String,
    commit: String,
}

/// The pinned actions; none where there is no such file.
pub(crate) fn pins(workspace: &Workspace) -> Result<BTreeMap<String, Pin>, Box<Diagnostic>> {
    let file = workspace.external(LOCK);
    let Ok(text) = file.text(workspace) else { return Ok(BTreeMap::new()) };
    let bad = |what: String, span: std::ops::Range<usize>| {
        let place = Place::Bytes(file.id(workspace), Span::new(span.start as u32, span.end as u32));
        Box::new(Diagnostic::new(
            catalogue::BAD_MANIFEST,
            format!("`{LOCK}` does not pin what it names"),
            place,
            what,
        ))
    };
    let lock: Lock = toml::from_str(text)
        .map_err(|error| bad(error.message().to_owned(), error.span().unwrap_or_default()))?;
    let pin = |(name, locked): (String, Locked)| {
        let is_commit =
            locked.commit.len() == 40 && locked.commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_version = !locked.version.contains(['\n', '\r']) && !locked.version.is_empty();
        if !is_commit || !is_version {
            let at = text.find(&locked.commit).filter(|_| !locked.commit.is_empty()).unwrap_or_default();
            let what = format!("`{name}` needs a `version`, and a `commit` of 40 hexadecimal digits");
            return Err(bad(what, at..at + locked.commit.len()));
        }
        Ok((name, Pin { version: locked.version, commit: locked.commit }))
    };
    lock.actions.into_iter().map(pin).collect()
}
