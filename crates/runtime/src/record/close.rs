//! `record adopt` and `record close`: where a person tells the ledger what it cannot know.

use crate::answer::Answer;
use crate::call::Call;
use crate::ledger::{Act, Adopted, Closed, Deployed, Entry};
use crate::trouble::Trouble;

/// Takes over what the plan was proved with as the state of an environment, where the ledger has nothing of it.
///
/// # Errors
///
/// The plan has no such stage, or the ledger cannot be reached.
pub fn adopt(call: &Call<'_>, release: &str, environment: &str) -> Result<Answer, Trouble> {
    let stage = call.plan.stage(call.plan.release(release)?, environment)?;
    let (_, answer) = call.ledger.append(&call.stamp(), |log| {
        if Deployed::of(log, environment).is_some() {
            return Ok((
                None,
                Answer::holds(format!("the ledger knows `{environment}` already: nothing was taken over")),
            ));
        }
        let adopted = Adopted {
            environment: environment.to_owned(),
            release: release.to_owned(),
            services: stage.deployed.clone(),
        };
        let count = adopted.services.len();
        let services = if count == 1 { "service" } else { "services" };
        let title = format!("`{environment}` is taken over with {count} {services}, as the plan knows it");
        Ok((Some(Entry::Adopted(adopted)), Answer::holds(title)))
    })?;
    Ok(answer)
}

/// Closes an intent without an outcome, after a person has looked.
///
/// # Errors
///
/// The ledger cannot be reached.
pub fn close(call: &Call<'_>, intent: &str, reason: &str, actor: Option<&str>) -> Result<Answer, Trouble> {
    if reason.trim().is_empty() {
        return Err(
            Trouble::new("an intent is closed for a reason").help("say what you saw: `--reason TEXT`")
        );
    }
    let (_, answer) = call.ledger.append(&call.stamp(), |log| {
        let found: Vec<Act<'_>> = log.acts().filter(|act| is_named(act, intent)).collect();
        Ok(match found.as_slice() {
            [act] if act.end.is_none() => {
                let closed =
                    Closed { intent: act.digest.clone(), reason: reason.to_owned(), actor: actor.map(str::to_owned) };
                let title = format!("`{}` of run {} is closed", act.intent.step, act.record.run);
                let mut answer = Answer::holds(title);
                if let (Some(moved), Some(environment)) = (&act.intent.moves, act.intent.does.environment()) {
                    answer.notes.push(format!("what is live of `{}` in `{environment}` is as unsure as before, until it is deployed again or goes back", moved.service));
                }
                (Some(Entry::Closed(closed)), answer)
            }
            [act] => (None, Answer::stops(format!("`{}` is not open", act.intent.step), vec!["the ledger knows how it ended".to_owned()])),
            [] => (None, Answer::stops("there is no such intent", vec![format!("`clearway ledger verify` lists the open ones; none is `{intent}`")])),
            _ => (None, Answer::stops("several intents begin like this", vec!["give the whole digest".to_owned()])),
        })
    })?;
    Ok(answer)
}

/// Whether an intent is meant by a digest, or by how its digits begin.
pub(crate) fn is_named(act: &Act<'_>, text: &str) -> bool {
    let digits = text.strip_prefix("sha256:").unwrap_or(text);
    digits.len() >= 8 && act.digest.digits().starts_with(digits)
}
