//! What is emitted for Argo, read back as its controller reads it, and held to what the plan promises.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "a variable asks for more plans than a usual run has time for")]

mod claims;
mod damage;
mod hostile;
mod traps;

use clearway_tests::{Fixture, repository, specs};

use clearway_tests::Emits as _;
use clearway_verify::argo::Emitted;
use rayon::prelude::*;

/// An example, for Argo.
fn example(name: &str) -> Fixture {
    let mut fixture = Fixture::folder(&repository().join("examples").join(name));
    let table = specs::ARGO.split("\n\n").find(|part| part.starts_with("[targets.argo]")).unwrap();
    fixture.manifest = format!("{}\n{table}\nrule-label = \"release=prometheus\"\n", fixture.manifest);
    fixture
}

/// A small release with everything, and with a rollout by shares that is watched.
fn shop() -> Fixture {
    let spec = specs::SMALL.replace("    bake = 1 h\n", "    rollout = careful\n    bake = 1 h\n");
    let rollout = "rollout careful : canary {\n  step 10% hold 5 m\n  step 100%\n  watch http.error-rate <= 1% over 5 m\n}\n";
    specs::for_argo(&format!("{spec}{rollout}"))
}

#[test]
fn every_example_keeps_every_claim() {
    ["search", "wallet", "clinic", "payments", "online-boutique"].into_par_iter().for_each(|name| {
        let emitted = Emitted::of(&example(name)).unwrap_or_else(|told| panic!("{name}: {told:#?}"));
        assert_eq!(claims::broken(&emitted), [""; 0], "{name}");
    });
}

#[test]
fn generated_releases_keep_every_claim() {
    let count = std::env::var("CLEARWAY_PLANS").map_or(12, |count| count.parse().unwrap());
    for seed in 0..count {
        let spec = specs::random(seed);
        let emitted = Emitted::of(&specs::for_argo(&spec)).unwrap_or_else(|told| panic!("{told:#?}\n{spec}"));
        assert_eq!(claims::broken(&emitted), [""; 0], "seed {seed}\n{spec}");
    }
}

#[test]
fn a_wide_release_grows_with_its_services_alone() {
    let bytes = |services| {
        let emitted = Emitted::of(&specs::for_argo(&specs::wide(services))).unwrap();
        emitted.files.values().map(String::len).sum::<usize>()
    };
    let (one, twice) = (bytes(60), bytes(120));
    assert!(twice < one * 22 / 10, "{one} bytes for 120 services, {twice} for 240");
}

#[test]
fn every_kind_of_damage_is_told_by_its_claim() {
    let emitted = Emitted::of(&specs::signed(shop())).unwrap();
    assert_eq!(claims::broken(&emitted), [""; 0]);
    damage::every_kind_is_told(&emitted);
}

#[test]
fn texts_stay_texts() {
    hostile::every_text_stays_a_text();
    hostile::what_argo_would_fill_in_is_refused();
}

#[test]
fn what_the_manifest_must_say_is_told_and_so_are_names_that_come_to_one() {
    let told = |manifest: &str, spec: &str| {
        let mut fixture = specs::for_argo(spec);
        manifest.clone_into(&mut fixture.manifest);
        Emitted::of(&fixture).unwrap_err()
    };
    let without = specs::ARGO.replace("image     =", "# image =");
    assert_eq!(told(&without, specs::SMALL), ["nothing says in which image the jobs of Argo run"]);
    let unpinned = specs::ARGO.replace("release-tools@sha256:", "release-tools:");
    assert_eq!(told(&unpinned, specs::SMALL), ["the image in which the jobs of Argo run is not pinned"]);
    let elsewhere = specs::ARGO.replace("repo = \"acme/generated\"\n", "");
    let no_repository = told(&elsewhere, &specs::SMALL.replace("  repo = \"acme/generated\"\n", ""));
    assert_eq!(no_repository, ["nothing says where the jobs of Argo get the repository"]);
    let folder = specs::ARGO.split("ledger = ").next().unwrap().to_owned() + "ledger = \"/srv/ledger\"\n";
    assert!(told(&folder, specs::SMALL).iter().any(|line| line.contains("would not keep")));
    let other = "environment PRODUCTION { tier = staging }\nrelease other { class = normal\n  ship ledger\n  stage PRODUCTION {} }\n";
    let twice = told(specs::ARGO, &format!("{}{other}", specs::SMALL));
    let message = "the environments `PRODUCTION` and `production` would have one account in the cluster";
    assert!(twice.iter().any(|line| line == message), "{twice:#?}");
}

