//! What people look at after the fact, on the built binary: who may do what, and each change in production.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "the tests write the files that the binary reads")]

use std::fs;
use std::process::Command;

use clearway_tests::keys::public_pem;
use clearway_verify::github::Workflow;
use serde_json::{Map, Value, json};

const MANIFEST: &str = r#"[project]
name = "shop"
repo = "acme/shop"

[targets.github]
visibility = "public"

[pipeline]
image  = "ghcr.io/acme/clearway@sha256:5c1f8a3e6b0d4927c1f8a3e6b0d4927c5c1f8a3e6b0d4927c1f8a3e6b0d49271"
ledger = "s3://acme-releases/shop"
"#;

const SPEC: &str = r#"identity carla { github = "carla-acme" }
team payments { members = [ana, ben] }
role board { members = [carla, dora] }
environment production { tier = production }
approval standard { step board { from = board  need = 2 } }
service ledger { version = 2.0.0  owner = payments  deploy with command("true") }
release r {
  ship ledger
  stage production { gates = []  approval = standard }
  rollback { approval = standard }
}
retrospective ours {
  review-within = 5 d
  reviewed-by   = payments
  access-review by board every 90 d
}
"#;

struct Project(tempfile::TempDir);

impl Project {
    fn of(spec: &str) -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        project.write("clearway.toml", MANIFEST);
        project.build(spec);
        project.write("live.json", &project.live().to_string());
        project
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn build(&self, spec: &str) {
        self.write("main.cw", spec);
        let (code, told) = self.call("build --target github --out .");
        assert_eq!(code, 0, "{told}");
    }

    fn call(&self, arguments: &str) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_clearway"))
            .args(arguments.split_whitespace())
            .current_dir(self.0.path())
            .env_remove("CLEARWAY_LEDGER_KEY")
            .env_remove("GITLAB_CI")
            .output()
            .unwrap();
        let told = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap(), String::from_utf8(told).unwrap())
    }

    /// What it says and how it ends, at a time.
    fn at(&self, now: &str, arguments: &str) -> (i32, String) {
        self.call(&format!("{arguments} --ledger records --now {now}"))
    }

    fn verify(&self, now: &str) -> (i32, String) {
        let looks =
            "access verify --expectations .clearway/settings/github/expectations.json --live live.json";
        self.at(now, looks)
    }

    /// Live settings that are just as they are expected.
    fn live(&self) -> Value {
        let path = self.0.path().join(".clearway/settings/github/expectations.json");
        let expected: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let mut answers = Map::new();
        for one in expected["expectations"].as_array().unwrap() {
            let answer = answers.entry(one["url"].as_str().unwrap()).or_insert_with(|| json!({}));
            let list = |value: &Value| -> Value {
                let pick = one["pick"].as_str().unwrap().trim_start_matches('/').to_owned();
                let names = value.as_array().unwrap().iter();
                let named = |name: &Value| match pick.split_once('/') {
                    Some((outer, inner)) => json!({ outer: { inner: name } }),
                    None => json!({ pick.as_str(): name }),
                };
                names.map(named).collect()
            };
            let value = one.get("equals").cloned().unwrap_or_else(|| list(&one["same-set"]));
            let pointer = one["pointer"].as_str().unwrap().trim_start_matches('/');
            if let Some(element) = one.get("where") {
                let at = element["at"].as_str().unwrap().trim_start_matches('/');
                if answer.get(at).is_none() {
                    answer[at] = json!([{ element["key"].as_str().unwrap(): element["is"] }]);
                }
                answer[at][0][pointer] = value;
            } else if let Some((outer, inner)) = pointer.split_once('/') {
                if answer.get(outer).is_none() {
                    answer[outer] = json!({});
                }
                answer[outer][inner] = value;
            } else {
                answer[pointer] = value;
            }
        }
        Value::Object(answers)
    }
}

fn says((code, told): (i32, String), wanted: i32, words: &[&str]) {
    assert_eq!(code, wanted, "{told}");
    for word in words {
        assert!(told.contains(word), "without `{word}`: {told}");
    }
}

#[test]
fn who_may_do_what_is_looked_at_in_time_or_it_is_overdue() {
    let project = Project::of(SPEC);
    says(project.verify("2026-01-01T08:00:00Z"), 1, &["overdue", "nobody has looked at it yet"]);
    let record = |now: &str, who: &str| project.at(now, &format!("record review access {who}"));
    says(record("2026-01-02T08:00:00Z", "--actor ana"), 2, &["ana is not of `board`", "carla, dora"]);
    says(project.verify("2026-01-02T09:00:00Z"), 1, &["nobody has looked at it yet"]);
    says(record("2026-01-02T10:00:00Z", "--actor dora --note fine"), 0, &["dora looked at who may do what"]);
    let last = "dora looked at it at 2026-01-02T10:00:00Z";
    says(project.verify("2026-04-02T09:00:00Z"), 0, &[last, "again by 2026-04-02T10:00:00Z"]);
    says(project.verify("2026-04-02T11:00:00Z"), 1, &["overdue", last, "`clearway record review access`"]);
    says(record("2026-04-02T12:00:00Z", "--actor carla"), 0, &[]);
    says(project.verify("2026-04-03T11:00:00Z"), 0, &["carla looked at it at 2026-04-02T12:00:00Z"]);
    says(project.call("ledger log --ledger records"), 0, &["dora has looked at who may do what: 6 grants"]);
    says(project.call("ledger verify --ledger records"), 0, &["2 records"]);
}

