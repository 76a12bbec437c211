//! What a person says who starts a run, and the file of the project that takes it and chooses the way.

use std::collections::BTreeSet;

use clearway_plan::{Path, PathKind, Plan, Recurring, Release, StepKind};

use super::model::{Entries, Include, Input, Pipeline, Rule, Value};
use super::pipeline::{Emitted, FOLDER, file, name, workflow};
use super::recurring;
use super::schedules::{ramps, schedules};

/// The file that GitLab reads.
pub(crate) const ROOT: &str = ".gitlab-ci.yml";

/// Letters, digits and marks that end no text and begin nothing, neither in YAML nor in a variable. It begins with a letter or digit, which
/// tells it from what nobody said.
const TEXT: &str = "^[A-Za-z0-9][A-Za-z0-9 ._/@=:#+,-]*$";
/// The same, or nothing. An empty text matches no expression of GitLab's.
pub(crate) const TEXT_OR_NONE: &str = "^[A-Za-z0-9-][A-Za-z0-9 ._/@=:#+,-]*$";

/// Nothing is said: a pipeline that something else starts is none of ours. No release can have this name.
pub(crate) const NONE: &str = "-";

/// What a way through a release is told.
pub(crate) fn inputs(release: &Release, path: &Path) -> Entries<Input> {
    let text = |description: &str| Input {
        description: description.to_owned(),
        default: None,
        options: Vec::new(),
        regex: Some(TEXT),
    };
    let mut inputs = Entries::default();
    match path.kind {
        PathKind::Release if release.change.is_none() => inputs.put("change", text("The change request")),
        PathKind::Emergency => inputs.put("incident", text("The incident that makes this an emergency")),
        PathKind::Rollback => {
            let environments = release.stages.iter().filter(|stage| !stage.waves.is_empty());
            inputs.put(
                "environment",
                Input {
                    options: environments.map(|stage| stage.environment.clone()).collect(),
                    regex: None,
                    ..text("The environment that goes back")
                },
            );
            inputs.put("change", text("The change or incident that this is for"));
        }
        PathKind::Release => {}
    }
    if path.kind != PathKind::Release || release.requested_by.is_none() {
        inputs.put("requested-by", text("Who asks for it, by the name in the spec"));
    }
    if path.kind != PathKind::Rollback {
        if release.ships.iter().any(|shipped| shipped.open) {
            let described = "Other versions than the declared ones: service@version, separated by spaces";
            inputs.put("ship", Input { regex: Some(TEXT_OR_NONE), ..text(described) });
        }
        if path.steps.iter().any(|step| matches!(step.does, StepKind::Import { .. })) {
            inputs
                .put("digests", text("What other repositories built: service=sha256:…, separated by spaces"));
        }
    }
    inputs
}

/// The file of the project: one source of what starts a run, and of the way that it takes.
pub(crate) fn root(plan: &Plan) -> Emitted {
    let ways: Vec<(String, &Release, &Path)> = plan
        .releases
        .iter()
        .flat_map(|release| release.paths.iter().map(move |path| (name(release, path.kind), release, path)))
        .collect();
    let clocked = schedules(plan);
    let mut all = Entries::default();
    all.put(
        "pipeline",
        Input {
            description: "What is to be done".to_owned(),
            default: Some(NONE.to_owned()),
            options: std::iter::once(NONE.to_owned())
                .chain(ways.iter().map(|(name, ..)| name.clone()))
                .chain(clocked.iter().map(|one| one.pipeline.clone()))
                .collect(),
            regex: None,
        },
    );
    let mut include = Vec::new();
    for (name, release, path) in &ways {
        let own = inputs(release, path);
        for (key, input) in &own.0 {
            gather(&mut all, key, input);
        }
        include.push(Include {
            local: format!("/{}", file(release, path.kind)),
            inputs: own.0.iter().map(|(key, _)| (key.clone(), Value::input(key))).collect(),
            rules: vec![rule(chosen(name), None)],
        });
    }
    for one in Recurring::of(plan) {
        let own = recurring::inputs(plan, one);
        for (key, input) in &own.0 {
            gather(&mut all, key, input);
        }
        include.push(Include {
            local: format!("/{}", recurring::file(one)),
            inputs: own.0.iter().map(|(key, _)| (key.clone(), Value::input(key))).collect(),
            rules: vec![rule(chosen(one.name()), None)],
        });
    }
    for ramp in ramps(plan) {
        include.push(Include {
            local: format!("/{FOLDER}/{}.yml", ramp.pipeline),
            inputs: Entries::default(),
            rules: vec![rule(chosen(&ramp.pipeline), None)],
        });
    }
    let reviewed = "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_COMMIT_REF_PROTECTED == \"true\"";
    let mut rules = vec![rule(chosen(NONE), Some("never"))];
    // The clock starts nothing but the next shares of flags, and what is done again and again.
    let by_clock = clocked
        .iter()
        .map(|one| format!("$CI_PIPELINE_SOURCE == \"schedule\" && {} && {reviewed}", chosen(&one.pipeline)));
    rules.extend(by_clock.map(|condition| rule(condition, Some("always"))));
    rules.extend([
        rule("$CI_PIPELINE_SOURCE != \"web\" && $CI_PIPELINE_SOURCE != \"api\"".to_owned(), Some("never")),
        rule(reviewed.to_owned(), Some("always")),
    ]);
    Emitted {
        path: ROOT.to_owned(),
        inputs: all,
        pipeline: Pipeline { workflow: Some(workflow(rules)), include, ..Pipeline::default() },
    }
}

/// The person, or the clock, chose a pipeline.
fn chosen(name: &str) -> String {
    format!("\"$[[ inputs.pipeline ]]\" == \"{name}\"")
}

fn rule(condition: String, when: Option<&'static str>) -> Rule {
    Rule { condition: Some(condition), when, allow_failure: None }
}

/// Adds an input of a way to those of the project: every way but the chosen one goes without.
fn gather(all: &mut Entries<Input>, key: &str, input: &Input) {
    let is_choice = !input.options.is_empty();
    if let Some((_, known)) = all.0.iter_mut().find(|(known, _)| known == key) {
        let there: BTreeSet<String> = known.options.iter().cloned().collect();
        known.options.extend(input.options.iter().filter(|option| !there.contains(*option)).cloned());
        return;
    }
    let mut options = input.options.clone();
    if is_choice && !options.iter().any(|option| option == NONE) {
        options.insert(0, NONE.to_owned());
    }
    all.put(
        key,
        Input {
            description: input.description.clone(),
            default: Some(NONE.to_owned()),
            options,
            regex: (!is_choice).then_some(TEXT_OR_NONE),
        },
    );
}
