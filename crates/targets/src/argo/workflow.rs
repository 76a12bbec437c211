//! The templates of a release: one for each way that a run can take, one for the way back of each environment, and one for what the clock
//! starts. In each a graph of jobs, and in that a graph for each stage, which holds the stage's lock.

use std::collections::BTreeSet;

use clearway_plan::{PathKind, Plan, Release, Stage, Step, StepKind};

use super::config::Config;
use super::context::{Context, MADE, Started, makes};
use super::job::{Account, Job};
use super::jobs;
use super::model::{
    Arguments, Dag, Mutex, Parameter, Parameters, PodSecurity, Strategy, Synchronization, Task, Template,
    Typed, WorkflowSpec,
};
use super::names::{self, kube};
use super::needs::{arguments, handed, outside, plain, succeeded};
use super::texts::Texts;
use super::volumes::volumes;
use super::way_of;
use crate::index::Index;
use crate::settings::Settings;
use crate::way::{is_inside, ramped, stage_of};

/// A way, as it is emitted.
pub(crate) struct Emitted {
    pub name: String,
    pub workflow: WorkflowSpec,
    pub texts: Texts,
    /// The clock starts it.
    pub is_clocked: bool,
}

/// The lock of an environment.
pub(crate) fn lock(plan: &Plan, environment: &str) -> String {
    let lock = plan.environments.get(environment).map_or(environment, |place| place.lock.as_str());
    format!("{}-lock-{}", kube(&plan.project), kube(lock))
}

/// The name of the graph of a stage.
pub(crate) fn stage_name(environment: &str) -> String {
    format!("stage-{}", kube(environment))
}

/// Everything that a release is made into.
pub(crate) fn workflows(
    plan: &Plan,
    settings: &Settings,
    config: &Config,
    release: &Release,
) -> Vec<Emitted> {
    let digest = super::plan_digest(plan);
    let mut all = Vec::new();
    for path in &release.paths {
        if path.kind == PathKind::Rollback {
            for stage in release.stages.iter().filter(|stage| !stage.waves.is_empty()) {
                let path = way_of(path, &stage.environment);
                let index = Index::of(release, &path);
                let context = Context {
                    plan,
                    settings,
                    config,
                    release,
                    path: &path,
                    index: &index,
                    known: "preflight",
                    started: Started::ByPerson,
                };
                let name = names::way(release, path.kind, Some(&stage.environment));
                all.push(Building::of(&context, &name, &digest).way(&context));
            }
            continue;
        }
        let index = Index::of(release, path);
        let context = Context {
            plan,
            settings,
            config,
            release,
            path,
            index: &index,
            known: MADE,
            started: Started::ByPerson,
        };
        all.push(Building::of(&context, &names::way(release, path.kind, None), &digest).way(&context));
        if path.kind == PathKind::Release {
            all.extend(flags(&Context { known: "", started: Started::ByClock, ..context }, &digest));
        }
    }
    all
}

/// The ramps of a release go on by the clock: a share may be held for days.
fn flags(context: &Context<'_>, digest: &str) -> Option<Emitted> {
    let name = names::flags(context.release);
    let mut building = Building::of(context, &name, digest);
    let mut tasks = Vec::new();
    for step in &context.path.steps {
        let StepKind::Flag { environment, flag, .. } = &step.does else { continue };
        let Some(ramped) = ramped(context.plan, flag) else { continue };
        let alone = Step { needs: Vec::new(), ..step.clone() };
        let job = jobs::ramp(context, &alone, environment, ramped);
        tasks.push(building.put(context, job, None));
    }
    (!tasks.is_empty()).then(|| {
        building.templates.insert(0, main(tasks));
        Emitted { is_clocked: true, ..building.emitted(context, &name) }
    })
}

/// A workflow of one job.
pub(crate) fn single(context: &Context<'_>, name: &str, plan_digest: &str, job: Job) -> Emitted {
    let mut building = Building::of(context, name, plan_digest);
    let task = building.put(context, job, None);
    building.templates.insert(0, main(vec![task]));
    building.emitted(context, name)
}

