//! Releases, their stages, and the ways through them.

use std::collections::BTreeMap;

use clearway_plan::{Guarantee, Origin, PathKind, Plan, Release};

use crate::change::Change;
use crate::gates::Stops;
use crate::verdict::Verdict;
use crate::way::{Pair, Stop, Way, pairs, releases};
use crate::{
    Asked, approvals, basis, checklists, digest, gates, order, records, rollback, waivers, windows, words,
};

/// What every comparison is made with.
struct Context<'c> {
    asked: &'c Asked,
    /// What is changed about the times of each environment.
    windows: BTreeMap<&'c str, Change>,
}

/// What is changed about the releases.
pub(crate) fn compare(old: &Plan, new: &Plan, asked: &Asked) -> Vec<Change> {
    let mut changes = Vec::new();
    let both =
        old.environments.iter().filter_map(|(name, place)| Some((name, place, new.environments.get(name)?)));
    let windows =
        both.filter_map(|(name, was, is)| Some((name.as_str(), windows::compare(was, is, asked.now)?)));
    let context = Context { asked, windows: windows.collect() };
    for pair in releases(old, new) {
        let at = |release: &Release| Origin::new("release", &release.name);
        match pair {
            (Some(before), Some(after)) => {
                if before.name != after.name {
                    let change = Change::new(Verdict::Neutral, None, "name of a release");
                    let change = change.between(Some(before.name.clone()), Some(after.name.clone()));
                    changes.push(change.from(&at(before), &[]).to(&at(after), &[]));
                }
                changes.extend(release((old, before), (new, after), &context));
            }
            (None, Some(added)) => {
                let change = Change::new(Verdict::Incomparable, None, format!("release `{}`", added.name));
                let change = change.between(None, Some(reached(added)));
                changes
                    .push(change.witness(format!("`{}` is a new way there", added.name)).to(&at(added), &[]));
            }
            (Some(gone), None) => {
                let change = Change::new(Verdict::Incomparable, None, format!("release `{}`", gone.name));
                changes.push(change.between(Some(reached(gone)), None).from(&at(gone), &[]));
            }
            (None, None) => {}
        }
    }
    changes
}

/// The environments that a release reaches.
fn reached(release: &Release) -> String {
    format!("reaches {}", words::names(release.stages.iter().map(|stage| &stage.environment)))
}

fn release(
    (old_plan, old): (&Plan, &Release),
    (new_plan, new): (&Plan, &Release),
    context: &Context<'_>,
) -> Vec<Change> {
    let mut changes = basis::ships(old, new);
    changes.extend(records::accepts(old, new));
    changes.extend(digest::tag(old, new));
    changes.extend(stages((old_plan, old), (new_plan, new)));
    let ways = pairs((old_plan, old), (new_plan, new));
    let (mut was_conditional, mut is_conditional) = (false, false);
    for pair in &ways {
        changes.extend(way(pair, &ways, context));
        let conditional = |way: &Option<Way<'_>>| {
            way.iter().any(|way| {
                way.stops.iter().any(|stop| approvals::is_conditional((way.plan, way.release, &stop.asked)))
            })
        };
        was_conditional |= conditional(&pair.old);
        is_conditional |= conditional(&pair.new);
    }
    let class = approvals::class((old, was_conditional), (new, is_conditional));
    changes.extend(class.map(|mut change| {
        change.path = change.guarantee.map(|_| PathKind::Release);
        change.releases.insert(new.name.clone());
        change
    }));
    for (before, after) in old.paths.iter().filter_map(|before| {
        let after = new.paths.iter().find(|after| after.kind == before.kind)?;
        Some((before, after))
    }) {
        if before != after {
            let steps = order::steps(before, after).into_iter().map(|mut change| {
                change.path = Some(after.kind);
                change.releases.insert(new.name.clone());
                change
            });
            changes.extend(steps);
        }
    }
    changes
}

/// What is changed about the stages, on whatever way they are reached.
fn stages((old_plan, old): (&Plan, &Release), (new_plan, new): (&Plan, &Release)) -> Vec<Change> {
    let mut changes = Vec::new();
    let at = |release: &Release| Origin::new("release", &release.name);
    let known = |plan: &Plan, environment: &str| {
        let is_production =
            plan.environments.get(environment).is_some_and(clearway_plan::Environment::is_production);
        if is_production { Verdict::Incomparable } else { Verdict::Neutral }
    };
    for stage in &new.stages {
        let environment = &stage.environment;
        let Some(before) = old.stage(environment) else {
            let change = Change::new(known(new_plan, environment), None, format!("stage `{environment}`"));
            let change = change.between(None, Some("on the way".to_owned()));
            changes.push(change.to(&at(new), &[environment]).of(&new.name, environment));
            continue;
        };
        let found = rollback::of_stage((old, before), (new, stage)).into_iter();
        let found = found.chain(windows::bake_in_window(
            before.bake_in_window,
            stage.bake_in_window,
            environment,
            &at(new),
        ));
        changes.extend(found.map(|change| change.of(&new.name, environment)));
        changes.extend(rollback::no_return(new, before, stage));
        changes.extend(basis::deployed(before, stage));
        changes.extend(order::facts(new, before, stage));
        changes.extend(order::moves(new, before, stage));
    }
    for stage in old.stages.iter().filter(|stage| new.stage(&stage.environment).is_none()) {
        let environment = &stage.environment;
        let change = Change::new(known(old_plan, environment), None, format!("stage `{environment}`"));
        let change = change.between(Some("on the way".to_owned()), None);
        changes.push(change.from(&at(old), &[environment]).of(&new.name, environment));
    }
    changes
}

