//! What the cluster is given beside the workflows: policies, accounts, Rollouts, and what brings them.

use std::collections::BTreeSet;

use clearway_plan::{Deployer, StepKind};
use serde_json::Value;

use crate::argo::way::Way;
use crate::finding::{Broken, Spot};

/// What the first job of a run looks at.
pub(super) const EXPECTATIONS: &str = ".clearway/settings/argo/expectations.json";

/// The API server admits approvals in one's own name alone, and runs that are nothing but their template; the first job of a run looks whether it
/// does.
pub(super) fn policies(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let expected = way.emitted.files.get(EXPECTATIONS).ok_or("nothing is expected")?;
    let expected: Value = serde_json::from_str(expected).map_err(|error| error.to_string())?;
    let wanted = [
        ("approvals", "object.data.person == request.userInfo.username"),
        ("approvals", "request.operation == 'CREATE'"),
        ("approvals", "object.immutable"),
        ("runs", "one.name == 'started-by' && one.value == request.userInfo.username"),
        ("runs", "key in ['arguments', 'workflowTemplateRef']"),
        ("runs", "!has(object.spec.shutdown)"),
        ("runs", "object.spec.arguments == oldObject.spec.arguments"),
        ("runs", "oldObject.status.phase in ['Succeeded', 'Failed', 'Error']"),
    ];
    for (policy, expression) in wanted {
        let name = format!("clearway-releases-{policy}");
        let object = way.emitted.object("ValidatingAdmissionPolicy", &name).ok_or("no policy")?;
        let validations = object.value["spec"]["validations"].as_array().cloned().unwrap_or_default();
        if !validations.iter().any(|one| one["expression"].as_str().unwrap_or_default().contains(expression))
        {
            broken.push(
                object.spot(&["spec", "validations"]).says(format!("`{name}` does not say `{expression}`")),
            );
        }
        if object.value["spec"]["failurePolicy"] != "Fail" {
            broken.push(
                object
                    .spot(&["spec", "failurePolicy"])
                    .says(format!("`{name}` lets through what it cannot judge")),
            );
        }
        let binding = way.emitted.object("ValidatingAdmissionPolicyBinding", &name).ok_or("no binding")?;
        if binding.value["spec"]["validationActions"] != serde_json::json!(["Deny"]) {
            broken
                .push(binding.spot(&["spec", "validationActions"]).says(format!("`{name}` denies nothing")));
        }
        for object in [object, binding] {
            let spec = object.value["spec"].as_object().cloned().unwrap_or_default();
            for part in spec.keys() {
                let url = format!("policies/{name}");
                let pointer = format!("/spec/{part}");
                let all = expected["expectations"].as_array().into_iter().flatten();
                let looks = all.filter(|one| {
                    let at = one["url"].as_str().unwrap_or_default();
                    (at.ends_with(&url) || at.ends_with(&url.replace("policies", "policybindings")))
                        && one["pointer"].as_str().unwrap_or_default().starts_with(&pointer)
                });
                let same = looks.filter(|one| {
                    let path = one["pointer"].as_str().unwrap_or_default();
                    object.value.pointer(path) == Some(&one["equals"])
                });
                if same.count() == 0 {
                    broken.push(
                        Spot::new(EXPECTATIONS, &["expectations"])
                            .says(format!("nobody looks at {pointer} of `{name}`")),
                    );
                }
            }
        }
    }
    Ok(broken)
}

/// Every account that a job has is there, and may do no more than it uses; nobody may change what was said.
pub(super) fn accounts(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let used = way.containers().filter_map(|template| template.value["serviceAccountName"].as_str());
    let used: BTreeSet<&str> = used.chain(way.workflow.spec["serviceAccountName"].as_str()).collect();
    for account in used {
        if way.emitted.object("ServiceAccount", account).is_none() {
            broken.push(way.spot().says(format!("there is no account `{account}`")));
        }
    }
    for role in way.emitted.of_kind("Role").chain(way.emitted.of_kind("ClusterRole")) {
        for rule in role.value["rules"].as_array().into_iter().flatten() {
            let has = |key: &str, value: &str| {
                rule[key].as_array().into_iter().flatten().any(|one| one == value || one == "*")
            };
            let any_of = |verbs: &[&str]| verbs.iter().any(|verb| has("verbs", verb));
            let changes = any_of(&["update", "patch", "delete", "deletecollection"]);
            if has("resources", "*") || has("verbs", "*") {
                broken.push(role.spot(&["rules"]).says(format!("`{}` may do everything", role.name())));
            }
            if has("resources", "configmaps") && changes {
                broken
                    .push(role.spot(&["rules"]).says(format!("`{}` may change what was said", role.name())));
            }
            if has("resources", "workflows") && any_of(&["delete", "deletecollection"]) {
                broken.push(role.spot(&["rules"]).says(format!("`{}` may take runs away", role.name())));
            }
            if has("resources", "workflowtemplates") && (changes || any_of(&["create"])) {
                broken.push(role.spot(&["rules"]).says(format!("`{}` may change what runs do", role.name())));
            }
            if has("resources", "pods") && any_of(&["create"]) {
                broken.push(
                    role.spot(&["rules"]).says(format!("`{}` may make pods with any account", role.name())),
                );
            }
        }
    }
    Ok(broken)
}

