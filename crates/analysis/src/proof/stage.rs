//! The proof of one stage, and what there is to tell of a release's stages.

use clearway_diagnostics::{Diagnostic, Severity};
use clearway_model::{Db, Item, NameKey, release};
use clearway_skew::{
    Answer, BadState, Budget, Cause, Conflict, Order, Refusal, RuleKind, World, prove, standing_violations,
};
use smol_str::SmolStr;

use super::problem::{Asked, question};
use super::{Move, ProvedStage, bridge, told};
use crate::query::{
    answered, asked, is_flawed, library_conflicts, needs, release_stage, requirement_cycles,
    requirement_diagnostics,
};
use crate::world::declared_item;

/// What the proof of a stage comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StageProof {
    /// The order; `None` where there is none, or none is proved.
    pub stage: Option<ProvedStage>,
    /// Why, without the environment.
    pub findings: Vec<Diagnostic>,
}

/// Proves a stage of a release.
pub(crate) fn stage(db: &dyn Db, item: Item, index: u32) -> StageProof {
    let nothing = StageProof { stage: None, findings: Vec::new() };
    let view = &release(db, item).view;
    let Some(stage) = view.stages.get(index as usize) else { return nothing };
    // What is wrong with these was told: an order that rests on half of what is meant is worth nothing.
    let Some(environment) = stage.environment.as_ref().filter(|_| !is_flawed(db, item)) else {
        return nothing;
    };
    let Some((recorded, kind)) = question(db, stage) else { return nothing };
    let Answered { standing, answer } = answered(db, item, recorded, kind);
    // Where each fact is written is asked for only where there is something to tell.
    let asked = || asked(db, item, recorded, kind);
    let place = item.name_place(db);
    let mut findings: Vec<Diagnostic> =
        standing.iter().map(|bad| told::standing(asked(), bad, place)).collect();
    let stage = match answer {
        Answer::Order(order) => Some(proved(environment.value.item.name(db).clone(), order)),
        Answer::No(refusal) => {
            findings.extend(refused(db, item, asked(), refusal));
            None
        }
    };
    StageProof { stage, findings }
}

/// What is live today and breaks a rule, and an order or why there is none.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answered {
    standing: Vec<BadState>,
    answer: Answer,
}

impl Answered {
    pub(crate) fn of(world: &World) -> Self {
        // Requirements that are not met today are told where they are judged one by one.
        let is_told_here = |bad: &BadState| bad.rule != RuleKind::Requirement;
        let standing = standing_violations(world).into_iter().filter(is_told_here).collect();
        Self { standing, answer: prove(world, Budget::default()) }
    }
}

fn proved(environment: SmolStr, order: &Order) -> ProvedStage {
    let told = |step: &clearway_skew::Move| Move {
        service: step.service.clone(),
        group: step.group.clone(),
        from: step.from.iter().map(ToString::to_string).collect(),
        to: step.to.as_ref().map(ToString::to_string),
        kind: step.kind,
        finality: step.finality,
        together: step.together.clone(),
        undo_until: step.undo_until,
        downtime: step.downtime,
    };
    let waves = order.waves.iter().map(|wave| wave.moves.iter().map(told).collect()).collect();
    ProvedStage { environment, waves, no_return: order.no_return, order: order.clone() }
}

fn refused(db: &dyn Db, item: Item, asked: &Asked, refusal: &Refusal) -> Vec<Diagnostic> {
    let place = item.name_place(db);
    let is_half = |name: &SmolStr| declared_item(db, name).is_some_and(|item| is_flawed(db, item));
    let mut found = Vec::new();
    for conflict in &refusal.conflicts {
        let mut names =
            conflict.facts.iter().flat_map(|cause| [&cause.owner].into_iter().chain(&cause.target));
        if !was_told(db, conflict) && !names.any(is_half) {
            let mut told = told::conflict(asked, conflict, place);
            told.fixes.extend(bridge::fix(db, asked, conflict));
            found.push(told);
        }
    }
    let missing: Vec<_> = refusal.missing.iter().filter(|one| !is_half(&one.service)).cloned().collect();
    found.extend(told::missing(asked, &missing, place));
    found.extend(refusal.beyond.iter().map(|services| told::beyond(services, place)));
    found
}

/// Whether other rules have told a conflict: a requirement that is not met in the end, a circle in which nothing can start.
fn was_told(db: &dyn Db, conflict: &Conflict) -> bool {
    let requirements = conflict.facts.iter().all(|cause| cause.rule == RuleKind::Requirement);
    let has_error = |found: &[Diagnostic]| found.iter().any(|one| one.severity == Severity::Error);
    let absent = || {
        conflict
            .facts
            .iter()
            .all(|cause| cause.excludes.as_ref().is_some_and(|clash| clash.target_version.is_none()))
    };
    let unmet = || {
        let owner = conflict.facts.first().map(|cause| cause.owner.clone());
        owner.is_some_and(|owner| has_error(requirement_diagnostics(db, NameKey::new(db, owner))))
    };
    // A range on a library that no version meets beside another's is told with that other.
    let shared = || {
        let is_shared = |cause: &Cause| {
            let owner = declared_item(db, &cause.owner)?;
            let mut ranges = library_conflicts(db, db.project()).iter().flat_map(|conflict| &conflict.ranges);
            let declared = needs(db, owner).declared();
            Some(ranges.any(|range| {
                declared
                    .iter()
                    .any(|need| need.range_place == *range && Some(&need.target) == cause.target.as_ref())
            }))
        };
        conflict.facts.iter().any(|cause| is_shared(cause) == Some(true))
    };
    requirements
        && ((conflict.in_the_end && (unmet() || shared()))
            || (absent() && has_error(requirement_cycles(db, db.project()))))
}

/// What there is to tell of a release's stages: the same in several of them once.
pub(crate) fn diagnostics(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let mut found: Vec<(Diagnostic, Vec<SmolStr>)> = Vec::new();
    for (index, stage) in release(db, item).view.stages.iter().enumerate() {
        let Some(environment) = stage.environment.as_ref() else { continue };
        let name = environment.value.item.name(db);
        for finding in &release_stage(db, item, index as u32).findings {
            match found.iter_mut().find(|(known, _)| known == finding) {
                Some((_, names)) => names.push(name.clone()),
                None => found.push((finding.clone(), vec![name.clone()])),
            }
        }
    }
    let told = |(mut diagnostic, names): (Diagnostic, Vec<SmolStr>)| {
        let names: Vec<&str> = names.iter().map(SmolStr::as_str).collect();
        diagnostic.message = format!("{} in {}", diagnostic.message, told::list(&names));
        diagnostic
    };
    found.into_iter().map(told).collect()
}
