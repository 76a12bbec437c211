//! Projects that must fail, by the stage that finds out: each folder of `tests/failing` is checked, and what a user reads on the
//! terminal is compared with `expected.txt` in it. `INSTA_UPDATE=always` writes them anew; read them before they are committed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]
#![allow(clippy::disallowed_methods, reason = "the tests read the repository they are in")]

use std::fs;
use std::path::{Path, PathBuf};

use clearway_diagnostics::render::termcolor::NoColor;
use clearway_diagnostics::{Report, render};
use clearway_tests::Fixture;

fn folders(path: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    found.sort();
    found
}

fn rendered(project: &Path) -> String {
    let fixture = Fixture::folder(project);
    let workspace = fixture.workspace();
    let outcome = clearway_analysis::check(&workspace);
    assert!(outcome.checked.is_none(), "{} must fail", project.display());
    let sources = workspace.sources(&fixture.manifest);
    let reports = Report::all(&outcome.diagnostics, &sources);
    let mut out = NoColor::new(Vec::new());
    render::human::write(&mut out, &reports, &sources).unwrap();
    let text = String::from_utf8(out.into_inner()).unwrap();
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    format!("{}\n{}\n", lines.join("\n").trim_end(), render::summary(&reports).unwrap_or_default())
}

#[test]
fn each_project_fails_as_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("failing");
    let update = std::env::var("INSTA_UPDATE").is_ok_and(|value| value == "always");
    let mut count = 0;
    let mut wrong = Vec::new();
    for stage in folders(&root) {
        for project in folders(&stage) {
            count += 1;
            let actual = rendered(&project);
            let path = project.join("expected.txt");
            if update {
                fs::write(&path, &actual).unwrap();
            }
            let expected = fs::read_to_string(&path).unwrap_or_default();
            if actual != expected {
                wrong.push(format!("== {}\n-- expected\n{expected}-- actual\n{actual}", project.display()));
            }
        }
    }
    assert!(count >= 10, "only {count} projects were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
