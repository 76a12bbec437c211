//! A plan for readers: as text, and as the documented JSON of `clearway plan`.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use serde::Serialize;

use crate::ir::{Control, Move, Plan, Release, Stage};
use crate::path::{PathKind, Step, StepKind};

/// A move in the order in which moves are made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Ordered<'p> {
    /// The release.
    pub release: &'p str,
    /// The environment.
    pub environment: &'p str,
    /// The wave of the proved order, counted from 1 in each environment: the moves of one may be made at once.
    pub wave: usize,
    /// The service.
    pub service: &'p str,
    /// The group of its replicas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<&'p str>,
    /// What is live before; several versions are separated by commas; `null` on a first deployment.
    pub from: Option<String>,
    /// What is live after; `null` where it is taken away.
    pub to: Option<&'p str>,
}

/// A step with the release and the way that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PlannedStep<'p> {
    /// The release.
    pub release: &'p str,
    /// The way.
    pub path: PathKind,
    /// The step.
    #[serde(flatten)]
    pub step: &'p Step,
}

impl Move {
    /// Whether it brings something else than what is live.
    pub fn moves(&self) -> bool {
        !matches!((self.from.as_slice(), &self.to), ([from], Some(to)) if from == to)
    }
}

/// The moves of some releases, in the order in which they are made. What stays as it is has no entry.
pub fn order<'p>(releases: &[&'p Release]) -> Vec<Ordered<'p>> {
    let mut order = Vec::new();
    for release in releases {
        for stage in &release.stages {
            for (number, wave) in stage.waves.iter().enumerate() {
                order.extend(wave.moves.iter().filter(|step| step.moves()).map(|step| Ordered {
                    release: &release.name,
                    environment: &stage.environment,
                    wave: step.proved_wave.unwrap_or(number) + 1,
                    service: &step.service,
                    group: step.group.as_deref(),
                    from: (!step.from.is_empty()).then(|| step.from.join(", ")),
                    to: step.to.as_deref(),
                }));
            }
        }
    }
    order
}

/// The steps of some releases, way by way.
pub fn steps<'p>(releases: &[&'p Release]) -> Vec<PlannedStep<'p>> {
    let mut steps = Vec::new();
    for release in releases {
        for path in &release.paths {
            steps.extend(path.steps.iter().map(|step| PlannedStep {
                release: &release.name,
                path: path.kind,
                step,
            }));
        }
    }
    steps
}

/// A release of a plan, for a reader.
pub struct Told<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// The release.
    pub release: &'p Release,
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let release = self.release;
        write!(f, "release {} ({} change)", release.name, release.class)?;
        writeln!(
            f,
            "{}",
            if release.is_process() { ", a process: each run says what is left open" } else { "" }
        )?;
        let asks: Vec<&str> = [
            release.change.is_none().then_some("the change request"),
            release.requested_by.is_none().then_some("who asks for it"),
            release.ships.iter().any(|shipped| shipped.open).then_some("versions"),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !asks.is_empty() {
            writeln!(f, "  a run is told: {}", asks.join(", "))?;
        }
        if let Some(tag) = &release.tag {
            writeln!(f, "  its commit has the tag: {tag}")?;
        }
        for accept in &release.accepts {
            let on = accept.target.as_ref().map(|target| format!(" on {target}")).unwrap_or_default();
            writeln!(f, "  gives up {}{on}: {}", accept.guarantee, accept.reason)?;
        }
        for stage in &release.stages {
            self.stage(f, stage)?;
        }
        for path in &release.paths {
            let counted = counts(&path.steps);
            writeln!(f, "\n  {}: {} steps ({counted})", path.kind, path.steps.len())?;
        }
        Ok(())
    }
}

