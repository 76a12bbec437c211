//! Where jobs act: locks, environments and who is asked by them, settings, and what starts a run.

use std::collections::{BTreeMap, BTreeSet};

use crate::gitlab::Job;
use clearway_plan::{From, StepKind};
use serde_json::Value;

use crate::finding::{Broken, Spot};
use crate::gitlab::way::Way;

/// What the project is set up with.
pub(super) const SETTINGS: &str = ".clearway/settings/gitlab/settings.json";
/// What the first job looks at.
pub(super) const EXPECTATIONS: &str = ".clearway/settings/gitlab/expectations.json";

/// One job holds the lock of an environment over all that happens there, for as long as its pipeline lasts; nothing in that asks for it.
pub(super) fn locks(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let mut groups: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for step in way.steps().filter(|step| step.lock.is_some() && way.is_forward()) {
        let (Some(lock), Some(environment)) = (&step.lock, step.does.environment()) else { continue };
        let name = way.job_name(&step.id)?;
        let Some((by, _)) = name.split_once('/') else {
            broken.push(way.spot_of(&name).says(format!("`{name}` holds no lock")));
            continue;
        };
        let held = way.pipeline.job(by).ok_or("no trigger")?;
        if held.text("/resource_group") != format!("clearway-lock-{lock}") {
            broken.push(
                held.spot()
                    .key("resource_group")
                    .says(format!("`{by}` holds another lock: {}", held.text("/resource_group"))),
            );
        }
        if held.trigger.as_ref().and_then(|trigger| trigger.strategy.as_deref()) != Some("mirror") {
            broken.push(
                held.spot().key("trigger").says(format!("`{by}` lets the lock go before its pipeline ends")),
            );
        }
        groups.entry(environment).or_default().insert(by.to_owned());
    }
    for (environment, jobs) in groups.iter().filter(|(_, jobs)| jobs.len() > 1) {
        broken.push(way.spot().says(format!("the lock of {environment} is let go between {jobs:?}")));
    }
    for (name, job) in way.jobs() {
        if name.contains('/') && job.value.get("resource_group").is_some() {
            broken.push(
                job.spot()
                    .key("resource_group")
                    .says(format!("`{name}` waits for a lock that may be held by who waits for it")),
            );
        }
    }
    Ok(broken)
}

fn environment(job: &Job) -> Option<&str> {
    job.value.pointer("/environment/name").and_then(Value::as_str)
}

/// A file of settings.
pub(super) fn file(way: &Way<'_>, name: &str) -> Result<Value, String> {
    let text = way.emitted.files.get(name);
    serde_json::from_str(text.ok_or("no settings")?).map_err(|error| error.to_string())
}

/// Every job enters the environment that it is meant to, by a deployment; people are asked by environments of nobody else, with the number
/// that the plan says, and the job looks who they were.
pub(super) fn environments(way: &Way<'_>) -> Result<Broken, String> {
    let settings = file(way, SETTINGS)?;
    let mut broken = Vec::new();
    let places: BTreeSet<&String> = way.emitted.plan.environments.keys().collect();
    for (name, job) in way.jobs() {
        if environment(job).is_some() && job.text("/environment/action") != "start" {
            broken.push(
                job.spot()
                    .key("environment")
                    .says(format!("`{name}` enters its environment without being asked")),
            );
        }
    }
    for step in way.steps() {
        let job = way.job(&step.id)?;
        let entered = environment(job);
        match &step.does {
            StepKind::Deploy { environment, .. } if entered != Some(environment) => {
                broken.push(job.spot().key("environment").says(format!("`{}` enters {entered:?}", step.id)));
            }
            StepKind::Rollback { environment } if entered != Some(&format!("{environment}-rollback")) => {
                broken.push(job.spot().key("environment").says(format!("`{}` enters {entered:?}", step.id)));
            }
            StepKind::Deploy { environment, .. } => {
                let place = way.emitted.plan.environments.get(environment);
                if place.is_none_or(|place| job.text("/environment/deployment_tier") != place.tier) {
                    broken
                        .push(job.spot().key("environment").says(format!("`{}` has another tier", step.id)));
                }
            }
            StepKind::Approval { chain, step: asked, .. } => {
                let rule = way.emitted.plan.approvals.get(chain).and_then(|chain| chain.step(asked));
                let rule = rule.ok_or("a step of no chain")?;
                let seat = entered.ok_or_else(|| format!("`{}` asks nobody", step.id))?;
                let ours = |name: &str| places.contains(&name.to_owned());
                if ours(seat) || seat.strip_suffix("-rollback").is_some_and(ours) {
                    broken.push(
                        job.spot().key("environment").says(format!("`{}` asks whoever may deploy", step.id)),
                    );
                }
                let protected = settings["protected_environments"].as_array().into_iter().flatten();
                let rules: Vec<u64> = protected
                    .filter(|one| one["name"] == seat)
                    .flat_map(|one| one["approval_rules"].as_array().into_iter().flatten())
                    .filter_map(|rule| rule["required_approvals"].as_u64())
                    .collect();
                let groups: BTreeSet<&String> = match &rule.from {
                    From::Group(group) => BTreeSet::from([group]),
                    From::Owners => {
                        let names = way
                            .release
                            .ships
                            .iter()
                            .map(|shipped| &shipped.service)
                            .chain(&way.release.retires);
                        let owners =
                            names.filter_map(|name| way.emitted.plan.artifacts.get(name)?.owner.as_ref());
                        owners.collect()
                    }
                };
                // Where GitLab does not know a group, one rule asks for as many as all of them, and for no more than it can.
                let known = |name: &&String| {
                    way.emitted.plan.groups.get(*name).is_some_and(|group| group.gitlab.is_some())
                };
                let need = u64::from(rule.need);
                let wanted = if groups.iter().all(known) {
                    vec![need; groups.len()]
                } else {
                    vec![groups.iter().map(|_| need).sum::<u64>().min(5)]
                };
                if rules != wanted {
                    broken.push(
                        Spot::new(SETTINGS, &["protected_environments", seat])
                            .says(format!("`{}` asks {rules:?} people", step.id)),
                    );
                }
                let script = job.lines("script");
                let looks = script.contains("clearway approval verify")
                    && script.contains("--seats \"${CI_ENVIRONMENT_NAME}\"")
                    && script.contains("--requested-by");
                if !looks
                    || job.variable("ASKED").as_deref() != Some(asked)
                    || job.variable("CHAIN").as_deref() != Some(chain)
                {
                    broken.push(
                        job.spot().key("script").says(format!("`{}` does not look who agreed", step.id)),
                    );
                }
                if job.allow_failure || !(job.when == "manual" || job.when == "on_failure") {
                    broken.push(job.spot().key("when").says(format!("`{}` waits for nobody", step.id)));
                }
            }
            StepKind::Flag { environment, .. } if entered == Some(environment) => {}
            StepKind::Rollback { .. } => {}
            _ if entered.is_some() => {
                broken.push(job.spot().key("environment").says(format!("`{}` enters {entered:?}", step.id)));
            }
            _ => {}
        }
    }
    Ok(broken)
}

