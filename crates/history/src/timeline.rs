//! What happened around an incident, in order: the middle part of a postmortem that blames nobody. Steps and systems are named; of
//! people only what they decided together.

use jiff::Timestamp;
use serde::Serialize;

use crate::change::{Change, Progress};
use crate::incident::Incident;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// The run, where it was a run's.
    pub run: Option<String>,
    /// What, in words.
    pub what: String,
}

/// The events between two moments, both included: those of an incident and of all runs.
pub fn timeline(
    incident: Option<&Incident>,
    changes: &[Change],
    from: Timestamp,
    until: Timestamp,
) -> Vec<Event> {
    let mut events = Vec::new();
    if let Some(incident) = incident {
        let mut say = |at, what| events.push(Event { at, run: None, what });
        say(incident.opened, format!("incident {} is opened: {}", incident.id, incident.title));
        if let Some(resolved) = incident.resolved {
            say(resolved, format!("incident {} is resolved", incident.id));
        }
    }
    for change in changes {
        let mut say = |at, what| events.push(Event { at, run: Some(change.run.clone()), what });
        for gate in &change.gates {
            say(gate.at, format!("gate {} before {}: {}", gate.gate, gate.environment, gate.result));
        }
        for consent in &change.approvals {
            let what = format!(
                "approval {} of {} before {}: {}, {} agreed",
                consent.step,
                consent.chain,
                consent.environment,
                consent.result,
                consent.people.len()
            );
            say(consent.at, what);
        }
        for one in &change.deployments {
            let version = one.to.as_deref().map_or_else(|| "taken away".to_owned(), |to| format!("to {to}"));
            let from = match one.from.as_slice() {
                [] => String::new(),
                live => format!(" from {}", live.join(", ")),
            };
            let verb = if one.is_rollback { "goes back" } else { "is deployed" };
            let subject = format!("{} {verb} in {}{from} {version}", one.service, one.environment);
            say(one.began, format!("{subject}: begins"));
            if let Some(ended) = one.ended {
                let how = match one.progress {
                    Progress::Succeeded => "ends well",
                    Progress::Failed => "fails",
                    Progress::Cancelled => "is stopped",
                    Progress::Closed | Progress::Open => "is closed by a person",
                };
                say(ended, format!("{subject}: {how}"));
            }
        }
    }
    events.retain(|event| from <= event.at && event.at <= until);
    // What is of one moment stays in the order of the records.
    events.sort_by_key(|event| event.at);
    events
}
