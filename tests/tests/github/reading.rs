//! Reading workflows: what is refused, and what a survey finds.

use std::collections::BTreeMap;

use clearway_verify::github::{Folder, Graph, is_pinned};

use super::{folder, workflow};

fn refusal(files: &[(&str, &str)]) -> String {
    let texts: BTreeMap<String, String> =
        files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect();
    Folder::of(&texts).unwrap_err().to_string()
}

fn of_job(job: &str) -> String {
    format!("on: push\njobs:\n  a: {job}\n")
}

#[test]
fn what_github_refuses_is_refused() {
    let call = "{ uses: ./.github/workflows/stage.yml";
    let stage = "on:\n  workflow_call:\n    inputs: { version: { type: string, required: true } }\n\
                 jobs:\n  d: { runs-on: x, permissions: { id-token: write }, steps: [{ run: a }] }\n";
    for (job, why) in [
        ("{ runs-on: x, steps: [{ run: a }], steps: [{ run: b }] }", "duplicate"),
        ("{ runs-on: x, step: [{ run: a }] }", "step"),
        ("{ runs-on: x, steps: [{ run: a, uses: b }] }", "either `uses` or `run`"),
        ("{ runs-on: x, steps: [{ run: a, id: x }, { run: b, id: X }] }", "stands twice"),
        ("{ runs-on: x, steps: [] }", "neither a machine"),
        ("{ runs-on: x, needs: b, steps: [{ run: a }] }", "`b`, which is no job"),
        ("{ runs-on: x, needs: a, steps: [{ run: a }] }", "wait for each other: a"),
        ("{ runs-on: x, if: a =, steps: [{ run: a }] }", "means nothing"),
        ("{ runs-on: x, steps: [{ run: a, if: '${{ a' }] }", "without"),
        ("{ uses: ./.github/workflows/no.yml }", "not here"),
        (&format!("{call} }}"), "must be given `version`"),
        (&format!("{call}, with: {{ version: 1, other: 2 }} }}"), "does not take `other`"),
        (
            &format!("{call}, environment: production, with: {{ version: 1 }} }}"),
            "may not have `environment`",
        ),
        (&format!("{call}, runs-on: x, with: {{ version: 1 }} }}"), "may not have `runs-on`"),
        (&format!("{call}, timeout-minutes: 5, with: {{ version: 1 }} }}"), "may not have `timeout-minutes`"),
        (&format!("{call}, permissions: {{}}, with: {{ version: 1 }} }}"), "asks for more of `id-token`"),
    ] {
        let found = refusal(&[("main.yml", &of_job(job)), ("stage.yml", stage)]);
        assert!(found.starts_with(".github/workflows/main.yml: ") && found.contains(why), "{job}: {found}");
    }
    let itself = workflow("workflow_call", "a: -> main.yml");
    assert!(refusal(&[("main.yml", &itself)]).contains("calls itself"));
    assert!(
        refusal(&[
            ("main.yml", &of_job("{ uses: ./.github/workflows/b.yml }")),
            ("b.yml", &of_job("{ runs-on: x, steps: [{ run: a }] }"))
        ])
        .contains("not to be called")
    );
    let bomb = format!("on: push\njobs: {}", "[".repeat(5_000));
    assert!(refusal(&[("main.yml", &bomb)]).starts_with(".github/workflows/main.yml"));
}

const MAIN: &str = "
on:
  workflow_dispatch:
permissions: {}
concurrency: { group: 'release-${{ github.run_id }}', cancel-in-progress: false }
jobs:
  scan:
    runs-on: x
    continue-on-error: true
    steps:
      - uses: acme/scan@v1
      - { run: 'echo ${{ needs.other.result }}', continue-on-error: true, name: loose }
  prod:
    needs: scan
    uses: ./.github/workflows/stage.yml
    permissions: { id-token: write }
    concurrency: { group: Deploy-Prod, cancel-in-progress: false, queue: max }
";

const STAGE: &str = "
on: workflow_call
permissions: {}
jobs:
  deploy:
    runs-on: x
    environment: { name: production, deployment: false }
    permissions: { id-token: write }
    concurrency: deploy-prod
    steps: [{ run: make }]
  watch: { needs: deploy, runs-on: x, steps: [{ run: make }] }
";

#[test]
fn a_survey_finds_what_stands_there() {
    let folder = folder(&[("main.yml", MAIN), ("stage.yml", STAGE)]);
    let graph = Graph::of(&folder, "main.yml").unwrap();
    assert_eq!(graph.identities(&folder).into_iter().collect::<Vec<_>>(), ["prod/deploy"]);
    let environments = graph.environments();
    assert_eq!(environments["prod/deploy"].name, "production");
    assert!(environments["prod/deploy"].deployment.as_ref().unwrap().is_false());
    let uses: Vec<String> = graph.actions().into_iter().map(|found| found.what).collect();
    assert_eq!(uses, ["acme/scan@v1", "./.github/workflows/stage.yml"]);
    assert_eq!(graph.scripts().iter().filter(|script| script.what.contains("${{")).count(), 1);
    let silenced: Vec<String> = graph.silenced().into_iter().map(|found| found.what).collect();
    assert_eq!(silenced, ["the job", "loose"]);
    assert_eq!(graph.strangers()[0].what, "needs.other.result");
    let holders = graph.holders(&folder);
    assert_eq!(holders.len(), 3);
    assert_eq!(holders[0].over.len(), 4);
    assert_eq!(holders[1].job.as_deref(), Some("prod"));
    assert!(holders[1].in_line && !holders[2].in_line);
    assert!(holders[1].over.contains("prod/watch") && !holders[1].over.contains("scan"));
    // The inner job would wait for what the call around it holds.
    assert_eq!(graph.deadlocks(&folder)[0].job, "prod/deploy");
    assert_eq!(graph.jobs("deploy"), ["prod/deploy"]);
}

#[test]
fn what_is_pinned() {
    let commit = "a".repeat(40);
    let digest = "0".repeat(64);
    for (uses, pinned) in [
        (format!("actions/checkout@{commit}"), true),
        (format!("acme/tools/.github/workflows/x.yml@{commit}"), true),
        ("actions/checkout@v4".to_owned(), false),
        (format!("actions/checkout@{}", &commit[1..]), false),
        (format!("actions/checkout@{}", commit.to_uppercase()), false),
        ("./.github/workflows/x.yml".to_owned(), true),
        ("docker://alpine:3".to_owned(), false),
        (format!("docker://alpine@sha256:{digest}"), true),
    ] {
        assert_eq!(is_pinned(&uses), pinned, "{uses}");
    }
}