#[test]
fn what_has_changed_since_the_last_look_is_told_and_whoever_left_has_no_word() {
    let project = Project::of(SPEC);
    says(project.at("2026-01-02T10:00:00Z", "record review access --actor dora"), 0, &[]);
    let other = SPEC.replace("members = [carla, dora]", "members = [carla, dora, emre]");
    project.build(&other);
    project.write("live.json", &project.live().to_string());
    let new = "new since then: emre approves as one of board on the way to production (r, release): approval standard, step board, 2 needed";
    says(project.verify("2026-01-03T10:00:00Z"), 0, &[new]);
    project.build(&SPEC.replace("members = [carla, dora]", "members = [carla, emre]"));
    project.write("live.json", &project.live().to_string());
    says(project.verify("2026-01-03T10:00:00Z"), 1, &["nobody has looked at it yet"]);
}

#[test]
fn a_platform_that_asks_others_is_told_whoever_has_looked() {
    let project = Project::of(SPEC);
    says(project.at("2026-01-02T10:00:00Z", "record review access --actor dora"), 0, &[]);
    says(project.verify("2026-01-03T10:00:00Z"), 0, &[]);
    let live = project.live().to_string();
    assert!(live.contains("\"dora\""), "{live}");
    project.write("live.json", &live.replace("\"dora\"", "\"mallory\""));
    says(
        project.verify("2026-01-03T10:00:00Z"),
        1,
        &["settings of the platform are not as the plan says", "mallory"],
    );
}

#[test]
fn on_a_platform_somebody_is_who_has_the_login_and_not_who_has_the_name() {
    let project = Project::of(SPEC);
    let record = |who: &str| project.at("2026-01-02T10:00:00Z", &format!("record review access {who}"));
    says(record("--platform github --actor carla"), 2, &["@carla is not of `board`"]);
    says(record("--platform github --actor carla-acme"), 0, &["carla looked at who may do what"]);
}

#[test]
fn a_change_is_reviewed_when_one_of_the_group_says_so_of_the_very_file() {
    // Nobody is asked before, so that the run is short.
    let spec = SPEC.replacen("  approval = standard }", " }", 1);
    let project = Project::of(&spec);
    let record = |now: &str, arguments: &str| {
        says(project.at(now, &format!("record {arguments} --release r --run 41")), 0, &[]);
    };
    record("2026-01-02T08:00:00Z", "adopt production");
    let step = "--step deploy-production-ledger --subject ledger=2.0.0 --requested-by ana --actor ben --commit 0123abc";
    record("2026-01-02T09:00:00Z", &format!("begin {step}"));
    record("2026-01-02T09:05:00Z", "end --step deploy-production-ledger --result success");
    let review = |now: &str| project.at(now, "report review");
    says(review("2026-01-03T09:00:00Z"), 0, &["| 41 | r | reviews/41.md | 2026-01-07 09:05:00 UTC | due |"]);
    says(review("2026-01-08T09:00:00Z"), 1, &["**overdue**"]);
    project.write("reviews/41.md", "It went well.\n");
    says(review("2026-01-06T09:00:00Z"), 0, &["| written |"]);
    says(review("2026-01-08T09:00:00Z"), 1, &["**overdue**"]);
    let held = |run: &str, who: &str| {
        project.at("2026-01-06T10:00:00Z", &format!("record review change {run} --actor {who}"))
    };
    says(held("41", "carla"), 2, &["carla is not of `payments`"]);
    project.write("reviews/99.md", "Nothing happened.\n");
    says(held("99", "ana"), 2, &["no record is of the run `99`"]);
    says(held("42", "ana"), 2, &["reviews/42.md"]);
    says(held("41", "ana"), 0, &["ana has reviewed the change of run 41"]);
    says(review("2026-01-08T09:00:00Z"), 0, &["| held, says ana |"]);
    // What no key has signed that the plan names may be anybody's word.
    project.write("keys.pem", &public_pem());
    let signed = MANIFEST.replace(
        "\"s3://acme-releases/shop\"",
        "{ url = \"s3://acme-releases/shop\", signed-by = \"keys.pem\" }",
    );
    project.write("clearway.toml", &signed);
    project.build(&spec);
    says(
        review("2026-01-08T09:00:00Z"),
        1,
        &["What people said is not believed: record 000000000001.json", "**overdue**"],
    );
    project.write("clearway.toml", MANIFEST);
    project.build(&spec);
    project.write("reviews/41.md", "It went badly.\n");
    says(review("2026-01-08T09:00:00Z"), 1, &["**overdue**"]);
}

