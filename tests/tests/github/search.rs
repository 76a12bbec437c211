//! The search for runs, beside an enumeration of all of them.

use std::collections::BTreeSet;

use clearway_verify::Rng;
use clearway_verify::github::{Claim, Graph, Outcome, Run, Scenario, Unclear};

use super::{folder, graph, workflow};

/// All scenarios of a small graph: each job ends in each way, each set of jobs is decided on after a cancellation that is closed
/// under what comes after.
fn all_scenarios(graph: &Graph) -> Vec<Scenario> {
    let jobs: Vec<usize> = (0..graph.nodes.len()).filter(|at| graph.nodes[*at].called.is_none()).collect();
    let ends = [Outcome::Success, Outcome::Failure, Outcome::Cancelled];
    let mut found = Vec::new();
    for late in 0..1_u32 << graph.nodes.len() {
        let is_late = |at: usize| late >> at & 1 == 1;
        let closed = (0..graph.nodes.len())
            .all(|at| is_late(at) || !graph.nodes[at].before.iter().any(|before| is_late(*before)));
        if !closed {
            continue;
        }
        for number in 0..3_usize.pow(u32::try_from(jobs.len()).unwrap()) {
            let mut scenario = Scenario::good();
            for (place, at) in jobs.iter().enumerate() {
                let end = ends[number / 3_usize.pow(u32::try_from(place).unwrap()) % 3];
                scenario.ends.insert(graph.nodes[*at].id.clone(), end);
            }
            scenario.after_cancel = (0..graph.nodes.len())
                .filter(|at| is_late(*at))
                .map(|at| graph.nodes[at].id.clone())
                .collect();
            for left in [false, true] {
                for hollow in [false, true] {
                    let mut one = scenario.clone();
                    if left {
                        one.left = one.after_cancel.clone();
                    }
                    if hollow {
                        let calls = graph.nodes.iter().filter(|node| node.called.is_some());
                        one.hollow = calls.map(|node| node.id.clone()).collect();
                    }
                    found.push(one);
                }
            }
        }
    }
    found
}

/// The runs of a scenario, with every decision of what is not known.
fn runs(graph: &Graph, scenario: &Scenario) -> Vec<Run> {
    match Run::of(graph, scenario) {
        Ok(run) => vec![run],
        Err(Unclear::Undecided(job)) if scenario.decided.contains_key(&job) => {
            panic!("`{job}` stays undecided: {scenario:?}\n{graph:#?}")
        }
        Err(Unclear::Undecided(job)) => [true, false]
            .into_iter()
            .flat_map(|starts| {
                let mut decided = scenario.clone();
                decided.decided.insert(job.clone(), starts);
                runs(graph, &decided)
            })
            .collect(),
        Err(error) => panic!("{error}"),
    }
}

fn random_condition(rng: &mut Rng, needs: &[String]) -> String {
    let any = |rng: &mut Rng| needs[rng.below(needs.len())].clone();
    let mut parts = Vec::new();
    match rng.below(6) {
        0 => {}
        1 => parts.push("always()".to_owned()),
        2 => parts.push("failure()".to_owned()),
        3 => parts.push("success()".to_owned()),
        _ => parts.push("!cancelled()".to_owned()),
    }
    if !needs.is_empty() {
        for _ in 0..rng.below(3) {
            let need = any(rng);
            parts.push(match rng.below(5) {
                0 => format!("(needs.{need}.result == 'success' || needs.{need}.result == 'skipped')"),
                1 => format!("needs.{need}.result != 'success'"),
                2 => "!contains(needs.*.result, 'failure')".to_owned(),
                3 => format!("contains(fromJSON('[\"failure\",\"cancelled\"]'), needs.{need}.result)"),
                _ => format!("needs.{need}.result == 'success'"),
            });
        }
    }
    parts.join(" && ")
}

fn random_jobs(rng: &mut Rng, count: usize, call: bool) -> String {
    let mut text = String::new();
    let mut ids: Vec<String> = Vec::new();
    for number in 0..count {
        let needs: Vec<String> = ids.iter().filter(|_| rng.below(2) == 0).cloned().collect();
        let id = format!("j{number}");
        text += &format!("{id}: {}", needs.join(", "));
        if rng.below(4) > 0 {
            let condition = random_condition(rng, &needs);
            if !condition.is_empty() {
                text += &format!(" | {condition}");
            }
        }
        if call && number == 1 {
            text += " -> inner.yml";
        }
        text.push('\n');
        ids.push(id);
    }
    text
}

