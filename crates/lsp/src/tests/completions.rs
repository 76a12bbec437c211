//! Completion.

use super::fixture::Fixture;
use crate::completion::{self, Completion};

fn complete(text: &str) -> Vec<Completion> {
    let fixture = Fixture::new(text);
    completion::complete(&fixture.workspace, fixture.file, fixture.offset).found
}

fn labels(text: &str) -> Vec<String> {
    complete(text).into_iter().map(|found| found.label).collect()
}

fn one(text: &str, label: &str) -> Completion {
    let found = complete(text);
    let one = found.iter().find(|found| found.label == label);
    one.unwrap_or_else(|| panic!("no `{label}` in {:?}", labels(text))).clone()
}

/// The text with a completion taken.
fn taken(text: &str, label: &str) -> String {
    let fixture = Fixture::new(text);
    let found = one(text, label);
    let mut changes = vec![(found.span, found.insert)];
    changes.extend(found.import.map(|import| (import.span, import.text)));
    changes.sort_by_key(|(span, _)| std::cmp::Reverse(*span));
    let mut text = fixture.file.text(&fixture.workspace).to_string();
    for (span, insert) in changes {
        text.replace_range(span.range(), &insert);
    }
    text
}

#[track_caller]
fn has(text: &str, wanted: &[&str], unwanted: &[&str]) {
    let found = labels(text);
    for label in wanted {
        assert!(found.iter().any(|found| found == label), "no `{label}` in {found:?}");
    }
    for label in unwanted {
        assert!(!found.iter().any(|found| found == label), "`{label}` in {found:?}");
    }
}

#[test]
fn a_line_between_declarations_starts_one() {
    has("$0", &["service", "release", "use", "let"], &["kind", "enum", "version"]);
    has("service a { version = 1.0.0 }\n\nserv$0\n\nteam b { members = [] }\n", &["service"], &["version"]);
    has("$0service a { version = 1.0.0 }\n", &["service"], &[]);
    assert_eq!(one("$0", "service").insert, "service ${1:name} {\n  version = $2\n}$0");
    assert_eq!(taken("env$0\n", "environment"), "environment ${1:name} {\n  tier = $2\n}$0\n");
}

#[test]
fn a_block_offers_what_it_does_not_have_yet() {
    let text = "service a {\n  version = 1.0.0\n  $0\n}\n";
    has(text, &["owner", "requires", "provides", "build"], &["version", "tier", "service"]);
    has("service a {\n  version = 1.0.0\n  ow$0\n}\n", &["owner"], &[]);
    has("approval a {\n  step x { from = owner  $0 }\n}\n", &["need", "within"], &["from", "step"]);
    has("release r {\n  stage s {\n    $0\n  }\n}\n", &["gates", "approval"], &["ship", "change"]);
    assert_eq!(complete(text)[0].label, "after", "in order");
    assert_eq!(complete("service a {\n  $0\n}\n")[0].label, "version", "what is required comes first");
}

#[test]
fn a_block_that_is_not_closed_offers_the_same() {
    has("service a {\n  version = 1.0.0\n  $0\n", &["owner", "requires"], &["version"]);
    has("service a {\n  $0\n\nservice b {\n  version = 1.0.0\n}\n", &["version", "owner"], &[]);
}

#[test]
fn a_clause_offers_its_labels_and_flags() {
    let text = "service a {\n  version = 1.0.0\n  requires b ^1 $0\n}\nservice b { version = 1.0.0 }\n";
    has(text, &["when", "optional", "weak"], &["version", "owner"]);
    has(&text.replace("$0", "optional $0"), &["when", "weak"], &["optional"]);
    has("rollout r : canary {\n  step 5% $0\n}\n", &["hold"], &[]);
    has("service a {\n  version = 1.0.0\n  deploy $0\n}\n", &["with"], &[]);
}

