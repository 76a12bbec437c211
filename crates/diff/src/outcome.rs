//! What a run must have done before it is green: tests, and looks at what was deployed.

use std::collections::BTreeSet;

use clearway_plan::{Artifact, Command, Guarantee};

use crate::change::Change;
use crate::verdict::Verdict;
use crate::words;

/// What is changed about how a service is tested and looked at.
pub(crate) fn of_artifact(name: &str, old: &Artifact, new: &Artifact) -> Vec<Change> {
    let test = (format!("test of `{name}`"), "test", old.test.as_ref(), new.test.as_ref());
    let smokes: BTreeSet<&String> = old.smokes.iter().chain(&new.smokes).map(|smoke| &smoke.name).collect();
    let smokes = smokes.into_iter().map(|smoke| {
        let of = |artifact: &'_ Artifact| -> Option<Command> {
            artifact.smokes.iter().find(|one| one.name == *smoke).map(|one| one.command.clone())
        };
        (format!("smoke test `{smoke}` of `{name}`"), "smoke", of(old), of(new))
    });
    let test = (test.0, test.1, test.2.cloned(), test.3.cloned());
    std::iter::once(test)
        .chain(smokes)
        .filter_map(|(subject, field, before, after)| {
            let verdict = match (&before, &after) {
                (before, after) if before == after => return None,
                (Some(_), None) => Verdict::Weaker,
                (None, _) => Verdict::Stronger,
                (Some(before), Some(after)) if before.run == after.run => Verdict::Neutral,
                _ => Verdict::Incomparable,
            };
            let witness = match verdict {
                Verdict::Weaker => Some("a run is green without it".to_owned()),
                Verdict::Incomparable => Some("another command may look at something else".to_owned()),
                _ => None,
            };
            let told = |command: &Option<Command>| {
                command.as_ref().map(|one| format!("{} (within {})", one.run, words::seconds(one.timeout)))
            };
            let change = Change::new(verdict, Guarantee::Outcome, subject);
            let change = change.between(told(&before), told(&after)).witness(witness);
            Some(change.from(&old.origin, &[field]).to(&new.origin, &[field]))
        })
        .collect()
}
