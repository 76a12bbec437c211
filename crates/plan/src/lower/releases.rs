//! Releases and their stages.

use std::collections::BTreeMap;
use std::sync::Arc;

use clearway_analysis::Direction;
use clearway_analysis::proof::{self, ProvedRelease, ProvedStage};
use clearway_model::views::{Accept, At, Release as View, Stage as StageView};
use clearway_model::{Db, Item, Reference, deployed_state, release as release_view};

use super::seconds::seconds;
use super::{
    Parts, artifacts, chains, checklists, facts, gates, instance_name, places, rollouts, steps, waves,
};
use crate::guarantee::Guarantee;
use crate::ir::{Acceptance, Control, Environment, Move, MoveKind, Release, Shipped, Stage};
use crate::path::PathKind;
use crate::rollout::Watch;

/// A release with the order that was proved of it.
pub(super) fn release(
    db: &dyn Db,
    proved: &ProvedRelease,
    controls: &[clearway_analysis::Control],
    parts: &mut Parts,
) -> Release {
    let declared = release_view(db, proved.release);
    let view = &declared.view;
    let ships = ships(db, view);
    let retires: Vec<String> =
        view.retire.iter().filter_map(|retire| Some(retire.service.as_ref()?.value.to_string())).collect();
    let own = db.project().manifest(db).repository.clone();
    for name in ships.iter().map(|shipped| &shipped.service).chain(&retires) {
        if let Some(item) = clearway_analysis::deployable_named(db, name) {
            let artifact = artifacts::artifact(db, item, own.as_deref(), parts);
            parts.artifacts.insert(name.clone(), artifact);
        }
    }
    let stages = view.stages.iter().filter_map(|stage| {
        let environment = &stage.environment.as_ref()?.value;
        let proved = proved.stages.iter().find(|proved| proved.environment == environment.name)?;
        Some((self::stage(db, stage, environment.item, parts), proved))
    });
    let stages: Vec<(Stage, &ProvedStage)> = stages.collect();
    let rollback = view.rollback.as_ref().and_then(|rollback| chain(db, rollback.approval.as_ref(), parts));
    let mut release = Release {
        name: declared.name.to_string(),
        class: view.class.as_ref().map(|class| class.value.to_string()).unwrap_or_default(),
        change: view.change.as_ref().map(|change| change.value.to_string()),
        requested_by: view.requested_by.as_ref().map(|person| person.value.to_string()),
        tag: view.tag.as_ref().map(|tag| tag.value.to_string()),
        common_slot: view.common_slot.iter().map(|at| at.value.name.to_string()).collect(),
        milestone: view.milestone.as_ref().and_then(|at| clearway_analysis::milestone(db, &at.value)),
        ships,
        retires,
        stages: Vec::new(),
        rollback,
        accepts: view.accepts.iter().filter_map(acceptance).collect(),
        controls: controls.iter().map(control).collect(),
        paths: Vec::new(),
    };
    let is_process = release.is_process();
    let triggers: Vec<Watch> = view
        .rollback
        .iter()
        .flat_map(|rollback| &rollback.when)
        .filter_map(|when| rollouts::trigger(db, when))
        .collect();
    let environments = &parts.environments;
    let order = |(mut stage, proved): (Stage, &ProvedStage)| {
        if environments.get(&stage.environment).is_some_and(Environment::is_production) {
            stage.triggers.clone_from(&triggers);
        }
        stage.waves = if is_process {
            waves::of_process(db, proved, &release.ships)
        } else {
            waves::proved(db, proved)
        };
        stage.no_return = stage.waves.iter().position(|wave| wave.moves.iter().any(|step| step.is_final));
        stage
    };
    release.stages = stages.into_iter().map(order).collect();
    release.paths = steps::paths(&release, parts);
    release
}

