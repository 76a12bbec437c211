//! `clearway report bundle` on the built binary: the folder is whole, shows when it is not, and tells the same again by itself.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "the tests write the files that the binary reads")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use clearway_runtime::Digest;
use clearway_tests::{files_below, repository};

const NOW: &str = "2026-10-20T09:00:00Z";

/// A copy of the payments example with records of the past, and its pipelines.
struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    fn new() -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap() };
        copy(&repository().join("examples/shared"), &project.folder.path().join("shared"));
        copy(&repository().join("examples/payments"), &project.root());
        copy(&repository().join("tests/coverage/history"), &project.root());
        let built = project.run(&["build", "--now", NOW, "--target", "github", "--out", "."]);
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        project
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("payments")
    }

    fn bundle(&self) -> PathBuf {
        self.folder.path().join("bundle")
    }

    fn run(&self, arguments: &[&str]) -> Output {
        in_folder(&self.root(), arguments)
    }

    fn write_bundle(&self) -> Output {
        self.run(&["report", "bundle", "--out", "../bundle", "--ledger", "past", "--now", NOW])
    }
}

fn in_folder(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clearway"));
    command.args(arguments).current_dir(folder).env_remove("CLEARWAY_LEDGER_KEY").output().unwrap()
}

fn copy(from: &Path, to: &Path) {
    for path in files_below(from) {
        let at = to.join(path.strip_prefix(from).unwrap());
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        fs::copy(path, at).unwrap();
    }
}

/// Every file of a bundle with the digest that it has, and with the one that is told of it.
fn digests(bundle: &Path) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let sums = fs::read_to_string(bundle.join("SHA256SUMS")).unwrap();
    let told = sums.lines().map(|line| line.split_once("  ").unwrap());
    let has = files_below(bundle).into_iter().map(|path| {
        let name = path.strip_prefix(bundle).unwrap().to_string_lossy().replace('\\', "/");
        (name, Digest::of(&fs::read(path).unwrap()).digits().to_owned())
    });
    (
        has.filter(|(name, _)| name != "SHA256SUMS").collect(),
        told.map(|(digest, name)| (name.to_owned(), digest.to_owned())).collect(),
    )
}

#[test]
fn a_bundle_is_whole_and_tells_the_same_again() {
    let project = Project::new();
    let written = project.write_bundle();
    // The records of the past are of another plan, and nobody signed them: that is what an auditor wants to see.
    assert_eq!(written.status.code(), Some(1), "{}", String::from_utf8_lossy(&written.stderr));
    let bundle = project.bundle();
    let (has, told) = digests(&bundle);
    assert_eq!(has, told);
    for file in
        ["README.md", "plan.json", "audit.md", "changes.json", "control-matrix.csv", "spec/clearway.lock"]
    {
        assert!(has.contains_key(file), "{file}: {has:#?}");
    }
    assert_eq!(
        has["plan.json"],
        Digest::of(&fs::read(project.root().join(".clearway/plan.json")).unwrap()).digits()
    );
    let verified = in_folder(&bundle, &["ledger", "verify", "--ledger", "ledger"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    let again =
        in_folder(&bundle, &["report", "audit", "--ledger", "ledger", "--plan", "plan.json", "--now", NOW]);
    let audit = fs::read_to_string(bundle.join("audit.md")).unwrap();
    assert_eq!(String::from_utf8_lossy(&again.stdout), audit);
    assert!(audit.contains("CHG-101"), "{audit}");
}

#[test]
fn what_is_changed_in_a_bundle_shows() {
    let project = Project::new();
    project.write_bundle();
    let record = files_below(&project.bundle().join("ledger")).remove(2);
    let text = fs::read_to_string(&record).unwrap();
    let mut permissions = fs::metadata(&record).unwrap().permissions();
    #[allow(clippy::permissions_set_readonly_false, reason = "a copy in a folder of the test")]
    permissions.set_readonly(false);
    fs::set_permissions(&record, permissions).unwrap();
    fs::write(&record, text.replacen("A", "B", 1)).unwrap();
    let (has, told) = digests(&project.bundle());
    assert_ne!(has, told);
    let verified = in_folder(&project.bundle(), &["ledger", "verify", "--ledger", "ledger"]);
    assert!(!verified.status.success());
}

#[test]
fn nothing_is_written_beside_a_bundle() {
    let project = Project::new();
    let spec = project.root().join("learning.cw");
    let text = fs::read_to_string(&spec).unwrap();
    fs::write(&spec, text.replacen("\"audit/ledger-keys.pem\"", "\"../outside.pem\"", 1)).unwrap();
    fs::copy(project.root().join("audit/ledger-keys.pem"), project.folder.path().join("outside.pem"))
        .unwrap();
    let built = project.run(&["build", "--now", NOW, "--target", "github", "--out", "."]);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let refused = project.write_bundle();
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{told}");
    assert!(told.contains("cannot stand in the bundle"), "{told}");
    assert!(!project.bundle().exists());
}

#[test]
fn a_bundle_is_written_once_and_of_the_spec_that_was_built() {
    let project = Project::new();
    project.write_bundle();
    let before = digests(&project.bundle());
    let again = project.write_bundle();
    assert_eq!(again.status.code(), Some(2));
    assert_eq!(digests(&project.bundle()), before);

    fs::remove_dir_all(project.bundle()).unwrap();
    let spec = project.root().join("release.cw");
    let text = fs::read_to_string(&spec).unwrap();
    let line = text.lines().find(|line| line.contains("bake ")).unwrap();
    fs::write(&spec, text.replacen(line, "", 1)).unwrap();
    let other = project.write_bundle();
    let told = String::from_utf8_lossy(&other.stderr).into_owned();
    assert!(told.contains("was built from another spec than this"), "{told}");
    assert_eq!(other.status.code(), Some(1));
}
