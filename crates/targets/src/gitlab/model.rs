//! A pipeline of GitLab CI, typed: what is emitted cannot have a key that GitLab does not know. The order of fields is the order in the
//! file.

use serde::Serialize;
use serde_saphyr::DoubleQuoted;

pub(crate) use crate::entries::Entries;

/// The head of a file: what whoever starts or includes it says.
#[derive(Debug, Serialize)]
pub(crate) struct Head {
    pub spec: Spec,
}

/// The inputs of a file.
#[derive(Debug, Serialize)]
pub(crate) struct Spec {
    pub inputs: Entries<Input>,
}

/// An input. GitLab puts its text into the file before that is read, so every input has a form in which nothing can be more than text.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Input {
    pub description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regex: Option<&'static str>,
}

/// A file.
#[derive(Debug, Serialize, Default)]
pub(crate) struct Pipeline {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow: Option<Workflow>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<Include>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Defaults>,
    #[serde(skip_serializing_if = "Entries::is_empty")]
    pub variables: Variables,
    #[serde(flatten)]
    pub jobs: Entries<Job>,
}

/// Whether there is a pipeline at all, and that nothing ends it but itself.
#[derive(Debug, Serialize)]
pub(crate) struct Workflow {
    pub auto_cancel: AutoCancel,
    pub rules: Vec<Rule>,
}

/// What cancels a pipeline.
#[derive(Debug, Serialize)]
pub(crate) struct AutoCancel {
    pub on_new_commit: &'static str,
    pub on_job_failure: &'static str,
}

/// A condition on when a pipeline, a file or a job is there. The first that holds decides.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Rule {
    #[serde(rename = "if", skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_failure: Option<bool>,
}

/// Another file of the same revision.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Include {
    pub local: String,
    #[serde(skip_serializing_if = "Entries::is_empty")]
    pub inputs: Variables,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
}

/// What every job is, unless it says otherwise.
#[derive(Debug, Serialize)]
pub(crate) struct Defaults {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    pub interruptible: bool,
    pub retry: u8,
}

/// Variables by name.
pub(crate) type Variables = Entries<Value>;

/// The value of a variable.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(crate) enum Value {
    /// A text in which nothing is put.
    Plain(String),
    /// A text into which GitLab would put something: it must not.
    Raw {
        /// The text.
        value: String,
        /// `false`.
        expand: bool,
    },
    /// An input, or another variable: quoted, so that what GitLab puts there stays one text.
    Filled(DoubleQuoted<String>),
}

impl Value {
    /// A text of the spec, as it is.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.contains(['$', '%']) { Self::Raw { value: text, expand: false } } else { Self::Plain(text) }
    }

    /// The value of an input of the file.
    pub(crate) fn input(name: &str) -> Self {
        Self::Filled(DoubleQuoted(format!("$[[ inputs.{name} ]]")))
    }

    /// The value of another variable.
    pub(crate) fn variable(name: &str) -> Self {
        Self::Filled(DoubleQuoted(format!("${name}")))
    }
}

/// A job: one that runs scripts, or one that triggers another pipeline.
#[derive(Debug, Serialize, Default)]
pub(crate) struct Job {
    pub stage: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<Vec<Need>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<String>,
    #[serde(skip_serializing_if = "Entries::is_empty")]
    pub id_tokens: Entries<IdToken>,
    #[serde(skip_serializing_if = "Entries::is_empty")]
    pub variables: Variables,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub before_script: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub script: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub after_script: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artifacts: Option<Artifacts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Trigger>,
}

/// What must have succeeded before a job.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(crate) enum Need {
    /// A job of the pipeline.
    Job {
        /// Its name.
        job: String,
        /// Whether what it kept is taken.
        artifacts: bool,
    },
    /// A job of the pipeline that triggered this one, whose files are taken.
    Parent {
        /// That pipeline.
        pipeline: DoubleQuoted<String>,
        /// The job.
        job: String,
    },
}

/// The environment that a job enters.
#[derive(Debug, Serialize)]
pub(crate) struct Environment {
    pub name: String,
    /// `start`: any other action enters without being asked.
    pub action: &'static str,
    pub deployment_tier: String,
}

/// A token that says who the job is.
#[derive(Debug, Serialize)]
pub(crate) struct IdToken {
    pub aud: String,
}

/// What a job keeps.
#[derive(Debug, Serialize)]
pub(crate) struct Artifacts {
    pub when: &'static str,
    pub expire_in: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reports: Option<Reports>,
}

/// What a job keeps that GitLab itself reads and shows.
#[derive(Debug, Serialize)]
pub(crate) struct Reports {
    pub junit: String,
}

/// The pipeline that a job triggers.
#[derive(Debug, Serialize)]
pub(crate) struct Trigger {
    pub include: Vec<Include>,
    /// `mirror`: the job lasts as long as the pipeline, and ends as it does.
    pub strategy: &'static str,
    pub forward: Forward,
}

/// What a triggered pipeline is told.
#[derive(Debug, Serialize)]
pub(crate) struct Forward {
    pub yaml_variables: bool,
    pub pipeline_variables: bool,
}
