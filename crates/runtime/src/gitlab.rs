//! GitLab's REST API, as far as it is asked: settings, deployments, pipelines, commits.

use serde_json::Value;

use crate::http::{Http, Unanswered};

/// A project on GitLab.
#[derive(Debug, Clone)]
pub struct GitLab {
    /// The client.
    pub http: Http,
    /// The address of the API, as `CI_API_V4_URL` says it.
    pub api: String,
    /// The token: it may read the project's settings, which the token of a job may not.
    pub token: String,
    /// The project: its number, or `group/name`.
    pub project: String,
    /// The branch of the run.
    pub branch: String,
}

impl GitLab {
    /// The answer at a path, which begins with `/`; `{repository}` in it is this project, `{branch}` the branch.
    ///
    /// # Errors
    ///
    /// Nobody answers, or not with 200 and JSON.
    pub fn get(&self, path: &str) -> Result<Value, Unanswered> {
        let path =
            path.replace("{repository}", &encoded(&self.project)).replace("{branch}", &encoded(&self.branch));
        let url = format!("{}{path}", self.api.trim_end_matches('/'));
        self.http.json(&url, &[("private-token", self.token.as_str())])
    }
}

/// A name in a path or a question of the API.
pub(crate) fn encoded(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    name.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
