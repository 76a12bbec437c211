//! The settings of the project that the pipelines rest on: what to apply, for the REST API with a script, and for Terraform. An environment
//! that nobody set up is made on the fly, without protection.

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::Plan;
use serde_json::{Map, Value, json};

use super::environments::{Configured, Rule, environments};
use super::expectations::expectations;
use super::guarantees::Tier;
use super::jobs::group;
use super::schedules::{self, Schedule, schedules};
use crate::named::{block, escaped};
use crate::settings::LEDGER_KEY;
use crate::{File, Settings};

/// Where the settings stand.
const FOLDER: &str = ".clearway/settings/gitlab";

/// Applies `settings.json` with the REST API, by whoever may.
const APPLY: &str = include_str!("apply.sh");

/// The files of settings.
pub(crate) fn files(plan: &Plan, settings: &Settings) -> Vec<File> {
    let tier = Tier::of(settings);
    let environments = environments(plan, settings);
    let locks = locks(plan);
    let freezes = freezes(plan);
    let clocked = schedules(plan);
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default() + "\n";
    let signed = !plan.signed_by.is_empty();
    let expected = expectations(&environments, &locks, &clocked, tier, signed);
    let expected = serde_json::to_value(expected).unwrap_or_default();
    vec![
        File::new(
            format!("{FOLDER}/settings.json"),
            pretty(&payloads(&environments, &locks, &freezes, &clocked, tier, signed)),
        ),
        File::new(format!("{FOLDER}/expectations.json"), pretty(&expected)),
        File::new(
            format!("{FOLDER}/main.tf.json"),
            pretty(&terraform(&environments, &freezes, tier, signed)),
        ),
        File { path: format!("{FOLDER}/apply.sh"), text: APPLY.to_owned(), executable: true },
    ]
}

/// The resource groups of the locks.
fn locks(plan: &Plan) -> BTreeSet<String> {
    let stages = plan.releases.iter().flat_map(|release| &release.stages);
    let lock = stages.map(|stage| {
        plan.environments.get(&stage.environment).map_or(stage.environment.as_str(), |place| &place.lock)
    });
    lock.map(group).collect()
}

/// The freezes that GitLab can be told of: it has them for all of a project and for every year, so they are those at the end of a year
/// that every environment has which has any. The job looks at all of them itself; these are what GitLab shows.
fn freezes(plan: &Plan) -> Vec<Value> {
    let told = |place: &clearway_plan::Environment| -> Vec<Value> {
        place.opening.freezes.iter().filter_map(|freeze| serde_json::to_value(freeze).ok()).collect()
    };
    let mut all = plan.environments.values().map(told).filter(|freezes| !freezes.is_empty());
    let Some(first) = all.next() else { return Vec::new() };
    let rest: Vec<Vec<Value>> = all.collect();
    let is_shared = |freeze: &&Value| rest.iter().all(|freezes| freezes.contains(freeze));
    first.iter().filter(is_shared).filter_map(period).collect()
}

/// A freeze as GitLab has it: when it starts and ends, as cron writes it.
fn period(freeze: &Value) -> Option<Value> {
    let when = freeze.pointer("/when/recurring")?;
    let days = |key: &str| when.get(key).and_then(Value::as_u64).unwrap_or_default();
    let (before, after) = (days("days_before"), days("days_after"));
    let is_year = when.get("every")? == "year-end" && when.get("year_starts").is_none_or(|month| month == 1);
    // Within December and January no year is longer than another.
    (is_year && before <= 30 && after <= 30).then(|| {
        json!({
            "freeze_start": format!("0 0 {} 12 *", 31 - before),
            "freeze_end": format!("0 0 {} 1 *", after + 1),
            "cron_timezone": freeze["zone"]
        })
    })
}

/// How the project is set up: its name in the API, what it must be, and why.
pub(crate) fn project(tier: Tier) -> Vec<(&'static str, Value, &'static str)> {
    let mut all = vec![
        (
            "ci_pipeline_variables_minimum_override_role",
            json!("no_one_allowed"),
            "whoever starts a run or a job by hand could put other values in the place of those that its commands are told",
        ),
        ("ci_forward_deployment_enabled", json!(true), "an older pipeline could deploy over a newer one"),
        (
            "ci_forward_deployment_rollback_allowed",
            json!(false),
            "an old job could be run again, in the place of the way back and its own approval",
        ),
        (
            "resource_group_default_process_mode",
            json!("unordered"),
            "a run that is ready would wait for one that waits for people, and an emergency with it",
        ),
    ];
    if tier.is_paid() {
        all.push((
            "ci_restrict_pipeline_cancellation_role",
            json!("no_one"),
            "a cancelled pipeline starts nothing any more, and so not the way back either",
        ));
        all.push((
            "allow_pipeline_trigger_approve_deployment",
            json!(false),
            "who starts a run could approve it",
        ));
    }
    all
}

/// How the variable with the key that signs records is set up. It cannot be masked: GitLab masks what has one line alone.
pub(crate) fn key_variable() -> [(&'static str, Value, &'static str); 2] {
    [
        ("protected", json!(true), "a branch that nobody reviewed could sign records"),
        ("variable_type", json!("file"), "the key would be in the environment of every command"),
    ]
}

