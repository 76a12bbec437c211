//! The workflows of a release: one for each way that a run can take, and one for each stage, which they call.

use std::collections::BTreeSet;

use clearway_plan::{Path, PathKind, Plan, Release, Stage, Step, StepKind, slug};
use serde_saphyr::Commented;

use super::jobs;
use super::layout::{Layout, once};
use super::limits::excess;
use super::model::{Concurrency, Cron, Entries, Input, Job, On, Permissions, Workflow};
use super::parts;
use super::steps::{Context, of_the_run};
use super::text::one_line;
use crate::index::Index;
use crate::recurring::RAMPS;
use crate::settings::Settings;
use crate::way::{is_inside, ramped, stage_of};

/// The folder of workflows.
pub(super) const FOLDER: &str = ".github/workflows";

/// The file of a way through a release.
pub(crate) fn file(release: &Release, kind: PathKind) -> String {
    match kind {
        PathKind::Release => format!("{FOLDER}/{}.yml", release.name),
        _ => format!("{FOLDER}/{}-{kind}.yml", release.name),
    }
}

/// The file of a stage of a release.
pub(crate) fn stage_file(release: &Release, stage: &Stage) -> String {
    format!("{FOLDER}/{}.{}.yml", release.name, slug(&stage.environment))
}

/// How the workflows of a release are laid out where a workflow has at most so many bytes.
pub(crate) fn layout(plan: &Plan, settings: &Settings, release: &Release, largest: usize) -> Layout {
    let mut layout = Layout::default();
    let whole = workflows(plan, settings, release, &layout);
    let too_large: BTreeSet<&str> = whole
        .iter()
        .filter(|(_, workflow)| excess(workflow, largest).is_some())
        .map(|(file, _)| file.as_str())
        .collect();
    if too_large.is_empty() {
        return layout;
    }
    let is_large = |file: &str| too_large.contains(file);
    let workflow = |file: &str| whole.iter().find(|(path, _)| path == file).map(|(_, workflow)| workflow);
    if is_large(&file(release, PathKind::Release)) || is_large(&file(release, PathKind::Emergency)) {
        let way = workflow(&file(release, PathKind::Release));
        layout.builds = way.map(|way| parts::builds(plan, release, way, largest)).unwrap_or_default();
    }
    for stage in &release.stages {
        let Some(of_stage) = workflow(&stage_file(release, stage)) else { continue };
        let is_cut = is_large(&stage_file(release, stage));
        if is_cut {
            layout.cut_moves(stage, parts::moves(release, stage, of_stage, largest));
        }
        if is_cut || is_large(&file(release, PathKind::Rollback)) {
            layout.cut_back(stage, parts::back(plan, settings, release, stage, largest));
        }
    }
    layout
}

/// Every workflow of a release, with its file.
pub(crate) fn workflows(
    plan: &Plan,
    settings: &Settings,
    release: &Release,
    layout: &Layout,
) -> Vec<(String, Workflow)> {
    let mut files = Vec::new();
    for path in &release.paths {
        let index = Index::of(release, path);
        let context = Context { plan, settings, release, path, index: &index, layout, is_called: false };
        files.push((file(release, path.kind), way(&context)));
        if path.kind == PathKind::Release {
            files.extend(flags(&context).map(|workflow| (flags_file(release), workflow)));
            let called = Context { is_called: true, ..context };
            for stage in &release.stages {
                files.push((stage_file(release, stage), stage_workflow(&called, stage)));
                files.extend(parts::of_stage(&called, stage));
            }
            files.extend(parts::of_builds(&called));
        }
    }
    files
}