fn main(tasks: Vec<Task>) -> Template {
    Template { name: "main".to_owned(), dag: Some(Dag { fail_fast: false, tasks }), ..Template::default() }
}

/// The templates of a way so far.
struct Building {
    texts: Texts,
    templates: Vec<Template>,
    /// The environments whose token a job is given.
    tokens: BTreeSet<String>,
}

impl Building {
    fn of(context: &Context<'_>, name: &str, plan_digest: &str) -> Self {
        Self { texts: context.texts(name, plan_digest), templates: Vec::new(), tokens: BTreeSet::new() }
    }

    /// Adds a job, and gives the task that runs it.
    fn put(&mut self, context: &Context<'_>, job: Job, depends: Option<String>) -> Task {
        if let (Some(_), Account::Deploy(environment)) = (&job.credentials, &job.account) {
            self.tokens.insert(environment.clone());
        }
        let arguments = arguments(&job.takes, None);
        let template = job.template(context, &mut self.texts);
        let name = template.name.clone();
        self.templates.push(template);
        Task { name: name.clone(), template: name, depends, when: None, arguments }
    }

    /// A way through the release.
    fn way(mut self, context: &Context<'_>) -> Emitted {
        let path = context.path;
        let mut tasks = Vec::new();
        let mut done: BTreeSet<&str> = BTreeSet::new();
        let is_back = path.kind == PathKind::Rollback;
        for step in path.steps.iter().filter(|step| makes(step)) {
            tasks.extend(self.step(context, step, &plain(context, &step.needs, true), None));
        }
        if let (false, Some(first)) = (is_back, path.steps.first()) {
            let makers: Vec<&Step> = path.steps.iter().filter(|step| makes(step)).collect();
            let joined = Step { needs: makers.iter().map(|step| step.id.clone()).collect(), ..first.clone() };
            let depends = succeeded(joined.needs.iter().map(|need| kube(need)));
            let mut job = jobs::made(context, &joined);
            let handing = makers.iter().filter(|step| hands_on(context, step));
            let handing: BTreeSet<String> = handing.map(|step| kube(&step.id)).collect();
            job.takes.retain(|maker| handing.contains(maker));
            tasks.push(self.put(context, job, depends));
        }
        for step in path.steps.iter().filter(|step| !makes(step)) {
            if is_inside(path, step) {
                let Some(stage) = stage_of(context.release, step) else { continue };
                if done.insert(&stage.environment) {
                    let name = stage_name(&stage.environment);
                    let depends = succeeded(outside(context, stage));
                    let arguments = arguments(&[context.known.to_owned()], None);
                    self.stage(context, stage);
                    tasks.push(Task { template: name.clone(), name, depends, when: None, arguments });
                }
                continue;
            }
            tasks.extend(self.step(context, step, &plain(context, &step.needs, false), None));
        }
        self.templates.insert(0, main(tasks));
        let name = names::way(context.release, path.kind, back_in(context));
        self.emitted(context, &name)
    }

    /// The tasks of a step, which start where others succeeded, or by another condition.
    fn step(
        &mut self,
        context: &Context<'_>,
        step: &Step,
        needs: &[String],
        after: Option<String>,
    ) -> Vec<Task> {
        let depends = after.or_else(|| succeeded(needs.iter().cloned()));
        if let StepKind::Approval { environment, chain, step: name } = &step.does {
            let Some(asked) = context.plan.approvals.get(chain).and_then(|chain| chain.step(name)) else {
                return Vec::new();
            };
            return self.approval(context, step, (environment, chain, asked), depends);
        }
        job(context, step).map(|job| self.put(context, job, depends)).into_iter().collect()
    }

