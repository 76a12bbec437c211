//! The plan of one run: the emitted plan, with what is deployed now in the place of what was when it was emitted.
//!
//! A pipeline is emitted once, and what is deployed moves on. Its first job plans again, against the ledger and with the versions of the
//! run, and goes on only where the emitted waves, with the services that move now, are an order that holds: whatever must come before
//! something else in the new order must come in an earlier wave of the emitted one.

use std::collections::BTreeMap;

use clearway_plan::{Move, Plan, Release, Stage};

/// Where a service, or a group of its replicas, moves in a stage.
type Places<'s> = BTreeMap<(&'s str, Option<&'s str>), Vec<(usize, &'s Move)>>;

/// The plan of a run, or why the emitted pipeline must not run: for people, one reason a line.
///
/// # Errors
///
/// The new order is not one that the emitted waves keep.
pub fn of_run(emitted: &Plan, now: &Plan, release: &str) -> Result<Plan, Vec<String>> {
    let missing =
        |where_: &str| vec![format!("{where_} has no release `{release}`: build the pipeline again")];
    let new = now.release(release).ok_or_else(|| missing("the spec"))?;
    let mut plan = emitted.clone();
    let old =
        plan.releases.iter_mut().find(|old| old.name == release).ok_or_else(|| missing("the pipeline"))?;
    let mut reasons = Vec::new();
    for stage in &mut old.stages {
        let Some(new) = new.stage(&stage.environment) else {
            reasons.push(format!(
                "the spec no longer goes to `{}`: build the pipeline again",
                stage.environment
            ));
            continue;
        };
        reasons.extend(differences(stage, new));
        if reasons.is_empty() {
            bring_up_to_date(stage, new);
        }
    }
    versions(old, new);
    if reasons.is_empty() { Ok(plan) } else { Err(reasons) }
}

fn places(stage: &Stage) -> Places<'_> {
    let mut places: Places<'_> = BTreeMap::new();
    for (number, wave) in stage.waves.iter().enumerate() {
        for step in &wave.moves {
            places.entry((&step.service, step.group.as_deref())).or_default().push((number, step));
        }
    }
    places
}

/// What of the new order the emitted waves would not keep.
fn differences(old: &Stage, new: &Stage) -> Vec<String> {
    let (before, mut after) = (places(old), places(new));
    after.retain(|_, moves| moves.iter().any(|(_, step)| step.moves()));
    let environment = &old.environment;
    let mut reasons = Vec::new();
    for ((service, _), moves) in &after {
        if before
            .iter()
            .find(|((known, _), _)| known == service)
            .is_none_or(|(_, emitted)| emitted.len() != moves.len())
        {
            reasons.push(format!(
                "`{service}` moves in {} steps in `{environment}` now, and the pipeline was emitted for another number: build it again",
                moves.len()
            ));
        }
    }
    if !reasons.is_empty() {
        return reasons;
    }
    let waves: Vec<(&str, usize, usize)> = after
        .iter()
        .filter_map(|(key, moves)| Some((key, moves, before.get(key)?)))
        .flat_map(|(key, moves, emitted)| {
            moves.iter().zip(emitted).map(|((new, _), (old, _))| (key.0, *new, *old))
        })
        .collect();
    // In the order of the new waves, the emitted ones must rise: the highest so far stands for all before it.
    let mut sorted = waves;
    sorted.sort_by_key(|(_, new, _)| *new);
    let mut highest: Option<(&str, usize)> = None;
    let mut pending: Option<(&str, usize)> = None;
    let mut wave = 0;
    for (service, new, old) in sorted {
        if new != wave {
            wave = new;
            highest = match (highest, pending.take()) {
                (Some(one), Some(other)) if one.1 >= other.1 => Some(one),
                (one, other) => other.or(one),
            };
        }
        if let Some((first, at)) = highest.filter(|(_, at)| *at >= old) {
            reasons.push(format!(
                "in `{environment}` `{first}` must be done before `{service}` begins now, and the pipeline has them in waves {} and {}: build it again",
                at + 1,
                old + 1
            ));
        }
        if pending.is_none_or(|(_, at)| old > at) {
            pending = Some((service, old));
        }
    }
    reasons
}

/// Puts the states of now into the emitted waves. What does not move now stays as it is.
fn bring_up_to_date(stage: &mut Stage, new: &Stage) {
    let places = places(new);
    let mut taken: BTreeMap<(String, Option<String>), usize> = BTreeMap::new();
    for step in stage.waves.iter_mut().flat_map(|wave| &mut wave.moves) {
        let key = (step.service.clone(), step.group.clone());
        let at = taken.entry(key).or_default();
        let found =
            places.get(&(step.service.as_str(), step.group.as_deref())).and_then(|moves| moves.get(*at));
        *at += 1;
        match found {
            Some((_, moved)) => (*moved).clone_into(step),
            None => {
                let live = live(new, &step.service, step.group.as_deref())
                    .unwrap_or_else(|| step.to.clone().into_iter().collect());
                step.to = live.first().cloned();
                step.from = live;
            }
        }
    }
    stage.deployed.clone_from(&new.deployed);
    stage.no_return =
        stage.waves.iter().position(|wave| wave.moves.iter().any(|step| step.is_final && step.moves()));
}