#[test]
fn values_are_those_of_the_wanted_type() {
    has("environment e {\n  tier = $0\n}\n", &["production", "staging"], &["standard", "true"]);
    has("environment e {\n  tier = prod$0\n}\n", &["production"], &[]);
    has("service a {\n  version = 1.0.0\n  data = [personal, $0]\n}\n", &["payment"], &["production"]);
    has(
        "window w { days = Mon..$0  hours = 09:00..16:00  timezone = \"Europe/Berlin\" }\n",
        &["Thu"],
        &["standard"],
    );
    has("release r { class = $0 }\n", &["standard", "emergency"], &["production"]);
    has("gate g { evidence = $0 }\n", &["junit", "sarif"], &["oidc", "from-tag"]);
    has("service a { version = $0 }\n", &["from-tag", "from-file"], &["junit"]);
    has("environment e { credentials = $0 }\n", &["oidc"], &["junit"]);
    has("together t { services = []  paired = $0 }\n", &["true", "false"], &[]);
    has("window w { timezone = $0 }\n", &["Europe/Berlin", "UTC"], &[]);
    assert_eq!(
        taken("window w { timezone = $0 }\n", "Europe/Berlin"),
        "window w { timezone = \"Europe/Berlin\" }\n"
    );
    assert_eq!(one("gate g { evidence = $0 }\n", "junit").insert, "junit(\"$1\")$0");
}

#[test]
fn units_follow_numbers() {
    has("rollout r : canary {\n  step 5% hold 10 $0\n}\n", &["m", "h"], &["MB", "business-days"]);
    has("rollout r : canary {\n  step 5% hold 10m$0\n}\n", &["m", "ms"], &["MB"]);
}

const SHOP: &str = "\
//- people.cw
/// They take the money.
team payments { members = [ana, ben] }
//- ledger.cw
service ledger {
  version = 2.3.1
  provides api 2.3.1
  provides events 1.0.0
}
//- main.cw
";

fn in_shop(text: &str) -> String {
    format!("{SHOP}{text}")
}

#[test]
fn declarations_are_offered_and_imported_where_they_must_be() {
    let owner = in_shop("/// Pays.\nservice checkout {\n  version = 1.0.0\n  owner = $0\n}\n");
    has(&owner, &["payments"], &["ledger", "checkout"]);
    assert_eq!(
        taken(&owner, "payments"),
        "use people.payments\n\n/// Pays.\nservice checkout {\n  version = 1.0.0\n  owner = payments\n}\n"
    );
    assert_eq!(one(&owner, "payments").doc, "They take the money.");
    let imported =
        in_shop("use people.payments\nservice checkout {\n  version = 1.0.0\n  owner = pay$0\n}\n");
    assert_eq!(one(&imported, "payments").import, None);
    let alias = in_shop("use people.payments as money\nservice c {\n  version = 1.0.0\n  owner = $0\n}\n");
    has(&alias, &["money"], &[]);
    let service = in_shop("service checkout {\n  version = 1.0.0\n  requires $0\n}\n");
    has(&service, &["ledger"], &["payments"]);
    assert_eq!(one(&service, "ledger").import, None, "services are known everywhere");
}

#[test]
fn a_dot_is_followed_by_parts_and_by_names_of_modules() {
    has(
        &in_shop("service c {\n  version = 1.0.0\n  requires ledger.$0\n}\n"),
        &["api", "events"],
        &["ledger"],
    );
    has(
        &in_shop("use people\nservice c {\n  version = 1.0.0\n  owner = people.$0\n}\n"),
        &["payments"],
        &["api"],
    );
    has("gate g {\n  require tests.$0\n}\n", &["pass-rate", "failed"], &["tests.pass-rate"]);
}

#[test]
fn versions_are_those_of_what_is_named() {
    has(&in_shop("service c {\n  version = 1.0.0\n  requires ledger.api $0\n}\n"), &["^2.3", "any"], &[]);
    has(&in_shop("service c {\n  version = 1.0.0\n  requires ledger.api ^$0\n}\n"), &["^2.3"], &[]);
    has(&in_shop("service c {\n  version = 1.0.0\n  requires ledger.api ^2.$0\n}\n"), &["^2.3"], &[]);
    let ship = in_shop("release r {\n  ship ledger $0\n}\n");
    has(&ship, &["2.3.1"], &[]);
    assert_eq!(
        taken(&in_shop("service c {\n  version = 1.0.0\n  requires ledger.api ^2.$0 optional\n}\n"), "^2.3"),
        "service c {\n  version = 1.0.0\n  requires ledger.api ^2.3 optional\n}\n"
    );
}

