//! The trust policy: which identity may take which role. An identity of GitHub names its environment, and by itself any workflow of the
//! repository could have it; so the workflow and its branch are bound too.

use std::collections::BTreeMap;

use clearway_plan::{Plan, StepKind};
use serde_json::{Value, json};

use super::workflow::{file, flags_file, stage_file};
use crate::{File, Settings};

/// Where it is written.
const PATH: &str = ".clearway/settings/github/trust.json";

/// For each role: the claims of the identities that may take it.
pub(crate) fn file_of(plan: &Plan, settings: &Settings) -> File {
    let repository = plan.repository.as_deref().unwrap_or("{repository}");
    let branch = settings.get("branch", "main");
    let mut roles: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for release in &plan.releases {
        for path in &release.paths {
            for step in &path.steps {
                let (environment, identity) = match &step.does {
                    StepKind::Deploy { environment, .. } => (environment, environment.clone()),
                    StepKind::Rollback { environment } => (environment, format!("{environment}-rollback")),
                    StepKind::Flag { environment, .. } => (environment, environment.clone()),
                    _ => continue,
                };
                let Some(credentials) =
                    plan.environments.get(environment).and_then(|place| place.credentials.as_ref())
                else {
                    continue;
                };
                let stage =
                    release.stage(environment).filter(|_| path.kind != clearway_plan::PathKind::Rollback);
                let workflows = match (&step.does, stage) {
                    (StepKind::Flag { .. }, _) => vec![file(release, path.kind), flags_file(release)],
                    (_, Some(stage)) => vec![stage_file(release, stage)],
                    (_, None) => vec![file(release, path.kind)],
                };
                for workflow in workflows {
                    let claims = json!({
                        "iss": "https://token.actions.githubusercontent.com",
                        "sub": format!("repo:{repository}:environment:{identity}"),
                        "ref": format!("refs/heads/{branch}"),
                        "job_workflow_ref": format!("{repository}/{workflow}@refs/heads/{branch}")
                    });
                    let allowed = roles.entry(&credentials.role).or_default();
                    if !allowed.contains(&claims) {
                        allowed.push(claims);
                    }
                }
            }
        }
    }
    let roles: Vec<Value> =
        roles.into_iter().map(|(role, allow)| json!({ "role": role, "allow": allow })).collect();
    let text = serde_json::to_string_pretty(&json!({ "roles": roles })).unwrap_or_default() + "\n";
    File::new(PATH, text)
}
