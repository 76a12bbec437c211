//! The order of a release, as others get it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use clearway_analysis::check;
use clearway_analysis::proof::{Move, MoveKind};
use clearway_tests::Fixture;

/// A move as a short text: `api 1.0.0 -> 2.0.0`.
fn text(step: &Move) -> String {
    let from = if step.from.is_empty() { "-".to_owned() } else { step.from.join("+") };
    let group = step.group.as_ref().map_or_else(String::new, |group| format!("[{group}]"));
    format!("{}{group} {from} -> {}", step.service, step.to.as_deref().unwrap_or("-"))
}

/// The waves of the first release's first stage.
fn waves(fixture: &Fixture) -> Vec<Vec<String>> {
    let workspace = fixture.workspace();
    let outcome = check(&workspace);
    let checked = outcome.checked.unwrap_or_else(|| panic!("{:#?}", outcome.diagnostics));
    let releases = checked.releases();
    releases[0].stages[0].waves.iter().map(|wave| wave.iter().map(text).collect()).collect()
}

const SHOP: &str = r#"
team owners { members = [ana] }
environment production { tier = production  deployed = state("state.json") }

service web     { owner = owners  version = 2.0.0  requires api.rest ^2 }
service api     { owner = owners  version = 2.0.0  provides rest 2.0.0; provides rest 1.0.0; requires storage ^1.1 }
service storage { owner = owners  version = 1.1.0  moves = recreate }
service old     { owner = owners  version = 1.0.0 }

release all {
  ship web
  ship api
  ship storage
  ship old
  stage production {}
}
"#;

fn shop(state: &str) -> Fixture {
    let mut fixture = Fixture::of(SHOP);
    fixture.add("state.json", &format!("{{\"clearway\": 1, \"services\": {{{state}}}}}"));
    fixture
}

#[test]
fn a_first_deployment_brings_providers_first() {
    let expected =
        [vec!["old - -> 1.0.0", "storage - -> 1.1.0"], vec!["api - -> 2.0.0"], vec!["web - -> 2.0.0"]];
    assert_eq!(waves(&shop("")), expected);
}

#[test]
fn what_is_there_already_does_not_move() {
    let state = r#""old": {"version": "1.0"}, "storage": {"version": "1.0.0"}, "api": {"version": "2.0.0"}"#;
    assert_eq!(waves(&shop(state)), [vec!["storage 1.0.0 -> 1.1.0", "web - -> 2.0.0"]]);
}

#[test]
fn a_move_knows_how_it_is_made() {
    let workspace = shop("").workspace();
    let outcome = check(&workspace);
    let releases = outcome.checked.as_ref().unwrap().releases();
    let stage = &releases[0].stages[0];
    assert_eq!((stage.environment.as_str(), stage.no_return), ("production", None));
    let kind = |name: &str| stage.waves.iter().flatten().find(|step| step.service == name).unwrap().kind;
    assert_eq!((kind("storage"), kind("web")), (MoveKind::Recreate, MoveKind::Rolling));
}

#[test]
fn who_waits_for_whom_is_told_with_the_facts() {
    let workspace = shop("").workspace();
    let outcome = check(&workspace);
    let checked = outcome.checked.as_ref().unwrap();
    let release = checked.releases()[0].release;
    let waits = checked.why(release, 0, "storage", "web").unwrap();
    let chain: Vec<_> = waits.iter().map(|wait| (wait.before.as_str(), wait.after.as_str())).collect();
    assert_eq!(chain, [("storage", "api"), ("api", "web")]);
    assert_eq!(waits[1].reasons[0].0, "`web` 2.0.0 does not work without `api`");
    assert_eq!(checked.why(release, 0, "old", "web"), None);
}

#[test]
fn what_stays_holds_back_the_pipeline_and_not_the_proved_order() {
    let state = r#""old": {"version": "1.0"}, "storage": {"version": "1.0.0"}, "api": {"version": "2.0.0"}"#;
    let workspace = shop(state).workspace();
    let outcome = check(&workspace);
    let plan = clearway_plan::lower(outcome.checked.as_ref().unwrap());
    let release = &plan.releases[0];
    // A later run may move `api`, so the waves of the process keep its place between the two that move today.
    let emitted: Vec<Vec<&str>> = release.stages[0]
        .waves
        .iter()
        .map(|wave| wave.moves.iter().map(|step| step.service.as_str()).collect())
        .collect();
    assert_eq!(emitted, [vec!["old", "storage"], vec!["api"], vec!["web"]]);
    let order = clearway_plan::order(&[release]);
    let told: Vec<_> = order.iter().map(|step| (step.wave, step.service)).collect();
    assert_eq!(told, [(1, "storage"), (1, "web")]);
    let text = clearway_plan::Told { plan: &plan, release }.to_string();
    assert!(text.contains("waits      for what stays now and a later run may move: web\n"), "{text}");
}
