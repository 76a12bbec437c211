//! The guarantees as claims about emitted pipelines. Each gives what of it is broken, with the run in which it is.

mod flow;
mod hardening;
mod jobs;
mod places;
mod recurring;
mod shared;
mod signatures;

use clearway_plan::Guarantee;
use rayon::prelude::*;

use super::way::{Emitted, Way};
use crate::claims::{held, missing};
use crate::finding::{Broken, Refused, Told, mark_what_follows};
use crate::played;

/// A claim about a way through a release.
pub type Check = fn(&Way<'_>) -> Result<Broken, String>;

/// Every claim, by its name, with the guarantees that it keeps.
pub const ALL: [(&str, &[Guarantee], Check); 18] = {
    use Guarantee::{
        Approvals, Basis, Credentials, Digest, Gates, Locks, Order, Outcome, Records, Rollback, Windows,
    };
    [
        ("order", &[Order], |way| played::order(way)),
        ("gates-and-approvals", &[Gates, Approvals], |way| played::gates_and_approvals(way)),
        ("rollback", &[Rollback], flow::rollback),
        ("outcome", &[Outcome], |way| played::outcome(way)),
        ("locks", &[Locks], places::locks),
        ("environments", &[Approvals, Credentials], places::environments),
        ("settings", &[Approvals, Credentials], places::settings),
        ("starts", &[Credentials], places::starts),
        ("attempts", &[Approvals], jobs::attempts),
        ("moment", &[Windows, Basis], jobs::moment),
        ("records", &[Records], jobs::records),
        ("signatures", &[Records, Credentials], signatures::signatures),
        ("digest", &[Digest], jobs::digest),
        ("reports", &[Gates], jobs::reports),
        ("recurring", &[Records], recurring::recurring),
        ("hardening", &[Credentials], hardening::hardening),
        ("shared", &[Records, Credentials], shared::shared),
        ("reachable", &[Outcome], |way| played::reachable(way)),
    ]
};

/// All that is broken of some claims.
pub fn broken(emitted: &Emitted, wanted: &(dyn Fn(&str) -> bool + Sync)) -> Result<Vec<Told>, Refused> {
    let mut ways = emitted.ways()?;
    // The runs of a way are shared by its claims, so each way is looked at by one thread.
    let looked = ways.par_iter_mut().flat_map_iter(|way| {
        let mut told = missing(way);
        let claims = ALL.into_iter().filter(|(name, ..)| wanted(name));
        let broken: Vec<Told> = claims.flat_map(|claim| held(way, &told, claim)).collect();
        told.extend(broken);
        told
    });
    let mut told: Vec<Told> = looked.collect();
    mark_what_follows(&mut told);
    Ok(told)
}
