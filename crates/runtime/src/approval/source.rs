//! Where approvals and authors are read: GitHub's API, or files of the same shape.

use std::collections::BTreeSet;

use clearway_plan::Plan;
use serde::Deserialize;
use serde_json::Value;

use super::people::{by_email, person};
use crate::github::GitHub;
use crate::http::Unanswered;
use crate::trouble::Trouble;

/// An answer of a person, as GitHub tells it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Review {
    pub state: String,
    pub environments: Vec<Seat>,
    pub user: User,
}

/// An environment that was asked about.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Seat {
    pub name: String,
}

/// An account.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct User {
    pub login: String,
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
}

/// Reads answers of people.
pub(super) fn reviews(value: &Value) -> Result<Vec<Review>, Trouble> {
    serde_json::from_value(value.clone())
        .map_err(|error| Trouble::new(format!("the approvals cannot be read: {error}")))
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

/// Who wrote what ships.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Authors {
    /// People, or logins that are nobody's.
    pub people: BTreeSet<String>,
    /// Commits of which nobody can tell who wrote them.
    pub unknown: Vec<String>,
}

/// How many commits are asked for at once, and how often.
const PAGE: usize = 100;
const PAGES: usize = 30;

impl Authors {
    /// Reads a list of logins.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn of_list(plan: &Plan, bytes: &[u8]) -> Result<Self, Trouble> {
        let logins: Vec<String> = serde_json::from_slice(bytes)
            .map_err(|error| Trouble::new(format!("the authors are no list of logins: {error}")))?;
        Ok(Self { people: logins.iter().map(|login| person(plan, login)).collect(), unknown: Vec::new() })
    }

    /// Asks who wrote the commits between what is deployed and what ships; without a commit that is deployed, all commits up to it.
    ///
    /// # Errors
    ///
    /// GitHub does not say, or there are more than are asked for.
    pub fn of_commits(
        plan: &Plan,
        github: &GitHub,
        deployed: Option<&str>,
        commit: &str,
    ) -> Result<Self, Trouble> {
        let mut authors = Self::default();
        for page in 1..=PAGES {
            let (url, at) = match deployed {
                Some(base) => (
                    format!("/repos/{{repository}}/compare/{base}...{commit}?per_page={PAGE}&page={page}"),
                    "/commits",
                ),
                None => {
                    (format!("/repos/{{repository}}/commits?sha={commit}&per_page={PAGE}&page={page}"), "")
                }
            };
            let answer = github.get(&url).map_err(|error| unanswered(&error, "commits"))?;
            let Some(commits) = answer.pointer(at).and_then(Value::as_array) else {
                return Err(Trouble::new("GitHub's answer has no commits"));
            };
            commits.iter().for_each(|commit| authors.add(plan, commit));
            if commits.len() < PAGE {
                return Ok(authors);
            }
        }
        Err(Trouble::new(format!(
            "more than {} commits ship, and who wrote them cannot all be looked at",
            PAGE * PAGES
        ))
        .help("give the authors as a list of logins: `--authors FILE`"))
    }

    fn add(&mut self, plan: &Plan, commit: &Value) {
        let text = |pointer: &str| commit.pointer(pointer).and_then(Value::as_str);
        match (text("/author/login"), text("/commit/author/email").and_then(|email| by_email(plan, email))) {
            (Some(login), _) => drop(self.people.insert(person(plan, login))),
            (None, Some(name)) => drop(self.people.insert(name)),
            (None, None) => {
                let sha = text("/sha").and_then(|sha| sha.get(..12)).unwrap_or("of no name");
                self.unknown.push(format!("{sha} by {}", text("/commit/author/email").unwrap_or("nobody")));
            }
        }
    }
}
