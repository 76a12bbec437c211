//! The rows of the language's coverage, each with an example that has it and what is lost without it.
//!
//! `tests/coverage.toml` names for each row a construct of an example: texts of one file, each of which stands there once. The construct
//! is taken out, and the effect must be gone with it:
//!
//! - `diagnostic`: `mistake` is made in the example. With the construct `clearway check` tells its code, without it does not.
//! - `step`: what `clearway build` emits is another. The plan and the manifest do not count: a mere listing is no effect.
//! - `evaluation`, `report`: `call` is run on the example, and ends in another way or prints something else. `files` is a folder of
//!   evidence or records that is laid beside the project; `build` says that the pipelines are built first, so that there is a plan.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "the tests copy examples and run the binary on them")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use clearway_tests::keys::{PRIVATE, public_pem};
use clearway_tests::{files_below, read, repository};
use serde::Deserialize;

/// When examples hold.
const NOW: &str = "2026-11-02T09:00:00Z";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Coverage {
    row: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    example: String,
    file: String,
    construct: Vec<String>,
    effect: Effect,
    mistake: Option<Mistake>,
    call: Option<String>,
    files: Option<String>,
    #[serde(default)]
    build: bool,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Effect {
    Diagnostic,
    Step,
    Evaluation,
    Report,
}

/// A text of a file that is replaced by another, and the code that tells of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mistake {
    file: String,
    find: String,
    replace: String,
    code: String,
}

fn coverage() -> Vec<Row> {
    toml::from_str::<Coverage>(&read("tests/coverage.toml")).unwrap().row
}

/// A copy of the examples: an example may rest on a package beside it.
struct Copy {
    folder: tempfile::TempDir,
    example: String,
}

impl Copy {
    fn of(row: &Row) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let from = repository().join("examples");
        copy(&from, folder.path());
        let copy = Self { folder, example: row.example.clone() };
        if let Some(files) = &row.files {
            let from = repository().join("tests/coverage").join(files);
            self::copy(&from, &copy.root());
            // Evidence is as old as its file says.
            let now = NOW.parse::<jiff::Timestamp>().unwrap().as_second();
            let now = SystemTime::UNIX_EPOCH + Duration::from_secs(now.unsigned_abs());
            for path in files_below(&from) {
                let copied = copy.root().join(path.strip_prefix(&from).unwrap());
                fs::File::options().append(true).open(copied).unwrap().set_modified(now).unwrap();
            }
        }
        copy
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join(&self.example)
    }

    fn replace(&self, file: &str, find: &str, by: &str, row: &str) {
        let path = self.root().join(file);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{row}: {file}: {error}"));
        assert_eq!(text.matches(find).count(), 1, "{row}: `{find}` stands once in {file}");
        fs::write(path, text.replacen(find, by, 1)).unwrap();
    }

    fn without(&self, row: &Row) {
        for text in &row.construct {
            self.replace(&row.file, text, "", &row.id);
        }
    }

    fn run(&self, arguments: &[&str]) -> (i32, String) {
        let ran = Command::new(env!("CARGO_BIN_EXE_clearway"))
            .args(arguments)
            .current_dir(self.root())
            .env("CLEARWAY_LEDGER_KEY", PRIVATE)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
        (ran.status.code().unwrap(), text)
    }

    fn codes(&self) -> BTreeSet<String> {
        let (_, text) = self.run(&["check", "--now", NOW, "--format", "short"]);
        text.split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| word.len() == 6 && word.starts_with("CW") && word[2..].parse::<u32>().is_ok())
            .map(str::to_owned)
            .collect()
    }

    fn built(&self, row: &Row) -> BTreeMap<String, String> {
        let (code, text) = self.run(&["build", "--now", NOW, "--target", "github", "--out", "out"]);
        assert_eq!(code, 0, "{}: {text}", row.id);
        let out = self.root().join("out");
        files_below(&out)
            .into_iter()
            .map(|path| {
                let name = path.strip_prefix(&out).unwrap().to_string_lossy().into_owned();
                (name, fs::read_to_string(path).unwrap())
            })
            .filter(|(name, _)| !name.ends_with("plan.json") && !name.ends_with("manifest.json"))
            .collect()
    }

    fn called(&self, row: &Row) -> (i32, String) {
        if row.build {
            // What an example names is the key of somebody: records of a test are signed with one that everybody knows.
            let keys = self.root().join("audit/ledger-keys.pem");
            if keys.exists() {
                fs::write(keys, public_pem()).unwrap();
            }
            let (code, text) = self.run(&["build", "--now", NOW, "--target", "github", "--out", "."]);
            assert_eq!(code, 0, "{}: {text}", row.id);
        }
        let call = row.call.as_deref().unwrap_or_else(|| panic!("{}: nothing is called", row.id));
        let (code, text) = self.run(&call.split_whitespace().collect::<Vec<_>>());
        assert_ne!(code, 2, "{}: {call}: {text}", row.id);
        (code, text)
    }
}

fn copy(from: &Path, to: &Path) {
    for path in files_below(from) {
        let at = to.join(path.strip_prefix(from).unwrap());
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        fs::copy(path, at).unwrap();
    }
}

/// What a row shows with its construct and without.
fn shown(row: &Row, without: bool) -> String {
    let copy = Copy::of(row);
    if without {
        copy.without(row);
    }
    match row.effect {
        Effect::Diagnostic => {
            let mistake = row.mistake.as_ref().unwrap_or_else(|| panic!("{}: no mistake is made", row.id));
            let before = copy.codes();
            assert!(!before.contains(&mistake.code), "{}: {before:?} without the mistake", row.id);
            copy.replace(&mistake.file, &mistake.find, &mistake.replace, &row.id);
            let told = copy.codes().contains(&mistake.code);
            assert!(told || without, "{}: the mistake is not told", row.id);
            told.to_string()
        }
        Effect::Step => format!("{:#?}", copy.built(row)),
        Effect::Evaluation => copy.called(row).0.to_string(),
        Effect::Report => copy.called(row).1,
    }
}

#[test]
fn every_row_has_an_effect() {
    let rows = coverage();
    std::thread::scope(|scope| {
        // Each row takes some processes in turn; two at a time are enough for small machines.
        let (even, odd): (Vec<_>, Vec<_>) = rows.iter().enumerate().partition(|(at, _)| at % 2 == 0);
        for half in [even, odd] {
            scope.spawn(move || {
                for (_, row) in half {
                    assert!(!row.construct.is_empty(), "{}: nothing is taken out", row.id);
                    assert_ne!(shown(row, false), shown(row, true), "{}: without it nothing changes", row.id);
                }
            });
        }
    });
}

#[test]
fn every_row_is_there_once() {
    let rows = coverage();
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let expected: Vec<String> =
        (1..=8).flat_map(|module| (1..=6).map(move |row| format!("M{module}.{row}"))).collect();
    assert_eq!(ids, expected);
}
