//! The platforms that pipelines run on, as far as an answer depends on which it is.

use clearway_plan::Person;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::github::GitHub;
use crate::gitlab::GitLab;
use crate::http::Unanswered;
use crate::kubernetes::Kubernetes;

/// A platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// GitHub Actions.
    GitHub,
    /// GitLab CI.
    GitLab,
    /// Argo Workflows, in a Kubernetes cluster.
    Argo,
}

impl Platform {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub",
            Self::GitLab => "GitLab",
            Self::Argo => "Argo",
        }
    }

    /// What a person is called there, where the spec says it.
    pub fn login(self, person: &Person) -> Option<&str> {
        match self {
            Self::GitHub => person.github.as_deref(),
            Self::GitLab => person.gitlab.as_deref(),
            // A cluster takes names from whoever signs people in, which are e-mail addresses.
            Self::Argo => person.email.as_deref(),
        }
    }
}

/// The API of a platform.
#[derive(Debug, Clone)]
pub enum Api {
    /// GitHub's.
    GitHub(GitHub),
    /// GitLab's.
    GitLab(GitLab),
    /// That of the cluster that Argo is in.
    Argo(Kubernetes),
}

impl Api {
    /// Whose it is.
    pub const fn platform(&self) -> Platform {
        match self {
            Self::GitHub(_) => Platform::GitHub,
            Self::GitLab(_) => Platform::GitLab,
            Self::Argo(_) => Platform::Argo,
        }
    }

    /// The answer at a path, which begins with `/`; `{repository}` in it is the repository of the run.
    ///
    /// # Errors
    ///
    /// Nobody answers, or not with 200 and JSON.
    pub fn get(&self, path: &str) -> Result<Value, Unanswered> {
        match self {
            Self::GitHub(github) => github.get(path),
            Self::GitLab(gitlab) => gitlab.get(path),
            Self::Argo(kubernetes) => kubernetes.get(path),
        }
    }
}
