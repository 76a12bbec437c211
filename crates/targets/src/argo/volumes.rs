//! The volumes that the jobs of a way may name.

use std::collections::BTreeSet;

use super::context::Context;
use super::credentials;
use super::job::token_volume;
use super::model::{Named, Nothing, Projected, SecretVolume, Token, TokenSource, Volume};
use super::texts::Texts;
use crate::settings::Binary;

/// The volumes that jobs may name.
pub(crate) fn volumes(context: &Context<'_>, texts: &Texts, tokens: &BTreeSet<String>) -> Vec<Volume> {
    let named = |name: &str| Volume { name: name.to_owned(), ..Volume::default() };
    let secret = |name: &str| Volume {
        secret: Some(SecretVolume { secret_name: format!("clearway-{name}"), optional: true }),
        ..named(name)
    };
    let token = |name: &str, audience: String, seconds: u64| Volume {
        projected: Some(Projected {
            sources: vec![TokenSource {
                service_account_token: Token { path: "token", audience, expiration_seconds: seconds },
            }],
        }),
        ..named(name)
    };
    let mut all = vec![
        Volume { config_map: Some(Named { name: texts.jobs_name() }), ..named("jobs") },
        Volume { empty_dir: Some(Nothing {}), ..named("scratch") },
    ];
    if matches!(context.settings.binary, Binary::Image(_)) {
        all.push(Volume { empty_dir: Some(Nothing {}), ..named("binary") });
    }
    all.extend([secret("git"), secret("registry")]);
    if context.settings.ledger.is_shared() {
        all.push(token("ledger", credentials::AWS_AUDIENCE.to_owned(), 3600));
    }
    for environment in tokens {
        let place = context.plan.environments.get(environment);
        if let Some(taken) = place.and_then(|place| place.credentials.as_ref()) {
            // No token of Kubernetes lasts less than ten minutes.
            all.push(token(&token_volume(environment), credentials::audience(taken), taken.ttl.max(600)));
        }
    }
    all
}
