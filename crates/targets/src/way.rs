//! What every target asks of a way through a release.

use clearway_plan::{Artifact, Flag, Move, Path, PathKind, Plan, Ramp, Release, Stage, Step, StepKind};

/// The stage that a step acts in or stands before.
pub(crate) fn stage_of<'r>(release: &'r Release, step: &Step) -> Option<&'r Stage> {
    release.stage(step.does.environment()?)
}

/// Whether a step is in the pipeline of its stage, over which one job holds the lock.
pub(crate) fn is_inside(path: &Path, step: &Step) -> bool {
    let acts = matches!(
        step.does,
        StepKind::Deploy { .. }
            | StepKind::Smoke { .. }
            | StepKind::Wave { .. }
            | StepKind::Validate { .. }
            | StepKind::Accept { .. }
            | StepKind::Rollback { .. }
    );
    path.kind != PathKind::Rollback && (acts || !step.after_failure_of.is_empty())
}

/// What can be undone, the last move first; behind a point of no return nothing before it can.
pub(crate) fn undone(stage: &Stage) -> Vec<&Move> {
    let mut moves: Vec<&Move> = Vec::new();
    for wave in stage.waves.iter().rev() {
        if wave.moves.iter().any(|moved| moved.is_final) {
            moves.extend(wave.moves.iter().rev().filter(|moved| !moved.is_final));
            break;
        }
        moves.extend(wave.moves.iter().rev());
    }
    moves
}

/// Where the secrets of a service are kept, one a line: `NAME=vault:PATH#KEY`; none where it has none. Their values pass through no job.
pub(crate) fn secrets(plan: &Plan, artifact: Option<&Artifact>) -> Option<String> {
    let used = artifact.into_iter().flat_map(|artifact| &artifact.secrets);
    let lines = used.filter_map(|name| Some(format!("{name}={}", plan.secrets.get(name)?.from)));
    let lines = lines.collect::<Vec<_>>().join("\n");
    (!lines.is_empty()).then_some(lines)
}

/// A flag with its ramp.
pub(crate) fn ramped<'p>(plan: &'p Plan, flag: &str) -> Option<(&'p str, &'p Flag, &'p Ramp)> {
    let (name, flag) = plan.flags.get_key_value(flag)?;
    Some((name, flag, flag.ramp.as_ref()?))
}
