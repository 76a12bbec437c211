//! What of a plan GitLab cannot express.

use std::collections::BTreeMap;

use clearway_plan::{Origin, PathKind, Plan, StepKind, slug};
use serde::Serialize;

use super::environments::{each, environments};
use super::guarantees::Tier;
use super::pipeline::{flags_name, name, pipelines};
use crate::cloud::Cloud;
use crate::obstacles::{Limit, each_once, fatal, imports, stages};
use crate::yaml::yaml;
use crate::{Hindrance, Obstacle, Settings};

/// As long as a job of gitlab.com may take; on runners of one's own, as long as a project may say.
const HOSTED: Limit = Limit { product: "gitlab.com", longest: 3 * 3600, words: "three hours" };
const OWN: Limit = Limit { product: "GitLab", longest: 30 * 24 * 3600, words: "thirty days" };

/// As many jobs with environments can a pipeline have, unless the instance says otherwise.
const DEPLOYMENTS: usize = 500;

pub(super) fn obstacles(plan: &Plan, settings: &Settings) -> Vec<Obstacle> {
    let mut found = Vec::new();
    tier(settings, &mut found);
    files(plan, &mut found);
    names(plan, settings, &mut found);
    texts(plan, &mut found);
    imports(plan, &mut found);
    people(plan, settings, &mut found);
    many(plan, settings, &mut found);
    crate::recurring::names(plan, &mut found);
    found.extend(stages(plan, if settings.target.contains_key("tags") { OWN } else { HOSTED }));
    each_once(found)
}

fn of_project() -> Origin {
    Origin::new("project", "")
}

fn tier(settings: &Settings, found: &mut Vec<Obstacle>) {
    let word = settings.get("tier", "free");
    if !Tier::ALL.iter().any(|(name, _)| *name == word) {
        let message = format!("GitLab has no tier `{word}`");
        found.push(fatal(of_project(), message, "write `free`, `premium` or `ultimate`"));
    }
}

/// Two releases whose pipelines would have one file.
fn files(plan: &Plan, found: &mut Vec<Obstacle>) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for release in &plan.releases {
        let origin = Origin::new("release", &release.name);
        let ways =
            [PathKind::Release, PathKind::Emergency, PathKind::Rollback].map(|kind| name(release, kind));
        for word in ways.into_iter().chain([flags_name(release)]).map(|name| slug(&name)) {
            if let Some(other) =
                seen.insert(word.clone(), &release.name).filter(|other| *other != release.name)
            {
                let message = format!(
                    "the releases `{other}` and `{}` would both be the pipeline `{word}`",
                    release.name
                );
                found.push(fatal(origin.clone(), message, "rename one of them"));
            }
        }
    }
}

/// Environments that would be one, or would ask other people than they should.
fn names(plan: &Plan, settings: &Settings, found: &mut Vec<Obstacle>) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for name in plan.environments.keys() {
        if let Some(other) = seen.insert(slug(name), name) {
            let message = format!("the environments `{other}` and `{name}` would have one pipeline");
            found.push(fatal(Origin::new("environment", name), message, "rename one of them"));
        }
    }
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    for name in plan.environments.keys() {
        taken.insert(slug(name), format!("the environment `{name}`"));
        taken.insert(slug(&format!("{name}-rollback")), format!("the way back in `{name}`"));
    }
    each(plan, settings, |context, step| {
        let StepKind::Approval { chain, step: name, .. } = &step.does else { return };
        let Some(asked) = plan.approvals.get(chain).and_then(|chain| chain.step(name)) else { return };
        let seat = context.seat(step, asked);
        let what = format!("`{name}` of `{chain}`, of `{}`", context.groups(asked).join("`, `"));
        let other = taken.entry(slug(&seat)).or_insert_with(|| what.clone());
        if *other != what {
            let message = format!("GitLab would have one environment, `{seat}`, for {other} and for {what}");
            found.push(fatal(step.origin.clone(), message, "rename one of them"));
        }
    });
}

