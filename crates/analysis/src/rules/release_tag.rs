//! Infrastructure as code and the release that ships it have one version: that of the release's tag.

use clearway_diagnostics::{Diagnostic, catalogue};
use clearway_model::views::{At, Ship};
use clearway_model::{Db, Item, deployable, release};
use smol_str::SmolStr;

use crate::query::is_flawed;

/// What stands for the version in a tag.
const VERSION: &str = "{}";

pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    if item.kind(db) != "release" || release(db, item).broken {
        return Vec::new();
    }
    let view = &release(db, item).view;
    let Some(tag) = &view.tag else { return Vec::new() };
    let services = view.ship.iter().filter_map(|ship| ship.service.as_ref());
    let mut infrastructures = services.filter(|service| service.value.item.kind(db) == "infrastructure");
    if infrastructures.any(|service| is_flawed(db, service.value.item)) {
        return Vec::new();
    }
    let given = db.project().ship(db);
    let infrastructure = |ship: &Ship| -> Option<(SmolStr, At<SmolStr>)> {
        let service = ship.service.as_ref()?;
        let of = service.value.item;
        (of.kind(db) == "infrastructure").then_some(())?;
        let declared = deployable(db, of).view.version.as_ref();
        let mut version = ship.version.as_ref().or(declared)?.clone();
        version.place = ship.version.as_ref().map_or(service.place, |version| version.place);
        if let Some(given) = given.get(service.value.name.as_str()) {
            version.value = SmolStr::new(given);
        }
        Some((service.value.name.clone(), version))
    };
    let shipped: Vec<(SmolStr, At<SmolStr>)> = view.ship.iter().filter_map(infrastructure).collect();
    let Some((first, one)) = shipped.first() else {
        if !tag.value.contains(VERSION) {
            return Vec::new();
        }
        let message =
            format!("no infrastructure is shipped whose version the tag `{}` could have", tag.value);
        return vec![
            Diagnostic::new(catalogue::TAG_MISMATCH, message, tag.place, "`{}` stands for its version")
                .help("ship the infrastructure that is versioned with the release, or write the whole tag"),
        ];
    };
    let differs = |version: &SmolStr| {
        if tag.value.contains(VERSION) { *version != one.value } else { !names(&tag.value, version) }
    };
    let others = shipped.iter().filter(|(_, version)| differs(&version.value));
    others
        .map(|(name, version)| {
            let message = format!(
                "`{name}` {} is shipped under the tag `{}`, which is of another version",
                version.value, tag.value
            );
            let mut told = Diagnostic::new(
                catalogue::TAG_MISMATCH,
                message,
                version.place,
                "another version than the tag's",
            )
            .related(tag.place, "the tag of the release");
            if tag.value.contains(VERSION) {
                told = told.related(one.place, format!("`{first}` has the version {}", one.value));
            }
            told.help("version infrastructure with the release that ships it: give both one version")
        })
        .collect()
}

/// Whether a tag ends with a version: `v2.1.0`, `infra/2.1.0`.
fn names(tag: &str, version: &str) -> bool {
    tag.strip_suffix(version)
        .is_some_and(|before| !before.ends_with(|c: char| c.is_ascii_digit() || c == '.'))
}
