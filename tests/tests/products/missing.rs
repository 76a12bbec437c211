//! A job that somebody takes out: what it kept is broken, at a place, and is not left open.

use clearway_plan::{Plan, StepKind};
use clearway_tests::{emitted, specs};
use clearway_verify::{Files, Product, Stands, Verdict};

use super::of;

/// Where the jobs of a product are: what stands before the name of one, and what else its first line and the next one have.
fn heads(target: &str) -> (&'static str, &'static str, &'static str) {
    match target {
        "github" => ("  ", ":", ""),
        "gitlab" => ("", ":", "stage:"),
        _ => ("          - name: ", "", "template:"),
    }
}

/// The files without the job of a step, wherever there is one.
fn without(target: &str, files: &Files, step: &str) -> Vec<Files> {
    let (before, after, next) = heads(target);
    let head = format!("{before}{step}{after}");
    let depth = head.len() - head.trim_start().len();
    let cut = |text: &str| {
        let lines: Vec<&str> = text.lines().collect();
        let first = (0..lines.len()).find(|at| {
            lines[*at] == head && lines.get(at + 1).is_some_and(|line| line.trim_start().starts_with(next))
        })?;
        let inside = |line: &&&str| line.len() - line.trim_start().len() > depth;
        let count = 1 + lines[first + 1..].iter().take_while(inside).count();
        Some([&lines[..first], &lines[first + count..]].concat().join("\n") + "\n")
    };
    // What the clock starts goes on with the share of a flag; without it the share stays as it is, and nothing is kept by that.
    let ways = files.iter().filter(|(path, _)| !path.contains("-flags."));
    let changed = ways.filter_map(|(path, text)| Some((path, cut(text)?)));
    changed
        .map(|(path, text)| {
            let mut files = files.clone();
            files.insert(path.clone(), text);
            files
        })
        .collect()
}

fn steps(plan: &Plan) -> Vec<(String, StepKind)> {
    let paths = plan.releases.iter().flat_map(|release| &release.paths);
    let mut all: Vec<_> =
        paths.flat_map(|path| &path.steps).map(|step| (step.id.clone(), step.does.clone())).collect();
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all.dedup_by(|one, other| one.0 == other.0);
    all
}

/// What is wrong with a verdict on files without a job.
fn amiss(verdict: &Verdict) -> Option<String> {
    let count = |stands| verdict.guarantees.iter().filter(|one| one.stands == stands).count();
    let nowhere = verdict.errors.iter().find(|error| error.file.is_none() || error.guarantees.is_empty());
    match (count(Stands::Broken), count(Stands::Unknown)) {
        (0, _) => Some("nothing is broken".to_owned()),
        // Where another job needs it the product starts nothing at all, and of the rest nobody can say.
        (1, unknown) if unknown + 1 == verdict.guarantees.len() => None,
        (_, 1..) => Some(format!("{:?}", verdict.guarantees)),
        _ => nowhere.map(|error| format!("{error:?}")),
    }
}

#[test]
fn a_job_that_is_taken_out_breaks_what_it_kept_at_a_place() {
    for product in Product::ALL {
        let (plan, files) = emitted(product.name, &of(product.name, specs::SMALL)).unwrap();
        assert!(product.verify(&plan, &files).holds(), "{}", product.name);
        let mut tried = 0;
        for (step, _) in steps(&plan) {
            for damaged in without(product.name, &files, &step) {
                let verdict = product.verify(&plan, &damaged);
                assert!(!verdict.holds(), "{}: `{step}`", product.name);
                assert_eq!(amiss(&verdict), None, "{}: `{step}`", product.name);
                tried += 1;
            }
        }
        assert!(tried > 20, "{}: {tried}", product.name);
    }
}
