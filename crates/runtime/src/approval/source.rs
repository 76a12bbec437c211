//! What is told of approvals and authors, whoever tells it.

use std::collections::BTreeSet;

use clearway_plan::Plan;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::people::{by_email, person};
use super::{argo, github, gitlab};
use crate::platform::{Api, Platform};
use crate::trouble::Trouble;

/// An answer of a person.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Review {
    /// `approved`, `rejected`, or another word.
    pub state: String,
    /// The environments that the person was asked for.
    pub seats: Vec<String>,
    /// The account.
    pub login: String,
    /// It is no machine's.
    pub is_person: bool,
}

/// Reads answers of people, in the form in which a platform gives them.
pub(super) fn reviews(platform: Platform, value: &Value) -> Result<Vec<Review>, Trouble> {
    let read = match platform {
        Platform::GitHub => github::reviews(value),
        Platform::GitLab => gitlab::reviews(value),
        Platform::Argo => argo::reviews(value),
    };
    read.map_err(|error| Trouble::new(format!("the approvals cannot be read: {error}")))
}

/// Who wrote what ships.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authors {
    /// People, or logins that are nobody's.
    pub people: BTreeSet<String>,
    /// Commits of which nobody can tell who wrote them.
    pub unknown: Vec<String>,
}

/// How many commits are asked for at once, and how often.
pub(super) const PAGE: usize = 100;
pub(super) const PAGES: usize = 30;

impl Authors {
    /// Reads a list of logins.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn of_list(plan: &Plan, platform: Platform, bytes: &[u8]) -> Result<Self, Trouble> {
        let logins: Vec<String> = serde_json::from_slice(bytes)
            .map_err(|error| Trouble::new(format!("the authors are no list of logins: {error}")))?;
        let people = logins.iter().map(|login| person(plan, platform, login)).collect();
        Ok(Self { people, unknown: Vec::new() })
    }

    /// Asks who wrote the commits between what is deployed and what ships; without a commit that is deployed, all commits up to it.
    ///
    /// # Errors
    ///
    /// The platform does not say, or there are more than are asked for.
    pub fn of_commits(plan: &Plan, api: &Api, deployed: Option<&str>, commit: &str) -> Result<Self, Trouble> {
        match api {
            Api::GitHub(github) => github::authors(plan, github, deployed, commit),
            Api::GitLab(gitlab) => gitlab::authors(plan, gitlab, deployed, commit),
            Api::Argo(_) => Err(Trouble::new("a cluster does not know who wrote a commit")
                .help("give the history of the repository: `--history FILE`")),
        }
    }

    /// Reads who wrote the commits between what is deployed and what ships in a history of the repository, as
    /// `git log --format='%H%x09%P%x09%ae'` prints it; without a commit that is deployed, all commits up to it.
    ///
    /// # Errors
    ///
    /// The text is no such history, or lacks a commit.
    pub fn of_history(
        plan: &Plan,
        history: &str,
        deployed: Option<&str>,
        commit: &str,
    ) -> Result<Self, Trouble> {
        argo::authors(plan, history, deployed, commit)
    }

    /// Adds who wrote a commit: by the account, or by the e-mail address that the spec gives to somebody.
    pub(super) fn add(
        &mut self,
        plan: &Plan,
        platform: Platform,
        login: Option<&str>,
        email: Option<&str>,
        commit: Option<&str>,
    ) {
        match (login, email.and_then(|email| by_email(plan, email))) {
            (Some(login), _) => drop(self.people.insert(person(plan, platform, login))),
            (None, Some(name)) => drop(self.people.insert(name)),
            (None, None) => {
                let commit = commit.and_then(|commit| commit.get(..12)).unwrap_or("of no name");
                self.unknown.push(format!("{commit} by {}", email.unwrap_or("nobody")));
            }
        }
    }
}

pub(super) fn too_many() -> Trouble {
    Trouble::new(format!(
        "more than {} commits ship, and who wrote them cannot all be looked at",
        PAGE * PAGES
    ))
    .help("give the authors as a list of logins: `--authors FILE`")
}
