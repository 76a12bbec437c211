//! The parts of a release that is too large for one workflow: how much room each of its steps takes, the workflows that they go to, and the
//! jobs that call these.
//!
//! A stage stays under the lock of the one job that calls its workflow, however deep its parts are called.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use clearway_plan::{Move, PathKind, Plan, Release, Shipped, Stage, Step, StepKind};

use super::condition::{FIRST_ATTEMPT, after_all, succeeded};
use super::jobs;
use super::layout::{Cut, Layout, Piece, Size, filled, once};
use super::limits::{EXPRESSION, EXPRESSIONS};
use super::model::{Call, Entries, Given, Input, Job, On, Texts, Workflow};
use super::steps::Context;
use super::subjects;
use super::workflow::{
    FOLDER, called, handed, here, inside, of_the_plan, outside, stage_file, step_jobs, told, union,
};
use crate::index::Index;
use crate::settings::Settings;
use crate::way::undone;

/// What a workflow has besides its jobs, and some room to spare, in bytes.
const HEAD: usize = 8_000;
/// What an open version adds to a workflow that is told it, in bytes.
const VERSION: usize = 200;

/// The job that calls a part of what builds and tests. The word of no step begins so.
pub(super) fn builds_id(part: usize) -> String {
    format!("builds-{}", part + 1)
}

/// The job that calls a part of the moves of a stage.
pub(super) fn moves_id(part: usize) -> String {
    format!("moves-{}", part + 1)
}

/// A job of a way back in several jobs, and the job that calls its workflow: the last has the id of the step, which is done with it.
fn back_id(step: &Step, part: usize, parts: usize) -> String {
    if part + 1 == parts { step.id.clone() } else { format!("{}--{}", step.id, part + 1) }
}

fn builds_file(release: &Release, part: usize) -> String {
    format!("{FOLDER}/{}.builds.part-{}.yml", release.name, part + 1)
}

/// A part of a stage stands beside its workflow.
fn part_file(release: &Release, stage: &Stage, part: &str) -> String {
    format!("{}.{part}.yml", stage_file(release, stage).trim_end_matches(".yml"))
}

/// Cuts what builds and tests: what is done for one service stays together.
pub(super) fn builds(plan: &Plan, release: &Release, way: &Workflow, largest: usize) -> Cut {
    let jobs = jobs_of(way);
    let shipped: BTreeMap<&str, &Shipped> =
        release.ships.iter().map(|shipped| (shipped.service.as_str(), shipped)).collect();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut last = None;
    for step in
        release.paths.iter().filter(|path| path.kind == PathKind::Release).flat_map(|path| &path.steps)
    {
        let (StepKind::Build { service } | StepKind::Import { service } | StepKind::Test { service }) =
            &step.does
        else {
            continue;
        };
        let mut takes = Size { bytes: bytes(&jobs, &step.id), ..Size::default() };
        if !matches!(step.does, StepKind::Test { .. })
            && let Some(shipped) = shipped.get(service.as_str())
        {
            let line = subjects::given_line(plan, shipped, &step.id);
            takes.given = line.chars().count() + 1;
            takes.expressions = line.matches("${{").count();
            takes.bytes += line.len() + if shipped.open { VERSION } else { 0 };
        }
        match pieces.last_mut().filter(|_| last == Some(service)) {
            Some(piece) => {
                piece.steps.push(step.id.clone());
                piece.takes = piece.takes.and(takes);
            }
            None => pieces.push(Piece { steps: vec![step.id.clone()], takes }),
        }
        last = Some(service);
    }
    let room = Size { given: EXPRESSION - 1_000, expressions: EXPRESSIONS, ..room(largest) };
    Cut::of(pieces, room)
}

/// Cuts the moves of a stage.
pub(super) fn moves(release: &Release, stage: &Stage, workflow: &Workflow, largest: usize) -> Cut {
    let steps =
        release.paths.iter().filter(|path| path.kind == PathKind::Release).flat_map(|path| &path.steps);
    let moves = steps.filter(|step| {
        let moves =
            matches!(step.does, StepKind::Deploy { .. } | StepKind::Smoke { .. } | StepKind::Wave { .. });
        moves && step.does.environment() == Some(&stage.environment)
    });
    let jobs = jobs_of(workflow);
    let piece = |step: &Step| Piece {
        steps: vec![step.id.clone()],
        takes: Size { bytes: bytes(&jobs, &step.id), ..Size::default() },
    };
    Cut::of(moves.map(piece).collect(), room(largest))
}

