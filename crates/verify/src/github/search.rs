//! Claims about all runs of a graph: either no run breaks them, or one that does is found.
//!
//! The search begins with everything open, drops what the claim rules out in all runs that a pass stands for, and otherwise
//! decides one thing after the other. What it finds is then run by itself (`run`), so a counterexample never rests on the search.

use std::collections::BTreeSet;
use std::fmt;

use super::graph::{At, Graph};
use super::narrow::narrow;
use super::pass::{Assumed, Earlier, Pass};
use super::results::{Outcome, Outcomes};
use super::run::{Run, Scenario, Unclear};

/// After how many passes a search is given up.
const BUDGET: usize = 50_000;

/// What may be said of a run.
#[derive(Debug, Clone, PartialEq)]
pub enum Claim {
    /// A job starts, in this attempt.
    Starts(String),
    /// A job ends in one of these ways.
    Ends(String, Vec<Outcome>),
    /// The run is shown as good.
    Green,
    /// It is not so.
    Not(Box<Claim>),
    /// All of them.
    All(Vec<Claim>),
    /// At least one of them.
    Any(Vec<Claim>),
}

impl Claim {
    /// A job starts.
    pub fn starts(job: &str) -> Self {
        Self::Starts(job.to_owned())
    }

    /// A job succeeds.
    pub fn succeeds(job: &str) -> Self {
        Self::Ends(job.to_owned(), vec![Outcome::Success])
    }

    /// A job fails or is cancelled.
    pub fn breaks(job: &str) -> Self {
        Self::Ends(job.to_owned(), vec![Outcome::Failure, Outcome::Cancelled])
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::All(vec![self, other])
    }

    /// Whether it holds in all runs of a pass, or in none.
    fn judge(&self, graph: &Graph, pass: &Pass, assumed: &Assumed) -> Option<bool> {
        let at = |job: &String| graph.find(job);
        match self {
            Self::Starts(job) => {
                let at = at(job)?;
                if assumed.jobs[at].kept.is_some() { Some(false) } else { pass.jobs[at].starts }
            }
            Self::Ends(job, wanted) => {
                let possible = pass.jobs[at(job)?].real.list();
                let fits = possible.iter().filter(|outcome| wanted.contains(outcome)).count();
                if fits == 0 { Some(false) } else { (fits == possible.len()).then_some(true) }
            }
            Self::Green => {
                let bad = Outcomes::of(&[Outcome::Failure, Outcome::Cancelled]);
                let real = || graph.nodes.iter().zip(&pass.jobs).filter(|(node, _)| node.called.is_none());
                if pass.jobs.iter().any(|fate| fate.late == Some(true))
                    || real().any(|(_, fate)| fate.seen.list().iter().all(|outcome| bad.has(*outcome)))
                {
                    return Some(false);
                }
                let good = real().all(|(_, fate)| !fate.seen.list().iter().any(|outcome| bad.has(*outcome)));
                (good && pass.jobs.iter().all(|fate| fate.late == Some(false))).then_some(true)
            }
            Self::Not(claim) => claim.judge(graph, pass, assumed).map(|holds| !holds),
            Self::All(claims) => {
                let judged: Vec<_> = claims.iter().map(|claim| claim.judge(graph, pass, assumed)).collect();
                if judged.contains(&Some(false)) {
                    return Some(false);
                }
                judged.iter().all(|one| *one == Some(true)).then_some(true)
            }
            Self::Any(claims) => {
                let judged: Vec<_> = claims.iter().map(|claim| claim.judge(graph, pass, assumed)).collect();
                if judged.contains(&Some(true)) {
                    return Some(true);
                }
                judged.iter().all(|one| *one == Some(false)).then_some(false)
            }
        }
    }

    /// The jobs that it speaks of.
    fn subjects(&self, graph: &Graph, out: &mut BTreeSet<At>) -> Result<(), Stuck> {
        match self {
            Self::Starts(job) | Self::Ends(job, _) => {
                let at = graph.find(job).ok_or_else(|| Stuck::Unclear(Unclear::Unknown(job.clone())))?;
                out.insert(at);
            }
            Self::Green => out.extend(0..graph.nodes.len()),
            Self::Not(claim) => claim.subjects(graph, out)?,
            Self::All(claims) | Self::Any(claims) => {
                claims.iter().try_for_each(|claim| claim.subjects(graph, out))?;
            }
        }
        Ok(())
    }
}

