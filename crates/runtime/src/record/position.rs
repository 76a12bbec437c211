//! Where an environment stands on the path that the plan has proved, and whether a move may begin there.

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::{Move, Stage};
use serde_json::{Value, json};

use crate::ledger::{Deployed, Live, Moved, Spot, Subject};

/// The states that a service, or a group of it, passes on the path of a stage.
struct Track {
    /// What is live at first, and after each of its moves.
    states: Vec<Option<Value>>,
    /// The wave of each move.
    waves: Vec<usize>,
}

/// How far a service is on its track: the moves that are done, and whether the next has begun.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Progress {
    done: usize,
    begun: bool,
}

/// What is live after a move.
pub(super) fn after(moved: &Move, is_last: bool, subject: Option<&Subject>) -> Option<Value> {
    let to = moved.to.as_deref()?;
    // Only the last move of a service is to what ships; those before it are to releases in between.
    let subject = subject.filter(|_| is_last);
    let mut value = match (&moved.becomes, subject) {
        (_, Some(subject)) if subject.version != to => json!({"version": subject.version}),
        (Some(becomes), _) if becomes.get("version").and_then(Value::as_str) == Some(to) => becomes.clone(),
        (_, _) => json!({"version": to}),
    };
    if let (Some(object), Some(digest)) =
        (value.as_object_mut(), subject.and_then(|subject| subject.digest.as_ref()))
    {
        object.insert("digest".to_owned(), digest.as_str().into());
    }
    Some(value)
}

/// Whether a move is the last one of its service or group.
pub(super) fn is_last(stage: &Stage, moved: &Move) -> bool {
    let mut moves = stage.waves.iter().flat_map(|wave| &wave.moves);
    let of_it = |other: &&Move| other.service == moved.service && other.group == moved.group;
    moves.rfind(of_it).is_some_and(|last| std::ptr::eq(last, moved))
}

/// The groups of a service that move on their own.
pub(super) fn groups(stage: &Stage, service: &str) -> Vec<String> {
    let moves = stage.waves.iter().flat_map(|wave| &wave.moves).filter(|moved| moved.service == service);
    let groups: BTreeSet<String> = moves.filter_map(|moved| moved.group.clone()).collect();
    groups.into_iter().collect()
}

fn tracks<'s>(stage: &Stage, subject: &impl Fn(&str) -> Option<&'s Subject>) -> BTreeMap<Spot, Track> {
    let planned = Deployed::from_services(&stage.deployed);
    let mut tracks: BTreeMap<Spot, Track> = BTreeMap::new();
    for (at, wave) in stage.waves.iter().enumerate() {
        for moved in &wave.moves {
            let spot = Spot::new(&moved.service, moved.group.as_deref());
            let first = || planned.live(&spot).into_iter().next().flatten();
            let track = tracks
                .entry(spot.clone())
                .or_insert_with(|| Track { states: vec![first()], waves: Vec::new() });
            track.states.push(after(moved, is_last(stage, moved), subject(&moved.service)));
            track.waves.push(at);
        }
    }
    tracks
}

impl Track {
    /// How far it is; `None` off the track.
    fn progress(&self, live: &Live) -> Option<Progress> {
        if let [settled] = live.as_slice() {
            let done =
                self.states.iter().rposition(|state| same(settled.as_ref(), state.as_ref(), one_version));
            if let Some(done) = done {
                return Some(Progress { done, begun: false });
            }
        }
        // A move that was not brought to its end: what is live is before it or after it.
        let live: Vec<Value> =
            live.iter().map(|live| live.clone().unwrap_or(Value::Null)).flat_map(each).collect();
        let pair = |pair: &[Option<Value>]| {
            let both: Vec<Value> =
                pair.iter().map(|state| state.clone().unwrap_or(Value::Null)).flat_map(each).collect();
            live.iter().all(|live| both.iter().any(|state| one_version(live, state)))
        };
        let done = self.states.windows(2).rposition(pair)?;
        Some(Progress { done, begun: true })
    }

    /// What it may be at, for people.
    fn told(&self) -> String {
        let states: Vec<String> =
            self.states.iter().map(|state| shown(std::slice::from_ref(state))).collect();
        states.join(", then ")
    }
}

/// The versions of a value of a state file.
fn each(value: Value) -> Vec<Value> {
    match value {
        Value::Array(versions) => versions,
        value => vec![value],
    }
}

/// Whether two values are the same live versions.
fn same(one: Option<&Value>, other: Option<&Value>, agree: fn(&Value, &Value) -> bool) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return one.is_none() && other.is_none() };
    let (one, other) = (each(one.clone()), each(other.clone()));
    let among = |all: &[Value], version: &Value| all.iter().any(|other| agree(version, other));
    one.len() == other.len()
        && one.iter().all(|version| among(&other, version))
        && other.iter().all(|version| among(&one, version))
}

/// Whether two values are one artifact: its version, and whatever both know of it.
fn one_artifact(one: &Value, other: &Value) -> bool {
    one_version(one, other) && either_unknown_or_equal(one.get("digest"), other.get("digest"))
}

/// Whether a move is from an artifact to itself.
pub(super) fn unchanged(moved: &Moved) -> bool {
    same(moved.before.as_ref(), moved.after.as_ref(), one_artifact)
}

