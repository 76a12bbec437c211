//! A window, at the time of the record.

use crate::answer::Answer;
use crate::call::Call;
use crate::ledger::Looked;
use crate::trouble::Trouble;
use crate::window::{check, decision};

pub(super) fn again(call: &Call<'_>, looked: &Looked) -> Result<Answer, Trouble> {
    let answer = check(call.plan, call.now, &looked.release, &looked.environment)?;
    Ok(Answer { details: decision(&answer, call.now), ..answer })
}
