//! What is in the jobs: what they look at before they act, what they record, what they take and keep, and what they may do.

use crate::argo::Template;
use clearway_plan::{Step, StepKind};
use serde_json::Value;

use crate::argo::way::Way;
use crate::finding::{Broken, Finding, Spot};

/// Where each of some texts stands first, in this order; what is wrong otherwise.
fn in_order(spot: Spot, id: &str, script: &str, texts: &[&str]) -> Option<Finding> {
    let mut from = 0;
    for text in texts {
        match script[from..].find(text) {
            Some(at) => from += at,
            None => return Some(spot.says(format!("`{id}` has not `{text}` where it should be"))),
        }
    }
    None
}

fn texts_of(value: &Value) -> String {
    value.to_string()
}

/// The wait decides nothing: the job behind it looks who agreed, to this content of the run.
pub(super) fn people(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    for step in way.steps_of(|does| matches!(does, StepKind::Approval { .. })) {
        let StepKind::Approval { chain, step: asked, .. } = &step.does else { continue };
        let job = way.job(&step.id)?;
        let script = way.script(job)?;
        let wanted = [
            "clearway approval verify --platform argo",
            "--seats \"${SEAT}@${KNOWN_DIGEST}\"",
            "--requested-by",
            "--deployer \"${STARTED_BY}\"",
            "--history",
        ];
        broken.extend(in_order(way.script_spot(job), &step.id, &script, &wanted));
        let own = way.variable(job, "SEAT").as_deref() == Some(step.id.as_str())
            && way.variable(job, "CHAIN").as_ref() == Some(chain)
            && way.variable(job, "ASKED").as_ref() == Some(asked);
        let known = way.variable(job, "KNOWN_DIGEST").unwrap_or_default();
        if !own || !known.starts_with("{{inputs.parameters.") {
            broken.push(way.workflow.spot(&job.name).says(format!("`{}` asks for something else", step.id)));
        }
        let (graph, task) = way.workflow.place_of(&step.id).ok_or("no such job")?;
        if task.when.is_some() {
            broken.push(
                way.workflow.spot_of(&step.id).key("when").says(format!("`{}` may be skipped", step.id)),
            );
        }
        let waits: Vec<&String> = task.needs.iter().filter(|name| name.starts_with("ask-")).collect();
        for name in &waits {
            let wait = graph.tasks.iter().find(|task| task.name == **name).map(|task| &task.template);
            let wait = wait.and_then(|name| way.workflow.templates.get(name)).ok_or("no wait")?;
            let duration = wait.value["suspend"]["duration"].as_str().unwrap_or_default();
            if !duration.ends_with('s') || duration.len() < 2 {
                broken.push(way.workflow.spot(&wait.name).says(format!("`{name}` waits for ever")));
            }
        }
        if waits.len() != 1 {
            broken.push(way.workflow.spot_of(&step.id).key("depends").says(format!(
                "`{}` stands behind {} waits",
                step.id,
                waits.len()
            )));
        }
    }
    Ok(broken)
}

/// All that must hold at the moment of a deployment is looked at in the job that deploys, before anything is touched.
pub(super) fn moment(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    for step in way.steps_of(|does| matches!(does, StepKind::Deploy { .. })) {
        let job = way.job(&step.id)?;
        let script = way.script(job)?;
        let wanted = [
            ". /clearway/jobs/clearway.sh",
            "clearway window check",
            "begin 1 --once",
            "if ! goes 1; then exit 0; fi",
            "ended 1 success",
        ];
        broken.extend(in_order(way.script_spot(job), &step.id, &script, &wanted));
        let begun = script.find("begin 1 --once").unwrap_or_default();
        let touched =
            ["kubectl ", "helm ", "${COMMAND}", "take_"].iter().filter_map(|text| script.find(text)).min();
        if touched.is_some_and(|at| at < begun) {
            broken.push(way.script_spot(job).says(format!("`{}` touches something before it may", step.id)));
        }
    }
    let first = way.job("preflight")?;
    let preflight = way.script(first)?;
    let wanted = [
        "git merge-base --is-ancestor \"${COMMIT}\"",
        "${PLAN_DIGEST}  .clearway/plan.json",
        "clearway preflight --platform argo",
        "clearway basis",
        "git log --format='%H%x09%P%x09%ae'",
    ];
    broken.extend(in_order(way.script_spot(first), "preflight", &preflight, &wanted));
    Ok(broken)
}

