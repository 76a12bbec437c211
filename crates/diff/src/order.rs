//! What comes before what: environments on a way, the steps of it, and what the order of services rests on.

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::{Guarantee, Origin, Path, PathKind, Release, Stage, Step, StepKind};
use serde_json::Value;

use crate::change::Change;
use crate::verdict::Verdict;
use crate::way::Way;
use crate::words;

/// The environments that a way has been in before it comes to another.
pub(crate) fn stages(old: &Way<'_>, new: &Way<'_>) -> Vec<Change> {
    if new.kind == PathKind::Rollback {
        return Vec::new();
    }
    let mut changes = Vec::new();
    for stop in &new.stops {
        let environment = stop.environment;
        if old.stop(environment).is_none() {
            continue;
        }
        let (was, is): (BTreeSet<&str>, BTreeSet<&str>) =
            (old.before(environment).collect(), new.before(environment).collect());
        let verdict = Verdict::of(!is.is_superset(&was), !was.is_superset(&is));
        let witness = match verdict {
            Verdict::Neutral => continue,
            Verdict::Stronger => {
                format!("`{environment}` is reached only after {}", words::names(is.difference(&was)))
            }
            _ => {
                let lost = words::names(was.difference(&is));
                format!("`{environment}` can now be reached without having been in {lost}")
            }
        };
        let told = |before: &BTreeSet<&str>| (!before.is_empty()).then(|| words::names(before));
        let change = Change::new(verdict, Guarantee::Order, format!("what comes before `{environment}`"));
        let change = change.between(told(&was), told(&is)).witness(witness);
        let origin = |way: &Way<'_>| Origin::new("release", &way.release.name);
        changes.push(change.from(&origin(old), &[environment]).to(&origin(new), &[environment]));
    }
    changes
}

/// What a step waited for and waits for no longer, though both are still there. A pipeline that was made from a spec has none of
/// these; a plan that was changed by hand may.
pub(crate) fn steps(old: &Path, new: &Path) -> Vec<Change> {
    let before: BTreeMap<&str, &Step> = old.steps.iter().map(|step| (step.id.as_str(), step)).collect();
    let after: BTreeMap<&str, &Step> = new.steps.iter().map(|step| (step.id.as_str(), step)).collect();
    let mut changes = Vec::new();
    for step in &new.steps {
        let Some(was) = before.get(step.id.as_str()) else { continue };
        let weaker = |guarantee, what: String, witness: String| {
            Change::new(Verdict::Weaker, guarantee, what).witness(witness).at(&step.origin, &[])
        };
        let mut lost: Vec<&str> = Vec::new();
        for needed in still_needed(was, &before, &after) {
            if !is_of_its_own(&step.does, &before[needed].does) && !reaches(step, needed, &after) {
                lost.push(needed);
            }
        }
        if !lost.is_empty() {
            let witness = format!("it starts whatever comes of {}", words::names(lost));
            changes.push(weaker(Guarantee::Order, format!("step `{}`", step.id), witness));
        }
        let failures: Vec<&String> = was
            .after_failure_of
            .iter()
            .filter(|of| after.contains_key(of.as_str()) && !step.after_failure_of.contains(of))
            .collect();
        if !failures.is_empty() {
            let witness = format!("nothing goes back after a failure of {}", words::names(failures));
            changes.push(weaker(Guarantee::Rollback, format!("step `{}`", step.id), witness));
        }
        if was.lock.is_some() && step.lock.is_none() {
            let witness = "it goes on beside other deployments".to_owned();
            changes.push(weaker(Guarantee::Locks, format!("step `{}`", step.id), witness));
        }
    }
    for step in old.steps.iter().filter(|step| !after.contains_key(step.id.as_str())) {
        let deploys = |environment: &str| {
            new.steps.iter().any(
                |step| matches!(&step.does, StepKind::Deploy { environment: of, .. } if of == environment),
            )
        };
        let (guarantee, witness) = match &step.does {
            StepKind::Preflight => (Guarantee::Basis, "nothing looks whether the run may go on"),
            StepKind::Outcome => (Guarantee::Outcome, "nothing looks whether all of it succeeded"),
            StepKind::Rollback { environment } if deploys(environment) => {
                (Guarantee::Rollback, "nothing goes back where a deployment fails")
            }
            _ => continue,
        };
        let change = Change::new(Verdict::Weaker, guarantee, format!("step `{}`", step.id));
        changes.push(change.witness(witness.to_owned()).from(&step.origin, &[]));
    }
    changes
}

