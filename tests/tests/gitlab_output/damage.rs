//! Damage to emitted pipelines: each kind must be told by the claim that it breaks.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::claims;
use clearway_verify::gitlab::Emitted;

/// A kind of damage: it changes a job, at one of its places, or has none left.
struct Damage {
    name: &'static str,
    /// The claim that must tell it; several where it depends on the place.
    told_by: &'static [&'static str],
    /// Whether a job of a file is a place for it.
    fits: fn(&str, &Value) -> bool,
    /// What is done to the job.
    act: fn(&mut Value),
}

fn is(job: &Value, key: &str) -> bool {
    job.get(key).is_some()
}

/// Drops the needs that begin with a word.
fn drop_needs(job: &mut Value, word: &str) {
    if let Some(needs) = job["needs"].as_array_mut() {
        needs.retain(|need| !need["job"].as_str().unwrap_or_default().starts_with(word));
    }
}

fn needs(job: &Value, word: &str) -> bool {
    let needs = job.get("needs").and_then(Value::as_array).into_iter().flatten();
    needs.filter_map(|need| need["job"].as_str()).any(|need| need.starts_with(word))
}

/// Replaces a text in all lines of a script.
fn replace(job: &mut Value, key: &str, from: &str, to: &str) {
    for line in job[key].as_array_mut().into_iter().flatten() {
        *line = json!(line.as_str().unwrap_or_default().replace(from, to));
    }
}

fn says(job: &Value, text: &str) -> bool {
    job.get("script")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .any(|line| line.as_str().unwrap_or_default().contains(text))
}

/// A rule that starts after anything.
fn always(job: &mut Value) {
    job["rules"] = json!([{ "when": "always" }]);
}

