//! What the jobs of a way through a release share.

use clearway_plan::{ApprovalStep, From, Path, PathKind, Plan, Release, Stage, Step, StepKind, slug};
use serde_saphyr::DoubleQuoted;

use super::model::{Artifacts, Entries, IdToken, Job, Need, Reports, Rule, Value, Variables};
use super::script::{FORGET, READ};
use crate::index::Index;
use crate::settings::{Ledger, Settings};
use crate::shell::variables;

/// The job after which everything that is known before the first stage lies in one place.
pub(crate) const MADE: &str = "wave-made";
/// What a run knows: its plan, the digests of what was built, the reports.
pub(crate) const KNOWN: &str = ".clearway/run/";
/// A pipeline of the reviewed branch.
pub(crate) const PROTECTED: &str = "$CI_COMMIT_REF_PROTECTED == \"true\"";
/// What an identity token for AWS is for.
pub(crate) const AWS_AUDIENCE: &str = "sts.amazonaws.com";

// The stages of pipelines. Those of ours begin with a capital, and those of environments have the environment's name in small letters.
pub(crate) const PREPARE: &str = "Prepare";
pub(crate) const BUILD: &str = "Build";
pub(crate) const VERIFY: &str = "Verify";
pub(crate) const OUTCOME: &str = "Outcome";
pub(crate) const DEPLOY: &str = "Deploy";
pub(crate) const AGREE: &str = "Agree to go back";
pub(crate) const BACK: &str = "Go back";

/// What a job is emitted in.
#[derive(Clone, Copy)]
pub(crate) struct Context<'p> {
    pub plan: &'p Plan,
    pub settings: &'p Settings,
    pub release: &'p Release,
    pub path: &'p Path,
    /// Both, by name.
    pub index: &'p Index<'p>,
    /// The stage whose pipeline it is in; none in the pipeline of the way.
    pub inside: Option<&'p Stage>,
}

impl<'p> Context<'p> {
    /// The variables of a file: what every job that calls `clearway` is told. A pipeline of a stage is told the rest by the job that
    /// triggers it.
    pub(crate) fn variables(&self) -> Variables {
        let mut all = Variables::default();
        all.put("CLEARWAY_LEDGER", Value::text(self.settings.ledger.address()));
        if let Ledger::S3 { role, region, .. } = &self.settings.ledger {
            let given = [("CLEARWAY_LEDGER_ROLE", role), ("CLEARWAY_LEDGER_REGION", region)];
            for (name, value) in given {
                if let Some(value) = value {
                    all.put(name, Value::text(value));
                }
            }
        }
        for (name, value) in variables(&self.settings.binary) {
            all.put(name, Value::text(value));
        }
        all.put("RELEASE", Value::text(&self.release.name));
        all.put("SHIPS", Value::text(self.ships()));
        if self.inside.is_none() {
            all.put("CLEARWAY_RUN", Value::variable("CI_PIPELINE_ID"));
            all.put("CLEARWAY_BUILD", Value::variable("CI_PIPELINE_IID"));
            all.put("WAY", Value::text(self.path.kind.name()));
            all.put("CHANGE", self.change());
            all.put("REQUESTED_BY", self.requested_by());
        }
        all
    }

