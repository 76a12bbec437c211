//! A change: a run of a release with all that it recorded.

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::{PathKind, StepKind};
use clearway_runtime::ledger::{Act, End, Ending, Intent, Log, Moved, Subject};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// A run, as its records tell it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Change {
    /// The run.
    pub run: String,
    /// The release.
    pub release: String,
    /// The way that it took through it.
    pub path: PathKind,
    /// The digest of the plan that it followed.
    pub plan: String,
    /// The change request, where a record names one.
    pub request: Option<String>,
    /// Who asked for it.
    pub requested_by: Option<String>,
    /// Who started the run.
    pub started_by: Option<String>,
    /// The commit that it is of.
    pub commit: Option<String>,
    /// The builds of the platform that it ran in: more than one where it was tried again.
    pub builds: BTreeSet<String>,
    /// When its first record was written.
    pub began: Timestamp,
    /// When its last record was written.
    pub ended: Timestamp,
    /// What it shipped.
    pub subjects: BTreeSet<Subject>,
    /// The gates that it decided, in their order.
    pub gates: Vec<Decided>,
    /// The people that it asked, in their order.
    pub approvals: Vec<Consent>,
    /// What it moved, in order.
    pub deployments: Vec<Deployment>,
    /// The steps that began and never ended.
    pub open: Vec<String>,
}

/// How a gate was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Decided {
    /// Before which environment.
    pub environment: String,
    /// The gate.
    pub gate: String,
    /// `pass`, `fail`, `inconclusive`, or `open` where nothing came of it.
    pub result: String,
    /// When.
    pub at: Timestamp,
    /// For which artifacts.
    pub subjects: Vec<Subject>,
}

/// Who agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Consent {
    /// Before which environment.
    pub environment: String,
    /// The chain.
    pub chain: String,
    /// Its step.
    pub step: String,
    /// `given`, `not-given`, `not-required`, or `open`.
    pub result: String,
    /// Those who agreed and counted.
    pub people: Vec<String>,
    /// Those who wrote what was approved.
    pub authors: Vec<String>,
    /// Who started the run.
    pub deployer: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A service that moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Deployment {
    /// Where.
    pub environment: String,
    /// The service.
    pub service: String,
    /// The group of its replicas.
    pub group: Option<String>,
    /// The versions that were live.
    pub from: Vec<String>,
    /// The version that was to be live; none where the service was taken away.
    pub to: Option<String>,
    /// The digest of the artifact.
    pub digest: Option<String>,
    /// When it began.
    pub began: Timestamp,
    /// When its outcome was recorded.
    pub ended: Option<Timestamp>,
    /// How it went.
    pub progress: Progress,
    /// It undoes another deployment.
    pub is_rollback: bool,
    /// When it was undone.
    pub undone: Option<Timestamp>,
}

/// How far something has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// It ended as it was meant.
    Succeeded,
    /// It failed.
    Failed,
    /// It was stopped.
    Cancelled,
    /// A person has closed it after a look.
    Closed,
    /// Nothing came of it yet.
    Open,
}

impl Progress {
    fn of(act: &Act<'_>) -> Self {
        match act.end {
            None => Self::Open,
            Some(End::Closed(_)) => Self::Closed,
            Some(End::Outcome(outcome)) => match outcome.result {
                Ending::Success => Self::Succeeded,
                Ending::Failure => Self::Failed,
                Ending::Cancelled => Self::Cancelled,
            },
        }
    }
}

impl Deployment {
    /// Whether it did not come to a good end, or came to one and was taken back.
    pub fn went_wrong(&self) -> bool {
        self.undone.is_some() || matches!(self.progress, Progress::Failed | Progress::Cancelled)
    }
}

impl Change {
    /// What it deployed in some environments, without what it took back.
    pub fn deployed_in<'c>(
        &'c self,
        environments: &'c BTreeSet<String>,
    ) -> impl Iterator<Item = &'c Deployment> {
        self.deployments
            .iter()
            .filter(|deployment| !deployment.is_rollback && environments.contains(&deployment.environment))
    }
}

/// Every run of a ledger that did something, in the order of their first records.
pub fn changes(log: &Log) -> Vec<Change> {
    let mut undone: BTreeMap<&str, Timestamp> = BTreeMap::new();
    for act in log.acts().filter(Act::succeeded) {
        let undoes = act.intent.moves.as_ref().and_then(|moved| moved.undoes.as_ref());
        if let Some(digest) = undoes {
            undone.insert(digest.as_str(), act.ended.unwrap_or(act.record.at));
        }
    }
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut all: Vec<Change> = Vec::new();
    for act in log.acts() {
        let at = *places.entry(&act.record.run).or_insert_with(|| {
            all.push(Change::starting(&act));
            all.len() - 1
        });
        if let Some(change) = all.get_mut(at) {
            change.add(&act, undone.get(act.digest.as_str()).copied());
        }
    }
    all
}

