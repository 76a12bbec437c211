//! What is looked up by name while a way through a release is laid out: there may be thousands of services.

use std::collections::BTreeMap;

use clearway_plan::{Move, Path, Release, Shipped, Stage, Step, StepKind};

/// The steps of a way and what it ships, by name.
pub(crate) struct Index<'p> {
    steps: BTreeMap<&'p str, &'p Step>,
    makers: BTreeMap<&'p str, &'p str>,
    shipped: BTreeMap<&'p str, &'p Shipped>,
    moves: BTreeMap<Place<'p>, (&'p Stage, &'p Move)>,
}

/// Where a move stands: the environment, the number of the wave, the service and the group.
type Place<'p> = (&'p str, usize, &'p str, Option<&'p str>);

impl<'p> Index<'p> {
    /// Of a way through a release.
    pub(crate) fn of(release: &'p Release, path: &'p Path) -> Self {
        let makes = |step: &'p Step| match &step.does {
            StepKind::Build { service } | StepKind::Import { service } => {
                Some((service.as_str(), step.id.as_str()))
            }
            _ => None,
        };
        let moves = release.stages.iter().flat_map(|stage| {
            let waves = stage.waves.iter().enumerate();
            waves.flat_map(move |(wave, of)| {
                of.moves.iter().map(move |moved| {
                    let group = moved.group.as_deref();
                    ((stage.environment.as_str(), wave, moved.service.as_str(), group), (stage, moved))
                })
            })
        });
        Self {
            moves: moves.collect(),
            steps: path.steps.iter().map(|step| (step.id.as_str(), step)).collect(),
            makers: path.steps.iter().filter_map(makes).collect(),
            shipped: release.ships.iter().map(|shipped| (shipped.service.as_str(), shipped)).collect(),
        }
    }

    /// The step with an id.
    pub(crate) fn step(&self, id: &str) -> Option<&'p Step> {
        self.steps.get(id).copied()
    }

    /// The job that builds or takes a service's artifact.
    pub(crate) fn maker(&self, service: &str) -> Option<&'p str> {
        self.makers.get(service).copied()
    }

    /// What a step moves, or looks at after it was moved, with its stage.
    pub(crate) fn moved(&self, step: &Step) -> Option<(&'p Stage, &'p Move)> {
        let (StepKind::Deploy { environment, wave, service, group }
        | StepKind::Smoke { environment, wave, service, group }) = &step.does
        else {
            return None;
        };
        self.moves.get(&(environment.as_str(), *wave, service.as_str(), group.as_deref())).copied()
    }

    /// What is shipped of a service.
    pub(crate) fn shipped(&self, service: &str) -> Option<&'p Shipped> {
        self.shipped.get(service).copied()
    }
}
