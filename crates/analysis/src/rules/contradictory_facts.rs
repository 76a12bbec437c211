//! Facts that are said twice, and rules that can never do what they say.

use clearway_diagnostics::{Diagnostic, Place, catalogue};
use clearway_model::views::{self, Deployable, Limit};
use clearway_model::{Db, Item, ValueKind, deployable};
use smol_str::SmolStr;

use crate::query::interface;

/// What contradicts itself in a declaration.
pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    match item.kind(db).as_str() {
        _ if views::is_template(db, item) => Vec::new(),
        "limit" => limit(&views::declared(db, item).view),
        kind if views::DEPLOYABLE.contains(&kind) => {
            let declared = deployable(db, item);
            let mut found = said_twice(db, item, &declared.view);
            found.extend(about_itself(&declared.name, &declared.view));
            found.extend(groups(&declared.view));
            found
        }
        _ => Vec::new(),
    }
}

/// `at V` of the declared version, or of one that has its own already.
fn said_twice(db: &dyn Db, item: Item, view: &Deployable) -> Vec<Diagnostic> {
    let interface = interface(db, item);
    let mut found = Vec::new();
    let mut seen: Vec<(&SmolStr, Place)> = Vec::new();
    for version in view.at.iter().filter_map(|at| at.version.as_ref()) {
        if let Some((_, place)) = seen.iter().find(|(other, _)| interface.is_same(other, &version.value)) {
            let message = format!("the facts of {} are said twice", version.value);
            let told =
                Diagnostic::new(catalogue::CONTRADICTORY_FACTS, message, version.place, "a second time")
                    .related(*place, "they are said here")
                    .help("write all facts of a version in one place");
            found.push(told);
        } else {
            seen.push((&version.value, version.place));
        }
    }
    found
}

/// Rules that name their own service where another was to be named.
fn about_itself(name: &SmolStr, view: &Deployable) -> Vec<Diagnostic> {
    let never_newer = view.never_newer.iter().map(|rule| ("never-newer-than", &rule.target));
    let matches = view.matches.iter().map(|rule| ("match", &rule.target));
    let after = view.after.iter().map(|rule| ("after", &rule.target));
    let all =
        never_newer.chain(matches).chain(after).filter_map(|(rule, target)| Some((rule, target.as_ref()?)));
    let own = all.filter(|(_, target)| target.value.name == *name);
    let told = |rule: &str, place: Place| {
        let message = format!("`{rule}` compares `{name}` with itself");
        Diagnostic::new(catalogue::CONTRADICTORY_FACTS, message, place, "another one is to be named here")
            .help("`skew self …` says how far the versions of one service may be apart")
    };
    let mut found: Vec<Diagnostic> = own.map(|(rule, target)| told(rule, target.place)).collect();
    for target in view.skew.iter().filter_map(|rule| rule.target.as_ref()) {
        if let ValueKind::Reference(reference) = &target.value.kind
            && reference.name == *name
        {
            found.push(told("skew", target.place));
        }
    }
    found
}

/// Groups that move after themselves, or after one that is not there.
fn groups(view: &Deployable) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let names: Vec<&str> =
        view.groups.iter().filter_map(|group| Some(group.name.as_ref()?.value.as_str())).collect();
    for group in &view.groups {
        let Some(name) = &group.name else { continue };
        for other in group.after.iter().filter_map(|after| after.group.as_ref()) {
            if other.value == name.value {
                let message = format!("the group `{}` moves after itself", name.value);
                found.push(Diagnostic::new(
                    catalogue::CONTRADICTORY_FACTS,
                    message,
                    other.place,
                    "another group is to be named here",
                ));
            } else if !names.contains(&other.value.as_str()) {
                let message = format!("there is no group `{}`", other.value);
                let suggestion =
                    clearway_diagnostics::suggest::did_you_mean(&other.value, names.iter().copied());
                let told = Diagnostic::new(
                    catalogue::UNKNOWN_NAME,
                    message,
                    other.place,
                    "not a group of this service",
                );
                found.push(told.help_if(suggestion));
            }
        }
    }
    found
}

fn limit(view: &Limit) -> Vec<Diagnostic> {
    let none = view.versions.as_ref().filter(|versions| versions.value == 0);
    let told = none.map(|versions| {
        let message = "a limit of no versions is broken by whatever is live";
        Diagnostic::new(catalogue::CONTRADICTORY_FACTS, message, versions.place, "at least 1")
    });
    told.into_iter().collect()
}
