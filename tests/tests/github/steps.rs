//! The steps of a job.

use clearway_verify::github::{Graph, Outcome, Scenario, StepsAssumed, StepsRun, Value};

use Outcome::{Cancelled, Failure, Skipped, Success};

use super::folder;

const TEXT: &str = "
on: push
jobs:
  deploy:
    runs-on: ubuntu-24.04
    outputs:
      started: ${{ steps.mark.outputs.started }}
      went: ${{ steps.scan.outcome }}
    steps:
      - { id: window, run: make }
      - { id: mark, run: make }
      - { id: scan, run: make, continue-on-error: true }
      - { id: deploy, run: make, if: \"steps.scan.conclusion == 'success'\" }
      - { id: strict, run: make, if: \"steps.scan.outcome == 'success'\" }
      - { id: undo, run: make, if: failure() }
      - { id: cleanup, run: make, if: cancelled() }
      - { id: record, run: make, if: always() }
";

fn run(assumed: &StepsAssumed) -> StepsRun {
    let graph = Graph::of(&folder(&[("main.yml", TEXT)]), "main.yml").unwrap();
    StepsRun::of(&graph, &Scenario::good(), "deploy", assumed).unwrap()
}

#[test]
fn all_goes_well() {
    let outputs = [(("mark".to_owned(), "started".to_owned()), "true".to_owned())];
    let run = run(&StepsAssumed { outputs: outputs.into(), ..StepsAssumed::default() });
    assert_eq!(run.outcomes, [Success, Success, Success, Success, Success, Skipped, Skipped, Success]);
    assert_eq!(run.result, Success);
    assert_eq!(run.outputs["started"], Value::text("true"));
    assert_eq!(run.outputs["went"], Value::text("success"));
}

#[test]
fn a_step_that_fails_ends_the_job_but_for_those_that_ask() {
    let run = run(&StepsAssumed { fail: vec![0], ..StepsAssumed::default() });
    assert_eq!(run.outcomes, [Failure, Skipped, Skipped, Skipped, Skipped, Success, Skipped, Success]);
    assert_eq!(run.result, Failure);
    // A step that did not run leaves nothing.
    assert_eq!(run.outputs["started"], Value::Null);
}

#[test]
fn a_failure_that_does_not_count_shows_in_the_outcome_alone() {
    let run = run(&StepsAssumed { fail: vec![2], ..StepsAssumed::default() });
    assert_eq!(run.outcomes, [Success, Success, Failure, Success, Skipped, Skipped, Skipped, Success]);
    assert_eq!(run.conclusions[2], Success);
    assert_eq!(run.result, Success);
    assert_eq!(run.outputs["started"], Value::Unknown);
}

#[test]
fn a_job_that_is_ended_cleans_up() {
    let run = run(&StepsAssumed { cut: Some(1), ..StepsAssumed::default() });
    assert_eq!(run.outcomes, [Success, Cancelled, Skipped, Skipped, Skipped, Skipped, Success, Success]);
    assert_eq!(run.result, Cancelled);
}

#[test]
fn which_steps_stand_before_others() {
    let graph = Graph::of(&folder(&[("main.yml", TEXT)]), "main.yml").unwrap();
    let guards = |guard, step| {
        graph
            .steps_behind(&Scenario::good(), "deploy", &StepsAssumed::default(), guard)
            .unwrap()
            .contains(&step)
    };
    assert!(guards(0, 3));
    assert!(!guards(2, 3), "its failure does not count");
    assert!(guards(2, 4));
    assert!(!guards(0, 7), "it always runs");
    assert!(!guards(3, 0));
}
