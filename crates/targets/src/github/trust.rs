//! The trust policy: which identity may take which role, of an environment or of the ledger. An identity of GitHub names its environment, and by itself any workflow of the
//! repository could have it; so the workflow and its branch are bound too.

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::Plan;
use serde_json::{Value, json};

use super::jobs::back_environment;
use super::model::Workflow;
use super::steps::opens_the_ledger;
use crate::settings::Ledger;
use crate::{File, Settings};

/// Where it is written.
const PATH: &str = ".clearway/settings/github/trust.json";

/// For each role: the claims of the identities that may take it.
pub(super) struct Trusted<'p> {
    repository: &'p str,
    branch: &'p str,
    /// The role of the ledger.
    ledger: Option<&'p str>,
    /// The role that the jobs in an environment of GitHub may take.
    deploying: BTreeMap<String, &'p str>,
    roles: BTreeMap<&'p str, Vec<Value>>,
}

impl<'p> Trusted<'p> {
    /// Nobody may take any role of a plan yet.
    pub(super) fn of(plan: &'p Plan, settings: &'p Settings) -> Self {
        let ledger = match &settings.ledger {
            Ledger::S3 { role, .. } => role.as_deref(),
            Ledger::None | Ledger::Folder(_) => None,
        };
        let mut deploying = BTreeMap::new();
        for (name, place) in &plan.environments {
            let Some(credentials) = &place.credentials else { continue };
            deploying.insert(name.clone(), credentials.role.as_str());
            deploying.insert(back_environment(name), credentials.role.as_str());
        }
        let repository = plan.repository.as_deref().unwrap_or("{repository}");
        let branch = settings.get("branch", "main");
        Self { repository, branch, ledger, deploying, roles: BTreeMap::new() }
    }

    /// Looks at workflows: their jobs may take the roles that they need.
    pub(super) fn see(&mut self, workflows: &[(String, Workflow)]) {
        for (file, workflow) in workflows {
            // Many jobs stand in one environment, and each identity is told once.
            let mut seen: BTreeSet<(Option<&str>, &str)> = BTreeSet::new();
            for (_, job) in &workflow.jobs.0 {
                let stands = job.environment.as_ref().map(|place| place.name.as_str());
                let deploying = stands.and_then(|name| self.deploying.get(name)).copied();
                let writing = self.ledger.filter(|_| job.steps.iter().any(opens_the_ledger));
                for role in deploying.into_iter().chain(writing) {
                    if seen.insert((stands, role)) {
                        self.may(role, stands, file);
                    }
                }
            }
        }
    }

    /// The identity of the jobs of a workflow that stand in an environment, or in none, may take a role.
    fn may(&mut self, role: &'p str, environment: Option<&str>, workflow: &str) {
        let Self { repository, branch, .. } = *self;
        // The identity of a job that stands in no environment names its branch.
        let place = environment
            .map_or_else(|| format!("ref:refs/heads/{branch}"), |name| format!("environment:{name}"));
        let claims = json!({
            "iss": "https://token.actions.githubusercontent.com",
            "sub": format!("repo:{repository}:{place}"),
            "ref": format!("refs/heads/{branch}"),
            "job_workflow_ref": format!("{repository}/{workflow}@refs/heads/{branch}")
        });
        let allowed = self.roles.entry(role).or_default();
        if !allowed.contains(&claims) {
            allowed.push(claims);
        }
    }

    /// The file.
    pub(super) fn file(self) -> File {
        let roles: Vec<Value> =
            self.roles.into_iter().map(|(role, allow)| json!({ "role": role, "allow": allow })).collect();
        let text = serde_json::to_string_pretty(&json!({ "roles": roles })).unwrap_or_default() + "\n";
        File::new(PATH, text)
    }
}