/// Whether two values are one version, and whatever both know of it. The digest may be another: a run that goes on where one before it
/// stopped may have built anew, and the order was proved for versions.
fn one_version(one: &Value, other: &Value) -> bool {
    let (Some(one), Some(other)) = (one.as_object(), other.as_object()) else { return one == other };
    let facts = one.iter().filter(|(key, _)| *key != "digest");
    one.get("version") == other.get("version")
        && facts.into_iter().all(|(key, value)| either_unknown_or_equal(Some(value), other.get(key)))
}

fn either_unknown_or_equal(one: Option<&Value>, other: Option<&Value>) -> bool {
    one.zip(other).is_none_or(|(one, other)| one == other)
}

/// What is live, for people.
pub(super) fn shown(live: &[Option<Value>]) -> String {
    let version = |value: &Value| {
        let version = value.get("version").and_then(Value::as_str).unwrap_or("an unnamed version").to_owned();
        let digest = value.get("digest").and_then(Value::as_str).and_then(|digest| digest.get(..19));
        digest.map_or_else(|| version.clone(), |digest| format!("{version} ({digest}…)"))
    };
    let texts: Vec<String> = live
        .iter()
        .flat_map(|live| match live {
            None => vec!["not deployed".to_owned()],
            Some(value) => each(value.clone()).iter().map(version).collect(),
        })
        .collect();
    texts.join(" or ")
}

/// Why a move of a wave may not begin; nothing where it may.
pub(super) fn hindrances<'s>(
    stage: &Stage,
    deployed: &Deployed,
    subject: &impl Fn(&str) -> Option<&'s Subject>,
    (moving, wave): (&Spot, usize),
) -> Vec<String> {
    let environment = &stage.environment;
    let tracks = tracks(stage, subject);
    let mut out = Vec::new();
    let mut progress: Vec<(&Spot, &Track, Progress)> = Vec::new();
    for (spot, track) in &tracks {
        let live = deployed.live(spot);
        match track.progress(&live) {
            Some(at) => progress.push((spot, track, at)),
            None => out.push(format!(
                "`{}` is {} in `{environment}`, and on the planned path it is {}: plan again on what is deployed (`clearway ledger state {environment}`)",
                named(spot), shown(&live), track.told()
            )),
        }
    }
    out.extend(unmoved(stage, deployed, &tracks));
    // All of a wave is done before anything of the next begins.
    let undone = progress.iter().filter_map(|(_, track, at)| track.waves.get(at.done)).min();
    let Some(current) = undone.copied() else { return out };
    for (spot, track, at) in &progress {
        let furthest = if at.begun { Some(at.done) } else { at.done.checked_sub(1) };
        let reached = furthest.and_then(|last| track.waves.get(last)).copied();
        if let Some(reached) = reached.filter(|reached| *reached > current) {
            out.push(format!(
                "`{}` has begun wave {} in `{environment}`, and wave {} is not done",
                named(spot),
                reached + 1,
                current + 1
            ));
        }
    }
    let of_this_wave = tracks.get(moving).and_then(|track| track.waves.iter().position(|at| *at == wave));
    let done = progress
        .iter()
        .any(|(spot, _, at)| *spot == moving && of_this_wave.is_some_and(|of_it| at.done > of_it));
    if wave > current && !done {
        let waited: Vec<String> = progress
            .iter()
            .filter(|(_, track, at)| track.waves.get(at.done) == Some(&current))
            .map(|(spot, _, _)| format!("`{}` is {}", named(spot), shown(&deployed.live(spot))))
            .collect();
        out.push(format!("wave {} is not done in `{environment}`: {}", current + 1, waited.join(", ")));
    }
    out
}

/// What the stage does not move, and is not as it was when the order was proved.
fn unmoved(stage: &Stage, deployed: &Deployed, tracks: &BTreeMap<Spot, Track>) -> Vec<String> {
    let planned = Deployed::from_services(&stage.deployed);
    let moved: BTreeSet<&str> = tracks.keys().map(|spot| spot.service.as_str()).collect();
    let spots: BTreeSet<&Spot> = planned.spots().chain(deployed.spots()).collect();
    let stays = |spot: &&&Spot| {
        !(tracks.contains_key(**spot) || spot.group.is_none() && moved.contains(spot.service.as_str()))
    };
    let differs = |spot: &Spot| {
        let (live, expected) = (deployed.live(spot), planned.live(spot));
        let as_planned = matches!((live.as_slice(), expected.as_slice()), ([live], [expected]) if same(live.as_ref(), expected.as_ref(), one_artifact));
        (!as_planned).then(|| {
            format!(
                "`{}` is {} in `{}`, and the order was proved with {}: plan again on what is deployed (`clearway ledger state {}`)",
                named(spot), shown(&live), stage.environment, shown(&expected), stage.environment
            )
        })
    };
    spots.iter().filter(stays).filter_map(|spot| differs(spot)).collect()
}

fn named(spot: &Spot) -> String {
    match &spot.group {
        None => spot.service.clone(),
        Some(group) => format!("{}` of group `{group}", spot.service),
    }
}