/// Texts that GitLab would read as an input, wherever they stand in a file.
fn texts(plan: &Plan, found: &mut Vec<Obstacle>) {
    fn is_read(value: &impl Serialize) -> bool {
        serde_json::to_string(value).is_ok_and(|text| text.contains("$[["))
    }
    let artifacts = plan.artifacts.values().filter(is_read).map(|one| &one.origin);
    let gates = plan.gates.values().filter(is_read).map(|one| &one.origin);
    let datasets = plan.datasets.values().filter(is_read).map(|one| &one.origin);
    let mut origins: Vec<Origin> = artifacts.chain(gates).chain(datasets).cloned().collect();
    for release in &plan.releases {
        if is_read(&(&release.change, &release.requested_by)) {
            origins.push(Origin::new("release", &release.name));
        }
    }
    for (name, place) in &plan.environments {
        let Some(credentials) = &place.credentials else { continue };
        if is_read(credentials) {
            origins.push(Origin::new("environment", name));
        } else if Cloud::of(credentials) == Cloud::Cluster && credentials.role.contains(['$', '%']) {
            let message = format!(
                "the role of `{name}` is what its token is for, and GitLab would put a variable into it"
            );
            found.push(fatal(Origin::new("environment", name), message, "name it without `$` and `%`"));
        }
    }
    for origin in origins {
        let message = format!("GitLab would read `$[[` in {origin} as an input of the pipeline");
        found.push(fatal(origin, message, "write it in a script of the repository, and call that"));
    }
}

/// Steps of chains that GitLab can ask only in another way.
fn people(plan: &Plan, settings: &Settings, found: &mut Vec<Obstacle>) {
    if !Tier::of(settings).is_paid() {
        return;
    }
    for configured in environments(plan, settings).values() {
        for rule in configured.rules.iter().filter(|rule| rule.group.is_none()) {
            let kind = if plan.artifacts.values().any(|artifact| artifact.owner.as_deref() == Some(&*rule.of))
            {
                "team"
            } else {
                "role"
            };
            found.push(Obstacle {
                origin: Origin::new(kind, &rule.of),
                message: format!(
                    "GitLab asks groups, and does not know `{}`: every developer could use up its approvals, of which only those of its members count",
                    rule.of
                ),
                help: "name its group with `gitlab = \"group/subgroup\"`".to_owned(),
                is_fatal: false,
                kind: Hindrance::Form,
            });
        }
    }
    each(plan, settings, |_, step| {
        let StepKind::Approval { chain, step: name, .. } = &step.does else { return };
        let asked = plan.approvals.get(chain).and_then(|chain| chain.step(name));
        if asked.is_some_and(|asked| asked.when.is_some()) {
            found.push(Obstacle {
                origin: step.origin.clone(),
                message: format!(
                    "GitLab decides what a pipeline waits for when it is made, so `{name}` of `{chain}` is asked always, whatever its condition says"
                ),
                help: "leave the condition away, or give the changes that need nobody a release of their own".to_owned(),
                is_fatal: false,
                kind: Hindrance::Form,
            });
        }
    });
}

/// GitLab reads no larger file, in bytes, unless the instance says otherwise.
const FILE: usize = 2_000_000;

/// More than a pipeline can hold.
fn many(plan: &Plan, settings: &Settings, found: &mut Vec<Obstacle>) {
    for release in &plan.releases {
        let origin = Origin::new("release", &release.name);
        let too_large = |message: String| Obstacle {
            origin: origin.clone(),
            message,
            help: "ship it as several releases, each with fewer services or stages".to_owned(),
            // What is emitted starts nothing, so that nothing goes wrong; and what an instance takes may be more.
            is_fatal: false,
            kind: Hindrance::Size,
        };
        for stage in &release.stages {
            let moves: usize = stage.waves.iter().map(|wave| wave.moves.len()).sum();
            if moves >= DEPLOYMENTS {
                found.push(too_large(format!(
                    "{moves} services move in `{}`, and a pipeline of GitLab has at most {DEPLOYMENTS} jobs with an environment",
                    stage.environment
                )));
            }
        }
        for emitted in pipelines(plan, settings, release) {
            // What cannot be written at all is told where it is emitted.
            let size = yaml(&origin.to_string(), &emitted.pipeline).map_or(0, |text| text.len());
            if size > FILE {
                found.push(too_large(format!(
                    "`{}` would have {} KB, and GitLab reads nothing of more than {} KB",
                    emitted.path,
                    size / 1000,
                    FILE / 1000
                )));
            }
        }
    }
}
