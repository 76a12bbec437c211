//! `clearway diff`: folders, revisions, built plans; formats and exit codes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "the tests write the projects that are compared")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const NOW: &str = "2026-11-02T09:00:00Z";

const SPEC: &str = r#"
team owners { members = [ana, ben] }
role board { members = [carla, dimitri, eva] }

environment production { tier = production  credentials = oidc("deploy", ttl = 10 m)  deployed = state("state.json") }

gate checked {
  evidence = junit("*.xml")
  require tests.pass-rate >= 99%
}

approval standard { step board { from = board  need = 2 } }

service ledger {
  version = 2.0.0
  owner   = owners
  build { run = "make image"  output = image("ghcr.io/acme/ledger") }
  deploy with kubernetes("deployment/ledger")
}

release weekly {
  ship ledger
  stage production { gates = [checked]  approval = standard }
  rollback { approval = standard }
}
"#;

const MANIFEST: &str = r#"
[project]
name = "test"
repo = "acme/test"

[targets.github]
plan       = "enterprise"
visibility = "private"

[pipeline]
image  = "ghcr.io/acme/clearway@sha256:5c1f8a3e6b0d4927c1f8a3e6b0d4927c5c1f8a3e6b0d4927c1f8a3e6b0d49271"
ledger = { url = "s3://acme/ledger", role = "arn:aws:iam::123456789012:role/ledger", region = "eu-central-1" }
"#;

const STATE: &str =
    r#"{"clearway": 1, "environment": "production", "services": {"ledger": {"version": "1.9.0"}}}"#;

fn clearway(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_clearway")).args(args).current_dir(folder).output().unwrap()
}

fn diff(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let args: Vec<&str> = ["diff", "--now", NOW].iter().chain(args).copied().collect();
    let ran = clearway(folder, &args);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (ran.status.code().unwrap(), text(ran.stdout), text(ran.stderr))
}

/// A project in a folder below another.
fn project(folder: &Path, spec: &str) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("clearway.toml"), MANIFEST).unwrap();
    fs::write(folder.join("main.cw"), spec).unwrap();
    fs::write(folder.join("state.json"), STATE).unwrap();
}

fn git(folder: &Path, args: &[&str]) {
    let identity = ["-c", "user.name=ana", "-c", "user.email=ana@acme.example", "-c", "commit.gpgsign=false"];
    let ran = Command::new("git").args(identity).args(args).current_dir(folder).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

fn weaker() -> String {
    SPEC.replace("need = 2", "need = 1")
}

#[test]
fn folders_are_compared_and_only_a_threshold_changes_the_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    project(&folder.path().join("old"), SPEC);
    project(&folder.path().join("new"), &weaker());
    let (code, said, _) = diff(folder.path(), &["old", "new"]);
    assert_eq!(code, 0);
    assert!(said.starts_with("weaker\n  approvals: approval `standard`"), "{said}");
    assert!(said.contains("[main.cw:12]"), "{said}");
    assert_eq!(diff(folder.path(), &["old", "new", "--fail-on", "weaker"]).0, 1);
    assert_eq!(diff(folder.path(), &["new", "old", "--fail-on", "incomparable"]).0, 0);
    let (code, said, _) = diff(folder.path(), &["old", "old", "--fail-on", "incomparable"]);
    assert_eq!((code, said.contains("the plans say the same")), (0, true), "{said}");
}

