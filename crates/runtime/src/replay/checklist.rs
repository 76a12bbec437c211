//! A checklist, from the records before it.

use crate::answer::Answer;
use crate::call::Call;
use crate::checklist::{Asked, decide};
use crate::ledger::{Act, Log};
use crate::trouble::Trouble;

pub(super) fn again(
    call: &Call<'_>,
    act: &Act<'_>,
    (environment, checklist): (&str, &str),
    before: &Log,
) -> Result<Answer, Trouble> {
    let asked = Asked {
        release: act.intent.release.clone(),
        path: act.intent.path,
        environment: environment.to_owned(),
        checklist: checklist.to_owned(),
        subjects: act.intent.subjects.clone(),
        commit: act.intent.commit.clone().unwrap_or_default(),
        actor: act.intent.actor.clone(),
    };
    decide(call, &asked, before)
}
