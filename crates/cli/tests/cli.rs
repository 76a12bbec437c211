//! The built binary, as a user runs it: exit codes, streams, formats, files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]
#![allow(clippy::disallowed_methods, reason = "the tests write the files that the binary reads")]

/// Good reports of each format, which the readers are tried with too.
#[path = "../../evidence/tests/common/samples.rs"]
mod samples;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn run_with(arguments: &[&str], folder: &Path, input: &[u8]) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_clearway"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input may close it first.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn run(arguments: &[&str], folder: &Path) -> Ran {
    run_with(arguments, folder, b"")
}

fn project(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/online-boutique")
}

const MANIFEST: (&str, &[u8]) = ("clearway.toml", b"[project]\nname = \"shop\"\n");
const WRONG: &[u8] = b"service carts {\n  version = 1.0.0\n  requires cart ^1\n}\n";

#[test]
fn a_project_that_holds_exits_with_0() {
    let ran = run(&["check", "--now", "2026-11-02T09:00:00Z"], &example());
    assert_eq!((ran.code, ran.out.as_str(), ran.err.trim()), (0, "", "`online-boutique` holds"));
    let ran = run(&["check", "--format", "json"], &example().join("services"));
    assert_eq!((ran.code, ran.out.trim()), (0, "[]"), "a folder inside the project is the project");
}

#[test]
fn a_spec_that_does_not_hold_exits_with_1_and_says_why_in_every_format() {
    let folder = project(&[MANIFEST, ("main.cw", WRONG)]);
    let human = run(&["check"], folder.path());
    assert_eq!(human.code, 1);
    assert!(
        human.out.contains("error[CW0201]: there is no service, library or vendor `cart`"),
        "{}",
        human.out
    );
    assert_eq!(human.err.trim(), "1 error");
    let short = run(&["check", "--format", "short"], folder.path());
    assert!(short.out.contains("main.cw:3:12: error[CW0201] unknown-name: "), "{}", short.out);
    let github = run(&["check", "--format", "github"], folder.path());
    assert!(github.out.contains("::error file=main.cw,line=3,"), "{}", github.out);
    let json: Value = serde_json::from_str(&run(&["check", "--format", "json"], folder.path()).out).unwrap();
    let found = json.as_array().unwrap().iter().find(|found| found["code"] == "CW0201").unwrap();
    assert_eq!(found["name"], "unknown-name");
    assert_eq!(found["severity"], "error");
    assert_eq!(found["labels"][0]["primary"], true);
    assert_eq!(found["labels"][0]["start"], serde_json::json!({ "line": 3, "column": 12, "offset": 45 }));
    for key in ["message", "help", "url", "fixes"] {
        assert!(found.get(key).is_some(), "{key}");
    }
    let sarif: Value =
        serde_json::from_str(&run(&["check", "--format", "sarif"], folder.path()).out).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 1);
}

#[test]
fn warnings_fail_only_where_they_are_denied() {
    let folder = project(&[MANIFEST, ("main.cw", b"service carts { version = 1.0.0 }\n")]);
    assert_eq!(run(&["check"], folder.path()).code, 0);
    assert_eq!(run(&["check", "--deny", "warnings"], folder.path()).code, 1);
}

#[test]
fn a_minimal_spec_has_warnings_at_most() {
    let text = b"service a { version = 1.0 }\nteam t { members = [] }\nenvironment e { tier = staging }\nrelease r {\n  ship a\n  stage e\n}\n";
    let folder = project(&[MANIFEST, ("main.cw", text)]);
    let ran = run(&["check"], folder.path());
    assert_eq!(ran.code, 0, "{}", ran.out);
}

#[test]
fn usage_files_and_configuration_exit_with_2() {
    let empty = project(&[]);
    for arguments in [
        &["check"][..],
        &["check", "nowhere"],
        &["check", "--format", "xml"],
        &["frobnicate"],
        &["explain", "CW9999"],
    ] {
        let ran = run(arguments, empty.path());
        assert_eq!(ran.code, 2, "{arguments:?}");
        assert!(ran.out.is_empty() && !ran.err.is_empty(), "{arguments:?}");
    }
    let folder = project(&[MANIFEST, ("main.cw", b"\xff\xfe")]);
    let ran = run(&["check"], folder.path());
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("not UTF-8"), "{}", ran.err);
}

#[test]
fn an_unknown_key_in_the_manifest_is_told_with_the_one_that_was_meant() {
    let folder =
        project(&[("clearway.toml", b"[project]\nname = \"shop\"\n\n[targets.githb]\nplan = \"team\"\n")]);
    let ran = run(&["check"], folder.path());
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("did you mean `github`?"), "{}", ran.out);
}

