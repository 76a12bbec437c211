//! A workflow file of GitHub Actions, typed: what is emitted cannot have a key that GitHub does not know. The order of fields is the
//! order in the file.

use serde::Serialize;
use serde_saphyr::Commented;

pub(crate) use crate::entries::{Entries, Texts};

/// A workflow.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Workflow {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_name: Option<String>,
    pub on: On,
    pub permissions: Permissions,
    #[serde(skip_serializing_if = "Entries::is_empty")]
    pub env: Texts,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<Concurrency>,
    pub jobs: Entries<Job>,
}

/// What starts a workflow.
#[derive(Debug, Serialize, Default)]
pub(crate) struct On {
    /// A person, with inputs.
    #[serde(rename = "workflow_dispatch", skip_serializing_if = "Option::is_none")]
    pub dispatch: Option<Inputs>,
    /// Another workflow, with inputs, and what it is given back.
    #[serde(rename = "workflow_call", skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
    /// A pull request that is opened, or given other commits.
    #[serde(rename = "pull_request", skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<Types>,
    /// The clock.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub schedule: Vec<Cron>,
}

/// What must have happened to a pull request.
#[derive(Debug, Serialize)]
pub(crate) struct Types {
    pub types: &'static [&'static str],
}

/// What a workflow is told.
#[derive(Debug, Serialize)]
pub(crate) struct Inputs {
    pub inputs: Entries<Input>,
}

/// What a called workflow is told, and what it gives.
#[derive(Debug, Serialize)]
pub(crate) struct Call {
    pub inputs: Entries<Input>,
    #[serde(skip_serializing_if = "Entries::is_empty")]
    pub outputs: Entries<Given>,
}

/// What a called workflow gives to the one that calls it.
#[derive(Debug, Serialize)]
pub(crate) struct Given {
    pub description: String,
    pub value: String,
}

/// Minutes, hours and days at which a workflow is started.
#[derive(Debug, Serialize)]
pub(crate) struct Cron {
    pub cron: &'static str,
}

impl On {
    pub(crate) fn dispatch(inputs: Entries<Input>) -> Self {
        Self { dispatch: Some(Inputs { inputs }), ..Self::default() }
    }

    pub(crate) fn pull_request() -> Self {
        Self {
            pull_request: Some(Types { types: &["opened", "synchronize", "reopened"] }),
            ..Self::default()
        }
    }

    pub(crate) fn call(inputs: Entries<Input>) -> Self {
        Self { call: Some(Call { inputs, outputs: Entries::default() }), ..Self::default() }
    }
}

/// An input of a workflow.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Input {
    pub description: String,
    pub required: bool,
    #[serde(rename = "type")]
    pub kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

/// The token's scopes, each with why it is needed.
pub(crate) type Permissions = Entries<Commented<&'static str>>;

/// What a run or a job takes turns by.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Concurrency {
    pub group: String,
    pub cancel_in_progress: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<&'static str>,
}

/// A job: one that runs steps, or one that calls a workflow.
#[derive(Debug, Serialize, Default)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Job {
    pub name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    #[serde(rename = "if", skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runs_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_minutes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<Concurrency>,
    pub permissions: Permissions,
    #[serde(skip_serializing_if = "Entries::is_empty")]
    pub outputs: Texts,
    #[serde(skip_serializing_if = "Entries::is_empty")]
    pub env: Texts,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uses: Option<String>,
    #[serde(rename = "with", skip_serializing_if = "Entries::is_empty")]
    pub inputs: Texts,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}

/// The environment that a job runs in.
#[derive(Debug, Serialize)]
pub(crate) struct Environment {
    pub name: String,
    /// `false` where nothing is deployed: people are asked, or a secret is had, and no deployment is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment: Option<bool>,
}

/// A step.
#[derive(Debug, Serialize, Default)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Step {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(rename = "if", skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uses: Option<Uses>,
    #[serde(rename = "with", skip_serializing_if = "Entries::is_empty")]
    pub inputs: Texts,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shell: Option<&'static str>,
    #[serde(skip_serializing_if = "Entries::is_empty")]
    pub env: Texts,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_minutes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
}

/// An action: one of the repository, or one at a commit with its version beside it.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(crate) enum Uses {
    /// `./path`
    Local(String),
    /// `owner/name@commit # version`
    Pinned(Commented<String>),
}
