//! A step of a chain, from what people were told to have said.

use serde_json::Value;

use super::part;
use crate::answer::Answer;
use crate::approval::{Asked, Given, decide};
use crate::call::Call;
use crate::ledger::{Act, Log};
use crate::trouble::Trouble;

pub(super) fn again(
    call: &Call<'_>,
    (act, decision): (&Act<'_>, &Value),
    (environment, chain, step): (&str, &str, &str),
    before: &Log,
) -> Result<Answer, Trouble> {
    let given: Given = part(decision, "given")?;
    let asked = Asked {
        release: act.intent.release.clone(),
        path: act.intent.path,
        environment: environment.to_owned(),
        chain: chain.to_owned(),
        step: step.to_owned(),
        seats: given.seats.clone(),
        subjects: act.intent.subjects.clone(),
        requested_by: act.intent.requested_by.clone().unwrap_or_default(),
        deployer: act.intent.actor.clone().unwrap_or_default(),
        commit: act.intent.commit.clone().unwrap_or_default(),
        attempt: given.attempt,
        platform: given.platform,
    };
    decide(call, &asked, &given, before)
}
