//! What a release does besides building, deciding and moving: data is put in place, secrets are named, a commit has its tag, and each job
//! knows which build its run is.

use clearway_tests::specs;
use clearway_verify::github::{Job, Step, Workflow};

use super::claims;
use clearway_tests::Emits as _;
use clearway_verify::github::Emitted;

const SPEC: &str = r#"
team shop { members = [ana, ben] }
environment staging { tier = staging }
environment production { tier = production }
infrastructure network { version = 4.2.0  owner = shop  deploy with command("./apply") }
secret database { from = vault("kv/shop", "url")  roles = [shop]  max-age = 90 d }
secret mail { from = store("MAIL_KEY")  roles = [shop]  max-age = 90 d }
service cart { version = 1.0.0  owner = shop  secrets = [database, mail]  deploy with command("./deploy") }
dataset carts {
  class        = [personal, payment]
  source       = masked
  volume       = 2 GB
  environments = [staging]
  provision    = "make carts"
  timeout      = 30 m
}
gate load {
  evidence = junit("reports/load/*.xml")
  run      = "make load"
  require tests.failed == 0
}
release r {
  change       = "CHG-1"
  requested-by = ana
  tag          = "infra-v{}"
  ship network
  ship cart 1.0.0
  stage staging { gates = [load] }
  stage production { gates = [] }
}
"#;

fn emitted(spec: &str) -> Emitted {
    Emitted::of(&specs::project(spec)).unwrap_or_else(|told| panic!("{told:#?}"))
}

fn workflow(emitted: &Emitted, file: &str) -> Workflow {
    Workflow::read(&emitted.workflows()[file]).unwrap()
}

/// A value of a step's environment.
fn told(step: &Step, key: &str) -> String {
    step.env.get(key).map(clearway_verify::github::Scalar::text).unwrap_or_default()
}

/// The step whose title begins so.
fn step<'j>(job: &'j Job, title: &str) -> &'j Step {
    job.steps()
        .iter()
        .find(|step| step.title().starts_with(title))
        .unwrap_or_else(|| panic!("no step `{title}`"))
}

#[test]
fn data_is_put_in_place_before_anything_is_measured_there() {
    let emitted = emitted(SPEC);
    assert_eq!(claims::broken(&emitted), [""; 0]);
    let path = &emitted.plan.releases[0].paths[0];
    let needs = |id: &str| path.step(id).unwrap().needs.clone();
    assert_eq!(needs("provision-staging-carts"), ["preflight"]);
    for measuring in ["scan-load", "gate-staging-load", "deploy-staging-network"] {
        assert!(needs(measuring).iter().any(|need| need == "provision-staging-carts"), "{measuring}");
    }
    // Production has no part in it.
    assert!(path.steps.iter().all(|step| step.id != "provision-production-carts"));
    let workflow = workflow(&emitted, "r.yml");
    let put = step(&workflow.jobs["provision-staging-carts"], "Put carts in place");
    for (key, value) in [
        ("COMMAND", "make carts"),
        ("CLEARWAY_DATASET", "carts"),
        ("CLEARWAY_ENVIRONMENT", "staging"),
        ("CLEARWAY_DATA_SOURCE", "masked"),
        ("CLEARWAY_DATA_CLASS", "personal payment"),
        ("CLEARWAY_VOLUME", "2000000000"),
    ] {
        assert_eq!(told(put, key), value, "{key}");
    }
}

#[test]
fn a_deployment_is_told_where_its_secrets_are_kept_and_no_value() {
    let emitted = emitted(SPEC);
    let stage = workflow(&emitted, "r.production.yml");
    let deploys = |id: &str, title: &str| told(step(&stage.jobs[id], title), "CLEARWAY_SECRETS");
    let kept = "database=vault:kv/shop#url\nmail=store:MAIL_KEY";
    assert_eq!(deploys("deploy-production-cart", "Deploy cart"), kept);
    assert_eq!(deploys("rollback-production", "Bring cart back"), kept);
    assert_eq!(deploys("deploy-production-network", "Deploy network"), "");
}

#[test]
fn the_first_job_looks_whether_the_commit_has_the_tag_of_the_release() {
    let emitted = emitted(SPEC);
    let looks = |file: &str| {
        let workflow = workflow(&emitted, file);
        let steps = workflow.jobs["preflight"].steps();
        let tag = steps
            .iter()
            .position(|step| step.run.as_deref().unwrap_or_default().contains("git tag --points-at"));
        tag.map(|at| {
            // Which version it is, only the plan of the run says.
            assert!(steps[..at].iter().any(|step| step.id.as_deref() == Some("basis")));
            assert!(steps[at].condition.is_none());
            told(&steps[at], "TAG")
        })
    };
    // The version of the network is left open: each run is told.
    assert_eq!(looks("r.yml").as_deref(), Some("infra-v${{ steps.basis.outputs.version-network }}"));
    assert_eq!(looks("r-rollback.yml"), None);
    let fixed = self::emitted(&SPEC.replace("ship network\n", "ship network 4.2.0\n"));
    let tagged = workflow(&fixed, "r.yml");
    let tag = step(&tagged.jobs["preflight"], "Look whether the commit has the tag");
    assert_eq!(told(tag, "TAG"), "infra-v4.2.0");
}

#[test]
fn every_record_says_which_build_its_run_was() {
    let emitted = emitted(specs::SMALL);
    let mut count = 0;
    for (file, text) in emitted.workflows() {
        let workflow = Workflow::read(&text).unwrap();
        let told =
            |key: &str| workflow.env.get(key).map(clearway_verify::github::Scalar::text).unwrap_or_default();
        assert_eq!(told("CLEARWAY_RUN"), "${{ github.run_id }}", "{file}");
        assert_eq!(told("CLEARWAY_BUILD"), "${{ github.run_number }}.${{ github.run_attempt }}", "{file}");
        let scripts = workflow.jobs.values().flat_map(Job::steps).filter_map(|step| step.run.as_deref());
        for script in scripts.filter(|script| script.contains("/clearway\" ") && script.contains("--ledger"))
        {
            assert!(
                script.contains("--run \"${CLEARWAY_RUN}\" --build \"${CLEARWAY_BUILD}\""),
                "{file}: {script}"
            );
            count += 1;
        }
    }
    assert!(count > 20, "only {count} calls");
}