/// The search finds a run exactly where there is one.
fn compare(graph: &Graph) -> usize {
    let all: Vec<(Scenario, Run)> = all_scenarios(graph)
        .into_iter()
        .flat_map(|scenario| runs(graph, &scenario).into_iter().map(move |run| (scenario.clone(), run)))
        .collect();
    let ids: Vec<String> = graph.nodes.iter().map(|node| node.id.clone()).collect();
    let mut guards = 0;
    for job in &ids {
        for guard in ids.iter().filter(|guard| *guard != job) {
            let broken = all
                .iter()
                .any(|(_, run)| run.has_started(job) && run.result(guard) != Some(Outcome::Success));
            let found = graph.scenario_without(job, guard).unwrap();
            assert_eq!(found.is_some(), broken, "{job} without {guard}: {found:?}\n{graph:#?}");
            guards += usize::from(!broken);
        }
        let green = all.iter().any(|(_, run)| run.is_green() && run.result(job) != Some(Outcome::Success));
        let claim = Claim::All(vec![Claim::Green, !Claim::succeeds(job)]);
        assert_eq!(graph.scenario(&claim).unwrap().is_some(), green, "green without {job}\n{graph:#?}");
    }
    guards
}

#[test]
fn the_search_agrees_with_all_runs() {
    let mut guards = 0;
    for seed in 0..24 {
        let mut rng = Rng::new(seed);
        guards += compare(&graph(&random_jobs(&mut rng, 4, false)));
    }
    assert!(guards > 20, "only {guards} guards");
}

#[test]
fn the_search_agrees_with_all_runs_over_calls() {
    let mut guards = 0;
    for seed in 0..12 {
        let mut rng = Rng::new(1000 + seed);
        let main = workflow("push", &random_jobs(&mut rng, 3, true));
        let inner = workflow("workflow_call", &random_jobs(&mut rng, 2, false));
        let folder = folder(&[("main.yml", &main), ("inner.yml", &inner)]);
        guards += compare(&Graph::of(&folder, "main.yml").unwrap());
    }
    assert!(guards > 20, "only {guards} guards");
}

#[test]
fn guards_are_found_through_what_lies_between() {
    let graph = graph(
        "build:\nscan: build | !cancelled() && needs.build.result == 'success'\n\
         lint: build | !cancelled() && needs.build.result == 'success'\n\
         approve: scan, lint | !cancelled() && needs.scan.result == 'success' && needs.lint.result != 'failure'\n\
         deploy: approve | !cancelled() && needs.approve.result == 'success'",
    );
    let expected = ["approve", "build", "scan"].map(str::to_owned);
    assert_eq!(graph.guards("deploy").unwrap(), BTreeSet::from(expected));
    let broken = graph.scenario_without("deploy", "lint").unwrap().unwrap();
    assert!(Run::of(&graph, &broken).unwrap().has_started("deploy"));
    assert_eq!(broken.to_string(), "`lint` ends in cancelled");
}

#[test]
fn long_chains_and_wide_fronts_are_quick() {
    let mut jobs = String::from("build:\n");
    let mut all = vec!["build".to_owned()];
    for stage in 0..12 {
        let condition = |needs: &[String]| {
            let parts: Vec<String> =
                needs.iter().map(|need| format!("needs.{need}.result == 'success'")).collect();
            format!("{} | !cancelled() && {}", needs.join(", "), parts.join(" && "))
        };
        let before = all.clone();
        let gates: Vec<String> = (0..10).map(|gate| format!("gate-{stage}-{gate}")).collect();
        for gate in &gates {
            jobs += &format!("{gate}: {}\n", condition(&before[before.len() - 1..]));
        }
        let deploy = format!("deploy-{stage}");
        jobs += &format!("{deploy}: {}\n", condition(&gates));
        all.push(deploy);
    }
    let graph = graph(&jobs);
    let guards = graph.guards("deploy-11").unwrap();
    assert_eq!(guards.len(), 12 * 10 + 12);
}