const KINDS: &[Damage] = &[
    Damage {
        name: "a command of the spec finds the key that signs records",
        told_by: &["signatures"],
        fits: |_, job| job["before_script"].to_string().contains("unset CLEARWAY_LEDGER_KEY"),
        act: |job| drop(job.as_object_mut().unwrap().remove("before_script")),
    },
    Damage {
        name: "records are signed with a key of the job",
        told_by: &["signatures"],
        fits: |id, job| id.starts_with("gate-") && is(job, "script"),
        act: |job| job["variables"]["CLEARWAY_LEDGER_KEY"] = json!("/tmp/key"),
    },
    Damage {
        name: "a stage does not wait for its gates",
        told_by: &["gates-and-approvals"],
        fits: |_, job| is(job, "trigger") && needs(job, "gate-") && !needs(job, "approval-"),
        act: |job| drop_needs(job, "gate-"),
    },
    Damage {
        name: "a stage does not wait for people",
        told_by: &["gates-and-approvals"],
        fits: |_, job| is(job, "trigger") && needs(job, "approval-"),
        act: |job| drop_needs(job, "approval-"),
    },
    Damage {
        name: "a stage does not wait for the one before it",
        told_by: &["order"],
        fits: |id, job| id.starts_with("gate-") && needs(job, "deploy-"),
        act: |job| drop_needs(job, "deploy-"),
    },
    Damage {
        name: "a job starts whatever came before it",
        told_by: &["order"],
        fits: |id, job| id.starts_with("gate-") && is(job, "script"),
        act: always,
    },
    Damage {
        name: "a need is optional",
        told_by: &["hardening"],
        fits: |_, job| is(job, "trigger"),
        act: |job| job["needs"][0]["optional"] = json!(true),
    },
    Damage {
        name: "people are asked by a button that nobody has to press",
        told_by: &["environments"],
        fits: |id, job| id.starts_with("approval-") && job["rules"][0]["when"] == "manual",
        act: |job| {
            job.as_object_mut().unwrap().remove("rules");
            job["when"] = json!("manual");
        },
    },
    Damage {
        name: "a gate may fail",
        told_by: &["gates-and-approvals", "order"],
        fits: |id, _| id.starts_with("gate-"),
        act: |job| job["rules"][0]["allow_failure"] = json!(true),
    },
    Damage {
        name: "a job of the way is left out",
        told_by: &["reading"],
        fits: |id, _| id.starts_with("gate-"),
        act: |job| job["rules"] = json!([{ "if": "$NOTHING == \"x\"" }]),
    },
    Damage {
        name: "the way back waits for all that was skipped",
        told_by: &["rollback"],
        fits: |_, job| job["rules"][0]["when"] == "on_failure",
        act: |job| {
            let environment =
                job["dependencies"][0].as_str().unwrap().trim_start_matches("preflight-").to_owned();
            job["needs"] = json!([{ "job": format!("accept-{environment}"), "artifacts": false }]);
        },
    },
    Damage {
        name: "the way back is taken always",
        told_by: &["rollback"],
        fits: |_, job| job["rules"][0]["when"] == "on_failure",
        act: always,
    },
    Damage {
        name: "the way back is taken before anybody agreed",
        told_by: &["order", "rollback"],
        fits: |id, job| {
            id.starts_with("rollback-") && job["rules"][0]["when"] == "on_success" && needs(job, "approval-")
        },
        act: |job| {
            job.as_object_mut().unwrap().remove("needs");
            job["rules"][0]["when"] = json!("on_failure");
        },
    },
    Damage {
        name: "the last job waits for nothing",
        told_by: &["outcome"],
        fits: |id, job| id == "outcome" && is(job, "needs"),
        act: |job| job["needs"] = json!([]),
    },
    Damage {
        name: "the lock is another one",
        told_by: &["locks"],
        fits: |_, job| is(job, "trigger"),
        act: |job| job["resource_group"] = json!("another"),
    },
    Damage {
        name: "the lock is let go when the pipeline begins",
        told_by: &["locks"],
        fits: |_, job| is(job, "trigger"),
        act: |job| drop(job["trigger"].as_object_mut().unwrap().remove("strategy")),
    },
    Damage {
        name: "a job asks for the lock that is held for it",
        told_by: &["locks"],
        fits: |id, job| id.starts_with("deploy-") && is(job, "script"),
        act: |job| job["resource_group"] = json!("clearway-lock-shop"),
    },
    Damage {
        name: "an environment is entered without being asked",
        told_by: &["environments"],
        fits: |_, job| is(job, "environment"),
        act: |job| job["environment"]["action"] = json!("verify"),
    },
    Damage {
        name: "another environment is entered",
        told_by: &["environments"],
        fits: |id, job| (id.starts_with("deploy-") || id.starts_with("rollback-")) && is(job, "environment"),
        act: |job| job["environment"]["name"] = json!("other"),
    },
    Damage {
        name: "the tier is another one",
        told_by: &["environments"],
        fits: |id, job| id.starts_with("deploy-") && is(job, "environment"),
        act: |job| job["environment"]["deployment_tier"] = json!("other"),
    },
    Damage {
        name: "nobody looks who agreed",
        told_by: &["environments"],
        fits: |id, _| id.starts_with("approval-"),
        act: |job| job["script"] = json!(["echo approved"]),
    },
    Damage {
        name: "nobody looks at the settings",
        told_by: &["settings"],
        fits: |id, job| id == "preflight" && is(job, "script"),
        act: |job| replace(job, "script", "clearway preflight", "echo"),
    },
    Damage {
        name: "nobody looks at the window",
        told_by: &["moment"],
        fits: |_, job| says(job, "clearway window check"),
        act: |job| replace(job, "script", "clearway window check", "echo"),
    },
    Damage {
        name: "the window is looked at afterwards",
        told_by: &["moment"],
        fits: |_, job| says(job, "clearway window check"),
        act: |job| {
            let first = job["script"].as_array_mut().unwrap().remove(0);
            job["after_script"].as_array_mut().unwrap().insert(0, first);
        },
    },
    Damage {
        name: "a second try deploys",
        told_by: &["attempts"],
        fits: |_, job| says(job, "--once"),
        act: |job| replace(job, "script", "--once", ""),
    },
    Damage {
        name: "a job is tried again by itself",
        told_by: &["attempts"],
        fits: |id, job| id.starts_with("deploy-") && is(job, "script"),
        act: |job| job["retry"] = json!(2),
    },
    Damage {
        name: "nothing is recorded before a move",
        told_by: &["records"],
        fits: |id, job| (id.starts_with("deploy-") || id.starts_with("rollback-")) && says(job, "begin 1"),
        act: |job| replace(job, "script", "begin 1", "true"),
    },
    Damage {
        name: "the end of a failed move is not recorded",
        told_by: &["records"],
        fits: |id, job| (id.starts_with("deploy-") || id.starts_with("rollback-")) && is(job, "after_script"),
        act: |job| job["after_script"] = json!(["true"]),
    },
    Damage {
        name: "what comes after a script has no time left",
        told_by: &["records"],
        fits: |_, job| job.pointer("/variables/RUNNER_SCRIPT_TIMEOUT").is_some(),
        act: |job| job["timeout"] = json!("1 minutes"),
    },
    Damage {
        name: "a digest is not kept",
        told_by: &["digest"],
        fits: |id, job| id.starts_with("build-") && is(job, "artifacts"),
        act: |job| job["artifacts"]["paths"] = json!([".clearway/run/reports/"]),
    },
    Damage {
        name: "reports are kept where no gate looks for them",
        told_by: &["reports"],
        fits: |id, job| id.starts_with("build-") && is(job, "after_script"),
        act: |job| replace(job, "after_script", "reports-${CI_JOB_NAME}", "${CI_JOB_NAME}"),
    },
    Damage {
        name: "a gate decides on nothing",
        told_by: &["reports"],
        fits: |id, _| id.starts_with("gate-"),
        act: |job| drop_needs(job, "wave-made"),
    },
    Damage {
        name: "a decision is shown nowhere",
        told_by: &["reports"],
        fits: |id, job| id.starts_with("gate-") && is(job, "artifacts"),
        act: |job| job["artifacts"]["reports"] = json!({ "junit": "gate.xml" }),
    },
    Damage {
        name: "a stage takes what another run built",
        told_by: &["digest"],
        fits: |id, job| id.starts_with("preflight-") && is(job, "needs"),
        act: |job| {
            job["needs"] =
                json!([{ "project": "acme/other", "job": "build", "ref": "main", "artifacts": true }]);
        },
    },
    Damage {
        name: "a stage forgets which run it belongs to",
        told_by: &["digest"],
        fits: |_, job| is(job, "trigger"),
        act: |job| drop(job["variables"].as_object_mut().unwrap().remove("CLEARWAY_RUN")),
    },
    Damage {
        name: "what a person said besides is handed on",
        told_by: &["hardening"],
        fits: |_, job| is(job, "trigger"),
        act: |job| job["trigger"]["forward"]["pipeline_variables"] = json!(true),
    },
];

