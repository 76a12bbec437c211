//! The last job: the run is green only if all that was required succeeded. It is the one check that anything else may rely on.

use std::collections::BTreeMap;

use clearway_plan::{Step, StepKind};

use super::job;
use crate::github::model::{Job, Permissions, Texts};
use crate::github::steps::Context;
use crate::github::text::literal;

/// Every job that it needs succeeded.
pub(in crate::github) fn outcome(context: &Context<'_>, step: &Step, needs: Vec<String>) -> Job {
    let mut env = Texts::default();
    env.put("RESULTS", "${{ toJSON(needs) }}".to_owned());
    let run = "jq --raw-output 'to_entries[] | \"\\(.key): \\(.value.result)\"' <<< \"${RESULTS}\"\n\
               jq --exit-status 'all(.[]; .result == \"success\")' <<< \"${RESULTS}\" > /dev/null\n";
    closing(context, step, needs, context.script("Fail unless everything succeeded", env, run))
}

/// The way back in the chosen environment succeeded.
pub(in crate::github) fn chosen_outcome(context: &Context<'_>, step: &Step, needs: Vec<String>) -> Job {
    let jobs: BTreeMap<&str, &str> = context
        .path
        .steps
        .iter()
        .filter_map(|step| match &step.does {
            StepKind::Rollback { environment } => Some((environment.as_str(), step.id.as_str())),
            _ => None,
        })
        .collect();
    let mut env = Texts::default();
    env.put("RESULTS", "${{ toJSON(needs) }}".to_owned());
    env.put("JOBS", literal(&serde_json::to_string(&jobs).unwrap_or_default()));
    env.put("CHOSEN", "${{ inputs.environment }}".to_owned());
    let run = "jq --exit-status --argjson jobs \"${JOBS}\" --arg chosen \"${CHOSEN}\" \\\n  \
               '.[$jobs[$chosen]].result == \"success\"' <<< \"${RESULTS}\" > /dev/null\n";
    closing(context, step, needs, context.script("Fail unless the chosen environment is back", env, run))
}

fn closing(
    context: &Context<'_>,
    step: &Step,
    needs: Vec<String>,
    script: crate::github::model::Step,
) -> Job {
    let mut job = job(context, step, "outcome", Permissions::default(), vec![script]);
    job.needs = needs;
    job.condition = Some("always()".to_owned());
    job
}