    /// A line for each thing that ships: its name, the job that knows its digest, and the name of its version among what is found out.
    fn ships(&self) -> String {
        if self.path.kind == PathKind::Rollback {
            // The way back is about what was deployed before, which the ledger knows.
            return String::new();
        }
        let line = |shipped: &clearway_plan::Shipped| {
            let maker = self.index.maker(&shipped.service).unwrap_or("-");
            format!("{} {maker} {}", shipped.service, slug(&shipped.service))
        };
        self.release.ships.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// The change request: what the spec says, or what the run was told. In an emergency it is the incident.
    fn change(&self) -> Value {
        match (&self.release.change, self.path.kind) {
            (_, PathKind::Emergency) => Value::input("incident"),
            (Some(change), PathKind::Release) => Value::text(change),
            _ => Value::input("change"),
        }
    }

    /// Who asked for it: what the spec says of the release, or what the run was told.
    fn requested_by(&self) -> Value {
        match (&self.release.requested_by, self.path.kind) {
            (Some(person), PathKind::Release) => Value::text(person),
            _ => Value::input("requested-by"),
        }
    }

    /// A job that does a step, in a stage of the pipeline.
    pub(crate) fn job(&self, step: &Step, stage: &str, script: Vec<String>) -> Job {
        Job {
            stage: stage.to_owned(),
            timeout: Some(minutes(step.timeout)),
            needs: Some(step.needs.iter().map(|need| self.need(need)).collect()),
            rules: self.rules("on_success"),
            before_script: self.forgets(),
            script,
            ..Job::default()
        }
    }

    /// What a job begins with that does not call `clearway`.
    pub(crate) fn forgets(&self) -> Vec<String> {
        if self.plan.signed_by.is_empty() { Vec::new() } else { vec![FORGET.to_owned()] }
    }

    /// The same for a job that calls `clearway`.
    pub(crate) fn calling(&self, step: &Step, stage: &str, script: Vec<String>) -> Job {
        let mut job = self.job(step, stage, script);
        job.before_script = vec!["rm -rf .clearway/job".to_owned(), READ.to_owned()];
        if self.settings.ledger.is_shared() {
            job.id_tokens.put("CLEARWAY_LEDGER_TOKEN", IdToken { aud: AWS_AUDIENCE.to_owned() });
        }
        job
    }

    /// The same for a job that is only told what the run is about: it writes nothing to the ledger.
    pub(crate) fn telling(&self, step: &Step, stage: &str, script: Vec<String>) -> Job {
        Job { id_tokens: Entries::default(), ..self.calling(step, stage, script) }
    }

    /// A job that must have succeeded; what it kept is taken where it is what the run knows.
    pub(crate) fn need(&self, job: &str) -> Need {
        Need::Job { job: job.to_owned(), artifacts: self.is_known_by(job) }
    }

    fn is_known_by(&self, job: &str) -> bool {
        match self.inside {
            Some(stage) => job == first_of(stage),
            None => job == MADE || self.index.step(job).is_some_and(makes),
        }
    }

    /// When a job is there: on the reviewed branch alone.
    pub(crate) fn rules(&self, when: &'static str) -> Vec<Rule> {
        vec![Rule { condition: Some(PROTECTED.to_owned()), when: Some(when), allow_failure: Some(false) }]
    }

    /// Reads what other jobs of the triggering pipeline know.
    pub(crate) fn parent() -> Need {
        Need::Parent { pipeline: DoubleQuoted("$CLEARWAY_RUN".to_owned()), job: MADE.to_owned() }
    }

    /// The groups of which people are asked in a step of a chain.
    pub(crate) fn groups(&self, asked: &ApprovalStep) -> Vec<&'p str>
    where
        Self: 'p,
    {
        let name = match &asked.from {
            From::Group(group) => {
                return self
                    .plan
                    .groups
                    .get_key_value(group)
                    .map(|(name, _)| name.as_str())
                    .into_iter()
                    .collect();
            }
            From::Owners => {
                self.release.ships.iter().map(|shipped| &shipped.service).chain(&self.release.retires)
            }
        };
        let mut owners: Vec<&str> = Vec::new();
        for owner in name.filter_map(|name| self.plan.artifacts.get(name)?.owner.as_deref()) {
            if !owners.contains(&owner) {
                owners.push(owner);
            }
        }
        owners
    }

    /// The environment by which the people of a step of a chain are asked. The chain is part of its name: a step of the same name in another
    /// chain may ask other people. So is the release, where its owners are asked.
    pub(crate) fn seat(&self, step: &Step, asked: &ApprovalStep) -> String {
        let name = slug(&asked.name);
        let before = step.id.strip_prefix("approval-").unwrap_or(&step.id);
        let before = before.strip_suffix(name.as_str()).unwrap_or(before);
        let chain = match &step.does {
            StepKind::Approval { chain, .. } => slug(chain),
            _ => String::new(),
        };
        match asked.from {
            From::Group(_) => format!("{before}{chain}-{name}"),
            From::Owners => format!("{before}{chain}-{name}-{}", slug(&self.release.name)),
        }
    }
}

/// Whether a step makes something that a run knows: what stands before the first stage.
pub(crate) fn makes(step: &Step) -> bool {
    matches!(
        step.does,
        StepKind::Preflight
            | StepKind::Build { .. }
            | StepKind::Import { .. }
            | StepKind::Test { .. }
            | StepKind::Provision { .. }
            | StepKind::Scan { .. }
    )
}

/// The first job in the pipeline of a stage: it takes over what the run knows.
pub(crate) fn first_of(stage: &Stage) -> String {
    format!("preflight-{}", slug(&stage.environment))
}

/// The job that triggers the pipeline of a stage.
pub(crate) fn trigger_of(stage: &Stage) -> String {
    format!("deploy-{}", slug(&stage.environment))
}

/// What a job keeps for those after it, and for auditors: what was built lies with what was measured of it, so the longer time holds.
pub(crate) fn keeps(plan: &Plan, paths: &[String]) -> Artifacts {
    let days = ["evidence", "artifacts"].iter().filter_map(|records| plan.retention.get(*records)).max();
    let expire_in = days.map_or_else(|| "1 year".to_owned(), |days| format!("{days} days"));
    Artifacts { when: "always", expire_in, paths: paths.to_vec(), reports: None }
}

/// A report of tests that GitLab shows with the pipeline, whatever came of the job.
pub(crate) fn shows(plan: &Plan, junit: &str) -> Artifacts {
    Artifacts { reports: Some(Reports { junit: junit.to_owned() }), ..keeps(plan, &[]) }
}

/// Seconds as GitLab writes a time, at least a minute.
pub(crate) fn minutes(seconds: u64) -> String {
    format!("{} minutes", seconds.div_ceil(60).max(1))
}

/// Texts of the spec as variables of a job.
pub(crate) fn texts<'t>(texts: impl IntoIterator<Item = (&'t str, &'t str)>) -> Variables {
    texts.into_iter().map(|(name, value)| (name, Value::text(value))).collect::<Entries<Value>>()
}
