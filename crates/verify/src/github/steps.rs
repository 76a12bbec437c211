//! The steps of a job that starts: which of them run, what the job ends in, and what it leaves for others.

use std::collections::{BTreeMap, BTreeSet};

use super::evaluate::{Scope, truth, value};
use super::expression::{Condition, Malformed, template};
use super::graph::{At, Graph};
use super::pass::Pass;
use super::results::Outcome;
use super::run::{Scenario, Unclear};
use super::sight::Sight;
use super::value::Value;

/// What is assumed of the steps of a job. Steps that are not named succeed if they run.
#[derive(Debug, Clone, Default)]
pub struct StepsAssumed {
    /// The steps that fail, by their places.
    pub fail: Vec<usize>,
    /// The step in which the job is ended: its time is up or the run is cancelled.
    pub cut: Option<usize>,
    /// What steps leave, by the step's id and the output's name.
    pub outputs: BTreeMap<(String, String), String>,
}

/// What became of the steps of a job.
#[derive(Debug, Clone, PartialEq)]
pub struct StepsRun {
    /// What each came to by itself.
    pub outcomes: Vec<Outcome>,
    /// The same, where a failure that does not count is a success.
    pub conclusions: Vec<Outcome>,
    /// What the job ends in.
    pub result: Outcome,
    /// What the job leaves for others.
    pub outputs: BTreeMap<String, Value>,
}

impl StepsRun {
    /// The steps of a job in a run.
    pub fn of(
        graph: &Graph,
        scenario: &Scenario,
        job: &str,
        assumed: &StepsAssumed,
    ) -> Result<Self, Unclear> {
        let at = graph.find(job).ok_or_else(|| Unclear::Unknown(job.to_owned()))?;
        let run = scenario.assumed(graph)?;
        let wanted = |other: At| other == at || graph.nodes[at].before.contains(&other);
        let pass = Pass::over_some(graph, &run, &wanted, None)?;
        let mut inside = Inside {
            outer: Sight::of_steps(graph, &run, &pass, at),
            graph,
            at,
            assumed,
            outcomes: Vec::new(),
            conclusions: Vec::new(),
            cut: false,
        };
        for (place, step) in graph.nodes[at].job.steps().iter().enumerate() {
            let condition = Condition::read(&step.condition_text())?;
            let starts = truth(&condition.expression, &inside)?
                .ok_or_else(|| Unclear::Undecided(format!("{job}, step {}", step.title())))?;
            let outcome = match starts {
                false => Outcome::Skipped,
                true if assumed.cut == Some(place) => Outcome::Cancelled,
                true if assumed.fail.contains(&place) => Outcome::Failure,
                true => Outcome::Success,
            };
            inside.cut |= outcome == Outcome::Cancelled;
            let hidden = outcome == Outcome::Failure && step.continues_on_error();
            inside.outcomes.push(outcome);
            inside.conclusions.push(if hidden { Outcome::Success } else { outcome });
        }
        let leaves = graph.nodes[at].job.outputs.iter().map(|(name, scalar)| {
            let read = template(&scalar.text())?;
            Ok((name.clone(), value(&read, &inside)?))
        });
        let outputs = leaves.collect::<Result<_, Malformed>>()?;
        Ok(Self {
            result: inside.status(),
            outputs,
            outcomes: inside.outcomes,
            conclusions: inside.conclusions,
        })
    }

    /// Whether a step ran.
    pub fn has_run(&self, place: usize) -> bool {
        self.outcomes.get(place).is_some_and(|outcome| *outcome != Outcome::Skipped)
    }
}

impl Graph {
    /// The steps of a job that run only if another one of the job succeeded, where the steps leave these outputs.
    pub fn steps_behind(
        &self,
        scenario: &Scenario,
        job: &str,
        outputs: &StepsAssumed,
        guard: usize,
    ) -> Result<BTreeSet<usize>, Unclear> {
        let good = StepsRun::of(self, scenario, job, outputs)?;
        let fails = StepsAssumed { fail: vec![guard], ..outputs.clone() };
        let fails = StepsRun::of(self, scenario, job, &fails)?;
        let cut = StepsAssumed { cut: Some(guard), ..outputs.clone() };
        let cut = StepsRun::of(self, scenario, job, &cut)?;
        let later = guard + 1..good.outcomes.len();
        Ok(later.filter(|step| good.has_run(*step) && !fails.has_run(*step) && !cut.has_run(*step)).collect())
    }
}

/// What the condition of a step can see.
struct Inside<'a> {
    outer: Sight<'a>,
    graph: &'a Graph,
    at: At,
    assumed: &'a StepsAssumed,
    outcomes: Vec<Outcome>,
    conclusions: Vec<Outcome>,
    cut: bool,
}

impl Inside<'_> {
    /// How the job goes so far.
    fn status(&self) -> Outcome {
        match () {
            () if self.cut => Outcome::Cancelled,
            () if self.conclusions.contains(&Outcome::Failure) => Outcome::Failure,
            () => Outcome::Success,
        }
    }

    fn steps(&self) -> Value {
        let steps = self.graph.nodes[self.at].job.steps().iter().zip(&self.outcomes).zip(&self.conclusions);
        let of = |((step, outcome), conclusion): ((&super::workflow::Step, &Outcome), &Outcome)| {
            let id = step.id.clone()?;
            let given = self.assumed.outputs.iter().filter(|((of, _), _)| *of == id);
            let known = given.map(|((_, name), text)| (name.clone(), Value::text(text))).collect();
            let outputs = if *outcome == Outcome::Skipped {
                Value::Object(BTreeMap::new())
            } else {
                Value::Open(known)
            };
            let properties = [
                ("outcome".to_owned(), Value::text(outcome.word())),
                ("conclusion".to_owned(), Value::text(conclusion.word())),
                ("outputs".to_owned(), outputs),
            ];
            Some((id, Value::Object(BTreeMap::from(properties))))
        };
        Value::Object(steps.filter_map(of).collect())
    }
}

impl Scope for Inside<'_> {
    fn context(&self, name: &str) -> Option<Value> {
        match name {
            "steps" => Some(self.steps()),
            "job" => {
                let status = ("status".to_owned(), Value::text(self.status().word()));
                Some(Value::Open(BTreeMap::from([status])))
            }
            "env" | "runner" => Some(Value::Unknown),
            _ => self.outer.context(name),
        }
    }

    fn property(&self, context: &str, of: &str, name: &str) -> Option<Value> {
        match context {
            "needs" => self.outer.property(context, of, name),
            _ => Some(self.context(context)?.property(of).property(name)),
        }
    }

    fn status(&self, function: &str) -> Option<Option<bool>> {
        match function {
            "success" => Some(Some(self.status() == Outcome::Success)),
            "failure" => Some(Some(self.status() == Outcome::Failure)),
            "cancelled" => Some(Some(self.cut)),
            "always" => Some(Some(true)),
            _ => None,
        }
    }
}
