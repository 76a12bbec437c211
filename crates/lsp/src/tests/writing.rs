//! Code actions, parameters of calls, hints.

use clearway_diagnostics::Span;

use super::fixture::{Fixture, reader};
use crate::actions;
use crate::hints;
use crate::signature;

/// The titles of what can be done at the cursor.
fn titles(text: &str) -> Vec<String> {
    let fixture = Fixture::new(text);
    let range = Span::new(fixture.offset, fixture.offset);
    actions::actions(&fixture.workspace, fixture.file, range).into_iter().map(|action| action.title).collect()
}

/// The text after the action with a title.
fn done(text: &str, title: &str) -> String {
    let fixture = Fixture::new(text);
    let range = Span::new(fixture.offset, fixture.offset);
    let actions = actions::actions(&fixture.workspace, fixture.file, range);
    let action = actions.into_iter().find(|action| action.title == title).unwrap();
    fixture.changed(action.changes)
}

#[test]
fn the_fixes_of_a_mistake_are_offered_at_it_and_nowhere_else() {
    let text = "environment e { tier = $0prodction }\n";
    assert_eq!(titles(text), ["Write `production`"]);
    assert_eq!(done(text, "Write `production`"), "//- main.cw\nenvironment e { tier = production }\n");
    assert_eq!(titles("envir$0onment e { tier = prodction }\n"), [""; 0]);
}

#[test]
fn an_import_goes_above_the_documentation_of_the_first_declaration() {
    let text = "//- main.cw\n/// Pays.\nservice a {\n  version = 1.0.0\n  owner = pay$0ments\n}\n//- people.cw\nteam payments { members = [ana] }\n";
    assert_eq!(
        done(text, "Add `use people.payments`"),
        "//- main.cw\nuse people.payments\n/// Pays.\nservice a {\n  version = 1.0.0\n  owner = payments\n}\n"
    );
}

#[test]
fn a_name_that_nothing_declares_can_be_declared() {
    let text = "service a {\n  version = 1.0.0\n  owner = pay$0ments\n}\n";
    assert_eq!(titles(text), ["Declare team `payments`"]);
    assert!(done(text, "Declare team `payments`").ends_with("}\n\nteam payments {\n  members = []\n}\n"));
    let text = "service a {\n  version = 1.0.0\n  requires led$0ger ^1\n}\n";
    assert!(titles(text).contains(&"Declare service `ledger`".to_owned()), "{:?}", titles(text));
    assert!(
        done(text, "Declare service `ledger`").ends_with("}\n\nservice ledger {\n  version = 0.1.0\n}\n")
    );
}

#[test]
fn everything_that_can_be_mended_is_mended_at_once() {
    let fixture = Fixture::new("environment e { tier = prodction }\nrelease r$0 { class = emergncy }\n");
    let changes = actions::fix_all(&fixture.workspace, fixture.file);
    let changes = changes.into_iter().map(|change| (fixture.file, change)).collect();
    assert_eq!(
        fixture.changed(changes),
        "//- main.cw\nenvironment e { tier = production }\nrelease r { class = emergency }\n"
    );
}

/// A page that needs the new parts of an interface that needs the new page: neither can go first.
const KNOT: &str = r#"environment production { tier = production  deployed = state("production.json") }
service web {
  version = 2.0.0
  provides ui 2.0.0
  requires api.rest ^2
}
service store { version = 3.0.0  provides sql 1.4.0; provides sql 2.0.0 }
service api {
  version = 2.0.0
  provides rest 2.0.0
  requires $0web.ui ^2
  requires store.sql ^2
}
release r { ship web; ship api; stage production }
//- production.json
{ "clearway": 1, "services": {
  "web": { "version": "1.4.0", "provides": { "ui": ["1.0.0"] }, "requires": [] },
  "store": { "version": "3.0.0" },
  "api": { "version": "1.4.0", "provides": { "rest": ["1.0.0"] }, "requires": [{ "target": "store.sql", "range": "^1.2" }] }
} }
"#;

#[test]
fn a_release_in_between_that_opens_an_order_can_be_declared() {
    let title = "Release `api` 1.5.0 in between, which works with both versions of `web`";
    assert_eq!(titles(KNOT), [title]);
    let mended = done(KNOT, title);
    assert!(
        mended.contains(
            "  requires store.sql ^2

  releases = [1.5.0]
  at 1.5.0 {
    provides rest 1.0.0
    provides rest 2.0.0
    requires store.sql ^1.2 or ^2
  }
}
release"
        ),
        "{mended}"
    );
    let state = &KNOT[KNOT.find("//- production.json").unwrap()..];
    let after = Fixture::new(&format!("{mended}// $0\n{state}"));
    let outcome = clearway_analysis::check(&after.workspace);
    assert!(outcome.checked.is_some(), "{:?}", outcome.diagnostics);
    let orders = outcome.checked.unwrap().releases();
    let moves = orders[0].stages[0].waves.iter().flatten();
    let moves: Vec<String> = moves.map(|step| format!("{} {:?}", step.service, step.to)).collect();
    assert_eq!(moves, ["api Some(\"1.5.0\")", "web Some(\"2.0.0\")", "api Some(\"2.0.0\")"]);
}

