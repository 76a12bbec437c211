//! The ways through a release, step by step.

use std::collections::{BTreeMap, BTreeSet};

use super::{Parts, batches};
use crate::id::slug;
use crate::ir::{Environment, Move, Origin, Plan, Release, Stage};
use crate::path::{Path, PathKind, Step, StepKind};

/// How long looking, deciding and recording may take, in seconds.
const LOOKING: u64 = 10 * 60;
/// How long one move may take, besides what its rollout holds.
const MOVING: u64 = 20 * 60;
/// How long a run may wait for people: as long as any platform lets it.
const WAITING: u64 = 30 * 24 * 60 * 60;

/// With more edges than this between two waves, a step stands between them, so that their number grows with the services alone.
const MANY: usize = 400;

/// The ways that a run can take.
pub(super) fn paths(release: &Release, parts: &Parts) -> Vec<Path> {
    let mut paths = vec![forward(release, parts, PathKind::Release)];
    if release.stages.iter().any(|stage| stage.emergency.is_some()) {
        paths.push(forward(release, parts, PathKind::Emergency));
    }
    paths.push(back(release, parts));
    paths
}

/// The steps of a path so far; every name is given once.
struct Builder<'p> {
    parts: &'p Parts,
    names: BTreeSet<String>,
    steps: Vec<Step>,
}

impl<'p> Builder<'p> {
    fn new(parts: &'p Parts) -> Self {
        Self { parts, names: BTreeSet::new(), steps: Vec::new() }
    }

    /// Adds a step and gives its name: the word of its kind, then what tells it from others of that kind.
    fn add(
        &mut self,
        does: StepKind,
        about: &[&str],
        origin: Origin,
        needs: Vec<String>,
        timeout: u64,
    ) -> String {
        let words = std::iter::once(does.word().to_owned()).chain(about.iter().map(|about| slug(about)));
        let base = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
        let numbered = (2_u32..).map(|n| format!("{base}-{n}"));
        let mut free =
            std::iter::once(base.clone()).chain(numbered).filter(|name| !self.names.contains(name));
        let id = free.next().unwrap_or_default();
        self.names.insert(id.clone());
        let step =
            Step { id: id.clone(), does, origin, needs, after_failure_of: Vec::new(), timeout, lock: None };
        self.steps.push(step);
        id
    }

    fn last(&mut self) -> Option<&mut Step> {
        self.steps.last_mut()
    }
}

/// Whether the emergency path goes to a stage: where its own chain is named, and where nobody is asked anyway.
fn is_on(stage: &Stage, kind: PathKind) -> bool {
    kind == PathKind::Release || stage.emergency.is_some() || stage.approval.is_none()
}

fn forward(release: &Release, parts: &Parts, kind: PathKind) -> Path {
    let mut builder = Builder::new(parts);
    let of_release = Origin::new("release", &release.name);
    let preflight = builder.add(StepKind::Preflight, &[], of_release.clone(), Vec::new(), LOOKING);
    let stages: Vec<&Stage> = release.stages.iter().filter(|stage| is_on(stage, kind)).collect();
    let data = provide(&mut builder, &stages, &preflight);
    let made = make(&mut builder, release, (&stages, kind), &preflight, &data);
    let mut before = None;
    for stage in &release.stages {
        let kept = builder.steps.len();
        let last = through(&mut builder, release, stage, kind, (&made, &data), before.as_deref());
        if is_on(stage, kind) {
            if kind == PathKind::Release {
                ramp(&mut builder, release, stage, vec![preflight.clone(), last.clone()]);
            }
            before = Some(last);
        } else {
            // Its names stay taken, so that a step is called the same on every way.
            builder.steps.truncate(kept);
        }
    }
    let needs = builder.steps.iter().filter(|step| step.after_failure_of.is_empty());
    let needs = needs.map(|step| step.id.clone()).collect();
    builder.add(StepKind::Outcome, &[], of_release, needs, LOOKING);
    Path { kind, steps: builder.steps }
}

