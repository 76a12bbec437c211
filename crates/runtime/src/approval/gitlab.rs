//! Approvals and authors as GitLab tells them. A job that enters an environment has a deployment there, and people approve that.

use clearway_plan::Plan;
use serde::Deserialize;
use serde_json::Value;

use super::source::{Authors, PAGE, PAGES, Review, too_many};
use crate::gitlab::{GitLab, encoded};
use crate::http::Unanswered;
use crate::platform::Platform;
use crate::trouble::Trouble;

/// A deployment: `GET /projects/{repository}/deployments/{id}`.
#[derive(Deserialize)]
struct Deployment {
    environment: Environment,
    #[serde(default)]
    approvals: Vec<Told>,
}

/// Where it deploys to.
#[derive(Deserialize)]
struct Environment {
    name: String,
}

/// An answer of a person.
#[derive(Deserialize)]
struct Told {
    status: String,
    user: User,
}

/// An account.
#[derive(Deserialize)]
struct User {
    username: String,
    #[serde(default)]
    bot: bool,
}

/// Reads answers of people.
pub(super) fn reviews(value: &Value) -> Result<Vec<Review>, serde_json::Error> {
    let Deployment { environment, approvals } = serde_json::from_value(value.clone())?;
    let review = |told: Told| Review {
        state: told.status,
        seats: vec![environment.name.clone()],
        is_person: !told.user.bot,
        login: told.user.username,
    };
    Ok(approvals.into_iter().map(review).collect())
}

/// The deployment of a job, with the answers of people. One that a job of the same name had before is another one.
///
/// # Errors
///
/// GitLab does not give it, or the job has none.
pub fn deployment(gitlab: &GitLab, environment: &str, job: &str) -> Result<Value, Trouble> {
    let job: u64 = job.parse().map_err(|_| {
        Trouble::new("GitLab does not say which job this is")
            .help("CI_JOB_ID is its number; elsewhere give `--approvals FILE`")
    })?;
    let url = format!(
        "/projects/{{repository}}/deployments?environment={}&order_by=id&sort=desc&per_page={PAGE}",
        encoded(environment)
    );
    let all = gitlab.get(&url).map_err(|error| unanswered(&error, "deployments"))?;
    let is_ours = |one: &&Value| one.pointer("/deployable/id").and_then(Value::as_u64) == Some(job);
    let id = all.as_array().into_iter().flatten().find(is_ours).and_then(|one| one["id"].as_u64());
    let id = id.ok_or_else(|| {
        Trouble::new(format!("job {job} has no deployment to `{environment}` that anybody could approve"))
            .help("the job of an approval must enter its environment with `action: start`")
    })?;
    gitlab
        .get(&format!("/projects/{{repository}}/deployments/{id}"))
        .map_err(|error| unanswered(&error, "approvals"))
}

/// Who started a pipeline.
///
/// # Errors
///
/// GitLab does not say.
pub fn starter(gitlab: &GitLab, pipeline: &str) -> Result<String, Trouble> {
    if pipeline.is_empty() || !pipeline.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Trouble::new(format!("`{}` is no pipeline of GitLab's", pipeline.escape_debug()))
            .help("`--run` is its number; elsewhere give `--deployer LOGIN`"));
    }
    let answer = gitlab
        .get(&format!("/projects/{{repository}}/pipelines/{pipeline}"))
        .map_err(|error| unanswered(&error, "pipeline"))?;
    let name = answer.pointer("/user/username").and_then(Value::as_str);
    name.map(str::to_owned)
        .ok_or_else(|| Trouble::new(format!("GitLab does not say who started pipeline {pipeline}")))
}

fn unanswered(error: &Unanswered, what: &str) -> Trouble {
    Trouble::new(format!("GitLab does not give the {what}: {}", error.why))
        .help("CLEARWAY_GITLAB_TOKEN must be a token of the project that may read its API")
}

/// Asks who wrote the commits between what is deployed and what ships; without a commit that is deployed, all commits up to it. A commit of
/// GitLab's names an e-mail address alone; the address that GitLab gives to who wants no other says the account.
pub(super) fn authors(
    plan: &Plan,
    gitlab: &GitLab,
    deployed: Option<&str>,
    commit: &str,
) -> Result<Authors, Trouble> {
    let range = deployed.map_or_else(|| commit.to_owned(), |base| format!("{base}..{commit}"));
    let mut authors = Authors::default();
    for page in 1..=PAGES {
        let url = format!(
            "/projects/{{repository}}/repository/commits?ref_name={}&per_page={PAGE}&page={page}",
            encoded(&range)
        );
        let answer = gitlab.get(&url).map_err(|error| unanswered(&error, "commits"))?;
        let Some(commits) = answer.as_array() else {
            return Err(Trouble::new("GitLab's answer has no commits"));
        };
        for commit in commits {
            let email = commit["author_email"].as_str();
            let login = email.and_then(private);
            authors.add(plan, Platform::GitLab, login.as_deref(), email, commit["id"].as_str());
        }
        if commits.len() < PAGE {
            return Ok(authors);
        }
    }
    Err(too_many())
}

/// The account of `123-name@users.noreply.gitlab.example`.
fn private(email: &str) -> Option<String> {
    let (account, host) = email.split_once('@')?;
    let (number, name) = account.split_once('-')?;
    let is_private = host.starts_with("users.noreply.") && number.bytes().all(|byte| byte.is_ascii_digit());
    (is_private && !number.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::private;

    #[test]
    fn a_private_address_says_the_account() {
        assert_eq!(private("12-ana-b@users.noreply.gitlab.com").as_deref(), Some("ana-b"));
        assert_eq!(private("ana-b@users.noreply.gitlab.com"), None);
        assert_eq!(private("12-ana@acme.example"), None);
    }
}
