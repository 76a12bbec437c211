//! The pipelines of a release: one for each way that a run can take, and one for each stage, which they trigger.

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::{PathKind, Plan, Release, Stage, Step, StepKind, slug};

use super::context::{
    AGREE, BACK, BUILD, Context, DEPLOY, MADE, OUTCOME, PREPARE, PROTECTED, VERIFY, first_of, makes,
    trigger_of,
};
use super::inputs::inputs;
use super::jobs;
use super::model::{AutoCancel, Defaults, Entries, Input, Job, Need, Pipeline, Rule, Workflow};
use crate::index::Index;
use crate::settings::Settings;
use crate::way::{is_inside, ramped, stage_of};

/// The folder of pipelines.
pub(crate) const FOLDER: &str = ".gitlab";

/// As many jobs can another one need on gitlab.com; two are left for what the run knows.
const NEEDS: usize = 48;

/// What is emitted of a file: its inputs, and what it holds.
pub(crate) struct Emitted {
    pub path: String,
    pub inputs: Entries<Input>,
    pub pipeline: Pipeline,
}

/// The name of a way through a release, which whoever starts a run chooses.
pub(crate) fn name(release: &Release, kind: PathKind) -> String {
    match kind {
        PathKind::Release => release.name.clone(),
        _ => format!("{}-{kind}", release.name),
    }
}

/// The file of a way through a release.
pub(crate) fn file(release: &Release, kind: PathKind) -> String {
    format!("{FOLDER}/{}.yml", name(release, kind))
}

/// The name of the ramps of a release, which the clock starts.
pub(crate) fn flags_name(release: &Release) -> String {
    format!("{}-flags", release.name)
}

/// The file of a stage of a release.
pub(crate) fn stage_file(release: &Release, stage: &Stage) -> String {
    format!("{FOLDER}/{}.{}.yml", release.name, slug(&stage.environment))
}

/// Every file of a release.
pub(crate) fn pipelines(plan: &Plan, settings: &Settings, release: &Release) -> Vec<Emitted> {
    let mut files = Vec::new();
    for path in &release.paths {
        let index = Index::of(release, path);
        let context = Context { plan, settings, release, path, index: &index, inside: None };
        files.push(Emitted {
            path: file(release, path.kind),
            inputs: inputs(release, path),
            pipeline: way(&context),
        });
        if path.kind == PathKind::Release {
            files.extend(flags(&context));
            files.extend(release.stages.iter().map(|stage| Emitted {
                path: stage_file(release, stage),
                inputs: Entries::default(),
                pipeline: stage_pipeline(&Context { inside: Some(stage), ..context }, stage),
            }));
        }
    }
    files
}

/// Whether a release has flags that are ramped.
pub(crate) fn has_flags(release: &Release) -> bool {
    let mut steps = release.paths.iter().flat_map(|path| &path.steps);
    steps.any(|step| matches!(step.does, StepKind::Flag { .. }))
}

/// The ramps of a release go on by the clock: a share may be held for days.
fn flags(context: &Context<'_>) -> Option<Emitted> {
    let mut jobs = Entries::default();
    let (mut stages, mut seen) = (Vec::new(), BTreeSet::new());
    for step in &context.path.steps {
        let StepKind::Flag { environment, flag, .. } = &step.does else { continue };
        let Some(ramped) = ramped(context.plan, flag) else { continue };
        let alone = Step { needs: Vec::new(), ..step.clone() };
        jobs.put(step.id.clone(), jobs::ramp(context, &alone, environment, ramped, true));
        if seen.insert(environment) {
            stages.push(slug(environment));
        }
    }
    // Nobody says a change or who asks for it: the records of a ramp tell of the release alone.
    let told = context
        .variables()
        .0
        .into_iter()
        .filter(|(name, _)| !matches!(name.as_str(), "CHANGE" | "REQUESTED_BY"));
    (!jobs.is_empty()).then(|| Emitted {
        path: format!("{FOLDER}/{}.yml", flags_name(context.release)),
        inputs: Entries::default(),
        pipeline: Pipeline {
            stages,
            default: Some(defaults(context.settings)),
            variables: told.collect(),
            jobs,
            ..Pipeline::default()
        },
    })
}

/// What every job is, unless it says otherwise.
pub(crate) fn defaults(settings: &Settings) -> Defaults {
    let tags = settings.get("tags", "").split([',', ' ']).filter(|tag| !tag.is_empty());
    Defaults {
        image: settings.target.get("image").cloned(),
        tags: tags.map(str::to_owned).collect(),
        interruptible: false,
        retry: 0,
    }
}

/// A pipeline is ended by nothing but itself, and is there only as the rules say.
pub(crate) fn workflow(rules: Vec<Rule>) -> Workflow {
    Workflow { auto_cancel: AutoCancel { on_new_commit: "none", on_job_failure: "none" }, rules }
}

