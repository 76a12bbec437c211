//! The traps: how a guarantee is lost in a workflow that looks right, and the form in which it is kept. The texts are beside
//! each other in `tests/github/traps`, and each test shows a run in which the first one loses what the second one keeps.

use std::collections::{BTreeMap, BTreeSet};

use clearway_tests::{files_below, read, repository};
use clearway_verify::Refused;
use clearway_verify::github::{Claim, Folder, Graph, Holder, Outcome, Run, Scenario, StepsAssumed, StepsRun};

const FOLDER: &str = "tests/github/traps";

/// The two forms of a trap.
struct Trap {
    naive: Graph,
    safe: Graph,
    folders: (Folder, Folder),
}

fn form(name: &str) -> Result<(Folder, Graph), Refused> {
    let main = format!("{name}.yml");
    let files = [main.as_str(), "stage.yml"].map(|file| (file.to_owned(), read(&format!("{FOLDER}/{file}"))));
    let folder = Folder::of(&BTreeMap::from(files))?;
    let graph = Graph::of(&folder, &main)?;
    Ok((folder, graph))
}

fn trap(number: u32) -> Trap {
    let (naive, safe) = (format!("g{number:02}-naive"), format!("g{number:02}-safe"));
    let ((one, naive), (other, safe)) = (form(&naive).unwrap(), form(&safe).unwrap());
    Trap { naive, safe, folders: (one, other) }
}

/// A run of which the claim holds, which is run by itself.
fn lost(graph: &Graph, claim: &Claim) -> (Scenario, Run) {
    let scenario = graph.scenario(claim).unwrap().unwrap();
    let run = Run::of(graph, &scenario).unwrap();
    (scenario, run)
}

fn kept(graph: &Graph, claim: &Claim) {
    let found = graph.scenario(claim).unwrap();
    assert!(found.is_none(), "{claim:?}: {}", found.unwrap_or_default());
}

fn guards(graph: &Graph, job: &str) -> Vec<String> {
    graph.guards(job).unwrap().into_iter().collect()
}

/// A job whose only step fails when it runs: what it ends in.
fn ends(graph: &Graph, scenario: &Scenario, job: &str) -> Outcome {
    let assumed = StepsAssumed { fail: vec![0], ..StepsAssumed::default() };
    StepsRun::of(graph, scenario, job, &assumed).unwrap().result
}

fn environment(graph: &Graph, job: &str) -> String {
    graph.environments()[job].name.clone()
}

fn holder(graph: &Graph, folder: &Folder, job: &str) -> Option<Holder> {
    graph.holders(folder).into_iter().find(|holder| holder.over.contains(job))
}

/// Every way in which a job may end that starts.
const ENDS: [Outcome; 3] = [Outcome::Success, Outcome::Failure, Outcome::Cancelled];

#[test]
fn every_trap_has_both_forms() {
    let names = files_below(&repository().join(FOLDER));
    let found: BTreeSet<String> =
        names.iter().map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    let mut expected: BTreeSet<String> =
        (1..=24).flat_map(|number| ["naive", "safe"].map(|form| format!("g{number:02}-{form}"))).collect();
    expected.insert("stage".to_owned());
    assert_eq!(found, expected);
}

#[test]
fn g01_a_skipped_check_counts_as_passed() {
    let Trap { naive, safe, .. } = trap(1);
    let claim = Claim::Green.and(!Claim::succeeds("scan"));
    let (_, run) = lost(&naive, &claim);
    assert_eq!(run.result("checks"), Some(Outcome::Skipped));
    for (starts, end) in [
        (true, Outcome::Success),
        (true, Outcome::Failure),
        (true, Outcome::Cancelled),
        (false, Outcome::Skipped),
    ] {
        let mut scenario = Scenario::good();
        scenario.decided.insert("scan".to_owned(), starts);
        scenario.ends.insert("scan".to_owned(), end);
        let run = Run::of(&safe, &scenario).unwrap();
        assert!(run.has_started("checks"));
        let expected = if end == Outcome::Success { Outcome::Success } else { Outcome::Failure };
        assert_eq!(ends(&safe, &scenario, "checks"), expected, "{end}");
    }
}

#[test]
fn g02_no_failure_is_not_success() {
    let Trap { naive, safe, .. } = trap(2);
    for end in [Outcome::Cancelled, Outcome::Failure] {
        let run = Run::of(&naive, &Scenario::good().with("gate", end)).unwrap();
        assert_eq!(run.has_started("deploy"), end == Outcome::Cancelled);
    }
    lost(&naive, &Claim::starts("deploy").and(!Claim::succeeds("gate")));
    assert_eq!(guards(&safe, "deploy"), ["gate"]);
}

