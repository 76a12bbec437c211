//! A small shop whose plan the tests run: two services in two waves, a gate, two chains of approval, a canary.

#![allow(dead_code, reason = "each test file takes what it needs")]

pub mod gates;
pub mod server;

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;

use clearway_plan::{PathKind, Plan, StepKind};
use clearway_runtime::gate::Files;
use clearway_runtime::ledger::{Ledger, Subject};
use clearway_runtime::record::About;
use clearway_runtime::{Call, PlanFile};
use jiff::Timestamp;
use serde_json::{Value, json};

/// The commit that is released.
pub const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// A Monday morning in the window.
pub const NOW: &str = "2026-11-02T09:00:00Z";

fn metric(name: &str, unit: &str, more: Value) -> Value {
    let mut metric = json!({"name": name, "unit": unit, "no-data": "inconclusive", "min-samples": 0});
    let Value::Object(more) = more else { panic!("an object") };
    metric.as_object_mut().unwrap().extend(more);
    json!({"metric": metric})
}

/// A condition that compares a metric with an amount.
pub fn compare(name: &str, operator: &str, value: &str, unit: &str, more: Value) -> Value {
    let right = json!({"value": {"amount": {"value": value, "unit": unit}}});
    json!({"compare": {"left": metric(name, unit, more), "operator": operator, "right": right}})
}

fn requirement(text: &str, condition: Value) -> Value {
    json!({"text": text, "condition": condition})
}

fn origin(kind: &str, name: &str) -> Value {
    json!({"kind": kind, "name": name})
}

fn step(does: Value, id: &str, needs: &[&str]) -> Value {
    json!({"id": id, "does": does, "origin": origin("release", "train"), "needs": needs, "timeout": 600})
}

fn approval(chain: &str, name: &str, needs: &[&str]) -> Value {
    let does = json!({"approval": {"environment": "production", "chain": chain, "step": name}});
    step(does, &format!("approval-production-{chain}-{name}"), needs)
}

fn deploy(service: &str, wave: usize, needs: &[&str]) -> Value {
    let does = json!({"deploy": {"environment": "production", "wave": wave, "service": service}});
    step(does, &format!("deploy-production-{service}"), needs)
}

fn moved(service: &str, from: &str, to: &str) -> Value {
    json!({"service": service, "from": [from], "to": to, "becomes": {"version": to, "provides": {"api": [to]}, "requires": []}, "kind": "rolling"})
}