impl Told<'_> {
    /// What the deployments of a stage take, with how much there is.
    fn taken(&self, stage: &Stage) -> BTreeMap<&str, u32> {
        let moves = stage.waves.iter().flat_map(|wave| &wave.moves);
        let artifacts = moves.filter_map(|step| self.plan.artifacts.get(&step.service));
        let names = artifacts.flat_map(|artifact| artifact.uses.keys());
        names.filter_map(|name| Some((name.as_str(), *self.plan.resources.get(name)?))).collect()
    }

    fn stage(&self, f: &mut fmt::Formatter<'_>, stage: &Stage) -> fmt::Result {
        let place = self.plan.environments.get(&stage.environment);
        writeln!(f, "\n  {} ({})", stage.environment, place.map_or("", |place| place.tier.as_str()))?;
        if !stage.gates.is_empty() {
            writeln!(f, "    gates      {}", stage.gates.join(", "))?;
        }
        for (what, chain) in [
            ("approval", &stage.approval),
            ("emergency", &stage.emergency),
            ("rollback", &self.release.rollback),
        ] {
            let Some(chain) = chain.as_ref().and_then(|name| Some((name, self.plan.approvals.get(name)?)))
            else {
                continue;
            };
            writeln!(f, "    {what:<10} {}: {}", chain.0, chain.1)?;
        }
        let controls = self.release.controls.iter().filter(|way| way.environment == stage.environment);
        let fewest: Vec<String> = controls.map(ToString::to_string).collect();
        if !fewest.is_empty() {
            writeln!(f, "    at least   {}", fewest.join(", "))?;
        }
        if let Some(place) = place {
            let times = place.opening.windows.iter().map(ToString::to_string);
            for time in times.chain(place.opening.freezes.iter().map(ToString::to_string)) {
                writeln!(f, "    {time}")?;
            }
            writeln!(f, "    lock       {}", place.lock)?;
        }
        for (resource, there) in self.taken(stage) {
            writeln!(f, "    resource   {resource}: {there} at once")?;
        }
        if let Some(rollout) = &stage.rollout.origin {
            writeln!(f, "    rollout    {}", rollout.name)?;
        }
        if stage.bake > 0 {
            writeln!(
                f,
                "    bake       {}",
                clearway_schedule::Length(std::time::Duration::from_secs(stage.bake))
            )?;
        }
        let watched = stage.watches().map(|watch| ("watches", watch));
        for (what, watch) in watched.chain(stage.validates.iter().map(|watch| ("validates", watch))) {
            let over = clearway_schedule::Length(std::time::Duration::from_secs(watch.over));
            writeln!(f, "    {what:<10} {} over {over}", watch.require.text)?;
        }
        for (number, wave) in stage.waves.iter().enumerate() {
            let mut line = String::new();
            for step in &wave.moves {
                let group = step.group.as_ref().map(|group| format!(" ({group})")).unwrap_or_default();
                let from = if step.from.is_empty() { "new".to_owned() } else { step.from.join(", ") };
                let to = step.to.as_deref().unwrap_or("gone");
                let how = if step.moves() { format!("{from} → {to}") } else { format!("stays {to}") };
                let _ = write!(
                    line,
                    "{}{}{group} {how}",
                    if line.is_empty() { "" } else { "\n               " },
                    step.service
                );
            }
            let end = if stage.no_return == Some(number) { "  ← no return from here" } else { "" };
            writeln!(f, "    wave {:<5} {line}{end}", number + 1)?;
        }
        let kept_back = kept_back(stage);
        if !kept_back.is_empty() {
            let services = kept_back.join(", ");
            writeln!(f, "    waits      for what stays now and a later run may move: {services}")?;
        }
        Ok(())
    }
}

/// As a reader wants it: `6 people by the release (3 where no condition holds)`.
impl fmt::Display for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let people = if self.fewest == 1 { "person" } else { "people" };
        write!(f, "{} {people} by {}", self.fewest, self.path)?;
        if self.fewest_unconditional < self.fewest {
            write!(f, " ({} where no conditional step is asked)", self.fewest_unconditional)?;
        }
        Ok(())
    }
}

/// What could move with others at once, and comes after them because something that stays has its place in between.
fn kept_back(stage: &Stage) -> Vec<&str> {
    let mut first_of: BTreeMap<usize, usize> = BTreeMap::new();
    let mut kept_back = Vec::new();
    for (number, wave) in stage.waves.iter().enumerate() {
        for step in wave.moves.iter().filter(|step| step.moves()) {
            let Some(proved) = step.proved_wave else { continue };
            if *first_of.entry(proved).or_insert(number) < number {
                kept_back.push(step.service.as_str());
            }
        }
    }
    kept_back.dedup();
    kept_back
}

/// How many steps of each kind there are, in the order of their first.
fn counts(steps: &[Step]) -> String {
    let mut counted: Vec<(&str, usize)> = Vec::new();
    for step in steps.iter().filter(|step| !matches!(step.does, StepKind::Outcome)) {
        let word = step.does.word();
        match counted.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counted.push((word, 1)),
        }
    }
    counted.iter().map(|(word, count)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
}
