//! The first job: is the platform set up as the plan assumes, and is what is deployed what it was proved for?

use std::collections::BTreeSet;

use clearway_plan::{PathKind, Step};

use super::job;
use crate::github::actions::Action;
use crate::github::model::{Job, Step as JobStep, Texts};
use crate::github::steps::{CLEARWAY, Context, PLAN_ARTIFACT};
use crate::github::subjects;
use crate::github::text::literal;

/// Where the expectations are written.
pub(in crate::github) const EXPECTATIONS: &str = ".clearway/settings/github/expectations.json";

pub(in crate::github) fn preflight(context: &Context<'_>, step: &Step) -> Job {
    let mut steps = vec![context.checkout(true), context.binary(None)];
    steps.extend(context.ledger());
    steps.push(settings(context));
    let environments: BTreeSet<&str> =
        context.path.steps.iter().filter_map(|step| step.does.environment()).collect();
    if context.path.kind != PathKind::Rollback {
        steps.extend(environments.into_iter().map(|environment| adopt(context, environment)));
    }
    steps.push(basis(context));
    steps.extend(tag(context));
    steps.push(JobStep {
        name: "Keep the plan of the run".to_owned(),
        uses: Some(Action::UploadArtifact.pinned(context.settings)),
        inputs: [
            ("name", PLAN_ARTIFACT),
            ("path", ".clearway/run/plan.json"),
            ("if-no-files-found", "error"),
            ("include-hidden-files", "true"),
        ]
        .into_iter()
        .map(|(key, value)| (key, value.to_owned()))
        .collect(),
        ..JobStep::default()
    });
    let permissions = context.permissions(&[("actions", "read", "read how the environments are protected")]);
    let mut job = job(context, step, "preflight: settings, and what is deployed", permissions, steps);
    job.outputs = outputs(context);
    job
}

/// The digest of the run's plan, and the version of everything whose version is open.
fn outputs(context: &Context<'_>) -> Texts {
    let mut outputs = Texts::default();
    outputs.put("plan-digest", "${{ steps.basis.outputs.plan-digest }}".to_owned());
    if context.path.kind != PathKind::Rollback {
        for shipped in context.release.ships.iter().filter(|shipped| shipped.open) {
            let output = subjects::version_name(&shipped.service);
            outputs.put(output.clone(), format!("${{{{ steps.basis.outputs.{output} }}}}"));
        }
    }
    outputs
}

fn settings(context: &Context<'_>) -> JobStep {
    let mut env = context.signing();
    env.put("GH_TOKEN", "${{ github.token }}".to_owned());
    let run = format!(
        "{CLEARWAY} preflight --plan .clearway/plan.json --ledger \"${{LEDGER}}\" --run \"${{CLEARWAY_RUN}}\" --build \"${{CLEARWAY_BUILD}}\" \\\n  \
         --release \"${{RELEASE}}\" --path \"${{WAY}}\" --expectations {EXPECTATIONS} --summary \"${{GITHUB_STEP_SUMMARY}}\"\n"
    );
    context.script("Compare the live settings with what the plan assumes", env, run)
}

/// Where nothing was ever recorded of an environment, the reviewed state file says what is deployed.
fn adopt(context: &Context<'_>, environment: &str) -> JobStep {
    let mut env = context.signing();
    env.put("ENVIRONMENT", literal(environment));
    let run = format!(
        "{CLEARWAY} record adopt \"${{ENVIRONMENT}}\" --plan .clearway/plan.json --ledger \"${{LEDGER}}\" \\\n  \
         --run \"${{CLEARWAY_RUN}}\" --build \"${{CLEARWAY_BUILD}}\" --release \"${{RELEASE}}\"\n"
    );
    context.script(&format!("Take over what is deployed in {environment}, the first time"), env, run)
}

/// Looks whether the commit has the tag of the release.
fn tag(context: &Context<'_>) -> Option<JobStep> {
    let pattern = context.release.tag.as_ref().filter(|_| context.path.kind != PathKind::Rollback)?;
    let is_infrastructure = |name: &str| {
        context.plan.artifacts.get(name).is_some_and(|artifact| artifact.origin.kind == "infrastructure")
    };
    let shipped = context.release.ships.iter().find(|shipped| is_infrastructure(&shipped.service));
    let version = match shipped {
        Some(open) if open.open => {
            format!("${{{{ steps.basis.outputs.{} }}}}", subjects::version_name(&open.service))
        }
        Some(fixed) => literal(&fixed.version),
        None => String::new(),
    };
    let env = [("TAG", literal(pattern).replace("{}", &version))].into_iter().collect();
    let run = "tags=\"$(git tag --points-at HEAD)\"\n\
               if ! grep -qxF -- \"${TAG}\" <<< \"${tags}\"; then\n  \
               echo \"::error::the commit of this run has not the tag ${TAG}: it has ${tags:-none}\"\n  exit 1\nfi\n";
    Some(context.script("Look whether the commit has the tag of the release", env, run))
}

/// Plans the run against what is deployed now, and stops unless the emitted order is safe for it.
fn basis(context: &Context<'_>) -> JobStep {
    let mut env = context.environment();
    let is_forward = context.path.kind != PathKind::Rollback;
    let has_open = is_forward && context.release.ships.iter().any(|shipped| shipped.open);
    let mut lines = vec![
        format!(
            "{CLEARWAY} basis --plan .clearway/plan.json --ledger \"${{LEDGER}}\" --run \"${{CLEARWAY_RUN}}\" --build \"${{CLEARWAY_BUILD}}\""
        ),
        "--release \"${RELEASE}\" --path \"${WAY}\" --out .clearway/run/plan.json".to_owned(),
        "--output \"${GITHUB_OUTPUT}\" --summary \"${GITHUB_STEP_SUMMARY}\"".to_owned(),
    ];
    let mut before = "mkdir -p .clearway/run\n".to_owned();
    if has_open {
        env.put("SHIP", "${{ inputs.ship }}".to_owned());
        before.push_str("mapfile -t ship < <(tr ', ' '\\n' <<< \"${SHIP}\" | grep . || true)\n");
        lines.push("\"${ship[@]/#/--ship=}\"".to_owned());
    }
    let mut step =
        context.script("Plan against what is deployed", env, before + &lines.join(" \\\n  ") + "\n");
    step.id = Some("basis".to_owned());
    step
}