/// Jobs as they come, with one in between where another would need more than GitLab lets it.
#[derive(Default)]
struct Jobs {
    jobs: Entries<Job>,
    joined: BTreeMap<Vec<String>, String>,
}

impl Jobs {
    fn put(&mut self, context: &Context<'_>, id: impl Into<String>, mut job: Job) {
        if let Some(needs) = job.needs.take() {
            job.needs = Some(self.fit(context, &job.stage, needs));
        }
        self.jobs.put(id, job);
    }

    fn fit(&mut self, context: &Context<'_>, stage: &str, needs: Vec<Need>) -> Vec<Need> {
        if needs.len() <= NEEDS {
            return needs;
        }
        let parts: Vec<Need> = needs.chunks(NEEDS).map(|part| self.join(context, stage, part)).collect();
        self.fit(context, stage, parts)
    }

    /// A job that stands for some.
    fn join(&mut self, context: &Context<'_>, stage: &str, part: &[Need]) -> Need {
        let named = |need: &Need| match need {
            Need::Job { job, .. } | Need::Parent { job, .. } => job.clone(),
        };
        let artifacts = part.iter().any(|need| matches!(need, Need::Job { artifacts: true, .. }));
        let key: Vec<String> = part.iter().map(named).collect();
        let next = format!("wave-joined-{}", self.joined.len() + 1);
        let job = self.joined.entry(key).or_insert_with(|| next.clone()).clone();
        if job == next {
            self.jobs.put(next, jobs::wave(context, stage, part.to_vec()));
        }
        Need::Job { job, artifacts }
    }
}

/// A way through the release.
fn way(context: &Context<'_>) -> Pipeline {
    let path = context.path;
    let is_back = path.kind == PathKind::Rollback;
    let mut jobs = Jobs::default();
    let mut called: BTreeSet<&str> = BTreeSet::new();
    let made: Vec<Need> =
        path.steps.iter().filter(|step| makes(step)).map(|step| context.need(&step.id)).collect();
    for step in path.steps.iter().filter(|step| makes(step)) {
        if let Some(job) = job(context, step) {
            jobs.put(context, &step.id, job);
        }
    }
    if !is_back {
        jobs.put(context, MADE, jobs::wave(context, VERIFY, made));
    }
    for step in path.steps.iter().filter(|step| !makes(step) && step.does != StepKind::Outcome) {
        let stage = stage_of(context.release, step);
        if is_inside(path, step) {
            let Some(stage) = stage else { continue };
            if called.insert(&stage.environment) {
                let call = jobs::call(context, stage, needed(context, &before(context, stage)));
                jobs.put(context, trigger_of(stage), call);
            }
            continue;
        }
        let Some(mut job) = job(context, step) else { continue };
        if is_back {
            chosen(&mut job, stage);
        } else {
            job.needs = Some(needed(context, &step.needs));
        }
        jobs.put(context, &step.id, job);
    }
    if let Some(step) = path.steps.iter().find(|step| step.does == StepKind::Outcome) {
        // The way back has jobs for one environment alone; its last stage comes after whatever there is.
        let stages =
            context.release.stages.iter().filter(|stage| called.contains(stage.environment.as_str()));
        let ramps = path.steps.iter().filter(|step| matches!(step.does, StepKind::Flag { .. }));
        let needs = stages.map(|stage| context.need(&trigger_of(stage)));
        let needs = needs.chain(ramps.map(|step| context.need(&step.id))).collect();
        jobs.put(context, &step.id, jobs::outcome(context, step, (!is_back).then_some(needs)));
    }
    let mut stages = vec![PREPARE.to_owned()];
    if !is_back {
        stages.extend([BUILD.to_owned(), VERIFY.to_owned()]);
    }
    stages.extend(context.release.stages.iter().map(|stage| slug(&stage.environment)));
    stages.push(OUTCOME.to_owned());
    Pipeline {
        stages,
        default: Some(defaults(context.settings)),
        variables: context.variables(),
        jobs: jobs.jobs,
        ..Pipeline::default()
    }
}

/// What the steps of a stage need of what is outside of it.
fn before(context: &Context<'_>, stage: &Stage) -> Vec<String> {
    let inside = |step: &&Step| {
        is_inside(context.path, step) && step.does.environment() == Some(stage.environment.as_str())
    };
    let is_inside = |id: &String| context.index.step(id).is_some_and(|step| inside(&step));
    let needs = context.path.steps.iter().filter(inside).flat_map(|step| &step.needs);
    needs.filter(|id| !is_inside(id)).cloned().collect()
}

