//! Workflow files as plain data. Keys that are not known, and keys that stand twice, are errors.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value as Json;
use serde_saphyr::options::DuplicateKeyPolicy;

/// A workflow file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Workflow {
    /// Its name.
    pub name: Option<String>,
    /// The name of its runs.
    pub run_name: Option<String>,
    /// What starts it.
    on: Json,
    /// What its jobs may do that do not say it themselves.
    pub permissions: Option<Permissions>,
    /// Variables of all jobs.
    #[serde(default)]
    pub env: BTreeMap<String, Scalar>,
    /// Defaults of all steps.
    pub defaults: Option<Json>,
    /// What all of it takes turns by.
    pub concurrency: Option<Concurrency>,
    /// The jobs.
    pub jobs: BTreeMap<String, Job>,
}

/// A text, a number or a truth value.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(serde_json::Number),
    /// A text, which may hold expressions.
    Text(String),
}

impl Scalar {
    /// As an expression would be given it.
    pub fn text(&self) -> String {
        match self {
            Self::Bool(truth) => truth.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }

    /// Whether it is certainly false.
    pub fn is_false(&self) -> bool {
        *self == Self::Bool(false)
    }
}

/// What the token may do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Permissions {
    /// `read-all` or `write-all`.
    All(String),
    /// What it may do with each scope; nothing with any other.
    Scopes(BTreeMap<String, String>),
}

impl Permissions {
    /// How much it may do with a scope: 0 nothing, 1 read, 2 write.
    pub fn level(&self, scope: &str) -> u8 {
        let word = match self {
            Self::All(word) => word.trim_end_matches("-all"),
            Self::Scopes(scopes) => scopes.get(scope).map_or("none", String::as_str),
        };
        match word {
            "write" => 2,
            "read" => 1,
            _ => 0,
        }
    }
}

/// What takes turns.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Concurrency {
    /// Only the group: the default queue, in which a newer arrival cancels the one that waits.
    Group(String),
    /// All of it.
    Full(Turns),
}

/// A group that takes turns.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Turns {
    /// The group's name.
    pub group: String,
    /// A newer arrival ends the one that runs.
    #[serde(default = "no")]
    pub cancel_in_progress: Scalar,
    /// `single` or `max`.
    pub queue: Option<String>,
}

const fn no() -> Scalar {
    Scalar::Bool(false)
}

impl Concurrency {
    /// All of it.
    pub fn turns(&self) -> Turns {
        match self {
            Self::Group(group) => Turns { group: group.clone(), cancel_in_progress: no(), queue: None },
            Self::Full(turns) => turns.clone(),
        }
    }

    /// Whether one that runs is never ended, and one that waits never pushed out by a newer one.
    pub fn waits_in_line(&self) -> bool {
        let turns = self.turns();
        turns.cancel_in_progress.is_false() && turns.queue.as_deref() == Some("max")
    }
}

/// A job.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Job {
    /// Its name.
    pub name: Option<String>,
    /// The jobs that it waits for.
    #[serde(default)]
    needs: OneOrMore,
    /// Its condition.
    #[serde(rename = "if")]
    pub condition: Option<Scalar>,
    /// The machine.
    pub runs_on: Option<Json>,
    /// Where it deploys to, and whose reviewers it asks.
    environment: Option<EnvironmentForm>,
    /// What it takes turns by.
    pub concurrency: Option<Concurrency>,
    /// What its token may do.
    pub permissions: Option<Permissions>,
    /// What those that need it can read.
    #[serde(default)]
    pub outputs: BTreeMap<String, Scalar>,
    /// Variables of its steps.
    #[serde(default)]
    pub env: BTreeMap<String, Scalar>,
    /// Defaults of its steps.
    pub defaults: Option<Json>,
    /// When it is cancelled, in minutes.
    pub timeout_minutes: Option<Scalar>,
    /// Its legs.
    pub strategy: Option<Json>,
    /// Its failure counts as success for those that need it.
    pub continue_on_error: Option<Scalar>,
    /// The container it runs in.
    pub container: Option<Json>,
    /// Containers beside it.
    pub services: Option<Json>,
    /// Its steps.
    pub steps: Option<Vec<Step>>,
    /// The workflow that it calls.
    pub uses: Option<String>,
    /// What the called workflow is given.
    #[serde(default)]
    pub with: BTreeMap<String, Scalar>,
    /// The secrets that the called workflow is given.
    pub secrets: Option<Json>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    #[default]
    None,
    One(String),
    More(Vec<String>),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum EnvironmentForm {
    Name(String),
    Full(Environment),
}

/// The environment of a job.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// The address that is shown.
    pub url: Option<String>,
    /// Whether a deployment is recorded.
    pub deployment: Option<Scalar>,
}

