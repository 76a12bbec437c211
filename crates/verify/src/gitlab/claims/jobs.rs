//! What a job that acts does, and in which order: the moment, the records, the digest, and that it is the first try.

use crate::gitlab::Job;
use clearway_plan::{Output, Step, StepKind};

use crate::finding::{Broken, Spot};
use crate::gitlab::way::Way;
use crate::in_order;

/// What of a script has not its place.
fn misplaced(job: &Job, texts: &[&str]) -> Broken {
    in_order(&job.lines("script"), texts)
        .err()
        .into_iter()
        .map(|why| job.spot().key("script").says(format!("`{}`: {why}", job.name)))
        .collect()
}

/// Where a script begins to move something.
const MOVES: [&str; 4] = ["kubectl set image", "kubectl scale", "helm u", "bash -euo pipefail -c"];

fn first_move(script: &str) -> Option<usize> {
    MOVES.iter().filter_map(|text| script.find(text)).min()
}

/// The job that deploys looks at the window and at a freeze of the project before it begins, in its script and not after it.
pub(super) fn moment(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    for step in way.deployments() {
        let job = way.job(&step.id)?;
        broken.extend(misplaced(
            job,
            &["clearway window check", "begin 1 --once", "if ! goes 1; then exit 0; fi"],
        ));
        let script = job.lines("script");
        let begun = script.find("begin 1").unwrap_or(usize::MAX);
        if first_move(&script).is_some_and(|moves| moves < begun) {
            broken.push(job.spot().key("script").says(format!("`{}` moves before it looks", step.id)));
        }
        let environment = step.does.environment().unwrap_or_default();
        let place = way.emitted.plan.environments.get(environment);
        let freezes = place.is_some_and(|place| !place.opening.freezes.is_empty());
        if script.contains("CI_DEPLOY_FREEZE") != freezes {
            broken.push(
                job.spot()
                    .key("script")
                    .says(format!("`{}` does not look whether the project is frozen", step.id)),
            );
        }
    }
    Ok(broken)
}

/// Before a job acts it is recorded, and its end however it ends; what comes after its script has time for that.
pub(super) fn records(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let acts = |does: &StepKind| {
        matches!(does, StepKind::Deploy { .. } | StepKind::Rollback { .. } | StepKind::Flag { .. })
    };
    for step in way.steps_of(acts) {
        let job = way.job(&step.id)?;
        broken.extend(misplaced(job, &["begin 1", "ended 1 success"]));
        if !job.lines("after_script").ends_with("settle") {
            broken.push(
                job.spot()
                    .key("after_script")
                    .says(format!("the end of `{}` is not recorded when it fails", step.id)),
            );
        }
        if job.variable("STEP").as_deref() != Some(step.id.as_str()) {
            broken.push(
                job.spot().key("variables").says(format!("`{}` is recorded as something else", step.id)),
            );
        }
        let minutes = |text: &str| {
            text.split_whitespace().next().and_then(|number| number.trim_end_matches('m').parse::<u64>().ok())
        };
        let script = job.variable("RUNNER_SCRIPT_TIMEOUT").and_then(|text| minutes(&text));
        if script.is_none() || script >= minutes(job.text("/timeout")) {
            broken.push(
                job.spot().key("variables").says(format!("`{}` has no time left to record its end", step.id)),
            );
        }
    }
    let accept = way.steps_of(|does| matches!(does, StepKind::Accept { .. }));
    for step in accept {
        broken.extend(misplaced(way.job(&step.id)?, &["begin 1 --once", "ended 1 success"]));
    }
    Ok(broken)
}

/// What was built once is what is deployed: its digest is kept by the job that built it, looked at, and handed to every stage.
pub(super) fn digest(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let kept = |job: &Job, path: &str| {
        let paths = job.value.pointer("/artifacts/paths").and_then(serde_json::Value::as_array);
        paths.into_iter().flatten().any(|kept| kept == path)
    };
    let built = |step: &&Step| match &step.does {
        StepKind::Build { service } => {
            let artifact = way.emitted.plan.artifacts.get(service);
            artifact.and_then(|artifact| artifact.build.as_ref()?.output.as_ref()).is_some()
        }
        StepKind::Import { .. } => true,
        _ => false,
    };
    for step in way.steps().filter(built) {
        let job = way.job(&step.id)?;
        let script = job.lines("script");
        if !kept(job, &format!(".clearway/run/digests/{}", step.id))
            || !script.contains("> \".clearway/run/digests/${CI_JOB_NAME}\"")
        {
            broken.push(job.spot().key("artifacts").says(format!("the digest of `{}` is not kept", step.id)));
        }
        if !script.contains("sha256:") {
            broken.push(job.spot().key("script").says(format!("`{}` does not look at its digest", step.id)));
        }
    }
    for (by, child) in &way.stages {
        let parents: Vec<&str> = child
            .jobs
            .iter()
            .flat_map(|job| job.needs.iter().flatten())
            .filter(|need| need.of_parent && need.artifacts)
            .map(|need| need.job.as_str())
            .collect();
        if parents != ["wave-made"] || way.pipeline.job("wave-made").is_none() {
            broken.push(way.spot_of(by).says(format!("`{by}` takes what was built from {parents:?}")));
        }
        if child.variables.get("CLEARWAY_RUN").map(String::as_str) != Some("17") {
            broken.push(way.spot_of(by).says(format!("`{by}` does not know which run it belongs to")));
        }
    }
    for step in way.deployments() {
        let job = way.job(&step.id)?;
        let StepKind::Deploy { service, environment, .. } = &step.does else { continue };
        let first = format!("preflight-{}", clearway_plan::slug(environment));
        let takes = job.needs.iter().flatten().any(|need| need.job == first && need.artifacts)
            || job.needs.iter().flatten().any(|need| need.job.starts_with("wave-joined") && need.artifacts);
        if !takes {
            broken.push(
                job.spot().key("needs").says(format!("`{}` does not take what the run knows", step.id)),
            );
        }
        broken.extend(misplaced(
            job,
            &["mapfile -t subjects < <(subjects)", "begin 1", "DIGEST=\"$(said 1 digest)\""],
        ));
        let output = way
            .emitted
            .plan
            .artifacts
            .get(service)
            .and_then(|artifact| artifact.build.as_ref()?.output.clone());
        if matches!(output, Some(Output::Archive(_)))
            && !job.lines("script").contains("sha256sum --check --strict")
        {
            broken.push(
                job.spot()
                    .key("script")
                    .says(format!("`{}` does not look whether it is what was built", step.id)),
            );
        }
    }
    Ok(broken)
}

