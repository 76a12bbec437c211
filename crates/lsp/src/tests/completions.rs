//! Completion.

use clearway_diagnostics::catalogue;
use clearway_model::vocabulary::Vocabulary;

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

/// A policy with something in its only control.
fn in_control(text: &str) -> String {
    in_shop(&format!("policy house-rules {{\n  control \"HR-1\" \"x\" {{\n    {text}\n  }}\n}}\n"))
}

/// A policy with something that it demands of each service.
fn of_each_service(text: &str) -> String {
    in_control(&format!("every s in declared(service) {{\n{text}\n    }}"))
}

#[test]
fn a_dot_behind_a_value_is_followed_by_the_members_of_its_type() {
    let members = ["owner", "version", "requires", "name"];
    let others = ["ledger", "payments", "tier", "within", "declared", "s"];
    has(&of_each_service("      require s.$0"), &members, &others);
    has(&of_each_service("      require s.ow$0"), &members, &others);
    has(&of_each_service("      require has(s.$0)"), &members, &others);
    has(&of_each_service("      require s.version == s.$0"), &members, &others);
    has(&of_each_service("      require s.$0 == standard"), &members, &others);
    has(&of_each_service("      let all = [for r in s.$0 : r]"), &members, &others);
    has(&of_each_service("      require s.ow$0ner.members"), &members, &others);
    let written = taken(&in_control("every s in declared(service) { require has(s.ow$0) }"), "owner");
    assert!(written.contains("{ require has(s.owner) }"), "{written}");
}

#[test]
fn a_member_says_its_type_and_what_is_written_of_it_where_it_is_declared() {
    let owner = one(&of_each_service("      require s.$0"), "owner");
    let field = Vocabulary::get().kinds["service"].contents.field("owner").unwrap();
    assert_eq!((owner.detail, owner.doc), (field.ty.to_string(), field.doc.to_string()));
    let requires = one(&of_each_service("      require s.$0"), "requires");
    assert_eq!(requires.detail, "a list (a `requires` each)");
    assert!(!requires.doc.is_empty() && !requires.snippet && requires.insert == "requires");
    let optional = one(&of_each_service("      require all([for r in s.requires : r.$0])"), "optional");
    assert_eq!(optional.detail, "`true` or `false`");
}

#[test]
fn the_members_of_a_member_are_those_of_its_own_type() {
    has(&of_each_service("      require s.owner.$0"), &["members", "name"], &["owner", "version"]);
    has(
        &of_each_service("      require all([for r in s.requires : r.$0])"),
        &["range", "optional", "weak"],
        &["owner"],
    );
    has(
        &of_each_service("      require any([for r in s.requires if r.$0 : true])"),
        &["range", "optional"],
        &["owner"],
    );
    has(&in_control("every e in declared(environment) { require e.credentials.$0 }"), &["ttl"], &["tier"]);
    has(
        &in_control("every r in declared(release) { every s in r.stage where s.environment.$0 { } }"),
        &["tier", "credentials"],
        &["stage"],
    );
    has(
        &in_control("every r in declared(release) { every s in r.$0 { } }"),
        &["stage", "ship"],
        &["environment"],
    );
    let either = in_control("every s in declared(service or vendor) { require s.$0 }");
    has(&either, &["owner", "requires"], &[]);
    let labels = labels(&either);
    assert_eq!(labels.iter().filter(|label| *label == "owner").count(), 1, "both have it: {labels:?}");
}

#[test]
fn members_are_offered_in_a_text_that_ends_too_early() {
    for broken in [
        "every s in declared(service) {\n      require s.$0\n      require has(s.repo)\n    }",
        "every s in declared(service) where s.$0 {",
        "every s in declared(service) where s.$0",
        "every s in declared(service) { require s.$0",
        "every s in declared(service) { require has(s.$0",
        "require all([for s in declared(service) : s.$0",
        "require all([for s in declared(service) if s.$0",
        "require any([for s in declared(service) : has(s.$0) and ",
    ] {
        let policy = format!("policy house-rules {{\n  control \"HR-1\" \"x\" {{\n    {broken}");
        has(&in_shop(&policy), &["owner", "version"], &["tier", "ledger"]);
        has(&format!("{}\nteam b {{ members = [] }}\n", in_shop(&policy)), &["owner"], &["ledger"]);
    }
}

#[test]
fn what_has_no_members_offers_none() {
    assert_eq!(labels(&of_each_service("      require s.requires.$0")), [""; 0], "each of a list has them");
    assert_eq!(labels(&of_each_service("      require s.version.$0")), [""; 0]);
    assert_eq!(labels(&of_each_service("      require s.unknown.$0")), [""; 0]);
    let elsewhere = "gate g {\n  require all([for s in [1, 2] : s.$0])\n}\n";
    has(&in_shop(elsewhere), &[], &["owner", "name"]);
}

#[test]
fn whatever_is_offered_behind_a_dot_is_known_there() {
    for (before, behind) in [
        ("every s in declared(service) { let x = s.", " }"),
        ("every r in declared(release) { every s in r.stage { let x = s.", " } }"),
        ("every e in declared(environment) { let x = e.credentials.", " }"),
        ("every s in declared(service) { let x = [for r in s.requires : r.", "] }"),
        ("every a in declared(approval) { let x = [for s in a.step : s.from.", "] }"),
    ] {
        let offered = labels(&in_control(&format!("{before}$0{behind}")));
        assert!(!offered.is_empty(), "{before}");
        for label in offered {
            let fixture = Fixture::new(&in_control(&format!("{before}{label}{behind} // $0")));
            let told = clearway_analysis::check(&fixture.workspace).diagnostics;
            let unknown: Vec<_> = told.iter().filter(|told| told.code == catalogue::UNKNOWN_FIELD).collect();
            assert!(unknown.is_empty(), "{before}{label}: {unknown:?}");
        }
    }
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
