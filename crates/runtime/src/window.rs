//! `window check`: may a deployment start now?

use clearway_plan::{PathKind, timing};
use clearway_schedule::{DEFAULT_HORIZON, Deployment, Verdict};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::{Call, PlanFile};
use crate::ledger::{Ending, Entry, Looked, Observed};
use crate::trouble::Trouble;

/// Whether a deployment of a stage may start.
///
/// # Errors
///
/// The plan has no such stage.
pub fn check(plan: &PlanFile, now: Timestamp, release: &str, environment: &str) -> Result<Answer, Trouble> {
    let stage = plan.stage(plan.release(release)?, environment)?;
    let opening = plan.environment(environment)?.opening.clone();
    let decision = Deployment { environment: opening, timing: timing(stage) }.check(now, DEFAULT_HORIZON);
    let title = format!("`{environment}`: {decision}");
    let mut answer = if decision.is_open() { Answer::holds(title) } else { Answer::stops(title, Vec::new()) };
    if let Verdict::Closed { next: Some(next), .. } = &decision.verdict {
        answer = answer.output("next", next.start.to_string());
    }
    answer.details = serde_json::to_value(&decision)
        .map_err(|error| Trouble::new(format!("the decision cannot be told: {error}")))?;
    Ok(answer)
}

/// Looks whether a deployment may start, and records what was found.
///
/// # Errors
///
/// As [`check`], or the ledger cannot be reached.
pub fn look(call: &Call<'_>, release: &str, path: PathKind, environment: &str) -> Result<Answer, Trouble> {
    let answer = check(call.plan, call.now, release, environment)?;
    let looked = Looked {
        at: Observed::Window,
        release: release.to_owned(),
        path,
        environment: environment.to_owned(),
        result: if answer.holds { Ending::Success } else { Ending::Failure },
        decision: decision(&answer, call.now),
    };
    call.ledger.append(&call.stamp(), |_| Ok((Some(Entry::Looked(looked.clone())), ())))?;
    Ok(answer)
}

/// What a record says of a look.
pub(crate) fn decision(answer: &Answer, now: Timestamp) -> Value {
    json!({"result": if answer.holds { "open" } else { "closed" }, "now": now, "decision": answer.details})
}
