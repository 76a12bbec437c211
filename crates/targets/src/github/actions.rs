//! The actions of others that are used, each at a commit: a tag can be moved, a commit cannot.

use serde_saphyr::Commented;

use super::model::Uses;
use crate::settings::{Pin, Settings};

/// An action that emitted workflows use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Checkout,
    UploadArtifact,
    DownloadArtifact,
    AttestBuildProvenance,
    DockerLogin,
    AwsCredentials,
    GoogleAuth,
}

impl Action {
    /// Its name, its version and the commit of that version's tag in its own repository.
    const fn known(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Checkout => ("actions/checkout", "v7.0.1", "3d3c42e5aac5ba805825da76410c181273ba90b1"),
            Self::UploadArtifact => {
                ("actions/upload-artifact", "v7.0.1", "043fb46d1a93c77aae656e7c1c64a875d1fc6a0a")
            }
            Self::DownloadArtifact => {
                ("actions/download-artifact", "v8.0.1", "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c")
            }
            Self::AttestBuildProvenance => {
                ("actions/attest-build-provenance", "v4.1.0", "a2bbfa25375fe432b6a289bc6b6cd05ecd0c4c32")
            }
            Self::DockerLogin => {
                ("docker/login-action", "v4.1.0", "4907a6ddec9925e35a0a9e82d7399ccc52663121")
            }
            Self::AwsCredentials => (
                "aws-actions/configure-aws-credentials",
                "v6.2.3",
                "e6de054238d6b7531b4efff3b6587d9aade6a06c",
            ),
            Self::GoogleAuth => {
                ("google-github-actions/auth", "v3.0.0", "7c6bc770dae815cd3e89ee6cdf493a5fab2cc093")
            }
        }
    }

    /// The action at its commit: that of `clearway.lock`, else the one that is built in.
    pub(crate) fn pinned(self, settings: &Settings) -> Uses {
        let (name, version, commit) = self.known();
        let built_in = Pin { version: version.to_owned(), commit: commit.to_owned() };
        let pin = settings.pins.get(name).unwrap_or(&built_in);
        Uses::Pinned(Commented(format!("{name}@{}", pin.commit), pin.version.clone()))
    }
}
