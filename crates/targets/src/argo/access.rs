//! Who may do what in the cluster: an account for each kind of job, with the rights that it uses and no others, and the people of the spec.

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::{Credentials, Deployer, Plan, StepKind};
use serde_json::json;

use super::config::Config;
use super::model::{Account, Binding, Metadata, Object, Role, RoleRef, Rule, Subject};
use super::names::kube;
use super::rollouts::{name_of, namespace, rollout};
use super::{FOLDER, credentials, document, labels, metadata, written};
use crate::{File, Settings};

/// The group of roles.
const RBAC: &str = "rbac.authorization.k8s.io";
const RBAC_VERSION: &str = "rbac.authorization.k8s.io/v1";

/// Where the trust policy is written.
const TRUST: &str = ".clearway/settings/argo/trust.json";

fn rule(group: &'static str, resources: &[&'static str], verbs: &[&'static str]) -> Rule {
    Rule {
        api_groups: vec![group],
        resources: resources.to_vec(),
        resource_names: Vec::new(),
        verbs: verbs.to_vec(),
    }
}

/// What every job tells the controller.
fn reports() -> Rule {
    rule("argoproj.io", &["workflowtaskresults"], &["create", "patch"])
}

/// The accounts and what they may do.
///
/// # Errors
///
/// Something cannot be written down.
pub(super) fn files(plan: &Plan, config: &Config) -> Result<Vec<File>, String> {
    let mut all = Roles { plan, config, documents: Vec::new() };
    let approvals = rule("", &["configmaps"], &["get", "list"]);
    let signers = plan.artifacts.values().filter(|artifact| artifact.imported_from.is_some());
    let signers: BTreeSet<String> = signers.map(super::repositories::signer).collect();
    let mut of_run = vec![reports(), approvals];
    if !signers.is_empty() {
        let names = signers.into_iter().collect();
        of_run.push(Rule { resource_names: names, ..rule("", &["secrets"], &["get"]) });
    }
    all.account(&config.account, of_run)?;
    all.account(&config.builder(), vec![reports()])?;
    for environment in environments(plan) {
        all.account(&config.deployer(environment), vec![reports()])?;
        let place = plan.environments.get(environment);
        if place.is_some_and(|place| place.credentials.is_none()) {
            // Without a role of its own an environment is in this cluster, and the account of the job is who deploys.
            for (namespace, rules) in deploys(plan, environment) {
                all.role(
                    &config.deployer(environment),
                    Some(&namespace),
                    rules,
                    &[config.deployer(environment)],
                )?;
            }
        }
    }
    all.settings()?;
    all.people()?;
    let path = format!("{FOLDER}/access.yaml");
    Ok(vec![written(path, "the project", &all.documents)?])
}

/// The environments that some job changes.
pub(super) fn environments(plan: &Plan) -> BTreeSet<&str> {
    let steps = plan.releases.iter().flat_map(|release| &release.paths).flat_map(|path| &path.steps);
    let changes = |does: &&StepKind| {
        matches!(does, StepKind::Deploy { .. } | StepKind::Rollback { .. } | StepKind::Flag { .. })
    };
    steps.map(|step| &step.does).filter(changes).filter_map(StepKind::environment).collect()
}

