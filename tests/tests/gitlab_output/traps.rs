//! How each trap of GitLab is handled in what is emitted: by which claim it is kept away, and that the claim holds and can fail.

use std::collections::BTreeSet;

use clearway_tests::specs;

use super::{claims, damage};
use clearway_tests::Emits as _;
use clearway_verify::gitlab::Emitted;

/// The traps, by number: what is done about each, and the claim that looks whether it is.
const TRAPS: [(&str, &str); 20] = [
    ("a job that waits for a person says in its rule that it must not fail", "environments"),
    ("the job of a stage needs each gate and each step of a chain by name", "gates-and-approvals"),
    ("no need is optional", "hardening"),
    ("people are asked by an environment with rules, which the first job looks at", "settings"),
    ("GitLab Free asks nobody: approvals are not kept there, and a build says so", "environments"),
    ("each step of a chain has an environment of its own, and needs the one before it", "order"),
    ("every environment is entered by `action: start`", "environments"),
    (
        "the job that deploys looks at the window when it starts, and who agreed is looked at by the job that they let start",
        "moment",
    ),
    ("a freeze is looked at in the script, and never in a rule", "moment"),
    ("nobody may say other variables, which the first job looks at", "settings"),
    ("the mode of every resource group is set up, and looked at", "settings"),
    ("the job that triggers a stage's pipeline holds the lock over all of it", "locks"),
    ("nothing cancels a pipeline by itself", "starts"),
    ("the job that triggers a pipeline ends as that does", "locks"),
    ("the way back is a job of its own, and no job begins twice", "attempts"),
    ("the way back waits for a whole stage, and so starts behind what was skipped too", "rollback"),
    ("one file says what starts a run, and it is on the reviewed branch alone", "starts"),
    ("who may pass settings is told by the table of guarantees; those that can be are looked at", "settings"),
    ("the tier of every environment is set up, and looked at", "settings"),
    ("what must hold is looked at in the script; what comes after it records alone", "records"),
];

#[test]
fn every_trap_is_handled() {
    let known: BTreeSet<&str> = claims::ALL.iter().map(|(name, ..)| *name).collect();
    let told = damage::told();
    for (number, (how, claim)) in TRAPS.iter().enumerate() {
        assert!(known.contains(claim), "L{}: {how}", number + 1);
        assert!(told.contains(claim), "L{}: no damage breaks the claim `{claim}`", number + 1);
    }
    let emitted = Emitted::of(&specs::for_gitlab(specs::SMALL)).unwrap();
    for way in emitted.ways().unwrap() {
        for (number, (how, claim)) in TRAPS.iter().enumerate() {
            let (.., check) = claims::ALL.iter().find(|(name, ..)| name == claim).unwrap();
            assert_eq!(check(&way).unwrap(), [], "L{}: {how}", number + 1);
        }
    }
}