/// Cuts the way back of a stage.
pub(super) fn back(
    plan: &Plan,
    settings: &Settings,
    release: &Release,
    stage: &Stage,
    largest: usize,
) -> Vec<Range<usize>> {
    let is_back = |step: &&Step| step.does == StepKind::Rollback { environment: stage.environment.clone() };
    let Some((path, step)) =
        release.paths.iter().find_map(|path| path.steps.iter().find(is_back).map(|step| (path, step)))
    else {
        return Vec::new();
    };
    let (index, layout) = (Index::of(release, path), Layout::default());
    let context = Context { plan, settings, release, path, index: &index, layout: &layout, is_called: true };
    let alone = |moved: &Move| jobs::back(&context, &bare(step), stage, &[moved], "");
    let size = |job: Job| Size { bytes: job_bytes(&step.id, &job), ..Size::default() };
    let sizes: Vec<Size> = undone(stage).iter().map(|moved| size(alone(moved))).collect();
    filled(&sizes, room(largest))
}

fn room(largest: usize) -> Size {
    Size { bytes: largest.saturating_sub(HEAD), given: usize::MAX, expressions: usize::MAX }
}

/// The jobs of a workflow, by their ids.
fn jobs_of(workflow: &Workflow) -> BTreeMap<&str, &Job> {
    workflow.jobs.0.iter().map(|(id, job)| (id.as_str(), job)).collect()
}

/// The bytes of a job in the file of its workflow.
fn bytes(jobs: &BTreeMap<&str, &Job>, id: &str) -> usize {
    jobs.get(id).map_or(0, |job| job_bytes(id, job))
}

fn job_bytes(id: &str, job: &Job) -> usize {
    let alone: Entries<&Job> = [(id, job)].into_iter().collect();
    let jobs: Entries<Entries<&Job>> = [("jobs", alone)].into_iter().collect();
    crate::yaml::yaml("", &jobs).map_or(0, |text| text.len())
}

/// A step in a workflow of its own: what it waits for is what the call of that workflow waits for.
fn bare(step: &Step) -> Step {
    Step { needs: Vec::new(), after_failure_of: Vec::new(), ..step.clone() }
}

/// The jobs of a part. What they need outside of it the job needs that calls it.
fn part_jobs<'p>(context: &Context<'p>, steps: &[String]) -> Entries<Job> {
    let within: BTreeSet<&String> = steps.iter().collect();
    let mut jobs = Entries::default();
    for step in steps.iter().filter_map(|id| context.index.step(id)) {
        let needs = step.needs.iter().filter(|need| within.contains(need)).cloned().collect();
        for (id, job) in step_jobs(context, &Step { needs, ..step.clone() }) {
            jobs.put(id, job);
        }
    }
    jobs
}

/// What the steps of a part need outside of it.
fn needed(context: &Context<'_>, steps: &[String]) -> Vec<String> {
    let within: BTreeSet<&String> = steps.iter().collect();
    let needs = steps.iter().filter_map(|id| context.index.step(id)).flat_map(|step| &step.needs);
    needs.filter(|need| !within.contains(need)).cloned().collect()
}

/// The job that calls a part of what builds and tests.
pub(super) fn call_builds(context: &Context<'_>, part: usize) -> Job {
    let steps = context.layout.builds.parts().get(part).map_or(&[][..], Vec::as_slice);
    let needs = outside(context, &needed(context, steps));
    let inside = Context { is_called: true, ..*context };
    let mut inputs = Texts::default();
    for service in open(context, steps) {
        inputs.put(subjects::version_name(service), subjects::version(context, service));
    }
    if imports(context, steps) {
        inputs.put("digests", "${{ inputs.digests }}".to_owned());
    }
    Job {
        condition: Some(after_all(&needs)),
        permissions: union(&part_jobs(&inside, steps)),
        inputs,
        ..call(&format!("builds, part {}", part + 1), &builds_file(context.release, part), needs)
    }
}

/// The workflows of the parts of what builds and tests.
pub(super) fn of_builds(context: &Context<'_>) -> Vec<(String, Workflow)> {
    let release = &context.release.name;
    let workflow = |(part, steps): (usize, &Vec<String>)| {
        let mut takes: Entries<Input> = Entries::default();
        for service in open(context, steps) {
            takes.put(subjects::version_name(service), told(&format!("The version of {service}")));
        }
        if imports(context, steps) {
            takes.put("digests", told("What other repositories built"));
        }
        let value = subjects::given(context, steps);
        let description = "What was built: a line for each service, with its version and digest".to_owned();
        let outputs = [("subjects", Given { description, value })].into_iter().collect();
        let name = format!("{release} builds, part {}", part + 1);
        let on = On { call: Some(Call { inputs: takes, outputs }), ..On::default() };
        let workflow = Workflow { on, ..called(&name, Entries::default(), part_jobs(context, steps)) };
        (builds_file(context.release, part), workflow)
    };
    context.layout.builds.parts().iter().enumerate().map(workflow).collect()
}