/// A file: its head, as it is, and what it holds.
fn parts(text: &str) -> (String, Value) {
    let (head, body) = match text.split_once("\n---\n") {
        Some((head, body)) => (format!("{head}\n---\n"), body),
        None => (String::new(), text),
    };
    (head, serde_saphyr::from_str(body).unwrap())
}

/// Damages a job of a file, and gives what is told.
fn damaged(emitted: &Emitted, file: &str, id: &str, damage: &Damage) -> Vec<String> {
    let (head, mut body) = parts(&emitted.files[file]);
    (damage.act)(&mut body[id]);
    let mut one = emitted.clone();
    // JSON is YAML.
    one.files.insert(file.to_owned(), format!("{head}{body}"));
    claims::broken_of(&one, &|name| damage.told_by.contains(&name))
}

/// Every kind of damage, at places spread over the files, is told by its claim. Gives how often each was tried.
pub fn every_kind_is_told(emitted: &Emitted, places: usize) -> BTreeMap<&'static str, usize> {
    let mut tried = BTreeMap::new();
    let files: Vec<(&String, Value)> = emitted
        .files
        .iter()
        .filter(|(path, _)| {
            path.starts_with(".gitlab/") && path.ends_with(".yml") && !path.ends_with("-flags.yml")
        })
        .map(|(path, text)| (path, parts(text).1))
        .collect();
    for damage in KINDS {
        let jobs = files.iter().flat_map(|(file, body)| {
            let jobs = body.as_object().unwrap().iter();
            jobs.filter(|(_, job)| is(job, "stage")).map(move |(id, job)| (*file, id, job))
        });
        let fitting: Vec<_> = jobs.filter(|(_, id, job)| (damage.fits)(id, job)).collect();
        let stride = fitting.len().div_ceil(places).max(1);
        for (file, id, _) in fitting.iter().step_by(stride) {
            let told = damaged(emitted, file, id, damage);
            let fits = told.iter().any(|line| {
                line.starts_with("reading:")
                    || damage.told_by.iter().any(|name| line.starts_with(&format!("{name}:")))
            });
            assert!(fits, "{} at `{id}` of {file}: {told:#?}", damage.name);
            *tried.entry(damage.name).or_default() += 1;
        }
        assert!(tried.contains_key(damage.name), "no place for: {}", damage.name);
    }
    tried
}

