//! The first job of a run: is the platform set up as the plan assumes, and is what is deployed what it was proved for? And the first of a
//! stage, which takes over what the run knows.

use std::collections::BTreeSet;

use clearway_plan::{PathKind, Stage, Step, slug};

use crate::gitlab::context::{Context, DEPLOY, KNOWN, PREPARE, keeps, texts};
use crate::gitlab::model::{Job, Value, Variables};

/// Where the expectations are written.
pub(in crate::gitlab) const EXPECTATIONS: &str = ".clearway/settings/gitlab/expectations.json";

/// Where nothing was ever recorded of an environment, the reviewed state file says what is deployed.
const ADOPT: &str = "while read -r environment; do\n  \
    clearway record adopt \"${environment}\" --plan .clearway/plan.json \"${told[@]}\"\n\
    done <<< \"${ENVIRONMENTS}\"\n";

pub(in crate::gitlab) fn preflight(context: &Context<'_>, step: &Step) -> Job {
    let is_forward = context.path.kind != PathKind::Rollback;
    let has_open = is_forward && context.release.ships.iter().any(|shipped| shipped.open);
    let mut script = vec![format!(
        "clearway preflight --platform gitlab --plan .clearway/plan.json \"${{told[@]}}\" --path \"${{WAY}}\" --expectations {EXPECTATIONS}\n"
    )];
    let environments: BTreeSet<&str> =
        context.path.steps.iter().filter_map(|step| step.does.environment()).collect();
    let environments = environments.into_iter().collect::<Vec<_>>().join("\n");
    let mut variables = texts([("GIT_DEPTH", "0")]);
    if is_forward {
        variables.put("ENVIRONMENTS", Value::text(&environments));
        script.push(ADOPT.to_owned());
    }
    let (mut before, mut ship) = (String::new(), "");
    if has_open {
        variables.put("SHIP", Value::input("ship"));
        "mapfile -t ship < <(tr ', ' '\\n' <<< \"${SHIP}\" | grep -vx -e '' -e - || true)\n"
            .clone_into(&mut before);
        ship = " \"${ship[@]/#/--ship=}\"";
    }
    script.push(format!(
        "{before}clearway basis --plan .clearway/plan.json \"${{told[@]}}\" --path \"${{WAY}}\" \\\n  \
         --out .clearway/run/plan.json --output .clearway/run/basis{ship}\n"
    ));
    script.extend(tag(context, &mut variables));
    let mut job = context.calling(step, PREPARE, script);
    job.needs = Some(Vec::new());
    // Whatever lies there is of another run.
    job.before_script.insert(0, "rm -rf .clearway/run".to_owned());
    job.variables = variables;
    job.artifacts = Some(keeps(context.plan, &[format!("{KNOWN}plan.json"), format!("{KNOWN}basis")]));
    job
}

/// Looks whether the commit has the tag of the release.
const TAG: &str = "version=\"$(sed -n \"s/^version-${TAG_SLUG}=//p\" .clearway/run/basis)\"\ntag=\"${TAG//\\{\\}/${version}}\"\n\
    tags=\"$(git tag --points-at HEAD)\"\nif ! grep -qxF -- \"${tag}\" <<< \"${tags}\"; then\n  \
    echo \"the commit of this run has not the tag ${tag}: it has ${tags:-none}\" >&2\n  exit 1\nfi\n";

fn tag(context: &Context<'_>, variables: &mut Variables) -> Option<String> {
    let pattern = context.release.tag.as_ref().filter(|_| context.path.kind != PathKind::Rollback)?;
    let is_infrastructure = |name: &str| {
        context.plan.artifacts.get(name).is_some_and(|artifact| artifact.origin.kind == "infrastructure")
    };
    let shipped = context.release.ships.iter().find(|shipped| is_infrastructure(&shipped.service));
    variables.put("TAG", Value::text(pattern));
    variables.put("TAG_SLUG", Value::text(shipped.map_or_else(|| "-".to_owned(), |one| slug(&one.service))));
    Some(TAG.to_owned())
}

/// Takes what the run knows into the pipeline of a stage.
pub(in crate::gitlab) fn take_over(context: &Context<'_>, stage: &Stage) -> Job {
    Job {
        stage: DEPLOY.to_owned(),
        needs: Some(vec![Context::parent()]),
        rules: context.rules("on_success"),
        timeout: Some("10 minutes".to_owned()),
        variables: texts([("ENVIRONMENT", stage.environment.as_str())]),
        before_script: context.forgets(),
        script: vec![format!("test -s {KNOWN}plan.json\n")],
        artifacts: Some(keeps(context.plan, &[KNOWN.to_owned()])),
        ..Job::default()
    }
}
