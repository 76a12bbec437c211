//! A pass over the jobs of many runs at once: what is assumed leaves some things open, and the pass says what can become of each.

use std::collections::BTreeMap;

use super::evaluate::truth;
use super::expression::Malformed;
use super::graph::{At, Graph};
use super::results::{Outcome, Outcomes};
use super::sight::Sight;
use super::value::Value;

/// What is assumed of the runs that a pass stands for; `None` and sets of several leave something open.
#[derive(Debug, Clone)]
pub struct Assumed {
    /// What is assumed of each job.
    pub jobs: Vec<JobAssumed>,
    /// `github.run_attempt`.
    pub attempt: Option<u32>,
    /// What else `github` says.
    pub github: BTreeMap<String, Value>,
    /// What the run was given.
    pub inputs: BTreeMap<String, Value>,
}

/// What is assumed of a job.
#[derive(Debug, Clone)]
pub struct JobAssumed {
    /// How it ends if it starts.
    pub ends: Outcomes,
    /// Whether it is decided on after the run was cancelled.
    pub late: Option<bool>,
    /// What becomes of it if it does not start for that.
    pub left: Outcomes,
    /// What becomes of a call of which no job starts.
    pub hollow: Outcomes,
    /// Whether it starts, where its condition depends on what is not known.
    pub starts: Option<bool>,
    /// It is a call that an earlier attempt entered, and only jobs inside it are run again.
    pub entered: bool,
    /// How it ended in an earlier attempt; then nothing of it runs.
    pub kept: Option<Outcome>,
    /// What it leaves for others, by name; the rest is unknown.
    pub outputs: BTreeMap<String, String>,
}

impl JobAssumed {
    /// Nothing is assumed.
    pub fn open() -> Self {
        Self {
            ends: Outcomes::of(&[Outcome::Success, Outcome::Failure, Outcome::Cancelled]),
            late: None,
            left: Outcomes::of(&[Outcome::Skipped, Outcome::Cancelled]),
            hollow: Outcomes::of(&[Outcome::Success, Outcome::Skipped]),
            starts: None,
            entered: false,
            kept: None,
            outputs: BTreeMap::new(),
        }
    }
}

impl Assumed {
    /// Nothing is assumed of the jobs of a graph.
    pub fn open(graph: &Graph) -> Self {
        Self {
            jobs: vec![JobAssumed::open(); graph.nodes.len()],
            attempt: None,
            github: BTreeMap::new(),
            inputs: BTreeMap::new(),
        }
    }
}

/// What can become of the jobs.
#[derive(Debug, Clone, PartialEq)]
pub struct Pass {
    /// Of each job.
    pub jobs: Vec<Fate>,
    /// Some job is decided on after the run was cancelled.
    cancelled: bool,
}

/// What can become of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fate {
    /// Whether it starts.
    pub starts: Option<bool>,
    /// Whether it is decided on after the run was cancelled.
    pub late: Option<bool>,
    /// How it ends, as those that need it see it.
    pub seen: Outcomes,
    /// How it ends in truth: a job that goes on after an error is seen to succeed.
    pub real: Outcomes,
}

impl Pass {
    /// Goes over the jobs, each after those that it needs.
    pub fn over(graph: &Graph, assumed: &Assumed) -> Result<Self, Malformed> {
        Self::over_some(graph, assumed, &|_| true)
    }

    /// Goes over some of the jobs, with all that come before them. Of the others it says nothing.
    pub fn over_some(
        graph: &Graph,
        assumed: &Assumed,
        wanted: &dyn Fn(At) -> bool,
    ) -> Result<Self, Malformed> {
        let nothing = Fate { starts: Some(false), late: None, seen: Outcomes::NONE, real: Outcomes::NONE };
        let cancelled = assumed.jobs.iter().any(|job| job.late == Some(true));
        let mut pass = Self { jobs: vec![nothing; graph.nodes.len()], cancelled };
        for (at, node) in graph.nodes.iter().enumerate() {
            if node.parent.is_none() && wanted(at) {
                pass.visit(graph, assumed, wanted, at)?;
            }
        }
        Ok(pass)
    }