/// The versions of a service, or of a group of its replicas, that are deployed. Where none is, nothing is known of it.
fn live(stage: &Stage, service: &str, group: Option<&str>) -> Option<Vec<String>> {
    let deployed = stage.deployed.get(service)?;
    let deployed = match group {
        Some(group) => deployed["groups"].get(group)?,
        None => deployed,
    };
    let text = |value: &serde_json::Value| value["version"].as_str().map(str::to_owned);
    let versions: Vec<String> = match deployed {
        serde_json::Value::Array(versions) => versions.iter().filter_map(text).collect(),
        one => text(one).into_iter().collect(),
    };
    (!versions.is_empty()).then_some(versions)
}

/// The versions that ship in this run.
fn versions(old: &mut Release, new: &Release) {
    for shipped in &mut old.ships {
        if let Some(now) = new.ships.iter().find(|now| now.service == shipped.service) {
            shipped.version.clone_from(&now.version);
        }
    }
}

#[cfg(test)]
mod tests {
    use clearway_plan::{Breach, Move, MoveKind, Rollout, Stage, Wave};

    use super::differences;

    /// A stage whose waves move these services, one letter each; a capital one stays as it is.
    fn stage(waves: &[&str]) -> Stage {
        let step = |name: char| Move {
            service: name.to_ascii_lowercase().to_string(),
            group: None,
            from: vec![if name.is_uppercase() { "2.0.0" } else { "1.0.0" }.to_owned()],
            to: Some("2.0.0".to_owned()),
            becomes: None,
            kind: MoveKind::Rolling,
            is_final: false,
            proved_wave: None,
            together: None,
        };
        Stage {
            environment: "production".to_owned(),
            gates: Vec::new(),
            checklist: None,
            approval: None,
            emergency: None,
            rollout: Rollout {
                origin: None,
                overlap: true,
                shares: Vec::new(),
                watches: Vec::new(),
                on_breach: Breach::Rollback,
            },
            bake: 0,
            bake_in_window: false,
            validates: Vec::new(),
            triggers: Vec::new(),
            deployed: std::collections::BTreeMap::new(),
            waves: waves.iter().map(|wave| Wave { moves: wave.chars().map(step).collect() }).collect(),
            no_return: None,
        }
    }

    fn is_kept(emitted: &[&str], now: &[&str]) -> bool {
        differences(&stage(emitted), &stage(now)).is_empty()
    }

    #[test]
    fn emitted_waves_keep_an_order_that_they_refine() {
        assert!(is_kept(&["ab", "c"], &["ab", "c"]));
        assert!(is_kept(&["a", "b", "c"], &["abc"]));
        assert!(is_kept(&["a", "b", "c"], &["ab", "c"]));
        assert!(is_kept(&["ab", "c"], &["aB", "c"]));
        assert!(is_kept(&["ab", "c"], &["c"]));
    }

    #[test]
    fn a_group_that_does_not_move_now_stays_as_it_is() {
        let mut emitted = stage(&["a", "b"]);
        emitted.waves[0].moves[0].group = Some("control".to_owned());
        let mut now = stage(&["b"]);
        let groups = serde_json::json!({ "groups": { "control": { "version": "2.0.0" } } });
        now.deployed.insert("a".to_owned(), groups);
        super::bring_up_to_date(&mut emitted, &now);
        let step = &emitted.waves[0].moves[0];
        assert_eq!(
            (step.from.as_slice(), step.to.as_deref()),
            (["2.0.0".to_owned()].as_slice(), Some("2.0.0"))
        );
        assert!(!step.moves() && emitted.waves[1].moves[0].moves());
    }

    #[test]
    fn emitted_waves_that_are_looser_or_turned_round_are_refused() {
        assert!(!is_kept(&["abc"], &["ab", "c"]));
        assert!(!is_kept(&["a", "b"], &["b", "a"]));
        assert!(!is_kept(&["a", "bc"], &["a", "b", "c"]));
        assert!(!is_kept(&["b", "a", "c"], &["a", "b", "c"]));
    }

    #[test]
    fn a_service_that_the_pipeline_does_not_move_is_refused() {
        assert!(!is_kept(&["a"], &["a", "b"]));
        assert!(!is_kept(&["a"], &["a", "a"]));
    }
}
