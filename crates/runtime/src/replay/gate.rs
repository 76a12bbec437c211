//! A gate, from its reports and what servers said.

use serde_json::Value;

use super::files::AsThen;
use crate::answer::Answer;
use crate::call::Call;
use crate::gate::{Asked, Files, Recorded, decide};
use crate::http::Http;
use crate::ledger::{Act, Log};
use crate::trouble::Trouble;

pub(super) fn again(
    call: &Call<'_>,
    (act, decision): (&Act<'_>, &Value),
    (environment, gate): (&str, &str),
    before: &Log,
    files: &dyn Files,
) -> Result<Answer, Trouble> {
    let asked = Asked {
        release: act.intent.release.clone(),
        path: act.intent.path,
        environment: environment.to_owned(),
        gate: gate.to_owned(),
        subjects: act.intent.subjects.clone(),
        commit: act.intent.commit.clone().unwrap_or_default(),
        actor: act.intent.actor.clone(),
        change: act.intent.change.clone(),
    };
    let recorded = Recorded::of(decision)?;
    decide(call, &asked, before, &AsThen::of(files, decision), &Http::default(), Some(&recorded))
}