impl Change {
    fn starting(act: &Act<'_>) -> Self {
        Self {
            run: act.record.run.clone(),
            release: act.intent.release.clone(),
            path: act.intent.path,
            plan: act.record.plan.to_string(),
            request: None,
            requested_by: None,
            started_by: None,
            commit: None,
            builds: BTreeSet::new(),
            began: act.record.at,
            ended: act.record.at,
            subjects: BTreeSet::new(),
            gates: Vec::new(),
            approvals: Vec::new(),
            deployments: Vec::new(),
            open: Vec::new(),
        }
    }

    fn add(&mut self, act: &Act<'_>, undone: Option<Timestamp>) {
        let intent = act.intent;
        self.ended = self.ended.max(act.ended.unwrap_or(act.record.at));
        for (ours, theirs) in [
            (&mut self.request, &intent.change),
            (&mut self.requested_by, &intent.requested_by),
            (&mut self.started_by, &intent.actor),
            (&mut self.commit, &intent.commit),
        ] {
            if ours.is_none() {
                ours.clone_from(theirs);
            }
        }
        self.builds.extend(act.record.build.clone());
        self.subjects.extend(intent.subjects.iter().cloned());
        // What was taken back is over, though nobody recorded how it had ended.
        if act.end.is_none() && undone.is_none() {
            self.open.push(intent.step.clone());
        }
        match &intent.does {
            StepKind::Gate { environment, gate } => self.gates.push(Decided {
                environment: environment.clone(),
                gate: gate.clone(),
                result: said(act, "result"),
                at: act.ended.unwrap_or(act.record.at),
                subjects: intent.subjects.clone(),
            }),
            StepKind::Approval { environment, chain, step } => self.approvals.push(Consent {
                environment: environment.clone(),
                chain: chain.clone(),
                step: step.clone(),
                result: said(act, "result"),
                people: names(act, "people"),
                authors: names(act, "authors"),
                deployer: decision(act)
                    .and_then(|decision| decision.get("deployer")?.as_str())
                    .map(str::to_owned),
                at: act.ended.unwrap_or(act.record.at),
            }),
            does => {
                if let (Some(environment), Some(moved)) = (does.environment(), &intent.moves) {
                    self.deployments.push(deployment(act, intent, environment, moved, undone));
                }
            }
        }
    }
}

fn deployment(
    act: &Act<'_>,
    intent: &Intent,
    environment: &str,
    moved: &Moved,
    undone: Option<Timestamp>,
) -> Deployment {
    let subject = intent.subjects.iter().find(|subject| subject.service == moved.service);
    Deployment {
        environment: environment.to_owned(),
        service: moved.service.clone(),
        group: moved.group.clone(),
        from: moved.before.as_ref().map(versions).unwrap_or_default(),
        to: moved.after.as_ref().and_then(|after| versions(after).into_iter().next()),
        digest: subject
            .filter(|_| moved.undoes.is_none())
            .and_then(|subject| subject.digest.as_ref())
            .map(ToString::to_string),
        began: act.record.at,
        ended: act.ended,
        progress: Progress::of(act),
        is_rollback: moved.undoes.is_some(),
        undone,
    }
}

/// The versions in what a state file says of a service: one object, or a list of them.
fn versions(state: &Value) -> Vec<String> {
    let each = state.as_array().map_or_else(|| vec![state], |list| list.iter().collect());
    each.into_iter().filter_map(|one| one.get("version")?.as_str()).map(str::to_owned).collect()
}

/// A word of the decision; how it ended, where there is none.
fn said(act: &Act<'_>, key: &str) -> String {
    let word = match act.end {
        None => "open",
        Some(End::Closed(_)) => "closed",
        Some(End::Outcome(outcome)) => {
            let word = decision(act).and_then(|decision| decision.get(key)?.as_str());
            word.unwrap_or_else(|| outcome.result.name())
        }
    };
    word.to_owned()
}

fn decision<'a>(act: &Act<'a>) -> Option<&'a Value> {
    match act.end {
        Some(End::Outcome(outcome)) => outcome.decision.as_ref(),
        Some(End::Closed(_)) | None => None,
    }
}

fn names(act: &Act<'_>, key: &str) -> Vec<String> {
    let list = decision(act).and_then(|decision| decision.get(key)).and_then(Value::as_array);
    let mut names: Vec<String> =
        list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}