/// The bodies of the calls.
fn payloads(
    environments: &BTreeMap<String, Configured>,
    locks: &BTreeSet<String>,
    freezes: &[Value],
    clocked: &[Schedule],
    tier: Tier,
    signed: bool,
) -> Value {
    let project: Map<String, Value> =
        project(tier).into_iter().map(|(name, value, _)| (name.to_owned(), value)).collect();
    let mut told = Map::new();
    told.insert("project".to_owned(), project.into());
    let tiers = environments.iter().map(|(name, one)| json!({ "name": name, "tier": one.tier }));
    told.insert("environments".to_owned(), tiers.collect::<Vec<_>>().into());
    if tier.is_paid() {
        let rule = |rule: &Rule| {
            let mut body = json!({ "required_approvals": rule.need });
            let (key, value) = match &rule.group {
                Some(group) => ("group", json!(group)),
                None => ("access_level", json!(30)),
            };
            body[key] = value;
            body
        };
        let protect = |(name, one): (&String, &Configured)| {
            json!({
                "name": name,
                "deploy_access_levels": [{ "access_level": one.level }],
                "approval_rules": one.rules.iter().map(rule).collect::<Vec<_>>()
            })
        };
        let protected: Vec<Value> = environments.iter().map(protect).collect();
        told.insert("protected_environments".to_owned(), protected.into());
    }
    let mode = |lock: &String| json!({ "key": lock, "process_mode": "unordered" });
    told.insert("resource_groups".to_owned(), locks.iter().map(mode).collect::<Vec<_>>().into());
    told.insert("freeze_periods".to_owned(), freezes.to_vec().into());
    if !clocked.is_empty() {
        let schedules: Vec<Value> = clocked.iter().map(schedules::body).collect();
        told.insert("pipeline_schedules".to_owned(), schedules.into());
    }
    if signed {
        let mut variable = json!({ "key": LEDGER_KEY, "environment_scope": "*", "raw": true });
        for (name, value, _) in key_variable() {
            variable[name] = value;
        }
        told.insert("variables".to_owned(), json!([variable]));
    }
    told.into()
}

/// The same, for Terraform's GitLab provider. A project's own settings belong to the resource of the project, which is somebody else's, and its
/// schedules know no inputs, without which one starts nothing.
fn terraform(
    environments: &BTreeMap<String, Configured>,
    freezes: &[Value],
    tier: Tier,
    signed: bool,
) -> Value {
    let (mut groups, mut all, mut protected) = (Map::new(), Map::new(), Map::new());
    for (name, one) in environments {
        let key = block(name);
        all.insert(
            key.clone(),
            json!({ "project": "${var.project}", "name": escaped(name), "tier": one.tier }),
        );
        let level = if one.level == 40 { "maintainer" } else { "developer" };
        let mut rules = Vec::new();
        for rule in &one.rules {
            let mut body = json!({ "required_approvals": rule.need });
            match &rule.group {
                Some(group) => {
                    groups.insert(block(group), json!({ "full_path": escaped(group) }));
                    body["group_id"] = json!(format!("${{data.gitlab_group.{}.id}}", block(group)));
                }
                None => body["access_level"] = json!("developer"),
            }
            rules.push(body);
        }
        protected.insert(
            key.clone(),
            json!({
                "project": "${var.project}",
                "environment": format!("${{gitlab_project_environment.{key}.name}}"),
                "deploy_access_levels": [{ "access_level": level }],
                "approval_rules": rules
            }),
        );
    }
    let mut data = Map::new();
    if tier.is_paid() && !groups.is_empty() {
        data.insert("gitlab_group".to_owned(), groups.into());
    }
    let mut resources = Map::new();
    resources.insert("gitlab_project_environment".to_owned(), all.into());
    if tier.is_paid() {
        resources.insert("gitlab_project_protected_environment".to_owned(), protected.into());
    }
    let frozen: Map<String, Value> = freezes
        .iter()
        .enumerate()
        .map(|(number, freeze)| {
            let mut freeze = freeze.clone();
            freeze["project"] = json!("${var.project}");
            (format!("freeze_{}", number + 1), freeze)
        })
        .collect();
    if !frozen.is_empty() {
        resources.insert("gitlab_project_freeze_period".to_owned(), frozen.into());
    }
    let mut variables = json!({ "project": { "type": "string", "description": "The project: group/name" } });
    if signed {
        variables["ledger_key"] = json!({
            "type": "string", "sensitive": true, "description": "The private key that signs records, in PEM"
        });
        let key = json!({
            "project": "${var.project}", "key": LEDGER_KEY, "value": "${var.ledger_key}",
            "variable_type": "file", "protected": true, "raw": true
        });
        resources.insert("gitlab_project_variable".to_owned(), json!({ "ledger_key": key }));
    }
    json!({
        "terraform": { "required_providers": { "gitlab": { "source": "gitlabhq/gitlab", "version": "~> 18.2" } } },
        "variable": variables,
        "data": data,
        "resource": resources
    })
}
