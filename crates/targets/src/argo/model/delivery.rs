//! Argo CD: what it may bring where, and when.

use serde::Serialize;

/// What a project may do.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProjectSpec {
    pub description: String,
    pub source_repos: Vec<String>,
    pub destinations: Vec<Destination>,
    pub cluster_resource_whitelist: Vec<GroupKind>,
    pub namespace_resource_whitelist: Vec<GroupKind>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sync_windows: Vec<SyncWindow>,
}

/// A kind of objects.
#[derive(Debug, Serialize)]
pub(crate) struct GroupKind {
    pub group: &'static str,
    pub kind: &'static str,
}

/// A time in which something may be brought, or must not be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SyncWindow {
    pub kind: &'static str,
    pub schedule: String,
    pub duration: String,
    pub time_zone: String,
    pub applications: Vec<String>,
    pub manual_sync: bool,
    pub description: String,
}

/// A part of the repository, and where it is brought.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApplicationSpec {
    pub project: String,
    pub source: Source,
    pub destination: Destination,
    pub sync_policy: SyncPolicy,
}

/// A folder of a repository.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Source {
    #[serde(rename = "repoURL")]
    pub repo_url: String,
    pub target_revision: String,
    pub path: String,
    pub directory: Directory,
}

/// Which of its files.
#[derive(Debug, Serialize)]
pub(crate) struct Directory {
    pub recurse: bool,
    pub include: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude: Option<String>,
}

/// A cluster, by its name in Argo CD or its address, and a namespace of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Destination {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub namespace: String,
}

/// How it is brought: never by itself.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SyncPolicy {
    pub sync_options: Vec<&'static str>,
}
