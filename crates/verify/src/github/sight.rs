//! What a job's condition can see: the ends and outputs of the jobs that it needs, the run, and what it was given.

use std::collections::BTreeMap;

use super::evaluate::{Scope, value};
use super::expression::template;
use super::graph::{At, Graph};
use super::pass::{Assumed, Pass};
use super::results::Outcome;
use super::value::Value;
use super::workflow::{Input, Scalar};

/// What can be seen from a job.
pub(super) struct Sight<'a> {
    graph: &'a Graph,
    assumed: &'a Assumed,
    pass: &'a Pass,
    at: At,
    /// Only conditions may ask for the status.
    condition: bool,
}

impl<'a> Sight<'a> {
    /// What the condition of a job can see.
    pub(super) const fn of_job(graph: &'a Graph, assumed: &'a Assumed, pass: &'a Pass, at: At) -> Self {
        Self { graph, assumed, pass, at, condition: true }
    }

    /// What the steps of a job can see besides each other.
    pub(super) const fn of_steps(graph: &'a Graph, assumed: &'a Assumed, pass: &'a Pass, at: At) -> Self {
        Self { graph, assumed, pass, at, condition: false }
    }

    /// The ends and outputs of the jobs that are needed.
    pub(super) fn needs(&self) -> Value {
        let needs = &self.graph.nodes[self.at].needs;
        let of = |at: &At| (self.graph.nodes[*at].local.clone(), self.need(*at));
        Value::Object(needs.iter().map(of).collect())
    }

    fn result(&self, at: At) -> Value {
        let seen = self.pass.jobs[at].seen.list();
        Value::among(seen.into_iter().map(|outcome| Value::text(outcome.word())))
    }

    fn need(&self, at: At) -> Value {
        Value::Object(BTreeMap::from([
            ("result".to_owned(), self.result(at)),
            ("outputs".to_owned(), Value::Object(self.outputs(at))),
        ]))
    }

    /// What a job leaves for others: nothing where it does not start, and unknown where nothing is assumed.
    fn outputs(&self, at: At) -> BTreeMap<String, Value> {
        let node = &self.graph.nodes[at];
        if self.pass.jobs[at].starts == Some(false) {
            return BTreeMap::new();
        }
        let names: Vec<&String> = match &node.called {
            Some(called) => called.outputs.keys().collect(),
            None => node.job.outputs.keys().collect(),
        };
        let given = &self.assumed.jobs[at].outputs;
        let value = |name: &String| match (given.get(name), self.pass.jobs[at].starts) {
            (Some(text), Some(true)) => Value::text(text),
            _ => Value::Unknown,
        };
        names.into_iter().map(|name| (name.clone(), value(name))).collect()
    }

    /// What the workflow of the job was given.
    pub(super) fn inputs(&self) -> Value {
        let Some(parent) = self.graph.nodes[self.at].parent else {
            let of = |(name, input): (&String, &Input)| {
                let given = self.assumed.inputs.get(name).cloned();
                (name.clone(), given.unwrap_or_else(|| possible(input)))
            };
            return Value::Object(self.graph.takes.inputs.iter().map(of).collect());
        };
        let caller = Sight { at: parent, condition: false, ..*self };
        let call = &self.graph.nodes[parent];
        let takes = call.called.iter().flat_map(|called| &called.inputs);
        let of = |(name, input): (&String, &Input)| {
            let written = call.job.with.get(name).or(input.default.as_ref());
            (name.clone(), written.map_or(Value::Null, |scalar| caller.of_scalar(scalar)))
        };
        Value::Object(takes.map(of).collect())
    }

    fn of_scalar(&self, scalar: &Scalar) -> Value {
        match scalar {
            Scalar::Bool(truth) => Value::Bool(*truth),
            Scalar::Number(number) => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
            // What cannot be evaluated is unknown, and can so decide nothing.
            Scalar::Text(text) => {
                template(text).and_then(|read| value(&read, self)).unwrap_or(Value::Unknown)
            }
        }
    }

    fn github(&self) -> Value {
        let mut known = self.assumed.github.clone();
        let attempt = self.assumed.attempt.map_or(Value::Unknown, |attempt| Value::Text(attempt.to_string()));
        known.insert("run_attempt".to_owned(), attempt);
        Value::Open(known)
    }

    /// Whether all that comes before the calls around a job went well; of what is not, it is not documented whether the jobs of a
    /// called workflow see it.
    fn around(&self, asked: impl Fn(At) -> bool) -> bool {
        let mut parent = self.graph.nodes[self.at].parent;
        while let Some(at) = parent {
            if !self.graph.nodes[at].ancestors.iter().all(|ancestor| asked(*ancestor)) {
                return false;
            }
            parent = self.graph.nodes[at].parent;
        }
        true
    }

    fn succeeded(&self) -> Option<bool> {
        let ancestors = &self.graph.nodes[self.at].ancestors;
        let late = self.pass.jobs[self.at].late;
        let all = |asked: &dyn Fn(At) -> bool| ancestors.iter().all(|ancestor| asked(*ancestor));
        let sure = |at: At| self.pass.jobs[at].seen.is(Outcome::Success);
        if late == Some(true) || !all(&|at| self.pass.jobs[at].seen.has(Outcome::Success)) {
            return Some(false);
        }
        (late == Some(false) && all(&sure) && self.around(sure)).then_some(true)
    }

    fn failed(&self) -> Option<bool> {
        let ancestors = &self.graph.nodes[self.at].ancestors;
        let none = |at: At| !self.pass.jobs[at].seen.has(Outcome::Failure);
        if ancestors.iter().all(|at| none(*at)) && self.around(none) {
            return Some(false);
        }
        // Whether it is asked at all once the run was cancelled is not documented.
        let sure = ancestors.iter().any(|at| self.pass.jobs[*at].seen.is(Outcome::Failure));
        (sure && self.pass.jobs[self.at].late == Some(false)).then_some(true)
    }
}

/// What an input can be when nobody says more.
fn possible(input: &Input) -> Value {
    match input.kind.as_deref() {
        Some("boolean") => Value::among([true, false].map(Value::Bool)),
        Some("choice") => Value::among(input.options.iter().map(|option| Value::Text(option.text()))),
        _ => Value::Unknown,
    }
}

impl Scope for Sight<'_> {
    fn context(&self, name: &str) -> Option<Value> {
        match name {
            "needs" => Some(self.needs()),
            "github" => Some(self.github()),
            "inputs" => Some(self.inputs()),
            "vars" => Some(Value::Unknown),
            "strategy" | "matrix" if !self.condition => Some(Value::Unknown),
            _ => None,
        }
    }

    fn property(&self, context: &str, of: &str, name: &str) -> Option<Value> {
        if context != "needs" {
            return Some(self.context(context)?.property(of).property(name));
        }
        let node = &self.graph.nodes[self.at];
        let need = node.needs.iter().find(|need| self.graph.nodes[**need].local.eq_ignore_ascii_case(of));
        Some(match need {
            Some(need) if name.eq_ignore_ascii_case("result") => self.result(*need),
            Some(need) => self.need(*need).property(name),
            None => Value::Null,
        })
    }

    fn status(&self, function: &str) -> Option<Option<bool>> {
        if !self.condition {
            return None;
        }
        match function {
            "success" => Some(self.succeeded()),
            "failure" => Some(self.failed()),
            "cancelled" => Some(self.pass.jobs[self.at].late),
            "always" => Some(Some(true)),
            _ => None,
        }
    }
}
