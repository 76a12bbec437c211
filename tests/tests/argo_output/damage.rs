//! Damage to what is emitted: each kind must be told by the claim that it breaks.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::claims;
use clearway_verify::argo::Emitted;

/// A kind of damage: what is done, and the claim that must tell it.
struct Damage {
    name: &'static str,
    told_by: &'static str,
    act: fn(&mut Emitted) -> bool,
}

/// Changes objects of a kind; whether any was changed.
fn change(emitted: &mut Emitted, kind: &str, act: impl Fn(&str, &mut Value) -> bool) -> bool {
    let mut changed = false;
    for object in &mut emitted.objects {
        if object.kind() == kind {
            let name = object.name().to_owned();
            changed |= act(&name, &mut object.value);
        }
    }
    changed
}

/// Changes the tasks of the release whose names begin with a word.
fn tasks(emitted: &mut Emitted, word: &str, act: impl Fn(&mut Value) -> bool) -> bool {
    change(emitted, "WorkflowTemplate", |name, value| {
        let mut changed = false;
        for template in value["spec"]["templates"].as_array_mut().into_iter().flatten() {
            for task in template["dag"]["tasks"].as_array_mut().into_iter().flatten() {
                let fits = task["name"].as_str().is_some_and(|name| name.starts_with(word));
                changed |= name == "shop" && fits && act(task);
            }
        }
        changed
    })
}

/// Changes the templates of the release whose names begin with a word.
fn templates(emitted: &mut Emitted, word: &str, act: impl Fn(&mut Value) -> bool) -> bool {
    change(emitted, "WorkflowTemplate", |name, value| {
        let mut changed = false;
        for template in value["spec"]["templates"].as_array_mut().into_iter().flatten() {
            let fits = template["name"].as_str().is_some_and(|name| name.starts_with(word));
            changed |= name == "shop" && fits && act(template);
        }
        changed
    })
}

/// Replaces a text in a condition, or takes the whole away.
fn depends(task: &mut Value, from: &str, to: &str) -> bool {
    let old = task["depends"].as_str().unwrap_or_default().to_owned();
    let new = old.replace(from, to);
    task["depends"] = json!(new);
    old != new
}

/// Replaces a text in every file that jobs read.
fn scripts(emitted: &mut Emitted, from: &str, to: &str) -> bool {
    change(emitted, "ConfigMap", |_, value| {
        let mut changed = false;
        for (_, text) in value["data"].as_object_mut().into_iter().flatten() {
            let old = text.as_str().unwrap_or_default();
            if old.contains(from) {
                *text = json!(old.replace(from, to));
                changed = true;
            }
        }
        changed
    })
}

/// Takes the key that signs records from a template, or puts it there; whether that changed anything.
fn key(template: &mut Value, has: bool) -> bool {
    let Some(env) = template["container"]["env"].as_array_mut() else { return false };
    let before = env.len();
    env.retain(|one| one["name"] != "CLEARWAY_LEDGER_KEY");
    if has {
        let from = json!({ "secretKeyRef": { "name": "clearway-ledger", "key": "key" } });
        env.push(json!({ "name": "OTHER", "valueFrom": from }));
    }
    env.len() != before
}

