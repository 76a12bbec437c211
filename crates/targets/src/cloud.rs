//! Whose credentials a deploying job takes.

use clearway_plan::Credentials;

/// Whose role it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cloud {
    /// `arn:aws:iam::123456789012:role/name`
    Aws,
    /// `name@project.iam.gserviceaccount.com`
    Google,
    /// A cluster that takes the identity itself; the role is the audience.
    Cluster,
}

impl Cloud {
    /// By the form of the role.
    pub(crate) fn of(credentials: &Credentials) -> Self {
        if credentials.role.starts_with("arn:aws") {
            Self::Aws
        } else if credentials.role.ends_with(".iam.gserviceaccount.com") {
            Self::Google
        } else {
            Self::Cluster
        }
    }
}
