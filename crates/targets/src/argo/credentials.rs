//! Short-lived credentials for the deploying job, from the token that Kubernetes makes for its account.

use clearway_plan::Credentials;

use super::job::{Account, Job, Value};
use crate::cloud::Cloud;

/// What a token for Google is for, which the provider must take.
const GOOGLE_AUDIENCE: &str = "clearway";
/// What a token for AWS is for.
pub(crate) const AWS_AUDIENCE: &str = "sts.amazonaws.com";

/// What the token is for that a role is taken with.
pub(crate) fn audience(credentials: &Credentials) -> String {
    match Cloud::of(credentials) {
        Cloud::Aws => AWS_AUDIENCE.to_owned(),
        Cloud::Google => GOOGLE_AUDIENCE.to_owned(),
        Cloud::Cluster => credentials.role.clone(),
    }
}

/// Gives a job the account of its environment, and gives the line that takes the role, where there is one.
pub(crate) fn take(job: &mut Job, environment: &str, credentials: Option<&Credentials>) -> String {
    job.account = Account::Deploy(environment.to_owned());
    let Some(credentials) = credentials else { return String::new() };
    job.credentials = Some(credentials.clone());
    job.tell("ROLE", credentials.role.as_str());
    let (taken, least, given): (_, _, &[(&str, &str)]) = match Cloud::of(credentials) {
        Cloud::Aws => ("take_aws", 900, &[("AWS_REGION", "aws-region")]),
        Cloud::Google => ("take_google", 600, &[("CLEARWAY_IDENTITY_PROVIDER", "identity-provider")]),
        Cloud::Cluster => (
            "take_cluster",
            0,
            &[("CLEARWAY_CLUSTER_SERVER", "cluster-server"), ("CLEARWAY_CLUSTER_CA", "cluster-ca")],
        ),
    };
    job.tell("TTL", credentials.ttl.max(least).to_string());
    for (name, key) in given {
        job.variables.push(((*name).to_owned(), Value::Given(key)));
    }
    let needed = given.iter().map(|(name, key)| {
        format!("if [[ -z \"${{{name}:-}}\" ]]; then\n  echo 'the ConfigMap clearway-'\"${{ENVIRONMENT_NAME}}\"' has no {key}' >&2\n  exit 1\nfi\n")
    });
    job.tell("ENVIRONMENT_NAME", super::names::kube(environment));
    format!("{}CLEARWAY_DEPLOY_TOKEN=\"$(< /clearway/deploy/token)\"\n{taken}\n", needed.collect::<String>())
}
