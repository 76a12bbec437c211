//! The guarantees as claims about emitted pipelines. Each gives what of it is broken, with the run in which it is.

mod flow;
mod hardening;
mod jobs;
mod places;

use super::emitted::{Emitted, Way};

/// What is broken.
pub type Broken = Vec<String>;

/// A claim about a way through a release.
pub type Check = fn(&Way<'_>) -> Result<Broken, String>;

/// Every claim, by its name.
pub const ALL: [(&str, Check); 15] = [
    ("order", flow::order),
    ("gates-and-approvals", flow::gates_and_approvals),
    ("reachable", flow::reachable),
    ("rollback", flow::rollback),
    ("outcome", flow::outcome),
    ("locks", places::locks),
    ("environments", places::environments),
    ("settings", places::settings),
    ("starts", places::starts),
    ("attempts", jobs::attempts),
    ("moment", jobs::moment),
    ("records", jobs::records),
    ("digest", jobs::digest),
    ("reports", jobs::reports),
    ("hardening", hardening::hardening),
];

/// All that is broken, each with the name of its claim.
pub fn broken(emitted: &Emitted) -> Broken {
    broken_of(emitted, &|_| true)
}

/// What is broken of some claims.
pub fn broken_of(emitted: &Emitted, wanted: &dyn Fn(&str) -> bool) -> Broken {
    let ways = match emitted.ways() {
        Ok(ways) => ways,
        Err(refused) => return vec![format!("reading: {refused}")],
    };
    let mut found = Vec::new();
    for way in &ways {
        for (name, check) in ALL.into_iter().filter(|(name, _)| wanted(name)) {
            let broken = check(way).unwrap_or_else(|why| vec![why]);
            found.extend(broken.into_iter().map(|what| format!("{name}: {}: {what}", way.name())));
        }
    }
    found
}