/// Whatever changes an environment is recorded before and after, however the job ends.
pub(super) fn records(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let shared = way.text("clearway.sh")?;
    let wanted = [
        "settled() {",
        "ending() {",
        "settled ${result}",
        "trap 'ending \"$?\"' EXIT",
        "trap 'exit 143' TERM",
    ];
    broken.extend(in_order(way.text_spot("clearway.sh"), "clearway.sh", shared, &wanted));
    let acts = |does: &StepKind| {
        matches!(
            does,
            StepKind::Deploy { .. }
                | StepKind::Rollback { .. }
                | StepKind::Accept { .. }
                | StepKind::Flag { .. }
        )
    };
    for step in way.steps_of(acts) {
        let job = way.job(&step.id)?;
        let script = way.script(job)?;
        broken.extend(in_order(
            way.script_spot(job),
            &step.id,
            &script,
            &[". /clearway/jobs/clearway.sh", "begin 1", "ended 1 success"],
        ));
        if way.variable(job, "STEP").as_ref() != Some(&step.id) {
            broken.push(
                way.workflow.spot(&job.name).says(format!("`{}` is recorded by another name", step.id)),
            );
        }
    }
    Ok(broken)
}

/// What is handed from job to job is compared with a digest that does not lie beside it.
pub(super) fn digest(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let shared = way.text("clearway.sh")?;
    broken.extend(in_order(
        way.text_spot("clearway.sh"),
        "clearway.sh",
        shared,
        &[
            "echo \"${digest}  /taken/${maker}.tar\" | sha256sum --check --strict",
            "tar -xf \"/taken/${maker}.tar\"",
        ],
    ));
    for template in way.containers() {
        let list = |kind: &str| template.value["inputs"][kind].as_array().cloned().unwrap_or_default();
        let taken = way.variable(template, "TAKEN").unwrap_or_default();
        let artifacts = list("artifacts");
        if artifacts.len() != taken.lines().count() {
            broken.push(way.workflow.spot(&template.name).says(format!(
                "`{}` takes {} files and compares others",
                template.name,
                artifacts.len()
            )));
        }
        for artifact in &artifacts {
            let name = artifact["name"].as_str().unwrap_or_default();
            if !taken.lines().any(|line| line == format!("{name} {{{{inputs.parameters.{name}}}}}")) {
                broken.push(
                    way.workflow
                        .spot(&template.name)
                        .says(format!("`{}` does not compare `{name}`", template.name)),
                );
            }
        }
        for kept in template.value["outputs"]["artifacts"].as_array().into_iter().flatten() {
            if kept["archive"].get("none").is_none() {
                broken.push(
                    way.workflow
                        .spot(&template.name)
                        .says(format!("what `{}` keeps is packed again", template.name)),
                );
            }
        }
    }
    for step in way.steps_of(|does| matches!(does, StepKind::Deploy { .. } | StepKind::Gate { .. })) {
        let job = way.job(&step.id)?;
        let script = way.script(job)?;
        broken.extend(in_order(
            way.script_spot(job),
            &step.id,
            &script,
            &["mapfile -t subjects < <(subjects)", "\"${subjects[@]/#/--subject=}\""],
        ));
    }
    Ok(broken)
}

