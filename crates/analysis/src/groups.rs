//! The people of teams and roles.

use std::collections::{BTreeMap, BTreeSet};

use clearway_model::views::{self, At, Identity, Role, Team};
use clearway_model::{Db, Item, Value, ValueKind, all_sources, directory, items, lower};
use jiff::civil::Date;
use smol_str::SmolStr;

/// The members of a team or role, as they are written.
pub(crate) fn written(db: &dyn Db, item: Item) -> Vec<At<Value>> {
    match item.kind(db).as_str() {
        "team" => views::of::<Team>(lower(db, item)).members,
        "role" => views::of::<Role>(lower(db, item)).members,
        _ => Vec::new(),
    }
}

/// The people of a team or role; a role's teams are taken apart. What is wrong with a directory file is told where it is named.
pub fn members(db: &dyn Db, item: Item) -> BTreeSet<SmolStr> {
    let mut people = BTreeSet::new();
    for member in written(db, item) {
        match &member.value.kind {
            ValueKind::Reference(team) if team.item.kind(db) == "team" => {
                people.extend(members(db, team.item));
            }
            ValueKind::Reference(_) => {}
            ValueKind::Call(call) => people.extend(directory::members(db, call).unwrap_or_default()),
            _ => drop(people.insert(SmolStr::new(member.value.to_string()))),
        }
    }
    people
}

/// Until when people are away, with the place that says it: those of whom it is said.
pub(crate) fn away(db: &dyn Db) -> BTreeMap<SmolStr, At<Date>> {
    let files = all_sources(db, db.project());
    let identities = files.flat_map(|file| items(db, file)).filter(|item| item.kind(db) == "identity");
    let until = |item: &Item| views::of::<Identity>(lower(db, *item)).away_until;
    identities.filter_map(|item| Some((item.name(db).clone(), until(item)?))).collect()
}