/// Puts data into the environments of the stages, before anything is measured there; gives the steps of each environment.
fn provide(builder: &mut Builder<'_>, stages: &[&Stage], preflight: &str) -> BTreeMap<String, Vec<String>> {
    let mut data: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let datasets = &builder.parts.datasets;
    for environment in stages.iter().map(|stage| &stage.environment) {
        for (name, dataset) in
            datasets.iter().filter(|(_, dataset)| dataset.environments.contains(environment))
        {
            let does = StepKind::Provision { environment: environment.clone(), dataset: name.clone() };
            let (needs, timeout) = (vec![preflight.to_owned()], dataset.provision.timeout);
            let step = builder.add(does, &[environment, name], dataset.origin.clone(), needs, timeout);
            data.entry(environment.clone()).or_default().push(step);
        }
    }
    data
}

/// Builds, tests and measures; gives what everything later stands on.
fn make(
    builder: &mut Builder<'_>,
    release: &Release,
    (stages, kind): (&[&Stage], PathKind),
    preflight: &str,
    data: &BTreeMap<String, Vec<String>>,
) -> Vec<String> {
    let mut made = vec![preflight.to_owned()];
    for shipped in &release.ships {
        let Some(artifact) = builder.parts.artifacts.get(&shipped.service) else { continue };
        let service = shipped.service.clone();
        let mut needs = vec![preflight.to_owned()];
        if artifact.imported_from.is_some() {
            let does = StepKind::Import { service: service.clone() };
            made.push(builder.add(does, &[&service], artifact.origin.clone(), needs, LOOKING));
            continue;
        }
        if let Some(build) = &artifact.build {
            let does = StepKind::Build { service: service.clone() };
            let id =
                builder.add(does, &[&service], artifact.origin.clone(), needs.clone(), build.command.timeout);
            needs.push(id.clone());
            made.push(id);
        }
        if let Some(test) = &artifact.test {
            let does = StepKind::Test { service: service.clone() };
            made.push(builder.add(does, &[&service], artifact.origin.clone(), needs, test.timeout));
        }
    }
    let built: Vec<String> =
        builder.steps.iter().filter(|step| is_made(&step.does)).map(|step| step.id.clone()).collect();
    let mut measured = BTreeSet::new();
    let gates: Vec<String> = stages.iter().flat_map(|stage| gates(builder.parts, stage, kind)).collect();
    for name in gates.iter().filter(|name| measured.insert(*name)) {
        let Some(gate) = builder.parts.gates.get(name) else { continue };
        let Some(measure) = &gate.measure else { continue };
        let measured_in = stages.iter().filter(|stage| stage.gates.contains(name));
        let data = measured_in.filter_map(|stage| data.get(&stage.environment)).flatten();
        let needs = std::iter::once(preflight).chain(built.iter().map(String::as_str));
        let needs = needs.chain(data.map(String::as_str)).map(str::to_owned).collect();
        let does = StepKind::Scan { gate: name.clone() };
        made.push(builder.add(does, &[name], gate.origin.clone(), needs, measure.timeout));
    }
    made
}

/// The chain that a stage asks on a way.
fn chain_of(stage: &Stage, kind: PathKind) -> Option<&String> {
    if kind == PathKind::Emergency { stage.emergency.as_ref() } else { stage.approval.as_ref() }
}

/// The gates of a stage on a way: its own, and those that must have passed before its people are asked.
fn gates(parts: &Parts, stage: &Stage, kind: PathKind) -> Vec<String> {
    let mut gates = stage.gates.clone();
    let chain = chain_of(stage, kind).and_then(|chain| parts.approvals.get(chain));
    for gate in chain.into_iter().flat_map(|chain| &chain.steps).flat_map(|step| &step.requires) {
        if !gates.contains(gate) {
            gates.push(gate.clone());
        }
    }
    gates
}

fn is_made(does: &StepKind) -> bool {
    matches!(does, StepKind::Build { .. } | StepKind::Import { .. })
}

