//! What Kubernetes and the products of Argo are given, typed: nothing that is emitted can have a key that they do not know. The order of
//! fields is the order in the file.

mod access;
mod delivery;
mod rollout;
mod workflow;

use serde::Serialize;

use crate::entries::Texts;

pub(crate) use access::*;
pub(crate) use delivery::*;
pub(crate) use rollout::*;
pub(crate) use workflow::*;

/// An object of Kubernetes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Object<B> {
    pub api_version: &'static str,
    pub kind: &'static str,
    pub metadata: Metadata,
    #[serde(flatten)]
    pub body: B,
}

/// What an object is called.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Metadata {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    #[serde(skip_serializing_if = "Texts::is_empty")]
    pub labels: Texts,
}

/// What most objects have below their name.
#[derive(Debug, Serialize)]
pub(crate) struct Spec<S> {
    pub spec: S,
}

/// Texts that pods are given. What is in it never changes: another content has another name.
#[derive(Debug, Serialize)]
pub(crate) struct ConfigMap {
    pub immutable: bool,
    pub data: Texts,
}
