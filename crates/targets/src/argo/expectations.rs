//! What is looked at before every run: the policies, as the cluster has them.

use clearway_plan::Plan;
use serde::Serialize;
use serde_json::Value;

use super::admission::policies;
use super::config::Config;
use super::jobs::EXPECTATIONS;
use crate::expectation::{Expectation, Expectations, Wanted};
use crate::{File, Settings};

/// The file of every expectation.
///
/// # Errors
///
/// It cannot be written down.
pub(super) fn file(plan: &Plan, _settings: &Settings, config: &Config) -> Result<File, String> {
    let mut all = Vec::new();
    for one in policies(plan, config) {
        let why = "others could be named than those who agree, or a run be changed while it is under way";
        let url = |kind: &str| format!("/apis/admissionregistration.k8s.io/v1/{kind}/{}", one.name);
        let policy = url("validatingadmissionpolicies");
        let binding = url("validatingadmissionpolicybindings");
        let pointers =
            ["/failurePolicy", "/matchConstraints/resourceRules", "/matchConditions", "/validations"];
        expect(&mut all, &policy, &value(&one.policy)?, &pointers, why);
        let pointers = ["/policyName", "/validationActions", "/matchResources/namespaceSelector"];
        expect(&mut all, &binding, &value(&one.binding)?, &pointers, why);
    }
    let text = serde_json::to_string_pretty(&Expectations { expectations: all });
    Ok(File::new(EXPECTATIONS, text.map_err(|error| error.to_string())? + "\n"))
}

fn value(of: &impl Serialize) -> Result<Value, String> {
    serde_json::to_value(of).map_err(|error| error.to_string())
}

/// That each part of what is emitted is what the cluster has.
fn expect(all: &mut Vec<Expectation>, url: &str, spec: &Value, pointers: &[&str], why: &str) {
    for pointer in pointers {
        let Some(value) = spec.pointer(pointer) else { continue };
        all.push(Expectation {
            url: url.to_owned(),
            element: None,
            pointer: format!("/spec{pointer}"),
            wanted: Wanted::Equals { equals: value.clone() },
            why: why.to_owned(),
        });
    }
}
