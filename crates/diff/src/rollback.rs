//! What makes a deployment go back: how much of the traffic it has by then, and what is watched for how long.

use clearway_plan::{Breach, Guarantee, Origin, Release, Rollout, Share, Stage, Watch};
use rust_decimal::Decimal;

use crate::change::Change;
use crate::conditions::{Conditions, weigh};
use crate::verdict::Verdict;
use crate::words;

/// What is changed about how a stage is watched.
pub(crate) fn of_stage(
    (old_release, old): (&Release, &Stage),
    (new_release, new): (&Release, &Stage),
) -> Vec<Change> {
    let environment = &new.environment;
    let change = |verdict, about: &str| {
        Change::new(verdict, Guarantee::Rollback, format!("{about} `{environment}`")).within(environment)
    };
    let release = |release: &Release| Origin::new("release", &release.name);
    let in_stage = |change: Change, field: &str| {
        let within = [environment.as_str(), field];
        change.from(&release(old_release), &within).to(&release(new_release), &within)
    };
    let rollout = |release: &Release, stage: &Stage| {
        stage.rollout.origin.clone().unwrap_or_else(|| release_of(release))
    };
    let in_rollout = |change: Change, field: &str| {
        change.from(&rollout(old_release, old), &[field]).to(&rollout(new_release, new), &[field])
    };
    let mut changes = Vec::new();
    let (before, after) = (&old.rollout, &new.rollout);
    if before.shares != after.shares {
        let (verdict, witness) = exposure(&before.shares, &after.shares);
        let told = |rollout: &Rollout| Some(shares(&rollout.shares));
        let change = change(verdict, "how new versions come into").between(told(before), told(after));
        changes.push(in_rollout(change.witness(witness), "step"));
    }
    if before.overlap != after.overlap {
        let told = |rollout: &Rollout| {
            let words = if rollout.overlap { "old and new serve together" } else { "all goes over at once" };
            Some(words.to_owned())
        };
        let verdict = Verdict::of(before.overlap, after.overlap);
        changes.push(in_rollout(
            change(verdict, "old versions beside new ones in").between(told(before), told(after)),
            "step",
        ));
    }
    let back = |stage: &'_ Stage| -> Vec<Watch> {
        let goes_back = stage.rollout.on_breach == Breach::Rollback;
        stage.triggers.iter().chain(stage.rollout.watches.iter().filter(|_| goes_back)).cloned().collect()
    };
    let (was_back, is_back) = (back(old), back(new));
    let pauses = [old, new].iter().any(|stage| stage.rollout.on_breach == Breach::Pause);
    for (about, field, was, is) in [
        ("what is watched in", "watch", old.watches().collect(), new.watches().collect::<Vec<&Watch>>()),
        // Where a breach waits for a person, what sends it back at once is another list.
        (
            "what sends it back in",
            "back",
            was_back.iter().filter(|_| pauses).collect(),
            is_back.iter().filter(|_| pauses).collect(),
        ),
        (
            "what must hold at the end in",
            "validate",
            old.validates.iter().collect::<Vec<&Watch>>(),
            new.validates.iter().collect(),
        ),
    ] {
        let (was, is) = (Conditions::watched(was), Conditions::watched(is));
        let weighed = weigh(&was, &is);
        if !weighed.is_same {
            let change = change(weighed.verdict, about).between(was.apart_from(&is), is.apart_from(&was));
            let change = change.witness(weighed.witness);
            changes.push(match field {
                "watch" | "back" if before.watches != after.watches => in_rollout(change, "watch"),
                "watch" | "back" => change
                    .from(&release(old_release), &["rollback", "when"])
                    .to(&release(new_release), &["rollback", "when"]),
                _ => in_stage(change, field),
            });
        }
    }
    if before.on_breach != after.on_breach {
        let told = |rollout: &Rollout| Some(breach(rollout.on_breach).to_owned());
        let verdict = Verdict::of(after.on_breach == Breach::Pause, before.on_breach == Breach::Pause);
        let change = change(verdict, "what a breach does in").between(told(before), told(after));
        let witness = (verdict == Verdict::Weaker)
            .then(|| "what harms customers stays until a person decides".to_owned());
        changes.push(in_rollout(change.witness(witness), "on-breach"));
    }
    let verdict = Verdict::of_limit(&new.bake, &old.bake);
    if verdict != Verdict::Neutral {
        let told = |stage: &Stage| Some(words::seconds(stage.bake));
        let witness = (verdict == Verdict::Weaker).then(|| {
            format!("what goes wrong after {} is not seen before it is accepted", words::seconds(new.bake))
        });
        let change = change(verdict, "bake time in").between(told(old), told(new)).witness(witness);
        changes.push(in_stage(change, "bake"));
    }
    if before.origin.as_ref().map(base) != after.origin.as_ref().map(base) && changes.is_empty() {
        let told = |rollout: &Rollout| rollout.origin.as_ref().map(|origin| base(origin).to_owned());
        changes.push(in_stage(
            change(Verdict::Neutral, "rollout in").between(told(before), told(after)),
            "rollout",
        ));
    }
    changes
}

