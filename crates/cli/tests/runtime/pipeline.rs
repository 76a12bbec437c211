//! A folder with a plan, in which a run calls the binary.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::common::{COMMIT, plan_json, write_plan};

/// A Monday morning in the window.
pub const NOW: &str = "2026-11-02T09:00:00Z";

pub const LEDGER: &str =
    "ledger=2.0.0@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
pub const CHECKOUT: &str =
    "checkout=3.0.0@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn passes(&self) -> &Self {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        self
    }

    pub fn stops(&self, word: &str) -> &Self {
        assert_eq!(self.code, 1, "{}{}", self.out, self.err);
        assert!(self.out.contains(word), "without `{word}`: {}{}", self.out, self.err);
        self
    }
}

/// A folder with a plan, in which a run calls the binary.
pub struct Pipeline {
    pub folder: tempfile::TempDir,
}

impl Pipeline {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_plan(&folder.path().join("plan.json"), &plan_json());
        Self { folder }
    }

    pub fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    pub fn command(&self, arguments: &str, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clearway"));
        command.args(arguments.split_whitespace()).args(more).current_dir(self.folder.path());
        for name in [
            "CLEARWAY_LEDGER_KEY",
            "GITLAB_CI",
            "CI_API_V4_URL",
            "CI_PROJECT_ID",
            "CI_JOB_ID",
            "CI_COMMIT_REF_NAME",
            "CLEARWAY_GITLAB_TOKEN",
            "GITHUB_RUN_ATTEMPT",
            "GITHUB_RUN_ID",
            "GITHUB_REPOSITORY",
            "GITHUB_API_URL",
            "GH_TOKEN",
            "GITHUB_TOKEN",
        ] {
            command.env_remove(name);
        }
        command
    }

    pub fn plain(&self, arguments: &str) -> Ran {
        ran(self.command(arguments, &[]).output().unwrap())
    }

    /// A call of a run, at a time.
    pub fn at(&self, now: &str, run: &str, arguments: &str) -> Ran {
        let more = [
            "--plan",
            "plan.json",
            "--ledger",
            "records",
            "--now",
            now,
            "--run",
            run,
            "--output",
            "out.txt",
            "--summary",
            "summary.md",
        ];
        ran(self.command(arguments, &more).output().unwrap())
    }

    pub fn call(&self, run: &str, arguments: &str) -> Ran {
        self.at(NOW, run, arguments)
    }

    pub fn step(&self, run: &str, verb: &str, step: &str, more: &str) -> Ran {
        self.call(run, &format!("record {verb} --release train --path release --step {step} --subject {LEDGER} --subject {CHECKOUT} --commit {COMMIT} {more}"))
    }

    pub fn gate(&self, run: &str) -> Ran {
        self.call(run, &format!("gate run tests --release train --path release --stage production --reports evidence --subject {LEDGER} --subject {CHECKOUT} --commit {COMMIT}"))
    }

    pub fn approval(&self, run: &str, step: &str, approvals: &Value, more: &str) -> Ran {
        self.write("approvals.json", &approvals.to_string());
        self.call(run, &format!(
            "approval verify --release train --path release --stage production --chain standard --step {step} --seats {step}-1,{step}-2 --subject {LEDGER} --subject {CHECKOUT} --requested-by ana --deployer dora --commit {COMMIT} --authors authors.json {more}"
        ))
    }

    pub fn state(&self) -> Value {
        let ran = self.plain("ledger state production --ledger records");
        serde_json::from_str::<Value>(&ran.passes().out).unwrap()["services"].clone()
    }

    pub fn last_output(&self, key: &str) -> Option<String> {
        let text = fs::read_to_string(self.path("out.txt")).unwrap();
        text.lines().rev().find_map(|line| line.strip_prefix(&format!("{key}=")).map(str::to_owned))
    }
}

pub fn ran(output: std::process::Output) -> Ran {
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

pub fn reviews(of: &[(&str, &str)]) -> Value {
    of.iter().map(|(login, seat)| json!({"state": "approved", "environments": [{"name": seat}], "user": {"login": login, "type": "User"}})).collect()
}
