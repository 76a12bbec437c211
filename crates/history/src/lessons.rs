//! What went wrong more than once, and what would have caught it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::change::{Change, Progress};
use crate::incident::Attribution;

/// A way in which changes go wrong again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Lesson {
    /// What it is.
    pub mode: Mode,
    /// The gate or the service that it is about.
    pub subject: String,
    /// The environment.
    pub environment: String,
    /// The runs in which it was seen.
    pub runs: Vec<String>,
    /// What to add, in words.
    pub suggestion: String,
    /// The same in the language, where it can be written down.
    pub spec: Option<String>,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Deployments of a service fail, are stopped or are taken back.
    FailingDeployments,
    /// Incidents follow deployments of a service.
    Incidents,
    /// A gate before an environment does not pass.
    FailingGate,
    /// A gate before an environment is inconclusive.
    InconclusiveGate,
}

/// The modes that at least `often` changes have shown, the most frequent first.
pub fn lessons(changes: &[Change], attributions: &[Attribution<'_>], often: usize) -> Vec<Lesson> {
    let mut seen: BTreeMap<(Mode, String, String), BTreeSet<&str>> = BTreeMap::new();
    for change in changes {
        let mut note = |mode, subject: &str, environment: &str| {
            let key = (mode, subject.to_owned(), environment.to_owned());
            seen.entry(key).or_default().insert(&change.run);
        };
        for gate in &change.gates {
            match gate.result.as_str() {
                "fail" => note(Mode::FailingGate, &gate.gate, &gate.environment),
                "inconclusive" => note(Mode::InconclusiveGate, &gate.gate, &gate.environment),
                _ => {}
            }
        }
        for one in change.deployments.iter().filter(|one| !one.is_rollback) {
            if one.went_wrong() {
                note(Mode::FailingDeployments, &one.service, &one.environment);
            }
            let follows = attributions
                .iter()
                .any(|link| link.run == change.run && link.incident.service.as_ref() == Some(&one.service));
            if follows && one.progress == Progress::Succeeded {
                note(Mode::Incidents, &one.service, &one.environment);
            }
        }
    }
    let mut lessons: Vec<Lesson> = seen
        .into_iter()
        .filter(|(_, runs)| runs.len() >= often.max(1))
        .map(|((mode, subject, environment), runs)| {
            let (suggestion, spec) = advice(mode, &subject, &environment);
            let runs = runs.into_iter().map(str::to_owned).collect();
            Lesson { mode, subject, environment, runs, suggestion, spec }
        })
        .collect();
    lessons.sort_by_key(|lesson| std::cmp::Reverse(lesson.runs.len()));
    lessons
}

fn advice(mode: Mode, subject: &str, environment: &str) -> (String, Option<String>) {
    match mode {
        Mode::FailingDeployments => (
            format!(
                "`{subject}` fails in `{environment}` after its gates have passed: try it before, with a gate that measures what it fails on"
            ),
            Some(format!(
                "gate {subject}-before-{environment} {{\n  evidence = junit(\"reports/{subject}/**/*.xml\")\n  require tests.failed(tag = \"{subject}\") == 0\n}}"
            )),
        ),
        Mode::Incidents => (
            format!(
                "incidents follow deployments of `{subject}` in `{environment}`: hold a small share longer, and watch what the incidents showed"
            ),
            Some(format!(
                "rollout {subject}-with-care : canary {{\n  step 5%  hold 30 m\n  step 50% hold 30 m\n  step 100%\n  watch http.error-rate <= 1% over 5 m\n}}"
            )),
        ),
        Mode::FailingGate => (
            format!(
                "gate `{subject}` stops changes before `{environment}` again and again: decide it earlier, where the change is written"
            ),
            None,
        ),
        Mode::InconclusiveGate => (
            format!(
                "gate `{subject}` before `{environment}` often has no proof: see that its evidence is made, whole and of the same commit"
            ),
            None,
        ),
    }
}