/// What is needed, as jobs of this pipeline: what is made before the first stage lies in one place, and a step inside of a stage stands for
/// the job that triggers its pipeline.
fn needed(context: &Context<'_>, needs: &[String]) -> Vec<Need> {
    let (mut found, mut named) = (Vec::new(), BTreeSet::new());
    for need in needs {
        let job = match context.index.step(need) {
            Some(step) if makes(step) => MADE.to_owned(),
            Some(step) if is_inside(context.path, step) => {
                stage_of(context.release, step).map_or_else(|| need.clone(), trigger_of)
            }
            _ => need.clone(),
        };
        if named.insert(job.clone()) {
            found.push(context.need(&job));
        }
    }
    found
}

/// Where a person chose an environment, its jobs alone are there.
fn chosen(job: &mut Job, stage: Option<&Stage>) {
    let Some(stage) = stage else { return };
    for rule in &mut job.rules {
        rule.condition =
            Some(format!("\"$[[ inputs.environment ]]\" == \"{}\" && {PROTECTED}", stage.environment));
    }
}

/// The job of a step.
fn job(context: &Context<'_>, step: &Step) -> Option<Job> {
    let plan = context.plan;
    let stage = stage_of(context.release, step);
    match &step.does {
        StepKind::Preflight => Some(jobs::preflight(context, step)),
        StepKind::Build { service } => jobs::build(context, step, service, plan.artifacts.get(service)?),
        StepKind::Import { service } => {
            Some(jobs::import(context, step, service, plan.artifacts.get(service)?))
        }
        StepKind::Test { service } => {
            Some(jobs::test(context, step, service, plan.artifacts.get(service)?.test.as_ref()?))
        }
        StepKind::Provision { environment, dataset } => {
            let of = plan.datasets.get(dataset)?;
            Some(jobs::provision(context, step, environment, (dataset, of)))
        }
        StepKind::Scan { gate } => Some(jobs::scan(context, step, plan.gates.get(gate)?.measure.as_ref()?)),
        StepKind::Gate { environment, gate } => {
            Some(jobs::gate(context, step, environment, (gate, plan.gates.get(gate)?), &slug(environment)))
        }
        StepKind::Checklist { environment, checklist } => {
            Some(jobs::checklist(context, step, environment, checklist, &slug(environment)))
        }
        StepKind::Flag { environment, flag, .. } => {
            ramped(plan, flag).map(|ramped| jobs::ramp(context, step, environment, ramped, false))
        }
        StepKind::Approval { environment, chain, step: name } => {
            let asked = plan.approvals.get(chain)?.step(name)?;
            let outer = slug(environment);
            let place = if context.inside.is_some() { AGREE } else { outer.as_str() };
            Some(jobs::asks(context, step, environment, chain, asked, place))
        }
        StepKind::Deploy { .. } => {
            let (stage, moved) = context.index.moved(step)?;
            Some(jobs::deploy(context, step, stage, moved))
        }
        StepKind::Smoke { service, .. } => {
            let (stage, moved) = context.index.moved(step)?;
            Some(jobs::smoke(context, step, stage, moved, plan.artifacts.get(service)?))
        }
        StepKind::Wave { .. } => {
            let needs = step.needs.iter().map(|need| context.need(need)).collect();
            Some(jobs::wave(context, DEPLOY, needs))
        }
        StepKind::Validate { .. } => Some(jobs::validate(context, step, stage?)),
        StepKind::Accept { .. } => Some(jobs::accept(context, step)),
        StepKind::Rollback { environment } => {
            let outer = slug(environment);
            let place = if context.inside.is_some() { BACK } else { outer.as_str() };
            Some(jobs::back(context, step, stage?, place))
        }
        StepKind::Outcome => None,
    }
}

/// The pipeline of a stage.
fn stage_pipeline(context: &Context<'_>, stage: &Stage) -> Pipeline {
    let inside = |step: &&Step| {
        is_inside(context.path, step) && step.does.environment() == Some(stage.environment.as_str())
    };
    let mut jobs = Jobs::default();
    jobs.put(context, first_of(stage), jobs::take_over(context, stage));
    for step in context.path.steps.iter().filter(inside) {
        let is_here = |need: &String| context.index.step(need).is_some_and(|needed| inside(&needed));
        let within =
            Step { needs: step.needs.iter().filter(|need| is_here(need)).cloned().collect(), ..step.clone() };
        if let Some(job) = job(context, &within) {
            jobs.put(context, &step.id, job);
        }
    }
    let triggered = Rule {
        condition: Some("$CI_PIPELINE_SOURCE == \"parent_pipeline\"".to_owned()),
        when: None,
        allow_failure: None,
    };
    Pipeline {
        workflow: Some(workflow(vec![triggered])),
        stages: [DEPLOY, AGREE, BACK].map(str::to_owned).to_vec(),
        default: Some(defaults(context.settings)),
        variables: context.variables(),
        jobs: jobs.jobs,
        ..Pipeline::default()
    }
}