const KINDS: &[Damage] = &[
    Damage {
        name: "a gate does not sign its records",
        told_by: "signatures",
        act: |all| templates(all, "gate-", |template| key(template, false)),
    },
    Damage {
        name: "the commands of a build could sign records",
        told_by: "signatures",
        act: |all| templates(all, "build-", |template| key(template, true)),
    },
    Damage {
        name: "the key that signs records stays in the environment",
        told_by: "signatures",
        act: |all| scripts(all, "unset CLEARWAY_LEDGER_KEY", "true"),
    },
    Damage {
        name: "a stage does not wait for its gates",
        told_by: "gates-and-approvals",
        act: |all| {
            tasks(all, "stage-production", |task| {
                task["depends"] = json!("wave-made.Succeeded");
                true
            })
        },
    },
    Damage {
        name: "a stage goes on after a gate that was skipped or failed",
        told_by: "gates-and-approvals",
        act: |all| {
            tasks(all, "stage-staging", |task| {
                depends(
                    task,
                    "gate-staging-tests.Succeeded",
                    "(gate-staging-tests.Succeeded || gate-staging-tests.Failed)",
                )
            })
        },
    },
    Damage {
        name: "a gate does not wait for the stage before",
        told_by: "order",
        act: |all| {
            tasks(all, "gate-production", |task| {
                depends(task, "stage-staging.Succeeded", "wave-made.Succeeded")
            })
        },
    },
    Damage {
        name: "people are not asked, and the job behind goes on",
        told_by: "people",
        act: |all| {
            tasks(all, "approval-production-peer", |task| {
                task["depends"] = json!("wave-made.Succeeded");
                true
            })
        },
    },
    Damage {
        name: "who agreed is not looked at",
        told_by: "people",
        act: |all| scripts(all, "clearway approval verify", "true clearway approval"),
    },
    Damage {
        name: "an approval counts whatever it was given for",
        told_by: "people",
        act: |all| scripts(all, "@${KNOWN_DIGEST}", ""),
    },
    Damage {
        name: "a wait lasts for ever",
        told_by: "people",
        act: |all| {
            templates(all, "ask-production-peer", |one| {
                one["suspend"] = json!({});
                true
            })
        },
    },
    Damage {
        name: "the way back starts whatever happened",
        told_by: "rollback",
        act: |all| tasks(all, "ask-production-rollback", |task| depends(task, ".Failed", ".Succeeded")),
    },
    Damage {
        name: "the way back does not start where a pod went away",
        told_by: "rollback",
        act: |all| tasks(all, "ask-production-rollback", |task| depends(task, ".Errored", ".Failed")),
    },
    Damage {
        name: "a stage that went back is a success",
        told_by: "rollback",
        act: |all| {
            change(all, "WorkflowTemplate", |name, value| {
                for template in value["spec"]["templates"].as_array_mut().into_iter().flatten() {
                    if let Some(tasks) = template["dag"]["tasks"].as_array_mut() {
                        tasks
                            .retain(|task| !task["name"].as_str().unwrap_or_default().starts_with("failed-"));
                    }
                }
                name == "shop"
            })
        },
    },
    Damage {
        name: "the last job waits for nothing but the beginning",
        told_by: "outcome",
        act: |all| {
            tasks(all, "outcome", |task| {
                task["depends"] = json!("preflight.Succeeded");
                true
            })
        },
    },
    Damage {
        name: "a step is missing",
        told_by: "reachable",
        act: |all| tasks(all, "accept-production", |task| depends(task, ".Succeeded", ".Failed")),
    },
    Damage {
        name: "a stage holds no lock",
        told_by: "locks",
        act: |all| {
            templates(all, "stage-production", |one| {
                one.as_object_mut().is_some_and(|one| one.remove("synchronization").is_some())
            })
        },
    },
    Damage {
        name: "a lock of another name",
        told_by: "locks",
        act: |all| {
            templates(all, "stage-production", |one| {
                one["synchronization"]["mutexes"][0]["name"] = json!("generated-lock-other");
                true
            })
        },
    },
    Damage {
        name: "the window is not looked at",
        told_by: "moment",
        act: |all| scripts(all, "clearway window check", "true window check"),
    },
    Damage {
        name: "a commit that nobody reviewed",
        told_by: "moment",
        act: |all| scripts(all, "git merge-base --is-ancestor", "true"),
    },
    Damage {
        name: "a second try",
        told_by: "moment",
        act: |all| scripts(all, "begin 1 --once --change", "begin 1 --change"),
    },
    Damage {
        name: "an end that nobody records",
        told_by: "records",
        act: |all| scripts(all, "trap 'ending \"$?\"' EXIT", ""),
    },
    Damage {
        name: "files that nobody compares",
        told_by: "digest",
        act: |all| scripts(all, "sha256sum --check --strict", "cat"),
    },
    Damage {
        name: "files that are packed again",
        told_by: "digest",
        act: |all| {
            templates(all, "build-", |one| {
                one["outputs"]["artifacts"][0]["archive"] = json!({ "tar": {} });
                true
            })
        },
    },
    Damage {
        name: "an image by its tag",
        told_by: "hardening",
        act: |all| {
            templates(all, "deploy-", |one| {
                one["container"]["image"] = json!("ghcr.io/acme/release-tools:latest");
                true
            })
        },
    },
    Damage {
        name: "a job of another account",
        told_by: "hardening",
        act: |all| {
            templates(all, "build-", |one| {
                one["serviceAccountName"] = json!("clearway-deploy-production");
                true
            })
        },
    },
    Damage {
        name: "a graph that ends at the first failure",
        told_by: "hardening",
        act: |all| {
            templates(all, "stage-", |one| {
                one["dag"]["failFast"] = json!(true);
                true
            })
        },
    },
    Damage {
        name: "a deployment that is tried again",
        told_by: "hardening",
        act: |all| {
            templates(all, "deploy-", |one| {
                one["retryStrategy"] = json!({ "limit": 2 });
                true
            })
        },
    },
    Damage {
        name: "an expression of somebody else",
        told_by: "hardening",
        act: |all| {
            templates(all, "deploy-", |one| {
                one["container"]["env"][0]["value"] = json!("{{=sprig.env('X')}}");
                true
            })
        },
    },
    Damage {
        name: "an approval in another's name",
        told_by: "policies",
        act: |all| {
            change(all, "ValidatingAdmissionPolicy", |_, value| {
                value["spec"]["validations"] = json!([]);
                true
            })
        },
    },
    Damage {
        name: "a policy that only warns",
        told_by: "policies",
        act: |all| {
            change(all, "ValidatingAdmissionPolicyBinding", |_, value| {
                value["spec"]["validationActions"] = json!(["Warn"]);
                true
            })
        },
    },
    Damage {
        name: "a role that changes what was said",
        told_by: "accounts",
        act: |all| {
            change(all, "Role", |_, value| {
                let rules = value["rules"].as_array_mut().unwrap();
                rules.push(json!({ "apiGroups": [""], "resources": ["configmaps"], "verbs": ["patch"] }));
                true
            })
        },
    },
    Damage {
        name: "a Rollout that goes on by itself",
        told_by: "rollouts",
        act: |all| {
            change(all, "Rollout", |_, value| {
                value["spec"]["strategy"]["canary"]["steps"][1] = json!({ "pause": { "duration": "1h" } });
                true
            })
        },
    },
    Damage {
        name: "a measurement that takes silence for success",
        told_by: "rollouts",
        act: |all| {
            change(all, "AnalysisTemplate", |_, value| {
                value["spec"]["metrics"][0]["failureCondition"] = json!("result[0] > 0.05");
                true
            })
        },
    },
    Damage {
        name: "an application that is brought by itself",
        told_by: "delivery",
        act: |all| {
            change(all, "Application", |_, value| {
                value["spec"]["syncPolicy"]["automated"] = json!({});
                true
            })
        },
    },
];

/// The claims that some damage breaks.
pub fn told() -> BTreeSet<&'static str> {
    KINDS.iter().map(|kind| kind.told_by).collect()
}

/// Each kind, wherever it fits, is told by its claim.
pub fn every_kind_is_told(emitted: &Emitted) {
    for kind in KINDS {
        let mut damaged = emitted.clone();
        assert!((kind.act)(&mut damaged), "there is no place for: {}", kind.name);
        let broken = claims::broken(&damaged);
        let by = format!("{}:", kind.told_by);
        assert!(broken.iter().any(|line| line.starts_with(&by)), "{}: {broken:#?}", kind.name);
    }
}
