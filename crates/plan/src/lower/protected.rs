//! Secrets and data.

use std::collections::BTreeMap;

use clearway_model::views::{self, At};
use clearway_model::{CallValue, Db, Item, Reference, ValueKind, lower};

use super::seconds::{amount, seconds};
use super::{Parts, declarations};
use crate::ir::{Command, Origin};
use crate::protected::{Dataset, Secret, SecretSource};

/// The secrets that something uses, by name; each is noted in `parts`.
pub(super) fn secrets(db: &dyn Db, used: &[At<std::sync::Arc<Reference>>], parts: &mut Parts) -> Vec<String> {
    let mut names = Vec::new();
    for reference in used.iter().map(|at| &at.value) {
        if let Some(secret) = secret(db, reference.item) {
            parts.secrets.insert(reference.name.to_string(), secret);
            names.push(reference.name.to_string());
        }
    }
    names
}

fn secret(db: &dyn Db, item: Item) -> Option<Secret> {
    let view: views::Secret = views::of(lower(db, item));
    Some(Secret {
        from: source(&view.from.as_ref()?.value)?,
        max_age: seconds(view.max_age.as_ref()),
        rotated: view.rotated.as_ref().map(|day| day.value),
    })
}

fn source(call: &CallValue) -> Option<SecretSource> {
    let text = |at: usize| match &call.args.get(at)?.1.kind {
        ValueKind::Text(text) => Some(text.to_string()),
        _ => None,
    };
    Some(match call.function.as_str() {
        "vault" => SecretSource::Vault { path: text(0)?, key: text(1)? },
        _ => SecretSource::Store(text(0)?),
    })
}

/// The data that is put into the environments of a project, by name.
pub(super) fn datasets(db: &dyn Db) -> BTreeMap<String, Dataset> {
    let declared = declarations(db).filter(|item| item.kind(db) == "dataset");
    declared.filter_map(|item| Some((item.name(db).to_string(), dataset(db, item)?))).collect()
}

fn dataset(db: &dyn Db, item: Item) -> Option<Dataset> {
    let view: views::Dataset = views::of(lower(db, item));
    Some(Dataset {
        origin: Origin::new("dataset", item.name(db)),
        class: view.class.iter().map(|class| class.value.to_string()).collect(),
        source: view.source.as_ref()?.value.to_string(),
        volume: amount(view.volume.as_ref()),
        environments: view.environments.iter().map(|at| at.value.name.to_string()).collect(),
        provision: Command {
            run: view.provision.as_ref()?.value.to_string(),
            timeout: seconds(view.timeout.as_ref())?,
        },
    })
}