    /// People are asked by a wait, and the job behind it looks who agreed.
    fn approval(
        &mut self,
        context: &Context<'_>,
        step: &Step,
        (environment, chain, asked): (&str, &str, &clearway_plan::ApprovalStep),
        depends: Option<String>,
    ) -> Vec<Task> {
        let (wait, required) = jobs::asks(context, step, environment, chain, asked);
        let ask = wait.name.clone();
        self.templates.push(wait);
        let mut tasks = Vec::new();
        let mut waiting = Task {
            name: ask.clone(),
            template: ask.clone(),
            depends,
            when: None,
            arguments: Arguments::default(),
        };
        let mut waited = format!("{ask}.Succeeded");
        if let Some(job) = required {
            // Nobody waits where nobody is asked; the job behind it decides all the same.
            let required = jobs::required(step);
            tasks.push(self.put(context, job, waiting.depends.take()));
            waiting.depends = succeeded([required.clone()]);
            waiting.when = Some(format!("{{{{tasks.{required}.outputs.parameters.required}}}} == true"));
            waited = format!("{ask}.Succeeded || {ask}.Skipped");
        }
        tasks.push(waiting);
        let job = jobs::verify(context, step, environment, chain, asked);
        tasks.push(self.put(context, job, Some(waited)));
        tasks
    }

    /// The graph of a stage, which holds its lock from before the first deployment until it is accepted or back.
    fn stage(&mut self, context: &Context<'_>, stage: &Stage) {
        let inside = |step: &&Step| {
            is_inside(context.path, step) && step.does.environment() == Some(stage.environment.as_str())
        };
        let mut tasks = Vec::new();
        let mut last: Option<&Step> = None;
        for step in context.path.steps.iter().filter(inside) {
            let is_here = |need: &&String| context.index.step(need).is_some_and(|needed| inside(&needed));
            let needs: Vec<String> = step.needs.iter().filter(is_here).map(|need| kube(need)).collect();
            // What something stands on is looked at when all of that has ended, so nothing goes back under a deployment.
            let after = (needs.is_empty() && !step.after_failure_of.is_empty()).then(|| {
                let each = step.after_failure_of.iter().map(|id| kube(id));
                each.map(|id| format!("{id}.Failed || {id}.Errored")).collect::<Vec<_>>().join(" || ")
            });
            tasks.extend(self.step(context, step, &needs, after));
            if matches!(step.does, StepKind::Rollback { .. }) {
                last = Some(step);
            }
        }
        if let Some(back) = last {
            let id = kube(&back.id);
            let depends = format!("{id}.Succeeded || {id}.Failed || {id}.Errored");
            let job = jobs::failed(context, back, stage);
            tasks.push(self.put(context, job, Some(depends)));
        }
        for task in &mut tasks {
            task.arguments = Arguments::default();
        }
        let taking = self.templates.iter().filter(|template| !template.inputs.is_empty());
        let taking: BTreeSet<&str> = taking.map(|template| template.name.as_str()).collect();
        for task in &mut tasks {
            if taking.contains(task.template.as_str()) {
                task.arguments = arguments(&[context.known.to_owned()], Some(context.known));
            }
        }
        self.templates.push(Template {
            name: stage_name(&stage.environment),
            inputs: handed(context.known),
            synchronization: Some(Synchronization {
                mutexes: vec![Mutex { name: lock(context.plan, &stage.environment) }],
            }),
            dag: Some(Dag { fail_fast: false, tasks }),
            ..Template::default()
        });
    }

    fn emitted(mut self, context: &Context<'_>, name: &str) -> Emitted {
        let containers = self.templates.iter_mut().filter_map(|template| template.container.as_mut());
        self.texts.name_in(containers.map(|container| &mut container.env));
        let volumes = volumes(context, &self.texts, &self.tokens);
        let workflow = WorkflowSpec {
            entrypoint: "main",
            arguments: said(context),
            service_account_name: context.config.account.clone(),
            security_context: PodSecurity {
                run_as_non_root: true,
                seccomp_profile: Typed { kind: "RuntimeDefault" },
            },
            pod_gc: Strategy { strategy: "OnWorkflowSuccess" },
            artifact_gc: Strategy { strategy: "Never" },
            archive_logs: true,
            volumes,
            templates: self.templates,
        };
        Emitted { name: name.to_owned(), workflow, texts: self.texts, is_clocked: false }
    }
}