#[test]
fn a_release_in_between_is_promised_by_a_person_and_mended_with_nothing_else() {
    let fixture = Fixture::new(KNOT);
    assert_eq!(actions::fix_all(&fixture.workspace, fixture.file), []);
    let range = Span::new(fixture.offset, fixture.offset);
    let actions = actions::actions(&fixture.workspace, fixture.file, range);
    assert!(actions.iter().all(|action| !action.only), "{actions:?}");
}

#[test]
fn a_release_in_between_that_opens_nothing_is_not_offered() {
    // One version at most, of both together: whatever is in between is one more.
    let limited = KNOT.replace(
        "//- production.json",
        "limit one { services = [web, api]  versions = 2 }\n//- production.json",
    );
    assert_eq!(titles(&limited), [""; 0]);
    // What is there already is not put a second time.
    let named = KNOT.replace("  requires $0web.ui", "  releases = [1.9.0]\n  requires $0web.ui");
    assert_eq!(titles(&named), [""; 0]);
}

fn parameters(text: &str) -> Option<(String, Option<usize>)> {
    let fixture = Fixture::new(text);
    let found = signature::signature(&fixture.workspace, fixture.file, fixture.offset)?;
    Some((found.label, found.active))
}

#[test]
fn a_call_shows_its_parameters_and_the_one_that_is_written() {
    let at = |text: &str| parameters(text).map(|(_, active)| active);
    assert_eq!(
        parameters("environment e { credentials = oidc($0) }\n").unwrap(),
        ("oidc(role: a text, ttl?: a duration)".to_owned(), Some(0))
    );
    assert_eq!(at("environment e { credentials = oidc(\"ro$0le\") }\n"), Some(Some(0)));
    assert_eq!(at("environment e { credentials = oidc(\"role\", $0) }\n"), Some(Some(1)));
    assert_eq!(at("environment e { credentials = oidc(\"role\", 5 m$0) }\n"), Some(Some(1)));
    assert_eq!(at("environment e { credentials = oidc(ttl = 5 m$0) }\n"), Some(Some(1)));
    assert_eq!(at("environment e { credentials = $0oidc(\"role\") }\n"), None);
    let template = "rollout r(max: percent = 1%) : canary { }\nrelease x { stage s { rollout = r($0) } }\n";
    assert_eq!(parameters(template).unwrap().0, "r(max?: a percentage)");
}

fn shown(text: &str) -> Vec<String> {
    let fixture = Fixture::new(text);
    let text = fixture.file.text(&fixture.workspace);
    let whole = Span::new(0, text.len() as u32);
    let hints = hints::hints(&fixture.workspace, fixture.file, whole, &reader());
    hints
        .into_iter()
        .map(|hint| {
            let line = text[..hint.offset as usize].matches('\n').count() + 1;
            format!("{line}: {}", hint.label)
        })
        .collect()
}

#[test]
fn values_that_the_text_does_not_show_are_shown() {
    assert_eq!(shown("let base = 2$0\nlet twice = base * 2\n"), ["2: = 4"]);
    assert_eq!(shown("$0let zones = [\"a\", \"b\"]\nlet count = length(zones)\n"), ["2: = 2"]);
    assert_eq!(shown("$0environment e { tier = production }\n"), [""; 0]);
}

#[test]
fn an_open_version_and_the_names_of_arguments_are_shown() {
    let text = "service a$0 { version = 1.2.3 }\nservice b { version = 2.0.0 }\nrelease r {\n  ship a\n  ship b 2.0.0\n}\n";
    assert_eq!(shown(text), ["4: 1.2.3"]);
    let text = "service a { version = 1.2.3 }\nenvironment p { tier = production }\nrelease$0 r {\n  ship a 1.2.3\n  stage p { }\n}\n";
    assert_eq!(shown(text), ["5: 1 move"]);
    assert_eq!(shown("environment e$0 { credentials = oidc(\"role\", 5 m) }\n"), ["1: role =", "1: ttl ="]);
}

#[test]
fn a_stage_shows_what_it_moves_and_when_it_may_start() {
    let text = "\
service a { version = 1.2.3 }
window evenings { hours = 20:00..23:00  timezone = \"Europe/Berlin\" }
freeze sales { from = 2026-11-02  until = 2027-12-31  timezone = \"Europe/Berlin\" }
environment now    { tier = testing }
environment later  { tier = testing  windows = [evenings] }
environment never  { tier = testing  freezes = [sales] }
release r$0 {
  ship a 1.2.3
  stage now
  stage later
  stage never
}
";
    assert_eq!(
        shown(text),
        [
            "9: 1 move",
            "10: 1 move, from Monday 2026-11-02 20:00 Europe/Berlin (for you Tuesday 04:00)",
            "11: 1 move, no time in the year ahead",
        ]
    );
}