#[test]
fn g03_a_skip_far_above_skips_the_tail() {
    let Trap { naive, safe, .. } = trap(3);
    let silent = Claim::All(vec![Claim::Green, Claim::succeeds("test"), !Claim::starts("deploy")]);
    let (scenario, _) = lost(&naive, &silent);
    assert_eq!(scenario, Scenario::good());
    kept(&safe, &silent);
    // Where the end is not reached for another reason, the outcome fails.
    let scenario = Scenario::good().with("test", Outcome::Failure);
    assert_eq!(ends(&safe, &scenario, "outcome"), Outcome::Failure);
    assert_eq!(ends(&safe, &Scenario::good(), "outcome"), Outcome::Success);
}

#[test]
fn g04_an_environment_that_is_not_there_protects_nothing() {
    let Trap { naive, safe, .. } = trap(4);
    assert_eq!(guards(&naive, "deploy"), [""; 0]);
    assert_eq!(guards(&safe, "deploy"), ["preflight"]);
}

#[test]
fn g05_one_reviewer_is_enough() {
    let Trap { naive, safe, .. } = trap(5);
    assert_eq!(guards(&naive, "deploy"), ["approve"]);
    assert_eq!(guards(&safe, "deploy"), ["approve-1", "approve-2", "verify"]);
    assert_ne!(environment(&safe, "approve-1"), environment(&safe, "approve-2"));
}

#[test]
fn g06_one_person_in_both_environments() {
    let Trap { naive, safe, folders } = trap(6);
    assert_eq!(guards(&naive, "deploy"), ["approve-1", "approve-2"]);
    assert!(guards(&safe, "deploy").contains(&"verify".to_owned()));
    let verify = safe.find("verify").unwrap();
    assert_eq!(safe.permissions(&folders.1, verify).unwrap().level("actions"), 1);
}

#[test]
fn g07_the_author_approves() {
    let Trap { naive, safe, .. } = trap(7);
    assert!(naive.find("verify").is_none());
    assert!(guards(&safe, "deploy").contains(&"verify".to_owned()));
    let reads = safe.reads("verify");
    assert!(reads.contains("github.actor") && reads.contains("github.triggering_actor"), "{reads:?}");
}

#[test]
fn g08_an_approval_of_an_attempt_before() {
    let Trap { naive, safe, .. } = trap(8);
    let again = naive.scenario_again("deploy", &["approve"]).unwrap().unwrap();
    assert_eq!(again.kept["approve"], Outcome::Success);
    assert!(Run::of(&naive, &again).unwrap().has_started("deploy"));
    assert!(safe.scenario_again("deploy", &["approve"]).unwrap().is_none());
    assert_eq!(guards(&safe, "deploy"), ["approve"]);
}

#[test]
fn g09_a_way_around_the_approval() {
    let Trap { naive, safe, .. } = trap(9);
    let skipped = Claim::Ends("approve".to_owned(), vec![Outcome::Skipped]);
    let (_, run) = lost(&naive, &Claim::All(vec![Claim::starts("deploy"), skipped, Claim::Green]));
    assert_eq!(run.result("deploy"), Some(Outcome::Success));
    assert_eq!(guards(&safe, "deploy"), ["approve"]);
    assert_ne!(environment(&safe, "approve"), environment(&naive, "approve"));
    assert!(safe.takes.inputs["incident"].required);
}

#[test]
fn g10_approvals_out_of_order() {
    let Trap { naive, safe, .. } = trap(10);
    let claim = Claim::starts("approve-2").and(!Claim::succeeds("approve-1"));
    lost(&naive, &claim);
    kept(&safe, &claim);
    assert_eq!(guards(&naive, "deploy"), guards(&safe, "deploy"));
}

#[test]
fn g11_a_newer_run_pushes_out_the_one_that_waits() {
    let Trap { naive, safe, folders } = trap(11);
    let queued = holder(&naive, &folders.0, "deploy").unwrap();
    assert!(!queued.in_line && queued.over.contains("deploy"));
    assert!(naive.environments().contains_key("deploy"));
    let queued = holder(&safe, &folders.1, "deploy").unwrap();
    assert!(queued.in_line);
    assert!(!queued.over.contains("approve"));
    // Pushed out is cancelled, and counts as a failure for what comes after.
    let run = Run::of(&safe, &Scenario::good().with("deploy", Outcome::Cancelled)).unwrap();
    assert!(!run.is_green());
}

#[test]
fn g12_the_lock_is_let_go_between_jobs() {
    let Trap { naive, safe, folders } = trap(12);
    let both = |graph: &Graph, folder: &Folder, jobs: [&str; 2]| {
        graph.holders(folder).iter().any(|holder| jobs.iter().all(|job| holder.over.contains(*job)))
    };
    assert!(!both(&naive, &folders.0, ["deploy", "rollback"]));
    assert!(both(&safe, &folders.1, ["production/deploy", "production/rollback"]));
    assert!(safe.deadlocks(&folders.1).is_empty());
}

#[test]
fn g13_a_way_that_does_not_know_the_lock() {
    let Trap { naive, safe, folders } = trap(13);
    let group = |graph: &Graph, folder: &Folder, job: &str| {
        holder(graph, folder, job).map(|holder| holder.turns.group)
    };
    assert_eq!(environment(&naive, "hotfix"), environment(&naive, "deploy"));
    assert_ne!(group(&naive, &folders.0, "hotfix"), group(&naive, &folders.0, "deploy"));
    assert_eq!(group(&safe, &folders.1, "hotfix"), group(&safe, &folders.1, "deploy"));
    assert!(group(&safe, &folders.1, "deploy").is_some());
}

