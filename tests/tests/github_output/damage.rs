//! Damage to emitted workflows: each kind must be told by the claim that it breaks.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::claims;
use clearway_verify::github::Emitted;

/// A workflow as plain data, which YAML can be read from again: JSON is YAML.
type Files = BTreeMap<String, Value>;

/// A kind of damage: it changes one job, at one of its places, or has none left.
struct Damage {
    name: &'static str,
    /// The claim that must tell it; several where it depends on the place.
    told_by: &'static [&'static str],
    /// Whether a job is a place for it.
    fits: fn(&str, &Value) -> bool,
    /// What is done to the job.
    act: fn(&mut Value),
}

fn text<'v>(job: &'v Value, key: &str) -> &'v str {
    job.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn has_needs(job: &Value) -> bool {
    job.get("needs").and_then(Value::as_array).is_some_and(|needs| !needs.is_empty())
}

fn is(job: &Value, key: &str) -> bool {
    job.get(key).is_some()
}

/// Takes one conjunct out of a condition.
fn drop_conjunct(job: &mut Value, wanted: &str) {
    let condition = text(job, "if").to_owned();
    let left: Vec<&str> = condition.split(" && ").filter(|part| !part.contains(wanted)).collect();
    job["if"] = json!(left.join(" && "));
}

/// The steps of a job.
fn steps(job: &mut Value) -> &mut Vec<Value> {
    job["steps"].as_array_mut().unwrap()
}