/// A stage; gives its last step.
fn through(
    builder: &mut Builder<'_>,
    release: &Release,
    stage: &Stage,
    kind: PathKind,
    (made, data): (&[String], &BTreeMap<String, Vec<String>>),
    before: Option<&str>,
) -> String {
    let environment = &stage.environment;
    let of_environment = Origin::new("environment", environment);
    let data = data.get(environment).into_iter().flatten().cloned();
    let base: Vec<String> = made.iter().cloned().chain(data).chain(before.map(str::to_owned)).collect();

    let mut guards = base.clone();
    for name in &gates(builder.parts, stage, kind) {
        let Some(gate) = builder.parts.gates.get(name) else { continue };
        let does = StepKind::Gate { environment: environment.clone(), gate: name.clone() };
        guards.push(builder.add(does, &[environment, name], gate.origin.clone(), base.clone(), LOOKING));
    }
    if let Some(name) = &stage.checklist {
        let origin = builder.parts.checklists.get(name).map(|checklist| checklist.origin.clone());
        let origin = origin.unwrap_or_else(|| Origin::new("checklist", name));
        let does = StepKind::Checklist { environment: environment.clone(), checklist: name.clone() };
        guards.push(builder.add(does, &[environment, name], origin, guards.clone(), LOOKING));
    }
    let chain = chain_of(stage, kind);
    let asked = chain.map(|chain| ask(builder, environment, chain, &guards, &[])).unwrap_or_default();
    guards.extend(asked);

    let lock = builder.parts.environments.get(environment).map(|place| place.lock.clone());
    let services = stage.waves.iter().flat_map(|wave| &wave.moves).map(|moved| moved.service.as_str());
    // Only what is watched waits for vendors.
    let pause =
        if stage.watches().next().is_some() { Plan::pause(&builder.parts.artifacts, services) } else { 0 };
    let mut moved: Vec<String> = Vec::new();
    let mut wave_before: Vec<String> = guards;
    for (number, wave) in stage.waves.iter().enumerate() {
        if number > 0 && wave_before.len() * wave.moves.len() > MANY {
            let does = StepKind::Wave { environment: environment.clone(), wave: number - 1 };
            let about = [environment.as_str(), &number.to_string()];
            wave_before = vec![builder.add(does, &about, of_environment.clone(), wave_before, LOOKING)];
            if let Some(added) = builder.last() {
                added.lock.clone_from(&lock);
            }
            moved.extend(wave_before.iter().cloned());
        }
        let mut this_wave = Vec::new();
        // Those that take something of which there is not enough for all wait for one another.
        let (mut taking, mut taken) = (Vec::new(), Vec::new());
        for (turn, step) in batches::in_turn(wave, builder.parts) {
            let does = StepKind::Deploy {
                environment: environment.clone(),
                wave: number,
                service: step.service.clone(),
                group: step.group.clone(),
            };
            let about = [environment.as_str(), &step.service, step.group.as_deref().unwrap_or_default()];
            let origin = builder.parts.artifacts.get(&step.service);
            let origin = origin
                .map_or_else(|| Origin::new("service", &step.service), |artifact| artifact.origin.clone());
            let timeout = MOVING + stage.rollout.held() + pause;
            if turn.is_new {
                taking = std::mem::take(&mut taken);
            }
            let needs = wave_before.iter().chain(&taking).cloned().collect();
            let deployed = builder.add(does, &about, origin.clone(), needs, timeout);
            if turn.takes {
                taken.push(deployed.clone());
            }
            if let Some(added) = builder.last() {
                added.lock.clone_from(&lock);
            }
            moved.push(deployed.clone());
            this_wave.push(match looks(builder.parts, step) {
                0 => deployed,
                looking => {
                    let does = StepKind::Smoke {
                        environment: environment.clone(),
                        wave: number,
                        service: step.service.clone(),
                        group: step.group.clone(),
                    };
                    let looked = builder.add(does, &about, origin, vec![deployed], looking);
                    if let Some(added) = builder.last() {
                        added.lock.clone_from(&lock);
                    }
                    moved.push(looked.clone());
                    looked
                }
            });
        }
        wave_before = this_wave;
    }

    let mut done = if moved.is_empty() { wave_before } else { moved.clone() };
    let of_rollout = stage.rollout.origin.clone().unwrap_or_else(|| of_environment.clone());
    if !moved.is_empty() && stage.observed() > 0 {
        let does = StepKind::Validate { environment: environment.clone() };
        let id = builder.add(does, &[environment], of_rollout, done, stage.observed() + LOOKING + pause);
        if let Some(added) = builder.last() {
            added.lock.clone_from(&lock);
        }
        moved.push(id.clone());
        done = vec![id];
    }
    let does = StepKind::Accept { environment: environment.clone() };
    let accepted = builder.add(does, &[environment], of_environment.clone(), done, LOOKING);
    if let Some(added) = builder.last() {
        added.lock.clone_from(&lock);
    }
    if !moved.is_empty() {
        moved.push(accepted.clone());
        let asked = release.rollback.as_ref().map(|chain| ask(builder, environment, chain, &[], &moved));
        let does = StepKind::Rollback { environment: environment.clone() };
        let timeout = MOVING * stage.waves.iter().map(|wave| wave.moves.len() as u64).sum::<u64>();
        builder.add(does, &[environment], of_environment, asked.unwrap_or_default(), timeout);
        if let Some(added) = builder.last() {
            added.lock = lock;
            added.after_failure_of = moved;
        }
    }
    accepted
}