#[test]
fn conditions_offer_metrics_parameters_and_lets() {
    has("gate g {\n  require $0\n}\n", &["tests.pass-rate", "coverage.lines"], &["junit"]);
    let text = "rollout r(max: percent = 1%) : canary {\n  let most = 2%\n  watch http.error-rate <= $0\n}\n";
    has(text, &["max", "most"], &[]);
    has("gate g {\n  require tests.failed($0) == 0\n}\n", &["tag"], &[]);
}

#[test]
fn what_is_extended_and_what_is_called() {
    has("rollout r : $0 {\n}\n", &["canary", "blue-green"], &["junit"]);
    let text = "rollout careful(max: percent = 1%, least: percent) : canary { }\nrelease r {\n  stage s { rollout = $0 }\n}\n";
    assert_eq!(one(text, "careful").insert, "careful(least = $1)$0");
    has(&text.replace("$0", "careful($0)"), &["max", "least"], &[]);
}

#[test]
fn a_use_offers_modules_and_their_names() {
    has(&in_shop("use $0\n"), &["people", "ledger", "std"], &["payments"]);
    has(&in_shop("use people.$0\n"), &["payments"], &["people"]);
    has(&in_shop("use std.$0\n"), &["rollouts", "metrics"], &[]);
    has(&in_shop("use people.{ $0 }\n"), &["payments"], &[]);
    has(&in_shop("use people.{ payments, $0 }\n"), &[], &["payments"]);
}

#[test]
fn people_are_those_who_are_known() {
    has(&in_shop("release r { requested-by = $0 }\n"), &["ana", "ben"], &["payments"]);
}

#[test]
fn nothing_is_offered_in_comments_texts_and_new_names() {
    assert_eq!(labels("// serv$0\n"), [""; 0]);
    assert_eq!(labels("service a { repo = \"acme/$0\" }\n"), [""; 0]);
    assert_eq!(labels("service che$0 { }\n"), [""; 0]);
    has("let a = 1\nservice s { repo = \"x${$0}\" }\n", &["a"], &[]);
}

#[test]
fn every_offset_of_a_broken_text_has_an_answer() {
    let text = "use a.{ b,\nservice x {\n  requires y.\n  owner =\n  data = [personal,\n}\nrollout r(m: : canary { step 5% hold }\n\"\"\"\n";
    for at in 0..=text.len() {
        complete(&format!("{}$0{}", &text[..at], &text[at..]));
    }
}

#[test]
fn a_use_offers_what_a_package_offers() {
    let package = "\
//- clearway.toml
[project]
name = \"shop\"
[packages]
platform = { path = \"../platform\" }
//- ../platform/clearway.toml
[project]
name = \"platform\"
//- ../platform/_parts/days.cw
window days { days = Mon..Fri  hours = 09:00..17:00  timezone = \"UTC\" }
//- ../platform/hours.cw
window office-hours { days = Mon..Fri  hours = 09:00..17:00  timezone = \"UTC\" }
window _nights { days = Mon..Fri  hours = 22:00..05:00  timezone = \"UTC\" }
//- main.cw
";
    assert_eq!(labels(&format!("{package}use platform.$0\n")), ["hours"]);
    assert_eq!(labels(&format!("{package}use platform.hours.$0\n")), ["office-hours"]);
}

#[test]
fn of_very_many_names_those_are_offered_that_fit_what_is_typed() {
    let services: String = (0..500).map(|at| format!("service s{at} {{ version = 1.0.0 }}\n")).collect();
    let at = |typed: &str| {
        let fixture = Fixture::new(&format!(
            "{services}service a {{\n  version = 1.0.0\n  requires {typed}$0 ^1\n}}\n"
        ));
        let offered = completion::complete(&fixture.workspace, fixture.file, fixture.offset);
        let labels: Vec<String> = offered.found.into_iter().map(|found| found.label).collect();
        (labels, offered.more)
    };
    let (all, more) = at("");
    assert!(more && all.len() < 250, "{}", all.len());
    let (typed, more) = at("s49");
    assert!(more && typed.iter().any(|label| label == "s490") && typed.iter().any(|label| label == "s149"));
    assert!(!typed.iter().any(|label| label == "s1"), "{typed:?}");
    let few =
        Fixture::new("service b { version = 1.0.0 }\nservice a {\n  version = 1.0.0\n  requires x$0 ^1\n}\n");
    let offered = completion::complete(&few.workspace, few.file, few.offset);
    assert!(!offered.more && offered.found.iter().any(|found| found.label == "b"));
}
