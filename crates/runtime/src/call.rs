//! What every command is given: the plan, the ledger, the run, the time.

use clearway_plan::{Environment, FORMAT, Path, PathKind, Plan, Release, Stage, Step};
use jiff::Timestamp;
use serde_json::Value;

use crate::digest::Digest;
use crate::ledger::{Ledger, Stamp};
use crate::trouble::Trouble;

/// A plan as it was read.
#[derive(Debug, Clone)]
pub struct PlanFile {
    /// The plan.
    pub plan: Plan,
    /// The digest of its bytes.
    pub digest: Digest,
}

impl PlanFile {
    /// Reads a plan from the bytes of its file.
    ///
    /// # Errors
    ///
    /// They are no plan, or one of another form.
    pub fn read(bytes: &[u8]) -> Result<Self, Trouble> {
        let rebuild = "`clearway build` writes the plan";
        let value: Value = serde_json::from_slice(bytes)
            .map_err(|error| Trouble::new(format!("the plan is no JSON: {error}")).help(rebuild))?;
        let form = value.get("clearway").and_then(Value::as_u64);
        if form != Some(u64::from(FORMAT)) {
            let form = form.map_or_else(|| "no form".to_owned(), |form| format!("form {form}"));
            return Err(Trouble::new(format!("the plan has {form}, and form {FORMAT} is read here"))
                .help("build the plan and run the pipeline with the same version of clearway"));
        }
        let plan: Plan = serde_json::from_value(value)
            .map_err(|error| Trouble::new(format!("the plan cannot be read: {error}")).help(rebuild))?;
        Ok(Self { plan, digest: Digest::of(bytes) })
    }
}

/// A run that calls.
#[derive(Debug, Clone, Copy)]
pub struct Call<'c> {
    /// The plan that it follows.
    pub plan: &'c PlanFile,
    /// The ledger that it writes to.
    pub ledger: &'c Ledger,
    /// What it is called.
    pub run: &'c str,
    /// The build that it is: its number and attempt on the platform, where that counts them.
    pub build: Option<&'c str>,
    /// The time.
    pub now: Timestamp,
}

impl Call<'_> {
    /// What its records are stamped with.
    pub fn stamp(&self) -> Stamp {
        Stamp {
            run: self.run.to_owned(),
            build: self.build.map(str::to_owned),
            at: self.now,
            plan: self.plan.digest.clone(),
        }
    }
}

impl PlanFile {
    /// A release of the plan.
    ///
    /// # Errors
    ///
    /// There is none of this name.
    pub fn release(&self, name: &str) -> Result<&Release, Trouble> {
        self.plan.release(name).ok_or_else(|| {
            missing(
                "the plan",
                "release",
                name,
                self.plan.releases.iter().map(|release| release.name.as_str()),
            )
        })
    }

    /// A way through a release.
    ///
    /// # Errors
    ///
    /// The release cannot go this way.
    pub fn path<'r>(&self, release: &'r Release, kind: PathKind) -> Result<&'r Path, Trouble> {
        let found = release.paths.iter().find(|path| path.kind == kind);
        found.ok_or_else(|| {
            missing(
                &format!("release `{}`", release.name),
                "path",
                kind.name(),
                release.paths.iter().map(|path| path.kind.name()),
            )
        })
    }

    /// A step of a way.
    ///
    /// # Errors
    ///
    /// There is none of this name.
    pub fn step<'r>(&self, path: &'r Path, id: &str) -> Result<&'r Step, Trouble> {
        path.step(id).ok_or_else(|| {
            missing(
                &format!("the {} path", path.kind),
                "step",
                id,
                path.steps.iter().map(|step| step.id.as_str()),
            )
        })
    }

    /// A stage of a release.
    ///
    /// # Errors
    ///
    /// The release does not go there.
    pub fn stage<'r>(&self, release: &'r Release, environment: &str) -> Result<&'r Stage, Trouble> {
        release.stage(environment).ok_or_else(|| {
            let stages = release.stages.iter().map(|stage| stage.environment.as_str());
            missing(&format!("release `{}`", release.name), "stage", environment, stages)
        })
    }

    /// An environment.
    ///
    /// # Errors
    ///
    /// There is none of this name.
    pub fn environment(&self, name: &str) -> Result<&Environment, Trouble> {
        self.plan.environments.get(name).ok_or_else(|| {
            missing("the plan", "environment", name, self.plan.environments.keys().map(String::as_str))
        })
    }
}

fn missing<'n>(owner: &str, what: &str, name: &str, there: impl Iterator<Item = &'n str>) -> Trouble {
    let there: Vec<&str> = there.collect();
    let trouble = Trouble::new(format!("{owner} has no {what} `{}`", name.escape_debug()));
    match there.as_slice() {
        [] => trouble,
        there => trouble.help(format!("there is `{}`", there.join("`, `"))),
    }
}
