//! A watch, from what servers said at each look. No time passes.

use super::part;
use crate::answer::Answer;
use crate::call::Call;
use crate::http::Http;
use crate::ledger::Looked;
use crate::trouble::Trouble;
use crate::watch::{Asked, Round, decision, fold};

pub(super) fn again(call: &Call<'_>, looked: &Looked) -> Result<Answer, Trouble> {
    let services: Vec<String> = part(&looked.decision, "services")?;
    let rounds: Vec<Round> = part(&looked.decision, "rounds")?;
    let asked = Asked {
        release: &looked.release,
        environment: &looked.environment,
        services: &services,
        seconds: part(&looked.decision, "seconds")?,
        validates: part(&looked.decision, "validates")?,
    };
    let (answer, rounds) = fold(call.plan, &asked, &Http::default(), &|_| {}, Some(&rounds))?;
    Ok(Answer { details: decision(&answer, &asked, &rounds, call.now), ..answer })
}
