//! How each trap of Argo is handled in what is emitted: by which claim it is kept away, and that the claim holds and can fail.

use std::collections::BTreeSet;

use super::{claims, damage, shop};
use clearway_tests::Emits as _;
use clearway_verify::argo::Emitted;

/// The traps, by number: what is done about each, and the claim that looks whether it is.
const TRAPS: [(&str, &str); 27] = [
    (
        "a task depends on the success of what it needs by name, and the way back on its failure or error",
        "order",
    ),
    ("no gate and no approval has a condition on values: who is not agreed with makes a job fail", "people"),
    ("a wait goes on by itself, and decides nothing: the job behind it looks who agreed", "people"),
    (
        "who resumes decides nothing; what people say the API server admits in their own name alone",
        "policies",
    ),
    ("a second try begins no deployment, and an approval is for the very content of a run", "moment"),
    ("a policy lets nobody stop, terminate or delete a run; a Rollout goes back by itself", "policies"),
    (
        "one graph holds the lock from before the first deployment until the stage is accepted or back",
        "locks",
    ),
    (
        "mutexes, schedules and what else version 4 took away are emitted in its forms, which typed objects keep",
        "locks",
    ),
    ("a query gives something only while what must hold does: silence fails", "rollouts"),
    ("every metric has a condition of success", "rollouts"),
    ("no metric has two conditions, so that none has a gap between them", "rollouts"),
    ("a Rollout takes over what is live before anything new comes in", "rollouts"),
    (
        "people are asked before the Rollout and never by it, and no Rollout has a window of rolling back",
        "rollouts",
    ),
    ("nobody but the accounts of deployments is given rights on Rollouts", "accounts"),
    ("a switch waits for the job that deploys", "rollouts"),
    ("how long an aborted version stays is said, and a deadline aborts", "rollouts"),
    ("shares are of replicas, in whole percents: a share that is none is refused", "rollouts"),
    ("a window names one application, its zone, and a duration in hours and minutes", "delivery"),
    ("the job that deploys looks at the window, and a Rollout goes on only when it says so", "moment"),
    ("no window is open to hands", "delivery"),
    ("nothing is brought by itself", "delivery"),
    ("no sets of applications are emitted: what is emitted names each", "delivery"),
    ("what Argo CD brings are no versions: nobody goes back by it", "delivery"),
    ("the way back sets the image that was live, so that nothing stays at the bad one", "records"),
    ("no gate is a hook of a sync: gates are jobs of the workflow", "gates-and-approvals"),
    ("rules have the label that the manifest says, and each alert a twin that tells silence", "delivery"),
    ("a stage that went back ends in a job that fails", "rollback"),
];

#[test]
fn every_trap_is_handled() {
    let known: BTreeSet<&str> = claims::ALL.iter().map(|(name, ..)| *name).collect();
    let told = damage::told();
    for (number, (how, claim)) in TRAPS.iter().enumerate() {
        assert!(known.contains(claim), "A{}: {how}", number + 1);
        assert!(told.contains(claim), "A{}: no damage breaks the claim `{claim}`", number + 1);
    }
    let emitted = Emitted::of(&shop()).unwrap();
    for way in emitted.ways().unwrap() {
        for (number, (how, claim)) in TRAPS.iter().enumerate() {
            let (.., check) = claims::ALL.iter().find(|(name, ..)| name == claim).unwrap();
            assert_eq!(check(&way).unwrap(), [], "A{}: {how}", number + 1);
        }
    }
}