/// It is not so.
impl std::ops::Not for Claim {
    type Output = Self;

    fn not(self) -> Self {
        Self::Not(Box::new(self))
    }
}

/// Why a claim is neither shown nor broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stuck {
    /// The search took too long.
    TooLarge,
    /// Conditions cannot be evaluated.
    Unclear(Unclear),
    /// A run that was found is not what the search took it for.
    Contradiction(String),
}

impl<E: Into<Unclear>> From<E> for Stuck {
    fn from(error: E) -> Self {
        Self::Unclear(error.into())
    }
}

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => f.write_str("the search was given up"),
            Self::Unclear(unclear) => unclear.fmt(f),
            Self::Contradiction(scenario) => write!(f, "the run of this scenario is another: {scenario}"),
        }
    }
}

impl Graph {
    /// A run of which a claim holds; none if there is no such run.
    pub fn scenario(&self, claim: &Claim) -> Result<Option<Scenario>, Stuck> {
        let mut relevant = BTreeSet::new();
        claim.subjects(self, &mut relevant)?;
        for at in relevant.clone() {
            relevant.extend(&self.nodes[at].before);
            relevant.extend(self.below(at));
        }
        for at in relevant.clone() {
            relevant.extend(&self.nodes[at].before);
        }
        let mut search = Search { graph: self, claim, relevant, left: BUDGET };
        for attempt in [1, 2] {
            let mut assumed = Assumed::open(self);
            assumed.attempt = Some(attempt);
            narrow(claim, self, &mut assumed);
            if let Some(found) = search.go(assumed, None)? {
                return search.run(&found).map(Some);
            }
        }
        Ok(None)
    }

    /// A run in which a job starts though another one did not succeed.
    pub fn scenario_without(&self, job: &str, guard: &str) -> Result<Option<Scenario>, Stuck> {
        self.scenario(&Claim::starts(job).and(!Claim::succeeds(guard)))
    }

    /// The jobs that must have succeeded for a job to start.
    pub fn guards(&self, job: &str) -> Result<BTreeSet<String>, Stuck> {
        let at = self.find(job).ok_or_else(|| Stuck::Unclear(Unclear::Unknown(job.to_owned())))?;
        let mut guards = BTreeSet::new();
        for before in &self.nodes[at].before {
            let id = &self.nodes[*before].id;
            // The job that calls the workflow has not ended when its jobs start.
            let ended = !self.below(*before).contains(&at);
            if ended && self.scenario_without(job, id)?.is_none() {
                guards.insert(id.clone());
            }
        }
        Ok(guards)
    }

    /// A second attempt in which a job starts though another one, which it comes after, ran only in the first.
    pub fn scenario_again(&self, job: &str, guards: &[&str]) -> Result<Option<Scenario>, Stuck> {
        let all = guards.iter().map(|guard| Claim::succeeds(guard)).chain([Claim::starts(job)]).collect();
        let Some(mut first) = self.scenario(&Claim::All(all))? else { return Ok(None) };
        for end in [Outcome::Failure, Outcome::Cancelled, Outcome::Success] {
            first.ends.insert(job.to_owned(), end);
            let before = self.generous(&mut first)?;
            let mut again = before.again(self, &[job]);
            again.github.clone_from(&first.github);
            again.inputs.clone_from(&first.inputs);
            let run = self.generous(&mut again)?;
            if run.has_started(job) && guards.iter().any(|guard| !run.has_started(guard)) {
                return Ok(Some(again));
            }
        }
        Ok(None)
    }

    /// The run of a scenario, in which each job starts of which it is not known whether it does.
    fn generous(&self, scenario: &mut Scenario) -> Result<Run, Unclear> {
        loop {
            match Run::of(self, scenario) {
                Err(Unclear::Undecided(job)) if !scenario.decided.contains_key(&job) => {
                    scenario.decided.insert(job, true);
                }
                run => return run,
            }
        }
    }
}

/// A search for a run of which a claim holds.
struct Search<'g> {
    graph: &'g Graph,
    claim: &'g Claim,
    relevant: BTreeSet<At>,
    left: usize,
}