/// A way through the release.
fn way(context: &Context<'_>) -> Workflow {
    let path = context.path;
    let mut jobs = Entries::default();
    let mut called: BTreeSet<String> = BTreeSet::new();
    for step in path.steps.iter().filter(|step| step.does != StepKind::Outcome) {
        if is_inside(path, step) {
            let Some(stage) = stage_of(context.release, step) else { continue };
            if called.insert(call_id(stage)) {
                let inside = Context { is_called: true, ..*context };
                let permissions = union(&stage_jobs(&inside, stage));
                // The digests that it is called with come from the jobs that made them.
                let needs = once(outside(context, &step.needs).into_iter().chain(made(context)));
                jobs.put(call_id(stage), jobs::call(context, stage, needs, permissions));
            }
            continue;
        }
        if let Some(part) = context.layout.builds.part_of(&step.id) {
            if called.insert(parts::builds_id(part)) {
                jobs.put(parts::builds_id(part), parts::call_builds(context, part));
            }
            continue;
        }
        let standing = Step { needs: outside(context, &step.needs), ..step.clone() };
        for (id, mut job) in step_jobs(context, &standing) {
            if !matches!(step.does, StepKind::Approval { .. }) && !job.needs.is_empty() {
                job.condition = Some(super::condition::after_all(&job.needs));
            }
            if path.kind == PathKind::Rollback {
                jobs::chosen(context, step, &mut job);
            }
            jobs.put(id, job);
        }
    }
    if let Some(step) = path.steps.iter().find(|step| step.does == StepKind::Outcome) {
        let all: Vec<String> = jobs.0.iter().map(|(id, _)| id.clone()).collect();
        let outcome = if path.kind == PathKind::Rollback {
            jobs::chosen_outcome(context, step, all)
        } else {
            let asks = asking(context);
            let not_seats = |id: &&String| !is_seat(&asks, id);
            jobs::outcome(context, step, all.iter().filter(not_seats).cloned().collect())
        };
        jobs.put(step.id.clone(), outcome);
    }
    Workflow {
        name: one_line(&match path.kind {
            PathKind::Release => context.release.name.clone(),
            kind => format!("{} {kind}", context.release.name),
        }),
        run_name: None,
        on: On::dispatch(inputs(context)),
        permissions: Permissions::default(),
        env: of_the_run(),
        concurrency: Some(Concurrency {
            group: format!("clearway-{}-{}-${{{{ github.run_id }}}}", slug(&context.release.name), path.kind),
            cancel_in_progress: false,
            queue: None,
        }),
        jobs,
    }
}

/// The steps that ask people.
fn asking<'p>(context: &Context<'p>) -> Vec<&'p str> {
    let asks = |step: &&Step| matches!(step.does, StepKind::Approval { .. });
    context.path.steps.iter().filter(asks).map(|step| step.id.as_str()).collect()
}

/// A seat may be empty where its step is not asked; the job that looks who sat there stands for it.
fn is_seat(asking: &[&str], id: &str) -> bool {
    asking.iter().any(|step| id.strip_prefix(step).is_some_and(|rest| rest.starts_with("-seat-")))
}

/// The job that calls the workflow of a stage.
fn call_id(stage: &Stage) -> String {
    format!("deploy-{}", slug(&stage.environment))
}

/// What is needed, as jobs of this workflow: the job that calls a workflow stands for the steps in it.
pub(super) fn outside(context: &Context<'_>, needs: &[String]) -> Vec<String> {
    once(needs.iter().map(|need| {
        let inside = context.index.step(need).filter(|step| is_inside(context.path, step));
        match inside.and_then(|step| stage_of(context.release, step)) {
            Some(stage) => call_id(stage),
            None => context.layout.builds.part_of(need).map_or_else(|| need.clone(), parts::builds_id),
        }
    }))
}

/// The first job and those whose outputs name what the run is about.
fn made(context: &Context<'_>) -> Vec<String> {
    let names = |step: &&Step| {
        matches!(step.does, StepKind::Preflight | StepKind::Build { .. } | StepKind::Import { .. })
    };
    let made: Vec<String> = context.path.steps.iter().filter(names).map(|step| step.id.clone()).collect();
    outside(context, &made)
}

/// The jobs of a step.
pub(super) fn step_jobs(context: &Context<'_>, step: &Step) -> Vec<(String, Job)> {
    let plan = context.plan;
    let one = |job: Option<Job>| job.into_iter().map(|job| (step.id.clone(), job)).collect();
    let stage = stage_of(context.release, step);
    match &step.does {
        StepKind::Preflight => one(Some(jobs::preflight(context, step))),
        StepKind::Build { service } => one(plan
            .artifacts
            .get(service)
            .and_then(|artifact| jobs::build(context, step, service, artifact))),
        StepKind::Import { service } => {
            one(plan.artifacts.get(service).map(|artifact| jobs::import(context, step, service, artifact)))
        }
        StepKind::Test { service } => {
            let test = plan.artifacts.get(service).and_then(|artifact| artifact.test.as_ref());
            one(test.map(|test| jobs::test(context, step, service, test)))
        }
        StepKind::Provision { environment, dataset } => one(plan
            .datasets
            .get(dataset)
            .map(|of| jobs::provision(context, step, environment, (dataset, of)))),
        StepKind::Scan { gate } => {
            let measure = plan.gates.get(gate).and_then(|gate| gate.measure.as_ref());
            one(measure.map(|measure| jobs::scan(context, step, gate, measure)))
        }
        StepKind::Gate { environment, gate } => {
            one(plan.gates.get(gate).map(|of| jobs::gate(context, step, environment, gate, of)))
        }
        StepKind::Checklist { environment, checklist } => {
            let of = plan.checklists.get(checklist);
            one(of.map(|of| jobs::checklist(context, step, environment, checklist, of)))
        }
        StepKind::Approval { environment, chain, step: name } => {
            let asked = plan.approvals.get(chain).and_then(|chain| chain.step(name));
            asked.map(|asked| jobs::asks(context, step, environment, chain, asked)).unwrap_or_default()
        }
        StepKind::Deploy { .. } => {
            let moved = context.index.moved(step);
            one(moved.map(|(stage, moved)| jobs::deploy(context, step, stage, moved)))
        }
        StepKind::Smoke { service, .. } => {
            let moved = context.index.moved(step).zip(plan.artifacts.get(service));
            one(moved.map(|((stage, moved), of)| jobs::smoke(context, step, stage, moved, of)))
        }
        StepKind::Wave { wave, .. } => one(stage.map(|stage| jobs::wave(context, step, stage, *wave))),
        StepKind::Validate { .. } => one(stage.map(|stage| jobs::validate(context, step, stage))),
        StepKind::Accept { .. } => one(stage.map(|stage| jobs::accept(context, step, stage))),
        StepKind::Rollback { .. } => {
            stage.map(|stage| parts::backs(context, step, stage)).unwrap_or_default()
        }
        StepKind::Flag { environment, flag, .. } => one(ramped(plan, flag)
            .map(|(name, of, ramp)| jobs::ramp(context, step, environment, (name, of, ramp), false))),
        StepKind::Outcome => Vec::new(),
    }
}

