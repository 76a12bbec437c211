//! Short-lived credentials for the deploying step, from the identity that GitHub gives a job.

use clearway_plan::Credentials;

use super::actions::Action;
use super::model::{Step, Texts};
use super::steps::Context;
use super::text::literal;
use crate::cloud::Cloud;

/// Asks for a token, and writes what `kubectl` and `helm` read.
const CLUSTER: &str = "audience=\"$(jq --raw-output --null-input --arg role \"${ROLE}\" '$role | @uri')\"\n\
    token=\"$(curl --fail --silent --show-error --retry 3 --header \"Authorization: bearer ${ACTIONS_ID_TOKEN_REQUEST_TOKEN}\" \\\n  \
    \"${ACTIONS_ID_TOKEN_REQUEST_URL}&audience=${audience}\" | jq --exit-status --raw-output .value)\"\n\
    echo \"::add-mask::${token}\"\n\
    umask 077\n\
    printf '%s' \"${token}\" > \"${RUNNER_TEMP}/clearway-token\"\n\
    jq --null-input --arg server \"${SERVER}\" --arg ca \"${CA}\" --arg token \"${token}\" '{\n  \
    apiVersion: \"v1\", kind: \"Config\", \"current-context\": \"clearway\",\n  \
    clusters: [{name: \"clearway\", cluster: {server: $server, \"certificate-authority-data\": $ca}}],\n  \
    users: [{name: \"clearway\", user: {token: $token}}],\n  \
    contexts: [{name: \"clearway\", context: {cluster: \"clearway\", user: \"clearway\"}}]\n\
    }' > \"${RUNNER_TEMP}/clearway-kubeconfig\"\n";

/// The step that takes the role.
pub(crate) fn take(context: &Context<'_>, credentials: &Credentials, condition: &str) -> Step {
    let role = literal(&credentials.role);
    let mut step = match Cloud::of(credentials) {
        Cloud::Aws => Step {
            uses: Some(Action::AwsCredentials.pinned(context.settings)),
            inputs: [
                ("role-to-assume", role),
                ("aws-region", "${{ vars.AWS_REGION }}".to_owned()),
                ("role-duration-seconds", credentials.ttl.max(900).to_string()),
            ]
            .into_iter()
            .collect(),
            ..Step::default()
        },
        Cloud::Google => Step {
            uses: Some(Action::GoogleAuth.pinned(context.settings)),
            inputs: [
                ("workload_identity_provider", "${{ vars.CLEARWAY_IDENTITY_PROVIDER }}".to_owned()),
                ("service_account", role),
                ("access_token_lifetime", format!("{}s", credentials.ttl)),
            ]
            .into_iter()
            .collect(),
            ..Step::default()
        },
        Cloud::Cluster => {
            let mut env = Texts::default();
            env.put("ROLE", role);
            env.put("SERVER", "${{ vars.CLEARWAY_CLUSTER_SERVER }}".to_owned());
            env.put("CA", "${{ vars.CLEARWAY_CLUSTER_CA }}".to_owned());
            context.script("", env, CLUSTER)
        }
    };
    "Take the role of the deployment".clone_into(&mut step.name);
    step.condition = Some(condition.to_owned());
    step
}

/// Puts what the deploying step reads them from beside it.
pub(crate) fn hand(credentials: Option<&Credentials>, env: &mut Texts) {
    if credentials.is_some_and(|credentials| Cloud::of(credentials) == Cloud::Cluster) {
        env.put("KUBECONFIG", "${{ runner.temp }}/clearway-kubeconfig".to_owned());
        env.put("CLEARWAY_TOKEN_FILE", "${{ runner.temp }}/clearway-token".to_owned());
    }
}
