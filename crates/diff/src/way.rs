//! The ways through a release, as its steps say: which environments, and what stands before each.

use clearway_plan::{Path, PathKind, Plan, Release, StepKind};

/// A way through a release.
#[derive(Debug, Clone)]
pub(crate) struct Way<'p> {
    pub plan: &'p Plan,
    pub release: &'p Release,
    pub kind: PathKind,
    /// The environments on it, in order.
    pub stops: Vec<Stop<'p>>,
}

/// An environment on a way.
#[derive(Debug, Clone)]
pub(crate) struct Stop<'p> {
    pub environment: &'p str,
    /// The gates that are decided before it.
    pub gates: Vec<&'p str>,
    /// The checklists that must be complete before it.
    pub checklists: Vec<&'p str>,
    /// The steps of chains that are asked before it: the chain, and the step.
    pub asked: Vec<(&'p str, &'p str)>,
}

impl<'p> Way<'p> {
    /// The ways through a release.
    pub(crate) fn all(plan: &'p Plan, release: &'p Release) -> Vec<Self> {
        let stops = |path: &'p Path| {
            let ends = path.steps.iter().filter_map(|step| match &step.does {
                StepKind::Accept { environment } => Some(environment.as_str()),
                StepKind::Rollback { environment } if path.kind == PathKind::Rollback => Some(environment),
                _ => None,
            });
            ends.map(|environment| stop(path, environment)).collect()
        };
        release.paths.iter().map(|path| Self { plan, release, kind: path.kind, stops: stops(path) }).collect()
    }

    /// What stands before an environment.
    pub(crate) fn stop(&self, environment: &str) -> Option<&Stop<'p>> {
        self.stops.iter().find(|stop| stop.environment == environment)
    }

    /// The environments that it has been in before it comes to one.
    pub(crate) fn before(&self, environment: &str) -> impl Iterator<Item = &'p str> {
        let before = self.stops.iter().take_while(move |stop| stop.environment != environment);
        before.map(|stop| stop.environment)
    }

    /// Whether an environment serves customers.
    pub(crate) fn is_production(&self, environment: &str) -> bool {
        self.plan.environments.get(environment).is_some_and(clearway_plan::Environment::is_production)
    }
}

/// What stands before an environment. What is asked only after a failure is asked on the way back.
fn stop<'p>(path: &'p Path, environment: &'p str) -> Stop<'p> {
    let mut stop = Stop { environment, gates: Vec::new(), checklists: Vec::new(), asked: Vec::new() };
    for step in path.steps.iter().filter(|step| step.after_failure_of.is_empty()) {
        match &step.does {
            StepKind::Gate { environment: of, gate } if of == environment => stop.gates.push(gate),
            StepKind::Checklist { environment: of, checklist } if of == environment => {
                stop.checklists.push(checklist);
            }
            StepKind::Approval { environment: of, chain, step } if of == environment => {
                stop.asked.push((chain, step));
            }
            _ => {}
        }
    }
    stop
}

/// Two ways that are one: of the old plan and of the new. One that is new or gone has only one side.
#[derive(Debug, Clone)]
pub(crate) struct Pair<'p> {
    pub old: Option<Way<'p>>,
    pub new: Option<Way<'p>>,
    pub kind: PathKind,
    /// The name of the new release, or of the old one where that is gone.
    pub release: &'p str,
}

/// Releases of one name are one; where one alone has another name on each side, it was renamed.
pub(crate) fn releases<'p>(old: &'p Plan, new: &'p Plan) -> Vec<(Option<&'p Release>, Option<&'p Release>)> {
    let mut pairs: Vec<(Option<&Release>, Option<&Release>)> =
        new.releases.iter().map(|release| (old.release(&release.name), Some(release))).collect();
    let gone: Vec<&Release> =
        old.releases.iter().filter(|release| new.release(&release.name).is_none()).collect();
    let is_new = |pair: &&mut (Option<&'p Release>, Option<&'p Release>)| pair.0.is_none();
    match (gone.as_slice(), pairs.iter_mut().filter(is_new).collect::<Vec<_>>().as_mut_slice()) {
        ([renamed], [pair]) => pair.0 = Some(renamed),
        _ => pairs.extend(gone.into_iter().map(|release| (Some(release), None))),
    }
    pairs
}

/// The ways of a release on both sides.
pub(crate) fn pairs<'p>(
    (old_plan, old): (&'p Plan, &'p Release),
    (new_plan, new): (&'p Plan, &'p Release),
) -> Vec<Pair<'p>> {
    let (mut old, new_ways) = (Way::all(old_plan, old), Way::all(new_plan, new));
    let mut pairs: Vec<Pair<'p>> = Vec::new();
    for way in new_ways {
        let at = old.iter().position(|old| old.kind == way.kind);
        let old = at.map(|at| old.swap_remove(at));
        pairs.push(Pair { old, kind: way.kind, release: &new.name, new: Some(way) });
    }
    pairs.extend(old.into_iter().map(|way| Pair {
        kind: way.kind,
        release: &new.name,
        old: Some(way),
        new: None,
    }));
    pairs.sort_by_key(|pair| pair.kind);
    pairs
}
