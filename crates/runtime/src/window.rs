//! `window check`: may a deployment start now?

use std::time::Duration;

use clearway_plan::Stage;
use clearway_schedule::{DEFAULT_HORIZON, Deployment, Timing, Verdict};
use jiff::Timestamp;

use crate::answer::Answer;
use crate::call::PlanFile;
use crate::trouble::Trouble;

/// How long the parts of a stage's deployment take, as far as the plan says: each wave holds its shares, and the services of a wave
/// move at once. Going back is not held at any share.
pub fn timing(stage: &Stage) -> Timing {
    let waves = u64::try_from(stage.waves.len()).unwrap_or(u64::MAX);
    Timing {
        rollout: Duration::from_secs(stage.rollout.held().saturating_mul(waves)),
        rollback: Duration::ZERO,
        bake: Duration::from_secs(stage.bake),
        bake_in_window: stage.bake_in_window,
    }
}

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
