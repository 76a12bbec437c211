//! What starts after what, on products whose runs are played one by one: order, gates, approvals, the outcome. Each job goes wrong in each way by
//! itself, and then many at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use clearway_plan::{Guarantee, Plan, Release, Step, StepKind};

use crate::claims::Way;
use crate::finding::{Broken, Finding, Spot};
use crate::{Rng, closure, guards_of, kept_by};

/// So many runs in which much goes wrong at once.
const MANY: u64 = 40;

/// What became of a run.
pub(crate) trait Ended {
    /// Whether a job started.
    fn started(&self, job: &str) -> bool;

    /// Whether it succeeded.
    fn succeeded(&self, job: &str) -> bool;

    /// Whether the run as a whole did.
    fn is_green(&self) -> bool;

    /// How it ended, in the product's word.
    fn end(&self) -> String;
}

/// A way whose runs are played.
pub(crate) trait Played: Way {
    /// What became of a run.
    type Run: Ended;

    /// Every run that is tried, with what went wrong in it; in the first one nothing does.
    fn runs(&self) -> &[(String, Self::Run)];

    /// The name of the job of a step in a run.
    fn job_of(&self, step: &str) -> Result<String, String>;

    /// Where a job of a run stands.
    fn spot_of(&self, job: &str) -> Spot;

    /// Where it is written what lets a job start without a guard.
    fn beside(&self, job: &str, guard: &str) -> Spot;

    /// The plan and the release.
    fn of(&self) -> (&Plan, &Release);
}

/// Runs in which each job goes wrong by itself, and then many at once. With more jobs than are `wide` each goes wrong in one way, in turn.
pub(crate) fn play<F: Copy + Debug, R>(
    names: &[String],
    (well, wrong): (F, &[F]),
    wide: usize,
    run: impl Fn(&dyn Fn(&str) -> F) -> R,
) -> Vec<(String, R)> {
    let mut all = vec![("nothing goes wrong".to_owned(), run(&|_| well))];
    for (number, name) in names.iter().enumerate() {
        let (first, count) = if names.len() > wide { (number % wrong.len(), 1) } else { (0, wrong.len()) };
        for fate in wrong.iter().skip(first).take(count) {
            all.push((format!("`{name}`: {fate:?}"), run(&|job| if job == name { *fate } else { well })));
        }
    }
    for seed in 0..MANY {
        let mut rng = Rng::new(seed);
        let share = 2 + rng.below(8);
        let mut fates: BTreeMap<&str, F> = BTreeMap::new();
        for name in names {
            fates.insert(name, if rng.below(share) == 0 { *rng.pick(wrong) } else { well });
        }
        all.push((format!("seed {seed}"), run(&|job| fates.get(job).copied().unwrap_or(well))));
    }
    all
}

/// A job with what it must not start without.
type Guarded = (String, Vec<String>);

fn guarded<'g>(
    way: &impl Played,
    step: &Step,
    guards: impl Iterator<Item = &'g str>,
) -> Result<Guarded, String> {
    Ok((way.job_of(&step.id)?, guards.map(|guard| way.job_of(guard)).collect::<Result<_, _>>()?))
}

/// No run in which one of these starts without all of its guards.
fn never_without(way: &impl Played, all: &[Guarded]) -> Broken {
    let (mut broken, mut seen) = (Vec::new(), BTreeSet::new());
    for (what, run) in way.runs() {
        for (job, guards) in all.iter().filter(|(job, _)| run.started(job)) {
            for guard in guards.iter().filter(|guard| !run.succeeded(guard)) {
                // One run is enough for each guard.
                if seen.insert((job, guard)) {
                    let told =
                        way.beside(job, guard).says(format!("`{job}` starts without `{guard}` ({what})"));
                    broken.push(match kept_by(way.path(), guard.rsplit('/').next().unwrap_or_default()) {
                        Some(guarantee) => told.of(guarantee),
                        None => told,
                    });
                }
            }
        }
    }
    broken
}

/// A step starts only after everything it needs succeeded.
pub(crate) fn order(way: &impl Played) -> Result<Broken, String> {
    let wanted = way.wanted();
    let there: BTreeSet<&str> = wanted.iter().map(|step| step.id.as_str()).collect();
    let steps = wanted.iter().filter(|step| step.does != StepKind::Outcome);
    let needs = |step: &Step| {
        let needs = step.needs.iter().map(String::as_str).filter(|need| there.contains(need));
        guarded(way, step, needs)
    };
    let all = steps.map(|step| needs(step)).collect::<Result<Vec<_>, _>>()?;
    Ok(never_without(way, &all).into_iter().map(|one| one.of(Guarantee::Order)).collect())
}

/// Nothing is deployed unless all gates of its stage passed, all people agreed, and the settings were right.
pub(crate) fn gates_and_approvals(way: &impl Played) -> Result<Broken, String> {
    let is_guard = |step: &&&Step| {
        matches!(
            step.does,
            StepKind::Gate { .. }
                | StepKind::Approval { .. }
                | StepKind::Checklist { .. }
                | StepKind::Preflight
        )
    };
    let (plan, release) = way.of();
    let wanted = way.wanted();
    let (mut all, mut broken) = (Vec::new(), Vec::new());
    for step in &wanted {
        let StepKind::Deploy { environment, .. } = &step.does else { continue };
        let closure = closure(way.path(), step);
        let guards = wanted.iter().filter(is_guard).filter(|guard| closure.contains(guard.id.as_str()));
        let guards: Vec<&&Step> = guards.collect();
        all.push(guarded(way, step, guards.iter().map(|guard| guard.id.as_str()))?);
        let stage = release.stage(environment).ok_or("a deployment without a stage")?;
        let own = guards.iter().filter(|guard| guard.does.environment() == Some(environment)).count();
        if own != guards_of(plan, way.path(), stage) {
            let what = format!("`{}` stands on {own} gates and approvals", step.id);
            broken.push(way.spot_of(&way.job_of(&step.id)?).says(what));
        }
    }
    broken.extend(never_without(way, &all));
    Ok(broken)
}

/// The jobs of steps that a run is not green without.
fn required(way: &impl Played) -> Result<Vec<String>, String> {
    let steps = way.wanted().into_iter().filter(|step| step.after_failure_of.is_empty());
    steps.map(|step| way.job_of(&step.id)).collect()
}

/// Where all goes well, every step is reached and the run is green.
pub(crate) fn reachable(way: &impl Played) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let Some((_, run)) = way.runs().first() else { return Err("no run was tried".to_owned()) };
    if !run.is_green() {
        broken.push(Finding::nowhere(format!("a run in which nothing goes wrong ends {}", run.end())));
    }
    for job in required(way)?.iter().filter(|job| !run.succeeded(job)) {
        broken.push(way.spot_of(job).says(format!("`{job}` is not reached")));
    }
    Ok(broken)
}

/// The run is green only if everything that was required succeeded.
pub(crate) fn outcome(way: &impl Played) -> Result<Broken, String> {
    let (required, outcome) = (required(way)?, way.job_of("outcome")?);
    let (mut broken, mut seen) = (Vec::new(), BTreeSet::new());
    for (what, run) in way.runs() {
        if let Some(job) = required.iter().find(|job| !run.succeeded(job))
            && (run.is_green() || run.succeeded(&outcome))
            && seen.insert(job)
        {
            broken.push(way.spot_of(&outcome).says(format!("green without `{job}` ({what})")));
        }
    }
    Ok(broken)
}