#[test]
fn the_same_spec_gives_the_same_bytes_and_a_comment_changes_none() {
    let mut fixture = example("online-boutique");
    let once = Emitted::of(&fixture).unwrap();
    for (_, text) in &mut fixture.sources {
        *text = format!("// One more comment.\n\n{}", text.replace("\n}\n", "\n  // And another.\n}\n"));
    }
    assert_eq!(Emitted::of(&fixture).unwrap().files, once.files);
}

/// Argo's executor writes what a job takes as a user of its own, for itself alone: without a mode the job could not read it.
#[test]
fn what_a_job_takes_everybody_reads() {
    let emitted = Emitted::of(&specs::for_argo(specs::SMALL)).unwrap();
    let templates =
        emitted.of_kind("WorkflowTemplate").flat_map(|one| one.value["spec"]["templates"].as_array());
    let jobs = templates.flatten().filter(|template| template.get("container").is_some());
    let taken: Vec<_> = jobs
        .filter_map(|job| job["inputs"]["artifacts"].as_array())
        .flatten()
        .map(|file| &file["mode"])
        .collect();
    assert!(!taken.is_empty());
    assert!(taken.iter().all(|mode| **mode == 0o444), "{taken:?}");
}

/// `kubectl rollout undo` looks for what was live before in the history of a workload, and what takes a share is looked for beside it.
#[test]
fn who_deploys_may_do_what_the_scripts_do() {
    for (kind, history) in [("deployment", "replicasets"), ("statefulset", "controllerrevisions")] {
        let mut fixture = example("wallet");
        for (_, text) in &mut fixture.sources {
            *text = text.replace("kubernetes(\"deployment/", &format!("kubernetes(\"{kind}/"));
            // Only a Deployment moves by shares.
            *text = text.replace("    rollout  = slow\n", "");
        }
        let emitted = Emitted::of(&fixture).unwrap();
        let roles = emitted.of_kind("Role").filter_map(|role| role.value["rules"].as_array());
        let mut deployers = 0;
        for rules in roles {
            let rule = |resource: &str, verb: &str, name: Option<&str>| {
                rules.iter().any(|rule| {
                    let has = |key: &str, one: &str| {
                        rule[key].as_array().is_some_and(|all| all.iter().any(|known| known == one))
                    };
                    has("resources", resource)
                        && has("verbs", verb)
                        && name.map_or(rule.get("resourceNames").is_none(), |name| has("resourceNames", name))
                })
            };
            let workloads = format!("{kind}s");
            if rule(&workloads, "patch", Some("gateway")) {
                deployers += 1;
                assert!(rule(&workloads, "delete", Some("gateway-canary")), "{rules:#?}");
                assert!(rule(history, "list", None), "{rules:#?}");
            }
        }
        assert!(deployers > 0, "{kind}");
    }
}

#[test]
fn flags_are_ramped_by_the_clock_alone_and_by_the_records() {
    let emitted = Emitted::of(&specs::for_argo(specs::SMALL)).unwrap();
    let clocked = emitted.object("CronWorkflow", "shop-flags").unwrap();
    assert_eq!(clocked.value["spec"]["workflowSpec"]["workflowTemplateRef"]["name"], "shop-flags");
    assert_eq!(clocked.value["spec"]["concurrencyPolicy"], "Forbid");
    assert_eq!(emitted.of_kind("CronWorkflow").count(), 1, "nothing else is started by the clock");
    let template = emitted.object("WorkflowTemplate", "shop-flags").unwrap();
    let read = clearway_verify::argo::Workflow::read(template).unwrap();
    assert_eq!(read.main().unwrap().tasks.len(), 1);
    assert!(read.main().unwrap().tasks.iter().all(|task| task.name.starts_with("flag-")));
}