/// The first job looks at everything that the run rests on outside of its files, and nothing stands in an environment without that.
pub(super) fn settings(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let first = way.job("preflight")?;
    if !first.lines("script").contains("clearway preflight")
        || !first.lines("script").contains("--expectations .clearway/settings/gitlab/expectations.json")
    {
        broken.push(first.spot().key("script").says("nobody looks at the settings"));
    }
    let expected = file(way, EXPECTATIONS)?;
    let all: Vec<(String, String)> = expected["expectations"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| {
            (
                one["url"].as_str().unwrap_or_default().to_owned(),
                one["pointer"].as_str().unwrap_or_default().to_owned(),
            )
        })
        .collect();
    let mut wanted: Vec<(String, &str)> = [
        "/ci_pipeline_variables_minimum_override_role",
        "/ci_forward_deployment_enabled",
        "/ci_forward_deployment_rollback_allowed",
        "/ci_restrict_pipeline_cancellation_role",
        "/allow_pipeline_trigger_approve_deployment",
    ]
    .map(|pointer| ("/projects/{repository}".to_owned(), pointer))
    .to_vec();
    for (_, job) in way.jobs() {
        if let Some(entered) = environment(job) {
            wanted.push((format!("/projects/{{repository}}/environments?name={entered}"), "/tier"));
            let url = format!("/projects/{{repository}}/protected_environments/{entered}");
            wanted.push((url.clone(), "/deploy_access_levels"));
            wanted.push((url, "/approval_rules"));
        }
        let group = job.text("/resource_group");
        if !group.is_empty() {
            wanted.push((format!("/projects/{{repository}}/resource_groups/{group}"), "/process_mode"));
        }
    }
    for (url, pointer) in wanted {
        if !all.iter().any(|(known, at)| *known == url && at == pointer) {
            broken.push(
                Spot::new(EXPECTATIONS, &["expectations"])
                    .says(format!("nobody looks at {pointer} of {url}")),
            );
        }
    }
    Ok(broken)
}

/// A run is started by a person, on the reviewed branch, with one of its names; whatever else happens in the project starts none.
pub(super) fn starts(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let inputs = |pipeline: &str| {
        let mut inputs = way.inputs.clone();
        inputs.insert("pipeline".to_owned(), pipeline.to_owned());
        inputs
    };
    let said = |source: &str, branch: &str, protected: &str| -> BTreeMap<String, String> {
        [
            ("CI_PIPELINE_SOURCE", source),
            ("CI_COMMIT_BRANCH", branch),
            ("CI_DEFAULT_BRANCH", "main"),
            ("CI_COMMIT_REF_PROTECTED", protected),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    };
    let name = way.inputs.get("pipeline").ok_or("nothing says which way is meant")?;
    let wrong = [
        ("-", said("web", "main", "true")),
        (name.as_str(), said("push", "main", "true")),
        (name.as_str(), said("merge_request_event", "main", "true")),
        (name.as_str(), said("schedule", "main", "true")),
        (name.as_str(), said("web", "feature", "true")),
        (name.as_str(), said("web", "main", "false")),
        ("nothing-of-this-name", said("web", "main", "true")),
    ];
    for (pipeline, variables) in wrong {
        if way.project.start_with(&inputs(pipeline), &variables).is_ok() {
            broken.push(
                Spot::new(&way.pipeline.file, &["workflow", "rules"])
                    .says(format!("`{pipeline}` starts with {variables:?}")),
            );
        }
    }
    let whole = std::iter::once(&way.pipeline).chain(way.stages.values());
    for pipeline in whole {
        for key in ["on_new_commit", "on_job_failure"] {
            if pipeline.whole.pointer(&format!("/workflow/auto_cancel/{key}")).and_then(Value::as_str)
                != Some("none")
            {
                broken.push(
                    Spot::new(&pipeline.file, &["workflow", "auto_cancel"])
                        .says(format!("a pipeline may be cancelled by itself: {key}")),
                );
            }
        }
    }
    Ok(broken)
}
