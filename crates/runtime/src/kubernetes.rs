//! The API of a Kubernetes cluster, as far as it is asked: policies, and what people said.

use serde_json::Value;

use crate::http::{Http, Unanswered};

/// A namespace of a cluster.
#[derive(Debug, Clone)]
pub struct Kubernetes {
    /// The client, which trusts the authority of the cluster.
    pub http: Http,
    /// The address of the API: `https://kubernetes.default.svc` in a pod.
    pub api: String,
    /// The token of the account of the pod.
    pub token: String,
    /// The namespace of the runs.
    pub namespace: String,
}

impl Kubernetes {
    /// The answer at a path, which begins with `/`; `{namespace}` in it is this namespace.
    ///
    /// # Errors
    ///
    /// Nobody answers, or not with 200 and JSON.
    pub fn get(&self, path: &str) -> Result<Value, Unanswered> {
        let path = path.replace("{namespace}", &self.namespace);
        let url = format!("{}{path}", self.api.trim_end_matches('/'));
        self.http.json(&url, &[("authorization", format!("Bearer {}", self.token).as_str())])
    }
}