#[test]
fn standard_input_files_without_a_project_and_nested_projects() {
    let folder = project(&[
        MANIFEST,
        ("main.cw", b"team a { members = [] }\n"),
        ("inner/clearway.toml", MANIFEST.1),
        ("inner/bad.cw", WRONG),
    ]);
    assert_eq!(run(&["check"], folder.path()).code, 0, "a nested project is its own");
    assert_eq!(run(&["check", "inner"], folder.path()).code, 1);
    assert_eq!(run_with(&["check", "-"], folder.path(), WRONG).code, 1);
    let lone = project(&[("a file.cw", WRONG)]);
    let ran = run(&["check", "a file.cw", "--format", "short"], lone.path());
    assert!(ran.code == 1 && ran.out.contains("a file.cw:3:12"), "{}", ran.out);
}

#[test]
fn line_ends_and_a_byte_order_mark_change_nothing() {
    let text =
        [b"\xef\xbb\xbf".as_slice(), &String::from_utf8_lossy(WRONG).replace('\n', "\r\n").into_bytes()]
            .concat();
    let folder = project(&[MANIFEST, ("main.cw", &text)]);
    let ran = run(&["check", "--format", "short"], folder.path());
    assert!(ran.out.contains("main.cw:3:12: error[CW0201]"), "{}", ran.out);
    assert_eq!(ran.out.lines().count(), 1, "{}", ran.out);
}

#[test]
fn what_is_deployed_and_what_ships_can_be_said_on_the_command_line() {
    let text = b"team t { members = [] }\nservice a {\n  owner   = t\n  version = 2.0.0\n}\nservice b {\n  owner   = t\n  version = 1.0.0\n  requires a ^2\n}\nenvironment e { tier = staging }\nrelease r {\n  ship b\n  stage e\n}\n";
    let state = b"{\"clearway\": 1, \"services\": {\"a\": {\"version\": \"2.1.0\"}}}";
    let folder = project(&[MANIFEST, ("main.cw", text), ("now.json", state)]);
    assert_eq!(run(&["check"], folder.path()).code, 1, "nothing is deployed");
    assert_eq!(run(&["check", "--deployed", "e=now.json"], folder.path()).code, 0);
    let ran = run(&["check", "--deployed", "e=missing.json"], folder.path());
    assert!(ran.code == 1 && ran.out.contains("cannot be read"), "{}", ran.out);
    assert_eq!(run(&["check", "--deployed", "nothing"], folder.path()).code, 2);
}

#[test]
fn formatting_changes_files_once_and_checks_without_changing() {
    let folder = project(&[MANIFEST, ("main.cw", b"team   a {members=[]}\n")]);
    let ran = run(&["fmt", "--check"], folder.path());
    assert_eq!(ran.code, 1);
    assert!(ran.out.trim_end().ends_with("main.cw"), "{}", ran.out);
    assert_eq!(run(&["fmt"], folder.path()).code, 0);
    assert_eq!(fs::read_to_string(folder.path().join("main.cw")).unwrap(), "team a { members = [] }\n");
    assert_eq!(run(&["fmt", "--check"], folder.path()).code, 0);
    let ran = run_with(&["fmt", "-"], folder.path(), b"team   a {members=[]}\n");
    assert_eq!((ran.code, ran.out.as_str()), (0, "team a { members = [] }\n"));
}

#[test]
fn codes_are_explained_by_id_and_by_name() {
    let here = example();
    let by_id = run(&["explain", "cw0402"], &here);
    assert!(
        by_id.code == 0 && by_id.out.contains("unmet-requirement") && by_id.out.contains("Mended"),
        "{}",
        by_id.out
    );
    assert_eq!(run(&["explain", "unmet-requirement"], &here).out, by_id.out);
    let all: Value = serde_json::from_str(&run(&["explain", "--format", "json"], &here).out).unwrap();
    assert!(all.as_array().unwrap().len() > 40);
}

#[test]
fn the_graph_is_drawn_in_three_languages() {
    let here = example();
    let dot = run(&["graph"], &here);
    assert!(
        dot.code == 0 && dot.out.contains("\"frontend\" -> \"cartservice\" [label = \"grpc ^1.2\"]"),
        "{}",
        dot.out
    );
    assert!(run(&["graph", "--format", "mermaid"], &here).out.starts_with("flowchart LR\n"));
    let json: Value = serde_json::from_str(&run(&["graph", "--format", "json"], &here).out).unwrap();
    assert_eq!(json["nodes"].as_array().unwrap().len(), 13);
    assert_eq!(json["edges"].as_array().unwrap().len(), 17);
}

