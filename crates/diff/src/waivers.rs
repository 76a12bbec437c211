//! Waivers: gates that for a time need not pass.

use clearway_plan::{Guarantee, Origin, Plan, Waiver};
use jiff::Timestamp;

use crate::change::Change;
use crate::verdict::Verdict;

/// What is changed about the waivers of the gates before an environment.
pub(crate) fn compare(
    (old_plan, old): (&Plan, &[&str]),
    (new_plan, new): (&Plan, &[&str]),
    environment: &str,
    now: Timestamp,
) -> Vec<Change> {
    let mut changes = Vec::new();
    for gate in old.iter().filter(|gate| new.contains(gate)) {
        let (before, after) = (of(old_plan, gate, environment, now), of(new_plan, gate, environment, now));
        let until = |waiver: Option<&Waiver>| waiver.map_or(now, |waiver| waiver.expires);
        let verdict = Verdict::of_limit(&until(before), &until(after));
        let told = |waiver: Option<&Waiver>| {
            waiver.map(|waiver| {
                format!(
                    "`{}` until {} by `{}` for {}: {}",
                    waiver.name, waiver.expires, waiver.approver, waiver.incident, waiver.reason
                )
            })
        };
        // What else is written of a waiver lets nothing through.
        if verdict == Verdict::Neutral {
            continue;
        }
        let witness = match verdict {
            Verdict::Weaker => Some(format!("gate `{gate}` need not pass until {}", until(after))),
            Verdict::Stronger => Some(format!("gate `{gate}` must pass from {} on", until(after))),
            _ => None,
        };
        let mut change = Change::new(verdict, Guarantee::Gates, format!("waiver of gate `{gate}`"))
            .between(told(before), told(after))
            .witness(witness);
        if let Some(waiver) = before {
            change = change.from(&Origin::new("waiver", &waiver.name), &["expires"]);
        }
        if let Some(waiver) = after {
            change = change.to(&Origin::new("waiver", &waiver.name), &["expires"]);
        }
        changes.push(change);
    }
    changes
}

/// The waiver of a gate before an environment that lasts longest, of those that are not over.
fn of<'p>(plan: &'p Plan, gate: &str, environment: &str, now: Timestamp) -> Option<&'p Waiver> {
    let counts = |waiver: &&Waiver| {
        let here = waiver.environments.is_empty() || waiver.environments.iter().any(|at| at == environment);
        here && waiver.expires > now && waiver.gates.iter().any(|waived| waived == gate)
    };
    plan.waivers.iter().filter(counts).max_by_key(|waiver| waiver.expires)
}
