//! Alerts and flags.

use std::collections::{BTreeMap, BTreeSet};

use clearway_model::views;
use clearway_model::{Db, Item, Reference, environment, lower};

use super::seconds::seconds;
use super::{Parts, conditions, declarations, named_anywhere, places, rollouts};
use crate::ir::{Command, Origin};
use crate::running::{Alert, Flag, Ramp};

/// The alerts of a project. Where they hold, and who is told, is noted in `parts`.
pub(super) fn alerts(db: &dyn Db, parts: &mut Parts) -> BTreeMap<String, Alert> {
    let declared: Vec<Item> = declarations(db).filter(|item| item.kind(db) == "alert").collect();
    let alerts =
        declared.into_iter().filter_map(|item| Some((item.name(db).to_string(), alert(db, item, parts)?)));
    alerts.collect()
}

fn alert(db: &dyn Db, item: Item, parts: &mut Parts) -> Option<Alert> {
    let view: views::Alert = views::of(lower(db, item));
    let when = view.when?;
    let notify = view.notify.map(|team| team.value.name.to_string());
    parts.groups.extend(notify.clone());
    for at in &view.environments {
        place(db, &at.value, parts);
    }
    let named: Vec<String> = view.environments.iter().map(|at| at.value.name.to_string()).collect();
    Some(Alert {
        origin: Origin::new("alert", item.name(db)),
        service: view.service?.value.name.to_string(),
        when: conditions::requirement(db, &when.condition?.value),
        over: seconds(when.over.as_ref()),
        lasts: seconds(when.lasts.as_ref()).unwrap_or_default(),
        severity: view.severity?.value.to_string(),
        group_by: view.group_by.iter().map(|label| label.value.to_string()).collect(),
        runbook: view.runbook.map(|text| text.value.to_string()),
        notify,
        environments: if named.is_empty() { monitored(db, parts) } else { named },
    })
}

/// Every production environment that is monitored, by name.
fn monitored(db: &dyn Db, parts: &mut Parts) -> Vec<String> {
    let items: Vec<Item> = named_anywhere(db).filter(|item| item.kind(db) == "environment").collect();
    let mut names = BTreeSet::new();
    for item in items {
        let view = &environment(db, item).view;
        let in_production = view.tier.as_ref().is_some_and(|tier| tier.value == "production");
        if in_production && view.monitoring.is_some() {
            let name = item.name(db).to_string();
            parts.environments.entry(name.clone()).or_insert_with(|| places::place(db, item));
            names.insert(name);
        }
    }
    names.into_iter().collect()
}

fn place(db: &dyn Db, environment: &Reference, parts: &mut Parts) {
    let name = environment.name.to_string();
    parts.environments.entry(name).or_insert_with(|| places::place(db, environment.item));
}

/// The flags of a project, by name.
pub(super) fn flags(db: &dyn Db) -> BTreeMap<String, Flag> {
    let declared = declarations(db).filter(|item| item.kind(db) == "flag");
    declared.filter_map(|item| Some((item.name(db).to_string(), flag(db, item)?))).collect()
}

fn flag(db: &dyn Db, item: Item) -> Option<Flag> {
    let view: views::Flag = views::of(lower(db, item));
    let ramp = |ramp: &views::Ramp| {
        Some(Ramp {
            shares: rollouts::shares(&ramp.steps),
            command: Command {
                run: ramp.run.as_ref()?.value.to_string(),
                timeout: seconds(ramp.timeout.as_ref())?,
            },
        })
    };
    Some(Flag {
        origin: Origin::new("flag", item.name(db)),
        service: view.service?.value.name.to_string(),
        default: view.default,
        ramp: view.ramp.as_ref().and_then(ramp),
        expires: view.expires.map(|day| day.value),
    })
}
