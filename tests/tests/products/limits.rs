//! What is emitted grows as the release does, and what a product would not take is told before it is asked.

use clearway_tests::{emitted, specs};

use super::{PRODUCTS, of};

/// How much is emitted of a release with this many pairs of services: bytes, and lines with a name that no other file has.
fn size(target: &str, pairs: usize) -> (usize, usize) {
    let (_, files) = emitted(target, &of(target, &specs::wide(pairs))).unwrap();
    let pipelines = files.iter().filter(|(path, _)| !path.starts_with(".clearway/"));
    let texts: Vec<&String> = pipelines.map(|(_, text)| text).collect();
    let starts = |line: &str| {
        ["runs-on:", "script:", "container:"].contains(&line.trim_start().split(' ').next().unwrap_or(""))
    };
    (
        texts.iter().map(|text| text.len()).sum(),
        texts.iter().flat_map(|text| text.lines()).filter(|line| starts(line)).count(),
    )
}

#[test]
fn ten_times_the_services_are_ten_times_the_jobs_and_the_text() {
    for target in PRODUCTS {
        let (one, ten) = (size(target, 25), size(target, 250));
        assert!(one.1 >= 50, "{target}: {one:?}");
        assert!(ten.0 < one.0 * 11, "{target}: {one:?} bytes and jobs of 50 services, {ten:?} of 500");
        assert!((one.1 * 8..one.1 * 11).contains(&ten.1), "{target}: {one:?}, {ten:?}");
    }
}

#[test]
fn what_a_product_would_not_take_is_told_by_its_code() {
    let told = |target: &str, pairs: usize| {
        let workspace = of(target, &specs::wide(pairs)).workspace();
        let compiled = clearway_compile::build(&workspace, &[clearway_targets::find(target).unwrap()]);
        compiled.diagnostics.iter().filter(|one| one.code.name() == "too-large").count()
    };
    for target in PRODUCTS {
        assert_eq!(told(target, 10), 0, "{target}");
        // What GitHub would not take in one workflow is cut; what no cut helps against is told (`github_output/parts.rs`).
        assert_eq!(told(target, 300) > 0, target != "github", "{target}");
    }
}
