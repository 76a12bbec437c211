//! One run: a scenario says how its jobs end, and the run which of them start and what comes of it all.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::expression::Malformed;
use super::graph::{Graph, Node};
use super::pass::{Assumed, Pass};
use super::results::{Outcome, Outcomes};
use super::value::Value;

/// What is assumed of a run. Jobs that are not named succeed if they start.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scenario {
    /// Jobs that do not succeed: `failure` where a step failed, the environment was refused or nobody answered; `cancelled` where
    /// the time was up or a newer run took the place in the queue.
    pub ends: BTreeMap<String, Outcome>,
    /// The jobs that are decided on after somebody cancelled the run.
    pub after_cancel: BTreeSet<String>,
    /// Of these, those that are told as cancelled and not as skipped when they do not start.
    pub left: BTreeSet<String>,
    /// Calls that are told as skipped because none of their jobs started.
    pub hollow: BTreeSet<String>,
    /// Whether jobs start whose condition depends on what is not known.
    pub decided: BTreeMap<String, bool>,
    /// Jobs that ended so in an earlier attempt, and are not run again.
    pub kept: BTreeMap<String, Outcome>,
    /// Calls that an earlier attempt entered, of which only jobs inside are run again.
    pub entered: BTreeSet<String>,
    /// The attempt after the first one, where it is not the first.
    pub again: Option<u32>,
    /// What jobs leave for others.
    pub outputs: BTreeMap<(String, String), String>,
    /// What else `github` says.
    pub github: BTreeMap<String, Value>,
    /// What the run was given.
    pub inputs: BTreeMap<String, Value>,
}

/// A run.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// How each job ended.
    pub results: BTreeMap<String, Outcome>,
    /// The jobs that started in this attempt.
    pub started: BTreeSet<String>,
    /// What the run as a whole is shown as.
    pub conclusion: Outcome,
}

/// Why a scenario says nothing about a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unclear {
    /// It names a job that is not there.
    Unknown(String),
    /// Whether the job starts depends on what nothing is said about.
    Undecided(String),
    /// A condition cannot be evaluated.
    Malformed(Malformed),
}

impl From<Malformed> for Unclear {
    fn from(error: Malformed) -> Self {
        Self::Malformed(error)
    }
}

impl fmt::Display for Unclear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(job) => write!(f, "there is no job `{job}`"),
            Self::Undecided(job) => write!(f, "whether `{job}` starts depends on what is not known"),
            Self::Malformed(error) => write!(f, "{error}"),
        }
    }
}

impl Scenario {
    /// All succeeds.
    pub fn good() -> Self {
        Self::default()
    }

    /// One job ends so.
    #[must_use]
    pub fn with(mut self, job: &str, outcome: Outcome) -> Self {
        self.ends.insert(job.to_owned(), outcome);
        self
    }

    /// The run is cancelled while a job runs: it is cancelled, and all jobs are decided on afterwards that it does not come after.
    #[must_use]
    pub fn cancelled_during(mut self, graph: &Graph, job: &str) -> Self {
        let Some(at) = graph.find(job) else { return self };
        self.ends.insert(job.to_owned(), Outcome::Cancelled);
        let later =
            (0..graph.nodes.len()).filter(|other| *other != at && !graph.nodes[at].before.contains(other));
        self.after_cancel.extend(later.map(|other| graph.nodes[other].id.clone()));
        self
    }

    /// The scenario as what a pass assumes.
    pub(super) fn assumed(&self, graph: &Graph) -> Result<Assumed, Unclear> {
        let named = self.ends.keys().chain(&self.after_cancel).chain(&self.left).chain(&self.hollow);
        let named = named.chain(self.decided.keys()).chain(self.kept.keys());
        if let Some(unknown) =
            named.chain(self.outputs.keys().map(|(job, _)| job)).find(|id| graph.find(id).is_none())
        {
            return Err(Unclear::Unknown(unknown.clone()));
        }
        let mut assumed = Assumed::open(graph);
        for (node, job) in graph.nodes.iter().zip(&mut assumed.jobs) {
            let one = |outcome| Outcomes::of(&[outcome]);
            job.ends = one(self.ends.get(&node.id).copied().unwrap_or(Outcome::Success));
            job.late = Some(self.after_cancel.contains(&node.id));
            job.left = one(if self.left.contains(&node.id) { Outcome::Cancelled } else { Outcome::Skipped });
            job.hollow =
                one(if self.hollow.contains(&node.id) { Outcome::Skipped } else { Outcome::Success });
            job.starts = self.decided.get(&node.id).copied();
            job.entered = self.entered.contains(&node.id);
            job.kept = self.kept.get(&node.id).copied();
            let outputs = self.outputs.iter().filter(|((job, _), _)| *job == node.id);
            job.outputs = outputs.map(|((_, name), text)| (name.clone(), text.clone())).collect();
        }
        assumed.attempt = Some(self.again.unwrap_or(1));
        assumed.github.clone_from(&self.github);
        assumed.inputs.clone_from(&self.inputs);
        Ok(assumed)
    }
}