impl Search<'_> {
    fn go(&mut self, assumed: Assumed, earlier: Option<Earlier<'_>>) -> Result<Option<Assumed>, Stuck> {
        self.left = self.left.checked_sub(1).ok_or(Stuck::TooLarge)?;
        let pass = Pass::over_some(self.graph, &assumed, &|at| self.relevant.contains(&at), earlier)?;
        let impossible = |at: &At| {
            let fate = pass.jobs[*at];
            // Of a call, only some jobs may be of interest; then nothing is said of its end.
            let endless = self.graph.nodes[*at].called.is_none() && fate.real == Outcomes::NONE;
            match fate.starts {
                Some(true) => endless,
                Some(false) => assumed.jobs[*at].starts == Some(true),
                None => false,
            }
        };
        if self.claim.judge(self.graph, &pass, &assumed) == Some(false)
            || self.relevant.iter().any(impossible)
        {
            return Ok(None);
        }
        let Some(choices) = self.choices(&assumed, &pass) else {
            return Ok(Some(assumed));
        };
        for choice in choices {
            if let Some(found) = self.go(choice, Some(Earlier { assumed: &assumed, pass: &pass }))? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The next thing that is open, decided in each way; none where nothing is.
    fn choices(&self, assumed: &Assumed, pass: &Pass) -> Option<Vec<Assumed>> {
        let with = |change: &dyn Fn(&mut Assumed)| {
            let mut one = assumed.clone();
            change(&mut one);
            one
        };
        for at in self.relevant.iter().copied() {
            let fate = pass.jobs[at];
            if assumed.jobs[at].kept.is_some() {
                continue;
            }
            if fate.late.is_none() {
                return Some([false, true].map(|late| with(&|one| one.jobs[at].late = Some(late))).into());
            }
            if fate.starts.is_none() {
                return Some(
                    [true, false].map(|starts| with(&|one| one.jobs[at].starts = Some(starts))).into(),
                );
            }
            let is_call = self.graph.nodes[at].called.is_some();
            if fate.starts == Some(true) && is_call {
                continue;
            }
            let open = fate.real.list();
            if open.len() > 1 {
                let decide = |end: Outcome| {
                    with(&|one| {
                        let set = Outcomes::of(&[end]);
                        if fate.starts == Some(true) {
                            one.jobs[at].ends = set;
                        } else {
                            one.jobs[at].left = set;
                        }
                    })
                };
                return Some(open.into_iter().map(decide).collect());
            }
        }
        // The jobs of a call stand after it: only now is it known how it ended. Where they are of no interest, its end is not either.
        let ended = |at: At| self.graph.below(at).iter().all(|job| self.relevant.contains(job));
        let open_call =
            self.relevant.iter().rev().find(|at| pass.jobs[**at].real.list().len() > 1 && ended(**at))?;
        let hollow = pass.jobs[*open_call].real.list();
        Some(
            hollow
                .into_iter()
                .map(|end| with(&|one| one.jobs[*open_call].hollow = Outcomes::of(&[end])))
                .collect(),
        )
    }

    /// The scenario of what was found, which is run to see that the claim holds of it.
    fn run(&self, found: &Assumed) -> Result<Scenario, Stuck> {
        let pass = Pass::over(self.graph, found)?;
        let mut scenario =
            Scenario { again: found.attempt.filter(|attempt| *attempt > 1), ..Scenario::default() };
        for at in self.relevant.iter().copied() {
            let (id, fate) = (self.graph.nodes[at].id.clone(), pass.jobs[at]);
            let Some(end) = fate.real.only() else { continue };
            if fate.late == Some(true) {
                scenario.after_cancel.insert(id.clone());
            }
            if found.jobs[at].starts == Some(false) {
                scenario.decided.insert(id.clone(), false);
            }
            match (fate.starts, self.graph.nodes[at].called.is_some()) {
                (Some(true), false) if end != Outcome::Success => drop(scenario.ends.insert(id, end)),
                (Some(true), true) if end == Outcome::Skipped => drop(scenario.hollow.insert(id)),
                (Some(false), _) if end == Outcome::Cancelled => drop(scenario.left.insert(id)),
                _ => {}
            }
        }
        // Jobs that the claim does not touch are free.
        self.graph.generous(&mut scenario)?;
        let assumed = scenario.assumed(self.graph)?;
        let pass = Pass::over(self.graph, &assumed)?;
        match self.claim.judge(self.graph, &pass, &assumed) {
            Some(true) => Ok(scenario),
            _ => Err(Stuck::Contradiction(scenario.to_string())),
        }
    }
}
