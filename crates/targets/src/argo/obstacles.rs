//! What of a plan Argo cannot express, and what the manifest must say.

use std::collections::BTreeMap;

use clearway_plan::{Move, Origin, PathKind, Plan, Stage};
use rust_decimal::Decimal;

use super::config::Config;
use super::model::Strategies;
use super::names::{LONGEST, LONGEST_JOB, flags, is_name, kube, way};
use super::rollouts::{Rollout, rollout};
use super::workflow::workflows;
use crate::obstacles::{Limit, each_once, fatal, imports, stages};
use crate::{Hindrance, Obstacle, Settings};

/// As long as a pod may reasonably be up: Kubernetes itself sets no limit.
const POD: Limit = Limit { product: "Argo Workflows", longest: 30 * 24 * 3600, words: "thirty days" };

/// No object of Kubernetes is larger, in bytes: etcd takes a little more.
const OBJECT: usize = 1_000_000;

pub(super) fn obstacles(plan: &Plan, settings: &Settings) -> Vec<Obstacle> {
    let config = Config::of(plan, settings);
    let mut found = Vec::new();
    manifest(plan, settings, &config, &mut found);
    names(plan, &mut found);
    jobs(plan, &mut found);
    texts(plan, &mut found);
    imports(plan, &mut found);
    rollouts(plan, &mut found);
    many(plan, settings, &config, &mut found);
    crate::recurring::names(plan, &mut found);
    found.extend(stages(plan, POD));
    each_once(found)
}

fn of_kind(kind: Hindrance, obstacle: Obstacle) -> Obstacle {
    Obstacle { kind, ..obstacle }
}

/// What the table in the manifest lacks, or says in a form that cannot be used.
fn manifest(plan: &Plan, settings: &Settings, config: &Config, found: &mut Vec<Obstacle>) {
    let mut wrong = |message: String, help: &str| {
        found.push(of_kind(Hindrance::Setting, fatal(Origin::new("project", ""), message, help)));
    };
    for (key, name) in [("namespace", &config.namespace), ("service-account", &config.account)] {
        if !is_name(name) {
            wrong(
                format!("Kubernetes takes no {key} `{name}`"),
                "write small letters, digits and hyphens, at most 63",
            );
        }
    }
    match &config.image {
        None => wrong(
            "nothing says in which image the jobs of Argo run".to_owned(),
            "write `image = \"…@sha256:…\"` below `[targets.argo]`: an image with bash, git, curl, jq, GNU tar and coreutils, and with what deploys (kubectl, helm) and builds",
        ),
        Some(image) if !is_pinned(image) => wrong(
            "the image in which the jobs of Argo run is not pinned".to_owned(),
            "name it by its digest: `image = \"…@sha256:…\"`",
        ),
        Some(_) => {}
    }
    match &config.repository {
        None => wrong(
            "nothing says where the jobs of Argo get the repository".to_owned(),
            "write `repo = \"owner/name\"` below `[project]`, or `repository = \"https://…\"` below `[targets.argo]`",
        ),
        Some(url) if !url.starts_with("https://") || url.contains(['{', '}', ' ', '"', '$']) => wrong(
            format!("the jobs of Argo cannot get the repository from `{url}`"),
            "write an address that begins with `https://`",
        ),
        Some(_) => {}
    }
    if !plan.alerts.is_empty() && settings.get("rule-label", "").split_once('=').is_none() {
        let message = "a Prometheus of the operator loads rules by a label, and nothing says which";
        let help = "write `rule-label = \"release=prometheus\"` below `[targets.argo]`, as its `ruleSelector` has it";
        let origin = Origin::new("project", "");
        let obstacle = Obstacle { is_fatal: false, ..fatal(origin, message.to_owned(), help) };
        found.push(of_kind(Hindrance::Setting, obstacle));
    }
}

/// An image by digest.
fn is_pinned(image: &str) -> bool {
    let digest = image.split_once("@sha256:").map(|(_, digest)| digest);
    digest.is_some_and(|digest| digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()))
        && !image.contains(['{', '}', ' ', '$'])
}

/// Two things that would have one name in the cluster, or one that it takes for no name.
fn names(plan: &Plan, found: &mut Vec<Obstacle>) {
    let mut refused = |origin: Origin, message: String, help: &str| {
        found.push(of_kind(Hindrance::Name, fatal(origin, message, help)));
    };
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for release in &plan.releases {
        let origin = Origin::new("release", &release.name);
        let back = release.stages.iter().filter(|stage| !stage.waves.is_empty());
        let mut ways: Vec<(String, String)> = back
            .map(|stage| {
                let of = format!("the way back of `{}` in `{}`", release.name, stage.environment);
                (way(release, PathKind::Rollback, Some(&stage.environment)), of)
            })
            .collect();
        ways.push((way(release, PathKind::Release, None), format!("`{}`", release.name)));
        ways.push((
            way(release, PathKind::Emergency, None),
            format!("the emergency way of `{}`", release.name),
        ));
        ways.push((flags(release), format!("the flags of `{}`", release.name)));
        if kube(&release.name).is_empty() {
            refused(origin.clone(), format!("Kubernetes takes no name for `{}`", release.name), "rename it");
            continue;
        }
        for (name, what) in ways {
            if name.len() > LONGEST {
                let message = format!("{what} would be called `{name}`, and Argo takes {LONGEST} characters");
                refused(origin.clone(), message, "give the release or the environment a shorter name");
            }
            let other = seen.entry(name.clone()).or_insert_with(|| what.clone());
            if *other != what {
                let message = format!("{other} and {what} would both be the workflow `{name}`");
                refused(origin.clone(), message, "rename one of them");
            }
        }
    }
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for name in plan.environments.keys() {
        if let Some(other) = seen.insert(kube(name), name) {
            let message =
                format!("the environments `{other}` and `{name}` would have one account in the cluster");
            refused(Origin::new("environment", name), message, "rename one of them");
        }
    }
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for name in plan.artifacts.keys() {
        if let Some(other) = seen.insert(kube(name), name) {
            let message = format!("`{other}` and `{name}` would be measured by one name in the cluster");
            let origin = plan.artifacts.get(name).map(|artifact| artifact.origin.clone());
            refused(origin.unwrap_or_else(|| Origin::new("service", name)), message, "rename one of them");
        }
    }
}

