//! Going back: which deployment of a service is undone next, and to what.

use clearway_plan::{Path, PathKind, Release, Stage, Step, StepKind};

use super::begin::Decided;
use super::{About, permission, position};
use crate::answer::Answer;
use crate::call::Call;
use crate::ledger::{Act, Deployed, Entry, Intent, Log, Moved, Spot};
use crate::trouble::Trouble;

/// Decides whether a service goes back, and to what: one deployment at a time, the last first.
pub(super) fn decide(
    call: &Call<'_>,
    about: &About,
    log: &Log,
    way: (&Release, &Path, &Stage),
    step: &Step,
) -> Decided {
    let environment = &way.2.environment;
    let Some(service) = &about.service else {
        return Err(
            Trouble::new(format!("step `{}` goes back service by service", step.id)).help("give `--service`")
        );
    };
    // A run that fails undoes what it did itself; whoever goes back later undoes what there is, whichever run did it.
    let run = (about.path != PathKind::Rollback).then_some(call.run);
    let deployments = deployments(log, environment);
    let of_it = |act: &&Act<'_>| moved(act).is_some_and(|moved| moved.service == *service);
    let nothing = || {
        let what =
            format!("nothing of `{service}` is to be undone in `{environment}`: no deployment had begun");
        Ok((None, Answer::holds(what).output("go", "false")))
    };
    let Some(last) = deployments.iter().rev().find(of_it) else { return nothing() };
    if run.is_some_and(|run| !deployments.iter().any(|act| of_it(&act) && act.record.run == run)) {
        return nothing();
    }
    let Some(done) = moved(last) else { return nothing() };
    let mut reasons = permission::lacks_to_go_back(log, call.run, about, way, last);
    if run.is_some_and(|run| last.record.run != run) {
        reasons.push(format!(
            "run {} has deployed `{service}` since: it must not be undone by this one",
            last.record.run
        ));
    }
    if done.is_final {
        reasons.push(format!(
            "the deployment of `{service}` by run {} cannot be undone: it is past the point of no return",
            last.record.run
        ));
    }
    reasons.extend(after_it(&deployments, last).into_iter().map(|later| {
        format!(
            "`{later}` was deployed to `{environment}` after it, in a later wave, and has to go back first"
        )
    }));
    if done.before.as_ref().is_some_and(serde_json::Value::is_array) {
        let before = position::shown(std::slice::from_ref(&done.before));
        reasons.push(format!(
            "before it, `{service}` was {before}: which of them to go back to, a person has to say"
        ));
    }
    if !reasons.is_empty() {
        let title = format!("`{service}` must not go back in `{environment}` now");
        return Ok((None, Answer::stops(title, reasons).output("go", "false")));
    }
    let spot = Spot::new(service, done.group.as_deref());
    let live = Deployed::of(log, environment).unwrap_or_default().live(&spot);
    let moves = Moved {
        before: live.into_iter().next().flatten(),
        after: done.before.clone(),
        is_final: false,
        undoes: Some(last.digest.clone()),
        ..done.clone()
    };
    let told = position::shown(std::slice::from_ref(&moves.after));
    let mut answer =
        Answer::holds(format!("`{service}` goes back in `{environment}`: {told}")).output("go", "true");
    let text = |key: &str| moves.after.as_ref().and_then(|after| after.get(key)?.as_str()).map(str::to_owned);
    match text("version") {
        Some(version) => answer = answer.output("version", version),
        None => answer = answer.output("absent", "true"),
    }
    if let Some(digest) = text("digest") {
        answer = answer.output("digest", digest);
    }
    if let Some(group) = &moves.group {
        answer = answer.output("group", group.clone());
    }
    let intent = Intent { moves: Some(moves), ..about.intent(step.does.clone()) };
    Ok((Some(Entry::Intent(Box::new(intent))), answer))
}

/// The deployments to an environment that had begun and were not undone, in their order. One that did not end well and that another
/// of the same service came after is left out: the later one began from what was live before it. One that deployed again what was live
/// already has changed nothing.
fn deployments<'l>(log: &'l Log, environment: &str) -> Vec<Act<'l>> {
    let undone = log.undone();
    let changes = |act: &Act<'_>| moved(act).is_some_and(|moved| !position::unchanged(moved));
    let all: Vec<Act<'_>> = log
        .acts()
        .filter(changes)
        .filter(
            |act| matches!(&act.intent.does, StepKind::Deploy { environment: of, .. } if of == environment),
        )
        .collect();
    let spot = |act: &Act<'_>| moved(act).map(|moved| (moved.service.clone(), moved.group.clone()));
    let stands = |(at, act): &(usize, &Act<'_>)| {
        let is_last = !all.iter().skip(at + 1).any(|later| spot(later) == spot(act));
        !undone.contains(&act.digest) && (act.succeeded() || is_last)
    };
    all.iter().enumerate().filter(stands).map(|(_, act)| *act).collect()
}

fn moved<'l>(act: &Act<'l>) -> Option<&'l Moved> {
    act.intent.moves.as_ref()
}

/// The services of later waves that were deployed after a deployment, and still are.
fn after_it(deployments: &[Act<'_>], of: &Act<'_>) -> Vec<String> {
    let wave = |act: &Act<'_>| match &act.intent.does {
        StepKind::Deploy { wave, .. } => *wave,
        _ => 0,
    };
    let later = deployments.iter().filter(|act| {
        act.record.sequence > of.record.sequence
            && act.intent.release == of.intent.release
            && wave(act) > wave(of)
    });
    later.filter_map(|act| Some(moved(act)?.service.clone())).collect()
}