/// The services of a part whose versions are said when a run is started.
fn open<'p>(context: &Context<'p>, steps: &[String]) -> Vec<&'p str> {
    let made = steps.iter().filter_map(|id| match &context.index.step(id)?.does {
        StepKind::Build { service } | StepKind::Import { service } => Some(service.as_str()),
        _ => None,
    });
    made.filter(|service| context.index.shipped(service).is_some_and(|shipped| shipped.open)).collect()
}

/// Whether a part takes what other repositories built.
fn imports(context: &Context<'_>, steps: &[String]) -> bool {
    let mut steps = steps.iter().filter_map(|id| context.index.step(id));
    steps.any(|step| matches!(step.does, StepKind::Import { .. }))
}

/// The job that calls a part of the moves of a stage.
pub(super) fn call_moves(context: &Context<'_>, stage: &Stage, part: usize) -> Job {
    let steps = context.layout.moves(stage).parts().get(part).map_or(&[][..], Vec::as_slice);
    let needs = here(context, stage, &needed(context, steps));
    Job {
        condition: Some(format!("{} && {FIRST_ATTEMPT}", after_all(&needs))),
        permissions: union(&part_jobs(context, steps)),
        inputs: jobs::hand(context),
        ..call(&moves_name(stage, part), &moves_file(context.release, stage, part), needs)
    }
}

fn moves_name(stage: &Stage, part: usize) -> String {
    format!("{}, part {}", stage.environment, part + 1)
}

fn moves_file(release: &Release, stage: &Stage, part: usize) -> String {
    part_file(release, stage, &format!("moves-{}", part + 1))
}

fn back_file(release: &Release, stage: &Stage, part: usize) -> String {
    part_file(release, stage, &format!("back-{}", part + 1))
}

/// The workflows of the parts of a stage.
pub(super) fn of_stage(context: &Context<'_>, stage: &Stage) -> Vec<(String, Workflow)> {
    let release = context.release;
    let moves = context.layout.moves(stage).parts().iter().enumerate().map(|(part, steps)| {
        let name = format!("{} in {}", release.name, moves_name(stage, part));
        (moves_file(release, stage, part), called(&name, handed(), part_jobs(context, steps)))
    });
    let mut files: Vec<(String, Workflow)> = moves.collect();
    let is_back = |step: &&Step| matches!(step.does, StepKind::Rollback { .. });
    if let Some(step) = inside(context, stage).find(is_back) {
        for (id, part, job) in back_jobs(context, step, stage) {
            let name = format!("{} back in {}, part {}", release.name, stage.environment, part + 1);
            let jobs = [(id, job)].into_iter().collect();
            files.push((back_file(release, stage, part), called(&name, of_the_plan(), jobs)));
        }
    }
    files
}

/// The jobs of a way back in several, each in a workflow of its own. Whether it starts, and also when the run is cancelled, is decided
/// where it is called.
fn back_jobs(context: &Context<'_>, step: &Step, stage: &Stage) -> Vec<(String, usize, Job)> {
    let (undone, parts) = (undone(stage), context.layout.back(stage));
    let job = |(part, range): (usize, &Range<usize>)| {
        let moves = undone.get(range.clone()).unwrap_or_default();
        let which = format!(", part {}", part + 1);
        let job = jobs::back(context, &bare(step), stage, moves, &which);
        (back_id(step, part, parts.len()), part, Job { condition: Some("always()".to_owned()), ..job })
    };
    parts.iter().enumerate().map(job).collect()
}

/// The jobs of a way back: one, or the calls of several, each after the one before succeeded.
pub(super) fn backs(context: &Context<'_>, step: &Step, stage: &Stage) -> Vec<(String, Job)> {
    let called = Context { is_called: true, ..*context };
    let parts = back_jobs(&called, step, stage);
    if parts.is_empty() {
        return vec![(step.id.clone(), jobs::back(context, step, stage, &undone(stage), ""))];
    }
    let mut jobs: Vec<(String, Job)> = Vec::new();
    for (id, part, job) in parts {
        let (needs, condition) = match jobs.last() {
            None => jobs::back_starts(step),
            Some((before, _)) => {
                // What the called workflow is handed is known from what the step needs.
                let handing = if context.is_called { &[][..] } else { &step.needs };
                let needs = once(std::iter::once(before).chain(handing).cloned());
                (needs, Some(format!("always() && {}", succeeded(before))))
            }
        };
        let name = format!("back in {}, part {}", stage.environment, part + 1);
        let permissions = union(&[(id.as_str(), job)].into_iter().collect());
        let calls = Job {
            condition,
            permissions,
            inputs: jobs::hand_plan(context),
            ..call(&name, &back_file(context.release, stage, part), needs)
        };
        jobs.push((id, calls));
    }
    jobs
}

/// A job that calls the workflow of a part.
fn call(name: &str, file: &str, needs: Vec<String>) -> Job {
    Job { name: super::text::one_line(name), needs, uses: Some(format!("$/{file}")), ..Job::default() }
}