/// Steps whose jobs Argo could not tell apart, or whose name it does not take.
fn jobs(plan: &Plan, found: &mut Vec<Obstacle>) {
    for path in plan.releases.iter().flat_map(|release| &release.paths) {
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for step in &path.steps {
            let name = kube(&step.id);
            let message = if name.len() > LONGEST_JOB - "required-".len() {
                format!("the job `{name}` has a name longer than Argo takes")
            } else if let Some(other) = seen.insert(name.clone(), &step.id).filter(|other| *other != step.id)
            {
                format!("the steps `{other}` and `{}` would both be the job `{name}`", step.id)
            } else {
                continue;
            };
            found.push(of_kind(
                Hindrance::Name,
                fatal(step.origin.clone(), message, "rename what they are named after"),
            ));
        }
    }
}

/// Texts that stand in objects in which Argo would put something in the place of what stands between double braces.
fn texts(plan: &Plan, found: &mut Vec<Obstacle>) {
    for (name, place) in &plan.environments {
        let role = place.credentials.as_ref().map(|credentials| credentials.role.as_str());
        if [role, place.monitoring.as_deref()].into_iter().flatten().any(|text| text.contains("{{")) {
            let message = format!("Argo would read `{{{{` in what `{name}` says as something to put there");
            found.push(fatal(Origin::new("environment", name), message, "write it without double braces"));
        }
    }
    for (stage, moved) in moves(plan) {
        let read = |watch: &clearway_plan::Watch| {
            let metrics = watch.require.condition.metrics();
            metrics.iter().any(|metric| {
                [&metric.query, &metric.samples].into_iter().flatten().any(|query| query.contains("{{"))
            })
        };
        if rollout(plan, stage, moved).is_some() && stage.watches().any(read) {
            let origin = stage.rollout.origin.clone();
            let origin = origin.unwrap_or_else(|| Origin::new("environment", &stage.environment));
            let message = format!(
                "Argo would read `{{{{` in a query that the rollout in `{}` watches as something to put there",
                stage.environment
            );
            found.push(fatal(origin, message, "write the query without double braces"));
        }
    }
}

fn moves(plan: &Plan) -> impl Iterator<Item = (&Stage, &Move)> {
    let stages = plan.releases.iter().flat_map(|release| &release.stages);
    stages.flat_map(|stage| stage.waves.iter().flat_map(|wave| &wave.moves).map(move |moved| (stage, moved)))
}

/// Shares that a Rollout cannot have, and workloads that two releases would bring in in different ways.
fn rollouts(plan: &Plan, found: &mut Vec<Obstacle>) {
    let mut seen = BTreeMap::new();
    for (stage, moved) in moves(plan) {
        let Some(rollout) = rollout(plan, stage, moved) else { continue };
        let origin = stage.rollout.origin.clone();
        let origin = origin.unwrap_or_else(|| Origin::new("environment", &stage.environment));
        let part = |percent: Decimal| percent < Decimal::ONE_HUNDRED && !percent.fract().is_zero();
        if let Some(share) = stage.rollout.shares.iter().find(|share| part(share.percent)) {
            let message = format!(
                "a share of {}% cannot be deployed: Argo Rollouts counts in whole percents",
                share.percent.normalize()
            );
            found.push(fatal(origin.clone(), message, "use whole percents"));
        }
        let key = (stage.environment.as_str(), rollout.namespace.to_owned(), rollout.workload.to_owned());
        let workload = rollout.workload.to_owned();
        let known = seen.entry(key).or_insert((without_analysis(&rollout), moved.service.as_str()));
        if known.0 != without_analysis(&rollout) {
            let message = format!(
                "`{workload}` in `{}` would need two Rollouts: `{}` and `{}` come in by different shares",
                stage.environment, known.1, moved.service
            );
            found.push(fatal(origin, message, "use one rollout for it"));
        }
    }
}

/// The steps of a Rollout, whatever is looked at meanwhile.
fn without_analysis(rollout: &Rollout<'_>) -> Strategies {
    let mut strategy = rollout.strategy.clone();
    strategy.analysis().take();
    strategy
}

/// Objects larger than the cluster takes.
fn many(plan: &Plan, settings: &Settings, config: &Config, found: &mut Vec<Obstacle>) {
    for release in &plan.releases {
        for emitted in workflows(plan, settings, config, release) {
            let name = emitted.name;
            let template = serde_json::to_string(&emitted.workflow).map_or(0, |text| text.len());
            let objects = emitted.texts.objects();
            let texts =
                objects.iter().map(|(_, map)| serde_json::to_string(map).map_or(0, |text| text.len()));
            let size = texts.chain([template]).max().unwrap_or_default();
            if size > OBJECT {
                let message = format!(
                    "the workflow `{name}` would be an object of {} KB, and Kubernetes takes at most {} KB",
                    size / 1000,
                    OBJECT / 1000
                );
                found.push(Obstacle {
                    origin: Origin::new("release", &release.name),
                    message,
                    help: "ship it as several releases, each with fewer services or stages".to_owned(),
                    is_fatal: false,
                    kind: Hindrance::Size,
                });
            }
        }
    }
}
