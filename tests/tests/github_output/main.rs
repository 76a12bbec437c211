//! What is emitted for GitHub, read back as GitHub reads it, and held to what the plan promises.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "a variable asks for more plans than a usual run has time for")]

mod besides;
mod claims;
mod damage;
mod hostile;
mod parts;
#[cfg(unix)]
mod review;
#[cfg(unix)]
mod scripts;
mod seats;
mod traps;

use std::path::PathBuf;

use clearway_tests::{Fixture, files_below, repository, specs};

use clearway_tests::Emits as _;
use clearway_verify::github::Emitted;

/// The examples, each with its folder.
fn examples() -> Vec<(PathBuf, Fixture)> {
    let manifests = files_below(&repository().join("examples"));
    let folders =
        manifests.iter().filter(|path| path.ends_with("clearway.toml")).filter_map(|path| path.parent());
    folders.map(|folder| (folder.to_owned(), Fixture::folder(folder))).collect()
}

/// What is emitted of the examples that are emitted for GitHub.
fn emitted_examples() -> Vec<(PathBuf, Emitted)> {
    let for_github =
        examples().into_iter().filter(|(_, fixture)| fixture.manifest.contains("[targets.github]"));
    let emitted: Vec<_> =
        for_github.map(|(folder, fixture)| (folder, Emitted::of(&fixture).unwrap())).collect();
    assert!(!emitted.is_empty());
    emitted
}

/// What is emitted of a generated release.
fn random(seed: u64) -> Emitted {
    let spec = specs::random(seed);
    Emitted::of(&specs::project(&spec)).unwrap_or_else(|told| panic!("{told:#?}\n{spec}"))
}

#[test]
fn the_examples_keep_every_claim() {
    for (folder, emitted) in emitted_examples() {
        assert_eq!(claims::broken(&emitted), [""; 0], "{}", folder.display());
    }
}

/// Bash runs what jobs run, on Linux and macOS.
#[cfg(unix)]
#[test]
fn a_text_that_is_code_does_nothing_when_scripts_run() {
    scripts::nothing_is_touched();
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
fn a_wide_release_keeps_every_claim_and_grows_no_faster_than_its_services() {
    let emitted = |services| Emitted::of(&specs::project(&specs::wide(services))).unwrap();
    // Between waves of 21 a step stands for the first.
    let one = emitted(21);
    assert_eq!(claims::broken(&one), [""; 0]);
    let bytes = |emitted: &Emitted| emitted.files.values().map(String::len).sum::<usize>();
    let (one, twice) = (bytes(&one), bytes(&emitted(42)));
    assert!(twice < one * 21 / 10, "{one} bytes for 42 services, {twice} for 84");
}

#[test]
fn every_kind_of_damage_is_told_by_its_claim() {
    // A small release that has everything: gates, two stages, a chain, a way back, an emergency.
    let emitted = Emitted::of(&specs::signed(specs::project(specs::SMALL))).unwrap();
    assert_eq!(claims::broken(&emitted), [""; 0]);
    damage::what_is_shared_is_guarded(&emitted);
    let tried = damage::every_kind_is_told(&emitted, 2);
    assert!(tried.values().sum::<usize>() > 40, "{tried:#?}");
}

#[test]
fn texts_stay_texts() {
    hostile::every_text_stays_a_text();
}

#[test]
fn the_same_spec_gives_the_same_bytes_and_a_comment_changes_none() {
    for (folder, mut fixture) in examples() {
        let Ok(once) = Emitted::of(&fixture) else { continue };
        assert_eq!(Emitted::of(&fixture).unwrap().files, once.files, "{}", folder.display());
        for (_, text) in &mut fixture.sources {
            *text = format!("// One more comment.\n\n{}", text.replace("\n}\n", "\n  // And another.\n}\n"));
        }
        assert_eq!(Emitted::of(&fixture).unwrap().files, once.files, "{}", folder.display());
    }
}
