//! Who may do what: accounts, roles, and the policies by which the API server admits objects.

use serde::Serialize;

/// An account of pods.
#[derive(Debug, Serialize)]
pub(crate) struct Account {}

/// What somebody may do.
#[derive(Debug, Serialize)]
pub(crate) struct Role {
    pub rules: Vec<Rule>,
}

/// Verbs on resources.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rule {
    pub api_groups: Vec<&'static str>,
    pub resources: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource_names: Vec<String>,
    pub verbs: Vec<&'static str>,
}

/// Who has a role.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Binding {
    pub role_ref: RoleRef,
    pub subjects: Vec<Subject>,
}

/// A role.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoleRef {
    pub api_group: &'static str,
    pub kind: &'static str,
    pub name: String,
}

/// An account or a person.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Subject {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_group: Option<&'static str>,
    pub kind: &'static str,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}

/// What the API server looks at before it takes an object.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AdmissionPolicy {
    pub failure_policy: &'static str,
    pub match_constraints: MatchConstraints,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub match_conditions: Vec<MatchCondition>,
    pub validations: Vec<Validation>,
}

/// The objects that a policy is about.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MatchConstraints {
    pub resource_rules: Vec<ResourceRule>,
}

/// Operations on resources.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResourceRule {
    pub api_groups: Vec<&'static str>,
    pub api_versions: Vec<&'static str>,
    pub operations: Vec<&'static str>,
    pub resources: Vec<&'static str>,
    pub scope: &'static str,
}

/// Which of them it is about.
#[derive(Debug, Serialize)]
pub(crate) struct MatchCondition {
    pub name: &'static str,
    pub expression: &'static str,
}

/// What must hold, and what is said where it does not.
#[derive(Debug, Serialize)]
pub(crate) struct Validation {
    pub expression: String,
    pub message: &'static str,
}

/// Where a policy holds.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PolicyBinding {
    pub policy_name: String,
    pub validation_actions: Vec<&'static str>,
    pub match_resources: MatchResources,
}

/// The namespaces in which it does.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MatchResources {
    pub namespace_selector: Selector,
}

/// Labels that something has.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Selector {
    pub match_labels: crate::entries::Texts,
}