/// The flags of what ships, ramped where customers are: after the stage is accepted, and nothing waits for them.
fn ramp(builder: &mut Builder<'_>, release: &Release, stage: &Stage, accepted: Vec<String>) {
    let environment = &stage.environment;
    if !builder.parts.environments.get(environment).is_some_and(Environment::is_production) {
        return;
    }
    let flags = &builder.parts.flags;
    for (name, flag) in
        flags.iter().filter(|(_, flag)| release.ships.iter().any(|it| it.service == flag.service))
    {
        let Some(ramp) = &flag.ramp else { continue };
        let does = StepKind::Flag { environment: environment.clone(), flag: name.clone(), share: None };
        let (needs, timeout) = (accepted.clone(), ramp.command.timeout + LOOKING);
        builder.add(does, &[environment, name], flag.origin.clone(), needs, timeout);
    }
}

/// How long it may take to look at what a move brought, in seconds; 0 where nothing is looked at.
fn looks(parts: &Parts, step: &Move) -> u64 {
    let smokes = parts.artifacts.get(&step.service).filter(|_| step.to.is_some());
    smokes.map_or(0, |artifact| artifact.smokes.iter().map(|smoke| smoke.command.timeout).sum())
}

/// The steps of a chain, one after the other; gives them.
fn ask(
    builder: &mut Builder<'_>,
    environment: &str,
    chain: &str,
    guards: &[String],
    after_failure_of: &[String],
) -> Vec<String> {
    let Some(approval) = builder.parts.approvals.get(chain) else { return Vec::new() };
    let mut asked: Vec<String> = Vec::new();
    for step in &approval.steps {
        let needs = guards.iter().cloned().chain(asked.last().cloned()).collect();
        let does = StepKind::Approval {
            environment: environment.to_owned(),
            chain: chain.to_owned(),
            step: step.name.clone(),
        };
        let way = if after_failure_of.is_empty() { "" } else { "rollback" };
        asked.push(builder.add(
            does,
            &[environment, way, &step.name],
            approval.origin.clone(),
            needs,
            WAITING,
        ));
        if let Some(added) = builder.last() {
            added.after_failure_of = after_failure_of.to_vec();
        }
    }
    asked
}

/// The way back from what was accepted: one environment a run.
fn back(release: &Release, parts: &Parts) -> Path {
    let mut builder = Builder::new(parts);
    let of_release = Origin::new("release", &release.name);
    let preflight = builder.add(StepKind::Preflight, &[], of_release.clone(), Vec::new(), LOOKING);
    for stage in release.stages.iter().filter(|stage| !stage.waves.is_empty()) {
        let environment = &stage.environment;
        let guards = vec![preflight.clone()];
        let asked =
            release.rollback.as_ref().map(|chain| ask(&mut builder, environment, chain, &guards, &[]));
        let needs = guards.into_iter().chain(asked.unwrap_or_default()).collect();
        let timeout = MOVING * stage.waves.iter().map(|wave| wave.moves.len() as u64).sum::<u64>();
        let does = StepKind::Rollback { environment: environment.clone() };
        builder.add(does, &[environment], Origin::new("environment", environment), needs, timeout);
        let lock = parts.environments.get(environment).map(|place| place.lock.clone());
        if let Some(added) = builder.last() {
            added.lock = lock;
        }
    }
    let needs = builder.steps.iter().map(|step| step.id.clone()).collect();
    builder.add(StepKind::Outcome, &[], of_release, needs, LOOKING);
    Path { kind: PathKind::Rollback, steps: builder.steps }
}
