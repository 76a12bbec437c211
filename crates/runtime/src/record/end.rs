//! `record end`: what came of a step that had begun.

use clearway_plan::StepKind;

use super::About;
use crate::answer::Answer;
use crate::call::Call;
use crate::ledger::{Act, End, Ending, Entry, Outcome};
use crate::trouble::Trouble;

/// Records how a step ended that this run had begun.
///
/// # Errors
///
/// The plan has no such step, or the ledger cannot be reached.
pub fn end(call: &Call<'_>, about: &About, result: Ending) -> Result<Answer, Trouble> {
    let release = call.plan.release(&about.release)?;
    let step = call.plan.step(call.plan.path(release, about.path)?, &about.step)?;
    if matches!(step.does, StepKind::Gate { .. } | StepKind::Checklist { .. } | StepKind::Approval { .. }) {
        return Err(Trouble::new("gates, checklists and approvals end with what decides them").help(
            "`clearway gate run`, `checklist verify` and `approval verify` write their outcome themselves",
        ));
    }
    let (_, answer) = call.ledger.append(&call.stamp(), |log| {
        let ours = |act: &Act<'_>| {
            let service = act.intent.moves.as_ref().map(|moved| &moved.service);
            act.record.run == call.run
                && act.intent.release == about.release
                && act.intent.path == about.path
                && act.intent.step == about.step
                && about.service.as_ref().is_none_or(|asked| service == Some(asked))
        };
        let Some(act) = log.acts().rev().find(ours) else {
            let why = format!("this run has recorded no intent for it: `clearway record begin` comes before the step, and says whether it may begin ({})", call.run);
            return Ok((None, Answer::stops(format!("`{}` cannot end", step.id), vec![why])));
        };
        let title = format!("`{}` has ended: {result}", step.id);
        Ok(match act.end {
            None => {
                let outcome = Outcome { intent: act.digest.clone(), result, decision: None };
                (Some(Entry::Outcome(outcome)), Answer::holds(title))
            }
            Some(End::Outcome(outcome)) if outcome.result == result => (None, Answer::holds(title)),
            Some(End::Outcome(outcome)) => {
                let why = format!("the ledger says that it ended before: {}", outcome.result);
                (None, Answer::stops(format!("`{}` cannot end: {result}", step.id), vec![why]))
            }
            Some(End::Closed(closed)) => {
                let why = format!("it was closed before: {}", closed.reason);
                (None, Answer::stops(format!("`{}` cannot end: {result}", step.id), vec![why]))
            }
        })
    })?;
    Ok(answer)
}
