//! Checklists.

use clearway_model::views;
use clearway_model::{Db, Reference, instance};

use super::{Parts, chains, instance_name};
use crate::checklist::{Checklist, ChecklistItem, Decider};
use crate::id::slug;
use crate::ir::Origin;

/// A checklist, as a stage uses it. Whom it asks is noted in `parts`.
pub(super) fn checklist(db: &dyn Db, reference: &Reference, parts: &mut Parts) -> Checklist {
    let view: views::Checklist = views::of(instance(db, reference));
    let mut items: Vec<ChecklistItem> = Vec::new();
    for item in &view.items {
        let Some(text) = &item.text else { continue };
        let by = match (&item.gate, &item.policy, &item.attested_by) {
            (Some(gate), ..) => Decider::Gate(instance_name(&gate.value)),
            (None, Some(policy), _) => Decider::Policy {
                policy: policy.value.name.to_string(),
                open: parts.open_controls(policy.value.item),
            },
            (None, None, Some(people)) => {
                let group = people.value.name.to_string();
                parts.groups.insert(group.clone());
                Decider::People { group, within: item.within.as_ref().and_then(chains::within) }
            }
            (None, None, None) => continue,
        };
        let base = slug(&text.value);
        let numbered = (2_u32..).map(|n| format!("{base}-{n}"));
        let mut free = std::iter::once(base.clone())
            .chain(numbered)
            .filter(|id| !items.iter().any(|item| item.id == *id));
        let id = free.next().unwrap_or_default();
        items.push(ChecklistItem { id, text: text.value.to_string(), by });
    }
    Checklist { origin: Origin::new("checklist", &instance_name(reference)), items }
}
