//! Releases that are too large for one workflow: they are cut, keep every claim, and what no cut helps against is told.

use std::collections::BTreeMap;

use clearway_plan::Origin;
use clearway_targets::{GitHub, Target};
use clearway_tests::{Emits as _, Fixture, emitted_by, specs};
use clearway_verify::SourceMap;
use clearway_verify::github::Emitted;

use super::{claims, damage};

/// GitHub as it would be if it took hardly more than a job in a workflow.
static NARROW: GitHub = GitHub::with_workflows_up_to(12_000);

/// What is emitted where workflows are small.
fn cut(fixture: &Fixture) -> Emitted {
    let (plan, files) = emitted_by(&NARROW, fixture).unwrap();
    Emitted { plan, files }
}

/// The names of the workflows that end so, with their sizes.
fn ending<'e>(emitted: &'e Emitted, part: &str) -> BTreeMap<&'e str, usize> {
    let files = emitted.files.iter().filter(|(file, _)| file.contains(part));
    files.map(|(file, text)| (file.rsplit('/').next().unwrap(), text.len())).collect()
}

/// What is told of a project that is built for a target.
fn told(target: &'static dyn Target, spec: &str) -> Vec<String> {
    let compiled = clearway_compile::build(&specs::project(spec).workspace(), &[target]);
    let large = compiled.diagnostics.iter().filter(|told| told.code.name() == "too-large");
    large.map(|told| told.message.clone()).collect()
}

#[test]
fn a_release_that_is_too_large_for_one_workflow_is_cut_and_keeps_every_claim() {
    let spec = specs::wide(60);
    assert_eq!(told(clearway_targets::find("github").unwrap(), &spec), [""; 0]);
    let emitted = Emitted::of(&specs::project(&spec)).unwrap();
    let parts: Vec<&str> = ending(&emitted, "wide.staging").into_keys().collect();
    assert_eq!(
        parts,
        [
            "wide.staging.back-1.yml",
            "wide.staging.moves-1.yml",
            "wide.staging.moves-2.yml",
            "wide.staging.yml"
        ]
    );
    let largest =
        emitted.files.iter().filter(|(file, _)| file.starts_with(".github/")).map(|(_, text)| text.len());
    assert!(largest.max() < Some(500_000));
    assert_eq!(claims::broken(&emitted), [""; 0]);
}

#[test]
fn generated_releases_in_parts_keep_every_claim() {
    for seed in 0..6 {
        let spec = specs::random(seed);
        let emitted = cut(&specs::project(&spec));
        assert_eq!(claims::broken(&emitted), [""; 0], "seed {seed}\n{spec}");
    }
}

#[test]
fn everything_that_grows_with_the_services_is_cut() {
    let emitted = cut(&specs::signed(specs::project(specs::SMALL)));
    assert_eq!(claims::broken(&emitted), [""; 0]);
    let release = emitted.plan.releases[0].name.clone();
    for part in ["builds.part-1", "builds.part-2", "production.moves-2", "production.back-2"] {
        let file = format!(".github/workflows/{release}.{part}.yml");
        assert!(emitted.files.contains_key(&file), "{file}: {:#?}", emitted.files.keys());
    }
    let map = SourceMap::of(&emitted.plan, &emitted.files);
    let file = format!(".github/workflows/{release}.production.moves-1.yml");
    let of_file = map.find(&file, &[]).unwrap();
    assert_eq!(of_file.declared[0], Origin::new("environment", "production"));
    let job =
        emitted.plan.releases[0].paths[0].steps.iter().find(|step| step.id.starts_with("deploy-production-"));
    let path = ["jobs".to_owned(), job.unwrap().id.clone()];
    assert_eq!(map.find(&file, &path).unwrap().step, Some(job.unwrap().id.clone()));
    let tried = damage::every_kind_is_told(&emitted, 1);
    assert!(tried.values().sum::<usize>() > 30, "{tried:#?}");
}

#[test]
fn a_part_is_told_what_it_reads() {
    // What another repository builds, of a version that is said when the run starts.
    let spec = specs::SMALL.replacen("acme/generated", "acme/elsewhere", 1);
    let mut emitted = cut(&specs::project(&spec));
    assert_eq!(claims::broken(&emitted), [""; 0]);
    let file = ".github/workflows/shop.builds.part-1.yml";
    let text = &emitted.files[file];
    assert!(
        text.contains("ledger=${{ inputs.version-ledger }}@${{ jobs.import-ledger.outputs.digest }}"),
        "{text}"
    );
    let read_no_more = text.replace("inputs.version-ledger", "inputs.version-of-nothing");
    emitted.files.insert(file.to_owned(), read_no_more);
    let told = claims::broken(&emitted);
    assert!(
        told.iter().any(|line| line.contains("`inputs.version-of-nothing`, which its workflow is not told")),
        "{told:#?}"
    );
}

#[test]
fn what_github_would_not_start_is_told() {
    let found = told(&NARROW, &specs::wide(21));
    assert!(
        found.iter().any(|message| message.contains("would call") && message.contains("at most 50")),
        "{found:#?}"
    );
    static NOTHING: GitHub = GitHub::with_workflows_up_to(1_000);
    let found = told(&NOTHING, specs::SMALL);
    assert!(found.iter().any(|message| message.contains("starts nothing of more than 1 KB")), "{found:#?}");
}
