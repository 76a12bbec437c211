//! Waivers of the gates that some stage has.

use clearway_model::views::{self, Waiver as View};
use clearway_model::{Db, lower};

use super::{Parts, declarations, instance_name};
use crate::waiver::Waiver;

/// The waivers of gates, by name. One that expired stays in the plan, which knows no clock: the runtime does not apply it.
pub(super) fn waivers(db: &dyn Db, parts: &Parts) -> Vec<Waiver> {
    let declared = declarations(db).filter(|item| item.kind(db) == "waiver");
    let mut waivers: Vec<Waiver> = declared
        .filter_map(|item| waiver(item.name(db), &views::of(lower(db, item))))
        .filter(|waiver| waiver.gates.iter().any(|gate| parts.gates.contains_key(gate)))
        .collect();
    waivers.sort_by(|one, other| one.name.cmp(&other.name));
    waivers
}

fn waiver(name: &str, view: &View) -> Option<Waiver> {
    let expires = &view.expires.as_ref()?.value;
    Some(Waiver {
        name: name.to_owned(),
        gates: view.gates.iter().map(|gate| instance_name(&gate.value)).collect(),
        environments: view.environments.iter().map(|at| at.value.name.to_string()).collect(),
        incident: view.incident.as_ref()?.value.to_string(),
        approver: view.approver.as_ref()?.value.to_string(),
        expires: clearway_analysis::ends(expires, view.timezone.as_ref())?,
        retrospective: view.retrospective.as_ref()?.value.to_string(),
        reason: view.reason.as_ref()?.value.to_string(),
    })
}
