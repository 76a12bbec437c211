//! The trust policy: which identity may take which role. An identity of GitLab names the branch of its pipeline, and by itself any job of
//! that branch could have it; so the environment is bound too, and that the branch is protected.

use std::collections::BTreeMap;

use clearway_plan::{Plan, StepKind};
use serde_json::{Value, json};

use super::environments::each;
use super::guarantees::Tier;
use super::jobs::way_back;
use crate::settings::Ledger;
use crate::{File, Settings};

/// Where it is written.
const PATH: &str = ".clearway/settings/gitlab/trust.json";

/// For each role: the claims of the identities that may take it.
pub(crate) fn file_of(plan: &Plan, settings: &Settings) -> File {
    let project = plan.repository.as_deref().unwrap_or("{project}");
    let mut roles: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    each(plan, settings, |context, step| {
        let (environment, identity) = match &step.does {
            StepKind::Deploy { environment, .. } | StepKind::Flag { environment, .. } => {
                (environment, environment.clone())
            }
            StepKind::Rollback { environment } => match context.release.stage(environment) {
                Some(stage) => (environment, way_back(stage)),
                None => return,
            },
            _ => return,
        };
        let place = plan.environments.get(environment);
        let Some(credentials) = place.and_then(|place| place.credentials.as_ref()) else { return };
        let mut claims = json!({
            "project_path": project,
            "ref_type": "branch",
            "ref_protected": "true",
            "environment": identity
        });
        if Tier::of(settings).is_paid() {
            claims["environment_protected"] = json!("true");
        }
        let allowed = roles.entry(credentials.role.clone()).or_default();
        if !allowed.contains(&claims) {
            allowed.push(claims);
        }
    });
    if let Ledger::S3 { role: Some(role), .. } = &settings.ledger {
        // Jobs with and without an environment write records.
        let claims = json!({ "project_path": project, "ref_type": "branch", "ref_protected": "true" });
        roles.entry(role.clone()).or_default().push(claims);
    }
    let roles: Vec<Value> =
        roles.into_iter().map(|(role, allow)| json!({ "role": role, "allow": allow })).collect();
    let text = serde_json::to_string_pretty(&json!({ "roles": roles })).unwrap_or_default() + "\n";
    File::new(PATH, text)
}
