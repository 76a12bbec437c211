//! Tests: what they expect must be something that can be looked at.

use clearway_diagnostics::{Code, Diagnostic, catalogue, suggest};
use clearway_model::views::{self, At, Expectation, Test};
use clearway_model::{ClauseValue, Db, Item, Value, ValueKind, lower, resolve_project_wide};
use smol_str::SmolStr;

use super::policies::unknown_code;

pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let lowered = lower(db, item);
    if item.kind(db) != "test" || lowered.broken {
        return Vec::new();
    }
    let test: Test = views::of(lowered);
    // Where something in it is wrong, that was told.
    let is_sound =
        |clause: &ClauseValue| clause.parts.iter().all(|(_, value)| value.kind != ValueKind::Unknown);
    let expected = test.expect.iter().zip(lowered.values.clauses("expect"));
    let sound = expected.filter(|(_, clause)| is_sound(clause)).map(|(expectation, _)| expectation);
    sound.filter_map(|expectation| vague(db, &test, expectation)).collect()
}

fn vague(db: &dyn Db, test: &Test, expectation: &Expectation) -> Option<Diagnostic> {
    let outcome = expectation.outcome.as_ref()?;
    let word = outcome.value.as_str();
    let lacks = |help: &str| {
        let message = format!("`expect {word}` does not say {}", what(word));
        let place = expectation.value.as_ref().map_or(outcome.place, |value| value.place);
        Some(Diagnostic::new(catalogue::VAGUE_EXPECTATION, message, place, "").help(help))
    };
    match (word, &expectation.value) {
        ("error" | "warning", value) => match value.as_ref().and_then(name) {
            Some(code) => no_code(&code),
            None => lacks("write the code or its name: `expect error CW0402`"),
        },
        ("order", Some(At { value: Value { kind: ValueKind::List(services), .. }, .. }))
            if services.len() > 1 =>
        {
            None
        }
        ("order", _) => lacks("write at least two services: `expect order [ledger, checkout]`"),
        ("open" | "closed", value) => match value.as_ref().and_then(name) {
            Some(environment) => no_environment(db, &environment).or_else(|| no_time(test, outcome)),
            None => lacks("write the environment: `expect closed production`"),
        },
        ("clean", Some(value)) => {
            let message = "`expect clean` takes nothing more";
            Some(Diagnostic::new(
                catalogue::VAGUE_EXPECTATION,
                message,
                value.place,
                "nothing is looked at here",
            ))
        }
        _ => None,
    }
}

const fn what(word: &str) -> &'static str {
    match word.as_bytes() {
        b"order" => "which services",
        b"open" | b"closed" => "which environment",
        _ => "which one",
    }
}

fn name(value: &At<Value>) -> Option<At<SmolStr>> {
    match &value.value.kind {
        ValueKind::Name(name) => Some(At { value: name.clone(), place: value.place }),
        _ => None,
    }
}

fn no_code(code: &At<SmolStr>) -> Option<Diagnostic> {
    let unknown = || {
        let message = format!("there is no diagnostic `{}`", code.value);
        let what = "neither a code nor its name";
        unknown_code(Diagnostic::new(catalogue::UNKNOWN_CODE, message, code.place, what), &code.value)
    };
    Code::find(&code.value).is_none().then(unknown)
}

fn no_environment(db: &dyn Db, name: &At<SmolStr>) -> Option<Diagnostic> {
    if resolve_project_wide(db, &name.value, &|kind| kind == "environment").is_some() {
        return None;
    }
    let known: Vec<&SmolStr> =
        views::project_wide(db, &["environment"]).map(|environment| environment.name(db)).collect();
    let message = format!("there is no environment `{}`", name.value);
    let closest = suggest::did_you_mean(&name.value, known.iter().map(|name| name.as_str()));
    let what = "nothing declares this";
    Some(Diagnostic::new(catalogue::UNKNOWN_NAME, message, name.place, what).help_if(closest))
}

fn no_time(test: &Test, outcome: &At<SmolStr>) -> Option<Diagnostic> {
    test.at.is_none().then(|| {
        let message = format!("`expect {}` does not say when", outcome.value);
        Diagnostic::new(catalogue::VAGUE_EXPECTATION, message, outcome.place, "the test has no time")
            .help("write the time in the test: `at 2026-12-24T10:00`")
    })
}