/// The claims that some kind of damage breaks.
pub fn told() -> std::collections::BTreeSet<&'static str> {
    let mut all: std::collections::BTreeSet<&'static str> =
        KINDS.iter().flat_map(|damage| damage.told_by.iter().copied()).collect();
    // What is damaged in the root file is tried by itself.
    all.insert("starts");
    all
}

/// What starts a run is said in one place; each way to weaken it is told.
pub fn starting_is_guarded(emitted: &Emitted) {
    let (head, body) = parts(&emitted.files[".gitlab-ci.yml"]);
    let changes: [fn(&mut Value); 4] = [
        |body| drop(body["workflow"].as_object_mut().unwrap().remove("rules")),
        |body| {
            let rules = body["workflow"]["rules"].as_array_mut().unwrap();
            rules.remove(rules.len() - 2);
        },
        |body| {
            let last = body["workflow"]["rules"].as_array_mut().unwrap().last_mut().unwrap();
            last["if"] = json!("$CI_COMMIT_REF_PROTECTED == \"true\"");
        },
        |body| body["workflow"]["auto_cancel"]["on_new_commit"] = json!("conservative"),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut body = body.clone();
        change(&mut body);
        let mut one = emitted.clone();
        one.files.insert(".gitlab-ci.yml".to_owned(), format!("{head}{body}"));
        let told = claims::broken_of(&one, &|name| name == "starts");
        assert!(!told.is_empty(), "change {number} of what starts a run is not told");
    }
}

/// What jobs share is said in one place; each way to weaken it is told.
pub fn what_is_shared_is_guarded(emitted: &Emitted) {
    for (file, from, to) in [
        (".gitlab/clearway.sh", "set -eo pipefail", "set +e"),
        (".gitlab/clearway.sh", "  clearway record begin", "  : clearway record start"),
        (".gitlab/clearway.sh", "== true ]]; }", "!= never ]]; }"),
        (".gitlab/clearway.sh", "  clearway record end", "  : clearway record stop"),
        (".gitlab/clearway.sh", "\nsettle() {", "\ngoes() { true; }\ngoes() {\n  true\n}\nsettle() {"),
        (".gitlab/clearway.sh", "\n  rm -f -- \"${CLEARWAY_LEDGER_KEY}\"", ""),
        (".gitlab/clearway.sh", "CLEARWAY_LEDGER_KEY=\"${ledger_key}\" env", "env"),
        (".clearway/settings/gitlab/expectations.json", "variables/CLEARWAY_LEDGER_KEY", "variables/OTHER"),
        (".gitlab/shop.yml", "clearway@sha256:", "clearway:latest-"),
        (".gitlab/shop.production.yml", "    - . .gitlab/clearway.sh\n", ""),
    ] {
        let text = &emitted.files[file];
        assert!(text.contains(from), "{file}: {from}");
        let mut one = emitted.clone();
        one.files.insert(file.to_owned(), text.replacen(from, to, 1));
        let told = claims::broken_of(&one, &|name| ["shared", "signatures"].contains(&name));
        assert!(!told.is_empty(), "{file}: `{to}` in the place of `{from}` is not told");
    }
}
