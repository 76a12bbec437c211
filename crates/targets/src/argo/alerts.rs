//! Alerts as rules that the Prometheus operator loads, each with the twin that tells silence.

use clearway_plan::Plan;

use super::model::{Metadata, Object, Spec};
use super::names::kube;
use super::{FOLDER, document, labels, written};
use crate::prometheus::groups;
use crate::{File, Settings};

/// A file for each environment that has alerts.
///
/// # Errors
///
/// A condition of an alert has no form as a query.
pub(super) fn files(plan: &Plan, settings: &Settings) -> Result<Vec<File>, String> {
    let mut files = Vec::new();
    for (environment, groups) in groups(plan)? {
        let name = format!("{}-{}", kube(&plan.project), kube(environment));
        // The namespace is that of whoever applies it: a Prometheus looks where it is told to.
        let mut metadata = Metadata { name, namespace: None, labels: labels(plan) };
        metadata.labels.put("clearway.dev/environment", kube(environment));
        if let Some((key, value)) = settings.get("rule-label", "").split_once('=') {
            metadata.labels.put(key, value.to_owned());
        }
        let object = Object {
            api_version: "monitoring.coreos.com/v1",
            kind: "PrometheusRule",
            metadata,
            body: Spec { spec: groups },
        };
        let path = format!("{FOLDER}/alerts/{environment}.yaml");
        files.push(written(path, &format!("the alerts in {environment}"), &[document(&object)?])?);
    }
    Ok(files)
}
