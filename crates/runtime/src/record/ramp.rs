//! Ramping a flag: which share of the users gets it next, by what the ledger says of the shares before.

use clearway_plan::{Release, Share, Step, StepKind};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::About;
use super::begin::{Decided, still_open};
use crate::answer::Answer;
use crate::call::Call;
use crate::ledger::{Act, Entry, Log};
use crate::trouble::Trouble;

/// Decides whether a flag goes to more users, and to how many: one share at a time, each when the one before was held for its time.
pub(super) fn decide(
    call: &Call<'_>,
    about: &About,
    log: &Log,
    release: &Release,
    step: &Step,
    (environment, flag): (&str, &str),
) -> Decided {
    let ramp = call.plan.plan.flags.get(flag).and_then(|flag| flag.ramp.as_ref());
    let ramp =
        ramp.ok_or_else(|| Trouble::new(format!("the plan does not say how flag `{flag}` is ramped")))?;
    let stays = |why: String| Ok((None, Answer::holds(why).output("go", "false")));
    let is_accepted = |act: Act<'_>| {
        let here = matches!(&act.intent.does, StepKind::Accept { environment: of } if of == environment);
        here && act.succeeded() && act.intent.release == release.name
    };
    if !log.acts().any(is_accepted) {
        return stays(format!(
            "`{flag}` is not ramped in `{environment}`: no stage of `{}` was accepted there",
            release.name
        ));
    }
    let acts: Vec<Act<'_>> = log.acts().filter(|act| share_of(act, environment, flag).is_some()).collect();
    if let Some(open) = acts.iter().find(|act| act.end.is_none()) {
        let title = format!("`{flag}` must not be ramped in `{environment}` now");
        return Ok((None, Answer::stops(title, vec![still_open(open)]).output("go", "false")));
    }
    let reached = acts.iter().rev().find(|act| act.succeeded());
    let reached = reached.and_then(|act| Some((share_of(act, environment, flag)?, act.record.at)));
    let Some(next) = next(&ramp.shares, reached.map(|(share, _)| share)) else {
        return stays(format!("`{flag}` has reached the end of its ramp in `{environment}`"));
    };
    if let Some((share, until)) =
        reached.and_then(|(share, at)| Some((share, held_until(&ramp.shares, share, at)?)))
        && call.now < until
    {
        return stays(format!(
            "`{flag}` stays with {}% of the users in `{environment}` until {until}",
            share.normalize()
        ));
    }
    let share = next.normalize();
    let does =
        StepKind::Flag { environment: environment.to_owned(), flag: flag.to_owned(), share: Some(share) };
    let answer =
        Answer::holds(format!("`{flag}` goes to {share}% of the users in `{}` ({})", environment, step.id))
            .output("go", "true")
            .output("share", share.to_string());
    Ok((Some(Entry::Intent(Box::new(about.intent(does)))), answer))
}

/// The share that an act gives a flag to.
fn share_of(act: &Act<'_>, environment: &str, flag: &str) -> Option<Decimal> {
    match &act.intent.does {
        StepKind::Flag { environment: of, flag: it, share } if of == environment && it == flag => *share,
        _ => None,
    }
}

/// The first share beyond what was reached.
fn next(shares: &[Share], reached: Option<Decimal>) -> Option<Decimal> {
    shares.iter().map(|share| share.percent).find(|share| reached.is_none_or(|reached| *share > reached))
}

/// Until when a share is held that was given at a time.
fn held_until(shares: &[Share], share: Decimal, at: Timestamp) -> Option<Timestamp> {
    let hold = shares.iter().find(|one| one.percent == share)?.hold;
    at.checked_add(SignedDuration::from_secs(i64::try_from(hold).ok()?)).ok()
}
