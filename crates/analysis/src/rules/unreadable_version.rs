//! Versions and ranges that the scheme of their deployable cannot read: nothing could be compared with them.

use clearway_diagnostics::{Diagnostic, Place, catalogue};
use clearway_model::views::{self, At, Deployable, Requirement};
use clearway_model::{Db, Item, ValueKind, deployable, release};
use clearway_versions::{Range, Scheme};
use smol_str::SmolStr;

use crate::query::interface;

pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if views::is_template(db, item) {
        return found;
    }
    match item.kind(db).as_str() {
        "release" => {
            for ship in &release(db, item).view.ship {
                if let (Some(service), Some(version)) = (&ship.service, &ship.version) {
                    let scheme = &interface(db, service.value.item).scheme;
                    found.extend(version_of(&service.value.name, scheme, &version.value, version.place));
                }
            }
        }
        kind if views::DEPLOYABLE.contains(&kind) => {
            let declared = deployable(db, item);
            found.extend(bad_pattern(&declared.view));
            own(&declared.name, &declared.view, &mut found);
            let needs =
                declared.view.requires.iter().chain(declared.view.at.iter().flat_map(|at| &at.requires));
            needs.for_each(|need| found.extend(required(db, need)));
        }
        _ => {}
    }
    found
}

/// A text for a scheme that is no pattern of fields.
fn bad_pattern(owner: &Deployable) -> Option<Diagnostic> {
    let At { value, place } = owner.version_scheme.as_ref()?;
    let ValueKind::Text(pattern) = &value.kind else { return None };
    let message = format!("`{pattern}` is no scheme of versions");
    Scheme::fields(pattern).is_none().then(|| {
        Diagnostic::new(catalogue::BAD_VALUE, message, *place, "fields between dots are expected")
            .help("the fields are `{major}`, `{minor}`, `{patch}`, and `{_}` for one that does not count: `\"{_}.{major}.{minor}\"`")
    })
}

/// Everything that a deployable says in its own scheme, and the parts it provides, whose versions are numbers.
fn own(name: &SmolStr, owner: &Deployable, found: &mut Vec<Diagnostic>) {
    let scheme = owner.scheme();
    let facts = owner.at.iter();
    let versions = (owner.version.iter())
        .chain(&owner.releases)
        .chain(facts.clone().filter_map(|at| at.version.as_ref()))
        .chain(owner.aliases.iter().filter_map(|alias| alias.version.as_ref()));
    for version in versions {
        found.extend(version_of(name, &scheme, &version.value, version.place));
    }
    let requires = owner.requires.iter().chain(facts.clone().flat_map(|at| &at.requires));
    let ranges = (requires.filter_map(|need| need.when.as_ref()))
        .chain(owner.skew.iter().filter_map(|skew| skew.when.as_ref()))
        .chain(owner.after.iter().filter_map(|after| after.when.as_ref()))
        .chain(facts.clone().filter_map(|at| at.only_from.as_ref()?.range.as_ref()));
    for range in ranges {
        found.extend(range_of(name, &scheme, &range.value, range.place));
    }
    for provided in owner.provides.iter().chain(facts.flat_map(|at| &at.provides)) {
        if let (Some(part), Some(version)) = (&provided.part, &provided.version) {
            let part = format!("{name}.{}", part.value);
            found.extend(version_of(&part, &Scheme::default(), &version.value, version.place));
        }
    }
}

fn required(db: &dyn Db, need: &Requirement) -> Option<Diagnostic> {
    let (target, range) = (need.target.as_ref()?, need.range.as_ref()?);
    match &target.value.part {
        Some((part, _)) => {
            let part = format!("{}.{part}", target.value.name);
            range_of(&part, &Scheme::default(), &range.value, range.place)
        }
        None => {
            let scheme = &interface(db, target.value.item).scheme;
            range_of(&target.value.name, scheme, &range.value, range.place)
        }
    }
}

/// What to say of a version that its scheme cannot read.
pub(crate) fn version_of(of: &str, scheme: &Scheme, version: &str, place: Place) -> Option<Diagnostic> {
    scheme.read(version).is_none().then(|| unreadable(of, scheme, version, place))
}

fn range_of(of: &str, scheme: &Scheme, range: &Range, place: Place) -> Option<Diagnostic> {
    let bounds = range.alternatives.iter().flatten();
    let wrong = bounds.map(|bound| &bound.version).find(|version| scheme.read(version).is_none())?;
    Some(unreadable(of, scheme, wrong, place))
}

fn unreadable(of: &str, scheme: &Scheme, version: &str, place: Place) -> Diagnostic {
    let message = format!("`{version}` is no version of `{of}`");
    let label = format!("its versions are {scheme}");
    Diagnostic::new(catalogue::UNREADABLE_VERSION, message, place, label)
        .help("say with `version-scheme = …` how they are written, or give this one a meaning with `alias \"…\" VERSION`")
}
