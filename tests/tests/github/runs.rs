//! The algebra of results: which jobs start, how they end, what the run is shown as.

use clearway_verify::github::{Graph, Outcome, Run, Scenario, Unclear, Value};

use Outcome::{Cancelled, Failure, Skipped, Success};

use super::{folder, graph, workflow};

fn run(graph: &Graph, scenario: &Scenario) -> Run {
    Run::of(graph, scenario).unwrap()
}

/// How each job ended, in the order of their ids.
fn results(graph: &Graph, scenario: &Scenario) -> Vec<Outcome> {
    run(graph, scenario).results.into_values().collect()
}

fn good() -> Scenario {
    Scenario::good()
}

#[test]
fn without_a_condition_every_need_must_have_succeeded() {
    let graph = graph("a:\nb: a\nc: b");
    assert_eq!(results(&graph, &good()), [Success, Success, Success]);
    assert_eq!(results(&graph, &good().with("a", Failure)), [Failure, Skipped, Skipped]);
    assert_eq!(results(&graph, &good().with("a", Cancelled)), [Cancelled, Skipped, Skipped]);
    assert_eq!(run(&graph, &good().with("b", Failure)).conclusion, Failure);
}

#[test]
fn a_skip_reaches_every_job_further_down_past_jobs_that_ran() {
    // `mid` runs whatever `a` did; below it, `success()` still looks at `a`.
    let graph = graph(
        "a: | false\nmid: a | always()\nlow: mid\nsafe: mid | !cancelled() && needs.mid.result == 'success'",
    );
    assert_eq!(results(&graph, &good()), [Skipped, Skipped, Success, Success]);
    assert!(run(&graph, &good()).is_green());
    assert_eq!(run(&graph, &good()).result("low"), Some(Skipped));
}

#[test]
fn a_failure_is_seen_at_any_depth() {
    let graph = graph(
        "a:\nmid: a | always()\nlow: mid | failure()\nother: mid | failure() && needs.mid.result == 'failure'",
    );
    assert_eq!(results(&graph, &good().with("a", Failure)), [Failure, Success, Success, Skipped]);
    assert_eq!(results(&graph, &good()), [Success, Skipped, Success, Skipped]);
}

#[test]
fn a_time_limit_cancels_and_is_no_failure() {
    let graph = graph(
        "deploy:\nnaive: deploy | failure()\n\
         rollback: deploy | always() && contains(fromJSON('[\"failure\",\"cancelled\"]'), needs.deploy.result)",
    );
    assert_eq!(results(&graph, &good().with("deploy", Cancelled)), [Cancelled, Skipped, Success]);
    assert_eq!(results(&graph, &good().with("deploy", Failure)), [Failure, Success, Success]);
    assert_eq!(results(&graph, &good()), [Success, Skipped, Skipped]);
    assert_eq!(run(&graph, &good().with("deploy", Cancelled)).conclusion, Cancelled);
}

#[test]
fn a_cancelled_run_starts_only_what_asks_for_it() {
    let graph = graph(
        "a:\ndeploy: a\nplain: deploy\nsafe: deploy | !cancelled() && needs.deploy.result != 'success'\n\
         always: deploy | always()\ncleanup: deploy | cancelled()\nearly: | !cancelled()",
    );
    let scenario = good().cancelled_during(&graph, "deploy");
    let run = run(&graph, &scenario);
    assert_eq!(
        run.started.iter().map(String::as_str).collect::<Vec<_>>(),
        ["a", "always", "cleanup", "deploy"]
    );
    assert_eq!(run.conclusion, Cancelled);
    assert!(!run.is_green());
}

#[test]
fn an_optional_need_is_optional_only_when_it_says_so() {
    let graph = graph(
        "opt: | inputs.no == 'x'\n\
         either: opt | !cancelled() && (needs.opt.result == 'success' || needs.opt.result == 'skipped')\nplain: opt",
    );
    assert_eq!(results(&graph, &good()), [Success, Skipped, Skipped]);
}

#[test]
fn conditions_that_read_what_is_not_said_are_undecided() {
    let graph = graph("a:\nb: a | github.ref == 'refs/heads/main'");
    assert_eq!(Run::of(&graph, &good()), Err(Unclear::Undecided("b".to_owned())));
    let mut scenario = good();
    scenario.github.insert("ref".to_owned(), Value::text("refs/heads/main"));
    assert_eq!(results(&graph, &scenario), [Success, Success]);
    // What `a` did decides alone.
    assert_eq!(results(&graph, &good().with("a", Failure)), [Failure, Skipped]);
    assert_eq!(Run::of(&graph, &good().with("x", Failure)), Err(Unclear::Unknown("x".to_owned())));
}

