//! What of a plan no target can express, or only within the limits of its product.

use std::collections::BTreeSet;

use clearway_plan::{Breach, Deployer, Move, Origin, Output, Plan, Release, Stage};

use crate::{Hindrance, Obstacle};

/// How long a job may take.
#[derive(Clone, Copy)]
pub(crate) struct Limit {
    /// Whose job, in words.
    pub product: &'static str,
    /// In seconds.
    pub longest: u64,
    /// In words.
    pub words: &'static str,
}

/// Something that stops a build.
pub(crate) fn fatal(origin: Origin, message: String, help: &str) -> Obstacle {
    Obstacle { origin, message, help: help.to_owned(), is_fatal: true, kind: Hindrance::Form }
}

/// The same, each told once.
pub(crate) fn each_once(mut found: Vec<Obstacle>) -> Vec<Obstacle> {
    let mut told = BTreeSet::new();
    found.retain(|obstacle| told.insert((obstacle.origin.clone(), obstacle.message.clone())));
    found
}

/// What stands in the way of a stage.
pub(crate) fn stages(plan: &Plan, limit: Limit) -> Vec<Obstacle> {
    let mut found = Vec::new();
    for release in &plan.releases {
        for stage in &release.stages {
            watches(plan, release, stage, limit, &mut found);
            for moved in stage.waves.iter().flat_map(|wave| &wave.moves) {
                moves(plan, stage, moved, &mut found);
            }
        }
    }
    found
}

/// What another repository builds, and nobody could tell where it comes from.
pub(crate) fn imports(plan: &Plan, found: &mut Vec<Obstacle>) {
    for artifact in plan.artifacts.values().filter(|artifact| artifact.imported_from.is_some()) {
        let output = artifact.build.as_ref().and_then(|build| build.output.as_ref());
        if !matches!(output, Some(Output::Image(_))) {
            let message = format!(
                "{} comes from another repository, and only images are signed there",
                artifact.origin
            );
            found.push(fatal(
                artifact.origin.clone(),
                message,
                "write `build { run = \"…\"  output = image(\"…\") }`",
            ));
        }
    }
}

/// So many seconds, as the language writes them.
fn told(seconds: u64) -> String {
    let (hours, minutes) = (seconds / 3600, seconds % 3600 / 60);
    if minutes == 0 { format!("{hours} h") } else { format!("{hours} h {minutes} m") }
}

/// Nothing to watch with, or more time than a job has.
fn watches(plan: &Plan, release: &Release, stage: &Stage, limit: Limit, found: &mut Vec<Obstacle>) {
    let place = plan.environments.get(&stage.environment);
    let origin = || stage.rollout.origin.clone().unwrap_or_else(|| Origin::new("release", &release.name));
    if !stage.rollout.watches.is_empty() && place.is_some_and(|place| place.monitoring.is_none()) {
        let message = format!(
            "the rollout in `{}` watches metrics, and the environment does not say where they are measured",
            stage.environment
        );
        let help = "write `monitoring = prometheus(\"https://…\")` in the environment";
        found.push(fatal(Origin::new("environment", &stage.environment), message, help));
    }
    // The way back starts when a job fails, and what it waits for is its own approval: that is the person who decides.
    let goes_back_alone = release.rollback.is_none() && !stage.rollout.watches.is_empty();
    if stage.rollout.on_breach == Breach::Pause && goes_back_alone {
        let message = format!(
            "the rollout in `{}` pauses until a person decides, and the way back of `{}` asks nobody",
            stage.environment, release.name
        );
        let help = "write `rollback { approval = … }` in the release, or `on-breach = rollback`";
        found.push(fatal(origin(), message, help));
    }
    let Limit { product, longest, words } = limit;
    if stage.observed() + 600 > longest {
        let message = format!(
            "what is deployed in `{}` is watched for longer than the {words} that a job of {product} may take",
            stage.environment
        );
        found.push(fatal(
            Origin::new("release", &release.name),
            message,
            &format!("bake, and measure over, at most {}", told(longest - 10 * 60)),
        ));
    }
    if stage.rollout.held() + 20 * 60 > longest {
        let message = format!(
            "the steps of the rollout in `{}` are held for longer than the {words} that a job of {product} may take",
            stage.environment
        );
        found.push(fatal(
            origin(),
            message,
            &format!("hold them for at most {} in all", told(longest - 20 * 60)),
        ));
    }
}

/// A service that cannot be deployed as the spec says.
fn moves(plan: &Plan, stage: &Stage, moved: &Move, found: &mut Vec<Obstacle>) {
    let Some(artifact) = plan.artifacts.get(&moved.service) else { return };
    let origin = artifact.origin.clone();
    let shares = stage
        .rollout
        .shares
        .iter()
        .any(|share| !share.percent.is_zero() && share.percent.normalize().to_string() != "100");
    let has_image =
        artifact.build.as_ref().is_some_and(|build| matches!(build.output, Some(Output::Image(_))));
    match &artifact.deploy {
        None => found.push(Obstacle {
            origin,
            message: format!(
                "`{}` does not say how it is deployed, so its deploying job stops",
                moved.service
            ),
            help: "write `deploy with kubernetes(\"…\")`, `helm(…)` or `command(\"…\")`".to_owned(),
            is_fatal: false,
            kind: Hindrance::Form,
        }),
        Some(Deployer::Kubernetes { .. } | Deployer::Helm { .. }) if moved.to.is_some() && !has_image => {
            let message = format!("`{}` is deployed as an image, and nothing says which", moved.service);
            found.push(fatal(origin, message, "write `build { run = \"…\"  output = image(\"…\") }`"));
        }
        Some(Deployer::Kubernetes { workload, .. }) if shares && !workload.starts_with("deploy") => {
            let message = format!(
                "a share of `{workload}` cannot be deployed: only a Deployment can have a second workload beside it"
            );
            found.push(fatal(
                origin,
                message,
                "use a rollout without steps below 100%, or deploy with `command(\"…\")`",
            ));
        }
        Some(Deployer::Helm { .. }) if shares => {
            let message = format!(
                "`{}` is deployed by Helm, which cannot give a share of the traffic to the new version",
                moved.service
            );
            found.push(fatal(
                origin,
                message,
                "use a rollout without steps below 100%, or deploy with `command(\"…\")`",
            ));
        }
        Some(Deployer::Kubernetes { .. } | Deployer::Helm { .. }) if moved.group.is_some() => {
            let message =
                format!("`{}` moves in groups, and its means of deployment knows none", moved.service);
            found.push(fatal(
                origin,
                message,
                "deploy with `command(\"…\")`, which gets the group as `$CLEARWAY_GROUP`",
            ));
        }
        _ => {}
    }
}
