//! From anything at all.

use proptest::prelude::*;

use super::{Memory, is_well_formed};
use crate::propose;

/// Texts of a few of these characters.
fn made_of(characters: &'static str, most: usize) -> impl Strategy<Value = String> {
    let characters: Vec<char> = characters.chars().collect();
    prop::collection::vec(prop::sample::select(characters), 0..=most).prop_map(String::from_iter)
}

fn anything(most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(any::<char>(), 0..=most).prop_map(String::from_iter)
}

/// What may stand in the value of a variable.
fn address((with_scheme, host, port): (bool, String, Option<u16>)) -> String {
    let scheme = if with_scheme { "tcp://" } else { "" };
    let port = port.map(|port| format!(":{port}"));
    format!("{scheme}{host}{}", port.unwrap_or_default())
}

proptest! {
    #[test]
    fn nothing_breaks_the_syntax(
        name in prop_oneof![anything(12), made_of("abz\"\\${}\n/ *-", 12)],
        image in prop_oneof![anything(20), made_of("az09:.$\"{}/@\n-", 20)],
        variable in (made_of("AZ\"\n", 5), prop::sample::select(&["ADDR", "URL"])).prop_map(|(begin, end)| begin + end),
        value in (prop::bool::ANY, made_of("az\"\\${}\n.-", 10), prop::option::of(0u16..9999)).prop_map(address),
        about in anything(40),
        project in anything(40),
    ) {
        let json = serde_json::json!({"services": {
            name.as_str(): {"image": image, "build": name, "depends_on": [value, name, "web"], "environment": {variable.as_str(): value}},
            "web": {"image": image, "depends_on": [name], "build": "."},
        }});
        let package = serde_json::json!({"version": "1.0.0", "description": about}).to_string();
        let owners = format!("* @{name} {value}@x\n");
        let repository = Memory::of([
            ("compose.yaml", &json.to_string()), ("package.json", &package), ("CODEOWNERS", &owners),
        ]);
        let proposal = propose(&project, &repository);
        prop_assert!(!proposal.files.is_empty());
        for file in &proposal.files[1..] {
            prop_assert!(is_well_formed(&file.text), "{}", file.text);
        }
        let manifest: toml::Table = proposal.files[0].text.parse().unwrap();
        prop_assert!(manifest["project"]["name"].as_str().is_some_and(|name| !name.is_empty()));
        prop_assert!(proposal.notes.iter().all(|note| note.lines().count() == 1));
    }

    #[test]
    fn any_file_is_read_without_harm(compose in anything(40), manifest in anything(40), owners in anything(40)) {
        let repository = Memory::of([
            ("compose.yaml", &compose),
            ("x.yaml", &format!("apiVersion: v1\nkind: Deployment\n{manifest}")),
            ("CODEOWNERS", &owners),
            ("package.json", &owners),
            ("Cargo.toml", &manifest),
        ]);
        propose("x", &repository);
    }
}
