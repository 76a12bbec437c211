//! Definition, references, rename.

use super::fixture::Fixture;
use crate::navigation::Target;
use crate::rename;

fn definition(text: &str) -> String {
    let fixture = Fixture::new(text);
    let target = Target::at(&fixture.workspace, fixture.file, fixture.offset);
    let declared = target.and_then(|(target, _)| target.declaration(&fixture.workspace));
    declared.map_or("nowhere".to_owned(), |place| fixture.show(place))
}

fn references(text: &str) -> Vec<String> {
    let fixture = Fixture::new(text);
    let (target, _) = Target::at(&fixture.workspace, fixture.file, fixture.offset).unwrap();
    target.occurrences(&fixture.workspace).into_iter().map(|place| fixture.show(place)).collect()
}

fn renamed(text: &str, new: &str) -> Result<String, String> {
    let fixture = Fixture::new(text);
    let changes = rename::rename(&fixture.workspace, fixture.file, fixture.offset, new)?;
    Ok(fixture.changed(changes))
}

const SHOP: &str = "\
//- ledger.cw
service ledger {
  version = 2.3.1
  provides api 2.3.1
}
//- checkout.cw
service checkout {
  version = 3.4.0
  requires ledger.api ^2.1
  after ledger
}
//- release.cw
environment production { tier = production }
release november {
  ship ledger
  stage production { }
}
";

fn at(text: &str, before: &str) -> String {
    let at = text.find(before).unwrap_or_else(|| panic!("{before}"));
    format!("{}$0{}", &text[..at], &text[at..])
}

#[test]
fn a_name_leads_to_its_declaration_in_another_file() {
    assert_eq!(definition(&at(SHOP, "ledger.api")), "ledger.cw:1:9 ledger");
    assert_eq!(definition(&at(SHOP, "api ^2.1")), "ledger.cw:3:12 api");
    assert_eq!(definition(&at(SHOP, "production { }")), "release.cw:1:13 production");
    assert_eq!(definition(&at(SHOP, "version = 3.4.0")), "nowhere");
}

#[test]
fn parameters_and_lets_lead_to_where_they_are_bound() {
    let text =
        "rollout careful(max: percent = 1%) : canary {\n  watch http.error-rate <= $0max over 5 m\n}\n";
    assert_eq!(definition(text), "main.cw:1:17 max");
    let text = "gate g {\n  let limit = 95%\n  require tests.pass-rate >= $0limit\n}\n";
    assert_eq!(definition(text), "main.cw:2:7 limit");
    let text = "let all = [for p in [1, 2] if p > 1 : $0p]\n";
    assert_eq!(definition(text), "main.cw:1:16 p");
}

#[test]
fn a_metric_of_the_library_leads_into_it() {
    let text = "gate g {\n  require tests.pass-$0rate >= 95%\n}\n";
    assert!(definition(text).starts_with("std/metrics.cw:"), "{}", definition(text));
    assert!(definition(text).ends_with(" tests.pass-rate"), "{}", definition(text));
}

#[test]
fn imports_lead_to_what_they_import() {
    let text =
        "//- people.cw\nteam payments { members = [ana] }\n//- main.cw\nuse people.$0payments\nuse people\n";
    assert_eq!(definition(text), "people.cw:1:6 payments");
    assert_eq!(definition(&text.replace("people.$0payments", "$0people.payments")), "people.cw:1:1 ");
}

#[test]
fn references_are_found_in_all_files() {
    assert_eq!(
        references(&at(SHOP, "ledger.api")),
        [
            "checkout.cw:3:12 ledger",
            "checkout.cw:4:9 ledger",
            "ledger.cw:1:9 ledger",
            "release.cw:3:8 ledger",
        ]
    );
    assert_eq!(references(&at(SHOP, "api 2.3.1")), ["checkout.cw:3:19 api", "ledger.cw:3:12 api"]);
}

#[test]
fn people_are_found_wherever_they_are_named() {
    let text =
        "team a { members = [$0ana, ben] }\nrole b { members = [ana] }\nidentity ana { github = \"ana\" }\n";
    assert_eq!(definition(text), "main.cw:3:10 ana");
    assert_eq!(references(text).len(), 2, "{:?}", references(text));
}

#[test]
fn a_rename_changes_every_file() {
    let new = renamed(&at(SHOP, "ledger {"), "book").unwrap();
    assert_eq!(new.matches("book").count(), 4, "{new}");
    assert!(new.contains("service book {") && new.contains("requires book.api ^2.1"), "{new}");
    assert!(new.contains("after book") && new.contains("ship book"), "{new}");
}

#[test]
fn a_quoted_name_keeps_its_quotes_and_may_have_spaces() {
    let text = "service \"edge$0 cache\" { version = 1.0.0 }\nservice a {\n  version = 1.0.0\n  requires \"edge cache\" ^1\n}\n";
    let new = renamed(text, "front cache").unwrap();
    assert!(
        new.contains("service \"front cache\" {") && new.contains("requires \"front cache\" ^1"),
        "{new}"
    );
}

#[test]
fn another_name_given_by_use_is_renamed_in_its_file_alone() {
    let text = "//- p.cw\nteam payments { members = [ana] }\n//- main.cw\nuse p.payments as pay\nservice a {\n  version = 1.0.0\n  owner = $0pay\n}\n";
    let new = renamed(text, "money").unwrap();
    assert_eq!(
        new,
        "//- main.cw\nuse p.payments as money\nservice a {\n  version = 1.0.0\n  owner = money\n}\n"
    );
}

#[test]
fn a_rename_that_would_change_a_meaning_is_refused() {
    assert!(renamed(&at(SHOP, "ledger {"), "checkout").unwrap_err().contains("`checkout` is taken"));
    assert!(renamed(&at(SHOP, "ledger {"), "a b").unwrap_err().contains("is no name"));
    assert!(renamed(&at(SHOP, "ledger {"), "true").unwrap_err().contains("is no name"));
    assert!(
        renamed("gate g {\n  require tests.pass-$0rate >= 95%\n}\n", "x").unwrap_err().contains("library")
    );
    assert!(renamed(&at(SHOP, "version = 3.4.0"), "x").unwrap_err().contains("nothing here"));
}

const WITH_A_PACKAGE: &str = "\
//- clearway.toml
[project]
name = \"shop\"
[packages]
platform = { path = \"../platform\" }
//- ../platform/clearway.toml
[project]
name = \"platform\"
//- ../platform/hours.cw
window office-hours { days = Mon..Fri  hours = 09:00..17:00  timezone = \"UTC\" }
window _nights { days = Mon..Fri  hours = 22:00..05:00  timezone = \"UTC\" }
//- main.cw
use platform.hours.office-hours
environment production { tier = production  windows = [office-hours] }
";

#[test]
fn a_name_leads_into_a_package_and_is_found_from_both_sides() {
    assert_eq!(definition(&at(WITH_A_PACKAGE, "office-hours]")), "../platform/hours.cw:1:8 office-hours");
    assert_eq!(definition(&at(WITH_A_PACKAGE, "hours.office-hours")), "../platform/hours.cw:1:1 ");
    assert_eq!(
        references(&at(WITH_A_PACKAGE, "office-hours]")),
        ["main.cw:1:20 office-hours", "main.cw:2:56 office-hours", "../platform/hours.cw:1:8 office-hours"]
    );
}

#[test]
fn what_a_package_declares_is_not_renamed_from_outside() {
    let told = renamed(&at(WITH_A_PACKAGE, "office-hours]"), "day").unwrap_err();
    assert_eq!(told, "`office-hours` belongs to a package: others may use it under its name");
}