/// What is shipped, in the order of the text.
fn ships(db: &dyn Db, view: &View) -> Vec<Shipped> {
    let given = db.project().ship(db);
    let shipped = view.ship.iter().filter_map(|ship| {
        let service = ship.service.as_ref()?.value.name.to_string();
        let declared = || {
            let item = clearway_analysis::deployable_named(db, &service)?;
            Some(clearway_model::deployable(db, item).view.version.as_ref()?.value.to_string())
        };
        let written = ship.version.as_ref().map(|version| version.value.to_string());
        let version = given.get(&service).cloned().or_else(|| written.clone()).or_else(declared)?;
        Some(Shipped { open: written.is_none(), service, version })
    });
    shipped.collect()
}

fn control(control: &clearway_analysis::Control) -> Control {
    Control {
        environment: control.environment.to_string(),
        path: match control.direction {
            Direction::Release => PathKind::Release,
            Direction::Emergency => PathKind::Emergency,
            Direction::Rollback => PathKind::Rollback,
        },
        fewest: control.fewest,
        fewest_unconditional: control.fewest_unconditional,
    }
}

fn acceptance(accept: &Accept) -> Option<Acceptance> {
    Some(Acceptance {
        guarantee: Guarantee::find(&accept.guarantee.as_ref()?.value)?,
        reason: accept.reason.as_ref()?.value.to_string(),
        target: accept.on.as_ref().map(|target| target.value.to_string()),
    })
}

fn stage(db: &dyn Db, view: &StageView, environment: Item, parts: &mut Parts) -> Stage {
    let name = environment.name(db).to_string();
    parts.environments.entry(name.clone()).or_insert_with(|| places::place(db, environment));
    let gates = view.gates.iter().map(|at| gates::named(db, &at.value, parts));
    Stage {
        gates: gates.collect(),
        checklist: view.checklist.as_ref().map(|at| {
            let name = instance_name(&at.value);
            let checklist = checklists::checklist(db, &at.value, parts);
            parts.checklists.entry(name.clone()).or_insert(checklist);
            name
        }),
        approval: chain(db, view.approval.as_ref(), parts),
        emergency: chain(db, view.emergency.as_ref(), parts),
        rollout: rollouts::rollout(db, view.rollout.as_ref()),
        bake: seconds(view.bake.as_ref()).unwrap_or_default(),
        bake_in_window: view.bake_in_window,
        validates: view
            .validate
            .iter()
            .flat_map(|validate| &validate.requires)
            .filter_map(|require| rollouts::watch(db, require))
            .collect(),
        triggers: Vec::new(),
        deployed: deployed(db, environment),
        waves: Vec::new(),
        no_return: None,
        environment: name,
    }
}

fn chain(db: &dyn Db, reference: Option<&At<Arc<Reference>>>, parts: &mut Parts) -> Option<String> {
    let reference = &reference?.value;
    let name = instance_name(reference);
    if !parts.approvals.contains_key(&name) {
        let chain = chains::chain(db, reference, parts);
        parts.approvals.insert(name.clone(), chain);
    }
    Some(name)
}

/// What is deployed in an environment, by service, in the form of a state file.
fn deployed(db: &dyn Db, environment: Item) -> BTreeMap<String, serde_json::Value> {
    let state = deployed_state(db, environment).and_then(|file| file.state.as_ref().ok());
    let services = state.into_iter().flat_map(|state| &state.services);
    services
        .filter_map(|(name, deployed)| Some((name.clone(), serde_json::to_value(deployed).ok()?)))
        .collect()
}

/// A move of a proved wave, with what is known of the version that it brings.
pub(super) fn moved(db: &dyn Db, wave: usize, step: &proof::Move) -> Move {
    Move {
        service: step.service.to_string(),
        group: step.group.as_ref().map(ToString::to_string),
        from: step.from.clone(),
        becomes: step.to.as_ref().map(|version| facts::becomes(db, &step.service, version)),
        to: step.to.clone(),
        kind: match step.kind {
            proof::MoveKind::Rolling => MoveKind::Rolling,
            proof::MoveKind::Recreate => MoveKind::Recreate,
            proof::MoveKind::Switch => MoveKind::Switch,
        },
        is_final: step.finality.is_some(),
        proved_wave: Some(wave),
        together: step.together.as_ref().map(ToString::to_string),
    }
}
