//! Approval chains, and the people who are asked.

use std::collections::{BTreeMap, BTreeSet};

use clearway_model::views::{self, At, Identity, Role, Team};
use clearway_model::{Db, Reference, Value, ValueKind, instance, lower};
use clearway_schedule::{Period, PeriodUnit};
use rust_decimal::prelude::ToPrimitive;

use super::seconds::seconds;
use super::{Parts, conditions, gates, instance_name, named_anywhere};
use crate::approval::{Approval, ApprovalStep, Duty, From, Within};
use crate::ir::Origin;
use crate::people::{Group, Person};

/// A chain, as a stage uses it. Whom it asks is noted in `parts`.
pub(super) fn chain(db: &dyn Db, reference: &Reference, parts: &mut Parts) -> Approval {
    let view: views::Approval = views::of(instance(db, reference));
    let steps = view.steps.iter().filter_map(|step| {
        Some(ApprovalStep {
            name: step.name.as_ref()?.value.to_string(),
            from: from(&step.from.as_ref()?.value, parts),
            need: step.need.as_ref().map_or(1, |need| need.value),
            within: step.within.as_ref().and_then(within),
            escalate: step.escalate.as_ref().map(|at| named(&at.value, parts)),
            when: step.when.as_ref().map(|at| conditions::lowered(db, &at.value)),
            requires: step.requires.iter().map(|gate| gates::named(db, &gate.value, parts)).collect(),
        })
    });
    Approval {
        origin: Origin::new("approval", &instance_name(reference)),
        steps: steps.collect(),
        separate: view.separate.as_ref().map_or_else(
            || Duty::ALL.into(),
            |separation| {
                let named = |duty: &Duty| separation.duties.iter().any(|word| word.value == duty.name());
                Duty::ALL.into_iter().filter(named).collect()
            },
        ),
    }
}

fn from(value: &Value, parts: &mut Parts) -> From {
    match &value.kind {
        ValueKind::Reference(reference) => {
            parts.groups.insert(reference.name.to_string());
            From::Group(reference.name.to_string())
        }
        _ => From::Owners,
    }
}

/// A time that people are given.
pub(super) fn within(quantity: &At<views::Quantity>) -> Option<Within> {
    let unit = match quantity.value.unit.as_str() {
        "business-days" => PeriodUnit::BusinessDays,
        "months" => PeriodUnit::Months,
        "quarters" => PeriodUnit::Quarters,
        "years" => PeriodUnit::Years,
        _ => return seconds(Some(quantity)).map(Within::Seconds),
    };
    Some(Within::Period(Period::new(quantity.value.amount.ceil().to_u32()?, unit)))
}

/// The team or role with a name.
pub(super) fn group(db: &dyn Db, name: &str) -> Option<Group> {
    let item = named_anywhere(db)
        .find(|item| item.name(db) == name && matches!(item.kind(db).as_str(), "team" | "role"))?;
    let text = |at: Option<At<std::sync::Arc<str>>>| at.map(|at| at.value.to_string());
    let (github, gitlab) = if item.kind(db) == "team" {
        let view: Team = views::of(lower(db, item));
        (text(view.github), text(view.gitlab))
    } else {
        let view: Role = views::of(lower(db, item));
        (text(view.github), text(view.gitlab))
    };
    let members = clearway_analysis::members(db, item).iter().map(ToString::to_string).collect();
    Some(Group { members, github, gitlab })
}

/// What is known of the people in groups.
pub(super) fn people(db: &dyn Db, groups: &BTreeMap<String, Group>) -> BTreeMap<String, Person> {
    let asked: BTreeSet<&String> = groups.values().flat_map(|group| &group.members).collect();
    let identities = named_anywhere(db).filter(|item| item.kind(db) == "identity");
    let known = identities.filter(|item| asked.contains(&item.name(db).to_string()));
    let text = |at: Option<At<std::sync::Arc<str>>>| at.map(|at| at.value.to_string());
    known
        .map(|item| {
            let view: Identity = views::of(lower(db, item));
            let person =
                Person { github: text(view.github), gitlab: text(view.gitlab), email: text(view.email) };
            (item.name(db).to_string(), person)
        })
        .collect()
}

/// A team, a role or a person, by name; of the first two more is noted in `parts`.
pub(super) fn named(value: &Value, parts: &mut Parts) -> String {
    if let ValueKind::Reference(reference) = &value.kind {
        parts.groups.insert(reference.name.to_string());
        return reference.name.to_string();
    }
    value.to_string()
}