const KINDS: &[Damage] = &[
    Damage {
        name: "a need is dropped, its condition stays",
        told_by: &["reachable", "hardening"],
        fits: |_, job| text(job, "if").contains("needs.") && text(job, "if").starts_with("!cancelled()"),
        act: |job| drop(job["needs"].as_array_mut().unwrap().pop()),
    },
    Damage {
        name: "a need and its condition are dropped",
        told_by: &["order", "gates-and-approvals"],
        fits: |id, job| id.starts_with("gate-") && has_needs(job),
        act: |job| {
            let need = job["needs"].as_array_mut().unwrap().pop().unwrap();
            drop_conjunct(job, &format!("needs.{}.result", need.as_str().unwrap()));
        },
    },
    Damage {
        name: "the deployment starts whatever happened",
        told_by: &["order", "gates-and-approvals"],
        fits: |id, job| id.starts_with("deploy-") && has_needs(job),
        act: |job| job["if"] = json!("always()"),
    },
    Damage {
        name: "the deployment starts unless something failed",
        told_by: &["order", "gates-and-approvals"],
        fits: |id, job| id.starts_with("deploy-") && has_needs(job),
        act: |job| job["if"] = json!("!failure() && github.run_attempt == '1'"),
    },
    Damage {
        name: "people are not waited for",
        told_by: &["order", "gates-and-approvals"],
        fits: |id, job| id.starts_with("deploy-") && text(job, "if").contains("needs.approval-"),
        act: |job| drop_conjunct(job, "needs.approval-"),
    },
    Damage {
        name: "a condition loses its status",
        told_by: &["reachable"],
        fits: |_, job| text(job, "if").starts_with("!cancelled() && needs."),
        act: |job| drop_conjunct(job, "!cancelled()"),
    },
    Damage {
        name: "a second attempt deploys what was approved in the first",
        told_by: &["attempts"],
        fits: |id, job| id.starts_with("deploy-production-") && is(job, "steps"),
        act: |job| drop_conjunct(job, "github.run_attempt"),
    },
    Damage {
        name: "a second attempt accepts what the first deployed",
        told_by: &["attempts"],
        fits: |id, _| id.starts_with("accept-") || id.starts_with("validate-"),
        act: |job| drop_conjunct(job, "github.run_attempt"),
    },
    Damage {
        name: "the way back waits for a failure",
        told_by: &["rollback"],
        fits: |id, job| id.starts_with("rollback-") && text(job, "if").starts_with("always() && "),
        act: |job| job["if"] = json!("failure()"),
    },
    Damage {
        name: "the way back is taken always",
        told_by: &["rollback", "order"],
        fits: |id, job| id.starts_with("rollback-") && text(job, "if").starts_with("always() && "),
        act: |job| job["if"] = json!("always()"),
    },
    Damage {
        name: "the way back is not taken in a cancelled run",
        told_by: &["rollback"],
        fits: |id, job| id.starts_with("rollback-") && text(job, "if").starts_with("always() && "),
        act: |job| job["if"] = json!(text(job, "if").replacen("always()", "!cancelled()", 1)),
    },
    Damage {
        name: "the way back stands in the environment of the deployment",
        told_by: &["environments"],
        fits: |id, job| id.starts_with("rollback-") && is(job, "environment"),
        act: |job| {
            let name = text(&job["environment"], "name").trim_end_matches("-rollback").to_owned();
            job["environment"] = json!({ "name": name });
        },
    },
    Damage {
        name: "a deployment stands in no environment",
        told_by: &["environments"],
        fits: |id, job| id.starts_with("deploy-") && is(job, "environment"),
        act: |job| drop(job.as_object_mut().unwrap().remove("environment")),
    },
    Damage {
        name: "a flag is ramped in no environment",
        told_by: &["environments"],
        fits: |id, job| id.starts_with("flag-") && is(job, "environment"),
        act: |job| drop(job.as_object_mut().unwrap().remove("environment")),
    },
    Damage {
        name: "two people are asked in one environment",
        told_by: &["environments"],
        fits: |id, job| id.contains("-seat-") && is(job, "environment"),
        act: |job| job["environment"] = json!({ "name": "production" }),
    },
    Damage {
        name: "nobody holds the lock",
        told_by: &["locks"],
        fits: |_, job| is(job, "concurrency"),
        act: |job| drop(job.as_object_mut().unwrap().remove("concurrency")),
    },
    Damage {
        name: "who waits for the lock is pushed out",
        told_by: &["locks"],
        fits: |_, job| is(job, "concurrency"),
        act: |job| drop(job["concurrency"].as_object_mut().unwrap().remove("queue")),
    },
    Damage {
        name: "another lock",
        told_by: &["locks"],
        fits: |_, job| is(job, "concurrency"),
        act: |job| job["concurrency"]["group"] = json!("other"),
    },
    Damage {
        name: "the outcome is not looked at after a failure",
        told_by: &["outcome"],
        fits: |id, _| id == "outcome",
        act: |job| drop(job.as_object_mut().unwrap().remove("if")),
    },
    Damage {
        name: "the outcome looks at nothing",
        told_by: &["outcome"],
        fits: |id, _| id == "outcome",
        act: |job| steps(job)[0]["run"] = json!("true"),
    },
    Damage {
        name: "a failure does not count",
        told_by: &["hardening"],
        fits: |_, job| is(job, "steps"),
        act: |job| steps(job)[0]["continue-on-error"] = json!(true),
    },
    Damage {
        name: "an expression in a script",
        told_by: &["hardening"],
        fits: |_, job| is(job, "steps"),
        act: |job| steps(job).push(json!({ "shell": "bash", "run": "echo ${{ inputs.change }}" })),
    },
    Damage {
        name: "an action by its tag",
        told_by: &["hardening"],
        fits: |_, job| is(job, "steps"),
        act: |job| steps(job).push(json!({ "uses": "actions/checkout@v4" })),
    },
    Damage {
        name: "an identity for everybody",
        told_by: &["hardening"],
        fits: |id, job| id == "outcome" && is(job, "steps"),
        act: |job| job["permissions"] = json!({ "id-token": "write" }),
    },
    Damage {
        name: "nobody looks at the window",
        told_by: &["moment"],
        fits: |id, job| id.starts_with("deploy-") && is(job, "steps"),
        act: |job| steps(job).retain(|step| !text(step, "run").contains("window check")),
    },
    Damage {
        name: "the window does not stop it",
        told_by: &["moment"],
        fits: |id, job| id.starts_with("deploy-") && is(job, "steps"),
        act: |job| {
            for step in steps(job).iter_mut().filter(|step| text(step, "if").contains("outputs.go")) {
                step["if"] = json!("always()");
            }
        },
    },
    Damage {
        name: "the end of a failed move is not recorded",
        told_by: &["records"],
        fits: |id, job| (id.starts_with("deploy-") || id.starts_with("rollback-")) && is(job, "steps"),
        act: |job| {
            for step in steps(job).iter_mut().filter(|step| text(step, "run").contains("record end")) {
                step["if"] = json!("success()");
            }
        },
    },
    Damage {
        name: "a smoke test is left out",
        told_by: &["looks"],
        fits: |id, job| id.starts_with("smoke-") && is(job, "steps"),
        act: |job| drop(steps(job).pop()),
    },
    Damage {
        name: "the next wave does not wait for a smoke test",
        told_by: &["order"],
        fits: |id, job| {
            id.starts_with("accept-")
                || id.starts_with("validate-") && text(job, "if").contains("needs.smoke-")
        },
        act: |job| {
            let looked = if text(job, "if").contains("needs.smoke-") { "needs.smoke-" } else { "needs." };
            drop_conjunct(job, looked);
        },
    },
    Damage {
        name: "nobody validates",
        told_by: &["looks"],
        fits: |id, job| id.starts_with("validate-") && is(job, "steps"),
        act: |job| {
            for step in steps(job).iter_mut().filter(|step| text(step, "run").contains("--validate")) {
                step["run"] = json!(text(step, "run").replace("--validate", ""));
            }
        },
    },
    Damage {
        name: "digests come from somewhere else",
        told_by: &["digest"],
        fits: |_, job| is(&job["with"], "subjects"),
        act: |job| job["with"]["subjects"] = json!("checkout=1.0.0@latest"),
    },
    Damage {
        name: "nobody compares the settings",
        told_by: &["settings"],
        fits: |id, _| id == "preflight",
        act: |job| steps(job).retain(|step| !text(step, "run").contains("--expectations")),
    },
    Damage {
        name: "nobody looks who agreed",
        told_by: &["environments"],
        fits: |id, job| {
            id.starts_with("approval-")
                && !id.contains("-seat-")
                && !id.ends_with("-asked")
                && is(job, "steps")
        },
        act: |job| {
            for step in steps(job).iter_mut().filter(|step| text(step, "run").contains("approval verify")) {
                step["run"] = json!("true");
            }
        },
    },
    Damage {
        name: "a record is not signed",
        told_by: &["signatures"],
        fits: |_, job| job.to_string().contains(SECRET) && is(job, "steps"),
        act: |job| {
            for step in steps(job) {
                if let Some(env) = step.get_mut("env").and_then(Value::as_object_mut) {
                    env.remove(KEY);
                }
            }
        },
    },
    Damage {
        name: "every step of a job could sign records",
        told_by: &["signatures"],
        fits: |_, job| job.to_string().contains(SECRET) && is(job, "steps"),
        act: |job| job["env"][KEY] = json!(SECRET),
    },
    Damage {
        name: "a command of the spec could sign records, by another name",
        told_by: &["signatures"],
        fits: |id, job| id.starts_with("build-") && is(job, "steps"),
        act: |job| {
            for step in steps(job).iter_mut().filter(|step| is(step, "run")) {
                step["env"]["OTHER"] = json!(SECRET);
            }
        },
    },
    Damage {
        name: "a record is signed outside of an environment",
        told_by: &["signatures"],
        fits: |_, job| job["environment"]["name"] == "clearway-records",
        act: |job| drop(job.as_object_mut().unwrap().remove("environment")),
    },
    Damage {
        name: "a stage is handed every secret",
        told_by: &["hardening"],
        fits: |_, job| is(job, "uses"),
        act: |job| job["secrets"] = json!("inherit"),
    },
];