#[test]
fn a_revision_is_compared_with_what_is_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    git(root, &["init", "--quiet"]);
    project(&root.join("specs"), SPEC);
    git(root, &["add", "."]);
    git(root, &["commit", "--quiet", "--message", "first"]);
    fs::write(root.join("specs/main.cw"), weaker()).unwrap();
    let (code, said, wrong) = diff(root, &["HEAD:specs", "specs", "--format", "json"]);
    assert_eq!((code, wrong.as_str()), (0, ""), "{said}");
    let told: serde_json::Value = serde_json::from_str(&said).unwrap();
    let change = &told["changes"][0];
    assert_eq!(
        (change["verdict"].as_str(), change["guarantee"].as_str()),
        (Some("weaker"), Some("approvals"))
    );
    assert_eq!(change["path"], "release");
    let labels = change["labels"].as_array().unwrap();
    let sides: Vec<&str> = labels.iter().map(|label| label["side"].as_str().unwrap()).collect();
    assert_eq!(sides, ["old", "new"]);
    assert!(
        labels.iter().all(|label| label["file"] == "main.cw" && label["start"]["line"] == 12),
        "{labels:?}"
    );
    assert_eq!(told["effects"]["people"][0]["new"], 3);
    // From where one stands, and a file of the project for the project.
    let specs = root.join("specs");
    assert_eq!(diff(&specs, &["HEAD:./", "."]).1, diff(root, &["HEAD:specs/main.cw", "specs"]).1);
    let (code, said, _) = diff(root, &["HEAD:specs", "HEAD:specs", "--fail-on", "incomparable"]);
    assert_eq!((code, said.contains("the plans say the same")), (0, true));
    for args in [["no-such-revision:specs", "specs"], ["--", "-x:specs"], ["HEAD:elsewhere", "specs"]] {
        assert_eq!(diff(root, &args).0, 2, "{args:?}");
    }
}

#[test]
fn a_plan_that_was_built_is_a_side() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    project(root, SPEC);
    let built = clearway(root, &["build", "--target", "github", "--out", "."]);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let plan = ".clearway/plan.json";
    let (code, said, _) = diff(root, &[plan, ".", "--fail-on", "incomparable"]);
    assert_eq!((code, said.contains("the plans say the same")), (0, true), "{said}");
    assert!(said.contains("note: OLD is a plan without the spec"), "{said}");
    // Somebody took the wait for the gate out of the plan.
    let text = fs::read_to_string(root.join(plan)).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
    for path in value["releases"][0]["paths"].as_array_mut().unwrap() {
        for step in path["steps"].as_array_mut().unwrap() {
            if let Some(needs) = step["needs"].as_array_mut() {
                needs.retain(|id| !id.as_str().unwrap().starts_with("gate-"));
            }
        }
    }
    fs::write(root.join("plan.json"), value.to_string()).unwrap();
    let (code, said, _) = diff(root, &[plan, "plan.json", "--fail-on", "weaker"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("order: step `deploy-production-ledger`"), "{said}");
    assert!(said.contains("whatever comes of `gate-production-checked`"), "{said}");
}

#[test]
fn a_side_that_does_not_hold_is_told_and_nothing_may_rest_on_it() {
    let folder = tempfile::tempdir().unwrap();
    project(&folder.path().join("old"), SPEC);
    project(&folder.path().join("new"), &SPEC.replace("from = board", "from = bored"));
    let (code, said, wrong) = diff(folder.path(), &["old", "new", "--format", "json"]);
    assert_eq!(code, 0);
    let told: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (&told["errors"][0]["side"], &told["errors"][0]["code"]),
        (&"new".into(), &"CW0201".into()),
        "{said}"
    );
    assert!(wrong.contains("bored"), "{wrong}");
    assert_eq!(diff(folder.path(), &["old", "new", "--fail-on", "weaker"]).0, 1);
    assert_eq!(diff(folder.path(), &["old", "nowhere"]).0, 2);
}

#[test]
fn a_comment_keeps_texts_of_the_spec_in_their_cells() {
    let folder = tempfile::tempdir().unwrap();
    project(&folder.path().join("old"), SPEC);
    let spec = SPEC.replace("make image", "make | <script> `image`");
    project(&folder.path().join("new"), &spec);
    let (_, said, _) = diff(folder.path(), &["old", "new", "--format", "markdown"]);
    assert!(said.contains("make \\| &lt;script> \\`image\\`"), "{said}");
    assert!(!said.contains("<script>"), "{said}");
}