/// What is changed on a way. One that was opened is compared with the usual way, by which it could be reached before; one that was closed,
/// with the usual way that is left.
fn way(pair: &Pair<'_>, ways: &[Pair<'_>], context: &Context<'_>) -> Vec<Change> {
    let usual = ways.iter().find(|pair| pair.kind == PathKind::Release);
    let (usual_old, usual_new) =
        (usual.and_then(|pair| pair.old.as_ref()), usual.and_then(|pair| pair.new.as_ref()));
    let stops = |way: &'_ Option<Way<'_>>| -> Vec<String> {
        way.iter().flat_map(|way| &way.stops).map(|stop| stop.environment.to_owned()).collect()
    };
    let mut environments = stops(&pair.new);
    environments.extend(stops(&pair.old).into_iter().filter(|name| !stops(&pair.new).contains(name)));
    let mut changes = Vec::new();
    if let (Some(old), Some(new)) = (&pair.old, &pair.new) {
        changes.extend(order::stages(old, new).into_iter().map(|mut change| {
            change.path = Some(pair.kind);
            change.releases.insert(pair.release.to_owned());
            change
        }));
    }
    for environment in &environments {
        let at = |way: &'_ Option<Way<'_>>| way.as_ref().is_some_and(|way| way.stop(environment).is_some());
        let (was, is) = (at(&pair.old), at(&pair.new));
        let old = if was { pair.old.as_ref() } else { usual_old };
        let new = if is { pair.new.as_ref() } else { usual_new };
        let sides = old
            .zip(new)
            .and_then(|(old, new)| Some(((old, old.stop(environment)?), (new, new.stop(environment)?))));
        let Some((old, new)) = sides else { continue };
        let mut found = before(old, new, pair.kind, context);
        if was != is {
            found = found.into_iter().filter_map(|change| one_way(change, is)).collect();
            for change in &mut found {
                change.subject = format!("{} way into `{environment}`, {}", pair.kind, change.subject);
            }
            if found.is_empty() && old.0.is_production(environment) {
                let subject = format!("{} way into `{environment}`", pair.kind);
                let told = |open: bool| Some(if open { "open" } else { "closed" }.to_owned());
                let change = Change::new(Verdict::Neutral, Guarantee::Approvals, subject);
                found.push(
                    change
                        .between(told(was), told(is))
                        .witness("it asks for no less than the usual way".to_owned()),
                );
            }
        }
        changes.extend(found.into_iter().map(|change| change.on(pair.release, pair.kind, environment)));
    }
    changes
}

/// A way that is opened takes nothing away from what the others let through, and one that is closed adds nothing.
fn one_way(mut change: Change, opened: bool) -> Option<Change> {
    let (gone, kept) =
        if opened { (Verdict::Stronger, Verdict::Weaker) } else { (Verdict::Weaker, Verdict::Stronger) };
    if change.verdict == Verdict::Incomparable {
        change.verdict = kept;
    }
    (change.verdict != gone).then_some(change)
}

/// What is changed about all that stands before an environment.
fn before(
    (old_way, old): (&Way<'_>, &Stop<'_>),
    (new_way, new): (&Way<'_>, &Stop<'_>),
    kind: PathKind,
    context: &Context<'_>,
) -> Vec<Change> {
    let asked = context.asked;
    let (old_plan, new_plan) = (old_way.plan, new_way.plan);
    let environment = new.environment;
    let mut changes = Vec::new();
    let stops = Stops { old: (old_plan, &old.gates), new: (new_plan, &new.gates) };
    changes.extend(gates::compare(&stops, asked));
    let lists = Stops { old: (old_plan, &old.checklists), new: (new_plan, &new.checklists) };
    changes.extend(checklists::compare(&lists));
    changes.extend(waivers::compare((old_plan, &old.gates), (new_plan, &new.gates), environment, asked.now));
    let is_asked_for = kind != PathKind::Rollback;
    let old_side = (old_plan, old_way.release, old.asked.as_slice());
    let new_side = (new_plan, new_way.release, new.asked.as_slice());
    changes.extend(approvals::compare(old_side, new_side, is_asked_for));
    // Going back waits for no window.
    changes.extend(context.windows.get(environment).filter(|_| is_asked_for).cloned());
    changes
}