#[test]
fn outputs_and_inputs_decide() {
    let text = "
on:
  workflow_dispatch:
    inputs:
      force: { type: boolean }
      where: { type: choice, options: [eu, us] }
jobs:
  plan:
    runs-on: ubuntu-24.04
    outputs: { started: '${{ steps.mark.outputs.started }}' }
    steps: [{ id: mark, run: make }]
  eu: { needs: plan, if: \"needs.plan.outputs.started == 'true' && inputs.where == 'EU'\", runs-on: x, steps: [{ run: make }] }
  asia: { needs: plan, if: \"inputs.where == 'asia'\", runs-on: x, steps: [{ run: make }] }
  forced: { needs: plan, if: inputs.force, runs-on: x, steps: [{ run: make }] }
";
    let graph = Graph::of(&folder(&[("main.yml", text)]), "main.yml").unwrap();
    let mut scenario = good();
    scenario.inputs.insert("force".to_owned(), Value::Bool(false));
    scenario.inputs.insert("where".to_owned(), Value::text("eu"));
    scenario.outputs.insert(("plan".to_owned(), "started".to_owned()), "true".to_owned());
    assert_eq!(results(&graph, &scenario), [Skipped, Success, Skipped, Success]);
    // No choice is `asia`, so that job never starts, whatever the rest.
    let mut open = good();
    open.decided.extend([("eu".to_owned(), true), ("forced".to_owned(), true)]);
    assert_eq!(results(&graph, &open), [Skipped, Success, Success, Success]);
    // What did not run leaves nothing.
    assert_eq!(run(&graph, &open.with("plan", Failure)).result("eu"), Some(Skipped));
}

#[test]
fn a_job_that_goes_on_after_an_error_is_seen_to_succeed() {
    let text = "
on: push
jobs:
  scan: { runs-on: x, continue-on-error: true, steps: [{ run: make }] }
  deploy: { needs: scan, if: \"needs.scan.result == 'success'\", runs-on: x, steps: [{ run: make }] }
";
    let graph = Graph::of(&folder(&[("main.yml", text)]), "main.yml").unwrap();
    let run = run(&graph, &good().with("scan", Failure));
    assert!(run.has_started("deploy"));
    assert_eq!(run.conclusion, Success);
}

fn called() -> Graph {
    let main = "gate:\nprod: gate | !cancelled() && needs.gate.result == 'success' -> stage.yml\n\
                tail: prod | !cancelled() && needs.prod.result == 'success'\nplain: prod";
    let stage = "deploy:\nvalidate: deploy | !cancelled() && needs.deploy.result == 'success'\n\
                 rollback: deploy, validate | always() && (contains(fromJSON('[\"failure\",\"cancelled\"]'), needs.deploy.result) \
                 || contains(fromJSON('[\"failure\",\"cancelled\"]'), needs.validate.result))";
    let files = [("main.yml", workflow("push", main)), ("stage.yml", workflow("workflow_call", stage))];
    Graph::of(&folder(&files.each_ref().map(|(file, text)| (*file, text.as_str()))), "main.yml").unwrap()
}

#[test]
fn a_call_ends_by_the_worst_of_its_jobs() {
    let graph = called();
    let of = |scenario: &Scenario, job: &str| run(&graph, scenario).result(job).unwrap();
    assert_eq!(of(&good(), "prod"), Success);
    assert_eq!(of(&good(), "prod/rollback"), Skipped);
    assert_eq!(of(&good(), "plain"), Success);
    let failed = good().with("prod/deploy", Failure);
    assert_eq!(of(&failed, "prod"), Failure);
    assert_eq!(of(&failed, "prod/rollback"), Success);
    assert_eq!(of(&failed, "tail"), Skipped);
    assert_eq!(of(&good().with("prod/validate", Cancelled), "prod"), Cancelled);
    assert_eq!(of(&good().with("gate", Failure), "prod/deploy"), Skipped);
    assert_eq!(run(&graph, &good().with("gate", Failure)).started.len(), 1);
}

#[test]
fn a_cancelled_run_still_goes_back() {
    let graph = called();
    let run = run(&graph, &good().cancelled_during(&graph, "prod/deploy"));
    assert!(run.has_started("prod/rollback"));
    assert!(!run.has_started("tail"));
}

#[test]
fn what_the_documents_leave_open_is_not_guessed() {
    // Does `success()` in a called workflow see that a job before the call failed?
    let main = "a:\nprod: a | always() -> stage.yml";
    let files = [("main.yml", workflow("push", main)), ("stage.yml", workflow("workflow_call", "deploy:"))];
    let graph = Graph::of(&folder(&files.each_ref().map(|(f, t)| (*f, t.as_str()))), "main.yml").unwrap();
    assert!(run(&graph, &good()).has_started("prod/deploy"));
    assert_eq!(
        Run::of(&graph, &good().with("a", Failure)),
        Err(Unclear::Undecided("prod/deploy".to_owned()))
    );
}

#[test]
fn a_second_attempt_keeps_what_succeeded() {
    let graph = graph(
        "gate: | !cancelled() && github.run_attempt == '1'\n\
         deploy: gate | !cancelled() && needs.gate.result == 'success'\n\
         once: gate | !cancelled() && needs.gate.result == 'success' && github.run_attempt == '1'",
    );
    let first = run(&graph, &good().with("deploy", Failure).with("once", Failure));
    let again = run(&graph, &first.failed_again(&graph));
    assert_eq!(again.started.iter().map(String::as_str).collect::<Vec<_>>(), ["deploy"]);
    assert_eq!(again.result("gate"), Some(Success));
    // All of it again: the gate is not asked, and so nothing goes on.
    let all = run(&graph, &first.again(&graph, &["gate"]));
    assert!(all.started.is_empty());
}

#[test]
fn a_second_attempt_inside_a_call_runs_what_comes_after_it_too() {
    let graph = called();
    let first = run(&graph, &good().with("prod/validate", Failure));
    assert_eq!(first.result("prod/rollback"), Some(Success));
    let again = run(&graph, &first.failed_again(&graph));
    let started: Vec<&str> = again.started.iter().map(String::as_str).collect();
    assert_eq!(started, ["plain", "prod", "prod/validate", "tail"]);
    assert_eq!(again.conclusion, Success);
}
