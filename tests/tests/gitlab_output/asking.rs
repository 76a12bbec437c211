//! Whom GitLab asks: rules that it can keep, and that are looked at before a run as it tells them.

use clearway_tests::{Emits as _, Fixture};
use clearway_verify::gitlab::Emitted;
use serde_json::{Value, json};

use super::{claims, example};

/// The environment that asks the owners of what the example ships: two teams, of which GitLab knows those that are named.
fn asked(known: &[&str]) -> (Value, Value) {
    let mut fixture: Fixture = example("search");
    for (_, text) in &mut fixture.sources {
        for team in known {
            let of = format!("team {team} {{ members");
            *text = text.replace(&of, &format!("team {team} {{ gitlab = \"acme/{team}\"  members"));
        }
    }
    let emitted = Emitted::of(&fixture).unwrap_or_else(|told| panic!("{told:#?}"));
    assert_eq!(claims::broken(&emitted), [""; 0], "{known:?}");
    let read = |name: &str| -> Value {
        serde_json::from_str(&emitted.files[&format!(".clearway/settings/gitlab/{name}.json")]).unwrap()
    };
    let seat = "production-pair-owner-nightly";
    let (settings, expected) = (read("settings"), read("expectations"));
    let of = |list: &Value, is_it: &dyn Fn(&Value) -> bool| {
        list.as_array().unwrap().iter().find(|one| is_it(one)).unwrap().clone()
    };
    let rules = of(&settings["protected_environments"], &|one| one["name"] == seat)["approval_rules"].clone();
    let url = format!("/projects/{{repository}}/protected_environments/{seat}");
    let looked =
        of(&expected["expectations"], &|one| one["url"] == url && one["pointer"] == "/approval_rules");
    (rules, looked["same-set"].clone())
}

#[test]
fn teams_that_gitlab_does_not_know_are_asked_by_one_rule_for_as_many_as_all_of_them() {
    let together = (json!([{ "required_approvals": 2, "access_level": 30 }]), json!(["30"]));
    assert_eq!(asked(&[]), together);
    assert_eq!(asked(&["cluster"]), together, "one that it knows does not wait beside one that it does not");
}

#[test]
fn teams_that_gitlab_knows_are_asked_by_a_rule_each() {
    let (rules, looked) = asked(&["search", "cluster"]);
    let wanted = |group: &str| json!({ "required_approvals": 1, "group": group });
    let mut found: Vec<Value> = rules.as_array().unwrap().clone();
    found.sort_by_key(|rule| rule["group"].to_string());
    assert_eq!(found, [wanted("acme/cluster"), wanted("acme/search")]);
    let mut looked: Vec<Value> = looked.as_array().unwrap().clone();
    looked.sort_by_key(Value::to_string);
    assert_eq!(looked, [json!("acme/cluster"), json!("acme/search")]);
}
