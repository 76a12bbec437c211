//! What the manifest says of the cluster.

use clearway_plan::{Plan, slug};

use crate::settings::Settings;

/// The table `[targets.argo]`, with what holds where it does not say.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// The namespace of the workflows.
    pub namespace: String,
    /// The account of the jobs that call `clearway`; those that build and those that deploy have others, named after it.
    pub account: String,
    /// The image in which jobs run, by digest; none where the manifest does not say.
    pub image: Option<String>,
    /// Where the repository is; none where nothing says it.
    pub repository: Option<String>,
    /// The branch that is reviewed.
    pub branch: String,
}

impl Config {
    pub(crate) fn of(plan: &Plan, settings: &Settings) -> Self {
        let of_project = plan.repository.as_ref().map(|name| format!("https://github.com/{name}.git"));
        Self {
            namespace: settings.get("namespace", "releases").to_owned(),
            account: settings.get("service-account", "clearway").to_owned(),
            image: settings.target.get("image").cloned(),
            repository: settings.target.get("repository").cloned().or(of_project),
            branch: settings.get("branch", "main").to_owned(),
        }
    }

    /// The account of jobs that run commands of the repository: it may do nothing.
    pub(crate) fn builder(&self) -> String {
        format!("{}-build", self.account)
    }

    /// The account of the jobs that change an environment.
    pub(crate) fn deployer(&self, environment: &str) -> String {
        format!("{}-deploy-{}", self.account, slug(environment).replace('_', "-"))
    }
}