/// Where a workload has a Rollout, that stands still at each share, looks at what is watched with silence failing, and its job compares it.
pub(super) fn rollouts(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    for step in way.steps_of(|does| matches!(does, StepKind::Deploy { .. })) {
        let StepKind::Deploy { environment, service, .. } = &step.does else { continue };
        let job = way.job(&step.id)?;
        let Some(strategy) = way.variable(job, "STRATEGY") else {
            let stage = way.release.stage(environment).ok_or("no stage")?;
            let deployer = way.emitted.plan.artifacts.get(service).and_then(|one| one.deploy.as_ref());
            let is_deployment = matches!(deployer, Some(Deployer::Kubernetes { workload, .. }) if workload.starts_with("deploy"));
            if is_deployment && stage.rollout.shares.len() > 1 {
                broken.push(way.workflow.spot_of(&step.id).says(format!("`{}` has no Rollout", step.id)));
            }
            continue;
        };
        let strategy: Value = serde_json::from_str(&strategy).map_err(|error| error.to_string())?;
        let script = way.script(job)?;
        if !script.contains("'.spec.strategy == $wanted'") {
            broken.push(
                way.script_spot(job)
                    .says(format!("`{}` does not look whether its Rollout is the plan's", step.id)),
            );
        }
        let workload = way.variable(job, "WORKLOAD").unwrap_or_default();
        let name = workload.split_once('/').map_or("", |(_, name)| name);
        let path = format!("argo/rollouts/{environment}.yaml");
        let mut all = way.emitted.of_kind("Rollout").filter(|object| object.path == path);
        let rollout = all.find(|object| object.name() == name).ok_or("no Rollout")?;
        if rollout.value["spec"]["strategy"] != strategy {
            broken.push(
                rollout
                    .spot(&["spec", "strategy"])
                    .says(format!("`{}` would not find its own Rollout", step.id)),
            );
        }
        for (number, one) in strategy["canary"]["steps"].as_array().into_iter().flatten().enumerate() {
            let still = if number % 2 == 0 {
                one.get("setWeight").is_some()
            } else {
                one["pause"] == serde_json::json!({})
            };
            if !still {
                broken.push(rollout.spot(&["spec", "strategy"]).says(format!("`{name}` goes on by itself")));
            }
        }
        if strategy.get("blueGreen").is_some_and(|switch| switch["autoPromotionEnabled"] != false) {
            broken.push(rollout.spot(&["spec", "strategy"]).says(format!("`{name}` switches by itself")));
        }
    }
    for template in way.emitted.of_kind("AnalysisTemplate") {
        for metric in template.value["spec"]["metrics"].as_array().into_iter().flatten() {
            let sound = metric["successCondition"] == "len(result) > 0"
                && metric.get("failureCondition").is_none()
                && metric["failureLimit"] == 0
                && metric["inconclusiveLimit"] == 0
                && metric["provider"]["prometheus"]["query"].as_str().is_some_and(|query| !query.is_empty());
            if !sound || template.value["spec"].get("dryRun").is_some() {
                broken.push(
                    template
                        .spot(&["spec", "metrics"])
                        .says(format!("silence is taken for success in `{}`", template.name())),
                );
            }
        }
    }
    Ok(broken)
}

/// Nothing is brought by itself, from the reviewed branch alone, and what windows Argo CD has are closed to hands too.
pub(super) fn delivery(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    for application in way.emitted.of_kind("Application") {
        let spec = &application.value["spec"];
        if spec["syncPolicy"].get("automated").is_some()
            || spec["project"] == "default"
            || spec["source"]["targetRevision"] != "main"
        {
            broken.push(
                application
                    .spot(&["spec"])
                    .says(format!("`{}` brings what nobody asked for", application.name())),
            );
        }
    }
    for project in way.emitted.of_kind("AppProject") {
        for window in project.value["spec"]["syncWindows"].as_array().into_iter().flatten() {
            let duration = window["duration"].as_str().unwrap_or_default();
            if window["manualSync"] != false
                || duration.contains('d')
                || window["timeZone"].as_str().unwrap_or_default().is_empty()
                || window["schedule"].as_str().unwrap_or_default().split(' ').count() != 5
            {
                broken.push(
                    project
                        .spot(&["spec", "syncWindows"])
                        .says(format!("a window of `{}` is open to hands", project.name())),
                );
            }
        }
    }
    for rules in way.emitted.of_kind("PrometheusRule") {
        let groups = rules.value["spec"]["groups"].as_array().into_iter().flatten();
        let names: Vec<&str> = groups
            .flat_map(|group| group["rules"].as_array().into_iter().flatten())
            .filter_map(|rule| rule["alert"].as_str())
            .collect();
        for name in names.iter().filter(|name| !name.ends_with("-no-data")) {
            if !names.contains(&format!("{name}-no-data").as_str()) {
                broken.push(
                    rules.spot(&["spec", "groups"]).says(format!("silence of `{name}` is told to nobody")),
                );
            }
        }
    }
    Ok(broken)
}
