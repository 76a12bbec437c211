//! The trust policy: which identity may take which role, of an environment or of the ledger. An identity of GitHub names its environment, and by itself any workflow of the
//! repository could have it; so the workflow and its branch are bound too.

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::{Plan, StepKind};
use serde_json::{Value, json};

use super::steps::opens_the_ledger;
use super::workflow::{file, flags_file, stage_file, workflows};
use crate::settings::Ledger;
use crate::{File, Settings};

/// Where it is written.
const PATH: &str = ".clearway/settings/github/trust.json";

/// For each role: the claims of the identities that may take it.
pub(crate) fn file_of(plan: &Plan, settings: &Settings) -> File {
    let repository = plan.repository.as_deref().unwrap_or("{repository}");
    let branch = settings.get("branch", "main");
    // The identity of a job that stands in no environment names its branch.
    let claims = |environment: Option<&str>, workflow: &str| {
        let place = environment
            .map_or_else(|| format!("ref:refs/heads/{branch}"), |name| format!("environment:{name}"));
        json!({
            "iss": "https://token.actions.githubusercontent.com",
            "sub": format!("repo:{repository}:{place}"),
            "ref": format!("refs/heads/{branch}"),
            "job_workflow_ref": format!("{repository}/{workflow}@refs/heads/{branch}")
        })
    };
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
                let through = match (&step.does, stage) {
                    (StepKind::Flag { .. }, _) => vec![file(release, path.kind), flags_file(release)],
                    (_, Some(stage)) => vec![stage_file(release, stage)],
                    (_, None) => vec![file(release, path.kind)],
                };
                let allowed = roles.entry(&credentials.role).or_default();
                allowed.extend(through.iter().map(|workflow| claims(Some(&identity), workflow)));
            }
        }
        if let Ledger::S3 { role: Some(role), .. } = &settings.ledger {
            let allowed = roles.entry(role).or_default();
            for (file, workflow) in workflows(plan, settings, release) {
                let jobs = workflow.jobs.0.iter().map(|(_, job)| job);
                let writing = jobs.filter(|job| job.steps.iter().any(opens_the_ledger));
                let stands = writing.map(|job| job.environment.as_ref().map(|place| place.name.as_str()));
                let stands: BTreeSet<Option<&str>> = stands.collect();
                allowed.extend(stands.into_iter().map(|place| claims(place, &file)));
            }
        }
    }
    for allowed in roles.values_mut() {
        let mut seen = BTreeSet::new();
        allowed.retain(|claims| seen.insert(claims.to_string()));
    }
    let roles: Vec<Value> =
        roles.into_iter().map(|(role, allow)| json!({ "role": role, "allow": allow })).collect();
    let text = serde_json::to_string_pretty(&json!({ "roles": roles })).unwrap_or_default() + "\n";
    File::new(PATH, text)
}