/// The environment of a way back.
fn back_in<'c>(context: &'c Context<'_>) -> Option<&'c str> {
    let mut back = context.path.steps.iter().filter(|_| context.path.kind == PathKind::Rollback);
    back.find_map(|step| match &step.does {
        StepKind::Rollback { environment } => Some(environment.as_str()),
        _ => None,
    })
}

/// What whoever starts a run says.
fn said(context: &Context<'_>) -> Parameters {
    let asked = |name: &str, description: &str, value: Option<&str>| Parameter {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        value: value.map(str::to_owned),
        ..Parameter::default()
    };
    let mut parameters = Vec::new();
    if context.started == Started::ByPerson {
        parameters.push(asked("commit", "The commit that is released: 40 hexadecimal digits", None));
        parameters.push(asked("started-by", "You, by the name that the cluster knows you by", None));
    }
    for (_, name, description) in context.asked() {
        parameters.push(asked(name, description, (name == "ship").then_some("")));
    }
    Parameters { parameters, artifacts: Vec::new() }
}

/// Whether a maker hands something on.
fn hands_on(context: &Context<'_>, step: &Step) -> bool {
    job(context, step).is_some_and(|job| !job.keeps.is_empty())
}

/// The job of a step that is not about people.
pub(crate) fn job(context: &Context<'_>, step: &Step) -> Option<Job> {
    let plan = context.plan;
    let stage = stage_of(context.release, step);
    let mut job = match &step.does {
        StepKind::Preflight => jobs::preflight(context, step),
        StepKind::Build { service } => jobs::build(context, step, service, plan.artifacts.get(service)?)?,
        StepKind::Import { service } => jobs::import(context, step, service, plan.artifacts.get(service)?),
        StepKind::Test { service } => {
            jobs::test(context, step, service, plan.artifacts.get(service)?.test.as_ref()?)
        }
        StepKind::Provision { environment, dataset } => {
            jobs::provision(context, step, environment, (dataset, plan.datasets.get(dataset)?))
        }
        StepKind::Scan { gate } => jobs::scan(context, step, plan.gates.get(gate)?.measure.as_ref()?),
        StepKind::Gate { environment, gate } => {
            jobs::gate(context, step, environment, (gate, plan.gates.get(gate)?))
        }
        StepKind::Checklist { environment, checklist } => {
            jobs::checklist(context, step, environment, checklist)
        }
        StepKind::Flag { environment, flag, .. } => {
            jobs::ramp(context, step, environment, ramped(plan, flag)?)
        }
        StepKind::Deploy { .. } => {
            let (stage, moved) = context.index.moved(step)?;
            jobs::deploy(context, step, stage, moved)
        }
        StepKind::Smoke { service, .. } => {
            let (stage, moved) = context.index.moved(step)?;
            jobs::smoke(context, step, stage, moved, plan.artifacts.get(service)?)
        }
        StepKind::Wave { .. } => jobs::wave(context, step),
        StepKind::Validate { .. } => jobs::validate(context, step, stage?),
        StepKind::Accept { .. } => jobs::accept(context, step),
        StepKind::Rollback { environment } => {
            let mut job = jobs::back(context, step, stage?);
            if context.path.kind == PathKind::Rollback {
                job.lock = Some(lock(plan, environment));
            }
            job
        }
        StepKind::Outcome => jobs::outcome(context, step),
        StepKind::Approval { .. } => return None,
    };
    if makes(step) && !job.takes.is_empty() {
        // Only what builds, imports or plans says something that others read.
        let says = |maker: &&Step| {
            matches!(maker.does, StepKind::Preflight | StepKind::Build { .. } | StepKind::Import { .. })
        };
        let saying = step.needs.iter().filter_map(|need| context.index.step(need)).filter(says);
        let saying: BTreeSet<String> = saying.map(|maker| kube(&maker.id)).collect();
        job.takes.retain(|maker| saying.contains(maker));
    }
    Some(job)
}
