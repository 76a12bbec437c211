//! Short-lived credentials for the deploying job, from the identity that GitLab gives it.

use clearway_plan::Credentials;

use super::context::AWS_AUDIENCE;
use super::model::{IdToken, Value, Variables};
use crate::cloud::Cloud;

/// The token that the role is taken with.
pub(crate) fn token(credentials: &Credentials) -> IdToken {
    let aud = match Cloud::of(credentials) {
        Cloud::Aws => AWS_AUDIENCE.to_owned(),
        Cloud::Google => "https://iam.googleapis.com/${CLEARWAY_IDENTITY_PROVIDER}".to_owned(),
        Cloud::Cluster => credentials.role.clone(),
    };
    IdToken { aud }
}

/// The line that takes the role, and what it is about.
pub(crate) fn take(credentials: &Credentials, variables: &mut Variables) -> String {
    variables.put("ROLE", Value::text(&credentials.role));
    let (take, least) = match Cloud::of(credentials) {
        Cloud::Aws => ("take_aws", 900),
        Cloud::Google => ("take_google", 600),
        Cloud::Cluster => ("take_cluster", 0),
    };
    variables.put("TTL", Value::text(credentials.ttl.max(least).to_string()));
    format!("{take}\n")
}