/// The steps that a step needed and that are still there, seen through those that are gone.
fn still_needed<'s>(
    step: &'s Step,
    before: &BTreeMap<&'s str, &'s Step>,
    after: &BTreeMap<&str, &Step>,
) -> BTreeSet<&'s str> {
    let mut found = BTreeSet::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<&'s str> = step.needs.iter().map(String::as_str).collect();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        match before.get(id) {
            Some(_) if after.contains_key(id) => drop(found.insert(id)),
            Some(gone) => open.extend(gone.needs.iter().map(String::as_str)),
            None => {}
        }
    }
    found
}

/// Whether a step waits for another, if only through others.
fn reaches(step: &Step, needed: &str, after: &BTreeMap<&str, &Step>) -> bool {
    if step.needs.iter().any(|id| id == needed) {
        return true;
    }
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<&str> = step.needs.iter().map(String::as_str).collect();
    while let Some(id) = open.pop() {
        if id == needed {
            return true;
        }
        if seen.insert(id) {
            open.extend(after.get(id).into_iter().flat_map(|step| step.needs.iter().map(String::as_str)));
        }
    }
    false
}

/// Orders that are compared for themselves: of environments, of services in one, of the steps of a chain.
fn is_of_its_own(step: &StepKind, needed: &StepKind) -> bool {
    let moves = |kind: &StepKind| {
        matches!(kind, StepKind::Deploy { .. } | StepKind::Smoke { .. } | StepKind::Wave { .. })
    };
    let asks = |kind: &StepKind| matches!(kind, StepKind::Approval { .. });
    match (step.environment(), needed.environment()) {
        (Some(one), Some(other)) if one != other => true,
        _ => (moves(step) && moves(needed)) || (asks(step) && asks(needed)),
    }
}

/// What the order of services rests on: what a version that ships on both sides is known to require.
pub(crate) fn facts(release: &Release, old: &Stage, new: &Stage) -> Vec<Change> {
    let of = |stage: &'_ Stage| -> BTreeMap<(String, Option<String>), Value> {
        let moves = stage.waves.iter().flat_map(|wave| &wave.moves);
        moves
            .filter_map(|step| Some(((step.service.clone(), step.to.clone()), step.becomes.clone()?)))
            .collect()
    };
    let (before, after) = (of(old), of(new));
    let mut changes = Vec::new();
    for ((service, version), facts) in &before {
        let Some(now) = after.get(&(service.clone(), version.clone())).filter(|now| *now != facts) else {
            continue;
        };
        for (field, word) in [("requires", "requires"), ("skew", "keeps pace with")] {
            let rules = |facts: &Value| -> BTreeMap<String, Value> {
                let all = facts[field].as_array().into_iter().flatten();
                all.map(|rule| (rule["target"].as_str().unwrap_or_default().to_owned(), rule.clone()))
                    .collect()
            };
            let (was, is) = (rules(facts), rules(now));
            let targets: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
            for target in targets.into_iter().filter(|target| was.get(*target) != is.get(*target)) {
                let (was, is) = (was.get(target), is.get(target));
                let verdict = weigh(was, is);
                let witness = match verdict {
                    Verdict::Weaker => {
                        Some(format!("`{service}` may now run beside a `{target}` that does not fit"))
                    }
                    _ => None,
                };
                let subject = format!("`{service}` {word} `{target}`");
                let change =
                    Change::new(verdict, Guarantee::Order, subject).between(was.map(rule), is.map(rule));
                changes.push(change.witness(witness).at(&Origin::new("service", service), &[field, target]));
            }
        }
        if facts["provides"] != now["provides"] {
            let told = |facts: &Value| Some(facts["provides"].to_string());
            let change =
                Change::new(Verdict::Neutral, Guarantee::Order, format!("what `{service}` provides"));
            let change = change.between(told(facts), told(now));
            changes.push(change.at(&Origin::new("service", service), &["provides"]));
        }
    }
    changes.into_iter().map(|change| change.of(&release.name, &new.environment)).collect()
}