#[test]
fn init_starts_a_project_that_holds_and_overwrites_nothing() {
    let folder = project(&[]);
    let ran = run(&["init"], folder.path());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let ran = run(&["check", "--deny", "warnings"], folder.path());
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert_eq!(run(&["fmt", "--check"], folder.path()).code, 0, "what init writes is formatted");
    let ran = run(&["init"], folder.path());
    assert!(ran.code == 2 && ran.err.contains("exists already"), "{}", ran.err);
}

#[test]
fn init_proposes_services_from_what_a_repository_has() {
    let compose =
        b"services:\n  web:\n    image: acme/web:1.4.2\n    depends_on: [api]\n  api:\n    build: ./api\n";
    let folder = project(&[("compose.yaml", compose), ("api/package.json", b"{\"version\": \"2.1.0\"}")]);
    assert_eq!(run(&["init", "--name", "shop"], folder.path()).code, 0);
    let services = fs::read_to_string(folder.path().join("services.cw")).unwrap();
    assert!(
        services.contains("version = 1.4.2")
            && services.contains("from-file(\"api/package.json\", \"version\")"),
        "{services}"
    );
    let ran = run(&["check"], folder.path());
    assert_eq!(ran.code, 0, "{}", ran.out);
}

#[test]
fn completions_and_man_pages_are_printed() {
    let here = example();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = run(&["completions", shell], &here);
        assert!(ran.code == 0 && ran.out.contains("clearway"), "{shell}");
    }
    let folder = project(&[]);
    assert_eq!(run(&["completions", "man", "--out", "man"], folder.path()).code, 0);
    let page = fs::read_to_string(folder.path().join("man/clearway-check.1")).unwrap();
    assert!(page.contains("clearway\\-check") && page.contains("deny"), "{page}");
}

/// A repository with a commit and tags, made by the `git` program with no configuration of the machine.
fn repository(folder: &Path, tags: &[&str]) {
    let git = |arguments: &[&str]| {
        let done = Command::new("git")
            .args(["-c", "user.name=ana", "-c", "user.email=ana@example.org", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .current_dir(folder)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .output()
            .unwrap();
        assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    };
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "first"]);
    for tag in tags {
        git(&["tag", tag]);
    }
}

const TAGGED: &[u8] = b"team shop { members = [ana] }
service ledger { owner = shop  version = from-tag(\"v{}\") }
service carts { owner = shop  version = 1.0.0  requires ledger ^1.9 }
";

#[test]
fn a_version_comes_from_the_newest_tag_of_a_repository() {
    let folder = project(&[MANIFEST, ("main.cw", TAGGED)]);
    repository(folder.path(), &["v1.9.0", "v1.10.0", "v1.2.0", "nightly", "other-v9.0.0"]);
    let ran = run(&["graph", "--format", "json"], folder.path());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let graph: Value = serde_json::from_str(&ran.out).unwrap();
    let ledger = graph["nodes"].as_array().unwrap().iter().find(|node| node["name"] == "ledger").unwrap();
    assert_eq!(ledger["version"], "1.10.0");
    assert_eq!(run(&["check"], folder.path()).code, 0);
}

#[test]
fn a_repository_without_the_tag_is_told_where_the_version_is_asked_for() {
    let folder = project(&[MANIFEST, ("main.cw", TAGGED)]);
    repository(folder.path(), &["nightly"]);
    let ran = run(&["check", "--format", "short"], folder.path());
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("main.cw:2:") && ran.out.contains("CW0005"), "{}", ran.out);
    // Outside of any repository too, with the reason.
    let nowhere = project(&[MANIFEST, ("main.cw", TAGGED)]);
    let ran = run(&["check", "--format", "json"], nowhere.path());
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("the repository's tags cannot be read"), "{}", ran.out);
}

/// What a gate may ask of a report is declared with its reader; a reader that gave more would make a gate an error that could pass.
#[test]
fn readers_measure_what_is_declared_of_them() {
    let vocabulary = clearway_model::vocabulary::Vocabulary::get();
    for (reader, text) in samples::ALL {
        let report = clearway_evidence::read(*reader, text.as_bytes(), &clearway_evidence::Limits::default());
        let function = &vocabulary.functions[reader.name()];
        assert!(!function.measures.is_empty(), "{reader} measures nothing");
        for (metric, _) in report.unwrap_or_else(|_| panic!("{reader} refuses its sample")).figures() {
            assert!(function.measures(&metric), "{reader} measures `{metric}`, and is not declared to");
        }
    }
    let declared = vocabulary.functions.values().flat_map(|function| &function.measures);
    let library = clearway_model::stdlib::FILES.iter().map(|(_, text)| *text).collect::<String>();
    for family in declared {
        assert!(library.contains(&format!("\nmetric {family}.")), "there is no metric of `{family}`");
    }
}