impl Run {
    /// The run of a scenario.
    pub fn of(graph: &Graph, scenario: &Scenario) -> Result<Self, Unclear> {
        let pass = Pass::over(graph, &scenario.assumed(graph)?)?;
        let mut run =
            Self { results: BTreeMap::new(), started: BTreeSet::new(), conclusion: Outcome::Skipped };
        // A job that is undecided leaves the call around it open, which stands before it.
        let undecided = |node: &Node| Unclear::Undecided(node.id.clone());
        if let Some((node, _)) = graph.nodes.iter().zip(&pass.jobs).find(|(_, fate)| fate.starts.is_none()) {
            return Err(undecided(node));
        }
        let mut real = Outcomes::NONE;
        for (node, fate) in graph.nodes.iter().zip(&pass.jobs) {
            if fate.starts == Some(true) && !scenario.kept.contains_key(&node.id) {
                run.started.insert(node.id.clone());
            }
            run.results.insert(node.id.clone(), fate.seen.only().ok_or_else(|| undecided(node))?);
            if node.called.is_none() {
                real = real.or(fate.seen);
            }
        }
        let worst = [Outcome::Failure, Outcome::Cancelled, Outcome::Success, Outcome::Skipped];
        run.conclusion = match worst.into_iter().find(|outcome| real.has(*outcome)) {
            _ if !scenario.after_cancel.is_empty() => Outcome::Cancelled,
            Some(worst) => worst,
            None => Outcome::Success,
        };
        Ok(run)
    }

    /// Whether those who look only at the colour take it for good: a skipped check counts as passed.
    pub fn is_green(&self) -> bool {
        matches!(self.conclusion, Outcome::Success | Outcome::Skipped)
    }

    /// Whether a job started.
    pub fn has_started(&self, job: &str) -> bool {
        self.started.contains(job)
    }

    /// How a job ended.
    pub fn result(&self, job: &str) -> Option<Outcome> {
        self.results.get(job).copied()
    }

    /// Some jobs are run again, with all that come after them; the others keep how they ended.
    pub fn again(&self, graph: &Graph, jobs: &[&str]) -> Scenario {
        let chosen: BTreeSet<usize> = jobs.iter().filter_map(|job| graph.find(job)).collect();
        let mut rerun = chosen.clone();
        let mut entered = BTreeSet::new();
        for at in chosen {
            rerun.extend(graph.below(at));
            rerun.extend(graph.after(at));
            // A call is run again as far as its jobs are, and what needs it after it.
            let mut parent = graph.nodes[at].parent;
            while let Some(call) = parent {
                rerun.insert(call);
                entered.insert(graph.nodes[call].id.clone());
                rerun
                    .extend(graph.after(call).into_iter().filter(|later| !graph.below(call).contains(later)));
                parent = graph.nodes[call].parent;
            }
        }
        let kept = graph.nodes.iter().enumerate().filter(|(at, _)| !rerun.contains(at));
        let kept = kept.filter_map(|(_, node)| Some((node.id.clone(), self.result(&node.id)?)));
        Scenario { kept: kept.collect(), entered, again: Some(2), ..Scenario::default() }
    }

    /// What GitHub calls "re-run failed jobs": those that failed or were cancelled, with all that come after them.
    pub fn failed_again(&self, graph: &Graph) -> Scenario {
        let failed = |id: &&String| matches!(self.result(id), Some(Outcome::Failure | Outcome::Cancelled));
        let jobs: Vec<&str> = self.results.keys().filter(failed).map(String::as_str).collect();
        let real: Vec<&str> = jobs
            .into_iter()
            .filter(|id| graph.find(id).is_some_and(|at| graph.nodes[at].called.is_none()))
            .collect();
        self.again(graph, &real)
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said: Vec<String> = Vec::new();
        said.extend(self.kept.iter().map(|(job, outcome)| format!("`{job}` is kept as {outcome}")));
        said.extend(self.again.map(|attempt| format!("attempt {attempt}")));
        said.extend(self.ends.iter().map(|(job, outcome)| format!("`{job}` ends in {outcome}")));
        said.extend(self.after_cancel.iter().map(|job| format!("`{job}` comes after the run was cancelled")));
        said.extend(self.decided.iter().map(|(job, starts)| {
            format!("the condition of `{job}` is {}", if *starts { "met" } else { "not met" })
        }));
        if said.is_empty() { f.write_str("all succeeds") } else { f.write_str(&said.join("; ")) }
    }
}
