//! The first job of a run: is it of a revision that was reviewed, and of the plan that these templates were made from; is the cluster set up
//! as the plan assumes; and is what is deployed what it was proved for?

use std::collections::BTreeSet;

use clearway_plan::{PathKind, Step, slug};

use crate::argo::context::{Context, KNOWN};
use crate::argo::job::{Job, Source};

/// Where the expectations are written.
pub(in crate::argo) const EXPECTATIONS: &str = ".clearway/settings/argo/expectations.json";

/// Gets the whole history, in which the commit must be an ancestor of the reviewed branch.
const REVIEWED: &str = "checkout\n\
    git fetch --quiet --tags origin \"+refs/heads/${BRANCH}:refs/remotes/origin/${BRANCH}\"\n\
    if ! git merge-base --is-ancestor \"${COMMIT}\" \"refs/remotes/origin/${BRANCH}\"; then\n  \
    echo \"the commit is not on the branch ${BRANCH}: nobody has reviewed it\" >&2\n  exit 1\nfi\n\
    mkdir -p .clearway/run\n";

/// Looks whether these templates are of the plan of the commit.
pub(in crate::argo) const PLANNED: &str = "if ! echo \"${PLAN_DIGEST}  .clearway/plan.json\" | sha256sum --check --strict --quiet; then\n  \
    echo 'the plan of the commit is not the one that this workflow was made from: bring the files of the commit into the cluster first' >&2\n  exit 1\nfi\n";

/// Who wrote what is read where somebody agrees to it.
const HISTORY: &str = "git log --format='%H%x09%P%x09%ae' \"${COMMIT}\" > .clearway/run/history\n";

/// Where nothing was ever recorded of an environment, the reviewed state file says what is deployed.
const ADOPT: &str = "while read -r environment; do\n  \
    clearway record adopt \"${environment}\" --plan .clearway/plan.json \"${told[@]}\"\n\
    done <<< \"${ENVIRONMENTS}\"\n";

/// Looks whether the commit has the tag of the release.
const TAG: &str = "version=\"$(sed -n \"s/^version-${TAG_SLUG}=//p\" .clearway/run/basis)\"\ntag=\"${TAG//\\{\\}/${version}}\"\n\
    tags=\"$(git tag --points-at HEAD)\"\nif ! grep -qxF -- \"${tag}\" <<< \"${tags}\"; then\n  \
    echo \"the commit of this run has not the tag ${tag}: it has ${tags:-none}\" >&2\n  exit 1\nfi\n";

pub(in crate::argo) fn preflight(context: &Context<'_>, step: &Step) -> Job {
    let is_forward = context.path.kind != PathKind::Rollback;
    let has_open = is_forward && context.release.ships.iter().any(|shipped| shipped.open);
    let mut script = format!(
        "{REVIEWED}{PLANNED}clearway preflight --platform argo --plan .clearway/plan.json \"${{told[@]}}\" --path \"${{WAY}}\" --expectations {EXPECTATIONS}\n"
    );
    if is_forward {
        script += ADOPT;
    }
    let mut ship = "";
    if has_open {
        script += "mapfile -t ship < <(tr ', ' '\\n' <<< \"${SHIP}\" | grep -vx -e '' -e - || true)\n";
        ship = " \"${ship[@]/#/--ship=}\"";
    }
    script += &format!(
        "clearway basis --plan .clearway/plan.json \"${{told[@]}}\" --path \"${{WAY}}\" \\\n  \
         --out .clearway/run/plan.json --output .clearway/run/basis{ship}\n{HISTORY}"
    );
    let tag = context.release.tag.as_ref().filter(|_| is_forward);
    if tag.is_some() {
        script += TAG;
    }
    let mut job = context.job(step, script);
    job.takes = Vec::new();
    job.source = Source::History;
    if is_forward {
        let environments: BTreeSet<&str> =
            context.path.steps.iter().filter_map(|step| step.does.environment()).collect();
        job.tell("ENVIRONMENTS", environments.into_iter().collect::<Vec<_>>().join("\n"));
    }
    if let Some(pattern) = tag {
        let is_infrastructure = |name: &str| {
            context.plan.artifacts.get(name).is_some_and(|artifact| artifact.origin.kind == "infrastructure")
        };
        let shipped = context.release.ships.iter().find(|shipped| is_infrastructure(&shipped.service));
        job.tell("TAG", pattern.as_str());
        job.tell("TAG_SLUG", shipped.map_or_else(|| "-".to_owned(), |one| slug(&one.service)));
    }
    job.keeps = ["plan.json", "basis", "history"].map(|file| format!("{KNOWN}{file}")).to_vec();
    job
}
