//! Waivers of a gate: for a time, and for an incident, it need not pass.

use clearway_plan::{Plan, Waiver};
use jiff::Timestamp;

/// The waivers of a gate before an environment: those that count, and those that did.
pub fn of_gate<'p>(
    plan: &'p Plan,
    gate: &str,
    environment: &str,
    now: Timestamp,
) -> (Vec<&'p Waiver>, Vec<&'p Waiver>) {
    let meant = |waiver: &&Waiver| {
        waiver.gates.iter().any(|of| of == gate)
            && (waiver.environments.is_empty() || waiver.environments.iter().any(|of| of == environment))
    };
    plan.waivers.iter().filter(meant).partition(|waiver| now < waiver.expires)
}

/// What is said wherever a waiver lets something through.
pub fn told(waiver: &Waiver) -> String {
    let Waiver { name, incident, approver, expires, retrospective, reason, .. } = waiver;
    format!(
        "waiver `{name}` lets it through for incident {incident} until {expires}: {reason}. `{approver}` allows it, and it is looked at again: {retrospective}"
    )
}

/// What is said of one that counts no longer.
pub fn over(waiver: &Waiver) -> String {
    format!(
        "waiver `{}` of incident {} expired at {} and is not applied",
        waiver.name, waiver.incident, waiver.expires
    )
}
