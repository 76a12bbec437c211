//! A seat is an environment with reviewers of its own: it is never that of somebody else's seat.

use std::collections::BTreeMap;

use clearway_tests::specs;
use serde_json::Value;

use clearway_tests::Emits as _;
use clearway_verify::github::Emitted;

/// Two chains with a step of one name, from different people, before one environment, and an environment besides.
fn spec(chains: [&str; 2], steps: [&str; 2], environment: &str) -> String {
    format!(
        r#"
role board   {{ members = [ana, ben] }}
role on-duty {{ members = [chloe] }}
service api {{
  version = 1.0.0
  build {{ run = "make"  output = image("registry.example/api") }}
  deploy with command("./deploy")
}}
approval {} {{ step {} {{ from = board  need = 1 }}  separate author, approver, deployer }}
approval {} {{ step {} {{ from = on-duty  need = 1 }}  separate author, approver, deployer }}
environment {environment} {{ tier = staging }}
environment live {{ tier = production }}
release train {{
  change       = "CHG-1"
  requested-by = dora
  ship api 1.0.0
  stage {environment}
  stage live {{ approval = {}  emergency = {} }}
}}
team others {{ members = [dora] }}
"#,
        chains[0], steps[0], chains[1], steps[1], chains[0], chains[1]
    )
}

/// Who is asked, by the environment.
fn asked(emitted: &Emitted) -> BTreeMap<String, Vec<String>> {
    let settings: Value =
        serde_json::from_str(&emitted.files[".clearway/settings/github/environments.json"]).unwrap();
    let environments = settings["environments"].as_array().unwrap().iter();
    let users = |one: &Value| {
        one["reviewers"]["users"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap().to_owned())
            .collect()
    };
    environments.map(|one| (one["name"].as_str().unwrap().to_owned(), users(one))).collect()
}

#[test]
fn steps_of_one_name_in_two_chains_ask_their_own_people() {
    let spec = spec(["usual", "hotfix"], ["look", "look"], "rehearsal");
    let asked = asked(&Emitted::of(&specs::project(&spec)).unwrap());
    assert_eq!(asked["live-usual-look-1"], ["ana", "ben"]);
    assert_eq!(asked["live-hotfix-look-1"], ["chloe"]);
}

#[test]
fn names_that_would_be_one_environment_are_told() {
    for (spec, one) in [
        (spec(["usual", "usual-look"], ["look-now", "now"], "rehearsal"), "live-usual-look-now-1"),
        (spec(["usual", "hotfix"], ["look", "look"], "live-hotfix-look-1"), "live-hotfix-look-1"),
    ] {
        let told = Emitted::of(&specs::project(&spec)).unwrap_err();
        assert!(told.iter().any(|text| text.contains(&format!("one environment, `{one}`"))), "{told:#?}");
    }
}
