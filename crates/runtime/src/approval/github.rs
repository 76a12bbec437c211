//! Approvals and authors as GitHub tells them.

use clearway_plan::Plan;
use serde::Deserialize;
use serde_json::Value;

use super::source::{Authors, PAGE, PAGES, Review, too_many};
use crate::github::GitHub;
use crate::http::Unanswered;
use crate::platform::Platform;
use crate::trouble::Trouble;

/// An answer of a person: `GET /repos/{repository}/actions/runs/{run}/approvals`.
#[derive(Deserialize)]
struct Told {
    state: String,
    environments: Vec<Seat>,
    user: User,
}

/// An environment that was asked about.
#[derive(Deserialize)]
struct Seat {
    name: String,
}

/// An account.
#[derive(Deserialize)]
struct User {
    login: String,
    #[serde(default, rename = "type")]
    kind: Option<String>,
}

/// Reads answers of people.
pub(super) fn reviews(value: &Value) -> Result<Vec<Review>, serde_json::Error> {
    let told: Vec<Told> = serde_json::from_value(value.clone())?;
    let review = |told: Told| Review {
        state: told.state,
        seats: told.environments.into_iter().map(|seat| seat.name).collect(),
        is_person: told.user.kind.as_deref().is_none_or(|kind| kind == "User"),
        login: told.user.login,
    };
    Ok(told.into_iter().map(review).collect())
}

/// The approvals of a run.
///
/// # Errors
///
/// GitHub does not give them.
pub fn approvals(github: &GitHub, run: &str) -> Result<Value, Trouble> {
    if run.is_empty() || !run.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Trouble::new("GitHub does not say which run this is")
            .help("GITHUB_RUN_ID is its number; elsewhere give `--approvals FILE`"));
    }
    github
        .get(&format!("/repos/{{repository}}/actions/runs/{run}/approvals"))
        .map_err(|error| unanswered(&error, "approvals"))
}

fn unanswered(error: &Unanswered, what: &str) -> Trouble {
    Trouble::new(format!("GitHub does not give the {what}: {}", error.why))
        .help("the job needs `actions: read` and `contents: read`, and GH_TOKEN")
}

/// Asks who wrote the commits between what is deployed and what ships; without a commit that is deployed, all commits up to it.
pub(super) fn authors(
    plan: &Plan,
    github: &GitHub,
    deployed: Option<&str>,
    commit: &str,
) -> Result<Authors, Trouble> {
    let mut authors = Authors::default();
    for page in 1..=PAGES {
        let (url, at) = match deployed {
            Some(base) => (
                format!("/repos/{{repository}}/compare/{base}...{commit}?per_page={PAGE}&page={page}"),
                "/commits",
            ),
            None => (format!("/repos/{{repository}}/commits?sha={commit}&per_page={PAGE}&page={page}"), ""),
        };
        let answer = github.get(&url).map_err(|error| unanswered(&error, "commits"))?;
        let Some(commits) = answer.pointer(at).and_then(Value::as_array) else {
            return Err(Trouble::new("GitHub's answer has no commits"));
        };
        for commit in commits {
            let text = |pointer: &str| commit.pointer(pointer).and_then(Value::as_str);
            authors.add(
                plan,
                Platform::GitHub,
                text("/author/login"),
                text("/commit/author/email"),
                text("/sha"),
            );
        }
        if commits.len() < PAGE {
            return Ok(authors);
        }
    }
    Err(too_many())
}
