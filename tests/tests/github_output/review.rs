//! The workflow that looks at pull requests: what it may do, and whom it takes for having accepted.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use clearway_tests::{Emits as _, Fixture, repository};
use clearway_verify::github::{Emitted, Workflow};

use crate::claims;

const FILE: &str = ".github/workflows/clearway-review.yml";

fn shop(group: &str) -> Fixture {
    let mut fixture = Fixture::folder(&repository().join("examples/online-boutique"));
    let table = format!("[targets.github]\nreview = \"{group}\"");
    fixture.manifest = fixture.manifest.replacen("[targets.github]", &table, 1);
    fixture
}

fn workflow() -> Workflow {
    let emitted = Emitted::of(&shop("change-board")).unwrap();
    Workflow::read(&emitted.files[FILE]).unwrap()
}

#[test]
fn it_is_emitted_where_it_is_asked_for_and_breaks_no_claim() {
    let asked = Emitted::of(&shop("change-board")).unwrap();
    assert_eq!(claims::broken(&asked), [""; 0]);
    let plain = Fixture::folder(&repository().join("examples/online-boutique"));
    let plain = Emitted::of(&plain).unwrap();
    assert!(!plain.files.contains_key(FILE));
    assert_eq!(asked.files.len(), plain.files.len() + 1);
    let told = Emitted::of(&shop("boards")).unwrap_err();
    assert!(told.iter().any(|told| told.contains("`review = \"boards\"` names nobody")), "{told:?}");
}

#[test]
fn what_can_write_runs_nothing_of_the_change_and_what_runs_it_can_only_read() {
    let workflow = workflow();
    assert_eq!(workflow.events(), ["pull_request"]);
    let scopes =
        ["contents", "id-token", "packages", "actions", "checks", "statuses", "pull-requests", "issues"];
    for (id, job) in &workflow.jobs {
        let permissions = job.permissions.as_ref().unwrap();
        let writes: Vec<&str> = scopes.iter().copied().filter(|scope| permissions.level(scope) > 1).collect();
        let runs_the_change = job.steps().iter().any(|step| {
            step.uses.as_ref().is_some_and(|uses| uses.starts_with("actions/checkout") || !uses.contains('@'))
        });
        match id.as_str() {
            "review" => assert!(runs_the_change && writes.is_empty(), "{writes:?}"),
            "comment" => {
                assert!(!runs_the_change && writes == ["pull-requests"], "{writes:?}");
                let condition = job.condition.as_ref().unwrap().text();
                assert!(condition.contains("head.repo.full_name == github.repository"), "{condition}");
            }
            other => panic!("{other}"),
        }
    }
}

fn program(path: &Path, script: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// What `clearway` is called with where reviews are these, and what the step puts out: a line for each call. `known` says whether a spec and a
/// plan were there before.
fn compared(reviews: &str, known: bool, exit: i32) -> (bool, String, String) {
    let workflow = workflow();
    let step =
        workflow.jobs["review"].steps().iter().find(|step| step.id.as_deref() == Some("compare")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("reviews"), reviews).unwrap();
    program(&path("bin/gh"), "cat \"${REVIEWS}\"");
    program(
        &path("bin/git"),
        &format!("[ \"$1\" = rev-parse ] && echo c0ffee && exit 0\nexit {}", i32::from(!known)),
    );
    program(
        &path("temp/clearway/clearway"),
        &format!(
            "echo \"$@\" >> \"${{CALLED}}\"\necho told\n[ \"$2\" = \"$3\" ] || [ \"$1\" = plan ] || exit {exit}"
        ),
    );
    let values: BTreeMap<&str, &str> =
        [("REVISION", "abc1"), ("NUMBER", "7"), ("AUTHOR", "ana"), ("GROUP", "change-board")].into();
    let ran = Command::new("bash")
        .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run.as_ref().unwrap()])
        .env_clear()
        .envs(values)
        .env("PATH", format!("{}:/usr/bin:/bin", path("bin").display()))
        .env("GITHUB_REPOSITORY", "acme/shop")
        .env("RUNNER_TEMP", path("temp"))
        .env("GITHUB_OUTPUT", path("output"))
        .env("GITHUB_STEP_SUMMARY", path("summary"))
        .env("REVIEWS", path("reviews"))
        .env("CALLED", path("called"))
        .output()
        .unwrap();
    let read = |name: &str| fs::read_to_string(path(name)).unwrap_or_default();
    (ran.status.success(), read("called"), read("output"))
}

#[test]
fn whose_last_word_is_an_approval_of_this_revision_has_accepted() {
    let reviews = "carla\tAPPROVED\tabc1\n\
                   dimitri\tAPPROVED\tolder\n\
                   eva\tCHANGES_REQUESTED\tabc1\n\
                   farid\tAPPROVED\tabc1\nfarid\tCHANGES_REQUESTED\tabc1\n\
                   gina\tCHANGES_REQUESTED\tabc1\ngina\tAPPROVED\tabc1\n\
                   hugo\tDISMISSED\tabc1\n";
    let (ended, called, output) = compared(reviews, true, 1);
    assert!(ended, "the step that keeps what is told comes behind it");
    assert_eq!(output, "verdict=1\n");
    let called: Vec<&str> = called.lines().collect();
    let how = "--format markdown --fail-on weaker --accept-by change-board --named-on github --author ana \
               --accepted=carla --accepted=gina";
    assert_eq!(
        called,
        [
            "diff c0ffee:./ c0ffee:./ --fail-on weaker",
            &format!("diff c0ffee:./ . {how}"),
            &format!("diff c0ffee:.clearway/plan.json .clearway/plan.json {how}"),
            "plan . --format markdown",
        ]
    );
}

#[test]
fn without_reviews_nobody_has_accepted_and_without_a_plan_before_nothing_is_compared() {
    let (ended, called, output) = compared("", true, 0);
    assert!(ended && output == "verdict=0\n" && !called.contains("--accepted="), "{called}");
    let (ended, called, output) = compared("", false, 1);
    assert!(ended && output == "verdict=0\n" && called == "plan . --format markdown\n", "{called}");
}

#[test]
fn the_job_ends_as_the_comparison_does() {
    let workflow = workflow();
    let stop = workflow.jobs["review"].steps().last().unwrap();
    for verdict in [0, 1, 2] {
        let ran = Command::new("bash")
            .args(["-eo", "pipefail", "-c", stop.run.as_ref().unwrap()])
            .env("VERDICT", verdict.to_string())
            .status()
            .unwrap();
        assert_eq!(ran.code(), Some(verdict));
    }
}
