//! Checklists: what must have been done before an environment.

use std::collections::BTreeSet;

use clearway_plan::{Checklist, ChecklistItem, Decider, Guarantee, Plan, Within};

use crate::change::Change;
use crate::gates::Stops;
use crate::verdict::Verdict;
use crate::words;

/// What is changed about the items that must be done before an environment, whatever lists they stand on.
pub(crate) fn compare(stops: &Stops<'_, '_>) -> Vec<Change> {
    let (old, new) = (items(stops.old.0, stops.old.1), items(stops.new.0, stops.new.1));
    let mut changes = Vec::new();
    for (list, item) in &old {
        let subject = format!("item \"{}\" of checklist `{}`", item.text, list.origin.name);
        match new.iter().find(|(_, other)| other.id == item.id) {
            None => changes.push(
                Change::new(Verdict::Weaker, Guarantee::Gates, subject)
                    .between(Some(told(item)), None)
                    .witness("it goes on without it".to_owned())
                    .from(&list.origin, &["item"]),
            ),
            Some((other, after)) if after.by != item.by || after.text != item.text => {
                let verdict = weigh((stops.old.0, &item.by), (stops.new.0, &after.by));
                let change = Change::new(verdict, Guarantee::Gates, subject);
                let change = change.between(Some(told(item)), Some(told(after)));
                changes.push(change.from(&list.origin, &["item"]).to(&other.origin, &["item"]));
            }
            Some(_) => {}
        }
    }
    for (list, item) in new.iter().filter(|(_, item)| !old.iter().any(|(_, other)| other.id == item.id)) {
        let subject = format!("item \"{}\" of checklist `{}`", item.text, list.origin.name);
        let change =
            Change::new(Verdict::Stronger, Guarantee::Gates, subject).between(None, Some(told(item)));
        changes.push(change.witness("it stops until that is done".to_owned()).to(&list.origin, &["item"]));
    }
    changes
}

fn items<'p>(plan: &'p Plan, lists: &[&str]) -> Vec<(&'p Checklist, &'p ChecklistItem)> {
    let lists = lists.iter().filter_map(|name| plan.checklists.get(*name));
    lists.flat_map(|list| list.items.iter().map(move |item| (list, item))).collect()
}

fn told(item: &ChecklistItem) -> String {
    match &item.by {
        Decider::Gate(gate) => format!("gate `{gate}`"),
        Decider::Policy { policy, open } if open.is_empty() => format!("policy `{policy}`"),
        Decider::Policy { policy, open } => {
            let open: Vec<&str> = open.keys().map(String::as_str).collect();
            format!("policy `{policy}`, of which {} is not met", open.join(", "))
        }
        Decider::People { group, within: None } => format!("attested by `{group}`, for each commit"),
        Decider::People { group, within: Some(within) } => {
            format!("attested by `{group}` within {}", words::within(within))
        }
    }
}

/// Who may attest, and for how long that holds. Without a time it holds for one commit, which is another thing.
fn weigh((old_plan, old): (&Plan, &Decider), (new_plan, new): (&Plan, &Decider)) -> Verdict {
    let people = |plan: &Plan, group: &str| -> BTreeSet<String> {
        plan.groups.get(group).map(|group| group.members.clone()).unwrap_or_default()
    };
    match (old, new) {
        (Decider::People { group, within }, Decider::People { group: others, within: longer }) => {
            let (old, new) = (people(old_plan, group), people(new_plan, others));
            let people = Verdict::of(!new.is_subset(&old), !old.is_subset(&new));
            let time = match (within, longer) {
                (one, other) if one == other => Verdict::Neutral,
                (Some(Within::Seconds(one)), Some(Within::Seconds(other))) => Verdict::of_limit(one, other),
                _ => Verdict::Incomparable,
            };
            match (people, time) {
                (Verdict::Neutral, one) | (one, Verdict::Neutral) => one,
                (one, other) if one == other => one,
                _ => Verdict::Incomparable,
            }
        }
        (Decider::Gate(one), Decider::Gate(other)) if one == other => Verdict::Neutral,
        // What the policy demands is weighed by itself; here only whether the item can be ticked is another.
        (Decider::Policy { policy: one, .. }, Decider::Policy { policy: other, .. }) if one == other => {
            Verdict::Neutral
        }
        _ => Verdict::Incomparable,
    }
}