/// Nobody's agreement lets a second try deploy, and nothing is accepted after it went back: no job is tried again by itself, and one that
/// acts begins once in a run.
pub(super) fn attempts(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let once = |does: &StepKind| matches!(does, StepKind::Deploy { .. } | StepKind::Accept { .. });
    for step in way.steps_of(once) {
        let job = way.job(&step.id)?;
        if !job.lines("script").contains("begin 1 --once") {
            broken.push(job.spot().key("script").says(format!("`{}` may begin again", step.id)));
        }
    }
    for pipeline in std::iter::once(&way.pipeline).chain(way.stages.values()) {
        if pipeline.whole.pointer("/default/retry").and_then(serde_json::Value::as_u64) != Some(0) {
            broken.push(Spot::new(&pipeline.file, &["default"]).says("jobs are tried again by themselves"));
        }
    }
    for (name, job) in way.jobs() {
        if job.value.get("retry").is_some() {
            broken.push(job.spot().key("retry").says(format!("`{name}` is tried again by itself")));
        }
    }
    Ok(broken)
}

/// What a job leaves for gates is kept whether it succeeded or not, in a folder by which a gate knows whose it is, and every gate gets it.
/// GitLab is given what came of each gate, whether it passed or not.
pub(super) fn reports(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    for step in way.steps_of(|does| matches!(does, StepKind::Gate { .. })) {
        let job = way.job(&step.id)?;
        let shown = job.text("/artifacts/reports/junit");
        let is_written = !shown.is_empty() && job.lines("script").contains(&format!("--junit {shown} "));
        if !is_written || job.text("/artifacts/when") != "always" {
            broken.push(
                job.spot().key("artifacts").says(format!("what `{}` decides is shown nowhere", step.id)),
            );
        }
    }
    let gates = way.release.stages.iter().flat_map(|stage| &stage.gates);
    let evidence = gates.filter_map(|gate| way.emitted.plan.gates.get(gate)).flat_map(|gate| &gate.evidence);
    if evidence.filter(|evidence| evidence.reader != "prometheus").count() == 0 {
        return Ok(broken);
    }
    let leaves = |does: &StepKind| {
        matches!(does, StepKind::Build { .. } | StepKind::Test { .. } | StepKind::Scan { .. })
    };
    for step in way.steps_of(leaves) {
        let job = way.job(&step.id)?;
        let paths = job.value.pointer("/artifacts/paths").and_then(serde_json::Value::as_array);
        let folder = format!(".clearway/run/reports/reports-{}/", step.id);
        let kept = paths.into_iter().flatten().any(|path| *path == folder);
        let gathered = job.lines("after_script").contains("/.clearway/run/reports/reports-${CI_JOB_NAME}");
        if !kept || !gathered || job.text("/artifacts/when") != "always" {
            broken.push(job.spot().key("artifacts").says(format!("what `{}` reports is not kept", step.id)));
        }
        let taken = way.pipeline.job("wave-made").into_iter().flat_map(|job| job.needs.iter().flatten());
        if !taken
            .filter(|need| need.artifacts)
            .any(|need| need.job == step.id || need.job.starts_with("wave-joined"))
        {
            broken.push(job.spot().says(format!("what `{}` reports reaches no gate", step.id)));
        }
    }
    for step in way.steps_of(|does| matches!(does, StepKind::Gate { .. })) {
        let job = way.job(&step.id)?;
        if !job.needs.iter().flatten().any(|need| need.job == "wave-made" && need.artifacts)
            || !job.lines("script").contains("--reports .clearway/run/reports ")
        {
            broken.push(job.spot().key("needs").says(format!("`{}` gets no reports", step.id)));
        }
    }
    Ok(broken)
}
