//! What follows from a claim without any search: a job that starts has started after what its condition asks for.

use std::collections::BTreeSet;

use super::expression::{Expression, Operator};
use super::graph::{At, Graph};
use super::pass::Assumed;
use super::results::{Outcome, Outcomes};
use super::search::Claim;
use super::value::Value;

/// Leaves open only what the claim allows. Nothing is closed that a run of the claim could have; where two parts of it exclude each
/// other, a job is left without any end.
pub(super) fn narrow(claim: &Claim, graph: &Graph, assumed: &mut Assumed) {
    narrowed(claim, graph, assumed, &mut BTreeSet::new());
}

fn narrowed(claim: &Claim, graph: &Graph, assumed: &mut Assumed, followed: &mut BTreeSet<At>) {
    match claim {
        Claim::All(claims) => claims.iter().for_each(|claim| narrowed(claim, graph, assumed, followed)),
        Claim::Green => {
            for at in 0..graph.nodes.len() {
                assumed.jobs[at].late = Some(false);
                // A call of which no job starts is no matter of a green run.
                if graph.nodes[at].called.is_none() && !graph.nodes[at].job.continues_on_error() {
                    keep(graph, assumed, at, &|end| end == Outcome::Success);
                }
            }
        }
        Claim::Starts(job) => {
            if let Some(at) = graph.find(job) {
                starts(graph, assumed, at, followed);
            }
        }
        Claim::Ends(job, wanted) => {
            let Some(at) = graph.find(job) else { return };
            keep(graph, assumed, at, &|end| wanted.contains(&end));
            if wanted == &[Outcome::Success] {
                starts(graph, assumed, at, followed);
            }
        }
        Claim::Not(claim) => {
            if let Claim::Ends(job, unwanted) = &**claim
                && let Some(at) = graph.find(job)
            {
                keep(graph, assumed, at, &|end| !unwanted.contains(&end));
            }
        }
        Claim::Any(_) => {}
    }
}

/// The ends that a job can have: if it starts, if it does not because the run was cancelled, and if it is a call of which no job starts. How
/// any other call ends is up to its jobs.
fn keep(graph: &Graph, assumed: &mut Assumed, at: At, allowed: &dyn Fn(Outcome) -> bool) {
    let kept = |ends: Outcomes| ends.list().into_iter().filter(|end| allowed(*end)).collect::<Vec<Outcome>>();
    let job = &mut assumed.jobs[at];
    if graph.nodes[at].called.is_none() {
        job.ends = Outcomes::of(&kept(job.ends));
    }
    for ends in [&mut job.left, &mut job.hollow] {
        let kept = kept(*ends);
        if !kept.is_empty() {
            *ends = Outcomes::of(&kept);
        }
    }
}

/// A job starts: so do the calls around it, and every part of its condition holds.
fn starts(graph: &Graph, assumed: &mut Assumed, at: At, followed: &mut BTreeSet<At>) {
    if !followed.insert(at) {
        return;
    }
    assumed.jobs[at].starts = Some(true);
    let node = &graph.nodes[at];
    if let Some(parent) = node.parent {
        starts(graph, assumed, parent, followed);
    }
    holds(graph, assumed, at, &node.condition.expression, followed);
}

fn holds(graph: &Graph, assumed: &mut Assumed, at: At, expression: &Expression, followed: &mut BTreeSet<At>) {
    match expression {
        Expression::Binary(Operator::And, left, right) => {
            holds(graph, assumed, at, left, followed);
            holds(graph, assumed, at, right, followed);
        }
        Expression::Not(inner) if **inner == Expression::Call("cancelled".to_owned(), Vec::new()) => {
            assumed.jobs[at].late = Some(false);
            for before in graph.nodes[at].before.clone() {
                assumed.jobs[before].late = Some(false);
            }
        }
        Expression::Binary(Operator::Equal, left, right) => {
            let mut references = Vec::new();
            left.references(&mut references);
            let (Expression::Literal(Value::Text(word)), [names]) = (&**right, references.as_slice()) else {
                return;
            };
            let [context, local, property] = names.as_slice() else { return };
            if (context.as_str(), property.as_str(), word.as_str()) != ("needs", "result", "success") {
                return;
            }
            let found = graph.nodes[at].needs.iter().find(|need| graph.nodes[**need].local == *local);
            let Some(need) = found.copied() else { return };
            if !graph.nodes[need].job.continues_on_error() {
                keep(graph, assumed, need, &|end| end == Outcome::Success);
            }
            starts(graph, assumed, need, followed);
        }
        _ => {}
    }
}
