//! Names that Kubernetes and Argo take.

use clearway_plan::{PathKind, Release, slug};

/// As long as the name of a template of workflows may be: a workflow is called so with five letters more, and a label holds that.
pub(crate) const LONGEST: usize = 52;

/// As long as the name of a job may be.
pub(crate) const LONGEST_JOB: usize = 128;

/// A name of small letters, digits and hyphens. Texts that differ only in what is left out come to the same name: obstacles look.
pub(crate) fn kube(text: &str) -> String {
    slug(text).replace('_', "-").trim_matches('-').to_owned()
}

/// The name of a way through a release; the way back has one for each environment.
pub(crate) fn way(release: &Release, kind: PathKind, environment: Option<&str>) -> String {
    let mut name = kube(&release.name);
    if kind != PathKind::Release {
        name = format!("{name}-{kind}");
    }
    environment.map_or_else(|| name.clone(), |environment| format!("{name}-{}", kube(environment)))
}

/// The name of the ramps of a release, which the clock starts.
pub(crate) fn flags(release: &Release) -> String {
    format!("{}-flags", kube(&release.name))
}

/// Whether Kubernetes takes a text for the name of a namespace or an account.
pub(crate) fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty()
        && text.len() <= 63
        && text.bytes().all(plain)
        && !text.starts_with('-')
        && !text.ends_with('-')
}