/// The file of the ramps of a release.
pub(crate) fn flags_file(release: &Release) -> String {
    format!("{FOLDER}/{}-flags.yml", release.name)
}

/// The ramps of a release go on by the clock: a share may be held for days.
fn flags(context: &Context<'_>) -> Option<Workflow> {
    let mut jobs = Entries::default();
    for step in &context.path.steps {
        let StepKind::Flag { environment, flag, .. } = &step.does else { continue };
        let Some((name, flag, ramp)) = ramped(context.plan, flag) else { continue };
        let alone = Step { needs: Vec::new(), ..step.clone() };
        jobs.put(step.id.clone(), jobs::ramp(context, &alone, environment, (name, flag, ramp), true));
    }
    let started = On { schedule: vec![Cron { cron: RAMPS }], ..On::dispatch(Entries::default()) };
    (!jobs.is_empty()).then(|| Workflow {
        name: one_line(&format!("{} flags", context.release.name)),
        run_name: None,
        on: started,
        permissions: Permissions::default(),
        env: of_the_run(),
        concurrency: Some(Concurrency {
            group: format!("clearway-{}-flags", slug(&context.release.name)),
            cancel_in_progress: false,
            queue: None,
        }),
        jobs,
    })
}

/// The steps inside of a stage.
pub(super) fn inside<'p>(context: &Context<'p>, stage: &Stage) -> impl Iterator<Item = &'p Step> {
    let path = context.path;
    let environment = stage.environment.clone();
    path.steps
        .iter()
        .filter(move |step| is_inside(path, step) && step.does.environment() == Some(&environment))
}

/// What is needed inside of a stage, as jobs of its workflow.
pub(super) fn here(context: &Context<'_>, stage: &Stage, needs: &[String]) -> Vec<String> {
    let is_inside = |need: &&String| {
        let step = context.index.step(need).filter(|step| is_inside(context.path, step));
        step.is_some_and(|step| step.does.environment() == Some(&stage.environment))
    };
    let moves = context.layout.moves(stage);
    let job = |need: &String| moves.part_of(need).map_or_else(|| need.clone(), parts::moves_id);
    once(needs.iter().filter(is_inside).map(job))
}

/// The jobs inside of a stage.
fn stage_jobs(context: &Context<'_>, stage: &Stage) -> Entries<Job> {
    let moves = context.layout.moves(stage);
    let mut jobs = Entries::default();
    let mut called = BTreeSet::new();
    for step in inside(context, stage) {
        if let Some(part) = moves.part_of(&step.id) {
            if called.insert(part) {
                jobs.put(parts::moves_id(part), parts::call_moves(context, stage, part));
            }
            continue;
        }
        let after_failure_of = here(context, stage, &step.after_failure_of);
        let standing = Step { needs: here(context, stage, &step.needs), after_failure_of, ..step.clone() };
        for (id, job) in step_jobs(context, &standing) {
            jobs.put(id, job);
        }
    }
    jobs
}

/// The workflow of a stage.
fn stage_workflow(context: &Context<'_>, stage: &Stage) -> Workflow {
    let name = format!("{} in {}", context.release.name, stage.environment);
    called(&name, handed(), stage_jobs(context, stage))
}

/// A workflow that others call.
pub(super) fn called(name: &str, takes: Entries<Input>, jobs: Entries<Job>) -> Workflow {
    Workflow {
        name: one_line(name),
        run_name: None,
        on: On::call(takes),
        permissions: Permissions::default(),
        env: of_the_run(),
        concurrency: None,
        jobs,
    }
}

