//! Directory files: who belongs to a group, as an identity provider exports it.
//!
//! A directory is JSON: a list of names, or an object with a list for each group.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use smol_str::SmolStr;

use crate::db::Db;
use crate::package::path_at;
use crate::value::{CallValue, ValueKind};

/// What a directory file says.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Directory {
    /// One group.
    Names(BTreeSet<SmolStr>),
    /// Several, by name.
    Groups(BTreeMap<String, BTreeSet<SmolStr>>),
}

/// The people of a `directory("path", group = "…")`, or what is wrong with it, in words.
///
/// # Errors
///
/// The file cannot be read, is no directory, or does not have the group.
pub fn members(db: &dyn Db, call: &CallValue) -> Result<BTreeSet<SmolStr>, String> {
    let argument =
        |name: &str| match call.args.iter().find(|(arg, _)| arg == name).map(|(_, value)| &value.kind) {
            Some(ValueKind::Text(text)) => text.to_string(),
            _ => String::new(),
        };
    let (path, group) = (argument("path"), argument("group"));
    let path = call.args.first().map_or(path.clone(), |(_, value)| path_at(db, value.place, &path));
    let text =
        db.external(&path).text(db).clone().map_err(|why| format!("`{path}` cannot be read: {why}"))?;
    let directory: Directory = serde_json::from_str(&text).map_err(|_| {
        format!(
            "`{path}` is no directory: it must be a list of names, or an object with a list for each group"
        )
    })?;
    match (directory, group.as_str()) {
        (Directory::Names(names), "") => Ok(names),
        (Directory::Names(_), group) => {
            Err(format!("`{path}` is one list of names, and has no group `{group}`"))
        }
        (Directory::Groups(_), "") => {
            Err(format!("`{path}` has several groups: name one with `group = \"…\"`"))
        }
        (Directory::Groups(mut groups), group) => {
            groups.remove(group).ok_or_else(|| format!("`{path}` has no group `{group}`"))
        }
    }
}