fn release_of(release: &Release) -> Origin {
    Origin::new("release", &release.name)
}

/// The name of a rollout, without the arguments of a template.
fn base(origin: &Origin) -> &str {
    origin.name.split('(').next().unwrap_or_default()
}

const fn breach(breach: Breach) -> &'static str {
    match breach {
        Breach::Rollback => "it goes back",
        Breach::Pause => "it waits for a person",
    }
}

/// Whether a change of the point of no return takes a way back away.
pub(crate) fn no_return(release: &Release, old: &Stage, new: &Stage) -> Option<Change> {
    let undone = |stage: &Stage| {
        let finals = stage.waves.iter().flat_map(|wave| &wave.moves).filter(|step| step.is_final);
        finals.map(|step| step.service.clone()).collect::<std::collections::BTreeSet<_>>()
    };
    let (before, after) = (undone(old), undone(new));
    let verdict = Verdict::of(!after.is_subset(&before), !before.is_subset(&after));
    if verdict == Verdict::Neutral {
        return None;
    }
    let told = |services: &std::collections::BTreeSet<String>| {
        (!services.is_empty()).then(|| words::names(services))
    };
    let witness = (verdict != Verdict::Stronger)
        .then(|| format!("{} cannot be undone any more", words::names(after.difference(&before))));
    let subject = format!("what cannot be undone in `{}`", new.environment);
    let change = Change::new(verdict, Guarantee::Rollback, subject).between(told(&before), told(&after));
    let change = change.witness(witness).within(&new.environment);
    let service = after.symmetric_difference(&before).next().cloned().unwrap_or_default();
    Some(change.at(&Origin::new("service", &service), &["final"]).of(&release.name, &new.environment))
}

/// How much of the traffic a rollout has at most at any time after its start; watched traffic is what can be saved.
fn exposure(old: &[Share], new: &[Share]) -> (Verdict, Option<String>) {
    let starts = |shares: &'_ [Share]| -> Vec<(u64, Decimal)> {
        let mut at = 0;
        let mut starts: Vec<(u64, Decimal)> = Vec::new();
        for share in shares {
            starts.push((at, share.percent));
            at += share.hold;
        }
        if starts.last().is_none_or(|(_, percent)| *percent < Decimal::ONE_HUNDRED) {
            starts.push((at, Decimal::ONE_HUNDRED));
        }
        starts
    };
    let (old, new) = (starts(old), starts(new));
    let has = |starts: &[(u64, Decimal)], at: u64| {
        // Of steps that begin at one time, the last is what there is.
        starts.iter().rfind(|(start, _)| *start <= at).map_or(Decimal::ZERO, |(_, percent)| *percent)
    };
    let times = || old.iter().chain(&new).map(|(start, _)| *start);
    let more = times().filter(|at| has(&new, *at) > has(&old, *at)).min();
    let less = times().filter(|at| has(&new, *at) < has(&old, *at)).min();
    let told = |at: Option<u64>| {
        at.map(|at| {
            format!(
                "after {} it has {}% in the place of {}%",
                words::seconds(at),
                has(&new, at).normalize(),
                has(&old, at).normalize()
            )
        })
    };
    (Verdict::of(more.is_some(), less.is_some()), told(more).or_else(|| told(less)))
}

fn shares(shares: &[Share]) -> String {
    let told: Vec<String> = shares
        .iter()
        .map(|share| match share.hold {
            0 => format!("{}%", share.percent.normalize()),
            hold => format!("{}% for {}", share.percent.normalize(), words::seconds(hold)),
        })
        .collect();
    if told.is_empty() { "all of it at once".to_owned() } else { told.join(", then ") }
}

/// Where a breach is seen at all: another server may say something else.
pub(crate) fn monitoring(name: &str, old: Option<&String>, new: Option<&String>) -> Option<Change> {
    if old == new {
        return None;
    }
    let change =
        Change::new(Verdict::Incomparable, Guarantee::Rollback, format!("what is asked how `{name}` does"));
    let change = change
        .between(old.cloned(), new.cloned())
        .witness("another server may say something else".to_owned());
    Some(change.within(name).at(&Origin::new("environment", name), &["monitoring"]))
}
