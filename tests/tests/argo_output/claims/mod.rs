//! The guarantees as claims about emitted workflows. Each gives what of it is broken, with the run in which it is.

mod cluster;
mod flow;
mod jobs;

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
    ("locks", flow::locks),
    ("people", jobs::people),
    ("moment", jobs::moment),
    ("records", jobs::records),
    ("digest", jobs::digest),
    ("hardening", jobs::hardening),
    ("policies", cluster::policies),
    ("accounts", cluster::accounts),
    ("rollouts", cluster::rollouts),
    ("delivery", cluster::delivery),
];

/// All that is broken, each with the name of its claim.
pub fn broken(emitted: &Emitted) -> Broken {
    let ways = match emitted.ways() {
        Ok(ways) => ways,
        Err(refused) => return vec![format!("reading: {refused}")],
    };
    let mut found = Vec::new();
    for way in &ways {
        for (name, check) in ALL {
            let broken = check(way).unwrap_or_else(|why| vec![why]);
            found.extend(broken.into_iter().map(|what| format!("{name}: {}: {what}", way.name())));
        }
    }
    found
}