/// What deploying takes in each namespace of this cluster: the very workloads that are named.
fn deploys(plan: &Plan, environment: &str) -> BTreeMap<String, Vec<Rule>> {
    let mut found: BTreeMap<String, [BTreeSet<String>; 3]> = BTreeMap::new();
    let stages = plan.releases.iter().filter_map(|release| release.stage(environment));
    for (stage, moved) in stages
        .flat_map(|stage| stage.waves.iter().flat_map(|wave| &wave.moves).map(move |moved| (stage, moved)))
    {
        let deployer = plan.artifacts.get(&moved.service).and_then(|artifact| artifact.deploy.as_ref());
        let Some(Deployer::Kubernetes { workload, namespace: declared }) = deployer else { continue };
        let [deployments, sets, rollouts] = found.entry(namespace(declared).to_owned()).or_default();
        let name = name_of(workload).to_owned();
        if rollout(plan, stage, moved).is_some() {
            rollouts.insert(name.clone());
        }
        let names = if workload.starts_with("deploy") { deployments } else { sets };
        // What takes a share is beside it, and is looked for whenever all goes to a version.
        names.insert(format!("{name}-canary"));
        names.insert(name);
    }
    let named = |group, resources: &[&'static str], names: BTreeSet<String>| {
        let rule = rule(group, resources, &["get", "list", "watch", "patch", "update", "delete"]);
        (!names.is_empty()).then(|| Rule { resource_names: names.into_iter().collect(), ..rule })
    };
    let rules = |[deployments, sets, rollouts]: [BTreeSet<String>; 3]| {
        let creates = (!deployments.is_empty()).then(|| rule("apps", &["deployments"], &["create"]));
        // What was live before is found in the history of a workload, which is kept in objects whose names nobody knows.
        let history = [(&deployments, "replicasets"), (&sets, "controllerrevisions")];
        let history =
            history.map(|(names, kept)| (!names.is_empty()).then(|| rule("apps", &[kept], &["list"])));
        let sets = named("apps", &["statefulsets", "statefulsets/scale", "daemonsets"], sets);
        let deployments = named("apps", &["deployments", "deployments/scale"], deployments);
        let rollouts = named("argoproj.io", &["rollouts", "rollouts/scale", "rollouts/status"], rollouts);
        [creates, deployments, sets, rollouts].into_iter().chain(history).flatten().collect()
    };
    found.into_iter().map(|(namespace, names)| (namespace, rules(names))).collect()
}

/// Roles so far.
struct Roles<'p> {
    plan: &'p Plan,
    config: &'p Config,
    documents: Vec<String>,
}

impl Roles<'_> {
    /// An account of the namespace of the releases, with its role there.
    fn account(&mut self, name: &str, rules: Vec<Rule>) -> Result<(), String> {
        let metadata = metadata(self.plan, self.config, name);
        let body = Account {};
        self.documents.push(document(&Object { api_version: "v1", kind: "ServiceAccount", metadata, body })?);
        self.role(name, None, rules, &[name.to_owned()])
    }

    /// A role of a namespace, and the accounts that have it.
    fn role(
        &mut self,
        name: &str,
        namespace: Option<&str>,
        rules: Vec<Rule>,
        accounts: &[String],
    ) -> Result<(), String> {
        let own = self.config.namespace.clone();
        let subject = |account: &String| Subject {
            api_group: None,
            kind: "ServiceAccount",
            name: account.clone(),
            namespace: Some(own.clone()),
        };
        let subjects = accounts.iter().map(subject).collect();
        let mut metadata = metadata(self.plan, self.config, name);
        if let Some(namespace) = namespace {
            metadata.namespace = Some(namespace.to_owned());
        }
        self.bound(("Role", "RoleBinding"), metadata, rules, subjects)
    }

    fn bound(
        &mut self,
        (role, binding): (&'static str, &'static str),
        metadata: Metadata,
        rules: Vec<Rule>,
        subjects: Vec<Subject>,
    ) -> Result<(), String> {
        let role_ref = RoleRef { api_group: RBAC, kind: role, name: metadata.name.clone() };
        let object = Object {
            api_version: RBAC_VERSION,
            kind: role,
            metadata: metadata.clone(),
            body: Role { rules },
        };
        self.documents.push(document(&object)?);
        let body = Binding { role_ref, subjects };
        self.documents.push(document(&Object { api_version: RBAC_VERSION, kind: binding, metadata, body })?);
        Ok(())
    }

    /// The first job of a run reads the policies, which are of the whole cluster.
    fn settings(&mut self) -> Result<(), String> {
        let policies = ["validatingadmissionpolicies", "validatingadmissionpolicybindings"];
        let rules = vec![rule("admissionregistration.k8s.io", &policies, &["get"])];
        let subject = Subject {
            api_group: None,
            kind: "ServiceAccount",
            name: self.config.account.clone(),
            namespace: Some(self.config.namespace.clone()),
        };
        let name = format!("{}-{}-preflight", self.config.namespace, self.config.account);
        let metadata = Metadata { name, namespace: None, labels: labels(self.plan) };
        self.bound(("ClusterRole", "ClusterRoleBinding"), metadata, rules, vec![subject])
    }

    /// The people of the spec may start runs, say what they think of them, and resume what waits. Policies hold them to their own names.
    fn people(&mut self) -> Result<(), String> {
        let mut people: BTreeSet<&str> = BTreeSet::new();
        for name in self.plan.groups.values().flat_map(|group| &group.members) {
            let email = self.plan.people.get(name).and_then(|person| person.email.as_deref());
            people.insert(email.unwrap_or(name));
        }
        let subject = |name: &str| Subject {
            api_group: Some(RBAC),
            kind: "User",
            name: name.to_owned(),
            namespace: None,
        };
        let subjects: Vec<Subject> = people.into_iter().map(subject).collect();
        if subjects.is_empty() {
            return Ok(());
        }
        let rules = vec![
            rule("argoproj.io", &["workflows"], &["create", "get", "list", "watch", "patch", "update"]),
            rule("argoproj.io", &["workflowtemplates", "cronworkflows"], &["get", "list", "watch"]),
            rule("", &["configmaps"], &["create", "get", "list"]),
            rule("", &["pods", "pods/log"], &["get", "list", "watch"]),
        ];
        let name = format!("{}-people", self.config.account);
        let metadata = metadata(self.plan, self.config, &name);
        self.bound(("Role", "RoleBinding"), metadata, rules, subjects)
    }
}

