//! GitHub's REST API, as far as it is asked: settings, approvals, commits.

use serde_json::Value;

use crate::http::{Http, Unanswered};

/// A repository on GitHub.
#[derive(Debug, Clone)]
pub struct GitHub {
    /// The client.
    pub http: Http,
    /// The address of the API.
    pub api: String,
    /// The token.
    pub token: String,
    /// The repository, `owner/name`.
    pub repository: String,
}

/// The version of the API whose answers are understood.
const VERSION: &str = "2022-11-28";

impl GitHub {
    /// The answer at a path, which begins with `/`; `{repository}` in it is this one.
    ///
    /// # Errors
    ///
    /// Nobody answers, or not with 200 and JSON.
    pub fn get(&self, path: &str) -> Result<Value, Unanswered> {
        let url =
            format!("{}{}", self.api.trim_end_matches('/'), path.replace("{repository}", &self.repository));
        let token = format!("Bearer {}", self.token);
        let headers = [
            ("accept", "application/vnd.github+json"),
            ("authorization", token.as_str()),
            ("x-github-api-version", VERSION),
        ];
        self.http.json(&url, &headers)
    }
}
