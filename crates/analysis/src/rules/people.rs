//! People who are named and belong to no team, role or identity: a name misspelt, or somebody nobody knows.

use std::collections::BTreeSet;

use clearway_diagnostics::{Diagnostic, Edit, catalogue, suggest};
use clearway_model::views::{self, At, Waiver};
use clearway_model::{Db, Item, Project, Value, ValueKind, all_sources, directory, items, lower};
use smol_str::SmolStr;

use crate::groups;
use crate::query::{is_flawed, people};

/// The people a project knows; `None` where some cannot be read, which was told: a directory file, or who is in a team.
pub(crate) type People = Option<BTreeSet<SmolStr>>;

/// Everybody who is a member of a team or role, or has an identity.
pub(crate) fn known(db: &dyn Db, project: Project) -> People {
    let mut people = BTreeSet::new();
    let files = all_sources(db, project);
    for item in files.flat_map(|file| items(db, file)).filter(|item| !views::is_template(db, **item)) {
        if item.kind(db) == "identity" {
            people.insert(item.name(db).clone());
        }
        if matches!(item.kind(db).as_str(), "team" | "role") && is_flawed(db, *item) {
            return None;
        }
        for member in groups::written(db, *item) {
            match member.value.kind {
                ValueKind::Name(name) => drop(people.insert(name)),
                ValueKind::Call(call) => people.extend(directory::members(db, &call).ok()?),
                _ => {}
            }
        }
    }
    Some(people)
}

/// A directory of people that cannot be read.
pub(crate) fn unreadable_directories(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let problem = |At { value, place }: At<Value>| {
        let ValueKind::Call(call) = &value.kind else { return None };
        let why = directory::members(db, call).err()?;
        let help = "export the directory again, or write the names in a list";
        Some(Diagnostic::new(catalogue::UNREADABLE_FILE, why, place, "the members come from here").help(help))
    };
    groups::written(db, item).into_iter().filter_map(problem).collect()
}

/// The people that a declaration names beside teams and roles.
pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let person = |at: &At<Value>| match &at.value.kind {
        ValueKind::Name(name) => Some(At { value: name.clone(), place: at.place }),
        _ => None,
    };
    let named: Vec<At<SmolStr>> = match item.kind(db).as_str() {
        "release" => clearway_model::release(db, item).view.requested_by.iter().cloned().collect(),
        "approval" => {
            let approval: views::Approval = views::of(lower(db, item));
            approval.steps.iter().filter_map(|step| step.escalate.as_ref().and_then(person)).collect()
        }
        "waiver" => views::of::<Waiver>(lower(db, item)).approver.into_iter().collect(),
        "quarantine" => {
            let owner = views::of::<views::Quarantine>(lower(db, item)).owner;
            owner.iter().filter_map(person).collect()
        }
        "triage" => {
            let triage: views::Triage = views::of(lower(db, item));
            triage.defects.iter().filter_map(|defect| defect.owner.as_ref().and_then(person)).collect()
        }
        _ => return Vec::new(),
    };
    let Some(people) = people(db, db.project()) else { return Vec::new() };
    let strangers = named.into_iter().filter(|person| !people.contains(&person.value));
    strangers
        .map(|At { value: name, place }| {
            let message = format!("nobody here is called `{name}`");
            let diagnostic =
                Diagnostic::new(catalogue::UNKNOWN_PERSON, message, place, "a member of no team or role");
            match suggest::closest(&name, people.iter().map(SmolStr::as_str)) {
                Some(closest) => diagnostic
                    .help(format!("did you mean `{closest}`?"))
                    .fix(format!("write `{closest}`"), Edit::Replace(place, closest.to_owned())),
                None => diagnostic.help(format!(
                    "add `{name}` to the members of a team or role, or declare `identity {name} {{ … }}`"
                )),
            }
        })
        .collect()
}