/// A job has the rights that it uses, images by digest, and no text that is read as more than one.
pub(super) fn hardening(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let is_pinned = |image: &Value| image.as_str().is_some_and(|image| image.contains("@sha256:"));
    for template in way.containers() {
        let container = &template.value["container"];
        let all = template.value["initContainers"].as_array().into_iter().flatten().chain([container]);
        for one in all {
            let security = &one["securityContext"];
            if !is_pinned(&one["image"])
                || security["allowPrivilegeEscalation"] != false
                || security["capabilities"]["drop"] != serde_json::json!(["ALL"])
            {
                broken.push(
                    way.workflow
                        .spot(&template.name)
                        .key("container")
                        .says(format!("`{}` has more than it needs", template.name)),
                );
            }
        }
        if template.value["activeDeadlineSeconds"].as_u64().is_none() {
            broken.push(
                way.workflow.spot(&template.name).says(format!("`{}` may take for ever", template.name)),
            );
        }
        for variable in container["env"].as_array().into_iter().flatten() {
            let value = variable["value"].as_str().unwrap_or_default();
            // What Argo puts there is an expression of ours, of these three kinds.
            for part in value.split("{{").skip(1) {
                let known =
                    ["inputs.parameters.", "workflow.parameters.", "workflow.uid}}", "workflow.name}}"];
                if !known.iter().any(|start| part.starts_with(start)) {
                    broken.push(
                        way.workflow
                            .spot(&template.name)
                            .says(format!("Argo would read `{value}` of `{}`", template.name)),
                    );
                }
            }
            if value.contains("$(") || value.contains("$$") {
                broken.push(
                    way.workflow
                        .spot(&template.name)
                        .says(format!("Kubernetes would read `{value}` of `{}`", template.name)),
                );
            }
        }
        if template.value.get("retryStrategy").is_some() || texts_of(&template.value).contains("memoize") {
            broken
                .push(way.workflow.spot(&template.name).says(format!("`{}` is tried again", template.name)));
        }
    }
    let spec = &way.workflow.spec;
    if spec["securityContext"]["runAsNonRoot"] != true || spec["artifactGC"]["strategy"] != "Never" {
        broken.push(way.spot().says("a run may do more, or keeps less, than it should"));
    }
    for step in way.steps() {
        accounts(way, step, &mut broken)?;
    }
    for graph in way.workflow.templates.values().filter(|template| !template.tasks.is_empty()) {
        if graph.value["dag"]["failFast"] != false {
            broken.push(
                way.workflow.spot(&graph.name).says(format!("`{}` ends before the way back", graph.name)),
            );
        }
    }
    Ok(broken)
}

/// Whose account a job has, and which tokens.
fn accounts(way: &Way<'_>, step: &Step, broken: &mut Broken) -> Result<(), String> {
    let job: &Template = way.job(&step.id)?;
    let account = job.value["serviceAccountName"].as_str().unwrap_or("clearway");
    let mounts = job.value["container"]["volumeMounts"].as_array().into_iter().flatten();
    let mounts: Vec<&str> = mounts.filter_map(|mount| mount["name"].as_str()).collect();
    let acts =
        matches!(step.does, StepKind::Deploy { .. } | StepKind::Rollback { .. } | StepKind::Flag { .. });
    let commands = matches!(
        step.does,
        StepKind::Build { .. }
            | StepKind::Test { .. }
            | StepKind::Scan { .. }
            | StepKind::Provision { .. }
            | StepKind::Smoke { .. }
    );
    let environment = step.does.environment().unwrap_or_default();
    let wanted = match (acts, commands) {
        (true, _) => format!("clearway-deploy-{environment}"),
        (_, true) => "clearway-build".to_owned(),
        _ => "clearway".to_owned(),
    };
    let idle = matches!(step.does, StepKind::Outcome | StepKind::Wave { .. });
    if account != wanted && !idle {
        broken.push(way.workflow.spot(&job.name).says(format!("`{}` has the account `{account}`", step.id)));
    }
    let has_role =
        way.emitted.plan.environments.get(environment).is_some_and(|place| place.credentials.is_some());
    let token = mounts.iter().any(|mount| mount.starts_with("deploy-"));
    if token != (acts && has_role) {
        broken.push(
            way.workflow
                .spot(&job.name)
                .says(format!("`{}` and the credentials of `{environment}`", step.id)),
        );
    }
    if commands && mounts.contains(&"ledger") {
        broken.push(
            way.workflow.spot(&job.name).says(format!("commands of `{}` could write records", step.id)),
        );
    }
    Ok(())
}