#[test]
fn who_asks_for_no_review_has_none() {
    let without = SPEC.split("retrospective").next().unwrap();
    let project = Project::of(without);
    let now = "2026-01-02T10:00:00Z";
    says(project.verify(now), 2, &["the plan asks nobody to look at who may do what"]);
    says(
        project.at(now, "record review change 41 --actor ana"),
        2,
        &["the plan asks for no review of changes"],
    );
    project.build(&format!("{without}retrospective ours {{ review-within = 5 d }}\n"));
    project.write("reviews/41.md", "It went well.\n");
    let told = project.at(now, "record review change 41 --actor ana");
    says(told, 2, &["the plan asks nobody to say that a review was held"]);
}

/// The scripts of the one job of a workflow that was emitted, each with the name of its step.
fn scripts(project: &Project, name: &str) -> Vec<(String, String)> {
    let path = project.0.path().join(format!(".github/workflows/{name}.yml"));
    let workflow = Workflow::read(&fs::read_to_string(path).unwrap()).unwrap();
    let steps = workflow.jobs.values().flat_map(|job| job.steps().to_vec());
    steps.filter_map(|step| Some((step.title().to_owned(), step.run?))).collect()
}

#[test]
fn what_is_emitted_for_github_is_taken_by_this_very_program() {
    let spec = format!(
        "{}retention books {{ keep records for 30 d }}\n",
        SPEC.replacen("  approval = standard }", " }", 1)
    );
    let project = Project::of(&spec);
    let path = |name: &str| project.0.path().join(name);
    fs::create_dir_all(path("temp/clearway")).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_clearway"), path("temp/clearway/clearway")).unwrap();
    let deployed = |arguments: &str| {
        let call = format!("record {arguments} --release r --run 41");
        says(project.at("2026-01-02T09:00:00Z", &call), 0, &[]);
    };
    deployed("adopt production");
    deployed(
        "begin --step deploy-production-ledger --subject ledger=2.0.0 --requested-by ana --actor ben --commit 0123abc",
    );
    deployed("end --step deploy-production-ledger --result success");
    project.write("reviews/41.md", "It went well.\n");
    let runs = |script: &str, actor: &str| {
        let output = Command::new("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
            .current_dir(project.0.path())
            .envs([
                ("LEDGER", "records"),
                ("CLEARWAY_RUN", "77"),
                ("CLEARWAY_BUILD", "7.1"),
                ("REVIEWED", "41"),
                ("NOTE", "-"),
            ])
            .envs([
                ("GITHUB_TRIGGERING_ACTOR", actor),
                ("GITHUB_API_URL", "http://127.0.0.1:9"),
                ("GITHUB_REPOSITORY", "acme/shop"),
            ])
            .env("GH_TOKEN", "none")
            .env("RUNNER_TEMP", path("temp"))
            .env("GITHUB_STEP_SUMMARY", path("summary.md"))
            .env_remove("CLEARWAY_LEDGER_KEY")
            .output()
            .unwrap();
        let told = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap(), String::from_utf8(told).unwrap())
    };
    let change = scripts(&project, "clearway-post-implementation-review");
    assert_eq!(change.len(), 2);
    says(runs(&change[1].1, "ana"), 1, &["**overdue**"]);
    says(runs(&change[0].1, "carla-acme"), 2, &["carla is not of `payments`"]);
    says(runs(&change[0].1, "ana"), 0, &["ana has reviewed the change of run 41"]);
    says(runs(&change[1].1, "ana"), 0, &["held, says ana"]);
    let access = scripts(&project, "clearway-access-review");
    assert_eq!(access.len(), 3);
    says(runs(&access[0].1, "carla-acme"), 0, &[]);
    says(runs(&access[1].1, "carla"), 2, &["@carla is not of `board`"]);
    says(runs(&access[1].1, "carla-acme"), 0, &["carla looked at who may do what"]);
    // The platform is stood in for by a file of its answers; all else is as it was emitted.
    let looks = access[2].1.replace("--summary", "--live live.json --summary");
    says(runs(&looks, "carla-acme"), 0, &["who may do what is as the plan says: carla looked at it"]);
    let archive = scripts(&project, "clearway-archive");
    assert_eq!(archive.len(), 1);
    let (code, told) = runs(&archive[0].1, "ana");
    assert!(code < 2, "{told}");
    for file in ["SHA256SUMS", "audit.md", "access.md", "plan.json", "ledger"] {
        assert!(path("temp/archive").join(file).exists(), "{file}: {told}");
    }
    let summary = fs::read_to_string(path("summary.md")).unwrap();
    for told in
        ["# Who may do what in `shop`", "carla looked at who may do what", "Post-implementation review"]
    {
        assert!(summary.contains(told), "{told}: {summary}");
    }
}
