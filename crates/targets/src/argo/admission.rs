//! What the API server admits: an approval in one's own name, never changed; a run as its template says, in one's own name, never stopped from
//! outside. Argo itself knows neither.

use clearway_plan::{Plan, Recurring};

use super::access::policy;
use super::config::Config;
use super::model::{
    AdmissionPolicy, MatchCondition, MatchConstraints, MatchResources, Metadata, Object, PolicyBinding,
    ResourceRule, Selector, Spec, Validation,
};
use super::{FOLDER, document, labels, names, written};
use crate::File;
use crate::entries::Texts;

const VERSION: &str = "admissionregistration.k8s.io/v1";

/// A policy and where it holds.
pub(super) struct Policy {
    pub name: String,
    pub policy: AdmissionPolicy,
    pub binding: PolicyBinding,
}

/// Every policy.
pub(super) fn policies(plan: &Plan, config: &Config) -> [Policy; 2] {
    [approvals(config), runs(plan, config)]
}

/// Their file.
///
/// # Errors
///
/// A policy cannot be written down.
pub(super) fn files(plan: &Plan, config: &Config) -> Result<Vec<File>, String> {
    let mut documents = Vec::new();
    for Policy { name, policy, binding } in policies(plan, config) {
        let metadata = Metadata { name, namespace: None, labels: labels(plan) };
        documents.push(document(&Object {
            api_version: VERSION,
            kind: "ValidatingAdmissionPolicy",
            metadata: metadata.clone(),
            body: Spec { spec: policy },
        })?);
        documents.push(document(&Object {
            api_version: VERSION,
            kind: "ValidatingAdmissionPolicyBinding",
            metadata,
            body: Spec { spec: binding },
        })?);
    }
    Ok(vec![written(format!("{FOLDER}/admission.yaml"), "the project", &documents)?])
}

fn validation(expression: &str, message: &'static str) -> Validation {
    Validation { expression: expression.to_owned(), message }
}

fn bound(
    config: &Config,
    name: String,
    rule: ResourceRule,
    conditions: Vec<MatchCondition>,
    validations: Vec<Validation>,
) -> Policy {
    let namespace = [("kubernetes.io/metadata.name", config.namespace.clone())];
    Policy {
        binding: PolicyBinding {
            policy_name: name.clone(),
            validation_actions: vec!["Deny"],
            match_resources: MatchResources {
                namespace_selector: Selector { match_labels: Texts::from_iter(namespace) },
            },
        },
        policy: AdmissionPolicy {
            failure_policy: "Fail",
            match_constraints: MatchConstraints { resource_rules: vec![rule] },
            match_conditions: conditions,
            validations,
        },
        name,
    }
}

/// What a person says is said in that person's own name, and stays.
fn approvals(config: &Config) -> Policy {
    let rule = ResourceRule {
        api_groups: vec![""],
        api_versions: vec!["v1"],
        operations: vec!["CREATE", "UPDATE"],
        resources: vec!["configmaps"],
        scope: "Namespaced",
    };
    let is_one = MatchCondition {
        name: "is-an-approval",
        expression: "has(object.metadata.labels) && 'clearway.dev/approval' in object.metadata.labels || \
            request.operation == 'UPDATE' && has(oldObject.metadata.labels) && 'clearway.dev/approval' in oldObject.metadata.labels",
    };
    let validations = vec![
        validation("request.operation == 'CREATE'", "an approval is given once and never changed"),
        validation("has(object.immutable) && object.immutable", "an approval must be immutable"),
        validation(
            "has(object.data) && 'person' in object.data && object.data.person == request.userInfo.username",
            "an approval is given in one's own name alone",
        ),
        validation("!request.userInfo.username.startsWith('system:')", "only people approve"),
    ];
    bound(config, policy(config, "approvals"), rule, vec![is_one], validations)
}

/// A run is what its template says, told by whoever starts it in their own name, and ends by itself.
fn runs(plan: &Plan, config: &Config) -> Policy {
    let rule = ResourceRule {
        api_groups: vec!["argoproj.io"],
        api_versions: vec!["*"],
        operations: vec!["CREATE", "UPDATE", "DELETE"],
        resources: vec!["workflows"],
        scope: "Namespaced",
    };
    let ramps = plan.releases.iter().map(names::flags);
    let clocked = ramps.chain(Recurring::of(plan).map(|one| one.name().to_owned()));
    let clocked = clocked.map(|name| format!("'{name}'"));
    let clocked = clocked.collect::<Vec<_>>().join(", ");
    let own = format!(
        "request.operation != 'CREATE' || object.spec.workflowTemplateRef.name in [{clocked}] || \
         !request.userInfo.username.startsWith('system:') && has(object.spec.arguments) && has(object.spec.arguments.parameters) && \
         object.spec.arguments.parameters.exists(one, one.name == 'started-by' && one.value == request.userInfo.username)"
    );
    let validations = vec![
        // The keys of a spec are looked at as those of a map: by its schema it is an object, which the type check takes for no list of them.
        validation(
            "request.operation != 'CREATE' || has(object.spec.workflowTemplateRef) && \
             dyn(object.spec).all(key, key in ['arguments', 'workflowTemplateRef'])",
            "a run is what its template says: give it a template and arguments alone",
        ),
        Validation {
            expression: own,
            message: "a run is started in one's own name alone: give it your name as started-by",
        },
        validation(
            "request.operation != 'UPDATE' || !has(object.spec.shutdown)",
            "a run that is stopped or terminated would not go back: let it end",
        ),
        validation(
            "request.operation != 'UPDATE' || has(object.spec.arguments) == has(oldObject.spec.arguments) && \
             (!has(object.spec.arguments) || object.spec.arguments == oldObject.spec.arguments)",
            "what a run was told is never changed",
        ),
        validation(
            "request.operation != 'DELETE' || has(oldObject.status) && has(oldObject.status.phase) && \
             oldObject.status.phase in ['Succeeded', 'Failed', 'Error']",
            "a run that is taken away would not go back: let it end",
        ),
    ];
    bound(config, policy(config, "runs"), rule, Vec::new(), validations)
}