#[test]
fn g14_the_window_was_open_before_the_approval() {
    let Trap { naive, safe, .. } = trap(14);
    // An approval takes as long as it takes, and nothing looks at the clock after it.
    assert_eq!(naive.nodes[naive.find("deploy").unwrap()].job.steps().len(), 1);
    assert!(naive.guards("approve").unwrap().contains("window"));
    let behind = safe.steps_behind(&Scenario::good(), "deploy", &StepsAssumed::default(), 0).unwrap();
    assert!(behind.contains(&1));
}

#[test]
fn g15_too_long_is_cancelled_and_no_failure() {
    let Trap { naive, safe, .. } = trap(15);
    let claim = Claim::breaks("deploy").and(!Claim::starts("rollback"));
    lost(&naive, &claim);
    let run = Run::of(&naive, &Scenario::good().with("deploy", Outcome::Cancelled)).unwrap();
    assert!(!run.has_started("rollback"));
    kept(&safe, &claim);
}

#[test]
fn g16_back_from_where_nobody_went() {
    let Trap { naive, safe, .. } = trap(16);
    let claim = Claim::starts("rollback").and(!Claim::breaks("deploy"));
    let (_, run) = lost(&naive, &claim);
    assert_eq!(run.result("deploy"), Some(Outcome::Skipped));
    kept(&safe, &claim);
}

#[test]
fn g17_one_approval_for_both_ways() {
    let Trap { naive, safe, .. } = trap(17);
    assert_eq!(environment(&naive, "deploy"), environment(&naive, "rollback"));
    assert_ne!(environment(&safe, "deploy"), environment(&safe, "rollback"));
}

#[test]
fn g18_other_bits_than_those_that_were_tested() {
    let Trap { naive, safe, .. } = trap(18);
    assert!(!naive.reads("production").iter().any(|read| read.ends_with(".digest")));
    for job in ["staging", "production"] {
        assert!(safe.reads(job).contains("needs.build.outputs.digest"));
        assert!(safe.guards(job).unwrap().contains("build"));
    }
}

#[test]
fn g19_a_leg_that_fails_cancels_the_others() {
    let Trap { naive, safe, .. } = trap(19);
    assert_eq!(naive.legs_that_fall_together(), ["deploy"]);
    assert_eq!(safe.legs_that_fall_together(), [""; 0]);
}

#[test]
fn g20_an_environment_on_a_call() {
    let refused = form("g20-naive").unwrap_err();
    assert!(refused.why.contains("may not have `environment`"), "{refused}");
    let (_, safe) = form("g20-safe").unwrap();
    assert_eq!(environment(&safe, "production/deploy"), "production");
}

#[test]
fn g21_a_line_break_makes_a_condition_true() {
    let Trap { naive, safe, .. } = trap(21);
    for end in [Outcome::Failure, Outcome::Cancelled] {
        let scenario = Scenario::good().with("gate", end);
        assert!(Run::of(&naive, &scenario).unwrap().has_started("deploy"));
        assert!(!Run::of(&safe, &scenario).unwrap().has_started("deploy"));
    }
    assert_eq!(guards(&naive, "deploy"), [""; 0]);
    assert_eq!(guards(&safe, "deploy"), ["gate"]);
}

#[test]
fn g22_protected_branches_that_are_not_there() {
    let Trap { naive, safe, .. } = trap(22);
    assert_eq!(guards(&naive, "deploy"), [""; 0]);
    assert_eq!(guards(&safe, "deploy"), ["preflight"]);
    let preflight = &safe.nodes[safe.find("preflight").unwrap()].job.steps()[0];
    assert_eq!(preflight.env["BRANCHES"].text(), "main");
}

#[test]
fn g23_a_gate_that_fails_and_succeeds() {
    let Trap { naive, safe, .. } = trap(23);
    assert_eq!(ends(&naive, &Scenario::good(), "gate"), Outcome::Success);
    assert_eq!(naive.silenced().len(), 1);
    assert_eq!(ends(&safe, &Scenario::good(), "gate"), Outcome::Failure);
    assert_eq!(safe.silenced(), []);
    assert_eq!(guards(&safe, "deploy"), ["gate"]);
}

#[test]
fn g24_no_evidence_of_a_failure() {
    let Trap { naive, safe, .. } = trap(24);
    let claim = Claim::breaks("deploy").and(!Claim::starts("evidence"));
    lost(&naive, &claim);
    kept(&safe, &claim);
    for end in ENDS {
        assert!(Run::of(&safe, &Scenario::good().with("deploy", end)).unwrap().has_started("evidence"));
    }
    let upload = &safe.nodes[safe.find("evidence").unwrap()].job.steps()[0];
    assert_eq!(upload.with["retention-days"].text(), "400");
}
