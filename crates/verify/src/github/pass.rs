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
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// A pass that was made before, and what it stands for.
#[derive(Clone, Copy)]
pub struct Earlier<'p> {
    /// What was assumed.
    pub assumed: &'p Assumed,
    /// What was found.
    pub pass: &'p Pass,
}

/// What a pass goes over.
struct Over<'p> {
    graph: &'p Graph,
    assumed: &'p Assumed,
    wanted: &'p dyn Fn(At) -> bool,
    earlier: Option<Earlier<'p>>,
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
        Self::over_some(graph, assumed, &|_| true, None)
    }

    /// Goes over some of the jobs, with all that come before them. Of the others it says nothing. What an earlier pass found of the same jobs
    /// is taken over where nothing was changed that it rests on: the two may differ in what is assumed of jobs, and in nothing else.
    pub fn over_some(
        graph: &Graph,
        assumed: &Assumed,
        wanted: &dyn Fn(At) -> bool,
        earlier: Option<Earlier<'_>>,
    ) -> Result<Self, Malformed> {
        let nothing = Fate { starts: Some(false), late: None, seen: Outcomes::NONE, real: Outcomes::NONE };
        let cancelled = assumed.jobs.iter().any(|job| job.late == Some(true));
        let mut pass = Self { jobs: vec![nothing; graph.nodes.len()], cancelled };
        let over = Over { graph, assumed, wanted, earlier };
        for (at, node) in graph.nodes.iter().enumerate() {
            if node.parent.is_none() && wanted(at) {
                pass.visit(&over, at)?;
            }
        }
        Ok(pass)
    }

    /// Whether a job starts as in an earlier pass, for all that its condition can see is the same.
    fn starts_as(&self, earlier: &Earlier<'_>, over: &Over<'_>, at: At) -> bool {
        let is_same = |at: At| {
            self.jobs[at] == earlier.pass.jobs[at] && over.assumed.jobs[at] == earlier.assumed.jobs[at]
        };
        self.jobs[at].late == earlier.pass.jobs[at].late
            && over.assumed.jobs[at] == earlier.assumed.jobs[at]
            && over.graph.nodes[at].before.iter().all(|before| {
                // A call that the job stands in has not ended yet: only whether it starts can be seen.
                is_same(*before) || self.begins_as(earlier, over, *before, at)
            })
    }

    /// The same of a call that a job stands in.
    fn begins_as(&self, earlier: &Earlier<'_>, over: &Over<'_>, call: At, at: At) -> bool {
        let mut parent = over.graph.nodes[at].parent;
        while let Some(around) = parent {
            if around == call {
                let (now, then) = (self.jobs[call], earlier.pass.jobs[call]);
                return (now.starts, now.late) == (then.starts, then.late)
                    && over.assumed.jobs[call] == earlier.assumed.jobs[call];
            }
            parent = over.graph.nodes[around].parent;
        }
        false
    }

    fn visit(&mut self, over: &Over<'_>, at: At) -> Result<(), Malformed> {
        let Over { graph, assumed, wanted, earlier } = over;
        let node = &graph.nodes[at];
        let job = &assumed.jobs[at];
        // What is decided on after a job that was decided on after the cancellation is so too.
        let after_late =
            self.cancelled && node.before.iter().any(|before| self.jobs[*before].late == Some(true));
        let late = if after_late { Some(true) } else { job.late };
        self.jobs[at].late = late;
        let entered = node.parent.map_or(Some(true), |parent| self.jobs[parent].starts);
        let known = earlier.as_ref().filter(|earlier| self.starts_as(earlier, over, at));
        let starts = match (job.kept, entered) {
            _ if known.is_some() => known.and_then(|earlier| earlier.pass.jobs[at].starts),
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
            self.visit(over, *child)?;
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;
    use crate::github::folder::Folder;

    const RUN: &str = "on: workflow_dispatch\njobs:\n  \
        build: { runs-on: x, steps: [{ run: a }] }\n  \
        test: { needs: build, runs-on: x, continue-on-error: true, steps: [{ run: a }] }\n  \
        stage: { needs: [build, test], if: \"!cancelled() && needs.build.result == 'success'\", uses: ./.github/workflows/stage.yml }\n  \
        back: { needs: [stage, test], if: \"always() && needs.stage.result != 'success'\", runs-on: x, steps: [{ run: a }] }\n  \
        last: { needs: [build, back], if: \"failure() || github.event_name == 'y'\", runs-on: x, steps: [{ run: a }] }\n";
    const STAGE: &str = "on: workflow_call\njobs:\n  \
        deploy: { runs-on: x, steps: [{ run: a }] }\n  \
        accept: { needs: deploy, if: \"success()\", runs-on: x, steps: [{ run: a }] }\n";

    /// What may be decided of a job.
    fn decided(job: &mut JobAssumed, way: usize) {
        match way {
            0 => {}
            1 => job.ends = Outcomes::of(&[Outcome::Success]),
            2 => job.ends = Outcomes::of(&[Outcome::Failure]),
            3 => job.late = Some(true),
            4 => job.late = Some(false),
            5 => job.starts = Some(false),
            6 => job.kept = Some(Outcome::Success),
            _ => job.hollow = Outcomes::of(&[Outcome::Skipped]),
        }
    }

    #[test]
    fn a_pass_after_another_is_as_one_from_the_start() {
        let files = [("run.yml", RUN), ("stage.yml", STAGE)];
        let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let graph = Graph::of(&Folder::of(&files.into()).unwrap(), "run.yml").unwrap();
        let ways = || (0..graph.nodes.len()).flat_map(|at| (0..8).map(move |way| (at, way)));
        let mut reused = 0;
        for (first, second) in ways().flat_map(|first| ways().map(move |second| (first, second))) {
            let mut before = Assumed::open(&graph);
            decided(&mut before.jobs[first.0], first.1);
            let mut after = before.clone();
            decided(&mut after.jobs[second.0], second.1);
            let earlier = Pass::over(&graph, &before).unwrap();
            let earlier = Earlier { assumed: &before, pass: &earlier };
            let pass = Pass::over_some(&graph, &after, &|_| true, Some(earlier)).unwrap();
            assert_eq!(pass, Pass::over(&graph, &after).unwrap(), "{first:?}, then {second:?}");
            reused += usize::from(pass == *earlier.pass);
        }
        assert!(graph.nodes.len() == 7 && reused > 0);
    }
}
