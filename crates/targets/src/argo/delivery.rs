//! What Argo CD brings into the cluster, and when it may: the templates of the releases with what they rest on, and the Rollouts of each
//! environment. Nothing is brought by itself, and no version is: versions come by the workflows.

use clearway_plan::Plan;

use super::config::Config;
use super::model::{
    ApplicationSpec, Destination, Directory, GroupKind, Metadata, Object, ProjectSpec, Source, Spec,
    SyncPolicy,
};
use super::names::kube;
use super::{ARGO, FOLDER, document, labels, rollouts, windows, written};
use crate::File;

/// The namespace of Argo CD itself.
const OWN: &str = "argocd";

/// The cluster that Argo CD is in.
const HERE: &str = "https://kubernetes.default.svc";

/// The file of the project and its applications.
///
/// # Errors
///
/// It cannot be written down.
pub(super) fn files(plan: &Plan, config: &Config) -> Result<Vec<File>, String> {
    let project = kube(&plan.project);
    let releases =
        Destination { server: Some(HERE.to_owned()), name: None, namespace: config.namespace.clone() };
    let mut destinations = vec![releases.clone()];
    let mut sync_windows = Vec::new();
    let source = |path: &str, include: String, exclude: Option<&str>| Source {
        repo_url: config.repository.clone().unwrap_or_default(),
        target_revision: config.branch.clone(),
        path: path.to_owned(),
        directory: Directory { recurse: false, include, exclude: exclude.map(str::to_owned) },
    };
    let own = source(FOLDER, "*.yaml".to_owned(), Some("delivery.yaml"));
    let mut applications = vec![application(plan, &format!("{project}-releases"), &project, own, releases)?];
    for (name, place) in &plan.environments {
        let emitted = rollouts::of_environment(plan, name)?;
        let namespaces: std::collections::BTreeSet<&String> =
            emitted.rollouts.keys().map(|(namespace, _)| namespace).collect();
        let Some(first) = namespaces.iter().next() else { continue };
        // With a role of its own an environment is another cluster, which Argo CD knows by the name of the environment.
        let is_here = place.credentials.is_none();
        let destination = |namespace: &str| Destination {
            server: is_here.then(|| HERE.to_owned()),
            name: (!is_here).then(|| name.clone()),
            namespace: namespace.to_owned(),
        };
        destinations.extend(namespaces.iter().map(|namespace| destination(namespace)));
        let application_name = format!("{project}-{}", kube(name));
        let of_environment = source(&format!("{FOLDER}/rollouts"), format!("{name}.yaml"), None);
        applications.push(application(
            plan,
            &application_name,
            &project,
            of_environment,
            destination(first),
        )?);
        let opening = serde_json::to_value(&place.opening).map_err(|error| error.to_string())?;
        sync_windows.extend(windows::of(&opening, &application_name));
    }
    destinations.sort();
    destinations.dedup();
    let kinds = |kinds: &[(&'static str, &'static str)]| {
        kinds.iter().map(|(group, kind)| GroupKind { group, kind }).collect()
    };
    let rbac = "rbac.authorization.k8s.io";
    let admission = "admissionregistration.k8s.io";
    let spec = ProjectSpec {
        description: format!("The releases of {}", plan.project),
        source_repos: config.repository.iter().cloned().collect(),
        destinations,
        cluster_resource_whitelist: kinds(&[
            (admission, "ValidatingAdmissionPolicy"),
            (admission, "ValidatingAdmissionPolicyBinding"),
            (rbac, "ClusterRole"),
            (rbac, "ClusterRoleBinding"),
        ]),
        namespace_resource_whitelist: kinds(&[
            ("", "ConfigMap"),
            ("", "ServiceAccount"),
            (rbac, "Role"),
            (rbac, "RoleBinding"),
            ("argoproj.io", "WorkflowTemplate"),
            ("argoproj.io", "CronWorkflow"),
            ("argoproj.io", "Rollout"),
            ("argoproj.io", "AnalysisTemplate"),
            ("monitoring.coreos.com", "PrometheusRule"),
        ]),
        sync_windows,
    };
    let metadata = named(plan, &project);
    let project = document(&Object { api_version: ARGO, kind: "AppProject", metadata, body: Spec { spec } })?;
    let documents = [vec![project], applications].concat();
    Ok(vec![written(format!("{FOLDER}/delivery.yaml"), "the project", &documents)?])
}

fn named(plan: &Plan, name: &str) -> Metadata {
    Metadata { name: name.to_owned(), namespace: Some(OWN.to_owned()), labels: labels(plan) }
}

fn application(
    plan: &Plan,
    name: &str,
    project: &str,
    source: Source,
    destination: Destination,
) -> Result<String, String> {
    let spec = ApplicationSpec {
        project: project.to_owned(),
        source,
        destination,
        sync_policy: SyncPolicy { sync_options: vec!["ServerSideApply=true"] },
    };
    let metadata = named(plan, name);
    document(&Object { api_version: ARGO, kind: "Application", metadata, body: Spec { spec } })
}