/// The plan as JSON, to be changed by a test.
pub fn plan_json() -> Value {
    let gate = |name: &str| {
        step(
            json!({"gate": {"environment": "production", "gate": name}}),
            &format!("gate-production-{name}"),
            &["preflight"],
        )
    };
    let back = || {
        step(
            json!({"rollback": {"environment": "production"}}),
            "rollback-production",
            &["approval-production-rollback-fast-on-call"],
        )
    };
    let release = json!({"kind": "release", "steps": [
        step(json!("preflight"), "preflight", &[]),
        step(json!({"build": {"service": "checkout"}}), "build-checkout", &[]),
        gate("tests"),
        approval("standard", "peer-review", &["gate-production-tests"]),
        approval("standard", "board", &["approval-production-standard-peer-review"]),
        deploy("ledger", 0, &["approval-production-standard-board"]),
        deploy("checkout", 1, &["deploy-production-ledger"]),
        step(json!({"accept": {"environment": "production"}}), "accept-production", &["deploy-production-checkout"]),
        approval("rollback-fast", "on-call", &[]),
        back(),
        step(json!("outcome"), "outcome", &["accept-production"]),
    ]});
    let rollback = json!({"kind": "rollback", "steps": [approval("rollback-fast", "on-call", &[]), back()]});
    let chain = |name: &str, steps: Value, separate: Value| json!({"origin": origin("approval", name), "steps": steps, "separate": separate});
    let all = json!(["author", "approver", "deployer"]);
    let artifact = |name: &str, owner: &str| {
        json!({
            "origin": origin("service", name), "owner": owner,
            "build": {"command": {"run": "make", "timeout": 60}, "output": {"image": format!("ghcr.io/acme/{name}")}},
        })
    };
    json!({
        "clearway": 1,
        "project": "shop",
        "environments": {"production": {
            "tier": "production",
            "opening": {"name": "production", "windows": [
                {"name": "office", "days": ["Mon", "Tue", "Wed", "Thu"], "hours": ["09:00..16:00"], "zone": "Europe/Berlin"},
            ]},
            "lock": "production",
        }},
        "artifacts": {"ledger": artifact("ledger", "finance"), "checkout": artifact("checkout", "payments")},
        "gates": {"tests": {
            "origin": origin("gate", "tests"),
            "evidence": [{"reader": "junit", "sources": ["reports/**/*.xml"]}],
            "requires": [
                requirement("tests.pass-rate >= 95%", compare("tests.pass-rate", ">=", "95", "%", json!({}))),
                requirement("tests.failed == 0", compare("tests.failed", "==", "0", "", json!({}))),
            ],
        }},
        "approvals": {
            "standard": chain("standard", json!([
                {"name": "peer-review", "from": "owners", "need": 1},
                {"name": "board", "from": {"group": "change-board"}, "need": 2},
            ]), all),
            "rollback-fast": chain("rollback-fast", json!([{"name": "on-call", "from": {"group": "on-call"}, "need": 1}]), json!([])),
        },
        "groups": {
            "finance": {"members": ["fay", "finn"]},
            "payments": {"members": ["pam", "ana"]},
            "change-board": {"members": ["bea", "bob", "ben", "pam"]},
            "on-call": {"members": ["ole"]},
        },
        "people": {"bob": {"github": "robert", "email": "bob@example.com"}},
        "releases": [{
            "name": "train", "class": "standard", "change": "CHG-1", "requested-by": "ana",
            "ships": [{"service": "ledger", "version": "2.0.0"}, {"service": "checkout", "version": "3.0.0"}],
            "stages": [{
                "environment": "production",
                "gates": ["tests"],
                "approval": "standard",
                "rollout": {
                    "overlap": true,
                    "shares": [{"percent": "10", "hold": 600}, {"percent": "100", "hold": 0}],
                    "watches": [],
                    "on-breach": "rollback",
                },
                "bake": 3600,
                "deployed": {"ledger": {"version": "1.0.0"}, "checkout": {"version": "2.0.0"}, "mail": {"version": "5.0.0"}},
                "waves": [[moved("ledger", "1.0.0", "2.0.0")], [moved("checkout", "2.0.0", "3.0.0")]],
            }],
            "rollback": "rollback-fast",
            "paths": [release, rollback],
        }],
    })
}

/// A plan file of a plan.
pub fn plan_file(plan: &Value) -> PlanFile {
    PlanFile::read(&serde_json::to_vec(plan).unwrap()).unwrap()
}

/// A place where a run happens.
pub struct Shop {
    pub folder: tempfile::TempDir,
    pub plan: PlanFile,
    pub ledger: Ledger,
}

impl Default for Shop {
    fn default() -> Self {
        Self::of(&plan_json())
    }
}