    fn visit(
        &mut self,
        graph: &Graph,
        assumed: &Assumed,
        wanted: &dyn Fn(At) -> bool,
        at: At,
    ) -> Result<(), Malformed> {
        let node = &graph.nodes[at];
        let job = &assumed.jobs[at];
        // What is decided on after a job that was decided on after the cancellation is so too.
        let after_late =
            self.cancelled && node.before.iter().any(|before| self.jobs[*before].late == Some(true));
        let late = if after_late { Some(true) } else { job.late };
        self.jobs[at].late = late;
        let entered = node.parent.map_or(Some(true), |parent| self.jobs[parent].starts);
        let starts = match (job.kept, entered) {
            (Some(kept), _) => Some(kept != Outcome::Skipped),
            (None, Some(false)) => Some(false),
            (None, entered) => {
                let sight = Sight::of_job(graph, assumed, self, at);
                let holds = truth(&node.condition.expression, &sight)
                    .map_err(|error| Malformed(format!("`{}`: {}", node.id, error.0)))?
                    .or(job.starts);
                // Whether the condition of a call is asked again when only jobs inside it are run again is not documented.
                let holds = if job.entered && holds == Some(false) { job.starts } else { holds };
                match (entered, holds) {
                    (_, Some(false)) => Some(false),
                    (Some(true), holds) => holds,
                    _ => None,
                }
            }
        };
        self.jobs[at].starts = starts;
        for child in node.children.iter().filter(|child| wanted(**child)) {
            self.visit(graph, assumed, wanted, *child)?;
        }
        let started = match job.kept {
            Some(kept) => Outcomes::of(&[kept]),
            None if node.called.is_some() => self.of_call(&node.children, job),
            None => job.ends,
        };
        // A job of a workflow that was never called is not there; it is told as skipped.
        let unstarted = match (entered, late) {
            (Some(true), Some(true)) => job.left,
            (Some(false), _) | (_, Some(false)) => Outcomes::of(&[Outcome::Skipped]),
            _ => job.left.with(Outcome::Skipped),
        };
        let real = match starts {
            Some(true) => started,
            Some(false) => unstarted,
            None => started.or(unstarted),
        };
        let hides = node.job.continues_on_error() && real.has(Outcome::Failure);
        self.jobs[at].real = real;
        self.jobs[at].seen = if hides {
            let others: Vec<Outcome> =
                real.list().into_iter().filter(|one| *one != Outcome::Failure).collect();
            Outcomes::of(&others).with(Outcome::Success)
        } else {
            real
        };
        Ok(())
    }

    /// How a call ends: by the worst of its jobs. Whether one of which no job started succeeds or is skipped is not documented.
    fn of_call(&self, children: &[At], job: &JobAssumed) -> Outcomes {
        let may = |outcome| children.iter().any(|child| self.jobs[*child].seen.has(outcome));
        let must = |outcome| children.iter().any(|child| self.jobs[*child].seen.is(outcome));
        let all_may = |wanted: &[Outcome]| {
            children.iter().all(|child| wanted.iter().any(|outcome| self.jobs[*child].seen.has(*outcome)))
        };
        let mut found = Outcomes::NONE;
        if may(Outcome::Failure) {
            found = found.with(Outcome::Failure);
        }
        if may(Outcome::Cancelled) && !must(Outcome::Failure) {
            found = found.with(Outcome::Cancelled);
        }
        if may(Outcome::Success) && all_may(&[Outcome::Success, Outcome::Skipped]) {
            found = found.with(Outcome::Success);
        }
        if all_may(&[Outcome::Skipped]) {
            found = found.or(job.hollow);
        }
        found
    }
}
