//! What is emitted for GitLab, read back as GitLab reads it, and held to what the plan promises.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "a variable asks for more plans than a usual run has time for")]

mod asking;
mod claims;
mod damage;
mod hostile;
mod schedules;
mod traps;

use clearway_tests::{Fixture, repository, specs};

use clearway_tests::Emits as _;
use clearway_verify::gitlab::Emitted;

/// The shop, for GitLab in a tier.
fn shop(tier: &str) -> Fixture {
    let mut shop = Fixture::folder(&repository().join("examples/online-boutique"));
    shop.manifest = specs::GITLAB
        .replace("acme/generated", "acme/online-boutique")
        .replace("tier = \"premium\"", &format!("tier = \"{tier}\""));
    shop
}

/// What is emitted of a generated release.
fn random(seed: u64) -> Emitted {
    let spec = specs::random(seed);
    Emitted::of(&specs::for_gitlab(&spec)).unwrap_or_else(|told| panic!("{told:#?}\n{spec}"))
}

/// An example, for GitLab in the tier that keeps all of it.
fn example(name: &str) -> Fixture {
    let mut fixture = Fixture::folder(&repository().join("examples").join(name));
    if !fixture.manifest.contains("[targets.gitlab]") {
        fixture.manifest += "\n[targets.gitlab]\ntier = \"ultimate\"\ntags = \"release\"\n";
    }
    fixture
}

#[test]
fn every_example_keeps_every_claim() {
    for name in ["search", "wallet", "clinic", "payments"] {
        let emitted = Emitted::of(&example(name)).unwrap_or_else(|told| panic!("{name}: {told:#?}"));
        assert_eq!(claims::broken(&emitted), [""; 0], "{name}");
    }
}

#[test]
fn the_shop_keeps_every_claim() {
    let emitted = Emitted::of(&shop("ultimate")).unwrap();
    assert_eq!(claims::broken(&emitted), [""; 0]);
}

#[test]
fn generated_releases_keep_every_claim() {
    let count = std::env::var("CLEARWAY_PLANS").map_or(12, |count| count.parse().unwrap());
    for seed in 0..count {
        let emitted = random(seed);
        assert_eq!(claims::broken(&emitted), [""; 0], "seed {seed}\n{}", specs::random(seed));
    }
}

#[test]
fn a_wide_release_needs_no_more_than_gitlab_lets_it_and_grows_with_its_services_alone() {
    let emitted = |services| Emitted::of(&specs::for_gitlab(&specs::wide(services))).unwrap();
    // 60 services in a wave: a job stands for some of those that the next wave would need.
    let one = emitted(60);
    let reading = claims::broken_of(&one, &|name| ["reachable", "locks", "digest"].contains(&name));
    assert_eq!(reading, [""; 0]);
    let bytes = |emitted: &Emitted| emitted.files.values().map(String::len).sum::<usize>();
    let (one, twice) = (bytes(&one), bytes(&emitted(120)));
    assert!(twice < one * 22 / 10, "{one} bytes for 120 services, {twice} for 240");
}

#[test]
fn every_kind_of_damage_is_told_by_its_claim() {
    let emitted = Emitted::of(&specs::signed(specs::for_gitlab(specs::SMALL))).unwrap();
    assert_eq!(claims::broken(&emitted), [""; 0]);
    let tried = damage::every_kind_is_told(&emitted, 2);
    assert!(tried.values().sum::<usize>() > 40, "{tried:#?}");
    damage::starting_is_guarded(&emitted);
    damage::what_is_shared_is_guarded(&emitted);
}

#[test]
fn texts_stay_texts() {
    hostile::every_text_stays_a_text();
    hostile::what_cannot_stay_a_text_is_refused();
    hostile::what_a_person_says_stays_a_text();
}

#[test]
fn gitlab_free_keeps_neither_approvals_nor_the_way_back() {
    let told = Emitted::of(&shop("free")).unwrap_err();
    let lost = told.iter().filter(|line| line.starts_with("gitlab would not keep")).count();
    assert_eq!((lost, told.len()), (2, 2), "{told:#?}");
    assert!(
        told.iter().any(|line| line.contains("`approvals`"))
            && told.iter().any(|line| line.contains("`rollback`"))
    );
    let told = Emitted::of(&shop("bronze")).unwrap_err();
    assert!(told.iter().any(|line| line == "GitLab has no tier `bronze`"), "{told:#?}");
}

#[test]
fn the_same_spec_gives_the_same_bytes_and_a_comment_changes_none() {
    let mut fixture = shop("premium");
    let once = Emitted::of(&fixture).unwrap();
    assert_eq!(Emitted::of(&fixture).unwrap().files, once.files);
    for (_, text) in &mut fixture.sources {
        *text = format!("// One more comment.\n\n{}", text.replace("\n}\n", "\n  // And another.\n}\n"));
    }
    assert_eq!(Emitted::of(&fixture).unwrap().files, once.files);
}

#[test]
fn flags_are_ramped_by_the_clock_alone_and_by_the_records() {
    let emitted = Emitted::of(&specs::for_gitlab(specs::SMALL)).unwrap();
    let project = emitted.project();
    let start = |pipeline: &str, source: &str, protected: &str| {
        let inputs = [("pipeline".to_owned(), pipeline.to_owned())].into();
        let told = [
            ("CI_PIPELINE_SOURCE", source),
            ("CI_COMMIT_BRANCH", "main"),
            ("CI_DEFAULT_BRANCH", "main"),
            ("CI_COMMIT_REF_PROTECTED", protected),
        ];
        project.start_with(&inputs, &told.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
    };
    let clocked = start("shop-flags", "schedule", "true").unwrap();
    assert!(start("shop-flags", "web", "true").is_ok(), "a person may ask for the next share too");
    for (pipeline, source, protected) in
        [("shop", "schedule", "true"), ("shop-flags", "schedule", "false"), ("shop-flags", "push", "true")]
    {
        assert!(start(pipeline, source, protected).is_err(), "{pipeline} {source} {protected}");
    }
    assert!(!clocked.jobs.is_empty());
    for job in &clocked.jobs {
        let script = job.lines("script");
        let parts = [
            "cp .clearway/plan.json",
            "begin 1",
            "if ! goes 1; then exit 0; fi",
            "bash -euo",
            "ended 1 success",
        ];
        let places: Vec<usize> = parts.iter().map(|part| script.find(part).unwrap()).collect();
        assert!(places.is_sorted() && job.lines("after_script").ends_with("settle"), "{script}");
        assert!(job.text("/resource_group").starts_with("clearway-lock-") && !job.allow_failure);
        assert_eq!(job.text("/environment/action"), "start");
    }
}