/// A rule for a reader: `^1.0 optional`.
fn rule(rule: &Value) -> String {
    let flag = |name: &str| rule[name].as_bool().unwrap_or_default().then(|| format!(" {name}"));
    let when = rule["when"].as_str().map(|range| format!(" when {range}")).unwrap_or_default();
    let flags = [flag("optional"), flag("weak")].into_iter().flatten().collect::<String>();
    match rule["range"].as_str() {
        Some(range) => format!("{range}{when}{flags}"),
        None => rule.to_string(),
    }
}

/// A requirement that is dropped, or that may be unmet, asks for less. Which of two ranges is narrower depends on the scheme of the
/// versions, which is not known here.
fn weigh(old: Option<&Value>, new: Option<&Value>) -> Verdict {
    let (Some(old), Some(new)) = (old, new) else { return Verdict::of(new.is_none(), old.is_none()) };
    let plain = |rule: &Value| {
        let mut rule = rule.clone();
        for flag in ["optional", "weak"] {
            rule.as_object_mut().map(|rule| rule.remove(flag));
        }
        rule
    };
    if plain(old) != plain(new) {
        return distances(old, new);
    }
    let asks = |rule: &Value, flag: &str| !rule[flag].as_bool().unwrap_or_default();
    let lost = |flag: &str| asks(old, flag) && !asks(new, flag);
    let won = |flag: &str| !asks(old, flag) && asks(new, flag);
    Verdict::of(lost("optional") || lost("weak"), won("optional") || won("weak"))
}

/// How far two may be apart, where nothing else of a rule was changed: what may be farther is weaker.
fn distances(old: &Value, new: &Value) -> Verdict {
    let sides = ["behind", "ahead"];
    let rest = |rule: &Value| {
        let mut rule = rule.clone();
        sides.iter().for_each(|side| drop(rule.as_object_mut().and_then(|rule| rule.remove(*side))));
        rule
    };
    if rest(old) != rest(new) {
        return Verdict::Incomparable;
    }
    // A side that is not written is 0, in any unit.
    let distance = |rule: &Value, side: &str| match &rule[side] {
        Value::Object(distance) if distance.len() == 1 => {
            distance.iter().next().and_then(|(unit, far)| Some((unit.clone(), far.as_u64()?)))
        }
        _ => None,
    };
    let verdicts = sides.into_iter().filter(|side| old[side] != new[side]).map(|side| {
        match (&old[side], &new[side], distance(old, side), distance(new, side)) {
            (.., Some((unit, before)), Some((other, after))) if unit == other => {
                Verdict::of_limit(&before, &after)
            }
            (Value::Null, ..) => Verdict::Weaker,
            (_, Value::Null, ..) => Verdict::Stronger,
            _ => Verdict::Incomparable,
        }
    });
    let verdicts: Vec<Verdict> = verdicts.collect();
    let has = |verdict: Verdict| verdicts.contains(&verdict);
    if has(Verdict::Incomparable) {
        return Verdict::Incomparable;
    }
    Verdict::of(has(Verdict::Weaker), has(Verdict::Stronger))
}

/// The services of a stage in the order in which they move.
pub(crate) fn waves(stage: &Stage) -> Vec<Vec<&str>> {
    stage.waves.iter().map(|wave| wave.moves.iter().map(|step| step.service.as_str()).collect()).collect()
}

/// What moves in another order than before, or otherwise. It was proved on both sides, so no guarantee is weaker by it.
pub(crate) fn moves(release: &Release, old: &Stage, new: &Stage) -> Option<Change> {
    let how = |stage: &'_ Stage| -> BTreeMap<(String, Option<String>), String> {
        let moves = stage.waves.iter().flat_map(|wave| &wave.moves);
        moves
            .map(|step| {
                ((step.service.clone(), step.group.clone()), format!("{:?} {:?}", step.kind, step.together))
            })
            .collect()
    };
    if waves(old) == waves(new) && how(old) == how(new) {
        return None;
    }
    let named: BTreeSet<&str> = waves(old).into_iter().flatten().collect();
    let others: BTreeSet<&str> = waves(new).into_iter().flatten().collect();
    // What ships is told for itself.
    if named != others {
        return None;
    }
    let told = |stage: &Stage| {
        let waves = waves(stage).into_iter().map(|wave| wave.join(", ")).collect::<Vec<_>>();
        Some(waves.join(", then "))
    };
    let change = Change::new(Verdict::Neutral, Guarantee::Order, "order in which services move");
    Some(change.between(told(old), told(new)).of(&release.name, &new.environment))
}
