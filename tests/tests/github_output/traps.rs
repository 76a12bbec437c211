//! How each trap of GitHub is handled in what is emitted: by which claim it is kept away, and that the claim holds and can fail.

use std::collections::BTreeSet;

use clearway_tests::specs;

use super::{claims, damage};
use clearway_tests::Emits as _;
use clearway_verify::github::Emitted;

/// The traps, by number: what is done about each, and the claim that looks whether it is.
const TRAPS: [(&str, &str); 24] = [
    ("one job always runs and fails unless all others succeeded", "outcome"),
    ("every need is asked whether it succeeded", "order"),
    ("every condition has a status, and a good run reaches the end", "reachable"),
    ("the first job looks at every environment before anything stands in it", "settings"),
    ("an environment for each person who is needed", "environments"),
    ("a job counts different people over all of them", "environments"),
    ("that job is told who asked for the release and who started the run", "environments"),
    ("people are asked, and deployments start, in the first attempt alone", "attempts"),
    ("administrators cannot pass, and the emergency is a workflow with its own environments", "settings"),
    ("a step of a chain starts when the one before it was counted", "order"),
    ("who waits for people stands in no queue, and nobody in a queue is pushed out", "locks"),
    ("the job that calls a stage holds the lock over all of its jobs", "locks"),
    ("every way into an environment takes the same lock", "locks"),
    ("the job that deploys looks at the windows before it moves anything", "moment"),
    ("the way back is taken after failure and cancellation", "rollback"),
    ("the way back is taken only after a job of its stage broke", "rollback"),
    ("the way back has an environment and a chain of its own", "environments"),
    ("what was built once is deployed by its digest", "digest"),
    ("no job has legs that fall together", "hardening"),
    ("the environment stands in the called workflow, which GitHub reads without complaint", "environments"),
    ("no condition has braces", "hardening"),
    ("branches are named in the settings, and looked at", "settings"),
    ("nothing goes on after an error", "hardening"),
    ("the end of a move is recorded however it ends", "records"),
];

#[test]
fn every_trap_is_handled() {
    let known: BTreeSet<&str> = claims::ALL.iter().map(|(name, ..)| *name).collect();
    let told = damage::told();
    for (number, (how, claim)) in TRAPS.iter().enumerate() {
        assert!(known.contains(claim), "G{}: {how}", number + 1);
        assert!(told.contains(claim), "G{}: no damage breaks the claim `{claim}`", number + 1);
    }
    let emitted = Emitted::of(&specs::project(specs::SMALL)).unwrap();
    for way in emitted.ways().unwrap() {
        for (number, (how, claim)) in TRAPS.iter().enumerate() {
            let (.., check) = claims::ALL.iter().find(|(name, ..)| name == claim).unwrap();
            assert_eq!(check(&way).unwrap(), [], "G{}: {how}", number + 1);
        }
    }
}