/// The trust policy: which account of the cluster may take which role.
pub(super) fn trust(plan: &Plan, settings: &Settings, config: &Config) -> File {
    let mut roles: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    let subject = |account: &str| format!("system:serviceaccount:{}:{account}", config.namespace);
    let all = environments(plan);
    for environment in &all {
        let place = plan.environments.get(*environment);
        let Some(taken) = place.and_then(|place| place.credentials.as_ref()) else { continue };
        let Credentials { role, .. } = taken;
        let account = subject(&config.deployer(environment));
        roles.entry(role.clone()).or_default().insert((account, credentials::audience(taken)));
    }
    if let crate::settings::Ledger::S3 { role: Some(role), .. } = &settings.ledger {
        let writers =
            std::iter::once(config.account.clone()).chain(all.iter().map(|one| config.deployer(one)));
        let allowed = roles.entry(role.clone()).or_default();
        allowed.extend(writers.map(|account| (subject(&account), credentials::AWS_AUDIENCE.to_owned())));
    }
    let told = |(role, allow): (String, BTreeSet<(String, String)>)| {
        let allow: Vec<_> = allow.into_iter().map(|(sub, aud)| json!({ "sub": sub, "aud": aud })).collect();
        json!({ "role": role, "allow": allow })
    };
    let roles: Vec<_> = roles.into_iter().map(told).collect();
    let text = serde_json::to_string_pretty(&json!({ "roles": roles })).unwrap_or_default() + "\n";
    File::new(TRUST, text)
}

/// What a person runs who agrees to a step.
pub(super) fn approving(config: &Config) -> File {
    let text = include_str!("approve.sh").replace("@NAMESPACE@", &config.namespace);
    File { path: format!("{FOLDER}/approve.sh"), text, executable: true }
}

/// The name of the policies of a namespace.
pub(super) fn policy(config: &Config, what: &str) -> String {
    format!("clearway-{}-{what}", kube(&config.namespace))
}