impl Shop {
    pub fn of(plan: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path().to_str().unwrap()).unwrap();
        Self { folder, plan: plan_file(plan), ledger }
    }

    /// The shop with the state of production taken over.
    pub fn adopted() -> Self {
        Self::default().adopt()
    }

    pub fn adopt(self) -> Self {
        assert!(clearway_runtime::record::adopt(&self.call("0"), "train", "production").unwrap().holds);
        self
    }

    pub fn call<'c>(&'c self, run: &'c str) -> Call<'c> {
        self.at(run, NOW)
    }

    pub fn at<'c>(&'c self, run: &'c str, now: &str) -> Call<'c> {
        Call {
            plan: &self.plan,
            ledger: &self.ledger,
            run,
            build: None,
            now: now.parse::<Timestamp>().unwrap(),
        }
    }

    /// Every decision that was recorded comes out the same when it is made again, on another day and with nobody to ask.
    pub fn replays(&self, reports: &dyn Files) {
        use clearway_runtime::replay::{From, replay};
        let plans = std::slice::from_ref(&self.plan);
        let again = replay(From { ledger: &self.ledger, plans, reports }, None).unwrap();
        assert!(again.holds, "{again}");
    }

    pub fn plan(&self) -> &Plan {
        &self.plan.plan
    }

    /// What is live in production, by service, with its version alone.
    pub fn live(&self) -> BTreeMap<String, String> {
        let state = self.ledger.state("production").unwrap().unwrap();
        let version = |value: &Value| match value {
            Value::Array(several) => {
                several.iter().map(|one| one["version"].as_str().unwrap()).collect::<Vec<_>>().join("+")
            }
            one => one["version"].as_str().unwrap().to_owned(),
        };
        state["services"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.clone(), version(value)))
            .collect()
    }

    /// Records that the gate and the approvals of a run have passed, as their commands would.
    pub fn pass(&self, run: &str, path: PathKind, subjects: &[Subject]) {
        use clearway_runtime::ledger::{Ending, Entry, Intent, Outcome};
        let release = self.plan().release("train").unwrap();
        let steps = &release.paths.iter().find(|way| way.kind == path).unwrap().steps;
        for step in
            steps.iter().filter(|step| matches!(step.does, StepKind::Gate { .. } | StepKind::Approval { .. }))
        {
            let about = about(&step.id, path, subjects);
            let intent = Entry::Intent(Box::new(Intent {
                release: about.release,
                path,
                step: about.step,
                does: step.does.clone(),
                subjects: about.subjects,
                commit: about.commit,
                actor: None,
                change: None,
                requested_by: None,
                moves: None,
            }));
            let stamp = self.call(run).stamp();
            let (digest, ()) = self.ledger.append(&stamp, |_| Ok((Some(intent.clone()), ()))).unwrap();
            let outcome =
                Entry::Outcome(Outcome { intent: digest.unwrap(), result: Ending::Success, decision: None });
            self.ledger.append(&stamp, |_| Ok((Some(outcome.clone()), ()))).unwrap();
        }
    }
}

/// What ships.
pub fn subjects() -> Vec<Subject> {
    let subject = |text: &str, digit: &str| format!("{text}@sha256:{}", digit.repeat(64)).parse().unwrap();
    vec![subject("ledger=2.0.0", "a"), subject("checkout=3.0.0", "b")]
}

pub fn about(step: &str, path: PathKind, subjects: &[Subject]) -> About {
    About {
        release: "train".to_owned(),
        path,
        step: step.to_owned(),
        service: None,
        subjects: subjects.to_vec(),
        commit: Some(COMMIT.to_owned()),
        actor: Some("dora".to_owned()),
        change: None,
        requested_by: None,
        once: false,
    }
}

/// Files in memory.
#[derive(Default, Clone)]
pub struct Memory(pub BTreeMap<String, (Vec<u8>, Option<Timestamp>)>);

impl Memory {
    pub fn of(files: &[(&str, &str)]) -> Self {
        let file = |(path, text): &(&str, &str)| {
            ((*path).to_owned(), (text.as_bytes().to_vec(), Some(NOW.parse().unwrap())))
        };
        Self(files.iter().map(file).collect())
    }
}

impl Files for Memory {
    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.0.keys().cloned().collect())
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(self.0[path].0.as_slice()))
    }

    fn modified(&self, path: &str) -> Option<Timestamp> {
        self.0[path].1
    }
}

/// A plan written to a file.
pub fn write_plan(path: &Path, plan: &Value) {
    #[allow(clippy::disallowed_methods, reason = "the tests write the files that the binary reads")]
    std::fs::write(path, serde_json::to_vec_pretty(plan).unwrap()).unwrap();
}