/// A step of a job.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Step {
    /// What other steps call it.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its condition.
    #[serde(rename = "if")]
    pub condition: Option<Scalar>,
    /// The action.
    pub uses: Option<String>,
    /// The script.
    pub run: Option<String>,
    /// What the action is given.
    #[serde(default)]
    pub with: BTreeMap<String, Scalar>,
    /// Its variables.
    #[serde(default)]
    pub env: BTreeMap<String, Scalar>,
    /// What the script is read by.
    pub shell: Option<String>,
    /// Where the script runs.
    pub working_directory: Option<String>,
    /// When it fails for taking too long, in minutes.
    pub timeout_minutes: Option<Scalar>,
    /// Its failure does not count.
    pub continue_on_error: Option<Scalar>,
}

/// An input of a workflow.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Input {
    /// What it is for.
    pub description: Option<String>,
    /// It must be given.
    #[serde(default)]
    pub required: bool,
    /// What it is when it is not given.
    pub default: Option<Scalar>,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// What may be chosen.
    #[serde(default)]
    pub options: Vec<Scalar>,
    /// What is told to those who still use it.
    pub deprecation_message: Option<String>,
}

/// What a called workflow takes and gives.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Called {
    /// What it takes.
    #[serde(default)]
    pub inputs: BTreeMap<String, Input>,
    /// What it gives.
    #[serde(default)]
    pub outputs: BTreeMap<String, Given>,
    /// The secrets that it takes.
    #[serde(default)]
    pub secrets: BTreeMap<String, Json>,
}

/// What a called workflow gives.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// What it is.
    pub description: Option<String>,
    /// Where it comes from.
    pub value: Scalar,
}

impl Workflow {
    /// The workflow that a text is; or why it is none, and in which line where that is known.
    pub fn read(text: &str) -> Result<Self, (String, Option<usize>)> {
        let options = serde_saphyr::options! {
            duplicate_keys: DuplicateKeyPolicy::Error,
            with_snippet: false,
        };
        serde_saphyr::from_str_with_options(text, options).map_err(|error| crate::unreadable(&error))
    }

    /// What an event that starts it says, where it does: `null` where it says no more.
    pub fn event(&self, name: &str) -> Option<Json> {
        match &self.on {
            Json::String(one) => (one == name).then_some(Json::Null),
            Json::Array(several) => several.iter().any(|one| one == name).then_some(Json::Null),
            Json::Object(events) => events.get(name).cloned(),
            _ => None,
        }
    }

    /// The names of the events that start it.
    pub fn events(&self) -> Vec<&str> {
        match &self.on {
            Json::String(one) => vec![one],
            Json::Array(several) => several.iter().filter_map(Json::as_str).collect(),
            Json::Object(events) => events.keys().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// What it takes and gives when it is called, where it can be.
    pub fn called(&self) -> Result<Option<Called>, String> {
        read_event(self.event("workflow_call"))
    }

    /// What it takes when somebody starts it, where they can.
    pub fn dispatched(&self) -> Result<Option<Called>, String> {
        read_event(self.event("workflow_dispatch"))
    }
}

fn read_event(event: Option<Json>) -> Result<Option<Called>, String> {
    match event {
        None => Ok(None),
        Some(Json::Null) => Ok(Some(Called::default())),
        Some(event) => serde_json::from_value(event).map(Some).map_err(|error| error.to_string()),
    }
}

impl Job {
    /// The jobs that it waits for.
    pub fn needs(&self) -> Vec<&str> {
        match &self.needs {
            OneOrMore::None => Vec::new(),
            OneOrMore::One(one) => vec![one],
            OneOrMore::More(more) => more.iter().map(String::as_str).collect(),
        }
    }

    /// The text of its condition; empty where there is none.
    pub fn condition_text(&self) -> String {
        self.condition.as_ref().map(Scalar::text).unwrap_or_default()
    }

    /// Its steps; none where it calls a workflow.
    pub fn steps(&self) -> &[Step] {
        self.steps.as_deref().unwrap_or_default()
    }

    /// The environment whose reviewers it asks.
    pub fn environment(&self) -> Option<Environment> {
        self.environment.as_ref().map(|form| match form {
            EnvironmentForm::Name(name) => Environment { name: name.clone(), url: None, deployment: None },
            EnvironmentForm::Full(full) => full.clone(),
        })
    }

    /// Whether its failure may count as success.
    pub fn continues_on_error(&self) -> bool {
        self.continue_on_error.as_ref().is_some_and(|word| !word.is_false())
    }
}

impl Step {
    /// The text of its condition; empty where there is none.
    pub fn condition_text(&self) -> String {
        self.condition.as_ref().map(Scalar::text).unwrap_or_default()
    }

    /// Whether its failure may not count.
    pub fn continues_on_error(&self) -> bool {
        self.continue_on_error.as_ref().is_some_and(|word| !word.is_false())
    }

    /// What it is called by those who look at a run.
    pub fn title(&self) -> &str {
        [&self.id, &self.name, &self.uses].into_iter().flatten().next().map_or("a step", String::as_str)
    }
}