/// The variable with the key that signs records, and the secret.
const KEY: &str = "CLEARWAY_LEDGER_KEY";
const SECRET: &str = "${{ secrets.CLEARWAY_LEDGER_KEY }}";

fn parsed(emitted: &Emitted) -> Files {
    let read = |text: &String| serde_saphyr::from_str(text).unwrap();
    emitted.workflows().iter().map(|(file, text)| (file.clone(), read(text))).collect()
}

/// Damages a job of a file, and gives what is told.
fn damaged(emitted: &Emitted, files: &Files, file: &str, id: &str, damage: &Damage) -> Vec<String> {
    let mut workflow = files[file].clone();
    (damage.act)(&mut workflow["jobs"][id]);
    let mut one = emitted.clone();
    one.files.insert(format!(".github/workflows/{file}"), workflow.to_string());
    claims::broken_of(&one, &|name| damage.told_by.contains(&name))
}

/// Every kind of damage, at places spread over the files, is told by its claim. Gives how often each was tried.
pub fn every_kind_is_told(emitted: &Emitted, places: usize) -> BTreeMap<&'static str, usize> {
    let files = parsed(emitted);
    let mut tried = BTreeMap::new();
    for damage in KINDS {
        let jobs = files.iter().flat_map(|(file, workflow)| {
            workflow["jobs"].as_object().unwrap().iter().map(move |(id, job)| (file, id, job))
        });
        let fitting: Vec<_> = jobs.filter(|(_, id, job)| (damage.fits)(id, job)).collect();
        let stride = fitting.len().div_ceil(places).max(1);
        for (file, id, _) in fitting.iter().step_by(stride) {
            let told = damaged(emitted, &files, file, id, damage);
            let fits = told
                .iter()
                .any(|line| damage.told_by.iter().any(|name| line.starts_with(&format!("{name}:"))));
            assert!(fits, "{} at `{id}` of {file}: {told:#?}", damage.name);
            *tried.entry(damage.name).or_default() += 1;
        }
        assert!(tried.contains_key(damage.name), "no place for: {}", damage.name);
    }
    tried
}

/// The claims that some kind of damage breaks.
pub fn told() -> std::collections::BTreeSet<&'static str> {
    KINDS.iter().flat_map(|damage| damage.told_by.iter().copied()).collect()
}

/// What jobs share is said in one place; each way to weaken it is told.
pub fn what_is_shared_is_guarded(emitted: &Emitted) {
    let file = ".github/actions/clearway/action.yml";
    let text = &emitted.files[file];
    for (from, to) in [
        ("@sha256:", ":"),
        ("set -euo pipefail\n        echo", "true\n        echo other"),
        ("sha256sum --check --strict --quiet", "true"),
        ("if: inputs.plan-digest != ''\n      shell", "if: 'false'\n      shell"),
        ("chmod +x", "true || true; chmod +x"),
        ("actions/download-artifact@", "actions/download-artifact@v8 # "),
    ] {
        assert!(text.contains(from), "{from}");
        let mut one = emitted.clone();
        one.files.insert(file.to_owned(), text.replace(from, to));
        let told = claims::broken_of(&one, &|name| name == "shared");
        assert!(!told.is_empty(), "`{to}` in the place of `{from}` is not told");
    }
    let mut without = emitted.clone();
    without.files.remove(file);
    assert!(!claims::broken_of(&without, &|name| name == "shared").is_empty());
}