#[test]
fn what_is_weaker_goes_on_when_somebody_accepts_it_whom_the_old_spec_names() {
    let folder = tempfile::tempdir().unwrap();
    let old = format!("{SPEC}\nidentity eva {{ github = \"eva-of-acme\" }}\n");
    // The change makes its author one who accepts, which does not help it.
    let new =
        old.replace("need = 2", "need = 1").replace("[carla, dimitri, eva]", "[ana, carla, dimitri, eva]");
    project(&folder.path().join("old"), &old);
    project(&folder.path().join("new"), &new);
    let asked = |more: &[&str]| {
        let start = ["old", "new", "--fail-on", "weaker", "--accept-by", "board"];
        let (code, said, wrong) = diff(folder.path(), &[&start, more].concat());
        (code, said.lines().last().unwrap_or_default().to_owned(), wrong)
    };
    let must = "One of board must accept this: carla, dimitri, eva.";
    for nobody in [
        vec![],
        vec!["--accepted", "ana"],
        vec!["--accepted", "carla", "--author", "carla"],
        vec!["--accepted", "eva", "--named-on", "github"],
        vec!["--accepted", "eva-of-acme"],
    ] {
        let (code, said, _) = asked(&nobody);
        assert!(code == 1 && said.contains("must accept"), "{nobody:?}: {said}");
    }
    assert_eq!(asked(&[]).1, must);
    assert_eq!(asked(&["--author", "carla"]).1, "One of board must accept this: dimitri, eva.");
    let accepted = |more: &[&str], by: &str| {
        let (code, said, _) = asked(more);
        assert_eq!((code, said), (0, format!("Accepted by {by} of board.")), "{more:?}");
    };
    accepted(&["--accepted", "ana", "--accepted", "carla"], "carla");
    accepted(&["--accepted", "Eva-of-Acme", "--named-on", "github"], "eva");
    accepted(&["--accepted", "dimitri", "--named-on", "github", "--format", "markdown"], "dimitri");
    let unknown = ["old", "new", "--fail-on", "weaker", "--accept-by", "boards"];
    let (code, _, wrong) = diff(folder.path(), &unknown);
    assert!(code == 2 && wrong.contains("`boards`") && wrong.contains("board"), "{wrong}");
    // What is not compared is not accepted.
    fs::write(folder.path().join("new/main.cw"), "service s { requires t ^1.0 }\n").unwrap();
    assert_eq!(asked(&["--accepted", "carla"]).0, 1);
}

#[test]
fn what_no_plan_carries_is_compared_with_its_places() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let organisation = root.join("organisation");
    fs::create_dir_all(&organisation).unwrap();
    fs::write(organisation.join("clearway.toml"), "[project]\nname = \"organisation\"\nbinding = true\n")
        .unwrap();
    let policy = "policy house {\n  control \"H-1\" \"Somebody answers.\" {\n    every s in declared(service) {\n      require has(s.owner)\n    }\n  }\n}\n";
    fs::write(organisation.join("house.cw"), policy).unwrap();
    let with = |name: &str, table: &str| {
        project(&root.join(name), SPEC);
        let manifest = MANIFEST.replace("[targets.github]", &format!("{table}\n[targets.github]"));
        fs::write(root.join(name).join("clearway.toml"), manifest).unwrap();
    };
    with("old", "[packages]\norganisation = { path = \"../organisation\" }\n");
    with("new", "");
    for name in ["old", "new"] {
        let locked = clearway(&root.join(name), &["lock"]);
        assert!(locked.status.success(), "{}", String::from_utf8_lossy(&locked.stderr));
    }
    let (code, said, wrong) = diff(root, &["old", "new", "--fail-on", "weaker"]);
    assert_eq!(code, 1, "{said}{wrong}");
    assert!(said.contains("policy `house`"), "{said}");
    assert!(said.contains("[../organisation/house.cw:1]"), "{said}");
    assert!(said.contains("`organisation` in `packages` of manifest"), "{said}");
    let (code, said, _) = diff(root, &["new", "old", "--fail-on", "incomparable"]);
    assert_eq!((code, said.contains("stronger")), (0, true), "{said}");
}
