//! Templates of Argo Workflows, in the forms of its version 4.

use serde::Serialize;

/// What a template of workflows is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WorkflowSpec {
    pub entrypoint: &'static str,
    #[serde(skip_serializing_if = "Parameters::is_empty")]
    pub arguments: Parameters,
    pub service_account_name: String,
    pub security_context: PodSecurity,
    #[serde(rename = "podGC")]
    pub pod_gc: Strategy,
    #[serde(rename = "artifactGC")]
    pub artifact_gc: Strategy,
    pub archive_logs: bool,
    pub volumes: Vec<Volume>,
    pub templates: Vec<Template>,
}

/// What a pod may not do.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PodSecurity {
    pub run_as_non_root: bool,
    pub seccomp_profile: Typed,
}

/// Something that is told by its type alone.
#[derive(Debug, Serialize)]
pub(crate) struct Typed {
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// When something is taken away.
#[derive(Debug, Serialize)]
pub(crate) struct Strategy {
    pub strategy: &'static str,
}

/// Parameters that somebody gives, or that one template has.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Parameters {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub artifacts: Vec<Artifact>,
}

impl Parameters {
    pub(crate) const fn is_empty(&self) -> bool {
        self.parameters.is_empty() && self.artifacts.is_empty()
    }
}

/// A parameter.
#[derive(Debug, Default, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Parameter {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_from: Option<PathOf>,
}

/// The file that a parameter is read from.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PathOf {
    pub path: String,
}

/// A file that goes from one job to others.
#[derive(Debug, Default, Clone, Serialize)]
pub(crate) struct Artifact {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Who may do what with the file, once it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archive: Option<Archive>,
}

/// How a file is packed: not at all, so that its digest stays the same.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Archive {
    pub none: Nothing,
}

/// An object with nothing in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Nothing {}

/// A job, a wait, or a graph of them.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Template {
    pub name: String,
    #[serde(skip_serializing_if = "Parameters::is_empty")]
    pub inputs: Parameters,
    #[serde(skip_serializing_if = "Parameters::is_empty")]
    pub outputs: Parameters,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub synchronization: Option<Synchronization>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_deadline_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_account_name: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub init_containers: Vec<InitContainer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<Container>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspend: Option<Suspend>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dag: Option<Dag>,
}

/// What a template holds while it runs.
#[derive(Debug, Serialize)]
pub(crate) struct Synchronization {
    pub mutexes: Vec<Mutex>,
}

/// A lock of the namespace.
#[derive(Debug, Serialize)]
pub(crate) struct Mutex {
    pub name: String,
}

/// A wait for people, after which it goes on by itself: whoever waits then looks who agreed.
#[derive(Debug, Serialize)]
pub(crate) struct Suspend {
    pub duration: String,
}

/// A graph of tasks.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Dag {
    /// `false`: what does not stand on what failed goes on, and with it the way back.
    pub fail_fast: bool,
    pub tasks: Vec<Task>,
}

/// A use of a template.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Task {
    pub name: String,
    pub template: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub depends: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    #[serde(skip_serializing_if = "Arguments::is_empty")]
    pub arguments: Arguments,
}

/// What a task gives to its template.
#[derive(Debug, Default, Clone, Serialize)]
pub(crate) struct Arguments {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub artifacts: Vec<Artifact>,
}

impl Arguments {
    pub(crate) const fn is_empty(&self) -> bool {
        self.parameters.is_empty() && self.artifacts.is_empty()
    }
}

/// The container of a job.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Container {
    pub image: String,
    pub command: Vec<String>,
    pub env_from: Vec<EnvFrom>,
    pub env: Vec<Env>,
    pub volume_mounts: Vec<Mount>,
    pub security_context: ContainerSecurity,
}

/// What a container may not do.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContainerSecurity {
    pub allow_privilege_escalation: bool,
    pub capabilities: Capabilities,
}

/// What a process is not given.
#[derive(Debug, Serialize)]
pub(crate) struct Capabilities {
    pub drop: [&'static str; 1],
}

/// A container that runs before.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InitContainer {
    pub name: &'static str,
    pub image: String,
    pub command: Vec<String>,
    pub volume_mounts: Vec<Mount>,
    pub security_context: ContainerSecurity,
}

/// A variable.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Env {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_from: Option<ValueFrom>,
}

/// Where a variable is read.
#[derive(Debug, Clone, Serialize)]
pub(crate) enum ValueFrom {
    #[serde(rename = "configMapKeyRef")]
    ConfigMap(Key),
    #[serde(rename = "secretKeyRef")]
    Secret(Key),
}

/// A key of an object.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Key {
    pub name: String,
    pub key: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

/// Where variables are read, each by its name.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EnvFrom {
    pub config_map_ref: Named,
}

/// A name.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Named {
    pub name: String,
}

/// A place where a volume is.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Mount {
    pub name: String,
    pub mount_path: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub read_only: bool,
}

/// A volume; a pod has those that its containers name.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Volume {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_map: Option<Named>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub empty_dir: Option<Nothing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<SecretVolume>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projected: Option<Projected>,
}

/// A secret of the namespace.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecretVolume {
    pub secret_name: String,
    pub optional: bool,
}

/// What Kubernetes makes for one pod.
#[derive(Debug, Serialize)]
pub(crate) struct Projected {
    pub sources: Vec<TokenSource>,
}

/// A token that says which account the pod has.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TokenSource {
    pub service_account_token: Token,
}

/// What a token is for, and how long it lasts.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Token {
    pub path: &'static str,
    pub audience: String,
    pub expiration_seconds: u64,
}

/// A workflow that the clock starts.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CronSpec {
    pub schedules: Vec<&'static str>,
    pub timezone: &'static str,
    pub concurrency_policy: &'static str,
    pub workflow_spec: ByTemplate,
}

/// A workflow that is nothing but its template.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ByTemplate {
    pub workflow_template_ref: Named,
}