/// What every workflow is handed that looks at the plan of the run.
pub(super) fn of_the_plan() -> Entries<Input> {
    [("path", told("The way that the run takes")), ("plan-digest", told("The digest of the plan of the run"))]
        .into_iter()
        .collect()
}

/// What the workflow of a stage is handed, and what it hands on.
pub(super) fn handed() -> Entries<Input> {
    let mut inputs = of_the_plan();
    inputs.put("subjects", told("What is deployed: a line for each service, with its version and digest"));
    inputs.put("change", told("The change request"));
    inputs.put("requested-by", told("Who asked for the release"));
    inputs
}

/// A text that a workflow must be told.
pub(super) fn told(description: &str) -> Input {
    Input { description: description.to_owned(), required: true, kind: "string", options: Vec::new() }
}

/// Every scope that some job has: what the calling job must have to pass it on.
pub(super) fn union(jobs: &Entries<Job>) -> Permissions {
    let mut union = Permissions::default();
    for (scope, Commented(access, why)) in jobs.0.iter().flat_map(|(_, job)| &job.permissions.0) {
        match union.0.iter_mut().find(|(known, _)| known == scope) {
            Some((_, Commented(known, _))) if *known == "read" && *access == "write" => *known = "write",
            Some(_) => {}
            None => union.put(scope.clone(), Commented(*access, why.clone())),
        }
    }
    union
}

/// What a person says who starts a run.
fn inputs(context: &Context<'_>) -> Entries<Input> {
    let text = told;
    let release = context.release;
    let mut inputs = Entries::default();
    match context.path.kind {
        PathKind::Release if release.change.is_none() => inputs.put("change", text("The change request")),
        PathKind::Emergency => inputs.put("incident", text("The incident that makes this an emergency")),
        PathKind::Rollback => {
            let environments = release.stages.iter().filter(|stage| !stage.waves.is_empty());
            inputs.put(
                "environment",
                Input {
                    kind: "choice",
                    options: environments.map(|stage| stage.environment.clone()).collect(),
                    ..text("The environment that goes back")
                },
            );
            inputs.put("change", text("The change or incident that this is for"));
        }
        PathKind::Release => {}
    }
    if context.path.kind != PathKind::Release || release.requested_by.is_none() {
        inputs.put("requested-by", text("Who asks for it, by the name in the spec"));
    }
    if context.path.kind != PathKind::Rollback {
        if release.ships.iter().any(|shipped| shipped.open) {
            inputs.put(
                "ship",
                Input {
                    required: false,
                    ..text("Other versions than the declared ones: service@version, separated by spaces")
                },
            );
        }
        if context.path.steps.iter().any(|step| matches!(step.does, StepKind::Import { .. })) {
            inputs
                .put("digests", text("What other repositories built: service=sha256:…, separated by spaces"));
        }
    }
    inputs
}

/// The build pipeline of something that another repository builds, for that repository: its digest is what a release takes.
pub(crate) fn build_elsewhere(
    plan: &Plan,
    settings: &Settings,
    release: &Release,
    service: &str,
) -> Option<Workflow> {
    let artifact = plan.artifacts.get(service)?;
    let build = artifact.build.as_ref()?;
    let step = |does: StepKind, id: &str, needs: Vec<String>, timeout: u64| Step {
        id: id.to_owned(),
        does,
        origin: artifact.origin.clone(),
        needs,
        after_failure_of: Vec::new(),
        timeout,
        lock: None,
    };
    let name = slug(service);
    let building = step(
        StepKind::Build { service: service.to_owned() },
        &format!("build-{name}"),
        Vec::new(),
        build.command.timeout,
    );
    let mut steps = vec![building.clone()];
    if let Some(test) = &artifact.test {
        steps.push(step(
            StepKind::Test { service: service.to_owned() },
            &format!("test-{name}"),
            vec![building.id],
            test.timeout,
        ));
    }
    let path = Path { kind: PathKind::Release, steps };
    let index = Index::of(release, &path);
    let layout = Layout::default();
    let context =
        Context { plan, settings, release, path: &path, index: &index, layout: &layout, is_called: false };
    let mut jobs = Entries::default();
    for step in &path.steps {
        for (id, mut job) in step_jobs(&context, step) {
            for made in &mut job.steps {
                for (key, value) in &mut made.env.0 {
                    if key == "CLEARWAY_VERSION" {
                        "${{ inputs.version }}".clone_into(value);
                    }
                }
            }
            jobs.put(id, job);
        }
    }
    let version = told("The version that is built");
    Some(Workflow {
        name: one_line(&format!("build {service}")),
        run_name: None,
        on: On::dispatch([("version", version)].into_iter().collect()),
        permissions: Permissions::default(),
        env: of_the_run(),
        concurrency: Some(Concurrency {
            group: format!("clearway-build-{name}-${{{{ github.run_id }}}}"),
            cancel_in_progress: false,
            queue: None,
        }),
        jobs,
    })
}
